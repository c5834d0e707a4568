//! The table of actions keeps its word: each action says what it does, can be reached, and does
//! something wherever it claims to apply.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/screen.rs"]
mod screen;

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use specter_tui::app::action::{Action, Context, TABLE};
use specter_tui::app::chosen::Chosen;
use specter_tui::app::jobs::Kind;
use specter_tui::app::report::Finding;
use specter_tui::app::state::ModelState;
use specter_tui::event::{Msg, News};
use specter_tui::library::diagnostic::{Diagnostic, Severity};
use specter_tui::library::marks::Marks;
use specter_tui::library::query::Saved;

use screen::{Screen, sample};

/// What leads to a place, and is done there before the action.
const PLACES: &[(Context, &[&str])] = &[
    (
        Context::Lists,
        &["1", "1 j j", "1 tab j j", "1 J J", "1 / e enter", "1 + j +", "1 space j", "2 enter"],
    ),
    (
        Context::Search,
        &[
            "s n e t w o r k esc",
            "s n e t w o r k esc j j",
            "s n e t w o r k esc J J",
            "s n e t w o r k esc space j",
            "s n e t w o r k esc + j +",
        ],
    ),
    (
        Context::Clusters,
        &["4", "4 j", "4 tab", "4 tab j j", "4 tab J J", "4 l", "4 l left", "4 tab space j"],
    ),
    (
        Context::Map,
        &["5", "5 + +", "5 + + L", "5 h", "5 j l", "5 / e enter", "5 space h l", "5 space l j"],
    ),
    (Context::Next, &["6", "6 j j", "6 J J", "6 / e enter", "6 space j"]),
    (Context::Inbox, &["7", "7 j", "7 J J"]),
    (Context::Paper, &["1 P", "1 P J J"]),
    (Context::Jobs, &["8", "8 j j", "8 j j j", "8 j j j J J", "8 j j j j"]),
    (Context::Report, &["!", "! j"]),
];

/// The state of the model that the action may need.
fn models() -> Vec<ModelState> {
    let failed = ModelState::Failed("there is no network ".repeat(60));
    vec![ModelState::Starting, ModelState::Absent, failed, ModelState::Done]
}

/// A library of twenty papers, with marks, findings, new papers, and one that is missing.
fn screen(new: &str) -> Screen {
    let bib: String = sample().split_inclusive("\n@").take(21).collect();
    let mut screen = Screen::open(bib.trim_end_matches('@'), 100, 24);
    let mut marks = Marks::default();
    for paper in screen.app.snapshot.papers() {
        let mark = marks.entry(paper.id);
        mark.starred = paper.id.0 % 5 == 0;
        (mark.tags, mark.lists) = (vec!["graphs".to_owned()], vec!["thesis".to_owned()]);
    }
    let marks = Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    let finding = |line| Finding {
        path: Arc::new("papers.bib".into()),
        diagnostic: Diagnostic {
            severity: Severity::Warning,
            line,
            column: 1,
            key: None,
            message: "odd".to_owned(),
        },
    };
    let findings = vec![finding(1), finding(2)];
    screen.news(Kind::Load, News::LoadDone { findings, errors: Vec::new() });
    let filters = [("few".to_owned(), "graph".to_owned())].into();
    let chosen =
        Chosen { welcomed: true, filters: Arc::new(Saved::new(filters)), ..Chosen::default() };
    screen.news(Kind::Keep, News::Chosen { chosen, said: None });
    screen.app.missing = 1;
    screen.type_text("7O");
    screen.type_text(new);
    press(&mut screen, "enter");
    press(&mut screen, "1");
    screen
}

/// Presses a key by its name in the table.
fn press(screen: &mut Screen, name: &str) {
    let (modifiers, key) = match name.split_once('-') {
        Some(("ctrl", key)) => (KeyModifiers::CONTROL, key),
        Some(("shift", key)) => (KeyModifiers::SHIFT, key),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match key {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "space" => KeyCode::Char(' '),
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        key => KeyCode::Char(key.chars().next().unwrap()),
    };
    screen.tell(Msg::Input(Event::Key(KeyEvent::new(code, modifiers))));
}

fn press_all(screen: &mut Screen, names: &str) {
    names.split(' ').for_each(|name| press(screen, name));
}

/// Does the action do anything after these keys, that one sees or that is asked for?
fn does_something(action: Action, keys: &str, context: Context, new: &str, place: &str) -> bool {
    models().into_iter().any(|model| {
        let mut screen = screen(new);
        screen.app.model = model;
        press_all(&mut screen, place);
        if screen.app.context() != context || !screen.app.works_here(action) {
            return false;
        }
        screen.asked.clear();
        let before = screen.text();
        press_all(&mut screen, keys);
        screen.quit || !screen.asked.is_empty() || screen.text() != before
    })
}

#[test]
fn every_action_does_something_wherever_it_applies() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.bib");
    let entry = |key| {
        format!(
            "@misc{{{key}, title = {{{key} networks of words}}, year = 2026,
        abstract = {{{}}}}}\n",
            "Many words of a network. ".repeat(80)
        )
    };
    std::fs::write(&new, ["a", "b", "c"].map(entry).concat()).unwrap();
    let new = new.to_str().unwrap();
    let mut idle = Vec::new();
    // An empty library has a test of its own.
    for entry in TABLE.iter().filter(|entry| entry.action != Action::OpenSample) {
        assert!(!entry.description.is_empty() && !entry.name.is_empty(), "{:?}", entry.action);
        assert!(!entry.scope.is_empty(), "{} applies nowhere", entry.name);
        let Some(keys) = entry.keys.first() else { continue };
        for (context, places) in PLACES.iter().filter(|(at, _)| entry.scope.contains(at)) {
            let works = |place: &&str| does_something(entry.action, keys, *context, new, place);
            if !places.iter().any(works) {
                idle.push((entry.name, *context));
            }
        }
    }
    assert!(idle.is_empty(), "these do nothing: {idle:#?}");
}

#[test]
fn every_action_is_in_the_palette_where_it_can_be_done() {
    for entry in TABLE.iter().filter(|entry| entry.keys.is_empty()) {
        let mut screen = Screen::open(&sample(), 100, 40);
        screen.type_text(":");
        screen.type_text(entry.name);
        assert!(screen.text().contains(entry.name), "{} has no key and no entry", entry.name);
    }
}
