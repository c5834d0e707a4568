//! `next`: what to read next.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::papers::find;
use super::reading::{Reading, Why};
use super::{UsageError, output};
use crate::library::marks::Marks;
use crate::library::paper::Paper;
use crate::recommend::likes::Because;
use crate::recommend::{Taste, Wish};
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A .bib file to import first, and to choose from (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Cite key of a paper that counts as liked, beside those marked
    #[arg(long = "like", value_name = "KEY")]
    likes: Vec<String>,
    /// Cite key of a paper that counts as not wanted
    #[arg(long = "not", value_name = "KEY")]
    unlikes: Vec<String>,
    /// More like the papers of this tag or group, yours or the file's, instead of those marked
    #[arg(long, value_name = "TAG", conflicts_with_all = ["list", "week"])]
    tag: Option<String>,
    /// More like the papers of this list of yours, instead of those marked
    #[arg(long, value_name = "LIST", conflicts_with = "week")]
    list: Option<String>,
    /// More like what you marked and opened in the last seven days
    #[arg(long)]
    week: bool,
    /// Only papers of this cluster, by the number that `clusters` prints
    #[arg(long, value_name = "ID")]
    cluster: Option<i64>,
    /// How many papers; 0 for all, best first and not mixed
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// Print why each is on the list
    #[arg(long)]
    why: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    likes: Vec<LikeRow<'a>>,
    not: Vec<LikeRow<'a>>,
    model: Option<&'a str>,
    results: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct LikeRow<'a> {
    key: &'a str,
    because: String,
    weight: f32,
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

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let reading = Reading::open(settings, &arguments.files)?;
    let library = reading.library();
    let (papers, marks) = (library.papers, library.marks);
    let taste = base(papers, marks, library.now, arguments)?.with_papers(
        &find(&reading.snapshot, &arguments.likes)?,
        &find(&reading.snapshot, &arguments.unlikes)?,
    );
    let mut recommender = reading.learn();
    let cluster = arguments.cluster.map(|id| match reading.cluster(id) {
        Some(cluster) => Ok(cluster),
        None => Err(UsageError(format!("there is no cluster {id}"))),
    });
    let cluster = cluster.transpose()?;
    let within = cluster.map(|cluster| library.clusters.mask(cluster));
    let wish = Wish {
        within: within.as_deref(),
        about: cluster.map_or("", |cluster| library.clusters.label(cluster)),
        top: arguments.top,
    };
    let list = recommender.recommend(&library, &taste, &wish);
    let like_rows = |likes: &[crate::recommend::likes::Like]| {
        let row = |like: &crate::recommend::likes::Like| LikeRow {
            key: &papers[like.paper].key,
            because: like.because.to_string(),
            weight: like.weight,
        };
        likes.iter().map(row).collect()
    };
    let report = Report {
        likes: like_rows(&taste.likes),
        not: like_rows(&taste.unlikes),
        model: reading.model.as_deref(),
        results: (1..)
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
            .collect(),
    };
    if arguments.json {
        return output::json(&report);
    }
    let mut out = io::stdout().lock();
    for (row, recommendation) in report.results.iter().zip(&list) {
        output::row(&mut out, (row.rank, row.score), row.year, row.key, row.title)?;
        if arguments.why {
            for reason in &recommendation.why {
                let reason = reason.describe(papers);
                if !reason.is_empty() {
                    writeln!(out, "             {}", output::printable(&reason))?;
                }
            }
        }
    }
    Ok(())
}

/// What is liked, before what is named.
fn base(papers: &[Paper], marks: &Marks, now: i64, arguments: &Arguments) -> anyhow::Result<Taste> {
    let group = |what: &str, name: &str, because: &dyn Fn(&Paper) -> Option<Because>| {
        let taste = Taste::of_group(papers, marks, now, because);
        if taste.likes.is_empty() {
            return Err(UsageError(format!("no paper has the {what} {name}")));
        }
        Ok(taste)
    };
    if let Some(tag) = &arguments.tag {
        let has = |paper: &Paper| {
            let own = marks.get(paper.id).map_or(&[][..], |mark| mark.tags.as_slice());
            let extras = &paper.extras;
            let mut all = own.iter().chain(&extras.tags).chain(&extras.groups);
            all.any(|other| other == tag).then(|| Because::Tagged(tag.clone()))
        };
        return Ok(group("tag", tag, &has)?);
    }
    if let Some(list) = &arguments.list {
        let has = |paper: &Paper| {
            let lists = &marks.get(paper.id)?.lists;
            lists.contains(list).then(|| Because::Listed(list.clone()))
        };
        return Ok(group("list", list, &has)?);
    }
    Ok(if arguments.week {
        Taste::of_week(papers, marks, now)
    } else {
        Taste::of_marks(papers, marks, now)
    })
}
