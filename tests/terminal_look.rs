//! The screen in terminals of several kinds: dark, light, slow to say so, without UTF-8.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use program::{Sandbox, checkout, environment};
use pty::{Answers, Pty};

fn open(sandbox: &Sandbox, answers: Answers, arguments: &[&str], extra: &[(&str, &str)]) -> Pty {
    let sample = checkout("assets/sample.bib");
    let arguments = [&["--model", "none"], arguments, &[sample.to_str().unwrap()]].concat();
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let mut variables = environment(&sandbox.path(""));
    variables.extend(extra.iter().map(|&(name, value)| (name, PathBuf::from(value))));
    Pty::spawn_in(answers, program, &arguments, &variables, (120, 32))
}

/// The colour of the first cell with a text.
fn colour_of(pty: &Pty, text: &str) -> vt100::Color {
    let colour = std::cell::Cell::new(vt100::Color::Default);
    let found = pty.wait_screen(|screen| {
        let row = screen.rows(0, 120).position(|row| row.contains(text));
        let Some(row) = row else { return false };
        let before = screen.rows(0, 120).nth(row).unwrap();
        let column = before[..before.find(text).unwrap()].chars().count();
        colour.set(screen.cell(row as u16, column as u16).unwrap().fgcolor());
        true
    });
    assert!(found, "{text} is nowhere:\n{}", pty.screen());
    colour.get()
}

const AT_ONCE: Duration = Duration::ZERO;
const WHITE: Answers = Answers::Background("rgb:ffff/ffff/ffff", AT_ONCE);
const BLACK: Answers = Answers::Background("rgb:0000/0000/0000", AT_ONCE);

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn colours_suit_the_terminal() {
    let sandbox = Sandbox::new();
    // The accents of light and of dark terminals, of as many colours as there are.
    for (answers, colorterm, accent) in [
        (WHITE, "", vt100::Color::Idx(24)),
        (BLACK, "", vt100::Color::Idx(80)),
        (WHITE, "truecolor", vt100::Color::Rgb(0x00, 0x5f, 0x87)),
        (BLACK, "truecolor", vt100::Color::Rgb(0x5f, 0xcf, 0xdf)),
        (Answers::Attributes, "truecolor", vt100::Color::Idx(6)),
    ] {
        let pty = open(&sandbox, answers, &[], &[("COLORTERM", colorterm)]);
        pty.wait_for("143 papers");
        assert_eq!(colour_of(&pty, "Library"), accent);
        quit(pty);
    }
    // What the user wants goes before what the terminal is.
    let pty = open(&sandbox, WHITE, &["--theme", "dark"], &[("NO_COLOR", "1")]);
    pty.wait_for("143 papers");
    assert_eq!(colour_of(&pty, "Library"), vt100::Color::Idx(80));
    quit(pty);
    let pty = open(&sandbox, WHITE, &[], &[("NO_COLOR", "1")]);
    pty.wait_for("143 papers");
    assert_eq!(colour_of(&pty, "Library"), vt100::Color::Default);
    quit(pty);
    let pty = open(&sandbox, Answers::Attributes, &[], &[("COLORFGBG", "0;15")]);
    pty.wait_for("143 papers");
    assert_eq!(colour_of(&pty, "Library"), vt100::Color::Idx(24));
    quit(pty);
}

#[test]
fn a_terminal_that_says_nothing_keeps_nobody_waiting() {
    let sandbox = Sandbox::new();
    let first_frame = |answers| {
        let start = Instant::now();
        let pty = open(&sandbox, answers, &[], &[]);
        pty.wait_for("143 papers");
        let took = start.elapsed();
        quit(pty);
        took
    };
    first_frame(Answers::Attributes);
    let least = |answers| (0..3).map(|_| first_frame(answers)).min().unwrap();
    let (silent, usual) = (least(Answers::Nothing), least(Answers::Attributes));
    assert!(silent < usual + Duration::from_millis(300), "{silent:?}, usually {usual:?}");
}

#[test]
fn an_answer_that_comes_late_is_heeded_and_not_typed() {
    let sandbox = Sandbox::new();
    let late = Answers::Background("rgb:ffff/ffff/ffff", Duration::from_millis(700));
    let mut pty = open(&sandbox, late, &[], &[]);
    pty.wait_for("Neighbours of vaswani2017attention");
    let is_light = |screen: &vt100::Screen| {
        let row = screen.rows(0, 120).position(|row| row.contains("─ Library")).unwrap_or(0);
        screen.cell(row as u16, 2).is_some_and(|cell| cell.fgcolor() == vt100::Color::Idx(24))
    };
    assert!(pty.wait_screen(is_light), "{}", pty.screen());
    let before = pty.screen();
    assert!(before.contains("sort: added ↓"), "nothing was typed:\n{before}");
    // What is typed still comes through.
    pty.send("r");
    pty.wait_for("sort: added ↑");
    quit(pty);
}

#[test]
fn keys_pressed_before_the_answer_are_not_mistaken_for_it() {
    let sandbox = Sandbox::new();
    let late = Answers::Background("rgb:0000/0000/0000", Duration::from_millis(300));
    let mut pty = open(&sandbox, late, &[], &[]);
    pty.send("\x1b[B");
    pty.wait_for("143 papers");
    std::thread::sleep(Duration::from_millis(500));
    pty.send("r");
    pty.wait_for("sort: added ↑");
    quit(pty);
}

#[test]
fn another_locale_gets_ascii() {
    let sandbox = Sandbox::new();
    let read = |extra: &[(&str, &str)], arguments: &[&str]| {
        let pty = open(&sandbox, Answers::Attributes, arguments, extra);
        pty.wait_for("143 papers");
        pty.wait_for("Neighbours of vaswani2017attention");
        let screen = pty.screen();
        quit(pty);
        screen
    };
    let unicode = |screen: &str| screen.contains("─ Library");
    let ascii = |screen: &str| screen.contains("- Library") && !screen.contains('─');
    for (extra, arguments, is_right) in [
        (&[("LANG", "en_US.UTF-8")][..], &[][..], &unicode as &dyn Fn(&str) -> bool),
        (&[], &[], &unicode),
        (&[("LANG", "en_US.ISO-8859-1")], &[], &ascii),
        (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], &[], &ascii),
        (&[("LANG", "en_US.UTF-8")], &["--ascii"], &ascii),
    ] {
        let screen = read(extra, arguments);
        assert!(is_right(&screen), "{extra:?} {arguments:?}\n{screen}");
    }
    let config = sandbox.file("config.toml", "ascii = false\ntheme = 'light'");
    let screen = read(&[("LC_ALL", "C")], &["--config", config.to_str().unwrap()]);
    assert!(unicode(&screen), "{screen}");
}

#[test]
fn a_theme_that_does_not_exist_is_told() {
    let sandbox = Sandbox::new();
    let pty = open(&sandbox, BLACK, &["--theme", "blue"], &[]);
    pty.wait_for("--theme: one of auto, dark, light, high-contrast, plain");
}
