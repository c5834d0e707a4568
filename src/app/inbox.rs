//! New papers that do not join the library, by how well they suit it.

use std::path::PathBuf;
use std::sync::Arc;

use super::scroll::Scroll;
use crate::library::import::foreign::Arrivals;
use crate::library::paper::Paper;
use crate::recommend::foreign::Suited;

/// What came in, ranked. Reasons speak of papers of the library that it was ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Papers, by index into the arrivals, the best first.
    pub items: Vec<Suited>,
    /// Do the vectors of the new papers count?
    pub by_vectors: bool,
}

/// The new papers on the screen.
#[derive(Debug, Default)]
pub struct Inbox {
    /// The files that were named.
    pub files: Vec<PathBuf>,
    /// What they hold; `None` before the first time.
    pub arrivals: Option<Arc<Arrivals>>,
    /// The papers, the best first.
    pub items: Vec<Suited>,
    /// Do their vectors count?
    pub by_vectors: bool,
    /// Are they being read or ranked?
    pub asked: bool,
    /// Did something change since that was asked for?
    pub stale: bool,
    /// Why the files cannot be read.
    pub failed: Option<String>,
    /// Cursor.
    pub scroll: Scroll,
}

impl Inbox {
    /// A new paper.
    #[must_use]
    pub fn paper(&self, index: usize) -> Option<&Paper> {
        self.arrivals.as_ref()?.papers.get(index)
    }

    /// What the cursor is on.
    #[must_use]
    pub fn selected(&self) -> Option<&Suited> {
        self.items.get(self.scroll.cursor)
    }

    /// Shows what came in; the cursor stays on its paper where that is still there and not the first.
    pub fn replace(&mut self, arrivals: Arc<Arrivals>, ranked: Ranked) {
        let key = |inbox: &Self, item: &Suited| inbox.paper(item.paper).map(|of| of.key.clone());
        let reading = self.selected().filter(|_| self.scroll.cursor > 0);
        let reading = reading.and_then(|item| key(self, item));
        self.arrivals = Some(arrivals);
        self.items = ranked.items;
        self.by_vectors = ranked.by_vectors;
        let at = self.items.iter().position(|item| reading.is_some() && key(self, item) == reading);
        self.scroll.cursor = at.unwrap_or(0);
        self.asked = false;
        self.failed = None;
    }

    /// Papers of the library have other places now: what was said of them no longer holds.
    pub fn forget_library(&mut self) {
        for item in &mut self.items {
            item.why.clear();
            item.nearest.clear();
        }
        self.asked = false;
        self.stale = true;
    }
}
