//! The box in which the columns of lists are chosen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};

use super::library::draw_row;
use crate::app::columns::Column;
use crate::app::listing::Sort;
use crate::app::state::App;
use crate::ui::boxed;
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) {
    let screen = frame.area();
    let rows = Column::ALL.len() as u16 + 2;
    let (width, height) = (screen.width.min(44), screen.height.min(rows));
    let area: Rect = screen.centered(Constraint::Length(width), Constraint::Length(height));
    let inner = boxed(frame, area, " Columns ", None, theme);
    for (at, ((column, shown), row)) in app.chooser.rows.iter().zip(inner.rows()).enumerate() {
        let sort = match (Sort::by(*column) == app.library.sort, app.library.descends()) {
            (false, _) => String::new(),
            (true, true) => format!("sorted {}", theme.symbols.descending),
            (true, false) => format!("sorted {}", theme.symbols.ascending),
        };
        let sign = if *shown { theme.symbols.selected } else { ' ' };
        let line = Line::from(vec![
            Span::styled(format!("{sign} "), theme.accent),
            Span::styled(
                text::fill(column.name(), 12),
                if *shown { theme.text } else { theme.dim },
            ),
            Span::styled(sort, theme.dim),
        ]);
        draw_row(frame, row, line, at == app.chooser.cursor, true, theme);
    }
}
