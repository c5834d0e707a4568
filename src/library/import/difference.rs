//! What differs between a file as stored and the file as it is now, and which work an entry
//! describes.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::parse::Parsed;
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::paper::{Identity, PaperId, fold};
use crate::library::store::StoreError;
use crate::library::store::writer::{KnownPaper, StoredEntry, Writer};

/// One step from the stored file to the current one. `position` indexes the parsed entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change<'a> {
    /// The entry is as it was, but may stand elsewhere.
    Keep { old: &'a StoredEntry, position: usize },
    /// The entry differs.
    Replace { old: &'a StoredEntry, position: usize },
    /// The entry is new.
    Add { position: usize },
    /// The entry is gone.
    Remove { old: &'a StoredEntry },
}

/// Pairs stored entries with parsed ones: first those alike to the letter, then those of the same
/// identity (a renamed key), of the same title (a DOI was added, too), of the same key (a corrected
/// title). Removals come first, the
/// rest in file order.
pub(super) fn changes<'a>(stored: &'a [StoredEntry], parsed: &[Parsed]) -> Vec<Change<'a>> {
    let mut pairs: Vec<Option<usize>> = vec![None; parsed.len()];
    let mut free: Vec<bool> = vec![true; stored.len()];
    let mut pair = Pairing { stored, parsed, pairs: &mut pairs, free: &mut free };
    pair.by(|old| old.hash, |new| new.hash);
    pair.by(|old| old.identity.clone(), |new| new.identity.as_str().to_owned());
    pair.by(|old| fold(&old.title), |new| fold(&new.title));
    pair.by(|old| old.key.clone(), |new| new.key.clone());
    let removed =
        (0..stored.len()).filter(|&old| free[old]).map(|old| Change::Remove { old: &stored[old] });
    let kept = pairs.iter().enumerate().map(|(position, pair)| match *pair {
        None => Change::Add { position },
        Some(old) if stored[old].hash == parsed[position].hash => {
            Change::Keep { old: &stored[old], position }
        }
        Some(old) => Change::Replace { old: &stored[old], position },
    });
    removed.chain(kept).collect()
}

/// Entries being paired.
struct Pairing<'a, 'b> {
    stored: &'a [StoredEntry],
    parsed: &'a [Parsed],
    /// For each parsed entry the stored one that it was.
    pairs: &'b mut [Option<usize>],
    /// Stored entries without a partner.
    free: &'b mut [bool],
}

impl Pairing<'_, '_> {
    /// Pairs what is still unpaired on both sides and has the same feature, in file order.
    fn by<K: Eq + Hash>(
        &mut self,
        of_old: impl Fn(&StoredEntry) -> K,
        of_new: impl Fn(&Parsed) -> K,
    ) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for (index, old) in self.stored.iter().enumerate().rev().filter(|(i, _)| self.free[*i]) {
            waiting.entry(of_old(old)).or_default().push(index);
        }
        if waiting.is_empty() {
            return;
        }
        for (pair, new) in self.pairs.iter_mut().zip(self.parsed) {
            if pair.is_none()
                && let Some(index) = waiting.get_mut(&of_new(new)).and_then(Vec::pop)
            {
                *pair = Some(index);
                self.free[index] = false;
            }
        }
    }
}

/// The works of the library while a file is being imported.
pub(super) struct Works {
    known: HashMap<String, KnownPaper>,
}

impl Works {
    pub(super) fn new(known: HashMap<String, KnownPaper>) -> Self {
        Self { known }
    }

    /// Repeats what was said of an unchanged entry whose identifier belongs to another work.
    pub(super) fn keep(&self, new: &Parsed, old: &StoredEntry, diagnostics: &mut Vec<Diagnostic>) {
        if old.identity != new.identity.as_str()
            && let Some(known) = self.known.get(new.identity.as_str())
        {
            diagnostics.push(kept_apart(new, &known.title));
        }
    }

    /// The work that an entry describes: a known one, else the one that the entry described before
    /// (it only gained or changed an identifier), else a new one.
    pub(super) fn resolve(
        &mut self,
        writer: &Writer<'_>,
        new: &Parsed,
        old: Option<&StoredEntry>,
        now: i64,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<PaperId, StoreError> {
        let mut identity = new.identity.clone();
        if let Some(known) = self.known.get_mut(identity.as_str()) {
            let revised = old.is_some_and(|old| old.paper == known.id && known.entries <= 1);
            if revised || !is_other_work(&known.title, &new.title) {
                known.entries += u32::from(old.is_none_or(|old| old.paper != known.id));
                if known.title.is_empty() || revised {
                    known.title.clone_from(&new.title);
                }
                return Ok(known.id);
            }
            diagnostics.push(kept_apart(new, &known.title));
            identity = Identity::new(None, None, &new.title, new.year, &new.key);
            if let Some(known) = self.known.get_mut(identity.as_str()) {
                known.entries += 1;
                return Ok(known.id);
            }
        }
        let title = new.title.clone();
        if let Some(old) = old
            && !is_other_work(&old.title, &new.title)
            && self.known.get(&old.identity).is_some_and(|k| k.entries <= 1)
            && let Some(known) = self.known.remove(&old.identity)
        {
            let id = known.id;
            writer.set_identity(id, &identity)?;
            self.known.insert(identity.as_str().to_owned(), KnownPaper { title, ..known });
            return Ok(id);
        }
        let id = writer.insert_paper(&identity, now)?;
        self.known.insert(identity.as_str().to_owned(), KnownPaper { id, title, entries: 1 });
        Ok(id)
    }
}

/// A DOI copied to the wrong entry, or that of a whole volume.
fn kept_apart(new: &Parsed, other_title: &str) -> Diagnostic {
    let identifier = if new.doi.is_some() { "DOI" } else { "arXiv id" };
    Diagnostic {
        line: new.line,
        column: 1,
        severity: Severity::Warning,
        key: Some(new.key.clone()),
        message: format!(
            "same {identifier} as “{other_title}” but another title: kept as a paper of its own"
        ),
    }
}

/// Do two titles clearly belong to different works? Less than a third of their words in common;
/// a title that is part of the other (a missing subtitle) is the same work.
fn is_other_work(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    if a.is_empty() || b.is_empty() || a.contains(&b) || b.contains(&a) {
        return false;
    }
    let words = |title: &str| -> HashSet<String> { title.split(' ').map(str::to_owned).collect() };
    let (a, b) = (words(&a), words(&b));
    let shared = a.intersection(&b).count();
    3 * shared < a.union(&b).count()
}

#[cfg(test)]
mod tests {
    use super::is_other_work;

    #[test]
    fn titles_of_one_work_may_differ_a_little() {
        assert!(!is_other_work("The Leiden algorithm", "The Leiden Algorithm: A Study"));
        assert!(!is_other_work("", "Anything"));
        assert!(!is_other_work("Deep learning of words", "Deep Learning for Words"));
        assert!(is_other_work("Deep residual learning", "Attention is all you need"));
    }
}
