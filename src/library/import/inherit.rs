//! `crossref` and `xdata`: fields that an entry takes from another one of the same file, by the
//! rules of biblatex (its manual, appendix B).

use std::collections::HashMap;

use crate::library::bibtex::{Entry, Field};
use crate::library::diagnostic::{Diagnostic, Severity};
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

/// Adds to each entry the fields that it lacks and its `crossref` or `xdata` parents have,
/// following chains. A parent is found by its key or by one of its `ids`. A parent's title becomes
/// the child's book, journal or main title. Missing parents and cycles are reported. Returns how
/// many fields each entry has of its own; they come first.
pub(super) fn resolve(entries: &mut [Entry], diagnostics: &mut Vec<Diagnostic>) -> Vec<usize> {
    let own = entries.iter().map(|entry| entry.fields.len()).collect();
    let by_key = by_key(entries, diagnostics);
    let parents: Vec<Vec<(usize, bool)>> =
        entries.iter().map(|entry| parents_of(entry, &by_key, diagnostics)).collect();
    // Ancestors before descendants: each entry is completed once, however long the chains are.
    let order = depth_first(&parents, entries, diagnostics);
    for child in order {
        for &(parent, data_only) in &parents[child] {
            let inherited = inherited(&entries[parent], &entries[child], data_only);
            entries[child].fields.extend(inherited);
        }
    }
    own
}

/// The further cite keys of an entry.
pub(super) fn aliases(entry: &Entry) -> impl Iterator<Item = &str> {
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
                        "ids = {alias}: that is a key of the entry in line {}, and stays that one's",
                        entries[holder].line
                    ),
                });
            }
        }
    }
    by_key
}

/// Does an entry have this field, under any of its names?
fn has(entry: &Entry, name: &str) -> bool {
    match ALIKE.iter().find(|names| names.contains(&name)) {
        Some(names) => names.iter().any(|name| entry.get(name).is_some()),
        None => entry.get(name).is_some(),
    }
}

/// What a child takes from a parent, under the names that the fields have there.
fn inherited(parent: &Entry, child: &Entry, data_only: bool) -> Vec<Field> {
    if data_only {
        // An @xdata container exists to be copied whole.
        let fields = parent.fields.iter().filter(|f| f.name != "xdata" && f.name != "crossref");
        return fields.filter(|field| !has(child, &field.name)).cloned().collect();
    }
    let (titles, others): (Vec<&Field>, Vec<&Field>) =
        parent.fields.iter().partition(|f| matches!(&*f.name, "title" | "subtitle" | "titleaddon"));
    let prefix = match parent.kind.as_str() {
        "periodical" => "journal",
        kind if kind.starts_with("mv") => "main",
        _ => "book",
    };
    let authors = PART_OF_BOOK.contains(&child.kind.as_str())
        && matches!(parent.kind.as_str(), "book" | "mvbook");
    let is_own = |name: &str| {
        (name == "author" && !authors) || OWN.contains(&name) || extras::is_personal(name)
    };
    let mut inherited: Vec<Field> =
        others.into_iter().filter(|field| !is_own(&field.name)).cloned().collect();
    // Behind the others: a book title that the parent gives as such comes first.
    inherited.extend(titles.into_iter().map(|field| {
        let name = format!("{prefix}{}", field.name);
        Field { name, ..field.clone() }
    }));
    inherited.retain(|field| !has(child, &field.name));
    inherited
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

#[cfg(test)]
mod tests {
    use crate::library::import::parse::{Contents, parse};

    /// Venue, year and first author of the first entry of a text.
    fn first(text: &str) -> (String, Option<i32>, String) {
        let Contents { papers, diagnostics, .. } = parse(text.as_bytes());
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
        let author = papers[0].authors.first().map(|name| name.family.clone());
        (papers[0].venue.clone(), papers[0].year(), author.unwrap_or_default())
    }

    #[test]
    fn a_title_becomes_that_of_the_whole() {
        // (child, parent, venue, year, author)
        let cases = [
            ("inproceedings", "proceedings{p, title={P}, eventdate={2001-07}", "P", Some(2001), ""),
            (
                "incollection",
                "collection{p, title={P}, subtitle={Q}, editor={Ed, E.}",
                "P: Q",
                None,
                "Ed",
            ),
            ("incollection", "book{p, title={P}, author={Au, A.}, year=2001", "P", Some(2001), ""),
            ("inbook", "book{p, title={P}, author={Au, A.}, date={2001}", "P", Some(2001), "Au"),
            ("inbook", "book{p, booktitle={Given}, title={P}", "Given", None, ""),
            ("inbook", "mvbook{p, title={P}, subtitle={Q}", "P: Q", None, ""),
            ("article", "periodical{p, title={P}, issuetitle={I}, year=2001", "P", Some(2001), ""),
            ("article", "misc{p, journal={J}, title={P}", "J", None, ""),
            ("inproceedings", "proceedings{p, maintitle={M}, shorttitle={S}", "M", None, ""),
        ];
        for (child, parent, venue, year, author) in cases {
            let text = format!("@{child}{{c, title={{C}}, crossref={{p}}}}\n@{parent}}}");
            assert_eq!(first(&text), (venue.to_owned(), year, author.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_chain_hands_on() {
        let text = "@inbook{c, title={C}, crossref={b}}
            @book{b, title={Volume One}, crossref={m}}
            @mvbook{m, title={Works}, date={1999/2004}, publisher={Press}}";
        assert_eq!(first(text), ("Volume One".to_owned(), Some(1999), String::new()));
    }

    #[test]
    fn lists_of_data_are_copied_whole() {
        let text = "@thesis{c, title={C}, xdata={x, y}}
            @xdata{x, school={S}, xdata={z}} @xdata{y, year=2001, school={T}}
            @xdata{z, author={Au, A.}}";
        assert_eq!(first(text), ("S".to_owned(), Some(2001), "Au".to_owned()));
    }

    #[test]
    fn a_parent_is_found_by_its_other_keys() {
        let text = "@inproceedings{c, title={C}, crossref={Old-Name}}
            @proceedings{p, title={P}, ids={oldname, old-name}}";
        assert_eq!(first(text).0, "P");
        let papers = parse(text.as_bytes()).papers;
        assert_eq!(papers[1].aliases, ["oldname", "old-name"]);
        // What another entry is called stays its own.
        let Contents { papers, diagnostics, .. } = parse(
            b"@misc{c, title={C}, crossref={p}}\n@misc{q, title={Q}, ids={p}}\n@misc{p, title={P}}",
        );
        assert_eq!(papers[0].venue, "P");
        let found: Vec<_> = diagnostics.iter().map(|d| (d.line, d.message.as_str())).collect();
        assert_eq!(
            found,
            [(2, "ids = p: that is a key of the entry in line 3, and stays that one's")]
        );
    }

    #[test]
    fn what_is_about_the_parent_stays_there() {
        let text = "@inproceedings{c, title={C}, crossref={p}}
            @proceedings{p, title={P}, doi={10.1/p}, groups={G}, file={p.pdf}, keywords={k},
                abstract={A}, note={N}, ranking={rank5}, comment-ada={mine}, ids={pp}}";
        let Contents { papers, diagnostics, .. } = parse(text.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let child = &papers[0];
        assert_eq!((&child.doi, &child.file, child.abstract_text.as_str()), (&None, &None, ""));
        assert!(child.keywords.is_empty() && child.aliases.is_empty());
        assert_eq!(child.extras, crate::library::extras::Extras::default());
    }
}
