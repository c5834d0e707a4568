//! Communities of a graph: the Leiden algorithm (Traag, Waltman and van Eck, 2019,
//! doi:10.1038/s41598-019-41695-z) with modularity at a resolution (Reichardt and Bornholdt, 2006).
//!
//! The quality of a partition is the sum over its communities of `w − γ·K²/4m`: the weight `w` of
//! the edges inside, less what a random graph with the same degrees would have there, with the
//! degrees' sum `K`, the weight `m` of all edges and the resolution `γ`. With a higher resolution
//! communities are smaller.
//!
//! One pass moves single nodes to the community where they add most, until none gains by moving
//! ([`Network::move_nodes`]); splits each community into well-connected parts
//! ([`Network::refined`]); makes each part a node, and begins again with those, starting from the communities
//! unsplit. Passes follow each other until the quality stays.
//! Merges within a refinement go to the best part, as in the authors' `leidenalg`, not to one drawn at
//! random. What is left in several pieces at the end is cut apart, which never lowers the quality: so
//! each community is connected.

use std::borrow::Cow;
use std::collections::VecDeque;

use rayon::prelude::*;

/// Runs from different orders of the nodes, the best of which counts.
///
/// Measured on the graph of [`NEIGHBOURS`](super::graph::NEIGHBOURS): single runs give AMI 0.723 ±
/// 0.002 at resolution 1 and ±0.013 at 0.8, and the better their quality the better they agree with
/// the topics. Four agree with them no better than two (at resolutions ⅔, 1 and 1½ 0.728, 0.731 and
/// 0.722 instead of 0.728, 0.731 and 0.732), and take twice as long.
const RUNS: u64 = 2;

/// Passes of a run at most. After two a pass seldom gains anything.
const PASSES: usize = 10;

/// A gain below this share of the graph's weight is rounding.
const NEGLIGIBLE: f64 = 1e-12;

/// A weighted graph without directions.
#[derive(Debug, Clone)]
pub struct Network {
    /// Where the edges of each node begin, and where the last one's end.
    starts: Vec<usize>,
    /// Node at the other end, weight; no loops.
    edges: Vec<(u32, f32)>,
    /// Sum of the weights of a node's edges, those between the nodes that it stands for included
    /// twice.
    degrees: Vec<f64>,
    /// Sum of all degrees, and of a part of a network those of the whole: `2m`.
    total: f64,
}

impl Network {
    /// A network of edges to other nodes by node; each edge must stand at both of its ends.
    #[must_use]
    pub fn new<Edges: IntoIterator<Item = (u32, f32)>>(
        edges: impl IntoIterator<Item = Edges>,
    ) -> Self {
        let mut network = Self::empty(0.0);
        for (node, list) in edges.into_iter().enumerate() {
            let start = network.edges.len();
            network.push(list, 0.0);
            let weights = network.edges[start..].iter();
            let degree = weights.map(|(_, weight)| f64::from(*weight)).sum();
            network.degrees[node] = degree;
            network.total += degree;
        }
        network
    }

    /// No nodes yet.
    fn empty(total: f64) -> Self {
        Self { starts: vec![0], edges: Vec::new(), degrees: Vec::new(), total }
    }

    /// Adds a node.
    fn push(&mut self, edges: impl IntoIterator<Item = (u32, f32)>, degree: f64) {
        self.edges.extend(edges);
        self.starts.push(self.edges.len());
        self.degrees.push(degree);
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.degrees.len()
    }

    /// The edges of a node.
    fn edges(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }

