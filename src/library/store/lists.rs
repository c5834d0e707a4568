//! Works of no file that are on a list of the user's: their entries, as they were found.
//!
//! That a work is on a list is a [mark](super::marks). Here is what is needed to write the list as
//! BibTeX: of papers that a file has, the file's entry; of others, the one that was kept.

use rusqlite::params;

use super::writer::Writer;
use super::{Store, StoreError};
use crate::library::paper::PaperId;

/// An entry on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The work.
    pub paper: PaperId,
    /// Cite key.
    pub key: String,
    /// Title.
    pub title: String,
    /// The entry as it stands in its file, or stood where it was found.
    pub raw: String,
    /// Is it of a file of the library?
    pub owned: bool,
}

impl Store {
    /// What is on a list, in the order in which it was put there. Works without an entry (any more)
    /// are left out.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn list(&self, name: &str) -> Result<Vec<Listed>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Listed>> {
            self.connection
                .prepare_cached(
                    // SQLite takes the other columns from the row of the minimum.
                    "SELECT m.paper, coalesce(e.key, c.key), coalesce(e.title, c.title),
                            coalesce(e.raw, c.raw), e.id IS NOT NULL,
                            min((e.kept << 62) + (e.source << 32) + e.position)
                     FROM marks AS m
                     LEFT JOIN entries AS e ON e.paper = m.paper
                     LEFT JOIN clippings AS c ON c.paper = m.paper
                     WHERE m.aspect = 'list' AND m.name = ?1
                         AND (e.id IS NOT NULL OR c.paper IS NOT NULL)
                     GROUP BY m.paper ORDER BY m.changed, m.paper",
                )?
                .query_map([name], |row| {
                    Ok(Listed {
                        paper: PaperId(row.get(0)?),
                        key: row.get(1)?,
                        title: row.get(2)?,
                        raw: row.get(3)?,
                        owned: row.get(4)?,
                    })
                })?
                .collect()
        };
        read().map_err(self.fail())
    }
}

impl Writer<'_> {
    /// Keeps the entry of a work that no file of the library has.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn clip(
        &self,
        paper: PaperId,
        key: &str,
        title: &str,
        raw: &str,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT OR REPLACE INTO clippings (paper, key, title, raw) VALUES (?1, ?2, ?3, ?4)",
            params![paper.0, key, title, raw],
        )
    }
}
