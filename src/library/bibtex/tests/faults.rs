//! One character lost anywhere in a file costs at most the entry in which it stood.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::scan;
use crate::library::{latex, names};

/// Entries in the file.
const ENTRIES: usize = 100;

/// Characters deleted, one at a time.
const TRIALS: usize = 1_000;

/// A small generator of pseudo-random numbers (Knuth's MMIX constants), so that every run is the
/// same.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

const WORDS: &[&str] = &[
    "neural",
    "parsing",
    "of",
    "sequences",
    "with",
    "graph",
    "models",
    "for",
    "low-resource",
    "languages",
    "a",
    "survey",
    "and",
    "deep",
    "retrieval",
    "transfer",
    "networks",
    "the",
    "in",
    "on",
    "evaluation",
    "data",
    "theory",
];

const MARKED: &[&str] = &[
    "{RNA}",
    "{B}ayesian",
    "{\\'E}tude",
    "{LSTM}s",
    "$k$-means",
    "$x_{i}$",
    "50\\%",
    "{\\textquoteright}s",
    "caf\\'{e}",
    "{\\textit{E. coli}}",
    "{BERT}",
    "{E}nglish",
    "{fMRI}",
    "{\\v{S}}koda",
    "{GPU}",
    "{A}rabic",
];

const PEOPLE: &[&str] = &[
    "Devlin, Jacob",
    "Chang, Ming-Wei",
    "Erd{\\H{o}}s, Paul",
    "van der Berg, Anna",
    "Garc{\\'\\i}a, Mar{\\'i}a",
    "Knuth, Donald E.",
    "{\\L}ukasiewicz, Jan",
    "Smith, Jr., John",
    "Ada Lovelace",
    "{OpenAI Team}",
    "M{\\\"u}ller, Hans",
    "Curie, Marie",
    "Noether, Emmy",
];

fn text(random: &mut Random, words: usize) -> String {
    let mut text = String::new();
    for n in 0..words {
        let words = if random.below(3) == 0 { MARKED } else { WORDS };
        let word = words[random.below(words.len())];
        let comma = if n > 0 && random.below(12) == 0 { "," } else { "" };
        let gap = if n == 0 { "" } else { " " };
        let _ = write!(text, "{comma}{gap}{word}");
    }
    text
}

fn people(random: &mut Random, and: &str) -> String {
    let count = 1 + random.below(4);
    let people: Vec<_> = (0..count).map(|_| PEOPLE[random.below(PEOPLE.len())]).collect();
    people.join(and)
}

