//! How good the rankings are: nDCG@10, nDCG%20, MAP and P@20 on papers of known topics, or with graded
//! relevances. See `benches/README.md`.

#![allow(missing_docs, clippy::struct_excessive_bools)]

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Parser;
use specter_tui::embed::encoder::{self, DeviceChoice, PrecisionChoice};
use specter_tui::embed::model::Model;
use specter_tui::embed::pool::{self, Priority};
use specter_tui::embed::worker::{Control, Embedder};
use specter_tui::library::import;
use specter_tui::library::paper::{Paper, Snapshot};
use specter_tui::library::store::Store;
use specter_tui::similarity::fuse::{self, Weights};
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{self, Query, Ranking, Sources, Wanted};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::vectors::Vectors;

#[derive(Debug, Parser)]
struct Arguments {
    /// The library
    #[arg(long, value_name = "FILE")]
    bib: PathBuf,
    /// `key<TAB>topic` a line (papers of one topic are relevant to each other), or
    /// `query<TAB>key<TAB>grade` (0 and up); the first line names the columns
    #[arg(long, value_name = "FILE")]
    relevance: PathBuf,
    /// Folder of the model
    #[arg(long, default_value = "models/all-MiniLM-L6-v2", value_name = "FOLDER")]
    model: PathBuf,
    /// Folder in which vectors are kept from one run to the next
    #[arg(long, default_value = "target/ranking", value_name = "FOLDER")]
    library: PathBuf,
    /// Precision of the vectors
    #[arg(long, default_value = "auto")]
    precision: PrecisionChoice,
    /// Leave out papers that the relevances do not name, so that words are weighed and topics found
    /// among the others alone
    #[arg(long)]
    only: bool,
    /// Remove the abstracts of one paper in two
    #[arg(long)]
    half_abstracts: bool,
    /// Print nDCG@10 for other weights, too
    #[arg(long)]
    ablation: bool,
    /// Cargo passes this
    #[arg(long, hide = true)]
    bench: bool,
}

/// For each query the relevance of each candidate; others do not count. By index of the paper.
struct Judgements {
    /// (query, candidate → grade).
    queries: Vec<(usize, HashMap<usize, f64>)>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut store = Store::open(&arguments.library)?;
    let source = import::source_path(&arguments.bib)?;
    import::import(&mut store, &source, import::now())?;
    let snapshot = store.snapshot(&[source])?;
    let table = std::fs::read_to_string(&arguments.relevance)
        .with_context(|| format!("cannot read {}", arguments.relevance.display()))?;
    let snapshot = prepare(&snapshot, &table, &arguments);
    let judgements = Judgements::read(&table, &snapshot)?;
    let vectors = embed(&mut store, &snapshot, &arguments)?;
    let lexical = Lexical::build(snapshot.papers());
    println!(
        "{} papers, {} of them with a vector; {} queries",
        snapshot.len(),
        vectors.count(),
        judgements.queries.len()
    );
    println!("| ranking | nDCG@10 | nDCG%20 | MAP | P@20 |\n|---|---|---|---|---|");
    let sources = Sources {
        papers: snapshot.papers(),
        lexical: &lexical,
        vectors: Some(&vectors),
        scale: &Scale::new(snapshot.len(), &lexical, Some(&vectors)),
        works: None,
    };
    for ranking in Ranking::ALL {
        let measured = judgements.measure(|query| {
            let list = rank::neighbours(&sources, &Query::like(query), &Wanted::top(ranking, 0));
            list.into_iter().map(|neighbour| neighbour.paper).collect()
        });
        println!(
            "| {ranking} | {:.4} | {:.4} | {:.4} | {:.4} |",
            measured.ndcg_10, measured.ndcg_20_percent, measured.map, measured.precision_20
        );
    }
    if arguments.ablation {
        ablation(&judgements, &snapshot, &lexical, &vectors);
    }
    Ok(())
}

/// The library as the arguments want it.
fn prepare(snapshot: &Snapshot, table: &str, arguments: &Arguments) -> Snapshot {
    let named: Vec<usize> = (table.lines().skip(1))
        .flat_map(|line| line.split('\t').take(2))
        .filter_map(|key| snapshot.by_key(key))
        .collect();
    let mut papers: Vec<Paper> = (snapshot.papers().iter().enumerate())
        .filter(|(index, _)| !arguments.only || named.contains(index))
        .map(|(_, paper)| paper.clone())
        .collect();
    if arguments.half_abstracts {
        // By a byte of the hash: as good as chance, and always the same.
        for paper in papers.iter_mut().filter(|paper| paper.text_hash[0] % 2 == 0) {
            paper.abstract_text.clear();
            paper.text_hash = Paper::text_hash(&paper.title, "");
        }
    }
    Snapshot::new(papers)
}

fn embed(store: &mut Store, snapshot: &Snapshot, arguments: &Arguments) -> anyhow::Result<Vectors> {
    let name = arguments.model.to_string_lossy();
    let model = Model::open(&arguments.model, &name, Some(&arguments.library.join("hashes.json")))?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, arguments.precision)?;
    let embedder = Embedder::new(store, &model, encoder.as_ref())?;
    let threads = std::thread::available_parallelism()?.get();
    pool::pool(threads, Priority::Normal)?
        .install(|| embedder.run(store, snapshot, &Control::default(), &mut |_| {}))?;
    Ok(embedder.vectors(store, snapshot)?)
}

