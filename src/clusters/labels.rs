//! What clusters are called: the phrases that tell each from its siblings, by class-based TF-IDF
//! (Grootendorst, 2022, arXiv:2203.05794).
//!
//! A phrase is one to three words ([`phrases`]). Of each cluster its rate counts: how often papers of
//! the cluster have it, on average. Its score is `√rate · ln(1 + 1/rate elsewhere)`, where the
//! second rate is the mean over the cluster's siblings: clusters of one parent are told apart by
//! what they do not share.
//!
//! A phrase that mostly stands in a longer one is left to that one, and no word is said twice.

mod phrases;
mod surface;
mod text;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

pub use self::phrases::Phrases;
use super::{Clusters, Level};
use crate::library::paper::Paper;

/// Phrases of a label.
const PHRASES: usize = 3;

/// A phrase stands mostly in a longer one if that one has this share of its rate.
const FOLDED: f32 = 0.5;

/// Added to the rate elsewhere: a phrase that no other cluster has is not told from one that a paper in
/// twenty has there, or the rarest would win.
const PRIOR: f32 = 0.05;

/// Phrases fewer papers of a cluster have say nothing of it.
const LEAST_PAPERS: u32 = 2;

/// What a cluster is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Up to three phrases, the most telling first, in the case in which authors write them.
    pub phrases: Vec<String>,
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.phrases.join(" · "))
    }
}

/// How often a phrase stands in a cluster.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    papers: u32,
    /// What it counts there for each paper of the cluster.
    rate: f32,
}

/// The clusters of one parent.
#[derive(Debug, Default)]
struct Family {
    clusters: usize,
    /// By phrase: the sum of its rates.
    rates: HashMap<u32, f32>,
}

impl Family {
    fn add(&mut self, counts: &HashMap<u32, Count>) {
        self.clusters += 1;
        for (&phrase, count) in counts {
            *self.rates.entry(phrase).or_default() += count.rate;
        }
    }

    /// The mean rate of a phrase in the clusters but one, whose rate is given.
    fn without(&self, phrase: u32, rate: f32) -> f32 {
        let others = self.rates.get(&phrase).map_or(0.0, |sum| (sum - rate).max(0.0));
        others / self.clusters.saturating_sub(1).max(1) as f32
    }
}

impl Phrases {
    /// The labels of each level's clusters, in their order. A level costs one look at each paper. The
    /// papers are those that the phrases were read from.
    #[must_use]
    pub fn labels(&self, papers: &[Paper], clusters: &Clusters) -> [Vec<Label>; 2] {
        clusters.levels.each_ref().map(|level| self.of_level(papers, level))
    }

    fn of_level(&self, papers: &[Paper], level: &Level) -> Vec<Label> {
        let counts: Vec<HashMap<u32, Count>> =
            level.clusters.par_iter().map(|cluster| self.counts(&cluster.papers)).collect();
        let mut families: BTreeMap<Option<usize>, Family> = BTreeMap::new();
        let mut everyone = Family::default();
        for (cluster, counts) in level.clusters.iter().zip(&counts) {
            families.entry(cluster.parent).or_default().add(counts);
            everyone.add(counts);
        }
        let clusters = level.clusters.par_iter().zip(&counts);
        clusters
            .map(|(cluster, counts)| {
                // An only child is told from all others.
                let family = &families[&cluster.parent];
                let family = if family.clusters > 1 { family } else { &everyone };
                let least = LEAST_PAPERS.min(cluster.papers.len() as u32);
                let mut scored: Vec<(f32, u32)> = counts
                    .iter()
                    .filter(|(_, count)| count.papers >= least)
                    .map(|(&phrase, count)| {
                        let elsewhere = PRIOR + family.without(phrase, count.rate);
                        (count.rate.sqrt() * (1.0 + 1.0 / elsewhere).ln(), phrase)
                    })
                    .collect();
                // By phrase where equal: those of a map come in no order.
                scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let rate = |phrase| counts.get(&phrase).map_or(0.0, |count: &Count| count.rate);
                let chosen = self.choose(&scored, rate).into_iter();
                let surface = |phrase| self.surface(phrase, papers, &cluster.papers);
                Label { phrases: chosen.map(surface).collect() }
            })
            .collect()
    }

    /// How often each phrase stands in these papers.
    fn counts(&self, papers: &[usize]) -> HashMap<u32, Count> {
        let mut counts: HashMap<u32, Count> = HashMap::new();
        // In one order, so that sums are the same to the last bit.
        let mut papers = papers.to_vec();
        papers.sort_unstable();
        let size = papers.len() as f32;
        for paper in papers {
            for &(phrase, weight) in self.of_paper(paper) {
                let count = counts.entry(phrase).or_default();
                count.papers += 1;
                count.rate += weight;
            }
        }
        for count in counts.values_mut() {
            count.rate /= size;
        }
        counts
    }

    /// The best phrases that are not left to longer ones and share no word; best first.
    fn choose(&self, scored: &[(f32, u32)], rate: impl Fn(u32) -> f32) -> Vec<u32> {
        let mut longer: HashMap<u32, u32> = HashMap::new();
        for &(_, phrase) in scored {
            for part in self.parts(phrase) {
                let most = longer.entry(part).or_insert(phrase);
                if rate(phrase) > rate(*most) {
                    *most = phrase;
                }
            }
        }
        let mut chosen: Vec<u32> = Vec::new();
        for &(_, phrase) in scored {
            let mut phrase = phrase;
            while let Some(&whole) = longer.get(&phrase)
                && rate(whole) >= FOLDED * rate(phrase)
            {
                phrase = whole;
            }
            if !chosen.iter().any(|&other| self.share_a_word(phrase, other)) {
                chosen.push(phrase);
            }
            if chosen.len() == PHRASES {
                break;
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests;
