//! The neighbours on the screen, and what is asked to get them.

use tui_input::Input;

use super::scroll::Scroll;
use crate::library::paper::PaperId;
use crate::library::query::Query;
use crate::similarity::rank::{self, Neighbour, Ranking};

/// What neighbours are neighbours of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// A paper.
    Paper(PaperId),
    /// The papers that are wanted or not wanted.
    Seeds,
}

/// What a ranked list keeps to, of neighbours or of search results.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria {
    /// What closeness rests on.
    pub ranking: Ranking,
    /// Does what says the same as papers before it come later?
    pub diverse: bool,
    /// Is what is read left out?
    pub hide_read: bool,
    /// What papers must be like.
    pub filter: Query,
}

/// A list of neighbours that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Of what.
    pub of: Centre,
    /// The same, by index.
    pub seeds: rank::Query,
    /// What it keeps to.
    pub criteria: Criteria,
}

/// The neighbours of the current paper, or of the seeds.
#[derive(Debug, Default)]
pub struct NeighbourList {
    /// Of what.
    pub of: Option<Centre>,
    /// What was asked for and is not answered yet.
    pub asked: Option<Wish>,
    /// Vectors came in since it was asked for.
    pub stale: bool,
    /// Closest first.
    pub items: Vec<Neighbour>,
    /// Cursor.
    pub scroll: Scroll,
    /// What is typed to filter them.
    pub filter: Input,
    /// The paper that the way back leads from: the cursor goes to it when the list comes.
    pub left: Option<PaperId>,
    /// The reader dives into the first of them as soon as they come: keys may be faster.
    pub dive: bool,
}

/// Where papers were by an old snapshot is where they are by a new one: `place` tells it of an index,
/// and that a paper is gone.
pub fn move_papers(items: &mut Vec<Neighbour>, place: impl Fn(usize) -> Option<usize>) {
    items.retain_mut(|item| {
        let new = place(item.paper);
        item.paper = new.unwrap_or_default();
        item.seed = item.seed.and_then(&place);
        new.is_some()
    });
}

/// Shows new items. Where `same` list only sharpens, the cursor stays on the paper that the reader is
/// looking at, or, if that left, on its row.
pub fn replace(items: &mut Vec<Neighbour>, scroll: &mut Scroll, new: Vec<Neighbour>, same: bool) {
    let reading = items.get(scroll.cursor).filter(|_| same && scroll.cursor > 0);
    let row = reading.map(|reading| {
        let row = new.iter().position(|item| item.paper == reading.paper);
        row.unwrap_or(scroll.cursor)
    });
    *items = new;
    scroll.cursor = row.unwrap_or(0);
}
