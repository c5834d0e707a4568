//! A reader's first hour with the program, in a pseudo-terminal: everything that it is for, once, and
//! all of it there again the next day.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use std::path::PathBuf;

use program::{Sandbox, checkout, environment, tiny_model};
use pty::Pty;

/// Corrects a title in a `.bib`, and writes a line into anything else.
const EDITOR: &str = r#"
for file; do :; done
case $file in
    *.bib) sed 's/Attention Is All You Need/Attention Is Nearly All You Need/' "$file" > "$file.new"
           mv "$file.new" "$file" ;;
    *) echo 'compare with recurrent networks' >> "$file" ;;
esac
"#;

struct Desk {
    sandbox: Sandbox,
    bib: PathBuf,
    editor: PathBuf,
}

impl Desk {
    /// The sample library, in a file of the reader's own, without the marks that it comes with.
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let sample = std::fs::read_to_string(checkout("assets/sample.bib")).unwrap();
        let marks = ["readstatus", "ranking", "priority", "relevance"];
        let unmarked = |line: &&str| !marks.iter().any(|mark| line.trim_start().starts_with(mark));
        let lines: Vec<&str> = sample.lines().filter(unmarked).collect();
        let bib = sandbox.file("papers.bib", lines.join("\n"));
        let editor = sandbox.file("editor.sh", EDITOR);
        Self { sandbox, bib, editor }
    }

    fn open(&self) -> Pty {
        let model = tiny_model();
        let mut variables = environment(&self.sandbox.path(""));
        variables.push(("VISUAL", format!("sh {}", self.editor.display()).into()));
        let arguments = ["--model", model.to_str().unwrap(), self.bib.to_str().unwrap()];
        let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
        Pty::spawn(program, &arguments, &variables, (120, 32))
    }
}

fn copied(pty: &Pty) -> bool {
    // OSC 52, to the clipboard.
    String::from_utf8_lossy(&pty.bytes()).contains("\x1b]52;c;")
}

#[test]
fn a_first_hour_and_the_next_day() {
    let desk = Desk::new();
    let mut pty = desk.open();
    pty.wait_for("143 papers");
    pty.wait_for(" Welcome ");
    pty.wait_for("Every paper has its vector");

    // Search in one's own words, and read on from what is found.
    pty.send("s");
    pty.wait_for("Say what you look for");
    pty.send("sequence model with self-attention and no recurrence\r");
    pty.wait_for("Neighbours of ");

    // Dive three deep, see why, and go back.
    pty.send("1");
    pty.wait_for("─ Library ─");
    pty.send("gg");
    pty.wait_until(|screen| {
        screen.contains("Neighbours of vaswani2017attention") && screen.contains("▌   1 ▇")
    });
    pty.send("\r");
    for depth in 1..=3 {
        pty.send("\r");
        pty.wait_until(|screen| {
            screen.matches(" › ").count() == depth && screen.contains("▌   1 ▇")
        });
    }
    pty.wait_for("Why 1 · closer than ");
    for depth in (0..3).rev() {
        pty.send("\x7f");
        pty.wait_until(|screen| screen.matches(" › ").count() == depth);
    }

    // Star, mark, tag, write a note.
    pty.send("1gg*");
    pty.wait_for("star · vaswani2017attention");
    pty.send("mr");
    pty.wait_for("read · vaswani2017attention");
    pty.send("tfoundations\r");
    pty.wait_for("tag foundations · vaswani2017attention");
    pty.send("a");
    pty.wait_for("note · vaswani2017attention");

    // The clusters, the map, what to read next.
    pty.send("4");
    pty.wait_for("by vectors and words");
    pty.send("jR");
    pty.wait_for("name of the cluster: ");
    pty.send("My corner\r");
    pty.wait_for("My corner");
    pty.send("5");
    pty.wait_for("◉");
    pty.send("1gg");
    for _ in 0..2 {
        pty.send("j*");
        pty.wait_for("star · ");
    }
    pty.send("6");
    pty.wait_for("because you starred ");

    // Copy, export, mend the entry.
    pty.send("1ggyc");
    pty.wait_for("copied: \\cite{vaswani2017attention}");
    assert!(copied(&pty));
    pty.send("  xm");
    pty.wait_for("Markdown file");
    pty.send("\x15reading.md\r");
    pty.wait_for("reading.md");
    let list = desk.sandbox.path("reading.md");
    pty.wait_until(|_| list.exists());
    pty.send("\x1b");
    pty.wait_until(|screen| !screen.contains("2 selected"));
    pty.send("gge");
    pty.wait_for("Attention Is Nearly All You Need");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(std::fs::read_to_string(list).unwrap().contains("Attention"));

    // The next day.
    let mut pty = desk.open();
    pty.wait_for("★ 2017 Attention Is Nearly All You Need");
    pty.wait_for("compare with recurrent");
    pty.wait_for("foundations");
    pty.send("4");
    pty.wait_for("My corner");
    pty.send("6");
    pty.wait_for("because you starred ");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}
