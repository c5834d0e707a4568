//! The headless commands, run as a user runs them.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/program.rs"]
#[allow(dead_code)]
mod program;

use std::collections::BTreeSet;
use std::path::Path;

use program::{Sandbox, checkout, tiny_model};
use serde_json::Value;

const THREE: &str =
    "@article{alpha, title = {Graph networks for molecules}, year = 2019, doi = {10.1/a},
  author = {Ngo, Linh and M{\\\"u}ller, Eva}, journal = {Chemistry}, keywords = {graphs, chemistry},
  abstract = {We train graph networks that predict properties of molecules.}}
@article{beta, title = {Molecules as graphs}, year = 2020,
  abstract = {Properties of molecules are predicted by networks that read graphs.}}
@article{gamma, title = {Whale songs of the Pacific}, year = 2001}
";

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn import_reports_what_differs_and_what_is_wrong() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", format!("{THREE}@article{{delta, title = {{Open}}, year = 2000\n"));
    let report = sandbox.json(&["import", "l.bib"]);
    assert_eq!(keys(&report), ["entries", "files", "files_with_warnings", "lost", "papers"].into());
    assert_eq!(report["papers"], 4);
    let file = &report["files"][0];
    assert_eq!(
        keys(file),
        [
            "path",
            "entries",
            "added",
            "changed",
            "unchanged",
            "removed",
            "kept",
            "duplicates",
            "diagnostics"
        ]
        .into()
    );
    assert_eq!((&file["entries"], &file["added"]), (&4.into(), &4.into()));
    let finding = &file["diagnostics"][0];
    assert_eq!(keys(finding), ["line", "column", "severity", "key", "message"].into());
    assert_eq!((&finding["line"], &finding["key"]), (&7.into(), &"delta".into()));

    let (out, err) = sandbox.run(&["import", "l.bib"]);
    assert!(out.starts_with("l.bib: 4 entries, 0 added, 0 changed, 4 unchanged"), "{out}");
    assert!(err.starts_with("l.bib:7:"), "{err}");
    assert!(err.contains("warning: delta: "), "{err}");
    assert!(out.ends_with("\n4 entries read, 0 lost, 1 file with warnings\n"), "{out}");

    sandbox.file("l.bib", THREE.replace("2001", "2002"));
    let report = sandbox.json(&["import", "l.bib"]);
    let file = &report["files"][0];
    let counts = ["added", "changed", "unchanged", "removed"].map(|count| file[count].as_u64());
    assert_eq!(counts, [Some(0), Some(1), Some(2), Some(1)]);
}

#[test]
fn list_shows_every_field() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let report = sandbox.json(&["--model", "none", "list", "--bib", "l.bib"]);
    let paper = &report["papers"][0];
    assert_eq!(paper["key"], "alpha");
    assert_eq!(paper["type"], "article");
    assert_eq!(paper["title"], "Graph networks for molecules");
    assert_eq!(paper["authors"][1]["family"], "Müller");
    assert_eq!(paper["year"], 2019);
    assert_eq!(paper["venue"], "Chemistry");
    assert_eq!(paper["keywords"], serde_json::json!(["graphs", "chemistry"]));
    assert_eq!(paper["doi"], "10.1/a");
    assert_eq!(paper["line"], 1);
    assert_eq!(paper["vector"], false);
    assert!(paper["raw"].as_str().unwrap().starts_with("@article{alpha, title"));
    assert_eq!(report["papers"].as_array().unwrap().len(), 3);
    let (out, _) = sandbox.run(&["--model", "none", "list"]);
    assert_eq!(out.lines().count(), 3);
}

#[test]
fn list_shows_dates_and_what_other_programs_keep() {
    let sandbox = Sandbox::new();
    sandbox.file("x.pdf", "");
    sandbox.file(
        "l.bib",
        "@comment{jabref-meta: groupstree:\n0 AllEntriesGroup:;\n1 ExplicitGroup:Old\\;0\\;a\\;;\n}
@article{a, title = {Waves}, year = 2019, month = \"10~\" # jan, ids = {waves},
  file = {Full text:x.pdf:application/pdf}, mendeley-tags = {wet}, groups = {New}, owner = {Ada},
  note = {To appear}, readstatus = {skimmed}, ranking = {rank4}, timestamp = {2020.02.03}}",
    );
    let report = sandbox.json(&["--model", "none", "list", "--bib", "l.bib"]);
    let paper = &report["papers"][0];
    assert_eq!((&paper["year"], &paper["date"]), (&2019.into(), &"2019-01-10".into()));
    assert_eq!(paper["date_written"], "10 January 2019");
    assert_eq!(paper["other_keys"], serde_json::json!(["waves"]));
    assert_eq!(paper["tags"], serde_json::json!(["wet"]));
    assert_eq!(paper["groups"], serde_json::json!(["New", "Old"]));
    let file = &paper["files"][0];
    assert_eq!(keys(file), ["description", "path", "type", "resolved"].into());
    assert_eq!((&file["path"], &file["type"]), (&"x.pdf".into(), &"pdf".into()));
    assert!(Path::new(file["resolved"].as_str().unwrap()).exists());
    assert_eq!(paper["notes"], serde_json::json!([{"field": "note", "text": "To appear"}]));
    assert_eq!(paper["reading"], serde_json::json!({"status": "skimmed", "rating": 4}));
    assert_eq!((&paper["owner"], &paper["created"]), (&"Ada".into(), &"2020-02-03".into()));
    // An entry is found by the keys in its `ids`, too.
    let similar = sandbox.json(&["--model", "none", "similar", "waves", "--bib", "l.bib"]);
    assert_eq!(similar["query"]["like"], serde_json::json!(["waves"]));
}

#[test]
fn duplicates_are_listed_and_versions_suggested() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "l.bib",
        format!(
            "{THREE}@misc{{draft, title = {{Molecules as Graphs}}, year = 2018, eprint = {{1801.00001}},
  author = {{Roe, A.}}}}
