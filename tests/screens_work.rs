//! What one lives in besides the lists: a paper as a whole, what goes on behind the screen, the first card,
//! columns, saved filters.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use specter_tui::app::chosen::{Choice, Chosen, Welcome};
use specter_tui::app::columns::Columns;
use specter_tui::app::effect::Effect;
use specter_tui::app::jobs::Kind;
use specter_tui::app::listing::Sort;
use specter_tui::app::state::{Mode, ModelState, Pane, View};
use specter_tui::embed::worker::Progress;
use specter_tui::event::{Msg, News};
use specter_tui::library::marks::{Marks, State};
use specter_tui::library::paper::{Paper, Snapshot, Source};
use specter_tui::library::query::Saved;

use screen::{Screen, sample};

/// The entry of the paper that is shown as a whole, as the store would give it.
fn give_entry(screen: &mut Screen, entry: &str) {
    let paper = screen.app.paper.of.unwrap();
    screen.news(Kind::Entry, News::Entry(paper, entry.to_owned()));
}

fn chosen(screen: &mut Screen, chosen: Chosen) {
    screen.news(Kind::Keep, News::Chosen { chosen, said: None });
}

/// What was asked to be kept last.
fn kept(screen: &Screen) -> Vec<Choice> {
    let choices = screen.asked.iter().filter_map(|effect| match effect {
        Effect::Keep { choice, .. } => choice.clone(),
        _ => None,
    });
    choices.collect()
}

const ENTRY: &str = "@inproceedings{vaswani2017attention,\n  title = {Attention Is All You Need},\n\tyear = 2017\n}";

#[test]
fn the_whole_of_a_paper() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let path = Arc::new(PathBuf::from("/home/hana/papers.bib"));
    let at_home = |paper: &Paper| Paper {
        source: Source { path: Arc::clone(&path), line: paper.source.line },
        ..paper.clone()
    };
    let papers = screen.app.snapshot.papers().iter().map(at_home).collect();
    screen.show(Snapshot::new(papers));
    let mut marks = Marks::default();
    let mark = marks.entry(screen.app.snapshot.papers()[0].id);
    (mark.state, mark.starred, mark.rating) = (State::Read, true, Some(5));
    (mark.tags, mark.note) = (vec!["nlp".into()], "Read chapter two again.".into());
    mark.lists = vec!["thesis".into()];
    let marks = Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    screen.type_text("P");
    let asked = screen.asked.last();
    assert!(
        matches!(asked, Some(Effect::Entry { paper, .. }) if Some(*paper) == screen.app.paper.of)
    );
    give_entry(&mut screen, ENTRY);
    assert_snapshot!("paper_80x24", screen.text());
    screen.type_text("G");
    assert!(screen.text().contains("year = 2017"), "it scrolls to the end:\n{}", screen.text());
    assert_snapshot!("paper_80x24_end", screen.text());
    screen.resize(200, 60);
    assert_eq!(screen.app.abstract_offset, 0, "all of it is on the screen");
    assert_snapshot!("paper_200x60", screen.text());
    screen.resize(40, 12);
    let _ = screen.text();
    // It is marked as in any list.
    screen.type_text("mr");
    assert!(matches!(screen.asked.last(), Some(Effect::Marks { .. })));
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Library);
}

