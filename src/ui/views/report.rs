//! What is wrong in the files, and where.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::{draw_row, split_title};
use crate::app::action::Action;
use crate::app::report::Finding;
use crate::app::state::App;
use crate::library::diagnostic::Severity;
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Most columns of the place and of the cite key.
const PLACE: usize = 28;
const KEY: usize = 28;

pub(in crate::ui) fn draw(
    frame: &mut Frame<'_>,
    [list, whole]: [Rect; 2],
    app: &App,
    theme: &Theme,
) {
    let [title, list] = split_title(list);
    let report = &app.report;
    let counts: Vec<String> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "remark")]
            .into_iter()
            .map(|(severity, name)| (report.count(severity), name))
            .filter(|&(count, _)| count > 0)
            .map(|(count, name)| {
                format!("{} {name}{}", thousands(count), if count == 1 { "" } else { "s" })
            })
            .collect();
    let name = Line::from(Span::styled("What is wrong in the files", theme.active));
    pane_title(frame, title, name, &counts.join(" · "), theme);

    let columns = usize::from(list.width).saturating_sub(2);
    let shown = || report.findings.iter().skip(report.scroll.offset).zip(list.rows());
    let one_file = report.findings.windows(2).all(|pair| pair[0].path == pair[1].path);
    let place = |finding: &Finding| place(finding, one_file, PLACE.min(columns / 4));
    let widest = |part: &dyn Fn(&Finding) -> String, most: usize| {
        shown().map(|(finding, _)| text::width(&part(finding))).max().unwrap_or(0).min(most)
    };
    let (place_width, key_width) = (widest(&place, PLACE), widest(&key, KEY.min(columns / 4)));
    for (row, (finding, area)) in shown().enumerate() {
        let message = columns.saturating_sub(place_width + key_width + 6);
        let (mark, style) = mark(finding.diagnostic.severity, theme);
        let line = Line::from(vec![
            Span::styled(format!("{mark} "), style),
            Span::styled(text::fill(&place(finding), place_width), theme.dim),
            Span::styled(format!("  {}", text::fill(&key(finding), key_width)), theme.accent),
            Span::styled(
                format!("  {}", text::fit(&finding.diagnostic.message, message)),
                theme.text,
            ),
        ]);
        let cursor = report.scroll.offset + row == report.scroll.cursor;
        draw_row(frame, area, line, cursor, true, theme);
    }

    let Some(finding) = report.selected().filter(|_| whole.height > 1) else {
        return;
    };
    let [title, body] = split_title(whole);
    let edit = format!("{} edits there", app.keymap.shown(Action::Edit));
    let place = format!("{}:{}", finding.path.display(), finding.diagnostic.line);
    let place = text::fit(&place, usize::from(title.width).saturating_sub(edit.len() + 8));
    pane_title(frame, title, Line::from(Span::styled(place, theme.dim)), &edit, theme);
    let key = finding.diagnostic.key.as_ref().map_or_else(String::new, |key| format!("{key}: "));
    let message = format!("{key}{}", finding.diagnostic.message);
    let lines = text::wrap(&message, usize::from(body.width).saturating_sub(4).min(120));
    for (line, row) in lines.into_iter().zip(body.rows()) {
        frame.render_widget(Line::styled(format!("  {line}"), theme.text), row);
    }
}

/// File and line; the line alone where there is but one file. Of a long name the line stays.
fn place(finding: &Finding, one_file: bool, columns: usize) -> String {
    let line = finding.diagnostic.line.to_string();
    if one_file {
        return line;
    }
    let file = finding.path.file_name().unwrap_or_default().to_string_lossy();
    format!("{}:{line}", text::fit(&file, columns.saturating_sub(line.len() + 1)))
}

fn key(finding: &Finding) -> String {
    finding.diagnostic.key.clone().unwrap_or_default()
}

fn mark(severity: Severity, theme: &Theme) -> (char, Style) {
    match severity {
        Severity::Error => (theme.symbols.error, theme.warning),
        Severity::Warning => (theme.symbols.warning, theme.warning),
        Severity::Info => (theme.symbols.remark, theme.dim),
    }
}
