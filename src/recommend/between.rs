//! What lies between two papers or subjects: papers close to both, and the way from one to the other.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::graph::Graph;
use super::why::{Reason, shared_words};
use super::{Library, Recommendation, Recommender, Wish};

/// A side that is a group stands for itself by so many of its papers, the most central.
const OF_GROUP: usize = 12;

/// Of these so many count for a paper, the closest to it.
const CLOSEST: usize = 3;

/// What the mean of the two affinities counts beside the lesser of them: it orders papers of which the
/// lesser is about the same.
const MEAN: f32 = 0.2;

/// What each step of a way costs, beside what its edge costs: between ways that are about as good, the
/// one of fewer steps.
const STEP: f32 = 0.05;

/// The papers closest to both sides, the best first. A side is a paper, or the papers of a group. What
/// counts is the affinity to the side that a paper is less close to, so a paper of one side alone is
/// no bridge.
pub fn bridge(
    recommender: &mut Recommender,
    library: &Library<'_>,
    sides: [&[usize]; 2],
    wish: &Wish<'_>,
) -> Vec<Recommendation> {
    let spokesmen = sides.map(|side| central(recommender.graph(), side));
    let columns = [0, 1].map(|side| recommender.columns(library.views, &spokesmen[side]));
    let affinity = |side: usize, paper: usize| {
        let mut to: Vec<f32> = columns[side].iter().map(|column| column[paper]).collect();
        to.sort_unstable_by(|a, b| b.total_cmp(a));
        to.truncate(CLOSEST);
        to.iter().sum::<f32>() / to.len().max(1) as f32
    };
    let mut found: Vec<(usize, f32, [f32; 2])> = (0..library.papers.len())
        .filter(|&paper| wish.within.is_none_or(|within| within[paper]))
        .filter(|paper| sides.iter().all(|side| !side.contains(paper)))
        .map(|paper| {
            let to = [affinity(0, paper), affinity(1, paper)];
            let score = (1.0 - MEAN) * to[0].min(to[1]) + MEAN * 0.5 * (to[0] + to[1]);
            (paper, score, to)
        })
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if wish.top > 0 {
        found.truncate(wish.top);
    }
    found
        .into_iter()
        .map(|(paper, score, affinity)| {
            let shared = [0, 1].map(|side| shared_words(library, paper, &spokesmen[side]));
            Recommendation { paper, score, why: vec![Reason::Between { affinity, shared }] }
        })
        .collect()
}

/// The papers of a group that are most central to it.
fn central(graph: &Graph, group: &[usize]) -> Vec<usize> {
    if group.len() <= OF_GROUP {
        return group.to_vec();
    }
    let degree = |paper: usize| {
        if graph.papers() == 0 { 0.0 } else { graph.degree(paper, |other| group.contains(&other)) }
    };
    let mut members: Vec<(usize, f32)> =
        group.iter().map(|&paper| (paper, degree(paper))).collect();
    members.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    members.into_iter().take(OF_GROUP).map(|(paper, _)| paper).collect()
}

/// A paper on a way.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// Index into the snapshot.
    pub paper: usize,
    /// Affinity to the stop before it; 0 for the first.
    pub affinity: f32,
    /// Words that it shares with the stop before it.
    pub shared: Vec<String>,
}

/// The way from one paper to another through neighbours: few papers, each close to the next. An edge
/// costs the inverse square of its affinity, so that one far leap is dearer than several short steps, and
/// something for the step. That the two are neighbours themselves is no way, unless there is no other.
/// `None` where no way leads there.
#[must_use]
pub fn path(
    recommender: &Recommender,
    library: &Library<'_>,
    from: usize,
    to: usize,
) -> Option<Vec<Stop>> {
    let graph = recommender.graph();
    let papers = shortest(graph, from, to, false).or_else(|| shortest(graph, from, to, true))?;
    let mut stops = vec![Stop { paper: from, affinity: 0.0, shared: Vec::new() }];
    for pair in papers.windows(2) {
        let (before, paper) = (pair[0], pair[1]);
        stops.push(Stop {
            paper,
            affinity: recommender.affinity().between(library.views, before, paper),
            shared: shared_words(library, paper, &[before]),
        });
    }
    Some(stops)
}

/// What is known of how to get to a paper.
#[derive(PartialEq)]
struct Reached {
    cost: f32,
    paper: usize,
}

impl Eq for Reached {}

impl Ord for Reached {
    /// The cheapest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.total_cmp(&self.cost).then(other.paper.cmp(&self.paper))
    }
}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The papers of the cheapest way, by Dijkstra's algorithm; `direct` says whether the edge between the
/// two ends may be taken.
fn shortest(graph: &Graph, from: usize, to: usize, direct: bool) -> Option<Vec<usize>> {
    let mut cost = vec![f32::INFINITY; graph.papers()];
    let mut before = vec![usize::MAX; graph.papers()];
    *cost.get_mut(from)? = 0.0;
    let mut heap = BinaryHeap::from([Reached { cost: 0.0, paper: from }]);
    while let Some(Reached { cost: so_far, paper }) = heap.pop() {
        if paper == to {
            break;
        }
        if so_far > cost[paper] {
            continue;
        }
        for &(next, weight) in graph.neighbours(paper) {
            let next = next as usize;
            if !direct && paper == from && next == to {
                continue;
            }
            let total = so_far + STEP + (weight * weight).recip();
            if total < cost[next] {
                cost[next] = total;
                before[next] = paper;
                heap.push(Reached { cost: total, paper: next });
            }
        }
    }
    if cost.get(to)?.is_infinite() {
        return None;
    }
    let mut way = vec![to];
    let mut at = to;
    while at != from {
        at = before[at];
        way.push(at);
    }
    way.reverse();
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_takes_strong_edges_and_few_steps() {
        // 0–1–2 strong, 0–2 weak; 3 far off.
        let graph =
            Graph::of_lists(vec![vec![(1, 4.0), (2, 0.5)], vec![(2, 4.0)], Vec::new(), Vec::new()]);
        assert_eq!(shortest(&graph, 0, 2, true), Some(vec![0, 1, 2]));
        assert_eq!(shortest(&graph, 2, 0, true), Some(vec![2, 1, 0]));
        assert_eq!(shortest(&graph, 0, 3, true), None);
        assert_eq!(shortest(&graph, 1, 1, false), Some(vec![1]));
        let near = Graph::of_lists(vec![vec![(1, 4.0), (2, 3.0)], vec![(2, 4.0)], Vec::new()]);
        assert_eq!(shortest(&near, 0, 2, true), Some(vec![0, 2]), "nearly as strong, and shorter");
        assert_eq!(shortest(&near, 0, 2, false), Some(vec![0, 1, 2]));
        assert_eq!(shortest(&near, 0, 1, false), Some(vec![0, 2, 1]));
        assert_eq!(shortest(&Graph::default(), 0, 1, true), None);
    }
}
