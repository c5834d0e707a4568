//! The log: what went wrong, for a look afterwards.
//!
//! One file in the state folder that only its owner can read. When it has grown to a megabyte it is put
//! aside, and one such file is kept. What papers say is in it at the levels `debug` and `trace` only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::library::store::{create_private_folder, make_private};

/// What the log has unless the user says otherwise.
pub const DEFAULT: Level = Level::WARN;

/// Name of the file in its folder, and of the one before it.
const FILE: &str = "specter-tui.log";
const OLD: &str = "specter-tui.log.old";

/// Bytes from which on the file is put aside.
const MOST: u64 = 1 << 20;

/// The level of a name.
///
/// # Errors
/// There is no such level.
pub fn level(name: &str) -> Result<Level, String> {
    name.parse().map_err(|_| format!("`{name}` is none of error, warn, info, debug, trace"))
}

/// The file of a folder.
#[must_use]
pub fn file(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// From now on what happens is written to the log of a folder, panics included. The file is made when there
/// is something to write.
pub fn start(folder: &Path, level: Level) {
    let log = Log { folder: folder.to_owned(), file: None };
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(Mutex::new(log));
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let subscriber = tracing_subscriber::registry().with(lines).with(own);
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        // Another part of this process has a log of its own.
        return;
    }
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        panicked(info);
        report(info);
    }));
}

/// Writes a panic to the log: where it was. What it says may quote a paper.
pub fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, ToString::to_string);
    tracing::error!("panic at {place}");
    let said = (info.payload().downcast_ref::<String>().map(String::as_str))
        .or_else(|| info.payload().downcast_ref::<&str>().copied());
    tracing::debug!("panic: {}", said.unwrap_or("without words"));
}

/// A message as the log may have it: what it quotes of papers is left out.
#[must_use]
pub fn discreet(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, quoted)) = rest.split_once('“') {
        kept.push_str(before);
        kept.push_str("“…”");
        rest = quoted.split_once('”').map_or("", |(_, behind)| behind);
    }
    kept.push_str(rest);
    kept
}

/// The last lines of the log of a folder, oldest first, that `wanted` takes.
#[must_use]
pub fn last(folder: &Path, most: usize, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for name in [OLD, FILE] {
        // What another program wrote there may be no text.
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        lines.extend(text.lines().filter(|line| wanted(line)).map(str::to_owned));
    }
    lines.split_off(lines.len().saturating_sub(most))
}

/// Is it a line about something that went wrong?
#[must_use]
pub fn is_trouble(line: &str) -> bool {
    matches!(level_of(line), Some("ERROR" | "WARN"))
}

/// Is it a line in which papers are not quoted at length?
#[must_use]
pub fn is_terse(line: &str) -> bool {
    is_trouble(line) || level_of(line) == Some("INFO")
}

/// What stands behind the time.
fn level_of(line: &str) -> Option<&str> {
    line.split_whitespace().nth(1)
}

/// The file, opened when something is written.
struct Log {
    folder: PathBuf,
    file: Option<(File, u64)>,
}

impl Log {
    fn open(&mut self) -> io::Result<&mut (File, u64)> {
        if self.file.as_ref().is_some_and(|(_, bytes)| *bytes >= MOST) {
            self.file = None;
        }
        let opened = match self.file.take() {
            Some(opened) => opened,
            None => self.open_file()?,
        };
        Ok(self.file.insert(opened))
    }

    /// The file and its length; one that is large enough is put aside before.
    fn open_file(&self) -> io::Result<(File, u64)> {
        create_private_folder(&self.folder)?;
        let path = self.folder.join(FILE);
        if fs::metadata(&path).is_ok_and(|file| file.len() >= MOST) {
            fs::rename(&path, self.folder.join(OLD))?;
        }
        make_private(&path)?;
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok((file, bytes))
    }
}

impl Write for Log {
    /// Writes a line whole, so that those of several programs do not mix.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let (file, bytes) = self.open()?;
        file.write_all(line)?;
        *bytes += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_stays_small_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let mut log = Log { folder: state.clone(), file: None };
        let line = |number: usize| format!("{number:>8} ERROR {}\n", "x".repeat(1000));
        for number in 0..2500 {
            log.write_all(line(number).as_bytes()).unwrap();
        }
        let sizes: Vec<u64> =
            [FILE, OLD].iter().map(|name| fs::metadata(state.join(name)).unwrap().len()).collect();
        assert!(sizes.iter().all(|&size| size < MOST + 2000), "{sizes:?}");
        assert_eq!(fs::read_dir(&state).unwrap().count(), 2);
        let last = last(&state, 3, is_trouble);
        assert!(last.len() == 3 && last[2].trim_start().starts_with("2499"), "{last:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file(&state)), mode(&state)), (0o600, 0o700));
        }
    }

    #[test]
    fn what_is_quoted_is_left_out() {
        assert_eq!(
            discreet("SPECTER gave no usable vector for “A secret title” (NaN): see “more"),
            "SPECTER gave no usable vector for “…” (NaN): see “…”"
        );
        assert_eq!(discreet("disk full"), "disk full");
        assert!(level("loud").is_err());
        assert_eq!(level("info"), Ok(Level::INFO));
    }

    #[test]
    fn trouble_is_told_from_the_rest() {
        assert!(is_trouble("2026-11-26T02:00:00Z ERROR main: no"));
        assert!(is_trouble("2026-11-26T02:00:00Z  WARN main: well"));
        assert!(!is_trouble("2026-11-26T02:00:00Z  INFO main: an ERROR was told"));
        assert!(is_terse("2026-11-26T02:00:00Z  INFO main: words: 0.1 s"));
        assert!(!is_terse("2026-11-26T02:00:00Z DEBUG main: of a title"));
        assert!(!is_terse("and its second line"));
    }
}
