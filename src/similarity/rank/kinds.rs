//! What lists are ordered by, and what their scores rest on.

use std::fmt;
use std::str::FromStr;

use crate::library::paper::Paper;
use crate::similarity::Error;

/// What papers are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ranking {
    /// The model's vectors and the words together.
    #[default]
    Hybrid,
    /// The model's vectors alone; lists only papers that have one.
    Dense,
    /// The words alone.
    Lexical,
}

impl Ranking {
    /// All rankings.
    pub const ALL: [Self; 3] = [Self::Hybrid, Self::Dense, Self::Lexical];

    /// The one after this, and after the last the first.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Hybrid => Self::Dense,
            Self::Dense => Self::Lexical,
            Self::Lexical => Self::Hybrid,
        }
    }

    /// Its name, as [`FromStr`] reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hybrid => "hybrid",
            Self::Dense => "dense",
            Self::Lexical => "lexical",
        }
    }
}

impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Ranking {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|ranking| ranking.name() == name)
            .ok_or_else(|| Error::UnknownRanking(name.to_owned()))
    }
}

/// What a score rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The model's vector of title and abstract; with [`Ranking::Hybrid`] their words too.
    Full,
    /// The same, of a paper that has no abstract.
    TitleOnly,
    /// The words of title and abstract; no vector was asked for or known.
    WordsOnly,
    /// The words of a title, and nothing else.
    TitleWordsOnly,
}

impl Basis {
    pub(super) fn of(paper: &Paper, vector_counted: bool) -> Self {
        match (vector_counted, paper.title_only()) {
            (true, false) => Self::Full,
            (true, true) => Self::TitleOnly,
            (false, false) => Self::WordsOnly,
            (false, true) => Self::TitleWordsOnly,
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Full => "full",
            Self::TitleOnly => "title only",
            Self::WordsOnly => "words only",
            Self::TitleWordsOnly => "title words only",
        })
    }
}
