//! Marks and recommendations, headless.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;

use program::{Sandbox, checkout};
use serde_json::{Value, json};

fn fields(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn keys(report: &Value) -> Vec<&str> {
    report["results"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect()
}

/// The sample library, without the marks that its file has.
fn sample() -> Sandbox {
    let sandbox = Sandbox::new();
    let sample = std::fs::read_to_string(checkout("assets/sample.bib")).unwrap();
    let is_mark = |line: &&str| {
        let marks = ["readstatus =", "ranking =", "priority =", "relevance ="];
        marks.iter().any(|mark| line.trim_start().starts_with(mark))
    };
    let unmarked: Vec<&str> = sample.lines().filter(|line| !is_mark(line)).collect();
    sandbox.file("sample.bib", unmarked.join("\n"));
    sandbox.run(&["import", "sample.bib"]);
    sandbox
}

fn words<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--model", "none"], arguments].concat()
}

#[test]
fn filters_know_the_marks() {
    let sandbox = sample();
    sandbox.run(&["mark", "devlin2019bert", "--read"]);
    let listed = |filter| {
        let list = sandbox.json(&["list", "--filter", filter]);
        list["papers"].as_array().unwrap().len()
    };
    assert_eq!((listed("is:read"), listed("is:unread")), (1, 142));
}

#[test]
fn marks_are_made_kept_undone_and_redone() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "l.bib",
        "@misc{a, title={Waves in shallow water}, year=2001, readstatus={read}}
         @misc{b, title={Songs of whales}, year=2002}",
    );
    sandbox.run(&["import", "l.bib"]);
    let report = sandbox.json(&["mark", "a", "b", "--star", "--rating", "4", "--tag", "sea"]);
    assert_eq!(report, json!({"what": "star, rating 4, tag sea", "keys": ["a", "b"]}));
    let again = sandbox.json(&["mark", "a", "--star"]);
    assert_eq!(again, json!({"what": null, "keys": []}));
    // A renamed key is the same paper.
    sandbox.file("l.bib", "@misc{z, title={Waves in shallow water}, year=2001}");
    sandbox.run(&["import", "l.bib"]);
    let undone = sandbox.json(&["undo"]);
    assert_eq!(undone, json!({"what": "star, rating 4, tag sea", "keys": ["z"]}));
    let (out, err) = sandbox.run(&["undo"]);
    assert_eq!((out.as_str(), err.as_str()), ("", "nothing to undo\n"));
    let (out, _) = sandbox.run(&["redo"]);
    assert_eq!(out, "redone: star, rating 4, tag sea (2 papers)\n");
}

#[test]
fn wrong_usage_of_mark_is_said() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", "@misc{alpha, title={Waves in shallow water}, year=2001}");
    sandbox.run(&["import", "l.bib"]);
    let (code, error) = sandbox.fail(&["mark", "alpha"]);
    assert_eq!(code, 2);
    assert!(error.contains("--star"), "{error}");
    assert_eq!(sandbox.fail(&["mark", "alpha", "--rating", "6"]).0, 2);
    assert_eq!(sandbox.fail(&["mark", "alpha", "--read", "--unread"]).0, 2);
    assert_eq!(sandbox.fail(&["mark", "alpha", "--tag", " "]).0, 2);
    let (code, error) = sandbox.fail(&["mark", "alhpa", "--star"]);
    assert_eq!(code, 1);
    assert!(error.contains("the closest keys are alpha"), "{error}");
}

#[test]
fn forgetting_can_be_undone() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("l.bib", "@misc{a, title={Waves in shallow water}, year=2001}");
    sandbox.run(&["import", "l.bib"]);
    std::fs::remove_file(file).unwrap();
    assert_eq!(sandbox.json(&["forget"]), json!({"forgotten": 1}));
    let undone = sandbox.json(&["undo"]);
    assert_eq!(undone, json!({"what": "forget missing papers", "keys": ["a"]}));
    let list = sandbox.json(&words(&["list"]));
    assert_eq!(list["papers"][0]["missing"], true);
}

