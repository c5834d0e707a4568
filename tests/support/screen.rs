//! Drives the state of the screen without terminal and threads: effects are carried out at once.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use specter_tui::app::effect::{Adviser, Effect, SharedLearnt, allowed, ranked};
use specter_tui::app::inbox::Ranked;
use specter_tui::app::jobs::Kind;
use specter_tui::app::keymap::Keymap;
use specter_tui::app::listing::Listing;
use specter_tui::app::map::Laid;
use specter_tui::app::neighbours::Criteria;
use specter_tui::app::state::App;
use specter_tui::app::update::{start, update};
use specter_tui::clusters::affinity::Affinity;
use specter_tui::clusters::graph::Graph;
use specter_tui::clusters::labels::Phrases;
use specter_tui::clusters::map::layout::{Earlier, lay_out};
use specter_tui::clusters::subjects::{Footing, Found, Ground};
use specter_tui::clusters::{Clusters, identity};
use specter_tui::event::{Msg, News};
use specter_tui::library::import::foreign::Arrivals;
use specter_tui::library::import::import;
use specter_tui::library::paper::Snapshot;
use specter_tui::library::store::Store;
use specter_tui::library::store::clusters::Remembered;
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{Neighbour, Sources, Wanted, neighbours};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::search::{Sought, search};
use specter_tui::similarity::vectors::Vectors;
use specter_tui::ui;
use specter_tui::ui::theme::Theme;

/// A screen with a library behind it.
pub struct Screen {
    pub app: App,
    pub quit: bool,
    /// Are requests for neighbours left unanswered?
    pub hold: bool,
    /// Are requests for what is alike and for the map left unanswered?
    pub hold_ground: bool,
    /// The clusters as the store would have them.
    pub remembered: Vec<Remembered>,
    /// What was asked for and not carried out here.
    pub asked: Vec<Effect>,
    /// Vectors of the papers, if there are any.
    pub vectors: Option<Vectors>,
    library: Snapshot,
    learnt: SharedLearnt,
}

/// The papers of a `.bib` text, imported in the year 2026.
pub fn library(bib: &str) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("papers.bib");
    std::fs::write(&path, bib).unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    import(&mut store, &path, 1_790_000_000).unwrap();
    let snapshot = store.snapshot(&[]).unwrap();
    // The screen shows this path: it must not be the random one of a temporary folder.
    let shown = Arc::new(PathBuf::from("/home/ada/papers.bib"));
    let mut papers = snapshot.papers().to_vec();
    for paper in &mut papers {
        paper.source.path = Arc::clone(&shown);
    }
    Snapshot::new(papers)
}

/// The sample library.
pub fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample.bib");
    std::fs::read_to_string(path).unwrap()
}

impl Screen {
    /// An empty screen: nothing is read yet.
    pub fn blank(columns: u16, rows: u16) -> Self {
        let keymap = Keymap::default();
        let files = vec![PathBuf::from("papers.bib")];
        let model = "sentence-transformers/allenai-specter".to_owned();
        let mut app = App::new(files, model, keymap, (columns, rows));
        let asked = start(&mut app);
        Self {
            app,
            quit: false,
            hold: false,
            hold_ground: false,
            remembered: Vec::new(),
            asked,
            vectors: None,
            library: Snapshot::default(),
            learnt: SharedLearnt::default(),
        }
    }

    /// A screen that shows a library.
    pub fn open(bib: &str, columns: u16, rows: u16) -> Self {
        let mut screen = Self::blank(columns, rows);
        screen.library = library(bib);
        screen.load();
        screen
    }

    fn load(&mut self) {
        let library = std::mem::take(&mut self.library);
        self.show(library);
        self.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    }

    /// The library as it is now.
    pub fn show(&mut self, snapshot: Snapshot) {
        let snapshot = Arc::new(snapshot);
        let listing = Arc::new(Listing::new(&snapshot));
        self.news(Kind::Load, News::Loaded { snapshot, listing });
    }

    /// News in answer to the latest request of its kind.
    pub fn news(&mut self, kind: Kind, news: News) {
        let generation = self.latest(kind);
        self.tell(Msg::Job { kind, generation, news: Box::new(news) });
    }

    /// Number of the latest request of a kind.
    pub fn latest(&self, kind: Kind) -> u64 {
        (0..=1_000_000)
            .find(|&generation| self.app.generations.is_latest(kind, generation))
            .unwrap()
    }

