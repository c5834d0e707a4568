//! How well clusters agree with known topics, and how long they take, beside other ways to find them.
//! See `benches/README.md`.

#![allow(missing_docs)]

mod agreement;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser;
use serde::{Deserialize, Serialize};
use specter_tui::clusters::Clusters;
use specter_tui::clusters::affinity::Affinity;
use specter_tui::clusters::graph::Graph;
use specter_tui::clusters::labels::Phrases;
use specter_tui::clusters::{RESOLUTION, STEP};
use specter_tui::embed::encoder::{self, DeviceChoice, PrecisionChoice};
use specter_tui::embed::model::Model;
use specter_tui::embed::pool::{self, Priority};
use specter_tui::embed::worker::{Control, Embedder};
use specter_tui::library::import;
use specter_tui::library::paper::{Paper, Snapshot};
use specter_tui::library::store::Store;
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::vectors::Vectors;

/// Agreement of clusters with known topics.
#[derive(Parser)]
struct Arguments {
    /// The library
    #[arg(long, value_name = "FILE.bib")]
    bib: PathBuf,
    /// Lines of key<TAB>topic, with a line of names above
    #[arg(long, value_name = "FILE.tsv")]
    topics: PathBuf,
    /// Folder of the model
    #[arg(long, default_value = "models/all-MiniLM-L6-v2", value_name = "FOLDER")]
    model: PathBuf,
    /// Where library and vectors are kept from one run to the next
    #[arg(long, default_value = "target/ranking", value_name = "FOLDER")]
    library: PathBuf,
    /// Cluster the whole library, too, and time it
    #[arg(long)]
    whole: bool,
    /// A Python with leidenalg, umap-learn and scikit-learn, to compare with
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Cargo passes this
    #[arg(long, hide = true)]
    bench: bool,
}

/// A way to find clusters, and what it found. −1: in none.
#[derive(Deserialize)]
struct Contender {
    name: String,
    seconds: f64,
    labels: Vec<i64>,
}

/// What the others are given.
#[derive(Serialize)]
struct Material {
    texts: Vec<String>,
    topics: usize,
    /// `[papers, dimensions]`.
    vectors: Vec<Vec<f32>>,
    fused: Vec<(usize, usize)>,
    lexical: Vec<(usize, usize)>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut store = Store::open(&arguments.library)?;
    let source = import::source_path(&arguments.bib)?;
    import::import(&mut store, &source, import::now())?;
    let whole = store.snapshot(&[source])?;
    let table = std::fs::read_to_string(&arguments.topics)
        .with_context(|| format!("cannot read {}", arguments.topics.display()))?;
    let mut topic_of: BTreeMap<usize, &str> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let (key, topic) = line.split_once('\t').with_context(|| format!("no tab in {line}"))?;
        let paper = whole.by_key(key).with_context(|| format!("the library has no {key}"))?;
        topic_of.insert(paper, topic);
    }
    let papers = topic_of.keys().map(|&paper| whole.papers()[paper].clone()).collect();
    let snapshot = Snapshot::new(papers);
    let topics: Vec<&str> = topic_of.into_values().collect();
    let embedded = if arguments.whole { &whole } else { &snapshot };
    embed(&mut store, embedded, &arguments.model)?;
    let vectors = vectors(&mut store, &snapshot, &arguments)?;
    let lexical = Lexical::build(snapshot.papers());

    let numbers = numbered(&topics);
    println!("{} papers of {} topics", topics.len(), numbers.iter().max().map_or(0, |n| n + 1));
    println!("| clusters | AMI | ARI | AMI of placed | loose | clusters | seconds |");
    println!("|---|---|---|---|---|---|---|");
    let mut graphs = Vec::new();
    for (name, vectors) in [("vectors and words", Some(&vectors)), ("words", None)] {
        let start = Instant::now();
        let graph = Graph::build(&Affinity::new(&lexical, vectors))?;
        let graph_seconds = start.elapsed().as_secs_f64();
        for step in -2..=2 {
            let resolution = RESOLUTION * STEP.powi(step);
            let start = Instant::now();
            let clusters = Clusters::find(&graph, resolution)?;
            let seconds = graph_seconds + start.elapsed().as_secs_f64();
            for (level, which) in ["coarse", "fine"].into_iter().enumerate() {
                let label = |paper| clusters.levels[level].of(paper).map_or(-1, |c| c as i64);
                let labels: Vec<i64> = (0..snapshot.len()).map(label).collect();
                let name = format!("ours, {name}, {which}, resolution {resolution:.2}");
                print_row(&Contender { name, seconds, labels }, &numbers);
            }
        }
        graphs.push(graph);
    }
    if let Some(python) = &arguments.python {
        let texts = |paper: &Paper| format!("{} {}", paper.title, paper.abstract_text);
        let edges = |graph: &Graph| -> Vec<(usize, usize)> {
            let of =
                |paper: usize| graph.links(paper).iter().map(move |l| (paper, l.paper as usize));
            (0..graph.papers()).flat_map(of).filter(|(a, b)| a < b).collect()
        };
        let material = Material {
            texts: snapshot.papers().iter().map(texts).collect(),
            topics: numbers.iter().max().map_or(0, |most| most + 1),
            vectors: (0..snapshot.len())
                .map(|paper| vectors.get(paper).context("no vector"))
                .collect::<Result<_, _>>()?,
            fused: edges(&graphs[0]),
            lexical: edges(&graphs[1]),
        };
        for contender in others(python, &arguments.library, &material)? {
            print_row(&contender, &numbers);
        }
    }
    labels(&snapshot, &graphs[0], &topics)?;
    if arguments.whole {
        let vectors = self::vectors(&mut store, &whole, &arguments)?;
        time(&whole, &vectors)?;
    }
    Ok(())
}

