//! Where each paper lies on the map: UMAP (McInnes, Healy and Melville, 2018, arXiv:1802.03426) over the
//! neighbour graph that is there anyway.
//!
//! ```text
//!  Graph ── fuzzy ──▶ how surely two papers hold together
//!                       │ spectral: places for the parts of it that have none
//!                       │ (papers new beside old ones: in the midst of their neighbours)
//!                       ▼ descent
//!                     places ── pack: parts side by side; islands: drawn near ──▶ Vec<Point>
//! ```
//!
//! The same graph gives the same map on any number of cores.

mod descent;
mod fuzzy;
mod islands;
mod pack;
mod power;
mod random;
mod settle;
mod spectral;

use self::descent::{Pace, descend};
use self::fuzzy::Fuzzy;
use super::Point;
use crate::clusters::graph::Graph;

/// For a map from nothing; as in the reference implementation, which lets small libraries have more.
const FRESH: Pace = Pace { epochs: 200, rate: 1.0 };
const FRESH_SMALL: Pace = Pace { epochs: 500, rate: 1.0 };

/// Libraries up to this size are small.
const SMALL: usize = 10_000;

/// For papers that come to a map whose others stay.
const ADDED: Pace = Pace { epochs: 60, rate: 0.5 };

/// For all papers of a map, from where they were.
const MOVED: Pace = Pace { epochs: 100, rate: 0.5 };

/// Where more than this share of the papers are new, the old ones make room for them.
const MOST_ADDED: f64 = 0.2;

/// What there is of an earlier map: for each paper its place, if it had one.
#[derive(Debug, Clone, Copy)]
pub enum Earlier<'a> {
    /// Nothing.
    None,
    /// A map of the same similarities, in which papers are new, or gone: the others stay where they
    /// are, unless the new ones are many.
    Grown(&'a [Option<Point>]),
    /// A map of other similarities (vectors have come, another model is in use): all papers go on from
    /// where they were, and the whole is turned and scaled to lie as it did.
    Changed(&'a [Option<Point>]),
}

/// Lays out the papers of a graph, `[papers]`. Takes seconds for tens of thousands.
#[must_use]
pub fn lay_out(graph: &Graph, earlier: Earlier<'_>) -> Vec<Point> {
    let nothing = vec![None; graph.papers()];
    let (known, may_hold) = match earlier {
        Earlier::None => (nothing.as_slice(), false),
        Earlier::Grown(known) => (known, true),
        Earlier::Changed(known) => (known, false),
    };
    let added = known.iter().filter(|place| place.is_none()).count();
    if may_hold && added == 0 {
        return known.iter().copied().flatten().collect();
    }
    let hold = may_hold && added as f64 <= MOST_ADDED * known.len() as f64;
    let fuzzy = Fuzzy::new(graph);
    let mut places = known.to_vec();
    settle::beside_neighbours(&fuzzy, &mut places);
    let parts = pack::Parts::of(&fuzzy, &places);
    for part in parts.without_place() {
        for (&paper, point) in part.iter().zip(spectral::spectral(&fuzzy, part)) {
            places[paper as usize] = Some(point * pack::usual_side(part.len()));
        }
    }
    let mut points: Vec<Point> = places.iter().map(|place| place.unwrap_or_default()).collect();
    let movable: Vec<bool> = known.iter().map(|place| !hold || place.is_none()).collect();
    let pace = match (hold, added < known.len()) {
        (true, _) => ADDED,
        (false, true) => MOVED,
        (false, false) if graph.papers() > SMALL => FRESH,
        (false, false) => FRESH_SMALL,
    };
    descend(&fuzzy, &mut points, &movable, pace);
    parts.pack(&mut points);
    if hold {
        return points;
    }
    islands::draw_near(&mut points);
    if added < known.len() {
        settle::align(&mut points, known);
    } else {
        settle::lay_level(&mut points);
    }
    points
}

#[cfg(test)]
mod tests;
