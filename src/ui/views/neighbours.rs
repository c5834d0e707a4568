//! The papers closest to the current one.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::{draw_row, paper_line, split_title};
use crate::app::state::{App, Pane};
use crate::similarity::rank::{Basis, Ranking};
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns of a score bar.
const BAR: usize = 10;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let active = app.pane == Pane::Neighbours;
    let name = if active { theme.active } else { theme.dim };
    let of = app.current_paper().map_or("", |paper| &paper.key);
    let ranking = match app.ranking {
        Ranking::Hybrid if !app.has_vectors() => "words".to_owned(),
        Ranking::Hybrid => "vectors + words".to_owned(),
        Ranking::Dense => "vectors".to_owned(),
        Ranking::Lexical => "words".to_owned(),
    };
    let room = usize::from(title.width).saturating_sub(ranking.len() + 24);
    let mut left = Line::from(Span::styled("Neighbours", name));
    if !of.is_empty() {
        left.spans.push(Span::styled(" of ", theme.dim));
        left.spans.push(Span::styled(text::fit(of, room), theme.text));
    }
    pane_title(frame, title, left, &ranking, theme.dim);

    let items = app.shown_neighbours();
    let scroll = app.neighbours.scroll;
    if items.is_empty() {
        if let Some(hint) = hint(app) {
            let hint = text::fit(hint, usize::from(list.width).saturating_sub(2));
            frame.render_widget(Line::styled(format!("  {hint}"), theme.dim), list);
        }
        return;
    }
    let best = items.iter().map(|n| n.score).fold(f32::MIN, f32::max);
    let worst = items.iter().map(|n| n.score).fold(f32::MAX, f32::min);
    let rows = items.iter().enumerate().skip(scroll.offset).zip(list.rows());
    for ((row, neighbour), area) in rows {
        let paper = &app.snapshot.papers()[neighbour.paper];
        let columns = usize::from(area.width).saturating_sub(2 + 4 + BAR + 1);
        let mut line = paper_line(app, paper, columns, theme);
        line.spans.insert(0, Span::styled(format!("{:>3} ", row + 1), theme.dim));
        let fraction = bar_fraction(neighbour.score, best, worst);
        line.spans.insert(1, Span::styled(text::bar(fraction, BAR), theme.accent));
        line.spans.insert(2, Span::raw(" "));
        if app.ranking == Ranking::Hybrid && app.has_vectors() {
            let badge = match neighbour.basis {
                Basis::Full => "  ",
                Basis::TitleOnly => " t",
                Basis::WordsOnly => " w",
                Basis::TitleWordsOnly => "tw",
            };
            if let Some(span) = line.spans.last_mut() {
                span.content = badge.into();
            }
        }
        draw_row(frame, area, line, row == scroll.cursor, active, theme);
    }
}

/// Scores have no natural zero (a distance, a z-score), so the bar shows where one lies between the
/// best of the list, a full bar, and the worst, a tenth of one.
fn bar_fraction(score: f32, best: f32, worst: f32) -> f64 {
    if best <= worst {
        return 1.0;
    }
    0.1 + 0.9 * f64::from((score - worst) / (best - worst))
}

/// What to say where there are no neighbours to show; nothing in the blink before they come.
fn hint(app: &App) -> Option<&'static str> {
    app.current?;
    if app.lexical.is_none() {
        return Some("indexing the words …");
    }
    if app.neighbours.of != app.current {
        return None;
    }
    Some(match app.ranking {
        Ranking::Dense => "This paper has no vector yet.",
        Ranking::Hybrid | Ranking::Lexical => "No other paper shares a word with this one.",
    })
}
