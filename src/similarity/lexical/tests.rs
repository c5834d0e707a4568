use super::*;
use crate::similarity::rank::testing::paper;

fn library() -> Vec<Paper> {
    vec![
        paper("Neural machine translation", "An encoder reads, a decoder writes."),
        paper("Statistical machine translation", "Phrases and a decoder."),
        paper("Graph colouring", "Planar graphs."),
        paper("", ""),
    ]
}

#[test]
fn shared_words_make_papers_similar() {
    let lexical = Lexical::build(&library());
    let cosines = lexical.similarities(0).words;
    assert!((cosines[0] - 1.0).abs() < 1e-4, "weights have 16 bits");
    assert!(cosines[1] > 0.1 && cosines[1] < 0.9, "{cosines:?}");
    assert_eq!(cosines[2].to_bits(), 0.0_f32.to_bits());
    assert!(lexical.similarities(3).words.iter().all(|&cosine| cosine == 0.0));
}

#[test]
fn what_is_shared_adds_up_to_the_cosine_best_first() {
    let lexical = Lexical::build(&library());
    let shared = lexical.shared_terms(0, 1);
    let terms: Vec<&str> = shared.iter().map(|(term, _)| term.as_str()).collect();
    assert_eq!(terms, ["machine", "translation", "decoder"]);
    assert!(shared.is_sorted_by(|a, b| a.1 >= b.1));
    let sum: f32 = shared.iter().map(|(_, part)| part).sum();
    assert!((sum - lexical.similarities(0).words[1]).abs() < 1e-6);
    assert!(lexical.shared_terms(0, 2).is_empty());
}

#[test]
fn a_word_of_the_title_counts_double_and_rare_words_more() {
    let papers = [
        paper("parsing", "translation"),
        paper("parsing", ""),
        paper("translation", ""),
        paper("parsing and tagging", ""),
    ];
    let lexical = Lexical::build(&papers);
    let cosines = lexical.query("parsing translation").words;
    assert!(cosines[0] > cosines[2], "both words beat one");
    assert!(cosines[2] > cosines[1], "the rarer of two words says more");
    let to_first = lexical.similarities(0).words;
    assert!(to_first[1] > 0.6, "{to_first:?}");
}

#[test]
fn keywords_count_and_unknown_words_of_a_query_do_not() {
    let mut with_keywords = paper("Untitled", "");
    with_keywords.keywords = vec!["Topic Modelling".into()];
    let lexical = Lexical::build(&[with_keywords, paper("Something else", "")]);
    let known = lexical.query("topic modelling");
    assert!(known.words[0] > 0.0 && known.words[1] == 0.0);
    assert_eq!(known, lexical.query("topic modelling xyzzy the"));
    assert!(lexical.query("xyzzy").words.iter().all(|&cosine| cosine == 0.0));
}

#[test]
fn similarity_is_the_same_both_ways_to_the_last_bit() {
    let papers: Vec<Paper> = (0..600)
        .map(|i| paper(&format!("w{} w{} w{}", i % 7, i % 11, i % 13), &format!("w{}", i % 17)))
        .collect();
    let lexical = Lexical::build(&papers);
    for (a, b) in [(0, 1), (3, 300), (599, 128)] {
        let (there, back) = (lexical.similarities(a).words[b], lexical.similarities(b).words[a]);
        assert_eq!(there.to_bits(), back.to_bits());
    }
}

#[test]
fn an_empty_library_has_no_similarities() {
    let lexical = Lexical::build(&[]);
    assert!(lexical.query("anything").words.is_empty());
}
