//! Which words papers share: TF-IDF of this library (Salton and Buckley, 1988).
//!
//! A paper is the words of its title, keywords and abstract, in the singular and without those too
//! common to say anything. The weight of a word is
//! `(1 + ln tf) · idf`, with `idf = 1 + ln((1 + N) / (1 + df))`, `N` papers of which `df` have the
//! word; weights are scaled to length 1, so that a dot product is a cosine. On top of that,
//! [`topics`] knows which words go together in this library.

mod parts;
mod sparse;
mod spread;
pub(crate) mod topics;

use std::collections::HashMap;

use rayon::prelude::*;

pub use self::parts::{TopicParts, Weighed};
use self::sparse::{Columns, Sparse};
pub(crate) use self::spread::Spread;
use self::topics::Topics;
use super::tokens::{for_each_word, is_stop_word, singular};
use crate::library::paper::Paper;

/// How often a word of the title counts: it says more of the paper than one of the abstract.
const TITLE_COUNT: usize = 2;

/// Papers split into words by one thread at a time. Fixed, so that the numbering of terms, and
/// with it each rounding, is the same on any number of cores.
const CHUNK: usize = 256;

/// Papers of which words are read before they are put together with those of the papers before.
const PART: usize = 64 * CHUNK;

/// Stands in a [`Vocabulary`] for words that are not counted.
const STOP: u32 = u32::MAX;

/// The terms of a library and their weights, by paper and by term.
#[derive(Debug, Clone, Default)]
pub struct Lexical {
    vocabulary: Vocabulary,
    /// By term: inverse document frequency.
    idf: Vec<f32>,
    /// Row for each paper: its terms, ascending, and their weights.
    by_paper: Sparse,
    /// Column for each term: the papers that have it, ascending, and its weight there.
    by_term: Columns,
    topics: Option<Topics>,
}

/// How close papers are by their words, `[papers]` each, from −1 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Closeness {
    /// Cosine of the words: 0 where none is shared.
    pub words: Vec<f32>,
    /// Cosine of the topics; `None` where the library has none, or they are not known yet.
    pub topics: Option<Vec<f32>>,
}

impl Lexical {
    /// Reads the words of all papers and finds their topics.
    #[must_use]
    pub fn build(papers: &[Paper]) -> Self {
        Self::words_of(papers).with_topics()
    }

    /// Finds the topics, too.
    #[must_use]
    pub fn with_topics(self) -> Self {
        let topics = Topics::build(&self.by_paper, &self.by_term);
        Self { topics, ..self }
    }

    /// Reads the words of all papers. Takes less than half of the time of [`Lexical::build`].
    #[must_use]
    pub fn words_of(papers: &[Paper]) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut by_paper = Sparse::default();
        let mut frequencies: Vec<u32> = Vec::new();
        // Part by part, so that not all words are held twice at any time.
        for part in papers.chunks(PART) {
            let chunks: Vec<Chunk> = part.par_chunks(CHUNK).map(Chunk::read).collect();
            for Chunk { vocabulary: own, mut papers } in chunks {
                let global: Vec<u32> =
                    own.terms.iter().map(|term| vocabulary.number(term)).collect();
                frequencies.resize(vocabulary.terms.len(), 0);
                for paper in 0..papers.rows() {
                    let terms = papers.row_mut(paper);
                    for (term, _) in &mut *terms {
                        *term = global[*term as usize];
                        frequencies[*term as usize] += 1;
                    }
                    terms.sort_unstable_by_key(|&(term, _)| term);
                    by_paper.push_row(terms.iter().copied());
                }
            }
        }
        by_paper.shrink();
        let idf: Vec<f32> = frequencies
            .iter()
            .map(|&df| 1.0 + ((1.0 + papers.len() as f32) / (1.0 + df as f32)).ln())
            .collect();
        for paper in 0..papers.len() {
            weigh(by_paper.row_mut(paper), &idf);
        }
        by_paper.round();
        let by_term = by_paper.transposed(&frequencies);
        Self { vocabulary, idf, by_paper, by_term, topics: None }
    }

    /// How close a paper is to each paper; to itself 1, to within the rounding of weights, unless it has
    /// no words.
    #[must_use]
    pub fn similarities(&self, paper: usize) -> Closeness {
        Closeness {
            words: self.cosines(self.by_paper.row(paper)),
            topics: self.topics.as_ref().map(|topics| topics.similarities(paper)),
        }
    }

    /// Number of papers.
    #[must_use]
    pub fn papers(&self) -> usize {
        self.by_paper.rows()
    }

    /// The words and topics of a paper, to compare with those of many others.
    pub(crate) fn spread(&self, paper: usize) -> Spread<'_> {
        Spread::new(self, paper)
    }

    /// Number of topics, and each paper's place among them, `[papers, topics]`.
    pub(crate) fn topic_rows(&self) -> Option<(usize, Vec<f32>)> {
        self.topics.as_ref().map(Topics::rows)
    }

    /// How close a text is to each paper, counting the words that the library has.
    #[must_use]
    pub fn query(&self, text: &str) -> Closeness {
        self.query_terms(&self.terms_of(text))
    }

    /// How close a text is to each paper, by its [terms](Self::terms_of).
    #[must_use]
    pub fn query_terms(&self, terms: &[(u32, f32)]) -> Closeness {
        Closeness {
            words: self.cosines(terms),
            topics: self.topics.as_ref().map(|topics| topics.query(terms)),
        }
    }

    /// The terms of a text that the library has, ascending, and their weights, of length 1 together.
    #[must_use]
    pub fn terms_of(&self, text: &str) -> Vec<(u32, f32)> {
        let mut terms = Vec::new();
        for_each_word(text, |word| terms.extend(self.vocabulary.get(word)));
        let mut terms: Vec<(u32, f32)> = counted(&mut terms).collect();
        weigh(&mut terms, &self.idf);
        terms
    }

    /// The terms of a paper, ascending, and their weights, of length 1 together to within the
    /// rounding to 16 bits.
    #[must_use]
    pub fn terms(&self, paper: usize) -> &[(u32, f32)] {
        self.by_paper.row(paper)
    }

    /// The word that a term is, in the singular.
    #[must_use]
    pub fn term(&self, number: u32) -> &str {
        &self.vocabulary.terms[number as usize]
    }

    /// Number of terms.
    #[must_use]
    pub fn term_count(&self) -> usize {
        self.idf.len()
    }

    /// Cosine of the words of two papers.
    #[must_use]
    pub fn word_similarity(&self, a: usize, b: usize) -> f32 {
        let mut cosine = 0.0;
        for_each_shared(self.terms(a), self.terms(b), |_, a, b| cosine += a * b);
        cosine
    }

    /// Cosine of the topics of two papers; `None` where the library has no topics.
    #[must_use]
    pub fn topic_similarity(&self, a: usize, b: usize) -> Option<f32> {
        self.topics.as_ref().map(|topics| topics.similarity(a, b))
    }

    /// Cosines of two papers: of their words, as in [`Lexical::similarities`] to the last bit, and of
    /// their topics.
    #[must_use]
    pub fn pair(&self, a: usize, b: usize) -> (f32, Option<f32>) {
        (self.word_similarity(a, b), self.topic_similarity(a, b))
    }

    /// The words that two papers share, each with what it adds to their cosine, most first.
    #[must_use]
    pub fn shared_terms(&self, a: usize, b: usize) -> Vec<(String, f32)> {
        let mut shared = Vec::new();
        for_each_shared(self.terms(a), self.terms(b), |term, a, b| {
            shared.push((self.term(term).to_owned(), a * b));
        });
        shared.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shared
    }

    fn cosines(&self, terms: &[(u32, f32)]) -> Vec<f32> {
        let mut cosines = vec![0.0; self.by_paper.rows()];
        for &(term, weight) in terms {
            for (paper, other) in self.by_term.column(term as usize) {
                cosines[paper as usize] += weight * other;
            }
        }
        cosines
    }
}

