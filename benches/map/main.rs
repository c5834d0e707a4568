//! How good the map is and how long it takes, beside umap-learn on the same neighbour graph; and how
//! far papers move when others come. See `benches/README.md`.

#![allow(missing_docs)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Parser;
use rayon::prelude::*;
use specter_tui::clusters::affinity::Affinity;
use specter_tui::clusters::graph::{Graph, Link};
use specter_tui::clusters::map::Point;
use specter_tui::clusters::map::layout::{Earlier, lay_out};
use specter_tui::embed::encoder::{self, DeviceChoice, PrecisionChoice};
use specter_tui::embed::model::Model;
use specter_tui::embed::worker::Embedder;
use specter_tui::library::import;
use specter_tui::library::paper::Snapshot;
use specter_tui::library::store::Store;
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::vectors::Vectors;

/// Neighbours on the map that are looked at.
const K: usize = 15;

#[derive(Debug, Parser)]
struct Arguments {
    /// The library
    #[arg(long, value_name = "FILE")]
    bib: PathBuf,
    /// Folder of the model whose vectors count beside the words (none: words alone)
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// Folder of the library, with the vectors that the model made of it
    #[arg(long, default_value = "target/map", value_name = "FOLDER")]
    library: PathBuf,
    /// A Python that has umap-learn, to compare with
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Papers that come to the map of the others
    #[arg(long, default_value_t = 200, value_name = "N")]
    added: usize,
    /// Look at the neighbours of one paper in so many
    #[arg(long, default_value_t = 4, value_name = "N")]
    every: usize,
    /// Cargo passes this
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut store = Store::open(&arguments.library)?;
    let source = import::source_path(&arguments.bib)?;
    import::import(&mut store, &source, import::now())?;
    let snapshot = store.snapshot(&[source])?;
    let vectors = arguments.model.as_ref().map(|_| stored(&mut store, &snapshot, &arguments));
    let vectors = vectors.transpose()?;
    let lexical = Lexical::build(snapshot.papers());
    let affinity = Affinity::new(&lexical, vectors.as_ref());
    let graph = Graph::build(&affinity)?;
    println!("{} papers, {} vectors", snapshot.len(), vectors.as_ref().map_or(0, Vectors::count));
    println!("| layout | seconds | trustworthiness |\n|---|---|---|");
    let row = |name: &str, seconds: f64, points: &[Point]| {
        let trust = trustworthiness(&affinity, points, arguments.every);
        println!("| {name} | {seconds:.2} | {trust:.4} |");
    };
    let start = Instant::now();
    let fresh = lay_out(&graph, Earlier::None);
    row("specter-tui", start.elapsed().as_secs_f64(), &fresh);
    if let Some(python) = &arguments.python {
        for (name, seconds, points) in peer(python, &graph)? {
            row(&format!("umap-learn, {name}"), seconds, &points);
        }
    }

    let added = |paper: usize| spread_evenly(paper, arguments.added, snapshot.len());
    let before = lay_out(&without(&graph, &added), Earlier::None);
    let mut before = before.into_iter();
    let earlier: Vec<Option<Point>> =
        (0..snapshot.len()).map(|paper| if added(paper) { None } else { before.next() }).collect();
    let start = Instant::now();
    let grown = lay_out(&graph, Earlier::Grown(&earlier));
    row(&format!("grown by {}", arguments.added), start.elapsed().as_secs_f64(), &grown);
    moves(&earlier, &grown);
    if vectors.is_some() {
        let words = Affinity::new(&lexical, None);
        let by_words = lay_out(&Graph::build(&words)?, Earlier::None);
        let earlier: Vec<Option<Point>> = by_words.into_iter().map(Some).collect();
        let start = Instant::now();
        let changed = lay_out(&graph, Earlier::Changed(&earlier));
        row("after the map by words", start.elapsed().as_secs_f64(), &changed);
        moves(&earlier, &changed);
    }
    Ok(())
}

/// The vectors that the library has.
fn stored(
    store: &mut Store,
    snapshot: &Snapshot,
    arguments: &Arguments,
) -> anyhow::Result<Vectors> {
    let folder = arguments.model.as_ref().context("no model")?;
    let name = folder.to_string_lossy();
    let model = Model::open(folder, &name, Some(&arguments.library.join("hashes.json")))?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, PrecisionChoice::Auto)?;
    let vectors = Embedder::new(store, &model, encoder.as_ref())?.vectors(store, snapshot)?;
    if vectors.count() == 0 {
        bail!("no vectors: embed the library first (specter-tui --library … --model … embed)");
    }
    Ok(vectors)
}

/// Is this one of `count` papers out of all, spread evenly?
fn spread_evenly(paper: usize, count: usize, papers: usize) -> bool {
    paper * count / papers != (paper + 1) * count / papers
}

