//! What the user says of the papers.

use rusqlite::{Connection, OptionalExtension, params};

use super::writer::Writer;
use super::{Store, StoreError};
use crate::library::marks::{Change, Mark, Marks, State, Step};
use crate::library::paper::PaperId;

/// Of a paper that is opened again and again, so many times are kept: enough to tell what is in use.
const OPENINGS_KEPT: i64 = 50;

impl Store {
    /// All marks, as the user made them; see [`Marks::with_defaults`] for what files say.
    ///
    /// # Errors
    /// The store cannot be read, or holds something that is no mark.
    pub fn marks(&self) -> Result<Marks, StoreError> {
        // Before the marks: should another process change them now, that is noticed next time.
        let mut marks = Marks::of_revision(revision(&self.connection).map_err(self.fail())?);
        let mut damaged = None;
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT paper, aspect, name, value, changed FROM marks")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let mark = marks.entry(PaperId(row.get(0)?));
                let aspect = row.get_ref(1)?.as_str()?;
                let (name, value) = (row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
                if read_aspect(mark, aspect, name, value, row.get(4)?).is_none() {
                    damaged = Some(format!("the mark {aspect} = {value}"));
                }
            }
            let mut statement = self
                .connection
                .prepare_cached("SELECT paper, at FROM openings ORDER BY paper, at")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                marks.entry(PaperId(row.get(0)?)).opened.push(row.get(1)?);
            }
            Ok(())
        };
        read().map_err(self.fail())?;
        match damaged {
            Some(what) => Err(StoreError::Damaged { path: self.path.clone(), what }),
            None => Ok(marks),
        }
    }

    /// Were marks changed since `known` were read, by this program or another?
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn marks_changed(&self, known: &Marks) -> Result<bool, StoreError> {
        Ok(self.marks_revision()? != known.revision())
    }

    /// A number that is another one whenever marks were changed, by this program or another.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn marks_revision(&self) -> Result<i64, StoreError> {
        revision(&self.connection).map_err(self.fail())
    }

    /// Marks papers, all of them or none, as one step that can be [undone](Store::undo). `None` where
    /// all was so already. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn mark(
        &mut self,
        papers: &[PaperId],
        changes: &[Change],
        now: i64,
    ) -> Result<Option<Step>, StoreError> {
        self.write(|writer| writer.mark(papers, changes, now))
    }

    /// Notes that the user looked at a paper. That is no step: there is nothing to undo.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn opened(&mut self, paper: PaperId, now: i64) -> Result<(), StoreError> {
        self.write(|writer| {
            writer.run("INSERT OR IGNORE INTO openings VALUES (?1, ?2)", params![paper.0, now])?;
            writer.run(
                "DELETE FROM openings WHERE paper = ?1 AND at <= (SELECT at FROM openings
                     WHERE paper = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
                params![paper.0, OPENINGS_KEPT],
            )?;
            writer.revise_marks()
        })
    }
}

/// See [`Marks::revision`].
fn revision(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT revision FROM marks_revision")?
        .query_row([], |row| row.get(0))
}

/// Puts a row of the table into a mark; `None` where it is none.
fn read_aspect(mark: &mut Mark, aspect: &str, name: &str, value: &str, changed: i64) -> Option<()> {
    let flag = || match value {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let dates = &mut mark.dates;
    match aspect {
        "state" => (mark.state, dates.state) = (State::from_name(value)?, Some(changed)),
        "star" => (mark.starred, dates.starred) = (flag()?, Some(changed)),
        "not_for_me" => (mark.not_for_me, dates.not_for_me) = (flag()?, Some(changed)),
        "rating" => {
            let rating = if value.is_empty() { None } else { Some(value.parse().ok()?) };
            (mark.rating, dates.rating) = (rating, Some(changed));
        }
        "note" => (mark.note, dates.note) = (value.to_owned(), Some(changed)),
        "tag" => {
            mark.tags.push(name.to_owned());
            dates.tags = dates.tags.max(Some(changed));
        }
        "list" => {
            mark.lists.push(name.to_owned());
            dates.lists = dates.lists.max(Some(changed));
        }
        _ => return None,
    }
    Some(())
}

/// A row of the table as it is to be; without a value it is not to be there.
struct Aspect<'a> {
    kind: &'static str,
    name: &'a str,
    value: Option<String>,
}

