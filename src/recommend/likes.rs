//! What the user likes, and how much, from their marks.

use std::collections::HashSet;
use std::fmt;

use crate::library::marks::{Mark, Marks, State};
use crate::library::paper::Paper;

/// Time in which what a mark counts for beyond the [`LASTING`] part of it halves, in seconds: half a
/// year.
const HALF_LIFE: f64 = 182.0 * 86_400.0;

/// What a mark counts for when it is old, or has no date.
const LASTING: f64 = 0.6;

/// So many of the strongest likes are counted; a list from more would be no other, and take longer.
const MOST: usize = 200;

/// A week, in seconds.
const WEEK: i64 = 7 * 86_400;

/// Times of opening from which on a paper counts as looked into in earnest.
const OFTEN: usize = 3;

/// Why a paper counts as liked, or as not wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It is starred.
    Starred,
    /// So many stars, 4 or 5; or, of papers not wanted, 1 or 2.
    Rated(u8),
    /// It was read.
    Read,
    /// It is being read.
    Reading,
    /// It is wanted next.
    Queued,
    /// It was opened.
    Opened,
    /// It was named, as a seed.
    Named,
    /// It has a tag.
    Tagged(String),
    /// It is on a list.
    Listed(String),
    /// It is marked as not for the user.
    NotForMe,
}

impl fmt::Display for Because {
    /// What the user did, behind “you”: `starred`, `are reading`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starred => f.write_str("starred"),
            Self::Rated(stars) => write!(f, "rated {stars}"),
            Self::Read => f.write_str("read"),
            Self::Reading => f.write_str("are reading"),
            Self::Queued => f.write_str("queued"),
            Self::Opened => f.write_str("opened"),
            Self::Named => f.write_str("named"),
            Self::Tagged(tag) => write!(f, "tagged {tag}"),
            Self::Listed(list) => write!(f, "put on the list {list}"),
            Self::NotForMe => f.write_str("do not want"),
        }
    }
}

/// A paper that is liked, or not wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Like {
    /// Index into the snapshot.
    pub paper: usize,
    /// What it counts for, above 0, at most 1.
    pub weight: f32,
    /// Why.
    pub because: Because,
}

impl Like {
    fn named(paper: usize) -> Self {
        Self { paper, weight: 1.0, because: Because::Named }
    }
}

/// What the user likes and what they do not want; each paper at most once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taste {
    /// The strongest first.
    pub likes: Vec<Like>,
    /// The strongest first.
    pub unlikes: Vec<Like>,
}

impl Taste {
    /// From all marks of a library; `now` in seconds since 1970.
    #[must_use]
    pub fn of_marks(papers: &[Paper], marks: &Marks, now: i64) -> Self {
        Self::collect(papers, marks, |_, mark| liked(mark, now), |mark| unliked(mark, now))
    }

    /// From what was marked and opened in the last seven days; all that is not wanted counts.
    #[must_use]
    pub fn of_week(papers: &[Paper], marks: &Marks, now: i64) -> Self {
        let since = now - WEEK;
        let fresh = |date: Option<i64>| date.is_some_and(|date| date >= since);
        Self::collect(
            papers,
            marks,
            |_, mark| {
                let mut recent = Mark { not_for_me: mark.not_for_me, ..Mark::default() };
                recent.dates = mark.dates;
                if fresh(mark.dates.state) {
                    recent.state = mark.state;
                }
                recent.starred = mark.starred && fresh(mark.dates.starred);
                recent.rating = mark.rating.filter(|_| fresh(mark.dates.rating));
                recent.opened = mark.opened.iter().copied().filter(|&at| at >= since).collect();
                liked(&recent, now)
            },
            |mark| unliked(mark, now),
        )
    }

    /// From the papers that are `chosen`, with the reason; all that is not wanted counts.
    #[must_use]
    pub fn of_group(
        papers: &[Paper],
        marks: &Marks,
        now: i64,
        chosen: impl Fn(&Paper) -> Option<Because>,
    ) -> Self {
        let mut taste = Self::collect(papers, marks, |_, _| None, |mark| unliked(mark, now));
        taste.likes = (papers.iter().enumerate())
            .filter_map(|(paper, of)| Some(Like { paper, weight: 1.0, because: chosen(of)? }))
            .collect();
        taste.unlikes.retain(|unlike| taste.likes.iter().all(|like| like.paper != unlike.paper));
        taste.settled()
    }

