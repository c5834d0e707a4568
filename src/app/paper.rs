//! One paper as a whole, on a screen of its own.

use super::state::App;
use crate::library::paper::{Paper, PaperId};

/// The entry of a paper as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EntryText {
    /// Being read.
    #[default]
    Asked,
    /// It.
    Read(String),
    /// Why it cannot be read.
    Failed(String),
}

/// The paper that is shown as a whole.
#[derive(Debug, Default)]
pub struct PaperScreen {
    /// Which.
    pub of: Option<PaperId>,
    /// Its entry.
    pub entry: EntryText,
}

impl App {
    /// The paper that is shown as a whole: of the library, or a new one.
    #[must_use]
    pub fn whole_paper(&self) -> Option<&Paper> {
        let id = self.paper.of?;
        let own = self.snapshot.by_id(id).map(|index| &self.snapshot.papers()[index]);
        let arrivals = self.inbox.arrivals.iter().flat_map(|arrivals| &arrivals.papers);
        own.or_else(|| arrivals.into_iter().find(|paper| paper.id == id))
    }
}
