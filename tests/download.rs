//! The program and a Hub: words serve while the model is on its way, and then vectors.
#![cfg(unix)]
// The helpers are shared with tests that use more of them.
#![allow(dead_code, clippy::unwrap_used)]

#[path = "hub/bench.rs"]
mod bench;
#[path = "support/hub_server.rs"]
mod hub_server;
#[path = "support/program.rs"]
mod program;
#[path = "support/pty.rs"]
mod pty;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bench::{git_file, lfs_file, repository, serve};
use hub_server::{HubServer, RepoFile};
use program::{Sandbox, checkout, environment};
use pty::Pty;

/// The files of a tiny model, as a Hub has them.
fn tiny_files() -> Vec<RepoFile> {
    let folder = checkout("tests/goldens/tiny/cls");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let small = [
        "1_Pooling/config.json",
        "config.json",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ];
    let mut files: Vec<RepoFile> = small.iter().map(|name| git_file(name, read(name))).collect();
    files.push(lfs_file("model.safetensors", read("model.safetensors")));
    files
}

/// A Hub that takes its time over the weights.
fn slow_hub() -> HubServer {
    serve(repository(tiny_files()), |request, _| {
        if request.target.ends_with("model.safetensors") {
            std::thread::sleep(Duration::from_millis(700));
        }
        None
    })
}

fn with_hub(folder: &Path, hub: &HubServer) -> Vec<(&'static str, PathBuf)> {
    let mut environment = environment(folder);
    environment.retain(|(name, _)| *name != "HF_ENDPOINT");
    environment.push(("HF_ENDPOINT", PathBuf::from(hub.url())));
    environment
}

#[test]
fn words_serve_until_the_model_is_here() {
    let hub = slow_hub();
    let sandbox = Sandbox::new();
    let sample = checkout("assets/sample.bib");
    let arguments = ["--model", bench::ID, sample.to_str().unwrap()];
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let mut pty = Pty::spawn(program, &arguments, &with_hub(&sandbox.path(""), &hub), (120, 32));
    // It asks first, and nothing is in the way of what goes without.
    pty.wait_for("d downloads bert");
    pty.wait_for("  1 ▇");
    pty.send("d");
    pty.wait_for("words only until bert is here");
    pty.wait_for("  1 ▇");
    pty.wait_for("Every paper has its vector");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
    // Once here, it needs no Hub.
    drop(hub);
    let report = sandbox.json(&["--offline", "--model", bench::ID, "embed"]);
    assert_eq!(report["embedded"], 0);
    assert_eq!(report["model"], bench::ID);
}

#[test]
fn a_download_that_fails_can_be_tried_again() {
    let refused = AtomicBool::new(false);
    let hub = serve(repository(tiny_files()), move |request, _| {
        let weights = request.target.ends_with("model.safetensors");
        let refuse = weights && !refused.swap(true, Ordering::Relaxed);
        refuse.then(|| hub_server::Reply::new(403, "forbidden"))
    });
    let sandbox = Sandbox::new();
    let sample = checkout("assets/sample.bib");
    let arguments = ["--yes", "--model", bench::ID, sample.to_str().unwrap()];
    let program = env!("CARGO_BIN_EXE_specter-tui").as_ref();
    let mut pty = Pty::spawn(program, &arguments, &with_hub(&sandbox.path(""), &hub), (160, 32));
    pty.wait_for("words only (ctrl-r tries again)");
    pty.send("\x12");
    pty.wait_for("Every paper has its vector");
    pty.send("q");
    assert_eq!(pty.wait_exit(), 0);
}
