//! Text → the words that papers are compared by.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Calls `emit` with each word of a text, in order: a run of letters and digits, lower case,
/// without the accents of European scripts. Single characters are dropped. The parts of a
/// hyphenated word are words of their own.
///
/// Chinese and Japanese put no space between words: there, overlapping pairs of characters stand
/// for them.
pub fn for_each_word(text: &str, mut emit: impl FnMut(&str)) {
    for run in folded(text).split(|c: char| !is_word_char(c)) {
        if run.is_ascii() {
            if run.len() > 1 {
                emit(run);
            }
        } else {
            for_each_part(run, &mut emit);
        }
    }
}

/// The words that [`for_each_word`] finds, each with the bytes of the text that it is made of.
pub fn for_each_word_at(text: &str, mut emit: impl FnMut(&str, Range<usize>)) {
    // Folding keeps clusters of characters apart, so that each can be followed.
    let mut whole = String::with_capacity(text.len());
    // For each cluster where it begins in `whole` and in the text, and where it ends in the text.
    let mut clusters: Vec<(usize, usize, usize)> = Vec::new();
    if text.is_ascii() {
        whole.push_str(&folded(text));
    } else {
        for (start, cluster) in text.grapheme_indices(true) {
            clusters.push((whole.len(), start, start + cluster.len()));
            whole.push_str(&folded(cluster));
        }
    }
    let origin = |word: Range<usize>| {
        if clusters.is_empty() {
            return word;
        }
        let cluster = |at: usize| clusters.partition_point(|&(begin, ..)| begin <= at) - 1;
        clusters[cluster(word.start)].1..clusters[cluster(word.end - 1)].2
    };
    let base = whole.as_ptr() as usize;
    for run in whole.split(|c: char| !is_word_char(c)) {
        let mut emit = |word: &str| {
            let start = word.as_ptr() as usize - base;
            emit(word, origin(start..start + word.len()));
        };
        if run.is_ascii() {
            if run.len() > 1 {
                emit(run);
            }
        } else {
            for_each_part(run, &mut emit);
        }
    }
}

/// The singular of an English plural, by the rules of Harman's S stemmer (1991) with the plural
/// in `-es` after a sibilant: `studies` → `study`, `classes` → `class`, `models` → `model`; but
/// `corpus`, `analysis`, `bias` and `news` stay.
#[must_use]
pub fn singular(word: &str) -> Cow<'_, str> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let without = |letters: usize| &word[..word.len() - letters];
    if word.len() <= 3 || ends(&["ss", "us", "is", "as", "news"]) || !word.ends_with('s') {
        Cow::Borrowed(word)
    } else if word.ends_with("ies") && !ends(&["eies", "aies"]) {
        Cow::Owned(format!("{}y", without(3)))
    } else if ends(&["sses", "shes", "ches", "xes"]) {
        Cow::Borrowed(without(2))
    } else {
        Cow::Borrowed(without(1))
    }
}

fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Composed again, so that Hangul syllables and kana with voicing marks stay whole.
    text.nfkd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .nfc()
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Splits a run of letters where its script changes to or from one without spaces.
fn for_each_part(run: &str, emit: &mut impl FnMut(&str)) {
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        let unspaced = is_unspaced(first);
        let end = rest.find(|c| is_unspaced(c) != unspaced).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        if unspaced {
            let starts = part.char_indices().map(|(start, _)| start);
            let ends = part.char_indices().skip(1).map(|(start, c)| start + c.len_utf8());
            starts.zip(ends).for_each(|(start, end)| emit(&part[start..end]));
        } else if part.chars().nth(1).is_some() {
            emit(part);
        }
    }
}

/// Words too common in English to say what a text is about; sorted.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "about", "above", "across", "after", "again", "against", "all", "almost", "along",
    "already", "also", "although", "always", "am", "among", "an", "and", "another", "any",
    "are", "aren", "around", "as", "at", "be", "because", "been", "before", "being", "below",
    "between", "both", "but", "by", "can", "cannot", "could", "couldn", "did", "didn", "do",
    "does", "doesn", "doing", "don", "done", "down", "during", "each", "either", "else", "etc",
    "even", "ever", "every", "few", "for", "from", "further", "had", "hadn", "has", "hasn",
    "have", "haven", "having", "he", "hence", "her", "here", "hers", "herself", "him",
    "himself", "his", "how", "however", "if", "in", "indeed", "instead", "into", "is", "isn",
    "it", "its", "itself", "just", "least", "less", "ll", "many", "may", "me", "might", "more",
    "moreover", "most", "much", "must", "my", "myself", "namely", "neither", "nevertheless",
    "no", "nor", "not", "now", "of", "off", "often", "on", "once", "only", "onto", "or",
    "other", "others", "our", "ours", "ourselves", "out", "over", "own", "per", "rather", "re",
    "same", "shall", "she", "should", "shouldn", "since", "so", "some", "still", "such",
    "than", "that", "the", "their", "theirs", "them", "themselves", "then", "there", "thereby",
    "therefore", "these", "they", "this", "those", "though", "through", "throughout", "thus",
    "to", "together", "too", "toward", "towards", "under", "until", "up", "upon", "us", "ve",
    "very", "via", "was", "wasn", "we", "were", "weren", "what", "when", "where", "whereas",
    "whether", "which", "while", "who", "whole", "whom", "whose", "why", "will", "with",
    "within", "without", "won", "would", "wouldn", "yet", "you", "your", "yours", "yourself",
    "yourselves",
];

