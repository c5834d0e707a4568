//! The phrases of a library, counted once for all clusters that it may be put into.
//!
//! What a subject is called stands in titles and keywords: phrases are what stands there, one to
//! three words, not all of them common and none of little meaning at either end. They are counted there and in abstracts.
//! A word with a hyphen is not taken apart: `COVID-19` is a phrase of two words that
//! neither stands without.

use std::collections::HashMap;

use rayon::prelude::*;

use super::surface::{self, Part};
use super::text::{self, Gap, Role, Word};
use crate::library::paper::Paper;

/// Most words of a phrase.
const WORDS: usize = 3;

/// What a phrase in a title, and one in a keyword, counts where one in an abstract counts 1.
const TITLE_WEIGHT: f32 = 2.0;
const KEYWORD_WEIGHT: f32 = 2.0;

/// Papers read by one thread at a time. Fixed, so that words and phrases are numbered alike on any
/// number of cores.
const CHUNK: usize = 256;

/// The phrases of a library.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    /// By number of the word: its form.
    forms: Vec<String>,
    /// By number of the phrase.
    words: Vec<Phrase>,
    /// The number of a phrase.
    numbers: HashMap<Phrase, u32>,
    /// Where each paper begins in `entries`, and where the last one ends.
    starts: Vec<usize>,
    /// Phrase, and what it counts there.
    entries: Vec<(u32, f32)>,
}

/// The numbers of words, each doubled, and one more if a hyphen stands before it; [`NONE`] behind
/// the last.
type Phrase = [u32; WORDS];

/// No word.
const NONE: u32 = u32::MAX;

impl Phrases {
    /// Reads the phrases of all papers.
    #[must_use]
    pub fn read(papers: &[Paper]) -> Self {
        let mut vocabulary = Vocabulary::default();
        // Words first, so that those that no title has are not even looked up as phrases.
        for paper in papers {
            let mut named = |text: &str| {
                let words: Vec<Word<'_>> = text::words(text).collect();
                let numbers: Vec<Option<u32>> =
                    words.iter().map(|word| Some(vocabulary.number(word.surface))).collect();
                each_phrase(&words, &numbers, &vocabulary.roles, |phrase| {
                    let next = vocabulary.phrases.len() as u32;
                    vocabulary.phrases.entry(phrase).or_insert(next);
                });
            };
            named(&paper.title);
            paper.keywords.iter().for_each(|keyword| named(keyword));
        }
        let chunks: Vec<Vec<Vec<(u32, f32)>>> =
            papers.par_chunks(CHUNK).map(|papers| read_chunk(papers, &vocabulary)).collect();
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for chunk in chunks {
            for paper in chunk {
                entries.extend(paper);
                starts.push(entries.len());
            }
        }
        let mut forms = vec![String::new(); vocabulary.words.len()];
        for (form, number) in vocabulary.words {
            forms[number as usize] = form;
        }
        let mut words = vec![[NONE; WORDS]; vocabulary.phrases.len()];
        for (phrase, &number) in &vocabulary.phrases {
            words[number as usize] = *phrase;
        }
        Self { forms, words, numbers: vocabulary.phrases, starts, entries }
    }

    /// The phrases of a paper, each once, and what they count.
    pub(super) fn of_paper(&self, paper: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[paper]..self.starts[paper + 1]]
    }

    /// The shorter phrases that stand within a phrase.
    pub(super) fn parts(&self, phrase: u32) -> impl Iterator<Item = u32> {
        let words = self.words[phrase as usize];
        let length = length(&words);
        (1..length).flat_map(move |part| {
            (0..=length - part).filter_map(move |start| {
                let mut shorter = [NONE; WORDS];
                shorter[..part].copy_from_slice(&words[start..start + part]);
                // A hyphen before the first word is not the phrase's.
                shorter[0] &= !1;
                self.numbers.get(&shorter).copied()
            })
        })
    }

    /// Has a word a place in both?
    pub(super) fn share_a_word(&self, a: u32, b: u32) -> bool {
        let words = |phrase: u32| {
            let words = self.words[phrase as usize];
            words.into_iter().filter(|&word| word != NONE).map(|word| word / 2)
        };
        words(a).any(|word| words(b).any(|other| other == word))
    }

    /// The phrase as the authors of these papers mostly write it; those of them that have it say.
    pub(super) fn surface(&self, phrase: u32, all: &[Paper], papers: &[usize]) -> String {
        let words = &self.words[phrase as usize];
        let parts: Vec<Part<'_>> = words[..length(words)]
            .iter()
            .map(|word| (self.forms[*word as usize / 2].as_str(), word & 1 == 1))
            .collect();
        let has = |paper: &usize| {
            self.of_paper(*paper).binary_search_by_key(&phrase, |&(phrase, _)| phrase).is_ok()
        };
        let having = papers.iter().filter(|paper| has(paper)).map(|&paper| &all[paper]);
        surface::written(&parts, having)
    }
}

