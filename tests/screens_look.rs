//! What the screen looks like: themes, and signs in ASCII.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/screen.rs"]
mod screen;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use specter_tui::app::jobs::Kind;
use specter_tui::app::report::Finding;
use specter_tui::app::state::{Mode, View};
use specter_tui::embed::worker::Progress;
use specter_tui::event::{Msg, News};
use specter_tui::library::diagnostic::{Diagnostic, Severity};
use specter_tui::library::marks::{Marks, State};
use specter_tui::ui::symbols;
use specter_tui::ui::theme::{Background, Choice, Depth, Look, Theme};

use screen::{Screen, sample};

/// The sample library in ASCII: without letters of other alphabets, and without commands that make such.
fn plain_sample() -> String {
    sample().chars().filter(|c| c.is_ascii() && !"\\_^$".contains(*c)).collect()
}

/// A screen on which every sign has a reason to be there.
fn busy(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::open(&plain_sample(), columns, rows);
    let papers: Vec<_> = screen.app.snapshot.papers().iter().map(|paper| paper.id).collect();
    let mut marks = Marks::default();
    for (at, &id) in papers.iter().enumerate().take(60) {
        let mark = marks.entry(id);
        match at % 6 {
            0 => mark.state = State::Read,
            1 => mark.state = State::Reading,
            2 => mark.state = State::Queued,
            3 => mark.starred = true,
            4 => mark.not_for_me = true,
            _ => mark.tags = vec!["graphs".to_owned(), "to cite".to_owned()],
        }
    }
    let marks = std::sync::Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    let findings = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| Finding {
        path: std::sync::Arc::new("papers.bib".into()),
        diagnostic: Diagnostic {
            severity,
            line: 7,
            column: 3,
            key: Some("key".to_owned()),
            message: "a brace is missing: read to the next entry …".to_owned(),
        },
    });
    let errors = Vec::new();
    screen.news(Kind::Load, News::LoadDone { findings: findings.into(), errors });
    let left = Some(std::time::Duration::from_secs(81));
    let progress = Progress { done: 40, total: 140, papers_per_second: 12.34, left };
    screen.news(Kind::Embed, News::Embedded { papers: Vec::new(), progress });
    screen
}

/// The views with what can be open in them: a name, and the keys that lead there.
const VIEWS: &[(&str, &str)] = &[
    ("library", "1"),
    ("library filtered", "1/graph\r"),
    ("library filter typed", "1/author:"),
    ("selection", "1 jj v"),
    ("seeds", "1+jj-"),
    ("neighbours", "2jw"),
    ("trail", "1\r\r\r"),
    ("search", "sgraph networks\x1b"),
    ("search, empty", "3"),
    ("clusters", "4ll"),
    ("clusters, papers", "4l\t"),
    ("bridge", "4b"),
    ("rename", "4R"),
    ("map", "5"),
    ("map, close", "5+++"),
    ("map filtered", "5/graph\r"),
    ("next", "6"),
    ("inbox", "7"),
    ("report", "!"),
    ("paper", "1P"),
    ("jobs", "8"),
    ("columns", "1C"),
    ("help", "?"),
    ("palette", ":"),
    ("tag", "1t"),
    ("keys begun", "1m"),
];

fn cells(buffer: &Buffer) -> impl Iterator<Item = (u16, u16, &str)> {
    let area = buffer.area;
    (area.top()..area.bottom()).flat_map(move |y| {
        (area.left()..area.right()).map(move |x| (x, y, buffer[(x, y)].symbol()))
    })
}

#[test]
fn in_ascii_everything_is_ascii() {
    let themes = [Theme::colored(), Theme::plain()];
    let themes = themes.map(|theme| theme.with_symbols(&symbols::ASCII));
    for (name, keys) in VIEWS {
        let mut screen = busy(120, 32);
        for key in keys.chars() {
            screen.press(match key {
                '\r' => KeyCode::Enter,
                '\t' => KeyCode::Tab,
                '\x1b' => KeyCode::Esc,
                c => KeyCode::Char(c),
            });
        }
        for (columns, rows) in [(200, 60), (120, 32), (80, 24), (40, 12), (20, 5)] {
            screen.resize(columns, rows);
            for theme in &themes {
                let drawn = screen.drawn(theme);
                let strange: Vec<_> =
                    cells(drawn.buffer()).filter(|(.., symbol)| !symbol.is_ascii()).collect();
                assert!(strange.is_empty(), "{name}, {columns}×{rows}: {strange:?}\n{drawn}");
            }
        }
    }
}

/// Titles of all kinds of widths, by an author who can be found.
const WIDTHS: &str = "
@article{a, title = {预训练语言模型的可解释性研究：一项综述与展望，以及其在科学文献中的应用}, author = {Qa, Q}, year = 2020}
@article{b, title = {Family 👩‍👩‍👧‍👦 and flags 🇩🇪🇯🇵 in models of language, with hearts ❤️ and keys 1️⃣}, author = {Qb, Q}, year = 2021}
@article{c, title = {E\u{301}tude des mode\u{300}les de langue, avec des accents combine\u{301}s partout}, author = {Qc, Q}, year = 2022}
@article{d, title = {نماذج اللغة الكبيرة لا تفهم ما تقول: دراسة في models}, author = {Qd, Q}, year = 2023}
@article{e, title = {हिन्दी भाषा के मॉडल: क्षमता और सीमाएँ models of language}, author = {Qe, Q}, year = 2024}
@article{f, title = {Plain models of language, for comparison with all of the others here}, author = {Qf, Q}, year = 2025}";

