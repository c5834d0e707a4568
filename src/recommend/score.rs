//! One score from three: how close a paper is to the best of what is liked, how much of the liking
//! spreads to it over neighbours, and on which side of the classifier it is.
//!
//! Each is standardised over the candidates and added with its weight.
//!
//! Measured by `cargo bench --bench recommend` on 935 papers of eleven known topics, with vectors of
//! all-MiniLM-L6-v2; mean average precision with 3, 5 and 10 papers liked of each of two topics:
//!
//! | | 3 | 5 | 10 |
//! |---|---|---|---|
//! | mean similarity of vectors to the papers liked | 0.556 | 0.555 | 0.556 |
//! | linear SVM on TF-IDF | 0.471 | 0.513 | 0.630 |
//! | linear SVM on TF-IDF and vectors | 0.528 | 0.575 | 0.683 |
//! | the best three, as `rank` has them | 0.698 | 0.724 | 0.779 |
//! | the best three by affinity | 0.756 | 0.788 | 0.844 |
//! | all of this module | 0.836 | 0.857 | 0.895 |
//! | the same by words only | 0.781 | 0.802 | 0.857 |

use std::collections::HashSet;
use std::sync::Arc;

use super::classifier::{Classifier, PENALTY};
use super::graph::Graph;
use super::likes::{Like, Taste};
use super::{Library, Recommender};
use crate::similarity::lexical::Lexical;

/// Of the papers liked, so many count for a paper: those that it is closest to.
const CLOSEST: usize = 3;

/// What closeness to the closest of the papers not wanted takes away, as in
/// [`rank`](crate::similarity::rank).
const UNLIKE: f32 = 0.5;

/// Weight of what spreads over neighbours, beside 1 for closeness.
const SPREAD: f32 = 2.0;

/// With so many papers liked the classifier counts for half of the closeness; with none for nothing,
/// with very many for as much.
const LEARNT_FROM: f32 = 20.0;

/// What a paper of this year has ahead of a very old one, in standard deviations.
const NEWNESS: f32 = 0.15;

/// Years in which that halves.
const NEWNESS_YEARS: f32 = 4.0;

/// How good papers are by a [`Taste`].
#[derive(Debug)]
pub struct Scores {
    /// By paper, in standard deviations above the mean candidate.
    total: Vec<f32>,
    is_candidate: Vec<bool>,
    likes: Vec<(Like, Arc<[f32]>)>,
    unlikes: Vec<(Like, Arc<[f32]>)>,
    level: Vec<f32>,
    classifier: Classifier,
    scale: Scale,
}

/// How the parts become one.
#[derive(Debug, Clone, Copy, Default)]
struct Scale {
    close: Standard,
    spread: Standard,
    learnt: Standard,
    total: Standard,
    /// Weight of the classifier.
    learnt_weight: f32,
    /// A level of liking so low that it is none.
    floor: f32,
}

/// What a value is measured by: the mean and standard deviation of the candidates.
#[derive(Debug, Clone, Copy, Default)]
struct Standard {
    mean: f32,
    deviation: f32,
}

impl Standard {
    fn of(values: impl Iterator<Item = f32> + Clone) -> Self {
        let count = values.clone().count().max(1) as f64;
        let mean = values.clone().map(f64::from).sum::<f64>() / count;
        let variance = values.map(|v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        Self { mean: mean as f32, deviation: variance.sqrt() as f32 }
    }

    fn z(self, value: f32) -> f32 {
        // Equal values differ from their rounded mean by that rounding.
        if self.deviation > self.mean.abs() * 1e-5 && self.deviation > 0.0 {
            (value - self.mean) / self.deviation
        } else {
            0.0
        }
    }
}

impl Scale {
    fn total(&self, close: f32, level: f32, learnt: f32) -> f32 {
        self.close.z(close)
            + SPREAD * self.spread.z(self.spread(level))
            + self.learnt_weight * self.learnt.z(learnt)
    }

