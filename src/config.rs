//! `config.toml`: what the user wants to be asked only once.
//!
//! Every key is optional and has the meaning of the command-line option of the same name, which
//! wins over it. `[keys]` gives actions other keys; see [`crate::app::keymap`].

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::app::columns::{Column, Columns, ColumnsError};
use crate::ui::theme::Choice as Theme;

/// What can be wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line cannot be read.
    #[error("cannot read the configuration {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A line is no TOML, or a key is unknown or has a value of the wrong kind.
    #[error("the configuration {}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        message: String,
    },
}

/// The contents of `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of the library.
    pub library: Option<PathBuf>,
    /// Hub id or folder of the model, or `none`.
    pub model: Option<String>,
    /// Never use the network.
    #[serde(default)]
    pub offline: bool,
    /// `auto`, `cpu`, `cuda`, `cuda:N`, `metal`.
    pub device: Option<String>,
    /// `auto`, `f32`, `bf16`, `f16`, `int8`.
    pub precision: Option<String>,
    /// Threads for embedding.
    pub threads: Option<usize>,
    /// Columns of lists of papers; see [`Config::columns`].
    #[serde(default, rename = "columns")]
    written_columns: Option<Spanned<Vec<Spanned<String>>>>,
    /// The same, checked.
    #[serde(skip)]
    pub columns: Option<Result<Columns, WrongColumns>>,
    /// `error`, `warn`, `info`, `debug`, `trace`: what the log has.
    pub log_level: Option<String>,
    /// What the screen looks like.
    pub theme: Option<Theme>,
    /// Draw with ASCII signs, or do not; without this as the locale has it.
    pub ascii: Option<bool>,
    /// May the program take the mouse?
    pub mouse: Option<bool>,
    /// Action → key or keys.
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Keys>,
    /// The same, with their places.
    #[serde(skip)]
    pub choices: BTreeMap<String, Choice>,
}

/// A place in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a file's text.
    fn of(path: &Path, text: &str, byte: usize) -> Self {
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// Columns that make no sense, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: columns: {error}")]
pub struct WrongColumns {
    place: Place,
    error: ColumnsError,
}

/// The keys that the user chose for an action, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The keys.
    pub keys: Keys,
    /// Where the name of the action stands.
    pub place: Place,
}

/// One key or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Keys {
    /// `"ctrl-n"`
    One(String),
    /// `["n", "ctrl-n"]`
    Many(Vec<String>),
}

impl Keys {
    /// The keys, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(key) => std::slice::from_ref(key),
            Self::Many(keys) => keys,
        }
    }
}

impl Config {
    /// Reads the file; one that is not there is empty, unless the user named it (`required`).
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, or has an unknown key or a value of the wrong kind; the
    /// message has line and column.
    pub fn read(path: &Path, required: bool) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound && !required => {
                return Ok(Self::default());
            }
            Err(cause) => {
                return Err(ConfigError::Read { path: path.to_owned(), cause });
            }
        };
        let mut config: Self = toml::from_str(&text).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        config.columns =
            config.written_columns.take().map(|written| columns(path, &text, &written));
        config.choices = std::mem::take(&mut config.keys)
            .into_iter()
            .map(|(name, keys)| {
                let place = Place::of(path, &text, name.span().start);
                (name.into_inner(), Choice { keys, place })
            })
            .collect();
        let folder = path.parent().unwrap_or(Path::new("."));
        config.library = config.library.map(|library| resolve(&library, folder));
        if let Some(model) = config.model.as_mut().filter(|model| model.starts_with('.')) {
            *model = resolve(Path::new(&model), folder).to_string_lossy().into_owned();
        }
        Ok(config)
    }
}

/// The columns as they are written, checked one by one.
fn columns(
    path: &Path,
    text: &str,
    written: &Spanned<Vec<Spanned<String>>>,
) -> Result<Columns, WrongColumns> {
    let wrong = |at: usize| {
        let place = Place::of(path, text, at);
        move |error| WrongColumns { place, error }
    };
    let names = written.get_ref().iter();
    let columns = names.map(|name| name.get_ref().parse().map_err(wrong(name.span().start)));
    let columns = columns.collect::<Result<Vec<Column>, WrongColumns>>()?;
    Columns::new(columns).map_err(wrong(written.span().start))
}

/// A path of the configuration: `~/` is the home folder, a relative one is relative to the file, so
/// that it means the same wherever the program is started.
fn resolve(path: &Path, folder: &Path) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(base)) => base.home_dir().join(rest),
        _ => folder.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path, true)
    }

    #[test]
    fn every_key_is_checked() {
        let config = read("model = 'none'\nthreads = 2\n[keys]\nquit = ['q', 'ctrl-q']").unwrap();
        assert_eq!(config.model.as_deref(), Some("none"));
        let choice = &config.choices["quit"];
        assert_eq!(choice.keys.as_slice(), ["q", "ctrl-q"]);
        assert_eq!((choice.place.line, choice.place.column), (4, 1));
        let error = read("modell = 'none'").unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("modell"), "{error}");
        let config = read("theme = 'high-contrast'\nascii = true\nmouse = false").unwrap();
        assert_eq!((config.theme, config.ascii), (Some(Theme::HighContrast), Some(true)));
        assert_eq!(config.mouse, Some(false));
        let error = read("model = 'none'\ntheme = 'blue'").unwrap_err().to_string();
        assert!(error.contains("line 2, column 9") && error.contains("high-contrast"), "{error}");
        let error = read("model = 'none'\nthreads = 'two'").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn columns_are_told_apart_where_they_stand() {
        let config = read("columns = ['key', 'title']").unwrap();
        assert_eq!(config.columns.unwrap().unwrap().to_string(), "key, title");
        let error = |text| read(text).unwrap().columns.unwrap().unwrap_err().to_string();
        let unknown = error("model = 'none'\ncolumns = ['title', 'yaer']");
        assert!(unknown.contains(":2:21: columns: there is no column `yaer`"), "{unknown}");
        let missing = error("columns = ['year']");
        assert!(missing.contains(":1:11: columns: `title` is missing"), "{missing}");
        assert!(read("columns = 'title'").unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn paths_mean_the_same_wherever_the_program_starts() {
        let config = read("library = '~/papers'\nmodel = './specter'").unwrap();
        assert!(config.library.unwrap().is_absolute());
        assert!(Path::new(&config.model.unwrap()).is_absolute());
        let config = read("model = 'org/name'\nlibrary = 'here'").unwrap();
        assert_eq!(config.model.as_deref(), Some("org/name"));
        assert!(config.library.unwrap().is_absolute());
    }

    #[test]
    fn no_file_is_no_configuration_unless_named() {
        let path = Path::new("/no/such/config.toml");
        assert_eq!(Config::read(path, false).unwrap(), Config::default());
        assert!(Config::read(path, true).is_err());
    }
}
