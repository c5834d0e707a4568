//! Notices when `.bib` files change: edited in place, replaced by an editor that writes a new file
//! over the old one, gone, or back.
//!
//! The system tells when something happens in their folders; a look at the files every other second
//! finds what it cannot tell of (network drives, a folder that was moved away and came back). In
//! either case a change counts once the files have stood still for a moment, so that a file is not
//! read while it is being written.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

/// How often the files are looked at, whatever the system tells.
const LOOK: Duration = Duration::from_secs(2);
/// Much may happen in a folder that is none of ours: it is looked into at most this often.
const GATHER: Duration = Duration::from_millis(50);
/// How long the files must stand still.
const STILL: Duration = Duration::from_millis(300);

/// Watches some files for as long as it lives.
#[derive(Debug)]
pub struct Watch {
    /// Tells of events; `None` where the system has no means for it.
    _watcher: Option<RecommendedWatcher>,
    /// The thread ends when this is gone.
    _events: Sender<()>,
}

impl Watch {
    /// From now on, `changed` is called after each change of one of the files. Files that do not
    /// exist are watched for, too.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(files: Vec<PathBuf>, changed: impl Fn() + Send + 'static) -> io::Result<Self> {
        // One waiting event is as good as a hundred.
        let (sender, events) = crossbeam_channel::bounded(1);
        let waker = sender.clone();
        let mut watcher = notify::recommended_watcher(move |_| {
            let _ = waker.try_send(());
        })
        .ok();
        if let Some(watcher) = &mut watcher {
            let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
            for folder in folders {
                // Where that fails, the regular look remains.
                let _ = watcher.watch(folder, RecursiveMode::NonRecursive);
            }
        }
        // Taken here, so that nothing that happens after this call is missed.
        let seen = states(&files);
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || look(&files, seen, &events, &changed))?;
        Ok(Self { _watcher: watcher, _events: sender })
    }
}

fn look(files: &[PathBuf], mut seen: Vec<State>, events: &Receiver<()>, changed: &impl Fn()) {
    loop {
        match events.recv_timeout(LOOK) {
            Ok(()) => thread::sleep(GATHER),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let mut now = states(files);
        if now == seen {
            continue;
        }
        loop {
            thread::sleep(STILL);
            let later = states(files);
            if later == now {
                break;
            }
            now = later;
        }
        // A file that was only touched on its way back to what it was has not changed.
        if now != seen {
            seen = now;
            changed();
        }
    }
}

/// What tells one state of a file from another: length, time of its last change, identity on disk;
/// `None` for a file that is not there.
type State = Option<(u64, Option<SystemTime>, u64)>;

fn states(files: &[PathBuf]) -> Vec<State> {
    files
        .iter()
        .map(|file| {
            let metadata = file.metadata().ok()?;
            Some((metadata.len(), metadata.modified().ok(), inode(&metadata)))
        })
        .collect()
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Elsewhere length and time must do.
#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_noticed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.bib");
        let other = folder.path().join("other.bib");
        std::fs::write(&path, "one").unwrap();
        let (sender, changes) = crossbeam_channel::unbounded();
        let watch = Watch::start(vec![path.clone()], move || sender.send(()).unwrap()).unwrap();
        let steps: [&dyn Fn(); 5] = [
            &|| std::fs::write(&path, "one two").unwrap(),
            &|| {
                std::fs::write(&other, "one 2 3").unwrap();
                std::fs::rename(&other, &path).unwrap();
            },
            &|| std::fs::write(&path, "").unwrap(),
            &|| std::fs::remove_file(&path).unwrap(),
            &|| std::fs::write(&path, "back").unwrap(),
        ];
        for (number, step) in steps.iter().enumerate() {
            step();
            changes.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| panic!("{number}"));
        }
        std::fs::write(&other, "another file").unwrap();
        std::fs::read(&path).unwrap();
        assert!(changes.recv_timeout(STILL * 4).is_err());
        drop(watch);
        assert!(matches!(
            changes.recv_timeout(Duration::from_secs(30)),
            Err(RecvTimeoutError::Disconnected)
        ));
    }
}
