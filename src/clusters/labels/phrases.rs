//! The phrases of a library, counted once for all clusters that it may be put into.
//!
//! What a subject is called stands in titles and keywords: phrases are what stands there, one to
//! three words, not all of them common and none of little meaning at either end. They are counted there and in abstracts.
//! A word with a hyphen is not taken apart: `COVID-19` is a phrase of two words that
//! neither stands without.

use std::collections::HashMap;

use rayon::prelude::*;

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
    /// By number of the word: how authors mostly write it before another word, and otherwise.
    surfaces: Vec<[String; 2]>,
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
        let chunks: Vec<Chunk> =
            papers.par_chunks(CHUNK).map(|papers| Chunk::read(papers, &vocabulary)).collect();
        let mut starts = vec![0];
        let mut entries = Vec::new();
        let mut written: Vec<[HashMap<String, u32>; 2]> =
            vec![<[HashMap<String, u32>; 2]>::default(); vocabulary.words.len()];
        for chunk in chunks {
            for paper in chunk.papers {
                entries.extend(paper);
                starts.push(entries.len());
            }
            for ((word, surface, ends), count) in chunk.surfaces {
                *written[word as usize][usize::from(ends)].entry(surface).or_default() += count;
            }
        }
        let mut surfaces = vec![<[String; 2]>::default(); vocabulary.words.len()];
        for (form, &number) in &vocabulary.words {
            let [leading, last] = written[number as usize].each_ref().map(most_frequent);
            let or = |a: Option<&String>, b: Option<&String>| a.or(b).unwrap_or(form).clone();
            surfaces[number as usize] = [or(leading, last), or(last, leading)];
        }
        let mut words = vec![[NONE; WORDS]; vocabulary.phrases.len()];
        for (phrase, &number) in &vocabulary.phrases {
            words[number as usize] = *phrase;
        }
        Self { surfaces, words, numbers: vocabulary.phrases, starts, entries }
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

    /// The phrase as authors mostly write its words.
    pub(super) fn surface(&self, phrase: u32) -> String {
        let words = &self.words[phrase as usize];
        let words = &words[..length(words)];
        let mut surface = String::new();
        for (place, &word) in words.iter().enumerate() {
            if place > 0 {
                surface.push(if word & 1 == 1 { '-' } else { ' ' });
            }
            let ends = place + 1 == words.len();
            surface.push_str(&self.surfaces[word as usize / 2][usize::from(ends)]);
        }
        surface
    }
}

fn length(phrase: &Phrase) -> usize {
    phrase.iter().filter(|&&word| word != NONE).count()
}

/// How a word is mostly written; the first by alphabet where some are as frequent.
fn most_frequent(written: &HashMap<String, u32>) -> Option<&String> {
    let most = written.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
    most.map(|(surface, _)| surface)
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

/// What some papers have.
struct Chunk {
    papers: Vec<Vec<(u32, f32)>>,
    /// How often a word is written in a way where its case says something: the word, the way, and
    /// whether no other word follows.
    surfaces: HashMap<(u32, String, bool), u32>,
}

impl Chunk {
    fn read(papers: &[Paper], vocabulary: &Vocabulary) -> Self {
        // Words as written, each looked up once.
        let mut known: HashMap<&str, Option<u32>> = HashMap::new();
        let mut surfaces: HashMap<(u32, &str, bool), u32> = HashMap::new();
        let papers = papers
            .iter()
            .map(|paper| {
                let mut found: Vec<(u32, f32)> = Vec::new();
                let abstract_text = std::iter::once((paper.abstract_text.as_str(), 1.0));
                let keywords = paper.keywords.iter().map(|word| (word.as_str(), KEYWORD_WEIGHT));
                let title = std::iter::once((paper.title.as_str(), TITLE_WEIGHT));
                for (place, (text, weight)) in
                    abstract_text.chain(title).chain(keywords).enumerate()
                {
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
                    // Titles are written in a case of their own.
                    if place == 0 {
                        for (word, number) in words.iter().zip(numbers) {
                            if let Some(number) = number.filter(|_| !word.opens) {
                                *surfaces
                                    .entry((number, word.surface, !word.leads))
                                    .or_default() += 1;
                            }
                        }
                    }
                }
                once_each(found)
            })
            .collect();
        let surfaces = (surfaces.into_iter())
            .map(|((word, surface, ends), count)| ((word, surface.to_owned(), ends), count));
        Self { papers, surfaces: surfaces.collect() }
    }
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