@article{{beta2, title = {{Molecules as graphs}}, year = 2019, author = {{Roe, Ada}}, doi = {{10.1/c}}}}"
        ),
    );
    sandbox.file(
        "m.bib",
        THREE.replace("{alpha", "{omega").replace("{gamma, title = {Whale", "{g, title = {Bird"),
    );
    let report = sandbox.json(&["duplicates", "--bib", "l.bib", "--bib", "m.bib"]);
    assert_eq!(keys(&report), ["works", "suggestions"].into());
    let works = report["works"].as_array().unwrap();
    assert_eq!(works.len(), 2, "{works:?}");
    assert_eq!(keys(&works[0]), ["title", "entries"].into());
    let of = |work: &Value| -> Vec<String> {
        let entries = work["entries"].as_array().unwrap();
        entries.iter().map(|entry| format!("{} {}", entry["key"], entry["line"])).collect()
    };
    assert_eq!(of(&works[0]), ["\"alpha\" 1", "\"omega\" 1"]);
    assert_eq!(keys(&works[0]["entries"][0]), ["key", "source", "line"].into());
    let suggestions = report["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), 1, "{suggestions:?}");
    assert_eq!(
        suggestions[0]["reason"],
        "preprint and published version, same title, years 2018 and 2019"
    );
    assert_eq!(
        keys(&suggestions[0]["papers"][0]),
        ["key", "title", "year", "source", "line"].into()
    );
    let (out, _) = sandbox.run(&["duplicates", "--bib", "l.bib"]);
    assert_eq!(out.lines().count(), 3, "{out}");
    assert!(out.starts_with("maybe one work, preprint"), "{out}");
    assert!(out.contains("l.bib:7: draft"), "{out}");
}

#[test]
fn embedding_is_done_once() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let model = tiny_model();
    let embed = |file| sandbox.json(&["--model", text(&model), "embed", file]);
    let first = embed("l.bib");
    assert_eq!(
        keys(&first),
        [
            "papers",
            "embedded",
            "skipped",
            "set_aside",
            "tokens",
            "seconds",
            "tokens_per_second",
            "model",
            "fingerprint",
            "precision",
            "dimensions"
        ]
        .into()
    );
    assert_eq!((&first["embedded"], &first["skipped"]), (&3.into(), &0.into()));
    // As the processor has it.
    assert!(first["precision"] == "f32" || first["precision"] == "bf16");
    let second = embed("l.bib");
    assert_eq!((&second["embedded"], &second["skipped"]), (&0.into(), &3.into()));
    assert_eq!(first["fingerprint"], second["fingerprint"]);
    // A new year changes no vector, a new title one; a renamed key and a moved entry none.
    let changed = THREE.replace("2001", "2002").replace("Whale", "Bird").replace("alpha", "omega");
    sandbox.file("l.bib", format!("\n\n{changed}"));
    assert_eq!(embed("l.bib")["embedded"], 1);
    let list = sandbox.json(&["--model", text(&model), "list"]);
    assert!(list["papers"].as_array().unwrap().iter().all(|paper| paper["vector"] == true));
}

