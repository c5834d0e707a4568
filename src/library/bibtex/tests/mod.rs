//! Tests of the scanner; those over real files are in `tests/bib_files.rs`.

mod faults;
mod properties;

use super::*;

/// The fields of an entry, as name and value.
fn fields(entry: &Entry) -> Vec<(&str, &str)> {
    entry
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.value.as_str()))
        .collect()
}

/// Scans a text with one entry and no fault, and returns its fields.
fn clean(text: &str) -> Vec<(String, String)> {
    let scan = scan(text);
    assert_eq!(scan.diagnostics, [], "{text}");
    assert_eq!(scan.entries.len(), 1, "{text}");
    fields(&scan.entries[0])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Line and message of each finding.
fn findings(scan: &Scan) -> Vec<(u32, &str)> {
    scan.diagnostics
        .iter()
        .map(|d| (d.line, d.message.as_str()))
        .collect()
}
