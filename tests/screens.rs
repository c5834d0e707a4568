//! What is on the screen, for every size and state that matters, and what keys do to it.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
mod screen;

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use insta::assert_snapshot;
use specter_tui::app::effect::{Effect, MarksAct};
use specter_tui::app::jobs::Kind;
use specter_tui::app::keymap::Keymap;
use specter_tui::app::listing::{Listing, Sort};
use specter_tui::app::report::Finding;
use specter_tui::app::state::{Mode, Notice, Pane, View};
use specter_tui::config::{Choice, Keys, Place};
use specter_tui::embed::worker::Progress;
use specter_tui::event::{Msg, News};
use specter_tui::library::import::parse::parse;
use specter_tui::library::marks::{Change, Marks, State};
use specter_tui::library::paper::{Paper, PaperId, Snapshot, Source};
use specter_tui::library::versions::Versions;
use specter_tui::similarity::rank::Ranking;

use screen::{Screen, sample};

const ONE: &str = "@article{only, title = {The Only Paper}, author = {Solo, Hana}, year = 2020}";

const WIDE_CHARACTERS: &str = "
@article{wang2020, title = {预训练语言模型的可解释性研究：一项综述与展望},
  author = {王, 小明 and 李, 华}, year = 2020, abstract = {本文综述了预训练语言模型的可解释性研究。}}
@article{evil, title = {Safe\u{1b}[31m title \u{202e}reversed}, author = {O'Neil, Zo\\\"e}, year = 1999,
  abstract = {An e\u{301}tude with emoji 👩‍🔬 in it.}}";

#[test]
fn before_anything_is_read() {
    assert_snapshot!(Screen::blank(80, 24).text());
}

#[test]
fn an_empty_file() {
    assert_snapshot!(Screen::open("", 80, 24).text());
}

#[test]
fn one_paper() {
    assert_snapshot!(Screen::open(ONE, 80, 24).text());
}

#[test]
fn the_sample_in_40_by_12() {
    assert_snapshot!(Screen::open(&sample(), 40, 12).text());
}

#[test]
fn the_sample_in_80_by_24() {
    assert_snapshot!(Screen::open(&sample(), 80, 24).text());
}

#[test]
fn the_sample_in_200_by_60() {
    assert_snapshot!(Screen::open(&sample(), 200, 60).text());
}

#[test]
fn wide_and_hostile_characters() {
    let mut screen = Screen::open(WIDE_CHARACTERS, 80, 24);
    screen.type_text("j");
    assert_snapshot!(screen.text());
}

#[test]
fn a_filter_being_typed() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("/graph netw");
    assert_snapshot!(screen.text());
}

#[test]
fn the_help() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("?");
    assert_snapshot!(screen.text());
}

#[test]
fn the_palette_finds_an_action_and_does_it() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text(":");
    assert_snapshot!(screen.text());
    screen.type_text("revers");
    assert!(screen.text().contains("sort-reverse"));
    screen.press(KeyCode::Enter);
    assert!(screen.app.library.reversed);
    assert_eq!(screen.app.mode, Mode::Normal);
    screen.type_text(":pause");
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("pause does nothing here"));
}

#[test]
fn the_neighbours_have_a_tab() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("2j");
    assert_eq!((screen.app.view, screen.app.neighbours.scroll.cursor), (View::Neighbours, 1));
    assert_snapshot!(screen.text());
    screen.type_text("1");
    assert_eq!((screen.app.view, screen.app.pane), (View::Library, Pane::Library));
}

#[test]
fn movements_can_be_counted_and_keys_begin_others() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let alt = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT);
    for c in ['1', '2'] {
        screen.tell(Msg::Input(Event::Key(alt(c))));
    }
    screen.type_text("j");
    assert_eq!(screen.app.library.scroll.cursor, 12);
    screen.type_text("j");
    assert_eq!(screen.app.library.scroll.cursor, 13, "a count is for one movement");
    screen.type_text("g");
    assert!(screen.text().contains("top"), "what can follow is shown");
    screen.type_text("g");
    assert_eq!(screen.app.library.scroll.cursor, 0);
    screen.type_text("gj");
    assert_eq!(screen.app.library.scroll.cursor, 0, "what is no sequence does nothing");
}

