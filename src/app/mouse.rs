//! The mouse: what is being dragged, what was clicked, and how wide the user made the panes.

use std::time::{Duration, Instant};

/// Two clicks on one spot within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// A line between two panes that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divider {
    /// Between lists side by side, and between what is below them.
    Columns,
    /// Between the map and what is beside it.
    Map,
    /// Between lists and the paper below them.
    Rows,
    /// Between the paper and why it is listed.
    Why,
}

/// The share of each divided area that its first pane has, where the user chose one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shares([Option<f32>; 4]);

impl Shares {
    /// The share that the user chose.
    #[must_use]
    pub fn of(&self, divider: Divider) -> Option<f32> {
        self.0[divider as usize]
    }

    /// Moves a divider.
    pub fn set(&mut self, divider: Divider, share: f32) {
        self.0[divider as usize] = Some(share);
    }
}

/// What is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dragged {
    /// A line between two panes.
    Divider(Divider),
    /// The map; where it was held last.
    Map((u16, u16)),
}

/// What the mouse is about.
#[derive(Debug, Default)]
pub struct Mouse {
    /// What is being dragged.
    pub dragged: Option<Dragged>,
    /// How wide the panes are.
    pub shares: Shares,
    last: Option<(Instant, (u16, u16))>,
}

impl Mouse {
    /// A click at a place; `true` for the second of two.
    pub fn click(&mut self, now: Instant, place: (u16, u16)) -> bool {
        let is_second = self
            .last
            .is_some_and(|(then, there)| there == place && now.duration_since(then) < DOUBLE);
        self.last = (!is_second).then_some((now, place));
        is_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clicks_in_time_on_one_spot_are_a_double_click() {
        let start = Instant::now();
        let mut mouse = Mouse::default();
        let mut click = |millis, place| mouse.click(start + Duration::from_millis(millis), place);
        assert!(!click(0, (1, 1)));
        assert!(click(200, (1, 1)));
        assert!(!click(300, (1, 1)), "three are a double click and another one");
        assert!(!click(350, (1, 2)));
        assert!(!click(900, (1, 2)), "too late");
    }
}
