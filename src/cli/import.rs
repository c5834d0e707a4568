//! `import`: read files, report what differs and what is wrong.

use std::io::{self, Write};
use std::path::PathBuf;

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
    /// Places where an entry seems to begin that could not be read.
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
    // A mistyped name is told before anything is written.
    for file in &arguments.files {
        import::source_path(file)?;
    }
    let mut store = settings.store()?;
    let mut errors = Vec::new();
    let mut names = Vec::new();
    let mut files = Vec::new();
    for name in &arguments.files {
        match import::import(&mut store, name, import::now()) {
            Ok(report) => {
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
    last.map_or(Ok(()), |error| Err(error.into()))
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
            "{}: {} entries, {} added, {} changed, {} unchanged, {} removed, {kept}{} duplicates, {}",
            name.display(),
            file.entries,
            file.added,
            file.changed,
            file.unchanged,
            file.removed,
            file.duplicates,
            count(file.diagnostics.len(), "finding"),
        )?;
    }
    writeln!(
        out,
        "{} read, {} lost, {} with warnings",
        if report.entries == 1 {
            "1 entry".to_owned()
        } else {
            format!("{} entries", thousands(report.entries))
        },
        thousands(report.lost),
        count(report.files_with_warnings, "file"),
    )
}
