//! What an import changes, in one transaction.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Transaction, TransactionBehavior, params};

use super::papers::from_json;
use super::{Store, StoreError};
use crate::library::date::Date;
use crate::library::diagnostic::Diagnostic;
use crate::library::import::parse::Parsed;
use crate::library::names::Name;
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
    /// Cite key.
    pub key: String,
    /// Hash of its content.
    pub hash: [u8; 32],
    /// Title.
    pub title: String,
    /// Year of publication.
    pub year: Option<i32>,
    /// DOI.
    pub doi: Option<String>,
    /// arXiv id.
    pub arxiv: Option<String>,
    /// Order in the file.
    pub position: u32,
    /// Line in the file.
    pub line: u32,
    /// Column of its `@` in that line.
    pub column: u32,
    /// Is it no longer in the file?
    pub kept: bool,
}

/// A work that the library knows, whichever file it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownPaper {
    /// Title of one of its entries; empty where it has none left.
    pub title: String,
    /// How many entries describe it.
    pub entries: usize,
    /// The DOI of those entries. Entries with different ones never describe one work.
    pub doi: Option<Identifier>,
    /// An arXiv id of those entries.
    pub arxiv: Option<Identifier>,
}

/// A DOI or arXiv id of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The DOI or id.
    pub value: String,
    /// How many entries have it.
    pub entries: usize,
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
    pub(super) transaction: Transaction<'a>,
    path: PathBuf,
}

