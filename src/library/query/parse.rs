//! Text → query, without recursion and without looking back.

use super::problem::{
    HAS, IS, MOST_TERMS, Problem, QueryError, SAVED, YEAR, closest, fields, names,
};
use super::saved::{Saved, Scope};
use super::{Clause, Condition, Edge, Field, Needle, Part, Quality, Query, Term, Years};
use crate::library::paper::fold;

impl Query {
    /// Reads a query that is written whole.
    ///
    /// # Errors
    /// The first term that makes no sense.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Saved::default().parse(text)
    }

    pub(super) fn parse_in(scope: Scope<'_>, text: &str) -> Result<Self, QueryError> {
        let mut query = Self::default();
        for group in groups(text, scope) {
            let terms = group.iter().map(Token::term).collect::<Result<_, _>>()?;
            if !query.push(terms) {
                return Err(group[0].error(Problem::TooMany));
            }
        }
        Ok(query)
    }

    /// Reads a query as far as it is typed, and tells what does not make sense (yet). What looks
    /// like an unknown field is taken for words, quotes may be open, and other terms that make no
    /// sense match everything.
    #[must_use]
    pub fn typed(text: &str) -> (Self, Option<QueryError>) {
        Saved::default().typed(text)
    }

    pub(super) fn typed_in(scope: Scope<'_>, text: &str) -> (Self, Option<QueryError>) {
        let mut query = Self::default();
        let mut first_error = None;
        for group in groups(text, scope) {
            let term = |token: &Token<'_>| match token.term() {
                Ok(term) => term,
                Err(error) => {
                    let words = match error.problem {
                        Problem::UnknownField { .. } => token.words(),
                        Problem::Unclosed => return token.open_term(),
                        _ => None,
                    };
                    first_error.get_or_insert(error);
                    words
                }
            };
            if !query.push(group.iter().map(term).collect()) {
                first_error.get_or_insert(group[0].error(Problem::TooMany));
                break;
            }
        }
        (query, first_error)
    }

    /// Takes the terms with a field out of a text that is otherwise looked for as it is: the query
    /// that they make, and the rest of the text. Words that happen to be followed by a colon stay
    /// in the text.
    ///
    /// # Errors
    /// The first term with a field that makes no sense, or whose field seems misspelt.
    pub fn within(text: &str) -> Result<(Self, String), QueryError> {
        Saved::default().within(text)
    }

    /// The same, as far as the text is typed, and what does not make sense (yet): a field that seems
    /// misspelt stays in the text, other terms that make no sense match everything.
    #[must_use]
    pub fn typed_within(text: &str) -> (Self, String, Option<QueryError>) {
        Saved::default().typed_within(text)
    }

    pub(super) fn typed_within_in(
        scope: Scope<'_>,
        text: &str,
    ) -> (Self, String, Option<QueryError>) {
        let mut query = Self::default();
        let mut rest = String::with_capacity(text.len());
        let mut first_error = None;
        for group in groups(text, scope) {
            let terms: Option<Vec<_>> = group.iter().map(Token::field_term).collect();
            let mut is_text = terms.is_none();
            let mut term = |term| match term {
                Ok(term) => term,
                Err(error) => {
                    let error: QueryError = error;
                    is_text |= matches!(error.problem, Problem::UnknownField { .. });
                    first_error.get_or_insert(error);
                    None
                }
            };
            let terms = terms.unwrap_or_default().into_iter().map(&mut term).collect();
            if is_text {
                for token in group {
                    if !rest.is_empty() {
                        rest.push(' ');
                    }
                    rest.push_str(token.source);
                }
            } else if !query.push(terms) {
                first_error.get_or_insert(group[0].error(Problem::TooMany));
                break;
            }
        }
        (query, rest, first_error)
    }

    /// Adds a clause of the terms that say something, unless these were too many.
    fn push(&mut self, terms: Vec<Option<Term>>) -> bool {
        let terms: Vec<Term> = terms.into_iter().flatten().collect();
        if terms.is_empty() {
            return true;
        }
        self.clauses.push(Clause { terms });
        let fits = self.terms() <= MOST_TERMS;
        if !fits {
            self.clauses.pop();
        }
        fits
    }
}

