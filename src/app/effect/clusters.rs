//! Finding the clusters and laying out the map, after everything else that wants the processor.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::dense::Vectored;
use super::load::sources;
use super::{Effect, Effects};
use crate::app::jobs::{Kind, Ticket};
use crate::app::map::Laid;
use crate::app::state::App;
use crate::clusters::affinity::Affinity;
use crate::clusters::labels::Phrases;
use crate::clusters::map::memory;
use crate::clusters::subjects::{Footing, Found, Ground, Row};
use crate::clusters::{Clusters, identity};
use crate::embed::pool::{self, Priority};
use crate::event::News;
use crate::library::paper::Snapshot;
use crate::library::store::clusters::Remembered;
use crate::library::store::maps::StoredMap;
use crate::library::store::{Store, StoreError};
use crate::settings::Settings;
use crate::similarity::lexical::Lexical;

/// What is said in the papers of a snapshot, kept while that is shown.
pub(super) type SharedPhrases = Arc<Mutex<Option<(Arc<Snapshot>, Arc<Phrases>)>>>;

impl Effects {
    /// Starts one of the jobs of this module.
    pub(super) fn run_clusters(&self, effect: Effect, app: &App) {
        let settings = Arc::clone(&self.settings);
        let files = Arc::clone(&self.files);
        match effect {
            Effect::Ground { generation, complete } => {
                let Some(lexical) = app.lexical.clone() else {
                    return;
                };
                let snapshot = Arc::clone(&app.snapshot);
                let dense = Arc::clone(&self.dense);
                let phrases = Arc::clone(&self.phrases);
                self.jobs.submit(Kind::Ground, generation, move |ticket| {
                    in_background(&settings, ticket, || {
                        let dense = Vectored::of(&snapshot, &dense);
                        ground(&snapshot, &lexical, dense.as_ref(), complete, &phrases, ticket)
                    });
                });
            }
            Effect::Clusters { generation, resolution } => {
                let Some(ground) = app.clusters.ground.clone() else {
                    return;
                };
                self.jobs.submit(Kind::Clusters, generation, move |ticket| {
                    in_background(&settings, ticket, || {
                        find(&settings, &files, ground, resolution)
                    });
                });
            }
            Effect::NameCluster { generation, row, name } => {
                let Some(found) = app.clusters.found.clone() else {
                    return;
                };
                self.jobs.submit(Kind::Names, generation, move |ticket| {
                    ticket.report(match self::name(&settings, &found, row, name) {
                        Ok(news) => news,
                        Err(error) => News::Failed(error.to_string()),
                    });
                });
            }
            Effect::Map { generation } => {
                let Some(ground) = app.clusters.ground.clone() else {
                    return;
                };
                self.jobs.submit(Kind::Map, generation, move |ticket| {
                    in_background(&settings, ticket, || lay_out(&settings, &files, ground, ticket));
                });
            }
            _ => {}
        }
    }
}

/// Runs work on threads of low priority, and reports what comes of it unless it was overtaken.
fn in_background(
    settings: &Settings,
    ticket: &Ticket,
    work: impl FnOnce() -> anyhow::Result<Option<News>> + Send,
) {
    let result = pool::pool(settings.threads, Priority::Low)
        .map_err(anyhow::Error::from)
        .and_then(|pool| pool.install(work));
    match result {
        Ok(Some(news)) => ticket.report(news),
        Ok(None) => {}
        Err(error) => ticket.report(News::Failed(format!("{error:#}"))),
    }
}

/// Finds out which papers are alike and what is said in them; `None` where a newer request waits.
fn ground(
    snapshot: &Arc<Snapshot>,
    lexical: &Lexical,
    dense: Option<&Vectored>,
    complete: bool,
    phrases: &SharedPhrases,
    ticket: &Ticket,
) -> anyhow::Result<Option<News>> {
    let mut kept = phrases.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept.take().filter(|(of, _)| Arc::ptr_eq(of, snapshot));
    let phrases = match known {
        Some((_, phrases)) => phrases,
        None => Arc::new(Phrases::read(snapshot.papers())),
    };
    *kept = Some((Arc::clone(snapshot), Arc::clone(&phrases)));
    drop(kept);
    // Vectors have come meanwhile.
    if ticket.overtaken() {
        return Ok(None);
    }
    let footing = match dense {
        Some(Vectored { fingerprint, .. }) if complete => {
            Footing::Wholly { fingerprint: fingerprint.clone() }
        }
        Some(Vectored { fingerprint, vectors }) if vectors.count() > 0 => {
            Footing::Partly { fingerprint: fingerprint.clone(), vectors: vectors.count() }
        }
        _ => Footing::Words,
    };
    let vectors = dense.map(|dense| dense.vectors.as_ref());
    let affinity = Affinity::new(lexical, vectors);
    let ground = Ground::new(Arc::clone(snapshot), &affinity, phrases, footing)?;
    Ok(Some(News::Ground(Arc::new(ground))))
}

/// Finds the clusters at a resolution, and recognises those that are remembered.
fn find(
    settings: &Settings,
    files: &[PathBuf],
    ground: Arc<Ground>,
    resolution: f64,
) -> anyhow::Result<Option<News>> {
    let clusters = Clusters::find(&ground.graph, resolution)?;
    let mut store = settings.store()?;
    let recognise = |known| identity::recognise(known, &clusters, &ground.snapshot);
    let last = store.map(&scope(&store, files)?)?;
    let remembered = if last.is_some_and(|map| ground.footing.is_less_than(&map.basis)) {
        recognise(store.clusters()?)
    } else {
        store.remember_clusters(recognise)?
    };
    Ok(Some(News::Clusters(Arc::new(Found::new(ground, clusters, &remembered)))))
}

/// Keeps the user's name for a cluster, or that it has none any more.
fn name(
    settings: &Settings,
    found: &Found,
    row: Row,
    name: Option<String>,
) -> Result<News, StoreError> {
    let Some((level, index)) = row.place() else {
        return Ok(News::Named);
    };
    let at = if level == 0 { index } else { found.clusters.levels[0].clusters.len() + index };
    settings.store()?.remember_clusters(|known| {
        let mut found = identity::recognise(known, &found.clusters, &found.ground.snapshot);
        if let Some(Remembered { name: kept, .. }) = found.get_mut(at) {
            *kept = name;
        }
        found
    })?;
    Ok(News::Named)
}

/// Lays out the map, from where the papers were, and keeps it.
fn lay_out(
    settings: &Settings,
    files: &[PathBuf],
    ground: Arc<Ground>,
    ticket: &Ticket,
) -> anyhow::Result<Option<News>> {
    let mut store = settings.store()?;
    let scope = scope(&store, files)?;
    let last = store.map(&scope)?;
    let basis = match &last {
        // Papers that are new get a place among the others.
        Some(last) if ground.footing.is_less_than(&last.basis) => last.basis.clone(),
        _ => ground.footing.basis(),
    };
    let points = memory::continued(&ground.graph, &ground.snapshot, last.as_ref(), &basis);
    if ticket.overtaken() {
        return Ok(None);
    }
    let map = StoredMap { basis, places: memory::places(&ground.snapshot, &points) };
    if last.as_ref() != Some(&map) {
        store.set_map(&scope, &map)?;
    }
    Ok(Some(News::Laid(Arc::new(Laid { ground, points }))))
}

/// The files that a map is of, as the store knows them; none for the whole library.
fn scope(store: &Store, files: &[PathBuf]) -> Result<Vec<PathBuf>, StoreError> {
    if files.is_empty() { Ok(Vec::new()) } else { sources(store, files) }
}