    /// Levels of liking span orders of magnitude.
    fn spread(&self, level: f32) -> f32 {
        (level.max(0.0) + self.floor).ln()
    }
}

impl Scores {
    pub(super) fn new(
        recommender: &mut Recommender,
        library: &Library<'_>,
        taste: &Taste,
    ) -> Option<Self> {
        let views = library.views;
        let papers = library.papers.len();
        let classifier = Classifier::train(views, papers, taste, PENALTY)?;
        let mut columns = |likes: &[Like]| -> Vec<(Like, Arc<[f32]>)> {
            let of: Vec<usize> = likes.iter().map(|like| like.paper).collect();
            let columns = recommender.columns(views, &of);
            likes.iter().cloned().zip(columns).collect()
        };
        let (likes, unlikes) = (columns(&taste.likes), columns(&taste.unlikes));
        let named: HashSet<usize> = (taste.likes.iter().chain(&taste.unlikes))
            .filter(|like| like.because != super::likes::Because::Opened)
            .map(|like| like.paper)
            .collect();
        let is_candidate: Vec<bool> =
            (0..papers).map(|paper| library.is_unread(paper) && !named.contains(&paper)).collect();

        let graph = &recommender.graph;
        let level = if graph.papers() == papers { graph.spread(&seeds(taste)) } else { Vec::new() };
        let mut scores = Self {
            total: Vec::new(),
            is_candidate,
            likes,
            unlikes,
            level,
            classifier,
            scale: Scale { floor: 0.01 / papers as f32, ..Scale::default() },
        };
        let count = taste.likes.len() as f32;
        scores.scale.learnt_weight = count / (count + LEARNT_FROM);
        let close: Vec<f32> = (0..papers).map(|paper| scores.closeness(paper)).collect();
        let learnt: Vec<f32> = (0..papers)
            .map(|paper| {
                let vector = views.vector(paper);
                scores.classifier.score(views.lexical.terms(paper), vector.as_deref())
            })
            .collect();
        scores.standardise(&close, &learnt);
        scores.total = (0..papers)
            .map(|paper| {
                let level = scores.level.get(paper).copied().unwrap_or_default();
                let total = scores.scale.total(close[paper], level, learnt[paper]);
                scores.scale.total.z(total) + newness(library, paper)
            })
            .collect();
        Some(scores)
    }

    /// Learns how the parts become one.
    fn standardise(&mut self, close: &[f32], learnt: &[f32]) {
        let Self { is_candidate, level, .. } = self;
        let candidates = || (0..close.len()).filter(|&paper| is_candidate[paper]);
        let mut scale = self.scale;
        scale.close = Standard::of(candidates().map(|paper| close[paper]));
        scale.learnt = Standard::of(candidates().map(|paper| learnt[paper]));
        if !level.is_empty() {
            scale.spread = Standard::of(candidates().map(|paper| scale.spread(level[paper])));
        }
        let of = |paper: usize| {
            let level = level.get(paper).copied().unwrap_or_default();
            scale.total(close[paper], level, learnt[paper])
        };
        let total = Standard::of(candidates().map(of));
        self.scale = Scale { total, ..scale };
    }

    /// The papers that may be recommended.
    pub fn candidates(&self) -> impl Iterator<Item = usize> {
        (0..self.is_candidate.len()).filter(|&paper| self.is_candidate[paper])
    }

    /// How good a paper is, in standard deviations above the mean candidate.
    #[must_use]
    pub fn of(&self, paper: usize) -> f32 {
        self.total[paper]
    }

    /// The papers liked that are closest to a paper, with the affinity, the closest first.
    #[must_use]
    pub fn nearest_likes(&self, paper: usize) -> Vec<(&Like, f32)> {
        nearest(&self.likes, paper)
    }

    /// What the classifier sees in the words of a text, the best for it first; see
    /// [`Classifier::words`].
    #[must_use]
    pub fn words(&self, terms: &[(u32, f32)]) -> Vec<(u32, f32)> {
        self.classifier.words(terms)
    }

    /// How close a paper is to what is liked, and not to what is not wanted: the part of the score that
    /// rests on affinity alone.
    #[must_use]
    pub fn closeness(&self, paper: usize) -> f32 {
        let like = mean_of_best(&self.likes, paper, |column| column[paper]);
        let unlike = mean_of_best(&self.unlikes, paper, |column| column[paper]);
        like - UNLIKE * unlike.max(0.0)
    }

