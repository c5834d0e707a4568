//! A `.bib` file into the library: read it, see what differs from last time, write just that.
//!
//! [`parse`] makes papers of raw entries (after [`inherit`] has filled in what they take from
//! others), [`difference`] compares them with the stored ones, [`works`] finds the work that each
//! describes, and [`import`] writes the result in one transaction. The `.bib` file is only ever
//! read. [`foreign`] is for files whose papers are not to join the library.

mod dates;
mod difference;
pub mod foreign;
mod identifiers;
mod inherit;
pub mod parse;
mod sameness;
mod works;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::diagnostic::{Diagnostic, Severity};
use super::paper::title_key;
use super::store::duplicates::{Described, Duplicate};
use super::store::{Store, StoreError};
use difference::Change;
use parse::{Contents, Parsed};
use works::Works;

/// Changes whenever the same bytes would be read differently, so that files are read again after
/// an update of the program.
const PARSER_VERSION: u32 = 3;

/// What can go wrong with an import.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The library holds paths as text.
    #[error(
        "cannot import {}: its path is not valid Unicode; rename the file or the folder",
        path.display()
    )]
    NotUnicode {
        /// The file.
        path: PathBuf,
    },
    /// The library cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import of one file did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct FileReport {
    /// The file, absolute.
    pub path: PathBuf,
    /// Entries read.
    pub entries: usize,
    /// Entries that were not there before.
    pub added: usize,
    /// Entries that were there and differ.
    pub changed: usize,
    /// Entries that are as they were.
    pub unchanged: usize,
    /// Entries that were there and are gone.
    pub removed: usize,
    /// Entries that were there, are gone, and were kept because the file is empty or cut short.
    pub kept: usize,
    /// Entries that describe a work which an earlier entry describes already.
    pub duplicates: usize,
    /// What was wrong in the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// The time that is stamped on new papers, in seconds since 1970.
#[must_use]
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64)
}

/// The absolute, canonical path under which a file is known to the library.
///
/// # Errors
/// There is no such file, or its path is not valid Unicode.
pub fn source_path(path: &Path) -> Result<PathBuf, ImportError> {
    let path =
        path.canonicalize().map_err(|cause| ImportError::Read { path: path.to_owned(), cause })?;
    if path.to_str().is_none() {
        return Err(ImportError::NotUnicode { path });
    }
    Ok(path)
}

/// The path under which the library knows a file, also one that has vanished.
///
/// # Errors
/// There is no such file and the library knows none, the path is not valid Unicode, or the library
/// cannot be read.
pub fn known_path(store: &Store, path: &Path) -> Result<PathBuf, ImportError> {
    let error = match source_path(path) {
        Err(ImportError::Read { path, cause }) if cause.kind() == io::ErrorKind::NotFound => {
            ImportError::Read { path, cause }
        }
        result => return result,
    };
    // Its folder may still be there under another name.
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let vanished = match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path)
            .map_err(|cause| ImportError::Read { path: path.to_owned(), cause })?,
    };
    if store.source_hash(&vanished)?.is_some() { Ok(vanished) } else { Err(error) }
}

/// Imports a file: adds, changes and removes what differs from the last import, and nothing else.
/// Where the file is empty or ends in the middle of an entry, it may be half written: then nothing is
/// removed or cut short. `now` is the time stamped on new papers, in seconds since 1970.
///
/// # Errors
/// The file cannot be read or the store cannot be written; then nothing is changed.
pub fn import(store: &mut Store, path: &Path, now: i64) -> Result<FileReport, ImportError> {
    let path = source_path(path)?;
    let bytes =
        std::fs::read(&path).map_err(|cause| ImportError::Read { path: path.clone(), cause })?;
    let hash: [u8; 32] = Sha256::new()
        .chain_update(PARSER_VERSION.to_le_bytes())
        .chain_update(&bytes)
        .finalize()
        .into();
    let mut report = if store.source_hash(&path)? == Some(hash) {
        let (entries, kept) = store.entry_counts(&path)?;
        FileReport {
            entries,
            unchanged: entries,
            kept,
            diagnostics: store.diagnostics(&path)?,
            ..FileReport::default()
        }
    } else {
        write(store, &path, &hash, parse::parse(&bytes), now)?
    };
    // Not kept with the other findings: they depend on other files, too.
    let duplicates = store.duplicates(&path)?;
    report.duplicates = duplicates.len();
    report.diagnostics.extend(duplicates.iter().map(|duplicate| same_work(duplicate, &path)));
    report.diagnostics.sort_by_key(|d| (d.line, d.column));
    report.path = path;
    Ok(report)
}

