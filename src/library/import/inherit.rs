//! `crossref` and `xdata`: fields that an entry takes from another one of the same file, by the
//! rules of biblatex (its manual, appendix B).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::library::bibtex::{Entry, Field};
use crate::library::diagnostic::{Diagnostic, Severity, shown};
use crate::library::extras;

/// Never inherited: they say who the parent is, not what the child shares with it.
const OWN: &[&str] = &[
    "crossref",
    "xdata",
    "xref",
    "ids",
    "key",
    "label",
    "sortkey",
    "presort",
    "execute",
    "options",
    "entryset",
    "entrysubtype",
    "related",
    "relatedtype",
    "relatedstring",
    "relatedoptions",
    "shorthand",
    "shorthandintro",
    "shorttitle",
    "sorttitle",
    "indextitle",
    "indexsorttitle",
    "abstract",
    "doi",
    "eprint",
    "url",
    "pages",
];

/// Names of one and the same field: who has one of them needs none of the others.
const ALIKE: &[&[&str]] = &[
    &["date", "year", "issued"],
    &["journal", "journaltitle"],
    &["school", "institution"],
    &["address", "location"],
];

/// Entry types that are a part of a book, and share its authors where they name none.
const PART_OF_BOOK: &[&str] = &["inbook", "bookinbook", "suppbook"];

/// How much entries may take from each other in all, as a multiple of what they have themselves and
/// beyond that, in bytes: a thousand children of one long parent are longer than the file. Far more
/// than any library needs.
const GROWTH: usize = 8;
const SLACK: usize = 1 << 20;

/// Adds to each entry the fields that it lacks and its `crossref` or `xdata` parents have,
/// following chains. A parent is found by its key or by one of its `ids`. A parent's title becomes
/// the child's book, journal or main title. Missing parents and cycles are reported. Returns how
/// many fields each entry has of its own; they come first.
pub(super) fn resolve(entries: &mut [Entry], diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let own = entries.iter().map(|entry| entry.fields.len()).collect();
    let by_key = by_key(entries, diagnostics);
    let mut parents: Vec<Vec<(usize, bool)>> =
        entries.iter().map(|entry| parents_of(entry, &by_key, diagnostics)).collect();
    // Ancestors before descendants: each entry is completed once, however long the chains are.
    let order = depth_first(&mut parents, entries, diagnostics);
    let size = |field: &Field| field.name.len() + field.value.len() + size_of::<Field>();
    let total: usize = entries.iter().flat_map(|entry| &entry.fields).map(size).sum();
    let mut budget = GROWTH * total + SLACK;
    for child in order {
        let mut names: HashSet<Cow<'_, str>> =
            entries[child].fields.iter().map(|field| field.name.clone()).collect();
        for &(parent, data_only) in &parents[child] {
            let (parent, of) = (&entries[parent], &entries[child]);
            // Titles behind the others: a book title that the parent gives as such comes first.
            let titles_last = [false, true].into_iter().flat_map(|titles| {
                parent.fields.iter().filter(move |field| is_title(&field.name) == titles)
            });
            let mut inherited = Vec::new();
            for field in titles_last {
                let name = if data_only {
                    // An @xdata container exists to be copied whole.
                    Some(field.name.clone()).filter(|name| name != "xdata" && name != "crossref")
                } else {
                    name_for_child(&field.name, &parent.kind, &of.kind)
                };
                let name = name.filter(|name| !has(&names, name));
                // Looking at a field costs, too.
                let cost = 1 + name.as_ref().map_or(0, |_| size(field));
                if cost > budget {
                    diagnostics.push(too_much(of));
                    return own;
                }
                budget -= cost;
                if let Some(name) = name {
                    names.insert(name.clone());
                    inherited.push(Field { name, ..field.clone() });
                }
            }
            entries[child].fields.extend(inherited);
        }
    }
    own
}

fn too_much(entry: &Entry) -> Diagnostic {
    Diagnostic {
        line: entry.line,
        column: entry.column,
        severity: Severity::Warning,
        key: Some(entry.key.clone()),
        message: format!(
            "crossref and xdata are not followed further from here on: what entries take from \
             others would make the file more than {GROWTH} times as long"
        ),
    }
}

/// The further cite keys of an entry.
pub(super) fn aliases<'e>(entry: &'e Entry<'_>) -> impl Iterator<Item = &'e str> {
    let keys = entry.get("ids").unwrap_or_default().split(',').map(str::trim);
    keys.filter(|key| !key.is_empty() && *key != entry.key)
}

