//! A library that is damaged: put aside, and what can be read of it put into a new one.
//!
//! Works, what they are known by, entries, marks, lists, the names of clusters and what the user chose are
//! read row by row, from either end of each table, as far as that goes. Vectors are not taken over: of a damaged one
//! nothing would show, and they can be made again. Nor is what could be undone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::{Store, StoreError};

/// The tables that are taken over.
const TABLES: [&str; 11] = [
    "sources",
    "papers",
    "identities",
    "entries",
    "marks",
    "openings",
    "clippings",
    "clusters",
    "cluster_papers",
    "preferences",
    "filters",
];

/// The files of a library: the database, and what SQLite keeps beside it.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// What became of a damaged library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescue {
    /// Where the damaged file is now.
    pub damaged: PathBuf,
    /// Works that were saved.
    pub papers: usize,
    /// Things that the user said of papers that were saved.
    pub marks: usize,
    /// Was every row of these tables readable?
    pub complete: bool,
}

impl std::fmt::Display for Rescue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { damaged, papers, marks, complete } = self;
        let what = if *complete { "all" } else { "not all" };
        write!(
            f,
            "the library was damaged; {papers} papers and {marks} marks were saved ({what} that it had), \
             vectors are made again, and the damaged file is kept as {}",
            damaged.display()
        )
    }
}

impl Store {
    /// Is every page of the file as SQLite wrote it?
    ///
    /// # Errors
    /// What is wrong with it, as [`StoreError::is_damage`].
    pub fn check(&self) -> Result<(), StoreError> {
        let found: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(self.fail())?;
        if found == "ok" {
            return Ok(());
        }
        Err(StoreError::Damaged { path: self.path.clone(), what: found })
    }

    /// Puts the damaged library of a folder aside and makes a new one of what can be read of it.
    /// Nobody else may have it open. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The files cannot be moved, or the new library not be written.
    pub fn rescue(folder: &Path, now: i64) -> Result<(Self, Rescue), StoreError> {
        let path = folder.join(super::FILE);
        let damaged = folder.join(format!("library-damaged-{now}.sqlite"));
        let beside = |path: &Path, suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        for suffix in SUFFIXES {
            match fs::rename(beside(&path, suffix), beside(&damaged, suffix)) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Folder { path: folder.to_owned(), cause });
                }
                _ => {}
            }
        }
        let store = Self::open(folder)?;
        let mut rescue = Rescue { damaged, papers: 0, marks: 0, complete: true };
        match open_damaged(&rescue.damaged) {
            Ok(old) => store.take_over(&old, &mut rescue)?,
            Err(_) => rescue.complete = false,
        }
        Ok((store, rescue))
    }

    fn take_over(&self, old: &Connection, rescue: &mut Rescue) -> Result<(), StoreError> {
        let fail = self.fail();
        let new = &self.connection;
        new.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").map_err(&fail)?;
        for table in TABLES {
            match copy(old, new, table) {
                Ok(whole) => rescue.complete &= whole,
                Err(cause) => {
                    let _ = new.execute_batch("ROLLBACK");
                    return Err(fail(cause));
                }
            }
        }
        // Entries whose file or work was lost lead nowhere; each file is read again.
        new.execute_batch(
            "DELETE FROM entries WHERE source NOT IN (SELECT id FROM sources)
                 OR paper NOT IN (SELECT id FROM papers);
             DELETE FROM cluster_papers WHERE cluster NOT IN (SELECT id FROM clusters);
             UPDATE sources SET hash = zeroblob(32);
             UPDATE marks_revision SET revision = revision + 1;
             COMMIT; PRAGMA foreign_keys = ON",
        )
        .map_err(&fail)?;
        let count = |table: &str| -> Result<usize, StoreError> {
            let count = format!("SELECT count(*) FROM {table}");
            let count: i64 = new.query_row(&count, [], |row| row.get(0)).map_err(&fail)?;
            Ok(count as usize)
        };
        rescue.papers = count("papers")?;
        rescue.marks = count("marks")?;
        Ok(())
    }
}

