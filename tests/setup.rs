//! How the program is set up: the log, the doctor and its bug report, the sample library, saved filters and
//! columns headless.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;

use std::path::{Path, PathBuf};

use program::Sandbox;
use specter_tui::library::store::Store;

const BIB: &str =
    "@article{doe2020secret, title = {A Very Secret Title}, author = {Doe, Jane}, year = 2020}
@article{roe1999, title = {Another one of mine}, author = {Roe, Rick}, year = 1999}";

/// A library with two papers, and a run that went wrong.
fn troubled() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    let bib = sandbox.file("private/my-papers.bib", BIB);
    sandbox.run(&["--model", "none", "import", bib.to_str().unwrap()]);
    let gone = sandbox.path("private/none.bib");
    sandbox.fail(&["--model", "none", "import", gone.to_str().unwrap()]);
    (sandbox, bib)
}

/// The log of a sandbox.
fn log(sandbox: &Sandbox) -> PathBuf {
    sandbox.path(".local/state/specter-tui/specter-tui.log")
}

#[cfg(target_os = "linux")]
#[test]
fn what_goes_wrong_is_logged_and_nothing_else() {
    use std::os::unix::fs::PermissionsExt;
    let (sandbox, bib) = troubled();
    let path = log(&sandbox);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("ERROR") && text.contains("none.bib"), "{text}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // Papers' texts are in it at no level but the two that say so.
    for level in ["info", "warn"] {
        let mut command = sandbox.command();
        command.args(["--model", "none", "import", bib.to_str().unwrap()]);
        command.env("SPECTER_TUI_LOG", level).assert().success();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("Secret"), "{text}");
    let (code, message) = sandbox.fail(&["--log-level", "loud", "list"]);
    assert_eq!(code, 2);
    assert!(message.contains("error, warn, info, debug, trace"), "{message}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_doctor_names_the_log_and_the_terminal() {
    let (sandbox, _) = troubled();
    let (said, _) = sandbox.run(&["--model", "none", "doctor"]);
    assert!(said.contains(log(&sandbox).to_str().unwrap()), "{said}");
    assert!(said.contains("cannot read") && said.contains("none.bib"), "{said}");
    assert!(
        said.contains("colours: ") && said.contains("encoding: ") && said.contains("clipboard: ")
    );
    let report = sandbox.json(&["--model", "none", "doctor"]);
    assert_eq!(report["log"]["level"], "warn");
    assert_eq!(report["log"]["trouble"].as_array().unwrap().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn the_bug_report_has_nothing_of_the_user_s() {
    let (sandbox, bib) = troubled();
    // A log that tells more than it should, as a fault would make it.
    let said = std::fs::read_to_string(log(&sandbox)).unwrap();
    let time = "2026-11-26T02:00:00Z ERROR main:";
    let text = format!(
        "{said}{time} of “A very Secret Title”\n{time} Another one of mine (roe1999) is odd\n\
         {time} {}: gone\n2026-11-26T02:00:00Z DEBUG main: panic: not in `Very Secret`\nSecret too\n",
        bib.display()
    );
    std::fs::write(log(&sandbox), text).unwrap();
    let path = sandbox.path("report.txt");
    sandbox.run(&["--model", "none", "doctor", "--bundle", path.to_str().unwrap()]);
    let report = std::fs::read_to_string(&path).unwrap();
    let home = sandbox.path("");
    let home = home.to_str().unwrap().trim_end_matches('/');
    for secret in ["Secret", "Another one of mine", "doe2020secret", "roe1999", "my-papers", home] {
        assert!(!report.contains(secret), "{secret}:\n{report}");
    }
    for wanted in ["\"papers\": 2", "ERROR", env!("CARGO_PKG_VERSION"), "\"encoding\""] {
        assert!(report.contains(wanted), "{wanted}:\n{report}");
    }
    // Nobody's file is written over.
    let (_, message) = sandbox.fail(&["doctor", "--bundle", path.to_str().unwrap()]);
    assert!(message.contains("cannot write the report"), "{message}");
}

#[test]
fn a_saved_filter_stands_in_every_query() {
    let sandbox = Sandbox::new();
    let bib = sandbox.file("papers.bib", BIB);
    sandbox.run(&["--model", "none", "import", bib.to_str().unwrap()]);
    let mut store = Store::open(&sandbox.path("library")).unwrap();
    store.set_filter("this century", Some("year:2000..")).unwrap();
    drop(store);
    let keys = |filter: &str| -> Vec<String> {
        let list = sandbox.json(&["--model", "none", "list", "--filter", filter]);
        let papers = list["papers"].as_array().unwrap().iter();
        papers.map(|paper| paper["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("saved:this-century"), ["doe2020secret"]);
    assert_eq!(keys("-saved:\"This century\""), ["roe1999"]);
    let found = sandbox.json(&["--model", "none", "search", "title", "saved:this-century"]);
    assert_eq!(found["query"]["filter"], "saved:this-century");
    let (code, message) = sandbox.fail(&["list", "--filter", "x saved:none"]);
    assert_eq!(code, 2);
    assert!(message.contains("column 3") && message.contains("this century"), "{message}");
}

#[test]
fn the_sample_library_keeps_to_itself() {
    let sandbox = Sandbox::new();
    let bib = sandbox.file("papers.bib", BIB);
    sandbox.run(&["--model", "none", "import", bib.to_str().unwrap()]);
    let count = |arguments: &[&str]| {
        let list = sandbox.json(&[&["--model", "none", "list"], arguments].concat());
        list["papers"].as_array().unwrap().len()
    };
    assert_eq!(count(&["--sample"]), 143);
    assert_eq!(count(&[]), 2);
    let (code, _) = sandbox.fail(&["--sample", bib.to_str().unwrap()]);
    assert_eq!(code, 2);
}

#[test]
fn columns_are_checked_where_they_are_written() {
    let sandbox = Sandbox::new();
    let config = sandbox.file("c.toml", "model = \"none\"\ncolumns = [\"title\", \"yaer\"]\n");
    let check =
        |config: &Path| sandbox.fail(&["--config", config.to_str().unwrap(), "config", "--check"]);
    let (_, message) = check(&config);
    assert!(message.contains("c.toml:2:21: columns: there is no column `yaer`"), "{message}");
    let (code, message) = sandbox.fail(&["--columns", "year", "list"]);
    assert_eq!(code, 2);
    assert!(message.contains("`title` is missing"), "{message}");
}
