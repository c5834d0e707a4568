//! Which subjects a library consists of.
//!
//! ```text
//!  Lexical, Vectors ── affinity ──▶ one similarity for any two papers
//!                                     │ graph (sketch proposes, affinity decides)
//!                                     ▼
//!                         Graph: 15 nearest neighbours
//!                                     │ leiden, at two resolutions
//!                                     ▼
//!    Phrases (labels) ──▶ Clusters: coarse, fine, loose papers
//!                                     │ identity (against what the store remembers)
//!                                     ▼
//!                         id, colour, the user's name
//! ```
//!
//! [`subjects`] puts all this together for those who show it.
//!
//! The graph and the phrases depend on the library alone and take their time; communities, and
//! with them labels, are found again at another resolution in a moment.

pub mod affinity;
pub mod graph;
pub mod identity;
pub mod labels;
pub mod leiden;
pub mod map;
mod sketch;
pub mod subjects;

use self::graph::Graph;
use self::leiden::Network;

/// What can go wrong with clusters.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The products of matrices failed.
    #[error("cannot compare the papers: {0}")]
    Products(#[from] candle_core::Error),
    /// A resolution that is none.
    #[error("the resolution must be a number from 0.01 to 100, not {0}")]
    Resolution(f64),
}

/// The resolution of the coarse clusters unless the user wants another: modularity as Newman and Girvan
/// defined it.
///
/// Measured on the 936 papers of [`fuse`](crate::similarity::fuse), AMI and ARI against eleven known
/// topics by this module (`cargo bench --bench clusters`) at 0.67, 1 and 1.5: 0.728 and 0.640, 0.731 and
/// 0.656, 0.722 and 0.613.
pub const RESOLUTION: f64 = 1.0;

/// A step finer multiplies the resolution by this, a step coarser divides it.
pub const STEP: f64 = 1.5;

/// Fine clusters have the coarse ones' resolution times this.
const FINER: f64 = 4.0;

/// A paper less than this share of whose links lead to its own cluster is loose.
///
/// Measured on the 936 papers: of the 3 % below, a fourth lie in a cluster that is mostly of their
/// topic, of all papers 84 %. Below ⅖ lie 5 % of the papers, a third of them right.
const LOOSE: f64 = 1.0 / 3.0;

/// The clusters of a library at one resolution. Papers are indices into its snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clusters {
    /// Coarse, and fine: each fine cluster lies within one coarse cluster.
    pub levels: [Level; 2],
    /// Papers that hold on to no cluster, by index.
    pub loose: Vec<usize>,
}

/// Clusters that share no paper.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Level {
    /// Resolution of the communities.
    pub resolution: f64,
    /// The largest first; of the fine ones the largest of the first coarse cluster first.
    pub clusters: Vec<Cluster>,
    /// By paper: its cluster.
    of_paper: Vec<Option<u32>>,
}

/// Papers of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// At the fine level: the coarse cluster that this is a part of.
    pub parent: Option<usize>,
    /// Its papers, never none, the most central first: those with the most similarity to the others
    /// of the cluster over their links.
    pub papers: Vec<usize>,
}

impl Cluster {
    /// The most central paper.
    #[must_use]
    pub fn medoid(&self) -> usize {
        self.papers[0]
    }
}

impl Level {
    /// The cluster of a paper; `None` for a loose one.
    #[must_use]
    pub fn of(&self, paper: usize) -> Option<usize> {
        self.of_paper.get(paper).copied().flatten().map(|cluster| cluster as usize)
    }

    /// Clusters of papers that are in none yet.
    fn new(graph: &Graph, resolution: f64, members: Vec<(Option<usize>, Vec<usize>)>) -> Self {
        let mut of_paper = vec![None; graph.papers()];
        for (cluster, (_, papers)) in members.iter().enumerate() {
            for &paper in papers {
                of_paper[paper] = Some(cluster as u32);
            }
        }
        let centrality = |paper: usize| -> f32 {
            let inside = graph.links(paper).iter().filter(|link| {
                of_paper[link.paper as usize].is_some()
                    && of_paper[link.paper as usize] == of_paper[paper]
            });
            inside.map(|link| link.similarity).sum()
        };
        let clusters = members.into_iter().map(|(parent, papers)| {
            let mut central: Vec<(f32, usize)> =
                papers.into_iter().map(|paper| (centrality(paper), paper)).collect();
            central.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            Cluster { parent, papers: central.into_iter().map(|(_, paper)| paper).collect() }
        });
        Self { resolution, clusters: clusters.collect(), of_paper }
    }
}

impl Clusters {
    /// Finds the communities of a graph. Takes a quarter of a second for 16,851 papers on two cores.
    ///
    /// # Errors
    /// The resolution is no positive number, or beyond all use.
    pub fn find(graph: &Graph, resolution: f64) -> Result<Self, Error> {
        if !is_resolution(resolution) {
            return Err(Error::Resolution(resolution));
        }
        let network = Network::new(
            (0..graph.papers())
                .map(|paper| graph.links(paper).iter().map(|link| (link.paper, 1.0))),
        );
        let coarse = network.communities(resolution, None);
        let fine = network.communities(resolution * FINER, Some(&coarse));
        let mut loose: Vec<bool> =
            (0..graph.papers()).map(|paper| is_loose(graph, &coarse, paper)).collect();
        let mut coarse = members(&coarse, &loose);
        // One paper is no cluster.
        for alone in coarse.extract_if(.., |papers| papers.len() == 1) {
            loose[alone[0]] = true;
        }
        largest_first(&mut coarse);
        let coarse_level = Level::new(
            graph,
            resolution,
            coarse.into_iter().map(|papers| (None, papers)).collect(),
        );
        let mut fine: Vec<(Option<usize>, Vec<usize>)> = (members(&fine, &loose).into_iter())
            .map(|papers| (coarse_level.of(papers[0]), papers))
            .collect();
        fine.sort_by_key(|(parent, papers)| (*parent, std::cmp::Reverse(papers.len()), papers[0]));
        let fine_level = Level::new(graph, resolution * FINER, fine);
        let loose = (0..graph.papers()).filter(|&paper| loose[paper]).collect();
        Ok(Self { levels: [coarse_level, fine_level], loose })
    }
}

/// Is this a number that resolutions can be?
#[must_use]
pub fn is_resolution(number: f64) -> bool {
    (0.01..=100.0).contains(&number)
}

/// Has a paper few links within its community?
fn is_loose(graph: &Graph, communities: &[u32], paper: usize) -> bool {
    let links = graph.links(paper);
    let inside =
        links.iter().filter(|link| communities[link.paper as usize] == communities[paper]).count();
    (inside as f64) < LOOSE * links.len() as f64 || links.is_empty()
}

/// The papers of each community that are not loose, by index, where there are any.
fn members(communities: &[u32], loose: &[bool]) -> Vec<Vec<usize>> {
    let count = communities.iter().max().map_or(0, |&last| last as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (paper, &community) in communities.iter().enumerate().filter(|(paper, _)| !loose[*paper]) {
        members[community as usize].push(paper);
    }
    members.retain(|papers| !papers.is_empty());
    members
}

fn largest_first(members: &mut [Vec<usize>]) {
    members.sort_by_key(|papers| (std::cmp::Reverse(papers.len()), papers[0]));
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