    /// How good something is that is no paper of the library, in the same measure: by its affinity to
    /// the papers, `[papers]`, its terms and its vector.
    #[must_use]
    pub fn of_foreign(
        &self,
        graph: &Graph,
        affinity: &[f32],
        terms: &[(u32, f32)],
        vector: Option<&[f32]>,
    ) -> f32 {
        let best = |likes: &[(Like, Arc<[f32]>)]| {
            let mut close: Vec<f32> =
                likes.iter().map(|(like, _)| affinity[like.paper] - handicap(like)).collect();
            mean_of_highest(&mut close)
        };
        let close = best(&self.likes) - UNLIKE * best(&self.unlikes).max(0.0);
        let level =
            if self.level.is_empty() { 0.0 } else { graph.spread_to(&self.level, affinity) };
        let total = self.scale.total(close, level, self.classifier.score(terms, vector));
        self.scale.total.z(total)
    }
}

/// What is put on the papers liked and taken from those not wanted.
fn seeds(taste: &Taste) -> Vec<(usize, f32)> {
    let sum: f32 = taste.likes.iter().map(|like| like.weight).sum();
    let likes = taste.likes.iter().map(|like| (like.paper, like.weight / sum));
    let unlikes = taste.unlikes.iter().map(|like| (like.paper, -UNLIKE * like.weight / sum));
    likes.chain(unlikes).collect()
}

/// A paper that is liked less must be closer by so much to count as much.
fn handicap(like: &Like) -> f32 {
    1.0 - like.weight
}

fn nearest(likes: &[(Like, Arc<[f32]>)], paper: usize) -> Vec<(&Like, f32)> {
    let mut near: Vec<(&Like, f32)> = likes
        .iter()
        .filter(|(like, _)| like.paper != paper)
        .map(|(like, column)| (like, column[paper]))
        .collect();
    let rank = |(like, affinity): &(&Like, f32)| affinity - handicap(like);
    near.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.0.paper.cmp(&b.0.paper)));
    near.truncate(CLOSEST);
    near
}

/// Mean of the highest affinities of a paper to those liked, itself left out; 0 without any.
fn mean_of_best(
    likes: &[(Like, Arc<[f32]>)],
    paper: usize,
    affinity: impl Fn(&[f32]) -> f32,
) -> f32 {
    let mut best = [f32::NEG_INFINITY; CLOSEST];
    for (like, column) in likes.iter().filter(|(like, _)| like.paper != paper) {
        let mut value = affinity(column) - handicap(like);
        for place in &mut best {
            if value > *place {
                std::mem::swap(place, &mut value);
            }
        }
    }
    mean_of_highest(&mut best)
}

/// Mean of the highest [`CLOSEST`] values; 0 without any.
fn mean_of_highest(values: &mut [f32]) -> f32 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    let best = || values.iter().take(CLOSEST).filter(|value| value.is_finite());
    let count = best().count();
    if count == 0 { 0.0 } else { best().sum::<f32>() / count as f32 }
}

/// What a paper has ahead because it is new: a small preference, stated in [`NEWNESS`].
fn newness(library: &Library<'_>, paper: usize) -> f32 {
    let this_year = 1970.0 + library.now as f32 / (365.25 * 86_400.0);
    let age = |year: i32| (this_year - year as f32 - 1.0).max(0.0);
    let year = library.papers[paper].year();
    year.map_or(0.0, |year| NEWNESS * (-age(year) / NEWNESS_YEARS).exp2())
}

/// Words in short: the strongest of a paper for which the classifier speaks.
pub(super) fn strongest(
    lexical: &Lexical,
    words: &[(u32, f32)],
    count: usize,
    side: f32,
) -> Vec<(String, f32)> {
    let mut of_side: Vec<(u32, f32)> =
        words.iter().copied().filter(|(_, weight)| weight * side > 0.0).collect();
    of_side.sort_by(|a, b| (b.1 * side).total_cmp(&(a.1 * side)).then(a.0.cmp(&b.0)));
    of_side
        .into_iter()
        .take(count)
        .map(|(term, weight)| (lexical.term(term).to_owned(), weight))
        .collect()
}
