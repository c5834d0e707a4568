//! `doctor --bundle`: a bug report without the user's texts.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use super::Report;
use crate::cli::output;
use crate::library::paper::Snapshot;
use crate::library::store::Store;
use crate::logging;
use crate::settings::Settings;

/// Lines of the log that a report has.
const LINES: usize = 400;

/// Writes the report of `doctor` and the end of the log into a new file.
pub(super) fn write(
    path: &Path,
    report: &Report,
    store: &Store,
    settings: &Settings,
) -> anyhow::Result<()> {
    let secrets = Secrets::of(store, settings)?;
    let mut text = String::from(
        "A bug report of specter-tui. Titles, cite keys, names of files and folders are left out; look through it \
         before you send it.\n\n",
    );
    let report = serde_json::to_string_pretty(report)?;
    let log = logging::last(&settings.state, LINES, logging::is_terse);
    let lines = report.lines().chain(["", "The log:"]).chain(log.iter().map(String::as_str));
    for line in lines {
        text.push_str(&secrets.leave_out(&logging::discreet(line)));
        text.push('\n');
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("cannot write the report to {}", path.display()))?;
    file.write_all(output::printable_lines(&text).as_bytes())?;
    Ok(())
}

/// What is nobody else's business, and what stands in its place; the longest first, since one may be a part
/// of another.
struct Secrets(Vec<(String, &'static str)>);

impl Secrets {
    fn of(store: &Store, settings: &Settings) -> anyhow::Result<Self> {
        // A library that cannot be read has no texts to give away, but folders.
        let snapshot = store.snapshot(&[]).unwrap_or_else(|_| Snapshot::default());
        let mut all = Vec::new();
        for path in store.source_paths().unwrap_or_default() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            all.push((path.display().to_string(), "‹file›"));
            all.extend(name.map(|name| (name, "‹file›")));
        }
        let folders = [&settings.library, &settings.cache, &settings.state];
        all.extend(folders.map(|folder| (folder.display().to_string(), "‹folder›")));
        if let Some(dirs) = directories::BaseDirs::new() {
            all.push((dirs.home_dir().display().to_string(), "~"));
        }
        all.push((std::env::current_dir()?.display().to_string(), "‹folder›"));
        for paper in snapshot.papers() {
            all.push((paper.title.clone(), "‹title›"));
            let keys = std::iter::once(&paper.key).chain(&paper.other_keys);
            all.extend(keys.map(|key| (key.clone(), "‹key›")));
        }
        all.retain(|(secret, _)| !secret.is_empty() && secret != "/");
        all.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        all.dedup();
        Ok(Self(all))
    }

    /// The text without them, where they stand as words of their own.
    fn leave_out(&self, text: &str) -> String {
        let mut kept = text.to_owned();
        for (secret, instead) in &self.0 {
            if kept.contains(secret.as_str()) {
                kept = without(&kept, secret, instead);
            }
        }
        kept
    }
}

fn without(text: &str, secret: &str, instead: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(secret) {
        let (before, from) = rest.split_at(at);
        let behind = &from[secret.len()..];
        let is_word = |c: char| c.is_alphanumeric();
        let inside = (before.ends_with(is_word) && secret.starts_with(is_word))
            || (behind.starts_with(is_word) && secret.ends_with(is_word));
        kept.push_str(before);
        kept.push_str(if inside { secret } else { instead });
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_where_they_are_words() {
        let secrets = Secrets(vec![
            ("/home/hana/papers.bib".to_owned(), "‹file›"),
            ("A title of mine".to_owned(), "‹title›"),
            ("/home/hana".to_owned(), "~"),
            ("ion".to_owned(), "‹key›"),
        ]);
        let text =
            "cannot read /home/hana/papers.bib: permission; ion, (A title of mine) in /home/hana/x";
        assert_eq!(
            secrets.leave_out(text),
            "cannot read ‹file›: permission; ‹key›, (‹title›) in ~/x"
        );
    }
}
