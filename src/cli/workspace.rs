//! The library as a headless command needs it: files imported, vectors made.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};

use super::{UsageError, output};
use crate::embed::encoder::{self, Encoder};
use crate::embed::hub::HubError;
use crate::embed::model::Model;
use crate::embed::pool::{self, Priority};
use crate::embed::source::{self, ModelSpec, SourceError};
use crate::embed::worker::{Control, Embedder, Summary};
use crate::library::import;
use crate::library::paper::Snapshot;
use crate::library::store::Store;
use crate::settings::Settings;
use crate::similarity::rank::Ranking;
use crate::similarity::vectors::Vectors;

/// Opens the library, imports the files given, and reads the papers of those files, or all.
pub(super) fn open(settings: &Settings, files: &[PathBuf]) -> anyhow::Result<(Store, Snapshot)> {
    let mut store = settings.store()?;
    let mut paths = Vec::new();
    for file in files {
        let report = import::import(&mut store, file, import::now())?;
        if !report.diagnostics.is_empty() {
            eprintln!(
                "{}: {}; `specter-tui import` lists them",
                report.path.display(),
                output::count(report.diagnostics.len(), "finding")
            );
        }
        paths.push(report.path);
    }
    let snapshot = store.snapshot(&paths)?;
    if snapshot.is_empty() {
        eprintln!("there are no papers here: name .bib files (specter-tui import papers.bib)");
    }
    Ok((store, snapshot))
}

/// A model and what embedding with it did.
pub(super) struct Embedded {
    pub(super) model: Model,
    pub(super) encoder: Box<dyn Encoder>,
    pub(super) control: Arc<Control>,
    pub(super) summary: Summary,
    pub(super) fingerprint: String,
    pub(super) precision: String,
    pub(super) vectors: Vectors,
}

impl Embedded {
    /// The vectors, and the fingerprint of what made them.
    pub(super) fn dense(&self) -> (&str, &Vectors) {
        (&self.fingerprint, &self.vectors)
    }

    /// The vector of a text that is no paper's, and how many tokens the model read of it.
    pub(super) fn encode(
        &self,
        settings: &Settings,
        text: &str,
    ) -> anyhow::Result<(Vec<f32>, usize)> {
        let tokens = self.model.tokenizer()?.tokens(text, "")?;
        let encode = || self.encoder.encode(&[&tokens], self.control.stop_flag());
        let mut vectors = threads(settings)?.install(encode)?;
        Ok((vectors.pop().unwrap_or_default(), tokens.len()))
    }
}

/// Threads for the encoder.
pub(super) fn threads(settings: &Settings) -> anyhow::Result<rayon::ThreadPool> {
    Ok(pool::pool(settings.threads, Priority::Normal)?)
}

/// What a ranking rests on besides words: embeds what is missing. A hybrid one makes do without a
/// model where there is none to be had, which is said.
pub(super) fn for_ranking(
    settings: &Settings,
    store: &mut Store,
    snapshot: &Snapshot,
    ranking: Ranking,
) -> anyhow::Result<Option<Embedded>> {
    match ranking {
        Ranking::Lexical => Ok(None),
        Ranking::Dense if settings.model == ModelSpec::None => {
            Err(UsageError("--rank dense needs a model, and --model is none".into()).into())
        }
        Ranking::Dense => embed(settings, store, snapshot),
        Ranking::Hybrid => embed_if_possible(settings, store, snapshot, "ranking"),
    }
}

/// Embeds what is missing. `None` where the user wants no model.
pub(super) fn embed(
    settings: &Settings,
    store: &mut Store,
    snapshot: &Snapshot,
) -> anyhow::Result<Option<Embedded>> {
    if snapshot.is_empty() {
        bail!("there is nothing to embed");
    }
    let control = Arc::new(Control::default());
    stop_on_interrupt(&control)?;
    let Some(model) = open_model(settings, control.stop_flag())? else {
        return Ok(None);
    };
    let encoder = encoder::load(&model, settings.device, settings.precision)?;
    let embedder = Embedder::new(store, &model, encoder.as_ref())?;
    let bar = output::bar("{bar:30} {pos}/{len} papers  {msg}", snapshot.len() as u64)?;
    let mut vectors = embedder.vectors(store, snapshot)?;
    let mut kept = Ok(());
    let summary = threads(settings)?.install(|| {
        embedder.run(store, snapshot, &control, &mut |batch| {
            for (paper, vector) in batch.vectors {
                if kept.is_ok() {
                    kept = vectors.set(*paper, vector);
                }
            }
            for (paper, why) in batch.set_aside {
                let title = &snapshot.papers()[*paper].title;
                bar.suspend(|| eprintln!("“{title}” has no vector: {why}"));
            }
            let progress = batch.progress;
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            let left = progress.left.map_or_else(String::new, |left| {
                format!(" · {} left", indicatif::HumanDuration(left))
            });
            bar.set_message(format!("{:.1}/s{left}", progress.papers_per_second));
        })
    })?;
    bar.finish_and_clear();
    kept?;
    if summary.stopped {
        bail!(
            "stopped: {} papers embedded and kept; run the command again to go on",
            summary.embedded
        );
    }
    Ok(Some(Embedded {
        vectors,
        fingerprint: embedder.fingerprint().as_str().to_owned(),
        precision: encoder.precision().to_string(),
        summary,
        encoder,
        control,
        model,
    }))
}

/// Embeds what is missing where a model is to be had. Where there is merely none, words must do, which
/// is said: `what` is done by them.
pub(super) fn embed_if_possible(
    settings: &Settings,
    store: &mut Store,
    snapshot: &Snapshot,
    what: &str,
) -> anyhow::Result<Option<Embedded>> {
    match embed(settings, store, snapshot) {
        Err(error) if is_without_model(&error) => {
            eprintln!("specter-tui: {what} by words only: {error:#}");
            Ok(None)
        }
        result => result,
    }
}

/// Is there merely no model? An interrupted download is the user's wish to end.
fn is_without_model(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<SourceError>() {
        Some(SourceError::Hub(HubError::Stopped)) | None => false,
        Some(_) => true,
    }
}

/// The first interrupt ends the run in good order; a second one ends the program at once, which
/// costs nothing but the batch in hand.
fn stop_on_interrupt(control: &Arc<Control>) -> anyhow::Result<()> {
    let control = Arc::clone(control);
    ctrlc::set_handler(move || {
        if control.stopped() {
            std::process::exit(1);
        }
        control.stop();
    })
    .context("cannot listen to interrupts")
}

/// Finds the model, downloading it if need be, with a progress bar.
pub(super) fn open_model(settings: &Settings, stop: &AtomicBool) -> anyhow::Result<Option<Model>> {
    let bar = output::bar("{bar:30} {bytes}/{total_bytes} {msg}  {bytes_per_sec} · {eta} left", 0)?;
    let model = source::open(
        &settings.model,
        &settings.hub(),
        &settings.weight_hashes(),
        &mut |progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            bar.set_message(progress.file.to_string());
        },
        stop,
    );
    bar.finish_and_clear();
    Ok(model?)
}
