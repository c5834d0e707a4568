//! What an import changes, in one transaction.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Transaction, TransactionBehavior, params};

use super::papers::path_text;
use super::{Store, StoreError};
use crate::library::diagnostic::Diagnostic;
use crate::library::import::parse::Parsed;
use crate::library::paper::{Identity, PaperId};

/// Row of a `.bib` file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceId(i64);

/// Row of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryId(i64);

/// What the store knows of an entry: enough to tell what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Row.
    pub id: EntryId,
    /// The work it describes.
    pub paper: PaperId,
    /// Identity of that work.
    pub identity: String,
    /// Cite key.
    pub key: String,
    /// Hash of its content.
    pub hash: [u8; 32],
    /// Title.
    pub title: String,
    /// Order in the file.
    pub position: u32,
    /// Line in the file.
    pub line: u32,
}

/// A work that the library knows, whichever file it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPaper {
    /// Row.
    pub id: PaperId,
    /// Title of one of its entries; empty where it has none left.
    pub title: String,
    /// How many entries describe it.
    pub entries: u32,
}

impl Store {
    /// Runs `change` in one transaction: all of it is written, or nothing.
    ///
    /// # Errors
    /// The store cannot be written, or `change` fails.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let fail = self.fail();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(&fail)?;
        let writer = Writer { transaction, path: self.path.clone() };
        let value = change(&writer)?;
        writer.transaction.commit().map_err(&fail)?;
        Ok(value)
    }
}

/// An open transaction. See [`Store::write`].
#[derive(Debug)]
pub struct Writer<'a> {
    transaction: Transaction<'a>,
    path: PathBuf,
}

impl Writer<'_> {
    fn fail(&self, cause: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), cause }
    }

    /// Row of a file, made if need be, with the hash of what is now read from it.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn source(&self, path: &Path, hash: &[u8; 32]) -> Result<SourceId, StoreError> {
        self.transaction
            .query_row(
                "INSERT INTO sources (path, hash) VALUES (?1, ?2)
                 ON CONFLICT (path) DO UPDATE SET hash = excluded.hash RETURNING id",
                params![path_text(path), hash],
                |row| row.get(0).map(SourceId),
            )
            .map_err(|e| self.fail(e))
    }

    /// The entries of a file as last imported, in file order.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn entries(&self, source: SourceId) -> Result<Vec<StoredEntry>, StoreError> {
        let read = || -> rusqlite::Result<Vec<StoredEntry>> {
            self.transaction
                .prepare_cached(
                    "SELECT e.id, e.paper, p.identity, e.key, e.hash, e.title, e.position, e.line
                     FROM entries AS e JOIN papers AS p ON p.id = e.paper
                     WHERE e.source = ?1 ORDER BY e.position",
                )?
                .query_map([source.0], |row| {
                    Ok(StoredEntry {
                        id: EntryId(row.get(0)?),
                        paper: PaperId(row.get(1)?),
                        identity: row.get(2)?,
                        key: row.get(3)?,
                        hash: row.get(4)?,
                        title: row.get(5)?,
                        position: row.get(6)?,
                        line: row.get(7)?,
                    })
                })?
                .collect()
        };
        read().map_err(|e| self.fail(e))
    }

    /// Every work of the library by identity.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn known_papers(&self) -> Result<HashMap<String, KnownPaper>, StoreError> {
        let read = || -> rusqlite::Result<HashMap<String, KnownPaper>> {
            self.transaction
                .prepare_cached(
                    "SELECT p.identity, p.id, coalesce(min(e.title), ''), count(e.id)
                     FROM papers AS p LEFT JOIN entries AS e ON e.paper = p.id GROUP BY p.id",
                )?
                .query_map([], |row| {
                    Ok((
                        row.get(0)?,
                        KnownPaper {
                            id: PaperId(row.get(1)?),
                            title: row.get(2)?,
                            entries: row.get(3)?,
                        },
                    ))
                })?
                .collect()
        };
        read().map_err(|e| self.fail(e))
    }

    /// Makes a new work.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn insert_paper(&self, identity: &Identity, now: i64) -> Result<PaperId, StoreError> {
        self.run(
            "INSERT INTO papers (identity, added) VALUES (?1, ?2)",
            params![identity.as_str(), now],
        )?;
        Ok(PaperId(self.transaction.last_insert_rowid()))
    }

    /// Gives a work a better identity (its entry gained a DOI, say), so that what hangs on it stays.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_identity(&self, paper: PaperId, identity: &Identity) -> Result<(), StoreError> {
        self.run(
            "UPDATE papers SET identity = ?2 WHERE id = ?1",
            params![paper.0, identity.as_str()],
        )
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn insert_entry(
        &self,
        source: SourceId,
        position: u32,
        paper: PaperId,
        parsed: &Parsed,
    ) -> Result<(), StoreError> {
        let authors = json(&parsed.authors).map_err(|e| self.fail(e))?;
        let keywords = json(&parsed.keywords).map_err(|e| self.fail(e))?;
        self.run(
            "INSERT INTO entries (source, position, paper, key, line, hash, text_hash, kind, title,
                 authors, year, venue, keywords, doi, arxiv, url, file, abstract, raw)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19)",
            params![
                source.0,
                position,
                paper.0,
                parsed.key,
                parsed.line,
                parsed.hash,
                parsed.text_hash,
                parsed.kind,
                parsed.title,
                authors,
                parsed.year,
                parsed.venue,
                keywords,
                parsed.doi,
                parsed.arxiv,
                parsed.url,
                parsed.file,
                parsed.abstract_text,
                parsed.raw,
            ],
        )
    }

    /// Removes an entry. The work that it described stays, with all that hangs on it.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn delete_entry(&self, entry: EntryId) -> Result<(), StoreError> {
        self.run("DELETE FROM entries WHERE id = ?1", params![entry.0])
    }

    /// Notes that an unchanged entry stands elsewhere in its file.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn move_entry(&self, entry: EntryId, position: u32, line: u32) -> Result<(), StoreError> {
        self.run(
            "UPDATE entries SET position = ?2, line = ?3 WHERE id = ?1",
            params![entry.0, position, line],
        )
    }

    /// Replaces what was found wrong in a file.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_diagnostics(
        &self,
        source: SourceId,
        diagnostics: &[Diagnostic],
    ) -> Result<(), StoreError> {
        self.run("DELETE FROM diagnostics WHERE source = ?1", params![source.0])?;
        for d in diagnostics {
            self.run(
                "INSERT INTO diagnostics (source, line, column, severity, key, message)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![source.0, d.line, d.column, d.severity as u8, d.key, d.message],
            )?;
        }
        Ok(())
    }

    fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(|_| ())
            .map_err(|e| self.fail(e))
    }
}

fn json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}
