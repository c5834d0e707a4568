//! The sample library: in a folder of its own, so that nothing of it comes among the user's papers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::library::import;
use crate::settings::Settings;

/// Its folder, in that of the user's library.
pub(super) const FOLDER: &str = "sample";

/// The papers.
const SAMPLE: &str = include_str!("../../assets/sample.bib");

/// Writes the papers to a file and reads them into the sample library; the file.
pub(super) fn prepare(settings: &Settings) -> anyhow::Result<PathBuf> {
    let path = settings.library.join("sample.bib");
    let is_there = std::fs::read(&path).is_ok_and(|bytes| bytes == SAMPLE.as_bytes());
    if !is_there {
        std::fs::write(&path, SAMPLE)
            .with_context(|| format!("cannot write the sample library to {}", path.display()))?;
    }
    import::import(&mut settings.store()?, &path, import::now())?;
    Ok(path)
}

/// Starts this program again, with the sample library.
pub(super) fn reopen() -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot find this program to start it again")?;
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1)).arg("--sample");
    replace(&mut command).context("cannot start again with the sample library")
}

/// The new program takes the place of this one.
#[cfg(unix)]
fn replace(command: &mut Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// Elsewhere this one waits for it.
#[cfg(not(unix))]
fn replace(command: &mut Command) -> std::io::Result<()> {
    command.status().map(drop)
}
