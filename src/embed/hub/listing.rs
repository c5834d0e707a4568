//! What a repository holds, and which of it is needed.

use std::fmt;

use serde::Deserialize;

use super::HubError;
use super::id::{ModelId, is_hex};

/// The answer of `api/models/{id}/revision/{revision}?blobs=true`.
#[derive(Deserialize)]
pub(super) struct RepoInfo {
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    #[serde(rename = "blobId")]
    blob_id: Option<String>,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    sha256: String,
    size: u64,
}

/// A commit and the files needed of it, `config.json` first and the weights last.
pub(super) struct Listing {
    pub(super) commit: String,
    pub(super) files: Vec<RemoteFile>,
    /// Whether the repository has a `modules.json`, which says how vectors are pooled.
    pub(super) has_modules: bool,
}

/// A file of the repository as the Hub describes it.
pub(super) struct RemoteFile {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) digest: Digest,
}

/// The digest that names a file's content, in lower-case hexadecimal; it is also the file's name
/// in the cache and its `ETag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Digest {
    /// SHA-256 of the content: files in Git LFS.
    Sha256(String),
    /// SHA-1 of `blob <length>\0` and the content, as Git names it: all other files.
    Git(String),
}

impl Digest {
    /// The digest that a cache file's name stands for.
    pub(super) fn from_etag(etag: &str) -> Option<Self> {
        let lower = etag.to_ascii_lowercase();
        if is_hex(etag, 64) {
            Some(Self::Sha256(lower))
        } else if is_hex(etag, 40) {
            Some(Self::Git(lower))
        } else {
            None
        }
    }

    pub(super) fn etag(&self) -> &str {
        match self {
            Self::Sha256(hex) | Self::Git(hex) => hex,
        }
    }
}

impl RepoInfo {
    /// The needed files. `url` is where this answer came from, for messages.
    pub(super) fn listing(self, model: &ModelId, url: &str) -> Result<Listing, HubError> {
        let odd = |why: String| HubError::NotAHub { url: url.to_owned(), why };
        if !is_hex(&self.sha, 40) {
            return Err(odd("does not say which commit it describes".to_owned()));
        }
        let names: Vec<&str> = self.siblings.iter().map(|file| file.rfilename.as_str()).collect();
        let files = needed(&names)
            .map_err(|unusable| HubError::Unusable {
                model: model.to_string(),
                why: unusable.to_string(),
            })?
            .into_iter()
            .filter_map(|name| self.siblings.iter().find(|file| file.rfilename == name))
            .map(|file| {
                remote_file(file).ok_or_else(|| {
                    odd(format!("does not give the size and digest of {}", file.rfilename))
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Listing {
            files,
            has_modules: names.contains(&MODULES),
            commit: self.sha.to_ascii_lowercase(),
        })
    }
}

fn remote_file(file: &Sibling) -> Option<RemoteFile> {
    let (etag, size) = match &file.lfs {
        Some(lfs) => (Some(&lfs.sha256), Some(lfs.size)),
        None => (file.blob_id.as_ref(), file.size),
    };
    Some(RemoteFile {
        name: file.rfilename.clone(),
        size: size?,
        digest: Digest::from_etag(etag?)?,
    })
}

pub(super) const CONFIG: &str = "config.json";
pub(super) const MODULES: &str = "modules.json";
pub(super) const SAFETENSORS: &str = "model.safetensors";
pub(super) const PYTORCH: &str = "pytorch_model.bin";

/// Why a set of files is not a model that can be loaded; it displays as a clause.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// None of the files named here is there.
    Lacks(&'static str),
    /// The weights are split.
    Sharded,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks(what) => write!(f, "it has no {what}"),
            Self::Sharded => f.write_str("its weights are split over several files"),
        }
    }
}

/// The files of a repository that loading it takes: configuration, tokenizer, and one file of
/// weights, safetensors preferred.
pub(super) fn needed<'a>(names: &[&'a str]) -> Result<Vec<&'a str>, Unusable> {
    let find = |wanted: &str| names.iter().copied().find(|name| *name == wanted);

    let mut files = vec![find(CONFIG).ok_or(Unusable::Lacks("config.json"))?];
    let sentence_transformers =
        [MODULES, "sentence_bert_config.json", "config_sentence_transformers.json"];
    files.extend(sentence_transformers.into_iter().filter_map(find));
    files.extend(names.iter().copied().filter(|name| is_module_config(name)));

    let tokenizer = ["tokenizer.json", "vocab.txt"].into_iter().filter_map(find);
    let before = files.len();
    files.extend(tokenizer);
    if files.len() == before {
        return Err(Unusable::Lacks("tokenizer.json or vocab.txt"));
    }
    files.extend(["tokenizer_config.json", "special_tokens_map.json"].into_iter().filter_map(find));

    let weights = find(SAFETENSORS).or_else(|| find(PYTORCH)).ok_or_else(|| {
        let shards = [SAFETENSORS, PYTORCH].map(|name| format!("{name}.index.json"));
        if shards.iter().any(|index| find(index).is_some()) {
            Unusable::Sharded
        } else {
            Unusable::Lacks("model.safetensors or pytorch_model.bin")
        }
    })?;
    files.push(weights);
    Ok(files)
}

