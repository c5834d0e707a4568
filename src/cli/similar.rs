//! `similar`: the papers closest to one or several others.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::papers::find;
use super::why::{Explainer, Why};
use super::{filter, output, parse_ranking, workspace};
use crate::library::paper::Snapshot;
use crate::library::versions::Versions;
use crate::settings::Settings;
use crate::similarity::explain::Side;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Join, Neighbour, Query, Ranking, Sources, Wanted, Works};
use crate::similarity::scale::Scale;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Cite keys of the papers to start from
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    /// Cite key of a paper to stay away from
    #[arg(long = "not", value_name = "KEY")]
    unlike: Vec<String>,
    /// How closeness to several KEYs is joined: best (the mean of the best three), all (the least),
    /// any (the greatest)
    #[arg(long, default_value = "best", value_parser = parse_join, value_name = "JOIN")]
    join: Join,
    /// Let what says the same as papers before it come later
    #[arg(long)]
    diverse: bool,
    /// A .bib file to import first, and to search (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How many papers; 0 for all
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// What closeness rests on: hybrid, dense (vectors), lexical (words)
    #[arg(long, default_value = "hybrid", value_parser = parse_ranking, value_name = "RANKING")]
    rank: Ranking,
    /// List only papers that match, such as "year:2015.. -author:smith"
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Tell of each paper what ties it to the closest KEY
    #[arg(long)]
    why: bool,
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
    join: &'static str,
    diverse: bool,
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
    dense_rank: Option<usize>,
    lexical_rank: Option<usize>,
    percentile: f32,
    basis: String,
    seed: Option<&'a str>,
    versions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
}

impl<'a> Row<'a> {
    fn new(place: usize, neighbour: &Neighbour, snapshot: &'a Snapshot, works: &Works) -> Self {
        let key = |paper: usize| snapshot.papers()[paper].key.as_str();
        let paper = &snapshot.papers()[neighbour.paper];
        Self {
            rank: place + 1,
            key: &paper.key,
            title: &paper.title,
            year: paper.year(),
            score: neighbour.score,
            dense: neighbour.dense,
            lexical: neighbour.lexical,
            dense_rank: neighbour.dense_rank,
            lexical_rank: neighbour.lexical_rank,
            percentile: neighbour.percentile,
            basis: neighbour.basis.to_string(),
            seed: neighbour.seed.map(key),
            versions: works.others(neighbour.paper).map(key).collect(),
            why: None,
        }
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let query = Query {
        like: find(&snapshot, &arguments.keys)?,
        unlike: find(&snapshot, &arguments.unlike)?,
        join: arguments.join,
    };
    let filter = filter::parse(settings, "--filter", arguments.filter.as_deref())?;
    let lexical = Lexical::build(snapshot.papers());
    let embedded = workspace::for_ranking(settings, &mut store, &snapshot, arguments.rank)?;
    let vectors = embedded.as_ref().map(|embedded| &embedded.vectors);
    let works = Works::new(snapshot.len(), &Versions::find(&snapshot));
    let sources = Sources {
        papers: snapshot.papers(),
        lexical: &lexical,
        vectors,
        scale: &Scale::new(snapshot.len(), &lexical, vectors),
        works: Some(&works),
    };
    let allowed = filter::select(settings, &store, &snapshot, &filter)?;
    let wanted = Wanted {
        ranking: arguments.rank,
        top: arguments.top,
        allowed: Some(&allowed),
        diverse: arguments.diverse,
    };
    let neighbours = rank::neighbours(&sources, &query, &wanted);
    let mut results: Vec<Row<'_>> = (neighbours.iter().enumerate())
        .map(|(place, neighbour)| Row::new(place, neighbour, &snapshot, &works))
        .collect();
    if arguments.why {
        let pairs: Vec<(Side<'_>, usize)> = (neighbours.iter())
            .filter_map(|neighbour| Some((Side::Paper(neighbour.seed?), neighbour.paper)))
            .collect();
        let papers = snapshot.papers();
        let embedded = embedded.as_ref();
        let explainer = Explainer { papers, lexical: &lexical, embedded, settings };
        for (row, why) in results.iter_mut().zip(explainer.explain(&pairs)?) {
            row.why = Some(why);
        }
    }
    let report = Report {
        query: Seeds {
            like: &arguments.keys,
            not: &arguments.unlike,
            join: arguments.join.name(),
            diverse: arguments.diverse,
        },
        rank: arguments.rank.to_string(),
        model: embedded.as_ref().map(|e| e.model.name().to_owned()),
        results,
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for row in &report.results {
        output::close_row(&mut out, (row.rank, row.percentile), row.year, row.key, row.title)?;
        if let Some(why) = &row.why {
            why.print(&mut out)?;
        }
    }
    Ok(())
}

/// A way of joining seeds as an option's value.
fn parse_join(text: &str) -> Result<Join, String> {
    text.parse().map_err(|_| "one of best, all, any".to_owned())
}
