//! The papers most like some papers (and unlike others), in order.
//!
//! [`neighbours`] compares every paper with the seeds in each way that there is, and so knows a
//! paper's place in all three rankings whichever is asked for. Filters and [`Works`] decide what is
//! listed before the best are chosen, never after.

mod places;
mod query;
mod works;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::Error;
use super::best::best;
use super::diverse::{LAMBDA, diverse};
use super::fuse::{self, Moments, Weights};
use super::lexical::{Closeness, Lexical};
use super::scale::{Parts, Scale};
use super::vectors::Vectors;
use crate::library::paper::Paper;

pub use query::{Join, Query};
pub use works::Works;

/// A diverse list is chosen from so many papers for each of its lines, the best, and from
/// [`LEAST_POOL`] at least: what comes behind those is not close enough to be worth its difference.
const POOL: usize = 5;
const LEAST_POOL: usize = 100;

/// Where all papers are listed, so many are chosen to be diverse, and the others follow.
const MOST_DIVERSE: usize = 100;

/// What papers are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ranking {
    /// The model's vectors and the words together.
    #[default]
    Hybrid,
    /// The model's vectors alone; lists only papers that have one.
    Dense,
    /// The words alone.
    Lexical,
}

impl Ranking {
    /// All rankings.
    pub const ALL: [Self; 3] = [Self::Hybrid, Self::Dense, Self::Lexical];

    /// The one after this, and after the last the first.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Hybrid => Self::Dense,
            Self::Dense => Self::Lexical,
            Self::Lexical => Self::Hybrid,
        }
    }

    /// Its name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hybrid => "hybrid",
            Self::Dense => "dense",
            Self::Lexical => "lexical",
        }
    }
}

impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Ranking {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|ranking| ranking.name() == name)
            .ok_or_else(|| Error::UnknownRanking(name.to_owned()))
    }
}

/// What a score rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The model's vector of title and abstract; with [`Ranking::Hybrid`] their words too.
    Full,
    /// The same, of a paper that has no abstract.
    TitleOnly,
    /// The words of title and abstract; no vector was asked for or known.
    WordsOnly,
    /// The words of a title, and nothing else.
    TitleWordsOnly,
}

impl Basis {
    fn of(paper: &Paper, vector_counted: bool) -> Self {
        match (vector_counted, paper.title_only()) {
            (true, false) => Self::Full,
            (true, true) => Self::TitleOnly,
            (false, false) => Self::WordsOnly,
            (false, true) => Self::TitleWordsOnly,
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Full => "full",
            Self::TitleOnly => "title only",
            Self::WordsOnly => "words only",
            Self::TitleWordsOnly => "title words only",
        })
    }
}

/// A paper of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Index into the snapshot.
    pub paper: usize,
    /// What the list is ordered by; greater is closer. Hybrid: standard deviations above the mean
    /// paper. Dense, lexical: the value of that name, below. Comparable within one list only.
    pub score: f32,
    /// Similarity of the vectors ([`Vectors::similarity`]), joined over the seeds; `None` where
    /// the paper or all papers wanted have none.
    pub dense: Option<f32>,
    /// What the words say ([`fuse::lexical`]), in standard deviations above the mean candidate;
    /// `None` where they have nothing in common with those of the seeds.
    pub lexical: Option<f32>,
    /// Its place, from 1, in the list of all that [`Ranking::Dense`] makes of the same papers;
    /// `None` where `dense` is.
    pub dense_rank: Option<usize>,
    /// Its place in that of [`Ranking::Lexical`]; `None` where `lexical` is.
    pub lexical_rank: Option<usize>,
    /// How many pairs of papers of this library are less close than this one and [`seed`](Self::seed)
    /// by the ranking asked for ([`Scale::percentile`]), in percent.
    pub percentile: f32,
    /// What the score rests on.
    pub basis: Basis,
    /// The paper wanted that brought it, the closest by the ranking asked for; `None` where a text
    /// is looked for.
    pub seed: Option<usize>,
}

