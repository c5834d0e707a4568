//! `map`: where the papers lie among each other, as a picture or as numbers.

mod csv;
mod svg;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::{output, workspace};
use crate::clusters::affinity::Affinity;
use crate::clusters::graph::Graph;
use crate::clusters::labels::Phrases;
use crate::clusters::map::{Point, memory};
use crate::clusters::{Clusters, Level, RESOLUTION, identity};
use crate::library::import;
use crate::library::paper::{Paper, Snapshot};
use crate::library::store::maps::StoredMap;
use crate::settings::Settings;
use crate::similarity::lexical::Lexical;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("output").required(true)))]
pub(super) struct Arguments {
    /// Draw the map into this file
    #[arg(long, value_name = "FILE", group = "output")]
    svg: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, group = "output")]
    json: bool,
    /// Print a table of comma-separated values
    #[arg(long, group = "output")]
    csv: bool,
    /// A .bib file to import first, and to map (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// The library as a map.
struct Atlas<'a> {
    papers: &'a [Paper],
    /// `[papers]`.
    points: Vec<Point>,
    /// Coarse, and fine.
    levels: [Vec<Subject>; 2],
}

/// A cluster, as it is called and drawn.
struct Subject {
    /// Its number in the store.
    id: i64,
    /// The user's own name, or the most telling phrases.
    phrases: Vec<String>,
    /// Number of its colour.
    colour: usize,
    papers: Vec<usize>,
}

impl Subject {
    fn label(&self) -> String {
        self.phrases.join(" · ")
    }
}

impl<'a> Atlas<'a> {
    fn new(settings: &Settings, files: &[PathBuf], snapshot: &'a Snapshot) -> anyhow::Result<Self> {
        let mut store = settings.store()?;
        let embedded = if snapshot.is_empty() {
            None
        } else {
            workspace::embed_if_possible(settings, &mut store, snapshot, "mapping")?
        };
        let lexical = Lexical::build(snapshot.papers());
        let vectors = embedded.as_ref().map(|embedded| &embedded.vectors);
        let graph = Graph::build(&Affinity::new(&lexical, vectors))?;

        let sources: Vec<PathBuf> =
            files.iter().map(|file| import::source_path(file)).collect::<Result<_, _>>()?;
        let basis = embedded.as_ref().map_or("words", |embedded| embedded.fingerprint.as_str());
        let known = store.map(&sources)?;
        let points = memory::continued(&graph, snapshot, known.as_ref(), basis);
        let map = StoredMap { basis: basis.to_owned(), places: memory::places(snapshot, &points) };
        if known.as_ref() != Some(&map) {
            store.set_map(&sources, &map)?;
        }

        let clusters = Clusters::find(&graph, RESOLUTION)?;
        let labels = Phrases::read(snapshot.papers()).labels(&clusters);
        let remembered =
            store.remember_clusters(|known| identity::recognise(known, &clusters, snapshot))?;
        let remembered = identity::by_level(&remembered, &clusters);
        let subjects = |level: usize| -> Vec<Subject> {
            let Level { clusters, .. } = &clusters.levels[level];
            (clusters.iter().zip(&labels[level]).zip(remembered[level]))
                .map(|((cluster, label), of)| Subject {
                    id: of.id.map_or(0, |id| id.0),
                    phrases: of.name.clone().map_or_else(|| label.phrases.clone(), |n| vec![n]),
                    colour: of.colour as usize,
                    papers: cluster.papers.clone(),
                })
                .collect()
        };
        Ok(Self { papers: snapshot.papers(), points, levels: [subjects(0), subjects(1)] })
    }

    /// For each paper the coarse cluster that it is in.
    fn subject_of_papers(&self) -> Vec<Option<&Subject>> {
        let mut of_paper = vec![None; self.papers.len()];
        for subject in &self.levels[0] {
            for &paper in &subject.papers {
                of_paper[paper] = Some(subject);
            }
        }
        of_paper
    }
}

#[derive(Serialize)]
struct Report<'a> {
    papers: Vec<Row<'a>>,
    clusters: Vec<ClusterRow>,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    x: f32,
    y: f32,
    cluster: Option<i64>,
}

#[derive(Serialize)]
struct ClusterRow {
    id: i64,
    label: String,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (store, snapshot) = workspace::open(settings, &arguments.files)?;
    drop(store);
    let atlas = Atlas::new(settings, &arguments.files, &snapshot)?;
    if let Some(file) = &arguments.svg {
        let picture = svg::picture(&atlas);
        return std::fs::write(file, picture)
            .with_context(|| format!("cannot write {}", file.display()));
    }
    if arguments.csv {
        return Ok(io::stdout().lock().write_all(csv::table(&atlas).as_bytes())?);
    }
    let subjects = atlas.subject_of_papers();
    let row = |(paper, subject): (usize, Option<&Subject>)| Row {
        key: &atlas.papers[paper].key,
        title: &atlas.papers[paper].title,
        year: atlas.papers[paper].year(),
        x: atlas.points[paper].x,
        y: atlas.points[paper].y,
        cluster: subject.map(|subject| subject.id),
    };
    output::json(&Report {
        papers: subjects.into_iter().enumerate().map(row).collect(),
        clusters: atlas.levels[0]
            .iter()
            .map(|subject| ClusterRow { id: subject.id, label: subject.label() })
            .collect(),
    })
}
