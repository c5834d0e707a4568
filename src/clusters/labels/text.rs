//! Text → words that know what stands between them.

use std::borrow::Cow;

use crate::similarity::tokens::{is_stop_word, singular};

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As written.
    pub(super) surface: &'a str,
    /// What parts it from the word before.
    pub(super) gap: Gap,
    /// Is it the first of a sentence, whose case says nothing?
    pub(super) opens: bool,
}

/// What parts a word from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// More than a space: no phrase reaches across.
    Break,
    Space,
    Hyphen,
}

/// The words of a text, in order: runs of letters and digits.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text;
    let mut end_of_last = false;
    std::iter::from_fn(move || {
        let start = rest.find(char::is_alphanumeric)?;
        let (between, from) = rest.split_at(start);
        let end = from.find(|c: char| !is_inside(c)).unwrap_or(from.len());
        let (surface, after) = from.split_at(end);
        rest = after;
        let first = !std::mem::replace(&mut end_of_last, true);
        let gap = match between {
            _ if first => Gap::Break,
            "-" | "‐" | "‑" => Gap::Hyphen,
            _ if between.chars().all(char::is_whitespace) => Gap::Space,
            _ => Gap::Break,
        };
        let opens = first || between.contains(['.', '!', '?', ':', '“', '"', '(', '*', '•']);
        Some(Word { surface, gap, opens })
    })
}

/// Letters, digits, and marks that combine with them.
fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// The form under which a word is counted: lower case, singular.
pub(super) fn form(surface: &str) -> Cow<'_, str> {
    if surface.chars().all(char::is_lowercase) {
        return singular(surface);
    }
    let lower = surface.to_lowercase();
    Cow::Owned(singular(&lower).into_owned())
}

/// What a word can be to a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Stands within it at most.
    Joint,
    /// Begins or ends it, but is none by itself.
    Common,
    /// Is one by itself.
    Telling,
}

/// The role of a word, in the form in which it is counted. Numbers and single letters are joints.
pub(super) fn role(form: &str) -> Role {
    let is_number = form.chars().all(|c| c.is_ascii_digit());
    if form.chars().nth(1).is_none() || is_number || is_stop_word(form) || is_in(form, PLAIN) {
        Role::Joint
    } else if is_in(form, COMMON) {
        Role::Common
    } else {
        Role::Telling
    }
}

fn is_in(form: &str, words: &[&str]) -> bool {
    words.binary_search(&form).is_ok()
}

/// What papers on any subject do, and how; sorted.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "able", "achieve", "achieved", "address", "addressing", "aimed", "allow", "allowing",
    "applied", "apply", "applying", "available", "base", "based", "become", "best", "better",
    "challenging", "common", "compare", "compared", "comparing", "conduct", "conducted",
    "consider", "considered", "contain", "current", "demonstrate", "describe", "describing",
    "develop", "developed", "developing", "different", "difficult", "discuss", "discussing",
    "easy", "effective", "empirical", "enable", "evaluate", "evaluating", "examine", "examining",
    "existing", "experimental", "explore", "exploring", "find", "first", "following", "general",
    "give", "given", "good", "high", "however", "identify", "identifying", "important", "improve",
    "improved", "improving", "include", "including", "increase", "introduce", "introducing",
    "investigate", "investigating", "known", "large", "lead", "like", "limited", "low", "made",
    "main", "make", "making", "multiple", "need", "new", "novel", "obtain", "obtained", "one",
    "outperform", "perform", "possible", "potential", "present", "presented", "presenting",
    "previous", "propose", "proposed", "proposing", "provide", "provided", "publicly", "recent",
    "recently", "related", "release", "report", "require", "second", "several", "shared", "show",
    "showing", "significant", "significantly", "similar", "simple", "small", "specific", "studied",
    "studying", "suggest", "take", "three", "towards", "two", "understand", "use", "used",
    "useful", "using", "various", "well",
];

/// What papers on any subject have, in the singular; sorted.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "addition", "aim", "analysis", "application", "approach", "article", "aspect", "case",
    "challenge", "concept", "contribution", "data", "dataset", "development", "effect",
    "evaluation", "evidence", "example", "experiment", "finding", "focus", "framework", "goal",
    "impact", "improvement", "information", "introduction", "issue", "level", "measure", "method",
    "methodology", "model", "number", "order", "overview", "paper", "performance", "problem",
    "process", "question", "research", "result", "review", "set", "state", "step", "strategy",
    "study", "survey", "system", "task", "technique", "test", "time", "tool", "type",
    "understanding", "user", "way", "work", "workshop", "year",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_what_stands_before_them() {
        use Gap::{Break, Hyphen, Space};
        let found: Vec<(&str, Gap, bool)> =
            words("We use BERT-based models; (Naïve) tests. In COVID‑19")
                .map(|word| (word.surface, word.gap, word.opens))
                .collect();
        assert_eq!(
            found,
            [
                ("We", Break, true),
                ("use", Space, false),
                ("BERT", Space, false),
                ("based", Hyphen, false),
                ("models", Space, false),
                ("Naïve", Break, true),
                ("tests", Break, false),
                ("In", Break, true),
                ("COVID", Space, false),
                ("19", Hyphen, false),
            ]
        );
    }

    #[test]
    fn words_are_counted_in_one_form() {
        assert_eq!(form("Languages"), "language");
        assert_eq!(form("BERT"), "bert");
        assert_eq!(form("Étude"), "étude");
        assert!(["the", "19", "x", "using"].iter().all(|word| role(word) == Role::Joint));
        assert_eq!(["question", "bert"].map(role), [Role::Common, Role::Telling]);
        assert!(PLAIN.is_sorted() && COMMON.is_sorted());
    }
}