/// A file as the exporters of the ACL Anthology, Mendeley, Google Scholar, DBLP, Zotero and JabRef
/// write them, in turn.
fn library() -> String {
    let mut random = Random(7);
    let mut file = String::from(
        "% Encoding: UTF-8\n\n@string{acl = \"Association for Computational Linguistics\"}\n@string{jml = {Journal of Machine Learning}}\n\n",
    );
    for n in 0..ENTRIES {
        let r = &mut random;
        let year = 1990 + r.below(35);
        let (title, pages) = (text(r, 7), format!("{}--{}", n + 1, n + 9));
        let entry = match n % 6 {
            0 => format!(
                "@inproceedings{{acl-{n}-{year},\n    title = \"{title}\",\n    author = \"{}\",\n    editor = \"{}\",\n    booktitle = \"{}\",\n    month = jun,\n    year = \"{year}\",\n    address = \"Paris, France\",\n    publisher = acl,\n    url = \"https://example.org/{n}\",\n    pages = \"{pages}\",\n    abstract = \"{}\",\n}}\n",
                people(r, "  and\n      "),
                people(r, " and "),
                text(r, 5),
                text(r, 60),
            ),
            1 => format!(
                "@article{{Mendeley{n}:{year},\n    title = {{{{{title}}}}},\n    year = {{{year}}},\n    journal = {{{}}},\n    author = {{{}}},\n    number = {{{}}},\n    pages = {{{pages}}},\n    doi = {{10.1000/x{n}}},\n    keywords = {{one, two words, three}}\n}}\n\n",
                text(r, 3),
                people(r, " and "),
                r.below(20),
            ),
            2 => format!(
                "@article{{scholar{year}n{n},\n  title={{{title}}},\n  author={{{}}},\n  journal={{{}}},\n  volume={{{}}},\n  pages={{{pages}}},\n  year={{{year}}},\n  publisher={{Elsevier}}\n}}\n",
                people(r, " and "),
                text(r, 4),
                r.below(90),
            ),
            3 => format!(
                "@inproceedings{{DBLP:conf/x/{n},\n  author       = {{{}}},\n  title        = {{{title}}},\n  booktitle    = {{{},\n                  Paris, France, June 1-3, {year}}},\n  pages        = {{{pages}}},\n  year         = {{{year}}},\n  timestamp    = {{Fri, 06 Aug 2021 00:40:57 +0200}},\n  biburl       = {{https://example.org/rec/{n}.bib}}\n}}\n\n",
                people(r, " and\n                  "),
                text(r, 6),
            ),
            4 => format!(
                "@article{{zotero_{n},\n\ttitle = {{{title}}},\n\tvolume = {{{}}},\n\tissn = {{1234-567X}},\n\turl = {{https://example.org/{n}}},\n\tabstract = {{{}\n\n{}}},\n\tjournaltitle = {{{}}},\n\tauthor = {{{}}},\n\tdate = {{{year}-01-02}},\n\tmonth = jan,\n\tyear = {{{year}}},\n\tfile = {{a.pdf:C\\:\\\\x\\\\a.pdf:application/pdf}},\n}}\n\n",
                r.below(90),
                text(r, 40),
                text(r, 30),
                text(r, 3),
                people(r, " and "),
            ),
            _ => format!(
                "@Article{{jabref{n},\n  author    = {{{}}},\n  title     = {{{title}}},\n  journal   = jml,\n  year      = {year},\n  volume    = {},\n  pages     = {{{pages}}},\n  owner     = {{me}},\n  timestamp = {{2016.06.20}},\n}}\n\n",
                people(r, " and "),
                r.below(90),
            ),
        };
        file.push_str(&entry);
    }
    file.push_str("@Comment{jabref-meta: databaseType:bibtex;}\n");
    file
}

/// Type and fields of each entry by its key, as a reader sees them: LaTeX decoded and authors taken
/// apart or, `loosely`, in their order and all without commas.
fn read(file: &str, loosely: bool) -> BTreeMap<String, Vec<(String, String)>> {
    let mut entries = BTreeMap::new();
    for entry in scan(file).entries {
        let mut fields = vec![(String::new(), entry.kind)];
        for field in entry.fields {
            let shown = if loosely {
                latex::to_unicode(&field.value).replace(',', "")
            } else if matches!(&*field.name, "author" | "editor") {
                let names = names::parse(&field.value);
                format!("{names:?}")
            } else {
                latex::to_unicode(&field.value).into_owned()
            };
            fields.push((field.name.into_owned(), shown));
        }
        entries.insert(entry.key, fields);
    }
    entries
}

#[test]
fn a_lost_character_costs_at_most_its_own_entry() {
    let file = library();
    let whole = [read(&file, false), read(&file, true)];
    assert_eq!(whole[0].len(), ENTRIES);
    assert_eq!(scan(&file).diagnostics, []);
    let places: Vec<usize> = file.match_indices(['{', '}', '"', ',']).map(|(at, _)| at).collect();
    let mut random = Random(1);
    let (mut changed, mut silent) = (0, 0);
    for _ in 0..TRIALS {
        let place = places[random.below(places.len())];
        let broken = format!("{}{}", &file[..place], &file[place + 1..]);
        // A comma lost within a text cannot be known; all but the comma must be as it was.
        let ends_line = file[place..].starts_with(",\n");
        let in_text = file[place..].starts_with(',')
            && (!ends_line || file[place + 2..].trim_start().starts_with("Paris"));
        let found = read(&broken, in_text);
        let whole = &whole[usize::from(in_text)];
        let differing = whole.iter().filter(|(key, fields)| found.get(*key) != Some(fields));
        let count = differing.clone().count();
        assert!(count <= 1, "{count} entries changed by a deletion at {place}");
        changed += count;
        if count > 0 && scan(&broken).diagnostics.is_empty() {
            silent += 1;
        }
    }
    eprintln!("{TRIALS} trials: {changed} entries changed, {silent} of them without a diagnostic");
    assert!(changed * 10 <= TRIALS, "{changed} entries changed in {TRIALS} trials");
    assert!(silent * 100 <= TRIALS, "{silent} changes in {TRIALS} trials had no diagnostic");
}