#[test]
fn similar_ranks_by_words_and_by_vectors() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let model = tiny_model();
    for rank in ["hybrid", "dense", "lexical"] {
        let report = sandbox.json(&[
            "--model",
            text(&model),
            "similar",
            "alpha",
            "--bib",
            "l.bib",
            "--rank",
            rank,
        ]);
        assert_eq!(keys(&report), ["query", "rank", "model", "results"].into());
        assert_eq!(report["rank"], rank);
        let results = report["results"].as_array().unwrap();
        assert_eq!(
            keys(&results[0]),
            [
                "rank",
                "key",
                "title",
                "year",
                "score",
                "dense",
                "lexical",
                "dense_rank",
                "lexical_rank",
                "percentile",
                "basis",
                "seed",
                "versions"
            ]
            .into()
        );
        assert_eq!(results[0]["dense"].is_null(), rank == "lexical");
        assert!(results.iter().all(|row| row["key"] != "alpha"));
        if rank != "dense" {
            assert_eq!(results[0]["key"], "beta", "{rank}");
        }
    }
    let all = sandbox.json(&["--model", text(&model), "similar", "beta", "--top", "0"]);
    assert_eq!(all["results"].as_array().unwrap().len(), 2);
    let one = sandbox.json(&["--model", text(&model), "similar", "beta", "--not", "gamma"]);
    let query = serde_json::json!(
        {"like": ["beta"], "not": ["gamma"], "join": "best", "diverse": false}
    );
    assert_eq!(one["query"], query);
    assert_eq!(one["results"].as_array().unwrap().len(), 1);
}

#[test]
fn search_takes_words_filters_and_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let model = tiny_model();
    let model = ["--model", text(&model)];
    let ask = |arguments: &[&str]| {
        sandbox.json(&[&model[..], &["search", "--bib", "l.bib"], arguments].concat())
    };
    let found = |report: &Value| -> Vec<String> {
        let rows = report["results"].as_array().unwrap();
        rows.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
    };
    let report = ask(&["songs of whales"]);
    assert_eq!(keys(&report), ["query", "rank", "model", "results"].into());
    assert_eq!(report["query"], serde_json::json!({"text": "songs of whales", "filter": ""}));
    assert_eq!(
        keys(&report["results"][0]),
        [
            "rank",
            "key",
            "title",
            "year",
            "score",
            "dense",
            "lexical",
            "dense_rank",
            "lexical_rank",
            "percentile",
            "basis"
        ]
        .into()
    );
    let report = ask(&["songs of whales", "--rank", "lexical"]);
    assert_eq!(found(&report)[0], "gamma");
    assert_eq!(report["results"][0]["basis"], "title words only");

    let report = ask(&["graphs", "year:2020..", "--top", "0"]);
    assert_eq!(report["query"], serde_json::json!({"text": "graphs", "filter": "year:2020.."}));
    assert_eq!(found(&report), ["beta"]);
    assert_eq!(found(&ask(&["molecules author:müller", "--filter", "-is:missing"])), ["alpha"]);
    assert_eq!(found(&ask(&["molecules", "--rank", "lexical"])).len(), 2);
    assert_eq!(found(&ask(&["molecules", "--top", "0"])).len(), 3);

    let whole = "Properties of molecules: are they predicted\nby networks that read graphs?";
    let mut command = sandbox.command();
    command.args(model).args(["search", "-", "--json"]).write_stdin(whole);
    let out = command.assert().success().get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(found(&report).len(), 3);

    let (out, err) = sandbox.run(&["--model", "none", "search", "unheard"]);
    assert!(out.is_empty() && err.contains("has any of these words"), "{err}");
    let (out, err) = sandbox.run(&["--model", "none", "search", "graphs", "year:1800"]);
    assert!(out.is_empty() && err.contains("no paper matches the filter"), "{err}");
}