/// The entries by their keys in lower case, then by their further ones.
fn by_key(entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> HashMap<String, usize> {
    let mut by_key: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        by_key.entry(entry.key.to_lowercase()).or_insert(index);
    }
    for (index, entry) in entries.iter().enumerate() {
        for alias in aliases(entry) {
            let holder = *by_key.entry(alias.to_lowercase()).or_insert(index);
            if holder != index {
                diagnostics.push(Diagnostic {
                    line: entry.line,
                    column: entry.column,
                    severity: Severity::Warning,
                    key: Some(entry.key.clone()),
                    message: format!(
                        "ids = {}: that is a key of the entry in line {}, and stays that one's",
                        shown(alias),
                        entries[holder].line
                    ),
                });
            }
        }
    }
    by_key
}

/// Is this field there, under any of its names?
fn has(names: &HashSet<Cow<'_, str>>, name: &str) -> bool {
    match ALIKE.iter().find(|alike| alike.contains(&name)) {
        Some(alike) => alike.iter().any(|&name| names.contains(name)),
        None => names.contains(name),
    }
}

fn is_title(name: &str) -> bool {
    matches!(name, "title" | "subtitle" | "titleaddon")
}

/// Under which name a child takes over a field of its parent, if it does.
fn name_for_child<'t>(name: &Cow<'t, str>, parent: &str, child: &str) -> Option<Cow<'t, str>> {
    if is_title(name) {
        let prefix = match parent {
            "periodical" => "journal",
            kind if kind.starts_with("mv") => "main",
            _ => "book",
        };
        return Some(Cow::Owned(format!("{prefix}{name}")));
    }
    let authors = PART_OF_BOOK.contains(&child) && matches!(parent, "book" | "mvbook");
    let own = (name == "author" && !authors) || OWN.contains(&&**name) || extras::is_personal(name);
    (!own).then(|| name.clone())
}

/// Indices of the parents that an entry names, each once, with whether it is an `xdata` container.
fn parents_of(
    entry: &Entry,
    by_key: &HashMap<String, usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, bool)> {
    let mut parents = Vec::new();
    let mut seen = HashSet::new();
    for field in entry.fields.iter().filter(|f| f.name == "crossref" || f.name == "xdata") {
        let keys = field.value.split(',').map(str::trim).filter(|key| !key.is_empty());
        let (mut missing, mut others) = (None, 0);
        for key in keys {
            match by_key.get(&key.to_lowercase()) {
                Some(&parent) if seen.insert(parent) => {
                    parents.push((parent, field.name == "xdata"));
                }
                Some(_) => {}
                None if missing.is_none() => missing = Some(key),
                None => others += 1,
            }
        }
        if let Some(key) = missing {
            let others = match others {
                0 => String::new(),
                n => format!(" (nor {n} others that are named there)"),
            };
            diagnostics.push(Diagnostic {
                line: field.line,
                column: field.column,
                severity: Severity::Warning,
                key: Some(entry.key.clone()),
                message: format!(
                    "{} = {}: no such entry in this file{others}",
                    field.name,
                    shown(key)
                ),
            });
        }
    }
    parents
}

/// Entries that have parents, every parent before its children. Edges that close a cycle are
/// reported and dropped: by them an entry would be its own ancestor, and its title its own venue.
fn depth_first(
    parents: &mut [Vec<(usize, bool)>],
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; parents.len()];
    let mut order = Vec::new();
    let mut closing = Vec::new();
    for root in (0..parents.len()).filter(|&i| !parents[i].is_empty()) {
        // (entry, next parent to look at): a stack of our own, since chains may be long.
        let mut stack = vec![(root, 0)];
        while let Some((entry, next)) = stack.pop() {
            if state[entry] == State::Done {
                continue;
            }
            state[entry] = State::Open;
            match parents[entry].get(next) {
                None => {
                    state[entry] = State::Done;
                    order.push(entry);
                }
                Some(&(parent, _)) => {
                    stack.push((entry, next + 1));
                    match state[parent] {
                        State::New => stack.push((parent, 0)),
                        State::Done => {}
                        State::Open => {
                            closing.push((entry, parent));
                            diagnostics.push(Diagnostic {
                                line: entries[entry].line,
                                column: entries[entry].column,
                                severity: Severity::Warning,
                                key: Some(entries[entry].key.clone()),
                                message: format!(
                                    "crossref cycle through {}: not followed further",
                                    shown(&entries[parent].key)
                                ),
                            });
                        }
                    }
                }
            }
        }
    }
    for (entry, parent) in closing {
        parents[entry].retain(|&(other, _)| other != parent);
    }
    order
}

#[cfg(test)]
mod tests;