/// Opens a damaged file so that it stays as it is.
fn open_damaged(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    // Even that can be unreadable.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Copies what can be read of a table; `false` where that is not all.
///
/// # Errors
/// The new library cannot be written.
fn copy(old: &Connection, new: &Connection, table: &str) -> rusqlite::Result<bool> {
    let Ok(known) = columns(old, table) else {
        return Ok(false);
    };
    let columns: Vec<String> =
        columns(new, table)?.into_iter().filter(|column| known.contains(column)).collect();
    if columns.is_empty() {
        // A library of a time when there was no such table.
        return Ok(true);
    }
    let list = columns.join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let insert = format!("INSERT OR IGNORE INTO {table} ({list}) VALUES ({places})");
    let mut insert = new.prepare(&insert)?;
    let mut whole = true;
    // From the front; where that ends at a damaged page, from the back, too.
    for order in ["", "ORDER BY 1 DESC"] {
        let Ok(mut select) = old.prepare(&format!("SELECT {list} FROM {table} {order}")) else {
            return Ok(false);
        };
        let Ok(mut rows) = select.query([]) else {
            return Ok(false);
        };
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(whole),
                Err(_) => break,
            };
            let values: rusqlite::Result<Vec<Value>> =
                (0..columns.len()).map(|column| row.get(column)).collect();
            // What is no value of its column is not taken over.
            match values.map(|values| insert.execute(params_from_iter(values))) {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if is_refusal(&error) => whole = false,
                Ok(Err(error)) => return Err(error),
                Err(_) => whole = false,
            }
        }
        whole = false;
    }
    Ok(whole)
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Does a row not fit the table?
fn is_refusal(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom, Write};

    use super::*;
    use crate::library::import::import;
    use crate::library::marks::Change;

    /// A library of some hundred papers, all tagged, closed in good order.
    fn library(folder: &Path) -> (PathBuf, usize) {
        let bib = folder.join("papers.bib");
        let entries: Vec<String> = (0..400)
            .map(|i| {
                let text = format!("Of matter {i} and its ways. ").repeat(40);
                format!(
                    "@misc{{key{i}, title={{Title number {i}}}, year={}, abstract={{{text}}}}}",
                    1900 + i % 100
                )
            })
            .collect();
        std::fs::write(&bib, entries.join("\n")).unwrap();
        let mut store = Store::open(folder).unwrap();
        import(&mut store, &bib, 1).unwrap();
        let papers: Vec<_> =
            store.snapshot(&[]).unwrap().papers().iter().map(|paper| paper.id).collect();
        store.mark(&papers, &[Change::Tag("mine".to_owned())], 2).unwrap();
        store.mark(&papers[..1], &[Change::Note("a note".to_owned())], 3).unwrap();
        (bib, papers.len())
    }

    fn damage(folder: &Path, at: u64, bytes: usize) {
        let path = folder.join(crate::library::store::FILE);
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&vec![0xa5; bytes]).unwrap();
    }

    #[test]
    fn what_can_be_read_of_a_damaged_library_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let (bib, count) = library(folder.path());
        let path = folder.path().join(crate::library::store::FILE);
        let length = fs::metadata(&path).unwrap().len();
        // Pages in the middle, one after another: some hold marks, some entries, some indices.
        let mut saved_all = 0;
        for at in (16384..length - 16384).step_by(16384 * 7) {
            let case = tempfile::tempdir().unwrap();
            let copy = case.path().join(crate::library::store::FILE);
            fs::copy(&path, &copy).unwrap();
            damage(case.path(), at + 100, 9000);
            let is_damaged = Store::open(case.path()).and_then(|store| store.check()).is_err();
            if !is_damaged {
                continue;
            }
            let mut before = Vec::new();
            fs::File::open(&copy).unwrap().read_to_end(&mut before).unwrap();
            let (mut store, rescue) = Store::rescue(case.path(), 77).unwrap();
            let mut after = Vec::new();
            fs::File::open(&rescue.damaged).unwrap().read_to_end(&mut after).unwrap();
            assert!(before == after, "the damaged file is left as it is");
            store.check().unwrap();
            import(&mut store, &bib, 9).unwrap();
            let snapshot = store.snapshot(&[]).unwrap();
            assert_eq!(snapshot.len(), count, "page at {at}");
            let marks = store.marks().unwrap();
            let tagged = |paper: &&crate::library::paper::Paper| {
                marks.get(paper.id).is_some_and(|mark| mark.tags == ["mine"])
            };
            let tagged = snapshot.papers().iter().filter(tagged).count();
            if rescue.complete {
                assert_eq!(tagged, count, "page at {at}");
            }
            saved_all += usize::from(tagged == count);
            assert!(rescue.to_string().contains("library-damaged-77.sqlite"), "{rescue}");
        }
        assert!(saved_all > 3, "{saved_all}");
    }

    #[test]
    fn a_file_that_is_no_database_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(crate::library::store::FILE), "no database".repeat(99))
            .unwrap();
        let (store, rescue) = Store::rescue(folder.path(), 5).unwrap();
        assert_eq!((rescue.papers, rescue.complete), (0, false));
        assert_eq!(fs::read(&rescue.damaged).unwrap(), "no database".repeat(99).as_bytes());
        assert_eq!(store.paper_count().unwrap(), 0);
    }
}
