//! The papers that may be listed, and the choice of the best of them.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{Evidence, Ranking, Sources, Wanted, Works, places};
use crate::similarity::best::best;
use crate::similarity::diverse::{LAMBDA, diverse};
use crate::similarity::fuse::{self, Moments, Weights};
use crate::similarity::lexical::Closeness;
use crate::similarity::scale::Parts;

/// A diverse list is chosen from so many papers for each of its lines, the best, and from
/// [`LEAST_POOL`] at least: what comes behind those is not close enough to be worth its difference.
const POOL: usize = 5;
const LEAST_POOL: usize = 100;

/// Where all papers are listed, so many are chosen to be diverse, and the others follow.
const MOST_DIVERSE: usize = 100;

/// Candidates that one thread looks at.
const CHUNK: usize = 8192;

/// A candidate's place among them, and what it is ordered by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    at: usize,
    score: f64,
    /// Orders equal scores.
    words: f32,
}

impl Ranked {
    /// What it is ordered by.
    pub(super) fn score(&self) -> f32 {
        self.score as f32
    }

    fn compare(&self, other: &Self) -> Ordering {
        (other.score.total_cmp(&self.score))
            .then(other.words.total_cmp(&self.words))
            .then(self.at.cmp(&other.at))
    }
}

/// All papers but the seeds, in order, and what is known of each, parallel.
pub(super) struct Candidates<'a> {
    wanted: &'a Wanted<'a>,
    papers: Vec<usize>,
    words: Vec<f32>,
    topics: Option<Vec<f32>>,
    dense: Option<Vec<Option<f32>>>,
    /// Scores by words.
    lexical: Vec<f64>,
    /// Scores by [`Wanted::ranking`], where it has one for the paper.
    score: Scores,
}

/// Where the scores of a ranking are.
enum Scores {
    Lexical,
    Dense,
    Own(Vec<f64>),
}

impl<'a> Candidates<'a> {
    /// All papers but those of `without`, which ascend.
    pub(super) fn new(evidence: Evidence, without: &[usize], wanted: &'a Wanted<'a>) -> Self {
        let Evidence { closeness: Closeness { mut words, mut topics }, mut dense } = evidence;
        let mut papers: Vec<usize> = (0..words.len()).collect();
        for &seed in without.iter().rev() {
            papers.remove(seed);
            words.remove(seed);
            topics.as_mut().map(|topics| topics.remove(seed));
            dense.as_mut().map(|dense| dense.remove(seed));
        }
        let weights = Weights::default();
        let lexical = fuse::lexical(&weights, &words, topics.as_deref());
        let score = match (wanted.ranking, &dense) {
            (Ranking::Lexical, _) | (Ranking::Hybrid, None) => Scores::Lexical,
            (Ranking::Dense, _) => Scores::Dense,
            (Ranking::Hybrid, Some(dense)) => Scores::Own(fuse::fuse(&weights, &lexical, dense)),
        };
        Self { wanted, papers, words, topics, dense, lexical, score }
    }

    /// Those to be listed, in order.
    pub(super) fn listed(&self, sources: &Sources<'_>, seeds: &[usize]) -> Vec<Ranked> {
        let repeated = match sources.works {
            Some(works) if self.wanted.top > 0 => self.repeated(works, seeds),
            _ => Vec::new(),
        };
        if self.wanted.diverse {
            self.diverse(&repeated, sources)
        } else {
            self.best_first(&repeated, self.wanted.top)
        }
    }

