//! The papers most like some papers (and unlike others), in order.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::Error;
use super::fuse::{self, Weights};
use super::index::Index;
use super::lexical::{Closeness, Lexical};
use super::vectors::Vectors;
use crate::library::paper::Paper;

/// A paper that is like several seeds is compared with this many of them, the closest: with all
/// of them, seeds of two topics would call for what lies between the two.
const CLOSEST_SEEDS: usize = 3;

/// What closeness to the papers not wanted takes away, relative to what closeness to those
/// wanted gives. Measured on the papers of [`fuse`], three of a topic wanted and the
/// first three of other topics in the list not: nDCG@10 0.965, 0.975, 0.978, 0.975, 0.937 and
/// 0.817 with a weight of 0, 0.1, 0.25, 0.5, 0.75 and 1. Between 0.1 and 0.5 it hardly matters;
/// the highest of these shows most.
const UNLIKE_WEIGHT: f32 = 0.5;

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
    /// What the score rests on.
    pub basis: Basis,
}

/// What is looked for: papers like some and unlike others.
///
/// Seeds are joined by the mean of the three highest similarities to `like`, less half the mean
/// of the three highest to `unlike`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Papers wanted more of. Without any there is nothing to be close to: the list is empty.
    pub like: Vec<usize>,
    /// Papers wanted less of.
    pub unlike: Vec<usize>,
}

impl Query {
    /// Papers like this one.
    #[must_use]
    pub fn like(paper: usize) -> Self {
        Self { like: vec![paper], unlike: Vec::new() }
    }
}

/// The `top` papers that answer a query best, best first and by index where equal; with `top` = 0
/// all, even those that share no word with the seeds and have no vector. Seeds are never among
/// them.
///
/// `papers`, `lexical`, `dense` and `query` are all of one snapshot. Where no paper wanted has a
/// vector, [`Ranking::Hybrid`] goes by words and [`Ranking::Dense`] finds nothing; what else
/// `Hybrid` does without a vector is told at [`fuse`].
#[must_use]
pub fn neighbours(
    papers: &[Paper],
    lexical: &Lexical,
    dense: Option<(&Vectors, &Index)>,
    query: &Query,
    ranking: Ranking,
    top: usize,
) -> Vec<Neighbour> {
    let seeds = Seeds::new(query);
    if seeds.like.is_empty() {
        return Vec::new();
    }
    let candidates: Vec<usize> = seeds.candidates(papers.len()).collect();
    let Closeness { words, topics } = seeds.lexical(lexical, papers.len());
    let of_candidates = |all: &[f32]| -> Vec<f32> { candidates.iter().map(|&p| all[p]).collect() };
    let weights = Weights::default();
    let topics_of_candidates = topics.as_deref().map(of_candidates);
    let scores = fuse::lexical(&weights, &of_candidates(&words), topics_of_candidates.as_deref());
    let mut by_words = vec![0.0; papers.len()];
    for (&paper, &score) in candidates.iter().zip(&scores) {
        by_words[paper] = score;
    }
    let vectors = dense.map(|(vectors, _)| vectors);
    let probes = vectors.and_then(|vectors| Probes::new(vectors, &seeds));

    let mut found: Vec<Ranked> = match ranking {
        Ranking::Lexical => (candidates.iter())
            .map(|&paper| Ranked { paper, score: by_words[paper], dense: None })
            .collect(),
        Ranking::Dense => {
            let index = dense.map(|(_, index)| index);
            probes
                .as_ref()
                .zip(index)
                .map_or_else(Vec::new, |(probes, index)| probes.closest(index, &seeds, top))
        }
        Ranking::Hybrid => {
            let dense = probes.as_ref().map_or_else(|| vec![None; papers.len()], Probes::all);
            let candidate_dense: Vec<Option<f32>> = candidates.iter().map(|&p| dense[p]).collect();
            (candidates.iter())
                .zip(fuse::fuse(&weights, &scores, &candidate_dense))
                .map(|(&paper, score)| Ranked { paper, score, dense: dense[paper] })
                .collect()
        }
    };

    let tied = |paper: usize| {
        words[paper] != 0.0 || topics.as_ref().is_some_and(|topics| topics[paper] > 0.0)
    };
    if top > 0 {
        // Nothing is known to tie the others to the seeds.
        found.retain(|ranked| ranked.dense.is_some() || tied(ranked.paper));
    }
    // Words break ties of the hybrid score that rounding makes.
    let best_first = |a: &Ranked, b: &Ranked| -> Ordering {
        b.score
            .total_cmp(&a.score)
            .then(words[b.paper].total_cmp(&words[a.paper]))
            .then(a.paper.cmp(&b.paper))
    };
    if top > 0 && top < found.len() {
        found.select_nth_unstable_by(top, best_first);
        found.truncate(top);
    }
    found.sort_unstable_by(best_first);
    found
        .into_iter()
        .map(|Ranked { paper, score, dense }| Neighbour {
            paper,
            score: score as f32,
            dense: dense.or_else(|| probes.as_ref().and_then(|probes| probes.one(paper))),
            lexical: tied(paper).then_some(by_words[paper] as f32),
            basis: Basis::of(&papers[paper], dense.is_some()),
        })
        .collect()
}

/// A candidate and what it is ordered by; `dense` where that counted.
struct Ranked {
    paper: usize,
    score: f64,
    dense: Option<f32>,
}

/// The seeds of a query, each once.
struct Seeds {
    like: Vec<usize>,
    unlike: Vec<usize>,
}

