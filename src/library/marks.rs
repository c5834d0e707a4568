//! What the user thinks of a paper: how far it is read, whether it is liked.
//!
//! Marks belong to the work ([`PaperId`]), not to an entry, so they outlive renamed cite keys and new
//! exports. The `.bib` is never written. What it says itself (`readstatus`, `ranking`, …) holds until
//! the user says otherwise: [`Marks::with_defaults`].

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::extras::reading::{ReadingMarks, Status};
use super::paper::{PaperId, Snapshot};

/// How far a paper is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Not yet.
    #[default]
    Unread,
    /// Wanted next.
    Queued,
    /// Begun.
    Reading,
    /// To the end, or far enough.
    Read,
}

impl State {
    /// All states, from the first to the last.
    pub const ALL: [Self; 4] = [Self::Unread, Self::Queued, Self::Reading, Self::Read];

    /// Its name, as [`State::from_name`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Read => "read",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the user marked a paper with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    /// How far it is read.
    pub state: State,
    /// Liked.
    pub starred: bool,
    /// More like this is not wanted.
    pub not_for_me: bool,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// The user's own tags, beside those that the `.bib` has; sorted.
    pub tags: Vec<String>,
    /// The user's own words.
    pub note: String,
    /// The user's lists that it is on; sorted.
    pub lists: Vec<String>,
    /// When each of these was last changed.
    pub dates: Dates,
    /// When it was opened, in seconds since 1970, the last time last.
    pub opened: Vec<i64>,
}

/// When the parts of a [`Mark`] were last changed, in seconds since 1970. A part without a date is not
/// the user's: it is as the paper's `.bib` entry has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    /// Of [`Mark::state`].
    pub state: Option<i64>,
    /// Of [`Mark::starred`].
    pub starred: Option<i64>,
    /// Of [`Mark::not_for_me`].
    pub not_for_me: Option<i64>,
    /// Of [`Mark::rating`].
    pub rating: Option<i64>,
    /// Of the latest of [`Mark::tags`].
    pub tags: Option<i64>,
    /// Of [`Mark::note`].
    pub note: Option<i64>,
    /// Of the latest of [`Mark::lists`].
    pub lists: Option<i64>,
}

impl Mark {
    /// Does anything speak for it: a star, 4 or 5 of 5, that it is wanted next, begun or read, that it
    /// was opened? And nothing against it.
    #[must_use]
    pub fn is_liked(&self) -> bool {
        let good = self.starred || self.rating.is_some_and(|rating| rating >= 4);
        let bad = self.not_for_me || (self.rating.is_some_and(|rating| rating <= 2) && !good);
        !bad && (good || self.state != State::Unread || !self.opened.is_empty())
    }

    /// Takes from the paper's `.bib` entry what the user did not say. Skimmed papers are begun, those
    /// of a priority are queued, relevant ones are liked.
    fn fill(&mut self, reading: ReadingMarks) {
        if self.dates.state.is_none() {
            self.state = match reading.status {
                Some(Status::Skimmed) => State::Reading,
                Some(Status::Read) => State::Read,
                None if reading.priority.is_some() => State::Queued,
                Some(Status::Unread) | None => State::Unread,
            };
        }
        if self.dates.starred.is_none() {
            self.starred = reading.relevant;
        }
        if self.dates.rating.is_none() {
            self.rating = reading.rating;
        }
    }
}

/// One thing that the user says of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// How far it is read.
    State(State),
    /// Liked, or no longer. Whoever likes a paper takes back that it is not for them.
    Star(bool),
    /// More like this is not wanted, or is again. Takes back that it is liked.
    NotForMe(bool),
    /// 1 to 5, or no rating.
    Rating(Option<u8>),
    /// Adds a tag.
    Tag(String),
    /// Takes a tag away.
    Untag(String),
    /// Replaces the note; empty for none.
    Note(String),
    /// Puts it on a list, which is made if need be.
    List(String),
    /// Takes it off a list.
    Unlist(String),
}

