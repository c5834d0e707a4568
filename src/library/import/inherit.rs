//! `crossref` and `xdata`: fields that an entry takes from another one of the same file.

use std::collections::HashMap;

use crate::library::bibtex::{Entry, Field};
use crate::library::diagnostic::{Diagnostic, Severity};

/// Never inherited: they say who the parent is, not what the child shares with it.
const OWN: &[&str] = &[
    "crossref",
    "xdata",
    "xref",
    "ids",
    "key",
    "label",
    "sortkey",
    "abstract",
    "doi",
    "eprint",
    "url",
    "file",
    "note",
    "annote",
    "annotation",
    "keywords",
    "pages",
    "author",
    "related",
];

/// Names of one and the same field: who has one of them needs none of the others.
const ALIKE: &[&[&str]] =
    &[&["date", "year", "issued"], &["journal", "journaltitle"], &["school", "institution"]];

/// Adds to each entry the fields that it lacks and its `crossref` or `xdata` parents have,
/// following chains. A parent's title becomes the child's book title (biblatex manual, appendix
/// B). Missing parents and cycles are reported. Returns how many fields each entry has of its own;
/// they come first.
pub(super) fn resolve(entries: &mut [Entry], diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let own = entries.iter().map(|entry| entry.fields.len()).collect();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        by_key.entry(entry.key.to_lowercase()).or_insert(index);
    }
    let parents: Vec<Vec<(usize, bool)>> =
        entries.iter().map(|entry| parents_of(entry, &by_key, diagnostics)).collect();
    // Ancestors before descendants: each entry is completed once, however long the chains are.
    let order = depth_first(&parents, entries, diagnostics);
    for child in order {
        for &(parent, data_only) in &parents[child] {
            let inherited: Vec<Field> = entries[parent]
                .fields
                .iter()
                .filter_map(|field| inherit(field, data_only))
                .filter(|field| !has(&entries[child], &field.name))
                .collect();
            entries[child].fields.extend(inherited);
        }
    }
    own
}

/// Does an entry have this field, under any of its names?
fn has(entry: &Entry, name: &str) -> bool {
    match ALIKE.iter().find(|names| names.contains(&name)) {
        Some(names) => names.iter().any(|name| entry.get(name).is_some()),
        None => entry.get(name).is_some(),
    }
}

fn inherit(field: &Field, data_only: bool) -> Option<Field> {
    let mut field = field.clone();
    if data_only {
        // An @xdata container exists to be copied whole.
        return (field.name != "xdata" && field.name != "crossref").then_some(field);
    }
    if OWN.contains(&field.name.as_str()) {
        return None;
    }
    if field.name == "title" || field.name == "subtitle" {
        field.name.insert_str(0, "book");
    }
    Some(field)
}

/// Indices of the parents that an entry names, with whether each is an `xdata` container.
fn parents_of(
    entry: &Entry,
    by_key: &HashMap<String, usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, bool)> {
    let mut parents = Vec::new();
    for field in entry.fields.iter().filter(|f| f.name == "crossref" || f.name == "xdata") {
        for key in field.value.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            match by_key.get(&key.to_lowercase()) {
                Some(&parent) => parents.push((parent, field.name == "xdata")),
                None => diagnostics.push(Diagnostic {
                    line: field.line,
                    column: field.column,
                    severity: Severity::Warning,
                    key: Some(entry.key.clone()),
                    message: format!("{} = {key}: no such entry in this file", field.name),
                }),
            }
        }
    }
    parents
}

/// Entries that have parents, every parent before its children; edges that close a cycle are
/// reported and, since the parent is then not complete, give only what it has itself.
fn depth_first(
    parents: &[Vec<(usize, bool)>],
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
                        State::Open => diagnostics.push(Diagnostic {
                            line: entries[entry].line,
                            column: entries[entry].column,
                            severity: Severity::Warning,
                            key: Some(entries[entry].key.clone()),
                            message: format!(
                                "crossref cycle through {}: not followed further",
                                entries[parent].key
                            ),
                        }),
                    }
                }
            }
        }
    }
    order
}
