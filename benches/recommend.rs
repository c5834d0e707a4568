//! How good the recommendations are on papers of known topics, beside other ways, and how long they take.
//! See `benches/README.md`.

#![allow(clippy::too_many_lines, missing_docs)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use specter_tui::clusters::affinity::Affinity;
use specter_tui::clusters::graph::Graph;
use specter_tui::embed::encoder::{self, DeviceChoice, PrecisionChoice};
use specter_tui::embed::model::{Metric, Model};
use specter_tui::embed::pool::{self, Priority};
use specter_tui::embed::worker::{Control, Embedder};
use specter_tui::library::import;
use specter_tui::library::marks::Marks;
use specter_tui::library::paper::{Paper, Snapshot};
use specter_tui::library::store::Store;
use specter_tui::recommend::affinity::Views;
use specter_tui::recommend::classifier::Classifier;
use specter_tui::recommend::{Clusters, Library, Recommender, Taste, Wish};
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{self, Query, Ranking, Sources, Wanted};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::vectors::Vectors;

#[derive(Debug, Parser)]
struct Arguments {
    /// The library; without it only the time is measured
    #[arg(long, value_name = "FILE", requires = "topics")]
    bib: Option<PathBuf>,
    /// `key<TAB>topic` a line; the first names the columns
    #[arg(long, value_name = "FILE")]
    topics: Option<PathBuf>,
    /// Rank all papers of the library, not only those with a topic (which alone count)
    #[arg(long)]
    whole: bool,
    /// Folder of the model
    #[arg(long, default_value = "models/all-MiniLM-L6-v2", value_name = "FOLDER")]
    model: PathBuf,
    /// Folder in which vectors are kept from one run to the next
    #[arg(long, default_value = "target/ranking", value_name = "FOLDER")]
    library: PathBuf,
    /// Draws of liked papers for each cell
    #[arg(long, default_value_t = 100)]
    draws: usize,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Papers of the library that is made up to measure the time; 0 for none
    #[arg(long, default_value_t = 10_000)]
    papers: usize,
    /// Cargo passes this
    #[arg(long, hide = true)]
    bench: bool,
}

/// Penalty of each side that is `C = 1` and `class_weight="balanced"` for so many papers.
fn usual_penalty(papers: usize) -> f32 {
    papers as f32 / 2.0
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let (Some(bib), Some(topics)) = (&arguments.bib, &arguments.topics) {
        quality(&arguments, bib, topics)?;
    }
    if arguments.papers > 0 {
        time(arguments.papers)?;
    }
    Ok(())
}

/// Papers with their topics; those without one are not judged.
struct Judged {
    snapshot: Snapshot,
    topics: Vec<Option<usize>>,
    members: Vec<Vec<usize>>,
}

impl Judged {
    fn new(snapshot: &Snapshot, table: &str, whole: bool) -> Self {
        let topic_of: HashMap<&str, &str> =
            table.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
        let papers: Vec<Paper> = (snapshot.papers().iter())
            .filter(|paper| whole || topic_of.contains_key(paper.key.as_str()))
            .cloned()
            .collect();
        let mut names: Vec<&str> = topic_of.values().copied().collect();
        names.sort_unstable();
        names.dedup();
        let topics: Vec<Option<usize>> = (papers.iter())
            .map(|paper| names.binary_search(topic_of.get(paper.key.as_str())?).ok())
            .collect();
        let of = |topic: usize| {
            (0..papers.len()).filter(|&paper| topics[paper] == Some(topic)).collect()
        };
        let members = (0..names.len()).map(of).collect();
        Self { snapshot: Snapshot::new(papers), topics, members }
    }
}

