//! Each view in each state that it can be in, and in each size: nothing breaks, everything says what
//! it is and what to do.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/screen.rs"]
mod screen;

use std::sync::Arc;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use ratatui::style::Color;
use specter_tui::app::jobs::Kind;
use specter_tui::app::report::Finding;
use specter_tui::event::News;
use specter_tui::library::diagnostic::{Diagnostic, Severity};
use specter_tui::library::paper::Paper;
use specter_tui::ui::theme::Theme;

use screen::{Screen, sample};

/// A view: its name, the keys that lead there, and what can go wrong in it.
const VIEWS: [(&str, &str, Kind); 10] = [
    ("library", "1", Kind::Load),
    ("paper", "1P", Kind::Entry),
    ("neighbours", "2", Kind::Neighbours),
    ("search", "sneural networks\x1b", Kind::Search),
    ("clusters", "4l", Kind::Ground),
    ("map", "5", Kind::Map),
    ("next", "6", Kind::Next),
    ("inbox", "7", Kind::Inbox),
    ("jobs", "8", Kind::Embed),
    ("report", "!", Kind::Load),
];

const ONE: &str = "@article{noether1918, author = {Noether, Emmy}, year = 1918,
    title = {Invariante Variationsprobleme}, abstract = {To each symmetry belongs a law.}}";

const WIDE: &str = "
@article{a, author = {王, 小明}, year = 2020, title = {预训练语言模型的可解释性研究：一项综述与展望},
    abstract = {大型语言模型 (LLM) のしくみを調べる。 Neural networks are read.}}
@article{b, author = {Núñez, Å}, year = 2021, title = {Family 👩‍👩‍👧‍👦, flags 🇩🇪🇯🇵, hearts ❤️ of neural networks},
    abstract = {E\u{301}tude: naïve networks ﷽ مرحبا हिन्दी.}}
@article{c, author = {김, 철수}, year = 2022, title = {한국어 신경망 언어 모델의 구조와 학습}, abstract = {신경망 networks.}}
";

fn go(screen: &mut Screen, keys: &str) {
    for key in keys.chars() {
        screen.press(if key == '\x1b' { KeyCode::Esc } else { KeyCode::Char(key) });
    }
}

fn at(bib: &str, keys: &str, (columns, rows): (u16, u16)) -> Screen {
    let mut screen = Screen::open(bib, columns, rows);
    let finding = |paper: &Paper| Finding {
        path: Arc::new("papers.bib".into()),
        diagnostic: Diagnostic {
            severity: Severity::Warning,
            line: paper.source.line,
            column: 1,
            key: Some(paper.key.clone()),
            message: "a field stands there twice; the first is taken".to_owned(),
        },
    };
    let findings = screen.app.snapshot.papers().iter().take(7).map(finding).collect();
    screen.news(Kind::Load, News::LoadDone { findings, errors: Vec::new() });
    go(&mut screen, keys);
    screen
}

#[test]
fn every_view_in_every_state() {
    const USUAL: (u16, u16) = (80, 24);
    for (view, keys, kind) in VIEWS {
        let mut blank = Screen::blank(80, 24);
        go(&mut blank, keys);
        let mut failed = Screen::open(&sample(), 80, 24);
        (failed.hold, failed.hold_ground) = (true, true);
        go(&mut failed, keys);
        failed.news(kind, News::Failed("the disk is on fire".to_owned()));
        let plain = at(&sample(), keys, USUAL).drawn(&Theme::plain());
        for cell in plain.buffer().content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{view} without colour");
        }
        let sizes = [(60, 16), USUAL, (120, 40), (200, 60)];
        let states = [
            ("empty", at("", keys, USUAL).text()),
            ("one paper", at(ONE, keys, USUAL).text()),
            ("loading", blank.text()),
            ("error", failed.text()),
            ("without colour", plain.to_string()),
            ("wide characters", at(WIDE, keys, USUAL).text()),
        ];
        let states = states.into_iter().map(|(name, text)| (name.to_owned(), text));
        let in_sizes = sizes
            .map(|size| (format!("{} × {}", size.0, size.1), at(&sample(), keys, size).text()));
        let all: String =
            states.chain(in_sizes).map(|(name, text)| format!("{name}\n{text}\n")).collect();
        assert!(all.contains("the disk is on fire"), "{view} does not say what went wrong");
        assert_snapshot!(view, all);
    }
}
