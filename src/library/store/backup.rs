//! Copies of a library as it was before its schema changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{StoreError, create_private_folder, make_private};

/// Copies that are kept, the newest.
const KEPT: usize = 3;

/// Folder of the copies, beside the library.
const FOLDER: &str = "backups";

/// Copies the library as it is into the folder of copies, and lets the oldest go. `now` is in seconds
/// since 1970.
pub(super) fn make(
    connection: &Connection,
    path: &Path,
    schema: u32,
    now: i64,
) -> Result<(), StoreError> {
    let folder = path.with_file_name(FOLDER);
    let copy = folder.join(format!("library-{now:011}-schema-{schema}.sqlite"));
    let fail = |cause: String| StoreError::Backup { path: copy.clone(), cause };
    create_private_folder(&folder).map_err(|error| fail(error.to_string()))?;
    // Another process may be about the same.
    let _ = fs::remove_file(&copy);
    make_private(&copy).map_err(|error| fail(error.to_string()))?;
    let written = copy.to_str().ok_or_else(|| fail("the path is not Unicode".to_owned()));
    let written = written.and_then(|copy| {
        connection.execute("VACUUM INTO ?1", [copy]).map_err(|error| fail(error.to_string()))
    });
    if let Err(error) = written {
        // Half a copy is none. Whatever hinders that is told already.
        let _ = fs::remove_file(&copy);
        return Err(error);
    }
    let all = copies(&folder).map_err(|error| fail(error.to_string()))?;
    for old in all.iter().rev().skip(KEPT) {
        fs::remove_file(old).map_err(|error| fail(error.to_string()))?;
    }
    Ok(())
}

/// The copies in a folder, the oldest first.
fn copies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("library-") && name.ends_with(".sqlite") {
            copies.push(path);
        }
    }
    copies.sort();
    Ok(copies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::Store;

    #[test]
    fn the_newest_three_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.model("print", "model", 3).unwrap();
        for now in [10, 9, 12, 11, 13] {
            make(&store.connection, &store.path, 7, now).unwrap();
        }
        let copies = copies(&folder.path().join(FOLDER)).unwrap();
        let names: Vec<String> =
            copies.iter().map(|copy| copy.file_name().unwrap().to_string_lossy().into()).collect();
        assert_eq!(names.len(), KEPT);
        assert!(names[0].contains("00000000011") && names[2].contains("00000000013"), "{names:?}");
        let count: i64 = Connection::open(&copies[2])
            .unwrap()
            .query_row("SELECT count(*) FROM models", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1);
    }
}
