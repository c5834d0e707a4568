use std::fmt::Write;

use super::*;
use crate::library::bibtex::scan;
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
fn nobody_inherits_from_itself() {
    let text = "@article{a, title={A}, crossref={b}}
        @article{b, title={B}, year=2001, crossref={a}}
        @article{s, title={Self}, crossref={s}}
        @article{c, title={C}, crossref={s}}";
    let Contents { papers, diagnostics, .. } = parse(text.as_bytes());
    let found: Vec<_> = papers.iter().map(|p| (p.venue.as_str(), p.year())).collect();
    assert_eq!(found, [("B", Some(2001)), ("", Some(2001)), ("", None), ("Self", None)]);
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
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
    assert_eq!(found, [(2, "ids = p: that is a key of the entry in line 3, and stays that one's")]);
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
