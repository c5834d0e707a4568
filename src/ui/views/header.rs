//! The tabs, and what is open.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::action::Action;
use crate::app::state::{App, View};
use crate::ui::text;
use crate::ui::theme::Theme;

/// A tab, and the columns that it takes.
pub(in crate::ui) struct Tab {
    view: View,
    key: String,
    /// `None` where there is no room for it.
    name: Option<&'static str>,
    /// What leads there.
    pub(in crate::ui) action: Action,
    pub(in crate::ui) columns: Range<u16>,
}

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let columns = usize::from(area.width);
    let mut line = Line::default();
    for tab in tabs(app, area.width) {
        let style = if tab.view == app.view { theme.active } else { theme.dim };
        line.spans.push(Span::styled(format!(" {}", tab.key), theme.accent));
        if let Some(name) = tab.name {
            line.spans.push(Span::styled(format!(" {name} "), style));
        }
    }
    let what = text::fit(&what(app), columns.saturating_sub(line.width() + 3));
    let gap = columns.saturating_sub(line.width() + text::width(&what) + 1);
    line.spans.push(Span::raw(" ".repeat(gap)));
    line.spans.push(Span::styled(what, theme.text));
    frame.render_widget(line, area);
}

/// The tabs in so many columns. Where not all have room for their name, the one that is shown keeps its
/// own.
pub(in crate::ui) fn tabs(app: &App, columns: u16) -> Vec<Tab> {
    let with_names = place(app, true);
    let width = with_names.last().map_or(0, |tab| tab.columns.end);
    if width + 20 > columns { place(app, false) } else { with_names }
}

fn place(app: &App, names: bool) -> Vec<Tab> {
    let mut start = 0;
    let tab = |&(view, name, action): &(View, &'static str, Action)| {
        let key = app.keymap.shown(action);
        let name = (names || view == app.view).then_some(name);
        let width = 1 + text::width(&key) + name.map_or(0, |name| text::width(name) + 2);
        let columns = start..start + width as u16;
        start = columns.end;
        Tab { view, key, name, action, columns }
    };
    View::TABS.iter().map(tab).collect()
}

/// The files, and how many papers they have.
fn what(app: &App) -> String {
    let name = match app.files.as_slice() {
        [] => "whole library".to_owned(),
        [file] => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        files => format!("{} files", files.len()),
    };
    if !app.loading.shown {
        return name;
    }
    let count = app.snapshot.len();
    let papers = if count == 1 { "paper" } else { "papers" };
    format!("{name} · {} {papers}", text::thousands(count))
}
