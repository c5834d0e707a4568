//! Who is next to whom: the graph of nearest neighbours.
//!
//! Two papers are linked if either has the other among its [`NEIGHBOURS`] nearest by [`Affinity`].
//! To compare each paper with each would take minutes for tens of thousands; so candidates are
//! proposed by a [`Sketch`] and compared exactly.

use rayon::prelude::*;

use super::Error;
use super::affinity::Affinity;
use super::sketch::Sketch;

/// Most neighbours of a paper. In small libraries they are fewer: half the square root of the number
/// of papers, so that 900 papers are the first to have as many.
///
/// Measured on the 936 papers of [`fuse`](crate::similarity::fuse) with vectors of all-MiniLM-L6-v2,
/// agreement of the communities with eleven known topics (AMI and ARI): with 8 neighbours 0.691 and
/// 0.556, 10: 0.709, 0.597; 12: 0.716, 0.603; 15: 0.724, 0.636; 18: 0.732, 0.661; 20: 0.719, 0.650;
/// 25: 0.703, 0.600. With fewer papers fewer neighbours do best: on random choices of 143 of them AMI was
/// 0.598 with 4, 0.572 with 6 and 0.481 with 15 neighbours, on 560 0.705 with 10, 0.682 with 15.
pub const NEIGHBOURS: usize = 15;

/// Least neighbours of a paper.
const LEAST_NEIGHBOURS: usize = 4;

/// Candidates of a paper that are compared exactly.
const CANDIDATES: usize = 128;

/// Another paper, and how close it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Index into the snapshot.
    pub paper: u32,
    /// Similarity ([`Affinity`]); greater is closer.
    pub similarity: f32,
}

/// The nearest neighbours of all papers of a snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    nearest: Lists,
    links: Lists,
}

/// A list of links for each paper, one after another.
#[derive(Debug, Clone, PartialEq)]
struct Lists {
    /// Where each list begins in `links`, and where the last one ends.
    starts: Vec<usize>,
    links: Vec<Link>,
}

impl Graph {
    /// Finds the neighbours. Takes some two seconds for 16,851 papers on two cores.
    ///
    /// # Errors
    /// The sketch fails.
    pub fn build(affinity: &Affinity<'_>) -> Result<Self, Error> {
        let neighbours = neighbours_by_size(affinity.papers());
        Self::with_neighbours(affinity, neighbours, CANDIDATES.max(4 * neighbours))
    }

    /// The graph of so many neighbours, found among so many candidates: exact if the papers are no
    /// more.
    ///
    /// # Errors
    /// The sketch fails.
    pub fn with_neighbours(
        affinity: &Affinity<'_>,
        neighbours: usize,
        candidates: usize,
    ) -> Result<Self, Error> {
        let papers = affinity.papers();
        let closest = |paper: usize, among: &mut dyn Iterator<Item = usize>| -> Vec<Link> {
            let from = affinity.from(paper);
            let mut links: Vec<Link> = among
                .filter(|&other| other != paper)
                .filter_map(|other| {
                    let similarity = from.similarity(other)?;
                    Some(Link { paper: other as u32, similarity })
                })
                .collect();
            keep_closest(&mut links, neighbours);
            links
        };
        let lists = if candidates < papers {
            Sketch::new(affinity)?.nearest(candidates, |paper, candidates| {
                closest(paper, &mut candidates.iter().map(|&other| other as usize))
            })?
        } else {
            (0..papers).into_par_iter().map(|paper| closest(paper, &mut (0..papers))).collect()
        };
        Ok(Self::of_lists(lists))
    }

    /// The graph of such lists of nearest neighbours, `[papers]`, each closest first.
    #[must_use]
    pub fn of_lists(nearest: Vec<Vec<Link>>) -> Self {
        let mut links: Vec<Vec<Link>> = nearest.clone();
        for (paper, list) in nearest.iter().enumerate() {
            for link in list {
                links[link.paper as usize].push(Link { paper: paper as u32, ..*link });
            }
        }
        for list in &mut links {
            list.sort_unstable_by(|a, b| {
                a.paper.cmp(&b.paper).then(b.similarity.total_cmp(&a.similarity))
            });
            list.dedup_by_key(|link| link.paper);
        }
        Self { nearest: Lists::of(nearest), links: Lists::of(links) }
    }

    /// Number of papers.
    #[must_use]
    pub fn papers(&self) -> usize {
        self.links.starts.len() - 1
    }

    /// A paper's own nearest neighbours, closest first.
    #[must_use]
    pub fn nearest(&self, paper: usize) -> &[Link] {
        self.nearest.get(paper)
    }

    /// The papers linked with a paper, by index: its nearest neighbours, and those whose it is.
    #[must_use]
    pub fn links(&self, paper: usize) -> &[Link] {
        self.links.get(paper)
    }
}

impl Lists {
    fn of(lists: Vec<Vec<Link>>) -> Self {
        let mut starts = Vec::with_capacity(lists.len() + 1);
        starts.push(0);
        let mut links = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            links.extend(list);
            starts.push(links.len());
        }
        Self { starts, links }
    }

    fn get(&self, paper: usize) -> &[Link] {
        &self.links[self.starts[paper]..self.starts[paper + 1]]
    }
}

impl Default for Lists {
    fn default() -> Self {
        Self { starts: vec![0], links: Vec::new() }
    }
}

/// How many neighbours papers have in a library of this size.
fn neighbours_by_size(papers: usize) -> usize {
    let half_root = ((papers as f64).sqrt() / 2.0).round() as usize;
    half_root.clamp(LEAST_NEIGHBOURS, NEIGHBOURS)
}

/// Leaves the closest links, closest first and by index where equal.
fn keep_closest(links: &mut Vec<Link>, count: usize) {
    let closest_first =
        |a: &Link, b: &Link| b.similarity.total_cmp(&a.similarity).then(a.paper.cmp(&b.paper));
    if count < links.len() {
        links.select_nth_unstable_by(count, closest_first);
        links.truncate(count);
    }
    links.sort_unstable_by(closest_first);
}

#[cfg(test)]
mod tests;
