//! The library in the order and the part that the user asks for.

use rayon::prelude::*;

use crate::library::date::Date;
use crate::library::paper::{Snapshot, fold};
use crate::library::query::{Folded, Known, Query};

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
    folded: Folded,
    /// By paper: the folded short form of its authors.
    authors: Vec<String>,
}

impl Listing {
    /// Prepares a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let papers = snapshot.papers();
        let authors = papers.par_iter().map(|paper| fold(&paper.short_authors())).collect();
        Self { folded: Folded::new(papers), authors }
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
            Sort::Author => text(&self.authors[a], &self.authors[b]),
            Sort::Title => text(self.folded.title(a), self.folded.title(b)),
        });
        order
    }

    /// Those of `order` that match what is typed so far, in the [query language](Query).
    #[must_use]
    pub fn filter(
        &self,
        snapshot: &Snapshot,
        order: &[usize],
        filter: &str,
        known: &Known<'_>,
    ) -> Vec<usize> {
        let (query, _) = Query::typed(filter);
        if query.is_empty() {
            return order.to_vec();
        }
        let shown = self.select(snapshot, &query, known);
        order.iter().copied().filter(|&paper| shown[paper]).collect()
    }

    /// Which papers match, `[papers]`.
    #[must_use]
    pub fn select(&self, snapshot: &Snapshot, query: &Query, known: &Known<'_>) -> Vec<bool> {
        self.folded.select(snapshot.papers(), query, known)
    }
}
