//! The keys that work here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::action::{Action, Entry, Scope, TABLE};
use crate::app::state::{App, Mode};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let hints: Vec<(String, String)> = match app.mode {
        Mode::Normal => of_table(app, |_| true),
        Mode::Help => of_table(app, |scope| scope == Scope::Everywhere),
        Mode::Filter => [("enter", "keep"), ("esc", "clear"), ("↑ ↓", "move")]
            .map(|(key, what)| (key.to_owned(), what.to_owned()))
            .into(),
    };
    let mut line = Line::default();
    let mut used = 1;
    for (key, what) in hints {
        used += text::width(&key) + text::width(&what) + 3;
        if used > usize::from(area.width) + 1 {
            break;
        }
        line.spans.push(Span::styled(format!(" {key}"), theme.accent));
        line.spans.push(Span::styled(format!(" {what} "), theme.dim));
    }
    frame.render_widget(line, area);
}

/// Help and quit come first, and what is rarely there: whatever else is cut off, these stay.
fn of_table(app: &App, scope: impl Fn(Scope) -> bool) -> Vec<(String, String)> {
    let first = |action| matches!(action, Action::Help | Action::Quit | Action::RetryModel);
    let usable = TABLE.iter().filter(|entry| scope(entry.scope) && app.can(entry.action));
    let (mut hints, rest): (Vec<&Entry>, Vec<&Entry>) =
        usable.partition(|entry| first(entry.action));
    hints.extend(rest);
    hints
        .into_iter()
        .filter_map(|entry| {
            let key = app.keymap.keys(entry.action).first()?;
            let what = match (entry.action, app.paused) {
                (Action::PauseEmbedding, true) => "go on",
                _ => entry.footer?,
            };
            Some((key.to_string(), what.to_owned()))
        })
        .collect()
}
