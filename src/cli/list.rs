//! `list`: the papers as imported.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::{filter, output, workspace};
use crate::embed::encoder;
use crate::library::date::Date;
use crate::library::extras::Note;
use crate::library::extras::attachment::Attachment;
use crate::library::extras::reading::ReadingMarks;
use crate::library::names::Name;
use crate::library::paper::{Paper, TextHash};
use crate::library::store::{Store, StoreError};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file to import first, and to list (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List only papers that match, such as "author:devlin year:2019.. -is:read"
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    papers: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    other_keys: &'a [String],
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    authors: &'a [Name],
    year: Option<i32>,
    date: Option<String>,
    date_written: Option<&'a str>,
    venue: &'a str,
    #[serde(rename = "abstract")]
    abstract_text: &'a str,
    keywords: &'a [String],
    doi: Option<&'a str>,
    arxiv: Option<&'a str>,
    url: Option<&'a str>,
    file: Option<&'a str>,
    #[serde(flatten)]
    extras: ExtrasRow<'a>,
    source: &'a Path,
    line: u32,
    missing: bool,
    added: i64,
    raw: String,
    vector: bool,
}

/// What other programs keep in the entry.
#[derive(Serialize)]
struct ExtrasRow<'a> {
    tags: &'a [String],
    groups: &'a [String],
    files: Vec<FileRow<'a>>,
    notes: &'a [Note],
    reading: &'a ReadingMarks,
    owner: Option<&'a str>,
    created: Option<&'a str>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    description: &'a str,
    path: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    /// Where it lies.
    resolved: Option<PathBuf>,
}

impl<'a> ExtrasRow<'a> {
    fn new(paper: &'a Paper) -> Self {
        let extras = &paper.extras;
        let file = |file: &'a Attachment| FileRow {
            description: &file.description,
            path: &file.path,
            kind: &file.kind,
            resolved: file.resolve(&paper.source.path, &extras.folders),
        };
        Self {
            tags: &extras.tags,
            groups: &extras.groups,
            files: extras.files.iter().map(file).collect(),
            notes: &extras.notes,
            reading: &extras.reading,
            owner: extras.owner.as_deref(),
            created: extras.created.as_deref(),
        }
    }
}

impl<'a> Row<'a> {
    fn new(paper: &'a Paper, raw: String, with_vector: &HashSet<TextHash>) -> Self {
        Self {
            key: &paper.key,
            other_keys: &paper.other_keys,
            kind: &paper.kind,
            title: &paper.title,
            authors: &paper.authors,
            year: paper.year(),
            date: paper.date.as_ref().map(Date::standard),
            date_written: paper.date.as_ref().map(|date| date.written.as_str()),
            venue: &paper.venue,
            abstract_text: &paper.abstract_text,
            keywords: &paper.keywords,
            doi: paper.doi.as_deref(),
            arxiv: paper.arxiv.as_deref(),
            url: paper.url.as_deref(),
            file: paper.file.as_deref(),
            extras: ExtrasRow::new(paper),
            source: &paper.source.path,
            line: paper.source.line,
            missing: paper.missing,
            added: paper.added,
            raw,
            vector: with_vector.contains(&paper.text_hash),
        }
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let query = filter::parse(settings, "--filter", arguments.filter.as_deref())?;
    let (store, snapshot) = workspace::open(settings, &arguments.files)?;
    let with_vector = with_vector(settings, &store)?;
    let selected = filter::select(settings, &store, &snapshot, &query)?;
    let papers = || {
        (snapshot.papers().iter().zip(&selected))
            .filter(|(_, selected)| **selected)
            .map(|(paper, _)| paper)
    };
    if arguments.json {
        let rows = papers()
            .map(|paper| Ok(Row::new(paper, store.raw_entry(paper)?, &with_vector)))
            .collect::<Result<_, StoreError>>()?;
        return output::json(&Report { papers: rows });
    }
    let mut out = io::stdout().lock();
    for paper in papers() {
        writeln!(
            out,
            "{}  {}  {}  {}  {}",
            if with_vector.contains(&paper.text_hash) { '●' } else { '○' },
            paper.year().map_or_else(|| "    ".to_owned(), |y| y.to_string()),
            output::printable(&paper.key),
            output::printable(&paper.short_authors()),
            output::printable(&paper.title),
        )?;
    }
    Ok(())
}

/// The texts that have a vector of the model in use. Listing downloads nothing: a model that is
/// not here has no vectors that could be used.
pub(super) fn with_vector(settings: &Settings, store: &Store) -> anyhow::Result<HashSet<TextHash>> {
    let offline = Settings { offline: true, ..settings.clone() };
    match workspace::open_model(&offline, &AtomicBool::new(false)) {
        Ok(Some(model)) => {
            let precision = encoder::precision(settings.device, settings.precision)?;
            let fingerprint = model.fingerprint(precision);
            match store.find_model(fingerprint.as_str())? {
                Some(row) => Ok(store.texts_with_vector(row)?),
                None => Ok(HashSet::new()),
            }
        }
        Ok(None) => Ok(HashSet::new()),
        Err(error) => {
            eprintln!("specter-tui: vectors not looked up: {error:#}");
            Ok(HashSet::new())
        }
    }
}
