//! A small model, a server of it, and a cache to download it to.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use specter_tui::embed::hub::{CachedModel, Hub, HubError, ModelId, Settings};
use tempfile::TempDir;

use crate::hub_server::{HubServer, Reply, RepoFile, Repository, Request};

pub(crate) const ID: &str = "tiny/bert";
pub(crate) const WEIGHTS: &str = "model.safetensors";
/// Bytes of the weights' only tensor.
pub(crate) const DATA: usize = 400_000;
/// What loading the model does not take.
pub(crate) const UNNEEDED: [&str; 3] = [".gitattributes", "README.md", "onnx/model.onnx"];

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

pub(crate) fn git_file(name: &str, bytes: impl Into<Vec<u8>>) -> RepoFile {
    let bytes = bytes.into();
    let mut sha1 = Sha1::new_with_prefix(format!("blob {}\0", bytes.len()));
    sha1.update(&bytes);
    RepoFile { name: name.to_owned(), bytes, blob_id: hex(&sha1.finalize()), sha256: None }
}

pub(crate) fn lfs_file(name: &str, bytes: impl Into<Vec<u8>>) -> RepoFile {
    let mut file = git_file(name, bytes);
    file.sha256 = Some(hex(&Sha256::digest(&file.bytes)));
    file
}

pub(crate) fn weights(seed: u8) -> Vec<u8> {
    let header = format!(r#"{{"w":{{"dtype":"U8","shape":[{DATA}],"data_offsets":[0,{DATA}]}}}}"#);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend((0..DATA).map(|i| (i % 251) as u8 ^ seed));
    bytes
}

pub(crate) fn files() -> Vec<RepoFile> {
    vec![
        git_file(".gitattributes", "*.safetensors filter=lfs"),
        git_file("1_Pooling/config.json", r#"{"pooling_mode_cls_token":true}"#),
        git_file("README.md", "# Tiny"),
        git_file("config.json", r#"{"model_type":"bert","hidden_size":8}"#),
        lfs_file(WEIGHTS, weights(0)),
        git_file(
            "modules.json",
            r#"[{"path":"","type":"sentence_transformers.models.Transformer"},{"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"#,
        ),
        lfs_file("onnx/model.onnx", "not wanted"),
        git_file("tokenizer.json", "{}"),
        git_file("vocab.txt", "[PAD]\n[UNK]\n"),
    ]
}

pub(crate) fn commit(n: u8) -> String {
    hex(&[n; 20])
}

pub(crate) fn repository(files: Vec<RepoFile>) -> Repository {
    Repository { id: ID.to_owned(), commits: vec![(commit(1), files)] }
}

pub(crate) fn id(text: &str) -> ModelId {
    text.parse().unwrap()
}

/// A server of one repository. Where `odd` gives an answer it replaces the usual one.
pub(crate) fn serve(
    repository: Repository,
    odd: impl Fn(&Request, usize) -> Option<Reply> + Send + Sync + 'static,
) -> HubServer {
    HubServer::start(move |request, before| {
        odd(request, before).unwrap_or_else(|| repository.answer(request))
    })
}

pub(crate) fn serve_well() -> HubServer {
    serve(repository(files()), |_, _| None)
}

/// A cache folder, and what is asked of a Hub with it.
pub(crate) struct Bench {
    pub(crate) cache: TempDir,
    pub(crate) settings: Settings,
}

impl Bench {
    pub(crate) fn new(endpoint: &str) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(cache.path().to_owned());
        endpoint.clone_into(&mut settings.endpoint);
        settings.stall_timeout = Duration::from_millis(400);
        settings.backoff = Duration::from_millis(5);
        Self { cache, settings }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub(crate) fn hub(&self) -> Hub {
        Hub::new(self.settings.clone())
    }

    pub(crate) fn fetch(&self) -> Result<CachedModel, HubError> {
        self.hub().fetch(&id(ID), &mut |_| {}, &AtomicBool::new(false))
    }

    pub(crate) fn cached(&self) -> Option<CachedModel> {
        self.hub().cached(&id(ID))
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.cache.path().join("models--tiny--bert")
    }

    pub(crate) fn blob(&self, file: &RepoFile) -> PathBuf {
        self.folder().join("blobs").join(file.sha256.as_ref().unwrap_or(&file.blob_id))
    }

    pub(crate) fn partial(&self, file: &RepoFile) -> PathBuf {
        self.blob(file).with_extension("incomplete")
    }

    /// The names of all blobs, whole or not.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder().join("blobs")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Nothing of a failed file may be left, and no snapshot be found.
    pub(crate) fn assert_nothing_of(&self, file: &RepoFile) {
        assert!(!self.blob(file).exists() && !self.partial(file).exists());
        assert_eq!(self.cached(), None);
        assert!(!self.folder().join("refs").exists());
    }
}

pub(crate) fn file(name: &str) -> RepoFile {
    files().into_iter().find(|file| file.name == name).unwrap()
}

#[track_caller]
pub(crate) fn assert_whole(model: &CachedModel, files: &[RepoFile]) {
    for file in files {
        let path = model.dir.join(&file.name);
        if UNNEEDED.contains(&file.name.as_str()) {
            assert!(!path.exists(), "{} is not needed", file.name);
        } else {
            assert!(fs::read(&path).unwrap() == file.bytes, "{}", file.name);
        }
    }
}
