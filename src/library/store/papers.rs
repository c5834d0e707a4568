//! What everyone reads: the papers of the library, and what was found in its files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row};

use super::{Store, StoreError};
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::names::Name;
use crate::library::paper::{Paper, PaperId, Snapshot, Source};

impl Store {
    /// Hash under which a file was last imported.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn source_hash(&self, path: &Path) -> Result<Option<[u8; 32]>, StoreError> {
        self.connection
            .query_row("SELECT hash FROM sources WHERE path = ?1", [path_text(path)], |row| {
                row.get(0)
            })
            .optional()
            .map_err(self.fail())
    }

    /// Number of entries that came from a file.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn entry_count(&self, path: &Path) -> Result<usize, StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM entries JOIN sources ON sources.id = source WHERE path = ?1",
                [path_text(path)],
                |row| row.get::<_, i64>(0),
            )
            .map(|count| count as usize)
            .map_err(self.fail())
    }

    /// Number of entries of a file that describe a work which an earlier entry, of this file or of
    /// another, describes already.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn duplicate_count(&self, path: &Path) -> Result<usize, StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM entries AS e JOIN sources AS s ON s.id = e.source
                 WHERE s.path = ?1 AND EXISTS (
                     SELECT 1 FROM entries AS f WHERE f.paper = e.paper
                     AND (f.source, f.position) < (e.source, e.position))",
                [path_text(path)],
                |row| row.get::<_, i64>(0),
            )
            .map(|count| count as usize)
            .map_err(self.fail())
    }

    /// What was found wrong in a file when it was last imported.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn diagnostics(&self, path: &Path) -> Result<Vec<Diagnostic>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Diagnostic>> {
            self.connection
                .prepare_cached(
                    "SELECT line, column, severity, key, message FROM diagnostics
                     JOIN sources ON sources.id = source WHERE path = ?1
                     ORDER BY diagnostics.rowid",
                )?
                .query_map([path_text(path)], |row| {
                    Ok(Diagnostic {
                        line: row.get(0)?,
                        column: row.get(1)?,
                        severity: match row.get(2)? {
                            0 => Severity::Info,
                            1 => Severity::Warning,
                            _ => Severity::Error,
                        },
                        key: row.get(3)?,
                        message: row.get(4)?,
                    })
                })?
                .collect()
        };
        read().map_err(self.fail())
    }

    /// Number of works that at least one entry describes.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn paper_count(&self) -> Result<usize, StoreError> {
        self.connection
            .query_row("SELECT count(DISTINCT paper) FROM entries", [], |row| row.get::<_, i64>(0))
            .map(|count| count as usize)
            .map_err(self.fail())
    }

    /// The entry that describes a paper, as it stands in its file.
    ///
    /// # Errors
    /// The store cannot be read, or has no such entry.
    pub fn raw_entry(&self, paper: &Paper) -> Result<String, StoreError> {
        let read = || {
            self.connection
                .prepare_cached(
                    "SELECT raw FROM entries JOIN sources ON sources.id = source
                     WHERE paper = ?1 AND key = ?2 AND path = ?3",
                )?
                .query_row((paper.id.0, &paper.key, path_text(&paper.source.path)), |row| {
                    row.get(0)
                })
        };
        read().map_err(self.fail())
    }

    /// All papers of the library, or those of some files, in file order. The first entry of a work
    /// describes it; the keys of the others are kept beside.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn snapshot(&self, files: &[PathBuf]) -> Result<Snapshot, StoreError> {
        let read = || -> rusqlite::Result<Snapshot> {
            let mut sources: HashMap<i64, Arc<PathBuf>> = HashMap::new();
            let mut statement = self.connection.prepare("SELECT id, path FROM sources")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let path = PathBuf::from(row.get::<_, String>(1)?);
                if files.is_empty() || files.contains(&path) {
                    sources.insert(row.get(0)?, Arc::new(path));
                }
            }
            let mut papers: Vec<Paper> = Vec::new();
            let mut index: HashMap<PaperId, usize> = HashMap::new();
            let mut statement = self.connection.prepare(
                "SELECT e.source, e.paper, p.added, e.key, e.line, e.text_hash, e.kind, e.title,
                        e.authors, e.year, e.venue, e.keywords, e.doi, e.arxiv, e.url, e.file,
                        e.abstract
                 FROM entries AS e JOIN papers AS p ON p.id = e.paper
                 ORDER BY e.source, e.position",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let Some(path) = sources.get(&row.get(0)?) else {
                    continue;
                };
                let id = PaperId(row.get(1)?);
                if let Some(&first) = index.get(&id) {
                    let key: String = row.get(3)?;
                    let first = &mut papers[first];
                    if first.key != key && !first.other_keys.contains(&key) {
                        first.other_keys.push(key);
                    }
                    continue;
                }
                index.insert(id, papers.len());
                papers.push(read_paper(row, id, Arc::clone(path))?);
            }
            Ok(Snapshot::new(papers))
        };
        read().map_err(self.fail())
    }
}

fn read_paper(row: &Row<'_>, id: PaperId, path: Arc<PathBuf>) -> rusqlite::Result<Paper> {
    Ok(Paper {
        id,
        added: row.get(2)?,
        key: row.get(3)?,
        other_keys: Vec::new(),
        source: Source { path, line: row.get(4)? },
        text_hash: row.get(5)?,
        kind: row.get(6)?,
        title: row.get(7)?,
        authors: from_json::<Vec<Name>>(row, 8)?,
        year: row.get(9)?,
        venue: row.get(10)?,
        keywords: from_json(row, 11)?,
        doi: row.get(12)?,
        arxiv: row.get(13)?,
        url: row.get(14)?,
        file: row.get(15)?,
        abstract_text: row.get(16)?,
    })
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Paths are stored as text; one that is not Unicode is stored with replacement characters, which
/// costs it only being found again under the same name.
pub(super) fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
