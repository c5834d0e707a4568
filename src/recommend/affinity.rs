//! How close two papers are, by vectors and words, as each of the two sees it.
//!
//! A similarity says little by itself: a survey is close to everything, an outlier to nothing. So it is
//! measured from both ends: how far it stands out among the similarities of the one paper, and among
//! those of the other, in standard deviations; the affinity is the mean of the two. This takes out
//! hubs (Radovanović, Nanopoulos and Ivanović, 2010; the idea of mutual proximity by Schnitzer et al.,
//! 2012). What each kind of similarity counts for is as in [`fuse`](crate::similarity::fuse).
//!
//! By it the mean of the best three is a better ranking than from one end only: see
//! [`score`](super::score).

use std::borrow::Cow;

use rayon::prelude::*;

use crate::similarity::fuse::Weights;
use crate::similarity::lexical::{Closeness, Lexical};
use crate::similarity::vectors::Vectors;

/// Papers that all others are compared with to learn what is usual for each: enough for standard
/// deviations that are right to 6 %.
const SAMPLE: usize = 128;

/// Samples that one task sums up. Fixed, so that the sums are the same on any number of cores.
const CHUNK: usize = 8;

/// What papers are compared by: the words of a library, and their vectors where there are any.
#[derive(Debug, Clone, Copy)]
pub struct Views<'a> {
    /// Words and topics.
    pub lexical: &'a Lexical,
    /// Vectors; some papers may have none.
    pub vectors: Option<&'a Vectors>,
}

/// The similarities of one paper to all, as they are.
pub struct Raw {
    /// By words and topics, `[papers]`.
    pub closeness: Closeness,
    /// By vectors, `[papers]`; NaN where one of the two has none.
    pub dense: Vec<f32>,
}

impl Views<'_> {
    /// The vector of a paper, if it has one.
    #[must_use]
    pub fn vector(&self, paper: usize) -> Option<Cow<'_, [f32]>> {
        self.vectors.and_then(|vectors| vectors.get(paper)).map(Cow::from)
    }

    /// The similarities of a paper of the library to all.
    #[must_use]
    pub fn of(&self, paper: usize) -> Raw {
        self.raw(self.lexical.similarities(paper), self.vector(paper).as_deref())
    }

    /// The similarities of anything to all papers, from how close its words are to theirs, and its
    /// vector.
    #[must_use]
    pub fn raw(&self, closeness: Closeness, vector: Option<&[f32]>) -> Raw {
        let mut dense = vec![f32::NAN; closeness.words.len()];
        if let (Some(vectors), Some(vector)) = (self.vectors, vector) {
            let similarities = vectors.similarities(&[vector], |to_one| to_one[0]);
            for (dense, similarity) in dense.iter_mut().zip(similarities) {
                *dense = similarity.unwrap_or(f32::NAN);
            }
        }
        Raw { closeness, dense }
    }
}

/// What similarities a paper usually has.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usual {
    words: Moments,
    topics: Moments,
    dense: Moments,
    /// Standard deviation of the sum of the z-scores of words and topics.
    lexical: f32,
}

/// Mean and standard deviation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Moments {
    mean: f32,
    deviation: f32,
}

impl Moments {
    fn z(self, value: f32) -> f32 {
        if self.deviation > 0.0 { (value - self.mean) / self.deviation } else { 0.0 }
    }
}

/// Sums over the similarities of one paper.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    words: [f64; 2],
    topics: [f64; 2],
    both: f64,
    vectors: f64,
    dense: [f64; 2],
}

