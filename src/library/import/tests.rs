use super::*;
use crate::library::paper::PaperId;

struct Library {
    folder: tempfile::TempDir,
    store: Store,
}

impl Library {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("library")).unwrap();
        Self { folder, store }
    }

    fn import(&mut self, name: &str, text: &str, now: i64) -> FileReport {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let report = import(&mut self.store, &path, now).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "the .bib is never written");
        report
    }

    /// Removes a file, as moving it away would.
    fn vanish(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// The papers of all files, with the rest of what they say.
    fn snapshot(&self) -> crate::library::paper::Snapshot {
        self.store.snapshot(&[]).unwrap()
    }

    /// (key, id, added) of each paper in order.
    fn papers(&self) -> Vec<(String, PaperId, i64)> {
        let snapshot = self.store.snapshot(&[]).unwrap();
        snapshot.papers().iter().map(|p| (p.key.clone(), p.id, p.added)).collect()
    }
}

fn counts(r: &FileReport) -> [usize; 6] {
    [r.entries, r.added, r.changed, r.unchanged, r.removed, r.duplicates]
}

const A: &str = "@article{a, title={Alpha waves}, year=2001}\n";
const B: &str = "@article{b, title={Beta decay}, year=2002, doi={10.1/b}}\n";
const C: &str = "@article{c, title={Gamma rays}, year=2003}\n";

#[test]
fn only_what_differs_changes() {
    let mut library = Library::new();
    assert_eq!(counts(&library.import("l.bib", &format!("{A}{B}"), 1)), [2, 2, 0, 0, 0, 0]);
    let first = library.papers();
    assert_eq!(counts(&library.import("l.bib", &format!("{A}{B}"), 2)), [2, 0, 0, 2, 0, 0]);
    assert_eq!(library.papers(), first);
    // C in front moves the others; A gone; B changed.
    let changed = B.replace("2002", "2012");
    assert_eq!(counts(&library.import("l.bib", &format!("{C}{changed}"), 3)), [2, 1, 1, 0, 1, 0]);
    let third = library.papers();
    assert_eq!(third[0].0, "c");
    assert_eq!(third[1], first[1]);
    assert_eq!(library.store.snapshot(&[]).unwrap().papers()[1].year(), Some(2012));
    // What comes back is the paper that it was.
    library.import("l.bib", &format!("{A}{B}{C}"), 4);
    assert_eq!(library.papers()[0], first[0]);
    let lines: Vec<u32> =
        (library.store.snapshot(&[]).unwrap().papers().iter()).map(|p| p.source.line).collect();
    assert_eq!(lines, [1, 2, 3]);
}

#[test]
fn a_renamed_key_and_a_gained_doi_keep_the_paper() {
    let mut library = Library::new();
    library.import("l.bib", &format!("{A}{B}"), 1);
    let first = library.papers();
    let report = library.import("l.bib", &format!("{A}{B}").replace("{a,", "{alpha2001,"), 2);
    assert_eq!(counts(&report), [2, 0, 1, 1, 0, 0]);
    let renamed = library.papers();
    assert_eq!(renamed[0], ("alpha2001".into(), first[0].1, first[0].2));
    library.import("l.bib", &A.replace("year=2001", "year=2001, doi={10.1/a}"), 3);
    assert_eq!(library.papers(), [first[0].clone()]);
    // A corrected title under the same DOI is the same paper.
    library.import("l.bib", "@article{a, title={Something else}, doi={10.1/a}}", 4);
    assert_eq!(library.papers(), [first[0].clone()]);
}

