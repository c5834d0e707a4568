//! Whether a file is what it should be: its length, its digest, and the form of its content.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::HubError;
use super::listing::{Digest, PYTORCH, RemoteFile, SAFETENSORS};

/// Bytes read at a time, and so the most that passes before a stop is heeded.
pub(super) const CHUNK: usize = 64 * 1024;

/// How the file at `path` differs from `expected`; `None` where it does not.
///
/// # Errors
/// [`HubError::Stopped`], and [`HubError::Io`] where the file is there but cannot be read.
pub(super) fn content(
    path: &Path,
    expected: &RemoteFile,
    stop: &AtomicBool,
) -> Result<Option<String>, HubError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Ok(Some("it is missing".to_owned()));
        }
        Err(e) => return Err(HubError::io(path)(e)),
    };
    let length = file.metadata().map_err(HubError::io(path))?.len();
    if length != expected.size {
        return Ok(Some(format!("{length} bytes rather than {}", expected.size)));
    }
    if digest(&mut file, length, &expected.digest, path, stop)? != expected.digest {
        let kind = match expected.digest {
            Digest::Sha256(_) => "SHA-256",
            Digest::Git(_) => "SHA-1",
        };
        return Ok(Some(format!("its {kind} is not the one listed")));
    }
    Ok(None)
}

/// The digest of `file`, of the same kind as `like`.
fn digest(
    file: &mut File,
    length: u64,
    like: &Digest,
    path: &Path,
    stop: &AtomicBool,
) -> Result<Digest, HubError> {
    match like {
        Digest::Sha256(_) => hash(Sha256::new(), file, path, stop).map(Digest::Sha256),
        Digest::Git(_) => {
            let header = Sha1::new_with_prefix(format!("blob {length}\0"));
            hash(header, file, path, stop).map(Digest::Git)
        }
    }
}

fn hash<D: sha2::Digest>(
    mut hasher: D,
    file: &mut File,
    path: &Path,
    stop: &AtomicBool,
) -> Result<String, HubError> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut chunk = vec![0; CHUNK];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(HubError::Stopped);
        }
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => hasher.update(&chunk[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(HubError::io(path)(e)),
        }
    }
    let nibbles = hasher.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    Ok(nibbles.map(|n| char::from(HEX[usize::from(n)])).collect())
}

/// Whether a small file of the cache still has the content that its blob's name promises.
/// `etag` is that name; names that are no digest promise nothing.
pub(super) fn matches_etag(path: &Path, etag: &str) -> Result<(), String> {
    let Some(expected) = Digest::from_etag(etag) else {
        return Ok(());
    };
    let unreadable = |e: &dyn fmt::Display| format!("it cannot be read ({e})");
    let mut file = File::open(path).map_err(|e| unreadable(&e))?;
    let length = file.metadata().map_err(|e| unreadable(&e))?.len();
    let found = digest(&mut file, length, &expected, path, &AtomicBool::new(false))
        .map_err(|e| unreadable(&e))?;
    if found == expected {
        Ok(())
    } else {
        Err("its digest is not the one that names it".to_owned())
    }
}

/// Whether the file called `name` starts and ends as weights of its format do; any other file
/// passes. This finds a file that is cut short without reading all of it.
pub(super) fn weights(path: &Path, name: &str) -> Result<(), String> {
    match name {
        SAFETENSORS => {
            File::open(path).map_err(|e| clause(&e)).and_then(|mut file| safetensors(&mut file))
        }
        PYTORCH => File::open(path).map_err(|e| clause(&e)).and_then(|mut file| pytorch(&mut file)),
        _ => Ok(()),
    }
}

/// A system's error as a clause.
fn clause(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        "it ends too early".to_owned()
    } else {
        error.to_string()
    }
}

/// A safetensors file is 8 bytes of header length, the header in JSON, and tensors that fill the
/// rest to the byte (<https://github.com/huggingface/safetensors#format>).
fn safetensors(file: &mut File) -> Result<(), String> {
    const PREFIX: u64 = 8;
    /// The format's own limit.
    const LONGEST_HEADER: u64 = 100_000_000;
    let length = file.metadata().map_err(|e| clause(&e))?.len();
    let mut prefix = [0; PREFIX as usize];
    file.read_exact(&mut prefix).map_err(|e| clause(&e))?;
    let header_length = u64::from_le_bytes(prefix);
    // Checked before any memory is set aside for it: the first bytes of another format, read as
    // a number, are astronomically large.
    if header_length > length.saturating_sub(PREFIX).min(LONGEST_HEADER) {
        return Err("its header is longer than the file or than the format allows".to_owned());
    }
    let mut header = vec![0; header_length as usize];
    file.read_exact(&mut header).map_err(|e| clause(&e))?;
    let header: safetensors::tensor::Metadata =
        serde_json::from_slice(&header).map_err(|e| format!("its header cannot be read, {e}"))?;
    let expected = (header.data_len() as u64).saturating_add(PREFIX + header_length);
    if expected == length {
        Ok(())
    } else {
        Err(format!("its header promises {expected} bytes, and it has {length}"))
    }
}

