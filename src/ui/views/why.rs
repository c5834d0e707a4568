//! Why the paper under the cursor is in its list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::split_title;
use super::neighbours::Fractions;
use crate::app::state::{App, View};
use crate::app::why::{Origin, Sentences};
use crate::similarity::explain::{self, Explanation, Part, Place, Side};
use crate::similarity::rank::Neighbour;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns of a label, of a rank, and of a bar.
const LABEL: usize = 9;
const RANK: usize = 11;
const BAR: usize = 10;

/// Columns from which terms stand beside the bar.
const BESIDE: usize = 70;
/// What adds less would be shown as nothing.
const LEAST: f32 = 0.005;

/// Further lines of shared terms, and lines of either sentence, at most.
const TERM_LINES: usize = 3;
const SENTENCE_LINES: usize = 3;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, body] = split_title(area);
    let (Some(listed), Some(pair)) = (app.listed(), &app.why.pair) else {
        let left = Line::from(Span::styled("Why", theme.dim));
        pane_title(frame, title, left, "", theme);
        return;
    };
    let cursor = match app.view {
        View::Search => app.search.scroll.cursor,
        _ => app.neighbours.scroll.cursor,
    };
    let mut left = Line::from(Span::styled(format!("Why {}", cursor + 1), theme.dim));
    // A text is no paper of the library: how close it is to one cannot be compared with pairs.
    if matches!(pair.origin, Origin::Paper(_)) {
        let pairs = format!(" · closer than {} of the pairs here", percent(listed.percentile));
        let pairs = text::fit(&pairs, usize::from(title.width).saturating_sub(left.width() + 4));
        left.spans.push(Span::styled(pairs, theme.text));
    }
    let room = usize::from(title.width).saturating_sub(left.width() + 8);
    let seed = listed.seed.filter(|_| app.view != View::Search && app.shows_seeds());
    let seed = seed.map_or("", |seed| app.snapshot.papers()[seed].key.as_str());
    let seed = if seed.is_empty() || text::width(seed) + 4 > room {
        String::new()
    } else {
        format!("by {seed}")
    };
    pane_title(frame, title, left, &seed, theme);
    let columns = usize::from(body.width).saturating_sub(2).min(120);
    for (line, row) in lines(app, listed, columns, theme).into_iter().zip(body.rows()) {
        frame.render_widget(line, row);
    }
}

/// `99.3 %`: with more digits where one would make it all of them.
fn percent(percentile: f32) -> String {
    match percentile {
        p if p >= 100.0 => "100 %".to_owned(),
        p if p >= 99.9 => format!("{:.2} %", (p * 100.0).floor() / 100.0),
        p => format!("{:.1} %", (p * 10.0).floor() / 10.0),
    }
}

fn lines(app: &App, listed: &Neighbour, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let why = &app.why.explanation;
    let items = match app.view {
        View::Search => app.search.items.as_slice(),
        _ => app.shown_neighbours(),
    };
    let mut lines = Vec::new();
    if app.has_vectors() {
        let all = Fractions::new(items.iter().filter_map(|item| item.dense));
        let bar = listed.dense.map(|dense| all.of(dense));
        let missing = "no vector of one of them yet";
        lines.push(part("vectors", listed.dense_rank, bar, missing, theme));
    }
    let all = Fractions::new(items.iter().filter_map(|item| item.lexical));
    let bar = listed.lexical.map(|lexical| all.of(lexical));
    let words = part("words", listed.lexical_rank, bar, "none in common", theme);
    lines.extend(terms(app, why, words, columns, theme));
    let shared = [
        ("authors", why.authors.join(", ")),
        ("venue", why.venue.clone().unwrap_or_default()),
        ("keywords", why.keywords.join(", ")),
    ];
    for (label, value) in shared {
        if !value.is_empty() {
            let value = text::fit(&value, columns.saturating_sub(LABEL + 2));
            lines.push(labelled(label, Span::styled(value, theme.text), theme));
        }
    }
    lines.extend(sentences(app, columns, theme));
    lines
}

