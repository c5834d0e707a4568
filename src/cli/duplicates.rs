//! `duplicates`: works that were entered more than once, and papers that may be versions of one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{output, workspace};
use crate::library::import;
use crate::library::paper::{Paper, Snapshot};
use crate::library::store::duplicates::Place;
use crate::library::versions::{Pair, Versions};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file to import first, and to look through (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    works: Vec<Work<'a>>,
    suggestions: Vec<Suggestion<'a>>,
}

/// A work with several entries.
#[derive(Serialize)]
struct Work<'a> {
    title: &'a str,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    key: &'a str,
    source: &'a Path,
    line: u32,
}

/// Two papers that may be versions of one work.
#[derive(Serialize)]
struct Suggestion<'a> {
    reason: String,
    papers: [Version<'a>; 2],
}

#[derive(Serialize)]
struct Version<'a> {
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    source: &'a Path,
    line: u32,
}

impl<'a> Work<'a> {
    fn new(snapshot: &'a Snapshot, places: &'a [Place]) -> Option<Self> {
        let paper = snapshot.by_id(places.first()?.paper)?;
        let entry =
            |place: &'a Place| Entry { key: &place.key, source: &place.path, line: place.line };
        Some(Self {
            title: &snapshot.papers()[paper].title,
            entries: places.iter().map(entry).collect(),
        })
    }
}

impl<'a> Suggestion<'a> {
    fn new(snapshot: &'a Snapshot, pair: &Pair) -> Self {
        let version = |paper: &'a Paper| Version {
            key: &paper.key,
            title: &paper.title,
            year: paper.year(),
            source: &paper.source.path,
            line: paper.source.line,
        };
        Self {
            reason: pair.reason(snapshot),
            papers: [pair.first, pair.second].map(|paper| version(&snapshot.papers()[paper])),
        }
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (store, snapshot) = workspace::open(settings, &arguments.files)?;
    let files = (arguments.files.iter())
        .map(|file| import::known_path(&store, file))
        .collect::<Result<Vec<_>, _>>()?;
    let several = store.works_of_several_entries(&files)?;
    let versions = Versions::find(&snapshot);
    let report = Report {
        works: several.iter().filter_map(|places| Work::new(&snapshot, places)).collect(),
        suggestions: versions.pairs().iter().map(|p| Suggestion::new(&snapshot, p)).collect(),
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for work in &report.works {
        writeln!(out, "one work: {}", output::printable(work.title))?;
        for entry in &work.entries {
            print(&mut out, entry.source, entry.line, entry.key)?;
        }
    }
    for Suggestion { reason, papers: [first, second] } in &report.suggestions {
        writeln!(out, "maybe one work, {reason}: {}", output::printable(first.title))?;
        for paper in [first, second] {
            print(&mut out, paper.source, paper.line, paper.key)?;
        }
    }
    Ok(())
}

fn print(out: &mut impl Write, source: &Path, line: u32, key: &str) -> io::Result<()> {
    let place = format!("  {}:{line}: {key}", source.display());
    writeln!(out, "{}", output::printable(&place))
}