fn write(
    store: &mut Store,
    path: &Path,
    hash: &[u8; 32],
    contents: Contents,
    now: i64,
) -> Result<FileReport, ImportError> {
    let Contents { papers: parsed, mut diagnostics, cut, cut_before_fields } = contents;
    let parsed = parsed.as_slice();
    let half_written = cut || parsed.is_empty();
    store.write(|writer| {
        let source = writer.source(path, hash)?;
        let stored = writer.entries(source)?;
        let changes = difference::changes(&stored, parsed);
        let mut report = FileReport { entries: parsed.len(), ..FileReport::default() };
        for change in &changes {
            if let Change::Remove { old } = change {
                if half_written {
                    report.kept += 1;
                    writer.keep_entry(old.id)?;
                } else {
                    report.removed += 1;
                    writer.delete_entry(old.id)?;
                }
            }
        }
        // Read after the removals: what is gone has no say in what an entry may be.
        let mut works = Works::read(writer)?;
        for change in &changes {
            if let Change::Keep { old, position } = change {
                works.describe(&parsed[*position], old.paper);
            }
        }
        let mut papers = Vec::with_capacity(parsed.len());
        for change in changes {
            let change = match change {
                // What it takes from others (a crossref parent, a @string, groups of JabRef) may
                // be in the part that is missing.
                Change::Replace { old, position }
                    if cut && writer.raw_entry(old.id)? == parsed[position].raw =>
                {
                    Change::Keep { old, position }
                }
                change => change,
            };
            match change {
                Change::Remove { .. } => {}
                Change::Keep { old, position } => {
                    report.unchanged += 1;
                    papers.push(old.paper);
                    let Parsed { line, column, .. } = parsed[position];
                    let place = (position as u32, line, column);
                    if old.kept || (old.position, old.line, old.column) != place {
                        writer.move_entry(old.id, place)?;
                    }
                }
                Change::Replace { old, position }
                    if cut
                        && position + 1 == parsed.len()
                        && writer.raw_entry(old.id)?.starts_with(&parsed[position].raw) =>
                {
                    // The first half of an entry is no new version of it.
                    report.kept += 1;
                    report.entries -= 1;
                    writer.keep_entry(old.id)?;
                    papers.push(old.paper);
                }
                Change::Replace { old, position } => {
                    report.changed += 1;
                    let new = &parsed[position];
                    writer.delete_entry(old.id)?;
                    let paper = works.resolve(new, Some(old), now)?;
                    writer.insert_entry(source, position as u32, paper, new)?;
                    papers.push(paper);
                }
                Change::Add { position } if cut_before_fields && position + 1 == parsed.len() => {
                    // Nothing but the beginning of a key, perhaps of one that is known.
                    report.entries -= 1;
                }
                Change::Add { position } => {
                    report.added += 1;
                    let new = &parsed[position];
                    let paper = works.resolve(new, None, now)?;
                    writer.insert_entry(source, position as u32, paper, new)?;
                    papers.push(paper);
                }
            }
        }
        for (new, &paper) in parsed.iter().zip(&papers) {
            works.settle(new, works.current(paper), &mut diagnostics);
        }
        works.finish()?;
        diagnostics.extend((report.kept > 0).then(|| kept(parsed, report.kept)));
        diagnostics.sort_by_key(|d| (d.line, d.column));
        writer.set_diagnostics(source, &diagnostics)?;
        report.diagnostics = diagnostics;
        Ok(report)
    })
}

/// Entries are no longer there, but kept: see [`import`].
fn kept(parsed: &[Parsed], count: usize) -> Diagnostic {
    let what = if parsed.is_empty() {
        "there is no entry in the file"
    } else {
        "the file ends in the middle of this entry"
    };
    let (entries, were) = if count == 1 { ("entry", "was") } else { ("entries", "were") };
    Diagnostic {
        line: parsed.last().map_or(1, |last| last.line),
        column: parsed.last().map_or(1, |last| last.column),
        severity: Severity::Warning,
        key: parsed.last().map(|last| last.key.clone()),
        message: format!(
            "{what}: {count} {entries} that {were} in it before {were} kept, in case it is being \
             written"
        ),
    }
}

/// An entry of the file `path` describes a work that another one describes.
fn same_work(duplicate: &Duplicate, path: &Path) -> Diagnostic {
    let Duplicate { line, column, entry, first, first_path } = duplicate;
    let place =
        if first_path == path { String::new() } else { format!(" in {}", first_path.display()) };
    let title = |described: &Described| title_key(&described.title);
    let why = if entry.doi.is_some() && entry.doi == first.doi {
        "same DOI"
    } else if entry.arxiv.is_some() && entry.arxiv == first.arxiv {
        "same arXiv id"
    } else if title(entry) == title(first) && entry.year == first.year {
        "same title and year"
    } else {
        "by way of another entry or of what it said before"
    };
    Diagnostic {
        line: *line,
        column: *column,
        severity: Severity::Info,
        key: Some(entry.key.clone()),
        message: format!("the same work as {}{place} ({why})", first.key),
    }
}

#[cfg(test)]
mod tests;
