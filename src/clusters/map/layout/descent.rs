//! Papers that hold together draw each other near, others push each other away: stochastic gradient
//! descent on the cross-entropy of the fuzzy simplicial set, with negative sampling (McInnes, Healy
//! and Melville, 2018, arXiv:1802.03426, section 3.2).

use super::fuzzy::Fuzzy;
use super::power::power;
use super::random::Random;
use crate::clusters::map::Point;

/// Other papers that one is pushed away from, for each time that it is drawn to a neighbour.
const NEGATIVES: usize = 5;

/// How close two papers are on the map: `1 / (1 + A·d^(2·B))`, which for the `A` and `B` of UMAP's
/// defaults (`min_dist` 0.1, `spread` 1) is about 1 to a distance of 0.1 and then falls off exponentially.
const A: f32 = 1.576_943_5;
const B: f32 = 0.895_060_9;

/// The longest step in one direction.
const LONGEST: f32 = 4.0;

/// Added to the square of a distance, so that papers in one place do not throw each other off.
const NEAR: f32 = 0.001;

/// How far and how long the papers go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How often each of the strongest edges draws its ends together.
    pub(super) epochs: usize,
    /// The rate of the first epoch; it falls evenly to 0.
    pub(super) rate: f32,
}

/// Moves the papers that are `movable`, and no others. Papers without edges stay where they are and
/// push nobody. One thread: the order of the steps is part of the result.
pub(super) fn descend(graph: &Fuzzy, places: &mut [Point], movable: &[bool], pace: Pace) {
    let strongest = (0..graph.papers())
        .flat_map(|paper| graph.edges(paper))
        .map(|(_, weight)| *weight)
        .fold(0.0, f32::max);
    let mut steps = Vec::new();
    for paper in 0..graph.papers() {
        for &(other, weight) in graph.edges(paper) {
            if movable[paper] || movable[other as usize] {
                let often = weight / strongest;
                steps.push(Step { from: paper as u32, to: other, often, due: 0.0 });
            }
        }
    }
    let tied: Vec<u32> = (0..graph.papers() as u32)
        .filter(|&paper| !graph.edges(paper as usize).is_empty())
        .collect();
    let mut random = Random::new(tied.len() as u64);
    for epoch in 0..pace.epochs {
        let rate = pace.rate * (1.0 - epoch as f32 / pace.epochs as f32);
        for step in &mut steps {
            step.due += step.often;
            if step.due < 1.0 {
                continue;
            }
            step.due -= 1.0;
            let (from, to) = (step.from as usize, step.to as usize);
            let step = cut(attraction(places[from], places[to]), rate);
            if movable[to] {
                places[to] = places[to] - step;
            }
            if movable[from] {
                let mut here = places[from] + step;
                for _ in 0..NEGATIVES {
                    let other = tied[random.below(tied.len())] as usize;
                    if other != from {
                        here = here + cut(repulsion(here, places[other]), rate);
                    }
                }
                places[from] = here;
            }
        }
    }
}

/// One direction of an edge.
struct Step {
    from: u32,
    to: u32,
    /// In what share of the epochs it is taken.
    often: f32,
    /// What has come together of that; it is taken when there is 1.
    due: f32,
}

/// The step of a paper towards one that it is tied to.
fn attraction(here: Point, there: Point) -> Point {
    let from = here - there;
    let square = from.square();
    if square <= 0.0 {
        return Point::default();
    }
    let power = power(square, B);
    from * (-2.0 * B * A * power / (square * (1.0 + A * power)))
}

/// The step of a paper away from one that it is not tied to.
fn repulsion(here: Point, other: Point) -> Point {
    let from = here - other;
    let square = from.square();
    from * (2.0 * B / ((NEAR + square) * (1.0 + A * power(square, B))))
}

/// A step at a rate, cut where it is too long.
fn cut(step: Point, rate: f32) -> Point {
    let cut = |along: f32| along.clamp(-LONGEST, LONGEST) * rate;
    Point { x: cut(step.x), y: cut(step.y) }
}
