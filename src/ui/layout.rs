//! Where the panes are, for every size of terminal.

use ratatui::layout::{Constraint, Layout, Rect};

/// Columns from which library and neighbours stand side by side.
const WIDE: u16 = 100;
/// Rows below which the abstract gives way.
const TALL: u16 = 18;

/// Rows that the details take at most: most abstracts fit, and the lists get the rest.
const DETAILS: u16 = 18;

/// The places of everything. Panes include the line of their title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) library: Rect,
    pub(super) neighbours: Rect,
    pub(super) details: Option<Rect>,
    pub(super) status: Rect,
    pub(super) footer: Rect,
}

/// Rows of the lists, without their titles: how far a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heights {
    /// The library list.
    pub library: usize,
    /// The neighbours.
    pub neighbours: usize,
    /// The findings in the files.
    pub report: usize,
}

/// Rows of the lists in a terminal of so many columns and rows.
#[must_use]
pub fn heights((columns, rows): (u16, u16)) -> Heights {
    let rows_of = |area: Rect| usize::from(area.height.saturating_sub(1));
    areas(Rect::new(0, 0, columns, rows)).map_or(
        Heights { library: 1, neighbours: 1, report: 1 },
        |areas| Heights {
            library: rows_of(areas.library),
            neighbours: rows_of(areas.neighbours),
            report: rows_of(report(&areas)[0]),
        },
    )
}

/// The findings, and the whole of the one under the cursor.
pub(super) fn report(areas: &Areas) -> [Rect; 2] {
    let top = areas.library.y;
    let body = Rect { y: top, height: areas.status.y - top, ..areas.header };
    Layout::vertical([Constraint::Fill(1), Constraint::Length(body.height.min(12) / 3)]).areas(body)
}

/// The panes; `None` where the terminal is too small for any.
pub(super) fn areas(screen: Rect) -> Option<Areas> {
    if screen.width < 30 || screen.height < 8 {
        return None;
    }
    let [header, body, status, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(screen);
    let wide = screen.width >= WIDE;
    let (lists, details) = if screen.height < TALL {
        (body, None)
    } else {
        let share = if wide { body.height * 2 / 5 } else { body.height / 3 };
        let [lists, details] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(share.min(DETAILS))])
                .areas(body);
        (lists, Some(details))
    };
    let [library, neighbours] = if wide {
        let [library, _, neighbours] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)])
                .areas(lists);
        [library, neighbours]
    } else {
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(lists)
    };
    Some(Areas { header, library, neighbours, details, status, footer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_room_for_both_lists_or_says_so() {
        for columns in 0..210 {
            for rows in 0..70 {
                let screen = Rect::new(0, 0, columns, rows);
                let Some(areas) = areas(screen) else {
                    assert!(columns < 30 || rows < 8);
                    continue;
                };
                let heights = heights((columns, rows));
                assert!(heights.library >= 1 && heights.neighbours >= 1, "{columns}×{rows}");
                assert!(heights.report >= 1, "{columns}×{rows}");
                let panes = [areas.library, areas.neighbours, areas.status, areas.footer];
                for pane in panes.into_iter().chain(areas.details) {
                    assert_eq!(screen.intersection(pane), pane, "{columns}×{rows}");
                    assert!(!pane.is_empty(), "{columns}×{rows}");
                }
            }
        }
    }
}
