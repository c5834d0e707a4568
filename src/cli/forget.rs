//! `forget`: let go of the papers that are missing from their files.

use std::path::PathBuf;

use serde::Serialize;

use super::output::{self, count};
use crate::library::import;
use crate::library::store::StoreError;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file that vanished, or is empty or cut short (none: all such files)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    forgotten: usize,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let mut store = settings.store()?;
    let files = (arguments.files.iter())
        .map(|file| import::known_path(&store, file))
        .collect::<Result<Vec<_>, _>>()?;
    let forgotten =
        store.write(|writer| -> Result<_, StoreError> { writer.forget_missing(&files) })?;
    if arguments.json {
        return output::json(&Report { forgotten });
    }
    println!("{} forgotten", count(forgotten, "missing paper"));
    Ok(())
}