#[test]
fn columns_stay_aligned_whatever_the_titles_are_written_in() {
    for (columns, rows) in [(200, 40), (160, 40), (120, 32)] {
        for keys in ["1G", "1G2", "4l\t", "6", "smodels\t"] {
            let mut screen = Screen::open(WIDTHS, columns, rows);
            for key in keys.chars() {
                screen.press(if key == '\t' { KeyCode::Tab } else { KeyCode::Char(key) });
            }
            let drawn = screen.drawn(&Theme::colored());
            let buffer = drawn.buffer();
            // What stands behind the titles: authors, or the year where it comes last.
            let years = ["2020", "2021", "2022", "2023", "2024", "2025"];
            let mut places = std::collections::BTreeMap::<u16, usize>::new();
            for y in 2..buffer.area.height - 2 {
                let at = |x: u16| buffer[(x, y)].symbol();
                for x in 1..columns - 4 {
                    let year: String = (x..x + 4).map(at).collect();
                    // The paper itself is no row of a list: there a dot stands beside author and year.
                    let is_author = at(x) == "Q" && at(x - 1) == " " && at(x + 3) != "·";
                    let is_author =
                        is_author && ["a", "b", "c", "d", "e", "f"].contains(&at(x + 1));
                    let is_year = keys == "6" && years.contains(&year.as_str());
                    let is_year = is_year && at(x.saturating_sub(2)) != "·";
                    if is_author || is_year {
                        *places.entry(x).or_default() += 1;
                    }
                }
            }
            let aligned = places.values().all(|&count| count > 1);
            // Where it is narrow there may be no column behind the titles.
            let found = !places.is_empty() || columns < 160;
            assert!(aligned && found, "{keys} {columns}: {places:?}\n{drawn}");
        }
    }
}

#[test]
fn the_sample_in_ascii() {
    let ascii = Theme::colored().with_symbols(&symbols::ASCII);
    let mut screen = busy(110, 30);
    assert_snapshot!("ascii_library", screen.drawn(&ascii));
    screen.type_text("4l");
    assert_snapshot!("ascii_clusters", screen.drawn(&ascii));
    screen.type_text("5");
    assert_snapshot!("ascii_map", screen.drawn(&ascii));
}

#[test]
fn papers_keep_their_own_letters_in_ascii() {
    let bib =
        "@article{a, title = {Über die Größe – α·β, 日本}, author = {Erdős, P.}, year = 1959}";
    let screen = Screen::open(bib, 80, 24);
    let drawn = screen.drawn(&Theme::colored().with_symbols(&symbols::ASCII)).to_string();
    assert!(drawn.contains("Über die Größe - α·β, 日本") && drawn.contains("Erdős"), "{drawn}");
}

#[test]
fn a_key_goes_through_the_themes() {
    let mut screen = Screen::open(&plain_sample(), 100, 30);
    assert_eq!(screen.app.look.choice, Choice::Auto);
    let mut seen = vec![screen.app.look.theme()];
    for choice in [Choice::Dark, Choice::Light, Choice::HighContrast, Choice::Plain] {
        screen.type_text(":");
        screen.type_text("look different");
        screen.press(KeyCode::Enter);
        assert_eq!((screen.app.mode, screen.app.look.choice), (Mode::Normal, choice));
        assert!(screen.text().contains(&format!("theme = \"{}\"", choice.name())));
        assert!(!screen.asked.iter().any(|effect| format!("{effect:?}").contains("Theme")));
        seen.push(screen.app.look.theme());
    }
    screen.app.look.depth = Depth::True;
    assert!(
        seen.iter().all(|theme| *theme != Look { choice: Choice::Dark, ..screen.app.look }.theme())
    );
}

#[test]
fn an_answer_of_the_terminal_changes_auto() {
    let mut screen = Screen::open(&plain_sample(), 100, 30);
    screen.app.look.depth = Depth::True;
    let auto = screen.app.look.theme();
    screen.tell(Msg::Background(Background::Light));
    let light = Look { choice: Choice::Light, ..screen.app.look }.theme();
    assert_eq!(screen.app.look.theme(), light);
    assert_ne!(auto, light);
    screen.app.look.choice = Choice::Dark;
    assert_ne!(screen.app.look.theme(), light, "what the user wants goes first");
}

#[test]
fn high_contrast_brings_its_own_ground_everywhere() {
    for depth in [Depth::Sixteen, Depth::Fixed, Depth::True] {
        let look = Look { choice: Choice::HighContrast, depth, ..Look::default() };
        for (name, keys) in VIEWS.iter().filter(|(_, keys)| !keys.contains(['\r', '\t'])) {
            let mut screen = busy(110, 30);
            screen.type_text(keys);
            let drawn = screen.drawn(&look.theme());
            let buffer = drawn.buffer();
            for (x, y, symbol) in cells(buffer) {
                let cell = &buffer[(x, y)];
                assert!(
                    cell.bg != Color::Reset && cell.fg != Color::Reset,
                    "{name}, {depth:?}: {symbol:?} at {x}, {y}"
                );
            }
        }
    }
}

#[test]
fn without_colours_there_are_none() {
    for (name, keys) in VIEWS.iter().filter(|(_, keys)| !keys.contains(['\r', '\t'])) {
        let mut screen = busy(110, 30);
        screen.type_text(keys);
        if screen.app.view == View::Map {
            assert!(screen.app.map.view.is_some());
        }
        let drawn = screen.drawn(&Theme::plain());
        let colours = |color: &Color| *color != Color::Reset;
        let content = drawn.buffer().content();
        let mut all = content.iter().flat_map(|cell| [cell.fg, cell.bg, cell.underline_color]);
        assert!(!all.any(|color| colours(&color)), "{name}");
    }
}
