//! A search in the user's own words.

use tui_input::Input;

use super::neighbours::Criteria;
use super::scroll::Scroll;
use super::state::View;
use crate::library::query::{Query, QueryError, Saved};
use crate::similarity::rank::Neighbour;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sought {
    /// The words.
    pub text: String,
    /// What the list keeps to.
    pub criteria: Criteria,
}

/// The search on the screen.
#[derive(Debug, Default)]
pub struct Search {
    /// What is typed or pasted.
    pub input: Input,
    /// What was asked for and is not answered yet.
    pub asked: Option<Sought>,
    /// Something changed since it was asked for.
    pub stale: bool,
    /// What the list answers.
    pub answered: Option<Sought>,
    /// Did the model's own view of the text count?
    pub read: bool,
    /// The papers, the best first.
    pub items: Vec<Neighbour>,
    /// Cursor.
    pub scroll: Scroll,
    /// Where the way back leads.
    pub from: View,
    /// The reader goes to the first paper as soon as the answer comes: keys may be faster.
    pub dive: bool,
}

impl Search {
    /// The words and the filters among what is typed, and what of it makes no sense (yet).
    #[must_use]
    pub fn typed(&self, filters: &Saved) -> (Query, String, Option<QueryError>) {
        let (filter, text, error) = filters.typed_within(self.input.value());
        (filter, text.trim().to_owned(), error)
    }

    /// Does the list still answer something else than what is looked for?
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.asked.is_some() && self.asked != self.answered
    }

    /// The paper under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Neighbour> {
        self.items.get(self.scroll.cursor)
    }
}
