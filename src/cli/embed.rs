//! `embed`: give every paper its vector.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::{UsageError, output, workspace};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The .bib files to import first, and to embed (none: the whole library)
    #[arg(value_name = "BIB")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    papers: usize,
    embedded: usize,
    skipped: usize,
    /// Papers of which the model made no usable vector.
    set_aside: usize,
    tokens: usize,
    seconds: f64,
    tokens_per_second: f64,
    model: String,
    fingerprint: String,
    precision: String,
    dimensions: usize,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let Some(embedded) = workspace::embed(settings, &mut store, &snapshot)? else {
        return Err(UsageError("embed needs a model, and --model is none".to_owned()).into());
    };
    let summary = embedded.summary;
    let report = Report {
        papers: snapshot.len(),
        embedded: summary.embedded,
        skipped: summary.skipped,
        set_aside: summary.set_aside,
        tokens: summary.tokens,
        seconds: summary.seconds,
        tokens_per_second: if summary.tokens == 0 {
            0.0
        } else {
            summary.tokens as f64 / summary.seconds
        },
        model: embedded.model.name().to_owned(),
        fingerprint: embedded.fingerprint,
        precision: embedded.precision,
        dimensions: embedded.model.dimensions(),
    };
    if arguments.json {
        return output::json(&report);
    }
    writeln!(
        io::stdout().lock(),
        "{} papers: {} embedded with {} ({}) in {:.1} s ({:.0} tokens/s), {} skipped",
        report.papers,
        report.embedded,
        report.model,
        report.precision,
        report.seconds,
        report.tokens_per_second,
        report.skipped,
    )?;
    Ok(())
}
