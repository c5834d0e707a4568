//! The README is in step with the program. `UPDATE_README=1 cargo test --test readme` brings it there.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;
#[path = "support/svg.rs"]
mod svg;

use std::path::Path;

use crossterm::event::KeyCode;

use screen::{Screen, sample};
use specter_tui::app::action;
use specter_tui::app::jobs::Kind;
use specter_tui::event::News;
use specter_tui::library::marks::{Marks, State};
use specter_tui::ui::theme::{Choice, Depth, Look};

/// The text between `<!-- name: begin -->` and `<!-- name: end -->` must be this one.
fn check(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let start = readme.find(&begin).unwrap() + begin.len();
    let stop = readme.find(&end).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        let readme = format!("{}{wanted}{}", &readme[..start], &readme[stop..]);
        std::fs::write(&path, readme).unwrap();
    } else {
        assert_eq!(&readme[start..stop], wanted, "run UPDATE_README=1 cargo test --test readme");
    }
}

#[test]
fn the_readme_is_in_step() {
    check("keys", &action::markdown());
}

/// What the pictures show: a name, what it is, and the keys that lead there.
const SCREENSHOTS: [(&str, &str, &str); 4] = [
    (
        "library",
        "The library, the neighbours of a paper, and why they are close",
        "/jumper\r\x1b\r",
    ),
    ("clusters", "The clusters of the library, one of them opened", "4l"),
    ("map", "The map of the library", "/cortex\r\x1b5"),
    ("next", "What to read next, and why", "6"),
];

/// The sample library with some papers marked.
fn marked() -> Screen {
    let mut screen = Screen::open(&sample(), 110, 32);
    let mut marks = Marks::default();
    for (key, state, starred) in [
        ("vaswani2017attention", State::Read, true),
        ("devlin2019bert", State::Read, false),
        ("cohan2020specter", State::Reading, false),
        ("watson1953molecular", State::Read, true),
        ("kipf2017semi", State::Queued, false),
        ("jumper2021highly", State::Reading, true),
    ] {
        let mut papers = screen.app.snapshot.papers().iter();
        let mark = marks.entry(papers.find(|paper| paper.key == key).expect(key).id);
        (mark.state, mark.starred) = (state, starred);
    }
    let marks = std::sync::Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    screen.news(Kind::Embed, News::NoModel);
    screen
}

/// `UPDATE_SCREENSHOTS=1 cargo test --test readme` draws them anew.
#[test]
fn the_screenshots_are_in_step() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots");
    for (name, about, keys) in SCREENSHOTS {
        let mut screen = marked();
        for key in keys.chars() {
            screen.press(match key {
                '\r' => KeyCode::Enter,
                '\x1b' => KeyCode::Esc,
                c => KeyCode::Char(c),
            });
        }
        for (choice, ink, ground) in
            [(Choice::Dark, "#e4e4e4", "#1d2026"), (Choice::Light, "#262a2e", "#ffffff")]
        {
            let look = Look { choice, depth: Depth::True, ..Look::default() };
            let drawn = screen.drawn(&look.theme());
            let picture = svg::picture(drawn.buffer(), about, ink, ground);
            let document = roxmltree::Document::parse(&picture).expect("a document");
            let texts = document.descendants().filter(|node| node.has_tag_name("text"));
            assert!(
                texts.clone().count() > 50
                    && texts.clone().all(|text| text.has_attribute("textLength"))
            );
            let path = folder.join(format!("{name}-{}.svg", choice.name()));
            if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, picture).unwrap();
            } else {
                let is_same = std::fs::read_to_string(&path).is_ok_and(|old| old == picture);
                assert!(is_same, "{name}: run UPDATE_SCREENSHOTS=1 cargo test --test readme");
            }
        }
    }
}