#[test]
fn one_work_in_two_files_is_one_paper() {
    let mut library = Library::new();
    library.import("l.bib", &format!("{A}{B}"), 1);
    let report = library.import("m.bib", &B.replace("{b,", "{bee,"), 2);
    assert_eq!(counts(&report), [1, 1, 0, 0, 0, 1]);
    let snapshot = library.store.snapshot(&[]).unwrap();
    assert_eq!(snapshot.len(), 2);
    assert_eq!(snapshot.papers()[1].other_keys, ["bee"]);
    assert_eq!(snapshot.by_key("bee"), Some(1));
    let only = library
        .store
        .snapshot(&[source_path(&library.folder.path().join("m.bib")).unwrap()])
        .unwrap();
    assert_eq!(only.papers()[0].key, "bee");
    // Gone from the first file, it lives on in the second.
    library.import("l.bib", A, 3);
    assert_eq!(library.papers().len(), 2);
}

#[test]
fn a_doi_on_the_wrong_entry_swallows_no_paper() {
    let mut library = Library::new();
    let text = format!("{B}@article{{d, title={{Dark matter halos}}, doi={{10.1/b}}}}");
    let report = library.import("l.bib", &text, 1);
    assert_eq!(library.papers().len(), 2);
    assert!(report.diagnostics.iter().any(|d| d.message.contains("same DOI")));
    // And again the same, when nothing but its place changes.
    let report = library.import("l.bib", &format!("\n{text}"), 2);
    assert_eq!(counts(&report), [2, 0, 0, 2, 0, 0]);
    assert!(report.diagnostics.iter().any(|d| d.message.contains("same DOI")), "{report:?}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut library = Library::new();
    let error = import(&mut library.store, Path::new("/no/such.bib"), 1).unwrap_err();
    assert!(error.to_string().contains("/no/such.bib"), "{error}");
}

/// The findings of a severity.
fn said(report: &FileReport, severity: Severity) -> Vec<(u32, &str)> {
    let findings = report.diagnostics.iter().filter(|d| d.severity == severity);
    findings.map(|d| (d.line, d.message.as_str())).collect()
}

#[test]
fn another_work_in_its_place_takes_over_nothing() {
    // (before, after): nothing but an empty or a common title in common.
    let cases = [
        ("@misc{m1, doi={10.1/m1}, author={One}}", "@misc{m9, doi={10.1/other}, author={Nine}}"),
        ("@misc{m1, author={One}}", "@misc{m9, author={Nine}}"),
        (
            "@article{e1, title={Editorial}, year=2001, doi={10.1/e1}}",
            "@article{e2, title={Editorial}, year=2001, doi={10.1/e2}}",
        ),
        (
            "@article{e1, title={Editorial}, year=2001, author={One}}",
            "@article{e2, title={Editorial}, year=2005, author={Nine}}",
        ),
        (
            "@misc{p1, title={One two three}, year=2001, eprint={1801.00001}}",
            "@misc{p2, title={One two three}, year=2001, eprint={1801.00002}}",
        ),
    ];
    for (before, after) in cases {
        let mut library = Library::new();
        library.import("l.bib", before, 1);
        let first = library.papers();
        let report = library.import("l.bib", after, 2);
        assert_eq!(counts(&report), [1, 1, 0, 0, 1, 0], "{after}");
        let second = library.papers();
        assert_ne!(second[0].1, first[0].1, "{after}");
        assert_eq!(second[0].2, 2, "{after}");
        // What comes back is the paper that it was.
        library.import("l.bib", &format!("{after}{before}"), 3);
        assert_eq!(library.papers()[1], first[0], "{after}");
    }
}

#[test]
fn a_corrected_doi_keeps_the_paper() {
    let mut library = Library::new();
    library.import("l.bib", B, 1);
    let first = library.papers();
    library.import("l.bib", &B.replace("10.1/b", "10.1/correct"), 2);
    assert_eq!(library.papers(), first);
    // Under the same key, but nothing else is the same.
    library.import("l.bib", "@article{b, title={Quarks}, year=2002, doi={10.1/q}}", 3);
    assert_ne!(library.papers()[0].1, first[0].1);
}

#[test]
fn a_doi_moved_to_the_right_entry_goes_along() {
    let mut library = Library::new();
    let (a, c) = (A.replace("2001", "2001, doi={10.1/x}"), C.replace("2003", "2003, doi={10.1/x}"));
    library.import("l.bib", &format!("{C}{a}"), 1);
    let first = library.papers();
    let report = library.import("l.bib", &format!("{c}{A}"), 2);
    assert_eq!(library.papers(), first, "{report:?}");
    let report = library.import("l.bib", &format!("\n{c}{A}"), 3);
    assert!(report.diagnostics.is_empty(), "{report:?}");
}

#[test]
fn a_duplicate_that_goes_leaves_the_row_to_the_one_that_stays() {
    let mut library = Library::new();
    library.import("l.bib", &format!("{A}{}", A.replace("{a,", "{a2,")), 1);
    let first = library.papers();
    assert_eq!(first.len(), 1);
    library.import("l.bib", &A.replace("year", "doi={10.1/a}, year"), 2);
    assert_eq!(library.papers(), first);
}

#[test]
fn one_work_in_two_files_gains_a_doi_in_one_and_then_in_the_other() {
    let with_doi = A.replace("year", "doi={10.1/a}, year");
    for order in [["p.bib", "t.bib"], ["t.bib", "p.bib"]] {
        let mut library = Library::new();
        library.import("p.bib", A, 1);
        library.import("t.bib", &A.replace("{a,", "{waves,"), 2);
        let first = library.papers();
        assert_eq!(first.len(), 1);
        for name in order {
            let key = if name == "p.bib" { "{a," } else { "{waves," };
            library.import(name, &with_doi.replace("{a,", key), 3);
            assert_eq!(library.papers(), first, "{name}");
        }
        // The same after one of the files is read for the first time again.
        library.import("p.bib", "", 4);
        library.import("p.bib", A, 5);
        assert_eq!(library.papers().len(), 1);
        assert_eq!(library.papers()[0].1, first[0].1);
    }
}

#[test]
fn two_papers_that_turn_out_to_be_one_are_joined() {
    let published = "@article{b, title={Waves of the alpha band}, year=2002, doi={10.1/a}}";
    let draft = "@article{a, title={On waves of the alpha band}, year=2001}\n";
    for (first, second) in [(draft, published), (published, draft)] {
        let mut library = Library::new();
        library.import("p.bib", first, 1);
        library.import("t.bib", second, 2);
        let before = library.papers();
        assert_eq!(before.len(), 2);
        // The entry without a DOI gains that of the other.
        let name = if first == draft { "p.bib" } else { "t.bib" };
        let with_doi = draft.replace("{a,", "{a1,").replace("year", "doi={10.1/a}, year");
        let text = format!("{with_doi}{draft}");
        let report = library.import(name, &text, 3);
        let after = library.papers();
        assert_eq!(after.len(), 1, "{report:?}");
        assert_eq!((after[0].1, after[0].2), (before[0].1, 1));
        assert_eq!(library.snapshot().papers()[0].other_keys.len(), 2);
        assert_eq!(library.store.paper_count().unwrap(), 1);
    }
}

#[test]
fn any_identity_finds_the_paper_but_no_title_two_dois() {
    let with = |key: &str, fields: &str| {
        format!("@article{{{key}, title={{One two three}}, year=2001{fields}}}\n")
    };
    let mut library = Library::new();
    let text = with("a", ", doi={10.1/a}, eprint={1801.00001}")
        + &with("b", "")
        + "@misc{c, title={One, two & three}, year=2000, eprint={1801.00001}}\n";
    let report = library.import("l.bib", &text, 1);
    assert_eq!(library.papers().len(), 1);
    assert_eq!(
        said(&report, Severity::Info),
        [
            (2, "the same work as a (same title and year)"),
            (3, "the same work as a (same arXiv id)")
        ]
    );
    assert_eq!(report.duplicates, 2);
    // Two DOIs, two arXiv ids: two works. In whichever file.
    let other = library.import("m.bib", &with("d", ", doi={10.1/d}"), 2);
    assert!(other.diagnostics.is_empty(), "{other:?}");
    assert_eq!(library.papers().len(), 2);
    library.import("n.bib", &with("e", ", eprint={1801.00002}"), 2);
    assert_eq!(library.papers().len(), 3);
    let report = library.import("o.bib", &with("f", ", doi={10.1/d}"), 2);
    let infos = said(&report, Severity::Info);
    assert!(infos[0].1.contains("m.bib (same DOI)"), "{infos:?}");
    assert_eq!(library.papers().len(), 3);
}

#[test]
fn a_volume_doi_collapses_nothing() {
    let mut library = Library::new();
    let text = "@incollection{i1, title={Introduction}, doi={10.1/volume}}
        @incollection{i2, title={Introduction to Optics}, doi={10.1/volume}}
        @article{n1, title={First of all}, year=2001, note={Extends arXiv:1801.00001}}
        @article{n2, title={Another one entirely}, year=2002, eprint={1801.00001}}";
    let report = library.import("l.bib", text, 1);
    assert_eq!(library.papers().len(), 4);
    assert_eq!(
        said(&report, Severity::Warning),
        [(2, "same DOI as “Introduction” but another title: kept as a paper of its own")]
    );
    // When its counterpart is gone there is nothing to be kept apart from.
    let second = text.split_inclusive('\n').nth(1).unwrap();
    let report = library.import("l.bib", second, 2);
    assert!(report.diagnostics.is_empty(), "{report:?}");
}

#[test]
fn what_the_first_entry_leaves_empty_is_taken_from_the_next() {
    let mut library = Library::new();
    let text = "@article{a, title={One two three}, year=2001}
        @article{b, title={One Two Three}, year=2001, doi={10.1/a}, abstract={Of numbers.},
            keywords={numbers}, url={http://x.org}}
        @article{c, title={One two three}, year=2001, abstract={Another.}}";
    library.import("l.bib", text, 1);
    let snapshot = library.snapshot();
    let [paper] = snapshot.papers() else { panic!("{snapshot:?}") };
    assert_eq!((paper.key.as_str(), paper.title.as_str()), ("a", "One two three"));
    assert_eq!(paper.other_keys, ["b", "c"]);
    assert_eq!(paper.abstract_text, "Of numbers.");
    assert_eq!(paper.doi.as_deref(), Some("10.1/a"));
    assert_eq!(paper.keywords, ["numbers"]);
    assert_eq!(
        paper.text_hash,
        crate::library::paper::Paper::text_hash("One two three", "Of numbers.")
    );
    assert!(library.store.raw_entry(paper).unwrap().starts_with("@article{a,"));
}

#[test]
fn of_one_key_twice_the_first_is_the_raw_entry() {
    let mut library = Library::new();
    let moved = format!("{B}@article{{b, doi={{10.1/b}}, title={{Beta decay}}, note={{second}}}}");
    library.import("l.bib", &moved, 1);
    // The first is now the younger row.
    library.import("l.bib", &moved.replace("year=2002", "year=2012"), 2);
    let snapshot = library.snapshot();
    assert_eq!(snapshot.papers()[0].year(), Some(2012));
    assert!(library.store.raw_entry(&snapshot.papers()[0]).unwrap().contains("2012"));
}

#[test]
fn a_file_that_was_moved_describes_nothing_any_more() {
    let mut library = Library::new();
    library.import("p1.bib", &format!("{B}{C}"), 1);
    let first = library.papers();
    library.vanish("p1.bib");
    let report = library.import("p2.bib", &B.replace("decay", "decays"), 2);
    assert!(report.diagnostics.is_empty(), "{report:?}");
    assert_eq!(report.duplicates, 0);
    let snapshot = library.snapshot();
    assert_eq!(snapshot.papers()[0].title, "Beta decays");
    assert!(snapshot.papers()[0].source.path.ends_with("p2.bib"));
    assert_eq!((snapshot.papers()[0].id, snapshot.papers()[0].added), (first[0].1, 1));
    // What only the vanished file has is still listed.
    assert_eq!(snapshot.papers()[1].key, "c");
}

#[test]
fn a_half_written_file_takes_no_papers_with_it() {
    let mut library = Library::new();
    library.import("l.bib", &format!("{A}{B}{C}"), 1);
    let first = library.papers();
    let missing = |library: &Library| -> Vec<(String, bool)> {
        library.snapshot().papers().iter().map(|p| (p.key.clone(), p.missing)).collect()
    };
    for (text, all) in [
        ("", [("a", true), ("b", true), ("c", true)]),
        (" \n", [("a", true), ("b", true), ("c", true)]),
        ("<html>A page in its place</html>", [("a", true), ("b", true), ("c", true)]),
        (&format!("{C}{}", &B[..20]), [("c", false), ("a", true), ("b", true)]),
        (&format!("{C}@article{{b, title={{New"), [("c", false), ("b", false), ("a", true)]),
    ] {
        for _ in 0..2 {
            let report = library.import("l.bib", text, 2);
            assert_eq!(report.kept, all.iter().filter(|(_, missing)| *missing).count(), "{text}");
            assert_eq!(report.entries + report.kept, 3, "{text}");
            assert_eq!(report.removed, 0, "{text}");
            let (_, message) = said(&report, Severity::Warning)[0];
            let said = said(&report, Severity::Warning);
            assert!(said.iter().any(|(_, m)| m.contains("kept, in case")), "{message}");
            assert_eq!(missing(&library), all.map(|(key, missing)| (key.to_owned(), missing)));
        }
    }
    library.import("l.bib", &format!("{A}{B}{C}"), 3);
    assert_eq!(library.papers(), first);
    assert!(missing(&library).iter().all(|(_, missing)| !missing));
    // A whole file is believed.
    assert_eq!(library.import("l.bib", A, 4).removed, 2);
    assert_eq!(missing(&library), [("a".to_owned(), false)]);
}

#[test]
fn what_is_missing_can_be_forgotten_and_comes_back_as_it_was() {
    let mut library = Library::new();
    library.import("l.bib", &format!("{A}{B}"), 1);
    library.import("m.bib", C, 1);
    let first = library.papers();
    library.import("l.bib", "", 2);
    library.vanish("m.bib");
    let path = library.folder.path().join("m.bib");
    assert!(known_path(&library.store, &path).unwrap().ends_with("m.bib"));
    let l = source_path(&library.folder.path().join("l.bib")).unwrap();
    let forget = |library: &mut Library, files: &[PathBuf]| {
        library.store.write(|w| w.forget_missing(files)).map_err(|e: StoreError| e).unwrap()
    };
    assert_eq!(forget(&mut library, &[l]), 2);
    assert_eq!(library.papers(), first[2..]);
    assert!(library.snapshot().papers()[0].missing);
    assert_eq!(forget(&mut library, &[]), 1);
    assert_eq!(library.papers(), []);
    let error = known_path(&library.store, &path).unwrap_err();
    assert!(error.to_string().contains("m.bib"), "{error}");
    library.import("l.bib", &format!("{A}{B}"), 3);
    library.import("m.bib", C, 3);
    assert_eq!(library.papers(), first);
    // What is left of an entry that was cut short is read once the whole one is forgotten.
    let l = source_path(&library.folder.path().join("l.bib")).unwrap();
    let cut = format!("{A}{}", &B[..32]);
    assert_eq!(library.import("l.bib", &cut, 4).kept, 1);
    assert_eq!(forget(&mut library, &[l]), 1);
    let report = library.import("l.bib", &cut, 5);
    assert_eq!((report.entries, report.kept), (2, 0));
    assert_eq!(library.snapshot().by_key("b"), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_unicode_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let mut library = Library::new();
    let path = library.folder.path().join(std::ffi::OsStr::from_bytes(b"n\xff.bib"));
    std::fs::write(&path, A).unwrap();
    let error = import(&mut library.store, &path, 1).unwrap_err();
    assert!(matches!(error, ImportError::NotUnicode { .. }), "{error}");
    assert!(error.to_string().contains("not valid Unicode"), "{error}");
    assert_eq!(library.papers(), []);
    assert_eq!(library.store.source_hash(&path).unwrap(), None);
}

#[test]
fn namesakes_are_works_of_their_own() {
    let lines = [
        "@book{c, title={Programming in C}, year=2001, author={Lee, A.}}",
        "@book{cpp, title={Programming in C++}, year=2001, author={Lee, A.}}",
        "@book{sharp, title={Programming in C\\#}, year=2001, author={Lee, A.}}",
        "@book{v1, title={The Art of Programs}, year=2001, volume={1}, author={Noe, D.}}",
        "@book{v3, title={The Art of Programs}, year=2001, volume={3}, author={Noe, D.}}",
        "@misc{one, title={One two three}, year=2001, author={Au, A. and Be, B.}}",
        "@misc{two, title={One two three}, year=2001, author={Ce, C.}}",
        // And again one of each.
        "@book{cpp2, title={Programming in C++}, year=2001, author={Lee, B.}}",
        "@misc{one2, title={One two three}, year=2001, author={Be, Bert}}",
        "@misc{two2, title={One two three}, year=2001, author={Ce, Carl}}",
    ];
    let mut library = Library::new();
    let report = library.import("l.bib", &lines.join("\n"), 1);
    let twice = ["the same work as cpp (", "the same work as one (", "the same work as two ("];
    let told = said(&report, Severity::Info);
    assert_eq!(told.len(), twice.len(), "{told:?}");
    assert!(told.iter().zip(twice).all(|((_, said), begin)| said.starts_with(begin)), "{told:?}");
    let first = library.papers();
    assert_eq!(first.len(), 7);
    // What goes and comes back is what it was, whoever came first.
    library.import("l.bib", lines[0], 2);
    library.import("l.bib", &[lines[6], lines[4], lines[2], lines[1]].join("\n"), 3);
    assert_eq!(library.papers(), [6, 4, 2, 1].map(|index| first[index].clone()));
    library.import("l.bib", &lines.join("\n"), 4);
    assert_eq!(library.papers(), first);
}

#[test]
fn works_that_were_taken_for_one_part_and_nothing_is_lost() {
    // As the library was before titles kept their marks, books their volumes.
    let before = |text: &str| text.replace("C++", "C").replace("volume={3}", "volume={1}");
    let now = "@book{c, title={Programming in C}, year=2001}
        @book{cpp, title={Programming in C++}, year=2001}
        @book{v1, title={The Art of Programs}, year=2001, volume={1}}
        @book{v3, title={The Art of Programs}, year=2001, volume={3}}
        @book{w, title={Whole numbers and parts}, year=2001}";
    let mut library = Library::new();
    library.import("l.bib", &before(now), 1);
    let first = library.papers();
    assert_eq!(first.len(), 3);
    library.import("l.bib", now, 2);
    let second = library.papers();
    assert_eq!(second.len(), 5);
    assert_eq!([&second[0], &second[2], &second[4]], [&first[0], &first[1], &first[2]]);
    // A correction of the only entry is none of another work.
    library.import("m.bib", "@book{d, title={Search in C}, year=2002, volume={1}}", 3);
    let alone = library.papers()[5].clone();
    library.import("m.bib", "@book{d, title={Search in C++}, year=2002, volume={2}}", 4);
    assert_eq!(library.papers()[5], alone);
}

#[test]
fn what_others_say_is_told_as_it_is_now() {
    let mut library = Library::new();
    library.import("a.bib", A, 1);
    let text = format!("  {}", A.replace("{a,", "{b1,"));
    let told = |library: &mut Library| {
        let report = library.import("b.bib", &text, 2);
        let columns: Vec<u32> = report.diagnostics.iter().map(|d| d.column).collect();
        assert_eq!(report.duplicates, columns.len());
        columns
    };
    assert_eq!(told(&mut library), [3]);
    assert_eq!(told(&mut library), [3]);
    library.import("a.bib", C, 3);
    assert_eq!(told(&mut library), [0; 0]);
    library.import("a.bib", &format!("{A}{C}"), 4);
    assert_eq!(told(&mut library), [3]);
    library.vanish("a.bib");
    assert_eq!(told(&mut library), [0; 0]);
}

#[test]
fn a_file_that_is_cut_short_takes_nothing_from_whole_entries() {
    let text = "@inproceedings{child, title={Child of it}, crossref={p}}
        @article{ab, title={Abbreviated}, journal=jx}
        @proceedings{p, title={Proceedings}, year=2001}
        @article{smith, title={Last of all}, year=2002}
        @string{jx = {Journal of X}}
        @comment{jabref-meta: grouping:
0 AllEntriesGroup:;
1 ExplicitGroup:Physics\\;0\\;ab\\;;
}";
    let said = |library: &Library| -> Vec<(String, String, Option<i32>, Vec<String>)> {
        let snapshot = library.snapshot();
        let mut said: Vec<_> = (snapshot.papers().iter())
            .map(|p| (p.key.clone(), p.venue.clone(), p.year(), p.extras.groups.clone()))
            .collect();
        said.sort();
        said
    };
    let mut library = Library::new();
    library.import("l.bib", text, 1);
    let whole = said(&library);
    assert_eq!(whole[0].1, "Journal of X");
    assert_eq!((&whole[0].3[..], whole[1].2), (&["Physics".to_owned()][..], Some(2001)));
    for end in ["@proceedings{p, ti", "@article{smi", "@article{smith, title={La"] {
        let end = text.find(end).unwrap() + end.len();
        for _ in 0..2 {
            let report = library.import("l.bib", &text[..end], 2);
            assert_eq!(said(&library), whole, "{end}: {report:?}");
            assert_eq!((report.added, report.removed, report.changed), (0, 0, 0), "{report:?}");
            assert_eq!(report.entries + report.kept, 4, "{report:?}");
        }
    }
    let report = library.import("l.bib", text, 3);
    assert_eq!((report.unchanged, report.kept), (4, 0), "{report:?}");
    assert_eq!(said(&library), whole);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 64,
        failure_persistence: None,
        ..Default::default()
    })]

    /// However two files are edited: each entry is found by its key, and no paper has two DOIs or
    /// two titles that have nothing in common.
    #[test]
    fn no_edit_mixes_two_works(
        edits in proptest::collection::vec(
            (0..2_usize, proptest::collection::vec((0..4_usize, 0..3_usize, 0..3_usize), 0..5)),
            1..6,
        )
    ) {
        let mut library = Library::new();
        for (now, (file, entries)) in edits.iter().enumerate() {
            let text: String = entries.iter().enumerate().map(|(index, (key, title, doi))| {
                let title = ["One two three", "Four five six", "Editorial"][*title];
                let doi = ["", ", doi={10.1/a}", ", doi={10.1/b}"][*doi];
                format!("@misc{{k{file}{key}{index}, title={{{title}}}{doi}}}\n")
            }).collect();
            let report = library.import(["p.bib", "t.bib"][*file], &text, now as i64);
            let snapshot = library.snapshot();
            proptest::prop_assert_eq!(snapshot.len(), library.store.paper_count().unwrap());
            for (index, (key, ..)) in entries.iter().enumerate() {
                let key = format!("k{file}{key}{index}");
                proptest::prop_assert!(snapshot.by_key(&key).is_some());
            }
            let mixed: i64 = rusqlite::Connection::open(library.store.path()).unwrap().query_row(
                "SELECT count(*) FROM entries AS a JOIN entries AS b ON a.paper = b.paper
                 WHERE a.doi <> b.doi OR a.title <> b.title",
                [],
                |row| row.get(0),
            ).unwrap();
            proptest::prop_assert_eq!(mixed, 0, "{:?}", report);
        }
    }
}
