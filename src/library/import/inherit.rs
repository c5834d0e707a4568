//! `crossref` and `xdata`: fields that an entry takes from another one of the same file.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::library::bibtex::{Entry, Field};
use crate::library::diagnostic::{Diagnostic, Severity, shown};

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

/// How much entries may take from each other in all, as a multiple of what they have themselves and
/// beyond that, in bytes: a thousand children of one long parent are longer than the file. Far more
/// than any library needs.
const GROWTH: usize = 8;
const SLACK: usize = 1 << 20;

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
    let size = |field: &Field| field.name.len() + field.value.len() + size_of::<Field>();
    let total: usize = entries.iter().flat_map(|entry| &entry.fields).map(size).sum();
    let mut budget = GROWTH * total + SLACK;
    for child in order {
        let mut names: HashSet<Cow<'_, str>> =
            entries[child].fields.iter().map(|field| field.name.clone()).collect();
        for &(parent, data_only) in &parents[child] {
            let mut inherited = Vec::new();
            for field in &entries[parent].fields {
                let name = name_for_child(&field.name, data_only).filter(|n| !has(&names, n));
                // Looking at a field costs, too.
                let cost = 1 + name.as_ref().map_or(0, |_| size(field));
                if cost > budget {
                    diagnostics.push(too_much(&entries[child]));
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
            "crossref and xdata are not followed further from here on: what entries take from others would make the file more than {GROWTH} times as long"
        ),
    }
}

/// Is this field there, under any of its names?
fn has(names: &HashSet<Cow<'_, str>>, name: &str) -> bool {
    match ALIKE.iter().find(|alike| alike.contains(&name)) {
        Some(alike) => alike.iter().any(|&name| names.contains(name)),
        None => names.contains(name),
    }
}

/// Under which name a child takes over a field of its parent, if it does.
fn name_for_child<'t>(name: &Cow<'t, str>, data_only: bool) -> Option<Cow<'t, str>> {
    if data_only {
        // An @xdata container exists to be copied whole.
        return (name != "xdata" && name != "crossref").then(|| name.clone());
    }
    match &**name {
        own if OWN.contains(&own) => None,
        "title" => Some(Cow::Borrowed("booktitle")),
        "subtitle" => Some(Cow::Borrowed("booksubtitle")),
        _ => Some(name.clone()),
    }
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
                                shown(&entries[parent].key)
                            ),
                        }),
                    }
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::library::bibtex::scan;

    fn size(entries: &[Entry]) -> usize {
        entries.iter().flat_map(|e| &e.fields).map(|f| f.name.len() + f.value.len()).sum()
    }

    #[test]
    fn children_and_chains_cannot_make_more_of_a_file_than_it_is() {
        let mut star = format!("@proceedings{{p, title = {{{}}}}}\n", "x ".repeat(20_000));
        let mut chain = String::from("@xdata{k0, f0 = {x}}\n");
        for n in 1..5_000 {
            let _ = writeln!(star, "@misc{{k{n}, crossref = {{p}}}}");
            let _ = writeln!(chain, "@xdata{{k{n}, f{n} = {{x}}, xdata = {{k{}}}}}", n - 1);
        }
        for text in [star, chain] {
            let mut entries = scan(&text).entries;
            let before = size(&entries);
            let mut diagnostics = Vec::new();
            resolve(&mut entries, &mut diagnostics);
            assert!(size(&entries) > 2 * before, "nothing was inherited");
            assert!(size(&entries) < 40 * text.len() + SLACK, "{}", size(&entries));
            assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
            assert!(diagnostics[0].message.contains("not followed further"));
        }
    }

    #[test]
    fn missing_parents_of_a_field_are_told_together() {
        let mut entries = scan("@misc{a, t={x}, xdata={b,c,a,d}, crossref={e}}").entries;
        let mut diagnostics = Vec::new();
        resolve(&mut entries, &mut diagnostics);
        let told: Vec<_> = diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "xdata = b: no such entry in this file (nor 2 others that are named there)",
                "crossref = e: no such entry in this file",
                "crossref cycle through a: not followed further",
            ]
        );
    }
}
