//! `bridge` and `path`: what lies between two papers.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use serde::Serialize;

use super::output;
use super::papers::find_one;
use super::reading::{Reading, Why};
use crate::recommend::{Wish, between};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Cite key of the one paper
    #[arg(value_name = "A")]
    from: String,
    /// Cite key of the other
    #[arg(value_name = "B")]
    to: String,
    /// A .bib file to import first, and to look through (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Bridge {
    #[command(flatten)]
    ends: Arguments,
    /// How many papers; 0 for all
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
}

#[derive(Serialize)]
struct Report<'a, R> {
    from: &'a str,
    to: &'a str,
    model: Option<&'a str>,
    results: Vec<R>,
}

#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    score: f32,
    why: Vec<Why<'a>>,
}

#[derive(Serialize)]
struct Stop<'a> {
    key: &'a str,
    title: &'a str,
    year: Option<i32>,
    affinity: Option<f32>,
    shared: &'a [String],
}

pub(super) fn bridge(settings: &Settings, arguments: &Bridge) -> anyhow::Result<()> {
    let ends = &arguments.ends;
    let (reading, [from, to]) = open(settings, ends)?;
    let library = reading.library();
    let mut recommender = reading.learn();
    let wish = Wish { top: arguments.top, ..Wish::default() };
    let list = between::bridge(&mut recommender, &library, [&[from], &[to]], &wish);
    let papers = library.papers;
    let results = (1..)
        .zip(&list)
        .map(|(rank, recommendation)| {
            let paper = &papers[recommendation.paper];
            Row {
                rank,
                key: &paper.key,
                title: &paper.title,
                year: paper.year(),
                score: recommendation.score,
                why: Why::all(papers, &recommendation.why),
            }
        })
        .collect();
    let report =
        Report { from: &ends.from, to: &ends.to, model: reading.model.as_deref(), results };
    if ends.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for (row, recommendation) in report.results.iter().zip(&list) {
        output::row(&mut out, (row.rank, row.score), row.year, row.key, row.title)?;
        for reason in &recommendation.why {
            writeln!(out, "             {}", output::printable(&reason.describe(papers)))?;
        }
    }
    Ok(())
}

pub(super) fn path(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (reading, [from, to]) = open(settings, arguments)?;
    let library = reading.library();
    let Some(stops) = between::path(&reading.learn(), &library, from, to) else {
        bail!(
            "no way leads from {} to {}: their neighbours have none in common",
            output::printable(&arguments.from),
            output::printable(&arguments.to)
        );
    };
    let results: Vec<Stop<'_>> = (0..)
        .zip(&stops)
        .map(|(place, stop)| {
            let paper = &library.papers[stop.paper];
            Stop {
                key: &paper.key,
                title: &paper.title,
                year: paper.year(),
                affinity: (place > 0).then_some(stop.affinity),
                shared: &stop.shared,
            }
        })
        .collect();
    let report = Report {
        from: &arguments.from,
        to: &arguments.to,
        model: reading.model.as_deref(),
        results,
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for (place, stop) in (1..).zip(&report.results) {
        let affinity = stop.affinity.unwrap_or_default();
        output::row(&mut out, (place, affinity), stop.year, stop.key, stop.title)?;
        if !stop.shared.is_empty() {
            let shared = format!("shared with the one before: {}", stop.shared.join(", "));
            writeln!(out, "             {}", output::printable(&shared))?;
        }
    }
    Ok(())
}

fn open(settings: &Settings, arguments: &Arguments) -> anyhow::Result<(Reading, [usize; 2])> {
    let reading = Reading::open(settings, &arguments.files)?;
    let from = find_one(&reading.snapshot, &arguments.from)?;
    let to = find_one(&reading.snapshot, &arguments.to)?;
    Ok((reading, [from, to]))
}
