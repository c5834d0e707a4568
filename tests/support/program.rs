//! The program as a user runs it, with a library and an environment of its own.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a library; gone when dropped.
pub struct Sandbox {
    folder: TempDir,
}

/// A file of the checkout.
pub fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A model small enough for tests.
pub fn tiny_model() -> PathBuf {
    checkout("tests/goldens/tiny/mean-normalize")
}

/// The variables that keep a run away from the user's own files and from the network.
pub fn environment(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("SPECTER_TUI_LIBRARY", folder.join("library")),
        ("HOME", folder.to_owned()),
        ("XDG_CONFIG_HOME", folder.join("config")),
        ("XDG_CACHE_HOME", folder.join("cache")),
        ("XDG_DATA_HOME", folder.join("data")),
        ("HF_HOME", folder.join("hf")),
        ("HF_ENDPOINT", PathBuf::from("http://127.0.0.1:9")),
    ]
}

impl Sandbox {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes a file that can be run.
    #[cfg(unix)]
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.file(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The program, not yet run.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_specter-tui"));
        command.current_dir(self.folder.path());
        for name in ["HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "SPECTER_TUI_MODEL", "NO_COLOR"]
        {
            command.env_remove(name);
        }
        command.envs(environment(self.folder.path()));
        command
    }

    /// Runs it; what it prints, and what it says.
    pub fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command().args(arguments).assert().success().get_output().clone();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Runs it with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let (out, _) = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap()
    }

    /// Runs it where it must fail; the exit code and what it says.
    pub fn fail(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command().args(arguments).assert().failure().get_output().clone();
        assert!(output.stdout.is_empty(), "a failure prints no data");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}
