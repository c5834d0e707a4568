//! What one needs once: completions for the shell, the manual page, the configuration.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, UsageError};
use crate::app::action::TABLE;
use crate::app::keymap::Keymap;
use crate::config::Config;
use crate::logging;
use crate::paths::Paths;

#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Configuration {
    /// Print a configuration in which every key has its default, with what it means
    #[arg(long)]
    default: bool,
    /// Say whether the configuration makes sense, and if not, where
    #[arg(long)]
    check: bool,
    /// Print where the configuration is looked for
    #[arg(long)]
    path: bool,
}

pub(super) fn completions(arguments: &Completions) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "specter-tui", &mut script);
    Ok(io::stdout().lock().write_all(&script)?)
}

/// The manual page, with the keys of the screen.
pub(super) fn manual() -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    let escaped = |text: &str| text.replace('\\', "\\e").replace('-', "\\-");
    let mut keys = String::from(".SH KEYS\n");
    for entry in TABLE {
        let shown = entry.keys.join(", ");
        // Writing to a string cannot fail.
        let _ = write!(keys, ".TP\n\\fB{}\\fR\n{}\n", escaped(&shown), escaped(entry.description));
    }
    page.extend(keys.into_bytes());
    Ok(io::stdout().lock().write_all(&page)?)
}

pub(super) fn configuration(
    named: Option<PathBuf>,
    arguments: &Configuration,
) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.default {
        return Ok(out.write_all(defaults().as_bytes())?);
    }
    let required = named.is_some();
    let path = named.or_else(|| Paths::of_user().map(|paths| paths.config));
    let path =
        path.context("no home folder to look for a configuration in: name it by --config")?;
    if arguments.path {
        return Ok(writeln!(out, "{}", path.display())?);
    }
    let config = Config::read(&path, required)?;
    Keymap::new(&config.choices)?;
    for (key, result) in [
        (
            "device",
            config.device.map(|value| {
                value
                    .parse::<crate::embed::encoder::DeviceChoice>()
                    .map(drop)
                    .map_err(|e| e.to_string())
            }),
        ),
        (
            "precision",
            config.precision.map(|value| {
                value
                    .parse::<crate::embed::encoder::PrecisionChoice>()
                    .map(drop)
                    .map_err(|e| e.to_string())
            }),
        ),
    ] {
        if let Some(Err(error)) = result {
            return Err(UsageError(format!("{}: {key}: {error}", path.display())).into());
        }
    }
    if let Some(Err(error)) = config.columns {
        return Err(error.into());
    }
    if let Some(Err(error)) = config.log_level.map(|level| logging::level(&level)) {
        return Err(UsageError(format!("{}: log_level: {error}", path.display())).into());
    }
    if config.threads == Some(0) {
        return Err(UsageError(format!("{}: threads: at least 1", path.display())).into());
    }
    let what = if path.exists() { "makes sense" } else { "is not there: the defaults hold" };
    Ok(writeln!(out, "{} {what}", path.display())?)
}

/// A configuration of defaults, each commented out.
pub(super) fn defaults() -> String {
    let mut text = include_str!("../../assets/config.toml").to_owned();
    for entry in TABLE {
        let keys: Vec<String> = entry.keys.iter().map(|key| format!("{key:?}")).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "# {}\n# {} = [{}]\n", entry.description, entry.name, keys.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::columns::Columns;

    #[test]
    fn the_defaults_are_a_configuration_and_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, defaults()).unwrap();
        assert_eq!(Config::read(&path, true).unwrap(), Config::default());
        // Each key that is commented out is one that is known.
        let active: String = defaults()
            .lines()
            .filter(|line| !line.starts_with("# ") || line.contains(" = "))
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect();
        std::fs::write(&path, active).unwrap();
        let config = Config::read(&path, true).unwrap();
        assert_eq!(config.choices.len(), TABLE.len());
        Keymap::new(&config.choices).unwrap();
        assert_eq!(config.device.as_deref(), Some("auto"));
        assert_eq!(config.columns, Some(Ok(Columns::default())));
        assert_eq!(config.log_level.as_deref().map(logging::level), Some(Ok(logging::DEFAULT)));
    }
}
