use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::sentences::Reading;
use super::*;
use crate::embed::encoder::{DeviceChoice, Precision, PrecisionChoice, load};
use crate::embed::model::{Metric, Model};
use crate::similarity::rank::testing::paper;

fn name(given: &str, family: &str) -> Name {
    Name { given: given.into(), family: family.into(), ..Name::default() }
}

/// Three papers, of which the first two have much in common.
fn papers() -> Vec<Paper> {
    let mut papers = vec![
        paper("Graph Networks for molecules", "We study molecules. Graphs are read by a network."),
        paper("Molecules as graphs", "A Café Network. Molecular graphs, many graphs."),
        paper("Whale songs", "Songs of the Pacific."),
    ];
    papers[0].keywords = vec!["Chemistry".into(), "GRAPH".into()];
    papers[1].keywords = vec!["chemistry".into(), "Chemistry".into()];
    papers[0].authors = vec![name("Eva", "Müller"), name("J. R.", "Smith"), name("", "others")];
    papers[1].authors = vec![
        name("Anna", "Müller"),
        name("John", "Smith"),
        name("E.", "Muller"),
        name("", "others"),
    ];
    papers[0].venue = "Proceedings of X".into();
    papers[1].venue = "proceedings of X.".into();
    papers
}

#[test]
fn shared_terms_add_up_and_are_found_where_they_stand() {
    let papers = papers();
    let lexical = Lexical::build(&papers);
    let mut vectors = Vectors::new(3, 2, Metric::Cosine);
    vectors.set(0, &[1.0, 0.0]).unwrap();
    vectors.set(1, &[0.6, 0.8]).unwrap();
    let why = explain(&papers, &lexical, Some(&vectors), Side::Paper(0), 1);
    assert!((why.dense.unwrap() - 0.6).abs() < 0.01);
    assert!((why.words - lexical.similarities(0).words[1]).abs() < 1e-6);
    let sum: f32 = why.terms.iter().map(|term| term.contribution).sum();
    assert_eq!(sum.to_bits(), why.words.to_bits());
    let terms: Vec<&str> = why.terms.iter().map(|term| term.term.as_str()).collect();
    assert_eq!(terms.len(), 4, "{terms:?}");
    let written = |term: &str, side, in_b: bool| -> Vec<&str> {
        let shared = why.terms.iter().find(|shared| shared.term == term).unwrap();
        let places = if in_b { &shared.in_b } else { &shared.in_a };
        places.iter().map(|place| &text(&papers, side, place.part)[place.range.clone()]).collect()
    };
    assert_eq!(written("graph", Side::Paper(0), false), ["Graph", "Graphs", "GRAPH"]);
    assert_eq!(written("graph", Side::Paper(1), true), ["graphs", "graphs", "graphs"]);
    assert_eq!(written("network", Side::Paper(1), true), ["Network"]);
    assert_eq!(written("chemistry", Side::Paper(1), true), ["chemistry", "Chemistry"]);
    assert_eq!(why.topics, None, "three papers have no topics");
}

#[test]
fn authors_venue_and_keywords_of_both_are_told() {
    let papers = papers();
    let lexical = Lexical::build(&papers);
    let why = explain(&papers, &lexical, None, Side::Paper(0), 1);
    assert_eq!(why.authors, ["John Smith", "E. Muller"]);
    assert_eq!(why.venue.as_deref(), Some("proceedings of X."));
    assert_eq!(why.keywords, ["chemistry"]);
    let why = explain(&papers, &lexical, None, Side::Paper(0), 2);
    assert_eq!(why, Explanation::default());
}

#[test]
fn a_text_is_explained_by_its_words() {
    let papers = papers();
    let lexical = Lexical::build(&papers);
    let asked = Side::Text("unheard GRAPHS of whales");
    let why = explain(&papers, &lexical, None, asked, 1);
    assert_eq!(why.terms.len(), 1);
    assert_eq!(why.terms[0].in_a, [Place { part: Part::Abstract, range: 8..14 }]);
    assert!((why.words - lexical.query("unheard GRAPHS of whales").words[1]).abs() < 1e-6);
    assert!(why.authors.is_empty() && why.venue.is_none());
}

#[test]
fn the_sentences_most_alike_are_found() {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/tiny/mean-normalize");
    let model = Model::open(&tiny, "tiny", None).unwrap();
    let tokenizer = model.tokenizer().unwrap();
    let precision = PrecisionChoice::Exactly(Precision::F32);
    let encoder = load(&model, DeviceChoice::Cpu, precision).unwrap();
    let read = |title: &str, text: &str| {
        Reading::new(&tokenizer, &*encoder, title, text, &AtomicBool::new(false)).unwrap()
    };
    let text = "Graph networks show that it helps. Citation data for a title.";
    let (a, b) = (read("", text), read("", text));
    let pair = a.closest(&b).unwrap();
    assert_eq!(pair.a, pair.b, "a sentence is like itself");
    assert!([0..34, 35..61].contains(&pair.a.range), "{pair:?}");
    assert!((pair.similarity - 1.0).abs() < 1e-5);
    assert_eq!(a.closest(&read("", "")), None);
    assert_eq!(a.closest(&read("graph", "")), None);
    let stopped = Reading::new(&tokenizer, &*encoder, "a", text, &AtomicBool::new(true));
    assert!(stopped.is_err());
}
