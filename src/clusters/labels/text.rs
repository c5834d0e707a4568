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

/// The form under which a word is counted: lower case, singular. `None` for words that are none: numbers
/// and single letters stand only within a phrase.
pub(super) fn form(surface: &str) -> Cow<'_, str> {
    if surface.chars().all(char::is_lowercase) {
        return singular(surface);
    }
    let lower = surface.to_lowercase();
    Cow::Owned(singular(&lower).into_owned())
}

/// Can a phrase begin and end with this word, in the form in which it is counted?
pub(super) fn is_telling(form: &str) -> bool {
    form.chars().nth(1).is_some()
        && !form.chars().all(|c| c.is_ascii_digit())
        && !is_stop_word(form)
        && !PAPER_WORDS.contains(&form)
}

/// Words of papers on any subject; sorted.
#[rustfmt::skip]
const PAPER_WORDS: &[&str] = &[
    "able", "achieve", "address", "addition", "aim", "allow", "analysi", "analysis", "analyze",
    "annotate", "apply", "approach", "article", "available", "base", "based", "become", "best",
    "better", "case", "challenge", "challenging", "common", "compare", "compared", "concept",
    "conduct", "consider", "contain", "contribution", "current", "dataset", "data", "demonstrate",
    "describe", "describing", "develop", "developed", "development", "different", "difficult",
    "discuss", "effect", "effective", "empirical", "evaluate", "evaluating", "evaluation",
    "evidence", "examine", "example", "existing", "experiment", "experimental", "explore",
    "exploring", "finding", "find", "first", "focus", "framework", "general", "give", "given",
    "goal", "good", "high", "however", "identify", "identifying", "impact", "important",
    "improve", "improved", "improvement", "improving", "include", "including", "increase",
    "introduce", "introducing", "introduction", "investigate", "investigating", "issue", "known",
    "large", "lead", "level", "like", "limited", "low", "main", "make", "making", "measure",
    "method", "methodology", "model", "multiple", "need", "new", "novel", "number", "obtain",
    "one", "order", "outperform", "overview", "paper", "perform", "performance", "possible",
    "potential", "present", "previous", "problem", "process", "propose", "proposed", "provide",
    "publicly", "question", "recent", "recently", "related", "release", "report", "require",
    "research", "result", "second", "several", "shared", "show", "significant", "significantly",
    "similar", "small", "specific", "state", "step", "strategy", "studied", "study", "studying",
    "suggest", "system", "task", "technique", "test", "three", "time", "towards", "two", "type",
    "understand", "understanding", "use", "used", "useful", "user", "using", "various", "way",
    "well", "work", "workshop", "years",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_what_stands_before_them() {
        let found: Vec<(&str, Gap, bool)> =
            words("We use BERT-based models; (Naïve) tests. In COVID‑19")
                .map(|word| (word.surface, word.gap, word.opens))
                .collect();
        use Gap::{Break, Hyphen, Space};
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
        assert!(is_telling("bert") && !is_telling("the") && !is_telling("19") && !is_telling("x"));
        assert!(PAPER_WORDS.is_sorted() && !is_telling("paper"));
    }
}
