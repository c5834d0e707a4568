//! What leaves the real program and comes back, in a pseudo-terminal: the clipboard, files, the opener, the
//! editor; the first card, columns and filters that are there again.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use std::path::{Path, PathBuf};

use program::{Sandbox, checkout, environment};
use pty::Pty;

const BIB: &str =
    "@article{first2020, title = {Waves of deep water}, author = {Ngo, Linh}, year = 2020,
  doi = {10.1000/waves}}

@article{second2019, title = {Sand of dry beaches}, author = {Roe, Rick}, year = 2019}
";

fn spawn(sandbox: &Sandbox, arguments: &[&str], more: &[(&'static str, PathBuf)]) -> Pty {
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let mut variables = environment(&sandbox.path(""));
    variables.extend(more.iter().cloned());
    let arguments = [&["--model", "none"], arguments].concat();
    Pty::spawn(program, &arguments, &variables, (120, 32))
}

/// The program with a small library, past the first card.
fn open(sandbox: &Sandbox, more: &[(&'static str, PathBuf)]) -> Pty {
    let bib = sandbox.file("papers.bib", BIB);
    let mut pty = spawn(sandbox, &[bib.to_str().unwrap()], more);
    pty.wait_for("2 papers");
    pty.wait_for("any key closes this");
    pty.send("l");
    pty.wait_until(|screen| !screen.contains("any key closes this"));
    pty
}

fn quit(pty: &mut Pty) {
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

/// The texts that were put on the clipboard (OSC 52).
fn copied(pty: &Pty) -> Vec<String> {
    let bytes = pty.bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let parts = text.split("\u{1b}]52;c;").skip(1);
    parts
        .map(|part| {
            let end = part.find(['\u{1b}', '\u{7}']).unwrap();
            decode(&part[..end])
        })
        .collect()
}

/// Base64 (RFC 4648).
fn decode(text: &str) -> String {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for byte in text.bytes().filter(|&byte| byte != b'=') {
        bits = bits << 6 | u32::from(value(byte));
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn copies_reach_the_clipboard_of_the_terminal() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &[]);
    pty.send("yk");
    pty.wait_for("copied: first2020");
    pty.send("yc");
    pty.wait_for("copied: \\cite{first2020}");
    pty.send("yb");
    pty.wait_for("copied: @article{first2020");
    pty.send("yr");
    pty.wait_for("copied: Linh Ngo (2020)");
    let all = copied(&pty);
    assert_eq!(all[..2], ["first2020", "\\cite{first2020}"]);
    assert_eq!(all[2].trim_end(), BIB.split("\n\n").next().unwrap());
    assert!(all[3].starts_with("Linh Ngo (2020). Waves of deep water."), "{all:?}");
    assert!(all[3].ends_with("https://doi.org/10.1000/waves"), "{all:?}");
    quit(&mut pty);
}

#[test]
fn papers_are_written_into_a_new_file() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &[]);
    pty.send(" ");
    pty.send(" ");
    pty.wait_for("2 selected");
    for (keys, name) in [("xb", "out.bib"), ("xc", "out.csv"), ("xm", "out.md"), ("xj", "out.json")]
    {
        pty.send(keys);
        pty.wait_for("file for the papers");
        // The name that is offered gives way.
        pty.send("\u{15}");
        pty.send(sandbox.path(name).to_str().unwrap());
        pty.send("\r");
        pty.wait_for(&format!("2 papers written to {}", sandbox.path(name).display()));
    }
    let read = |name: &str| std::fs::read_to_string(sandbox.path(name)).unwrap();
    assert_eq!(read("out.bib").trim_end(), BIB.trim_end());
    assert!(read("out.csv").contains("Sand of dry beaches"));
    assert!(read("out.md").contains("Waves of deep water"));
    let json: serde_json::Value = serde_json::from_str(&read("out.json")).unwrap();
    assert!(json.to_string().contains("second2019"));
    // Nobody's file is written over.
    std::fs::write(sandbox.path("out.bib"), "mine").unwrap();
    pty.send("xb\u{15}");
    pty.send(sandbox.path("out.bib").to_str().unwrap());
    pty.send("\r");
    pty.wait_for("is there already");
    assert_eq!(read("out.bib"), "mine");
    quit(&mut pty);
}

/// A folder of programs that write their arguments into a file: what the system would open with.
fn opener(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    let record = sandbox.path("opened");
    let script = format!("#!/bin/sh\necho \"$1\" >> '{}'\n", record.display());
    for name in ["xdg-open", "open"] {
        sandbox.script(&format!("bin/{name}"), &script);
    }
    let path = std::env::var("PATH").unwrap();
    (record, format!("{}:{path}", sandbox.path("bin").display()).into())
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
#[test]
fn papers_are_opened_by_the_system() {
    let sandbox = Sandbox::new();
    let (record, path) = opener(&sandbox);
    let mut pty = open(&sandbox, &[("PATH", path)]);
    pty.send("o");
    pty.wait_for("opened https://doi.org/10.1000/waves");
    pty.send("j");
    pty.send("o");
    pty.wait_for("there is no file, DOI or URL to open");
    let opened = (0..1000).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::read_to_string(&record).ok().filter(|text| !text.is_empty())
    });
    assert_eq!(opened.unwrap_or_default().trim_end(), "https://doi.org/10.1000/waves");
    quit(&mut pty);
}

#[test]
fn the_editor_gets_the_line_and_what_it_changes_is_read_again() {
    let sandbox = Sandbox::new();
    let record = sandbox.path("arguments");
    // It notes how it was called, and corrects a title.
    let script = format!(
        "echo \"$@\" > '{}'\nfor file; do :; done\nsed 's/Sand of/Grains of/' \"$file\" > \"$file.new\"\n\
         mv \"$file.new\" \"$file\"\n",
        record.display()
    );
    let editor = sandbox.file("editor.sh", script);
    let editor = format!("sh {}", editor.display());
    let mut pty = open(&sandbox, &[("EDITOR", editor.into())]);
    pty.send("j");
    pty.send("e");
    pty.wait_for("Grains of dry beaches");
    let called = std::fs::read_to_string(&record).unwrap();
    let bib = sandbox.path("papers.bib").canonicalize().unwrap();
    assert_eq!(called.trim_end(), format!("+4 {}", bib.display()));
    // The whole of it shows the entry as it stands there now.
    pty.send("P");
    pty.wait_for("@article{second2019, title = {Grains of dry beaches}");
    pty.send("\u{7f}");
    pty.wait_for("Neighbours of");
    quit(&mut pty);
}

#[test]
fn the_first_card_columns_and_filters_are_remembered() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &[]);
    pty.send("/waves\r");
    pty.wait_for("1 of 2");
    pty.send("Fswet\r");
    pty.wait_for("saved as wet: saved:wet stands for it");
    pty.send("\u{1b}");
    pty.wait_until(|screen| !screen.contains("1 of 2"));
    // The key in place of the authors.
    pty.send("Cjjj jj \r");
    pty.wait_for("Waves of deep water");
    pty.send("8");
    pty.wait_for("What goes on behind the screen");
    pty.wait_for("2 papers of 1 file");
    quit(&mut pty);
    let bib = sandbox.path("papers.bib");
    let mut pty = spawn(&sandbox, &[bib.to_str().unwrap()], &[]);
    pty.wait_for("2 papers");
    let has_key = |line: &str| line.contains("Sand of dry beaches") && line.contains("second2019");
    pty.wait_until(|screen| screen.lines().any(has_key));
    assert!(!pty.screen().contains("any key closes this"));
    pty.send("/sav\t\t");
    pty.wait_for("saved:wet");
    pty.wait_for("1 of 2");
    pty.send("\u{1b}");
    pty.wait_until(|screen| !screen.contains("saved:wet"));
    quit(&mut pty);
    // The library of another folder knows nothing of it.
    let other = Sandbox::new();
    quit(&mut open(&other, &[]));
}

