//! A library as it is recommended from: papers, words, vectors, marks, and what is learnt of them.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::subjects;
use super::workspace::{self, Embedded};
use crate::clusters::RESOLUTION;
use crate::clusters::subjects::Found;
use crate::library::import;
use crate::library::marks::Marks;
use crate::library::paper::{Paper, Snapshot};
use crate::library::store::Store;
use crate::library::store::clusters::ClusterId;
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
    pub(super) snapshot: Arc<Snapshot>,
    lexical: Lexical,
    vectors: Option<Vectors>,
    /// Name of the model; `None` by words only.
    pub(super) model: Option<String>,
    found: Found,
    clusters: Clusters,
    pub(super) marks: Marks,
    now: i64,
}

/// The vectors of a library, what made them, and the name of that.
struct Dense {
    vectors: Vectors,
    fingerprint: String,
    model: String,
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
        let dense = embedded.map(|Embedded { model, vectors, fingerprint, .. }| Dense {
            vectors,
            fingerprint,
            model: model.name().to_owned(),
        });
        Self::new(store, snapshot, dense)
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
        let Some(Embedded { model, vectors, fingerprint, .. }) = embedded else {
            return Ok((Self::new(store, snapshot, None)?, None));
        };
        let of_library = part(&vectors, 0, own)?;
        let of_foreign = part(&vectors, own, foreign.len())?;
        let model = model.name().to_owned();
        let dense = Dense { vectors: of_library, fingerprint, model };
        Ok((Self::new(store, snapshot, Some(dense))?, Some(of_foreign)))
    }

    fn new(mut store: Store, snapshot: Snapshot, dense: Option<Dense>) -> anyhow::Result<Self> {
        let snapshot = Arc::new(snapshot);
        let marks = store.marks()?.with_defaults(&snapshot);
        let lexical = Lexical::build(snapshot.papers());
        let known = dense.as_ref().map(|dense| (dense.fingerprint.as_str(), &dense.vectors));
        let found = subjects::find(&mut store, &snapshot, &lexical, known, RESOLUTION)?;
        let (vectors, model) = dense.map(|dense| (dense.vectors, dense.model)).unzip();
        Ok(Self {
            clusters: Clusters::of_library(&found),
            found,
            lexical,
            vectors,
            model,
            marks,
            now: import::now(),
            store,
            snapshot,
        })
    }

    /// The cluster of this number, as `clusters` prints it.
    pub(super) fn cluster(&self, id: i64) -> Option<usize> {
        self.found.subjects[0].iter().position(|subject| subject.id == Some(ClusterId(id)))
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
        Recommender::learn_with_neighbours(self.library().views, &self.found.ground.graph)
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
