//! What the user did, to be undone and redone: it is in the store, so it outlives the program, and is
//! one for all programs that have the library open.

use std::path::PathBuf;

use rusqlite::{OptionalExtension, Row, params};

use super::papers::sources;
use super::writer::Writer;
use super::{Store, StoreError};
use crate::library::import::now;
use crate::library::marks::Step;
use crate::library::paper::PaperId;

/// Steps that can be undone. Those before are final.
const STEPS_KEPT: i64 = 500;

/// The columns of an entry besides its row, its file and that it is [kept](super::papers).
const COLUMNS: &str =
    "position, kept, paper, key, line, column, hash, text_hash, kind, title, authors,
     year, date, written, venue, keywords, doi, arxiv, url, file, aliases, extras, abstract, raw";

/// Which way through the steps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Undo,
    Redo,
}

impl Store {
    /// Undoes the last step that is not undone, whichever program did it; `None` where there is none.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn undo(&mut self) -> Result<Option<Step>, StoreError> {
        self.write(|writer| writer.travel(Direction::Undo))
    }

    /// Does again what was undone last. Whatever else was done since makes that impossible: `None`.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn redo(&mut self) -> Result<Option<Step>, StoreError> {
        self.write(|writer| writer.travel(Direction::Redo))
    }
}

/// A mark as a step found or left it.
struct Recorded {
    paper: PaperId,
    aspect: String,
    name: String,
    state: Option<(String, i64)>,
}

impl Recorded {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let value: Option<String> = row.get(3)?;
        let changed: Option<i64> = row.get(4)?;
        Ok(Self {
            paper: PaperId(row.get(0)?),
            aspect: row.get(1)?,
            name: row.get(2)?,
            state: value.zip(changed),
        })
    }
}

