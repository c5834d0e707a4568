//! The library in the order and the part that the user asks for.

use std::sync::Arc;

use rayon::prelude::*;

use crate::clusters::subjects::Found;
use crate::library::date::Date;
use crate::library::marks::Marks;
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

/// All that a query can ask of the papers.
#[derive(Debug, Clone)]
pub struct Askable {
    /// The papers.
    pub snapshot: Arc<Snapshot>,
    /// The same as filter and sort see them.
    pub listing: Arc<Listing>,
    /// What the user says of them.
    pub marks: Arc<Marks>,
    /// Which of them have a vector.
    pub has_vector: Vec<bool>,
    /// The clusters that they are in, once these are found.
    pub found: Option<Arc<Found>>,
}

impl Askable {
    /// Can it be asked without delay?
    #[must_use]
    pub fn is_ready(&self, query: &Query) -> bool {
        self.listing.folded.is_ready(query)
    }

    /// Makes it so.
    pub fn prepare(&self, query: &Query) {
        self.listing.folded.prepare(self.snapshot.papers(), query);
    }

    /// Which papers match, `[papers]`.
    #[must_use]
    pub fn select(&self, query: &Query) -> Vec<bool> {
        let has_vector = |paper: usize| self.has_vector.get(paper).copied().unwrap_or(false);
        let found = self.found.as_ref().filter(|_| query.needs_clusters());
        let clusters: Vec<[&str; 2]> = found.map_or_else(Vec::new, |found| {
            let papers = 0..self.snapshot.len();
            papers.map(|paper| found.folded_names(&self.snapshot, paper)).collect()
        });
        let known =
            Known { marks: Some(&self.marks), has_vector: Some(&has_vector), clusters: &clusters };
        self.listing.folded.select(self.snapshot.papers(), query, &known)
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
}
