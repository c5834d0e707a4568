//! The real program in a pseudo-terminal while its `.bib` file changes under it, and while it is
//! changed by way of the user's editor.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;
#[path = "support/pty.rs"]
#[allow(dead_code)]
mod pty;

use std::path::{Path, PathBuf};

use program::{Sandbox, environment, tiny_model};
use pty::Pty;

const ALPHA: &str = "@article{alpha, title = {Graph networks for molecules}, year = 2019,
  abstract = {We train graph networks that predict properties of molecules.}}\n";
const BETA: &str = "@article{beta, title = {Molecules as graphs}, year = 2020,
  abstract = {Properties of molecules are predicted by networks that read graphs.}}\n";
const GAMMA: &str = "@article{gamma, title = {Whale songs of the Pacific}, year = 2001,
  abstract = {Whales sing, and their songs change over the years.}}\n";
const DELTA: &str = "@article{delta, title = {Songs of whales, and of graphs}, year = 2002,
  abstract = {What songs of whales look like as graphs.}}\n";

fn open(sandbox: &Sandbox, arguments: &[&str], editor: Option<&Path>) -> Pty {
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let mut environment = environment(&sandbox.path(""));
    environment.extend(editor.map(|editor| ("VISUAL", editor.to_owned())));
    let file = sandbox.path("l.bib");
    let arguments = [arguments, &[file.to_str().unwrap()]].concat();
    Pty::spawn(program, &arguments, &environment, (120, 32))
}

fn write(sandbox: &Sandbox, text: &str) {
    std::fs::write(sandbox.path("l.bib"), text).unwrap();
}