#[test]
fn marks_go_to_the_paper_or_to_all_that_are_selected() {
    let mut screen = Screen::open(&sample(), 100, 30);
    let ids: Vec<PaperId> =
        screen.app.library.rows.iter().map(|&row| screen.app.snapshot.papers()[row].id).collect();
    let asked = |screen: &mut Screen| match screen.asked.pop() {
        Some(Effect::Marks { act: MarksAct::Change { papers, changes }, .. }) => (papers, changes),
        other => panic!("{other:?}"),
    };
    screen.type_text("*");
    assert_eq!(asked(&mut screen), (vec![ids[0]], vec![Change::Star(true)]));
    screen.type_text(" jjv");
    screen.type_text("mr");
    let first_four = ids[..4].to_vec();
    assert_eq!(asked(&mut screen), (first_four.clone(), vec![Change::State(State::Read)]));
    screen.type_text("tgraphs");
    screen.press(KeyCode::Enter);
    assert_eq!(asked(&mut screen), (first_four.clone(), vec![Change::Tag("graphs".into())]));
    let mut marks = Marks::default();
    for &paper in &ids[..4] {
        let mark = marks.entry(paper);
        (mark.state, mark.tags) = (State::Read, vec!["graphs".into()]);
    }
    marks.entry(ids[0]).starred = true;
    marks.entry(ids[5]).not_for_me = true;
    let said = Notice { text: "read · 4 papers".into(), can_be_undone: true };
    let (marks, said) = (Arc::new(marks), Some(said));
    screen.news(Kind::Marks, News::Marks { marks, said, papers_changed: false });
    assert_snapshot!(screen.text());
    screen.type_text("T");
    screen.press(KeyCode::Tab);
    screen.press(KeyCode::Enter);
    assert_eq!(asked(&mut screen), (first_four.clone(), vec![Change::Untag("graphs".into())]));
    screen.type_text("mr");
    let again = vec![Change::State(State::Unread)];
    assert_eq!(asked(&mut screen), (first_four, again), "what all have is taken from them");
    screen.press(KeyCode::Esc);
    assert!(screen.app.selection.papers.is_empty());
    assert!(screen.text().contains("★ 2017 Attention"));
}

#[test]
fn a_model_that_cannot_be_had() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let reason = "hub.example could not be reached; check the network";
    screen.news(Kind::Embed, News::ModelFailed(reason.to_owned()));
    assert_snapshot!(screen.text());
}

#[test]
fn embedding_under_way() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let mut has_vector = vec![false; screen.app.snapshot.len()];
    has_vector[0] = true;
    screen.news(Kind::Embed, News::ModelReady { has_vector });
    let progress = Progress {
        done: 40,
        total: 140,
        papers_per_second: 12.34,
        left: Some(std::time::Duration::from_secs(81)),
    };
    screen.news(Kind::Embed, News::Embedded { papers: vec![1, 2], progress });
    assert_snapshot!(screen.text());
    assert!(screen.app.has_vector[2]);
    screen.type_text("p");
    assert!(screen.text().contains("paused"));
    assert!(screen.asked.contains(&Effect::Pause(true)));
}

