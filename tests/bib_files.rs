//! Real `.bib` files and small ones with one fault each, which lie beside the checkout.

use std::fs;
use std::path::PathBuf;

use specter_tui::library::bibtex::{Entry, Scan, scan, to_text};
use specter_tui::library::diagnostic::Diagnostic;
use specter_tui::library::import::parse::parse;
use specter_tui::library::names::Name;

/// A file with one fault: its name, the entries besides the two good ones as
/// `key: name=value; name=value`, and the line and some words of each diagnostic.
type Case = (&'static str, &'static [&'static str], &'static [(u32, &'static str)]);

const EDGE: &[Case] = &[
    ("at_in_value.bib", &["bad: title=Bad; note=mail me@x.org\n@home {now}; year=2000"], &[]),
    ("bad_date.bib", &["bad: title=A; date=2020-13-45; pages=x--y"], &[]),
    ("bad_tex.bib", &[r"bad: title=A \foo{bar \}; year=2000"], &[(5, "`title` is not closed")]),
    ("comment_bare.bib", &[], &[]),
    ("comment_jabref.bib", &[], &[]),
    ("concat.bib", &["bad: title=Hello World!; month=10~January"], &[]),
    (
        "crossref.bib",
        &["bad: title=Child; crossref=par", "par: title=Parent; booktitle=Parent; year=1999"],
        &[],
    ),
    ("crossref_cycle.bib", &["bad: title=A; crossref=bad2", "bad2: title=B; crossref=bad"], &[]),
    ("crossref_missing.bib", &["bad: title=A; crossref=nowhere"], &[]),
    ("dup_field.bib", &["bad: title=Bad; url=a"], &[(7, "`url` is given twice")]),
    (
        "dup_key.bib",
        &["good1: title=Other work; year=2000"],
        &[(4, "already that of the entry in line 1")],
    ),
    ("empty_key.bib", &["article-line-4: title=Bad; year=2000"], &[(4, "no cite key")]),
    ("enc_bom.bib", &["bad: title=Café Über; year=2000"], &[]),
    ("enc_latin1.bib", &["bad: title=Café Über; year=2000"], &[(5, "read as Windows-1252")]),
    ("enc_utf16.bib", &["bad: title=Café Über; year=2000"], &[]),
    ("eol_cr.bib", &["bad: title=Café Über; year=2000"], &[]),
    ("eol_crlf.bib", &["bad: title=Café Über; year=2000"], &[]),
    (
        "extra_close_brace.bib",
        &["bad: title=Bad; author=X, Y; year=2000"],
        &[(5, "superfluous closing brace")],
    ),
    ("free_text.bib", &[], &[(4, "text between entries")]),
    ("key_space.bib", &["bad key 2000: title=Bad; year=2000"], &[(4, "white space")]),
    ("macro_after_use.bib", &["bad: title=Late Title"], &[]),
    ("missing_comma.bib", &["bad: title=Bad; author=X, Y; year=2000"], &[(5, "comma is missing")]),
    (
        "missing_entry_close.bib",
        &["bad: title=Bad; author=X, Y; year=2000"],
        &[(7, "entry is not closed")],
    ),
    ("missing_value.bib", &["bad: title=Bad; year=2000"], &[(6, "`author` has no value")]),
    ("nested_quotes.bib", &[r#"bad: title=G{\"o}del {\"{u}}ber {{\'E}cole}"#], &[]),
    ("no_key.bib", &["article-line-4: title=Bad; author=X, Y; year=2000"], &[(4, "no cite key")]),
    ("noncommand_backslash.bib", &[r"bad: title=Bad; file=C:\Users\me\a.pdf:PDF; year=2000"], &[]),
    ("parens.bib", &["bad: title=Bad (x); year=2000"], &[]),
    ("percent_comment.bib", &["bad: title=Bad; year=2000"], &[]),
    (
        "quote_in_quote.bib",
        &[r#"bad: title=A "quoted" word; author=X, Y; year=2000"#],
        &[(5, "unbalanced brace or quote")],
    ),
    (
        "trailing_eof.bib",
        &["bad: title=Bad; year=2000"],
        &[(6, "`year` is not closed"), (6, "entry is not closed")],
    ),
    (
        "unclosed_brace_value.bib",
        &["bad: title=Bad {title; author=X, Y; year=2000"],
        &[(5, "`title` is not closed")],
    ),
    ("unescaped_pct_val.bib", &["bad: title=50% of $x_1$ & more"], &[]),
    ("unicode_key.bib", &["Müller_2020+a/b:c: title=Bad; year=2000"], &[]),
    (
        "unknown_macro.bib",
        &["bad: title=Bad; journal=JACM; month=sept; year=2000"],
        &[(6, "no known macro"), (7, "no known macro")],
    ),
    (
        "unterminated_quote.bib",
        &["bad: title=Bad; author=X, Y; year=2000"],
        &[(5, "`title` is not closed")],
    ),
    ("uppercase_fields.bib", &["bad: title=Bad; author=X, Y; year=2000"], &[]),
];

/// The folder of the files, or none and a notice where it is not there.
fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/bib").join(name);
    if !path.is_dir() {
        eprintln!("skipped: there is no folder {}", path.display());
        return None;
    }
    Some(path)
}

/// Calls `check` with what is in a file, the findings about its encoding first.
fn read(path: &PathBuf, check: impl FnOnce(&Scan<'_>)) {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (text, mut diagnostics) = to_text(&bytes);
    let mut found = scan(&text);
    diagnostics.append(&mut found.diagnostics);
    check(&Scan { diagnostics, ..found });
}

fn summary(entry: &Entry<'_>) -> String {
    let fields = entry.fields.iter().map(|f| format!("{}={}", f.name, f.value));
    format!("{}: {}", entry.key, fields.collect::<Vec<_>>().join("; "))
}

#[test]
fn one_fault_costs_nothing_else() {
    let Some(folder) = folder("edge") else { return };
    for (name, others, faults) in EDGE {
        read(&folder.join(name), |found| check_edge(found, name, others, faults));
    }
    let files = fs::read_dir(&folder).expect("the folder is readable").count();
    assert_eq!(files, EDGE.len(), "files in {}", folder.display());
}

fn check_edge(found: &Scan<'_>, name: &str, others: &[&str], faults: &[(u32, &str)]) {
    let entries: Vec<_> = found.entries.iter().map(summary).collect();
    let mut expected = vec!["good1: title=Good One; author=A, B; year=2020"];
    expected.extend_from_slice(others);
    expected.push("good2: title=Good Two; author=C, D; year=2021");
    assert_eq!(entries, expected, "{name}");

    let told =
        |d: &Diagnostic, (line, words): &(u32, &str)| d.line == *line && d.message.contains(words);
    let diagnostics = &found.diagnostics;
    assert_eq!(diagnostics.len(), faults.len(), "{name}: {diagnostics:?}");
    for (diagnostic, fault) in diagnostics.iter().zip(faults) {
        assert!(told(diagnostic, fault), "{name}: {diagnostic:?} for {fault:?}");
    }
}

#[test]
fn every_entry_of_real_files_is_found() {
    let Some(folder) = folder("real") else { return };
    let table = fs::read_to_string(folder.join("../SOURCES.tsv")).expect("the table is readable");
    let mut files = 0;
    for row in table.lines().skip(1) {
        let columns: Vec<_> = row.split('\t').collect();
        let expected: usize = columns[4].parse().expect("a number of entries");
        read(&folder.join(columns[0]), |found| {
            assert_eq!(found.entries.len(), expected, "{}", columns[0]);
            assert!(
                found.entries.iter().all(|e| !e.fields.is_empty()),
                "{}: {:?}",
                columns[0],
                found.diagnostics
            );
        });
        files += 1;
    }
    assert_eq!(files, 21);
}

/// Markup that stays in a title, a name or a venue of the real files, and why.
const LEFT: &[(&str, &str)] = &[
    // The program that exported it wrote the two characters for a line break: no LaTeX command.
    ("cbrueffer+phd_thesis__Mendeley.bib", r"Gordon\nG Simpson"),
];

#[test]
fn no_markup_is_left_in_real_titles_names_and_venues() {
    let Some(folder) = folder("real") else { return };
    let mut left = Vec::new();
    let mut read = 0;
    for file in fs::read_dir(&folder).expect("the folder is readable") {
        let path = file.expect("the folder is readable").path();
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("the file is readable");
        for paper in parse(&bytes).papers {
            let authors = paper.authors.iter().map(Name::display);
            for text in authors.chain([paper.title, paper.venue]) {
                read += 1;
                if text.contains(['\\', '{', '}']) {
                    left.push((name.clone(), text));
                }
            }
        }
    }
    assert!(read > 20_000, "{read} texts");
    let expected: Vec<_> = LEFT.iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect();
    left.sort();
    left.dedup();
    assert_eq!(left, expected);
}