fn labelled(label: &str, value: Span<'static>, theme: &Theme) -> Line<'static> {
    Line::from(vec![Span::styled(format!("  {label:<LABEL$}"), theme.dim), value])
}

/// A part of the score: its rank by that alone, and how close it is among those of the list.
fn part(
    label: &str,
    rank: Option<usize>,
    bar: Option<f64>,
    missing: &str,
    theme: &Theme,
) -> Line<'static> {
    let (Some(rank), Some(bar)) = (rank, bar) else {
        return labelled(
            label,
            Span::styled(format!("{} {missing}", theme.symbols.none), theme.dim),
            theme,
        );
    };
    let rank =
        Span::styled(text::fill(&format!("rank {}", text::thousands(rank)), RANK), theme.text);
    let mut line = labelled(label, rank, theme);
    line.spans.push(Span::styled(theme.symbols.bar(bar, BAR), theme.accent));
    line
}

/// The words' part of the score, and the shared terms as they are written in the paper listed, each with
/// what it adds: beside it where there is room.
fn terms(
    app: &App,
    why: &Explanation,
    words: Line<'static>,
    columns: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let paper = app.why.pair.as_ref().and_then(|pair| app.snapshot.by_id(pair.paper));
    let written = |term: &explain::SharedTerm| -> String {
        let place = paper.zip(term.in_b.first());
        place.map_or_else(
            || term.term.clone(),
            |(paper, place)| spot(app, Side::Paper(paper), place).to_lowercase(),
        )
    };
    let beside = columns >= BESIDE && words.spans.len() > 2;
    let indent = if beside { LABEL + 2 + RANK + BAR + 2 } else { LABEL + 2 };
    let room = columns.saturating_sub(indent);
    let mut lines = vec![words];
    let mut used = room;
    if beside {
        lines[0].spans.push(Span::raw("  "));
        used = 0;
    }
    for term in why.terms.iter().filter(|term| term.contribution >= LEAST) {
        let word = text::fit(&written(term), 24);
        let number = format!(" {:.2}", term.contribution);
        let wide = text::width(&word) + number.len() + 3;
        if used + wide > room {
            if lines.len() > TERM_LINES {
                break;
            }
            lines.push(Line::from(Span::raw(" ".repeat(indent))));
            used = 0;
        }
        let Some(line) = lines.last_mut() else { break };
        if used > 0 {
            line.spans.push(Span::styled(" · ", theme.dim));
        }
        line.spans.push(Span::styled(word, theme.lit));
        line.spans.push(Span::styled(number, theme.dim));
        used += wide;
    }
    lines
}

/// What is written at a place.
fn spot<'a>(app: &'a App, side: Side<'a>, place: &Place) -> &'a str {
    let whole = explain::text(app.snapshot.papers(), side, place.part);
    whole.get(place.range.clone()).unwrap_or_default()
}

/// The closest sentences, the one of the paper listed last.
fn sentences(app: &App, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (pair, found) = match (&app.why.pair, &app.why.sentences) {
        (Some(pair), Sentences::Found(found)) => (pair, found),
        (_, Sentences::Asked) => {
            return vec![Line::styled("  looking for the closest sentences …", theme.dim)];
        }
        _ => return Vec::new(),
    };
    let origin = match &pair.origin {
        Origin::Paper(id) => app.snapshot.by_id(*id).map(Side::Paper),
        Origin::Text(text) => Some(Side::Text(text)),
    };
    let paper = app.snapshot.by_id(pair.paper).map(Side::Paper);
    let mut lines = vec![Line::styled("  closest sentences, approximately:", theme.dim)];
    for (sign, side, place) in [(' ', origin, &found.a), (theme.symbols.alike, paper, &found.b)] {
        let Some(side) = side else { continue };
        let is_title = matches!((side, place.part), (Side::Paper(_), Part::Title));
        let remark = if is_title { " (title)" } else { "" };
        let whole = format!("“{}”{remark}", spot(app, side, place).trim());
        let room = columns.saturating_sub(4);
        let mut wrapped = text::wrap(&whole, room);
        if wrapped.len() > SENTENCE_LINES {
            let rest = wrapped.split_off(SENTENCE_LINES - 1).join(" ");
            wrapped.push(text::fit(&rest, room));
        }
        for (row, line) in wrapped.into_iter().enumerate() {
            let sign = if row == 0 { sign } else { ' ' };
            lines.push(Line::from(vec![
                Span::styled(format!("  {sign} "), theme.accent),
                Span::styled(line, theme.text),
            ]));
        }
    }
    lines
}