fn embed(store: &mut Store, snapshot: &Snapshot, folder: &Path) -> anyhow::Result<()> {
    let model = Model::open(folder, &folder.to_string_lossy(), None)?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, PrecisionChoice::Auto)?;
    let embedder = Embedder::new(store, &model, encoder.as_ref())?;
    let threads = std::thread::available_parallelism()?.get();
    pool::pool(threads, Priority::Normal)?
        .install(|| embedder.run(store, snapshot, &Control::default(), &mut |_| {}))?;
    Ok(())
}

fn vectors(store: &mut Store, snapshot: &Snapshot, to: &Arguments) -> anyhow::Result<Vectors> {
    let model = Model::open(&to.model, &to.model.to_string_lossy(), None)?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, PrecisionChoice::Auto)?;
    let embedder = Embedder::new(store, &model, encoder.as_ref())?;
    Ok(embedder.vectors(store, snapshot)?)
}

fn numbered(topics: &[&str]) -> Vec<usize> {
    let mut names = topics.to_vec();
    names.sort_unstable();
    names.dedup();
    topics.iter().map(|topic| names.partition_point(|name| name < topic)).collect()
}

/// Loose papers count as a cluster of their own in AMI and ARI.
fn print_row(contender: &Contender, topics: &[usize]) {
    let labels: Vec<usize> = contender.labels.iter().map(|&label| (label + 1) as usize).collect();
    let placed: Vec<usize> = (0..labels.len()).filter(|&paper| labels[paper] > 0).collect();
    let of = |all: &[usize]| -> Vec<usize> { placed.iter().map(|&paper| all[paper]).collect() };
    let mut names: Vec<usize> = of(&labels);
    names.sort_unstable();
    names.dedup();
    println!(
        "| {} | {:.3} | {:.3} | {:.3} | {:.1} % | {} | {:.2} |",
        contender.name,
        agreement::ami(topics, &labels),
        agreement::ari(topics, &labels),
        agreement::ami(&of(topics), &of(&labels)),
        100.0 - 100.0 * placed.len() as f64 / labels.len() as f64,
        names.len(),
        contender.seconds,
    );
}

