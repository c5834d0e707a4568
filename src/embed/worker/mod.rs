//! Embeds what is missing: visible papers first, then the rest in micro-batches of like length,
//! each stored before the next begins.

mod control;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use control::Control;
use queue::{Queue, has_text};

use super::encoder::{EncodeError, Encoder};
use super::model::{Fingerprint, Model, ModelError};
use super::text::{TextError, Tokenizer};
use crate::library::import;
use crate::library::paper::{Paper, Snapshot, TextHash};
use crate::library::store::vectors::ModelId;
use crate::library::store::{Store, StoreError};
use crate::similarity::vectors::Vectors;

/// Time that a batch should take: a checkpoint this often, and no longer does the paper under the
/// cursor wait.
const BATCH_SECONDS: f64 = 0.5;

/// Tokens of a batch for each thread, at least and at most: enough for the matrix products to run
/// at speed; more make them no faster.
const BATCH_TOKENS: std::ops::RangeInclusive<usize> = 256..=1024;

/// Time after which it is looked again whether another program has done its part.
const TURN: Duration = Duration::from_millis(500);

/// So many papers without a usable vector and none with one, and the model is at fault, not they.
const HOPELESS: usize = 16;

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
    /// The model gave something that is no vector.
    #[error("{model} gave no usable vector for “{title}” ({what}): the model files may be damaged")]
    NotAVector {
        /// Name of the model.
        model: String,
        /// Title of the paper.
        title: String,
        /// What was wrong.
        what: String,
    },
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
    /// Papers for which the model gave no usable vector, and why: they stay without one, and are
    /// tried again by the next run.
    pub set_aside: &'a [(usize, String)],
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
    /// Papers for which the model gave no usable vector.
    pub set_aside: usize,
    /// Tokens run through the model.
    pub tokens: usize,
    /// Time at work.
    pub seconds: f64,
    /// Was the run stopped before the end?
    pub stopped: bool,
}

