//! The clusters of the library as a tree to walk through, and the papers of one of them.
//!
//! What they are found in ([`Ground`]) takes a second to make for a large library and depends on words
//! and vectors alone; from it they are [`Found`] in a moment at any resolution. Both hold the snapshot
//! that their indices are of: they stay on screen while the library changes.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::scroll::Scroll;
use crate::clusters::graph::Graph;
use crate::clusters::identity;
use crate::clusters::labels::Phrases;
use crate::clusters::{Clusters, RESOLUTION};
use crate::library::date::Date;
use crate::library::paper::{Paper, PaperId, Snapshot};
use crate::library::store::clusters::Remembered;

/// What the similarities of papers rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Footing {
    /// Words.
    Words,
    /// Words, and the vectors of some papers; more are to come.
    Partly {
        /// What made the vectors.
        fingerprint: String,
        /// Papers that have one.
        vectors: usize,
    },
    /// Words, and all the vectors that there will be.
    Wholly {
        /// What made the vectors.
        fingerprint: String,
    },
}

impl Footing {
    /// As the store keeps it beside a map.
    #[must_use]
    pub fn basis(&self) -> String {
        match self {
            Self::Words => "words".to_owned(),
            Self::Partly { fingerprint, vectors } => format!("{fingerprint} {vectors}"),
            Self::Wholly { fingerprint } => fingerprint.clone(),
        }
    }

    /// Is this less than what something in the store rests on? Then that is not thrown over: it is
    /// better, and soon there will be as much again.
    #[must_use]
    pub fn is_less_than(&self, basis: &str) -> bool {
        match self {
            Self::Words => basis != self.basis(),
            Self::Partly { fingerprint, .. } => basis == fingerprint,
            Self::Wholly { .. } => false,
        }
    }
}

/// What clusters and map are found in.
#[derive(Debug)]
pub struct Ground {
    /// The papers.
    pub snapshot: Arc<Snapshot>,
    /// Which of them are alike.
    pub graph: Graph,
    /// What is said in them.
    pub phrases: Arc<Phrases>,
    /// What that rests on.
    pub footing: Footing,
}

/// What a cluster is called and looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Number of its colour; no other of its level has it.
    pub colour: u32,
    /// The user's own name for it.
    pub name: Option<String>,
    /// What it is called otherwise: up to three phrases.
    pub phrases: Vec<String>,
    /// Papers of each year, from [`Found::years`]' first.
    pub years: Vec<u32>,
    /// Of a coarse cluster: the fine ones in it, where they say more than itself.
    pub parts: Range<usize>,
}

impl Subject {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.phrases.join(" · "))
    }

    /// What it is called in short.
    #[must_use]
    pub fn short_title(&self) -> &str {
        self.name.as_deref().or(self.phrases.first().map(String::as_str)).unwrap_or("")
    }

    /// Does it consist of parts that say more than itself?
    #[must_use]
    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }
}

/// The clusters at one resolution.
#[derive(Debug)]
pub struct Found {
    /// What they were found in.
    pub ground: Arc<Ground>,
    /// Who is in which.
    pub clusters: Clusters,
    /// What they are called, coarse and fine, in their order.
    pub subjects: [Vec<Subject>; 2],
    /// The first and the last year that papers are of, but for a few strays before.
    pub years: Option<(i32, i32)>,
}

impl Found {
    /// Puts clusters and what is remembered of them together; `remembered` is what
    /// [`identity::recognise`] made of them.
    #[must_use]
    pub fn new(ground: Arc<Ground>, clusters: Clusters, remembered: &[Remembered]) -> Self {
        let papers = ground.snapshot.papers();
        let years = years(papers);
        let labels = ground.phrases.labels(&clusters);
        let remembered = identity::by_level(remembered, &clusters);
        let fine = &clusters.levels[1].clusters;
        let subjects = [0, 1].map(|level: usize| {
            let clusters = clusters.levels[level].clusters.iter().enumerate();
            clusters
                .zip(labels[level].iter().zip(remembered[level]))
                .map(|((index, cluster), (label, of))| {
                    let is_before =
                        |parent: usize| fine.partition_point(|c| c.parent < Some(parent));
                    let mut parts = 0..0;
                    if level == 0 {
                        parts = is_before(index)..is_before(index + 1);
                    }
                    // An only part says nothing new, and papers one by one are none.
                    if parts.len() < 2 || parts.len() * 2 > cluster.papers.len() {
                        parts = 0..0;
                    }
                    Subject {
                        colour: of.colour,
                        name: of.name.clone(),
                        phrases: label.phrases.clone(),
                        years: by_year(&cluster.papers, papers, years),
                        parts,
                    }
                })
                .collect()
        });
        Self { ground, clusters, subjects, years }
    }

