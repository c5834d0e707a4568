//! How long neighbours take in a library of any size, and how much memory, beside the usual Python
//! tools. See `benches/README.md`.

#![allow(missing_docs)]

mod library;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use specter_tui::embed::model::Metric;
use specter_tui::library::paper::Snapshot;
use specter_tui::library::versions::Versions;
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{self, Query, Ranking, Sources, Wanted, Works};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::vectors::Vectors;

#[derive(Debug, Parser)]
struct Arguments {
    /// The library
    #[arg(long, value_name = "FILE")]
    bib: PathBuf,
    /// How many papers: the file's, again and again with other words
    #[arg(long, value_name = "N")]
    papers: Option<usize>,
    /// Dimensions of the vectors, which are made of the words
    #[arg(long, default_value_t = 384, value_name = "N")]
    dimensions: usize,
    /// Compare them by distance (as SPECTER's) and not by cosine
    #[arg(long)]
    distances: bool,
    /// Papers whose neighbours are looked for
    #[arg(long, default_value_t = 200, value_name = "N")]
    queries: usize,
    /// Folder to write texts, vectors and queries to, for others to read
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// Cargo passes this
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let snapshot = library::papers(&arguments.bib, arguments.papers)?;
    let papers = snapshot.len();
    println!("{papers} papers, {} dimensions\n", arguments.dimensions);
    println!("| specter-tui | median | 90 % | unit |\n|---|---:|---:|---|");
    println!("| memory, papers alone | {:.0} | | MB |", memory("VmRSS")?);

    let lexical = Lexical::build(snapshot.papers());
    println!("| memory, words and topics, too | {:.0} | | MB |", memory("VmRSS")?);
    let metric = if arguments.distances { Metric::Euclidean } else { Metric::Cosine };
    let mut vectors = Vectors::new(papers, arguments.dimensions, metric);
    library::each_row(snapshot.papers(), arguments.dimensions, |paper, row| {
        Ok(vectors.set(paper, row)?)
    })?;
    println!("| memory, vectors, too | {:.0} | | MB |", memory("VmRSS")?);
    let start = Instant::now();
    let scale = Scale::new(papers, &lexical, Some(&vectors));
    report("pairs sampled", "ms", vec![start.elapsed().as_secs_f64() * 1e3]);
    let start = Instant::now();
    let works = Works::new(papers, &Versions::find(&snapshot));
    report("versions found", "ms", vec![start.elapsed().as_secs_f64() * 1e3]);
    let sources = Sources {
        papers: snapshot.papers(),
        lexical: &lexical,
        vectors: Some(&vectors),
        scale: &scale,
        works: Some(&works),
    };
    let queries = library::queries(papers, arguments.queries);
    let time = |name: &str, ask: &dyn Fn(usize) -> usize| {
        let mut times = Vec::new();
        for &query in &queries {
            let start = Instant::now();
            std::hint::black_box(ask(query));
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        report(name, "ms", times);
    };
    let list = |wanted: Wanted<'static>| {
        move |query| rank::neighbours(&sources, &Query::like(query), &wanted).len()
    };
    for ranking in Ranking::ALL {
        time(&format!("{ranking}, 20 papers"), &list(Wanted::top(ranking, 20)));
    }
    time("hybrid, 100 papers", &list(Wanted::top(Ranking::Hybrid, 100)));
    time("hybrid, all papers", &list(Wanted::top(Ranking::Hybrid, 0)));
    let diverse = Wanted { diverse: true, ..Wanted::top(Ranking::Hybrid, 20) };
    time("hybrid, 20 papers, diverse", &list(diverse));
    time("— words and topics compared", &|query| lexical.similarities(query).words.len());
    time("— vectors compared", &|query| {
        let row = vectors.get(query).unwrap_or_default();
        vectors.similarities(&[&row], |to_row| to_row[0]).len()
    });
    println!("| memory, all of it | {:.0} | | MB |", memory("VmRSS")?);
    println!("| memory, at most | {:.0} | | MB |", memory("VmHWM")?);
    build(&snapshot);
    if let Some(folder) = &arguments.write {
        library::write(folder, &snapshot, arguments.dimensions, arguments.queries)?;
    }
    Ok(())
}

/// Builds the lexical index.
fn build(snapshot: &Snapshot) {
    let mut builds = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        drop(Lexical::words_of(snapshot.papers()));
        let words = start.elapsed().as_secs_f64();
        let start = Instant::now();
        drop(Lexical::build(snapshot.papers()));
        builds.push((words, start.elapsed().as_secs_f64()));
    }
    report("words weighed", "s", builds.iter().map(|build| build.0).collect());
    report("and topics found", "s", builds.iter().map(|build| build.1).collect());
}

fn report(name: &str, unit: &str, mut times: Vec<f64>) {
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!("| {name} | {:.2} | {:.2} | {unit} |", at(0.5), at(0.9));
}

/// A line of `/proc/self/status`, in MB.
fn memory(name: &str) -> anyhow::Result<f64> {
    let path = Path::new("/proc/self/status");
    let status = std::fs::read_to_string(path).context("memory is read from /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib: f64 = (line.and_then(|line| line.split_whitespace().next()))
        .with_context(|| format!("{} has no {name}", path.display()))?
        .parse()?;
    Ok(kib * 1024.0 / 1e6)
}
