//! `@string` macros: names for pieces of text, which may be used before they are defined.

use std::collections::HashMap;
use std::ops::Range;

/// Longest text that a macro may grow to: definitions that double each other end here.
const LONGEST: usize = 64 * 1024;

/// Macros within macros that are followed.
const DEEPEST: usize = 32;

const MONTHS: [(&str, &str); 12] = [
    ("jan", "January"),
    ("feb", "February"),
    ("mar", "March"),
    ("apr", "April"),
    ("may", "May"),
    ("jun", "June"),
    ("jul", "July"),
    ("aug", "August"),
    ("sep", "September"),
    ("oct", "October"),
    ("nov", "November"),
    ("dec", "December"),
];

/// A part of a value, joined to the others by `#`.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text between delimiters, or a number.
    Text(Range<usize>),
    /// The name of a macro.
    Macro(Range<usize>),
}

/// What is known of a macro.
enum Meaning {
    Text(String),
    /// Its own pieces name a macro that is not defined yet.
    Open(Vec<Piece>),
}

/// The macros of one file, by lower-case name.
pub(super) struct Macros<'t> {
    text: &'t str,
    known: HashMap<String, Meaning>,
}

impl<'t> Macros<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let months = MONTHS.iter();
        Self {
            text,
            known: months
                .map(|(name, month)| ((*name).to_owned(), Meaning::Text((*month).to_owned())))
                .collect(),
        }
    }

    /// Defines a macro. A later definition of the same name holds from there on.
    pub(super) fn define(&mut self, name: String, pieces: Vec<Piece>) {
        let meaning = match self.expand(&pieces) {
            Some(text) if text.len() <= LONGEST => Meaning::Text(text),
            _ => Meaning::Open(pieces),
        };
        self.known.insert(name, meaning);
    }

    /// The joined text of pieces, or none while one of them names a macro that is not known.
    pub(super) fn expand(&self, pieces: &[Piece]) -> Option<String> {
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => joined.push_str(&self.text[range.clone()]),
                Piece::Macro(range) => match self.known.get(&self.name(range)) {
                    Some(Meaning::Text(text)) => joined.push_str(text),
                    _ => return None,
                },
            }
        }
        Some(joined)
    }

    /// The joined text of pieces once the whole file is read. A macro without a text keeps its
    /// name, and its place goes to `unknown`.
    pub(super) fn expand_finally(
        &mut self,
        pieces: &[Piece],
        unknown: &mut Vec<Range<usize>>,
    ) -> String {
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => joined.push_str(&self.text[range.clone()]),
                Piece::Macro(range) => {
                    let name = self.name(range);
                    if let Some(text) = self.settle(&name, 0) {
                        joined.push_str(text);
                    } else {
                        unknown.push(range.clone());
                        joined.push_str(&self.text[range.clone()]);
                    }
                }
            }
        }
        joined
    }

    /// The text of a macro, worked out from the others if it was left open. Each macro is worked
    /// out once; one that needs itself, or grows beyond all measure, stays without.
    fn settle(&mut self, name: &str, depth: usize) -> Option<&str> {
        if let Some(Meaning::Open(_)) = self.known.get(name) {
            // Taken out, it is unknown to itself.
            let open = self.known.remove(name);
            if let Some(Meaning::Open(pieces)) = open
                && depth < DEEPEST
                && let Some(text) = self.join(&pieces, depth)
            {
                self.known.insert(name.to_owned(), Meaning::Text(text));
            }
        }
        match self.known.get(name) {
            Some(Meaning::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn join(&mut self, pieces: &[Piece], depth: usize) -> Option<String> {
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => joined.push_str(&self.text[range.clone()]),
                Piece::Macro(range) => {
                    let name = self.name(range);
                    joined.push_str(self.settle(&name, depth + 1)?);
                }
            }
            if joined.len() > LONGEST {
                return None;
            }
        }
        Some(joined)
    }

    fn name(&self, range: &Range<usize>) -> String {
        self.text[range.clone()].to_lowercase()
    }
}
