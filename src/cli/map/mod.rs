//! `map`: where the papers lie among each other, as a picture or as numbers.

mod csv;
mod svg;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;

use super::workspace::{self, Embedded};
use super::{output, subjects};
use crate::clusters::RESOLUTION;
use crate::clusters::map::{Point, memory};
use crate::clusters::subjects::{Found, Subject};
use crate::library::import;
use crate::library::paper::Paper;
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
struct Atlas {
    /// `[papers]`.
    points: Vec<Point>,
    found: Found,
}

impl Atlas {
    fn new(settings: &Settings, files: &[PathBuf]) -> anyhow::Result<Self> {
        let (mut store, snapshot) = workspace::open(settings, files)?;
        let snapshot = Arc::new(snapshot);
        let embedded = if snapshot.is_empty() {
            None
        } else {
            workspace::embed_if_possible(settings, &mut store, &snapshot, "mapping")?
        };
        let lexical = Lexical::build(snapshot.papers());
        let dense = embedded.as_ref().map(Embedded::dense);
        let found = subjects::find(&mut store, &snapshot, &lexical, dense, RESOLUTION)?;

        let sources: Vec<PathBuf> =
            files.iter().map(|file| import::source_path(file)).collect::<Result<_, _>>()?;
        let basis = found.ground.footing.basis();
        let known = store.map(&sources)?;
        let points = memory::continued(&found.ground.graph, &snapshot, known.as_ref(), &basis);
        let map = StoredMap { basis, places: memory::places(&snapshot, &points) };
        if known.as_ref() != Some(&map) {
            store.set_map(&sources, &map)?;
        }
        Ok(Self { points, found })
    }

    fn papers(&self) -> &[Paper] {
        self.found.ground.snapshot.papers()
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
    let atlas = Atlas::new(settings, &arguments.files)?;
    if let Some(file) = &arguments.svg {
        let picture = svg::picture(&atlas);
        return std::fs::write(file, picture)
            .with_context(|| format!("cannot write {}", file.display()));
    }
    if arguments.csv {
        return Ok(io::stdout().lock().write_all(csv::table(&atlas).as_bytes())?);
    }
    let papers = atlas.papers().iter().enumerate().map(|(index, paper)| Row {
        key: &paper.key,
        title: &paper.title,
        year: paper.year(),
        x: atlas.points[index].x,
        y: atlas.points[index].y,
        cluster: atlas.found.subject_of(index).map(number),
    });
    output::json(&Report {
        papers: papers.collect(),
        clusters: (atlas.found.subjects[0].iter())
            .map(|subject| ClusterRow { id: number(subject), label: subject.title() })
            .collect(),
    })
}

/// Its number in the store.
fn number(subject: &Subject) -> i64 {
    subject.id.map_or(0, |id| id.0)
}
