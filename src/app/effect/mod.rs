//! What `update` asks for, and who carries it out.

mod chosen;
mod clusters;
mod dense;
mod inbox;
mod load;
mod marks;
mod next;
mod out;
mod ranked;
mod texts;

use std::path::PathBuf;
use std::sync::Arc;

use self::clusters::SharedPhrases;
use self::dense::{SharedDense, SharedLoaded, SharedUsual, embed};
use self::inbox::SharedArrived;
pub use self::inbox::ranked;
use self::load::{forget, load};
pub use self::marks::watch;
pub use self::next::{Adviser, Question, SharedLearnt};
pub use self::ranked::{TOP, allowed};
use self::texts::{SharedReadings, SharedText};
use super::chosen::Choice;
use super::jobs::{Jobs, Kind};
use super::neighbours::Wish;
use super::retired::Retired;
use super::search::Sought;
use super::state::App;
use super::why::Pair;
use crate::clusters::subjects::Row;
use crate::embed::worker::Control;
use crate::event::News;
use crate::library::cite::Format;
use crate::library::import::parse::Parsed;
use crate::library::links::Link;
use crate::library::marks::Change;
use crate::library::paper::{PaperId, TextHash};
use crate::library::query::Query;
use crate::settings::Settings;
use crate::similarity::lexical::Lexical;

/// A request for something that `update` cannot do itself.
#[derive(Debug, Clone, PartialEq)]
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
    /// Prepare the papers' texts for a filter.
    Fold {
        /// Number of the request.
        generation: u64,
        /// The filter.
        query: Query,
    },
    /// Index the words of the papers.
    Lexical {
        /// Number of the request.
        generation: u64,
    },
    /// Find neighbours.
    Neighbours {
        /// Number of the request.
        generation: u64,
        /// Which.
        wish: Wish,
    },
    /// Find what answers a text.
    Search {
        /// Number of the request.
        generation: u64,
        /// The text, and what the list keeps to.
        sought: Sought,
    },
    /// Have the model read a text that is looked for, after a moment.
    ReadText {
        /// Number of the request.
        generation: u64,
        /// The text.
        text: String,
    },
    /// Find the closest sentences of two that are close, after a moment.
    Sentences {
        /// Number of the request.
        generation: u64,
        /// The two.
        pair: Pair,
    },
    /// Get the model and embed what is missing.
    Embed {
        /// Number of the request.
        generation: u64,
        /// Does the user want the model downloaded, if it is not here?
        download: bool,
    },
    /// Find out which papers are alike.
    Ground {
        /// Number of the request.
        generation: u64,
        /// Are all vectors there?
        complete: bool,
    },
    /// Find the clusters.
    Clusters {
        /// Number of the request.
        generation: u64,
        /// How many there are to be: see [`crate::clusters::RESOLUTION`].
        resolution: f64,
    },
    /// Keep the user's name for a cluster.
    NameCluster {
        /// Number of the request.
        generation: u64,
        /// The cluster, of those that are shown.
        row: Row,
        /// The name; `None` takes it away.
        name: Option<String>,
    },
    /// Lay out the map.
    Map {
        /// Number of the request.
        generation: u64,
    },
    /// Embed these texts before all others.
    Focus(Vec<TextHash>),
    /// Pause embedding, or go on.
    Pause(bool),
    /// Find what to read next.
    Next {
        /// Number of the request.
        generation: u64,
        /// What is asked.
        question: Question,
    },
    /// Read the files with new papers, and rank what they hold.
    Inbox {
        /// Number of the request.
        generation: u64,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// Read the marks, or change them and read them again. None of these is ever left out.
    Marks {
        /// Number of the request.
        generation: u64,
        /// What is to be done to them first.
        act: MarksAct,
    },
    /// Write the note of a paper in the user's editor.
    EditNote {
        /// The paper.
        paper: PaperId,
        /// The note as it is.
        note: String,
    },
    /// Open a file at a line in the user's editor.
    Edit {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: u32,
    },
    /// Open a file or a page.
    Open {
        /// Number of the request.
        generation: u64,
        /// Which.
        link: Link,
    },
    /// Write papers into a file, or where there is none onto the clipboard.
    Write {
        /// Number of the request.
        generation: u64,
        /// The papers.
        papers: Vec<PaperId>,
        /// As what.
        format: Format,
        /// The file.
        to: Option<PathBuf>,
    },
    /// Read the entry of a paper as it stands in its file.
    Entry {
        /// Number of the request.
        generation: u64,
        /// The paper.
        paper: PaperId,
    },
    /// Keep what the user chose, and read all of that. None of these is ever left out.
    Keep {
        /// Number of the request.
        generation: u64,
        /// What; nothing to read only.
        choice: Option<Choice>,
    },
    /// Stop the download or the embedding.
    StopEmbedding,
    /// Open the sample library in place of this one.
    OpenSample,
    /// Put a text on the clipboard.
    Copy(String),
    /// Stop until the shell lets the program go on.
    Suspend,
    /// End the program.
    Quit,
}

