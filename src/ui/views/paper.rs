//! One paper as a whole: its text, all that is known of it, and its entry as it stands in the file.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::details::{describe, maybe, more_below};
use super::library::split_title;
use crate::app::paper::EntryText;
use crate::app::state::App;
use crate::library::date::{self, Date};
use crate::library::links;
use crate::library::marks::Mark;
use crate::library::names::Name;
use crate::library::paper::Paper;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns from which text and facts stand side by side.
const WIDE: u16 = 110;
/// Columns of the names of facts.
const LABEL: usize = 10;
/// Longer lines are hard to read.
const LONGEST: usize = 100;

/// Lines that do not fit on the screen.
pub(super) fn overflow(app: &App, area: Rect) -> usize {
    let [_, body] = split_title(area);
    let longest = columns(app, body, &Theme::plain()).iter().map(|(_, lines)| lines.len()).max();
    longest.unwrap_or(0).saturating_sub(usize::from(body.height))
}

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, body] = split_title(area);
    let key = app.whole_paper().map_or("", |paper| &paper.key);
    let name = text::fit(key, usize::from(title.width) / 2);
    let left = Line::from(Span::styled(name, theme.active));
    pane_title(frame, title, left, &more_below(app), theme);
    if app.whole_paper().is_none() {
        let gone = "  This paper is no longer in the library.";
        frame.render_widget(Line::styled(gone, theme.dim), body);
    }
    for (area, lines) in columns(app, body, theme) {
        for (line, row) in lines.into_iter().skip(app.abstract_offset).zip(area.rows()) {
            frame.render_widget(line, row);
        }
    }
}

/// Text and facts, side by side where there is room, else one below the other; all scroll together.
fn columns(app: &App, body: Rect, theme: &Theme) -> Vec<(Rect, Vec<Line<'static>>)> {
    let Some(paper) = app.whole_paper() else {
        return Vec::new();
    };
    let width = |area: Rect| usize::from(area.width).saturating_sub(4).clamp(1, LONGEST);
    if body.width >= WIDE {
        let halves = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
        let [left, _, right] = Layout::horizontal(halves).areas(body);
        let mut beside = facts(app, paper, width(right), theme);
        beside.extend(entry(app, width(right), theme));
        return vec![(left, texts(paper, width(left), theme)), (right, beside)];
    }
    let mut all = texts(paper, width(body), theme);
    all.push(Line::default());
    all.extend(facts(app, paper, width(body), theme));
    all.extend(entry(app, width(body), theme));
    vec![(body, all)]
}

/// A text in lines of so many columns.
fn wrapped(content: &str, columns: usize, style: Style) -> impl Iterator<Item = Line<'static>> {
    let lines = text::wrap(content, columns).into_iter();
    lines.map(move |line| Line::from(vec![Span::raw("  "), Span::styled(line, style)]))
}

/// Title, authors, where it appeared, abstract.
fn texts(paper: &Paper, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let title = if paper.title.is_empty() { "(no title)" } else { &paper.title };
    let mut lines: Vec<Line<'static>> = wrapped(title, columns, theme.strong).collect();
    let authors: Vec<String> = paper.authors.iter().map(Name::display).collect();
    let date = paper.date.as_ref().map(Date::to_string);
    let origin: Vec<String> = [Some(paper.venue.clone()), date].into_iter().flatten().collect();
    let origin: Vec<String> = origin.into_iter().filter(|part| !part.is_empty()).collect();
    for part in [authors.join(", "), origin.join(" · ")] {
        if !part.is_empty() {
            lines.extend(wrapped(&part, columns, theme.dim));
        }
    }
    if paper.missing {
        let file = paper.source.path.display();
        let why = format!("Missing from {file}: shown as it was when last read.");
        lines.extend(wrapped(&why, columns, theme.warning));
    }
    lines.push(Line::default());
    if paper.title_only() {
        let none = "No abstract in the .bib file: compared by title only.";
        lines.extend(wrapped(none, columns, theme.warning));
    } else {
        lines.extend(wrapped(&paper.abstract_text, columns, theme.text));
    }
    lines
}

/// What the user says of it, where it belongs, what it is known by.
fn facts(app: &App, paper: &Paper, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let nothing = Mark::default();
    let mark = app.mark(paper.id).unwrap_or(&nothing);
    let state = match describe(mark) {
        said if said.is_empty() => "unread".to_owned(),
        said => said,
    };
    let extras = &paper.extras;
    let files: Vec<&str> = extras.files.iter().map(|file| file.path.as_str()).collect();
    let notes: Vec<&str> = extras.notes.iter().map(|note| note.text.as_str()).collect();
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let place = format!("{}:{}", paper.source.path.display(), paper.source.line);
    let facts = [
        ("state", state),
        ("tags", mark.tags.join(", ")),
        ("lists", mark.lists.join(", ")),
        ("note", mark.note.clone()),
        ("cluster", cluster(app, paper)),
        ("keywords", paper.keywords.join(", ")),
        ("tags there", extras.tags.join(", ")),
        ("groups", extras.groups.join(", ")),
        ("notes", notes.join(" · ")),
        ("page", links::page(paper).unwrap_or_default()),
        ("doi", or_empty(&paper.doi)),
        ("arxiv", or_empty(&paper.arxiv)),
        ("url", or_empty(&paper.url)),
        ("files", files.join(", ")),
        ("also", paper.other_keys.join(", ")),
        ("maybe", maybe(app, paper)),
        ("added", date::day_of(paper.added)),
        ("entry", place),
    ];
    let mut lines = Vec::new();
    for (label, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        let rows = text::wrap(&value, columns.saturating_sub(LABEL + 1));
        for (row, line) in rows.into_iter().enumerate() {
            let label = text::fill(if row == 0 { label } else { "" }, LABEL);
            lines.push(Line::from(vec![
                Span::styled(format!("  {label} "), theme.dim),
                Span::styled(line, theme.text),
            ]));
        }
    }
    lines
}

/// What the clusters that it is in are called.
fn cluster(app: &App, paper: &Paper) -> String {
    let Some(found) = &app.clusters.found else {
        return String::new();
    };
    let Some(row) = app.clusters.row_of(paper.id) else {
        return String::new();
    };
    let coarse = found.coarse(row).map(|at| &found.subjects[0][at]);
    let own = found.subject(row);
    let same = own.zip(coarse).is_some_and(|(own, coarse)| std::ptr::eq(own, coarse));
    let names = coarse.into_iter().chain(own.filter(|_| !same));
    let names: Vec<String> = names.map(|subject| subject.names().join(" · ")).collect();
    if names.is_empty() { "none: it stands alone".to_owned() } else { names.join(" › ") }
}

/// The entry as it stands in the file.
fn entry(app: &App, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (entry, style) = match &app.paper.entry {
        EntryText::Asked => return Vec::new(),
        EntryText::Read(entry) => (entry, theme.dim),
        EntryText::Failed(reason) => (reason, theme.warning),
    };
    let mut lines = vec![Line::default()];
    for line in entry.trim_end().lines() {
        lines.extend(wrapped(&line.replace('\t', "  "), columns, style));
    }
    lines
}
