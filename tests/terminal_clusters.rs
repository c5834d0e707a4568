//! Clusters and map of the real program in a pseudo-terminal.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;
#[path = "support/pty.rs"]
#[allow(dead_code)]
mod pty;

use std::time::Duration;

use program::{Sandbox, checkout, environment, tiny_model};
use pty::Pty;

fn open(sandbox: &Sandbox, model: &str) -> Pty {
    let sample = checkout("assets/sample.bib");
    let arguments = ["--model", model, sample.to_str().unwrap()];
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    Pty::spawn(program, &arguments, &environment(&sandbox.path("")), (120, 32))
}

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

/// The map's own part of the screen.
fn drawn(screen: &str) -> String {
    let rows = screen.lines().skip(2).take(27);
    let rows = rows.map(|row| row.chars().take(84).collect::<String>().trim_end().to_owned());
    rows.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn a_name_is_there_again_after_a_restart_and_with_another_model() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, "none");
    pty.wait_for("143 papers");
    pty.send("4");
    pty.wait_for("by words");
    pty.send("jR");
    pty.wait_for("name of the cluster: ");
    pty.send("Mine alone\r");
    pty.wait_for("Mine alone");
    pty.send("\r");
    pty.wait_for("to the paper");
    pty.send("\r");
    pty.wait_for("Neighbours of ");
    pty.send("\x7f");
    pty.wait_for("Mine alone");
    quit(pty);
    let mut pty = open(&sandbox, "none");
    pty.wait_for("143 papers");
    pty.send("4");
    pty.wait_for("Mine alone");
    quit(pty);
    let model = tiny_model();
    let mut pty = open(&sandbox, model.to_str().unwrap());
    pty.wait_for("Every paper has its vector");
    pty.send("4");
    pty.wait_for("by vectors and words");
    // At whatever level: random vectors share little with the words.
    assert!(sandbox.json(&["--model", "none", "clusters"]).to_string().contains("Mine alone"));
    quit(pty);
}

/// The map once nothing changes it any more.
fn settled(pty: &Pty) -> String {
    loop {
        let before = drawn(&pty.screen());
        std::thread::sleep(Duration::from_secs(1));
        let now = pty.screen();
        let is_busy = now.contains("laying out") || now.contains("finding");
        if !is_busy && drawn(&now) == before {
            return before;
        }
    }
}

#[test]
fn the_map_is_the_same_one_after_a_restart() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, "none");
    pty.wait_for("143 papers");
    pty.send("5");
    pty.wait_for("◉");
    let before = settled(&pty);
    pty.send("+l");
    pty.wait_for("1.5 ×");
    pty.send("\r");
    pty.wait_for("Neighbours of ");
    quit(pty);
    let mut pty = open(&sandbox, "none");
    pty.wait_for("143 papers");
    pty.send("5");
    pty.wait_for("◉");
    assert_eq!(settled(&pty), before);
    quit(pty);
}