/// `torch.save` writes a zip archive, whose last record is the end of its directory.
fn pytorch(file: &mut File) -> Result<(), String> {
    const LOCAL_FILE: [u8; 4] = *b"PK\x03\x04";
    const DIRECTORY_END: &[u8; 4] = b"PK\x05\x06";
    /// The record's 22 bytes, and a comment that is at most 65,535 long.
    const LONGEST_END: u64 = 22 + 65_535;
    let mut magic = [0; 4];
    file.read_exact(&mut magic).map_err(|e| clause(&e))?;
    if magic != LOCAL_FILE {
        return Err(if magic.starts_with(&[0x80, 0x02]) {
            "it has the format that PyTorch wrote before version 1.6".to_owned()
        } else {
            "it is no zip archive, as PyTorch weights are".to_owned()
        });
    }
    let length = file.metadata().map_err(|e| clause(&e))?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END))).map_err(|e| clause(&e))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail).map_err(|e| clause(&e))?;
    if tail.windows(DIRECTORY_END.len()).any(|window| window == DIRECTORY_END) {
        Ok(())
    } else {
        Err("it is a zip archive cut short".to_owned())
    }
}

/// Whether `config.json` describes a BERT; else what it describes, as the end of a sentence.
pub(super) fn is_bert(config: &Path) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Config {
        model_type: Option<String>,
        #[serde(default)]
        architectures: Option<Vec<String>>,
    }
    let bytes =
        std::fs::read(config).map_err(|e| format!("its config.json cannot be read ({e})"))?;
    let config: Config = serde_json::from_slice(&bytes)
        .map_err(|e| format!("its config.json is no configuration of a model ({e})"))?;
    let found = config
        .model_type
        // Configurations older than this key name their class only.
        .or_else(|| config.architectures?.into_iter().next());
    match found.as_deref() {
        Some("bert") => Ok(()),
        Some(class) if class.starts_with("Bert") => Ok(()),
        Some(other) => {
            Err(format!("its config.json says that it is of the type {other}, not bert"))
        }
        None => Err("its config.json does not say of which type it is".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn safetensors_file(header: &str, data: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + data, 7);
        bytes
    }

    #[test]
    fn digests_are_those_of_git_and_sha256sum() {
        let (_folder, path) = file(b"hello\n");
        let never = AtomicBool::new(false);
        let check = |digest: &str| {
            let expected = RemoteFile {
                name: "x".into(),
                size: 6,
                digest: Digest::from_etag(digest).unwrap(),
            };
            content(&path, &expected, &never).unwrap()
        };
        // `git hash-object`, and `sha256sum`.
        assert_eq!(check("ce013625030ba8dba906f756967f9e9ca394464a"), None);
        assert_eq!(check("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"), None);
        assert!(check(&"0".repeat(40)).unwrap().contains("SHA-1"));
        assert!(check(&"0".repeat(64)).unwrap().contains("SHA-256"));
        assert!(matches_etag(&path, "ce013625030ba8dba906f756967f9e9ca394464a").is_ok());
        assert!(matches_etag(&path, &"0".repeat(40)).is_err());
        assert!(matches_etag(&path, "config.json").is_ok());
    }

    #[test]
    fn hashing_heeds_a_stop() {
        let (_folder, path) = file(b"hello\n");
        let expected =
            RemoteFile { name: "x".into(), size: 6, digest: Digest::Git("0".repeat(40)) };
        let stopped = content(&path, &expected, &AtomicBool::new(true));
        assert!(matches!(stopped, Err(HubError::Stopped)));
    }

    #[test]
    fn safetensors_must_end_where_the_header_says() {
        let header = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let held = |bytes: &[u8]| {
            let (_folder, path) = file(bytes);
            weights(&path, SAFETENSORS)
        };
        assert_eq!(held(&safetensors_file(header, 8)), Ok(()));
        for bad in [
            safetensors_file(header, 7),
            safetensors_file(header, 9),
            safetensors_file("{", 0),
            safetensors_file(r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),
            b"<!DOCTYPE html><html></html>".to_vec(),
            b"short".to_vec(),
            u64::MAX.to_le_bytes().to_vec(),
        ] {
            assert!(held(&bad).is_err());
        }
    }

    #[test]
    fn pytorch_weights_must_be_a_whole_zip() {
        let held = |bytes: &[u8]| {
            let (_folder, path) = file(bytes);
            weights(&path, PYTORCH)
        };
        let mut zip = b"PK\x03\x04 ... ".to_vec();
        assert!(held(&zip).unwrap_err().contains("cut short"));
        zip.extend_from_slice(b"PK\x05\x06");
        zip.extend_from_slice(&[0; 18]);
        assert_eq!(held(&zip), Ok(()));
        assert!(held(&[0x80, 0x02, 0x8a, 0x0a]).unwrap_err().contains("1.6"));
        assert!(held(b"<html></html>").is_err());
        assert!(held(b"").is_err());
    }

    #[test]
    fn only_a_bert_is_one() {
        let held = |json: &str| {
            let (_folder, path) = file(json.as_bytes());
            is_bert(&path)
        };
        assert_eq!(held(r#"{"model_type":"bert"}"#), Ok(()));
        assert_eq!(held(r#"{"architectures":["BertModel"]}"#), Ok(()));
        assert!(
            held(r#"{"model_type":"roberta","architectures":["BertModel"]}"#)
                .unwrap_err()
                .contains("roberta")
        );
        assert!(held("{}").is_err());
        assert!(held("[]").is_err());
        assert!(held("<html>").is_err());
    }
}
