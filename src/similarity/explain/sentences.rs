//! The pair of sentences that a model finds most alike.
//!
//! Each side is read once, whole, as it is for its vector, so that a word's state tells what it means
//! in its text. A sentence is the mean of the states of its tokens, and pairs are compared by the
//! cosine.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::split::sentences;
use super::{Part, Place};
use crate::embed::encoder::{EncodeError, Encoder};
use crate::embed::text::{Half, TextError, Tokenizer};
use crate::similarity::vectors::dot;

/// Sentences of fewer tokens say too little to be compared.
const LEAST_TOKENS: usize = 4;

/// Why a side was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be tokenized.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The forward pass failed or was stopped.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// A side as the model reads it: its title and its sentences.
#[derive(Debug, Clone)]
pub struct Reading {
    sentences: Vec<Sentence>,
}

#[derive(Debug, Clone)]
struct Sentence {
    place: Place,
    /// Mean state of its tokens, of length 1, `[hidden]`.
    state: Vec<f32>,
}

/// Two sentences, one of each side.
#[derive(Debug, Clone, PartialEq)]
pub struct SentencePair {
    /// That of the one side.
    pub a: Place,
    /// That of the other.
    pub b: Place,
    /// Cosine of their mean states: approximate, and comparable within one model only.
    pub similarity: f32,
}

impl Reading {
    /// Reads title and abstract: one forward pass. What the model has no room for is left out.
    ///
    /// # Errors
    /// The text cannot be tokenized, or the forward pass fails or is stopped.
    pub fn new(
        tokenizer: &Tokenizer,
        encoder: &dyn Encoder,
        title: &str,
        abstract_text: &str,
        stop: &AtomicBool,
    ) -> Result<Self, ReadError> {
        let located = tokenizer.located(title, abstract_text)?;
        let states = encoder.token_states(&located.ids, stop)?;
        let hidden = states.len() / located.ids.len();
        let rows: Vec<&[f32]> = states.chunks_exact(hidden).collect();
        let mean = |half: Half, range: &Range<usize>| -> Option<Vec<f32>> {
            let tokens: Vec<&[f32]> = (located.places.iter().zip(&rows))
                .filter(|(place, _)| {
                    place.as_ref().is_some_and(|(of, at)| *of == half && range.contains(&at.start))
                })
                .map(|(_, row)| *row)
                .collect();
            (tokens.len() >= LEAST_TOKENS).then(|| mean_of(&tokens))
        };
        let title_range = std::iter::once((Part::Title, Half::Title, 0..title.len()));
        let of_abstract = sentences(abstract_text).into_iter();
        let sentences = title_range
            .chain(of_abstract.map(|range| (Part::Abstract, Half::Abstract, range)))
            .filter_map(|(part, half, range)| {
                let state = mean(half, &range)?;
                Some(Sentence { place: Place { part, range }, state })
            })
            .collect();
        Ok(Self { sentences })
    }

    /// The two sentences most alike, the earlier ones where pairs are equal; `None` where a side has
    /// none.
    #[must_use]
    pub fn closest(&self, other: &Self) -> Option<SentencePair> {
        let mut best: Option<(f32, &Sentence, &Sentence)> = None;
        for a in &self.sentences {
            for b in &other.sentences {
                let similarity = dot(&a.state, &b.state);
                if best.is_none_or(|(most, ..)| similarity > most) {
                    best = Some((similarity, a, b));
                }
            }
        }
        best.map(|(similarity, a, b)| SentencePair {
            a: a.place.clone(),
            b: b.place.clone(),
            similarity,
        })
    }
}

/// The mean of rows, scaled to length 1.
fn mean_of(rows: &[&[f32]]) -> Vec<f32> {
    let mut mean = vec![0.0; rows.first().map_or(0, |row| row.len())];
    for row in rows {
        mean.iter_mut().zip(*row).for_each(|(sum, value)| *sum += value);
    }
    let length = dot(&mean, &mean).sqrt().max(f32::MIN_POSITIVE);
    for value in &mut mean {
        *value /= length;
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_pairs_the_most_alike_is_told_and_of_equals_the_first() {
        let reading = |states: &[[f32; 2]]| {
            let sentence = |(at, state): (usize, &[f32; 2])| Sentence {
                place: Place { part: Part::Abstract, range: at..at + 1 },
                state: state.to_vec(),
            };
            Reading { sentences: states.iter().enumerate().map(sentence).collect() }
        };
        let a = reading(&[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]);
        let b = reading(&[[-1.0, 0.0], [0.6, 0.8], [0.6, 0.8]]);
        let pair = a.closest(&b).unwrap();
        assert_eq!((pair.a.range, pair.b.range), (1..2, 1..2));
        assert!((pair.similarity - 0.8).abs() < 1e-6);
        assert_eq!(mean_of(&[&[2.0, 0.0], &[4.0, 8.0]]), [0.6, 0.8]);
    }
}
