//! What a query that is being typed could go on with.

use super::parse::{Quotes, Tokens};
use super::problem::fields;
use super::saved::Scope;
use super::{Part, Quality, Saved};

/// The text with its last term completed, in every way that is known: to a field, or to a value of the
/// field. `values` are those of fields whose values the library knows, such as its tags.
#[must_use]
pub fn completions(text: &str, values: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let saved = Saved::default();
    let tokens = Tokens::new(text, Scope { saved: &saved, depth: 0 });
    let Some(token) = tokens.last().filter(|token| text.ends_with(token.source)) else {
        return Vec::new();
    };
    let before = &text[..text.len() - token.source.len()];
    let not = if token.negated { "-" } else { "" };
    let Some(field) = token.field else {
        let begun = token.value.to_ascii_lowercase();
        let begins = |field: &&str| !begun.is_empty() && field.starts_with(&begun);
        return fields().filter(begins).map(|field| format!("{before}{not}{field}:")).collect();
    };
    let known: Vec<String> = match field.to_ascii_lowercase().as_str() {
        "is" => Quality::ALL.iter().map(|(name, _)| (*name).to_owned()).collect(),
        "has" => Part::ALL.iter().map(|(name, _)| (*name).to_owned()).collect(),
        field => values(field),
    };
    let spelt = |value: String| match token.quotes {
        // Letters are compared without punctuation.
        Quotes::None => value.split_whitespace().collect::<Vec<_>>().join("-"),
        Quotes::Open | Quotes::Closed => format!("\"{value}\""),
    };
    known.into_iter().map(|value| format!("{before}{not}{field}:{}", spelt(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> Vec<String> {
        completions(text, |field| match field {
            "tag" => vec!["deep learning".to_owned(), "nlp".to_owned()],
            _ => Vec::new(),
        })
    }

    #[test]
    fn the_last_term_is_completed() {
        assert_eq!(complete("bert au"), ["bert author:"]);
        assert_eq!(complete("bert -tag:"), ["bert -tag:deep-learning", "bert -tag:nlp"]);
        assert_eq!(complete("tag:\"deep"), ["tag:\"deep learning\"", "tag:\"nlp\""]);
        assert_eq!(complete("sa"), ["saved:"]);
        assert!(complete("x is:").contains(&"x is:not-for-me".to_owned()));
        assert!(complete("bert ").is_empty() && complete("").is_empty());
        assert!(complete("year:20").is_empty(), "there is nothing to choose from");
    }
}
