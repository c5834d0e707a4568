//! What to read next, and why.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::{draw_row, draw_typed, split_title, symbol};
use crate::app::action::Action;
use crate::app::next::{Advice, Source};
use crate::app::scroll::Scroll;
use crate::app::state::{App, Mode, Prompt};
use crate::library::marks::State;
use crate::library::paper::Paper;
use crate::recommend::{Reason, Recommendation};
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Rows of a paper: its title, and why.
pub(in crate::ui) const ROWS: u16 = 2;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let mut left = Line::from(Span::styled("Read next", theme.active));
    let mut right = source(app);
    let typing = app.mode == Mode::Prompt(Prompt::Next);
    if !typing && app.next.filter.value().is_empty() {
        left.spans.push(Span::styled(from(app), theme.dim));
        right = format!("{right} · {} changes", app.keymap.shown(Action::NextSource));
    } else {
        left.spans.push(Span::styled(" /", theme.accent));
        let room = |right: &str| {
            let used = left.width() + text::width(right) + 8;
            usize::from(title.width).saturating_sub(used).max(8)
        };
        let counted = format!("{} found · {right}", thousands(app.next.items().len()));
        // What is typed comes before how many that leaves.
        if room(&counted) > text::width(app.next.filter.value()) {
            right = counted;
        }
        let room = room(&right);
        draw_typed(frame, title, &mut left, (&app.next.filter, room), typing, theme);
    }
    pane_title(frame, title, left, &right, theme);
    let items = app.next.items();
    if items.is_empty() {
        return draw_hint(frame, list, hint(app), theme);
    }
    for (at, item) in items.iter().enumerate().skip(app.next.scroll.offset) {
        let paper = &app.snapshot.papers()[item.paper];
        let is_neglected = |reason: &Reason| matches!(reason, Reason::Neglected { .. });
        let symbol = if item.why.iter().any(is_neglected) {
            Span::styled(format!("{} ", theme.symbols.neglected), theme.accent)
        } else {
            symbol(app, paper.id, theme)
        };
        let item = Item { at, paper, symbol, why: reason(app, item) };
        if !item.draw(frame, list, app.next.scroll, theme) {
            return;
        }
    }
}

/// What is said where there is no list.
pub(super) fn draw_hint(frame: &mut Frame<'_>, list: Rect, hint: &str, theme: &Theme) {
    let lines = text::wrap(hint, usize::from(list.width).saturating_sub(4));
    for (line, row) in lines.into_iter().zip(list.rows()) {
        frame.render_widget(Line::styled(format!("  {line}"), theme.dim), row);
    }
}

/// A paper in two rows: what it is, and why it is there.
pub(super) struct Item<'a> {
    /// Its place in the list.
    pub(super) at: usize,
    pub(super) paper: &'a Paper,
    /// What the user says of it, in two columns.
    pub(super) symbol: Span<'static>,
    pub(super) why: String,
}

impl Item<'_> {
    /// `false` where there is no room for it.
    pub(super) fn draw(
        self,
        frame: &mut Frame<'_>,
        list: Rect,
        scroll: Scroll,
        theme: &Theme,
    ) -> bool {
        let above = (self.at - scroll.offset) * usize::from(ROWS);
        if above >= usize::from(list.height) {
            return false;
        }
        let row = Rect { y: list.y + above as u16, height: 1, ..list };
        let cursor = self.at == scroll.cursor;
        let why = text::fit(&self.why, usize::from(row.width).saturating_sub(10));
        draw_row(frame, row, self.title_line(row.width, theme), cursor, true, theme);
        let row = Rect { y: row.y + 1, ..row };
        if row.y < list.bottom() {
            let mark = if cursor { theme.symbols.cursor } else { ' ' };
            let line = Line::from(vec![
                Span::styled(mark.to_string(), theme.accent),
                Span::styled(format!("        {why}"), theme.dim),
            ]);
            frame.render_widget(line, row);
        }
        true
    }

    /// Number, mark, title, year and venue.
    fn title_line(self, width: u16, theme: &Theme) -> Line<'static> {
        let paper = self.paper;
        let columns = usize::from(width).saturating_sub(2);
        let venue = if columns >= 70 { (columns / 4).min(32) } else { 0 };
        let year = paper.year().map_or_else(|| "    ".to_owned(), |year| format!("{year:>4}"));
        let title = columns.saturating_sub(4 + 2 + 6 + venue);
        let shown = if paper.title.is_empty() { &paper.key } else { &paper.title };
        let mut line = Line::from(vec![
            Span::styled(format!("{:>3} ", self.at + 1), theme.dim),
            self.symbol,
            Span::styled(text::fill(shown, title), theme.text),
            Span::styled(format!("  {year}"), theme.dim),
        ]);
        if venue > 2 {
            let venue = text::fill(&paper.venue, venue - 2);
            line.spans.push(Span::styled(format!("  {venue}"), theme.dim));
        }
        line
    }
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
    let name = match &app.next.source {
        Source::Between(_) if !subject.is_empty() => format!("between {subject}"),
        Source::Subject | Source::Cluster(_) if !subject.is_empty() => subject.to_owned(),
        source => source.name().into_owned(),
    };
    let at_work = if app.next.asked { " …" } else { "" };
    format!("{name}{at_work}")
}

/// What to say where there is no list.
fn hint(app: &App) -> &'static str {
    match &app.next.advice {
        _ if app.snapshot.is_empty() => "There are no papers here.",
        None => "reading the library's words and neighbours …",
        _ if app.found().is_none() => "reading the library's words and neighbours …",
        Some(Advice { .. }) => match app.next.source {
            _ if !app.next.filter.value().is_empty() => {
                "Nothing that the filter finds is left to read."
            }
            Source::Subject => "The current paper is of no subject: it stands alone.",
            Source::Path => "No way through neighbours leads from one to the other.",
            Source::Week => "Nothing was marked or opened in the last seven days.",
            _ => "Nothing is left to read here.",
        },
    }
}