fn quality(arguments: &Arguments, bib: &Path, topics: &Path) -> anyhow::Result<()> {
    let mut store = Store::open(&arguments.library)?;
    let source = import::source_path(bib)?;
    import::import(&mut store, &source, import::now())?;
    let table = std::fs::read_to_string(topics)
        .with_context(|| format!("cannot read {}", topics.display()))?;
    let judged = Judged::new(&store.snapshot(&[source])?, &table, arguments.whole);
    let snapshot = &judged.snapshot;
    let vectors = embed(&mut store, snapshot, arguments)?;
    let lexical = Lexical::build(snapshot.papers());
    let both = Views { lexical: &lexical, vectors: Some(&vectors) };
    let words = Views { lexical: &lexical, vectors: None };
    let started = Instant::now();
    let learn = |views: Views<'_>| -> anyhow::Result<Recommender> {
        let neighbours = Graph::build(&Affinity::new(views.lexical, views.vectors))?;
        Ok(Recommender::learn_with_neighbours(views, &neighbours))
    };
    let mut ours = learn(both)?;
    println!(
        "{} papers, {} with a vector; learnt in {:.1} s",
        snapshot.len(),
        vectors.count(),
        started.elapsed().as_secs_f64()
    );
    let mut ours_by_words = learn(words)?;
    let (marks, clusters) = (Marks::default(), Clusters::default());
    // Time 0: no paper is preferred for being new.
    let library = |views| Library {
        papers: snapshot.papers(),
        views,
        clusters: &clusters,
        marks: &marks,
        now: 0,
    };
    let all: Vec<usize> = (0..snapshot.len()).collect();

    let names = [
        "mean similarity",
        "SVM, TF-IDF",
        "SVM, TF-IDF + vectors",
        "best three, fused",
        "best three, affinity",
        "ours",
        "best three, words only",
        "ours, words only",
    ];
    println!("| topics | likes of each | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len()));
    let scale = Scale::new(snapshot.len(), &lexical, Some(&vectors));
    let sources = Sources {
        papers: snapshot.papers(),
        lexical: &lexical,
        vectors: Some(&vectors),
        scale: &scale,
        works: None,
    };
    for topics in [1, 2] {
        for likes in [3, 5, 10] {
            let mut random = Random::new(arguments.seed);
            let mut sums = vec![(0.0, 0.0); names.len()];
            for _ in 0..arguments.draws {
                let drawn = random.choose(&(0..judged.members.len()).collect::<Vec<_>>(), topics);
                let seeds: Vec<usize> = (drawn.iter())
                    .flat_map(|&topic| random.choose(&judged.members[topic], likes))
                    .collect();
                let taste = Taste::of_papers(&seeds, &[]);
                let svm = |views: Views<'_>, penalty: f32| -> Vec<f32> {
                    let machine = Classifier::train(views, snapshot.len(), &taste, penalty);
                    let value = |paper: usize| {
                        let (terms, vector) = (lexical.terms(paper), views.vector(paper));
                        machine.as_ref().map_or(0.0, |m| m.score(terms, vector.as_deref()))
                    };
                    all.iter().map(|&paper| value(paper)).collect()
                };
                let fused = |ranking| {
                    let query = Query { like: seeds.clone(), ..Query::default() };
                    let mut scores = vec![f32::NEG_INFINITY; snapshot.len()];
                    for n in rank::neighbours(&sources, &query, &Wanted::top(ranking, 0)) {
                        scores[n.paper] = n.score;
                    }
                    scores
                };
                let mean: Vec<f32> = (all.iter())
                    .map(|&paper| {
                        let similarity = |&seed: &usize| {
                            both.vector(seed).and_then(|seed| vectors.similarity(&seed, paper))
                        };
                        seeds.iter().filter_map(similarity).sum()
                    })
                    .collect();
                let of_ours = |recommender: &mut Recommender, views| -> (Vec<f32>, Vec<f32>) {
                    let Some(scores) = recommender.score(&library(views), &taste) else {
                        return (Vec::new(), Vec::new());
                    };
                    all.iter().map(|&paper| (scores.closeness(paper), scores.of(paper))).unzip()
                };
                let penalty = usual_penalty(snapshot.len());
                let (close, total) = of_ours(&mut ours, both);
                let (_, by_words) = of_ours(&mut ours_by_words, words);
                let rankings = [
                    mean,
                    svm(words, penalty),
                    svm(both, penalty),
                    fused(Ranking::Hybrid),
                    close,
                    total,
                    fused(Ranking::Lexical),
                    by_words,
                ];
                for (sum, scores) in sums.iter_mut().zip(&rankings) {
                    let (precision, first_ten) = judged.measure(scores, &seeds, &drawn);
                    sum.0 += precision / arguments.draws as f64;
                    sum.1 += first_ten / arguments.draws as f64;
                }
            }
            let cells: Vec<String> = (sums.iter())
                .map(|(precision, first_ten)| format!("{precision:.3} {first_ten:.2}"))
                .collect();
            println!("| {topics} | {likes} | {} |", cells.join(" | "));
        }
    }
    Ok(())
}

impl Judged {
    /// Average precision, and the precision of the first ten.
    fn measure(&self, scores: &[f32], seeds: &[usize], topics: &[usize]) -> (f64, f64) {
        let mut order: Vec<usize> = (0..scores.len())
            .filter(|paper| self.topics[*paper].is_some() && !seeds.contains(paper))
            .collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let is_hit = |paper: usize| self.topics[paper].is_some_and(|t| topics.contains(&t));
        let (mut hits, mut sum, mut first_ten) = (0.0, 0.0, 0.0);
        for (place, _) in order.iter().enumerate().filter(|(_, paper)| is_hit(**paper)) {
            hits += 1.0;
            sum += hits / (place + 1) as f64;
            if place < 10 {
                first_ten += 0.1;
            }
        }
        (sum / f64::max(hits, 1.0), first_ten)
    }
}

fn embed(store: &mut Store, snapshot: &Snapshot, arguments: &Arguments) -> anyhow::Result<Vectors> {
    let name = arguments.model.to_string_lossy();
    let model = Model::open(&arguments.model, &name, Some(&arguments.library.join("hashes.json")))?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, PrecisionChoice::Auto)?;
    let embedder = Embedder::new(store, &model, encoder.as_ref())?;
    let threads = std::thread::available_parallelism()?.get();
    pool::pool(threads, Priority::Normal)?
        .install(|| embedder.run(store, snapshot, &Control::default(), &mut |_| {}))?;
    Ok(embedder.vectors(store, snapshot)?)
}

