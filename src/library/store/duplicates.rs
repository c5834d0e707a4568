//! Works that several entries describe.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::{Row, params};

use super::papers::{Source, sources};
use super::{Store, StoreError};
use crate::library::paper::PaperId;

impl Store {
    /// The entries of a file that describe a work which an earlier entry, of this file or of another
    /// that still exists, describes already, in file order.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn duplicates(&self, path: &Path) -> Result<Vec<Duplicate>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Duplicate>> {
            let gone = vanished(&sources(&self.connection)?);
            self.connection
                .prepare_cached(&format!(
                    "SELECT e.line, e.column, ds.path,
                            e.key, e.title, e.year, e.doi, e.arxiv,
                            d.key, d.title, d.year, d.doi, d.arxiv
                     FROM ({FIRST_OF_SEVERAL}) AS f
                     CROSS JOIN entries AS e
                         ON e.paper = f.paper AND e.id <> f.id AND e.kept = 0
                     JOIN sources AS s ON s.id = e.source AND s.path = ?2
                     JOIN entries AS d ON d.id = f.id
                     JOIN sources AS ds ON ds.id = d.source ORDER BY e.position"
                ))?
                .query_map(params![gone, path.to_str()], |row| {
                    Ok(Duplicate {
                        line: row.get(0)?,
                        column: row.get(1)?,
                        first_path: row.get::<_, String>(2)?.into(),
                        entry: Described::read(row, 3)?,
                        first: Described::read(row, 8)?,
                    })
                })?
                .collect()
        };
        read().map_err(self.fail())
    }

    /// The entries of each work that several describe, in the order of their files. Only entries
    /// that are in one of `files` (none: in any) count.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn works_of_several_entries(
        &self,
        files: &[PathBuf],
    ) -> Result<Vec<Vec<Place>>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Place>> {
            let counts: HashSet<PathBuf> = sources(&self.connection)?
                .into_iter()
                .filter(|s| s.exists && (files.is_empty() || files.contains(&s.path)))
                .map(|source| source.path)
                .collect();
            let mut statement = self.connection.prepare_cached(
                "SELECT e.paper, e.key, s.path, e.line
                 FROM (SELECT paper FROM entries GROUP BY paper HAVING count(*) > 1) AS several
                 CROSS JOIN entries AS e ON e.paper = several.paper AND e.kept = 0
                 JOIN sources AS s ON s.id = e.source ORDER BY e.paper, s.id, e.position",
            )?;
            let places = statement.query_map([], |row| {
                Ok(Place {
                    paper: PaperId(row.get(0)?),
                    key: row.get(1)?,
                    path: row.get::<_, String>(2)?.into(),
                    line: row.get(3)?,
                })
            })?;
            places
                .filter(|place| place.as_ref().map_or(true, |p| counts.contains(&p.path)))
                .collect()
        };
        let places = read().map_err(self.fail())?;
        let works = places.chunk_by(|a, b| a.paper == b.paper).filter(|work| work.len() > 1);
        Ok(works.map(<[Place]>::to_vec).collect())
    }
}

/// Where an entry of a work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The work.
    pub paper: PaperId,
    /// Cite key.
    pub key: String,
    /// The file.
    pub path: PathBuf,
    /// Line of the entry's `@`, from 1.
    pub line: u32,
}

/// The ids of files that no longer exist, as a JSON array.
fn vanished(sources: &[Source]) -> String {
    let ids: Vec<String> = sources.iter().filter(|s| !s.exists).map(|s| s.id.to_string()).collect();
    format!("[{}]", ids.join(","))
}

/// The first entry (`id`) of each work (`paper`) that several describe. Those that their files no
/// longer have do not count, nor those of the files in ?1, a JSON array. SQLite takes `id` from the
/// row of the minimum. There are few, so a query should begin with them, which CROSS JOIN tells
/// SQLite.
const FIRST_OF_SEVERAL: &str = "SELECT paper, id, min((source << 32) + position) FROM entries
     WHERE kept = 0 AND source NOT IN (SELECT value FROM json_each(?1)) GROUP BY paper HAVING count(*) > 1";

/// An entry of a work that an earlier entry describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Line of the entry's `@`, from 1.
    pub line: u32,
    /// Column of the `@` in characters, from 1.
    pub column: u32,
    /// The entry.
    pub entry: Described,
    /// The first entry of the work.
    pub first: Described,
    /// File of the first entry.
    pub first_path: PathBuf,
}

/// What an entry says of its work's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Cite key.
    pub key: String,
    /// Title.
    pub title: String,
    /// Year of publication.
    pub year: Option<i32>,
    /// DOI.
    pub doi: Option<String>,
    /// arXiv id.
    pub arxiv: Option<String>,
}

impl Described {
    /// Reads `key, title, year, doi, arxiv` from a column on.
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            key: row.get(column)?,
            title: row.get(column + 1)?,
            year: row.get(column + 2)?,
            doi: row.get(column + 3)?,
            arxiv: row.get(column + 4)?,
        })
    }
}
