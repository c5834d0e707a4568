//! `inbox`: papers of files that do not join the library, by how well they suit it.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::Serialize;

use super::papers::unknown;
use super::reading::{Reading, Why};
use super::{UsageError, output};
use crate::library::import;
use crate::library::import::foreign::{Foreign, add_to_list};
use crate::library::import::parse::Parsed;
use crate::library::paper::Paper;
use crate::recommend::{Taste, foreign};
use crate::settings::Settings;

/// The list that papers are put on where none is named.
const LIST: &str = "inbox";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The .bib files with new papers
    #[arg(required = true, value_name = "BIB")]
    files: Vec<PathBuf>,
    /// Cite key of a new paper to put on the list
    #[arg(long = "add", value_name = "KEY")]
    add: Vec<String>,
    /// The list
    #[arg(long, default_value = LIST, value_name = "LIST")]
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
    let inbox = Inbox::read(settings, arguments)?;
    let wanted = inbox.find(&arguments.add)?;
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

/// What the files hold and the library does not.
struct Inbox {
    entries: Vec<Parsed>,
    /// Parallel to the entries.
    papers: Vec<Paper>,
    known: usize,
}

impl Inbox {
    fn read(settings: &Settings, arguments: &Arguments) -> anyhow::Result<Self> {
        let mut store = settings.store()?;
        // So that what these files have is known.
        for file in &arguments.own {
            import::import(&mut store, file, import::now())?;
        }
        let mut inbox = Self { entries: Vec::new(), papers: Vec::new(), known: 0 };
        let mut seen = HashSet::new();
        for file in &arguments.files {
            let foreign = Foreign::read(&mut store, file)?;
            if !foreign.diagnostics.is_empty() {
                eprintln!(
                    "{}: {}",
                    foreign.path.display(),
                    output::count(foreign.diagnostics.len(), "finding")
                );
            }
            inbox.known += foreign.known;
            let papers = foreign.papers();
            for (entry, paper) in foreign.entries.into_iter().zip(papers) {
                let is_new = entry.identities.iter().all(|identity| !seen.contains(identity));
                seen.extend(entry.identities.iter().cloned());
                if is_new {
                    inbox.entries.push(entry);
                    inbox.papers.push(paper);
                } else {
                    inbox.known += 1;
                }
            }
        }
        Ok(inbox)
    }

    fn find(&self, keys: &[String]) -> anyhow::Result<Vec<&Parsed>> {
        let mut found = Vec::new();
        for key in keys {
            let Some(entry) = self.entries.iter().find(|entry| entry.key == *key) else {
                bail!("{}", unknown(key, self.entries.iter().map(|entry| entry.key.as_str())));
            };
            found.push(entry);
        }
        Ok(found)
    }
}
