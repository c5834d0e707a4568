//! The cache that this program shares with Python's `huggingface_hub`
//! (<https://huggingface.co/docs/huggingface_hub/guides/manage-cache>). For each repository:
//!
//! ```text
//! models--organisation--name/
//!   refs/main                     the commit that the branch was at
//!   snapshots/<commit>/<file>     links to ../../blobs/<etag>
//!   blobs/<etag>                  contents, each under its digest; <etag>.incomplete while it arrives
//!   .no_exist/<commit>/<file>     empty: the commit is known to have no such file
//!   trees/<commit>.json           the commit's files, written by recent Python versions only
//! .locks/models--organisation--name/<etag>.lock
//! ```

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hf_hub::{Cache, CacheRepo, Repo, RepoType};
use serde::Deserialize;

use super::id::is_hex;
use super::listing::{CONFIG, MODULES, PYTORCH, SAFETENSORS, needed};
use super::{CachedModel, HubError, ModelId, verify};

/// How often a lock that another process holds is tried again.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Repositories that have no `modules.json` in any commit, so that a snapshot without one is
/// whole even where nothing else in the cache says so.
const WITHOUT_MODULES: [&str; 3] = ["allenai/specter", "allenai/specter2_base", "malteos/scincl"];

/// The part of the cache that belongs to one repository.
pub(super) struct RepoCache<'a> {
    id: &'a ModelId,
    repo: CacheRepo,
    folder: PathBuf,
    locks: PathBuf,
}

impl<'a> RepoCache<'a> {
    pub(super) fn new(cache: &Path, id: &'a ModelId) -> Self {
        let repo =
            Repo::with_revision(id.name().to_owned(), RepoType::Model, id.revision().to_owned());
        Self {
            id,
            folder: cache.join(repo.folder_name()),
            locks: cache.join(".locks").join(repo.folder_name()),
            repo: Cache::new(cache.to_owned()).repo(repo),
        }
    }

    /// The snapshot of the wanted revision, if it is whole; else why not, as a clause.
    pub(super) fn lookup(&self) -> Result<CachedModel, String> {
        let commit = self.commit().ok_or("it has not been downloaded")?;
        let dir = self.snapshot(&commit);
        self.inspect(&dir, &commit)?;
        Ok(CachedModel { dir, commit })
    }

    fn commit(&self) -> Option<String> {
        if self.id.is_pinned() {
            return Some(self.id.revision().to_owned());
        }
        let text = fs::read_to_string(self.reference()).ok()?;
        let commit = text.trim();
        is_hex(commit, 40).then(|| commit.to_owned())
    }

    fn inspect(&self, dir: &Path, commit: &str) -> Result<(), String> {
        let names = files_of(dir);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let files = needed(&names).map_err(|unusable| unusable.to_string())?;

        if let Some(sizes) = self.tree(commit) {
            let listed: Vec<&str> = sizes.keys().map(String::as_str).collect();
            for name in needed(&listed).unwrap_or_default() {
                let length = fs::metadata(dir.join(name)).map_or(0, |meta| meta.len());
                if length != sizes[name] {
                    return Err(format!(
                        "its {name} has {length} bytes rather than {}",
                        sizes[name]
                    ));
                }
            }
        } else if files.contains(&MODULES) {
            pooling_configs(dir)?;
        } else if !self.lacks_modules(commit) {
            return Err(format!(
                "it may lack modules.json, which says how vectors are pooled; if it should, pass --model {}",
                dir.display()
            ));
        }

        for name in files {
            let path = dir.join(name);
            let fault = match name {
                SAFETENSORS | PYTORCH => verify::weights(&path, name),
                _ => match blob_name(&path) {
                    Some(etag) => verify::matches_etag(&path, &etag),
                    None => Ok(()),
                },
            };
            fault.map_err(|why| format!("its {name} is damaged, {why}"))?;
        }
        verify::is_bert(&dir.join(CONFIG))
    }

    /// The names and sizes of the commit's files, where Python has left them.
    fn tree(&self, commit: &str) -> Option<HashMap<String, u64>> {
        #[derive(Deserialize)]
        struct Tree {
            files: HashMap<String, Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            size: u64,
        }
        let bytes = fs::read(self.folder.join("trees").join(format!("{commit}.json"))).ok()?;
        let tree: Tree = serde_json::from_slice(&bytes).ok()?;
        Some(tree.files.into_iter().map(|(name, entry)| (name, entry.size)).collect())
    }

    fn lacks_modules(&self, commit: &str) -> bool {
        WITHOUT_MODULES.contains(&self.id.name()) || self.absence(commit).exists()
    }

    fn absence(&self, commit: &str) -> PathBuf {
        self.folder.join(".no_exist").join(commit).join(MODULES)
    }

    /// Notes that the commit has no `modules.json`, so that [`Self::lookup`] does not wonder.
    pub(super) fn record_no_modules(&self, commit: &str) -> Result<(), HubError> {
        write_whole(&self.absence(commit), "")
    }

