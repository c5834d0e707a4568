use super::*;
use crate::library::import::parse::parse;
use crate::library::paper::{PaperId, Source};

/// Papers of a `.bib` text, each a work of its own.
fn snapshot(bib: &str) -> Snapshot {
    let parsed = parse(bib.as_bytes()).papers;
    let papers = parsed.into_iter().enumerate().map(|(index, parsed)| Paper {
        id: PaperId(index as i64),
        key: parsed.key,
        other_keys: Vec::new(),
        kind: parsed.kind,
        title: parsed.title,
        authors: parsed.authors,
        date: parsed.date,
        venue: parsed.venue,
        abstract_text: parsed.abstract_text,
        keywords: Vec::new(),
        doi: parsed.doi,
        arxiv: parsed.arxiv,
        url: None,
        file: None,
        extras: parsed.extras,
        source: Source { path: std::sync::Arc::default(), line: parsed.line },
        missing: false,
        added: 0,
        text_hash: parsed.text_hash,
    });
    Snapshot::new(papers.collect())
}

/// Why two entries may be versions of one work. Around them stand others, so that words have
/// their usual frequencies.
fn reason(a: &str, b: &str) -> Option<String> {
    let others: String = [
        "Supervised parsing of long texts",
        "Unsupervised parsing of short texts",
        "An encoder for parsing",
        "A decoder for supervised parsing",
        "Unsupervised encoder and decoder training",
        "Neural networks for texts",
        "A neural network of texts",
    ]
    .iter()
    .enumerate()
    .map(|(n, title)| format!("@misc{{o{n}, title={{{title}}}, author={{Other, {n}}}}}\n"))
    .collect();
    let snapshot = snapshot(&format!("{a}\n{b}\n{others}"));
    let versions = Versions::find(&snapshot);
    assert!(versions.pairs().len() <= 1, "{:?}", versions.pairs());
    let pair = versions.pairs().first()?;
    assert_eq!((pair.first, pair.second), (0, 1));
    assert_eq!(versions.of(0).map(|(other, _)| other).collect::<Vec<_>>(), [1]);
    assert_eq!(versions.of(1).map(|(other, _)| other).collect::<Vec<_>>(), [0]);
    Some(pair.reason(&snapshot))
}

/// Two entries by the same authors with these titles and years.
fn titles(a: (&str, i32), b: (&str, i32)) -> Option<String> {
    let entry = |key: &str, (title, year): (&str, i32)| {
        format!(
            "@inproceedings{{{key}, title={{{title}}}, author={{Ngo, Linh and Roe, Ada}}, year={year}, booktitle={{B}}}}"
        )
    };
    reason(&entry("a", a), &entry("b", b))
}

#[test]
fn versions_are_found_and_the_reason_is_told() {
    let same = "Self-training of parsers without labels";
    let cases = [
        ((same, 2018), (same, 2019), "same title, years 2018 and 2019"),
        ((same, 2019), ("Selftraining of Parsers without labels!", 2019), "same title"),
        (
            (same, 2018),
            ("Self-training of parsres without lables", 2018),
            "titles differ by 2 letters, same first author",
        ),
        (
            ("A neural network for the syntax of Danish", 2018),
            ("A neural networks for the syntax of Danish", 2018),
            "titles differ by 1 letter, same first author",
        ),
        (
            (same, 2019),
            ("The Self-Training of a Parser{}s without labels", 2018),
            "titles differ by small words, same first author, years 2018 and 2019",
        ),
        (
            (same, 2018),
            ("Self-training of parsers without labels: a study of two treebanks", 2018),
            "same title but for a subtitle, same first author",
        ),
    ];
    for (a, b, expected) in cases {
        let b = (b.0.replace("{}", ""), b.1);
        assert_eq!(titles(a, (&b.0, b.1)).as_deref(), Some(expected), "{a:?} {b:?}");
    }
}

