//! `export`: the vectors as a NumPy array and the cite keys of its rows, or entries as BibTeX.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use candle_core::{Device, Tensor};

use super::{UsageError, output, workspace};
use crate::library::paper::TextHash;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// File for the vectors: a NumPy array of f32, shape (papers, dimensions)
    #[arg(long, value_name = "FILE.npy", requires = "keys", required_unless_present = "bibtex")]
    vectors: Option<PathBuf>,
    /// File for the cite keys, one a line, in the order of the rows
    #[arg(long, value_name = "FILE.txt", requires = "vectors")]
    keys: Option<PathBuf>,
    /// File for the entries as BibTeX, each as it stands in its file
    #[arg(long, value_name = "FILE.bib", conflicts_with = "vectors")]
    bibtex: Option<PathBuf>,
    /// With --bibtex: only what is on this list, papers of an inbox included
    #[arg(long, value_name = "LIST", requires = "bibtex")]
    list: Option<String>,
    /// A .bib file to import first, and to export (none: the whole library)
    #[arg(long = "bib", value_name = "FILE", conflicts_with = "list")]
    files: Vec<PathBuf>,
}

/// The first line of files with entries: what begins otherwise was not written here, and is left alone.
const HEADER: &str = "% Written by specter-tui export; it will be written anew.\n\n";

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    match (&arguments.bibtex, &arguments.vectors, &arguments.keys) {
        (Some(bibtex), _, _) => entries(settings, arguments, bibtex),
        (None, Some(vectors), Some(keys)) => rows(settings, arguments, vectors, keys),
        _ => Err(UsageError("export needs --vectors and --keys, or --bibtex".to_owned()).into()),
    }
}

fn entries(settings: &Settings, arguments: &Arguments, bibtex: &Path) -> anyhow::Result<()> {
    let raw: Vec<String> = if let Some(list) = &arguments.list {
        let listed = settings.store()?.list(list)?;
        if listed.is_empty() {
            return Err(UsageError(format!("nothing is on a list {list}")).into());
        }
        listed.into_iter().map(|listed| listed.raw).collect()
    } else {
        let (store, snapshot) = workspace::open(settings, &arguments.files)?;
        let raw = snapshot.papers().iter().map(|paper| store.raw_entry(paper));
        raw.collect::<Result<_, _>>()?
    };
    refuse_foreign(bibtex)?;
    let mut text = HEADER.to_owned();
    for entry in &raw {
        text.push_str(entry.trim_end());
        text.push_str("\n\n");
    }
    std::fs::write(bibtex, text).with_context(|| format!("cannot write {}", bibtex.display()))?;
    eprintln!("{} written to {}", output::count(raw.len(), "entry"), bibtex.display());
    Ok(())
}

/// The user's own files are never written to.
fn refuse_foreign(bibtex: &Path) -> anyhow::Result<()> {
    match std::fs::read(bibtex) {
        Ok(bytes) if bytes.starts_with(HEADER.as_bytes()) => Ok(()),
        Ok(_) => bail!("{} is there, and not written by export: name another", bibtex.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", bibtex.display())),
    }
}

fn rows(
    settings: &Settings,
    arguments: &Arguments,
    vectors: &Path,
    keys_file: &Path,
) -> anyhow::Result<()> {
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
        .write_npy(vectors)
        .with_context(|| format!("cannot write {}", vectors.display()))?;
    std::fs::write(keys_file, keys)
        .with_context(|| format!("cannot write {}", keys_file.display()))?;
    eprintln!("{rows} of {} papers have a vector of {dimensions} dimensions", snapshot.len());
    Ok(())
}