/// A term as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    scope: Scope<'a>,
    column: usize,
    /// All of it.
    pub(super) source: &'a str,
    pub(super) negated: bool,
    /// What stands before the colon.
    pub(super) field: Option<&'a str>,
    pub(super) value: &'a str,
    pub(super) quotes: Quotes,
}

/// What stands around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Open,
    Closed,
}

/// The terms of a text, those joined by `OR` together.
fn groups<'a>(text: &'a str, scope: Scope<'a>) -> impl Iterator<Item = Vec<Token<'a>>> {
    let mut tokens = Tokens::new(text, scope).peekable();
    let is_or = |token: &Token<'_>| token.source == "OR";
    std::iter::from_fn(move || {
        let mut group = vec![tokens.by_ref().find(|token| !is_or(token))?];
        while tokens.next_if(is_or).is_some() {
            group.extend(tokens.next_if(|token| !is_or(token)));
        }
        Some(group)
    })
}

/// The terms of a text, one after another.
pub(super) struct Tokens<'a> {
    scope: Scope<'a>,
    /// What is left to be read.
    text: &'a str,
    /// Of its first character.
    column: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str, scope: Scope<'a>) -> Self {
        Self { scope, text, column: 1 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.text.trim_start();
        if text.is_empty() {
            return None;
        }
        let gap = &self.text[..self.text.len() - text.len()];
        let column = self.column + gap.chars().count();
        let token = Token::read(text, column, self.scope);
        self.text = &text[token.source.len()..];
        self.column = column + token.source.chars().count();
        Some(token)
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”')
}

impl<'a> Token<'a> {
    /// Reads the term with which a text begins.
    fn read(text: &'a str, column: usize, scope: Scope<'a>) -> Self {
        let negated = text.starts_with('-');
        let term = &text[usize::from(negated)..];
        let field = term.split_once(':').map(|(name, value)| (name.len(), value));
        let field = field.filter(|&(length, value)| {
            // Neither 10:30 nor https://….
            let name = &term[..length];
            length > 0 && name.bytes().all(|b| b.is_ascii_alphabetic()) && !value.starts_with("//")
        });
        let (name, from) = match field {
            Some((length, value)) => (Some(&term[..length]), value),
            None => (None, term),
        };
        let (value, quotes) = if from.starts_with(is_quote) {
            let inner = from.char_indices().nth(1).map_or("", |(start, _)| &from[start..]);
            match inner.find(is_quote) {
                Some(end) => (&inner[..end], Quotes::Closed),
                None => (inner, Quotes::Open),
            }
        } else {
            (&from[..from.find(char::is_whitespace).unwrap_or(from.len())], Quotes::None)
        };
        let mut end = text.len() - from.len();
        let mark = |at: usize| text[at..].chars().next().map_or(0, char::len_utf8);
        if quotes != Quotes::None {
            end += mark(end);
        }
        end += value.len();
        if quotes == Quotes::Closed {
            end += mark(end);
        }
        Self { scope, column, source: &text[..end], negated, field: name, value, quotes }
    }

    /// The term that it is; `None` where it says nothing.
    fn term(&self) -> Result<Option<Term>, QueryError> {
        match self.field_term() {
            Some(term) => term,
            None if self.quotes == Quotes::Open => Err(self.error(Problem::Unclosed)),
            None => match self.field {
                None => Ok(self.negate(self.text(None, self.value))),
                Some(name) => {
                    let closest = closest(fields(), &name.to_ascii_lowercase());
                    Err(self.error(Problem::UnknownField { name: name.to_owned(), closest }))
                }
            },
        }
    }

    /// The term that it is if its field is known or seems misspelt.
    fn field_term(&self) -> Option<Result<Option<Term>, QueryError>> {
        let name = self.field?.to_ascii_lowercase();
        let known = fields().find(|field| *field == name);
        let Some(known) = known else {
            let closest = closest(fields(), &name)?;
            if self.value.is_empty() {
                return None;
            }
            let name = self.field?.to_owned();
            return Some(Err(self.error(Problem::UnknownField { name, closest: Some(closest) })));
        };
        if self.quotes == Quotes::Open {
            return Some(Err(self.error(Problem::Unclosed)));
        }
        Some(self.condition(known).map(|condition| self.negate(condition)))
    }