impl Writer<'_> {
    pub(super) fn fail(&self, cause: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), cause }
    }

    /// Row of a file, made if need be, with the hash of what is now read from it. The path must be
    /// Unicode.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn source(&self, path: &Path, hash: &[u8; 32]) -> Result<SourceId, StoreError> {
        self.transaction
            .query_row(
                "INSERT INTO sources (path, hash) VALUES (?1, ?2)
                 ON CONFLICT (path) DO UPDATE SET hash = excluded.hash RETURNING id",
                params![path.to_str(), hash],
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
                    "SELECT id, paper, key, hash, title, year, doi, arxiv, position, line,
                            column, kept
                     FROM entries WHERE source = ?1 ORDER BY position",
                )?
                .query_map([source.0], |row| {
                    Ok(StoredEntry {
                        id: EntryId(row.get(0)?),
                        paper: PaperId(row.get(1)?),
                        key: row.get(2)?,
                        hash: row.get(3)?,
                        title: row.get(4)?,
                        year: row.get(5)?,
                        doi: row.get(6)?,
                        arxiv: row.get(7)?,
                        position: row.get(8)?,
                        line: row.get(9)?,
                        column: row.get(10)?,
                        kept: row.get(11)?,
                    })
                })?
                .collect()
        };
        read().map_err(|e| self.fail(e))
    }

    /// Every work of the library.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn known_papers(&self) -> Result<HashMap<PaperId, KnownPaper>, StoreError> {
        let read = || -> rusqlite::Result<HashMap<PaperId, KnownPaper>> {
            self.transaction
                .prepare_cached(
                    "SELECT p.id, coalesce(max(e.title), ''), count(e.id), max(e.doi),
                            count(e.doi), max(e.arxiv), count(e.arxiv)
                     FROM papers AS p LEFT JOIN entries AS e ON e.paper = p.id GROUP BY p.id",
                )?
                .query_map([], |row| {
                    let count = |column| row.get::<_, i64>(column).map(|count| count as usize);
                    let identifier = |column| -> rusqlite::Result<Option<Identifier>> {
                        let value: Option<String> = row.get(column)?;
                        let entries = count(column + 1)?;
                        Ok(value.map(|value| Identifier { value, entries }))
                    };
                    let known = KnownPaper {
                        title: row.get(1)?,
                        entries: count(2)?,
                        doi: identifier(3)?,
                        arxiv: identifier(5)?,
                    };
                    Ok((PaperId(row.get(0)?), known))
                })?
                .collect()
        };
        read().map_err(|e| self.fail(e))
    }

    /// Calls `visit` with every identity that ever led to a work, and that work.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn each_identity(
        &self,
        mut visit: impl FnMut(Identity, PaperId),
    ) -> Result<(), StoreError> {
        let mut read = || -> rusqlite::Result<()> {
            let mut statement =
                self.transaction.prepare_cached("SELECT identity, paper FROM identities")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                visit(Identity::from_stored(row.get(0)?), PaperId(row.get(1)?));
            }
            Ok(())
        };
        read().map_err(|e| self.fail(e))
    }

    /// Leads an identity to a work, wherever it led before.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_identity(&self, identity: &Identity, paper: PaperId) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO identities (identity, paper) VALUES (?1, ?2)
             ON CONFLICT (identity) DO UPDATE SET paper = excluded.paper",
            params![identity.as_str(), paper.0],
        )
    }

    /// Makes a new work. No identity leads to it yet.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn insert_paper(&self, now: i64) -> Result<PaperId, StoreError> {
        self.run("INSERT INTO papers (added) VALUES (?1)", params![now])?;
        Ok(PaperId(self.transaction.last_insert_rowid()))
    }

    /// Makes one work of two that turned out to be the same, with what the user says of either.
    /// Identities are left to the caller.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn join_papers(&self, keep: PaperId, gone: PaperId) -> Result<(), StoreError> {
        let both = params![keep.0, gone.0];
        self.run("UPDATE entries SET paper = ?1 WHERE paper = ?2", both)?;
        self.run(
            "UPDATE papers SET added = min(added, (SELECT added FROM papers WHERE id = ?2))
             WHERE id = ?1",
            both,
        )?;
        self.join_marks(keep, gone)?;
        self.run("DELETE FROM papers WHERE id = ?1", params![gone.0])
    }

    /// The author lists of the entries that describe a work, those without authors left out.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn authors_of(&self, paper: PaperId) -> Result<Vec<Vec<Name>>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Vec<Name>>> {
            self.transaction
                .prepare_cached("SELECT authors FROM entries WHERE paper = ?1 AND authors <> '[]'")?
                .query_map([paper.0], |row| from_json(row, 0))?
                .collect()
        };
        read().map_err(|e| self.fail(e))
    }

    /// An entry as it stood in its file.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn raw_entry(&self, entry: EntryId) -> Result<String, StoreError> {
        self.transaction
            .query_row("SELECT raw FROM entries WHERE id = ?1", params![entry.0], |row| row.get(0))
            .map_err(|e| self.fail(e))
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
        let aliases = (!parsed.aliases.is_empty()).then(|| json(&parsed.aliases));
        let aliases = aliases.transpose().map_err(|e| self.fail(e))?;
        let extras = (!parsed.extras.is_empty()).then(|| json(&parsed.extras));
        let extras = extras.transpose().map_err(|e| self.fail(e))?;
        let date = parsed.date.as_ref().map(Date::standard);
        let written = parsed.date.as_ref().map(|date| date.written.as_str());
        let written = written.filter(|written| date.as_deref() != Some(*written));
        self.run(
            "INSERT INTO entries (source, position, paper, key, line, column, hash, text_hash, kind, title,
                 authors, year, date, written, venue, keywords, doi, arxiv, url, file, aliases,
                 extras, abstract, raw)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
            params![
                source.0,
                position,
                paper.0,
                parsed.key,
                parsed.line,
                parsed.column,
                parsed.hash,
                parsed.text_hash,
                parsed.kind,
                parsed.title,
                authors,
                parsed.year(),
                date,
                written,
                parsed.venue,
                keywords,
                parsed.doi,
                parsed.arxiv,
                parsed.url,
                parsed.file,
                aliases,
                extras,
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

    /// Notes that an entry is no longer in its file, but kept.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn keep_entry(&self, entry: EntryId) -> Result<(), StoreError> {
        self.run("UPDATE entries SET kept = 1 WHERE id = ?1", params![entry.0])
    }

    /// Notes that an unchanged entry stands elsewhere in its file, or is back in it: its order, line
    /// and column now.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn move_entry(
        &self,
        entry: EntryId,
        (position, line, column): (u32, u32, u32),
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE entries SET position = ?2, line = ?3, column = ?4, kept = 0 WHERE id = ?1",
            params![entry.0, position, line, column],
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

    pub(super) fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
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