#[test]
fn next_says_what_and_why_and_follows_the_marks() {
    let sandbox = sample();
    let start = sandbox.json(&words(&["next"]));
    assert_eq!(fields(&start), ["likes", "model", "not", "results"].into());
    assert_eq!((&start["likes"], &start["model"]), (&json!([]), &Value::Null));
    assert_eq!(start["results"][0]["why"][0]["kind"], "central");
    assert_eq!(sandbox.fail(&words(&["next", "--cluster", "999"])).0, 2);
    let of_cluster = sandbox.json(&words(&["next", "--cluster", "1", "--top", "3"]));
    assert_eq!(keys(&of_cluster).len(), 3);
    let label = &of_cluster["results"][0]["why"][0]["label"];
    assert!(
        of_cluster["results"].as_array().unwrap().iter().all(|r| r["why"][0]["label"] == *label)
    );

    let starred = ["jumper2021highly", "rives2021biological", "anfinsen1973principles"];
    sandbox.run(&[&["mark"], &starred[..], &["--star"]].concat());
    let report = sandbox.json(&words(&["next", "--top", "5"]));
    let likes: BTreeSet<&str> = report["likes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|like| like["key"].as_str().unwrap())
        .collect();
    assert_eq!(likes, starred.into());
    let row = &report["results"][0];
    assert_eq!(fields(row), ["key", "rank", "score", "title", "why", "year"].into());
    let why = &row["why"][0];
    assert_eq!(fields(why), ["kind", "likes", "shared", "text"].into());
    assert_eq!(fields(&why["likes"][0]), ["affinity", "because", "key"].into());
    assert_eq!(why["likes"][0]["because"], "starred");
    assert!(why["text"].as_str().unwrap().starts_with("because you starred "), "{why}");
    assert_eq!(fields(&row["why"][1]), ["against_it", "for_it", "kind", "text"].into());
    assert!(keys(&report).iter().all(|key| !starred.contains(key)));

    // What is not wanted goes; what is read is not offered again.
    let first = keys(&report)[0].to_owned();
    sandbox.run(&["mark", &first, "--not-for-me"]);
    let after = sandbox.json(&words(&["next", "--top", "0"]));
    assert!(!keys(&after).contains(&first.as_str()));
    assert_eq!(after["not"][0]["key"], first.as_str());
    sandbox.run(&["undo"]);
    assert_eq!(sandbox.json(&words(&["next", "--top", "5"])), report, "as before");

    let (out, _) = sandbox.run(&words(&["next", "--top", "2", "--why"]));
    assert!(out.lines().nth(1).unwrap().trim().starts_with("because you starred"), "{out}");
}

#[test]
fn next_goes_by_named_papers_tags_lists_and_the_week() {
    let sandbox = sample();
    let of =
        |arguments: &[&str]| sandbox.json(&words(&[&["next", "--top", "0"], arguments].concat()));
    let named = of(&["--like", "jumper2021highly"]);
    assert_eq!(
        named["likes"],
        json!([{"key": "jumper2021highly", "because": "named", "weight": 1.0}])
    );
    sandbox.run(&["mark", "jumper2021highly", "--tag", "folding", "--list", "to read"]);
    let (tagged, listed) = (of(&["--tag", "folding"]), of(&["--list", "to read"]));
    assert_eq!((keys(&tagged), keys(&listed)), (keys(&named), keys(&named)));
    assert_eq!(tagged["likes"][0]["because"], "tagged folding");
    assert_eq!(listed["likes"][0]["because"], "put on the list to read");
    assert_eq!(sandbox.fail(&words(&["next", "--tag", "nothing"])).0, 2);
    sandbox.run(&["mark", "jumper2021highly", "--reading"]);
    assert_eq!(keys(&of(&["--week"])), keys(&named));
    let (code, error) = sandbox.fail(&words(&["next", "--like", "jumper2021"]));
    assert_eq!(code, 1);
    assert!(error.contains("jumper2021highly"), "{error}");
}

#[test]
fn an_inbox_is_ranked_not_joined_and_can_be_written() {
    let sandbox = sample();
    let fold = "@article{fold, title = {Protein {F}olding by a language model}, year = 2024,
  abstract = {A language model of protein sequences predicts the folded structure.}}";
    let bird = "@article{bird, title = {Moult in Arctic terns}, year = 2024,
  abstract = {When feathers are shed.}}";
    let owned =
        "@article{other-key, title = {Biological structure and function emerge from scaling \
                 unsupervised learning to 250 million protein sequences}, year = 2021,
                 doi = {10.1073/pnas.2016239118}}";
    sandbox.file("new.bib", format!("{bird}\n{owned}\n{fold}\n"));
    sandbox.run(&["mark", "jumper2021highly", "anfinsen1973principles", "--star"]);
    let before = sandbox.json(&words(&["list"]))["papers"].as_array().unwrap().len();
    let report = sandbox.json(&words(&["inbox", "new.bib"]));
    assert_eq!(fields(&report), ["added", "known", "list", "model", "results"].into());
    assert_eq!((keys(&report), &report["known"]), (vec!["fold", "bird"], &json!(1)));
    let row = &report["results"][0];
    let expected = ["key", "line", "nearest", "rank", "score", "source", "title", "why", "year"];
    assert_eq!(fields(row), expected.into());
    assert_eq!(fields(&row["nearest"][0]), ["affinity", "key"].into());
    assert!(row["why"][0]["text"].as_str().unwrap().contains("jumper2021highly"), "{row}");

    let added = sandbox.json(&words(&["inbox", "new.bib", "--add", "fold", "--list", "later"]));
    assert_eq!((&added["added"], &added["list"]), (&json!(["fold"]), &json!("later")));
    let after = sandbox.json(&words(&["list"]))["papers"].as_array().unwrap().len();
    assert_eq!(before, after, "it does not join the library");
    for _ in 0..2 {
        sandbox.run(&["export", "--bibtex", "out.bib", "--list", "later"]);
        let written = std::fs::read_to_string(sandbox.path("out.bib")).unwrap();
        assert!(written.contains(fold), "as it was: {written}");
    }
    let (code, error) = sandbox.fail(&["export", "--bibtex", "new.bib", "--list", "later"]);
    assert_eq!(code, 1);
    assert!(error.contains("name another"), "{error}");
    assert_eq!(sandbox.fail(&["export", "--bibtex", "x.bib", "--list", "no such"]).0, 2);
    let (_, error) = sandbox.fail(&words(&["inbox", "new.bib", "--add", "fodl"]));
    assert!(error.contains("the closest keys are fold"), "{error}");
}

