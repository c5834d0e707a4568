//! What clusters are called: the phrases that tell each from its siblings, by class-based TF-IDF
//! (Grootendorst, 2022, arXiv:2203.05794).
//!
//! A phrase is one to three words ([`phrases`]). Of each cluster its rate counts: how often papers of
//! the cluster have it, on average. Its score is `√rate · ln(1 + 1/rate elsewhere)`, where the
//! second rate is the mean over the cluster's siblings, itself included: clusters of one parent are told
//! apart by what they do not share.
//!
//! A phrase that mostly stands in a longer one is left to that one, and no word is said twice.

mod phrases;
mod text;

use std::collections::HashMap;

pub use self::phrases::Phrases;
use super::{Clusters, Level};

/// Phrases of a label.
const PHRASES: usize = 3;

/// A phrase stands mostly in a longer one if that one has this share of its rate.
const FOLDED: f32 = 0.5;

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
    weight: f32,
}

impl Phrases {
    /// The labels of each level's clusters, in their order. A level costs one look at each paper.
    #[must_use]
    pub fn labels(&self, clusters: &Clusters) -> [Vec<Label>; 2] {
        clusters.levels.each_ref().map(|level| self.of_level(level))
    }

    fn of_level(&self, level: &Level) -> Vec<Label> {
        let counts: Vec<HashMap<u32, Count>> =
            level.clusters.iter().map(|cluster| self.counts(&cluster.papers)).collect();
        let rate = |cluster: usize, phrase: u32| -> f32 {
            let count = counts[cluster].get(&phrase).map_or(0.0, |count| count.weight);
            count / level.clusters[cluster].papers.len() as f32
        };
        (0..level.clusters.len())
            .map(|cluster| {
                let siblings = siblings(level, cluster);
                let mut scored: Vec<(f32, u32)> = counts[cluster]
                    .iter()
                    .filter(|(_, count)| {
                        count.papers
                            >= LEAST_PAPERS.min(level.clusters[cluster].papers.len() as u32)
                    })
                    .map(|(&phrase, _)| {
                        let here = rate(cluster, phrase);
                        let all: f32 = siblings.iter().map(|&other| rate(other, phrase)).sum();
                        let elsewhere = all / siblings.len() as f32;
                        // An only child is told apart from nothing.
                        let distinct =
                            if siblings.len() > 1 { (1.0 + 1.0 / elsewhere).ln() } else { 1.0 };
                        (here.sqrt() * distinct, phrase)
                    })
                    .collect();
                // By phrase where equal: those of a map come in no order.
                scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                self.choose(&scored, |phrase| rate(cluster, phrase))
            })
            .collect()
    }

    /// How often each phrase stands in these papers.
    fn counts(&self, papers: &[usize]) -> HashMap<u32, Count> {
        let mut counts: HashMap<u32, Count> = HashMap::new();
        // In one order, so that sums are the same to the last bit.
        let mut papers = papers.to_vec();
        papers.sort_unstable();
        for paper in papers {
            for &(phrase, weight) in self.of_paper(paper) {
                let count = counts.entry(phrase).or_default();
                count.papers += 1;
                count.weight += weight;
            }
        }
        counts
    }

    /// The best phrases that are not left to longer ones and share no word; best first.
    fn choose(&self, scored: &[(f32, u32)], rate: impl Fn(u32) -> f32) -> Label {
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
        Label { phrases: chosen.into_iter().map(|phrase| self.surface(phrase)).collect() }
    }
}

/// The clusters that a cluster is told apart from, itself included: those of the same parent, or all
/// of the level where it is the only one.
fn siblings(level: &Level, cluster: usize) -> Vec<usize> {
    let parent = level.clusters[cluster].parent;
    let same: Vec<usize> =
        (0..level.clusters.len()).filter(|&other| level.clusters[other].parent == parent).collect();
    if same.len() > 1 { same } else { (0..level.clusters.len()).collect() }
}

#[cfg(test)]
mod tests;