const FAULTY: &str = "@article{first, title = {One}, year = 2001 author = {Solo, Hana}}
@article{first, title = {Two and more}, yaer = unknownmacro}
@article without a brace
Text between the entries.
@article{last, title = {Cut off";

/// What is wrong in a `.bib` text.
fn findings(bib: &str) -> Vec<Finding> {
    let path = std::sync::Arc::new(std::path::PathBuf::from("/home/hana/papers.bib"));
    let found = |diagnostic| Finding { path: std::sync::Arc::clone(&path), diagnostic };
    parse(bib.as_bytes()).diagnostics.into_iter().map(found).collect()
}

#[test]
fn what_is_wrong_in_the_files() {
    let mut screen = Screen::open(FAULTY, 80, 24);
    screen.news(Kind::Load, News::LoadDone { findings: findings(FAULTY), errors: Vec::new() });
    assert!(screen.text().contains("warnings · ! shows them"));
    screen.type_text("!j");
    assert_snapshot!("the_report_in_80_by_24", screen.text());
    screen.resize(200, 60);
    assert_snapshot!("the_report_in_200_by_60", screen.text());
    screen.resize(40, 12);
    assert_snapshot!("the_report_in_40_by_12", screen.text());
    screen.press(KeyCode::Enter);
    let Some(Effect::Edit { line, .. }) = screen.asked.last() else { panic!("no editor") };
    assert_eq!(*line, screen.app.report.findings[1].diagnostic.line);
    // Keys of the lists do nothing here.
    screen.type_text("hSr");
    assert_eq!(screen.app.ranking, Ranking::Hybrid);
    screen.press(KeyCode::Backspace);
    assert!(screen.text().contains("Neighbours of"));
    // All is mended: there is nothing to go back to.
    screen.type_text("!");
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    assert!(screen.text().contains("Neighbours of"));
    screen.type_text("!");
    assert!(screen.text().contains("Neighbours of"));
    assert!(screen.text().contains("the report is empty"));
}

#[test]
fn papers_missing_from_their_file() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("jj");
    let (current, shown) = (screen.current().to_owned(), screen.app.neighbours.items.clone());
    let path = std::sync::Arc::new(std::path::PathBuf::from("/home/hana/papers.bib"));
    let missing = |paper: &Paper| Paper {
        missing: true,
        source: Source { path: std::sync::Arc::clone(&path), line: paper.source.line },
        ..paper.clone()
    };
    let papers: Vec<Paper> = screen.app.snapshot.papers()[1..].iter().map(missing).collect();
    screen.hold = true;
    screen.show(Snapshot::new(papers));
    // The cursor stays, and so do the neighbours while they are being looked for again.
    assert_eq!(screen.current(), current);
    let keys: Vec<usize> = shown.iter().map(|n| n.paper).filter(|&paper| paper > 0).collect();
    let now: Vec<usize> = screen.app.neighbours.items.iter().map(|n| n.paper + 1).collect();
    assert_eq!(now, keys);
    assert_snapshot!(screen.text());
    screen.type_text("X");
    assert!(screen.text().contains("Forget 142 missing papers?"));
    screen.type_text("j");
    assert!(!screen.asked.iter().any(forgets));
    screen.type_text("Xy");
    assert!(screen.asked.iter().any(forgets));
    // The entry is nowhere to be edited.
    screen.type_text("e");
    assert!(!matches!(screen.asked.last(), Some(Effect::Edit { .. })));
}

fn forgets(effect: &Effect) -> bool {
    matches!(effect, Effect::Forget { .. })
}

#[test]
fn what_the_file_tells_besides_is_shown_and_found() {
    let mut screen = Screen::open(
        "@misc{draft, title = {Waves of deep water}, author = {Ngo, L.}, date = {2018-05/2018-06},
           eprint = {1801.00001}, groups = {Oceans}, mendeley-tags = {wet}, readstatus = {read},
           ranking = {rank2}, priority = {prio1}, note = {To appear.}, file = {:deep.pdf:PDF}}
         @article{final, title = {Waves of deep water}, author = {Ngo, Linh}, year = {2019},
           month = mar, journal = {Deep Sea}, doi = {10.1/w}}
         @misc{other, title = {Dry sand}, year = {2019}, month = may}",
        100,
        40,
    );
    assert!(!screen.text().contains("maybe"), "nobody looked yet");
    let versions = Versions::find(&screen.app.snapshot);
    screen.news(Kind::Load, News::Versions(std::sync::Arc::new(versions)));
    assert_snapshot!(screen.text());
    // Within a year, the latest month first.
    screen.type_text("S");
    let years: Vec<String> = (screen.app.library.rows.iter())
        .map(|&row| screen.app.snapshot.papers()[row].key.clone())
        .collect();
    assert_eq!(years, ["other", "final", "draft"]);
    for word in ["oceans", "wet"] {
        screen.type_text(&format!("/{word}"));
        assert_eq!(screen.app.library.rows, [0], "{word}");
        screen.press(KeyCode::Esc);
    }
    // They are of the library that is shown.
    let snapshot = std::sync::Arc::default();
    screen.news(Kind::Load, News::Loaded { snapshot, listing: std::sync::Arc::default() });
    assert!(screen.app.versions.pairs().is_empty());
}