/// Runs the other ways.
fn others(python: &Path, folder: &Path, material: &Material) -> anyhow::Result<Vec<Contender>> {
    let path = folder.join("clusters.json");
    std::fs::write(&path, serde_json::to_vec(material)?)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/clusters/others.py");
    let output = Command::new(python)
        .args([&script, &path])
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run {}", python.display()))?;
    ensure!(output.status.success(), "{} failed", script.display());
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Prints what each topic's clusters are called.
fn labels(snapshot: &Snapshot, graph: &Graph, topics: &[&str]) -> anyhow::Result<()> {
    let clusters = Clusters::find(graph, RESOLUTION)?;
    let labels = Phrases::read(snapshot.papers()).labels(snapshot.papers(), &clusters);
    println!("\n| label | papers | topics | medoid |\n|---|---|---|---|");
    for (cluster, label) in clusters.levels[0].clusters.iter().zip(&labels[0]) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for &paper in &cluster.papers {
            *counts.entry(topics[paper]).or_default() += 1;
        }
        let mut counts: Vec<(usize, &str)> = counts.into_iter().map(|(t, n)| (n, t)).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let most: Vec<String> = counts.iter().take(3).map(|(n, t)| format!("{t} {n}")).collect();
        println!(
            "| {label} | {} | {} | {} |",
            cluster.papers.len(),
            most.join(", "),
            snapshot.papers()[cluster.medoid()].title
        );
    }
    println!("\nFine clusters of the largest:");
    for (cluster, label) in clusters.levels[1].clusters.iter().zip(&labels[1]) {
        if cluster.parent < Some(3) {
            let parent = cluster.parent.map(|parent| labels[0][parent].to_string());
            println!("- {}: {label} ({})", parent.unwrap_or_default(), cluster.papers.len());
        }
    }
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

/// Times the whole library, and says which neighbours the candidates miss.
fn time(snapshot: &Snapshot, vectors: &Vectors) -> anyhow::Result<()> {
    let lexical = Lexical::build(snapshot.papers());
    for (name, vectors) in [("vectors and words", Some(vectors)), ("words", None)] {
        println!("\n{} papers, by {name}:", snapshot.len());
        let all = Instant::now();
        let (affinity, scale_time) = timed(|| Affinity::new(&lexical, vectors));
        let (graph, graph_time) = timed(|| Graph::build(&affinity));
        let graph = graph?;
        let (clusters, community_time) = timed(|| Clusters::find(&graph, RESOLUTION));
        let clusters = clusters?;
        let (phrases, phrase_time) = timed(|| Phrases::read(snapshot.papers()));
        let (labels, label_time) = timed(|| phrases.labels(snapshot.papers(), &clusters));
        println!(
            "scale {scale_time:.2?}, graph {graph_time:.2?}, communities {community_time:.2?}, \
             phrases {phrase_time:.2?}, labels {label_time:.2?}, together {:.2?}; \
             {} and {} clusters, {:.1} % loose",
            all.elapsed(),
            labels[0].len(),
            labels[1].len(),
            100.0 * clusters.loose.len() as f64 / snapshot.len() as f64,
        );
        for (cluster, label) in clusters.levels[0].clusters.iter().zip(&labels[0]) {
            println!("- {label} ({})", cluster.papers.len());
        }
        let sample: Vec<usize> = (0..snapshot.len()).step_by(snapshot.len() / 300 + 1).collect();
        let mut hits = 0;
        for &paper in &sample {
            let from = affinity.from(paper);
            let mut exact: Vec<(f32, u32)> = (0..snapshot.len())
                .filter(|&other| other != paper)
                .filter_map(|other| Some((from.similarity(other)?, other as u32)))
                .collect();
            exact.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let found = graph.nearest(paper);
            let truth = &exact[..found.len().min(exact.len())];
            hits += truth.iter().filter(|(_, o)| found.iter().any(|l| l.paper == *o)).count();
        }
        let wanted: usize = sample.iter().map(|&paper| graph.nearest(paper).len()).sum();
        println!("recall of the neighbours: {:.4}", hits as f64 / wanted as f64);
    }
    Ok(())
}