/// What is known of a library; all of one snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The papers.
    pub papers: &'a [Paper],
    /// Their words.
    pub lexical: &'a Lexical,
    /// Their vectors, if there is a model.
    pub vectors: Option<&'a Vectors>,
    /// What is usual among them.
    pub scale: &'a Scale,
    /// Which are versions of one work, if that is known: without, each is its own.
    pub works: Option<&'a Works>,
}

/// What list is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// What to order by.
    pub ranking: Ranking,
    /// How many papers; 0 for all, even those that share no word with the seeds and have no vector,
    /// and those that are versions of others.
    pub top: usize,
    /// By paper, `[papers]`: may it be listed? `None` for all. Scores do not change with it: they
    /// say how far a paper stands out among all, and would say something else with each key of a
    /// filter. Places do: they are those among the papers allowed.
    pub allowed: Option<&'a [bool]>,
    /// Should what says the same as papers before it come later ([`diverse()`])?
    pub diverse: bool,
}

impl Wanted<'_> {
    /// The best by a ranking.
    #[must_use]
    pub fn top(ranking: Ranking, top: usize) -> Self {
        Self { ranking, top, ..Self::default() }
    }
}

/// How close each paper is to what is looked for, in each kind of similarity.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// By words and topics, `[papers]`.
    pub closeness: Closeness,
    /// By vectors, `[papers]`, `None` for a paper without one; `None` where what is looked for has
    /// none.
    pub dense: Option<Vec<Option<f32>>>,
}

/// The `top` papers that answer a query best, best first and by index where equal. Seeds are never
/// among them, nor, unless all papers are wanted, their other versions, and of each other work only
/// the best version is: the seeds' own text would stand first and say nothing new.
///
/// Where no paper wanted has a vector, [`Ranking::Hybrid`] goes by words and [`Ranking::Dense`]
/// finds nothing; what else `Hybrid` does without a vector is told at [`fuse`].
#[must_use]
pub fn neighbours(sources: &Sources<'_>, query: &Query, wanted: &Wanted<'_>) -> Vec<Neighbour> {
    let query = query.settled();
    if query.like.is_empty() {
        return Vec::new();
    }
    let evidence = Evidence {
        closeness: query.closeness(sources.lexical),
        dense: sources.vectors.and_then(|vectors| query.dense(vectors)),
    };
    let mut seeds: Vec<usize> = query.seeds().collect();
    seeds.sort_unstable();
    seeds.dedup();
    let closest = |paper: usize, _: &Parts| {
        let to_seeds = query.like.iter().map(|&seed| {
            let parts = Parts::of(sources.lexical, sources.vectors, seed, paper);
            (Some(seed), sources.scale.similarity(wanted.ranking, &parts), parts)
        });
        let closest = to_seeds.reduce(|best, next| if next.1 > best.1 { next } else { best });
        closest.map(|(seed, _, parts)| (seed, parts))
    };
    listed(sources, evidence, &seeds, wanted, closest)
}

/// The papers that evidence of any kind speaks for, ordered as [`neighbours`] are; those of `without`,
/// ascending, are never among them.
#[must_use]
pub fn ranked(
    sources: &Sources<'_>,
    evidence: Evidence,
    without: &[usize],
    wanted: &Wanted<'_>,
) -> Vec<Neighbour> {
    listed(sources, evidence, without, wanted, |_, parts| Some((None, *parts)))
}

