//! What to read next, and why.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::{draw_row, split_title, symbol};
use crate::app::action::Action;
use crate::app::next::{Advice, Source};
use crate::app::state::App;
use crate::library::marks::State;
use crate::recommend::{Reason, Recommendation};
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Rows of a paper: its title, and why.
pub(in crate::ui) const ROWS: u16 = 2;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let left = Line::from(vec![
        Span::styled("Read next", theme.active),
        Span::styled(from(app), theme.dim),
    ]);
    pane_title(frame, title, left, &source(app), theme.dim);
    let items = app.next.items();
    if items.is_empty() {
        let hint = text::fit(hint(app), usize::from(list.width).saturating_sub(2));
        frame.render_widget(Line::styled(format!("  {hint}"), theme.dim), list);
        return;
    }
    let shown = items.iter().enumerate().skip(app.next.scroll.offset);
    for ((at, item), top) in shown.zip((list.y..list.bottom()).step_by(usize::from(ROWS))) {
        let row = Rect { y: top, height: 1, ..list };
        let cursor = at == app.next.scroll.cursor;
        draw_row(frame, row, title_line(app, at, item, row.width, theme), cursor, true, theme);
        let row = Rect { y: top + 1, ..row };
        if row.y < list.bottom() {
            let columns = usize::from(row.width).saturating_sub(10);
            let why = text::fit(&reason(app, item), columns);
            let mark = if cursor { "▌" } else { " " };
            let line = Line::from(vec![
                Span::styled(mark, theme.accent),
                Span::styled(format!("        {why}"), theme.dim),
            ]);
            frame.render_widget(line, row);
        }
    }
}

/// Number, mark, title, year and venue.
fn title_line(
    app: &App,
    at: usize,
    item: &Recommendation,
    width: u16,
    theme: &Theme,
) -> Line<'static> {
    let paper = &app.snapshot.papers()[item.paper];
    let columns = usize::from(width).saturating_sub(2);
    let venue = if columns >= 70 { (columns / 4).min(32) } else { 0 };
    let year = paper.year().map_or_else(|| "    ".to_owned(), |year| format!("{year:>4}"));
    let neglected = item.why.iter().any(|reason| matches!(reason, Reason::Neglected { .. }));
    let star =
        if neglected { Span::styled("◇ ", theme.accent) } else { symbol(app, paper.id, theme) };
    let title = columns.saturating_sub(4 + 2 + 6 + venue);
    let mut line = Line::from(vec![
        Span::styled(format!("{:>3} ", at + 1), theme.dim),
        star,
        Span::styled(text::fill(&paper.title, title), theme.text),
        Span::styled(format!("  {year}"), theme.dim),
    ]);
    if venue > 2 {
        let venue = text::fill(&paper.venue, venue - 2);
        line.spans.push(Span::styled(format!("  {venue}"), theme.dim));
    }
    line
}

/// The first reason, in words.
fn reason(app: &App, item: &Recommendation) -> String {
    let papers = app.snapshot.papers();
    let said = item.why.iter().map(|reason| reason.describe(papers));
    said.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// All reasons, for the paper's details.
pub(super) fn reasons(app: &App, paper: usize) -> Vec<String> {
    let papers = app.snapshot.papers();
    let item = app.next.selected().filter(|item| item.paper == paper);
    let all = item.into_iter().flat_map(|item| &item.why);
    all.map(|reason| reason.describe(papers)).filter(|text| !text.is_empty()).collect()
}

/// What the list rests on: ` from 12 read, 5 starred`.
fn from(app: &App) -> String {
    let count = |wanted: &dyn Fn(&crate::library::marks::Mark) -> bool| {
        let papers = app.snapshot.papers().iter();
        papers.filter(|paper| app.mark(paper.id).is_some_and(wanted)).count()
    };
    let parts: Vec<String> = [
        (count(&|mark| mark.state == State::Read), "read"),
        (count(&|mark| mark.starred), "starred"),
        (count(&|mark| mark.not_for_me), "not for you"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", thousands(number)))
    .collect();
    if parts.is_empty() { String::new() } else { format!(" from {}", parts.join(", ")) }
}

fn source(app: &App) -> String {
    let subject = app.next.advice.as_ref().map_or("", |advice| &advice.subject);
    let name = match app.next.source {
        Source::Subject if !subject.is_empty() => subject,
        source => source.name(),
    };
    let at_work = if app.next.asked { " …" } else { "" };
    format!("{name}{at_work} · {} changes", app.keymap.shown(Action::NextSource))
}

/// What to say where there is no list.
fn hint(app: &App) -> &'static str {
    match &app.next.advice {
        _ if app.snapshot.is_empty() => "There are no papers here.",
        None => "reading the library's words and neighbours …",
        Some(Advice { .. }) => match app.next.source {
            Source::Subject => "The current paper is of no subject: it stands alone.",
            Source::Path => "No way through neighbours leads from one to the other.",
            Source::Week => "Nothing was marked or opened in the last seven days.",
            _ => "Nothing is left to read here.",
        },
    }
}
