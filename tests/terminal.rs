//! The real program in a pseudo-terminal.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use program::{Sandbox, checkout, environment, tiny_model};
use pty::Pty;

fn open(sandbox: &Sandbox, arguments: &[&str]) -> Pty {
    let sample = checkout("assets/sample.bib");
    let arguments = [arguments, &[sample.to_str().unwrap()]].concat();
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    Pty::spawn(program, &arguments, &environment(&sandbox.path("")), (120, 32))
}

#[test]
fn browse_dive_filter_and_quit() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &["--model", "none"]);
    pty.wait_for("143 papers");
    pty.wait_for("Neighbours of vaswani2017attention");
    pty.wait_for("words only (model: none)");
    pty.send("/devlin bert\r");
    pty.wait_for("Neighbours of devlin2019bert");
    pty.wait_for("1 of 143");
    pty.send("\x1b");
    pty.wait_until(|screen| !screen.contains("1 of 143"));
    pty.wait_until(|screen| screen.contains("  1 ▇"));
    pty.send("\r\r");
    pty.wait_for("trail: devlin2019bert › ");
    pty.send("\x7f");
    pty.wait_until(|screen| !screen.contains("trail: "));
    pty.send("?");
    pty.wait_for("Go back along the trail");
    pty.send("?");
    pty.wait_until(|screen| !screen.contains("Go back along the trail"));
    pty.resize(40, 12);
    pty.wait_until(|screen| screen.contains("Library") && screen.contains("dive"));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

/// Does the program have the mouse?
fn has_mouse(screen: &vt100::Screen) -> bool {
    screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
}

#[test]
fn the_mouse_is_heard_and_given_back() {
    let sandbox = Sandbox::new();
    let editor = sandbox.file("editor.sh", "touch \"$HOME/edits\"; cat > \"$HOME/typed\"\n");
    let mut variables = environment(&sandbox.path(""));
    variables.push(("VISUAL", format!("sh {}", editor.display()).into()));
    let sample = checkout("assets/sample.bib");
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let arguments = ["--model", "none", sample.to_str().unwrap()];
    let mut pty = Pty::spawn(program, &arguments, &variables, (120, 32));
    pty.wait_for("Neighbours of vaswani2017attention");
    assert!(pty.wait_screen(has_mouse));
    // A click on the third row of the library, counted from 1 as terminals do.
    pty.send("\x1b[<0;10;5M\x1b[<0;10;5m");
    pty.wait_for("Neighbours of devlin2019bert");
    // And one on the tab of the clusters.
    let tab = pty.screen().lines().next().unwrap().find("4 Clusters").unwrap() + 1;
    pty.send(&format!("\x1b[<0;{tab};1M\x1b[<0;{tab};1m"));
    pty.wait_for("Clusters ·");
    pty.send("1\x1b[<65;10;5M");
    pty.wait_for("Neighbours of liu2019roberta");
    // In the editor it is the terminal's, and after it the program's again.
    pty.send("e");
    assert!(pty.wait_screen(|screen| !screen.alternate_screen()));
    assert!(pty.wait_screen(|screen| !has_mouse(screen)), "the editor has the mouse");
    // Until it runs, the end of its input would be a key like any other.
    let runs = || sandbox.path("edits").exists();
    let started = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        runs()
    });
    assert!(started);
    pty.send("\x04");
    assert!(pty.wait_screen(|screen| screen.alternate_screen() && has_mouse(screen)));
    pty.wait_for("Neighbours of liu2019roberta");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let off = b"\x1b[?1000l";
    assert!(pty.bytes().windows(off.len()).any(|bytes| bytes == off));
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let sandbox = Sandbox::new();
    let config = sandbox.file("mouse.toml", "mouse = false");
    for arguments in [&["--no-mouse"][..], &["--config", config.to_str().unwrap()]] {
        let mut pty = open(&sandbox, &[&["--model", "none"], arguments].concat());
        pty.wait_for("Neighbours of vaswani2017attention");
        pty.send("q");
        assert_eq!(pty.wait_exit(), 0);
        let asked = b"\x1b[?1000h";
        assert!(!pty.bytes().windows(asked.len()).any(|bytes| bytes == asked));
    }
}

#[test]
fn ctrl_c_quits_in_every_mode() {
    for before in ["", "/abc", "?"] {
        let sandbox = Sandbox::new();
        let mut pty = open(&sandbox, &["--model", "none"]);
        pty.wait_for("143 papers");
        pty.send(before);
        pty.send("\x03");
        assert_eq!(pty.wait_exit(), 0, "after {before:?}");
        pty.assert_restored();
    }
}

