//! Why the paper under the cursor is in its list.

use crate::library::paper::PaperId;
use crate::similarity::explain::sentences::SentencePair;
use crate::similarity::explain::{Explanation, Place};

/// One of the two that are explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The paper that brought the other into the list.
    Paper(PaperId),
    /// The text that was looked for.
    Text(String),
}

/// Two that are close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What the list is about.
    pub origin: Origin,
    /// The paper of the list.
    pub paper: PaperId,
}

/// What ties the pair under the cursor.
#[derive(Debug, Default)]
pub struct Why {
    /// Is it shown? Where the user does not say, where there is room.
    pub wanted: Option<bool>,
    /// The pair.
    pub pair: Option<Pair>,
    /// What ties it.
    pub explanation: Explanation,
    /// Its closest sentences.
    pub sentences: Sentences,
}

/// How far the closest sentences are.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Sentences {
    /// There is no model to find them.
    #[default]
    None,
    /// They are being looked for.
    Asked,
    /// These.
    Found(SentencePair),
}

impl Why {
    /// Where in a paper the terms stand that tie it most to the other side.
    #[must_use]
    pub fn places(&self, paper: PaperId) -> Vec<&Place> {
        /// As many terms as the explanation has room for; the others say little.
        const TERMS: usize = 12;
        let Some(pair) = &self.pair else {
            return Vec::new();
        };
        let terms = self.explanation.terms.iter().take(TERMS);
        if pair.paper == paper {
            terms.flat_map(|term| &term.in_b).collect()
        } else if pair.origin == Origin::Paper(paper) {
            terms.flat_map(|term| &term.in_a).collect()
        } else {
            Vec::new()
        }
    }
}
