//! What tells the papers that are liked from all others, as one direction: a linear support vector
//! machine on words and vectors.
//!
//! The L2-loss machine is trained in its dual by coordinate descent, as in LIBLINEAR (Hsieh et al.,
//! 2008, algorithm 1, without shrinking). The papers liked stand against a sample of those that the
//! user said nothing of, and those not wanted among them; the two sides weigh the same in sum, however
//! many are on either (`class_weight="balanced"` elsewhere).

use std::borrow::Cow;
use std::collections::HashSet;

use super::affinity::Views;
use super::likes::Taste;
use crate::similarity::vectors::{Vectors, dot};

/// Sum of the penalties of each side. Small: the machine is then close to the difference of the two
/// sides' means. On the papers of `cargo bench --bench recommend`, five of each of two topics liked, a
/// prototype with scikit-learn's `LinearSVC` had a mean average precision of 0.764 with this (its `C` =
/// 0.01), 0.715 with ten times as much and 0.58 with a hundred times.
pub const PENALTY: f32 = 4.7;

/// Papers that stand for all those of which the user said nothing.
const SAMPLE: usize = 1_500;

/// Rounds over all examples, at most.
const ROUNDS: usize = 100;

/// Ends when no example violates the optimum by more.
const TOLERANCE: f32 = 0.01;

/// Weight of a paper that is not wanted, among the others: as many papers of the sample.
const UNLIKE_WEIGHT: f32 = 20.0;

/// A paper as the machine sees it.
struct Example<'a> {
    terms: &'a [(u32, f32)],
    vector: Option<Cow<'a, [f32]>>,
    scale: f32,
    /// 1 or −1.
    side: f32,
    penalty: f32,
    alpha: f32,
}

/// The direction in which papers are more like those that are liked.
#[derive(Debug, Clone, Default)]
pub struct Classifier {
    /// By term.
    words: Vec<f32>,
    /// By dimension; empty without vectors.
    vector: Vec<f32>,
    bias: f32,
}

impl Classifier {
    /// Learns from what is liked and what not; [`PENALTY`] is the sum of the penalties of each side.
    /// `None` where nothing is liked.
    #[must_use]
    pub fn train(views: Views<'_>, papers: usize, taste: &Taste, penalty: f32) -> Option<Self> {
        if taste.likes.is_empty() {
            return None;
        }
        let known: HashSet<usize> =
            taste.likes.iter().chain(&taste.unlikes).map(|like| like.paper).collect();
        let count = papers.min(SAMPLE);
        let others = (0..count)
            .map(|place| place * papers / count)
            .filter(|paper| !known.contains(paper))
            .map(|paper| (paper, 1.0));
        let unlikes = taste.unlikes.iter().map(|like| (like.paper, UNLIKE_WEIGHT * like.weight));
        let likes: Vec<(usize, f32)> =
            taste.likes.iter().map(|like| (like.paper, like.weight)).collect();
        let against: Vec<(usize, f32)> = unlikes.chain(others).collect();
        let mut examples = Vec::with_capacity(likes.len() + against.len());
        for (side, papers) in [(1.0, likes), (-1.0, against)] {
            let sum: f32 = papers.iter().map(|(_, weight)| weight).sum();
            examples.extend(papers.into_iter().filter(|(_, weight)| *weight > 0.0).map(
                |(paper, weight)| {
                    let vector = views.vector(paper);
                    Example {
                        terms: views.lexical.terms(paper),
                        scale: scale(vector.as_deref()),
                        vector,
                        side,
                        penalty: penalty * weight / sum,
                        alpha: 0.0,
                    }
                },
            ));
        }
        let mut classifier = Self {
            words: vec![0.0; views.lexical.term_count()],
            vector: vec![0.0; views.vectors.map_or(0, Vectors::dimensions)],
            bias: 0.0,
        };
        classifier.descend(&mut examples);
        Some(classifier)
    }

    /// Dual coordinate descent.
    fn descend(&mut self, examples: &mut [Example<'_>]) {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut random = 0x5eed_u64;
        for _ in 0..ROUNDS {
            shuffle(&mut order, &mut random);
            let mut worst = 0.0_f32;
            for &index in &order {
                let example = &mut examples[index];
                let diagonal = 0.5 / example.penalty;
                let value = self.value(example.terms, example.vector.as_deref(), example.scale);
                let gradient = example.side * value - 1.0 + diagonal * example.alpha;
                let projected = if example.alpha > 0.0 { gradient } else { gradient.min(0.0) };
                worst = worst.max(projected.abs());
                if projected != 0.0 {
                    let old = example.alpha;
                    example.alpha = (old - gradient / (square(example) + diagonal)).max(0.0);
                    let step = (example.alpha - old) * example.side;
                    self.step(example.terms, example.vector.as_deref(), example.scale, step);
                }
            }
            if worst < TOLERANCE {
                break;
            }
        }
    }

    fn step(&mut self, terms: &[(u32, f32)], vector: Option<&[f32]>, scale: f32, step: f32) {
        for &(term, weight) in terms {
            self.words[term as usize] += step * weight;
        }
        if let Some(vector) = vector {
            for (to, from) in self.vector.iter_mut().zip(vector) {
                *to += step * scale * from;
            }
        }
        self.bias += step;
    }

    fn value(&self, terms: &[(u32, f32)], vector: Option<&[f32]>, scale: f32) -> f32 {
        let words: f32 =
            terms.iter().map(|&(term, weight)| self.words[term as usize] * weight).sum();
        let dense = vector.map_or(0.0, |vector| scale * dot(&self.vector, vector));
        words + dense + self.bias
    }

    /// How far on the side of what is liked something is, by its [terms](crate::similarity::lexical::Lexical::terms) and vector.
    #[must_use]
    pub fn score(&self, terms: &[(u32, f32)], vector: Option<&[f32]>) -> f32 {
        self.value(terms, vector, scale(vector))
    }

    /// What each term of a text adds to its score, the greatest first.
    #[must_use]
    pub fn words(&self, terms: &[(u32, f32)]) -> Vec<(u32, f32)> {
        let mut words: Vec<(u32, f32)> = (terms.iter())
            .map(|&(term, weight)| (term, weight * self.words[term as usize]))
            .collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        words
    }
}

/// What makes a vector one of length 1, as words are.
fn scale(vector: Option<&[f32]>) -> f32 {
    let length = vector.map_or(0.0, |vector| dot(vector, vector).sqrt());
    if length > 0.0 { length.recip() } else { 0.0 }
}

/// Squared length of an example: words, vector and the constant, each of length 1.
fn square(example: &Example<'_>) -> f32 {
    1.0 + f32::from(u8::from(!example.terms.is_empty()))
        + f32::from(u8::from(example.vector.is_some()))
}

/// Fisher–Yates, by xorshift64* (Vigna, 2016).
fn shuffle(order: &mut [usize], random: &mut u64) {
    for last in (1..order.len()).rev() {
        *random ^= *random >> 12;
        *random ^= *random << 25;
        *random ^= *random >> 27;
        let value = random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        order.swap(last, value as usize % (last + 1));
    }
}