/// Is this word, lower case, too common to count?
#[must_use]
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Letters of scripts that put no space between words.
fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{3041}'..='\u{30ff}'        // hiragana, katakana
        | '\u{3400}'..='\u{4dbf}'      // ideographs, extension A
        | '\u{4e00}'..='\u{9fff}'      // ideographs
        | '\u{20000}'..='\u{3134f}'    // ideographs, further extensions
    ) && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for_each_word(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_folded_and_single_characters_dropped() {
        assert_eq!(words("A Café, L2-norm; x 7!"), ["cafe", "l2", "norm"]);
        assert_eq!(words("naïve Bayes’ Rule"), ["naive", "bayes", "rule"]);
        assert_eq!(words("the model's ﬁne‑tuning"), ["the", "model", "fine", "tuning"]);
        assert_eq!(words("pages 10--18"), ["pages", "10", "18"]);
        assert!(words("… — !? - a b").is_empty());
    }

    #[test]
    fn words_are_followed_to_where_they_stand() {
        for text in [
            "A Café, L2-norm; x 7!",
            "e\u{301}tude ﬁne‑tuning ½ naïve",
            "机器翻译 BERT がく 한국어 हिन्दी GPT模型v2",
            "İstanbul ẞ Ǆ",
            "",
        ] {
            let mut found = Vec::new();
            for_each_word_at(text, |word, range| {
                let mut there = Vec::new();
                for_each_word(&text[range.clone()], |word| there.push(word.to_owned()));
                assert_eq!(there, [word], "{text} {range:?}");
                found.push(word.to_owned());
            });
            assert_eq!(found, words(text));
        }
        let mut ranges = Vec::new();
        for_each_word_at("Ein Café-Bar", |_, range| ranges.push(range));
        assert_eq!(ranges, [0..3, 4..9, 10..13]);
    }

    proptest::proptest! {
        #[test]
        fn words_are_the_same_with_their_places(text in "[a-zA-Zé ß½ﬁ한がク゛機e\u{301}\u{308}İ\\-.]{0,24}|\\PC{0,12}") {
            let mut found = Vec::new();
            for_each_word_at(&text, |word, range| {
                assert!(text.get(range.clone()).is_some_and(|text| !text.is_empty()));
                found.push(word.to_owned());
            });
            proptest::prop_assert_eq!(found, words(&text));
        }
    }

    #[test]
    fn plurals_become_singular_once() {
        for (plural, one) in [
            ("models", "model"),
            ("studies", "study"),
            ("classes", "class"),
            ("approaches", "approach"),
            ("indexes", "index"),
            ("languages", "language"),
            ("corpus", "corpus"),
            ("analysis", "analysis"),
            ("bias", "bias"),
            ("gas", "gas"),
            ("loss", "loss"),
            ("news", "news"),
            ("модель", "модель"),
        ] {
            assert_eq!(singular(plural), one);
            assert_eq!(singular(one), one);
        }
    }

    #[test]
    fn other_scripts_keep_their_words() {
        assert_eq!(words("Ελληνική γλώσσα"), ["ελληνικη", "γλωσσα"]);
        assert_eq!(words("машинный перевод"), ["машинныи", "перевод"]);
        assert_eq!(words("हिन्दी भाषा"), ["हिन्दी", "भाषा"]);
        assert_eq!(words("한국어 처리"), ["한국어", "처리"]);
        assert_eq!(words("机器翻译 BERT"), ["机器", "器翻", "翻译", "bert"]);
        assert_eq!(words("がく"), ["がく"]);
        assert_eq!(words("GPT模型v2"), ["gpt", "模型", "v2"]);
        assert!(words("字").is_empty());
    }

    #[test]
    fn stop_words_are_sorted_and_found() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("the") && is_stop_word("about") && is_stop_word("yourselves"));
        assert!(!is_stop_word("model"));
    }
}
