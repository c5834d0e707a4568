//! `inbox`: papers of files that do not join the library, by how well they suit it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::Serialize;

use super::papers::unknown;
use super::reading::{Reading, Why};
use super::{UsageError, output};
use crate::library::import;
use crate::library::import::foreign::{Arrivals, INBOX, add_to_list};
use crate::library::import::parse::Parsed;
use crate::recommend::{Taste, foreign};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The .bib files with new papers
    #[arg(required = true, value_name = "BIB")]
    files: Vec<PathBuf>,
    /// Cite key of a new paper to put on the list
    #[arg(long = "add", value_name = "KEY")]
    add: Vec<String>,
    /// The list
    #[arg(long, default_value = INBOX, value_name = "LIST")]
    list: String,
    /// A .bib file of the library to import first, and to rank by (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    own: Vec<PathBuf>,
    /// How many papers; 0 for all
    #[arg(long, default_value_t = 0, value_name = "N")]
    top: usize,
    /// Print why each stands where it stands
    #[arg(long)]
    why: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    /// Entries left out because the library has their work, or an earlier entry.
    known: usize,
    list: &'a str,
    added: Vec<&'a str>,
    model: Option<&'a str>,
    results: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    score: f32,
    source: &'a Path,
    line: u32,
    why: Vec<Why<'a>>,
    nearest: Vec<Near<'a>>,
}

/// A paper of the library.
#[derive(Serialize)]
struct Near<'a> {
    key: &'a str,
    affinity: f32,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.list.trim().is_empty() {
        return Err(UsageError("a list needs a name".to_owned()).into());
    }
    let inbox = read(settings, arguments)?;
    let wanted = find(&inbox, &arguments.add)?;
    let (mut reading, vectors) = Reading::open_beside(settings, &arguments.own, &inbox.papers)?;
    if !wanted.is_empty() {
        add_to_list(&mut reading.store, &wanted, &arguments.list, import::now())?;
    }
    let library = reading.library();
    let taste = Taste::of_marks(library.papers, library.marks, library.now);
    if taste.likes.is_empty() {
        eprintln!("nothing is marked yet: ranked by closeness to the library");
    }
    let mut recommender = reading.learn();
    let mut list =
        foreign::rank(&mut recommender, &library, &taste, &inbox.papers, vectors.as_ref());
    if arguments.top > 0 {
        list.truncate(arguments.top);
    }
    let rows = (1..).zip(&list).map(|(rank, suited)| {
        let paper = &inbox.papers[suited.paper];
        let near =
            |&(paper, affinity): &(usize, f32)| Near { key: &library.papers[paper].key, affinity };
        Row {
            rank,
            key: &paper.key,
            title: &paper.title,
            year: paper.year(),
            score: suited.score,
            source: &paper.source.path,
            line: paper.source.line,
            why: Why::all(library.papers, &suited.why),
            nearest: suited.nearest.iter().map(near).collect(),
        }
    });
    let report = Report {
        known: inbox.known,
        list: &arguments.list,
        added: wanted.iter().map(|entry| entry.key.as_str()).collect(),
        model: reading.model.as_deref(),
        results: rows.collect(),
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for (row, suited) in report.results.iter().zip(&list) {
        output::row(&mut out, (row.rank, row.score), row.year, row.key, row.title)?;
        for reason in suited.why.iter().filter(|_| arguments.why) {
            let reason = reason.describe(library.papers);
            if !reason.is_empty() {
                writeln!(out, "             {}", output::printable(&reason))?;
            }
        }
    }
    if report.known > 0 {
        eprintln!("{} left out: the library has them", output::count(report.known, "entry"));
    }
    Ok(())
}

fn read(settings: &Settings, arguments: &Arguments) -> anyhow::Result<Arrivals> {
    let mut store = settings.store()?;
    // So that what these files have is known.
    for file in &arguments.own {
        import::import(&mut store, file, import::now())?;
    }
    let inbox = Arrivals::read(&mut store, &arguments.files)?;
    for (path, findings) in &inbox.findings {
        eprintln!("{}: {}", path.display(), output::count(*findings, "finding"));
    }
    Ok(inbox)
}

fn find<'a>(inbox: &'a Arrivals, keys: &[String]) -> anyhow::Result<Vec<&'a Parsed>> {
    let mut found = Vec::new();
    for key in keys {
        let Some(entry) = inbox.entries.iter().find(|entry| entry.key == *key) else {
            bail!("{}", unknown(key, inbox.entries.iter().map(|entry| entry.key.as_str())));
        };
        found.push(entry);
    }
    Ok(found)
}
