//! What is on the screen.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tui_input::Input;

use super::action::Action;
use super::chosen::{Chosen, Welcome};
use super::clusters::Tree;
use super::columns::{Chooser, Columns};
use super::finder::Finder;
use super::inbox::Inbox;
use super::jobs::Generations;
use super::keymap::{Key, Keymap};
use super::listing::{Listing, Sort};
use super::map::MapScreen;
pub use super::mode::{Mode, Prompt, Question};
use super::mouse::Mouse;
use super::neighbours::NeighbourList;
use super::next::Next;
use super::paper::PaperScreen;
use super::report::Report;
use super::scroll::Scroll;
use super::search::Search;
use super::seeds::Seeds;
use super::tasks::Tasks;
use super::why::Why;
use crate::embed::worker::Progress;
use crate::library::marks::Marks;
use crate::library::paper::{PaperId, Snapshot};
use crate::library::versions::Versions;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::Ranking;
use crate::ui::theme::Look;

/// The pane that the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The list of papers.
    #[default]
    Library,
    /// The neighbours of the current one.
    Neighbours,
}

/// What fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// The library, the neighbours, the paper.
    #[default]
    Library,
    /// The neighbours, and why they are close.
    Neighbours,
    /// Papers that answer the user's own words.
    Search,
    /// The clusters and their papers.
    Clusters,
    /// The map.
    Map,
    /// What to read next.
    Next,
    /// New papers.
    Inbox,
    /// A paper as a whole.
    Paper,
    /// What goes on behind the screen.
    Jobs,
    /// What is wrong in the files.
    Report,
}

impl View {
    /// Those that have a tab, with its name and what leads there, in order.
    pub const TABS: &[(Self, &str, Action)] = &[
        (Self::Library, "Library", Action::ViewLibrary),
        (Self::Neighbours, "Neighbours", Action::ViewNeighbours),
        (Self::Search, "Search", Action::ViewSearch),
        (Self::Clusters, "Clusters", Action::ViewClusters),
        (Self::Map, "Map", Action::ViewMap),
        (Self::Next, "Read next", Action::ViewNext),
        (Self::Inbox, "Inbox", Action::ViewInbox),
        (Self::Jobs, "Jobs", Action::ViewJobs),
    ];
}

/// Where the library comes from, and how far reading it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loading {
    /// Files are still being read.
    pub running: bool,
    /// Something has been shown.
    pub shown: bool,
    /// Why the library cannot be read.
    pub failed: Option<String>,
}

/// What stands between the library and vectors.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ModelState {
    /// Being looked for or loaded.
    #[default]
    Opening,
    /// Not here: the user says whether it is to be downloaded.
    Absent,
    /// Being downloaded.
    Downloading {
        /// Bytes here.
        done: u64,
        /// Bytes in all.
        total: u64,
        /// Bytes a second.
        rate: f64,
    },
    /// Embedding; no batch is through yet.
    Starting,
    /// Embedding.
    Embedding(Progress),
    /// Stopped by the user.
    Stopped,
    /// Nothing left to embed.
    Done,
    /// The user wants none.
    Unwanted,
    /// There is none, and why.
    Failed(String),
}

/// May the model be downloaded?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    /// Nobody has said so.
    #[default]
    Open,
    /// The user wants it.
    Given,
}

/// The library list.
#[derive(Debug, Default)]
pub struct LibraryList {
    /// All papers in order.
    pub order: Vec<usize>,
    /// Those that pass the filter.
    pub rows: Vec<usize>,
    /// Cursor.
    pub scroll: Scroll,
    /// What it is sorted by.
    pub sort: Sort,
    /// The other way round.
    pub reversed: bool,
    /// What is typed.
    pub filter: Input,
}

impl LibraryList {
    /// Does the list begin with the greatest?
    #[must_use]
    pub fn descends(&self) -> bool {
        self.sort.descends() != self.reversed
    }
}

/// What was done to the library, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Can it be undone?
    pub can_be_undone: bool,
}

/// The papers that are selected, to do something to all of them.
#[derive(Debug, Default)]
pub struct Selection {
    /// The papers.
    pub papers: BTreeSet<PaperId>,
    /// The one selected last: a range begins there.
    pub last: Option<PaperId>,
}

/// From where another view was left for a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The view that was left.
    pub view: View,
    /// The pane that the keys went to.
    pub pane: Pane,
    /// The paper that was shown as a whole.
    pub paper: Option<PaperId>,
    /// How long the trail was then.
    pub depth: usize,
}

