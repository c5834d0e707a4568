//! Everything that can happen: keys, the terminal's size, news from background jobs.

use std::sync::Arc;
use std::thread;

use crossbeam_channel::Sender;
use crossterm::event::Event;

use crate::app::chosen::Chosen;
use crate::app::inbox::Ranked;
use crate::app::jobs::Kind;
use crate::app::listing::Listing;
use crate::app::map::Laid;
use crate::app::neighbours::Centre;
use crate::app::next::Advice;
use crate::app::report::Finding;
use crate::app::state::Notice;
use crate::background::{LateAnswer, Sifted};
use crate::clusters::subjects::{Found, Ground};
use crate::embed::worker::Progress;
use crate::library::import::foreign::Arrivals;
use crate::library::marks::Marks;
use crate::library::paper::{PaperId, Snapshot};
use crate::library::versions::Versions;
use crate::similarity::explain::sentences::SentencePair;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::Neighbour;
use crate::ui::theme::Background;

/// What `update` is told.
#[derive(Debug)]
pub enum Msg {
    /// A key, a paste, a new size.
    Input(Event),
    /// Whether the terminal is dark or light, which it was slow to say.
    Background(Background),
    /// The system asks the program to end.
    Terminate,
    /// Or to stop for a while.
    Suspend,
    /// One of the `.bib` files changed.
    FilesChanged,
    /// The editor was closed; what went wrong with it.
    Edited(Option<String>),
    /// Marks were changed, here or in another window.
    MarksChanged,
    /// The editor was closed over a paper's note: the note as it is now, or what went wrong.
    NoteWritten(PaperId, Result<String, String>),
    /// A background job has something to say.
    Job {
        /// Which job.
        kind: Kind,
        /// Number of the request that it answers.
        generation: u64,
        /// What it says.
        news: Box<News>,
    },
}

/// What background jobs say.
#[derive(Debug)]
pub enum News {
    /// The library as it is now.
    Loaded {
        /// The papers.
        snapshot: Arc<Snapshot>,
        /// Prepared for filter and sort.
        listing: Arc<Listing>,
    },
    /// The files are read; nothing more will change.
    LoadDone {
        /// What is wrong in the files.
        findings: Vec<Finding>,
        /// Files that could not be read, and why.
        errors: Vec<String>,
    },
    /// Papers of the library last shown that may be versions of one work.
    Versions(Arc<Versions>),
    /// The marks as they are now.
    Marks {
        /// With what the files say.
        marks: Arc<Marks>,
        /// What was done, in words.
        said: Option<Notice>,
        /// May the papers be other ones now?
        papers_changed: bool,
    },
    /// The papers that were missing are forgotten.
    Forgotten,
    /// What the filter asks for is prepared.
    Folded,
    /// Words are ready.
    Lexical(Arc<Lexical>),
    /// And so are their topics: nothing more comes of the words.
    LexicalDone,
    /// The neighbours asked for.
    Neighbours {
        /// Of what.
        of: Centre,
        /// Closest first.
        neighbours: Vec<Neighbour>,
    },
    /// What answers the text asked for.
    Found {
        /// Did the model's own view of the text count?
        read: bool,
        /// The best first.
        found: Vec<Neighbour>,
    },
    /// The model has read the text: a search takes it into account.
    TextRead,
    /// The closest sentences of the pair asked for, where both have any.
    Sentences(Option<SentencePair>),
    /// What to read next.
    Next(Advice),
    /// New papers.
    Inbox {
        /// What the files hold.
        arrivals: Arc<Arrivals>,
        /// The best first.
        ranked: Ranked,
    },
    /// The entry of a paper as it stands in its file.
    Entry(PaperId, String),
    /// What the user chose.
    Chosen {
        /// All of it.
        chosen: Chosen,
        /// What was done, in words.
        said: Option<Notice>,
    },
    /// The model is on its way.
    Downloading {
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
        /// Bytes a second.
        rate: f64,
    },
    /// The model runs; these papers have vectors already.
    ModelReady {
        /// For each paper.
        has_vector: Vec<bool>,
    },
    /// A batch of papers got vectors.
    Embedded {
        /// Indices.
        papers: Vec<usize>,
        /// How far the run is.
        progress: Progress,
    },
    /// Papers for which the model gave no usable vector, and why.
    SetAside(Vec<(usize, String)>),
    /// Every paper that has a text has a vector, but for those set aside.
    EmbeddingDone,
    /// Which papers are alike.
    Ground(Arc<Ground>),
    /// The clusters.
    Clusters(Arc<Found>),
    /// The user's name for a cluster is kept.
    Named,
    /// Where the papers lie on the map.
    Laid(Arc<Laid>),
    /// The model is to be downloaded: nobody has asked for that yet.
    ModelAbsent,
    /// No model is wanted.
    NoModel,
    /// There is no model, and why.
    ModelFailed(String),
    /// Something was done.
    Done(Notice),
    /// A text for the clipboard.
    Copied(String),
    /// A job failed.
    Failed(String),
}

/// What an event comes to.
fn sift(awaited: &mut Option<LateAnswer>, event: Event) -> Vec<Msg> {
    let Some(late) = awaited.as_mut().filter(|late| late.is_expected()) else {
        *awaited = None;
        return vec![Msg::Input(event)];
    };
    match late.sift(event) {
        Sifted::Held => Vec::new(),
        Sifted::Events(events) => events.into_iter().map(Msg::Input).collect(),
        Sifted::Answer(background) => {
            *awaited = None;
            background.map(Msg::Background).into_iter().collect()
        }
    }
}

/// The thread that reads the terminal. It reads one event and waits until that is dealt with, so that
/// nobody reads keys while the editor has the terminal.
#[derive(Debug)]
pub struct Input {
    next: Sender<()>,
}

impl Input {
    /// Reads the first event; it comes as a message. An answer of the terminal that is still awaited
    /// does not come as something typed.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn listen(messages: Sender<Msg>, mut awaited: Option<LateAnswer>) -> std::io::Result<Self> {
        let (next, wanted) = crossbeam_channel::unbounded();
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            // Where the terminal is gone, reading fails at once and for ever.
            while let Ok(event) = crossterm::event::read() {
                for msg in sift(&mut awaited, event) {
                    let is_event = matches!(msg, Msg::Input(_));
                    if messages.send(msg).is_err() || (is_event && wanted.recv().is_err()) {
                        return;
                    }
                }
            }
            let _ = messages.send(Msg::Terminate);
        })?;
        Ok(Self { next })
    }

    /// The last event is dealt with: the next one is read.
    pub fn read_on(&self) {
        // Where the terminal is gone, the thread has said so and ended.
        let _ = self.next.send(());
    }
}