#[test]
fn search_says_why() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let model = tiny_model();
    let arguments =
        ["search", "We read graphs. It helps networks a lot.", "--bib", "l.bib", "--why"];
    let report = sandbox.json(&[&["--model", text(&model)], &arguments[..]].concat());
    let rows = report["results"].as_array().unwrap();
    let why = &rows.iter().find(|row| row["key"] == "beta").unwrap()["why"];
    assert_eq!(
        keys(why),
        [
            "seed",
            "dense",
            "words",
            "topics",
            "terms",
            "topic_terms",
            "sentences",
            "authors",
            "venue",
            "keywords"
        ]
        .into()
    );
    let terms = why["terms"].as_array().unwrap();
    let sum: f64 = terms.iter().map(|term| term["contribution"].as_f64().unwrap()).sum();
    assert!((sum - why["words"].as_f64().unwrap()).abs() < 1e-5);
    let graph = terms.iter().find(|term| term["term"] == "graph").unwrap();
    assert_eq!(
        graph["query"],
        serde_json::json!([{"part": "text", "start": 8, "end": 14, "text": "graphs"}])
    );
    assert_eq!(graph["result"].as_array().unwrap().len(), 2);
    assert_eq!(why["sentences"]["approximate"], true);
    assert!(why["sentences"]["query"]["text"].as_str().unwrap().ends_with('.'));
    let (out, _) = sandbox.run(&[&["--model", "none"], &arguments[..]].concat());
    assert!(out.contains("parts     words 0.") && out.contains("graphs 0."), "{out}");
    assert!(!out.contains("sentences"), "{out}");
}

#[test]
fn list_takes_a_filter() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let list = |filter: &str| {
        let report =
            sandbox.json(&["--model", "none", "list", "--bib", "l.bib", "--filter", filter]);
        report["papers"].as_array().unwrap().len()
    };
    assert_eq!(list("graph year:2019..2020"), 2);
    assert_eq!(list("has:doi OR title:\"whale songs\""), 2);
    assert_eq!(list("-tag:chem has:vector"), 0);
    assert_eq!(list("-has:vector"), 3);
    let (code, err) = sandbox.fail(&["list", "--filter", "whale autor:ngo"]);
    assert_eq!(code, 2);
    assert!(err.contains("--filter: column 7: ") && err.contains("write author:"), "{err}");
}

#[test]
fn without_a_model_words_serve_and_it_is_said() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let arguments = ["similar", "alpha", "--bib", "l.bib", "--top", "1"];
    let (out, err) = sandbox.run(&[&["--offline"], &arguments[..]].concat());
    assert!(out.contains("beta"), "{out}");
    assert!(err.contains("words only"), "{err}");
    assert!(err.contains("--model"), "{err}");
    let (out, _) = sandbox.run(&[&["--model", "none"], &arguments[..]].concat());
    assert!(out.contains("beta"), "{out}");
    let dense = ["--rank", "dense"];
    let (code, _) = sandbox.fail(&[&["--model", "none"], &arguments[..], &dense].concat());
    assert_eq!(code, 2);
    let (code, err) = sandbox.fail(&[&["--offline"], &arguments[..], &dense].concat());
    assert_eq!(code, 1);
    assert!(err.contains("allenai-specter"), "{err}");
}

