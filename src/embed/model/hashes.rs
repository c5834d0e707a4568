//! SHA-256 of weight files, computed once: hashing 440 MB takes longer than a start may.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ModelError, hex};

/// Bytes hashed at a time.
const CHUNK: usize = 1 << 20;

/// What tells that a file is still the same without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size: u64,
    modified: SystemTime,
}

impl Stamp {
    /// The stamp of the file, links followed.
    pub(super) fn of(path: &Path) -> Result<Self, ModelError> {
        let read = || {
            let metadata = fs::metadata(path)?;
            Ok(Self { size: metadata.len(), modified: metadata.modified()? })
        };
        read().map_err(ModelError::read(path))
    }
}

/// One line of the memory.
#[derive(Serialize, Deserialize)]
struct Known {
    #[serde(flatten)]
    stamp: Stamp,
    sha256: String,
}

/// SHA-256 of the file: from its name in a Hub cache, from the memory, or computed.
pub(super) fn hash(
    path: &Path,
    stamp: &Stamp,
    memory: Option<&Path>,
) -> Result<String, ModelError> {
    if let Some(hash) = blob_name(path) {
        return Ok(hash);
    }
    // A damaged memory is an empty one: its loss costs a second, not a result.
    let mut known: BTreeMap<PathBuf, Known> = (memory.and_then(|file| fs::read(file).ok()))
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let absolute = std::path::absolute(path).map_err(ModelError::read(path))?;
    if let Some(entry) = known.get(&absolute).filter(|entry| entry.stamp == *stamp) {
        return Ok(entry.sha256.clone());
    }
    let sha256 = digest(path).map_err(ModelError::read(path))?;
    if let Some(memory) = memory {
        let entry = Known { stamp: stamp.clone(), sha256: sha256.clone() };
        known.insert(absolute, entry);
        // Where nothing can be written, the next start hashes again: slower, not wrong.
        let _ = write(memory, &known);
    }
    Ok(sha256)
}

/// A Hub cache keeps large files in `blobs/`, named by their SHA-256, and links to them.
fn blob_name(path: &Path) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    let name = target.file_name()?.to_str()?;
    let in_blobs = target.parent()?.file_name()? == "blobs";
    let is_hash = name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (in_blobs && is_hash).then(|| name.to_owned())
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&chunk[..read]);
    }
}

/// Replaces the memory at once, so that another process never sees half of it.
fn write(memory: &Path, known: &BTreeMap<PathBuf, Known>) -> io::Result<()> {
    if let Some(folder) = memory.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = memory.with_extension(format!("{}.part", std::process::id()));
    fs::write(&part, serde_json::to_vec_pretty(known)?)?;
    fs::rename(&part, memory)
}