/// What is to be done to the marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarksAct {
    /// Nothing: they are only read.
    Read,
    /// Mark papers.
    Change {
        /// The papers.
        papers: Vec<PaperId>,
        /// With what.
        changes: Vec<Change>,
    },
    /// Put a new paper on the list, and keep its entry.
    Keep(Box<Parsed>),
    /// A paper was opened.
    Opened(PaperId),
    /// Undo the last step.
    Undo,
    /// Do again what was undone.
    Redo,
}

/// Carries out effects.
pub struct Effects {
    settings: Arc<Settings>,
    files: Arc<[PathBuf]>,
    jobs: Jobs,
    dense: SharedDense,
    usual: SharedUsual,
    phrases: SharedPhrases,
    learnt: SharedLearnt,
    arrived: SharedArrived,
    loaded: SharedLoaded,
    text: SharedText,
    readings: SharedReadings,
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
            phrases: SharedPhrases::default(),
            learnt: SharedLearnt::default(),
            arrived: SharedArrived::default(),
            loaded: SharedLoaded::default(),
            text: SharedText::default(),
            readings: SharedReadings::default(),
            control: Arc::default(),
            paused: false,
        }
    }

    /// Starts what is asked for; none of it takes time here. What needs the terminal is not for it.
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
            Effect::Fold { generation, query } => {
                let askable = app.askable();
                self.jobs.submit(Kind::Fold, generation, move |ticket| {
                    askable.prepare(&query);
                    ticket.report(News::Folded);
                });
            }
            Effect::Retire(retired) => rayon::spawn(move || drop(retired)),
            Effect::Lexical { generation } => {
                self.jobs.submit(Kind::Lexical, generation, move |ticket| {
                    let words = Lexical::words_of(snapshot.papers());
                    ticket.report(News::Lexical(Arc::new(words.clone())));
                    if !ticket.overtaken() {
                        ticket.report(News::Lexical(Arc::new(words.with_topics())));
                        ticket.report(News::LexicalDone);
                    }
                });
            }
            Effect::Neighbours { generation, wish } => self.find_neighbours(generation, wish, app),
            Effect::Search { generation, sought } => self.search(generation, sought, app),
            Effect::ReadText { generation, text } => self.read_text(generation, text),
            Effect::Sentences { generation, pair } => {
                self.find_sentences(generation, pair, snapshot);
            }
            Effect::Embed { generation, download } => {
                self.control.stop();
                self.control = Arc::default();
                self.control.pause(self.paused);
                let control = Arc::clone(&self.control);
                let dense = Arc::clone(&self.dense);
                let loaded = Arc::clone(&self.loaded);
                self.jobs.submit(Kind::Embed, generation, move |ticket| {
                    let result =
                        embed(&settings, &snapshot, (&loaded, download), &dense, &control, ticket);
                    if let Err(error) = result
                        && !control.stopped()
                    {
                        ticket.report(News::ModelFailed(format!("{error:#}")));
                    }
                });
            }
            Effect::Ground { .. }
            | Effect::Clusters { .. }
            | Effect::NameCluster { .. }
            | Effect::Map { .. } => self.run_clusters(effect, app),
            Effect::Next { generation, question } => {
                let Some(adviser) = Adviser::new(app, &self.dense, &self.learnt) else {
                    return;
                };
                self.jobs.submit(Kind::Next, generation, move |ticket| {
                    ticket.report(News::Next(adviser.advise(&question)));
                });
            }
            Effect::Inbox { generation, files } => self.rank_inbox(generation, files, app),
            Effect::Marks { generation, act } => {
                self.jobs.submit(Kind::Marks, generation, move |ticket| {
                    ticket.report(match marks::act(&settings, &snapshot, act) {
                        Ok(news) => news,
                        Err(error) => News::Failed(error.to_string()),
                    });
                });
            }
            Effect::Focus(texts) => self.control.focus(texts),
            Effect::Pause(paused) => {
                self.paused = paused;
                self.control.pause(paused);
            }
            Effect::Open { generation, link } => self.open(generation, link),
            Effect::Write { generation, papers, format, to } => {
                self.write(generation, (papers, format), to, app);
            }
            Effect::Entry { generation, paper } => self.read_entry(generation, paper, snapshot),
            Effect::Keep { generation, choice } => self.keep(generation, choice),
            Effect::Edit { .. } | Effect::EditNote { .. } | Effect::Copy(_) | Effect::Suspend => {}
            Effect::StopEmbedding => self.control.stop(),
            Effect::OpenSample | Effect::Quit => self.end(),
        }
    }

    /// The program ends: what the user did last is done, the rest can wait for another time.
    fn end(&self) {
        self.control.stop();
        self.jobs.finish();
    }
}