    /// The community of each node, `[nodes]`, numbered in the order of their first nodes. With
    /// `within`, `[nodes]`, none reaches beyond nodes of the same value.
    #[must_use]
    pub fn communities(&self, resolution: f64, within: Option<&[u32]>) -> Vec<u32> {
        // γ/2m: what a degree counts against another one.
        let scale = if self.total > 0.0 { resolution / self.total } else { 0.0 };
        let Some(fences) = within else {
            return self.best_run(scale);
        };
        // What lies within one fence does not depend on the others.
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut places: Vec<u32> = Vec::with_capacity(self.nodes());
        for (node, &fence) in fences.iter().enumerate() {
            if members.len() <= fence as usize {
                members.resize(fence as usize + 1, Vec::new());
            }
            places.push(members[fence as usize].len() as u32);
            members[fence as usize].push(node as u32);
        }
        let found: Vec<Vec<u32>> = (members.par_iter().enumerate())
            .map(|(fence, members)| {
                let mut part = Self::empty(self.total);
                for &node in members {
                    let edges = self.edges(node as usize).iter();
                    let inside = edges.filter(|(other, _)| fences[*other as usize] == fence as u32);
                    part.push(
                        inside.map(|&(other, weight)| (places[other as usize], weight)),
                        self.degrees[node as usize],
                    );
                }
                part.best_run(scale)
            })
            .collect();
        let mut communities = vec![0; self.nodes()];
        let mut count = 0;
        for (members, found) in members.iter().zip(&found) {
            for (&node, &community) in members.iter().zip(found) {
                communities[node as usize] = count + community;
            }
            count += found.iter().max().map_or(0, |&last| last + 1);
        }
        renumber(&mut communities);
        communities
    }

    /// The best of [`RUNS`] runs, the first where they are equal.
    fn best_run(&self, scale: f64) -> Vec<u32> {
        let runs: Vec<(f64, Vec<u32>)> = (0..RUNS)
            .into_par_iter()
            .map(|seed| {
                let communities = self.run(scale, &mut Order(seed));
                (self.gain(&communities, scale), communities)
            })
            .collect();
        let mut best: (f64, Vec<u32>) = (f64::NEG_INFINITY, Vec::new());
        for (quality, communities) in runs {
            if quality > best.0 + NEGLIGIBLE * self.total {
                best = (quality, communities);
            }
        }
        best.1
    }

    /// Modularity of a partition at a resolution, from −½ to 1 where that is 1.
    #[must_use]
    pub fn quality(&self, communities: &[u32], resolution: f64) -> f64 {
        let total = self.total;
        if total > 0.0 { 2.0 * self.gain(communities, resolution / total) / total } else { 0.0 }
    }

    /// `Σ w − scale·K²/2` over the communities, with `scale` = γ/2m.
    fn gain(&self, communities: &[u32], scale: f64) -> f64 {
        let mut inside = 0.0;
        let mut degrees = vec![0.0; communities.len()];
        for (node, &community) in communities.iter().enumerate() {
            degrees[community as usize] += self.degrees[node];
            let edges = self.edges(node).iter();
            let same = edges.filter(|(other, _)| communities[*other as usize] == community);
            inside += same.map(|(_, weight)| f64::from(*weight)).sum::<f64>() / 2.0;
        }
        inside - degrees.iter().map(|degree| scale * degree * degree / 2.0).sum::<f64>()
    }

    fn run(&self, scale: f64, order: &mut Order) -> Vec<u32> {
        let mut communities: Vec<u32> = (0..self.nodes() as u32).collect();
        let mut quality = self.gain(&communities, scale);
        for _ in 0..PASSES {
            self.pass(&mut communities, scale, order);
            let reached = self.gain(&communities, scale);
            let gained = reached - quality;
            quality = reached;
            if gained <= NEGLIGIBLE * self.total {
                break;
            }
        }
        self.connected(&communities)
    }

    /// One pass over all sizes of nodes; `communities` are numbered anew.
    fn pass(&self, communities: &mut [u32], scale: f64, order: &mut Order) {
        let mut network = Cow::Borrowed(self);
        // The node of `network` that each node of `self` is part of.
        let mut part_of: Vec<u32> = (0..self.nodes() as u32).collect();
        let mut of_parts = communities.to_vec();
        loop {
            network.move_nodes(&mut of_parts, scale, order);
            let count = renumber(&mut of_parts);
            let refined = network.refined(&of_parts, scale, order);
            let parts = refined.iter().max().map_or(0, |&last| last as usize + 1);
            if count == network.nodes() || parts == network.nodes() {
                break;
            }
            let mut next = vec![0; parts];
            for (node, &part) in refined.iter().enumerate() {
                next[part as usize] = of_parts[node];
            }
            network = Cow::Owned(network.aggregated(&refined, parts));
            for part in &mut part_of {
                *part = refined[*part as usize];
            }
            of_parts = next;
        }
        for (community, &part) in communities.iter_mut().zip(&part_of) {
            *community = of_parts[part as usize];
        }
    }

