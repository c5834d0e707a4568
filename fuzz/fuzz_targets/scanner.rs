//! Bytes → text → entries → papers: what must hold whatever the bytes are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use specter_tui::library::bibtex::{Entry, Scan, scan, to_text};
use specter_tui::library::diagnostic::Diagnostic;
use specter_tui::library::import::parse::{Contents, Parsed, parse};
use unicode_normalization::is_nfc;

/// An entry without fault, which nothing before or behind it may harm.
const GOOD: &str = "@article{good9key,\n  title = {Good},\n  author = {Doe, Jane}\n}\n";

/// Entries whose places are counted again by hand; of so many, the rest is no different.
const COUNTED: usize = 200;

/// How many times as long as the file all that was read from it may be, and by how much longer.
/// Macros and inheritance copy text, and each has a budget of its own.
const GROWTH: usize = 32;
const SLACK: usize = 8 << 20;

fuzz_target!(|bytes: &[u8]| {
    let (text, findings) = to_text(bytes);
    // A byte of Windows-1252 becomes three at most, two of UTF-16 as well.
    assert!(text.len() <= 3 * bytes.len());
    if std::str::from_utf8(bytes).is_ok() {
        assert!(bytes.ends_with(text.as_bytes()) && bytes.len() - text.len() <= 3);
    }
    let lines = Lines::new(&text);
    lines.check(&findings);

    let found = scan(&text);
    assert_eq!(scan(&text), found);
    lines.check(&found.diagnostics);
    assert!(found.diagnostics.is_sorted_by_key(|d| (d.line, d.column)));
    check_entries(&text, &found, &lines);
    if found.diagnostics.is_empty() {
        check_alone(&text, &found);
    }
    check_neighbours(&text, &found);
    check_papers(bytes, &text);
});

/// Entries lie in order within the text and are complete, and none is larger than can be.
fn check_entries(text: &str, found: &Scan<'_>, lines: &Lines) {
    let mut last = 0;
    let mut size = 0;
    for (n, entry) in found.entries.iter().enumerate() {
        assert!(last <= entry.start && entry.start < entry.end && entry.end <= text.len());
        assert!(text[entry.start..entry.end].starts_with('@'));
        last = entry.end;
        assert!(!entry.key.is_empty() && !entry.kind.is_empty());
        let mut names: Vec<&str> = entry.fields.iter().map(|f| &*f.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a field is there twice");
        assert!(names.iter().all(|name| !name.is_empty() && name.to_lowercase() == *name));
        size += entry.fields.iter().map(|f| f.name.len() + f.value.len()).sum::<usize>();
        if n < COUNTED {
            assert_eq!((entry.line, entry.column), lines.place(entry.start));
            for field in &entry.fields {
                let inside = (entry.line, entry.column) < (field.line, field.column);
                assert!(inside && lines.holds(field.line, field.column));
            }
        }
    }
    assert!(size <= GROWTH * text.len() + SLACK, "{size} bytes of values");
}

/// An entry of a file without fault is the same when it stands alone, but for its macros.
fn check_alone(text: &str, found: &Scan<'_>) {
    for entry in found.entries.iter().take(COUNTED) {
        let alone = scan(&text[entry.start..entry.end]);
        assert_eq!(alone.entries.len(), 1, "{entry:?}");
        let names = |entry: &Entry<'_>| -> Vec<String> {
            entry.fields.iter().map(|f| f.name.to_string()).collect()
        };
        assert_eq!(alone.entries[0].key, entry.key);
        assert_eq!(alone.entries[0].kind, entry.kind);
        assert_eq!(names(&alone.entries[0]), names(entry));
    }
}

/// Nothing that stands before a whole entry, or behind it, costs it anything; and it costs nothing
/// that stands before it.
fn check_neighbours(text: &str, found: &Scan<'_>) {
    let is_good = |entry: &Entry<'_>| {
        entry.key == "good9key"
            && entry.get("title") == Some("Good")
            && entry.get("author") == Some("Doe, Jane")
    };
    let longer = format!("{text}\n{GOOD}");
    let behind = scan(&longer);
    assert!(behind.entries.last().is_some_and(is_good), "lost behind the text: {behind:?}");
    assert_eq!(behind.entries.len(), found.entries.len() + 1);
    let longer = format!("{GOOD}\n{text}");
    let before = scan(&longer);
    assert!(before.entries.first().is_some_and(is_good), "lost before the text: {before:?}");
    // Fields of no entry may be taken for its own, with a finding, but for those it has.
    if before.entries[0].fields.len() > 2 {
        assert!(before.diagnostics.iter().any(|d| d.key.as_deref() == Some("good9key")));
    }
}

/// Papers are clean text, each from its own entry.
fn check_papers(bytes: &[u8], text: &str) {
    let Contents { papers, diagnostics, .. } = parse(bytes);
    let again = parse(bytes);
    assert_eq!((&again.papers, &again.diagnostics), (&papers, &diagnostics));
    Lines::new(text).check(&diagnostics);
    let mut size = 0;
    for paper in &papers {
        assert!(text.contains(&paper.raw));
        for part in [&paper.title, &paper.venue, &paper.abstract_text] {
            assert!(is_nfc(part) && part.trim() == part && !part.contains("  "), "{part:?}");
            assert!(!part.contains(char::is_control), "{part:?}");
        }
        size += size_of_paper(paper);
    }
    assert!(size <= GROWTH * text.len() + SLACK, "{size} bytes of papers");
}

fn size_of_paper(paper: &Parsed) -> usize {
    let names = paper.authors.iter();
    let names = names.flat_map(|n| [&n.given, &n.particle, &n.family, &n.suffix]);
    let texts = [&paper.key, &paper.kind, &paper.title, &paper.venue, &paper.abstract_text];
    names.chain(texts).chain(&paper.keywords).map(String::len).sum()
}

/// Where lines begin, counted in a way of its own.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(at + 1);
            }
        }
        Self { text, starts }
    }

    /// Line and column of an offset.
    fn place(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset);
        let column = self.text[self.starts[line - 1]..offset].chars().count() + 1;
        (line as u32, column as u32)
    }

    /// Is there such a place in the text, or right behind a line of it?
    fn holds(&self, line: u32, column: u32) -> bool {
        let line = line as usize;
        if line == 0 || column == 0 || line > self.starts.len() {
            return false;
        }
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        self.text[self.starts[line - 1]..end].chars().count() + 1 >= column as usize
    }

    fn check(&self, diagnostics: &[Diagnostic]) {
        for d in diagnostics.iter().take(COUNTED) {
            assert!(self.holds(d.line, d.column), "{d:?}");
            assert!(!d.message.is_empty() && !d.message.contains(['\n', '\r']), "{d:?}");
        }
    }
}