impl Seeds {
    fn new(query: &Query) -> Self {
        let once = |papers: &[usize]| {
            let mut papers = papers.to_vec();
            papers.sort_unstable();
            papers.dedup();
            papers
        };
        Self { like: once(&query.like), unlike: once(&query.unlike) }
    }

    fn contains(&self, paper: usize) -> bool {
        self.like.binary_search(&paper).is_ok() || self.unlike.binary_search(&paper).is_ok()
    }

    fn candidates(&self, papers: usize) -> impl Iterator<Item = usize> {
        (0..papers).filter(|&paper| !self.contains(paper))
    }

    /// How close each paper is to the seeds by its words, joined, `[papers]`.
    fn lexical(&self, lexical: &Lexical, papers: usize) -> Closeness {
        if let ([seed], []) = (self.like.as_slice(), self.unlike.as_slice()) {
            return lexical.similarities(*seed);
        }
        let all: Vec<Closeness> =
            self.like.iter().chain(&self.unlike).map(|&seed| lexical.similarities(seed)).collect();
        let mut to_seeds = Vec::with_capacity(all.len());
        let mut join = |of: &dyn Fn(&Closeness) -> &[f32]| -> Vec<f32> {
            (0..papers)
                .map(|paper| {
                    to_seeds.clear();
                    to_seeds.extend(all.iter().map(|closeness| of(closeness)[paper]));
                    joined(&mut to_seeds, self.like.len())
                })
                .collect()
        };
        let words = join(&|closeness| &closeness.words);
        let has_topics = all.iter().all(|closeness| closeness.topics.is_some());
        let topics =
            has_topics.then(|| join(&|closeness| closeness.topics.as_deref().unwrap_or_default()));
        Closeness { words, topics }
    }
}

/// The vectors of the seeds that have one: first of those wanted, then of those not wanted.
struct Probes<'a> {
    vectors: &'a Vectors,
    seeds: Vec<&'a [f32]>,
    likes: usize,
}

impl<'a> Probes<'a> {
    /// `None` where no paper wanted has a vector.
    fn new(vectors: &'a Vectors, seeds: &Seeds) -> Option<Self> {
        let known = |papers: &[usize]| -> Vec<&'a [f32]> {
            papers.iter().filter_map(|&paper| vectors.get(paper)).collect()
        };
        let mut rows = known(&seeds.like);
        let likes = rows.len();
        rows.extend(known(&seeds.unlike));
        (likes > 0).then_some(Self { vectors, seeds: rows, likes })
    }

    /// Similarity of one paper to the seeds, joined.
    fn one(&self, paper: usize) -> Option<f32> {
        let similarities = self.seeds.iter().map(|seed| self.vectors.similarity(seed, paper));
        let mut similarities: Vec<f32> = similarities.collect::<Option<_>>()?;
        Some(joined(&mut similarities, self.likes))
    }

    /// Similarity of each paper to the seeds, joined, `[papers]`.
    fn all(&self) -> Vec<Option<f32>> {
        let mut all = vec![None; self.vectors.papers()];
        let mut to_seeds = Vec::with_capacity(self.seeds.len());
        self.vectors.scan(&self.seeds, |paper, similarities| {
            to_seeds.clear();
            to_seeds.extend_from_slice(similarities);
            all[paper] = Some(joined(&mut to_seeds, self.likes));
        });
        all
    }

    /// Candidates by their vectors alone: those the index finds near a single seed; all, where
    /// all are wanted or several seeds weigh against each other.
    fn closest(&self, index: &Index, seeds: &Seeds, top: usize) -> Vec<Ranked> {
        let ranked = |paper, similarity| Ranked {
            paper,
            score: f64::from(similarity),
            dense: Some(similarity),
        };
        if let ([seed], true) = (self.seeds.as_slice(), top > 0) {
            // One more for each seed: a seed is its own nearest neighbour.
            let wanted = top + seeds.like.len() + seeds.unlike.len();
            return index
                .nearest(self.vectors, seed, wanted)
                .into_iter()
                .filter(|&(paper, _)| !seeds.contains(paper))
                .map(|(paper, similarity)| ranked(paper, similarity))
                .collect();
        }
        let all = self.all();
        seeds.candidates(all.len()).filter_map(|paper| Some(ranked(paper, all[paper]?))).collect()
    }
}

/// Joins similarities to the papers wanted, of which there are `likes`, and to those not wanted,
/// which follow: the mean of the best of the former less the weighted mean of the best of the
/// latter.
fn joined(similarities: &mut [f32], likes: usize) -> f32 {
    let (like, unlike) = similarities.split_at_mut(likes);
    let wanted = mean_of_best(like);
    if unlike.is_empty() { wanted } else { wanted - UNLIKE_WEIGHT * mean_of_best(unlike) }
}

/// Mean of the highest [`CLOSEST_SEEDS`] values.
fn mean_of_best(values: &mut [f32]) -> f32 {
    if values.len() > CLOSEST_SEEDS {
        values.select_nth_unstable_by(CLOSEST_SEEDS - 1, |a, b| b.total_cmp(a));
        // In one order whatever the selection left, so that the sum is the same to the last bit.
        values[..CLOSEST_SEEDS].sort_unstable_by(|a, b| b.total_cmp(a));
    }
    let best = &values[..values.len().min(CLOSEST_SEEDS)];
    best.iter().sum::<f32>() / best.len() as f32
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
