//! Papers that may be versions of one work: a preprint and what became of it, a conference paper
//! and its journal version, an entry with a typing error in its title.
//!
//! They are suggested, never merged: only identifiers and exact titles make one work of two entries
//! (see [`crate::library::import`]). [`blocks`] finds pairs that are worth a look, [`compare`]
//! looks. What more than [`blocks::LARGEST`] papers have in common tells none of them apart and is
//! not followed, so the time is linear in the number of papers, whatever their titles.

mod blocks;
mod compare;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rayon::prelude::*;

use super::paper::{Paper, Snapshot};
use compare::{Frequencies, Title};

pub use compare::Likeness;

/// Two papers that may be versions of one work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Index of the one that comes first in the snapshot.
    pub first: usize,
    /// Index of the other.
    pub second: usize,
    /// What they have in common.
    pub likeness: Likeness,
}

/// All pairs of a snapshot, in its order. Indices are valid for that snapshot only.
#[derive(Debug, Default)]
pub struct Versions {
    pairs: Vec<Pair>,
    /// Indices of the pairs that each paper is in.
    of: HashMap<usize, Vec<usize>>,
}

impl Versions {
    /// Looks for versions among all papers.
    #[must_use]
    pub fn find(snapshot: &Snapshot) -> Self {
        let papers = snapshot.papers();
        let titles: Vec<Title> = papers.par_iter().map(Title::new).collect();
        let frequencies = Frequencies::of(&titles);
        let pairs: Vec<Pair> = blocks::candidates(&titles, &frequencies)
            .into_par_iter()
            .filter_map(|(first, second)| {
                let [a, b] = [first, second].map(|index| (&papers[index], &titles[index]));
                let likeness = compare::compare(a, b, &frequencies)?;
                Some(Pair { first, second, likeness })
            })
            .collect();
        let mut of: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, pair) in pairs.iter().enumerate() {
            of.entry(pair.first).or_default().push(index);
            of.entry(pair.second).or_default().push(index);
        }
        Self { pairs, of }
    }

    /// The pairs.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The papers that may be versions of one, and the pairs that say so.
    pub fn of(&self, paper: usize) -> impl Iterator<Item = (usize, &Pair)> {
        self.of.get(&paper).into_iter().flatten().map(move |&index| {
            let pair = &self.pairs[index];
            (if pair.first == paper { pair.second } else { pair.first }, pair)
        })
    }
}

impl Pair {
    /// Why they may be versions: `same title, years 2018 and 2019`.
    #[must_use]
    pub fn reason(&self, snapshot: &Snapshot) -> String {
        let [a, b] = [self.first, self.second].map(|index| &snapshot.papers()[index]);
        let title = match self.likeness {
            Likeness::Title => "same title".to_owned(),
            Likeness::Letters(1) => "titles differ by 1 letter".to_owned(),
            Likeness::Letters(count) => format!("titles differ by {count} letters"),
            Likeness::Words => "titles differ by small words".to_owned(),
            Likeness::Subtitle => "same title but for a subtitle".to_owned(),
        };
        let mut reasons = Vec::new();
        if is_preprint(a) != is_preprint(b) {
            reasons.push("preprint and published version".to_owned());
        }
        reasons.push(title);
        if self.likeness != Likeness::Title && compare::same_first_author(a, b) {
            reasons.push("same first author".to_owned());
        }
        if let (Some(a), Some(b)) = (a.year(), b.year())
            && a != b
        {
            reasons.push(format!("years {} and {}", a.min(b), a.max(b)));
        }
        reasons.join(", ")
    }
}

/// Is a paper on a preprint server, and as far as its entry says nowhere else?
fn is_preprint(paper: &Paper) -> bool {
    let venue = paper.venue.to_lowercase();
    let server = ["arxiv", "biorxiv", "medrxiv", "chemrxiv", "preprint", "ssrn", "openreview"]
        .iter()
        .any(|name| venue.contains(name))
        || venue == "corr";
    server || (venue.is_empty() && paper.arxiv.is_some() && paper.doi.is_none())
}
