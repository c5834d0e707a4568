//! The `map` command, run as a user runs it.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

// Other tests use more of it.
#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;

use std::collections::HashMap;

use program::Sandbox;
use roxmltree::{Document, Node};
use serde_json::Value;

/// Papers of two subjects, and one with a title that wants to be obeyed.
fn library(papers: usize) -> String {
    let mut bib = String::from(
        "@misc{evil, title = {=HYPERLINK(\"x\") </title><script>alert('1')</script> \\& ]]> \u{1b}[31m\u{202e}}}\n",
    );
    let subjects = [
        ["whales", "songs", "ocean", "migration", "krill", "sonar"],
        ["graphs", "networks", "molecules", "chemistry", "proteins", "bonds"],
    ];
    let entries = (0..papers).map(|paper| {
        let words = subjects[paper % 2];
        let [a, b, c, d] = [1, 2, 3, 5].map(|step| words[paper / step % 6]);
        let year = 1990 + paper % 30;
        format!(
            "@article{{p{paper}, title = {{On {a} and {b}, part {paper}}}, year = {year},
             abstract = {{Of {c} and {a}, and {d}.}}}}\n"
        )
    });
    bib.extend(entries);
    bib
}

fn places(map: &Value) -> HashMap<String, (f64, f64)> {
    let place = |paper: &Value| {
        let [x, y] = ["x", "y"].map(|axis| paper[axis].as_f64().unwrap());
        (paper["key"].as_str().unwrap().to_owned(), (x, y))
    };
    map["papers"].as_array().unwrap().iter().map(place).collect()
}

fn map(sandbox: &Sandbox) -> Value {
    sandbox.json(&["--model", "none", "map", "--bib", "l.bib"])
}

#[test]
fn each_paper_has_a_place_and_the_same_one_the_next_time() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", library(80));
    let first = map(&sandbox);
    let papers = first["papers"].as_array().unwrap();
    assert_eq!(papers.len(), 81);
    assert_eq!(papers[1]["title"], "On whales and whales, part 0");
    assert_eq!(papers[1]["year"], 1990);
    let clusters = first["clusters"].as_array().unwrap();
    assert!(clusters.len() >= 2, "{clusters:?}");
    for paper in papers {
        let id = &paper["cluster"];
        assert!(id.is_null() || clusters.iter().any(|cluster| cluster["id"] == *id), "{paper}");
    }
    assert_eq!(map(&sandbox), first, "a restart shows the same map");
    // Other papers come, and nobody moves.
    sandbox.file("l.bib", library(90));
    let second = map(&sandbox);
    let (before, after) = (places(&first), places(&second));
    assert_eq!((before.len(), after.len()), (81, 91));
    for (key, place) in &before {
        assert_eq!(after[key], *place, "{key}");
    }
}

#[test]
fn libraries_of_no_or_few_papers_have_a_map() {
    for papers in 0..4 {
        let sandbox = Sandbox::new();
        sandbox.file("l.bib", library(papers).split_once('\n').unwrap().1);
        assert_eq!(map(&sandbox)["papers"].as_array().unwrap().len(), papers);
        let drawn = picture(&sandbox);
        let document = Document::parse(&drawn).unwrap();
        assert_eq!(dots(&document).count(), papers);
    }
}

fn picture(sandbox: &Sandbox) -> String {
    sandbox.run(&["--model", "none", "map", "--bib", "l.bib", "--svg", "map.svg"]);
    std::fs::read_to_string(sandbox.path("map.svg")).unwrap()
}

/// The papers of a picture.
fn dots<'a, 'input: 'a>(document: &'a Document<'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    let is_dot = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "circle" | "path");
    document.descendants().filter(move |node| is_dot(node))
}

#[test]
fn the_picture_is_well_formed_and_says_what_it_shows() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", library(120));
    let drawn = picture(&sandbox);
    assert!(!drawn.contains("<script") && !drawn.contains('\u{1b}'));
    let document = Document::parse(&drawn).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    for id in root.attribute("aria-labelledby").unwrap().split(' ') {
        let about = root.children().find(|node| node.attribute("id") == Some(id)).unwrap();
        assert!(!about.text().unwrap().is_empty(), "{id}");
    }
    let titles: Vec<&str> =
        dots(&document).map(|dot| dot.first_element_child().unwrap().text().unwrap()).collect();
    assert_eq!(titles.len(), 121);
    assert!(titles.iter().any(|title| title.contains("</title><script>alert('1')</script> & ]]>")));
    // Nothing from elsewhere.
    let links = document.descendants().filter(|node| {
        node.attributes()
            .any(|attribute| attribute.name() == "href" || attribute.value().contains("url("))
    });
    assert_eq!(links.count(), 0);
    let named = document.descendants().filter(|node| node.has_tag_name("text")).count();
    assert!(named >= 3, "{named}");
}

#[test]
fn the_table_has_a_line_for_each_paper_and_no_formulas() {
    let sandbox = Sandbox::new();
    sandbox.file("l.bib", library(40));
    let (table, _) = sandbox.run(&["--model", "none", "map", "--bib", "l.bib", "--csv"]);
    let mut lines = table.split("\r\n");
    assert_eq!(lines.next(), Some("key,title,year,x,y,cluster,label"));
    let evil = lines.next().unwrap();
    assert!(evil.starts_with("\"evil\",\"'=HYPERLINK(\"\"x\"\")"), "{evil}");
    assert_eq!(lines.filter(|line| !line.is_empty()).count(), 40);
}

#[test]
fn one_form_must_be_asked_for() {
    let sandbox = Sandbox::new();
    for arguments in [&["map"][..], &["map", "--csv", "--json"], &["map", "--csv", "--svg", "a"]] {
        let (code, _) = sandbox.fail(arguments);
        assert_eq!(code, 2, "{arguments:?}");
    }
}