impl Writer<'_> {
    /// Begins a step. What was undone before it can no longer be redone.
    pub(super) fn begin_step(&self, what: &str, now: i64) -> Result<i64, StoreError> {
        self.run("DELETE FROM steps WHERE undone", &[])?;
        self.run("INSERT INTO steps (at, what) VALUES (?1, ?2)", params![now, what])?;
        let step = self.transaction.last_insert_rowid();
        self.run(
            "DELETE FROM steps WHERE id <= (SELECT id FROM steps ORDER BY id DESC LIMIT 1 OFFSET ?1)",
            params![STEPS_KEPT],
        )?;
        Ok(step)
    }

    /// Notes how a step found and left a mark.
    pub(super) fn record_mark(
        &self,
        step: i64,
        paper: PaperId,
        (aspect, name): (&str, &str),
        old: Option<(String, i64)>,
        new: Option<(String, i64)>,
    ) -> Result<(), StoreError> {
        let (old_value, old_changed) = old.unzip();
        let (new_value, new_changed) = new.unzip();
        self.run(
            "INSERT INTO step_marks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE
                 SET new_value = excluded.new_value, new_changed = excluded.new_changed",
            params![step, paper.0, aspect, name, old_value, old_changed, new_value, new_changed],
        )
    }

    fn travel(&self, direction: Direction) -> Result<Option<Step>, StoreError> {
        let (find, marks) = match direction {
            Direction::Undo => (
                "SELECT id, at, what FROM steps WHERE NOT undone ORDER BY id DESC LIMIT 1",
                "SELECT paper, aspect, name, old_value, old_changed FROM step_marks WHERE step = ?1",
            ),
            Direction::Redo => (
                "SELECT id, at, what FROM steps WHERE undone ORDER BY id LIMIT 1",
                "SELECT paper, aspect, name, new_value, new_changed FROM step_marks WHERE step = ?1",
            ),
        };
        let read = || -> rusqlite::Result<Option<(i64, Step, Vec<Recorded>)>> {
            let found = self
                .transaction
                .query_row(find, [], |row| {
                    let step = Step { at: row.get(1)?, what: row.get(2)?, papers: Vec::new() };
                    Ok((row.get(0)?, step))
                })
                .optional()?;
            let Some((id, step)) = found else {
                return Ok(None);
            };
            let marks = self
                .transaction
                .prepare_cached(marks)?
                .query_map([id], Recorded::read)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some((id, step, marks)))
        };
        let Some((id, mut step, marks)) = read().map_err(|e| self.fail(e))? else {
            return Ok(None);
        };
        step.papers = match direction {
            Direction::Undo => self.restore_entries(id)?,
            Direction::Redo => self.remove_entries(id)?,
        };
        for Recorded { paper, aspect, name, state } in marks {
            self.set_mark(paper, &aspect, &name, state.as_ref())?;
            step.papers.push(paper);
        }
        step.papers.sort_unstable();
        step.papers.dedup();
        let undone = direction == Direction::Undo;
        self.run("UPDATE steps SET undone = ?2 WHERE id = ?1", params![id, undone])?;
        self.revise_marks()?;
        Ok(Some(step))
    }

    /// Removes the entries that are missing from these files, or from all: those that were kept, and
    /// those of files that no longer exist. The works that they described stay, with all that hangs
    /// on them, and the step can be [undone](Store::undo). Returns how many entries these were.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn forget_missing(&self, files: &[PathBuf]) -> Result<usize, StoreError> {
        let wanted = |path: &PathBuf| files.is_empty() || files.contains(path);
        let mut sources = sources(&self.transaction).map_err(|e| self.fail(e))?;
        sources.retain(|source| wanted(&source.path));
        let count = || -> rusqlite::Result<usize> {
            let mut statement = self.transaction.prepare_cached(
                "SELECT count(*) FROM entries WHERE source = ?1 AND (kept OR ?2)",
            )?;
            sources.iter().try_fold(0, |sum, source| {
                let count: i64 =
                    statement.query_row(params![source.id, !source.exists], |row| row.get(0))?;
                Ok(sum + count as usize)
            })
        };
        let forgotten = count().map_err(|e| self.fail(e))?;
        if forgotten > 0 {
            let step = self.begin_step("forget missing papers", now())?;
            for source in &sources {
                self.run(
                    &format!(
                        "INSERT INTO step_entries (step, path, {COLUMNS}) SELECT ?3, ?4, {COLUMNS}
                         FROM entries WHERE source = ?1 AND (kept OR ?2)"
                    ),
                    params![source.id, !source.exists, step, source.path.to_str()],
                )?;
            }
            self.remove_entries(step)?;
        }
        for source in sources.iter().filter(|source| !source.exists) {
            self.run("DELETE FROM sources WHERE id = ?1", params![source.id])?;
        }
        Ok(forgotten)
    }

    /// Removes the entries that a step forgot, as far as they are still missing from their files;
    /// returns the papers that they describe.
    fn remove_entries(&self, step: i64) -> Result<Vec<PaperId>, StoreError> {
        let remove = || -> rusqlite::Result<Vec<PaperId>> {
            let mut papers = Vec::new();
            for source in sources(&self.transaction)? {
                let removed = self
                    .transaction
                    .prepare_cached(
                        "DELETE FROM entries WHERE source = ?1 AND (kept OR ?2)
                             AND (key, hash) IN (SELECT key, hash FROM step_entries
                                 WHERE step = ?3 AND path = ?4) RETURNING paper",
                    )?
                    .query_map(
                        params![source.id, !source.exists, step, source.path.to_str()],
                        |row| row.get(0).map(PaperId),
                    )?
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                if source.exists && !removed.is_empty() {
                    // Part of what was kept may still be in the file: it is to be read again.
                    self.transaction.execute(
                        "UPDATE sources SET hash = zeroblob(32) WHERE id = ?1",
                        params![source.id],
                    )?;
                }
                papers.extend(removed);
            }
            Ok(papers)
        };
        remove().map_err(|e| self.fail(e))
    }

    /// Brings the entries back that a step forgot, but for those that came back by themselves; returns
    /// the papers that they describe.
    fn restore_entries(&self, step: i64) -> Result<Vec<PaperId>, StoreError> {
        let restore = || -> rusqlite::Result<Vec<PaperId>> {
            self.transaction.execute(
                "INSERT OR IGNORE INTO sources (path, hash)
                 SELECT DISTINCT path, zeroblob(32) FROM step_entries WHERE step = ?1",
                params![step],
            )?;
            self.transaction
                .prepare_cached(&format!(
                    "INSERT INTO entries (source, {COLUMNS})
                     SELECT (SELECT id FROM sources AS s WHERE s.path = f.path), {COLUMNS}
                     FROM step_entries AS f WHERE step = ?1 AND NOT EXISTS (
                         SELECT 1 FROM entries AS e JOIN sources AS s ON s.id = e.source
                         WHERE s.path = f.path AND e.key = f.key AND e.hash = f.hash)
                     RETURNING paper"
                ))?
                .query_map(params![step], |row| row.get(0).map(PaperId))?
                .collect()
        };
        restore().map_err(|e| self.fail(e))
    }
}

#[cfg(test)]
mod tests;
