//! Opening the library at the start of the program, with the care that a last run deserves which did not
//! end well.
//!
//! Each program that runs holds a shared lock on a file beside the library, which the system lets go of
//! when the program is gone, however it went. Who starts alone and finds that the last one left SQLite's
//! log behind has the file checked; who finds it damaged puts it aside and saves what can be read.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::import::{self, ImportError};
use super::store::rescue::Rescue;
use super::store::{FILE, Store, StoreError};

/// The file that running programs hold.
const LOCK: &str = "library.lock";

/// The library is in use, until this is dropped.
#[derive(Debug)]
pub struct InUse {
    _lock: File,
    /// What had to be done to open it.
    pub rescue: Option<Rescued>,
}

/// A library that was damaged.
#[derive(Debug)]
pub struct Rescued {
    /// What was saved.
    pub rescue: Rescue,
    /// Files that could not be read again; their papers are as they were last read.
    pub unread: Vec<ImportError>,
}

/// Opens the library of a folder, checks it where that is called for, and saves what can be saved of a
/// damaged one. `now` is in seconds since 1970.
///
/// # Errors
/// The folder cannot be used, the library is a newer program's, or it is damaged while another program
/// has it open.
pub fn open(folder: &Path, now: i64) -> Result<InUse, StoreError> {
    let fail = |cause| StoreError::Folder { path: folder.to_owned(), cause };
    super::store::create_private_folder(folder).map_err(fail)?;
    let path = folder.join(LOCK);
    super::store::make_private(&path).map_err(fail)?;
    let lock = File::options().read(true).write(true).open(&path).map_err(fail)?;
    let alone = match lock.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(cause)) => return Err(fail(cause)),
    };
    let log = folder.join(format!("{FILE}-wal"));
    let ended_badly = alone && fs::metadata(log).is_ok_and(|log| log.len() > 0);
    let opened =
        Store::open(folder).and_then(|store| if ended_badly { store.check() } else { Ok(()) });
    let rescue = match opened {
        Ok(()) => None,
        Err(error) if alone && error.is_damage() => Some(rescue(folder, now)?),
        Err(error) => return Err(error),
    };
    // From here on others may have it open, too.
    lock.lock_shared().map_err(fail)?;
    Ok(InUse { _lock: lock, rescue })
}

fn rescue(folder: &Path, now: i64) -> Result<Rescued, StoreError> {
    let (mut store, rescue) = Store::rescue(folder, now)?;
    let mut unread = Vec::new();
    for path in store.source_paths()? {
        if let Err(error) = import::import(&mut store, &path, now) {
            unread.push(error);
        }
    }
    Ok(Rescued { rescue, unread })
}

impl std::fmt::Display for Rescued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.rescue)?;
        for error in &self.unread {
            write!(f, "; {error}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIB: &str = "@misc{a, title={One two three}, year=2001}\n@misc{b, title={Four five}}";

    #[test]
    fn a_damaged_library_is_made_anew_from_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("library");
        let bib = folder.path().join("papers.bib");
        fs::write(&bib, BIB).unwrap();
        assert!(open(&library, 1).unwrap().rescue.is_none());
        let mut store = Store::open(&library).unwrap();
        import::import(&mut store, &bib, 1).unwrap();
        drop(store);
        let file = library.join(FILE);
        let mut bytes = fs::read(&file).unwrap();
        let at = bytes.len() - 3 * 16384;
        bytes[at..at + 8000].fill(0x5a);
        fs::write(&file, &bytes).unwrap();
        // As a killed program leaves it.
        fs::write(library.join(format!("{FILE}-wal")), "x").unwrap();
        let opened = open(&library, 2).unwrap();
        let rescued = opened.rescue.as_ref().unwrap();
        assert!(rescued.unread.is_empty() && rescued.rescue.damaged.exists(), "{rescued}");
        assert_eq!(Store::open(&library).unwrap().snapshot(&[]).unwrap().len(), 2);
        // While it is in use nothing of the kind is done.
        fs::write(&file, "ruined").unwrap();
        let error = open(&library, 3).unwrap_err();
        assert!(error.is_damage(), "{error}");
        drop(opened);
        assert!(open(&library, 4).unwrap().rescue.is_some());
    }
}