    /// Moves each node to the community where it adds most to the quality; then those again whose
    /// neighbours moved, until none gains.
    fn move_nodes(&self, communities: &mut [u32], scale: f64, order: &mut Order) {
        let nodes = self.nodes();
        let mut degrees = vec![0.0; nodes];
        let mut sizes = vec![0_u32; nodes];
        for (node, &community) in communities.iter().enumerate() {
            degrees[community as usize] += self.degrees[node];
            sizes[community as usize] += 1;
        }
        let mut empty: Vec<u32> =
            (0..nodes as u32).filter(|&community| sizes[community as usize] == 0).collect();
        let mut queue: VecDeque<u32> = order.shuffled(nodes).into();
        let mut queued = vec![true; nodes];
        let mut near = Weights::new(nodes);
        while let Some(node) = queue.pop_front() {
            let node = node as usize;
            queued[node] = false;
            let here = communities[node];
            let degree = self.degrees[node];
            degrees[here as usize] -= degree;
            sizes[here as usize] -= 1;
            near.clear();
            near.add(here, 0.0);
            for &(other, weight) in self.edges(node) {
                near.add(communities[other as usize], weight);
            }
            let gain =
                |community: u32, weight: f64| weight - scale * degree * degrees[community as usize];
            let mut best = (here, gain(here, near.of(here)));
            // Where it stays as good it stays.
            let least = NEGLIGIBLE * degree;
            for &community in &near.touched {
                let gained = gain(community, near.of(community));
                if gained > best.1 + least {
                    best = (community, gained);
                }
            }
            if best.1 < -least
                && let Some(&alone) = empty.last()
            {
                best = (alone, 0.0);
            }
            let there = best.0;
            if sizes[here as usize] == 0 && there != here {
                empty.push(here);
            }
            if empty.last() == Some(&there) {
                empty.pop();
            }
            degrees[there as usize] += degree;
            sizes[there as usize] += 1;
            if there == here {
                continue;
            }
            communities[node] = there;
            for &(other, _) in self.edges(node) {
                if communities[other as usize] != there && !queued[other as usize] {
                    queued[other as usize] = true;
                    queue.push_back(other);
                }
            }
        }
    }

    /// Splits communities into parts that hold together: beginning with single nodes, those well
    /// connected to the rest of their community join the well-connected part where they add most.
    /// Parts are numbered in the order of their first nodes.
    fn refined(&self, communities: &[u32], scale: f64, order: &mut Order) -> Vec<u32> {
        let nodes = self.nodes();
        let mut of_communities = vec![0.0; nodes];
        for (node, &community) in communities.iter().enumerate() {
            of_communities[community as usize] += self.degrees[node];
        }
        let mut parts: Vec<u32> = (0..nodes as u32).collect();
        let mut degrees = self.degrees.clone();
        let mut single = vec![true; nodes];
        // Weight of the edges from a part to the rest of its community.
        let mut outside: Vec<f64> = (0..nodes)
            .map(|node| {
                let edges = self.edges(node).iter();
                let same = edges.filter(|(o, _)| communities[*o as usize] == communities[node]);
                same.map(|(_, weight)| f64::from(*weight)).sum()
            })
            .collect();
        let well_connected = |part: usize, community: u32, degrees: &[f64], outside: &[f64]| {
            let degree = degrees[part];
            outside[part] >= scale * degree * (of_communities[community as usize] - degree)
        };
        let mut near = Weights::new(nodes);
        for node in order.shuffled(nodes) {
            let node = node as usize;
            let community = communities[node];
            if !single[node] || !well_connected(node, community, &degrees, &outside) {
                continue;
            }
            near.clear();
            for &(other, weight) in self.edges(node) {
                if communities[other as usize] == community {
                    near.add(parts[other as usize], weight);
                }
            }
            let mut best = (node as u32, 0.0);
            for &part in &near.touched {
                let weight = near.of(part);
                let gained = weight - scale * self.degrees[node] * degrees[part as usize];
                if gained > best.1 && well_connected(part as usize, community, &degrees, &outside) {
                    best = (part, gained);
                }
            }
            let part = best.0 as usize;
            if part != node {
                parts[node] = best.0;
                single[node] = false;
                single[part] = false;
                degrees[part] += self.degrees[node];
                outside[part] += outside[node] - 2.0 * near.of(best.0);
            }
        }
        renumber(&mut parts);
        parts
    }