    pub fn tell(&mut self, msg: Msg) {
        for effect in update(&mut self.app, msg) {
            match effect {
                Effect::Quit => self.quit = true,
                Effect::Fold { query, .. } if !self.hold => {
                    self.app.askable().prepare(&query);
                    self.news(Kind::Fold, News::Folded);
                }
                Effect::Lexical { .. } => {
                    let lexical = Lexical::build(self.app.snapshot.papers());
                    self.news(Kind::Lexical, News::Lexical(Arc::new(lexical)));
                    self.news(Kind::Lexical, News::LexicalDone);
                }
                Effect::Neighbours { wish, .. } if !self.hold => {
                    let list = |sources: &Sources<'_>, wanted: &Wanted<'_>| {
                        neighbours(sources, &wish.seeds, wanted)
                    };
                    let neighbours = self.ranked(&wish.criteria, list);
                    self.news(Kind::Neighbours, News::Neighbours { of: wish.of, neighbours });
                }
                Effect::Search { sought, .. } if !self.hold => {
                    let text = Sought { text: &sought.text, ..Sought::default() };
                    let list =
                        |sources: &Sources<'_>, wanted: &Wanted<'_>| search(sources, &text, wanted);
                    let found = self.ranked(&sought.criteria, list);
                    self.news(Kind::Search, News::Found { read: false, found });
                }
                Effect::Ground { .. } if !self.hold_ground => {
                    let snapshot = Arc::clone(&self.app.snapshot);
                    let lexical = self.app.lexical.clone().unwrap();
                    let ground = Ground {
                        graph: Graph::build(&Affinity::new(&lexical, None)).unwrap(),
                        phrases: Arc::new(Phrases::read(snapshot.papers())),
                        footing: Footing::Words,
                        snapshot,
                    };
                    self.news(Kind::Ground, News::Ground(Arc::new(ground)));
                }
                Effect::Clusters { resolution, .. } => self.find_clusters(resolution),
                Effect::NameCluster { row, name, .. } => {
                    let (level, index) = row.place().unwrap();
                    let found = self.app.clusters.found.as_ref().unwrap();
                    let at = level * found.subjects[0].len() + index;
                    self.remembered[at].name = name;
                    self.news(Kind::Names, News::Named);
                }
                Effect::Map { .. } if !self.hold_ground => {
                    let ground = self.app.clusters.ground.clone().unwrap();
                    let points = lay_out(&ground.graph, Earlier::None);
                    self.news(Kind::Map, News::Laid(Arc::new(Laid { ground, points })));
                }
                Effect::Next { question, .. } => {
                    let adviser = Adviser::by_words(&self.app, &self.learnt).unwrap();
                    self.news(Kind::Next, News::Next(adviser.advise(&question)));
                }
                Effect::Inbox { files, .. } => {
                    let folder = tempfile::tempdir().unwrap();
                    let own = folder.path().join("papers.bib");
                    std::fs::write(&own, sample()).unwrap();
                    let mut store = Store::open(folder.path()).unwrap();
                    import(&mut store, &own, 1_790_000_000).unwrap();
                    let arrivals = Arc::new(Arrivals::read(&mut store, &files).unwrap());
                    let adviser = Adviser::by_words(&self.app, &self.learnt).unwrap();
                    let items = ranked(&adviser, &arrivals, None);
                    let ranked = Ranked { items, by_vectors: false };
                    self.news(Kind::Inbox, News::Inbox { arrivals, ranked });
                }
                other => self.asked.push(other),
            }
        }
    }

    /// A ranked list, by words and by the vectors that the test gave.
    fn ranked(
        &self,
        criteria: &Criteria,
        list: impl Fn(&Sources<'_>, &Wanted<'_>) -> Vec<Neighbour>,
    ) -> Vec<Neighbour> {
        let app = &self.app;
        let lexical = app.lexical.clone().unwrap();
        let vectors = self.vectors.as_ref();
        let scale = Scale::new(app.snapshot.len(), &lexical, vectors);
        let sources = Sources {
            papers: app.snapshot.papers(),
            lexical: &lexical,
            vectors,
            scale: &scale,
            works: None,
        };
        let allowed = allowed(criteria, &app.askable());
        let wanted = Wanted {
            ranking: criteria.ranking,
            top: 100,
            allowed: allowed.as_deref(),
            diverse: criteria.diverse,
        };
        list(&sources, &wanted)
    }

    fn find_clusters(&mut self, resolution: f64) {
        let ground = self.app.clusters.ground.clone().unwrap();
        let clusters = Clusters::find(&ground.graph, resolution).unwrap();
        let known = std::mem::take(&mut self.remembered);
        self.remembered = identity::recognise(known, &clusters, &ground.snapshot);
        let found = Found::new(ground, clusters, &self.remembered);
        self.news(Kind::Clusters, News::Clusters(Arc::new(found)));
    }

    /// Types a text.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
    }

    pub fn press(&mut self, code: KeyCode) {
        self.tell(Msg::Input(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))));
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.tell(Msg::Input(Event::Resize(columns, rows)));
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.drawn(&Theme::colored()).to_string()
    }

    /// The screen in a theme.
    pub fn drawn(&self, theme: &Theme) -> TestBackend {
        let (columns, rows) = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| ui::draw(frame, &self.app, theme)).unwrap();
        terminal.backend().clone()
    }

    /// Cite key of the paper in the centre.
    pub fn current(&self) -> &str {
        self.app.current_paper().map_or("", |paper| &paper.key)
    }
}
