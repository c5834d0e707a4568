//! Embeds what is missing: visible papers first, then the rest in micro-batches of like length,
//! each stored before the next begins.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::encoder::{EncodeError, Encoder};
use super::model::{Fingerprint, Model, ModelError};
use super::text::{TextError, Tokenizer};
use crate::library::paper::{Paper, Snapshot, TextHash};
use crate::library::store::vectors::ModelId;
use crate::library::store::{Store, StoreError};
use crate::similarity;
use crate::similarity::vectors::Vectors;

/// Tokens in a micro-batch: enough for the matrix products to run at speed, few enough for a
/// checkpoint every second and for the paper under the cursor not to wait long.
const BATCH_TOKENS: usize = 1024;

/// What can stop an embedding run.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The library cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The model's tokenizer cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A text cannot be tokenized.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The forward pass failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A stored vector cannot be used.
    #[error(transparent)]
    Vector(#[from] similarity::Error),
    /// The model gave something that is no vector.
    #[error("{model} gave a vector with {what} for “{title}”: the model files may be damaged")]
    NotAVector {
        /// Name of the model.
        model: String,
        /// Title of the paper.
        title: String,
        /// What was wrong.
        what: String,
    },
}

/// How others steer a run: from any thread, at any time, the latest word wins.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    steering: Mutex<Steering>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Steering {
    paused: bool,
    focus: Vec<TextHash>,
}

impl Control {
    /// Ends the run within 100 ms; what is stored stays.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Was the run told to end?
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The flag behind [`Control::stop`], for what can be interrupted in the middle.
    #[must_use]
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Holds the run after the batch in hand, or lets it go on.
    pub fn pause(&self, paused: bool) {
        self.steering().paused = paused;
        self.changed.notify_all();
    }

    /// Texts to embed before all others: the paper under the cursor first, then its screen.
    pub fn focus(&self, texts: Vec<TextHash>) {
        self.steering().focus = texts;
    }

    fn steering(&self) -> std::sync::MutexGuard<'_, Steering> {
        // The guarded values are whole at any time, so a panic elsewhere does not spoil them.
        self.steering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while paused; the current focus, or `None` once stopped.
    fn next_focus(&self) -> Option<Vec<TextHash>> {
        let mut steering = self.steering();
        while steering.paused && !self.stopped() {
            steering = self
                .changed
                .wait_timeout(steering, Duration::from_millis(50))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        (!self.stopped()).then(|| steering.focus.clone())
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Papers that have a vector.
    pub done: usize,
    /// Papers that have a text.
    pub total: usize,
    /// Papers a second in this run.
    pub papers_per_second: f64,
    /// Estimated time to the end, by the length of the texts left.
    pub left: Option<Duration>,
}

/// What a run reports.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Index of the paper in the snapshot, its vector.
    pub vectors: &'a [(usize, Vec<f32>)],
    /// How far the run is.
    pub progress: Progress,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// Papers that got a vector.
    pub embedded: usize,
    /// Papers that had one, or that have no text.
    pub skipped: usize,
    /// Tokens run through the model.
    pub tokens: usize,
    /// Time from first to last batch.
    pub seconds: f64,
    /// Was the run stopped before the end?
    pub stopped: bool,
}

/// A model ready to run, and its row in the store.
pub struct Embedder<'a> {
    model: &'a Model,
    encoder: &'a dyn Encoder,
    tokenizer: Tokenizer,
    fingerprint: Fingerprint,
    row: ModelId,
}

impl<'a> Embedder<'a> {
    /// Joins a model, its encoder and the library.
    ///
    /// # Errors
    /// The tokenizer cannot be read, or the store not written.
    pub fn new(
        store: &Store,
        model: &'a Model,
        encoder: &'a dyn Encoder,
    ) -> Result<Self, EmbedError> {
        let fingerprint = model.fingerprint(encoder.precision());
        let row = store.model(fingerprint.as_str(), model.name(), model.dimensions())?;
        Ok(Self {
            model,
            encoder,
            tokenizer: model.tokenizer()?,
            fingerprint,
            row,
        })
    }

