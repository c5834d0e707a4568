//! Options of every command, and how they become [`Settings`].

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::{UsageError, sample};
use crate::app::columns::Columns;
use crate::config::Config;
use crate::embed::encoder::{DeviceChoice, PrecisionChoice};
use crate::embed::source::DEFAULT_MODEL;
use crate::logging;
use crate::paths::Paths;
use crate::settings::{ScreenSettings, Settings};
use crate::ui::theme::{Choice, look};

/// Options of the screen.
#[derive(Debug, Args)]
struct ScreenOptions {
    /// What the screen looks like: auto, dark, light, high-contrast, plain
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,

    /// Draw with ASCII signs only
    #[arg(long)]
    ascii: bool,

    /// Leave the mouse to the terminal, which can select text with it then
    #[arg(long)]
    no_mouse: bool,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Folder of the library (papers, marks, vectors)
    #[arg(long, global = true, value_name = "DIR", env = "SPECTER_TUI_LIBRARY")]
    library: Option<PathBuf>,

    /// Model: a Hub id, a folder, or `none` for words only
    #[arg(long, global = true, value_name = "ID|DIR|none", env = "SPECTER_TUI_MODEL")]
    model: Option<String>,

    /// Never use the network: only models that are already here
    #[arg(long, global = true)]
    offline: bool,

    /// Where the model runs: auto, cpu, cuda, cuda:N, metal
    #[arg(long, global = true, value_name = "DEVICE")]
    device: Option<String>,

    /// Arithmetic of the model: auto, f32, bf16, f16, int8
    #[arg(long, global = true, value_name = "PRECISION")]
    precision: Option<String>,

    /// Threads for embedding [default: physical cores]
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,

    /// Columns of lists on the screen, such as state,year,title,venue
    #[arg(long, value_name = "NAMES")]
    columns: Option<Columns>,

    /// What the log has: error, warn, info, debug, trace; `doctor` tells where it is
    #[arg(long, global = true, value_name = "LEVEL", env = "SPECTER_TUI_LOG")]
    log_level: Option<String>,

    /// Open a sample library, apart from your own
    #[arg(long, global = true)]
    pub(super) sample: bool,

    #[command(flatten)]
    screen: ScreenOptions,

    /// Configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Download the model without asking, if it is not here
    #[arg(long, short = 'y', global = true)]
    yes: bool,
}

impl Options {
    /// Options (or their environment variables) first, then the configuration, then the defaults.
    pub(super) fn settle(self) -> anyhow::Result<Settings> {
        let user = Paths::of_user();
        let config = match (&self.config, &user) {
            (Some(path), _) => Config::read(path, true)?,
            (None, Some(paths)) => Config::read(&paths.config, false)?,
            (None, None) => Config::default(),
        };
        let library = (self.library.or(config.library))
            .or_else(|| user.as_ref().map(|paths| paths.library.clone()))
            .context("no home folder to keep the library in: name a folder with --library")?;
        let library = if self.sample { library.join(sample::FOLDER) } else { library };
        let cache =
            user.as_ref().map_or_else(|| library.join("cache"), |paths| paths.cache.clone());
        let state = user.map_or_else(|| library.clone(), |paths| paths.state);
        let usage =
            |option: &str, error: &dyn std::fmt::Display| UsageError(format!("{option}: {error}"));
        let model = self.model.or(config.model).unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        let log_level = (self.log_level.or(config.log_level))
            .map_or(Ok(logging::DEFAULT), |level| logging::level(&level))
            .map_err(|error| usage("--log-level", &error))?;
        let (columns, wrong) = match (self.columns, config.columns) {
            (Some(columns), _) | (None, Some(Ok(columns))) => (columns, None),
            (None, Some(Err(error))) => {
                let wrong = format!("{error}; the default columns are shown");
                (Columns::default(), Some(wrong))
            }
            (None, None) => (Columns::default(), None),
        };
        let threads = self.threads.or(config.threads);
        if threads == Some(0) {
            return Err(usage("--threads", &"at least 1").into());
        }
        Ok(Settings {
            library,
            cache,
            state,
            log_level,
            columns,
            wrong,
            model: model.parse()?,
            offline: self.offline || config.offline,
            may_download: self.yes,
            device: (self.device.or(config.device))
                .map_or(Ok(DeviceChoice::Auto), |device| device.parse())
                .map_err(|error| usage("--device", &error))?,
            precision: (self.precision.or(config.precision))
                .map_or(Ok(PrecisionChoice::Auto), |precision| precision.parse())
                .map_err(|error| usage("--precision", &error))?,
            threads: threads.unwrap_or_else(num_cpus::get_physical),
            screen: ScreenSettings {
                theme: match self.screen.theme {
                    Some(theme) => theme.parse().map_err(|error| usage("--theme", &error))?,
                    None => config.theme.unwrap_or_else(Choice::from_env),
                },
                ascii: self.screen.ascii || config.ascii.unwrap_or_else(look::needs_ascii),
                mouse: !self.screen.no_mouse && config.mouse.unwrap_or(true),
            },
            keys: config.choices,
        })
    }
}
