//! How strongly papers hold together: the fuzzy simplicial set of UMAP (McInnes, Healy and Melville,
//! 2018, arXiv:1802.03426, section 3.1).

use crate::clusters::graph::{Graph, Link};

/// Halvings of the interval in which a paper's scale is looked for: more than `f32` can tell apart.
const HALVINGS: usize = 64;

/// A scale is no smaller than this share of the mean distance to the neighbours, so that one
/// neighbour far closer than the others does not cut them off.
const LEAST_SCALE: f32 = 1e-3;

/// A graph with weights in 0..1 that say how surely an edge is there; the same in both directions.
#[derive(Debug, Clone)]
pub(super) struct Fuzzy {
    /// Where the edges of each paper begin, and where those of the last one end.
    starts: Vec<usize>,
    /// The other end and the weight, ascending by the former.
    edges: Vec<(u32, f32)>,
}

impl Fuzzy {
    /// From the nearest neighbours of each paper and their similarities. A paper's similarities matter by
    /// their differences only, and relative to its others, so any scale will do, and even one for
    /// each paper.
    pub(super) fn new(graph: &Graph) -> Self {
        let mut ends = Vec::new();
        for paper in 0..graph.papers() {
            let nearest = graph.nearest(paper);
            for (link, weight) in nearest.iter().zip(memberships(nearest)) {
                ends.push((paper as u32, link.paper, weight));
                ends.push((link.paper, paper as u32, weight));
            }
        }
        ends.sort_unstable_by_key(|&(from, to, weight)| (from, to, weight.to_bits()));
        let mut starts = vec![0; graph.papers() + 1];
        let mut edges = Vec::with_capacity(ends.len());
        for same in ends.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            // Surely there if either of its ends says so: the probabilistic sum.
            let absent: f32 = same.iter().map(|(_, _, weight)| 1.0 - weight).product();
            edges.push((same[0].1, 1.0 - absent));
            starts[same[0].0 as usize + 1] = edges.len();
        }
        for paper in 1..starts.len() {
            starts[paper] = starts[paper].max(starts[paper - 1]);
        }
        Self { starts, edges }
    }

    /// Number of papers.
    pub(super) fn papers(&self) -> usize {
        self.starts.len() - 1
    }

    /// What a paper is tied to, and how strongly.
    pub(super) fn edges(&self, paper: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[paper]..self.starts[paper + 1]]
    }
}

/// How surely each neighbour of a paper is one, in the order given: 1 for the closest, and so much
/// for the others that the sum is the logarithm of their number to base 2.
fn memberships(nearest: &[Link]) -> impl Iterator<Item = f32> {
    let closest = nearest.iter().map(|link| link.similarity).fold(f32::MIN, f32::max);
    let distances = nearest.iter().map(move |link| closest - link.similarity);
    let scale = scale(&distances.clone().collect::<Vec<_>>());
    distances.map(move |distance| if distance > 0.0 { (-distance / scale).exp() } else { 1.0 })
}

/// The scale on which distances count, by bisection.
fn scale(distances: &[f32]) -> f32 {
    let target = (distances.len() as f32 + 1.0).log2();
    let mean = distances.iter().sum::<f32>() / distances.len().max(1) as f32;
    let (mut low, mut high) = (0.0, f32::INFINITY);
    let mut scale = mean;
    for _ in 0..HALVINGS {
        let sum: f32 = distances.iter().map(|distance| (-distance / scale).exp()).sum();
        if sum > target {
            high = scale;
        } else {
            low = scale;
        }
        scale = if high.is_finite() { f32::midpoint(low, high) } else { scale * 2.0 };
        if !scale.is_normal() {
            break;
        }
    }
    scale.clamp(LEAST_SCALE * mean, f32::MAX)
}
