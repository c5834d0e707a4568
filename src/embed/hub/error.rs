//! What can go wrong between the Hub and the cache, each as one sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a model could not be found or downloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// The text is not an id that the Hub could have given to a repository.
    #[error(
        "\"{text}\" is not a model id: {why}; write organisation/name or organisation/name@revision, as in allenai/specter"
    )]
    InvalidId {
        /// What was given.
        text: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// Neither the environment nor the system says where downloaded models belong.
    #[error(
        "there is no place for downloaded models, as neither HF_HOME nor a home folder is set; set HF_HOME to a folder you may write to"
    )]
    NoCacheFolder,
    /// The address of the Hub is not a web address.
    #[error("HF_ENDPOINT is \"{0}\", which is no http or https address; correct it or unset it")]
    InvalidEndpoint(String),
    /// Offline, and the cache holds no complete copy.
    #[error(
        "{model} cannot be downloaded while offline, and {} has no complete copy ({fault}); download it once with a connection, or bring its folder from another machine and pass --model FOLDER",
        .folder.display()
    )]
    Offline {
        /// The model's id.
        model: String,
        /// The cache folder that was looked in.
        folder: PathBuf,
        /// What is missing or broken there.
        fault: String,
    },
    /// No connection, or it broke and could not be resumed.
    #[error(
        "{host} could not be reached ({reason}); check the network (and HTTPS_PROXY behind a proxy), or pass --model FOLDER for a model on this disk"
    )]
    Network {
        /// The host that was asked.
        host: String,
        /// What the connection failed with.
        reason: String,
    },
    /// The server is in trouble, or answers with a status that makes no sense here.
    #[error("{host} answered with HTTP status {status}; try again later")]
    Server {
        /// The host that answered.
        host: String,
        /// Its status code.
        status: u16,
    },
    /// The server asks for a longer pause than anyone wants to watch.
    #[error(
        "{host} asks to wait {seconds} s before the next request; try again then, or set HF_TOKEN for a higher limit"
    )]
    Busy {
        /// The host that answered.
        host: String,
        /// How long it asks to wait, in seconds.
        seconds: u64,
    },
    /// Private or gated, or the token is wrong; for strangers the Hub does not tell these from a
    /// repository that does not exist.
    #[error("{host} refuses access to {model} (HTTP status {status}): {advice}")]
    Denied {
        /// The model's id.
        model: String,
        /// The host that answered.
        host: String,
        /// 401 or 403.
        status: u16,
        /// What to do, which depends on whether a token was sent.
        advice: &'static str,
    },
    /// No such repository, revision or file.
    #[error("{host} has no {what}; check the spelling of the model's id and revision")]
    NotFound {
        /// What was asked for.
        what: String,
        /// The host that answered.
        host: String,
    },
    /// Something answered, and it is not a Hub.
    #[error(
        "{url} {why}; a login page of this network may be in the way, or HF_ENDPOINT is wrong: open the address in a browser"
    )]
    NotAHub {
        /// The address that was asked.
        url: String,
        /// What is odd about the answer.
        why: String,
    },
    /// The repository holds no model that can be loaded.
    #[error(
        "{model} cannot be used, as {why}; choose a BERT model whose weights are one model.safetensors or pytorch_model.bin"
    )]
    Unusable {
        /// The model's id.
        model: String,
        /// What it lacks, or has in another form.
        why: String,
    },
    /// What arrived is not what the repository lists. It has been deleted.
    #[error(
        "{file} of {model} arrived damaged ({why}) and was deleted; try again, and if it happens again check the network or proxy"
    )]
    Corrupt {
        /// The model's id.
        model: String,
        /// The file's name in the repository.
        file: String,
        /// How it differs.
        why: String,
    },
    /// The disk or the user's quota is full.
    #[error(
        "there is no space left to write {}; free some, or set HF_HOME to a folder on another disk; the download then goes on where it stopped",
        .path.display()
    )]
    NoSpace {
        /// The file that was being written.
        path: PathBuf,
    },
    /// The cache could not be read or written.
    #[error("{} could not be read or written ({source}); check its permissions, or set HF_HOME to another folder", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The caller asked to stop; what has arrived is kept for the next time.
    #[error(
        "the download was stopped; what has arrived is kept, and it goes on from there the next time"
    )]
    Stopped,
}

impl HubError {
    /// For `map_err`: an error of the system at `path`.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::NoSpace { path: path.to_owned() }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
