//! Papers that may be versions of one work: one of them stands for all in a list.

use std::collections::BTreeMap;

use crate::library::versions::Versions;

/// Which papers of a snapshot are taken for versions of one work.
///
/// Works are merged at import where identifiers or titles say so. What [`Versions`] suggests
/// besides (a preprint and its publication) stays two papers, but takes one line of a list: the
/// closest of them. A version of a version is taken for a version, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Works {
    /// By paper: the first paper of its work.
    first: Vec<usize>,
    /// The works of several papers.
    several: Vec<Vec<usize>>,
}

impl Works {
    /// Groups the papers of a snapshot.
    #[must_use]
    pub fn new(papers: usize, versions: &Versions) -> Self {
        Self::joined(papers, versions.pairs().iter().map(|pair| (pair.first, pair.second)))
    }

    fn joined(papers: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut first: Vec<usize> = (0..papers).collect();
        let root = |first: &[usize], mut paper: usize| {
            while first[paper] != paper {
                paper = first[paper];
            }
            paper
        };
        for (a, b) in pairs {
            let (a, b) = (root(&first, a), root(&first, b));
            first[a.max(b)] = a.min(b);
        }
        // A paper's first one comes before it, and is settled when its turn comes.
        for paper in 0..papers {
            first[paper] = first[first[paper]];
        }
        let mut works: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (paper, &work) in first.iter().enumerate() {
            if paper != work {
                works.entry(work).or_insert_with(|| vec![work]).push(paper);
            }
        }
        Self { first, several: works.into_values().collect() }
    }

    /// The works of several papers, by their first; papers ascending.
    #[must_use]
    pub fn several(&self) -> &[Vec<usize>] {
        &self.several
    }

    /// The first paper of a paper's work: the same for all versions of it.
    #[must_use]
    pub fn of(&self, paper: usize) -> usize {
        self.first[paper]
    }

    /// The other versions of a paper's work, ascending.
    pub fn others(&self, paper: usize) -> impl Iterator<Item = usize> {
        let work = self.of(paper);
        let found = self.several.binary_search_by_key(&work, |papers| papers[0]);
        let papers = found.map_or(&[][..], |place| &self.several[place]);
        papers.iter().copied().filter(move |&other| other != paper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_versions_are_one_work() {
        let works = Works::joined(7, [(5, 6), (1, 3), (3, 5)].into_iter());
        let first: Vec<usize> = (0..7).map(|paper| works.of(paper)).collect();
        assert_eq!(first, [0, 1, 2, 1, 4, 1, 1]);
        assert_eq!(works.others(5).collect::<Vec<_>>(), [1, 3, 6]);
        assert_eq!(works.others(0).count(), 0);
    }
}