    /// The best `top` in order, 0 for all, without those that are repeated, `[candidates]` (or empty).
    fn best_first(&self, repeated: &[bool], top: usize) -> Vec<Ranked> {
        let top = if top == 0 { usize::MAX } else { top };
        let new = |at: &usize| !repeated.get(*at).is_some_and(|repeated| *repeated);
        let chunks: Vec<Vec<Ranked>> = (0..self.papers.len().div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let end = self.papers.len().min((chunk + 1) * CHUNK);
                let found = (chunk * CHUNK..end).filter(new).filter_map(|at| self.ranked(at));
                best(found, top, Ranked::compare)
            })
            .collect();
        let mut found = best(chunks.into_iter().flatten(), top, Ranked::compare);
        found.par_sort_unstable_by(Ranked::compare);
        found
    }

    /// Index of its paper.
    pub(super) fn paper(&self, ranked: &Ranked) -> usize {
        self.papers[ranked.at]
    }

    /// How close it is in each way.
    pub(super) fn parts(&self, ranked: &Ranked) -> Parts {
        let at = ranked.at;
        let topics = self.topics.as_ref().map(|topics| topics[at]);
        Parts { words: self.words[at], topics, dense: self.dense(at) }
    }

    /// Its score by words, if they tie it to what is looked for.
    pub(super) fn lexical(&self, ranked: &Ranked) -> Option<f32> {
        self.tied(ranked.at).then(|| self.lexical[ranked.at] as f32)
    }

    fn dense(&self, at: usize) -> Option<f32> {
        self.dense.as_ref().and_then(|dense| dense[at])
    }

    fn score(&self, at: usize) -> Option<f64> {
        match &self.score {
            Scores::Lexical => Some(self.lexical[at]),
            Scores::Dense => self.dense(at).map(f64::from),
            Scores::Own(scores) => Some(scores[at]),
        }
    }

    /// Do words tie a paper to what is looked for?
    fn tied(&self, at: usize) -> bool {
        self.words[at] != 0.0 || self.topics.as_ref().is_some_and(|topics| topics[at] > 0.0)
    }

    fn allowed(&self, at: usize) -> bool {
        self.wanted.allowed.is_none_or(|allowed| allowed[self.papers[at]])
    }

    /// A candidate that may be listed: it is allowed, has a score, and, unless all are wanted,
    /// something is known to tie it to what is looked for.
    fn ranked(&self, at: usize) -> Option<Ranked> {
        let known = || match self.score {
            Scores::Lexical => self.tied(at),
            Scores::Dense => true,
            Scores::Own(_) => self.tied(at) || self.dense(at).is_some(),
        };
        if !self.allowed(at) || (self.wanted.top > 0 && !known()) {
            return None;
        }
        // Words break ties of the hybrid score that rounding makes.
        let words = if matches!(self.score, Scores::Own(_)) { self.words[at] } else { 0.0 };
        Some(Ranked { at, score: self.score(at)?, words })
    }

    /// Candidates that another version stands for: those of a seed's work, and of each other work all
    /// but the best that may be listed. `[candidates]`.
    fn repeated(&self, works: &Works, seeds: &[usize]) -> Vec<bool> {
        let mut repeated = vec![false; self.papers.len()];
        for work in works.several() {
            let mut versions: Vec<Ranked> = (work.iter())
                .filter_map(|paper| self.papers.binary_search(paper).ok())
                .filter_map(|at| self.ranked(at))
                .collect();
            versions.sort_unstable_by(Ranked::compare);
            let listed = usize::from(!work.iter().any(|paper| seeds.contains(paper)));
            for version in versions.iter().skip(listed) {
                repeated[version.at] = true;
            }
        }
        repeated
    }

    /// A diverse choice.
    fn diverse(&self, repeated: &[bool], sources: &Sources<'_>) -> Vec<Ranked> {
        let Wanted { ranking, top, .. } = *self.wanted;
        let chosen = if top == 0 { MOST_DIVERSE } else { top };
        let pool = chosen.saturating_mul(POOL).max(LEAST_POOL);
        let mut found = self.best_first(repeated, if top == 0 { 0 } else { pool });
        let rest = found.split_off(pool.min(found.len()));
        let relevance: Vec<f64> = match ranking {
            // The scores of the others are in standard deviations as they are.
            Ranking::Dense => {
                let all: Vec<f64> =
                    self.dense.iter().flatten().flatten().map(|&dense| dense.into()).collect();
                let moments = Moments::of(&all);
                found.iter().map(|ranked| moments.z(ranked.score)).collect()
            }
            _ => found.iter().map(|ranked| ranked.score).collect(),
        };
        let similarity = |a: usize, b: usize| {
            let [a, b] = [a, b].map(|place| self.papers[found[place].at]);
            let parts = Parts::of(sources.lexical, sources.vectors, a, b);
            sources.scale.similarity(ranking, &parts)
        };
        let order = diverse(&relevance, similarity, chosen, LAMBDA);
        let mut best: Vec<Ranked> = order.iter().map(|&place| found[place]).collect();
        if top == 0 {
            let mut is_chosen = vec![false; found.len()];
            for &place in &order {
                is_chosen[place] = true;
            }
            best.extend((0..found.len()).filter(|&place| !is_chosen[place]).map(|p| found[p]));
            best.extend(rest);
        }
        best
    }

    /// The places of some candidates by vectors and by words, among those allowed.
    pub(super) fn ranks(&self, list: &[Ranked]) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
        let count = self.papers.len();
        let dense = |at: usize| self.dense(at).map(f64::from);
        let lexical = |at: usize| Some(self.lexical[at]);
        let dense_items: Vec<_> =
            list.iter().map(|ranked| Some((ranked.at, dense(ranked.at)?))).collect();
        let lexical_items: Vec<_> = (list.iter())
            .map(|ranked| self.tied(ranked.at).then(|| (ranked.at, self.lexical[ranked.at])))
            .collect();
        rayon::join(
            || places::of(count, |at| dense(at).filter(|_| self.allowed(at)), &dense_items),
            || places::of(count, |at| lexical(at).filter(|_| self.allowed(at)), &lexical_items),
        )
    }
}