/// `closest` names the seed that a paper is closest to, and how close they are, given its evidence.
fn listed(
    sources: &Sources<'_>,
    evidence: Evidence,
    without: &[usize],
    wanted: &Wanted<'_>,
    closest: impl Fn(usize, &Parts) -> Option<(Option<usize>, Parts)>,
) -> Vec<Neighbour> {
    let candidates = Candidates::new(evidence, without, wanted);
    let repeated = match sources.works {
        Some(works) if wanted.top > 0 => candidates.repeated(works, without),
        _ => Vec::new(),
    };
    let found = (0..candidates.papers.len())
        .filter_map(|at| candidates.ranked(at))
        .filter(|ranked| repeated.binary_search(&ranked.at).is_err());
    let best = if wanted.diverse {
        candidates.diverse(found, sources)
    } else {
        best_first(found, wanted.top)
    };
    let (dense_ranks, lexical_ranks) = candidates.ranks(&best);
    (best.iter().zip(dense_ranks).zip(lexical_ranks))
        .filter_map(|((ranked, dense_rank), lexical_rank)| {
            let paper = candidates.papers[ranked.at];
            let parts = candidates.parts(ranked.at);
            let (seed, to_seed) = closest(paper, &parts)?;
            let vector_counted = wanted.ranking != Ranking::Lexical && parts.dense.is_some();
            Some(Neighbour {
                paper,
                score: ranked.score as f32,
                dense: parts.dense,
                lexical: candidates.tied(ranked.at).then(|| candidates.lexical[ranked.at] as f32),
                dense_rank,
                lexical_rank,
                percentile: sources.scale.percentile(wanted.ranking, &to_seed),
                basis: Basis::of(&sources.papers[paper], vector_counted),
                seed,
            })
        })
        .collect()
}

/// A candidate's place among them, and what it is ordered by.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    at: usize,
    score: f64,
    /// Orders equal scores.
    words: f32,
}

impl Ranked {
    fn compare(&self, other: &Self) -> Ordering {
        (other.score.total_cmp(&self.score))
            .then(other.words.total_cmp(&self.words))
            .then(self.at.cmp(&other.at))
    }
}

/// The best `top` in order; 0 for all.
fn best_first(found: impl Iterator<Item = Ranked>, top: usize) -> Vec<Ranked> {
    let top = if top == 0 { usize::MAX } else { top };
    let mut found = best(found, top, Ranked::compare);
    found.sort_unstable_by(Ranked::compare);
    found
}

/// All papers but the seeds, in order, and what is known of each, parallel.
struct Candidates<'a> {
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
    fn new(evidence: Evidence, without: &[usize], wanted: &'a Wanted<'a>) -> Self {
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

    fn parts(&self, at: usize) -> Parts {
        let topics = self.topics.as_ref().map(|topics| topics[at]);
        Parts { words: self.words[at], topics, dense: self.dense(at) }
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
    /// but the best that may be listed. Ascending.
    fn repeated(&self, works: &Works, seeds: &[usize]) -> Vec<usize> {
        let mut repeated = Vec::new();
        for work in works.several() {
            let mut versions: Vec<Ranked> = (work.iter())
                .filter_map(|paper| self.papers.binary_search(paper).ok())
                .filter_map(|at| self.ranked(at))
                .collect();
            versions.sort_unstable_by(Ranked::compare);
            let listed = usize::from(!work.iter().any(|paper| seeds.contains(paper)));
            repeated.extend(versions.iter().skip(listed).map(|version| version.at));
        }
        repeated.sort_unstable();
        repeated
    }

    /// A diverse choice.
    fn diverse(&self, found: impl Iterator<Item = Ranked>, sources: &Sources<'_>) -> Vec<Ranked> {
        let Wanted { ranking, top, .. } = *self.wanted;
        let chosen = if top == 0 { MOST_DIVERSE } else { top };
        let pool = chosen.saturating_mul(POOL).max(LEAST_POOL);
        let mut found = best_first(found, if top == 0 { 0 } else { pool });
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
    fn ranks(&self, list: &[Ranked]) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
        let allowed = || (0..self.papers.len()).filter(|&at| self.allowed(at));
        let dense = |at: usize| Some((at, self.dense(at)?.into()));
        let lexical = |at: usize| (at, self.lexical[at]);
        let tied = |at: usize| self.tied(at).then(|| lexical(at));
        let items: Vec<_> = list.iter().map(|ranked| dense(ranked.at)).collect();
        let dense_ranks = places::of(allowed().filter_map(dense), &items);
        let items: Vec<_> = list.iter().map(|ranked| tied(ranked.at)).collect();
        (dense_ranks, places::of(allowed().map(lexical), &items))
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