    /// Notes which commit the revision is at: the last step, which makes the snapshot visible.
    pub(super) fn record_commit(&self, commit: &str) -> Result<(), HubError> {
        if self.id.is_pinned() || self.commit().as_deref() == Some(commit) {
            return Ok(());
        }
        write_whole(&self.reference(), commit)
    }

    fn reference(&self) -> PathBuf {
        self.folder.join("refs").join(self.id.revision())
    }

    pub(super) fn snapshot(&self, commit: &str) -> PathBuf {
        self.repo.pointer_path(commit)
    }

    pub(super) fn blob(&self, etag: &str) -> PathBuf {
        self.folder.join("blobs").join(etag)
    }

    /// Takes the lock of a blob, which is held until the file is dropped; calls `waiting` for as
    /// long as another process holds it.
    ///
    /// On a file system without locks the file is not locked. Two processes may then write the
    /// same partial file; as what lies on the disk is verified after the last byte, the worst
    /// outcome is a download that has to be repeated.
    pub(super) fn lock(
        &self,
        etag: &str,
        stop: &AtomicBool,
        mut waiting: impl FnMut(),
    ) -> Result<File, HubError> {
        let path = self.locks.join(format!("{etag}.lock"));
        create_parent(&path)?;
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(HubError::io(&path))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                    return Ok(file);
                }
                Err(TryLockError::Error(e)) => return Err(HubError::io(&path)(e)),
                Err(TryLockError::WouldBlock) => {
                    if stop.load(Ordering::Relaxed) {
                        return Err(HubError::Stopped);
                    }
                    waiting();
                    std::thread::sleep(LOCK_POLL);
                }
            }
        }
    }

    /// Makes `snapshots/<commit>/<name>` the blob `etag`: a relative link, as Python makes it,
    /// else a hard link, else a copy.
    pub(super) fn link(&self, commit: &str, name: &str, etag: &str) -> Result<(), HubError> {
        let pointer = self.snapshot(commit).join(name);
        create_parent(&pointer)?;
        let blob = self.blob(etag);
        // From snapshots/<commit>/, and one further up from a module's folder.
        let mut target = PathBuf::from("../..");
        target.extend(name.split('/').skip(1).map(|_| ".."));
        target.extend(["blobs", etag]);
        // Under another name first, so that the wanted one is at no time a file half copied.
        let new = beside(&pointer);
        symlink(&target, &new)
            .or_else(|_| fs::hard_link(&blob, &new))
            .or_else(|_| fs::copy(&blob, &new).map(drop))
            .and_then(|()| fs::rename(&new, &pointer))
            .map_err(HubError::io(&pointer))
    }
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Windows lets only administrators and developers make symbolic links.
#[cfg(not(unix))]
fn symlink(_target: &Path, _link: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A name in the same folder that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

pub(super) fn create_parent(path: &Path) -> Result<(), HubError> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(HubError::io(parent)),
        None => Ok(()),
    }
}

/// The length of a file in bytes, 0 where there is none.
pub(super) fn length(path: &Path) -> Result<u64, HubError> {
    match fs::metadata(path) {
        Ok(meta) => Ok(meta.len()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(HubError::io(path)(e)),
    }
}

/// Deletes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), HubError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(HubError::io(path)(e)),
        _ => Ok(()),
    }
}

/// Writes a small file so that a reader sees all of it or nothing.
fn write_whole(path: &Path, text: &str) -> Result<(), HubError> {
    create_parent(path)?;
    let new = beside(path);
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(HubError::io(path))
}

/// The files in a snapshot and in the folders directly below it, by their names in the
/// repository. Links that lead nowhere are left out.
fn files_of(dir: &Path) -> Vec<String> {
    let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names = Vec::new();
    for entry in entries(dir) {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_file() {
            names.push(name.into_owned());
        } else if path.join(CONFIG).is_file() {
            names.push(format!("{name}/{CONFIG}"));
        }
    }
    names
}

/// Whether each pooling module that `modules.json` lists has its configuration.
fn pooling_configs(dir: &Path) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Module {
        path: String,
        r#type: String,
    }
    let modules: Vec<Module> = fs::read(dir.join(MODULES))
        .map_err(|e| e.to_string())
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| e.to_string()))
        .map_err(|e| format!("its modules.json cannot be read ({e})"))?;
    for module in modules {
        if module.r#type.ends_with(".Pooling") && !dir.join(&module.path).join(CONFIG).is_file() {
            return Err(format!("it has no {}/{CONFIG}", module.path));
        }
    }
    Ok(())
}

/// The name of the blob that a file of a snapshot is a link to. Only one link is followed, since
/// a blob may itself be a link to a store under names of another kind.
fn blob_name(pointer: &Path) -> Option<String> {
    let target = fs::read_link(pointer).ok()?;
    Some(target.file_name()?.to_string_lossy().into_owned())
}
