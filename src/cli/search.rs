//! `search`: the papers that answer a text in the user's own words.

use std::io::{self, Read};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::why::{Explainer, Why};
use super::{UsageError, filter, output, parse_ranking, workspace};
use crate::library::versions::Versions;
use crate::settings::Settings;
use crate::similarity::explain::Side;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{Neighbour, Ranking, Sources, Wanted, Works};
use crate::similarity::scale::Scale;
use crate::similarity::search::{self, Own, Sought};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What to look for: words, a question, a whole abstract; terms such as author:devlin or
    /// year:2019.. filter. `-` reads it from standard input
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// A .bib file to import first, and to search (none: the whole library)
    #[arg(long = "bib", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List only papers that match, such as "year:2015.. -is:read"
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    filter: Option<String>,
    /// How many papers; 0 for all
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// What closeness rests on: hybrid, dense (vectors), lexical (words)
    #[arg(long, default_value = "hybrid", value_parser = parse_ranking, value_name = "RANKING")]
    rank: Ranking,
    /// Tell of each paper what ties it to the text
    #[arg(long)]
    why: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    query: Asked<'a>,
    rank: String,
    model: Option<String>,
    results: Vec<Row<'a>>,
}

/// How the text was understood.
#[derive(Serialize)]
struct Asked<'a> {
    text: &'a str,
    filter: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let asked = match arguments.text.as_slice() {
        [only] if only == "-" => {
            let mut text = String::new();
            io::stdin().lock().read_to_string(&mut text).context("cannot read standard input")?;
            text
        }
        words => words.join(" "),
    };
    let (within, text) = filter::read("search", filter::saved(settings, &asked)?.within(&asked))?;
    let filter = within.and(filter::parse(settings, "--filter", arguments.filter.as_deref())?);
    if text.trim().is_empty() {
        return Err(UsageError(
            "there are no words to search for; list --filter takes filters alone".to_owned(),
        )
        .into());
    }
    let (mut store, snapshot) = workspace::open(settings, &arguments.files)?;
    let embedded = workspace::for_ranking(settings, &mut store, &snapshot, arguments.rank)?;
    let own = match &embedded {
        Some(embedded) => Some(embedded.encode(settings, &text)?),
        None => None,
    };
    let papers = snapshot.papers();
    let lexical = Lexical::build(papers);
    let allowed = filter::select(settings, &store, &snapshot, &filter)?;
    let own = own.as_ref().map(|(vector, tokens)| Own { vector, tokens: *tokens });
    let vectors = embedded.as_ref().map(|embedded| &embedded.vectors);
    let works = Works::new(snapshot.len(), &Versions::find(&snapshot));
    let sources = Sources {
        papers,
        lexical: &lexical,
        vectors,
        scale: &Scale::new(snapshot.len(), &lexical, vectors),
        works: Some(&works),
    };
    let sought = Sought { text: &text, own, without: &[] };
    let wanted = Wanted { allowed: Some(&allowed), ..Wanted::top(arguments.rank, arguments.top) };
    let found = search::search(&sources, &sought, &wanted);
    if found.is_empty() {
        eprintln!("specter-tui: nothing found{}", hint(&allowed, embedded.is_some()));
    }
    let pairs: Vec<(Side<'_>, usize)> =
        found.iter().map(|found| (Side::Text(&text), found.paper)).collect();
    let explainer = Explainer { papers, lexical: &lexical, embedded: embedded.as_ref(), settings };
    let whys = explainer.explain(if arguments.why { &pairs } else { &[] })?;
    let mut whys = whys.into_iter();
    let row = |(place, found): (usize, &Neighbour)| {
        let paper = &papers[found.paper];
        Row {
            rank: place + 1,
            key: &paper.key,
            title: &paper.title,
            year: paper.year(),
            score: found.score,
            dense: found.dense,
            lexical: found.lexical,
            dense_rank: found.dense_rank,
            lexical_rank: found.lexical_rank,
            percentile: found.percentile,
            basis: found.basis.to_string(),
            why: whys.next(),
        }
    };
    let report = Report {
        query: Asked { text: &text, filter: filter.to_string() },
        rank: arguments.rank.to_string(),
        model: embedded.as_ref().map(|embedded| embedded.model.name().to_owned()),
        results: found.iter().enumerate().map(row).collect(),
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

/// Why nothing may have been found.
fn hint(allowed: &[bool], has_model: bool) -> &'static str {
    match (allowed.contains(&true), has_model) {
        (false, _) => ": no paper matches the filter",
        (true, false) => ": no paper that may be listed has any of these words",
        (true, true) => "",
    }
}
