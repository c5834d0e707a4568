//! The library on disk: one SQLite file in write-ahead mode, so that several programs can read
//! while one writes, and a killed process loses nothing that was committed.
//!
//! [`schema`] holds the tables and their migrations, [`writer`] what an import
//! changes, [`papers`] what everyone reads, [`duplicates`] which
//! works several entries describe, [`vectors`] the embeddings, [`clusters`] the clusters' names.
//! [`leases`] says who is at work on what, [`preferences`] what the user chose, [`backup`] keeps copies from before a
//! migration, [`rescue`] saves what can be read of a damaged file.
//! [`marks`] holds what the user says of the papers, [`lists`] works of no file that are on a list of the
//! user's, and [`journal`] what can be undone. A paper is a row to which
//! one or more identities lead; the entries that describe it (one for each cite key in each file)
//! point to it. Vectors hang on the hash of the text that they were made from, not on a row, so no
//! renaming or re-import can lose or misplace one.

mod backup;
pub mod clusters;
pub mod duplicates;
pub mod journal;
pub mod leases;
pub mod lists;
pub mod maps;
pub mod marks;
pub mod papers;
pub mod preferences;
pub mod rescue;
mod schema;
pub mod vectors;
pub mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

/// What can go wrong with the library on disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or the file in it cannot be made, or not be kept from others.
    #[error("cannot use the library folder {}: {cause} (choose another with --library)", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// SQLite refused.
    #[error("the library {}: {cause}", path.display())]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        cause: rusqlite::Error,
    },
    /// Written by a newer program.
    #[error(
        "the library {} was written by a newer specter-tui (schema {found}, this program knows {known}): update the program", path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema found.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The library cannot be copied before its tables are changed.
    #[error("cannot copy the library to {} before bringing it up to date: {cause}", path.display())]
    Backup {
        /// The copy.
        path: PathBuf,
        /// What hinders it.
        cause: String,
    },
    /// A stored value that cannot be what was written.
    #[error("the library {} holds a damaged row: {what}", path.display())]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// Which value.
        what: String,
    },
}

impl StoreError {
    /// Is the file itself damaged?
    #[must_use]
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Damaged { .. } => true,
            Self::Sqlite { cause, .. } => {
                matches!(cause.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
            }
            _ => false,
        }
    }
}

/// Name of the database file in its folder.
pub(crate) const FILE: &str = "library.sqlite";

/// An open library. Each thread opens its own.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the library in a folder, creating folder, file and tables where they are missing.
    ///
    /// # Errors
    /// The folder cannot be written, the file is no database, or a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        create_private_folder(folder)
            .and_then(|()| make_private(&path))
            .map_err(|cause| StoreError::Folder { path: folder.to_owned(), cause })?;
        let fail = |cause| StoreError::Sqlite { path: path.clone(), cause };
        let mut connection = Connection::open(&path).map_err(fail)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
        // Rows with abstracts are long; in larger pages than SQLite's usual ones they take an eighth
        // less time to write and a fifth less room. That counts when the file is made.
        // NORMAL in write-ahead mode cannot corrupt the file: a power cut may undo the last
        // commits, which for vectors means computing them again.
        connection
            .execute_batch(
                "PRAGMA page_size = 16384;
                 PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = NORMAL;
                 PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -32000;
                 PRAGMA mmap_size = 268435456;",
            )
            .map_err(fail)?;
        schema::migrate(&mut connection, &path)?;
        Ok(Self { connection, path })
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fail(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |cause| StoreError::Sqlite { path: path.clone(), cause }
    }
}

/// A folder that only its owner can read: notes and marks are nobody else's business.
pub(crate) fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Makes a file readable by its owner only, before anything is in it; SQLite gives the
/// files beside it the same mode.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mut permissions = std::fs::metadata(path)?.permissions();
            let private = permissions.mode() & !0o077;
            if permissions.mode() == private {
                return Ok(());
            }
            permissions.set_mode(private);
            std::fs::set_permissions(path, permissions)
        }
        created => created.map(drop),
    }
}

/// Elsewhere the folder's access list holds for the files in it.
#[cfg(not(unix))]
pub(crate) fn make_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_library() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(mode(store.path()), 0o600);
        assert_eq!(mode(&folder.path().join("library.sqlite-wal")), 0o600);
        // One that was copied in is closed, too.
        let path = store.path().to_owned();
        drop(store);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(mode(Store::open(folder.path()).unwrap().path()), 0o600);
    }

    #[test]
    fn a_newer_library_is_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = Store::open(folder.path()).unwrap().path().to_owned();
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 999").unwrap();
        let error = Store::open(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 999, .. }), "{error}");
        let version: u32 = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 999);
    }

    #[test]
    fn a_file_that_is_no_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("library.sqlite"), "not a database at all, no").unwrap();
        let error = Store::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("library.sqlite"), "{error}");
    }
}