#[test]
fn errors_say_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let similar = ["--model", "none", "similar", "alhpa", "--bib", "l.bib"];
    let (code, err) = sandbox.fail(&similar);
    assert_eq!(code, 1);
    assert!(err.contains("alhpa") && err.contains("closest keys are alpha"), "{err}");

    let (code, err) = sandbox.fail(&["import", "nowhere.bib"]);
    assert_eq!(code, 1);
    assert!(err.contains("nowhere.bib"), "{err}");

    std::fs::create_dir(sandbox.path("no-model")).unwrap();
    let (code, err) = sandbox.fail(&["--model", "./no-model", "embed", "l.bib"]);
    assert_eq!(code, 1);
    assert!(err.contains("config.json"), "{err}");

    sandbox.file("wrong.toml", "model = 'none'\nspeed = 11\n");
    let (code, err) = sandbox.fail(&["--config", "wrong.toml", "list"]);
    assert_eq!(code, 1);
    assert!(err.contains("wrong.toml") && err.contains("line 2") && err.contains("speed"), "{err}");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["--frobnicate"][..],
        &["similar"],
        &["import"],
        &["--threads", "0", "list"],
        &["--device", "abacus", "list"],
        &["--precision", "f7", "list"],
        &["similar", "k", "--rank", "best"],
        &["search"],
        &["search", "author:ngo"],
        &["search", "graphs", "year:2O19"],
        &["search", "graphs", "--filter", "is:raed"],
        &["l.bib", "list"],
        &["--model", "none", "embed"],
    ] {
        sandbox.file("l.bib", THREE);
        sandbox.run(&["import", "l.bib"]);
        let (code, err) = sandbox.fail(arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
    let (code, err) = sandbox.fail(&["l.bib"]);
    assert_eq!(code, 2);
    for command in ["import", "embed", "similar", "search", "list", "duplicates", "export"] {
        assert!(err.contains(command), "{err}");
    }
}

#[test]
fn export_is_what_numpy_reads() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    let model = tiny_model();
    let files = ["--vectors", "v.npy", "--keys", "k.txt"];
    sandbox.run(&[&["--model", text(&model), "export", "--bib", "l.bib"], &files[..]].concat());
    let keys = std::fs::read_to_string(sandbox.path("k.txt")).unwrap();
    assert_eq!(keys, "alpha\nbeta\ngamma\n");
    let array = std::fs::read(sandbox.path("v.npy")).unwrap();
    assert!(array.starts_with(b"\x93NUMPY\x01\x00"));
    let header_end = 10 + usize::from(u16::from_le_bytes([array[8], array[9]]));
    let header = std::str::from_utf8(&array[10..header_end]).unwrap();
    assert!(header.contains("'descr': '<f4'"), "{header}");
    assert!(header.contains("'shape': (3,32,)"), "{header}");
    assert_eq!(array.len(), header_end + 3 * 32 * 4);
    for row in array[header_end..].chunks(32 * 4) {
        let values = row.chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        let length: f32 = values.map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
}

#[test]
fn the_sample_library_is_clean() {
    let sandbox = Sandbox::new();
    let sample = checkout("assets/sample.bib");
    let report = sandbox.json(&["import", text(&sample)]);
    assert_eq!(report["files"][0]["diagnostics"], serde_json::json!([]));
    assert_eq!(report["files"][0]["duplicates"], 0);
    let papers = report["papers"].as_u64().unwrap();
    assert!(papers >= 120, "{papers}");
    let list = sandbox.json(&["--model", "none", "list"]);
    for paper in list["papers"].as_array().unwrap() {
        let title = paper["title"].as_str().unwrap();
        assert!(!title.contains(['\\', '{', '}']), "{title}");
        assert!(!title.is_empty() && paper["year"].is_number(), "{paper}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let sandbox = Sandbox::new();
    let many: String = (0..3000)
        .map(|n| format!("@misc{{k{n}, title = {{Title number {n}}}, year = 2000}}\n"))
        .collect();
    sandbox.file("many.bib", many);
    sandbox.run(&["import", "many.bib"]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_specter-tui"))
        .args(["--model", "none", "list"])
        .envs(program::environment(&sandbox.path("")))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

/// Kills the program in the middle of embedding, again and again, until it gets through; no vector
/// is lost, and all are those of a run in peace.
#[test]
#[cfg(unix)]
fn a_killed_run_is_continued() {
    use std::process::{Command, Stdio};
    use std::time::Duration;
    let text_of =
        |n: usize| format!("networks {n} of {} and molecules {} ", n * 7 % 100, n * 13 % 50);
    let many: String = (0..1500)
        .map(|n| {
            let words: String = (0..30).map(|i| text_of(n + i)).collect();
            format!("@misc{{k{n}, title = {{Paper {n}}}, abstract = {{{words}}}}}\n")
        })
        .collect();
    let model = tiny_model();
    let export = |sandbox: &Sandbox| {
        let files = ["--vectors", "v.npy", "--keys", "k.txt"];
        sandbox.run(&[&["--model", text(&model), "export"], &files[..]].concat());
        std::fs::read(sandbox.path("v.npy")).unwrap()
    };
    let peace = Sandbox::new();
    peace.file("many.bib", &many);
    let embedded = peace.json(&["--model", text(&model), "embed", "many.bib"]);
    let wanted = export(&peace);

    let sandbox = Sandbox::new();
    sandbox.file("many.bib", &many);
    sandbox.run(&["import", "many.bib"]);
    let whole = Duration::from_secs_f64(embedded["seconds"].as_f64().unwrap());
    for part in [3, 4] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_specter-tui"))
            .args(["--model", text(&model), "embed"])
            .envs(program::environment(&sandbox.path("")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole / part + Duration::from_millis(50));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let last = sandbox.json(&["--model", text(&model), "embed"]);
    let (done, skipped) = (last["embedded"].as_u64().unwrap(), last["skipped"].as_u64().unwrap());
    assert_eq!(done + skipped, 1500);
    assert!(skipped > 0, "nothing of the killed runs was kept");
    let got = export(&sandbox);
    assert_eq!(got.len(), wanted.len());
    let differing = got.iter().zip(&wanted).filter(|(a, b)| a != b).count();
    // Batches may be cut differently, which changes the last bits.
    assert!(close(&got, &wanted), "{differing} bytes differ");
}

#[cfg(unix)]
fn close(a: &[u8], b: &[u8]) -> bool {
    let start = 10 + usize::from(u16::from_le_bytes([a[8], a[9]]));
    let values = |bytes: &[u8]| -> Vec<f32> {
        bytes[start..].chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    a[..start] == b[..start] && values(a).iter().zip(&values(b)).all(|(a, b)| (a - b).abs() < 1e-5)
}

#[test]
fn an_empty_library_is_no_error_but_said() {
    let sandbox = Sandbox::new();
    sandbox.file("empty.bib", "");
    let report = sandbox.json(&["--model", "none", "list", "--bib", "empty.bib"]);
    assert_eq!(report, serde_json::json!({"papers": []}));
    let (out, err) = sandbox.run(&["--model", "none", "list"]);
    assert!(out.is_empty());
    assert!(err.contains("no papers here"), "{err}");
    let (code, err) = sandbox.fail(&["--model", "none", "similar", "x"]);
    assert_eq!(code, 1);
    assert!(err.contains("no papers at all"), "{err}");
}

#[test]
fn one_sentence_for_one_error() {
    let sandbox = Sandbox::new();
    let (_, err) = sandbox.fail(&["import", "."]);
    assert_eq!(err.matches("os error").count(), 1, "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
}

#[test]
fn what_is_missing_is_kept_until_it_is_forgotten() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    sandbox.run(&["import", "l.bib"]);
    sandbox.file("l.bib", "");
    let report = sandbox.json(&["import", "l.bib"]);
    assert_eq!((&report["entries"], &report["files"][0]["kept"]), (&0.into(), &3.into()));
    assert_eq!(report["files_with_warnings"], 1);
    let missing = |report: &Value| -> Vec<bool> {
        let papers = report["papers"].as_array().unwrap();
        papers.iter().map(|paper| paper["missing"].as_bool().unwrap()).collect()
    };
    assert_eq!(missing(&sandbox.json(&["--model", "none", "list"])), [true; 3]);
    sandbox.file("m.bib", THREE.replace("{alpha", "{also"));
    let list = sandbox.json(&["--model", "none", "list", "--bib", "m.bib"]);
    assert_eq!(missing(&list), [false; 3]);
    std::fs::remove_file(sandbox.path("m.bib")).unwrap();
    assert_eq!(sandbox.json(&["forget", "--bib", "l.bib"])["forgotten"], 3);
    assert_eq!(missing(&sandbox.json(&["--model", "none", "list"])), [true; 3]);
    let (out, _) = sandbox.run(&["forget"]);
    assert_eq!(out, "3 missing papers forgotten\n");
    assert!(missing(&sandbox.json(&["--model", "none", "list"])).is_empty());
    let (code, said) = sandbox.fail(&["forget", "--bib", "m.bib"]);
    assert!(code == 1 && said.contains("m.bib"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_keeps_no_other_from_being_so() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", THREE);
    std::fs::create_dir(sandbox.path("folder.bib")).unwrap();
    sandbox.file("braces.bib", "{{{{");
    let output = sandbox.command().args(["import", "braces.bib"]).assert().failure();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(said.contains("no entry that can be read in braces.bib"), "{said}");
    let twice = sandbox.json(&["import", "l.bib", "./l.bib"]);
    assert_eq!(twice["entries"], 3);
    let output = sandbox
        .command()
        .args(["import", "folder.bib", "l.bib"])
        .assert()
        .failure()
        .get_output()
        .clone();
    assert!(String::from_utf8(output.stdout).unwrap().contains("3 entries read, 0 lost"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("folder.bib"));
}

/// Twelve papers on two subjects.
fn two_subjects() -> String {
    let subject = |name: &str, title: &str, words: &str| -> String {
        (1..=6)
            .map(|i| {
                format!(
                    "@article{{{name}{i}, title = {{{title} in study {i}}}, year = 2020,
  abstract = {{We look at {words} once more.}}}}\n"
                )
            })
            .collect()
    };
    subject("whale", "Whale songs", "whale songs of the Pacific, sonar and migration")
        + &subject("graph", "Planar graphs", "planar graphs, their colouring and chromatic numbers")
}

#[test]
fn clusters_are_listed_named_and_recognised() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", two_subjects());
    let list = ["--model", "none", "clusters", "--bib", "l.bib"];
    let report = sandbox.json(&list);
    assert_eq!(keys(&report), ["levels", "loose", "model"].into());
    assert_eq!(report["loose"], serde_json::json!([]));
    assert_eq!(report["levels"].as_array().unwrap().len(), 2);
    let coarse = &report["levels"][0];
    assert_eq!(
        (keys(coarse), &coarse["resolution"]),
        (["clusters", "resolution"].into(), &1.0.into())
    );
    let clusters = coarse["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 2);
    let cluster = &clusters[0];
    assert_eq!(
        keys(cluster),
        ["id", "parent", "label", "name", "terms", "colour", "size", "medoid", "papers"].into()
    );
    assert_eq!((&cluster["size"], &cluster["medoid"]), (&6.into(), &cluster["papers"][0]));
    assert_eq!((&cluster["parent"], &cluster["name"]), (&Value::Null, &Value::Null));
    assert_eq!(cluster["terms"][0], "whale songs");
    assert_eq!(report["levels"][1]["clusters"][0]["parent"], cluster["id"]);

    let id = cluster["id"].to_string();
    let (out, _) = sandbox.run(&["clusters", "--name", &id, "Cetaceans"]);
    assert_eq!(out, format!("{id} is Cetaceans\n"));
    sandbox.file("l.bib", two_subjects() + "@article{blue, title = {Blue whale songs and sonar}}");
    let report = sandbox.json(&list);
    let cluster = &report["levels"][0]["clusters"][0];
    assert_eq!(cluster["size"], 7);
    assert_eq!((&cluster["id"].to_string(), &cluster["label"]), (&id, &"Cetaceans".into()));
    let (out, _) = sandbox.run(&["--model", "none", "clusters"]);
    assert!(out.contains("     7  Cetaceans  ("), "{out}");
    let (out, _) = sandbox.run(&["clusters", "--name", &id, "", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["name"], Value::Null);
}

#[test]
fn clusters_refuse_what_is_no_resolution_and_no_cluster() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", two_subjects());
    let (code, _) = sandbox.fail(&["--model", "none", "clusters", "--resolution", "0"]);
    assert_eq!(code, 2);
    let (code, _) = sandbox.fail(&["clusters", "--name", "one", "Name"]);
    assert_eq!(code, 2);
    let (code, err) = sandbox.fail(&["clusters", "--name", "99", "Name"]);
    assert!(code == 1 && err.contains("there is no cluster 99"), "{err}");
    // A library without papers has none.
    let report = sandbox.json(&["--model", "none", "clusters"]);
    assert_eq!(report["levels"][0]["clusters"], serde_json::json!([]));
}
