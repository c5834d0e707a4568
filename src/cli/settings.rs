//! Options, environment, configuration and defaults, resolved in that order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;

use super::{Options, UsageError};
use crate::config::{Config, Keys};
use crate::embed::encoder::{DeviceChoice, PrecisionChoice};
use crate::embed::hub::Hub;
use crate::embed::source::{DEFAULT_MODEL, ModelSpec};
use crate::library::store::{Store, StoreError};
use crate::paths::Paths;

/// What the user wants, settled.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of the library.
    pub library: PathBuf,
    /// Folder for what can be made again.
    pub cache: PathBuf,
    /// The model.
    pub model: ModelSpec,
    /// Never use the network.
    pub offline: bool,
    /// Where the model runs.
    pub device: DeviceChoice,
    /// Arithmetic of the model.
    pub precision: PrecisionChoice,
    /// Threads for embedding.
    pub threads: usize,
    /// Keys that the user changed.
    pub keys: BTreeMap<String, Keys>,
}

impl Settings {
    pub(super) fn new(options: Options) -> anyhow::Result<Self> {
        let user = Paths::of_user();
        let config = match (&options.config, &user) {
            (Some(path), _) => Config::read(path, true)?,
            (None, Some(paths)) => Config::read(&paths.config, false)?,
            (None, None) => Config::default(),
        };
        let library = options
            .library
            .or(config.library)
            .or_else(|| user.as_ref().map(|paths| paths.library.clone()))
            .context("no home folder to keep the library in: name a folder with --library")?;
        let cache = user.map_or_else(|| library.join("cache"), |paths| paths.cache);
        let usage = |option: &str, error: String| UsageError(format!("{option}: {error}"));
        let model = options.model.or(config.model).unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        let threads = options.threads.or(config.threads);
        if threads == Some(0) {
            return Err(usage("--threads", "at least 1".to_owned()).into());
        }
        Ok(Self {
            library,
            cache,
            model: model.parse()?,
            offline: options.offline || config.offline,
            device: (options.device.or(config.device))
                .map_or(Ok(DeviceChoice::Auto), |d| d.parse())
                .map_err(|e| usage("--device", format!("{e}")))?,
            precision: (options.precision.or(config.precision))
                .map_or(Ok(PrecisionChoice::Auto), |p| p.parse())
                .map_err(|e| usage("--precision", format!("{e}")))?,
            threads: threads.unwrap_or_else(num_cpus::get_physical),
            keys: config.keys,
        })
    }

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
