//! What to read next: from the user's own library and marks, with reasons.
//!
//! The way through: [`likes`] makes a [`Taste`] of marks; [`affinity`] says how close any two papers
//! are, [`graph`] how what is liked spreads over neighbours, and [`classifier`] what tells the papers
//! liked from all others. [`score`] joins the three to one score, [`diverse`] makes a list of the best
//! that is not all of one kind, and [`why`] says what led to each paper. [`start`] is for those who
//! have marked nothing yet, [`between`] for what lies between two papers, [`foreign`] ranks papers
//! that are not of the library, and [`evaluate`] measures all this by the user's own marks.
//!
//! Papers are spoken of by their index into the snapshot that everything here is of.

pub mod affinity;
pub mod between;
pub mod classifier;
pub mod diverse;
pub mod evaluate;
pub mod foreign;
pub mod graph;
pub mod likes;
pub mod score;
pub mod start;
pub mod why;

use std::sync::Arc;

use rayon::prelude::*;

use self::affinity::{Affinity, Views};
use self::graph::Graph;
pub use self::likes::Taste;
use self::score::Scores;
pub use self::why::Reason;
use crate::clusters::subjects::{Found, Subject};
use crate::library::marks::{Marks, State};
use crate::library::paper::Paper;

/// The clusters of a library.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clusters {
    /// By paper: its cluster, if it is in one. Empty where there are no clusters (yet).
    pub of: Vec<Option<usize>>,
    /// By cluster: what it is about, in a few words.
    pub labels: Vec<String>,
}

impl Clusters {
    /// The coarse clusters that were found in a library, with the user's names for them.
    #[must_use]
    pub fn of_library(found: &Found) -> Self {
        let [coarse, _] = &found.clusters.levels;
        let papers = 0..found.ground.snapshot.len();
        Self {
            of: papers.map(|paper| coarse.of(paper)).collect(),
            labels: found.subjects[0].iter().map(Subject::title).collect(),
        }
    }

    /// The cluster of a paper.
    #[must_use]
    pub fn cluster_of(&self, paper: usize) -> Option<usize> {
        self.of.get(paper).copied().flatten()
    }

    /// The papers of a cluster, in order.
    #[must_use]
    pub fn members(&self, cluster: usize) -> Vec<usize> {
        (0..self.of.len()).filter(|&paper| self.of[paper] == Some(cluster)).collect()
    }

    /// Which papers are in a cluster, `[papers]`.
    #[must_use]
    pub fn mask(&self, cluster: usize) -> Vec<bool> {
        self.of.iter().map(|&of| of == Some(cluster)).collect()
    }

    /// What a cluster is about; empty where that is not known.
    #[must_use]
    pub fn label(&self, cluster: usize) -> &str {
        self.labels.get(cluster).map_or("", String::as_str)
    }
}

/// A library as it is recommended from.
#[derive(Debug, Clone, Copy)]
pub struct Library<'a> {
    /// The papers.
    pub papers: &'a [Paper],
    /// Their words and vectors.
    pub views: Views<'a>,
    /// Their clusters.
    pub clusters: &'a Clusters,
    /// What the user says of them, with what their files say.
    pub marks: &'a Marks,
    /// The time, in seconds since 1970.
    pub now: i64,
}

impl Library<'_> {
    /// May this paper be recommended? Not what is read, begun, queued or starred already, nor what is
    /// not for the user or rated, nor what is missing from its file.
    #[must_use]
    pub fn is_unread(&self, paper: usize) -> bool {
        let of = &self.papers[paper];
        let is_new = |mark: &crate::library::marks::Mark| {
            mark.state == State::Unread
                && !mark.starred
                && !mark.not_for_me
                && mark.rating.is_none()
        };
        !of.missing && self.marks.get(of.id).is_none_or(is_new)
    }
}

/// A paper that is recommended.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// Index into the snapshot.
    pub paper: usize,
    /// How good it is, in standard deviations above the mean candidate; 0 where nothing was liked to
    /// measure by.
    pub score: f32,
    /// Why it is on the list, the strongest reason first.
    pub why: Vec<Reason>,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Wish<'a> {
    /// Only these papers, `[papers]`: a cluster, say.
    pub within: Option<&'a [bool]>,
    /// What these are about; empty where that is not known.
    pub about: &'a str,
    /// How many papers; 0 for all, best first and not otherwise mixed.
    pub top: usize,
}

/// How many columns of [affinities](Affinity::column) are kept: with 10,000 papers, 16 MB.
const COLUMNS_KEPT: usize = 400;