#[test]
fn a_paper_is_opened_from_every_list_and_left_for_where_one_was() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.press(KeyCode::Enter);
    screen.type_text("jj");
    let neighbour = screen.app.shown_paper().unwrap().id;
    screen.type_text("P");
    assert_eq!((screen.app.view, screen.app.paper.of), (View::Paper, Some(neighbour)));
    screen.press(KeyCode::Esc);
    assert_eq!((screen.app.view, screen.app.pane), (View::Library, Pane::Neighbours));
    assert_eq!(screen.app.neighbours.scroll.cursor, 2);
    for (keys, view) in
        [("2", View::Neighbours), ("4j", View::Clusters), ("5", View::Map), ("6", View::Next)]
    {
        screen.type_text(keys);
        if view == View::Clusters {
            screen.press(KeyCode::Tab);
        }
        let shown = screen.app.shown_paper().map(|paper| paper.id);
        screen.type_text("P");
        if shown.is_some() {
            assert_eq!((screen.app.view, screen.app.paper.of), (View::Paper, shown), "{keys}");
            screen.press(KeyCode::Backspace);
        }
        assert_eq!(screen.app.view, view, "{keys}");
    }
    // A search is left for where it began, whatever was looked at meanwhile.
    screen.type_text("1sattention");
    screen.press(KeyCode::Tab);
    screen.type_text("P");
    assert_eq!(screen.app.view, View::Paper);
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Search);
    screen.press(KeyCode::Esc);
    assert_eq!(screen.app.view, View::Library);
    // From a paper to its neighbours, and back to it.
    screen.type_text("gg");
    screen.type_text("P");
    let paper = screen.app.paper.of;
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.app.current), (View::Library, paper));
    screen.press(KeyCode::Backspace);
    assert_eq!((screen.app.view, screen.app.paper.of), (View::Paper, paper));
}

#[test]
fn a_paper_that_leaves_the_library_is_left() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("P");
    screen.asked.clear();
    screen.show(screen::library(&sample()));
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    assert!(screen.asked.iter().any(|effect| matches!(effect, Effect::Entry { .. })), "read again");
    screen.news(Kind::Entry, News::Failed("the library l.sqlite: disk I/O error".into()));
    assert!(screen.text().contains("disk I/O error"));
    screen.show(screen::library(""));
    assert!(screen.text().contains("no longer in the library"));
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    assert_eq!(screen.app.view, View::Library);
}

fn embedding(screen: &mut Screen, done: usize) {
    let progress = Progress {
        done,
        total: 140,
        papers_per_second: 12.34,
        left: Some(Duration::from_secs(81)),
    };
    screen.news(Kind::Embed, News::Embedded { papers: (0..done).collect(), progress });
}

#[test]
fn what_goes_on_is_listed_and_steered() {
    let mut screen = Screen::blank(80, 24);
    screen.app.tasks.watched = 1;
    screen.type_text("8");
    assert_snapshot!("jobs_before_anything_80x24", screen.text());

    let mut screen = Screen::open(&sample(), 80, 24);
    screen.app.tasks.watched = 1;
    screen.tell(Msg::FilesChanged);
    let loading = News::Downloading { done: 110_000_000, total: 440_000_000, rate: 5.5e6 };
    screen.news(Kind::Embed, loading);
    assert!(screen.text().contains("25 % of 440 MB · 5.5 MB/s"));
    screen.type_text("8jjj");
    assert_snapshot!("jobs_downloading_80x24", screen.text());
    screen.type_text("x");
    assert_eq!(screen.app.model, ModelState::Absent);
    assert_eq!(screen.asked.last(), Some(&Effect::StopEmbedding));
    let late = Msg::Job {
        kind: Kind::Embed,
        generation: screen.latest(Kind::Embed) - 1,
        news: Box::new(News::Downloading { done: 1, total: 2, rate: 0.0 }),
    };
    screen.tell(late);
    assert_eq!(screen.app.model, ModelState::Absent, "what still comes in of it is dropped");

    let has_vector = vec![false; screen.app.snapshot.len()];
    screen.news(Kind::Embed, News::ModelReady { has_vector });
    let why = "not a number in dimension 3";
    screen.news(Kind::Embed, News::SetAside(vec![(1, why.into()), (7, why.into())]));
    embedding(&mut screen, 40);
    assert!(screen.text().contains("2 set aside"));
    screen.type_text("j");
    assert_snapshot!("jobs_embedding_80x24", screen.text());
    screen.resize(200, 60);
    assert_snapshot!("jobs_embedding_200x60", screen.text());
    screen.resize(80, 24);
    screen.type_text("p");
    assert!(screen.text().contains("paused") && screen.asked.contains(&Effect::Pause(true)));
    screen.type_text("px");
    assert_eq!(screen.app.model, ModelState::Stopped);
    assert!(screen.text().contains("stopped"));
    screen.asked.clear();
    screen.type_text("r");
    assert!(matches!(screen.asked[..], [Effect::Embed { .. }]), "{:?}", screen.asked);
    assert!(screen.app.tasks.set_aside.is_empty(), "they are tried again");
}

