//! A paper in the columns of a list.

use ratatui::text::Span;

use super::library::symbol;
use crate::app::columns::Column;
use crate::app::state::App;
use crate::library::date;
use crate::library::paper::Paper;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Where a column stands by the title: the gap is on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    Behind,
}

/// What a column says of a paper, in exactly so many cells.
pub(super) fn cell(
    app: &App,
    paper: &Paper,
    (column, width): (Column, usize),
    side: Side,
    theme: &Theme,
) -> Span<'static> {
    let mark = app.mark(paper.id);
    let (content, style) = match column {
        Column::Title => {
            let style = if paper.missing { theme.dim } else { theme.text };
            let shown = if paper.title.is_empty() { &paper.key } else { &paper.title };
            return Span::styled(text::fill(shown, width), style);
        }
        Column::State => {
            let symbol = symbol(app, paper.id, theme);
            (symbol.content.trim_end().to_owned(), symbol.style)
        }
        Column::Year => {
            let year = paper.year().map_or_else(String::new, |year| format!("{year:>4}"));
            (year, theme.dim)
        }
        Column::Authors => (paper.short_authors(), theme.dim),
        Column::Venue => (paper.venue.clone(), theme.dim),
        Column::Key => (paper.key.clone(), theme.dim),
        Column::Added => (date::day_of(paper.added), theme.dim),
        Column::Rating => {
            let rating = mark.and_then(|mark| mark.rating);
            (rating.map_or_else(String::new, |rating| format!("{rating}/5")), theme.warning)
        }
        Column::Tags => {
            let own = mark.into_iter().flat_map(|mark| &mark.tags);
            let tags: Vec<&str> = own.chain(&paper.extras.tags).map(String::as_str).collect();
            (tags.join(", "), theme.accent)
        }
    };
    let shown = text::fill(&content, width.saturating_sub(1));
    Span::styled(
        match side {
            Side::Before => format!("{shown} "),
            Side::Behind => format!(" {shown}"),
        },
        style,
    )
}
