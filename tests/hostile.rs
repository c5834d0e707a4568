//! A `.bib` from a stranger who means harm, and a program that keeps to itself.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "support/pty.rs"]
mod pty;

use std::process::Command;

use program::{Sandbox, checkout, environment, tiny_model};
use pty::Pty;

/// What a terminal would obey, or a reader be deceived by. Each stands in every field.
const TRICKS: [(&str, &str); 12] = [
    ("colour", "\u{1b}[5;41mred"),
    ("title of the window", "\u{1b}]0;pwned\u{7}"),
    ("clipboard", "\u{1b}]52;c;cHduZWQ=\u{7}"),
    ("link", "\u{1b}]8;;http://evil.example/\u{1b}\\"),
    ("device control", "\u{1b}P1$rx\u{1b}\\"),
    ("one byte control", "\u{9b}31m\u{9d}0;x\u{9c}"),
    ("back over the line", "\u{8}\u{8}\u{8}\r\u{7f}"),
    ("other writing direction", "\u{202e}gnp.exe\u{202c}\u{2066}x\u{2069}"),
    ("nothing to be seen", "a\u{200b}b\u{2060}c\u{feff}d\u{ad}e"),
    ("tags", "\u{e0041}\u{e0042}"),
    ("half a character", "\u{fffd}"),
    ("feed", "\u{b}\u{c}\u{85}\u{2028}\u{2029}"),
];

/// What must never reach the terminal. The program's own sequences begin with `ESC [` and end with a
/// letter; strings to the terminal (`ESC ]`, `ESC P`) it never sends.
const FORBIDDEN: [(&str, &[u8]); 13] = [
    ("operating system command", b"\x1b]"),
    ("device control", b"\x1bP"),
    ("the stranger's colour", b"\x1b[5;41m"),
    ("C1 sequence", "\u{9b}".as_bytes()),
    ("C1 command", "\u{9d}".as_bytes()),
    ("bell", b"\x07"),
    ("vertical tab", b"\x0b"),
    ("delete", b"\x7f"),
    ("override", "\u{202e}".as_bytes()),
    ("isolate", "\u{2066}".as_bytes()),
    ("zero width", "\u{200b}".as_bytes()),
    ("byte order mark", "\u{feff}".as_bytes()),
    ("tag", "\u{e0041}".as_bytes()),
];

fn hostile(prefix: &str) -> String {
    let entry = |(number, (name, trick)): (usize, &(&str, &str))| {
        format!(
            "@article{{{prefix}{number}{trick}, title = {{A {name}{trick} in a title of {prefix}}}, \
             author = {{Evil{trick}, Eve and {trick}Other, O}}, journal = {{Journal{trick}}}, year = 2020,\n\
             keywords = {{key{trick}word, other}}, doi = {{10.1/{trick}{number}}}, groups = {{g{trick}}},\n\
             url = {{javascript:alert(1){trick}}}, file = {{../../../../etc/passwd{trick}}},\n\
             note = {{note{trick}}}, readstatus = {{read{trick}}}, unknown{number} = {{x{trick}}},\n\
             abstract = {{An abstract with a {name}{trick} in it, and more words about {name}.}}}}\n\n"
        )
    };
    TRICKS.iter().enumerate().map(entry).collect::<String>()
        + "@article{unfinished, title = {\u{1b}]0;pwned\u{7}\n"
}

fn assert_clean(what: &str, bytes: &[u8]) {
    for (name, forbidden) in FORBIDDEN {
        let at = bytes.windows(forbidden.len()).position(|window| window == forbidden);
        if let Some(at) = at {
            let around = &bytes[at.saturating_sub(40)..(at + 40).min(bytes.len())];
            panic!("{what}: {name} reached the terminal: {:?}", String::from_utf8_lossy(around));
        }
    }
}