#[test]
fn sigterm_leaves_a_sane_terminal() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &["--model", "none"]);
    pty.wait_for("143 papers");
    pty.signal("TERM");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_lost_connection_ends_the_program() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &["--model", "none"]);
    pty.wait_for("143 papers");
    pty.signal("HUP");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_stopped_program_gives_the_terminal_back_and_takes_it_again() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &["--model", "none"]);
    let is_stopped = |pty: &Pty| {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pty.id())).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    };
    for by_key in [false, true] {
        pty.wait_for("143 papers");
        pty.wait_for("  1 ▇");
        if by_key {
            pty.send("\u{1a}");
        } else {
            pty.signal("TSTP");
        }
        assert!(pty.wait_screen(|screen| !screen.alternate_screen()), "{}", pty.screen());
        if cfg!(target_os = "linux") {
            let stopped = (0..500).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(10));
                is_stopped(&pty)
            });
            assert!(stopped);
        }
        pty.signal("CONT");
        assert!(pty.wait_screen(vt100::Screen::alternate_screen), "{}", pty.screen());
    }
    pty.wait_for("143 papers");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_panic_leaves_a_sane_terminal() {
    let this = std::env::current_exe().unwrap();
    let arguments = ["--ignored", "--exact", "in_a_pty_panic", "--test-threads=1", "--nocapture"];
    let mut pty = Pty::spawn(&this, &arguments, &[], (80, 24));
    assert_ne!(pty.wait_exit(), 0);
    pty.assert_restored();
    assert!(pty.screen().contains("on purpose"), "the panic is reported:\n{}", pty.screen());
}

/// Run by the test above.
#[test]
#[ignore = "enters full-screen mode"]
fn in_a_pty_panic() {
    let mut terminal = specter_tui::terminal::Terminal::enter(true).unwrap();
    terminal.draw(|_| {}).unwrap();
    let other = std::thread::spawn(|| panic!("of another thread"));
    assert!(other.join().is_err());
    panic!("on purpose");
}

#[test]
fn a_hub_out_of_reach_leaves_words() {
    let sandbox = Sandbox::new();
    let mut pty = open(&sandbox, &["--yes"]);
    pty.wait_for("Neighbours of vaswani2017attention");
    pty.wait_for("  1 ▇");
    pty.wait_for("words only (ctrl-r tries again): 127.0.0.1");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn embedding_runs_to_the_end_behind_the_screen() {
    let sandbox = Sandbox::new();
    let model = tiny_model();
    let mut pty = open(&sandbox, &["--model", model.to_str().unwrap()]);
    pty.wait_for(
        "Every paper has its vector: neighbours, clusters and the map now rest on meaning, too",
    );
    pty.send("j");
    pty.wait_for("embedding done");
    pty.wait_for("vectors + words");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let list = sandbox.json(&["--model", model.to_str().unwrap(), "list"]);
    assert!(list["papers"].as_array().unwrap().iter().all(|paper| paper["vector"] == true));
}

#[test]
fn marks_and_notes_are_there_again_after_a_restart() {
    let sandbox = Sandbox::new();
    let editor =
        sandbox.file("editor.sh", "for file; do :; done\necho 'read chapter two' >> \"$file\"\n");
    let mut pty = open(&sandbox, &["--model", "none"]);
    pty.wait_for("143 papers");
    pty.send("*");
    pty.wait_for("star · vaswani2017attention · u undoes");
    pty.send("j");
    pty.send("mr");
    pty.wait_for("read · ");
    pty.send("u");
    pty.wait_for("undone: read");
    pty.send("U");
    pty.wait_for("redone: read");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);

    let sample = checkout("assets/sample.bib");
    let mut variables = environment(&sandbox.path(""));
    variables.push(("VISUAL", format!("sh {}", editor.display()).into()));
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let arguments = ["--model", "none", sample.to_str().unwrap()];
    let mut pty = Pty::spawn(program, &arguments, &variables, (120, 32));
    pty.wait_for("★ 2017 Attention");
    pty.wait_for("● 2018 Deep");
    pty.send("a");
    pty.wait_for("read chapter two");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_mark_of_another_window_is_seen() {
    let sandbox = Sandbox::new();
    let mut one = open(&sandbox, &["--model", "none"]);
    one.wait_for("143 papers");
    let mut other = open(&sandbox, &["--model", "none"]);
    other.wait_for("143 papers");
    other.send("*");
    other.wait_for("star · vaswani2017attention");
    one.wait_for("★ 2017 Attention");
    for pty in [&mut one, &mut other] {
        pty.send("q");
        assert_eq!(pty.wait_exit(), 0);
    }
}

#[test]
fn wrong_keys_are_told_and_the_default_ones_work() {
    let sandbox = Sandbox::new();
    let config = sandbox.file("keys.toml", "[keys]\nquit = 'j'");
    let mut pty = open(&sandbox, &["--model", "none", "--config", config.to_str().unwrap()]);
    pty.wait_for("keys.toml:2:1: [keys] \"j\" would be both down and quit");
    pty.send("j");
    pty.wait_until(|screen| !screen.contains("would be both"));
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn what_cannot_work_is_said_before_the_screen() {
    let sandbox = Sandbox::new();
    for (arguments, message) in
        [(&["/no/such.bib"][..], "cannot read /no/such.bib"), (&["simliar", "key"], "similar")]
    {
        let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
        let environment = environment(&sandbox.path(""));
        let arguments = [&["--model", "none"], arguments].concat();
        let mut pty = Pty::spawn(program, &arguments, &environment, (100, 24));
        pty.wait_for(message);
        assert_ne!(pty.wait_exit(), 0);
    }
}