#[test]
fn what_went_wrong_stays_where_it_can_be_read_and_tried_again() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let reason = "hub.example could not be reached: the name is not known; check the network, or set HF_ENDPOINT to \
                  a mirror";
    screen.news(Kind::Embed, News::ModelFailed(reason.into()));
    screen.news(Kind::Lexical, News::Failed("indexing the words failed: no luck".into()));
    screen.news(Kind::Map, News::Failed("laying out the map failed: no luck".into()));
    screen.type_text("8jjj");
    assert_snapshot!("jobs_failed_80x24", screen.text());
    screen.asked.clear();
    screen.type_text("r");
    assert!(matches!(screen.asked[..], [Effect::Embed { .. }]));
    screen.type_text("kr");
    assert!(!screen.text().contains("no luck") || screen.app.tasks.words_failed.is_none());
    screen.type_text("ggr");
    assert!(matches!(screen.asked.last(), Some(Effect::Load { .. })), "files are read again");
    // What runs is not begun once more.
    screen.asked.clear();
    screen.type_text("r");
    assert!(screen.asked.is_empty());
    // From there to what it is about.
    screen.type_text("G");
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.view, View::Map);
}

#[test]
fn the_first_embedding_says_once_what_it_is_good_for() {
    let mut screen = Screen::open(&sample(), 120, 32);
    chosen(&mut screen, Chosen { welcomed: true, ..Chosen::default() });
    let has_vector = vec![false; screen.app.snapshot.len()];
    screen.news(Kind::Embed, News::ModelReady { has_vector });
    embedding(&mut screen, 140);
    screen.news(Kind::Embed, News::EmbeddingDone);
    assert!(screen.text().contains(
        "Every paper has its vector: neighbours, clusters and the map now rest on meaning, too"
    ));
    assert_eq!(kept(&screen), [Choice::ToldVectors]);
    screen.type_text("j");
    screen.news(Kind::Embed, News::EmbeddingDone);
    assert!(!screen.text().contains("rest on meaning"));
}

#[test]
fn the_first_card() {
    let mut screen = Screen::blank(80, 24);
    chosen(&mut screen, Chosen::default());
    assert_eq!(screen.app.welcome, Welcome::Hidden, "there is nothing to say yet");

    let mut screen = Screen::open(&sample(), 80, 24);
    chosen(&mut screen, Chosen::default());
    assert_snapshot!("welcome_80x24", screen.text());
    screen.news(Kind::Embed, News::ModelAbsent);
    assert_snapshot!("welcome_with_a_question_80x24", screen.text());
    screen.resize(200, 60);
    assert_snapshot!("welcome_with_a_question_200x60", screen.text());
    screen.resize(30, 8);
    let _ = screen.text();
    screen.resize(80, 24);
    // Any key does what it does, and closes it.
    screen.type_text("j");
    assert_eq!((screen.app.welcome, screen.app.library.scroll.cursor), (Welcome::Hidden, 1));
    assert_eq!(kept(&screen), [Choice::Welcomed]);
    chosen(&mut screen, Chosen { welcomed: true, ..Chosen::default() });
    assert_eq!(screen.app.welcome, Welcome::Hidden, "once");
}