/// The whole state.
#[derive(Debug)]
pub struct App {
    /// The files that were named; none for the whole library.
    pub files: Vec<PathBuf>,
    /// Name of the model.
    pub model_name: String,
    /// The papers.
    pub snapshot: Arc<Snapshot>,
    /// The papers as filter and sort see them.
    pub listing: Arc<Listing>,
    /// Papers that may be versions of one work, once they were looked for.
    pub versions: Arc<Versions>,
    /// What the user says of the papers.
    pub marks: Arc<Marks>,
    /// The papers that are selected.
    pub selection: Selection,
    /// The line that a prompt edits, if it has none of its own.
    pub line: Input,
    /// Which papers have a vector.
    pub has_vector: Vec<bool>,
    /// Words, once they are indexed.
    pub lexical: Option<Arc<Lexical>>,
    /// The library list.
    pub library: LibraryList,
    /// The neighbours.
    pub neighbours: NeighbourList,
    /// Papers whose neighbours are wanted together.
    pub seeds: Seeds,
    /// The search in the user's own words.
    pub search: Search,
    /// Why the paper under the cursor is in its list.
    pub why: Why,
    /// The paper in the centre: its details and neighbours are shown.
    pub current: Option<PaperId>,
    /// The papers that led to the current one, oldest first.
    pub trail: Vec<PaperId>,
    /// The clusters.
    pub clusters: Tree,
    /// The map.
    pub map: MapScreen,
    /// What to read next.
    pub next: Next,
    /// New papers.
    pub inbox: Inbox,
    /// The paper that is shown as a whole.
    pub paper: PaperScreen,
    /// What goes on behind the screen.
    pub tasks: Tasks,
    /// What the user chose for this library; `None` before that is read.
    pub chosen: Option<Chosen>,
    /// The columns of the configuration.
    pub default_columns: Columns,
    /// The columns that are being chosen.
    pub chooser: Chooser,
    /// The first card.
    pub welcome: Welcome,
    /// The other views that led there, oldest first.
    pub visits: Vec<Visit>,
    /// What closeness rests on.
    pub ranking: Ranking,
    /// Do ranked lists put off what says the same as papers before it?
    pub diverse: bool,
    /// Do they leave out what is read?
    pub hide_read: bool,
    /// What fills the screen.
    pub view: View,
    /// The pane that the keys go to.
    pub pane: Pane,
    /// What keys mean.
    pub mode: Mode,
    /// First line of the abstract on screen.
    pub abstract_offset: usize,
    /// The actions that are looked through.
    pub finder: Finder,
    /// Keys pressed that begin a sequence.
    pub pending: Vec<Key>,
    /// How many times the next movement is to be made, where that was typed.
    pub count: Option<usize>,
    /// What is wrong in the files.
    pub report: Report,
    /// How many papers are missing from their files.
    pub missing: usize,
    /// Reading the library.
    pub loading: Loading,
    /// Getting vectors.
    pub model: ModelState,
    /// Does the user want the model downloaded?
    pub consent: Consent,
    /// Did the user pause it?
    pub paused: bool,
    /// The latest thing gone wrong.
    pub error: Option<String>,
    /// What was done last, until the next key.
    pub notice: Option<Notice>,
    /// The mouse, and the widths that were given to panes by it.
    pub mouse: Mouse,
    /// What it all looks like.
    pub look: Look,
    /// Keys.
    pub keymap: Keymap,
    /// Size of the terminal: columns, rows.
    pub size: (u16, u16),
    /// Numbers of the latest requests.
    pub generations: Generations,
}

impl App {
    /// An empty screen, before anything is read.
    #[must_use]
    pub fn new(files: Vec<PathBuf>, model_name: String, keymap: Keymap, size: (u16, u16)) -> Self {
        Self {
            files,
            model_name,
            snapshot: Arc::default(),
            listing: Arc::default(),
            versions: Arc::default(),
            marks: Arc::default(),
            selection: Selection::default(),
            line: Input::default(),
            has_vector: Vec::new(),
            lexical: None,
            library: LibraryList::default(),
            neighbours: NeighbourList::default(),
            seeds: Seeds::default(),
            search: Search::default(),
            why: Why::default(),
            current: None,
            trail: Vec::new(),
            clusters: Tree::default(),
            map: MapScreen::default(),
            next: Next::default(),
            inbox: Inbox::default(),
            paper: PaperScreen::default(),
            tasks: Tasks::default(),
            chosen: None,
            default_columns: Columns::default(),
            chooser: Chooser::default(),
            welcome: Welcome::default(),
            visits: Vec::new(),
            ranking: Ranking::Hybrid,
            diverse: false,
            hide_read: false,
            view: View::Library,
            pane: Pane::Library,
            mode: Mode::Normal,
            abstract_offset: 0,
            finder: Finder::default(),
            pending: Vec::new(),
            count: None,
            report: Report::default(),
            missing: 0,
            loading: Loading { running: true, ..Loading::default() },
            model: ModelState::default(),
            consent: Consent::default(),
            paused: false,
            error: None,
            notice: None,
            mouse: Mouse::default(),
            look: Look::default(),
            keymap,
            size,
            generations: Generations::default(),
        }
    }
}
