//! What everyone reads: the papers of the library, and what was found in its files.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Store, StoreError};
use crate::library::date::Date;
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::names::Name;
use crate::library::paper::{self, Paper, PaperId, Snapshot};

impl Store {
    /// Hash under which a file was last imported.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn source_hash(&self, path: &Path) -> Result<Option<[u8; 32]>, StoreError> {
        self.connection
            .query_row("SELECT hash FROM sources WHERE path = ?1", [path.to_str()], |row| {
                row.get(0)
            })
            .optional()
            .map_err(self.fail())
    }

    /// Number of entries that a file has, and of those that it no longer has but that were kept.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn entry_counts(&self, path: &Path) -> Result<(usize, usize), StoreError> {
        self.connection
            .query_row(
                "SELECT count(*), coalesce(sum(kept), 0)
                 FROM entries JOIN sources ON sources.id = source WHERE path = ?1",
                [path.to_str()],
                |row| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize)),
            )
            .map(|(all, kept)| (all - kept, kept))
            .map_err(self.fail())
    }

    /// The files that the library knows, those that no longer exist included, in the order in which
    /// they came.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn source_paths(&self) -> Result<Vec<PathBuf>, StoreError> {
        sources(&self.connection)
            .map(|sources| sources.into_iter().map(|source| source.path).collect())
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
                .query_map([path.to_str()], |row| {
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
                     WHERE paper = ?1 AND key = ?2 AND path = ?3 ORDER BY kept, position LIMIT 1",
                )?
                .query_row((paper.id.0, &paper.key, paper.source.path.to_str()), |row| row.get(0))
        };
        read().map_err(self.fail())
    }

    /// All papers of the library, or those of some files, in file order. The first entry of a work
    /// describes it; what it leaves empty is taken from the others, and their keys are kept beside.
    /// Entries that are [missing](Paper::missing) come last, and have no say in works that others
    /// describe.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn snapshot(&self, files: &[PathBuf]) -> Result<Snapshot, StoreError> {
        let read = || -> rusqlite::Result<Snapshot> {
            let mut sources = sources(&self.connection)?;
            sources.retain(|source| files.is_empty() || files.contains(&source.path));
            // Each file twice: the entries that it has, those that it no longer has.
            let mut layers: Vec<Layer<'_>> = (sources.iter())
                .flat_map(|source| {
                    [false, true].map(|kept| Layer {
                        source,
                        kept,
                        missing: kept || !source.exists,
                    })
                })
                .collect();
            layers.sort_by_key(|layer| layer.missing);
            let mut papers: Vec<Paper> = Vec::new();
            let mut index: HashMap<PaperId, usize> = HashMap::new();
            // Papers below this index are not missing.
            let mut living = 0;
            let mut statement = self.connection.prepare(
                "SELECT e.paper, p.added, e.key, e.line, e.text_hash, e.kind, e.title, e.authors,
                        e.date, e.written, e.venue, e.keywords, e.doi, e.arxiv, e.url, e.file,
                        e.aliases, e.extras, e.abstract
                 FROM entries AS e JOIN papers AS p ON p.id = e.paper
                 WHERE e.source = ?1 AND e.kept = ?2 ORDER BY e.position",
            )?;
            for Layer { source, kept, missing } in layers {
                let path = Arc::new(source.path.clone());
                let mut rows = statement.query((source.id, kept))?;
                while let Some(row) = rows.next()? {
                    let id = PaperId(row.get(0)?);
                    match index.get(&id) {
                        None => {
                            index.insert(id, papers.len());
                            let paper = read_paper(row, id, Arc::clone(&path))?;
                            papers.push(Paper { missing, ..paper });
                        }
                        Some(&first) if !missing || first >= living => {
                            fill(&mut papers[first], read_paper(row, id, Arc::clone(&path))?);
                        }
                        Some(_) => {}
                    }
                }
                if !missing {
                    living = papers.len();
                }
            }
            for paper in papers.iter_mut().filter(|paper| !paper.other_keys.is_empty()) {
                let mut seen = HashSet::from([paper.key.clone()]);
                paper.other_keys.retain(|key| seen.insert(key.clone()));
            }
            Ok(Snapshot::new(papers))
        };
        read().map_err(self.fail())
    }
}

/// A file as the library knows it.
pub(super) struct Source {
    pub(super) id: i64,
    pub(super) path: PathBuf,
    pub(super) exists: bool,
}

/// The entries of a file that are in it, or those that were kept.
struct Layer<'a> {
    source: &'a Source,
    kept: bool,
    missing: bool,
}

/// All files, in the order in which they came.
pub(super) fn sources(connection: &Connection) -> rusqlite::Result<Vec<Source>> {
    connection
        .prepare_cached("SELECT id, path FROM sources ORDER BY id")?
        .query_map([], |row| {
            let path = PathBuf::from(row.get::<_, String>(1)?);
            Ok(Source { id: row.get(0)?, exists: path.exists(), path })
        })?
        .collect()
}

/// Takes over from another entry of the same work what a paper lacks.
fn fill(paper: &mut Paper, other: Paper) {
    paper.other_keys.push(other.key);
    paper.other_keys.extend(other.other_keys);
    let mut text_differs = false;
    for (own, other) in
        [(&mut paper.title, other.title), (&mut paper.abstract_text, other.abstract_text)]
    {
        if own.is_empty() && !other.is_empty() {
            *own = other;
            text_differs = true;
        }
    }
    if text_differs {
        paper.text_hash = Paper::text_hash(&paper.title, &paper.abstract_text);
    }
    if paper.venue.is_empty() {
        paper.venue = other.venue;
    }
    if paper.authors.is_empty() {
        paper.authors = other.authors;
    }
    if paper.keywords.is_empty() {
        paper.keywords = other.keywords;
    }
    paper.date = paper.date.take().or(other.date);
    paper.doi = paper.doi.take().or(other.doi);
    paper.arxiv = paper.arxiv.take().or(other.arxiv);
    paper.url = paper.url.take().or(other.url);
    paper.file = paper.file.take().or(other.file);
    paper.extras.fill(other.extras, &other.source.path);
}

fn read_paper(row: &Row<'_>, id: PaperId, path: Arc<PathBuf>) -> rusqlite::Result<Paper> {
    Ok(Paper {
        id,
        added: row.get(1)?,
        key: row.get(2)?,
        source: paper::Source { path, line: row.get(3)? },
        missing: false,
        text_hash: row.get(4)?,
        kind: row.get(5)?,
        title: row.get(6)?,
        authors: from_json::<Vec<Name>>(row, 7)?,
        date: read_date(row)?,
        venue: row.get(10)?,
        keywords: from_json(row, 11)?,
        doi: row.get(12)?,
        arxiv: row.get(13)?,
        url: row.get(14)?,
        file: row.get(15)?,
        other_keys: if_any(row, 16)?,
        extras: if_any(row, 17)?,
        abstract_text: row.get(18)?,
    })
}

/// The date in columns 8 and 9.
fn read_date(row: &Row<'_>) -> rusqlite::Result<Option<Date>> {
    let Some(standard) = row.get_ref(8)?.as_str_or_null()? else {
        return Ok(None);
    };
    let mut date = Date::from_standard(standard)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(8, Type::Text, Box::new(e)))?;
    if let Some(written) = row.get(9)? {
        date.written = written;
    }
    Ok(Some(date))
}

/// A value that is stored only where it is not the usual, empty one.
fn if_any<T: serde::de::DeserializeOwned + Default>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    if row.get_ref(column)? == ValueRef::Null { Ok(T::default()) } else { from_json(row, column) }
}

/// Reads a value that is stored as JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}
