//! What can be wrong with a query, and what may have been meant.

use super::{Field, Part, Quality};

/// Fields whose value is not plain text.
pub(super) const YEAR: &str = "year";
pub(super) const IS: &str = "is";
pub(super) const HAS: &str = "has";
pub(super) const SAVED: &str = "saved";

/// From this likeness on (Jaro and Winkler) a name is taken for a misspelt other one.
const ALIKE: f64 = 0.8;

/// Terms of a query. Nobody needs more, and each is compared with every paper.
pub(super) const MOST_TERMS: usize = 256;

/// Letters of a name that is compared with others; longer ones are no misspelling.
const LONGEST_NAME: usize = 24;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct QueryError {
    /// Where the term begins: which character of the text, from 1.
    pub column: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No field is called so.
    #[error("there is no field `{name}`: {}", instead(name, *closest))]
    UnknownField {
        /// The name given.
        name: String,
        /// The field that may be meant.
        closest: Option<&'static str>,
    },
    /// `is:` and `has:` take a value of a list.
    #[error("`{field}:{value}` says nothing: {}", choices(field, *closest))]
    UnknownValue {
        /// `is` or `has`.
        field: &'static str,
        /// The value given.
        value: String,
        /// The value that may be meant.
        closest: Option<&'static str>,
    },
    /// Neither a year nor a range of years.
    #[error(
        "`{0}` is no year: write year:2019, year:2019..2021, year:..2005, year:2019.. or year:199"
    )]
    Year(String),
    /// The range ends before it begins.
    #[error("the years end before they begin: write year:{last}..{first}")]
    Backwards {
        /// The year given first.
        first: i32,
        /// The year given last.
        last: i32,
    },
    /// No query is saved under that name.
    #[error("no filter is saved as `{name}`{}", those_saved(known))]
    UnknownSaved {
        /// The name given.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A saved query makes no sense.
    #[error("the filter saved as `{name}`: {problem}")]
    Within {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// Saved queries name one another without end.
    #[error("the filter saved as `{0}` goes round in a circle: save it without saved:")]
    Circle(String),
    /// More terms than are ever needed.
    #[error("a query has at most {MOST_TERMS} terms: leave some out")]
    TooMany,
    /// The text ends within quotes.
    #[error("the quotation mark is never closed: end the words with \"")]
    Unclosed,
}

fn instead(name: &str, closest: Option<&str>) -> String {
    match closest {
        Some(closest) => format!("write {closest}:…, or \"{name}\" for the word"),
        None => format!("write one of {}, or \"{name}\" for the word", join(fields())),
    }
}

fn those_saved(known: &[String]) -> String {
    match known {
        [] => ": there is none yet".to_owned(),
        known => format!(": there are {}", known.join(", ")),
    }
}

fn choices(field: &str, closest: Option<&str>) -> String {
    match closest {
        Some(closest) => format!("write {field}:{closest}"),
        None if field == IS => format!("write is: and one of {}", join(names(&Quality::ALL))),
        None => format!("write has: and one of {}", join(names(&Part::ALL))),
    }
}

fn join(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The names of a table.
pub(super) fn names<T>(table: &[(&'static str, T)]) -> impl Iterator<Item = &'static str> {
    table.iter().map(|(name, _)| *name)
}

/// The names of all fields.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    names(&Field::ALL).chain([YEAR, IS, HAS, SAVED])
}

/// The name that is most like a misspelt one.
pub(super) fn closest(of: impl Iterator<Item = &'static str>, name: &str) -> Option<&'static str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    of.map(|other| (strsim::jaro_winkler(other, name), other))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}