impl Judgements {
    fn read(table: &str, snapshot: &Snapshot) -> anyhow::Result<Self> {
        let rows: Vec<Vec<&str>> =
            table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        let paper = |key: &str| {
            snapshot.by_key(key).with_context(|| format!("the library has no paper {key}"))
        };
        let mut queries: Vec<(usize, HashMap<usize, f64>)> = Vec::new();
        if rows.iter().all(|row| row.len() == 2) {
            let topics = rows
                .iter()
                .map(|row| Ok((paper(row[0])?, row[1])))
                .collect::<anyhow::Result<Vec<(usize, &str)>>>()?;
            for &(query, topic) in &topics {
                let others = topics.iter().filter(|(paper, _)| *paper != query);
                let grades = others.map(|&(paper, other)| (paper, f64::from(other == topic)));
                queries.push((query, grades.collect()));
            }
        } else if rows.iter().all(|row| row.len() == 3) {
            for row in rows {
                let (query, candidate) = (paper(row[0])?, paper(row[1])?);
                let grade: f64 =
                    row[2].parse().with_context(|| format!("{} is no grade", row[2]))?;
                match queries.iter_mut().find(|(known, _)| *known == query) {
                    Some((_, grades)) => drop(grades.insert(candidate, grade)),
                    None => queries.push((query, HashMap::from([(candidate, grade)]))),
                }
            }
        } else {
            bail!("each line must have two columns (key, topic) or three (query, key, grade)");
        }
        Ok(Self { queries })
    }

    /// The mean over the queries of what each list achieves.
    fn measure(&self, list: impl Fn(usize) -> Vec<usize>) -> Measures {
        let mut mean = Measures::default();
        for (query, grades) in &self.queries {
            let found: Vec<f64> =
                list(*query).into_iter().filter_map(|paper| grades.get(&paper).copied()).collect();
            let mut ideal: Vec<f64> = grades.values().copied().collect();
            ideal.sort_by(|a, b| b.total_cmp(a));
            let relevant = ideal.iter().filter(|grade| **grade > 0.0).count().max(1) as f64;
            let mut hits = 0.0;
            let mut average_precision = 0.0;
            for (place, _) in found.iter().enumerate().filter(|(_, grade)| **grade > 0.0) {
                hits += 1.0;
                average_precision += hits / (place + 1) as f64 / relevant;
            }
            let share = 1.0 / self.queries.len() as f64;
            mean.ndcg_10 += share * ndcg(&found, &ideal, 10);
            mean.ndcg_20_percent += share * ndcg(&found, &ideal, ideal.len().div_ceil(5));
            mean.map += share * average_precision;
            mean.precision_20 +=
                share * found.iter().take(20).filter(|grade| **grade > 0.0).count() as f64 / 20.0;
        }
        mean
    }
}

#[derive(Default)]
struct Measures {
    ndcg_10: f64,
    /// At a fifth of the candidates.
    ndcg_20_percent: f64,
    map: f64,
    precision_20: f64,
}

/// Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002), gain `2^grade − 1`.
fn ndcg(found: &[f64], ideal: &[f64], at: usize) -> f64 {
    let gain = |grades: &[f64]| -> f64 {
        let discounted =
            |(place, grade): (usize, &f64)| (grade.exp2() - 1.0) / (place as f64 + 2.0).log2();
        grades.iter().take(at).enumerate().map(discounted).sum()
    };
    let most = gain(ideal);
    if most > 0.0 { gain(found) / most } else { 1.0 }
}

/// nDCG@10 for a grid of weights.
fn ablation(judgements: &Judgements, snapshot: &Snapshot, lexical: &Lexical, vectors: &Vectors) {
    let measure = |weights: &Weights| {
        let measured = judgements.measure(|query| {
            let others: Vec<usize> = (0..snapshot.len()).filter(|&paper| paper != query).collect();
            let close = lexical.similarities(query);
            let pick =
                |all: &[f32]| -> Vec<f32> { others.iter().map(|&paper| all[paper]).collect() };
            let words = fuse::lexical(
                weights,
                &pick(&close.words),
                close.topics.as_deref().map(pick).as_deref(),
            );
            let dense: Vec<Option<f32>> = match vectors.get(query) {
                Some(row) => others.iter().map(|&paper| vectors.similarity(&row, paper)).collect(),
                None => vec![None; others.len()],
            };
            let scores = fuse::fuse(weights, &words, &dense);
            let mut order: Vec<usize> = (0..others.len()).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            order.into_iter().map(|place| others[place]).collect()
        });
        measured.ndcg_10
    };
    println!("\nWords shared : topics, by words alone\n");
    for (words, topics) in [(1.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (1.0, 4.0), (0.0, 1.0)]
    {
        let weights = Weights { dense: 0.0, lexical: 1.0, words, topics };
        println!("| {words} : {topics} | {:.4} |", measure(&weights));
    }
    println!("\nWords (shared and topics) beside vectors of weight 1\n");
    for lexical in [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0] {
        let rows = [(1.0, 0.0), (1.0, 1.0), (1.0, 2.0), (0.0, 1.0)].map(|(words, topics)| {
            format!("{:.4}", measure(&Weights { dense: 1.0, lexical, words, topics }))
        });
        println!("| {lexical} | {} |", rows.join(" | "));
    }
}
