//! Text → sentences.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Abbreviations after which a sentence always goes on, lower case.
const WITHIN: &[&str] = &[
    "approx.", "c.f.", "ca.", "cf.", "dr.", "e.g.", "eq.", "eqn.", "eqs.", "esp.", "fig.", "figs.",
    "i.e.", "mr.", "mrs.", "ms.", "prof.", "ref.", "refs.", "resp.", "sec.", "sect.", "st.",
    "tab.", "viz.", "vs.", "w.r.t.",
];

/// Abbreviations that may end a sentence: it goes on unless a capital follows.
const AT_THE_END: &[&str] = &["al.", "etc.", "inc.", "ltd.", "no.", "nos.", "pp.", "vol."];

/// The bytes of each sentence, without the space around it: those of Unicode (UAX 29), put together
/// again where the full stop was that of an abbreviation, an initial or a list, or the text was broken
/// within a line.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let trimmed = piece.trim();
        if trimmed.is_empty() {
            continue;
        }
        let start = start + (piece.len() - piece.trim_start().len());
        let end = start + trimmed.len();
        match sentences.last_mut() {
            Some(last) if goes_on(&text[last.clone()], trimmed) => last.end = end,
            _ => sentences.push(start..end),
        }
    }
    sentences
}

/// Does a sentence go on with what follows it?
fn goes_on(sentence: &str, next: &str) -> bool {
    let closing = |c: char| matches!(c, '"' | '”' | '’' | '\'' | ')' | ']' | '»');
    if !sentence.trim_end_matches(closing).ends_with(['.', '!', '?', '…', '。', '！', '？', ':'])
    {
        return true;
    }
    let word = sentence.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(['(', '[', '"', '“']).to_lowercase();
    let is_initial = word.chars().count() == 2 && word.starts_with(char::is_alphabetic);
    let capital = next.starts_with(char::is_uppercase);
    WITHIN.contains(&word.as_str())
        || (is_initial && sentence.chars().rev().nth(1).is_some_and(char::is_uppercase))
        || (AT_THE_END.contains(&word.as_str()) && !capital)
        || next.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_they_do() {
        assert_eq!(
            split(" We read 3.5 million words.  It works! Does it? “Yes.” So (we think.) it is…"),
            [
                "We read 3.5 million words.",
                "It works!",
                "Does it?",
                "“Yes.”",
                "So (we think.) it is…"
            ]
        );
        assert_eq!(split("機械翻訳です。深層学習。"), ["機械翻訳です。", "深層学習。"]);
        assert!(split("  ").is_empty() && split("").is_empty());
        assert_eq!(split("no full stop"), ["no full stop"]);
    }

    #[test]
    fn abbreviations_and_initials_end_nothing() {
        for whole in [
            "As Devlin et al. (2019) show, it holds.",
            "Models, e.g. BERT, i.e. Transformers, vs. LSTMs are read (cf. Table 2).",
            "See Fig. 3 and Eq. 4 for D. E. Knuth's U.S. patent.",
            "Nouns, verbs, etc. are tagged by Prof. Smith.",
            "A line that\nis broken, and\nTwice so.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
        assert_eq!(
            split("We follow Vaswani et al. Our model has layers, heads etc. It learns."),
            ["We follow Vaswani et al.", "Our model has layers, heads etc.", "It learns."]
        );
        assert_eq!(split("It is plan B. We go on.").concat(), "It is plan B. We go on.");
    }

    proptest::proptest! {
        #[test]
        fn sentences_are_in_order_and_leave_out_nothing_but_space(text in "([a-zA-Z.!? \n(é。]|et al\\. |e\\.g\\. ){0,40}|\\PC{0,30}") {
            let mut end = 0;
            for range in sentences(&text) {
                assert!(text[end..range.start].trim().is_empty());
                let sentence = &text[range.clone()];
                assert!(!sentence.is_empty() && sentence.trim() == sentence);
                end = range.end;
            }
            assert!(text[end..].trim().is_empty());
        }
    }
}
