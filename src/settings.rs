//! What the user wants, settled: options, environment, configuration and defaults are behind.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tracing::Level;

use crate::app::columns::Columns;
use crate::config;
use crate::embed::encoder::{DeviceChoice, PrecisionChoice};
use crate::embed::hub::Hub;
use crate::embed::source::ModelSpec;
use crate::library::store::{Store, StoreError};
use crate::ui::theme::Choice;

/// Everything that screen and headless commands need to know of the user's wishes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of the library.
    pub library: PathBuf,
    /// Folder for what can be made again.
    pub cache: PathBuf,
    /// Folder of the log.
    pub state: PathBuf,
    /// The model.
    pub model: ModelSpec,
    /// Never use the network.
    pub offline: bool,
    /// May the screen download the model without asking?
    pub may_download: bool,
    /// Where the model runs.
    pub device: DeviceChoice,
    /// Arithmetic of the model.
    pub precision: PrecisionChoice,
    /// Threads for embedding.
    pub threads: usize,
    /// What the log has.
    pub log_level: Level,
    /// Columns of lists of papers.
    pub columns: Columns,
    /// What of the configuration makes no sense, so that the default holds.
    pub wrong: Option<String>,
    /// The screen.
    pub screen: ScreenSettings,
    /// Keys that the user changed.
    pub keys: BTreeMap<String, config::Choice>,
}

/// What the user wants of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSettings {
    /// What it looks like.
    pub theme: Choice,
    /// Is it drawn with ASCII signs?
    pub ascii: bool,
    /// May it take the mouse?
    pub mouse: bool,
}

impl Settings {
    /// Opens the library.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn store(&self) -> Result<Store, StoreError> {
        Store::open(&self.library)
    }

    /// The Hub, as the environment and `--offline` have it.
    #[must_use]
    pub fn hub(&self) -> Hub {
        Hub::from_env(self.offline)
    }

    /// The file that remembers hashes of model weights.
    #[must_use]
    pub fn weight_hashes(&self) -> PathBuf {
        self.cache.join("weights.json")
    }
}
