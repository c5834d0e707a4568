//! A library as it is recommended from: papers, words, vectors, marks, and what is learnt of them.

use std::path::PathBuf;

use serde::Serialize;

use super::workspace::{self, Embedded};
use crate::clusters::affinity::Affinity;
use crate::clusters::graph::Graph;
use crate::clusters::labels::{Label, Phrases};
use crate::clusters::{self, RESOLUTION, identity};
use crate::library::import;
use crate::library::marks::Marks;
use crate::library::paper::{Paper, Snapshot};
use crate::library::store::Store;
use crate::library::store::clusters::{ClusterId, Remembered};
use crate::recommend::affinity::Views;
use crate::recommend::{Clusters, Library, Reason, Recommender};
use crate::settings::Settings;
use crate::similarity;
use crate::similarity::lexical::Lexical;
use crate::similarity::vectors::Vectors;

/// What is done, where words must do.
const WHAT: &str = "recommending";

/// What is needed to recommend.
pub(super) struct Reading {
    pub(super) store: Store,
    pub(super) snapshot: Snapshot,
    lexical: Lexical,
    vectors: Option<Vectors>,
    /// Name of the model; `None` by words only.
    pub(super) model: Option<String>,
    neighbours: Graph,
    clusters: Clusters,
    /// By cluster: its number in the store.
    cluster_ids: Vec<Option<ClusterId>>,
    pub(super) marks: Marks,
    now: i64,
}

impl Reading {
    /// Opens the library, imports the files given, and embeds what is missing.
    pub(super) fn open(settings: &Settings, files: &[PathBuf]) -> anyhow::Result<Self> {
        let (mut store, snapshot) = workspace::open(settings, files)?;
        let embedded = if snapshot.is_empty() {
            None
        } else {
            workspace::embed_if_possible(settings, &mut store, &snapshot, WHAT)?
        };
        let model = embedded.as_ref().map(|embedded| embedded.model.name().to_owned());
        let vectors = embedded.map(|embedded| embedded.vectors);
        Self::new(store, snapshot, vectors, model)
    }

    /// The same, with papers that are not of the library; and the vectors of these.
    pub(super) fn open_beside(
        settings: &Settings,
        files: &[PathBuf],
        foreign: &[Paper],
    ) -> anyhow::Result<(Self, Option<Vectors>)> {
        let (mut store, snapshot) = workspace::open(settings, files)?;
        // In one run, since a run listens to interrupts; the vectors hang on the texts.
        let both: Vec<Paper> = snapshot.papers().iter().chain(foreign).cloned().collect();
        let embedded = if both.is_empty() {
            None
        } else {
            workspace::embed_if_possible(settings, &mut store, &Snapshot::new(both), WHAT)?
        };
        let own = snapshot.len();
        let Some(Embedded { model, vectors, .. }) = embedded else {
            return Ok((Self::new(store, snapshot, None, None)?, None));
        };
        let of_library = part(&vectors, 0, own)?;
        let of_foreign = part(&vectors, own, foreign.len())?;
        let reading = Self::new(store, snapshot, Some(of_library), Some(model.name().to_owned()))?;
        Ok((reading, Some(of_foreign)))
    }

    fn new(
        mut store: Store,
        snapshot: Snapshot,
        vectors: Option<Vectors>,
        model: Option<String>,
    ) -> anyhow::Result<Self> {
        let marks = store.marks()?.with_defaults(&snapshot);
        let lexical = Lexical::build(snapshot.papers());
        let neighbours = Graph::build(&Affinity::new(&lexical, vectors.as_ref()))?;
        let found = clusters::Clusters::find(&neighbours, RESOLUTION)?;
        let [labels, _] = Phrases::read(snapshot.papers()).labels(&found);
        let remembered =
            store.remember_clusters(|known| identity::recognise(known, &found, &snapshot))?;
        let [coarse, _] = &found.levels;
        let label = |(of, label): (&Remembered, &Label)| {
            of.name.clone().unwrap_or_else(|| label.to_string())
        };
        Ok(Self {
            clusters: Clusters {
                of: (0..snapshot.len()).map(|paper| coarse.of(paper)).collect(),
                // The coarse ones come first.
                labels: remembered.iter().zip(&labels).map(label).collect(),
            },
            cluster_ids: remembered.iter().zip(&labels).map(|(of, _)| of.id).collect(),
            lexical,
            vectors,
            model,
            neighbours,
            marks,
            now: import::now(),
            store,
            snapshot,
        })
    }

    /// The cluster of this number, as `clusters` prints it.
    pub(super) fn cluster(&self, id: i64) -> Option<usize> {
        self.cluster_ids.iter().position(|other| *other == Some(ClusterId(id)))
    }

    /// The library.
    pub(super) fn library(&self) -> Library<'_> {
        Library {
            papers: self.snapshot.papers(),
            views: Views { lexical: &self.lexical, vectors: self.vectors.as_ref() },
            clusters: &self.clusters,
            marks: &self.marks,
            now: self.now,
        }
    }

    /// Learns the library.
    pub(super) fn learn(&self) -> Recommender {
        Recommender::learn_with_neighbours(self.library().views, &self.neighbours)
    }
}

/// The vectors of so many papers from `first` on.
fn part(vectors: &Vectors, first: usize, count: usize) -> Result<Vectors, similarity::Error> {
    let mut part = Vectors::new(count, vectors.dimensions(), vectors.metric());
    for paper in 0..count {
        if let Some(vector) = vectors.get(first + paper) {
            part.set(paper, &vector)?;
        }
    }
    Ok(part)
}

/// A reason, as it is printed.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Why<'a> {
    Close { likes: Vec<CloseLike<'a>>, shared: &'a [String], text: String },
    Words { for_it: Vec<Word<'a>>, against_it: Vec<Word<'a>>, text: String },
    Neglected { label: &'a str, papers: usize, read: usize, text: String },
    Central { label: &'a str, papers: usize, text: String },
    Between { affinity: [f32; 2], shared: &'a [Vec<String>; 2], text: String },
}

/// A paper liked, as it is printed.
#[derive(Serialize)]
pub(super) struct CloseLike<'a> {
    key: &'a str,
    because: String,
    affinity: f32,
}

/// A word, as it is printed.
#[derive(Serialize)]
pub(super) struct Word<'a> {
    word: &'a str,
    weight: f32,
}

impl<'a> Why<'a> {
    pub(super) fn new(papers: &'a [Paper], reason: &'a Reason) -> Self {
        let words = |words: &'a [(String, f32)]| {
            words.iter().map(|(word, weight)| Word { word, weight: *weight }).collect()
        };
        let text = reason.describe(papers);
        match reason {
            Reason::Close { likes, shared } => {
                let like = |like: &crate::recommend::why::CloseLike| CloseLike {
                    key: &papers[like.paper].key,
                    because: like.because.to_string(),
                    affinity: like.affinity,
                };
                Self::Close { likes: likes.iter().map(like).collect(), shared, text }
            }
            Reason::Words { for_it, against_it } => {
                Self::Words { for_it: words(for_it), against_it: words(against_it), text }
            }
            Reason::Neglected { label, papers, read, .. } => {
                Self::Neglected { label, papers: *papers, read: *read, text }
            }
            Reason::Central { label, papers, .. } => Self::Central { label, papers: *papers, text },
            Reason::Between { affinity, shared } => {
                Self::Between { affinity: *affinity, shared, text }
            }
        }
    }

    pub(super) fn all(papers: &'a [Paper], reasons: &'a [Reason]) -> Vec<Self> {
        reasons.iter().map(|reason| Self::new(papers, reason)).collect()
    }
}
