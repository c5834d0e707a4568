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
    assert_eq!(library.store.snapshot(&[]).unwrap().papers()[1].year, Some(2012));
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