    /// Fingerprint under which the vectors are stored.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Row of the model in the store.
    #[must_use]
    pub fn row(&self) -> ModelId {
        self.row
    }

    /// Embeds every paper of the snapshot that has no vector yet, storing each batch before it is
    /// reported.
    ///
    /// # Errors
    /// The store cannot be written, a text cannot be tokenized, or the model fails. What was
    /// stored before stays.
    pub fn run(
        &self,
        store: &mut Store,
        snapshot: &Snapshot,
        control: &Control,
        report: &mut dyn FnMut(Batch<'_>),
    ) -> Result<Summary, EmbedError> {
        let papers = snapshot.papers();
        let mut queue = Queue::new(papers, &store.texts_with_vector(self.row)?);
        let total = papers.iter().filter(|p| has_text(p)).count();
        let missing = queue.papers;
        let mut summary = Summary {
            skipped: papers.len() - missing,
            ..Summary::default()
        };
        let started = Instant::now();
        let bytes_at_start = queue.bytes;
        while !queue.is_empty() {
            let Some(focus) = control.next_focus() else {
                break;
            };
            let batch = self.next_batch(&mut queue, papers, &focus)?;
            let tokens: Vec<&[u32]> = batch.iter().map(|(_, tokens)| tokens.as_slice()).collect();
            let vectors = match self.encoder.encode(&tokens, control.stop_flag()) {
                Err(EncodeError::Stopped) => break,
                result => result?,
            };
            summary.tokens += tokens.iter().map(|t| t.len()).sum::<usize>();
            let mut to_store = Vec::with_capacity(batch.len());
            let mut to_report = Vec::with_capacity(batch.len());
            for ((at, _), vector) in batch.into_iter().zip(vectors) {
                let text = queue.remove(at);
                self.check(&papers[text.papers[0]], &vector)?;
                to_report.extend(text.papers.iter().map(|&paper| (paper, vector.clone())));
                to_store.push((text.hash, vector));
            }
            store.add_vectors(self.row, &to_store)?;
            summary.embedded += to_report.len();
            summary.seconds = started.elapsed().as_secs_f64();
            let rate = (bytes_at_start - queue.bytes) as f64 / summary.seconds;
            report(Batch {
                vectors: &to_report,
                progress: Progress {
                    done: total - queue.papers,
                    total,
                    papers_per_second: summary.embedded as f64 / summary.seconds,
                    left: Duration::try_from_secs_f64(queue.bytes as f64 / rate).ok(),
                },
            });
        }
        summary.stopped = !queue.is_empty();
        Ok(summary)
    }

    /// The texts in focus, else those next in line, while they fit into a micro-batch (the first
    /// always does), with their tokens.
    fn next_batch(
        &self,
        queue: &mut Queue,
        papers: &[Paper],
        focus: &[TextHash],
    ) -> Result<Vec<(usize, Vec<u32>)>, EmbedError> {
        let mut batch = Vec::new();
        let mut sum = 0;
        for at in queue.candidates(focus) {
            let paper = &papers[queue.texts[at].papers[0]];
            let tokens = self.tokenizer.tokens(&paper.title, &paper.abstract_text)?;
            if !batch.is_empty() && sum + tokens.len() > BATCH_TOKENS {
                break;
            }
            sum += tokens.len();
            batch.push((at, tokens));
        }
        Ok(batch)
    }

    /// The vectors that the store has for the papers of a snapshot.
    ///
    /// # Errors
    /// The store cannot be read or is damaged.
    pub fn vectors(&self, store: &Store, snapshot: &Snapshot) -> Result<Vectors, EmbedError> {
        let mut papers: HashMap<TextHash, Vec<usize>> = HashMap::new();
        for (index, paper) in snapshot.papers().iter().enumerate() {
            papers.entry(paper.text_hash).or_default().push(index);
        }
        let dimensions = self.model.dimensions();
        let mut vectors = Vectors::new(snapshot.len(), dimensions, self.model.metric());
        let mut result = Ok(());
        store.each_vector(self.row, dimensions, |hash, vector| {
            for &paper in papers.get(&hash).into_iter().flatten() {
                if result.is_ok() {
                    result = vectors.set(paper, vector);
                }
            }
        })?;
        result?;
        Ok(vectors)
    }

    fn check(&self, paper: &Paper, vector: &[f32]) -> Result<(), EmbedError> {
        let what = if vector.len() != self.model.dimensions() {
            format!("{} dimensions", vector.len())
        } else if !vector.iter().all(|v| v.is_finite()) {
            "values that are no numbers".to_owned()
        } else {
            return Ok(());
        };
        Err(EmbedError::NotAVector {
            model: self.model.name().to_owned(),
            title: paper.title.clone(),
            what,
        })
    }
}

fn has_text(paper: &Paper) -> bool {
    !paper.title.is_empty() || !paper.abstract_text.is_empty()
}

/// A text to embed, and the papers that have it.
struct Text {
    hash: TextHash,
    papers: Vec<usize>,
    bytes: usize,
    pending: bool,
}

/// Texts without a vector, sorted by length so that a micro-batch holds texts of like length; the
/// longest first, so that the estimate of the time left is not too rosy.
struct Queue {
    texts: Vec<Text>,
    at: HashMap<TextHash, usize>,
    /// Before this one none is pending.
    line: usize,
    /// Papers and bytes still pending.
    papers: usize,
    bytes: usize,
}

impl Queue {
    fn new(papers: &[Paper], done: &HashSet<TextHash>) -> Self {
        let mut texts: Vec<Text> = Vec::new();
        let mut at: HashMap<TextHash, usize> = HashMap::new();
        for (index, paper) in papers.iter().enumerate() {
            if !has_text(paper) || done.contains(&paper.text_hash) {
                continue;
            }
            let slot = *at.entry(paper.text_hash).or_insert(texts.len());
            if slot == texts.len() {
                texts.push(Text {
                    hash: paper.text_hash,
                    papers: Vec::new(),
                    bytes: paper.title.len() + paper.abstract_text.len(),
                    pending: true,
                });
            }
            texts[slot].papers.push(index);
        }
        texts.sort_by_key(|text| Reverse((text.bytes, text.hash)));
        Self {
            at: texts.iter().enumerate().map(|(at, text)| (text.hash, at)).collect(),
            line: 0,
            papers: texts.iter().map(|text| text.papers.len()).sum(),
            bytes: texts.iter().map(|text| text.bytes).sum(),
            texts,
        }
    }

    fn is_empty(&self) -> bool {
        self.papers == 0
    }

    /// Pending texts in focus, or, where there are none, all that are pending, in line.
    fn candidates(&mut self, focus: &[TextHash]) -> Vec<usize> {
        while self.texts.get(self.line).is_some_and(|text| !text.pending) {
            self.line += 1;
        }
        let pending = |at: &usize| self.texts[*at].pending;
        let focused: Vec<usize> = focus
            .iter()
            .filter_map(|hash| self.at.get(hash).copied())
            .filter(pending)
            .collect();
        if !focused.is_empty() {
            return focused;
        }
        // A text has at least two tokens, so no batch holds more.
        (self.line..self.texts.len()).filter(pending).take(BATCH_TOKENS / 2).collect()
    }

    /// Takes a text out of the line.
    fn remove(&mut self, at: usize) -> &Text {
        let text = &mut self.texts[at];
        text.pending = false;
        self.papers -= text.papers.len();
        self.bytes -= text.bytes;
        text
    }
}
