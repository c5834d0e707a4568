//! The phrases of a library, counted once for all clusters that it may be put into.
//!
//! What a subject is called stands in titles and keywords: phrases are what stands there, one to
//! three words that begin and end with a telling word. They are counted there and in abstracts.
//! A word with a hyphen is not taken apart: `COVID-19` is a phrase of two words that
//! neither stands without.

use std::collections::HashMap;

use rayon::prelude::*;

use super::text::{self, Gap, Word};
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
    /// By number of the word: how authors mostly write it.
    surfaces: Vec<String>,
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
                each_phrase(&words, &numbers, &vocabulary.telling, |phrase| {
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
        let mut written: Vec<HashMap<String, u32>> = vec![HashMap::new(); vocabulary.words.len()];
        for chunk in chunks {
            for paper in chunk.papers {
                entries.extend(paper);
                starts.push(entries.len());
            }
            for ((word, surface), count) in chunk.surfaces {
                *written[word as usize].entry(surface).or_default() += count;
            }
        }
        let mut surfaces: Vec<String> = vec![String::new(); vocabulary.words.len()];
        for (form, &number) in &vocabulary.words {
            let written = &written[number as usize];
            let most = written.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
            surfaces[number as usize] = most.map_or_else(|| form.clone(), |(word, _)| word.clone());
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
        let mut surface = String::new();
        for (place, &word) in
            self.words[phrase as usize].iter().filter(|&&word| word != NONE).enumerate()
        {
            if place > 0 {
                surface.push(if word & 1 == 1 { '-' } else { ' ' });
            }
            surface.push_str(&self.surfaces[word as usize / 2]);
        }
        surface
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
    /// By number of the word: can a phrase begin and end with it?
    telling: Vec<bool>,
    phrases: HashMap<Phrase, u32>,
}

impl Vocabulary {
    fn number(&mut self, surface: &str) -> u32 {
        let form = text::form(surface);
        if let Some(&number) = self.words.get(&*form) {
            return number;
        }
        let number = self.telling.len() as u32;
        self.telling.push(text::is_telling(&form));
        self.words.insert(form.into_owned(), number);
        number
    }
}

/// What some papers have.
struct Chunk {
    papers: Vec<Vec<(u32, f32)>>,
    /// How often a word is written in a way where its case says something.
    surfaces: HashMap<(u32, String), u32>,
}

impl Chunk {
    fn read(papers: &[Paper], vocabulary: &Vocabulary) -> Self {
        // Words as written, each looked up once.
        let mut known: HashMap<&str, Option<u32>> = HashMap::new();
        let mut surfaces: HashMap<(u32, &str), u32> = HashMap::new();
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
                    each_phrase(&words, &numbers, &vocabulary.telling, |phrase| {
                        if let Some(&number) = vocabulary.phrases.get(&phrase) {
                            found.push((number, weight));
                        }
                    });
                    // Titles are written in a case of their own.
                    if place == 0 {
                        for (word, number) in words.iter().zip(numbers) {
                            if let Some(number) = number.filter(|_| !word.opens) {
                                *surfaces.entry((number, word.surface)).or_default() += 1;
                            }
                        }
                    }
                }
                once_each(found)
            })
            .collect();
        let surfaces =
            surfaces.into_iter().map(|((word, surface), n)| ((word, surface.to_owned()), n));
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
    telling: &[bool],
    mut emit: impl FnMut(Phrase),
) {
    let tells = |place: usize| numbers[place].is_some_and(|number| telling[number as usize]);
    // A phrase does not cut a hyphenated word.
    let whole = |place: usize| words.get(place).is_none_or(|word| word.gap != Gap::Hyphen);
    for start in (0..words.len()).filter(|&start| whole(start)) {
        if !tells(start) {
            continue;
        }
        let mut phrase = [NONE; WORDS];
        for place in start..words.len().min(start + WORDS) {
            let Some(number) = numbers[place] else { break };
            let hyphen = place > start && words[place].gap == Gap::Hyphen;
            if place > start && words[place].gap == Gap::Break {
                break;
            }
            phrase[place - start] = number * 2 + u32::from(hyphen);
            // The number in `COVID-19` may end it.
            if whole(place + 1) && (tells(place) || hyphen) {
                emit(phrase);
            }
        }
    }
}