#[test]
fn nothing_of_a_hostile_file_reaches_the_terminal_as_a_command() {
    let sandbox = Sandbox::new();
    let own = sandbox.file("own\u{1b}]0;x\u{7}.bib", hostile("a"));
    let new = sandbox.file("new.bib", hostile("new"));
    let environment = environment(&sandbox.path(""));
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let arguments = ["--model", "none", own.to_str().unwrap(), "--inbox", new.to_str().unwrap()];
    for size in [(200, 60), (60, 16)] {
        let mut pty = Pty::spawn(program, &arguments, &environment, size);
        pty.wait_for("13 papers");
        for keys in [
            "7",
            "1",
            "jjjj",
            "w",
            "\r",
            "2",
            "+",
            "s\u{1b}[200~A colour\u{1b}]0;x\u{7}\u{1b}[201~",
            "\t",
            "\u{1b}",
            "4",
            "\r",
            "5",
            "6",
            "*",
            "M",
            "!",
            "!",
            "?",
            "\u{1b}",
            ":",
            "\u{1b}",
            "1",
            "/key",
            "\r",
            "P",
            "G",
            "\u{7f}",
            "8",
            "jjjj",
            "1",
            "C",
            "\u{1b}",
            "Fsa\u{1b}",
        ] {
            pty.send(keys);
            std::thread::sleep(std::time::Duration::from_millis(60));
        }
        pty.send("q");
        pty.send("\u{3}");
        pty.wait_exit();
        let mut bytes = pty.bytes();
        // What the program itself asks the terminal, once.
        let question = b"\x1b]11;?\x07";
        let at = bytes.windows(question.len()).position(|window| window == question).unwrap();
        bytes.drain(at..at + question.len());
        assert_clean("the screen", &bytes);
    }
}

#[test]
fn nothing_of_a_hostile_file_is_printed_as_a_command() {
    let sandbox = Sandbox::new();
    let bib = sandbox.file("own.bib", hostile("a"));
    let bib = bib.to_str().unwrap();
    let first = format!("a0{}", TRICKS[0].1);
    let out = |arguments: &[&str]| {
        let output = sandbox.command().args(["--model", "none"]).args(arguments).output().unwrap();
        let all = [output.stdout, output.stderr].concat();
        assert_clean(&arguments.join(" "), &all);
        all
    };
    out(&["import", bib]);
    out(&["list"]);
    out(&["duplicates"]);
    let listed = String::from_utf8(out(&["list", "--json"])).unwrap();
    let papers: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let keys: Vec<&str> =
        papers["papers"].as_array().unwrap().iter().map(|p| p["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 13);
    out(&["similar", keys[0], "--why"]);
    out(&["similar", &first]);
    out(&["search", "colour title", "--why"]);
    out(&["clusters"]);
    out(&["next", "--why"]);
    out(&["mark", keys[1], "--star"]);
    out(&["next", "--why"]);
    out(&["bridge", keys[0], keys[5]]);
    out(&["map", "--csv"]);
    let svg = sandbox.path("map.svg");
    out(&["map", "--svg", svg.to_str().unwrap()]);
    assert_clean("the picture", &std::fs::read(svg).unwrap());
}

/// Traces a run of the program; the addresses that it connected to. `None` where that cannot be traced.
fn connections(sandbox: &Sandbox, arguments: &[&str]) -> Option<Vec<String>> {
    let trace = sandbox.path("trace");
    let output = Command::new("strace")
        .args(["-f", "-e", "trace=connect,sendto,sendmsg", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_specter-tui"))
        .args(arguments)
        .envs(environment(&sandbox.path("")))
        .output();
    let Ok(output) = output.inspect_err(|_| eprintln!("no strace here: not tested")) else {
        return None;
    };
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    if !text.contains("exited with") {
        eprintln!("nothing can be traced here: not tested");
        return None;
    }
    assert!(output.status.code().is_some());
    Some(text.lines().filter(|line| line.contains("AF_INET")).map(str::to_owned).collect())
}

#[test]
fn nobody_is_connected_to_but_the_hub_and_only_for_a_model() {
    let sandbox = Sandbox::new();
    let sample = checkout("assets/sample.bib");
    let sample = sample.to_str().unwrap();
    let model = tiny_model();
    let model = model.to_str().unwrap();
    for arguments in [
        &["--model", model, "import", sample][..],
        &["--model", model, "embed"],
        &["--model", model, "similar", "devlin2019bert", "--why"],
        &["--model", model, "next"],
        &["--model", "none", "clusters"],
        &["--offline", "similar", "devlin2019bert"],
    ] {
        let Some(connections) = connections(&sandbox, arguments) else { return };
        assert_eq!(connections, Vec::<String>::new(), "{arguments:?}");
    }
    // A model of the Hub is asked for there, and nowhere else.
    let all = connections(&sandbox, &["similar", "devlin2019bert"]).unwrap();
    assert!(
        !all.is_empty() && all.iter().all(|line| line.contains("sin_port=htons(9)")),
        "{all:?}"
    );
}
