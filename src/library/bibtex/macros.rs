//! `@string` macros: names for pieces of text, which may be used before they are defined.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use smallvec::SmallVec;

/// Longest text that a macro may grow to: definitions that double each other end here.
const LONGEST: usize = 64 * 1024;

/// How much text macros may add to a file in all, as a multiple of its own length and beyond that:
/// a thousand uses of a long macro are shorter than what they stand for. Far more than any library
/// needs.
const GROWTH: usize = 4;
const SLACK: usize = 1 << 20;

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

/// The parts of a value: hardly ever more than one.
pub(super) type Pieces = SmallVec<[Piece; 1]>;

/// What is known of a macro.
enum Meaning<'t> {
    Text(Cow<'t, str>),
    /// Its own pieces name a macro that is not defined yet.
    Open(Pieces),
}

/// The macros of one file, by lower-case name.
pub(super) struct Macros<'t> {
    text: &'t str,
    known: HashMap<String, Meaning<'t>>,
    /// Bytes that macros may still add.
    budget: usize,
    /// Was that too little?
    pub(super) spent: bool,
}

impl<'t> Macros<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let months = MONTHS.iter();
        Self {
            text,
            known: months
                .map(|(name, month)| ((*name).to_owned(), Meaning::Text(Cow::Borrowed(month))))
                .collect(),
            budget: GROWTH * text.len() + SLACK,
            spent: false,
        }
    }

    /// Does the file define any?
    pub(super) fn are_defined(&self) -> bool {
        self.known.len() > MONTHS.len()
    }

    /// Defines a macro. A later definition of the same name holds from there on.
    pub(super) fn define(&mut self, name: String, pieces: Pieces) {
        let meaning = match self.expand(&pieces, LONGEST) {
            Some(text) => Meaning::Text(text),
            None => Meaning::Open(pieces),
        };
        self.known.insert(name, meaning);
    }

    /// The joined text of pieces, or none while one of them names a macro that is not known, or if
    /// it is longer than `longest` or than macros may still add.
    pub(super) fn expand(&mut self, pieces: &[Piece], longest: usize) -> Option<Cow<'t, str>> {
        if let [Piece::Text(range)] = pieces
            && range.len() <= longest
        {
            return Some(Cow::Borrowed(&self.text[range.clone()]));
        }
        let (mut length, mut added) = (0, 0);
        for piece in pieces {
            let (text, is_macro) = self.known_text(piece)?;
            length += text.len();
            added += if is_macro { text.len() } else { 0 };
        }
        if length > longest || !self.spend(added) {
            return None;
        }
        let texts = pieces.iter().filter_map(|piece| self.known_text(piece));
        Some(Cow::Owned(texts.map(|(text, _)| text).collect()))
    }

    /// The text of a piece, if it is known, and whether it is that of a macro.
    fn known_text(&self, piece: &Piece) -> Option<(&str, bool)> {
        match piece {
            Piece::Text(range) => Some((&self.text[range.clone()], false)),
            Piece::Macro(range) => match self.known.get(&self.name(range)) {
                Some(Meaning::Text(text)) => Some((text, true)),
                _ => None,
            },
        }
    }

    /// Takes bytes from what macros may still add, if there are so many.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.budget.checked_sub(bytes);
        self.spent |= left.is_none();
        self.budget = left.unwrap_or(self.budget);
        left.is_some()
    }

    /// The joined text of pieces once the whole file is read. A macro without a text keeps its
    /// name, and its place goes to `unknown`.
    pub(super) fn expand_finally(
        &mut self,
        pieces: &[Piece],
        unknown: &mut Vec<Range<usize>>,
    ) -> Cow<'t, str> {
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => joined.push_str(&self.text[range.clone()]),
                Piece::Macro(range) => {
                    if !self.append(&mut joined, range, 0) {
                        unknown.push(range.clone());
                        joined.push_str(&self.text[range.clone()]);
                    }
                }
            }
        }
        Cow::Owned(joined)
    }

    /// Appends the text of a macro, if it has one.
    fn append(&mut self, joined: &mut String, range: &Range<usize>, depth: usize) -> bool {
        let name = self.name(range);
        self.settle(&name, depth);
        let Some(Meaning::Text(text)) = self.known.get(&name) else {
            return false;
        };
        let length = text.len();
        if !self.spend(length) {
            return false;
        }
        if let Some(Meaning::Text(text)) = self.known.get(&name) {
            joined.push_str(text);
        }
        true
    }

    /// Works out the text of a macro from the others if it was left open. Each macro is worked out
    /// once; one that needs itself, or grows beyond all measure, is unknown from then on.
    fn settle(&mut self, name: &str, depth: usize) {
        if !matches!(self.known.get(name), Some(Meaning::Open(_))) {
            return;
        }
        // Taken out, it is unknown to itself.
        if let Some(Meaning::Open(pieces)) = self.known.remove(name)
            && depth < DEEPEST
            && let Some(text) = self.join(&pieces, depth)
        {
            self.known.insert(name.to_owned(), Meaning::Text(Cow::Owned(text)));
        }
    }

    fn join(&mut self, pieces: &[Piece], depth: usize) -> Option<String> {
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => joined.push_str(&self.text[range.clone()]),
                Piece::Macro(range) => {
                    if !self.append(&mut joined, range, depth + 1) {
                        return None;
                    }
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