    /// The papers of a row of the tree, the most central first.
    #[must_use]
    pub fn papers(&self, row: Row) -> &[usize] {
        match row.place() {
            Some((level, index)) => {
                self.clusters.levels[level].clusters.get(index).map_or(&[], |of| &of.papers)
            }
            None => &self.clusters.loose,
        }
    }

    /// What a row of the tree is about; `None` for the loose papers.
    #[must_use]
    pub fn subject(&self, row: Row) -> Option<&Subject> {
        row.place().and_then(|(level, index)| self.subjects[level].get(index))
    }

    /// The coarse cluster of a row of the tree.
    #[must_use]
    pub fn coarse(&self, row: Row) -> Option<usize> {
        match row {
            Row::Coarse(index) => Some(index),
            Row::Fine(index) => self.clusters.levels[1].clusters.get(index)?.parent,
            Row::Loose => None,
        }
    }
}

/// The years that papers are of: from where all but a twentieth are to the last.
fn years(papers: &[Paper]) -> Option<(i32, i32)> {
    let mut years: Vec<i32> = papers.iter().filter_map(Paper::year).collect();
    years.sort_unstable();
    Some((*years.get(years.len() / 20)?, *years.last()?))
}

fn by_year(of: &[usize], papers: &[Paper], years: Option<(i32, i32)>) -> Vec<u32> {
    let Some((first, last)) = years else {
        return Vec::new();
    };
    let mut counts = vec![0; (last - first) as usize + 1];
    for year in of.iter().filter_map(|&paper| papers[paper].year()) {
        if let Some(count) = counts.get_mut((year - first).max(0) as usize) {
            *count += 1;
        }
    }
    counts
}

/// A row of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A coarse cluster.
    Coarse(usize),
    /// A fine one.
    Fine(usize),
    /// The papers in no cluster.
    Loose,
}

impl Row {
    /// Level and number of a cluster.
    #[must_use]
    pub fn place(self) -> Option<(usize, usize)> {
        match self {
            Self::Coarse(index) => Some((0, index)),
            Self::Fine(index) => Some((1, index)),
            Self::Loose => None,
        }
    }
}

/// What a cluster's papers are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The most central first.
    #[default]
    Centrality,
    /// The newest first.
    Date,
}

/// The list that the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The clusters.
    #[default]
    Tree,
    /// The papers of the one under the cursor.
    Papers,
}

/// The clusters on the screen.
#[derive(Debug)]
pub struct Tree {
    /// What clusters are found in; `None` before the first time.
    pub ground: Option<Arc<Ground>>,
    /// The clusters.
    pub found: Option<Arc<Found>>,
    /// The resolution asked for.
    pub resolution: f64,
    /// Is it being found out which papers are alike?
    pub grounding: bool,
    /// Are clusters being looked for?
    pub finding: bool,
    /// Papers that had a vector when the ground was asked for last.
    pub vectors: usize,
    /// Why there are none.
    pub failed: Option<String>,
    /// The list that the keys go to.
    pub pane: Pane,
    /// Colours of the coarse clusters whose parts are shown.
    pub open: BTreeSet<u32>,
    /// The rows of the tree.
    pub rows: Vec<Row>,
    /// Cursor there.
    pub scroll: Scroll,
    /// The papers of the row under the cursor, in order.
    pub papers: Vec<PaperId>,
    /// What they are ordered by.
    pub order: Order,
    /// Cursor there.
    pub paper_scroll: Scroll,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            ground: None,
            found: None,
            resolution: RESOLUTION,
            grounding: false,
            finding: false,
            vectors: 0,
            failed: None,
            pane: Pane::default(),
            open: BTreeSet::new(),
            rows: Vec::new(),
            scroll: Scroll::default(),
            papers: Vec::new(),
            order: Order::default(),
            paper_scroll: Scroll::default(),
        }
    }
}

impl Tree {
    /// The row under the cursor.
    #[must_use]
    pub fn row(&self) -> Option<Row> {
        self.rows.get(self.scroll.cursor).copied()
    }

    /// The paper under the cursor.
    #[must_use]
    pub fn paper(&self) -> Option<PaperId> {
        self.papers.get(self.paper_scroll.cursor).copied()
    }

