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
