//! `similar`: the papers closest to one or several others.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::papers::find;
use super::{UsageError, output, parse_ranking, workspace};
use crate::embed::source::ModelSpec;
use crate::settings::Settings;
use crate::similarity::index::Index;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Query, Ranking};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Cite keys of the papers to start from
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    /// Cite key of a paper to stay away from
    #[arg(long = "not", value_name = "KEY")]
    unlike: Vec<String>,
    /// A .bib file to import first, and to search (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How many papers; 0 for all
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// What closeness rests on: hybrid, dense (vectors), lexical (words)
    #[arg(long, default_value = "hybrid", value_parser = parse_ranking, value_name = "RANKING")]
    rank: Ranking,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    query: Seeds<'a>,
    rank: String,
    model: Option<String>,
    results: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Seeds<'a> {
    like: &'a [String],
    not: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    score: f32,
    dense: Option<f32>,
    lexical: Option<f32>,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let query = Query {
        like: find(&snapshot, &arguments.keys)?,
        unlike: find(&snapshot, &arguments.unlike)?,
    };
    let lexical = Lexical::build(snapshot.papers());
    let embedded = match arguments.rank {
        Ranking::Lexical => None,
        Ranking::Dense if settings.model == ModelSpec::None => {
            return Err(UsageError("--rank dense needs a model, and --model is none".into()).into());
        }
        Ranking::Dense => workspace::embed(settings, &mut store, &snapshot)?,
        Ranking::Hybrid => {
            workspace::embed_if_possible(settings, &mut store, &snapshot, "ranking")?
        }
    };
    // One query does not pay for a graph.
    let index = Index::scanning();
    let dense = embedded.as_ref().map(|embedded| (&embedded.vectors, &index));
    let neighbours =
        rank::neighbours(snapshot.papers(), &lexical, dense, &query, arguments.rank, arguments.top);
    let report = Report {
        query: Seeds { like: &arguments.keys, not: &arguments.unlike },
        rank: arguments.rank.to_string(),
        model: embedded.as_ref().map(|e| e.model.name().to_owned()),
        results: neighbours
            .iter()
            .enumerate()
            .map(|(place, neighbour)| {
                let paper = &snapshot.papers()[neighbour.paper];
                Row {
                    rank: place + 1,
                    key: &paper.key,
                    title: &paper.title,
                    year: paper.year(),
                    score: neighbour.score,
                    dense: neighbour.dense,
                    lexical: neighbour.lexical,
                }
            })
            .collect(),
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for row in &report.results {
        output::row(&mut out, (row.rank, row.score), row.year, row.key, row.title)?;
    }
    Ok(())
}
