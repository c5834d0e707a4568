//! What differs between a file as stored and the file as it is now.

use std::collections::HashMap;
use std::hash::Hash;

use super::parse::Parsed;
use super::sameness::differ;
use crate::library::paper::{is_specific, title_key};
use crate::library::store::writer::StoredEntry;

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
/// key and title, of the same DOI or arXiv id (a renamed key), of the same title (an identifier was
/// added, too), of the same key (a corrected title). Empty features pair nothing, and a title
/// nothing whose identifiers differ or which is too common to tell by itself. Removals come first,
/// the rest in file order.
pub(super) fn changes<'a>(stored: &'a [StoredEntry], parsed: &[Parsed]) -> Vec<Change<'a>> {
    let mut pairs: Vec<Option<usize>> = vec![None; parsed.len()];
    let mut free: Vec<bool> = vec![true; stored.len()];
    let mut pair = Pairing { stored, parsed, pairs: &mut pairs, free: &mut free };
    let title = |title: &str| Some(title_key(title)).filter(|title| !title.is_empty());
    let any = |_: &StoredEntry, _: &Parsed| true;
    let alike = |old: &StoredEntry, new: &Parsed| !differ(old, new);
    pair.by(any, |old| Some(old.hash), |new| Some(new.hash));
    pair.by(
        any,
        |old| Some((old.key.clone(), title(&old.title)?)),
        |new| Some((new.key.clone(), title(&new.title)?)),
    );
    pair.by(any, |old| old.doi.clone(), |new| new.doi.clone());
    pair.by(alike, |old| old.arxiv.clone(), |new| new.arxiv.clone());
    pair.by(
        alike,
        |old| Some((title(&old.title)?, old.year)),
        |new| Some((title(&new.title)?, new.year())),
    );
    let telling = |text: &str| title(text).filter(|title| is_specific(title));
    pair.by(alike, |old| telling(&old.title), |new| telling(&new.title));
    pair.by(any, |old| Some(old.key.clone()), |new| Some(new.key.clone()));
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
    /// Pairs what is still unpaired on both sides, has the same feature and is not kept from it by
    /// `may`, in file order.
    fn by<K: Eq + Hash>(
        &mut self,
        may: impl Fn(&StoredEntry, &Parsed) -> bool,
        of_old: impl Fn(&StoredEntry) -> Option<K>,
        of_new: impl Fn(&Parsed) -> Option<K>,
    ) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for (index, old) in self.stored.iter().enumerate().rev().filter(|(i, _)| self.free[*i]) {
            if let Some(feature) = of_old(old) {
                waiting.entry(feature).or_default().push(index);
            }
        }
        if waiting.is_empty() {
            return;
        }
        for (pair, new) in self.pairs.iter_mut().zip(self.parsed).filter(|(p, _)| p.is_none()) {
            let Some(candidates) = of_new(new).and_then(|feature| waiting.get_mut(&feature)) else {
                continue;
            };
            if let Some(index) = candidates.pop_if(|index| may(&self.stored[*index], new)) {
                *pair = Some(index);
                self.free[index] = false;
            }
        }
    }
}
