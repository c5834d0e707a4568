//! New papers: reading their files, embedding what they hold, ranking it by the library.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Effects;
use super::dense::{Loaded, SharedLoaded, model_of};
use super::next::Adviser;
use crate::app::inbox::Ranked;
use crate::app::jobs::{Kind, Ticket};
use crate::app::state::App;
use crate::embed::pool::{self, Priority};
use crate::embed::worker::{Control, EmbedError, Embedder};
use crate::event::News;
use crate::library::import::foreign::Arrivals;
use crate::library::paper::{Snapshot, TextHash};
use crate::library::store::Store;
use crate::recommend::{Taste, foreign};
use crate::settings::Settings;
use crate::similarity::vectors::Vectors;

/// The vectors of the papers that were ranked last, and their texts.
pub(super) type SharedArrived = Arc<Mutex<Option<(Vec<TextHash>, Arc<Vectors>)>>>;

impl Effects {
    pub(super) fn rank_inbox(&self, generation: u64, files: Vec<PathBuf>, app: &App) {
        let Some(adviser) = Adviser::new(app, &self.dense, &self.learnt) else {
            return;
        };
        let settings = Arc::clone(&self.settings);
        let loaded = Arc::clone(&self.loaded);
        let arrived = Arc::clone(&self.arrived);
        self.jobs.submit(Kind::Inbox, generation, move |ticket| {
            let work = || rank_files(&settings, &files, &adviser, &loaded, &arrived, ticket);
            if let Err(error) = work() {
                ticket.report(News::Failed(format!("{error:#}")));
            }
        });
    }
}

/// By words at once, then by the vectors of the new papers, where the model is there.
fn rank_files(
    settings: &Settings,
    files: &[PathBuf],
    adviser: &Adviser,
    loaded: &SharedLoaded,
    arrived: &SharedArrived,
    ticket: &Ticket,
) -> anyhow::Result<()> {
    let mut store = settings.store()?;
    let arrivals = Arc::new(Arrivals::read(&mut store, files)?);
    let texts: Vec<TextHash> = arrivals.papers.iter().map(|paper| paper.text_hash).collect();
    let known = arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let known = known.filter(|(of, _)| *of == texts).map(|(_, vectors)| vectors);
    let report = |vectors: Option<&Vectors>| {
        let items = ranked(adviser, &arrivals, vectors);
        let ranked = Ranked { items, by_vectors: vectors.is_some() };
        ticket.report(News::Inbox { arrivals: Arc::clone(&arrivals), ranked });
    };
    report(known.as_deref());
    let (None, Some(loaded)) = (known, model_of(loaded)) else {
        return Ok(());
    };
    let Some(vectors) = embed(settings, &mut store, &arrivals, &loaded, ticket)? else {
        return Ok(());
    };
    *arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some((texts, Arc::clone(&vectors)));
    report(Some(&vectors));
    Ok(())
}

/// Ranks the papers by what the user likes, or where that is nothing by how close they are.
#[must_use]
pub fn ranked(
    adviser: &Adviser,
    arrivals: &Arrivals,
    vectors: Option<&Vectors>,
) -> Vec<foreign::Suited> {
    adviser.ask(|recommender, library| {
        let taste = Taste::of_marks(library.papers, library.marks, library.now);
        foreign::rank(recommender, library, &taste, &arrivals.papers, vectors)
    })
}

/// The vectors of the papers; they are kept in the store as those of the library are. `None` where a
/// newer request waits.
fn embed(
    settings: &Settings,
    store: &mut Store,
    arrivals: &Arrivals,
    loaded: &Loaded,
    ticket: &Ticket,
) -> anyhow::Result<Option<Arc<Vectors>>> {
    let snapshot = Snapshot::new(arrivals.papers.clone());
    let embedder = Embedder::new(store, &loaded.model, loaded.encoder.as_ref())?;
    let control = Control::default();
    let summary = pool::pool(settings.threads, Priority::Low)?.install(|| {
        embedder.run(store, &snapshot, &control, &mut |_| {
            if ticket.overtaken() {
                control.stop();
            }
        })
    });
    match summary {
        Ok(summary) if summary.stopped => return Ok(None),
        // Words must do for papers that the model makes nothing of.
        Ok(_) | Err(EmbedError::NotAVector { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Some(Arc::new(embedder.vectors(store, &snapshot)?)))
}