    /// From papers that were named.
    #[must_use]
    pub fn of_papers(likes: &[usize], unlikes: &[usize]) -> Self {
        let named = |papers: &[usize]| papers.iter().copied().map(Like::named).collect();
        Self { likes: named(likes), unlikes: named(unlikes) }.settled()
    }

    /// Adds papers that were named, which then count for that.
    #[must_use]
    pub fn with_papers(mut self, likes: &[usize], unlikes: &[usize]) -> Self {
        let is_named = |like: &Like| likes.contains(&like.paper) || unlikes.contains(&like.paper);
        self.likes.retain(|like| !is_named(like));
        self.unlikes.retain(|like| !is_named(like));
        self.likes.extend(likes.iter().copied().map(Like::named));
        self.unlikes.extend(unlikes.iter().copied().map(Like::named));
        self.settled()
    }

    /// The reason why a paper counts as liked.
    #[must_use]
    pub fn like(&self, paper: usize) -> Option<&Like> {
        self.likes.iter().find(|like| like.paper == paper)
    }

    fn collect(
        papers: &[Paper],
        marks: &Marks,
        liked: impl Fn(&Paper, &Mark) -> Option<(f64, Because)>,
        unliked: impl Fn(&Mark) -> Option<(f64, Because)>,
    ) -> Self {
        let mut taste = Self::default();
        for (paper, of) in papers.iter().enumerate() {
            let Some(mark) = marks.get(of.id) else {
                continue;
            };
            let like = |(weight, because)| Like { paper, weight: weight as f32, because };
            match unliked(mark) {
                Some(unlike) => taste.unlikes.push(like(unlike)),
                None => taste.likes.extend(liked(of, mark).map(like)),
            }
        }
        taste.settled()
    }

    /// In order, each paper once, and not too many.
    fn settled(mut self) -> Self {
        for list in [&mut self.likes, &mut self.unlikes] {
            list.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.paper.cmp(&b.paper)));
            let mut seen = HashSet::new();
            list.retain(|like| seen.insert(like.paper));
            list.truncate(MOST);
        }
        // Only what likes are worth beside each other counts.
        let most = self.likes.first().map_or(1.0, |like| like.weight);
        for like in &mut self.likes {
            like.weight /= most;
        }
        self
    }
}

/// What a mark counts for by its age.
fn aged(weight: f64, date: Option<i64>, now: i64) -> f64 {
    let fresh = date.map_or(0.0, |date| (-((now - date).max(0) as f64) / HALF_LIFE).exp2());
    weight * (LASTING + (1.0 - LASTING) * fresh)
}

/// How much a paper is liked, by the strongest of its marks.
fn liked(mark: &Mark, now: i64) -> Option<(f64, Because)> {
    let dates = &mark.dates;
    let starred = mark.starred.then(|| (aged(1.0, dates.starred, now), Because::Starred));
    let rated = mark.rating.filter(|stars| *stars >= 4).map(|stars| {
        let weight = if stars >= 5 { 1.0 } else { 0.8 };
        (aged(weight, dates.rating, now), Because::Rated(stars))
    });
    let state = match mark.state {
        State::Unread => None,
        State::Queued => Some((0.4, Because::Queued)),
        State::Reading => Some((0.7, Because::Reading)),
        State::Read => Some((0.6, Because::Read)),
    };
    let state = state.map(|(weight, because)| (aged(weight, dates.state, now), because));
    let opened = mark.opened.last().map(|&last| {
        let often = mark.opened.len().min(OFTEN) as f64 / OFTEN as f64;
        (aged(0.3 * often, Some(last), now), Because::Opened)
    });
    let mut best: Option<(f64, Because)> = None;
    for reason in [starred, rated, state, opened].into_iter().flatten() {
        if best.as_ref().is_none_or(|(weight, _)| reason.0 > *weight) {
            best = Some(reason);
        }
    }
    best
}

/// How much a paper is not wanted: marked so, or rated 1 or 2 without a star.
fn unliked(mark: &Mark, now: i64) -> Option<(f64, Because)> {
    if mark.not_for_me {
        return Some((aged(1.0, mark.dates.not_for_me, now), Because::NotForMe));
    }
    let stars = mark.rating.filter(|stars| *stars <= 2 && !mark.starred)?;
    Some((aged(0.5, mark.dates.rating, now), Because::Rated(stars)))
}
