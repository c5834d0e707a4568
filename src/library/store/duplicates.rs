//! Works that several entries describe.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::papers::{Source, sources};
use super::{Store, StoreError};
use crate::library::paper::PaperId;

impl Store {
    /// Number of entries of a file that describe a work which an earlier entry, of this file or of
    /// another that still exists, describes already.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn duplicate_count(&self, path: &Path) -> Result<usize, StoreError> {
        let read = || {
            let gone = vanished(&sources(&self.connection)?);
            self.connection
                .prepare_cached(&format!(
                    "SELECT count(*) FROM ({FIRST_OF_SEVERAL}) AS f
                     CROSS JOIN entries AS e
                         ON e.paper = f.paper AND e.id <> f.id AND e.kept = 0
                     JOIN sources AS s ON s.id = e.source WHERE s.path = ?2"
                ))?
                .query_row(params![gone, path.to_str()], |row| row.get::<_, i64>(0))
        };
        read().map(|count| count as usize).map_err(self.fail())
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
    /// Order in its file.
    pub position: u32,
    /// Cite key of the first entry.
    pub key: String,
    /// File of the first entry.
    pub path: PathBuf,
    /// Title of the first entry.
    pub title: String,
    /// Year of the first entry.
    pub year: Option<i32>,
    /// DOI of the first entry.
    pub doi: Option<String>,
    /// arXiv id of the first entry.
    pub arxiv: Option<String>,
}

/// The entries of a file that [`Store::duplicate_count`] counts, in file order.
pub(super) fn duplicates(connection: &Connection, source: i64) -> rusqlite::Result<Vec<Duplicate>> {
    let gone = vanished(&sources(connection)?);
    connection
        .prepare_cached(&format!(
            "SELECT e.position, d.key, s.path, d.title, d.year, d.doi, d.arxiv
             FROM ({FIRST_OF_SEVERAL}) AS f
             CROSS JOIN entries AS e
                 ON e.paper = f.paper AND e.id <> f.id AND e.source = ?2 AND e.kept = 0
             JOIN entries AS d ON d.id = f.id
             JOIN sources AS s ON s.id = d.source ORDER BY e.position"
        ))?
        .query_map(params![gone, source], |row| {
            Ok(Duplicate {
                position: row.get(0)?,
                key: row.get(1)?,
                path: row.get::<_, String>(2)?.into(),
                title: row.get(3)?,
                year: row.get(4)?,
                doi: row.get(5)?,
                arxiv: row.get(6)?,
            })
        })?
        .collect()
}