#[test]
fn the_question_is_asked_once_and_each_answer_holds() {
    let ask = || {
        let mut screen = Screen::open(&sample(), 120, 32);
        chosen(&mut screen, Chosen::default());
        screen.news(Kind::Embed, News::ModelAbsent);
        screen.asked.clear();
        screen
    };
    let mut screen = ask();
    screen.type_text("d");
    assert!(screen.asked.iter().any(|e| matches!(e, Effect::Embed { download: true, .. })));
    let mut screen = ask();
    screen.type_text("l");
    assert!(screen.text().contains("d downloads SPECTER"), "later is later");
    let mut screen = ask();
    screen.type_text("n");
    assert_eq!(kept(&screen), [Choice::Welcomed, Choice::NeverDownload]);
    assert!(!screen.text().contains("d download"), "{}", screen.text());
    assert!(screen.text().contains("SPECTER is not here"));
    // Whoever asks for it gets it.
    screen.type_text("d");
    assert!(screen.asked.iter().any(|e| matches!(e, Effect::Embed { download: true, .. })));
    // With the model at hand there is nothing to ask: n is no answer.
    let mut screen = Screen::open(&sample(), 120, 32);
    chosen(&mut screen, Chosen::default());
    let has_vector = vec![false; screen.app.snapshot.len()];
    screen.news(Kind::Embed, News::ModelReady { has_vector });
    assert!(screen.text().contains("SPECTER is here") && !screen.text().contains("never ask"));
    screen.type_text("n");
    assert_eq!(kept(&screen), [Choice::Welcomed]);
}

#[test]
fn an_empty_library_offers_the_sample() {
    let mut screen = Screen::blank(80, 24);
    screen.app.files.clear();
    screen.show(screen::library(""));
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    assert_snapshot!(screen.text());
    screen.type_text("E");
    assert_eq!(screen.asked.last(), Some(&Effect::OpenSample));
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("E");
    assert!(!screen.asked.contains(&Effect::OpenSample));
}

#[test]
fn columns_are_chosen_on_the_screen() {
    let mut screen = Screen::open(&sample(), 140, 32);
    chosen(&mut screen, Chosen { welcomed: true, ..Chosen::default() });
    screen.type_text("C");
    assert_eq!(screen.app.mode, Mode::Columns);
    assert_snapshot!("columns_box_140x32", screen.text());
    // Venue in place of the authors, the key first.
    screen.type_text("jjj jjJ");
    screen.press(KeyCode::Esc);
    assert_eq!(screen.app.columns(), &Columns::default(), "esc leaves them as they were");
    screen.type_text("Cjjj j j KKKKK");
    screen.press(KeyCode::Enter);
    let wanted: Columns = "key, state, year, title, venue".parse().unwrap();
    assert_eq!(screen.app.columns(), &wanted);
    assert_eq!(kept(&screen), [Choice::Columns(Some(wanted))]);
    screen.resize(200, 40);
    assert_snapshot!("columns_chosen_200x40", screen.text());
    screen.resize(80, 24);
    assert_snapshot!("columns_chosen_80x24", screen.text());
    screen.type_text("C");
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.columns(), &Columns::default());
}

#[test]
fn lists_are_sorted_by_any_column() {
    let mut screen = Screen::open(&sample(), 120, 32);
    let papers = screen.app.snapshot.papers();
    let ids: Vec<_> = papers.iter().map(|paper| paper.id).collect();
    let mut marks = Marks::default();
    marks.entry(ids[5]).rating = Some(2);
    marks.entry(ids[9]).rating = Some(5);
    marks.entry(ids[3]).state = State::Read;
    marks.entry(ids[4]).state = State::Reading;
    marks.entry(ids[7]).tags = vec!["zeta".into()];
    marks.entry(ids[8]).tags = vec!["alpha".into()];
    let marks = Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    let rows = |screen: &Screen| screen.app.library.rows[..2].to_vec();
    let mut seen = Vec::new();
    for _ in 0..9 {
        screen.type_text("S");
        let sort = screen.app.library.sort;
        seen.push(sort);
        match sort {
            Sort::Rating => assert_eq!(rows(&screen), [9, 5], "the best first"),
            Sort::State => assert_eq!(rows(&screen), [4, 3], "what is begun first"),
            Sort::Tags => assert_eq!(rows(&screen), [8, 7]),
            _ => {}
        }
        if sort == Sort::Rating {
            screen.type_text("r");
            assert_eq!(rows(&screen), [5, 9], "those without come last, whichever way round");
        }
        assert!(screen.text().contains(&format!("sort: {}", sort.name())));
    }
    seen.dedup();
    assert_eq!((seen.len(), seen[8]), (9, Sort::Added));
    // By the column under the cursor of the box; again: the other way round.
    screen.type_text("Cjjs");
    assert_eq!((screen.app.library.sort, screen.app.library.reversed), (Sort::Title, false));
    screen.type_text("s");
    assert!(screen.app.library.reversed);
}

