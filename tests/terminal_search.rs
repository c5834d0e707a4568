//! Search, seeds and explanations in the real program, in a pseudo-terminal.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;
#[path = "support/pty.rs"]
#[allow(dead_code)]
mod pty;

use program::{Sandbox, checkout, environment, tiny_model};
use pty::Pty;

fn open(sandbox: &Sandbox, model: &str, size: (u16, u16)) -> Pty {
    let sample = checkout("assets/sample.bib");
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let arguments = ["--model", model, sample.to_str().unwrap()];
    Pty::spawn(program, &arguments, &environment(&sandbox.path("")), size)
}

#[test]
fn walk_to_neighbours_mark_seeds_switch_the_ranking_and_read_why() {
    let sandbox = Sandbox::new();
    let model = tiny_model();
    let mut pty = open(&sandbox, model.to_str().unwrap(), (200, 50));
    pty.wait_for("Every paper has its vector");
    pty.wait_for("Neighbours of vaswani2017attention");
    // Three neighbours deep; each has its list before the next step.
    pty.wait_for("   1 ▇");
    pty.send("\r");
    for deep in 1..=3 {
        pty.send("\r");
        pty.wait_until(|screen| {
            screen.matches(" › ").count() == deep && screen.contains("▌   1 ▇")
        });
    }
    // And back.
    for deep in (0..3).rev() {
        pty.send("\x7f");
        pty.wait_until(|screen| screen.matches(" › ").count() == deep);
    }
    pty.wait_for("Neighbours of vaswani2017attention");
    // Two likes and one unlike.
    pty.send("1gg+");
    pty.wait_for("Neighbours like vaswani2017attention");
    pty.send("jj+");
    pty.wait_for("Neighbours like vaswani2017attention, devlin2019bert");
    pty.wait_for("best three · vectors + words");
    pty.send("jj-");
    pty.wait_for(" · not ");
    pty.send("=");
    pty.wait_for("all · vectors + words");
    // Another ranking.
    pty.send("h");
    pty.wait_for("all · vectors ─");
    pty.send("h");
    pty.wait_for("all · words ─");
    pty.send("h");
    // What ties the first of them.
    pty.wait_for("Why 1 · closer than ");
    pty.wait_for("  vectors  rank ");
    pty.wait_for("  words    rank ");
    pty.wait_for("closest sentences, approximately:");
    pty.send("w");
    pty.wait_until(|screen| !screen.contains("Why 1"));
    pty.send("w\x1b");
    pty.wait_for("Neighbours of ");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn search_in_ones_own_words_and_by_a_pasted_abstract() {
    let sandbox = Sandbox::new();
    let model = tiny_model();
    let mut pty = open(&sandbox, model.to_str().unwrap(), (120, 36));
    pty.wait_for("Every paper has its vector");
    pty.send("s");
    pty.wait_for("Say what you look for");
    pty.send("contextual word representations author:peters");
    // The field leaves one.
    pty.wait_until(|screen| {
        screen.contains("▌   1 ▇▇▇▇▇▇▇▇▇▇   2018 Deep") && !screen.contains("  2 ▇")
    });
    pty.send("\r");
    pty.wait_for("Neighbours of peters2018deep");
    pty.send("\x7f");
    pty.wait_for("contextual word representations author:peters");
    // The old text goes, an abstract of several lines comes.
    pty.send("s\x15");
    pty.send(
        "\x1b[200~We learn vectors of the nodes\nof a graph by short random walks.\n\x1b[201~",
    );
    pty.wait_for("› We learn vectors of the nodes of a graph by short random walks.");
    pty.wait_for("node2vec");
    pty.wait_for("enter to the paper");
    pty.send("\x1b");
    pty.wait_until(|screen| !screen.contains("enter to the paper"));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}