#[test]
fn every_size_can_be_drawn() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.news(Kind::Load, News::LoadDone { findings: findings(FAULTY), errors: Vec::new() });
    for (columns, rows) in
        [(1, 1), (29, 8), (30, 7), (30, 8), (99, 17), (100, 18), (500, 3), (3, 200)]
    {
        screen.resize(columns, rows);
        for keys in ["", "jjG", "!jG", "!g/x", "?"] {
            screen.type_text(keys);
            let _ = screen.text();
        }
        screen.press(KeyCode::Esc);
        screen.press(KeyCode::Esc);
    }
    screen.resize(20, 5);
    assert!(screen.text().contains("specter-tui needs"));
}

#[test]
fn walking_from_neighbour_to_neighbour_and_back() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("/devlin2019bert");
    screen.press(KeyCode::Enter);
    assert_eq!(screen.current(), "devlin2019bert");
    screen.press(KeyCode::Esc);
    let mut trail = vec![screen.current().to_owned()];
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.pane, Pane::Neighbours);
    for _ in 0..3 {
        let neighbour = screen.app.neighbours.items[0].paper;
        let key = screen.app.snapshot.papers()[neighbour].key.clone();
        screen.press(KeyCode::Enter);
        assert_eq!(screen.current(), key);
        trail.push(key);
    }
    assert!(screen.text().contains("trail: "));
    for key in trail.iter().rev().skip(1) {
        screen.press(KeyCode::Backspace);
        assert_eq!(screen.current(), key);
    }
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.pane, Pane::Library);
    assert!(screen.app.trail.is_empty());
}

#[test]
fn the_library_s_cursor_follows_the_dive() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Enter);
    let row = screen.app.library.rows[screen.app.library.scroll.cursor];
    assert_eq!(Some(row), screen.app.current_index());
}

#[test]
fn diving_faster_than_neighbours_are_found() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.press(KeyCode::Enter);
    let items = screen.app.neighbours.items.clone();
    let answer = |screen: &mut Screen| {
        let of = screen.app.centre().unwrap();
        // Others than those that were dived into.
        let neighbours = items[screen.app.trail.len()..].to_vec();
        screen.news(Kind::Neighbours, News::Neighbours { of, neighbours });
    };
    screen.hold = true;
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.trail.len(), 1);
    answer(&mut screen);
    assert_eq!(screen.app.trail.len(), 2);
    // Another key, and it is no longer wanted.
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Down);
    answer(&mut screen);
    assert_eq!(screen.app.trail.len(), 2);
}

#[test]
fn filter_words_stand_in_any_order() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let all = screen.app.library.rows.len();
    screen.type_text("/2019 devlin BERT");
    assert_eq!(screen.app.library.rows.len(), 1);
    assert_eq!(screen.current(), "devlin2019bert");
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.mode, Mode::Normal);
    assert_eq!(screen.app.library.rows.len(), 1);
    screen.press(KeyCode::Esc);
    assert_eq!(screen.app.library.rows.len(), all);
    assert_eq!(screen.current(), "devlin2019bert", "the cursor stays on its paper");
    screen.type_text("/no such paper anywhere");
    assert_eq!(screen.app.library.rows.len(), 0);
    assert!(screen.text().contains("esc clears the filter"));
    // Keys that are actions elsewhere are letters here.
    assert!(!screen.quit);
}

