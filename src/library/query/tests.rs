use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::library::import::import;
use crate::library::marks::{Mark, Marks};
use crate::library::paper::{Paper, Snapshot};
use crate::library::store::Store;

const BIB: &str = r#"
@inproceedings{devlin2019bert, title = {{BERT}: Pre-training of Deep Bidirectional Transformers},
  author = {Devlin, Jacob and Chang, Ming-Wei}, booktitle = {NAACL}, year = 2019,
  doi = {10.18653/v1/N19-1423}, keywords = {language models, NLP}, file = {bert.pdf},
  abstract = {We introduce a new language representation model.}}
@article{mueller2005, title = {Über graphs of graph networks}, year = 2005, url = {https://x.org},
  author = {M{\"u}ller, Eva and von Neumann, John}, journal = {Journal of Chemistry}, groups = {old},
  note = {To appear}}
@misc{vaswani, title = {Attention is all you need}, eprint = {1706.03762}, archiveprefix = {arXiv},
  year = 2017, author = {Vaswani, Ashish}, abstract = {The Transformer, a network without recurrence.}}
@book{undated, title = {Elementary Language}, author = {Ng, A}}
@inbook{inbook, title = {A chapter}, year = {1999}}
"#;

struct Library {
    snapshot: Snapshot,
    folded: Folded,
    marks: Marks,
}

impl Library {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.bib");
        std::fs::write(&path, BIB).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        import(&mut store, &path, 1).unwrap();
        let snapshot = store.snapshot(&[]).unwrap();
        let mut marks = Marks::default();
        let mut mark = |key: &str, mark: Mark| {
            marks.set(snapshot.papers()[snapshot.by_key(key).unwrap()].id, mark);
        };
        mark("vaswani", Mark { state: State::Read, starred: true, ..Mark::default() });
        mark("undated", Mark { not_for_me: true, tags: vec!["À lire".into()], ..Mark::default() });
        mark("inbook", Mark { note: "hm".into(), state: State::Reading, ..Mark::default() });
        mark("mueller2005", Mark { lists: vec!["To Read".into()], ..Mark::default() });
        Self { folded: Folded::new(snapshot.papers()), marks, snapshot }
    }

    fn found(&self, query: &Query) -> BTreeSet<&str> {
        let papers = self.snapshot.papers();
        let has_vector = |paper: usize| papers[paper].key == "vaswani";
        let clusters = |paper: &Paper| match paper.key.as_str() {
            "devlin2019bert" | "vaswani" => ["3 pre training transformers", "7 attention"],
            _ => ["", ""],
        };
        let clusters: Vec<[&str; 2]> = papers.iter().map(clusters).collect();
        let known =
            Known { marks: Some(&self.marks), has_vector: Some(&has_vector), clusters: &clusters };
        let selected = self.folded.select(papers, query, &known);
        for (paper, &selected) in selected.iter().enumerate() {
            let fresh = Folded::new(papers);
            assert_eq!(query.matches(&Facts::new(&fresh, papers, paper, &known)), selected);
        }
        (papers.iter().zip(selected))
            .filter(|(_, selected)| *selected)
            .map(|(paper, _)| paper.key.as_str())
            .collect()
    }

    fn check(&self, text: &str, expected: &[&str]) {
        let query = Query::parse(text).unwrap();
        assert_eq!(self.found(&query), expected.iter().copied().collect(), "{text}");
        assert_eq!(Query::typed(text), (query, None), "{text}");
    }
}

const ALL: &[&str] = &["devlin2019bert", "mueller2005", "vaswani", "undated", "inbook"];

#[test]
fn words_are_found_in_full_or_in_part_in_any_order_and_field() {
    let library = Library::new();
    library.check("", ALL);
    library.check("former bert", &["devlin2019bert"]);
    library.check("BERT devlin 2019 naacl nlp", &["devlin2019bert"]);
    library.check("uber muller", &["mueller2005"]);
    library.check("ÜBER", &["mueller2005"]);
    library.check("pre-training", &["devlin2019bert"]);
    library.check("lire", &["undated"]);
    library.check("recurrence", &[]);
    library.check("… - -- \"\"", ALL);
}

#[test]
fn quotes_take_whole_words_in_their_order() {
    let library = Library::new();
    library.check("graph", &["mueller2005"]);
    library.check("\"graph networks\"", &["mueller2005"]);
    library.check("“graph networks”", &["mueller2005"]);
    library.check("\"graph network\"", &[]);
    library.check("\"networks graph\"", &[]);
    // A title's last word and a key's first one are no neighbours.
    library.check("\"need vaswani\"", &[]);
    library.check("\"need\"\"attention\"", &["vaswani"]);
    library.check("author:\"john von neumann\"", &["mueller2005"]);
    library.check("author:\"von neumann, john\"", &["mueller2005"]);
    library.check("author:\"neumann eva\"", &[]);
    library.check("\"ng\"", &["undated"]);
}

#[test]
fn fields_are_asked_for_themselves() {
    let library = Library::new();
    library.check("author:muller", &["mueller2005"]);
    library.check("AUTHOR:Müller", &["mueller2005"]);
    library.check("title:language", &["undated"]);
    library.check("tag:language", &["devlin2019bert"]);
    library.check("tag:old", &["mueller2005"]);
    library.check("tag:\"à lire\"", &["undated"]);
    library.check("list:\"to read\"", &["mueller2005"]);
    library.check("list:reading", &[]);
    library.check("cluster:pre-training", &["devlin2019bert", "vaswani"]);
    library.check("cluster:\"7\" -bert", &["vaswani"]);
    library.check("abstract:recurrence", &["vaswani"]);
    library.check("abstract:\"language representation\"", &["devlin2019bert"]);
    library.check("key:2005", &["mueller2005"]);
    library.check("venue:chem", &["mueller2005"]);
    library.check("type:book", &["undated"]);
    library.check("type:in", &["devlin2019bert", "inbook"]);
    library.check("type:\"in\"", &[]);
    library.check("doi:10.18653/V1/N19-1423", &["devlin2019bert"]);
    library.check("doi:https://doi.org/10.18653/v1/N19-1423", &["devlin2019bert"]);
    library.check("arxiv:1706.03762v5", &["vaswani"]);
    library.check("arxiv:https://arxiv.org/abs/1706.03762", &["vaswani"]);
    library.check("arxiv:1706", &["vaswani"]);
    library.check("arxiv:1706.03762V", &["vaswani"]);
    for odd in ["arxiv:01v:", "arxiv:01V", "arxiv:01v5v2"] {
        let (typed, _) = Query::typed(odd);
        assert_eq!(Query::typed(&typed.to_string()).0, typed, "{odd}");
    }
    library.check("author: doi: -title:", ALL);
}

#[test]
fn years_are_years_ranges_and_decades() {
    let library = Library::new();
    library.check("year:2019", &["devlin2019bert"]);
    library.check("year:2005..2017", &["mueller2005", "vaswani"]);
    library.check("year:..2005", &["mueller2005", "inbook"]);
    library.check("year:2017..", &["devlin2019bert", "vaswani"]);
    library.check("year:201", &["devlin2019bert", "vaswani"]);
    library.check("year:19", &["inbook"]);
    library.check("year:..200", &["mueller2005", "inbook"]);
    library.check("year:..", ALL);
    library.check("-year:2", &["undated", "inbook"]);
}

#[test]
fn marks_and_parts_are_asked_for() {
    let library = Library::new();
    library.check("is:read", &["vaswani"]);
    library.check("is:reading", &["inbook"]);
    library.check("is:unread", &["devlin2019bert", "mueller2005", "undated"]);
    library.check("is:starred", &["vaswani"]);
    library.check("is:not-for-me", &["undated"]);
    library.check("is:queued", &[]);
    library.check("is:missing", &[]);
    library.check("has:abstract", &["devlin2019bert", "vaswani"]);
    library.check("has:doi", &["devlin2019bert"]);
    library.check("has:arxiv", &["vaswani"]);
    library.check("has:url", &["mueller2005"]);
    library.check("has:file", &["devlin2019bert"]);
    library.check("has:note", &["mueller2005", "inbook"]);
    library.check("has:tag", &["devlin2019bert", "mueller2005", "undated"]);
    library.check("has:vector", &["vaswani"]);
    library.check("-has:year", &["undated"]);
}

#[test]
fn terms_are_negated_and_joined() {
    let library = Library::new();
    library.check("-bert", &["mueller2005", "vaswani", "undated", "inbook"]);
    library.check("language -author:devlin", &["undated"]);
    library.check("-\"graph networks\" year:2005", &[]);
    library.check("bert OR attention", &["devlin2019bert", "vaswani"]);
    library.check("language title:bert OR author:ng", &["devlin2019bert", "undated"]);
    library.check("bert OR attention OR chapter year:..2018", &["vaswani", "inbook"]);
    library.check("-is:unread OR bert", &["devlin2019bert", "vaswani", "inbook"]);
    // What is not there yet says nothing.
    for text in ["OR bert", "bert OR", "bert OR OR", "bert OR author:", "author: OR bert"] {
        library.check(text, &["devlin2019bert"]);
    }
    library.check("chapter or", &[]);
}

#[test]
fn what_makes_no_sense_is_told_with_what_to_write() {
    let library = Library::new();
    for (text, column, message, typed) in [
        ("é autor:x", 3, "there is no field `autor`: write author:…, or \"autor\"", &[][..]),
        ("zzz:bert", 1, "write one of title, key, venue", &[]),
        ("bert is:raed", 6, "`is:raed` says nothing: write is:read", &["devlin2019bert"]),
        ("has:x", 1, "write has: and one of abstract, doi", ALL),
        ("year:20x", 1, "`20x` is no year: write year:2019", ALL),
        ("year:20191", 1, "is no year", ALL),
        ("year:2021..2019", 1, "write year:2019..2021", ALL),
        ("bert \"deep bidir", 6, "never closed", &["devlin2019bert"]),
        (
            "-author:\"von neu",
            1,
            "never closed",
            &["devlin2019bert", "vaswani", "undated", "inbook"],
        ),
    ] {
        let error = Query::parse(text).unwrap_err();
        assert_eq!(error.column, column, "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
        let (query, _) = Query::typed(text);
        assert_eq!(library.found(&query), typed.iter().copied().collect(), "{text}");
    }
    // An open quotation is no fault while it is typed; a word with a colon is one and may be found.
    assert_eq!(Query::typed("\"deep").1, None);
    let (query, error) = Query::typed("bert:");
    assert!(error.is_some());
    assert_eq!(library.found(&query), ["devlin2019bert"].into());
}

#[test]
fn addresses_and_times_are_words() {
    let library = Library::new();
    library.check("10:30", &[]);
    library.check("https://naacl", &[]);
    assert_eq!(Query::parse("a2:b").unwrap().to_string(), "a2-b");
}

#[test]
fn fields_are_taken_out_of_a_text() {
    let within = |text: &str| Query::within(text).map(|(query, rest)| (query.to_string(), rest));
    let apart = |query: &str, rest: &str| Ok((query.to_owned(), rest.to_owned()));
    assert_eq!(
        within("bert author:devlin pre-training -year:..2018 \"deep\" -x"),
        apart("author:devlin -year:..2018", "bert pre-training \"deep\" -x")
    );
    assert_eq!(within("graphs author:a OR author:b"), apart("author:a OR author:b", "graphs"));
    assert_eq!(within("a OR author:b"), apart("", "a author:b"));
    assert_eq!(within("Attention: a study. ratio:1"), apart("", "Attention: a study. ratio:1"));
    assert!(within("x autor:devlin").unwrap_err().to_string().contains("author:"));
    assert!(within("x year:2O19").is_err());
    let (query, rest, error) = Query::typed_within("x autor:devlin is:unr year:2019");
    assert_eq!((query.to_string().as_str(), rest.as_str()), ("year:2019", "x autor:devlin"));
    assert!(error.unwrap().to_string().contains("author:"), "the first is told");
    assert_eq!(Query::typed_within("graph author:").2, None);
}

#[test]
fn the_spelling_is_the_shortest() {
    for (text, shortest) in [
        ("  Fine-Tuning   AUTHOR:\"Müller,  E.\" ", "fine-tuning author:\"muller e\""),
        ("year:199 -year:2005..2005 year:0350", "year:1990..1999 -year:2005 year:0350"),
        ("a OR -is:READ author: OR b", "a OR -is:read b"),
        ("doi:https://doi.org/10.1/A.b", "doi:10-1-a-b"),
    ] {
        assert_eq!(Query::parse(text).unwrap().to_string(), shortest);
    }
}

#[test]
fn a_query_has_an_end() {
    let many = "a OR -b ".repeat(100_000);
    assert_eq!(Query::parse(&many).unwrap_err().problem, Problem::TooMany);
    let (query, error) = Query::typed(&many);
    assert!(error.is_some() && query.to_string().len() < 5_000);
    let long = "x".repeat(1_000_000);
    assert!(Query::parse(&format!("{long} title:{long}")).is_ok());
    let error = Query::parse(&format!("{long} {long}:y")).unwrap_err();
    assert_eq!(error.column, 1_000_002);
}

/// Texts that look like queries more often than chance would have them.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,6}",
        "[a-z]{1,5}",
        "[0-9.]{1,10}",
        (0..24_usize).prop_map(|at| {
            let pieces = [
                " ",
                " ",
                " ",
                "\"",
                "“",
                "-",
                ":",
                "OR",
                " OR ",
                "author:",
                "title:",
                "year:",
                "is:",
                "has:",
                "tag:",
                "doi:",
                "abstract:",
                "type:",
                "arxiv:",
                "..",
                "unread",
                "vector",
                "İß",
                "\u{3a3}",
            ];
            pieces[at].to_owned()
        }),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_and_what_is_printed_is_read_as_the_same(text in texts()) {
        let (typed, error) = Query::typed(&text);
        prop_assert_eq!(&Query::typed(&typed.to_string()).0, &typed);
        match Query::parse(&text) {
            Ok(query) => {
                prop_assert_eq!(error, None);
                prop_assert_eq!(&Query::parse(&query.to_string()), &Ok(query.clone()));
                prop_assert_eq!(query, typed);
            }
            Err(error) => {
                prop_assert!((1..=text.chars().count()).contains(&error.column));
                prop_assert!(!error.to_string().is_empty());
            }
        }
        if let Ok((filter, rest)) = Query::within(&text) {
            prop_assert!(rest.len() <= 2 * text.len());
            prop_assert_eq!(&Query::parse(&filter.to_string()), &Ok(filter));
        }
    }
}

#[test]
fn a_term_and_its_opposite_share_the_papers() {
    let library = Library::new();
    proptest!(|(text in "[a-z]{1,3}|author:[a-z]{1,2}|year:[12]")| {
        let with = library.found(&Query::parse(&text).unwrap());
        let without = library.found(&Query::parse(&format!("-{text}")).unwrap());
        prop_assert!(with.is_disjoint(&without));
        prop_assert_eq!(with.len() + without.len(), ALL.len());
    });
}