/// Calls `visit` with each term that is in both rows, and its two weights.
fn for_each_shared(
    mut a: &[(u32, f32)],
    mut b: &[(u32, f32)],
    mut visit: impl FnMut(u32, f32, f32),
) {
    while let ([(term_a, weight_a), rest_a @ ..], [(term_b, weight_b), rest_b @ ..]) = (a, b) {
        if term_a == term_b {
            visit(*term_a, *weight_a, *weight_b);
        }
        if term_a <= term_b {
            a = rest_a;
        }
        if term_b <= term_a {
            b = rest_b;
        }
    }
}

/// Terms and their numbers, in the order in which they first came. A term is a word in the
/// singular.
#[derive(Debug, Clone, Default)]
struct Vocabulary {
    /// Of terms, and of all other words that were looked up, so that each is judged once.
    numbers: HashMap<Box<str>, u32>,
    /// By number.
    terms: Vec<Box<str>>,
}

impl Vocabulary {
    /// The number of a word's term, where the library has it.
    fn get(&self, word: &str) -> Option<u32> {
        if is_stop_word(word) {
            return None;
        }
        self.numbers.get(&*singular(word)).copied()
    }

    /// The number of a word's term, a new one where it is new; [`STOP`] for a stop word.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let term = singular(word);
        let number = if is_stop_word(word) || is_stop_word(&term) {
            STOP
        } else if term == word {
            self.terms.push(term.into());
            self.terms.len() as u32 - 1
        } else {
            self.number(&term)
        };
        self.numbers.insert(word.into(), number);
        number
    }
}

/// The words of some papers, numbered for themselves.
struct Chunk {
    vocabulary: Vocabulary,
    /// For each paper its terms and how often it has them.
    papers: Sparse,
}

impl Chunk {
    fn read(papers: &[Paper]) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut counts = Sparse::default();
        let mut terms = Vec::new();
        for paper in papers {
            terms.clear();
            let mut read = |text: &str| {
                for_each_word(text, |word| {
                    let number = vocabulary.number(word);
                    if number != STOP {
                        terms.push(number);
                    }
                });
            };
            for _ in 0..TITLE_COUNT {
                read(&paper.title);
            }
            paper.keywords.iter().for_each(|keyword| read(keyword));
            read(&paper.abstract_text);
            counts.push_row(counted(&mut terms));
        }
        Self { vocabulary, papers: counts }
    }
}

/// Each term once, ascending, with the number of times that it was there.
fn counted(terms: &mut [u32]) -> impl Iterator<Item = (u32, f32)> {
    terms.sort_unstable();
    terms.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f32))
}

/// Turns counts into TF-IDF weights of length 1.
fn weigh(terms: &mut [(u32, f32)], idf: &[f32]) {
    let mut squares = 0.0;
    for (term, weight) in &mut *terms {
        *weight = (1.0 + weight.ln()) * idf[*term as usize];
        squares += *weight * *weight;
    }
    let norm = squares.sqrt();
    for (_, weight) in terms {
        *weight /= norm;
    }
}

#[cfg(test)]
mod tests;
