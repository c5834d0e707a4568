//! What is open.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::state::App;
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let name = match app.files.as_slice() {
        [] => "whole library".to_owned(),
        [file] => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        files => format!("{} files", files.len()),
    };
    let what = if app.loading.shown {
        let count = app.snapshot.len();
        let papers = if count == 1 { "paper" } else { "papers" };
        format!("{name} · {} {papers} ", text::thousands(count))
    } else {
        format!("{name} ")
    };
    let title = " specter-tui";
    let room = usize::from(area.width).saturating_sub(title.len() + 2);
    let what = text::fit(&what, room);
    let gap = usize::from(area.width).saturating_sub(title.len() + text::width(&what));
    let line = Line::from(vec![
        Span::styled(title, theme.active),
        Span::raw(" ".repeat(gap)),
        Span::styled(what, theme.text),
    ]);
    frame.render_widget(line, area);
}