/// The graph of the other papers.
fn without(graph: &Graph, gone: &dyn Fn(usize) -> bool) -> Graph {
    let kept: Vec<usize> = (0..graph.papers()).filter(|&paper| !gone(paper)).collect();
    let mut number = vec![u32::MAX; graph.papers()];
    for (index, &paper) in kept.iter().enumerate() {
        number[paper] = index as u32;
    }
    let list = |&paper: &usize| -> Vec<Link> {
        let links = graph.nearest(paper).iter().filter(|link| !gone(link.paper as usize));
        links.map(|link| Link { paper: number[link.paper as usize], ..*link }).collect()
    };
    Graph::of_lists(kept.iter().map(list).collect())
}

/// Trustworthiness (Venna and Kaski, 2001): 1 where all neighbours on the map are neighbours by
/// similarity, less for each that is not by as many ranks as it is too far; over one paper in
/// `every`.
fn trustworthiness(affinity: &Affinity<'_>, points: &[Point], every: usize) -> f64 {
    let papers = points.len();
    let looked_at: Vec<usize> = (0..papers).step_by(every).collect();
    let penalties: Vec<u64> = looked_at
        .par_iter()
        .map(|&paper| {
            let from = affinity.from(paper);
            let similarity: Vec<f32> = (0..papers)
                .map(|other| from.similarity(other).unwrap_or(f32::NEG_INFINITY))
                .collect();
            let mut others: Vec<(f32, usize)> = (0..papers)
                .filter(|&other| other != paper)
                .map(|other| (points[paper].distance(points[other]), other))
                .collect();
            others.select_nth_unstable_by(K, |a, b| {
                a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal)
            });
            let too_far = others[..K].iter().map(|&(_, near)| {
                let closer = (0..papers)
                    .filter(|&other| other != paper && similarity[other] > similarity[near])
                    .count();
                (closer + 1).saturating_sub(K) as u64
            });
            too_far.sum()
        })
        .collect();
    let (n, k) = (papers as f64, K as f64);
    let share = penalties.iter().sum::<u64>() as f64 / looked_at.len() as f64;
    1.0 - 2.0 / (k * (2.0 * n - 3.0 * k - 1.0)) * share
}

/// Prints how far papers are from where they were, in shares of the map's extent.
fn moves(earlier: &[Option<Point>], now: &[Point]) {
    let pairs: Vec<(Point, Point)> =
        earlier.iter().zip(now).filter_map(|(then, now)| Some(((*then)?, *now))).collect();
    let mean =
        pairs.iter().fold(Point::default(), |sum, pair| sum + pair.0) * (1.0 / pairs.len() as f32);
    let extent =
        pairs.iter().map(|pair| (pair.0 - mean).square()).sum::<f32>() / pairs.len() as f32;
    let mut far: Vec<f32> =
        pairs.iter().map(|(then, now)| then.distance(*now) / extent.sqrt()).collect();
    far.sort_by(f32::total_cmp);
    println!(
        "|   moved, in standard deviations of the map: median {:.4}, 9 in 10 less than {:.4}, most {:.4} | | |",
        far[far.len() / 2],
        far[far.len() * 9 / 10],
        far[far.len() - 1]
    );
}

/// What umap-learn makes of the graph: name, seconds, points.
fn peer(python: &PathBuf, graph: &Graph) -> anyhow::Result<Vec<(String, f64, Vec<Point>)>> {
    let folder = PathBuf::from("target/map");
    std::fs::create_dir_all(&folder)?;
    let neighbours = (0..graph.papers()).map(|p| graph.nearest(p).len()).min().unwrap_or(0);
    if neighbours == 0 {
        bail!("umap-learn needs as many neighbours for each paper, and one has none");
    }
    let links = || (0..graph.papers()).flat_map(|paper| &graph.nearest(paper)[..neighbours]);
    let shape = [graph.papers() as u32, neighbours as u32];
    std::fs::write(folder.join("shape.u32"), shape.map(u32::to_le_bytes).concat())?;
    let indices: Vec<u8> = links().flat_map(|link| link.paper.to_le_bytes()).collect();
    std::fs::write(folder.join("neighbours.u32"), indices)?;
    let similarities: Vec<u8> = links().flat_map(|link| link.similarity.to_le_bytes()).collect();
    std::fs::write(folder.join("similarities.f32"), similarities)?;
    let output = Command::new(python).arg("benches/map/peer.py").arg(&folder).output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let report = String::from_utf8(output.stdout)?;
    let read = |line: &str| -> anyhow::Result<(String, f64, Vec<Point>)> {
        let [name, seconds, file] = line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("cannot read {line}");
        };
        let bytes = std::fs::read(folder.join(file))?;
        let points = bytes.as_chunks::<8>().0.iter().map(|bytes| {
            let bits = u64::from_le_bytes(*bytes);
            Point { x: f32::from_bits(bits as u32), y: f32::from_bits((bits >> 32) as u32) }
        });
        Ok((name.to_owned(), seconds.parse()?, points.collect()))
    };
    report.lines().map(read).collect()
}
