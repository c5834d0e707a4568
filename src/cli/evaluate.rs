//! `evaluate`: how good the recommendations are on the user's own library.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::output;
use super::reading::Reading;
use crate::recommend::evaluate::{self, Found, LEAST, PLACES};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file to import first, and to evaluate on (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    model: Option<&'a str>,
    places: usize,
    groups: Vec<Row>,
    all: Shares,
}

/// Papers that belong together, and how often one was found by the others.
#[derive(Serialize)]
struct Row {
    group: String,
    papers: usize,
    #[serde(flatten)]
    shares: Shares,
}

/// Papers hidden, and of them the share that was found.
#[derive(Serialize)]
struct Shares {
    hidden: usize,
    ours: Option<f64>,
    words: Option<f64>,
    vectors: Option<f64>,
}

impl Shares {
    fn new(found: &Found) -> Self {
        let share = |count: usize| (found.hidden > 0).then(|| count as f64 / found.hidden as f64);
        Self {
            hidden: found.hidden,
            ours: share(found.ours),
            words: share(found.words),
            vectors: found.vectors.and_then(share),
        }
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let reading = Reading::open(settings, &arguments.files)?;
    let library = reading.library();
    let groups = groups(&reading);
    if groups.is_empty() {
        eprintln!(
            "nothing to evaluate on: star or tag {LEAST} papers that belong together, or have groups \
             in the file"
        );
    }
    let mut recommender =
        if groups.is_empty() { crate::recommend::Recommender::default() } else { reading.learn() };
    let mut all = Found { vectors: reading.model.as_ref().map(|_| 0), ..Found::default() };
    let mut rows = Vec::new();
    for (group, papers) in groups {
        let Some(found) = evaluate::evaluate(&mut recommender, &library, &papers) else {
            continue;
        };
        all.hidden += found.hidden;
        all.ours += found.ours;
        all.words += found.words;
        all.vectors = all.vectors.zip(found.vectors).map(|(sum, found)| sum + found);
        rows.push(Row { group, papers: papers.len(), shares: Shares::new(&found) });
    }
    let report = Report {
        model: reading.model.as_deref(),
        places: PLACES,
        groups: rows,
        all: Shares::new(&all),
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    if !report.groups.is_empty() {
        writeln!(out, "found among the first {PLACES}: ours, words alone, vectors alone")?;
    }
    let percent = |share: Option<f64>| {
        share.map_or_else(|| "   –".to_owned(), |share| format!("{:>3.0} %", 100.0 * share))
    };
    let line = |shares: &Shares| {
        let [ours, words, vectors] = [shares.ours, shares.words, shares.vectors].map(percent);
        format!("{ours}  {words}  {vectors}")
    };
    for row in &report.groups {
        let name = format!("{} ({})", row.group, output::count(row.papers, "paper"));
        writeln!(out, "{}  {}", line(&row.shares), output::printable(&name))?;
    }
    if report.groups.len() > 1 {
        let hidden = output::count(report.all.hidden, "paper");
        writeln!(out, "{}  all ({hidden} hidden)", line(&report.all))?;
    }
    Ok(())
}

/// The papers starred; those of each tag, list and group, the user's or the file's.
fn groups(reading: &Reading) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, paper) in reading.snapshot.papers().iter().enumerate() {
        let mut add = |name: String| {
            let papers = groups.entry(name).or_default();
            if papers.last() != Some(&index) {
                papers.push(index);
            }
        };
        if let Some(mark) = reading.marks.get(paper.id) {
            if mark.starred {
                add("starred".to_owned());
            }
            mark.tags.iter().for_each(|tag| add(format!("tag {tag}")));
            mark.lists.iter().for_each(|list| add(format!("list {list}")));
        }
        paper.extras.tags.iter().for_each(|tag| add(format!("tag {tag}")));
        paper.extras.groups.iter().for_each(|group| add(format!("group {group}")));
    }
    groups.retain(|_, papers| papers.len() >= LEAST);
    groups
}
