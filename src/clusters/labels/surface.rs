//! How authors write a phrase.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::text::{self, Gap, Word};
use crate::library::paper::Paper;

/// Papers looked at. More do not change what most write.
const LOOKED_AT: usize = 16;

/// Tasks and methods are written with capitals by some (`Named Entity Recognition`). The words have
/// none where this share of authors gives them none: proper names are hardly ever written so.
const CALM: f32 = 0.2;

/// A word of a phrase: its form, and whether a hyphen stands before it.
pub(super) type Part<'a> = (&'a str, bool);

/// How often a phrase is written in a way.
type Ways = BTreeMap<String, u32>;

/// The phrase as it is mostly written in the first of these papers, which all have it: with or without
/// a plural, in one case throughout.
pub(super) fn written<'a>(parts: &[Part<'_>], papers: impl Iterator<Item = &'a Paper>) -> String {
    // Titles, and the beginnings of sentences, have a case of their own: they count where there is
    // nothing else, and a word is small then that no sentence has a capital for.
    let (mut within, mut titles) = (Ways::new(), Ways::new());
    let mut names: BTreeSet<Cow<'_, str>> = BTreeSet::new();
    for paper in papers.take(LOOKED_AT) {
        let keywords = paper.keywords.iter().map(String::as_str);
        let sentences = std::iter::once(&*paper.abstract_text).chain(keywords);
        for (text, is_title) in sentences.map(|text| (text, false)).chain([(&*paper.title, true)]) {
            let words: Vec<Word<'_>> = text::words(text).collect();
            for words in words.windows(parts.len()).filter(|words| is_phrase(words, parts)) {
                let says_nothing = is_title || words[0].opens;
                let ways = if says_nothing { &mut titles } else { &mut within };
                *ways.entry(spelled(words)).or_default() += 1;
            }
            if !is_title {
                let within = words.iter().filter(|word| !word.opens).map(|word| word.surface);
                names.extend(within.filter(|word| is_capital(word)).map(text::form));
            }
        }
    }
    usual(&within).or_else(|| usual(&titles).map(|way| calmed(&way, &names))).unwrap_or_default()
}

/// Is only the first letter a capital?
fn is_capital(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
}

/// The same with capitals only where words are all of them, or have these forms.
fn calmed(way: &str, names: &BTreeSet<Cow<'_, str>>) -> String {
    let calmed = |word: &str| {
        let is_name = !is_capital(word) || names.contains(&text::form(word));
        if is_name { word.to_owned() } else { word.to_lowercase() }
    };
    let parts = way.split_inclusive([' ', '-']);
    let parts = parts.map(|part| {
        let (word, gap) = part.split_at(part.trim_end_matches([' ', '-']).len());
        calmed(word) + gap
    });
    parts.collect()
}

fn is_phrase(words: &[Word<'_>], parts: &[Part<'_>]) -> bool {
    words.iter().zip(parts).enumerate().all(|(place, (word, &(form, hyphen)))| {
        let joined = match word.gap {
            Gap::Hyphen => hyphen,
            Gap::Space => !hyphen,
            Gap::Break => false,
        };
        (place == 0 || joined) && text::form(word.surface) == form
    })
}

fn spelled(words: &[Word<'_>]) -> String {
    let mut spelled = words[0].surface.to_owned();
    for word in &words[1..] {
        spelled.push(if word.gap == Gap::Hyphen { '-' } else { ' ' });
        spelled.push_str(word.surface);
    }
    spelled
}

/// The usual way; the first by alphabet where some are as frequent.
fn usual(ways: &Ways) -> Option<String> {
    // First with or without a plural, then in which case.
    let mut spellings: BTreeMap<String, Ways> = BTreeMap::new();
    for (way, count) in ways {
        spellings.entry(way.to_lowercase()).or_default().insert(way.clone(), *count);
    }
    let cases = most_frequent(spellings.values(), |cases| cases.values().sum())?;
    let all: u32 = cases.values().sum();
    let (most, _) = most_frequent(cases.iter(), |(_, count)| **count)?;
    let capitals = |way: &str| way.chars().filter(|c| c.is_uppercase()).count();
    cases
        .iter()
        .filter(|(way, count)| **count as f32 >= CALM * all as f32 && is_calmer(way, most))
        .min_by_key(|(way, _)| capitals(way))
        .map(|(way, _)| way.clone())
}

fn most_frequent<T>(
    all: impl DoubleEndedIterator<Item = T>,
    count: impl Fn(&T) -> u32,
) -> Option<T> {
    // Of those that are as frequent `max_by_key` takes the last.
    all.rev().max_by_key(count)
}

/// Are the two alike, but for some words' first letters, which are small here?
fn is_calmer(way: &str, other: &str) -> bool {
    let words =
        |text: &'_ str| -> Vec<String> { text.split([' ', '-']).map(str::to_owned).collect() };
    words(way).iter().zip(words(other)).all(|(word, other)| {
        *word == other || {
            let mut letters = other.chars();
            let first = letters.next().into_iter().flat_map(char::to_lowercase);
            *word == first.chain(letters).collect::<String>()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ways: &[(&str, u32)]) -> String {
        usual(&ways.iter().map(|(way, count)| ((*way).to_owned(), *count)).collect()).unwrap()
    }

    #[test]
    fn a_phrase_is_written_in_one_case() {
        let task = [
            ("Native Language Identification", 6),
            ("native language identification", 3),
            ("native language Identification", 1),
        ];
        assert_eq!(of(&task), "native language identification");
        let model = [
            ("Latent Dirichlet Allocation", 6),
            ("latent Dirichlet allocation", 3),
            ("latent dirichlet allocation", 1),
        ];
        assert_eq!(of(&model), "latent Dirichlet allocation");
        assert_eq!(of(&[("Twitter", 12), ("twitter", 1)]), "Twitter");
        assert_eq!(of(&[("COVID-19", 5), ("Covid-19", 3)]), "COVID-19");
    }

    #[test]
    fn what_stands_in_titles_only_is_small_but_for_names() {
        let names = [text::form("Higgs")].into();
        assert_eq!(calmed("Pre-Trained Models of BERT", &names), "pre-trained models of BERT");
        assert_eq!(calmed("Higgs Boson", &names), "Higgs boson");
    }

    #[test]
    fn with_or_without_a_plural_as_most_write() {
        let ways = [("abusive language", 4), ("Abusive Language", 3), ("abusive languages", 5)];
        assert_eq!(of(&ways), "abusive language");
        assert_eq!(of(&[("b", 1), ("a", 1)]), "a");
    }
}