#[test]
fn a_preprint_and_what_became_of_it() {
    let preprint = "@misc{a, title={Words of deep water}, author={Ngo, L. and Roe, A.}, year=2018, eprint={1801.00001}}";
    let published = "@article{b, title={Words of deep water}, author={Ngo, Linh and Roe, Ada}, year=2020, journal={Deep}, doi={10.1/w}}";
    let expected = "preprint and published version, same title, years 2018 and 2020";
    assert_eq!(reason(preprint, published).as_deref(), Some(expected));
    let preprint = preprint.replace("eprint", "journal={CoRR}, eprint");
    assert_eq!(reason(&preprint, published).as_deref(), Some(expected));
    // What stands in the same journal is no preprint of it.
    let same = published.replace("{b,", "{a,").replace("10.1/w", "10.1/v");
    assert_eq!(reason(&same, published).as_deref(), Some("same title"));
}

#[test]
fn other_works_are_left_alone() {
    let cases = [
        // Parts, years and tasks.
        (("On the theory of parsing, part I", 2018), ("On the theory of parsing, part II", 2018)),
        (("Overview of the parsing task 2018", 2018), ("Overview of the parsing task 2019", 2019)),
        (("Parsing systems for WMT18 news", 2018), ("Parsing systems for WMT19 news", 2019)),
        (("The first task of parsing", 2018), ("The second task of parsing", 2018)),
        (("Parsing of words: a study", 2018), ("Parsing of words: a survey", 2018)),
        (("Parsing of the words", 2018), ("Parsing of the words: part two", 2018)),
        // Words that both occur.
        (("Supervised parsing of texts", 2018), ("Unsupervised parsing of texts", 2018)),
        (("An encoder for long texts", 2018), ("A decoder for long texts", 2018)),
        (("Parsing of Danish texts", 2018), ("Parsing of Spanish texts", 2018)),
        (("Parsing of texts", 2018), ("Evaluating parsing of texts", 2018)),
        // Years apart.
        (("Trees of long texts", 2010), ("Trees of long texts", 2018)),
        // Titles that say nothing, and volumes.
        (("Editorial", 2018), ("Editorial", 2019)),
        (("Proceedings of the parsers", 2018), ("Proceedings of the parsers", 2019)),
    ];
    for (a, b) in cases {
        assert_eq!(titles(a, b), None, "{a:?} {b:?}");
    }
    let by = |key: &str, author: &str, rest: &str| {
        format!("@misc{{{key}, title={{Trees of long texts}}, author={{{author}}}, {rest}}}")
    };
    assert_eq!(reason(&by("a", "Ngo, L.", ""), &by("b", "Roe, A.", "")), None);
    // Nobody is named: such a short title might be anyone's.
    assert_eq!(reason(&by("a", "", ""), &by("b", "", "")), None);
}

#[test]
fn abstracts_that_are_strangers_speak_against_unlike_titles() {
    let entry = |key: &str, title: &str, text: &str| {
        format!("@misc{{{key}, title={{{title}}}, author={{Ngo, L.}}, abstract={{{text}}}}}")
    };
    let a = entry("a", "Trees of graphemic texts", "We parse letters of long texts.");
    let near = entry("b", "Trees of graphemik texts", "We parse letters of long texts, twice.");
    let far = entry("b", "Trees of graphemik texts", "Whales sing below the polar ice.");
    assert_eq!(reason(&a, &near).as_deref(), Some("titles differ by 1 letter, same first author"));
    assert_eq!(reason(&a, &far), None);
}

#[test]
fn what_too_many_share_is_not_followed() {
    let many = |count: usize| -> Snapshot {
        let entry = |n: usize| {
            format!(
                "@misc{{k{n}, title={{Trees of long texts}}, author={{Ngo, L.}}, eprint={{1801.{n:05}}}}}\n"
            )
        };
        snapshot(&(0..count).map(entry).collect::<String>())
    };
    let largest = blocks::LARGEST;
    assert_eq!(Versions::find(&many(largest)).pairs().len(), largest * (largest - 1) / 2);
    assert_eq!(Versions::find(&many(largest + 1)).pairs().len(), 0);
    // Were all pairs looked at, this would never end.
    assert_eq!(Versions::find(&many(50_000)).pairs().len(), 0);
}

#[test]
fn long_titles_are_no_burden() {
    let long = |key: &str, n: usize| {
        let words: String = (0..20_000).map(|w| format!("w{w} ")).collect();
        let words = words.replace(&format!("w{n} "), &format!("v{n} "));
        format!("@misc{{{key}, title={{{words}}}, author={{Ngo, L.}}}}")
    };
    assert_eq!(reason(&long("a", 3), &long("b", 15_000)), None);
}
