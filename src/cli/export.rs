//! `export`: the vectors as a NumPy array, and the cite keys of its rows.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context as _;
use candle_core::{Device, Tensor};

use super::{UsageError, workspace};
use crate::library::paper::TextHash;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// File for the vectors: a NumPy array of f32, shape (papers, dimensions)
    #[arg(long, value_name = "FILE.npy")]
    vectors: PathBuf,
    /// File for the cite keys, one a line, in the order of the rows
    #[arg(long, value_name = "FILE.txt")]
    keys: PathBuf,
    /// A .bib file to import first, and to export (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let Some(embedded) = workspace::embed(settings, &mut store, &snapshot)? else {
        return Err(UsageError("export needs a model, and --model is none".to_owned()).into());
    };
    // As the store has them: what lists are made with is rounded.
    let dimensions = embedded.model.dimensions();
    let mut stored: HashMap<TextHash, Vec<f32>> = HashMap::new();
    if let Some(model) = store.find_model(&embedded.fingerprint)? {
        store.each_vector(model, dimensions, |text, vector| {
            stored.insert(text, vector.to_vec());
            true
        })?;
    }
    let mut keys = String::new();
    let mut values = Vec::new();
    for (index, paper) in snapshot.papers().iter().enumerate() {
        if let Some(vector) = stored.get(&paper.text_hash).filter(|_| embedded.vectors.has(index)) {
            keys.push_str(&paper.key);
            keys.push('\n');
            values.extend_from_slice(vector);
        }
    }
    let rows = values.len() / dimensions;
    Tensor::from_vec(values, (rows, dimensions), &Device::Cpu)?
        .write_npy(&arguments.vectors)
        .with_context(|| format!("cannot write {}", arguments.vectors.display()))?;
    std::fs::write(&arguments.keys, keys)
        .with_context(|| format!("cannot write {}", arguments.keys.display()))?;
    eprintln!("{rows} of {} papers have a vector of {dimensions} dimensions", snapshot.len());
    Ok(())
}