    /// What a term in open quotes stands for while it is typed.
    fn open_term(&self) -> Option<Term> {
        let closed = Self { quotes: Quotes::Closed, ..*self };
        let mut term = closed.term().ok().flatten()?;
        if let Condition::Text(_, needle) = &mut term.condition {
            needle.end = Edge::Inside;
        }
        Some(term)
    }

    /// It as words, colon and all.
    fn words(&self) -> Option<Term> {
        self.negate(self.text(None, self.source))
    }

    fn condition(&self, field: &str) -> Result<Option<Condition>, QueryError> {
        let value = self.value.trim().to_ascii_lowercase();
        let condition = match field {
            _ if value.is_empty() => None,
            YEAR => years(&value).map_err(|problem| self.error(problem))?.map(Condition::Year),
            IS => Some(Condition::Is(self.choice(IS, &Quality::ALL, &value)?)),
            SAVED => {
                let found = self.scope.find(self.value.trim());
                let (name, query) = found.map_err(|problem| self.error(problem))?;
                Some(Condition::Saved(name, query))
            }
            HAS => Some(Condition::Has(self.choice(HAS, &Part::ALL, &value)?)),
            _ => {
                let field = Field::ALL.iter().find(|(name, _)| *name == field);
                field.and_then(|&(_, field)| match field {
                    Field::Doi => self.text(Some(field), without_resolver(&value)),
                    Field::Arxiv => self.text(Some(field), &without_version(&value)),
                    _ => self.text(Some(field), self.value),
                })
            }
        };
        Ok(condition)
    }

    fn choice<T: Copy>(
        &self,
        field: &'static str,
        table: &[(&'static str, T)],
        value: &str,
    ) -> Result<T, QueryError> {
        table.iter().find(|(name, _)| *name == value).map(|(_, choice)| *choice).ok_or_else(|| {
            let closest = closest(names(table), value);
            self.error(Problem::UnknownValue { field, value: value.to_owned(), closest })
        })
    }

    fn text(&self, field: Option<Field>, value: &str) -> Option<Condition> {
        let edge = if self.quotes == Quotes::None { Edge::Inside } else { Edge::Word };
        Needle::new(&fold(value), edge, edge).map(|needle| Condition::Text(field, needle))
    }

    fn negate(&self, condition: Option<Condition>) -> Option<Term> {
        condition.map(|condition| Term { negated: self.negated, condition })
    }

    fn error(&self, problem: Problem) -> QueryError {
        QueryError { column: self.column, problem }
    }
}

/// A DOI without the address that leads to it.
fn without_resolver(value: &str) -> &str {
    value.rsplit_once("doi.org/").map_or(value, |(_, doi)| doi)
}

/// An arXiv id, folded, without address and version, or the beginning of one.
fn without_version(value: &str) -> String {
    let id = ["/abs/", "/pdf/"]
        .iter()
        .find_map(|before| value.rsplit_once(before))
        .map_or(value, |(_, id)| id);
    let mut id = fold(id);
    // Again and again, so that what is left is read as itself.
    while let Some(stem) = id.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('v')
        && stem.ends_with(|c: char| c.is_ascii_digit())
    {
        id.truncate(stem.len());
    }
    id
}

/// A year, a range of years, or everything. Fewer than four digits stand for all years that begin
/// with them, so that a year may be typed digit by digit.
fn years(value: &str) -> Result<Option<Years>, Problem> {
    let no_year = || Problem::Year(value.to_owned());
    let bounds = |digits: &str| -> Result<(Option<i32>, Option<i32>), Problem> {
        let missing = match digits.len() {
            0 => return Ok((None, None)),
            1..=4 if digits.bytes().all(|b| b.is_ascii_digit()) => 4 - digits.len() as u32,
            _ => return Err(no_year()),
        };
        let span = 10_i32.pow(missing);
        let first = digits.parse::<i32>().map_err(|_| no_year())? * span;
        Ok((Some(first), Some(first + span - 1)))
    };
    let (first, last) = match value.split_once("..") {
        Some((first, last)) => (bounds(first)?.0, bounds(last)?.1),
        None => bounds(value)?,
    };
    match (first, last) {
        (None, None) => Ok(None),
        (Some(first), Some(last)) if last < first => Err(Problem::Backwards { first, last }),
        _ => Ok(Some(Years { first, last })),
    }
}
