//! Areas in two, where the user put the line between them.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::mouse::{Divider, Shares};

/// Columns and rows that a pane has at least, if there are so many for both.
const LEAST: (u16, u16) = (20, 4);

/// An area in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) divider: Divider,
    /// Where the line between the two can be taken.
    pub(super) line: Rect,
    /// The area.
    pub(super) whole: Rect,
}

impl Split {
    /// The share of the first part if the line were moved to a place.
    pub(super) fn share_at(&self, (column, row): (u16, u16)) -> f32 {
        let Rect { x, y, width, height } = self.whole;
        let (part, whole) = if is_vertical(self.divider) {
            (column.saturating_sub(x), width)
        } else {
            (row.saturating_sub(y), height)
        };
        f32::from(part) / f32::from(whole.max(1))
    }
}

fn is_vertical(divider: Divider) -> bool {
    matches!(divider, Divider::Columns | Divider::Map)
}

/// Two panes side by side with a column between them: the first as wide as the user wants, or as the
/// constraints have it.
pub(super) fn side_by_side(
    divider: Divider,
    area: Rect,
    usual: [Constraint; 2],
    shares: &Shares,
) -> ([Rect; 2], Split) {
    let constraints = match shares.of(divider) {
        Some(share) => wished(share, area.width, LEAST.0),
        None => usual,
    };
    let [first, second] = constraints;
    let [left, line, right] =
        Layout::horizontal([first, Constraint::Length(1), second]).areas(area);
    ([left, right], Split { divider, line, whole: area })
}

/// Two panes, one above the other. The title of the lower one is the line between them.
pub(super) fn stacked(
    divider: Divider,
    area: Rect,
    usual: [Constraint; 2],
    shares: &Shares,
) -> ([Rect; 2], Split) {
    let constraints = match shares.of(divider) {
        Some(share) => wished(share, area.height, LEAST.1),
        None => usual,
    };
    let [upper, lower]: [Rect; 2] = Layout::vertical(constraints).areas(area);
    let line = Rect { height: lower.height.min(1), ..lower };
    ([upper, lower], Split { divider, line, whole: area })
}

/// So large a share, each part with at least so much.
fn wished(share: f32, whole: u16, least: u16) -> [Constraint; 2] {
    let least = least.min(whole / 2);
    let first = (share * f32::from(whole)).round() as u16;
    let first = first.clamp(least, (whole - least).max(least));
    [Constraint::Length(first), Constraint::Fill(1)]
}