/// A seeded generator (splitmix64).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// So many of them, each at most once.
    fn choose(&mut self, from: &[usize], count: usize) -> Vec<usize> {
        let mut from = from.to_vec();
        (0..count.min(from.len())).map(|_| from.swap_remove(self.below(from.len()))).collect()
    }
}

/// Papers of fifty made-up subjects, with vectors of 768 dimensions.
fn made_up(papers: usize) -> anyhow::Result<(Vec<Paper>, Vectors)> {
    const DIMENSIONS: usize = 768;
    const SUBJECTS: usize = 50;
    let mut random = Random::new(7);
    let mut bib = String::new();
    for paper in 0..papers {
        let subject = paper % SUBJECTS;
        // Half of the words are of the subject, and half anyone's, the former rarer.
        let mut words = |count: usize| -> String {
            (0..count)
                .map(|_| {
                    let rank = random.below(2_000) * random.below(2_000) / 2_000;
                    if random.below(2) == 0 {
                        format!("s{subject}x{} ", rank / 10)
                    } else {
                        format!("w{rank} ")
                    }
                })
                .collect()
        };
        let (title, text) = (words(9), words(150));
        let _ = writeln!(bib, "@misc{{p{paper}, title={{{title}}}, abstract={{{text}}}}}");
    }
    let folder = std::env::temp_dir().join(format!("specter-tui-recommend-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("l.bib"), &bib)?;
    let mut store = Store::open(&folder)?;
    import::import(&mut store, &folder.join("l.bib"), 0)?;
    let snapshot = store.snapshot(&[])?;
    drop(store);
    std::fs::remove_dir_all(&folder)?;
    anyhow::ensure!(snapshot.len() == papers, "some papers were taken for one");
    let mut component = || random.below(2_000) as f32 / 1_000.0 - 1.0;
    let centres: Vec<Vec<f32>> =
        (0..SUBJECTS).map(|_| (0..DIMENSIONS).map(|_| component()).collect()).collect();
    let mut vectors = Vectors::new(snapshot.len(), DIMENSIONS, Metric::Cosine);
    for paper in 0..snapshot.len() {
        let row: Vec<f32> =
            centres[paper % SUBJECTS].iter().map(|centre| 0.6 * centre + component()).collect();
        vectors.set(paper, &row)?;
    }
    Ok((snapshot.papers().to_vec(), vectors))
}

fn time(papers: usize) -> anyhow::Result<()> {
    let (papers, vectors) = made_up(papers)?;
    let lexical = Lexical::build(&papers);
    let views = Views { lexical: &lexical, vectors: Some(&vectors) };
    let (marks, clusters) = (Marks::default(), Clusters::default());
    let library = Library { papers: &papers, views, clusters: &clusters, marks: &marks, now: 0 };
    let started = Instant::now();
    let neighbours = Graph::build(&Affinity::new(&lexical, Some(&vectors)))?;
    let mut recommender = Recommender::learn_with_neighbours(views, &neighbours);
    println!(
        "\n{} papers, {} dimensions, {} words: learnt in {:.1} s",
        papers.len(),
        vectors.dimensions(),
        lexical.term_count(),
        started.elapsed().as_secs_f64()
    );
    println!(
        "| likes | retrained (ms, median and most of 21) | with the list (ms) |\n|---|---|---|"
    );
    let mut random = Random::new(3);
    let all: Vec<usize> = (0..papers.len()).collect();
    for count in [1, 10, 50, 200] {
        let mut likes = random.choose(&all, count);
        let unlikes = random.choose(&all, count.div_ceil(5));
        recommender.score(&library, &Taste::of_papers(&likes, &unlikes));
        let (mut retrained, mut listed) = (Vec::new(), Vec::new());
        for _ in 0..21 {
            // One more star each time.
            likes.rotate_right(1);
            likes[0] = random.below(papers.len());
            let taste = Taste::of_papers(&likes, &unlikes);
            let started = Instant::now();
            let scores = recommender.score(&library, &taste);
            retrained.push(started.elapsed().as_secs_f64() * 1e3);
            drop(scores);
            likes[0] = random.below(papers.len());
            let taste = Taste::of_papers(&likes, &unlikes);
            let started = Instant::now();
            let list =
                recommender.recommend(&library, &taste, &Wish { top: 20, ..Wish::default() });
            listed.push(started.elapsed().as_secs_f64() * 1e3);
            anyhow::ensure!(list.len() == 20, "the list is too short");
        }
        let row = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            format!("{:.1}, {:.1}", times[times.len() / 2], times[times.len() - 1])
        };
        println!("| {count} | {} | {} |", row(&mut retrained), row(&mut listed));
    }
    Ok(())
}
