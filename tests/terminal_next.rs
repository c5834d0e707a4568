//! What to read next, by the real program in a pseudo-terminal.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use program::{Sandbox, checkout, environment};
use pty::Pty;

/// The sample library without the marks that it comes with.
fn open(sandbox: &Sandbox) -> Pty {
    let path = sandbox.path("sample.bib");
    if !path.exists() {
        let sample = std::fs::read_to_string(checkout("assets/sample.bib")).unwrap();
        let marks = ["readstatus", "ranking", "priority", "relevance"];
        let unmarked = |line: &&str| !marks.iter().any(|mark| line.trim_start().starts_with(mark));
        let lines: Vec<&str> = sample.lines().filter(unmarked).collect();
        sandbox.file("sample.bib", lines.join("\n"));
    }
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let arguments = ["--model", "none", path.to_str().unwrap()];
    Pty::spawn(program, &arguments, &environment(&sandbox.path("")), (120, 32))
}

#[test]
fn three_stars_change_the_list_and_all_is_kept() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox);
    pty.wait_for("143 papers");
    pty.wait_for("  1 ▇");
    pty.send("6");
    pty.wait_for("star three papers that");
    pty.send("1");
    for _ in 0..3 {
        pty.wait_for("─ Library ─");
        pty.send("*");
        pty.wait_for("star · ");
        pty.send("j");
        pty.wait_until(|screen| !screen.contains("star · "));
    }
    pty.send("6");
    pty.wait_for("Read next from 3 starred");
    pty.wait_for("because you starred ");
    pty.send("mn");
    pty.wait_for("not for me · ");
    pty.wait_for("3 starred, 1 not for you");
    pty.send("u");
    pty.wait_for("undone: not for me");
    pty.wait_until(|screen| !screen.contains("1 not for you"));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();

    let mut pty = open(&sandbox);
    pty.wait_for("★ 2017 Attention Is All You Need");
    pty.send("6");
    pty.wait_for("Read next from 3 starred");
    pty.wait_for("because you starred ");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn new_papers_are_kept_on_a_list_that_is_exported() {
    let sandbox = Sandbox::new();
    let new = sandbox.file(
        "new.bib",
        "@article{new1, title = {Masked Language Models of Scientific {T}ext}, year = 2026,
          abstract = {Transformers trained on papers.}}\n",
    );
    let program: &std::path::Path = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let sample = checkout("assets/sample.bib");
    let arguments = ["--model", "none", sample.to_str().unwrap(), "--inbox", new.to_str().unwrap()];
    let mut pty = Pty::spawn(program, &arguments, &environment(&sandbox.path("")), (120, 32));
    pty.wait_for("Inbox new.bib");
    pty.wait_for("1 new");
    pty.wait_for("Masked Language Models of Scientific Text");
    pty.send("i");
    pty.wait_for("on list inbox · new1");
    pty.wait_for("✓ Masked");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let written = sandbox.path("inbox.bib");
    sandbox.run(&["export", "--bibtex", written.to_str().unwrap(), "--list", "inbox"]);
    assert!(std::fs::read_to_string(written).unwrap().contains("{T}ext"));
}