/// What is learnt of a library once, and kept while its marks change: what is usual for each paper, who
/// is next to whom, and how close the papers liked are to all others.
#[derive(Debug, Default)]
pub struct Recommender {
    affinity: Affinity,
    graph: Graph,
    /// By paper, the oldest first.
    columns: Vec<(usize, Arc<[f32]>)>,
}

impl Recommender {
    /// Learns a library without its graph: nothing spreads to neighbours of neighbours, and there are
    /// no paths. To be done again when papers or vectors change, as the others below.
    #[must_use]
    pub fn learn(views: Views<'_>, papers: usize) -> Self {
        let affinity = Affinity::measure(views, papers);
        Self { affinity, ..Self::default() }
    }

    /// The same, with the library's [neighbours](crate::clusters::graph): takes seconds for tens of
    /// thousands of papers.
    #[must_use]
    pub fn learn_with_neighbours(
        views: Views<'_>,
        neighbours: &crate::clusters::graph::Graph,
    ) -> Self {
        let affinity = Affinity::measure(views, neighbours.papers());
        let graph = Graph::weighed(&affinity, views, |paper| {
            neighbours.nearest(paper).iter().map(|link| link.paper as usize)
        });
        Self { affinity, graph, columns: Vec::new() }
    }

    /// The same, with a [graph of its own](Graph::nearest), which compares each paper with each: 10
    /// seconds for 10,000 papers.
    #[must_use]
    pub fn learn_with_graph(views: Views<'_>, papers: usize) -> Self {
        let affinity = Affinity::measure(views, papers);
        let graph = Graph::nearest(&affinity, views);
        Self { affinity, graph, columns: Vec::new() }
    }

    /// How close any two papers are.
    #[must_use]
    pub fn affinity(&self) -> &Affinity {
        &self.affinity
    }

    /// Who is next to whom; without papers where that is not known.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// How close some papers are to all others, `[papers]` each.
    pub fn columns(&mut self, views: Views<'_>, papers: &[usize]) -> Vec<Arc<[f32]>> {
        let known = |columns: &[(usize, Arc<[f32]>)], paper: usize| {
            columns.iter().find(|(of, _)| *of == paper).map(|(_, column)| Arc::clone(column))
        };
        let unknown: Vec<usize> = (papers.iter().copied())
            .filter(|&paper| known(&self.columns, paper).is_none())
            .collect();
        let affinity = &self.affinity;
        let new: Vec<(usize, Arc<[f32]>)> = unknown
            .into_par_iter()
            .map(|paper| (paper, affinity.column(views, paper).into()))
            .collect();
        self.columns.extend(new);
        let found = papers.iter().filter_map(|&paper| known(&self.columns, paper)).collect();
        let surplus = self.columns.len().saturating_sub(COLUMNS_KEPT);
        self.columns.drain(..surplus);
        found
    }

    /// How good each paper is by a taste. `None` where nothing is liked.
    pub fn score(&mut self, library: &Library<'_>, taste: &Taste) -> Option<Scores> {
        Scores::new(self, library, taste)
    }

    /// What to read next, the best first: by the taste, or where nothing is liked yet a paper to
    /// [start] from in each large cluster.
    pub fn recommend(
        &mut self,
        library: &Library<'_>,
        taste: &Taste,
        wish: &Wish<'_>,
    ) -> Vec<Recommendation> {
        let Some(scores) = self.score(library, taste) else {
            return start::central(self, library, wish);
        };
        let within = |paper: &usize| wish.within.is_none_or(|within| within[*paper]);
        let mut candidates: Vec<usize> = scores.candidates().filter(within).collect();
        candidates.sort_by(|&a, &b| scores.of(b).total_cmp(&scores.of(a)).then(a.cmp(&b)));
        if wish.top > 0 {
            candidates = diverse::choose(&self.affinity, library, &scores, &candidates, wish);
        }
        let neglected = (wish.top > 0 && wish.within.is_none())
            .then(|| diverse::neglected(library, &scores, &candidates))
            .flatten();
        if let Some((paper, _)) = &neglected {
            candidates.truncate(wish.top - 1);
            candidates.push(*paper);
        }
        candidates
            .into_iter()
            .map(|paper| {
                let mut why = why::reasons(&scores, library, taste, paper);
                if let Some((_, reason)) = neglected.clone().filter(|(other, _)| *other == paper) {
                    why.insert(0, reason);
                }
                Recommendation { paper, score: scores.of(paper), why }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
