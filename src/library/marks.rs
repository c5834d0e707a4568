//! What the user thinks of a paper: how far it is read, whether it is liked.
//!
//! Marks belong to the work ([`PaperId`]), not to an entry, so they outlive renamed cite keys and new
//! exports. The `.bib` is never written.

use std::collections::HashMap;

use super::paper::PaperId;

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
    /// The user's own tags, beside those that the `.bib` has.
    pub tags: Vec<String>,
    /// The user's own words.
    pub note: String,
}

/// The marks of a library.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    by_paper: HashMap<PaperId, Mark>,
}

impl Marks {
    /// The mark of a paper; `None` where it was never marked.
    #[must_use]
    pub fn get(&self, paper: PaperId) -> Option<&Mark> {
        self.by_paper.get(&paper)
    }

    /// Sets the mark of a paper.
    pub fn set(&mut self, paper: PaperId, mark: Mark) {
        self.by_paper.insert(paper, mark);
    }
}
