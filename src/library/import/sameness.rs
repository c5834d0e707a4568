//! Whether two descriptions are of one work.

use std::collections::HashSet;

use super::parse::Parsed;
use crate::library::names::{Name, families};
use crate::library::paper::{fold, is_specific};
use crate::library::store::writer::StoredEntry;

/// Do two titles clearly belong to different works? Less than a third of their words in common. A
/// title that is part of the other (a missing subtitle) is the same work if it says enough: not
/// `Introduction` and `Introduction to Optics`. An empty title tells nothing.
pub(super) fn is_other_work(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    if a.is_empty() || b.is_empty() || a == b {
        return false;
    }
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    if format!(" {long} ").contains(&format!(" {short} ")) {
        return !is_specific(short);
    }
    let words = |title| -> HashSet<&str> { str::split(title, ' ').collect() };
    let (a, b) = (words(&a), words(&b));
    let shared = a.intersection(&b).count();
    3 * shared < a.union(&b).count()
}

/// Do the identifiers of an entry and of what it was say that they are different works? Two DOIs
/// do, or where one is missing two arXiv ids.
pub(super) fn differ(old: &StoredEntry, new: &Parsed) -> bool {
    match (&old.doi, &new.doi) {
        (Some(old), Some(new)) => old != new,
        _ => old.arxiv.is_some() && new.arxiv.is_some() && old.arxiv != new.arxiv,
    }
}

/// Does an entry still describe the work that it described before it was changed? With other
/// identifiers only if key and title stayed: then an identifier was corrected.
pub(super) fn continues(old: &StoredEntry, new: &Parsed) -> bool {
    let titled = !old.title.is_empty() && !new.title.is_empty();
    !is_other_work(&old.title, &new.title) && (!differ(old, new) || (titled && old.key == new.key))
}

/// Has an entry none of the authors of a work's entries? Where either has no authors, nobody knows.
pub(super) fn has_other_authors(known: &[Vec<Name>], new: &Parsed) -> bool {
    let new = families(&new.authors);
    let known: HashSet<String> = known.iter().flat_map(|names| families(names)).collect();
    !new.is_empty() && !known.is_empty() && known.is_disjoint(&new)
}

#[cfg(test)]
mod tests {
    use super::is_other_work;

    #[test]
    fn titles_of_one_work_may_differ_a_little() {
        assert!(!is_other_work("The Leiden algorithm", "The Leiden Algorithm: A Study"));
        assert!(!is_other_work("", "Anything"));
        assert!(!is_other_work("BERT", "{BERT}"));
        assert!(!is_other_work("Deep learning of words", "Deep Learning for Words"));
        assert!(is_other_work("Deep residual learning", "Attention is all you need"));
    }

    #[test]
    fn a_common_word_is_no_title_without_its_subtitle() {
        assert!(is_other_work("Introduction", "Introduction to X"));
        assert!(is_other_work("Preface", "Preface to the second edition"));
        // Part of a word is no word.
        assert!(is_other_work("Art of the state", "Smart of the statement: a new view"));
    }
}
