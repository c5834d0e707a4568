//! `import`: read files, report what differs and what is wrong.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use serde::Serialize;

use super::output::{self, count, thousands};
use crate::library::diagnostic::Severity;
use crate::library::import::{self, FileReport, ImportError};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The .bib files
    #[arg(required = true, value_name = "BIB")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    /// Papers in the library.
    papers: usize,
    /// Entries read from all files.
    entries: usize,
    /// Places that could not be read: where an entry seems to begin, files in which nothing is one.
    lost: usize,
    files_with_warnings: usize,
    files: Vec<FileReport>,
}

impl Report {
    fn new(papers: usize, files: Vec<FileReport>) -> Self {
        let worst = |file: &FileReport| file.diagnostics.iter().map(|d| d.severity).max();
        let diagnostics = || files.iter().flat_map(|file| &file.diagnostics);
        Self {
            papers,
            entries: files.iter().map(|file| file.entries).sum(),
            lost: diagnostics().filter(|d| d.severity == Severity::Error).count(),
            files_with_warnings: (files.iter())
                .filter(|file| worst(file) >= Some(Severity::Warning))
                .count(),
            files,
        }
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    // A mistyped name is told before anything is written, and a file that is named twice read once.
    let mut paths = HashSet::new();
    let mut wanted = Vec::new();
    for file in &arguments.files {
        if paths.insert(import::source_path(file)?) {
            wanted.push(file);
        }
    }
    let mut store = settings.store()?;
    let mut errors = Vec::new();
    let mut nothing_in = Vec::new();
    let mut names = Vec::new();
    let mut files = Vec::new();
    for name in wanted {
        match import::import(&mut store, name, import::now()) {
            Ok(report) => {
                if report.entries == 0
                    && report.diagnostics.iter().any(|d| d.severity == Severity::Error)
                {
                    nothing_in.push(name.display().to_string());
                }
                names.push(name);
                files.push(report);
            }
            // One file that cannot be read keeps none of the others from being so.
            Err(error @ ImportError::Read { .. }) => errors.push(error),
            Err(error) => return Err(error.into()),
        }
    }
    if !files.is_empty() {
        let report = Report::new(store.paper_count()?, files);
        if arguments.json {
            output::json(&report)?;
        } else {
            print(&report, &names)?;
        }
    }
    let last = errors.pop();
    for error in errors {
        eprintln!("specter-tui: {error}");
    }
    match last {
        Some(error) => Err(error.into()),
        None if nothing_in.is_empty() => Ok(()),
        None => bail!("there is no entry that can be read in {}", nothing_in.join(", ")),
    }
}

fn print(report: &Report, names: &[&PathBuf]) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let mut out = io::stdout().lock();
    for (file, name) in report.files.iter().zip(names) {
        for d in &file.diagnostics {
            let place = format!("{}:{}:{}", name.display(), d.line, d.column);
            let key = d.key.as_ref().map_or_else(String::new, |key| format!("{key}: "));
            let finding = format!("{place}: {}: {key}{}", d.severity, d.message);
            writeln!(err, "{}", output::printable(&finding))?;
        }
        let kept = match file.kept {
            0 => String::new(),
            kept => format!("{kept} missing but kept, "),
        };
        writeln!(
            out,
            "{}: {}, {} added, {} changed, {} unchanged, {} removed, {kept}{}, {}",
            name.display(),
            count(file.entries, "entry"),
            file.added,
            file.changed,
            file.unchanged,
            file.removed,
            count(file.duplicates, "duplicate"),
            count(file.diagnostics.len(), "finding"),
        )?;
    }
    writeln!(
        out,
        "{} read, {} lost, {} with warnings",
        count(report.entries, "entry"),
        thousands(report.lost),
        count(report.files_with_warnings, "file"),
    )
}
