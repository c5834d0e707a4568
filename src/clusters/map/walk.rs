//! From paper to paper by the arrow keys.
//!
//! In each direction lies a quarter of the plane. The next paper there is the one that is least
//! far along that direction: an edge of the Θ₄-graph (Clarkson, 1987), which leads from each paper
//! to each other one even if its edges are gone one way only (Bose, De Carufel, Hill and Smid,
//! 2019, arXiv:1808.01298). So no paper is out of reach, and nobody gets stuck.
//!
//! The graph is known to do so for points no two of which lie on a line along an edge of those
//! quarters, or at right angles to a direction. So each paper is taken to lie to the right of where it
//! is by its index times something infinitesimal, and up by that squared; papers in one place are in a row,
//! by index.

use std::cmp::Ordering;

use super::Point;

/// Where an arrow key points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To lesser x.
    Left,
    /// To greater x.
    Right,
    /// To greater y.
    Up,
    /// To lesser y.
    Down,
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Up, Self::Down];

    /// In which direction one paper lies from another. No two papers are the same.
    #[must_use]
    pub fn of(points: &[Point], from: usize, to: usize) -> Self {
        // Adding 0 makes −0 one with it.
        let by = points[to] - points[from] + Point::default();
        let nudge = to.cmp(&from);
        // The signs of x − y and x + y, x being nudged.
        let is_below = by.x.total_cmp(&by.y).then(nudge) == Ordering::Greater;
        let is_right = by.x.total_cmp(&(0.0 - by.y)).then(nudge) == Ordering::Greater;
        match (is_below, is_right) {
            (true, true) => Self::Right,
            (false, false) => Self::Left,
            (false, true) => Self::Up,
            (true, false) => Self::Down,
        }
    }

    /// How far along this direction.
    fn along(self, by: Point) -> f32 {
        match self {
            Self::Left => -by.x,
            Self::Right => by.x,
            Self::Up => by.y,
            Self::Down => -by.y,
        }
    }
}

/// The next paper in a direction; `None` at the edge of the map.
#[must_use]
pub fn next(points: &[Point], from: usize, direction: Direction) -> Option<usize> {
    let along = |paper: usize| direction.along(points[paper] - points[from]) + 0.0;
    (0..points.len())
        .filter(|&paper| paper != from && Direction::of(points, from, paper) == direction)
        .min_by(|&a, &b| {
            let by_index = match direction {
                Direction::Right | Direction::Up => a.cmp(&b),
                Direction::Left | Direction::Down => b.cmp(&a),
            };
            along(a).total_cmp(&along(b)).then(by_index)
        })
}

/// The paper nearest to a place, the first of those that are as near; `None` without any.
#[must_use]
pub fn nearest(points: &[Point], place: Point) -> Option<usize> {
    let square = |paper: usize| (points[paper] - place).square();
    (0..points.len()).min_by(|&a, &b| square(a).total_cmp(&square(b)))
}

#[cfg(test)]
mod tests;
