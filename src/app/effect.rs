//! What `update` asks for, and who carries it out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::jobs::{Jobs, Kind, Ticket};
use super::listing::Listing;
use super::report::Finding;
use super::retired::Retired;
use super::state::App;
use crate::embed::encoder::{self, Encoder};
use crate::embed::model::Model;
use crate::embed::pool::{self, Priority};
use crate::embed::source;
use crate::embed::worker::{Control, Embedder};
use crate::event::News;
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::import::{self, ImportError};
use crate::library::paper::{Snapshot, TextHash};
use crate::library::store::{Store, StoreError};
use crate::library::versions::Versions;
use crate::settings::Settings;
use crate::similarity;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Query, Ranking, Sources, Wanted, Works};
use crate::similarity::scale::Scale;
use crate::similarity::vectors::Vectors;

/// A request for something that `update` cannot do itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Read the library and import the files.
    Load {
        /// Number of the request.
        generation: u64,
    },
    /// Forget the papers that are missing from the files.
    Forget {
        /// Number of the request.
        generation: u64,
    },
    /// Free what is no longer shown: for a large library that takes longer than a frame.
    Retire(Retired),
    /// Index the words of the papers.
    Lexical {
        /// Number of the request.
        generation: u64,
    },
    /// Find the neighbours of a paper.
    Neighbours {
        /// Number of the request.
        generation: u64,
        /// Index of the paper.
        of: usize,
        /// What closeness rests on.
        ranking: Ranking,
    },
    /// Get the model and embed what is missing.
    Embed {
        /// Number of the request.
        generation: u64,
    },
    /// Embed these texts before all others.
    Focus(Vec<TextHash>),
    /// Pause embedding, or go on.
    Pause(bool),
    /// Open a file at a line in the user's editor.
    Edit {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: u32,
    },
    /// End the program.
    Quit,
}

/// Vectors of a snapshot, shared by the job that makes them and the job that compares them.
struct Dense {
    snapshot: Arc<Snapshot>,
    vectors: Vectors,
}

type SharedDense = Arc<RwLock<Option<Dense>>>;

/// What is usual among the pairs of a library, and what it was made of.
struct Usual {
    lexical: Arc<Lexical>,
    vectors: usize,
    scale: Scale,
}