fn length(phrase: &Phrase) -> usize {
    phrase.iter().filter(|&&word| word != NONE).count()
}

/// The words of titles and keywords, and the phrases.
#[derive(Default)]
struct Vocabulary {
    /// By form.
    words: HashMap<String, u32>,
    /// By number of the word.
    roles: Vec<Role>,
    phrases: HashMap<Phrase, u32>,
}

impl Vocabulary {
    fn number(&mut self, surface: &str) -> u32 {
        let form = text::form(surface);
        if let Some(&number) = self.words.get(&*form) {
            return number;
        }
        let number = self.roles.len() as u32;
        self.roles.push(text::role(&form));
        self.words.insert(form.into_owned(), number);
        number
    }
}

/// The phrases of some papers, and what they count.
fn read_chunk(papers: &[Paper], vocabulary: &Vocabulary) -> Vec<Vec<(u32, f32)>> {
    // Words as written, each looked up once.
    let mut known: HashMap<&str, Option<u32>> = HashMap::new();
    papers
        .iter()
        .map(|paper| {
            let mut found: Vec<(u32, f32)> = Vec::new();
            let abstract_text = std::iter::once((paper.abstract_text.as_str(), 1.0));
            let keywords = paper.keywords.iter().map(|word| (word.as_str(), KEYWORD_WEIGHT));
            let title = std::iter::once((paper.title.as_str(), TITLE_WEIGHT));
            for (text, weight) in abstract_text.chain(title).chain(keywords) {
                let words: Vec<Word<'_>> = text::words(text).collect();
                let numbers: Vec<Option<u32>> = words
                    .iter()
                    .map(|word| {
                        *known.entry(word.surface).or_insert_with(|| {
                            vocabulary.words.get(&*text::form(word.surface)).copied()
                        })
                    })
                    .collect();
                each_phrase(&words, &numbers, &vocabulary.roles, |phrase| {
                    if let Some(&number) = vocabulary.phrases.get(&phrase) {
                        found.push((number, weight));
                    }
                });
            }
            once_each(found)
        })
        .collect()
}

/// Each phrase once, with the sum of what it counts in the places (title, keywords, abstract) where
/// it stands; in one place it counts once.
fn once_each(mut found: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    found.dedup();
    found
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same[0].0, same.iter().map(|(_, weight)| weight).sum()))
        .collect()
}

/// Calls `emit` with each phrase of words that follow each other; words without a number are in none.
fn each_phrase(
    words: &[Word<'_>],
    numbers: &[Option<u32>],
    roles: &[Role],
    mut emit: impl FnMut(Phrase),
) {
    // A phrase does not cut a hyphenated word.
    let whole = |place: usize| words.get(place).is_none_or(|word| word.gap != Gap::Hyphen);
    for start in (0..words.len()).filter(|&start| whole(start)) {
        let mut phrase = [NONE; WORDS];
        let mut telling = false;
        for place in start..words.len().min(start + WORDS) {
            let Some(number) = numbers[place] else { break };
            let role = roles[number as usize];
            let hyphen = place > start && words[place].gap == Gap::Hyphen;
            let parted = place > start && words[place].gap == Gap::Break;
            if parted || (place == start && role == Role::Joint) {
                break;
            }
            phrase[place - start] = number * 2 + u32::from(hyphen);
            telling |= role == Role::Telling;
            // The number in `COVID-19` may end it.
            if telling && whole(place + 1) && (role != Role::Joint || hyphen) {
                emit(phrase);
            }
        }
    }
}
