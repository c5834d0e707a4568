//! Which cluster is which: identity, colour and the user's name stay with a subject while papers come
//! and go, models change and resolutions are tried.
//!
//! A cluster is the one remembered with which it shares most, by the share of their papers that both
//! have (Jaccard). Papers that are not in the library at hand (another `.bib`, a paper gone) do
//! not count. A cluster that got a name is never forgotten: it waits until papers of it come
//! together again.

use std::collections::{HashMap, HashSet};

use super::Clusters;
use crate::library::paper::{PaperId, Snapshot};
use crate::library::store::clusters::Remembered;

/// Below this share of papers in common two clusters are different ones.
const LEAST_OVERLAP: f64 = 0.2;

/// What is to be remembered from now on: of each level the clusters found, in order, those of the
/// coarse level first; then named ones that were not found. `known` is what was remembered.
#[must_use]
pub fn recognise(
    known: Vec<Remembered>,
    clusters: &Clusters,
    snapshot: &Snapshot,
) -> Vec<Remembered> {
    let mut known: Vec<Option<Remembered>> = known.into_iter().map(Some).collect();
    let mut found = Vec::new();
    for level in 0..clusters.levels.len() {
        let papers = papers_of(clusters, level, snapshot);
        let matched = matches(&known, level, &papers, snapshot);
        let recognised: Vec<Option<Remembered>> =
            matched.iter().map(|of| of.and_then(|index| known[index].take())).collect();
        let mut used: HashSet<u32> = recognised.iter().flatten().map(|of| of.colour).collect();
        let waiting = |other: &&Remembered| other.level == level && other.name.is_some();
        used.extend(known.iter().flatten().filter(waiting).map(|other| other.colour));
        for (old, mut papers) in recognised.into_iter().zip(papers) {
            let mut new = old.unwrap_or_else(|| {
                let colour = free_colour(&used);
                used.insert(colour);
                Remembered { id: None, level, colour, name: None, papers: Vec::new() }
            });
            // Papers out of sight stay with it.
            papers.extend(new.papers.iter().filter(|&&id| snapshot.by_id(id).is_none()));
            papers.sort_unstable();
            new.papers = papers;
            found.push(new);
        }
    }
    found.extend(known.into_iter().flatten().filter(|old| {
        // Of a name, and of papers that another file may have, nothing is known to be over.
        old.name.is_some() || old.papers.iter().all(|&id| snapshot.by_id(id).is_none())
    }));
    found
}

/// What is remembered of each level's clusters, in their order; `found` is what [`recognise`] made of
/// them.
#[must_use]
pub fn by_level<'a>(found: &'a [Remembered], clusters: &Clusters) -> [&'a [Remembered]; 2] {
    let (coarse, rest) = found.split_at(clusters.levels[0].clusters.len());
    [coarse, &rest[..clusters.levels[1].clusters.len()]]
}

/// The lowest colour that is not used.
fn free_colour(used: &HashSet<u32>) -> u32 {
    let most = used.len() as u32;
    (0..most).find(|colour| !used.contains(colour)).unwrap_or(most)
}

/// The papers of each cluster of a level, ascending.
fn papers_of(clusters: &Clusters, level: usize, snapshot: &Snapshot) -> Vec<Vec<PaperId>> {
    let ids = |papers: &[usize]| {
        let mut ids: Vec<PaperId> = papers.iter().map(|&p| snapshot.papers()[p].id).collect();
        ids.sort_unstable();
        ids
    };
    clusters.levels[level].clusters.iter().map(|cluster| ids(&cluster.papers)).collect()
}

/// For each cluster the index of the known one that it is; those that share most find each other
/// first.
fn matches(
    known: &[Option<Remembered>],
    level: usize,
    clusters: &[Vec<PaperId>],
    snapshot: &Snapshot,
) -> Vec<Option<usize>> {
    let mut cluster_of = HashMap::new();
    for (cluster, papers) in clusters.iter().enumerate() {
        cluster_of.extend(papers.iter().map(|&paper| (paper, cluster)));
    }
    let mut pairs = Vec::new();
    for (index, old) in known.iter().enumerate() {
        let Some(old) = old.as_ref().filter(|old| old.level == level) else {
            continue;
        };
        let mut shared = vec![0_usize; clusters.len()];
        let mut in_sight = 0;
        for paper in old.papers.iter().filter(|&&paper| snapshot.by_id(paper).is_some()) {
            in_sight += 1;
            if let Some(&cluster) = cluster_of.get(paper) {
                shared[cluster] += 1;
            }
        }
        for (cluster, &both) in shared.iter().enumerate().filter(|(_, both)| **both > 0) {
            let either = in_sight + clusters[cluster].len() - both;
            let overlap = both as f64 / either as f64;
            if overlap >= LEAST_OVERLAP {
                pairs.push((overlap, old.name.is_some(), index, cluster));
            }
        }
    }
    // Where two share as much the named one comes first, then the older.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    let mut matched = vec![None; clusters.len()];
    let mut taken = HashSet::new();
    for (_, _, index, cluster) in pairs {
        if matched[cluster].is_none() && taken.insert(index) {
            matched[cluster] = Some(index);
        }
    }
    matched
}

#[cfg(test)]
mod tests;
