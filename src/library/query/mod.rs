//! The query language: how the user says which papers a list shows. Every list of the program takes
//! it, on the screen and headless.
//!
//! | term | matches |
//! |---|---|
//! | `graph` | the letters anywhere in title, authors, venue, tags, cite keys or year |
//! | `"graph network"` | whole words, one after the other |
//! | `author:devlin` | the letters in one field: [`Field`] |
//! | `year:2019` `year:2019..2021` `year:..2005` `year:199` | a year, a range, a decade |
//! | `is:unread` | how the paper is marked: [`Quality`] |
//! | `has:abstract` | what the paper has: [`Part`] |
//! | `saved:name` | what the query saved under that name matches: [`Saved`] |
//! | `-word` `-author:devlin` | papers that the term does not match |
//! | `bert OR elmo` | papers that either matches |
//!
//! All terms must hold; `OR` binds its two sides first, so `a b OR c` means `a` and (`b` or `c`).
//! Letters are compared [folded](crate::library::paper::fold): without case, accents and
//! punctuation. A term without a value (`author:`) matches everything, and an `OR` without a term on
//! both sides says nothing, since a query is typed letter by letter.
//!
//! [`Query::parse`] is for what is written whole and insists on sense; [`Query::typed`] is for what
//! is being typed and makes the best of it. Both take time and memory in proportion to the text. A
//! query asks a paper by way of [`Facts`]; [`Folded`] prepares a snapshot so that a list of many
//! papers is filtered at each key press.
//!
//! Measured with `cargo bench --bench search`.

mod complete;
mod facts;
mod parse;
mod problem;
mod saved;
#[cfg(test)]
mod tests;

use std::fmt;

use memchr::memmem::Finder;

pub use complete::completions;
pub use facts::{Facts, Folded, Known};
pub use problem::{Problem, QueryError};
pub use saved::Saved;

use super::marks::State;

/// What papers must be like: each clause must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    clauses: Vec<Clause>,
}

/// Terms joined by `OR`: at least one must hold. There is always one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negated: bool,
    condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// Letters in a field; in any of those that plain words look at where it is `None`.
    Text(Option<Field>, Needle),
    Year(Years),
    Is(Quality),
    Has(Part),
    /// What the query of this name matches.
    Saved(String, Query),
}

/// A field of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Title.
    Title,
    /// Any of the cite keys.
    Key,
    /// Journal, proceedings, publisher.
    Venue,
    /// A single author.
    Author,
    /// A keyword, a tag or group of the `.bib`, or a tag of the user's.
    Tag,
    /// Abstract.
    Abstract,
    /// Entry type, from its beginning: `book` finds `booklet`, too, but not `inbook`.
    Type,
    /// DOI.
    Doi,
    /// arXiv id.
    Arxiv,
    /// A list of the user's that the paper is on.
    List,
    /// What a cluster is called that the paper is in, or its number.
    Cluster,
}

/// What `is:` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// How far it is read.
    Read(State),
    /// Liked.
    Starred,
    /// More like this is not wanted.
    NotForMe,
    /// Anything that what to read next is made from: [`Mark::is_liked`](super::marks::Mark::is_liked).
    Liked,
    /// Gone from its file.
    Missing,
}

/// What `has:` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// An abstract.
    Abstract,
    /// A DOI.
    Doi,
    /// An arXiv id.
    Arxiv,
    /// A URL.
    Url,
    /// An attached file.
    File,
    /// A note, the user's own or one in the `.bib`.
    Note,
    /// A keyword, tag or group.
    Tag,
    /// A vector of the model in use.
    Vector,
    /// A year.
    Year,
}

impl Field {
    const ALL: [(&str, Self); 11] = [
        ("title", Self::Title),
        ("key", Self::Key),
        ("venue", Self::Venue),
        ("author", Self::Author),
        ("tag", Self::Tag),
        ("abstract", Self::Abstract),
        ("type", Self::Type),
        ("doi", Self::Doi),
        ("arxiv", Self::Arxiv),
        ("list", Self::List),
        ("cluster", Self::Cluster),
    ];
}

impl Quality {
    const ALL: [(&str, Self); 8] = [
        ("unread", Self::Read(State::Unread)),
        ("queued", Self::Read(State::Queued)),
        ("reading", Self::Read(State::Reading)),
        ("read", Self::Read(State::Read)),
        ("starred", Self::Starred),
        ("not-for-me", Self::NotForMe),
        ("liked", Self::Liked),
        ("missing", Self::Missing),
    ];
}

impl Part {
    const ALL: [(&str, Self); 9] = [
        ("abstract", Self::Abstract),
        ("doi", Self::Doi),
        ("arxiv", Self::Arxiv),
        ("url", Self::Url),
        ("file", Self::File),
        ("note", Self::Note),
        ("tag", Self::Tag),
        ("vector", Self::Vector),
        ("year", Self::Year),
    ];
}

/// The name of a value in its table.
fn name<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, other)| other == value).map_or("", |(name, _)| name)
}

/// Years from the first to the last, both included; open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Years {
    first: Option<i32>,
    last: Option<i32>,
}

impl Years {
    fn contains(self, year: i32) -> bool {
        self.first.is_none_or(|first| first <= year) && self.last.is_none_or(|last| year <= last)
    }
}

