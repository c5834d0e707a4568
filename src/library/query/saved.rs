//! Queries saved under a name, and what `saved:` in another query means by them.

use std::collections::BTreeMap;

use super::{Problem, Query, QueryError};
use crate::library::paper::fold;

/// So deep may saved queries name one another: deeper, and they go round in a circle.
const DEEPEST: usize = 8;

/// Queries saved under a name, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved(BTreeMap<String, String>);

/// Where a `saved:` is read: what it can name, and how many others led there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) saved: &'a Saved,
    pub(super) depth: usize,
}

impl Saved {
    /// Queries by name.
    #[must_use]
    pub fn new(queries: BTreeMap<String, String>) -> Self {
        Self(queries)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The name as it was given, and the query of this name; names are compared as words are.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&str, &str)> {
        let same = |(known, _): &(&String, &String)| fold(known) == fold(name);
        self.0.iter().find(same).map(|(name, query)| (name.as_str(), query.as_str()))
    }

    /// [`Query::parse`], with these queries to name.
    ///
    /// # Errors
    /// The first term that makes no sense.
    pub fn parse(&self, text: &str) -> Result<Query, QueryError> {
        Query::parse_in(Scope { saved: self, depth: 0 }, text)
    }

    /// [`Query::typed`], with these queries to name.
    #[must_use]
    pub fn typed(&self, text: &str) -> (Query, Option<QueryError>) {
        Query::typed_in(Scope { saved: self, depth: 0 }, text)
    }

    /// [`Query::within`], with these queries to name.
    ///
    /// # Errors
    /// The first term with a field that makes no sense, or whose field seems misspelt.
    pub fn within(&self, text: &str) -> Result<(Query, String), QueryError> {
        let (query, rest, error) = self.typed_within(text);
        error.map_or(Ok((query, rest)), Err)
    }

    /// [`Query::typed_within`], with these queries to name.
    #[must_use]
    pub fn typed_within(&self, text: &str) -> (Query, String, Option<QueryError>) {
        Query::typed_within_in(Scope { saved: self, depth: 0 }, text)
    }
}

impl Scope<'_> {
    /// The query of a name, and the name as it was given.
    pub(super) fn find(self, name: &str) -> Result<(String, Query), Problem> {
        let Some((known, text)) = self.saved.get(name) else {
            let known = self.saved.names().map(str::to_owned).collect();
            return Err(Problem::UnknownSaved { name: name.to_owned(), known });
        };
        let known = known.to_owned();
        if self.depth == DEEPEST {
            return Err(Problem::Circle(known));
        }
        match Query::parse_in(Scope { depth: self.depth + 1, ..self }, text) {
            Ok(query) => Ok((known, query)),
            Err(QueryError { problem: problem @ Problem::Circle(_), .. }) => Err(problem),
            Err(QueryError { problem, .. }) => {
                Err(Problem::Within { name: known, problem: Box::new(problem) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> Saved {
        let queries = [
            ("To read", "is:queued OR is:reading"),
            ("recent", "year:2020.. saved:to-read"),
            ("wrong", "yaer:2020"),
            ("snake", "saved:tail"),
            ("tail", "saved:snake"),
        ];
        Saved::new(queries.map(|(name, query)| (name.to_owned(), query.to_owned())).into())
    }

    #[test]
    fn a_saved_query_stands_for_what_it_says() {
        let saved = saved();
        let query = saved.parse("bert -saved:\"to read\"").unwrap();
        assert_eq!(query.to_string(), "bert -saved:To-read");
        assert_eq!(saved.parse(&query.to_string()), Ok(query));
        assert!(saved.parse("saved:recent").is_ok(), "one may name another");
        let (filter, text) = saved.within("graphs saved:recent").unwrap();
        assert_eq!((filter.to_string().as_str(), text.as_str()), ("saved:recent", "graphs"));
        assert!(saved.parse("saved:").unwrap().is_empty(), "still being typed");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let saved = saved();
        let error = |text| saved.parse(text).unwrap_err().to_string();
        let unknown = error("x saved:none");
        assert!(
            unknown.starts_with("column 3:") && unknown.contains("To read, recent"),
            "{unknown}"
        );
        assert!(error("saved:wrong").contains("wrong"));
        assert!(error("saved:snake").contains("circle"));
        assert!(Query::parse("saved:x").unwrap_err().to_string().contains("no filter is saved"));
        let (query, problem) = saved.typed("bert saved:rec");
        assert!(query.to_string() == "bert" && problem.is_some());
    }

    #[test]
    fn many_terms_cannot_be_hidden_behind_names() {
        let many = "a OR b OR c OR d OR e OR f OR g OR h ".repeat(20);
        let queries = [("many".to_owned(), many)].into();
        let error = Saved::new(queries).parse("saved:many saved:many").unwrap_err();
        assert_eq!(error.problem, Problem::TooMany);
    }
}