#[test]
fn a_filter_of_abstracts_waits_until_they_are_prepared() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let all = screen.app.library.rows.len();
    screen.hold = true;
    screen.type_text("/abstract:bidirectional");
    assert_eq!(screen.app.library.rows.len(), all);
    let asked = screen.asked.iter().rev().find_map(|effect| match effect {
        Effect::Fold { query, .. } => Some(query.clone()),
        _ => None,
    });
    screen.app.askable().prepare(&asked.unwrap());
    screen.news(Kind::Fold, News::Folded);
    let found = screen.app.library.rows.len();
    assert!(found > 0 && found < all / 2, "{found} of {all}");
    screen.asked.clear();
    screen.type_text("x");
    assert!(screen.app.library.rows.is_empty());
    assert!(!screen.asked.iter().any(|effect| matches!(effect, Effect::Fold { .. })));
}

#[test]
fn sorted_by_each_column_and_reversed() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let column = |screen: &Screen| -> Vec<Option<i32>> {
        let papers = screen.app.snapshot.papers();
        screen.app.library.rows.iter().map(|&row| papers[row].year()).collect()
    };
    screen.type_text("S");
    assert_eq!(screen.app.library.sort, Sort::Year);
    assert!(column(&screen).is_sorted_by(|a, b| a >= b));
    screen.type_text("r");
    assert!(column(&screen).is_sorted());
    screen.type_text("SS");
    assert_eq!(screen.app.library.sort, Sort::Title);
    assert!(screen.text().contains("sort: title ↑"));
}

#[test]
fn stale_news_is_dropped() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let generation = screen.latest(Kind::Neighbours);
    screen.type_text("j");
    let of = screen.app.centre().unwrap();
    let shown = screen.app.neighbours.items.clone();
    let news = Box::new(News::Neighbours { of, neighbours: Vec::new() });
    screen.tell(Msg::Job { kind: Kind::Neighbours, generation, news });
    assert_eq!(screen.app.neighbours.items, shown);
}

/// The sample library with fewer papers.
fn shorter() -> (std::sync::Arc<Snapshot>, std::sync::Arc<Listing>) {
    let snapshot = std::sync::Arc::new(screen::library(ONE));
    let listing = std::sync::Arc::new(Listing::new(&snapshot));
    (snapshot, listing)
}

#[test]
fn neighbours_of_a_library_that_is_gone_are_dropped() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.hold = true;
    screen.type_text("G");
    let of = screen.app.centre().unwrap();
    let generation = screen.latest(Kind::Neighbours);
    let neighbours = screen.app.neighbours.items.clone();
    let (snapshot, listing) = shorter();
    screen.news(Kind::Load, News::Loaded { snapshot, listing });
    let news = Box::new(News::Neighbours { of, neighbours });
    screen.tell(Msg::Job { kind: Kind::Neighbours, generation, news });
    assert!(screen.app.neighbours.items.is_empty());
    screen.press(KeyCode::Tab);
    assert!(screen.text().contains("The Only Paper"));
}

#[test]
fn enter_does_nothing_while_neighbours_are_looked_for() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.press(KeyCode::Enter);
    screen.hold = true;
    screen.press(KeyCode::Enter);
    let (current, trail) = (screen.current().to_owned(), screen.app.trail.clone());
    screen.press(KeyCode::Enter);
    screen.type_text("jjJ");
    assert_eq!((screen.current(), &screen.app.trail), (current.as_str(), &trail));
}

#[test]
fn vectors_that_come_in_fast_do_not_put_the_answer_off() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.hold = true;
    screen.type_text("j");
    let generation = screen.latest(Kind::Neighbours);
    let progress = Progress { done: 1, total: 2, papers_per_second: 1.0, left: None };
    for _ in 0..5 {
        screen.news(Kind::Embed, News::Embedded { papers: vec![0], progress });
    }
    assert_eq!(screen.latest(Kind::Neighbours), generation);
    let of = screen.app.centre().unwrap();
    screen.news(Kind::Neighbours, News::Neighbours { of, neighbours: Vec::new() });
    assert_eq!(screen.latest(Kind::Neighbours), generation + 1, "and then it is asked again");
}

