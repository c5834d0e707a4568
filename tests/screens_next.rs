//! What to read next, on the screen.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;

use std::sync::Arc;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use specter_tui::app::effect::{Effect, MarksAct};
use specter_tui::app::jobs::Kind;
use specter_tui::app::next::Source;
use specter_tui::app::state::View;
use specter_tui::event::News;
use specter_tui::library::marks::Marks;
use specter_tui::library::paper::PaperId;

use screen::{Screen, sample};

fn id(screen: &Screen, key: &str) -> PaperId {
    let papers = &screen.app.snapshot;
    papers.papers()[papers.by_key(key).unwrap()].id
}

/// Stars papers.
fn star(screen: &mut Screen, keys: &[&str]) {
    let mut marks = Marks::default();
    for key in keys {
        let mark = marks.entry(id(screen, key));
        (mark.starred, mark.dates.starred) = (true, Some(1_790_000_000));
    }
    let news = News::Marks { marks: Arc::new(marks), said: None, papers_changed: false };
    screen.news(Kind::Marks, news);
}

fn listed(screen: &Screen) -> Vec<String> {
    let papers = screen.app.snapshot.papers();
    screen.app.next.items().iter().map(|item| papers[item.paper].key.clone()).collect()
}

#[test]
fn nothing_is_marked_yet() {
    let mut screen = Screen::open(&sample(), 80, 24);
    star(&mut screen, &[]);
    screen.type_text("6");
    assert_snapshot!(screen.text());
}

#[test]
fn three_stars_make_a_list_with_reasons() {
    for (columns, rows) in [(60, 16), (80, 24), (200, 60)] {
        let mut screen = Screen::open(&sample(), columns, rows);
        star(&mut screen, &["devlin2019bert", "cohan2020specter", "beltagy2019scibert"]);
        screen.type_text("6j");
        assert_snapshot!(format!("three_stars_in_{columns}_by_{rows}"), screen.text());
    }
}

#[test]
fn the_list_follows_the_marks_and_the_cursor_its_paper() {
    let mut screen = Screen::open(&sample(), 100, 30);
    star(&mut screen, &["devlin2019bert"]);
    screen.type_text("6jj");
    let before = listed(&screen);
    let reading = before[2].clone();
    star(&mut screen, &["devlin2019bert", "jinek2012programmable"]);
    let after = listed(&screen);
    assert_ne!(before, after);
    if let Some(place) = after.iter().position(|key| *key == reading) {
        assert_eq!(screen.app.next.scroll.cursor, place);
    }
    screen.type_text("mn");
    let asked = screen.asked.pop();
    assert!(
        matches!(&asked, Some(Effect::Marks { act: MarksAct::Change { papers, .. }, .. })
            if papers[..] == [id(&screen, &listed(&screen)[screen.app.next.scroll.cursor])]),
        "{asked:?}"
    );
}

#[test]
fn a_way_and_a_bridge_between_two_selected_papers() {
    let mut screen = Screen::open(&sample(), 100, 30);
    for key in ["jumper2021highly", "devlin2019bert"] {
        let paper = id(&screen, key);
        screen.app.selection.papers.insert(paper);
    }
    screen.type_text("6MMMM");
    assert_eq!(screen.app.next.source, Source::Bridge);
    assert!(!listed(&screen).contains(&"jumper2021highly".to_owned()));
    screen.type_text("M");
    assert_eq!(screen.app.next.source, Source::Path);
    let way = listed(&screen);
    assert!(way.len() > 2 && way.iter().any(|key| key == "jumper2021highly"), "{way:?}");
    assert!(way.iter().any(|key| key == "devlin2019bert"), "{way:?}");
    screen.type_text("j");
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.current()), (View::Library, way[1].as_str()));
}

#[test]
fn more_like_what_a_query_finds() {
    let mut screen = Screen::open(&sample(), 100, 30);
    star(&mut screen, &["jinek2012programmable"]);
    screen.type_text("6");
    let by_marks = listed(&screen);
    screen.type_text("fauthor:devlin");
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.next.source, Source::Query("author:devlin".to_owned()));
    let by_query = listed(&screen);
    assert_ne!(by_marks, by_query);
    assert!(screen.text().contains("because you named devlin2019bert"), "{}", screen.text());
    screen.type_text("/year:..2015");
    let papers = screen.app.snapshot.papers();
    let years = |screen: &Screen| -> Vec<i32> {
        screen
            .app
            .next
            .items()
            .iter()
            .map(|item| papers_of(screen)[item.paper].year().unwrap())
            .collect()
    };
    assert!(!papers.is_empty());
    let old = years(&screen);
    assert!(!old.is_empty() && old.iter().all(|year| *year <= 2015), "{old:?}");
    assert!(screen.text().contains("/year:..2015"));
    screen.press(KeyCode::Esc);
    assert_eq!(listed(&screen), by_query);
    screen.type_text("M");
    assert_eq!(listed(&screen), by_marks);
}

