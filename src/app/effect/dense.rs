//! Vectors: making them, and finding what is close.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use crate::app::jobs::Ticket;
use crate::embed::encoder::{self, Encoder};
use crate::embed::model::Model;
use crate::embed::pool::{self, Priority};
use crate::embed::source;
use crate::embed::text::Tokenizer;
use crate::embed::worker::{Control, Embedder};
use crate::event::News;
use crate::library::paper::Snapshot;
use crate::settings::Settings;
use crate::similarity;
use crate::similarity::lexical::Lexical;
use crate::similarity::scale::Scale;
use crate::similarity::vectors::Vectors;

/// Vectors of a snapshot, shared by the job that makes them and those that compare them.
pub(super) struct Dense {
    snapshot: Arc<Snapshot>,
    /// What made the vectors.
    fingerprint: String,
    /// Whoever needs them for long takes them as they are now; what comes in then makes a copy.
    vectors: Arc<Vectors>,
}

pub(super) type SharedDense = Arc<RwLock<Option<Dense>>>;

/// What is usual among the pairs of a library, and what it was made of.
pub(super) struct Usual {
    lexical: Arc<Lexical>,
    vectors: usize,
    scale: Arc<Scale>,
}

impl Usual {
    fn new(papers: usize, lexical: &Arc<Lexical>, vectors: Option<&Vectors>) -> Self {
        Self {
            lexical: Arc::clone(lexical),
            vectors: vectors.map_or(0, Vectors::count),
            scale: Arc::new(Scale::new(papers, lexical, vectors)),
        }
    }

    /// Does it still hold? A twentieth more vectors hardly change what is usual.
    fn holds(&self, lexical: &Arc<Lexical>, vectors: Option<&Vectors>) -> bool {
        let (then, now) = (self.vectors, vectors.map_or(0, Vectors::count));
        let all = vectors.is_some_and(|vectors| vectors.papers() == now);
        let close = then > 0 && (then..=then + then / 20).contains(&now);
        Arc::ptr_eq(&self.lexical, lexical) && (then == now || (close && !all))
    }
}

pub(super) type SharedUsual = Arc<Mutex<Option<Usual>>>;

/// What is usual among the pairs of a library, measured anew where that is needed.
pub(super) fn scale_of(
    papers: usize,
    lexical: &Arc<Lexical>,
    vectors: Option<&Vectors>,
    usual: &SharedUsual,
) -> Arc<Scale> {
    let mut usual = usual.lock().unwrap_or_else(PoisonError::into_inner);
    let known = usual.take().filter(|usual| usual.holds(lexical, vectors));
    let known = known.unwrap_or_else(|| Usual::new(papers, lexical, vectors));
    Arc::clone(&usual.insert(known).scale)
}

/// A model that is loaded stays so, whatever becomes of the library; it may read several texts at a time.
pub(super) struct Loaded {
    pub(super) model: Model,
    pub(super) encoder: Box<dyn Encoder>,
    pub(super) tokenizer: Tokenizer,
}

pub(super) type SharedLoaded = Arc<Mutex<Option<Arc<Loaded>>>>;