#[test]
fn the_screen_follows_the_file() {
    let sandbox = Sandbox::new();
    write(&sandbox, &[ALPHA, BETA, GAMMA].concat());
    let mut pty = open(&sandbox, &["--model", "none"], None);
    pty.wait_for("l.bib · 3 papers");
    pty.send("j");
    pty.wait_for("Neighbours of beta");

    // Edited in place: a new paper in front of the others.
    write(&sandbox, &[DELTA, ALPHA, BETA, GAMMA].concat());
    pty.wait_for("l.bib · 4 papers");
    pty.wait_for("▌   2020 Molecules as graphs");
    pty.wait_for("Neighbours of beta");

    // Replaced, as editors do: beta corrected, alpha gone.
    let new = sandbox.path("l.bib~");
    std::fs::write(&new, [DELTA, &BETA.replace("Molecules as", "Molecules are"), GAMMA].concat())
        .unwrap();
    std::fs::rename(&new, sandbox.path("l.bib")).unwrap();
    pty.wait_for("l.bib · 3 papers");
    pty.wait_for("▌   2020 Molecules are graphs");

    // Truncated: nothing is taken for gone.
    write(&sandbox, "");
    pty.wait_for("3 missing from their files");
    pty.wait_for("l.bib · 3 papers");
    pty.wait_for("Neighbours of beta");
    // Half written: what is there is there.
    write(&sandbox, &[DELTA, &BETA[..35]].concat());
    pty.wait_for("2 missing from their files");
    pty.wait_for("▌   2020 Molecules are graphs");
    pty.wait_for("Whale songs of the Pacific");
    write(&sandbox, &[DELTA, BETA, GAMMA].concat());
    pty.wait_until(|screen| !screen.contains("missing"));
    pty.wait_for("▌   2020 Molecules as graphs");

    // Deleted, and back.
    std::fs::remove_file(sandbox.path("l.bib")).unwrap();
    pty.wait_for("3 missing from their files");
    pty.wait_for("l.bib · 3 papers");
    pty.wait_for("shown as it was when");
    write(&sandbox, &[DELTA, BETA, GAMMA].concat());
    pty.wait_until(|screen| !screen.contains("missing"));
    pty.wait_for("▌   2020 Molecules as graphs");

    // Deleted for good, once the user says so.
    std::fs::remove_file(sandbox.path("l.bib")).unwrap();
    pty.wait_for("3 missing from their files");
    pty.send("X");
    pty.wait_for("Forget 3 missing papers?");
    pty.send("n");
    pty.wait_until(|screen| !screen.contains("Forget 3 missing papers?"));
    pty.wait_for("l.bib · 3 papers");
    pty.send("Xy");
    pty.wait_for("l.bib · 0 papers");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_vanished_file_opens_with_what_it_had() {
    let sandbox = Sandbox::new();
    write(&sandbox, ALPHA);
    sandbox.run(&["import", "l.bib"]);
    std::fs::remove_file(sandbox.path("l.bib")).unwrap();
    let mut pty = open(&sandbox, &["--model", "none"], None);
    pty.wait_for("1 missing from their files");
    pty.wait_for("Graph networks for molecules");
    write(&sandbox, &[ALPHA, BETA].concat());
    pty.wait_for("l.bib · 2 papers");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn only_what_changed_is_embedded_again() {
    let sandbox = Sandbox::new();
    let model = tiny_model();
    let model = model.to_str().unwrap();
    write(&sandbox, &[ALPHA, BETA, GAMMA].concat());
    let mut pty = open(&sandbox, &["--model", model], None);
    pty.wait_for("Every paper has its vector");
    let vectors = || -> Vec<(Vec<u8>, i64)> {
        let library = rusqlite::Connection::open(sandbox.path("library/library.sqlite")).unwrap();
        let mut statement =
            library.prepare("SELECT text_hash, rowid FROM vectors ORDER BY rowid").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let before = vectors();
    assert_eq!(before.len(), 3);
    write(&sandbox, &[ALPHA, &BETA.replace("Molecules as", "Molecules are"), GAMMA].concat());
    pty.wait_for("Molecules are graphs");
    pty.wait_for("embedding done");
    let start = std::time::Instant::now();
    while vectors().len() < 4 && start.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let after = vectors();
    assert_eq!(after[..3], before);
    assert_eq!(after.len(), 4);
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

/// An editor that notes how it was called, takes a line from the keyboard, and mends the file.
fn editor(sandbox: &Sandbox) -> PathBuf {
    sandbox.script(
        "editor",
        "#!/bin/sh
echo \"$@\" > arguments
echo 'the editor is open'
read -r line
echo \"$line\" > line
sed -i.old 's/year 2002/year = 2002/' \"$2\"
",
    )
}

#[test]
fn the_report_opens_the_editor_at_the_line() {
    let sandbox = Sandbox::new();
    let faulty = [ALPHA, &DELTA.replace("year =", "year")].concat();
    write(&sandbox, &faulty);
    let editor = editor(&sandbox);
    let mut pty = open(&sandbox, &["--model", "none"], Some(&editor));
    pty.wait_for("1 warning · ! shows it");
    pty.send("!");
    pty.wait_for("What is wrong in the files");
    pty.wait_for("delta");
    pty.send("e");
    pty.wait_for("the editor is open");
    // Keys go to the editor, none to the program.
    pty.send("quit q\n");
    pty.wait_for("Neighbours of");
    pty.wait_until(|screen| !screen.contains("warning"));
    let read = |name| std::fs::read_to_string(sandbox.path(name)).unwrap();
    assert_eq!(read("line"), "quit q\n");
    assert_eq!(read("arguments"), format!("+3 {}\n", sandbox.path("l.bib").display()));
    // And from the list, at the entry.
    pty.send("je");
    pty.wait_for("the editor is open");
    pty.send("again\n");
    pty.wait_for("Neighbours of delta");
    assert_eq!(read("arguments"), format!("+3 {}\n", sandbox.path("l.bib").display()));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_link_is_followed_wherever_it_points() {
    let sandbox = Sandbox::new();
    let real = sandbox.file("elsewhere/real.bib", ALPHA);
    std::os::unix::fs::symlink(&real, sandbox.path("l.bib")).unwrap();
    let mut pty = open(&sandbox, &["--model", "none"], None);
    pty.wait_for("l.bib · 1 paper");
    std::fs::write(&real, [ALPHA, BETA].concat()).unwrap();
    pty.wait_for("l.bib · 2 papers");
    // The link itself is replaced by a file.
    let new = sandbox.file("new.bib", [ALPHA, BETA, GAMMA].concat());
    std::fs::rename(&new, sandbox.path("l.bib")).unwrap();
    pty.wait_for("l.bib · 3 papers");
    // And that by something that cannot be read: its papers stay, and the report says why.
    std::fs::remove_file(sandbox.path("l.bib")).unwrap();
    std::fs::create_dir(sandbox.path("l.bib")).unwrap();
    pty.wait_for("cannot read");
    pty.send("j");
    pty.wait_for("1 warning · ! shows it");
    pty.wait_for("l.bib · 3 papers");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn an_interrupt_is_not_heard_after_the_editor() {
    let sandbox = Sandbox::new();
    write(&sandbox, ALPHA);
    let opened = sandbox.file("opened", "");
    // Of all programs at the terminal, right before it ends.
    let hasty = format!("#!/bin/sh\ntrap '' INT\necho >> '{}'\nkill -INT 0\n", opened.display());
    let editor = sandbox.script("hasty", &hasty);
    let mut pty = open(&sandbox, &["--model", "none"], Some(&editor));
    for times in 1..=5 {
        pty.wait_for("l.bib · 1 paper");
        pty.send("e");
        pty.wait_until(|_| std::fs::read(&opened).unwrap().len() == times);
    }
    // Nor is one that comes later, however late it is heard.
    pty.wait_for("l.bib · 1 paper");
    pty.signal("INT");
    pty.send("?");
    pty.wait_for("Keys that work here");
    pty.send("?q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn an_interrupt_in_the_editor_is_the_editors_own() {
    let sandbox = Sandbox::new();
    write(&sandbox, ALPHA);
    // It waits for the signal by looking again and again: one that comes just before a shell's `read`
    // begins would not end that.
    let editor = sandbox.script(
        "patient",
        "#!/bin/sh\ntrap 'heard=yes' INT\necho 'the editor is open'\n\
         until [ \"$heard\" ]; do sleep 0.05; done\necho interrupted\nread -r line\n",
    );
    let mut pty = open(&sandbox, &["--model", "none"], Some(&editor));
    pty.wait_for("l.bib · 1 paper");
    pty.send("e");
    pty.wait_for("the editor is open");
    pty.send("\x03");
    pty.wait_for("interrupted");
    pty.send("\n");
    pty.wait_for("l.bib · 1 paper");
    pty.send("?");
    pty.wait_for("Keys that work here");
    pty.send("?");
    pty.wait_until(|screen| !screen.contains("Keys that work here"));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}