impl Usual {
    fn new(papers: usize, lexical: &Arc<Lexical>, vectors: Option<&Vectors>) -> Self {
        Self {
            lexical: Arc::clone(lexical),
            vectors: vectors.map_or(0, Vectors::count),
            scale: Scale::new(papers, lexical, vectors),
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

type SharedUsual = Arc<Mutex<Option<Usual>>>;

/// A model that is loaded stays so, whatever becomes of the library.
struct Loaded {
    model: Model,
    encoder: Box<dyn Encoder>,
}

/// Carries out effects.
pub struct Effects {
    settings: Arc<Settings>,
    files: Arc<[PathBuf]>,
    jobs: Jobs,
    dense: SharedDense,
    usual: SharedUsual,
    loaded: Arc<Mutex<Option<Loaded>>>,
    control: Arc<Control>,
    paused: bool,
}

impl Effects {
    /// Nothing runs yet. `files` are those to read; none for all that the library knows.
    #[must_use]
    pub fn new(settings: Settings, files: &[PathBuf], jobs: Jobs) -> Self {
        Self {
            settings: Arc::new(settings),
            files: files.into(),
            jobs,
            dense: SharedDense::default(),
            usual: SharedUsual::default(),
            loaded: Arc::default(),
            control: Arc::default(),
            paused: false,
        }
    }

    /// Starts what is asked for; none of it takes time here. The editor is not for it, since it has
    /// no terminal.
    pub fn run(&mut self, effect: Effect, app: &App) {
        let settings = Arc::clone(&self.settings);
        let snapshot = Arc::clone(&app.snapshot);
        match effect {
            Effect::Load { generation } => {
                let files = Arc::clone(&self.files);
                let shown = app.loading.shown.then_some(snapshot);
                self.jobs.submit(Kind::Load, generation, move |ticket| {
                    if let Err(error) = load(&settings, &files, shown, ticket) {
                        ticket.report(News::Failed(error.to_string()));
                    }
                });
            }
            Effect::Forget { generation } => {
                let files = Arc::clone(&self.files);
                self.jobs.submit(Kind::Forget, generation, move |ticket| {
                    ticket.report(match forget(&settings, &files) {
                        Ok(()) => News::Forgotten,
                        Err(error) => News::Failed(error.to_string()),
                    });
                });
            }
            Effect::Retire(retired) => rayon::spawn(move || drop(retired)),
            Effect::Lexical { generation } => {
                self.jobs.submit(Kind::Lexical, generation, move |ticket| {
                    let words = Lexical::words_of(snapshot.papers());
                    ticket.report(News::Lexical(Arc::new(words.clone())));
                    if !ticket.overtaken() {
                        ticket.report(News::Lexical(Arc::new(words.with_topics())));
                    }
                });
            }
            Effect::Neighbours { generation, of, ranking } => {
                let Some(lexical) = app.lexical.clone() else {
                    return;
                };
                let dense = Arc::clone(&self.dense);
                let usual = Arc::clone(&self.usual);
                let versions = Arc::clone(&app.versions);
                self.jobs.submit(Kind::Neighbours, generation, move |ticket| {
                    let works = Works::new(snapshot.len(), &versions);
                    let neighbours =
                        neighbours(&snapshot, &lexical, &dense, &works, &usual, of, ranking);
                    ticket.report(News::Neighbours { of, neighbours });
                });
            }
            Effect::Embed { generation } => {
                self.control.stop();
                self.control = Arc::default();
                self.control.pause(self.paused);
                let control = Arc::clone(&self.control);
                let dense = Arc::clone(&self.dense);
                let loaded = Arc::clone(&self.loaded);
                self.jobs.submit(Kind::Embed, generation, move |ticket| {
                    let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
                    let result = embed(&settings, &snapshot, &mut loaded, &dense, &control, ticket);
                    if let Err(error) = result
                        && !control.stopped()
                    {
                        ticket.report(News::ModelFailed(format!("{error:#}")));
                    }
                });
            }
            Effect::Focus(texts) => self.control.focus(texts),
            Effect::Pause(paused) => {
                self.paused = paused;
                self.control.pause(paused);
            }
            Effect::Edit { .. } => {}
            Effect::Quit => self.control.stop(),
        }
    }
}

fn forget(settings: &Settings, files: &[PathBuf]) -> Result<(), StoreError> {
    let mut store = settings.store()?;
    let sources = sources(&store, files)?;
    store.write(|writer| writer.forget_missing(&sources).map(drop))
}

/// The files as the library knows them: those that were named, else all that it knows. What a link
/// points to, and whether a file is there, may differ from one time to the next.
fn sources(store: &Store, files: &[PathBuf]) -> Result<Vec<PathBuf>, StoreError> {
    if files.is_empty() {
        return store.source_paths();
    }
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let source = match import::known_path(store, file) {
            Err(ImportError::Store(error)) => return Err(error),
            // It is no more, and the library has forgotten it.
            Err(_) => std::path::absolute(file).unwrap_or_else(|_| file.clone()),
            Ok(source) => source,
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// Shows what the library has, if nothing is `shown` yet, then imports the files and shows it again
/// if it differs.
fn load(
    settings: &Settings,
    files: &[PathBuf],
    mut shown: Option<Arc<Snapshot>>,
    ticket: &Ticket,
) -> Result<(), StoreError> {
    let mut store = settings.store()?;
    let sources = &sources(&store, files)?[..];
    let show = |snapshot: Snapshot| {
        let listing = Arc::new(Listing::new(&snapshot));
        let snapshot = Arc::new(snapshot);
        ticket.report(News::Loaded { snapshot: Arc::clone(&snapshot), listing });
        snapshot
    };
    let mut stale = shown.is_some();
    if shown.is_none() {
        let known = store.snapshot(sources)?;
        shown = (!known.is_empty()).then(|| show(known));
    }
    let mut findings = Vec::new();
    let mut errors = Vec::new();
    // A file that has vanished is no error: its papers are shown as missing.
    for path in sources.iter().filter(|path| path.exists()) {
        let before = store.source_hash(path)?;
        match import::import(&mut store, path, import::now()) {
            Ok(report) => {
                let path = Arc::new(report.path);
                findings.extend(
                    report
                        .diagnostics
                        .into_iter()
                        .map(|diagnostic| Finding { path: Arc::clone(&path), diagnostic }),
                );
            }
            Err(error) => {
                errors.push(error.to_string());
                findings.push(unread(path, &error));
            }
        }
        stale |= store.source_hash(path)? != before;
    }
    if stale || shown.is_none() {
        let now = store.snapshot(sources)?;
        if shown.as_ref().is_none_or(|shown| shown.papers() != now.papers()) {
            shown = Some(show(now));
        }
    }
    ticket.report(News::LoadDone { findings, errors });
    // Nobody waits for these, and the next request need not either.
    if let Some(snapshot) = shown
        && !ticket.overtaken()
    {
        ticket.report(News::Versions(Arc::new(Versions::find(&snapshot))));
    }
    Ok(())
}

/// A file that cannot be read stays in the report until it can.
fn unread(path: &Path, error: &ImportError) -> Finding {
    let diagnostic = Diagnostic {
        line: 1,
        column: 1,
        severity: Severity::Error,
        key: None,
        message: error.to_string(),
    };
    Finding { path: Arc::new(path.to_owned()), diagnostic }
}

fn neighbours(
    snapshot: &Arc<Snapshot>,
    lexical: &Arc<Lexical>,
    dense: &SharedDense,
    works: &Works,
    usual: &SharedUsual,
    of: usize,
    ranking: Ranking,
) -> Vec<rank::Neighbour> {
    /// More than anyone scrolls through.
    const TOP: usize = 100;
    let guard = dense.read().unwrap_or_else(PoisonError::into_inner);
    let vectors = guard
        .as_ref()
        .filter(|dense| Arc::ptr_eq(&dense.snapshot, snapshot))
        .map(|dense| &dense.vectors);
    let mut usual = usual.lock().unwrap_or_else(PoisonError::into_inner);
    let known = usual.take().filter(|usual| usual.holds(lexical, vectors));
    let known = known.unwrap_or_else(|| Usual::new(snapshot.len(), lexical, vectors));
    let scale = &usual.insert(known).scale;
    let papers = snapshot.papers();
    let sources = Sources { papers, lexical, vectors, scale, works: Some(works) };
    rank::neighbours(&sources, &Query::like(of), &Wanted::top(ranking, TOP))
}

fn embed(
    settings: &Settings,
    snapshot: &Arc<Snapshot>,
    loaded: &mut Option<Loaded>,
    dense: &SharedDense,
    control: &Control,
    ticket: &Ticket,
) -> anyhow::Result<()> {
    if snapshot.is_empty() {
        return Ok(());
    }
    if loaded.is_none() {
        let model = source::open(
            &settings.model,
            &settings.hub(),
            &settings.weight_hashes(),
            &mut |progress| {
                ticket.report(News::Downloading { done: progress.done, total: progress.total });
            },
            control.stop_flag(),
        )?;
        let Some(model) = model else {
            ticket.report(News::NoModel);
            return Ok(());
        };
        let encoder = encoder::load(&model, settings.device, settings.precision)?;
        *loaded = Some(Loaded { model, encoder });
    }
    let Some(Loaded { model, encoder }) = loaded.as_ref() else {
        return Ok(());
    };
    let mut store = settings.store()?;
    let embedder = Embedder::new(&store, model, encoder.as_ref())?;
    let vectors = embedder.vectors(&mut store, snapshot)?;
    let has_vector = (0..snapshot.len()).map(|paper| vectors.has(paper)).collect();
    *dense.write().unwrap_or_else(PoisonError::into_inner) =
        Some(Dense { snapshot: Arc::clone(snapshot), vectors });
    ticket.report(News::ModelReady { has_vector });
    let mut shared = Ok(());
    let summary = pool::pool(settings.threads, Priority::Low)?.install(|| {
        embedder.run(&mut store, snapshot, control, &mut |batch| {
            if shared.is_ok() {
                shared = share(dense, batch.vectors);
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

/// Makes new vectors known to those who compare.
fn share(dense: &SharedDense, vectors: &[(usize, Vec<f32>)]) -> Result<(), similarity::Error> {
    let mut guard = dense.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(dense) = guard.as_mut() {
        for (paper, vector) in vectors {
            dense.vectors.set(*paper, vector)?;
        }
    }
    Ok(())
}
