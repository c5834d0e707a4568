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

/// Candidates that the sketch proposes for a paper. It is compared with those, and with the papers that
/// it is proposed for: nearly half as many again.
///
/// Measured on 16,844 papers with vectors of all-MiniLM-L6-v2, the share of the true neighbours that are
/// found with 60, 64, 96 and 128 candidates: 0.927, 0.933, 0.955 and 0.966; by words alone 0.880,
/// 0.887, 0.923 and 0.941. A hundred more take a fifth of a second.
const CANDIDATES: usize = 96;

/// Papers compared with others by one thread at a time.
const CHUNK: usize = 64;

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
    /// Finds the neighbours. Takes some 1.1 seconds for 16,851 papers on two cores.
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
        let papers = affinity.papers() as u32;
        let pairs: Vec<Vec<u32>> = if candidates < affinity.papers() {
            pairs(&Sketch::new(affinity)?.nearest(candidates)?)
        } else {
            (0..papers).map(|paper| (paper + 1..papers).collect()).collect()
        };
        let mut lists = compared(affinity, &pairs);
        lists.par_iter_mut().for_each(|links| keep_closest(links, neighbours));
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

/// For each paper, those after it that are a candidate of it or have it for one, by index: what stands
/// on both sides is compared once.
fn pairs(candidates: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut pairs: Vec<Vec<u32>> = vec![Vec::new(); candidates.len()];
    for (paper, candidates) in candidates.iter().enumerate() {
        let paper = paper as u32;
        for &other in candidates.iter().filter(|&&other| other != paper) {
            pairs[paper.min(other) as usize].push(paper.max(other));
        }
    }
    pairs.par_iter_mut().for_each(|others| {
        others.sort_unstable();
        others.dedup();
    });
    pairs
}

/// Compares these pairs. For each paper links to all that it was compared with, where something ties
/// them, in no order.
fn compared(affinity: &Affinity<'_>, pairs: &[Vec<u32>]) -> Vec<Vec<Link>> {
    let chunks = pairs.par_chunks(CHUNK).enumerate().map(|(chunk, pairs)| {
        let mut from = affinity.from(chunk * CHUNK);
        let lists = pairs.iter().enumerate().map(|(place, others)| {
            from.turn_to(chunk * CHUNK + place);
            let links = others.iter().filter_map(|&paper| {
                let similarity = from.similarity(paper as usize)?;
                Some(Link { paper, similarity })
            });
            links.collect()
        });
        lists.collect()
    });
    let mut lists: Vec<Vec<Link>> = chunks.collect::<Vec<Vec<Vec<Link>>>>().concat();
    for paper in 0..lists.len() {
        for place in 0..lists[paper].len() {
            let Link { paper: other, similarity } = lists[paper][place];
            if other as usize > paper {
                lists[other as usize].push(Link { paper: paper as u32, similarity });
            }
        }
    }
    lists
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
