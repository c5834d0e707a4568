//! `similar`: the papers closest to one or several others.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use serde::Serialize;

use super::{UsageError, output, parse_ranking, workspace};
use crate::embed::source::ModelSpec;
use crate::library::paper::Snapshot;
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
        writeln!(
            out,
            "{:>3}  {:>6.3}  {}  {}  {}",
            row.rank,
            row.score,
            row.year.map_or_else(|| "    ".to_owned(), |y| y.to_string()),
            output::printable(row.key),
            output::printable(row.title),
        )?;
    }
    Ok(())
}

/// Indices of the papers with these cite keys.
fn find(snapshot: &Snapshot, keys: &[String]) -> anyhow::Result<Vec<usize>> {
    let mut found = Vec::new();
    for key in keys {
        let Some(paper) = snapshot.by_key(key) else {
            let close = closest_keys(snapshot, key, 3).join(", ");
            let hint = if close.is_empty() {
                "there are no papers at all".to_owned()
            } else {
                format!("the closest keys are {close}")
            };
            bail!("there is no paper {}; {hint}", output::printable(key));
        };
        found.push(paper);
    }
    Ok(found)
}

/// The cite keys most like a mistyped one, closest first.
fn closest_keys<'a>(snapshot: &'a Snapshot, key: &str, count: usize) -> Vec<&'a str> {
    let key = key.to_lowercase();
    let mut keys: Vec<(f64, &str)> = snapshot
        .papers()
        .iter()
        .flat_map(|paper| std::iter::once(&paper.key).chain(&paper.other_keys))
        .map(|other| (strsim::jaro_winkler(&key, &other.to_lowercase()), other.as_str()))
        .collect();
    keys.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    keys.into_iter().take(count).map(|(_, key)| key).collect()
}
