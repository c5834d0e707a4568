//! What is looked for: papers like some and unlike others.

use std::fmt;
use std::str::FromStr;

use crate::similarity::Error;
use crate::similarity::lexical::{Closeness, Lexical};
use crate::similarity::vectors::Vectors;

/// A paper that is like several seeds is compared with this many of them, the closest: with all
/// of them, seeds of two topics would call for what lies between the two.
const CLOSEST_SEEDS: usize = 3;

/// What closeness to the papers not wanted takes away, relative to what closeness to those
/// wanted gives. Measured on the papers of [`fuse`](crate::similarity::fuse), three of a topic wanted
/// and the first three of other topics in the list not: nDCG@10 0.965, 0.975, 0.978, 0.975, 0.937 and
/// 0.817 with a weight of 0, 0.1, 0.25, 0.5, 0.75 and 1. Between 0.1 and 0.5 it hardly matters;
/// the highest of these shows most.
const UNLIKE_WEIGHT: f32 = 0.5;

/// How the similarities to several papers wanted are joined, in each kind of similarity by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Join {
    /// The mean of the best three: close to several, whatever the others are about.
    #[default]
    Best,
    /// The least: close to every one.
    All,
    /// The greatest: close to any.
    Any,
}

impl Join {
    /// All ways.
    pub const ALL: [Self; 3] = [Self::Best, Self::All, Self::Any];

    /// Its name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::All => "all",
            Self::Any => "any",
        }
    }

    /// The one after this, and after the last the first.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Best => Self::All,
            Self::All => Self::Any,
            Self::Any => Self::Best,
        }
    }

    fn of(self, similarities: &mut [f32]) -> f32 {
        match self {
            Self::Best => mean_of_best(similarities),
            Self::All => similarities.iter().copied().fold(f32::INFINITY, f32::min),
            Self::Any => similarities.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        }
    }
}

impl fmt::Display for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Join {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|join| join.name() == name)
            .ok_or_else(|| Error::UnknownJoin(name.to_owned()))
    }
}

/// What is looked for: papers like some and unlike others.
///
/// From the joined similarities to `like`, half of the mean of the three highest to `unlike` is taken
/// away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Papers wanted more of. Without any there is nothing to be close to: the list is empty.
    pub like: Vec<usize>,
    /// Papers wanted less of.
    pub unlike: Vec<usize>,
    /// How similarities to `like` are joined.
    pub join: Join,
}

impl Query {
    /// Papers like this one.
    #[must_use]
    pub fn like(paper: usize) -> Self {
        Self { like: vec![paper], ..Self::default() }
    }

    /// The same papers, each once and in order.
    pub(super) fn settled(&self) -> Self {
        let once = |papers: &[usize]| {
            let mut papers = papers.to_vec();
            papers.sort_unstable();
            papers.dedup();
            papers
        };
        Self { like: once(&self.like), unlike: once(&self.unlike), join: self.join }
    }

    /// Those wanted, then those not wanted.
    pub(super) fn seeds(&self) -> impl Iterator<Item = usize> {
        self.like.iter().chain(&self.unlike).copied()
    }

    /// How close each paper is to the seeds by its words, `[papers]`.
    pub(super) fn closeness(&self, lexical: &Lexical) -> Closeness {
        if let ([seed], []) = (self.like.as_slice(), self.unlike.as_slice()) {
            return lexical.similarities(*seed);
        }
        let all: Vec<Closeness> = self.seeds().map(|seed| lexical.similarities(seed)).collect();
        let join = |rows: Vec<&[f32]>| -> Vec<f32> {
            let mut to_seeds = Vec::with_capacity(rows.len());
            (0..rows[0].len())
                .map(|paper| {
                    to_seeds.clear();
                    to_seeds.extend(rows.iter().map(|row| row[paper]));
                    self.joined(&mut to_seeds, self.like.len())
                })
                .collect()
        };
        let topics: Option<Vec<&[f32]>> =
            all.iter().map(|closeness| closeness.topics.as_deref()).collect();
        Closeness {
            words: join(all.iter().map(|closeness| closeness.words.as_slice()).collect()),
            topics: topics.map(join),
        }
    }

    /// How close each paper that has a vector is to the seeds that have one, `[papers]`. `None`
    /// where no paper wanted has one.
    pub(super) fn dense(&self, vectors: &Vectors) -> Option<Vec<Option<f32>>> {
        let known = |papers: &[usize]| -> Vec<Vec<f32>> {
            papers.iter().filter_map(|&paper| vectors.get(paper)).collect()
        };
        let mut rows = known(&self.like);
        let likes = rows.len();
        if likes == 0 {
            return None;
        }
        rows.extend(known(&self.unlike));
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        Some(vectors.similarities(&rows, |to_seeds| self.joined(to_seeds, likes)))
    }

    /// Joins similarities to the papers wanted, of which there are `likes`, and to those not wanted,
    /// which follow.
    fn joined(&self, similarities: &mut [f32], likes: usize) -> f32 {
        let (like, unlike) = similarities.split_at_mut(likes);
        let wanted = self.join.of(like);
        if unlike.is_empty() { wanted } else { wanted - UNLIKE_WEIGHT * mean_of_best(unlike) }
    }
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
mod tests {
    use super::*;

    #[test]
    fn seeds_are_joined_by_the_best_three_all_or_any() {
        let joined = |join, similarities: &mut [f32], likes| {
            Query { join, ..Query::default() }.joined(similarities, likes).to_bits()
        };
        assert_eq!(joined(Join::Best, &mut [1.0, 4.0, 2.0, 3.0], 4), 3.0_f32.to_bits());
        assert_eq!(joined(Join::Best, &mut [1.0, 2.0], 2), 1.5_f32.to_bits());
        assert_eq!(joined(Join::Best, &mut [1.0, 3.0, 2.0], 2), 1.0_f32.to_bits());
        assert_eq!(joined(Join::All, &mut [1.0, 4.0, 2.0, 3.0], 4), 1.0_f32.to_bits());
        assert_eq!(joined(Join::Any, &mut [1.0, 4.0, 2.0, 3.0], 3), 2.5_f32.to_bits());
    }

    #[test]
    fn ways_of_joining_are_named_read_and_cycled() {
        for join in Join::ALL {
            assert_eq!(join.to_string().parse(), Ok(join));
            assert_eq!(join.next().next().next(), join);
        }
        assert_eq!("mean".parse::<Join>(), Err(Error::UnknownJoin("mean".into())));
    }
}