#[test]
fn filters_are_saved_taken_up_and_deleted() {
    let mut screen = Screen::open(&sample(), 100, 30);
    screen.type_text("/year:2018.. -bert\r");
    screen.press(KeyCode::Enter);
    screen.type_text("Fs");
    assert_eq!(screen.app.mode, Mode::Normal, "nothing can be kept before it is read what is");
    chosen(&mut screen, Chosen { welcomed: true, ..Chosen::default() });
    screen.type_text("Fsrecent");
    assert!(screen.text().contains("save the filter as: recent"));
    screen.press(KeyCode::Enter);
    let query = Some("year:2018.. -bert".to_owned());
    assert_eq!(kept(&screen), [Choice::Filter { name: "recent".into(), query }]);
    let filters = [("recent", "year:2018.. -bert"), ("old days", "year:..1980")];
    let filters = filters.map(|(name, query)| (name.to_owned(), query.to_owned()));
    let filters = Arc::new(Saved::new(filters.into()));
    chosen(&mut screen, Chosen { welcomed: true, filters, ..Chosen::default() });
    let recent = screen.app.library.rows.len();
    screen.press(KeyCode::Esc);
    assert!(recent < screen.app.library.rows.len());
    // In a query by its name, completed by tab.
    screen.type_text("/sav");
    screen.press(KeyCode::Tab);
    assert_eq!(screen.app.library.filter.value(), "saved:");
    screen.press(KeyCode::Tab);
    assert_eq!(screen.app.library.filter.value(), "saved:old-days");
    screen.press(KeyCode::Tab);
    assert_eq!(screen.app.library.filter.value(), "saved:recent");
    assert_eq!(screen.app.library.rows.len(), recent);
    assert!(screen.text().contains(&format!("{recent} of 143")));
    screen.type_text("x");
    assert!(screen.text().contains("no filter is saved as `recentx`"), "{}", screen.text());
    screen.press(KeyCode::Esc);
    // Taken up as it was typed.
    screen.type_text("Ffrec");
    screen.press(KeyCode::Tab);
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.library.filter.value(), "year:2018.. -bert");
    assert_eq!(screen.app.library.rows.len(), recent);
    screen.type_text("Ffnone");
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("no filter is saved as none"));
    screen.asked.clear();
    screen.type_text("FdOLD DAYS");
    screen.press(KeyCode::Enter);
    assert_eq!(kept(&screen), [Choice::Filter { name: "old days".into(), query: None }]);
    // What makes no sense is not saved.
    screen.type_text("/ yaer:3\r");
    screen.press(KeyCode::Enter);
    screen.asked.clear();
    screen.type_text("Fswrong");
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("the filter is not saved"), "{}", screen.text());
    assert!(kept(&screen).is_empty());
}

#[test]
fn a_list_follows_the_filter_that_it_names() {
    let mut screen = Screen::open(&sample(), 100, 30);
    let with = |query: &str| {
        let filters = Saved::new([("x".to_owned(), query.to_owned())].into());
        Chosen { welcomed: true, filters: Arc::new(filters), ..Chosen::default() }
    };
    chosen(&mut screen, with("bert"));
    screen.type_text("/saved:x");
    screen.press(KeyCode::Enter);
    let few = screen.app.library.rows.len();
    chosen(&mut screen, with("year:1900.."));
    assert!(screen.app.library.rows.len() > few);
}
