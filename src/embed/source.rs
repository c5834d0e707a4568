//! Which model the user means, and where it is.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use super::hub::{Hub, HubError, ModelId, Progress};
use super::model::{Model, ModelError};

/// The model used where the user names none.
pub const DEFAULT_MODEL: &str = "sentence-transformers/allenai-specter";

/// What `--model` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSpec {
    /// `none`: words only.
    None,
    /// A folder that holds a model.
    Folder(PathBuf),
    /// A model on the Hub, `organisation/name`.
    Hub(String),
}

impl FromStr for ModelSpec {
    type Err = Infallible;

    /// `none`; an existing folder, or anything written as a path (`./x`, `/x`, `~/x`, `C:\x`); else
    /// a Hub id. Never fails: what a Hub id may look like is the Hub's business.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::None);
        }
        let path = match (text.strip_prefix("~/"), directories::BaseDirs::new()) {
            (Some(rest), Some(base)) => base.home_dir().join(rest),
            _ => PathBuf::from(text),
        };
        let written_as_path = text.starts_with(['.', '/', '~']) || text.contains('\\');
        Ok(if written_as_path || path.is_dir() {
            Self::Folder(path)
        } else {
            Self::Hub(text.to_owned())
        })
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Hub(id) => f.write_str(id),
        }
    }
}

/// Why there is no model to embed with.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be found or downloaded.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// It is there, but is no model that this program can run.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Can the model be opened without a download, or must not be downloaded? What is wrong with its name is
/// for [`open()`] to say.
#[must_use]
pub fn is_here(spec: &ModelSpec, hub: &Hub) -> bool {
    match spec {
        ModelSpec::None | ModelSpec::Folder(_) => true,
        ModelSpec::Hub(id) => {
            let cached = |id: ModelId| hub.cached(&id).is_some();
            hub.is_offline() || id.parse().map_or(true, cached)
        }
    }
}

/// Opens the model, downloading it first if it is on the Hub, not in the cache, and allowed.
/// `None` where the user wants none. `hashes` is the file that remembers hashes of weights.
///
/// # Errors
/// The model cannot be found, downloaded or opened, or `stop` was set.
pub fn open(
    spec: &ModelSpec,
    hub: &Hub,
    hashes: &Path,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<Option<Model>, SourceError> {
    match spec {
        ModelSpec::None => Ok(None),
        ModelSpec::Folder(folder) => {
            let name = folder.file_name().unwrap_or(folder.as_os_str());
            Ok(Some(Model::open(folder, &name.to_string_lossy(), Some(hashes))?))
        }
        ModelSpec::Hub(id) => {
            let model_id: ModelId = id.parse()?;
            let found = match hub.cached(&model_id) {
                Some(found) => found,
                None => hub.fetch(&model_id, progress, stop)?,
            };
            Ok(Some(Model::open(&found.dir, id, Some(hashes))?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_a_folder_or_an_id() {
        let parse = |text: &str| text.parse::<ModelSpec>().unwrap();
        assert_eq!(parse("none"), ModelSpec::None);
        assert_eq!(parse(DEFAULT_MODEL), ModelSpec::Hub(DEFAULT_MODEL.into()));
        assert_eq!(parse("./minilm"), ModelSpec::Folder("./minilm".into()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(parse(path), ModelSpec::Folder(path.into()));
        assert!(matches!(parse("~/models/x"), ModelSpec::Folder(p) if p.is_absolute()));
    }
}