#[test]
fn an_empty_library_leads_to_the_sample_and_stays_empty() {
    let sandbox = Sandbox::new();
    let mut pty = spawn(&sandbox, &[], &[]);
    pty.wait_for("No papers yet");
    pty.send("E");
    pty.wait_for("143 papers");
    pty.send("l");
    quit(&mut pty);
    let list = sandbox.json(&["--model", "none", "list"]);
    assert_eq!(list["papers"].as_array().unwrap().len(), 0);
}

#[test]
fn wrong_columns_are_told_and_the_default_ones_are_shown() {
    let sandbox = Sandbox::new();
    let config = sandbox.file("c.toml", "columns = ['title', 'yaer']");
    let sample = checkout("assets/sample.bib");
    let arguments = ["--config", config.to_str().unwrap(), sample.to_str().unwrap()];
    let mut pty = spawn(&sandbox, &arguments, &[]);
    pty.wait_for("c.toml:1:21: columns: there is no column `yaer`");
    pty.wait_for("2017 Attention Is All You Need");
    pty.send("l");
    quit(&mut pty);
}

#[test]
fn a_job_that_panics_is_logged() {
    let this = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--ignored", "--exact", "in_a_pty_log", "--test-threads=1", "--nocapture"];
    let variables = [("LOG_FOLDER", folder.path().to_owned())];
    let mut pty = Pty::spawn(&this, &arguments, &variables, (80, 24));
    pty.wait_exit();
    pty.assert_restored();
    let log = read_log(folder.path());
    assert!(log.contains("ERROR") && log.contains("panic at tests/terminal_work.rs"), "{log}");
    assert!(log.contains("reading the library failed"), "{log}");
    assert!(!log.contains("a secret title"), "what a panic says may quote a paper: {log}");
    assert!(!pty.screen().contains("panicked"), "nothing is printed over the screen");
}

fn read_log(folder: &Path) -> String {
    std::fs::read_to_string(specter_tui::logging::file(folder)).unwrap()
}

/// Run by the test above.
#[test]
#[ignore = "enters full-screen mode"]
fn in_a_pty_log() {
    use specter_tui::app::jobs::{Jobs, Kind};
    let folder = PathBuf::from(std::env::var_os("LOG_FOLDER").unwrap());
    specter_tui::logging::start(&folder, specter_tui::logging::DEFAULT);
    let mut terminal = specter_tui::terminal::Terminal::enter(false).unwrap();
    terminal.draw(|_| {}).unwrap();
    let (sender, messages) = crossbeam_channel::unbounded();
    let jobs = Jobs::start(&sender).unwrap();
    jobs.submit(Kind::Load, 1, |_| panic!("no vector for “a secret title”"));
    messages.recv().unwrap();
}
