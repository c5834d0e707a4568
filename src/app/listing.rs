//! The library in the order and the part that the user asks for.

use std::sync::Arc;

use rayon::prelude::*;

use super::columns::Column;
use crate::clusters::subjects::Found;
use crate::library::date::Date;
use crate::library::marks::{Mark, Marks, State};
use crate::library::paper::{Snapshot, fold};
use crate::library::query::{Folded, Known, Query, Saved};

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
    /// Journal or proceedings.
    Venue,
    /// Cite key.
    Key,
    /// The user's rating, best first.
    Rating,
    /// How far it is read: what is under way first.
    State,
    /// The user's tags.
    Tags,
}

impl Sort {
    /// All, in the order in which they are gone through.
    const ALL: [Self; 9] = [
        Self::Added,
        Self::Year,
        Self::Author,
        Self::Title,
        Self::Venue,
        Self::Key,
        Self::Rating,
        Self::State,
        Self::Tags,
    ];

    /// The next one, going round.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// The one that goes by a column.
    #[must_use]
    pub fn by(column: Column) -> Self {
        match column {
            Column::State => Self::State,
            Column::Year => Self::Year,
            Column::Title => Self::Title,
            Column::Authors => Self::Author,
            Column::Venue => Self::Venue,
            Column::Key => Self::Key,
            Column::Added => Self::Added,
            Column::Rating => Self::Rating,
            Column::Tags => Self::Tags,
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
            Self::Venue => "venue",
            Self::Key => "key",
            Self::Rating => "rating",
            Self::State => "state",
            Self::Tags => "tags",
        }
    }

    /// Does it begin with the greatest?
    #[must_use]
    pub fn descends(self) -> bool {
        matches!(self, Self::Added | Self::Year | Self::Rating)
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
    /// The filters that were saved.
    pub filters: Arc<Saved>,
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
    pub fn order(
        &self,
        snapshot: &Snapshot,
        marks: &Marks,
        sort: Sort,
        reversed: bool,
    ) -> Vec<usize> {
        let papers = snapshot.papers();
        let descending = sort.descends() != reversed;
        let mut order: Vec<usize> = (0..papers.len()).collect();
        let directed = |ordering: std::cmp::Ordering| {
            if descending { ordering.reverse() } else { ordering }
        };
        let text =
            |a: &str, b: &str| a.is_empty().cmp(&b.is_empty()).then_with(|| directed(a.cmp(b)));
        let mark = |paper: usize| marks.get(papers[paper].id);
        let number = |a: Option<u8>, b: Option<u8>| {
            a.is_none().cmp(&b.is_none()).then_with(|| directed(a.cmp(&b)))
        };
        order.sort_by(|&a, &b| match sort {
            Sort::Added => directed(papers[a].added.cmp(&papers[b].added)),
            Sort::Year => {
                let [a, b] = [a, b].map(|paper| papers[paper].date.as_ref().map(Date::first));
                a.is_none().cmp(&b.is_none()).then_with(|| directed(a.cmp(&b)))
            }
            Sort::Author => text(&self.authors[a], &self.authors[b]),
            Sort::Title => text(self.folded.title(a), self.folded.title(b)),
            Sort::Venue => text(self.folded.venue(a), self.folded.venue(b)),
            Sort::Key => text(self.folded.key(a), self.folded.key(b)),
            Sort::Rating => {
                let [a, b] = [a, b].map(|paper| mark(paper).and_then(|mark| mark.rating));
                number(a, b)
            }
            Sort::State => {
                let [a, b] = [a, b].map(|paper| mark(paper).and_then(stage));
                number(a, b)
            }
            Sort::Tags => {
                let [a, b] = [a, b].map(|paper| {
                    let first = mark(paper).and_then(|mark| mark.tags.first());
                    first.map_or("", String::as_str)
                });
                text(a, b)
            }
        });
        order
    }
}

/// Where a paper stands by its state: begun, wanted next, starred, read, not wanted; unread ones nowhere.
fn stage(mark: &Mark) -> Option<u8> {
    match (mark.not_for_me, mark.starred, mark.state) {
        (true, ..) => Some(4),
        (_, _, State::Reading) => Some(0),
        (_, _, State::Queued) => Some(1),
        (_, true, _) => Some(2),
        (_, _, State::Read) => Some(3),
        (_, _, State::Unread) => None,
    }
}
