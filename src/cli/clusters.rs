//! `clusters`: the subjects that the library consists of.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use serde::Serialize;

use super::workspace::{self, Embedded};
use super::{UsageError, output, subjects};
use crate::clusters::subjects::Found;
use crate::clusters::{Cluster, RESOLUTION, is_resolution};
use crate::library::paper::Snapshot;
use crate::library::store::Store;
use crate::library::store::clusters::ClusterId;
use crate::settings::Settings;
use crate::similarity::lexical::Lexical;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file to import first, and to cluster (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Higher for more and smaller clusters, lower for fewer and larger ones
    #[arg(long, default_value_t = RESOLUTION, value_parser = parse_resolution, value_name = "R")]
    resolution: f64,
    /// Give a cluster a name of your own, and do nothing else; an empty one takes it away
    #[arg(long, num_args = 2, value_names = ["ID", "NAME"], conflicts_with_all = ["files", "resolution"])]
    name: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Resolution as an option's value.
fn parse_resolution(text: &str) -> Result<f64, String> {
    let resolution = text.parse().ok().filter(|&resolution| is_resolution(resolution));
    resolution.ok_or_else(|| "a number from 0.01 to 100".to_owned())
}

#[derive(Serialize)]
struct Report<'a> {
    model: Option<String>,
    levels: Vec<LevelRow<'a>>,
    loose: Vec<&'a str>,
}

#[derive(Serialize)]
struct LevelRow<'a> {
    resolution: f64,
    clusters: Vec<ClusterRow<'a>>,
}

#[derive(Serialize)]
struct ClusterRow<'a> {
    id: Option<i64>,
    parent: Option<i64>,
    label: String,
    name: Option<&'a str>,
    terms: &'a [String],
    colour: u32,
    size: usize,
    medoid: &'a str,
    papers: Vec<&'a str>,
}

#[derive(Serialize)]
struct Renamed<'a> {
    id: i64,
    name: Option<&'a str>,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    if let [id, name] = arguments.name.as_slice() {
        return rename(&mut settings.store()?, id, name.trim(), arguments.json);
    }
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let snapshot = Arc::new(snapshot);
    let embedded = if snapshot.is_empty() {
        None
    } else {
        workspace::embed_if_possible(settings, &mut store, &snapshot, "clustering")?
    };
    let lexical = Lexical::build(snapshot.papers());
    let dense = embedded.as_ref().map(Embedded::dense);
    let found = subjects::find(&mut store, &snapshot, &lexical, dense, arguments.resolution)?;
    let model = embedded.as_ref().map(|embedded| embedded.model.name().to_owned());
    let report = Report::new(model, &found);
    if arguments.json {
        return output::json(&report);
    }
    Ok(report.print(&snapshot)?)
}

fn rename(store: &mut Store, id: &str, name: &str, json: bool) -> anyhow::Result<()> {
    let Ok(id) = id.parse() else {
        return Err(UsageError(format!("{id} is no number of a cluster")).into());
    };
    let name = Some(name).filter(|name| !name.is_empty());
    if !store.name_cluster(ClusterId(id), name)? {
        bail!("there is no cluster {id}; `specter-tui clusters` prints their numbers");
    }
    if json {
        return output::json(&Renamed { id, name });
    }
    let called = name.map_or_else(|| "has no name of yours".to_owned(), |n| format!("is {n}"));
    Ok(writeln!(io::stdout().lock(), "{}", output::printable(&format!("{id} {called}")))?)
}

impl<'a> Report<'a> {
    fn new(model: Option<String>, found: &'a Found) -> Self {
        let papers = found.ground.snapshot.papers();
        let key = |paper: usize| papers[paper].key.as_str();
        let id = |level: usize, index: usize| found.subjects[level][index].id.map(|id| id.0);
        let row = |level: usize, index: usize, cluster: &Cluster| {
            let subject = &found.subjects[level][index];
            ClusterRow {
                id: id(level, index),
                parent: cluster.parent.and_then(|parent| id(0, parent)),
                label: subject.title(),
                name: subject.name.as_deref(),
                terms: &subject.phrases,
                colour: subject.colour,
                size: cluster.papers.len(),
                medoid: key(cluster.medoid()),
                papers: cluster.papers.iter().map(|&paper| key(paper)).collect(),
            }
        };
        let levels = found.clusters.levels.iter().enumerate().map(|(level, of)| LevelRow {
            resolution: of.resolution,
            clusters: (of.clusters.iter().enumerate())
                .map(|(index, cluster)| row(level, index, cluster))
                .collect(),
        });
        Self {
            model,
            levels: levels.collect(),
            loose: found.clusters.loose.iter().map(|&paper| key(paper)).collect(),
        }
    }

    fn print(&self, snapshot: &Snapshot) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let [coarse, fine] = self.levels.as_slice() else {
            return Ok(());
        };
        for cluster in &coarse.clusters {
            cluster.print(&mut out, "", snapshot)?;
            let parts: Vec<&ClusterRow<'_>> =
                fine.clusters.iter().filter(|part| part.parent == cluster.id).collect();
            // An only part says nothing new.
            for part in parts.iter().filter(|_| parts.len() > 1) {
                part.print(&mut out, "  ", snapshot)?;
            }
        }
        if !self.loose.is_empty() {
            let loose = output::count(self.loose.len(), "loose paper");
            writeln!(out, "{loose}: {}", output::printable(&self.loose.join(", ")))?;
        }
        Ok(())
    }
}

impl ClusterRow<'_> {
    fn print(&self, out: &mut impl Write, indent: &str, snapshot: &Snapshot) -> io::Result<()> {
        let id = self.id.unwrap_or_default();
        let title = snapshot.by_key(self.medoid).map_or("", |p| &snapshot.papers()[p].title);
        let line = format!("{}  ({}: {title})", self.label, self.medoid);
        writeln!(out, "{indent}{id:>4} {:>6}  {}", self.size, output::printable(&line))
    }
}