impl fmt::Display for Change {
    /// What was done, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "{state}"),
            Self::Star(true) => f.write_str("star"),
            Self::Star(false) => f.write_str("no star"),
            Self::NotForMe(true) => f.write_str("not for me"),
            Self::NotForMe(false) => f.write_str("for me again"),
            Self::Rating(Some(rating)) => write!(f, "rating {rating}"),
            Self::Rating(None) => f.write_str("no rating"),
            Self::Tag(tag) => write!(f, "tag {tag}"),
            Self::Untag(tag) => write!(f, "no tag {tag}"),
            Self::Note(note) if note.is_empty() => f.write_str("no note"),
            Self::Note(_) => f.write_str("note"),
            Self::List(list) => write!(f, "on list {list}"),
            Self::Unlist(list) => write!(f, "off list {list}"),
        }
    }
}

/// What was undone or redone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it was, in words: `star`, `tag methods, read`.
    pub what: String,
    /// The papers that it touched, each once.
    pub papers: Vec<PaperId>,
    /// When it was done first, in seconds since 1970.
    pub at: i64,
}

/// The marks of a library.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    by_paper: HashMap<PaperId, Mark>,
    revision: i64,
}

impl Marks {
    /// No marks yet, as of a [revision](Self::revision).
    #[must_use]
    pub fn of_revision(revision: i64) -> Self {
        Self { by_paper: HashMap::new(), revision }
    }

    /// The mark of a paper; `None` where it was never marked.
    #[must_use]
    pub fn get(&self, paper: PaperId) -> Option<&Mark> {
        self.by_paper.get(&paper)
    }

    /// Sets the mark of a paper.
    pub fn set(&mut self, paper: PaperId, mark: Mark) {
        self.by_paper.insert(paper, mark);
    }

    /// The mark of a paper, to be changed; made if need be.
    pub fn entry(&mut self, paper: PaperId) -> &mut Mark {
        self.by_paper.entry(paper).or_default()
    }

    /// All papers that were marked or opened, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (PaperId, &Mark)> {
        self.by_paper.iter().map(|(&paper, mark)| (paper, mark))
    }

    /// A number that is another one whenever marks were changed, by this program or another.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// These marks, and where the user said nothing what the papers' `.bib` entries say.
    #[must_use]
    pub fn with_defaults(mut self, snapshot: &Snapshot) -> Self {
        for paper in snapshot.papers() {
            let reading = paper.extras.reading;
            if !reading.is_empty() {
                self.entry(paper.id).fill(reading);
            }
        }
        self
    }

    /// The user's tags, sorted.
    #[must_use]
    pub fn tags(&self) -> BTreeSet<&str> {
        self.by_paper.values().flat_map(|mark| &mark.tags).map(String::as_str).collect()
    }

    /// The user's lists, sorted.
    #[must_use]
    pub fn lists(&self) -> BTreeSet<&str> {
        self.by_paper.values().flat_map(|mark| &mark.lists).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::import;
    use crate::library::store::Store;

    #[test]
    fn the_file_speaks_where_the_user_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let bib = folder.path().join("l.bib");
        std::fs::write(
            &bib,
            "@misc{a, title={One}, readstatus={read}, ranking={rank4}, relevance={relevant}}
             @misc{b, title={Two}, readstatus={skimmed}} @misc{c, title={Three}, priority={prio1}}
             @misc{d, title={Four}} @misc{e, title={Five}, ranking={rank2}, readstatus={read}}",
        )
        .unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        import(&mut store, &bib, 1).unwrap();
        let snapshot = store.snapshot(&[]).unwrap();
        let id = |key: &str| snapshot.papers()[snapshot.by_key(key).unwrap()].id;
        let own = [Change::State(State::Unread), Change::Rating(None)];
        store.mark(&[id("e")], &own, 7).unwrap();
        let marks = store.marks().unwrap().with_defaults(&snapshot);
        let a = marks.get(id("a")).unwrap();
        assert_eq!((a.state, a.starred, a.rating), (State::Read, true, Some(4)));
        assert_eq!(a.dates, Dates::default());
        assert_eq!(marks.get(id("b")).unwrap().state, State::Reading);
        assert_eq!(marks.get(id("c")).unwrap().state, State::Queued);
        assert_eq!(marks.get(id("d")), None);
        let e = marks.get(id("e")).unwrap();
        assert_eq!((e.state, e.rating), (State::Unread, None));
        assert_eq!((e.dates.state, e.dates.rating), (Some(7), Some(7)));
    }

    #[test]
    fn states_are_named_and_read() {
        for state in State::ALL {
            assert_eq!(State::from_name(&state.to_string()), Some(state));
        }
        assert_eq!(State::from_name("skimmed"), None);
    }
}
