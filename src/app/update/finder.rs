//! Keys while actions are looked through.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler;

use super::act;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::finder::{Finder, Range};
use crate::app::keymap::Key;
use crate::app::state::{App, Mode};
use crate::ui;

/// Opens the help or the palette.
pub(super) fn open(app: &mut App, range: Range) -> Vec<Effect> {
    app.finder = Finder::new(range, |action| app.works_here(action));
    app.mode = Mode::Finder;
    Vec::new()
}

pub(super) fn typed(app: &mut App, event: &Event, key: KeyEvent) -> Vec<Effect> {
    let height = ui::finder_height(app.size);
    let page = height.saturating_sub(1).max(1) as isize;
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let rows = match key.code {
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            return Vec::new();
        }
        // The key that opened it closes it.
        _ if app.finder.input.value().is_empty() && opens(app, key) => {
            app.mode = Mode::Normal;
            return Vec::new();
        }
        KeyCode::Enter => return choose(app),
        KeyCode::Down => 1,
        KeyCode::Up => -1,
        KeyCode::Char('n') if control => 1,
        KeyCode::Char('p') if control => -1,
        KeyCode::PageDown => page,
        KeyCode::PageUp => -page,
        _ => {
            if app.finder.input.handle_event(event).is_some_and(|changed| changed.value) {
                app.finder.find();
            }
            0
        }
    };
    let len = app.finder.hits.len();
    app.finder.scroll.move_by(rows, len);
    app.finder.scroll.fit(len, height);
    Vec::new()
}

/// Does what is under the cursor.
pub(super) fn choose(app: &mut App) -> Vec<Effect> {
    app.mode = Mode::Normal;
    match app.finder.selected() {
        Some(action) if app.works_here(action) => act(app, action),
        Some(action) => {
            app.error = Some(format!("{} does nothing here", action.entry().name));
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn opens(app: &App, key: KeyEvent) -> bool {
    let action = match app.finder.range {
        Range::Help => Action::Help,
        Range::Palette => Action::Palette,
    };
    app.keymap.keys(action).iter().any(|sequence| sequence.is(Key::from(key)))
}