/// `1_Pooling/config.json` and its like: where sentence-transformers keeps a module's settings.
/// The pattern leaves no room for a path that leads elsewhere.
fn is_module_config(name: &str) -> bool {
    let Some((number, module)) = name.strip_suffix("/config.json").and_then(|s| s.split_once('_'))
    else {
        return false;
    };
    !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && !module.is_empty()
        && module.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_transformers_repository() {
        let names = [
            ".gitattributes",
            "1_Pooling/config.json",
            "README.md",
            "config.json",
            "config_sentence_transformers.json",
            "flax_model.msgpack",
            "model.safetensors",
            "modules.json",
            "onnx/model.onnx",
            "pytorch_model.bin",
            "sentence_bert_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.txt",
        ];
        assert_eq!(
            needed(&names).unwrap(),
            [
                "config.json",
                "modules.json",
                "sentence_bert_config.json",
                "config_sentence_transformers.json",
                "1_Pooling/config.json",
                "tokenizer.json",
                "vocab.txt",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "model.safetensors",
            ]
        );
    }

    #[test]
    fn a_plain_repository_with_pytorch_weights() {
        let names = ["config.json", "pytorch_model.bin", "vocab.txt"];
        assert_eq!(needed(&names).unwrap(), ["config.json", "vocab.txt", "pytorch_model.bin"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let lacks = |names: &[&str]| needed(names).unwrap_err();
        assert_eq!(lacks(&[]), Unusable::Lacks("config.json"));
        assert_eq!(
            lacks(&["config.json", "model.safetensors"]),
            Unusable::Lacks("tokenizer.json or vocab.txt")
        );
        assert_eq!(
            lacks(&["config.json", "vocab.txt"]),
            Unusable::Lacks("model.safetensors or pytorch_model.bin")
        );
        assert_eq!(
            lacks(&["config.json", "vocab.txt", "onnx/model.safetensors"]),
            Unusable::Lacks("model.safetensors or pytorch_model.bin")
        );
        assert_eq!(
            lacks(&["config.json", "vocab.txt", "model.safetensors.index.json"]),
            Unusable::Sharded
        );
    }

    #[test]
    fn module_configs_are_told_from_paths() {
        for yes in ["1_Pooling/config.json", "12_Dense/config.json", "2_My_Module/config.json"] {
            assert!(is_module_config(yes), "{yes}");
        }
        for no in [
            "config.json",
            "1_/config.json",
            "_X/config.json",
            "../1_X/config.json",
            "1_../config.json",
            "1_X/y/config.json",
            "a_X/config.json",
            "1_X/config.json/y",
        ] {
            assert!(!is_module_config(no), "{no}");
        }
    }

    #[test]
    fn an_answer_without_digests_is_refused() {
        let id: ModelId = "a/b".parse().unwrap();
        let listing =
            |json: &str| serde_json::from_str::<RepoInfo>(json).unwrap().listing(&id, "http://hub");
        let commit = "0".repeat(40);
        let file = |name: &str| format!(r#"{{"rfilename":"{name}","size":1,"blobId":"{commit}"}}"#);
        let whole = ["config.json", "vocab.txt", "model.safetensors"].map(file).join(",");
        assert_eq!(
            listing(&format!(r#"{{"sha":"{commit}","siblings":[{whole}]}}"#)).unwrap().files.len(),
            3
        );
        for odd in [
            format!(r#"{{"sha":"../..","siblings":[{whole}]}}"#),
            format!(
                r#"{{"sha":"{commit}","siblings":[{}]}}"#,
                whole.replace(&format!(r#""blobId":"{commit}""#), r#""blobId":"../x""#)
            ),
            format!(r#"{{"sha":"{commit}","siblings":[{}]}}"#, whole.replace(r#""size":1,"#, "")),
        ] {
            assert!(matches!(listing(&odd), Err(HubError::NotAHub { .. })), "{odd}");
        }
    }
}