/// The model, where it is there.
pub(super) fn model_of(loaded: &SharedLoaded) -> Option<Arc<Loaded>> {
    loaded.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The vectors of a snapshot as they are now.
pub(super) fn vectors_of(snapshot: &Arc<Snapshot>, dense: &SharedDense) -> Option<Arc<Vectors>> {
    let guard = dense.read().unwrap_or_else(PoisonError::into_inner);
    let dense = guard.as_ref().filter(|dense| Arc::ptr_eq(&dense.snapshot, snapshot))?;
    Some(Arc::clone(&dense.vectors))
}

/// The vectors of a snapshot as they are now, and what made them.
pub(super) struct Vectored {
    pub(super) fingerprint: String,
    pub(super) vectors: Arc<Vectors>,
}

impl Vectored {
    pub(super) fn of(snapshot: &Arc<Snapshot>, dense: &SharedDense) -> Option<Self> {
        let guard = dense.read().unwrap_or_else(PoisonError::into_inner);
        let dense = guard.as_ref().filter(|dense| Arc::ptr_eq(&dense.snapshot, snapshot))?;
        let vectors = Arc::clone(&dense.vectors);
        Some(Self { fingerprint: dense.fingerprint.clone(), vectors })
    }
}

pub(super) fn embed(
    settings: &Settings,
    snapshot: &Arc<Snapshot>,
    (loaded, download): (&SharedLoaded, bool),
    dense: &SharedDense,
    control: &Control,
    ticket: &Ticket,
) -> anyhow::Result<()> {
    if snapshot.is_empty() {
        return Ok(());
    }
    let known = match model_of(loaded) {
        Some(known) => Some(known),
        None if !download && !source::is_here(&settings.model, &settings.hub()) => {
            ticket.report(News::ModelAbsent);
            return Ok(());
        }
        None => open(settings, control, ticket)?.map(Arc::new),
    };
    let Some(known) = known else {
        ticket.report(News::NoModel);
        return Ok(());
    };
    *loaded.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
    let Loaded { model, encoder, .. } = &*known;
    let mut store = settings.store()?;
    let embedder = Embedder::new(&store, model, encoder.as_ref())?;
    let vectors = embedder.vectors(&mut store, snapshot)?;
    let has_vector = (0..snapshot.len()).map(|paper| vectors.has(paper)).collect();
    *dense.write().unwrap_or_else(PoisonError::into_inner) = Some(Dense {
        snapshot: Arc::clone(snapshot),
        fingerprint: embedder.fingerprint().as_str().to_owned(),
        vectors: Arc::new(vectors),
    });
    ticket.report(News::ModelReady { has_vector });
    let mut shared = Ok(());
    let summary = pool::pool(settings.threads, Priority::Low)?.install(|| {
        embedder.run(&mut store, snapshot, control, &mut |batch| {
            if shared.is_ok() {
                shared = share(dense, batch.vectors);
            }
            if !batch.set_aside.is_empty() {
                ticket.report(News::SetAside(batch.set_aside.to_vec()));
            }
            ticket.report(News::Embedded {
                papers: batch.vectors.iter().map(|(paper, _)| *paper).collect(),
                progress: batch.progress,
            });
        })
    })?;
    shared?;
    if !summary.stopped {
        ticket.report(News::EmbeddingDone);
    }
    Ok(())
}

/// Finds the model, downloading it if need be, and loads it; `None` where the user wants none.
fn open(settings: &Settings, control: &Control, ticket: &Ticket) -> anyhow::Result<Option<Loaded>> {
    // Of this download: what was there before has no say in how fast it is.
    let mut first = None;
    let model = source::open(
        &settings.model,
        &settings.hub(),
        &settings.weight_hashes(),
        &mut |progress| {
            let &mut (since, before) = first.get_or_insert_with(|| (Instant::now(), progress.done));
            let seconds = since.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
            let rate = progress.done.saturating_sub(before) as f64 / seconds;
            let (done, total) = (progress.done, progress.total);
            ticket.report(News::Downloading { done, total, rate });
        },
        control.stop_flag(),
    )?;
    let Some(model) = model else {
        return Ok(None);
    };
    let encoder = encoder::load(&model, settings.device, settings.precision)?;
    let tokenizer = model.tokenizer()?;
    Ok(Some(Loaded { model, encoder, tokenizer }))
}

/// Makes new vectors known to those who compare.
fn share(dense: &SharedDense, vectors: &[(usize, Vec<f32>)]) -> Result<(), similarity::Error> {
    let mut guard = dense.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(dense) = guard.as_mut() {
        let known = Arc::make_mut(&mut dense.vectors);
        for (paper, vector) in vectors {
            known.set(*paper, vector)?;
        }
    }
    Ok(())
}