impl Sums {
    fn add(&mut self, words: f32, topics: f32, dense: f32) {
        let (words, topics) = (f64::from(unskewed(words)), f64::from(topics));
        self.count += 1.0;
        self.words[0] += words;
        self.words[1] += words * words;
        self.topics[0] += topics;
        self.topics[1] += topics * topics;
        self.both += words * topics;
        if !dense.is_nan() {
            let dense = f64::from(dense);
            self.vectors += 1.0;
            self.dense[0] += dense;
            self.dense[1] += dense * dense;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.both += other.both;
        self.vectors += other.vectors;
        for place in 0..2 {
            self.words[place] += other.words[place];
            self.topics[place] += other.topics[place];
            self.dense[place] += other.dense[place];
        }
    }

    fn usual(&self) -> Usual {
        let moments = |[sum, squares]: [f64; 2], count: f64| {
            if count < 2.0 {
                return Moments::default();
            }
            let mean = sum / count;
            let variance = squares / count - mean * mean;
            // What is left of equal values is rounding.
            let differ = variance > 1e-10 * (squares / count);
            let deviation = if differ { variance.sqrt() as f32 } else { 0.0 };
            Moments { mean: mean as f32, deviation }
        };
        let words = moments(self.words, self.count);
        let topics = moments(self.topics, self.count);
        let lexical = if words.deviation > 0.0 && topics.deviation > 0.0 {
            let covariance =
                self.both / self.count - f64::from(words.mean) * f64::from(topics.mean);
            let correlation =
                covariance / (f64::from(words.deviation) * f64::from(topics.deviation));
            (2.0 + 2.0 * correlation.clamp(-0.9, 1.0)).sqrt() as f32
        } else {
            1.0
        };
        Usual { words, topics, dense: moments(self.dense, self.vectors), lexical }
    }
}

/// Square root with the sign kept: cosines of words are skewed, see
/// [`fuse`](crate::similarity::fuse).
fn unskewed(cosine: f32) -> f32 {
    cosine.signum() * cosine.abs().sqrt()
}

/// What is usual for each paper of a library, and with it the affinity of any two.
#[derive(Debug, Clone, Default)]
pub struct Affinity {
    /// By paper.
    usual: Vec<Usual>,
    /// What is expected of a vector's z-score for each standard deviation of the words'.
    slope: f32,
}

impl Affinity {
    /// Compares all papers with a sample.
    #[must_use]
    pub fn measure(views: Views<'_>, papers: usize) -> Self {
        let sample: Vec<usize> = sample(papers);
        let parts: Vec<Vec<Sums>> = sample
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut sums = vec![Sums::default(); papers];
                for &of in chunk {
                    let Raw { closeness, dense } = views.of(of);
                    for (paper, sums) in sums.iter_mut().enumerate().filter(|(p, _)| *p != of) {
                        let topics = closeness.topics.as_ref().map_or(0.0, |topics| topics[paper]);
                        sums.add(closeness.words[paper], topics, dense[paper]);
                    }
                }
                sums
            })
            .collect();
        let mut sums = vec![Sums::default(); papers];
        for part in parts {
            sums.iter_mut().zip(&part).for_each(|(sums, part)| sums.merge(part));
        }
        let mut affinity = Self { usual: sums.iter().map(Sums::usual).collect(), slope: 0.0 };
        affinity.slope = affinity.slope(views, &sample);
        affinity
    }

    /// Number of papers.
    #[must_use]
    pub fn papers(&self) -> usize {
        self.usual.len()
    }

    /// The regression of the z-scores of vectors on those of words, over part of the sample.
    fn slope(&self, views: Views<'_>, sample: &[usize]) -> f32 {
        let (mut product, mut square) = (0.0_f64, 0.0_f64);
        for &of in sample.iter().take(CHUNK) {
            let raw = views.of(of);
            for paper in (0..self.papers()).filter(|&paper| paper != of) {
                if !raw.dense[paper].is_nan() {
                    let words = f64::from(lexical_z(&self.usual[of], &raw.closeness, paper));
                    let dense = f64::from(self.usual[of].dense.z(raw.dense[paper]));
                    product += words * dense;
                    square += words * words;
                }
            }
        }
        if square > 0.0 { (product / square).clamp(0.0, 1.0) as f32 } else { 1.0 }
    }

    /// The affinity of a paper of the library to all, `[papers]`; to itself it is meaningless.
    #[must_use]
    pub fn column(&self, views: Views<'_>, paper: usize) -> Vec<f32> {
        self.of_raw(&views.of(paper), &self.usual[paper])
    }

    /// What is usual for something that is no paper of the library, from its similarities to the
    /// papers.
    #[must_use]
    pub fn usual_of(raw: &Raw) -> Usual {
        let mut sums = Sums::default();
        for (paper, &words) in raw.closeness.words.iter().enumerate() {
            let topics = raw.closeness.topics.as_ref().map_or(0.0, |topics| topics[paper]);
            sums.add(words, topics, raw.dense[paper]);
        }
        sums.usual()
    }

    /// The affinity of something to all papers, `[papers]`.
    #[must_use]
    pub fn of_raw(&self, raw: &Raw, own: &Usual) -> Vec<f32> {
        (self.usual.iter().enumerate())
            .map(|(paper, other)| {
                let seen_by = |usual: &Usual| {
                    self.fused(
                        lexical_z(usual, &raw.closeness, paper),
                        usual.dense,
                        raw.dense[paper],
                    )
                };
                0.5 * (seen_by(own) + seen_by(other))
            })
            .collect()
    }

    /// The affinity of two papers.
    #[must_use]
    pub fn between(&self, views: Views<'_>, a: usize, b: usize) -> f32 {
        let words = unskewed(views.lexical.word_similarity(a, b));
        let topics = views.lexical.topic_similarity(a, b);
        let dense = views
            .vectors
            .and_then(|vectors| vectors.similarity(&views.vector(a)?, b))
            .unwrap_or(f32::NAN);
        let seen_by = |usual: &Usual| {
            let words = usual.words.z(words);
            let lexical =
                topics.map_or(words, |topics| (words + usual.topics.z(topics)) / usual.lexical);
            self.fused(lexical, usual.dense, dense)
        };
        0.5 * (seen_by(&self.usual[a]) + seen_by(&self.usual[b]))
    }

    /// Words and vectors together; where there is no vector, what the words let expect of it.
    fn fused(&self, lexical: f32, usual: Moments, dense: f32) -> f32 {
        let weights = Weights::default();
        let (of_words, of_vectors) = (weights.lexical as f32, weights.dense as f32);
        let dense = if dense.is_nan() { self.slope * lexical } else { usual.z(dense) };
        (of_words * lexical + of_vectors * dense) / (of_words + of_vectors)
    }
}

/// How far the words that a paper shares and their topics stand out, for one that usually has such.
fn lexical_z(usual: &Usual, closeness: &Closeness, paper: usize) -> f32 {
    let words = usual.words.z(unskewed(closeness.words[paper]));
    closeness
        .topics
        .as_ref()
        .map_or(words, |topics| (words + usual.topics.z(topics[paper])) / usual.lexical)
}

/// Papers spread evenly over the library.
fn sample(papers: usize) -> Vec<usize> {
    let count = papers.min(SAMPLE);
    (0..count).map(|place| place * papers / count).collect()
}