fn papers_of(screen: &Screen) -> &[specter_tui::library::paper::Paper] {
    screen.app.snapshot.papers()
}

#[test]
fn a_key_leads_to_the_neighbours_among_the_likes() {
    let mut screen = Screen::open(&sample(), 100, 30);
    star(&mut screen, &["devlin2019bert", "cohan2020specter"]);
    screen.type_text("6jL");
    assert_eq!(screen.app.view, View::Neighbours);
    let near: Vec<&str> = (screen.app.shown_neighbours().iter())
        .map(|neighbour| screen.app.snapshot.papers()[neighbour.paper].key.as_str())
        .collect();
    let mut sorted = near.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["cohan2020specter", "devlin2019bert"]);
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Next);
}

#[test]
fn a_cluster_seeds_what_to_read_its_neighbours_and_a_search() {
    let mut screen = Screen::open(&sample(), 120, 32);
    star(&mut screen, &["devlin2019bert"]);
    screen.type_text("4");
    let found = screen.app.clusters.found.clone().unwrap();
    let members = found.papers(screen.app.clusters.row().unwrap());
    screen.type_text("n");
    assert_eq!(screen.app.view, View::Next);
    assert!(!screen.app.next.items().is_empty());
    assert!(screen.app.next.items().iter().all(|item| members.contains(&item.paper)));
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Clusters);

    screen.type_text("=");
    assert_eq!(screen.app.view, View::Neighbours);
    assert!(screen.app.shows_seeds() && !screen.app.shown_neighbours().is_empty());
    assert!(members.contains(&screen.app.snapshot.by_id(screen.app.seeds.like[0]).unwrap()));
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Clusters);

    screen.type_text("f");
    assert_eq!(screen.app.view, View::Search);
    let first = screen.app.search.items.first().unwrap();
    assert!(members.contains(&first.paper), "{}", screen.text());
    screen.press(KeyCode::Esc);
    screen.press(KeyCode::Esc);
    assert_eq!(screen.app.view, View::Clusters);

    screen.type_text("bj");
    assert!(screen.text().contains("a bridge from particle: b at its"), "{}", screen.text());
    screen.type_text("b");
    assert!(matches!(screen.app.next.source, Source::Between(_)), "{:?}", screen.app.next.source);
    assert!(!screen.app.next.items().is_empty());
    assert!(screen.text().contains("shares with the one"), "{}", screen.text());
}

/// New papers, one of which the sample has.
const NEW: &str = r"
@article{x1, title = {Language Models that Read Scientific Text}, author = {Neu, Ada}, year = 2026,
  journal = {Letters}, abstract = {Pre-training of transformers on scientific papers.}}
@article{x2, title = {Editing Genes with Programmable Nucleases}, year = 2026,
  abstract = {A guide RNA leads the nuclease to the genome.}}
@misc{x3, title = {{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding},
  author = {Devlin, Jacob}, year = 2019, doi = {10.18653/v1/N19-1423}}
";

#[test]
fn new_papers_are_ranked_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.bib");
    std::fs::write(&file, NEW).unwrap();
    for (columns, rows) in [(60, 16), (80, 24), (200, 60)] {
        let mut screen = Screen::open(&sample(), columns, rows);
        screen.type_text("7");
        let name = format!("an_empty_inbox_in_{columns}_by_{rows}");
        if columns == 80 {
            assert_snapshot!(name, screen.text());
        }
        star(&mut screen, &["jinek2012programmable"]);
        screen.type_text("O");
        screen.type_text(file.to_str().unwrap());
        screen.press(KeyCode::Enter);
        let inbox = &screen.app.inbox;
        let keys: Vec<&str> =
            inbox.items.iter().map(|item| inbox.paper(item.paper).unwrap().key.as_str()).collect();
        assert_eq!(keys, ["x2", "x1"], "{}", screen.text());
        assert_eq!(inbox.arrivals.as_ref().unwrap().known, 1);
        assert_snapshot!(format!("the_inbox_in_{columns}_by_{rows}"), screen.text());
        screen.type_text("i");
        let asked = screen.asked.pop();
        assert!(
            matches!(&asked, Some(Effect::Marks { act: MarksAct::Keep(entry), .. }) if entry.key == "x2"),
            "{asked:?}"
        );
        screen.press(KeyCode::Enter);
        assert_eq!(screen.app.view, View::Library);
        screen.press(KeyCode::Backspace);
        assert_eq!(screen.app.view, View::Inbox);
    }
}