/// The rows that a change is about.
fn aspects(change: &Change) -> Vec<Aspect<'_>> {
    let one = |kind, value: String| Aspect { kind, name: "", value: Some(value) };
    let flag = |kind, is_set: bool| one(kind, u8::from(is_set).to_string());
    let named = |kind, name, is_set: bool| {
        vec![Aspect { kind, name: str::trim(name), value: is_set.then(String::new) }]
    };
    match change {
        Change::State(state) => vec![one("state", state.name().to_owned())],
        Change::Star(true) => vec![flag("star", true), flag("not_for_me", false)],
        Change::NotForMe(true) => vec![flag("not_for_me", true), flag("star", false)],
        Change::Star(false) => vec![flag("star", false)],
        Change::NotForMe(false) => vec![flag("not_for_me", false)],
        Change::Rating(rating) => {
            let rating = rating.map(|rating| rating.clamp(1, 5).to_string());
            vec![one("rating", rating.unwrap_or_default())]
        }
        Change::Note(note) => {
            let note = note.trim();
            let value = (!note.is_empty()).then(|| note.to_owned());
            vec![Aspect { kind: "note", name: "", value }]
        }
        Change::Tag(tag) => named("tag", tag, true),
        Change::Untag(tag) => named("tag", tag, false),
        Change::List(list) => named("list", list, true),
        Change::Unlist(list) => named("list", list, false),
    }
}

/// Value and time of change of a row; `None` where there is none.
type Stored = Option<(String, i64)>;

impl Writer<'_> {
    /// See [`Store::mark`].
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn mark(
        &self,
        papers: &[PaperId],
        changes: &[Change],
        now: i64,
    ) -> Result<Option<Step>, StoreError> {
        let mut step = None;
        let mut touched = Vec::new();
        let what: Vec<String> = changes.iter().map(Change::to_string).collect();
        let what = what.join(", ");
        for &paper in papers {
            let mut differs = false;
            for aspect in changes.iter().flat_map(aspects) {
                let old = self.stored_mark(paper, aspect.kind, aspect.name)?;
                if old.as_ref().map(|(value, _)| value) == aspect.value.as_ref() {
                    continue;
                }
                differs = true;
                let step = match step {
                    Some(step) => step,
                    None => *step.insert(self.begin_step(&what, now)?),
                };
                let new = aspect.value.map(|value| (value, now));
                self.set_mark(paper, aspect.kind, aspect.name, new.as_ref())?;
                self.record_mark(step, paper, (aspect.kind, aspect.name), old, new)?;
            }
            if differs && !touched.contains(&paper) {
                touched.push(paper);
            }
        }
        if touched.is_empty() {
            return Ok(None);
        }
        self.revise_marks()?;
        Ok(Some(Step { what, papers: touched, at: now }))
    }

    fn stored_mark(&self, paper: PaperId, aspect: &str, name: &str) -> Result<Stored, StoreError> {
        let read = || {
            self.transaction
                .prepare_cached(
                    "SELECT value, changed FROM marks
                     WHERE paper = ?1 AND aspect = ?2 AND name = ?3",
                )?
                .query_row(params![paper.0, aspect, name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        };
        read().map_err(|e| self.fail(e))
    }

    /// Makes a row of the table so; without a value it is removed.
    pub(super) fn set_mark(
        &self,
        paper: PaperId,
        aspect: &str,
        name: &str,
        new: Option<&(String, i64)>,
    ) -> Result<(), StoreError> {
        match new {
            Some((value, changed)) => self.run(
                "INSERT OR REPLACE INTO marks (paper, aspect, name, value, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![paper.0, aspect, name, value, changed],
            ),
            None => self.run(
                "DELETE FROM marks WHERE paper = ?1 AND aspect = ?2 AND name = ?3",
                params![paper.0, aspect, name],
            ),
        }
    }

    /// Marks are others from now on; see [`Marks::revision`].
    pub(super) fn revise_marks(&self) -> Result<(), StoreError> {
        self.run("UPDATE marks_revision SET revision = revision + 1", &[])
    }

    /// What was said of `gone` is from now on said of `keep`. Where both have a word, the later one
    /// counts; of two notes nothing is lost.
    pub(super) fn join_marks(&self, keep: PaperId, gone: PaperId) -> Result<(), StoreError> {
        let both = params![keep.0, gone.0];
        self.run(
            "INSERT INTO marks SELECT ?1, aspect, name, value, changed FROM marks WHERE paper = ?2
             ON CONFLICT DO UPDATE SET
                 value = CASE
                     WHEN aspect = 'note' AND value <> excluded.value THEN
                         iif(changed <= excluded.changed,
                             value || char(10, 10) || excluded.value,
                             excluded.value || char(10, 10) || value)
                     WHEN changed < excluded.changed THEN excluded.value
                     ELSE value
                 END,
                 changed = max(changed, excluded.changed)",
            both,
        )?;
        for table in ["openings", "clippings", "step_marks", "step_entries"] {
            // What is there already stays, and what then is left of the other is of no use.
            self.run(&format!("UPDATE OR IGNORE {table} SET paper = ?1 WHERE paper = ?2"), both)?;
            self.run(&format!("DELETE FROM {table} WHERE paper = ?1"), params![gone.0])?;
        }
        self.run("DELETE FROM marks WHERE paper = ?1", params![gone.0])?;
        self.revise_marks()
    }
}

#[cfg(test)]
mod tests;
