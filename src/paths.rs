//! Where things live, unless the user says otherwise.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The program's folders, by the conventions of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The library: papers, marks, vectors.
    pub library: PathBuf,
    /// The configuration file.
    pub config: PathBuf,
    /// What can be made again at any time.
    pub cache: PathBuf,
    /// What a run leaves behind: the log.
    pub state: PathBuf,
}

impl Paths {
    /// The folders of this user; `None` where the system knows no home folder.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let dirs = ProjectDirs::from("", "", "specter-tui")?;
        Some(Self {
            library: dirs.data_dir().to_owned(),
            config: dirs.config_dir().join("config.toml"),
            cache: dirs.cache_dir().to_owned(),
            // Only some systems have a folder for that.
            state: dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned(),
        })
    }
}
