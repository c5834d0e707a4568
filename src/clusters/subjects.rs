//! What a library consists of, ready to be shown: clusters with their names and colours.
//!
//! What they are found in ([`Ground`]) takes a second to make for a large library and depends on words
//! and vectors alone; from it they are [`Found`] in a moment at any resolution. Both hold the snapshot
//! that their indices are of.

use std::ops::Range;
use std::sync::Arc;

use super::affinity::Affinity;
use super::graph::Graph;
use super::labels::Phrases;
use super::{Cluster, Clusters, Error, identity};
use crate::library::paper::{Paper, Snapshot, fold};
use crate::library::store::clusters::{ClusterId, Remembered};

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

impl Ground {
    /// Compares the papers. Takes seconds for tens of thousands.
    ///
    /// # Errors
    /// The products of matrices fail.
    pub fn new(
        snapshot: Arc<Snapshot>,
        affinity: &Affinity<'_>,
        phrases: Arc<Phrases>,
        footing: Footing,
    ) -> Result<Self, Error> {
        Ok(Self { snapshot, graph: Graph::build(affinity)?, phrases, footing })
    }
}

/// What a cluster is called and looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its number in the store; `None` while it has none.
    pub id: Option<ClusterId>,
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
    /// What it is called, the most telling first: the user's name for it, else its phrases.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.name.as_ref().map_or(&self.phrases, std::slice::from_ref)
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> String {
        self.names().join(" · ")
    }

    /// Number and names, as a query compares them.
    fn folded(&self) -> String {
        let number = self.id.map_or_else(String::new, |id| id.0.to_string());
        fold(&format!("{number} {}", self.names().join(" ")))
    }

    /// What it is called in short.
    #[must_use]
    pub fn short_title(&self) -> &str {
        self.names().first().map_or("", String::as_str)
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
    /// Numbers and names as a query compares them.
    folded: [Vec<String>; 2],
}

impl Found {
    /// Puts clusters and what is remembered of them together; `remembered` is what
    /// [`identity::recognise`] made of them.
    #[must_use]
    pub fn new(ground: Arc<Ground>, clusters: Clusters, remembered: &[Remembered]) -> Self {
        let papers = ground.snapshot.papers();
        let years = years(papers);
        let labels = ground.phrases.labels(ground.snapshot.papers(), &clusters);
        let remembered = identity::by_level(remembered, &clusters);
        let fine = &clusters.levels[1].clusters;
        let subjects: [Vec<Subject>; 2] = [0, 1].map(|level: usize| {
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
                        id: of.id,
                        colour: of.colour,
                        name: of.name.clone(),
                        phrases: label.phrases.clone(),
                        years: by_year(&cluster.papers, papers, years),
                        parts,
                    }
                })
                .collect()
        });
        let folded = subjects.each_ref().map(|level| level.iter().map(Subject::folded).collect());
        Self { ground, clusters, subjects, years, folded }
    }

    /// What the clusters that a paper of a snapshot is in are called, as a query compares it.
    #[must_use]
    pub fn folded_names(&self, snapshot: &Arc<Snapshot>, paper: usize) -> [&str; 2] {
        // Papers keep their identity, not their index.
        let own = if Arc::ptr_eq(snapshot, &self.ground.snapshot) {
            Some(paper)
        } else {
            self.ground.snapshot.by_id(snapshot.papers()[paper].id)
        };
        [0, 1].map(|level: usize| {
            let cluster = own.and_then(|paper| self.clusters.levels[level].of(paper));
            cluster.map_or("", |cluster| &self.folded[level][cluster])
        })
    }

    /// The row of a cluster, wherever it stands now.
    #[must_use]
    pub fn row(&self, cluster: Key) -> Option<Row> {
        let at = |subjects: &[Subject]| subjects.iter().position(|of| of.colour == cluster.colour);
        match cluster.level {
            0 => at(&self.subjects[0]).map(Row::Coarse),
            _ => at(&self.subjects[1]).map(Row::Fine),
        }
    }

    /// What a cluster is known by; nothing for the loose papers.
    #[must_use]
    pub fn key(&self, row: Row) -> Option<Key> {
        let (level, _) = row.place()?;
        Some(Key { level, colour: self.subject(row)?.colour })
    }

    /// The clusters of a level, 0 for the coarse ones, with what each is called.
    pub fn level(&self, level: usize) -> impl Iterator<Item = (&Cluster, &Subject)> {
        self.clusters.levels[level].clusters.iter().zip(&self.subjects[level])
    }

    /// The subject of the coarse cluster that a paper is in.
    #[must_use]
    pub fn subject_of(&self, paper: usize) -> Option<&Subject> {
        self.clusters.levels[0].of(paper).map(|cluster| &self.subjects[0][cluster])
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

/// What a cluster is known by while clusters are found anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// 0 for a coarse cluster, 1 for a fine one.
    pub level: usize,
    /// Number of its colour.
    pub colour: u32,
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
