//! The tabs, and what is open.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::state::{App, View};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let columns = usize::from(area.width);
    // Where not all tabs have room for their name, the one that is shown keeps its own.
    let mut tabs = tabs(app, true, theme);
    if tabs.width() + 20 > columns {
        tabs = self::tabs(app, false, theme);
    }
    let what = text::fit(&what(app), columns.saturating_sub(tabs.width() + 3));
    let gap = columns.saturating_sub(tabs.width() + text::width(&what) + 1);
    tabs.spans.push(Span::raw(" ".repeat(gap)));
    tabs.spans.push(Span::styled(what, theme.text));
    frame.render_widget(tabs, area);
}

fn tabs(app: &App, names: bool, theme: &Theme) -> Line<'static> {
    let mut line = Line::default();
    for &(view, name, action) in View::TABS {
        let shown = view == app.view;
        let style = if shown { theme.active } else { theme.dim };
        line.spans.push(Span::styled(format!(" {}", app.keymap.shown(action)), theme.accent));
        if names || shown {
            line.spans.push(Span::styled(format!(" {name} "), style));
        }
    }
    line
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
