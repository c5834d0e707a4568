//! `import`: read files, report what differs and what is wrong.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::{output, workspace};
use crate::library::import::{self, FileReport};
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
    papers: usize,
    files: Vec<FileReport>,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    // A mistyped name is told before anything is written.
    for file in &arguments.files {
        import::source_path(file)?;
    }
    let mut store = settings.store()?;
    let mut files = Vec::new();
    for file in &arguments.files {
        files.push(import::import(&mut store, file, import::now())?);
    }
    let report = Report { papers: store.paper_count()?, files };
    if arguments.json {
        return output::json(&report);
    }
    let mut err = io::stderr().lock();
    let mut out = io::stdout().lock();
    for (file, name) in report.files.iter().zip(&arguments.files) {
        for d in &file.diagnostics {
            let place = format!("{}:{}:{}", name.display(), d.line, d.column);
            let key = d.key.as_ref().map_or_else(String::new, |key| format!("{key}: "));
            let finding = format!("{place}: {}: {key}{}", d.severity, d.message);
            writeln!(err, "{}", output::printable(&finding))?;
        }
        writeln!(
            out,
            "{}: {} entries, {} added, {} changed, {} unchanged, {} removed, {} duplicates, {}",
            name.display(),
            file.entries,
            file.added,
            file.changed,
            file.unchanged,
            file.removed,
            file.duplicates,
            workspace::findings(file.diagnostics.len()),
        )?;
    }
    Ok(())
}
