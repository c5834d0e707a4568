//! What is on the screen.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tui_input::Input;

use super::action::{Action, Context};
use super::chosen::{Chosen, Welcome};
use super::clusters::{self, Tree};
use super::columns::{Chooser, Columns};
use super::finder::Finder;
use super::inbox::Inbox;
use super::jobs::Generations;
use super::keymap::{Key, Keymap};
use super::listing::{Askable, Listing, Sort};
use super::map::MapScreen;
pub use super::mode::{Mode, Prompt, Question};
use super::mouse::Mouse;
use super::neighbours::{Centre, Criteria, NeighbourList, Wish};
use super::next::Next;
use super::paper::PaperScreen;
use super::report::Report;
use super::scroll::Scroll;
use super::search::{Search, Sought};
use super::seeds::Seeds;
use super::tasks::Tasks;
use super::why::{Origin, Pair, Why};
use crate::clusters::subjects::Found;
use crate::embed::worker::Progress;
use crate::library::import::foreign::INBOX;
use crate::library::marks::{Mark, Marks};
use crate::library::paper::{Paper, PaperId, Snapshot};
use crate::library::query::{Query, Saved};
use crate::library::versions::Versions;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Neighbour, Ranking};
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

    /// What the keys go to.
    #[must_use]
    pub fn context(&self) -> Context {
        match self.view {
            View::Clusters => Context::Clusters,
            View::Map => Context::Map,
            View::Next => Context::Next,
            View::Inbox => Context::Inbox,
            View::Paper => Context::Paper,
            View::Jobs => Context::Jobs,
            View::Report => Context::Report,
            View::Library | View::Neighbours => Context::Lists,
            View::Search => Context::Search,
        }
    }

    /// Index of the current paper.
    #[must_use]
    pub fn current_index(&self) -> Option<usize> {
        self.current.and_then(|id| self.snapshot.by_id(id))
    }

    /// The current paper.
    #[must_use]
    pub fn current_paper(&self) -> Option<&Paper> {
        self.current_index().map(|index| &self.snapshot.papers()[index])
    }

    /// The paper whose text is shown: the neighbour or the result under the cursor while the keys go
    /// there, so that one can read before diving; else the current one.
    #[must_use]
    pub fn shown_paper(&self) -> Option<&Paper> {
        match (self.view, self.pane) {
            // Nothing is done to the papers of a cluster that one does not see.
            (View::Clusters, _) if self.clusters.pane == clusters::Pane::Tree => None,
            (View::Clusters, _) => self.cluster_paper(),
            (View::Next, _) => self.next.selected().map(|item| &self.snapshot.papers()[item.paper]),
            (View::Inbox, _) => self.inbox.selected().and_then(|item| self.inbox.paper(item.paper)),
            (View::Search, _) => self.listed_paper(),
            (View::Paper, _) => self.whole_paper(),
            (View::Jobs, _) => None,
            (View::Map, _) | (_, Pane::Library) => self.current_paper(),
            (_, Pane::Neighbours) => self.listed_paper().or_else(|| self.current_paper()),
        }
    }

    /// The paper under the cursor among those of a cluster; the most central one where that is not
    /// moved.
    #[must_use]
    pub fn cluster_paper(&self) -> Option<&Paper> {
        let id = self.clusters.paper()?;
        self.snapshot.by_id(id).map(|index| &self.snapshot.papers()[index])
    }

    /// The neighbour or the result under the cursor.
    #[must_use]
    pub fn listed(&self) -> Option<&Neighbour> {
        match self.view {
            View::Search => self.search.selected(),
            _ => self.shown_neighbours().get(self.neighbours.scroll.cursor),
        }
    }

    fn listed_paper(&self) -> Option<&Paper> {
        self.listed().map(|listed| &self.snapshot.papers()[listed.paper])
    }

    /// Are the neighbours those of the seeds?
    #[must_use]
    pub fn shows_seeds(&self) -> bool {
        !self.seeds.is_empty() && self.trail.len() <= self.seeds.depth
    }

    /// What the neighbours are to be neighbours of.
    #[must_use]
    pub fn centre(&self) -> Option<Centre> {
        if self.shows_seeds() { Some(Centre::Seeds) } else { self.current.map(Centre::Paper) }
    }

    /// The neighbours; none while they are being looked for.
    #[must_use]
    pub fn shown_neighbours(&self) -> &[Neighbour] {
        if self.neighbours.of.is_some() && self.neighbours.of == self.centre() {
            &self.neighbours.items
        } else {
            &[]
        }
    }

    /// The neighbours that are wanted now; `None` before there is anything to compare.
    #[must_use]
    pub fn wish(&self) -> Option<Wish> {
        self.lexical.as_ref()?;
        let of = self.centre()?;
        let indices = |ids: &[PaperId]| -> Vec<usize> {
            ids.iter().filter_map(|&id| self.snapshot.by_id(id)).collect()
        };
        let mut seeds = match of {
            Centre::Paper(id) => rank::Query { like: indices(&[id]), ..Default::default() },
            Centre::Seeds => rank::Query {
                like: indices(&self.seeds.like),
                unlike: indices(&self.seeds.unlike),
                join: self.seeds.join,
            },
        };
        // Less like some papers is meant where one is.
        if seeds.like.is_empty() {
            seeds.like.extend(self.current_index().filter(|paper| !seeds.unlike.contains(paper)));
        }
        let filter = self.query(self.neighbours.filter.value());
        Some(Wish { of, seeds, criteria: self.criteria(filter) })
    }

    /// All that a query can ask of the papers, as it is now.
    #[must_use]
    pub fn askable(&self) -> Askable {
        Askable {
            snapshot: Arc::clone(&self.snapshot),
            listing: Arc::clone(&self.listing),
            marks: Arc::clone(&self.marks),
            has_vector: self.has_vector.clone(),
            found: self.clusters.found.clone(),
            filters: self.filters(),
        }
    }

    /// The filters that were saved.
    #[must_use]
    pub fn filters(&self) -> Arc<Saved> {
        self.chosen.as_ref().map(|chosen| Arc::clone(&chosen.filters)).unwrap_or_default()
    }

    /// A query as far as it is typed.
    #[must_use]
    pub fn query(&self, typed: &str) -> Query {
        self.filters().typed(typed).0
    }

    /// The columns of lists.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        let chosen = self.chosen.as_ref().and_then(|chosen| chosen.columns.as_ref());
        chosen.unwrap_or(&self.default_columns)
    }

    /// What ranked lists keep to.
    #[must_use]
    pub fn criteria(&self, filter: Query) -> Criteria {
        Criteria { ranking: self.ranking, diverse: self.diverse, hide_read: self.hide_read, filter }
    }

    /// The clusters, where they are those of the papers that are shown.
    #[must_use]
    pub fn found(&self) -> Option<&Arc<Found>> {
        let found = self.clusters.found.as_ref()?;
        Arc::ptr_eq(&found.ground.snapshot, &self.snapshot).then_some(found)
    }

    /// May a mark change what ranked lists leave out?
    #[must_use]
    pub fn rests_on_marks(&self) -> bool {
        let is_filtered = |sought: &Sought| !sought.criteria.filter.is_empty();
        self.hide_read
            || !self.neighbours.filter.value().is_empty()
            || self.search.answered.as_ref().is_some_and(is_filtered)
    }

    /// The pair of which it can be said why they are close.
    #[must_use]
    pub fn pair(&self) -> Option<Pair> {
        self.lexical.as_ref()?;
        let listed = self.listed()?;
        let id = |paper: usize| self.snapshot.papers()[paper].id;
        let origin = match (self.view, listed.seed) {
            (View::Search, _) => Origin::Text(self.search.answered.as_ref()?.text.clone()),
            (_, seed) => Origin::Paper(id(seed?)),
        };
        Some(Pair { origin, paper: id(listed.paper) })
    }

    /// The line that a prompt edits.
    pub fn input_mut(&mut self, prompt: Prompt) -> &mut Input {
        match prompt {
            Prompt::Filter => &mut self.library.filter,
            Prompt::Neighbours => &mut self.neighbours.filter,
            Prompt::Search => &mut self.search.input,
            Prompt::Next => &mut self.next.filter,
            Prompt::Tag
            | Prompt::Untag
            | Prompt::List
            | Prompt::Unlist
            | Prompt::Like
            | Prompt::InboxFile
            | Prompt::ExportFile(_)
            | Prompt::ClusterName
            | Prompt::SaveFilter
            | Prompt::UseFilter
            | Prompt::DeleteFilter => &mut self.line,
        }
    }

    /// The mark of a paper.
    #[must_use]
    pub fn mark(&self, paper: PaperId) -> Option<&Mark> {
        self.marks.get(paper)
    }

    /// Is it on the list of new papers that are wanted?
    #[must_use]
    pub fn is_kept(&self, paper: PaperId) -> bool {
        self.mark(paper).is_some_and(|mark| mark.lists.iter().any(|list| list == INBOX))
    }

    /// Is the model there to read a text?
    #[must_use]
    pub fn has_model(&self) -> bool {
        use ModelState::{Done, Embedding, Starting, Stopped};
        matches!(self.model, Starting | Embedding(_) | Stopped | Done)
    }

    /// Can vectors be used, at least for some papers?
    #[must_use]
    pub fn has_vectors(&self) -> bool {
        self.has_vector.contains(&true)
    }
}
