//! The README is in step with the program. `UPDATE_README=1 cargo test --test readme` brings it there.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;

use std::path::Path;

use screen::{Screen, sample};
use specter_tui::app::action;
use specter_tui::app::jobs::Kind;
use specter_tui::embed::worker::Progress;
use specter_tui::event::News;

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
    let mut screen = Screen::open(&sample(), 110, 26);
    screen.type_text("/jumper\r");
    screen.press(crossterm::event::KeyCode::Esc);
    screen.press(crossterm::event::KeyCode::Enter);
    let progress = Progress {
        done: 96,
        total: 143,
        papers_per_second: 3.4,
        left: Some(std::time::Duration::from_secs(14)),
    };
    screen.news(Kind::Embed, News::Embedded { papers: Vec::new(), progress });
    let rows: Vec<String> =
        screen.text().lines().map(|line| line.trim_matches('"').trim_end().to_owned()).collect();
    check("screen", &format!("```text\n{}\n```\n", rows.join("\n").trim_end()));
}