#[test]
fn the_trail_outlives_sorting_but_not_walking() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Enter);
    let (current, trail) = (screen.current().to_owned(), screen.app.trail.clone());
    assert_eq!(trail.len(), 1);
    screen.type_text("Sr");
    screen.press(KeyCode::Esc);
    assert_eq!((screen.current(), &screen.app.trail), (current.as_str(), &trail));
    screen.press(KeyCode::Left);
    screen.type_text("gg");
    screen.type_text("j");
    assert!(screen.app.trail.is_empty());
}

#[test]
fn a_failed_job_is_a_line_on_the_screen() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.news(Kind::Lexical, News::Failed("indexing the words failed: no luck".into()));
    assert!(screen.text().contains("no luck"));
    screen.type_text("j");
    assert!(!screen.text().contains("no luck"));
    // One that ends embedding stays, and can be tried again.
    screen.news(Kind::Embed, News::Failed("embedding failed: disk full".into()));
    screen.type_text("j");
    assert!(screen.text().contains("disk full"));
    assert!(screen.text().contains("ctrl-r try again"));
    screen.asked.clear();
    let ctrl_r = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::CONTROL);
    screen.tell(Msg::Input(Event::Key(ctrl_r)));
    assert!(matches!(screen.asked[..], [Effect::Embed { .. }]));
}

#[test]
fn a_library_that_cannot_be_read_says_so_until_it_can() {
    let mut screen = Screen::blank(80, 24);
    screen.news(Kind::Load, News::Failed("the library l.sqlite: disk I/O error".into()));
    screen.type_text("j");
    assert!(screen.text().contains("disk I/O error"));
    assert!(!screen.text().contains("no entries"));
}

#[test]
fn the_footer_shows_what_works_here() {
    let mut screen = Screen::open(&sample(), 120, 32);
    assert!(!screen.text().contains("back"), "nothing to go back to");
    assert!(!screen.text().contains("pause"), "nothing to pause");
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("backspace back"));
}

#[test]
fn ctrl_c_is_a_way_out_whatever_the_keys_are() {
    let mut screen = Screen::open(&sample(), 80, 24);
    let place = Place { path: "config.toml".into(), line: 1, column: 1 };
    let choice = Choice { keys: Keys::Many(Vec::new()), place };
    let choices = std::collections::BTreeMap::from([("quit".to_owned(), choice)]);
    screen.app.keymap = Keymap::new(&choices).unwrap();
    screen.type_text("q");
    assert!(!screen.quit);
    let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    screen.tell(Msg::Input(Event::Key(ctrl_c)));
    assert!(screen.quit);
}

#[test]
fn the_paper_under_the_cursor_is_embedded_first() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("jj");
    let focus = screen.asked.iter().rev().find_map(|effect| match effect {
        Effect::Focus(texts) => Some(texts.clone()),
        _ => None,
    });
    let focus = focus.unwrap();
    assert_eq!(focus[0], screen.app.current_paper().unwrap().text_hash);
    assert!(focus.len() > 5);
}

#[test]
fn the_ranking_goes_round() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("h");
    assert_eq!(screen.app.ranking, Ranking::Dense);
    assert!(screen.text().contains("no vector yet"));
    screen.type_text("hh");
    assert_eq!(screen.app.ranking, Ranking::Hybrid);
}

#[test]
fn the_library_may_change_under_the_reader() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("/devlin2019bert");
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Esc);
    let shorter = sample().replace("vaswani2017attention", "renamed2017");
    let snapshot = std::sync::Arc::new(screen::library(&shorter));
    let listing = std::sync::Arc::new(Listing::new(&snapshot));
    screen.news(Kind::Load, News::Loaded { snapshot, listing });
    assert_eq!(screen.current(), "devlin2019bert");
    screen.type_text("q");
    assert!(screen.quit);
}
