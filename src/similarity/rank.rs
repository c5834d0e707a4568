//! The papers most like some papers (and unlike others), in order.
//!
//! [`neighbours`] compares every paper with the seeds in each way that there is, and so knows a
//! paper's place in all three rankings whichever is asked for. Filters and [`Works`] decide what is
//! listed before the best are chosen, never after.

mod candidates;
mod kinds;
mod places;
mod query;
mod works;

use rayon::prelude::*;

use self::candidates::Candidates;
#[cfg(doc)]
use super::fuse;
use super::lexical::{Closeness, Lexical};
use super::scale::{Parts, Scale};
use super::vectors::Vectors;
use crate::library::paper::Paper;

pub use kinds::{Basis, Ranking};
pub use query::{Join, Query};
pub use works::Works;

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
    /// Should what says the same as papers before it come later ([`super::diverse`])?
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
    let (closeness, dense) = rayon::join(
        || query.closeness(sources.lexical),
        || sources.vectors.and_then(|vectors| query.dense(vectors)),
    );
    let evidence = Evidence { closeness, dense };
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
    closest: impl Fn(usize, &Parts) -> Option<(Option<usize>, Parts)> + Sync,
) -> Vec<Neighbour> {
    let candidates = Candidates::new(evidence, without, wanted);
    let listed = candidates.listed(sources, without);
    let (dense_ranks, lexical_ranks) = candidates.ranks(&listed);
    (listed.par_iter().zip(dense_ranks).zip(lexical_ranks))
        .filter_map(|((ranked, dense_rank), lexical_rank)| {
            let paper = candidates.paper(ranked);
            let parts = candidates.parts(ranked);
            let (seed, to_seed) = closest(paper, &parts)?;
            let vector_counted = wanted.ranking != Ranking::Lexical && parts.dense.is_some();
            Some(Neighbour {
                paper,
                score: ranked.score(),
                dense: parts.dense,
                lexical: candidates.lexical(ranked),
                dense_rank,
                lexical_rank,
                percentile: sources.scale.percentile(wanted.ranking, &to_seed),
                basis: Basis::of(&sources.papers[paper], vector_counted),
                seed,
            })
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