#[test]
fn what_lies_between_two_papers_is_found() {
    let sandbox = sample();
    let (from, to) = ("jumper2021highly", "vaswani2017attention");
    let bridge = sandbox.json(&words(&["bridge", from, to, "--top", "5"]));
    assert_eq!(fields(&bridge), ["from", "model", "results", "to"].into());
    assert_eq!(bridge["results"][0]["why"][0]["kind"], "between");
    assert_eq!(bridge["results"][0]["why"][0]["shared"].as_array().unwrap().len(), 2);
    assert!(keys(&bridge).contains(&"rives2021biological"), "{:?}", keys(&bridge));

    let path = sandbox.json(&words(&["path", from, to]));
    let stops = keys(&path);
    assert_eq!((stops[0], stops[stops.len() - 1]), (from, to));
    assert!((3..=8).contains(&stops.len()), "{stops:?}");
    assert_eq!(fields(&path["results"][1]), ["affinity", "key", "shared", "title", "year"].into());
    assert_eq!(path["results"][0]["affinity"], Value::Null);
    let back = sandbox.json(&words(&["path", to, from]));
    let mut reversed = keys(&back);
    reversed.reverse();
    assert_eq!(reversed, stops);
}

#[test]
fn the_users_own_groups_are_evaluated() {
    let sandbox = sample();
    let nothing = sandbox.json(&words(&["evaluate"]));
    assert_eq!(nothing["groups"], json!([]));
    let proteins = ["jumper2021highly", "rives2021biological", "anfinsen1973principles"];
    sandbox.run(&[&["mark"], &proteins[..], &["--tag", "proteins"]].concat());
    let report = sandbox.json(&words(&["evaluate"]));
    assert_eq!(fields(&report), ["all", "groups", "model", "places"].into());
    let group = &report["groups"][0];
    let expected = ["group", "hidden", "ours", "papers", "vectors", "words"];
    assert_eq!(fields(group), expected.into());
    assert_eq!((&group["group"], &group["hidden"]), (&json!("tag proteins"), &json!(3)));
    assert_eq!((&group["ours"], &group["vectors"]), (&json!(1.0), &Value::Null));
}
