//! The library in the order and the part that the user asks for.

use rayon::prelude::*;

use crate::library::date::Date;
use crate::library::paper::{Paper, Snapshot, fold, fold_into};

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// When the paper came into the library, newest first; then file order.
    #[default]
    Added,
    /// Newest first, by month and day where they are known.
    Year,
    /// First author's family name.
    Author,
    /// Title.
    Title,
}

impl Sort {
    /// The next one, going round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Added => Self::Year,
            Self::Year => Self::Author,
            Self::Author => Self::Title,
            Self::Title => Self::Added,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Year => "year",
            Self::Author => "author",
            Self::Title => "title",
        }
    }

    /// Does it begin with the greatest?
    #[must_use]
    pub fn descends(self) -> bool {
        matches!(self, Self::Added | Self::Year)
    }
}

/// Each paper as filter and sort see it, made once for a snapshot.
#[derive(Debug, Default)]
pub struct Listing {
    keys: Vec<PaperKeys>,
}

#[derive(Debug)]
struct PaperKeys {
    /// Folded words of everything that the filter looks at.
    words: String,
    title: String,
    author: String,
}

impl PaperKeys {
    fn new(paper: &Paper) -> Self {
        let mut words = String::with_capacity(256);
        for part in [&paper.title, &paper.key, &paper.venue] {
            fold_into(&mut words, part);
        }
        for name in &paper.authors {
            for part in [&name.given, &name.particle, &name.family, &name.suffix] {
                fold_into(&mut words, part);
            }
        }
        let own = paper.extras.tags.iter().chain(&paper.extras.groups);
        for part in paper.keywords.iter().chain(&paper.other_keys).chain(own) {
            fold_into(&mut words, part);
        }
        if let Some(year) = paper.year() {
            fold_into(&mut words, &year.to_string());
        }
        Self { words, title: fold(&paper.title), author: fold(&paper.short_authors()) }
    }
}

impl Listing {
    /// Prepares a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self { keys: snapshot.papers().par_iter().map(PaperKeys::new).collect() }
    }

    /// All papers in order. Papers that compare equal stay in file order; those without the thing
    /// sorted by come last, whichever way round.
    #[must_use]
    pub fn order(&self, snapshot: &Snapshot, sort: Sort, reversed: bool) -> Vec<usize> {
        let papers = snapshot.papers();
        let descending = sort.descends() != reversed;
        let mut order: Vec<usize> = (0..papers.len()).collect();
        let directed = |ordering: std::cmp::Ordering| {
            if descending { ordering.reverse() } else { ordering }
        };
        let text =
            |a: &str, b: &str| a.is_empty().cmp(&b.is_empty()).then_with(|| directed(a.cmp(b)));
        order.sort_by(|&a, &b| match sort {
            Sort::Added => directed(papers[a].added.cmp(&papers[b].added)),
            Sort::Year => {
                let [a, b] = [a, b].map(|paper| papers[paper].date.as_ref().map(Date::first));
                a.is_none().cmp(&b.is_none()).then_with(|| directed(a.cmp(&b)))
            }
            Sort::Author => text(&self.keys[a].author, &self.keys[b].author),
            Sort::Title => text(&self.keys[a].title, &self.keys[b].title),
        });
        order
    }

    /// Those of `order` that have all the words of the filter, in any order, in full or in part.
    #[must_use]
    pub fn filter(&self, order: &[usize], filter: &str) -> Vec<usize> {
        let filter = fold(filter);
        let words: Vec<&str> = filter.split(' ').filter(|word| !word.is_empty()).collect();
        order
            .iter()
            .copied()
            .filter(|&paper| words.iter().all(|word| self.keys[paper].words.contains(word)))
            .collect()
    }
}