/// Folded letters to look for; never empty.
#[derive(Debug, Clone)]
struct Needle {
    finder: Box<Finder<'static>>,
    start: Edge,
    end: Edge,
}

/// Where a [`Needle`] may begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// Anywhere in a word.
    Inside,
    /// Where a word begins or ends.
    Word,
}

impl Needle {
    /// `None` where nothing is left of the letters.
    fn new(folded: &str, start: Edge, end: Edge) -> Option<Self> {
        let finder = Box::new(Finder::new(folded).into_owned());
        (!folded.is_empty()).then_some(Self { finder, start, end })
    }

    /// The folded letters.
    fn letters(&self) -> &str {
        // Made of a `str`, so nothing is lost.
        std::str::from_utf8(self.finder.needle()).unwrap_or_default()
    }

    /// Is it in a folded text, whose parts are set apart by line feeds?
    fn is_in(&self, text: &str) -> bool {
        let text = text.as_bytes();
        if (self.start, self.end) == (Edge::Inside, Edge::Inside) {
            return self.finder.find(text).is_some();
        }
        let is_gap = |byte: Option<&u8>| byte.is_none_or(|&byte| byte == b' ' || byte == b'\n');
        let length = self.finder.needle().len();
        self.finder.find_iter(text).any(|at| {
            (self.start == Edge::Inside || is_gap(at.checked_sub(1).and_then(|at| text.get(at))))
                && (self.end == Edge::Inside || is_gap(text.get(at + length)))
        })
    }
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        (self.finder.needle(), self.start, self.end)
            == (other.finder.needle(), other.start, other.end)
    }
}

impl Eq for Needle {}

impl Query {
    /// Does it match everything?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Does a paper match?
    #[must_use]
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.clauses.iter().all(|clause| {
            clause.terms.iter().any(|term| term.condition.holds(facts) != term.negated)
        })
    }

    /// Both queries in one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.clauses.extend(other.clauses);
        self
    }

    /// Must it be known which papers have a vector?
    #[must_use]
    pub fn needs_vectors(&self) -> bool {
        self.any(&|condition| *condition == Condition::Has(Part::Vector))
    }

    /// Must it be known which clusters papers are in?
    #[must_use]
    pub fn needs_clusters(&self) -> bool {
        self.asks(Field::Cluster)
    }

    /// Must abstracts be read?
    fn needs_abstracts(&self) -> bool {
        self.asks(Field::Abstract)
    }

    fn asks(&self, field: Field) -> bool {
        self.any(&|condition| matches!(condition, Condition::Text(Some(f), _) if *f == field))
    }

    /// Is there such a condition, here or in a query that is named here?
    fn any(&self, is: &dyn Fn(&Condition) -> bool) -> bool {
        self.conditions().any(|condition| match condition {
            Condition::Saved(_, query) => query.any(is),
            condition => is(condition),
        })
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.clauses.iter().flat_map(|clause| &clause.terms).map(|term| &term.condition)
    }

    /// How many terms there are, those of queries that are named here included.
    fn terms(&self) -> usize {
        let size = |condition: &Condition| match condition {
            Condition::Saved(_, query) => query.terms(),
            _ => 1,
        };
        self.conditions().map(size).sum()
    }
}

impl Condition {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Text(field, needle) => facts.contain(*field, needle),
            Self::Year(years) => facts.year().is_some_and(|year| years.contains(year)),
            Self::Is(quality) => facts.are(*quality),
            Self::Has(part) => facts.have(*part),
            Self::Saved(_, query) => query.matches(facts),
        }
    }
}

/// The query in its shortest spelling, which is read as the same query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, clause) in self.clauses.iter().enumerate() {
            for (alternative, term) in clause.terms.iter().enumerate() {
                f.write_str(match (place, alternative) {
                    (0, 0) => "",
                    (_, 0) => " ",
                    _ => " OR ",
                })?;
                write!(f, "{}{}", if term.negated { "-" } else { "" }, term.condition)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(field, needle) => {
                if let Some(field) = field {
                    write!(f, "{}:", name(&Field::ALL, field))?;
                }
                write!(f, "{needle}")
            }
            Self::Year(years) => write!(f, "year:{years}"),
            Self::Is(quality) => write!(f, "is:{}", name(&Quality::ALL, quality)),
            Self::Has(part) => write!(f, "has:{}", name(&Part::ALL, part)),
            Self::Saved(name, _) => {
                write!(f, "saved:{}", name.split_whitespace().collect::<Vec<_>>().join("-"))
            }
        }
    }
}

impl fmt::Display for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start, self.end) {
            (Edge::Inside, _) => f.write_str(&self.letters().replace(' ', "-")),
            (Edge::Word, Edge::Word) => write!(f, "\"{}\"", self.letters()),
            // Still being typed: only ever the last term.
            (Edge::Word, Edge::Inside) => write!(f, "\"{}", self.letters()),
        }
    }
}

impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = |year: Option<i32>| year.map_or_else(String::new, |year| format!("{year:04}"));
        f.write_str(&digits(self.first))?;
        if self.first == self.last { Ok(()) } else { write!(f, "..{}", digits(self.last)) }
    }
}