    /// Is something going on?
    #[must_use]
    pub fn busy(&self) -> bool {
        self.grounding || self.finding
    }

    /// Shows new clusters. The cursor stays on the cluster that it is on, as far as that is still
    /// there, and on its paper. What was shown before is returned.
    pub fn replace(&mut self, found: Option<Arc<Found>>) -> Option<Arc<Found>> {
        let key = |found: &Found, row: Row| Some((row.place()?.0, found.subject(row)?.colour));
        let old = std::mem::replace(&mut self.found, found);
        let at = old.as_deref().zip(self.row()).map(|(old, row)| key(old, row));
        self.list();
        if let (Some(at), Some(found)) = (at, &self.found)
            && let Some(cursor) = self.rows.iter().position(|&row| key(found, row) == at)
        {
            self.scroll.cursor = cursor;
        }
        self.scroll.cursor = self.scroll.cursor.min(self.rows.len().saturating_sub(1));
        self.list_papers();
        old
    }

    /// Lists the rows: the parts of what is open, and the loose papers last.
    fn list(&mut self) {
        self.rows.clear();
        let Some(found) = &self.found else {
            return;
        };
        for (index, subject) in found.subjects[0].iter().enumerate() {
            self.rows.push(Row::Coarse(index));
            if subject.has_parts() && self.open.contains(&subject.colour) {
                self.rows.extend(subject.parts.clone().map(Row::Fine));
            }
        }
        if !found.clusters.loose.is_empty() {
            self.rows.push(Row::Loose);
        }
    }

    /// Lists the papers of the row under the cursor; the cursor among them stays on its paper where
    /// that is among them.
    pub fn list_papers(&mut self) {
        let at = self.paper();
        self.papers.clear();
        if let (Some(found), Some(row)) = (&self.found, self.row()) {
            let papers = found.ground.snapshot.papers();
            let mut of: Vec<usize> = found.papers(row).to_vec();
            if self.order == Order::Date {
                of.sort_by_key(|&paper| Reverse(papers[paper].date.as_ref().map(Date::first)));
            }
            self.papers.extend(of.into_iter().map(|paper| papers[paper].id));
        }
        let cursor = at.and_then(|id| self.papers.iter().position(|&paper| paper == id));
        self.paper_scroll = Scroll { cursor: cursor.unwrap_or(0), offset: 0 };
    }

    /// Moves the cursor of the tree to a row, and opens what it lies in.
    pub fn go_to(&mut self, row: Row) {
        if let (Row::Fine(_), Some(found)) = (row, &self.found)
            && let Some(coarse) = found.coarse(row)
        {
            self.open.insert(found.subjects[0][coarse].colour);
            self.list();
        }
        if let Some(cursor) = self.rows.iter().position(|&other| other == row) {
            self.scroll.cursor = cursor;
        }
        self.list_papers();
    }

    /// Shows the parts of the cluster under the cursor; `false` where there are none, or they are shown
    /// already.
    pub fn expand(&mut self) -> bool {
        let opened = match (&self.found, self.row()) {
            (Some(found), Some(row @ Row::Coarse(_))) => found
                .subject(row)
                .is_some_and(|subject| subject.has_parts() && self.open.insert(subject.colour)),
            _ => false,
        };
        self.list();
        opened
    }

    /// Hides the parts of the cluster under the cursor, or those that it is one of.
    pub fn collapse(&mut self) {
        let Some((found, row)) = self.found.as_ref().zip(self.row()) else {
            return;
        };
        let Some(coarse) = found.coarse(row) else {
            return;
        };
        self.open.remove(&found.subjects[0][coarse].colour);
        self.list();
        self.go_to(Row::Coarse(coarse));
    }

    /// The row of the smallest cluster that a paper is in; `None` for a paper that no clusters were
    /// looked for with.
    #[must_use]
    pub fn row_of(&self, paper: PaperId) -> Option<Row> {
        let found = self.found.as_ref()?;
        let paper = found.ground.snapshot.by_id(paper)?;
        let [coarse, fine] = found.clusters.levels.each_ref().map(|level| level.of(paper));
        Some(match (coarse, fine) {
            (Some(coarse), Some(fine)) if found.subjects[0][coarse].has_parts() => Row::Fine(fine),
            (Some(coarse), _) => Row::Coarse(coarse),
            (None, _) => Row::Loose,
        })
    }
}
