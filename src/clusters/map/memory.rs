//! The map goes on from the last one that the store has.

use std::collections::HashMap;

use super::Point;
use super::layout::{Earlier, lay_out};
use crate::clusters::graph::Graph;
use crate::library::paper::{PaperId, Snapshot};
use crate::library::store::maps::StoredMap;

/// Lays out the papers of a snapshot, `[papers]`: papers stay where the last map has them, if its
/// similarities rested on the same `basis` (the fingerprint of the model, say), and near to that
/// otherwise.
#[must_use]
pub fn continued(
    graph: &Graph,
    snapshot: &Snapshot,
    last: Option<&StoredMap>,
    basis: &str,
) -> Vec<Point> {
    let Some(last) = last else {
        return lay_out(graph, Earlier::None);
    };
    let earlier: Vec<Option<Point>> = (snapshot.papers().iter())
        .map(|paper| last.places.get(&paper.id).map(|&[x, y]| Point { x, y }))
        .collect();
    if last.basis == basis {
        lay_out(graph, Earlier::Grown(&earlier))
    } else {
        lay_out(graph, Earlier::Changed(&earlier))
    }
}

/// Where each paper lies, as the store keeps it.
#[must_use]
pub fn places(snapshot: &Snapshot, points: &[Point]) -> HashMap<PaperId, [f32; 2]> {
    let place =
        |(paper, point): (&crate::library::paper::Paper, &Point)| (paper.id, [point.x, point.y]);
    snapshot.papers().iter().zip(points).map(place).collect()
}