    /// The network whose nodes are the parts.
    fn aggregated(&self, parts: &[u32], count: usize) -> Self {
        let mut members = vec![Vec::new(); count];
        for (node, &part) in parts.iter().enumerate() {
            members[part as usize].push(node);
        }
        let mut network = Self::empty(self.total);
        let mut near = Weights::new(count);
        for (part, members) in members.iter().enumerate() {
            near.clear();
            let mut degree = 0.0;
            for &node in members {
                degree += self.degrees[node];
                for &(other, weight) in self.edges(node) {
                    near.add(parts[other as usize], weight);
                }
            }
            let others = near.touched.iter().filter(|&&other| other as usize != part);
            network.push(others.map(|&other| (other, near.values[other as usize])), degree);
        }
        network
    }

    /// Communities in several pieces cut apart; numbered in the order of their first nodes.
    fn connected(&self, communities: &[u32]) -> Vec<u32> {
        let mut pieces = vec![u32::MAX; self.nodes()];
        let mut count = 0;
        let mut stack = Vec::new();
        for start in 0..self.nodes() {
            if pieces[start] != u32::MAX {
                continue;
            }
            pieces[start] = count;
            stack.push(start);
            while let Some(node) = stack.pop() {
                for &(other, _) in self.edges(node) {
                    let other = other as usize;
                    if pieces[other] == u32::MAX && communities[other] == communities[node] {
                        pieces[other] = count;
                        stack.push(other);
                    }
                }
            }
            count += 1;
        }
        pieces
    }
}

/// Stands where no weight is known: weights are not negative.
const UNKNOWN: f32 = -1.0;

/// Weights by community, of which few are known.
struct Weights {
    /// [`UNKNOWN`] where nothing was added.
    values: Vec<f32>,
    /// Those that were added to, in the order in which they came.
    touched: Vec<u32>,
}

impl Weights {
    fn new(communities: usize) -> Self {
        Self { values: vec![UNKNOWN; communities], touched: Vec::new() }
    }

    fn clear(&mut self) {
        for community in self.touched.drain(..) {
            self.values[community as usize] = UNKNOWN;
        }
    }

    fn add(&mut self, community: u32, weight: f32) {
        let value = &mut self.values[community as usize];
        if *value < 0.0 {
            *value = 0.0;
            self.touched.push(community);
        }
        *value += weight;
    }

    fn of(&self, community: u32) -> f64 {
        f64::from(self.values[community as usize])
    }
}

/// Numbers the values from 0 in the order in which they first come; returns how many they are.
fn renumber(values: &mut [u32]) -> usize {
    let most = values.iter().max().map_or(0, |&most| most as usize + 1);
    let mut numbers = vec![u32::MAX; most];
    let mut count = 0;
    for value in values {
        let number = &mut numbers[*value as usize];
        if *number == u32::MAX {
            *number = count;
            count += 1;
        }
        *value = *number;
    }
    count as usize
}

/// Orders of nodes, random but always the same for a seed (splitmix64 by Steele, Lea and Flood, 2014).
struct Order(u64);

impl Order {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The numbers below `count`, shuffled (Fisher and Yates).
    fn shuffled(&mut self, count: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count as u32).collect();
        for last in (1..count).rev() {
            let other = (u128::from(self.next()) * (last as u128 + 1)) >> 64;
            order.swap(last, other as usize);
        }
        order
    }
}

#[cfg(test)]
mod tests;
