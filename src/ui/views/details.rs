//! The paper itself: who, where, what.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::split_title;
use crate::app::action::Action;
use crate::app::state::{App, View};
use crate::library::date::Date;
use crate::library::marks::{Mark, State};
use crate::library::names::Name;
use crate::library::paper::Paper;
use crate::similarity::explain::Part;
use crate::ui::layout;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Lines of a text that do not fit on the screen, a paper's details for the most part: how far it can be
/// scrolled.
#[must_use]
pub fn abstract_overflow(app: &App) -> usize {
    match (layout::details(app), app.shown_paper()) {
        (Some(area), _) if app.view == View::Paper => super::paper::overflow(app, area),
        (Some(area), _) if app.view == View::Jobs => super::jobs::overflow(app, area),
        (Some(area), Some(paper)) => {
            let [_, body] = split_title(area);
            lines(app, paper, body, &Theme::plain()).len().saturating_sub(usize::from(body.height))
        }
        _ => 0,
    }
}

/// Draws a paper: the one that is shown, or one that is looked at in passing.
pub(in crate::ui) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    app: &App,
    paper: Option<&Paper>,
    theme: &Theme,
) {
    let [title, body] = split_title(area);
    let Some(paper) = paper else {
        pane_title(frame, title, Line::default(), "", theme);
        return;
    };
    let room = usize::from(title.width) / 2;
    let left = Line::from(Span::styled(text::fit(&paper.key, room), theme.dim));
    pane_title(frame, title, left, &more_below(app), theme);
    let lines = lines(app, paper, body, theme);
    for (line, row) in lines.into_iter().skip(app.abstract_offset).zip(body.rows()) {
        frame.render_widget(line, row);
    }
}

/// How many lines are below what is on the screen, and the key that leads there.
pub(super) fn more_below(app: &App) -> String {
    match abstract_overflow(app).saturating_sub(app.abstract_offset) {
        0 => String::new(),
        more => format!("{more} more · {}", app.keymap.shown(Action::AbstractDown)),
    }
}

/// The cite keys of other versions of a paper, as far as can be guessed, with the reasons.
pub(super) fn maybe(app: &App, paper: &Paper) -> String {
    let Some(index) = app.snapshot.by_id(paper.id) else {
        return String::new();
    };
    let others = app.versions.of(index).map(|(other, pair)| {
        format!("{} ({})", app.snapshot.papers()[other].key, pair.reason(&app.snapshot))
    });
    others.collect::<Vec<_>>().join(", ")
}

/// Title, authors and venue, abstract, and what else is known, as lines for the area.
fn lines(app: &App, paper: &Paper, area: Rect, theme: &Theme) -> Vec<Line<'static>> {
    // Longer lines are hard to read.
    let columns = usize::from(area.width).saturating_sub(4).min(120);
    let mut lines = Vec::new();
    let places = app.why.places(paper.id);
    let lit = |part: Part, content: &str, style: Style| -> Vec<Line<'static>> {
        let of_part = places.iter().filter(|place| place.part == part);
        let mut ranges: Vec<_> = of_part.map(|place| place.range.clone()).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let pieces = |line: Vec<(String, bool)>| {
            let spans = line
                .into_iter()
                .map(|(piece, is_lit)| Span::styled(piece, if is_lit { theme.lit } else { style }));
            std::iter::once(Span::raw("  ")).chain(spans).collect::<Line<'_>>()
        };
        let mut lines = text::wrap_lit(content, &ranges, columns);
        if part == Part::Abstract {
            text::justify(&mut lines, columns);
        }
        lines.into_iter().map(pieces).collect()
    };
    if !paper.title.is_empty() {
        lines.extend(lit(Part::Title, &paper.title, theme.strong));
    }
    let mut push = |prefix: &str, content: &str, style| {
        for line in text::wrap(content, columns) {
            let spans =
                vec![Span::styled(format!("  {prefix}"), theme.dim), Span::styled(line, style)];
            lines.push(Line::from(spans));
        }
    };
    let authors: Vec<String> = paper.authors.iter().map(Name::display).collect();
    let mut origin = vec![authors.join(", "), paper.venue.clone()];
    origin.extend(paper.date.as_ref().map(Date::to_string));
    origin.retain(|part| !part.is_empty());
    let origin = origin.join(" · ");
    // In a small pane the abstract matters more than the last authors.
    let origin = if area.height < 10 { text::fit(&origin, columns) } else { origin };
    push("", &origin, theme.dim);
    // What the user says comes before what the authors say.
    let nothing = Mark::default();
    let mark = app.mark(paper.id).unwrap_or(&nothing);
    let own_tags = mark.tags.join(", ");
    let own = [describe(mark), own_tags, mark.lists.join(", "), mark.note.clone()];
    let own: Vec<String> = own.into_iter().filter(|part| !part.is_empty()).collect();
    if !own.is_empty() {
        push("", &own.join(" · "), theme.accent);
    }
    let reasons = match (app.view, app.snapshot.by_id(paper.id), app.inbox.selected()) {
        (View::Next, Some(index), _) => super::next::reasons(app, index),
        (View::Inbox, _, Some(item)) => super::inbox::reasons(app, item),
        _ => Vec::new(),
    };
    for reason in reasons {
        push("", &reason, theme.warning);
    }
    if paper.missing {
        let file = paper.source.path.display();
        let why = format!("Missing from {file}: shown as it was when last read.");
        push("", &why, theme.warning);
    }
    if paper.title_only() {
        push("", "No abstract in the .bib file: compared by title only.", theme.warning);
    } else {
        lines.extend(lit(Part::Abstract, &paper.abstract_text, theme.text));
    }
    let extras = &paper.extras;
    let keywords = paper.keywords.join(", ");
    let [tags, groups] = [&extras.tags, &extras.groups].map(|list| list.join(", "));
    let files: Vec<&str> = extras.files.iter().map(|file| file.path.as_str()).collect();
    let files = files.join(", ");
    let notes: Vec<&str> = extras.notes.iter().map(|note| note.text.as_str()).collect();
    let notes = notes.join(" · ");
    let other_keys = paper.other_keys.join(", ");
    let file = paper.source.path.file_name().unwrap_or_default().to_string_lossy();
    let place = format!("{}, {file} line {}", paper.kind, paper.source.line);
    for (label, value) in [
        ("keywords", keywords.as_str()),
        ("tags", &tags),
        ("groups", &groups),
        ("notes", &notes),
        ("doi", paper.doi.as_deref().unwrap_or("")),
        ("arxiv", paper.arxiv.as_deref().unwrap_or("")),
        ("url", paper.url.as_deref().unwrap_or("")),
        ("files", &files),
        ("also", &other_keys),
        ("maybe", &maybe(app, paper)),
        ("entry", &place),
    ] {
        if !value.is_empty() {
            let value = text::fit(value, columns.saturating_sub(9));
            lines.push(Line::from(vec![
                Span::styled(format!("  {label:<9}"), theme.dim),
                Span::styled(value, theme.text),
            ]));
        }
    }
    lines
}

/// What the user says of a paper: `read, starred, 4 of 5`.
pub(super) fn describe(mark: &Mark) -> String {
    let mut parts = Vec::new();
    if mark.state != State::Unread {
        parts.push(mark.state.name().to_owned());
    }
    parts.extend(mark.starred.then(|| "starred".to_owned()));
    parts.extend(mark.not_for_me.then(|| "not for me".to_owned()));
    parts.extend(mark.rating.map(|rating| format!("{rating} of 5")));
    parts.join(", ")
}
