//! A `.bib` file into the library: read it, see what differs from last time, write just that.
//!
//! [`parse`] makes papers of raw entries (after [`inherit`] has filled in what they take from
//! others), [`difference`] compares them with the stored ones, and [`import`] writes the result in
//! one transaction. The `.bib` file is only ever read.

mod difference;
mod inherit;
pub mod parse;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::diagnostic::Diagnostic;
use super::store::{Store, StoreError};
use difference::Change;
use parse::Parsed;

/// Changes whenever the same bytes would be read differently, so that files are read again after
/// an update of the program.
const PARSER_VERSION: u32 = 1;

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
/// There is no such file.
pub fn source_path(path: &Path) -> Result<PathBuf, ImportError> {
    path.canonicalize().map_err(|cause| ImportError::Read { path: path.to_owned(), cause })
}

/// Imports a file: adds, changes and removes what differs from the last import, and nothing else.
/// `now` is the time stamped on new papers, in seconds since 1970.
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
        let entries = store.entry_count(&path)?;
        FileReport {
            entries,
            unchanged: entries,
            diagnostics: store.diagnostics(&path)?,
            ..FileReport::default()
        }
    } else {
        let (parsed, diagnostics) = parse::parse(&bytes);
        write(store, &path, &hash, &parsed, diagnostics, now)?
    };
    report.duplicates = store.duplicate_count(&path)?;
    report.path = path;
    Ok(report)
}

fn write(
    store: &mut Store,
    path: &Path,
    hash: &[u8; 32],
    parsed: &[Parsed],
    mut diagnostics: Vec<Diagnostic>,
    now: i64,
) -> Result<FileReport, ImportError> {
    store.write(|writer| {
        let source = writer.source(path, hash)?;
        let stored = writer.entries(source)?;
        let mut works = difference::Works::new(writer.known_papers()?);
        let mut report = FileReport { entries: parsed.len(), ..FileReport::default() };
        for change in difference::changes(&stored, parsed) {
            match change {
                Change::Keep { old, position } => {
                    report.unchanged += 1;
                    let new = &parsed[position];
                    works.keep(new, old, &mut diagnostics);
                    if (old.position, old.line) != (position as u32, new.line) {
                        writer.move_entry(old.id, position as u32, new.line)?;
                    }
                }
                Change::Replace { old, position } => {
                    report.changed += 1;
                    let new = &parsed[position];
                    writer.delete_entry(old.id)?;
                    let paper = works.resolve(writer, new, Some(old), now, &mut diagnostics)?;
                    writer.insert_entry(source, position as u32, paper, new)?;
                }
                Change::Add { position } => {
                    report.added += 1;
                    let new = &parsed[position];
                    let paper = works.resolve(writer, new, None, now, &mut diagnostics)?;
                    writer.insert_entry(source, position as u32, paper, new)?;
                }
                Change::Remove { old } => {
                    report.removed += 1;
                    writer.delete_entry(old.id)?;
                }
            }
        }
        diagnostics.sort_by_key(|d| (d.line, d.column));
        writer.set_diagnostics(source, &diagnostics)?;
        report.diagnostics = diagnostics;
        Ok(report)
    })
}

#[cfg(test)]
mod tests;
