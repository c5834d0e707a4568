//! A graph in a file, and beside it what it is a graph of.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::similarity::Error;

/// Version of what is written here.
const VERSION: u32 = 1;

/// What a graph file holds. It is written after the graph, so that a graph that was cut short is not
/// taken for a whole one.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Contents {
    version: u32,
    /// Of the vectors.
    fingerprint: String,
    vertices: usize,
    /// Length of the graph file, and when it was written, in nanoseconds since 1970.
    bytes: u64,
    modified: u128,
}

fn graph_path(folder: &Path) -> PathBuf {
    folder.join("neighbours.usearch")
}

fn contents_path(folder: &Path) -> PathBuf {
    folder.join("neighbours.json")
}

/// Maps the graph of a folder into memory. Is it whole, and of these vectors?
pub(super) fn map(graph: &usearch::Index, folder: &Path, fingerprint: &str) -> bool {
    get(folder, fingerprint, |path| graph.view(path)).is_some_and(|size| size == graph.size())
}

/// Reads the graph of a folder into memory. Is it whole, and of these vectors?
pub(super) fn read(graph: &usearch::Index, folder: &Path, fingerprint: &str) -> bool {
    get(folder, fingerprint, |path| graph.load(path)).is_some_and(|size| size == graph.size())
}

/// Number of vertices, if there is a graph and `open` can open it.
fn get<E>(
    folder: &Path,
    fingerprint: &str,
    open: impl FnOnce(&str) -> Result<(), E>,
) -> Option<usize> {
    let contents: Contents = serde_json::from_slice(&fs::read(contents_path(folder)).ok()?).ok()?;
    let path = graph_path(folder);
    let (bytes, modified) = state(&path).ok()?;
    let known = Contents {
        version: VERSION,
        fingerprint: fingerprint.to_owned(),
        vertices: contents.vertices,
        bytes,
        modified,
    };
    (known == contents).then_some(())?;
    open(path.to_str()?).ok()?;
    Some(contents.vertices)
}

/// Writes a graph: under another name first, then in place of the one that was there.
pub(super) fn write(graph: &usearch::Index, folder: &Path, fingerprint: &str) -> Result<(), Error> {
    let path = graph_path(folder);
    let failed = |what: String| Error::GraphFile { path: path.clone(), what };
    let part = folder.join(format!("neighbours.{}.part", std::process::id()));
    let write = || -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let name = part.to_str().ok_or("its name is not Unicode")?;
        graph.save(name).map_err(|error| error.to_string())?;
        fs::File::open(&part).and_then(|file| file.sync_all()).map_err(text)?;
        let (bytes, modified) = state(&part).map_err(text)?;
        fs::rename(&part, &path).map_err(text)?;
        let contents = Contents {
            version: VERSION,
            fingerprint: fingerprint.to_owned(),
            vertices: graph.size(),
            bytes,
            modified,
        };
        let json = serde_json::to_vec(&contents).map_err(|error| error.to_string())?;
        fs::write(&part, json).and_then(|()| fs::rename(&part, contents_path(folder))).map_err(text)
    };
    write().map_err(|what| {
        let _ = fs::remove_file(&part);
        failed(what)
    })
}

/// Length and time of the last change of a file.
fn state(path: &Path) -> std::io::Result<(u64, u128)> {
    let file = fs::metadata(path)?;
    let modified = file.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok((file.len(), modified.as_nanos()))
}