/// A name for this run that no other has.
fn holder() -> String {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    format!("{} {} {run}", std::process::id(), since.as_nanos())
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
        Ok(Self { model, encoder, tokenizer: model.tokenizer()?, fingerprint, row })
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
    /// reported. While another program does that for this library and model, this one waits, and reports
    /// what the other has stored.
    ///
    /// # Errors
    /// The store cannot be written, a text cannot be tokenized, the device fails for a single text,
    /// or the model gives no usable vector from the start. What was stored before stays.
    pub fn run(
        &self,
        store: &mut Store,
        snapshot: &Snapshot,
        control: &Control,
        report: &mut dyn FnMut(Batch<'_>),
    ) -> Result<Summary, EmbedError> {
        let work = format!("embed {}", self.fingerprint.as_str());
        let holder = holder();
        let result = self.run_in_turn(store, snapshot, control, (&work, &holder), report);
        store.end_lease(&work, &holder)?;
        result
    }

    fn run_in_turn(
        &self,
        store: &mut Store,
        snapshot: &Snapshot,
        control: &Control,
        (work, holder): (&str, &str),
        report: &mut dyn FnMut(Batch<'_>),
    ) -> Result<Summary, EmbedError> {
        let papers = snapshot.papers();
        let mut queue = Queue::new(papers, &store.texts_with_vector(self.row)?);
        let total = papers.iter().filter(|p| has_text(p)).count();
        let missing = queue.papers;
        let mut summary = Summary { skipped: papers.len() - missing, ..Summary::default() };
        // Time at work: pauses and a sleeping laptop do not count.
        let mut busy = Duration::ZERO;
        let mut bytes_done = 0;
        let threads = rayon::current_num_threads();
        let (least, most) = (BATCH_TOKENS.start() * threads, BATCH_TOKENS.end() * threads);
        let mut batch_tokens = least;
        let mut waited = false;
        while !queue.is_empty() {
            let Some(focus) = control.next_focus() else {
                break;
            };
            let started = Instant::now();
            let is_ours = store.take_lease(work, holder, import::now())?;
            let mut to_report = Vec::new();
            let mut set_aside = Vec::new();
            if is_ours && !waited {
                let bytes_before = queue.bytes;
                let batch = self.next_batch(&mut queue, papers, &focus, batch_tokens)?;
                let tokens: Vec<&[u32]> =
                    batch.iter().map(|(_, tokens)| tokens.as_slice()).collect();
                let vectors = match self.encode(&tokens, control) {
                    Err(EncodeError::Stopped) => break,
                    result => result?,
                };
                summary.tokens += tokens.iter().map(|t| t.len()).sum::<usize>();
                let mut to_store = Vec::with_capacity(batch.len());
                for ((at, _), vector) in batch.into_iter().zip(vectors) {
                    let text = queue.remove(at);
                    match vector.map_err(|e| e.to_string()).and_then(|vector| self.check(vector)) {
                        Ok(vector) => {
                            let of_paper = |&paper: &usize| (paper, vector.clone());
                            to_report.extend(text.papers.iter().map(of_paper));
                            to_store.push((text.hash, vector));
                        }
                        Err(why) => set_aside.extend(text.papers.iter().map(|&p| (p, why.clone()))),
                    }
                }
                store.add_vectors(self.row, &to_store)?;
                summary.embedded += to_report.len();
                summary.set_aside += set_aside.len();
                let hopeless =
                    summary.set_aside >= HOPELESS || (queue.is_empty() && missing == total);
                if let (0, true, Some((paper, what))) =
                    (summary.embedded, hopeless, set_aside.first())
                {
                    return Err(EmbedError::NotAVector {
                        model: self.model.name().to_owned(),
                        title: papers[*paper].title.clone(),
                        what: what.clone(),
                    });
                }
                busy += started.elapsed();
                bytes_done += bytes_before - queue.bytes;
                summary.seconds = busy.as_secs_f64();
                let tokens_per_second = summary.tokens as f64 / summary.seconds;
                batch_tokens = ((tokens_per_second * BATCH_SECONDS) as usize).clamp(least, most);
            } else {
                // Another program is at it, or was until now.
                to_report = self.stored_by_others(store, &mut queue)?;
                summary.skipped += to_report.len();
                waited = !is_ours;
                if to_report.is_empty() {
                    if waited && !control.wait(TURN) {
                        break;
                    }
                    continue;
                }
            }
            let seconds = summary.seconds.max(f64::MIN_POSITIVE);
            let rate = bytes_done as f64 / seconds;
            report(Batch {
                vectors: &to_report,
                set_aside: &set_aside,
                progress: Progress {
                    done: total - queue.papers,
                    total,
                    papers_per_second: summary.embedded as f64 / seconds,
                    left: Duration::try_from_secs_f64(queue.bytes as f64 / rate).ok(),
                },
            });
        }
        summary.stopped = !queue.is_empty();
        Ok(summary)
    }

    /// Takes what another program has stored meanwhile out of the line.
    fn stored_by_others(
        &self,
        store: &Store,
        queue: &mut Queue,
    ) -> Result<Vec<(usize, Vec<f32>)>, EmbedError> {
        let stored = store.texts_with_vector(self.row)?;
        let mut found = Vec::new();
        for at in queue.pending_among(&stored) {
            let hash = queue.texts[at].hash;
            let vector = store.vector(self.row, self.model.dimensions(), &hash)?;
            // A damaged one is made again.
            if let Some(vector) = vector.and_then(|vector| self.check(vector).ok()) {
                let text = queue.remove(at);
                found.extend(text.papers.iter().map(|&paper| (paper, vector.clone())));
            }
        }
        Ok(found)
    }

    /// The texts in focus, else those next in line, while they fit into a batch (the first always
    /// does), with their tokens.
    fn next_batch(
        &self,
        queue: &mut Queue,
        papers: &[Paper],
        focus: &[TextHash],
        most_tokens: usize,
    ) -> Result<Vec<(usize, Vec<u32>)>, EmbedError> {
        let mut batch = Vec::new();
        let mut sum = 0;
        // A text has at least two tokens.
        for at in queue.candidates(focus, most_tokens / 2) {
            let paper = &papers[queue.texts[at].papers[0]];
            let tokens = self.tokenizer.tokens(&paper.title, &paper.abstract_text)?;
            if !batch.is_empty() && sum + tokens.len() > most_tokens {
                break;
            }
            sum += tokens.len();
            batch.push((at, tokens));
        }
        Ok(batch)
    }

    /// The vectors that the store has for the papers of a snapshot. What turns out to be no vector
    /// (a damaged row) is taken out of the store, so that the next run makes it again.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub fn vectors(&self, store: &mut Store, snapshot: &Snapshot) -> Result<Vectors, EmbedError> {
        let mut papers: HashMap<TextHash, Vec<usize>> = HashMap::new();
        for (index, paper) in snapshot.papers().iter().enumerate() {
            papers.entry(paper.text_hash).or_default().push(index);
        }
        let dimensions = self.model.dimensions();
        let mut vectors = Vectors::new(snapshot.len(), dimensions, self.model.metric());
        let damaged = store.each_vector(self.row, dimensions, |hash, vector| {
            let papers = papers.get(&hash).into_iter().flatten();
            papers.map(|&paper| vectors.set(paper, vector)).all(|result| result.is_ok())
        })?;
        if !damaged.is_empty() {
            store.remove_vectors(self.row, &damaged)?;
        }
        Ok(vectors)
    }

    /// One vector for each text, or why there is none. Where the memory does not suffice for all
    /// at once, or one is at fault and the encoder does not say which, they are tried by halves.
    fn encode(
        &self,
        texts: &[&[u32]],
        control: &Control,
    ) -> Result<Vec<Result<Vec<f32>, EncodeError>>, EncodeError> {
        match self.encoder.encode(texts, control.stop_flag()) {
            Ok(vectors) => Ok(vectors.into_iter().map(Ok).collect()),
            Err(EncodeError::Stopped) => Err(EncodeError::Stopped),
            Err(_) if texts.len() > 1 => {
                let (left, right) = texts.split_at(texts.len() / 2);
                let mut vectors = self.encode(left, control)?;
                vectors.extend(self.encode(right, control)?);
                Ok(vectors)
            }
            // The device is at fault, not the text.
            Err(error @ EncodeError::Compute(_)) => Err(error),
            Err(error) => Ok(vec![Err(error)]),
        }
    }

    /// Only what can be compared later is stored; else what is wrong with it.
    fn check(&self, vector: Vec<f32>) -> Result<Vec<f32>, String> {
        let empty = Vectors::new(0, self.model.dimensions(), self.model.metric());
        empty.prepare(&vector).map_err(|error| error.to_string())?;
        Ok(vector)
    }
}
