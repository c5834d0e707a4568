//! How good and how fast searching in one's own words is, and how fast a list is filtered. See
//! `benches/README.md`.

#![allow(missing_docs)]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;
use rayon::prelude::*;
use specter_tui::embed::encoder::{self, DeviceChoice, Encoder, PrecisionChoice};
use specter_tui::embed::model::Model;
use specter_tui::embed::pool::{self, Priority};
use specter_tui::embed::text::Tokenizer;
use specter_tui::embed::worker::{Control, Embedder};
use specter_tui::library::import;
use specter_tui::library::paper::{Paper, PaperId, Snapshot};
use specter_tui::library::query::{Folded, Known, Query};
use specter_tui::library::store::Store;
use specter_tui::similarity::fuse::{self, Weights};
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{Ranking, Sources, Wanted};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::search::{self, Expansion, Own, Sought};
use specter_tui::similarity::tokens::{for_each_word, is_stop_word};
use specter_tui::similarity::vectors::Vectors;

/// Keys pressed for each timing.
const PRESSES: usize = 400;

#[derive(Debug, Parser)]
struct Arguments {
    /// The library
    #[arg(long, value_name = "FILE")]
    bib: PathBuf,
    /// `key<TAB>topic` a line; papers of one topic are relevant to each other. Without it only times
    /// are measured
    #[arg(long, value_name = "FILE")]
    relevance: Option<PathBuf>,
    /// Folder of the model
    #[arg(long, default_value = "models/all-MiniLM-L6-v2", value_name = "FOLDER")]
    model: PathBuf,
    /// Folder in which vectors are kept from one run to the next
    #[arg(long, default_value = "target/ranking", value_name = "FOLDER")]
    library: PathBuf,
    /// Precision of the vectors
    #[arg(long, default_value = "auto")]
    precision: PrecisionChoice,
    /// Leave out papers that the relevances do not name
    #[arg(long)]
    only: bool,
    /// Take one paper in so many as a query
    #[arg(long, default_value_t = 1, value_name = "N")]
    every: usize,
    /// Print nDCG@10 for other numbers of papers learnt from and other shares of the own vector, too
    #[arg(long)]
    ablation: bool,
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
    let topics = match &arguments.relevance {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?,
        None => String::new(),
    };
    let named: Vec<(&str, &str)> =
        topics.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    let snapshot = if arguments.only {
        let papers = named.iter().filter_map(|(key, _)| snapshot.by_key(key));
        Snapshot::new(papers.map(|paper| snapshot.papers()[paper].clone()).collect())
    } else {
        snapshot
    };
    let topics = (named.iter())
        .map(|&(key, topic)| {
            let paper = snapshot.by_key(key);
            Ok((paper.with_context(|| format!("the library has no paper {key}"))?, topic))
        })
        .collect::<anyhow::Result<Vec<(usize, &str)>>>()?;

    let name = arguments.model.to_string_lossy();
    let model = Model::open(&arguments.model, &name, Some(&arguments.library.join("hashes.json")))?;
    let encoder = encoder::load(&model, DeviceChoice::Cpu, arguments.precision)?;
    let embedder = Embedder::new(&store, &model, encoder.as_ref())?;
    let threads = std::thread::available_parallelism()?.get();
    let pool = pool::pool(threads, Priority::Normal)?;
    pool.install(|| embedder.run(&mut store, &snapshot, &Control::default(), &mut |_| {}))?;
    let vectors = embedder.vectors(&mut store, &snapshot)?;
    let lexical = Lexical::build(snapshot.papers());
    println!("{} papers, {} of them with a vector", snapshot.len(), vectors.count());

    if !topics.is_empty() {
        let bench = Bench { snapshot: &snapshot, lexical: &lexical, vectors: &vectors, topics };
        let tokenizer = model.tokenizer()?;
        pool.install(|| bench.quality(&tokenizer, encoder.as_ref(), &arguments))?;
    }
    time_searches(&snapshot, &lexical, &vectors);
    time_filters(&snapshot);
    Ok(())
}

/// What is made of a paper to look for its like.
const KINDS: [&str; 5] = ["three words", "title", "first sentence", "abstract", "title, abstract"];

fn text(kind: &str, paper: &Paper) -> String {
    match kind {
        "three words" => three_words(paper),
        "title" => paper.title.clone(),
        "first sentence" => {
            let end = paper.abstract_text.find(". ").map_or(paper.abstract_text.len(), |at| at + 1);
            paper.abstract_text[..end].to_owned()
        }
        "abstract" => paper.abstract_text.clone(),
        _ => format!("{}. {}", paper.title, paper.abstract_text),
    }
}

/// Three different words of the abstract that are no stop words, picked by the hash of the text: as
/// good as chance, and always the same.
fn three_words(paper: &Paper) -> String {
    let mut words: Vec<String> = Vec::new();
    for_each_word(&paper.abstract_text, |word| {
        if !is_stop_word(word) && word.len() > 2 && !words.iter().any(|other| other == word) {
            words.push(word.to_owned());
        }
    });
    let mut picked = Vec::new();
    for byte in paper.text_hash.iter().take(3) {
        if !words.is_empty() {
            picked.push(words.remove(usize::from(*byte) % words.len()));
        }
    }
    picked.join(" ")
}

struct Bench<'a> {
    snapshot: &'a Snapshot,
    lexical: &'a Lexical,
    vectors: &'a Vectors,
    /// Papers and their topics.
    topics: Vec<(usize, &'a str)>,
}

/// A text to look for, and what is known of it.
struct Case {
    /// Place in the topics.
    place: usize,
    text: String,
    vector: Vec<f32>,
    tokens: usize,
    /// Scores by words, `[papers]`.
    words: Vec<f64>,
}

impl Case {
    fn own(&self) -> Own<'_> {
        Own { vector: &self.vector, tokens: self.tokens }
    }
}

impl Bench<'_> {
    fn quality(
        &self,
        tokenizer: &Tokenizer,
        encoder: &dyn Encoder,
        arguments: &Arguments,
    ) -> anyhow::Result<()> {
        let own = Expansion { half_tokens: 0.0, most: 1.0, ..Expansion::default() };
        println!(
            "\nnDCG@10 | mean tokens | words | own vector | learnt vector | words, own | words, \
             learnt | words, both\n|---|---|---|---|---|---|---|---|"
        );
        let mut all = Vec::new();
        for kind in KINDS {
            let cases = self.cases(kind, tokenizer, encoder, arguments.every)?;
            let tokens = cases.iter().map(|case| case.tokens).sum::<usize>() / cases.len();
            let columns = [
                self.mean(&cases, |case| case.words.clone()),
                self.mean(&cases, |case| self.dense(case, &own, true)),
                self.mean(&cases, |case| self.dense(case, &Expansion::default(), false)),
                self.mean(&cases, |case| self.fused(case, &own, true)),
                self.mean(&cases, |case| self.fused(case, &Expansion::default(), false)),
                self.mean(&cases, |case| self.fused(case, &Expansion::default(), true)),
            ];
            let columns: Vec<String> = columns.iter().map(|mean| format!("{mean:.4}")).collect();
            println!("| {kind} | {tokens} | {} |", columns.join(" | "));
            all.push((kind, cases));
        }
        if !arguments.ablation {
            return Ok(());
        }
        println!("\nPapers learnt from, no own vector\n");
        let papers = [1, 2, 3, 5, 10, 20, 40];
        for (kind, cases) in &all {
            let row = papers.map(|papers| {
                let expansion = Expansion { papers, ..Expansion::default() };
                let mean = self.mean(cases, |case| self.fused(case, &expansion, false));
                format!("{mean:.4}")
            });
            println!("| {kind} | {} |", row.join(" | "));
        }
        println!("\nShare of the own vector\n");
        let shares = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];
        for papers in [3, 5, 10, 20] {
            println!("{papers} papers learnt from");
            for (kind, cases) in &all {
                let row = shares.map(|share: f64| {
                    let mean = self.mean(cases, |case| {
                        let fixed = Expansion { papers, half_tokens: 0.0, most: share };
                        self.fused(case, &fixed, true)
                    });
                    format!("{mean:.4}")
                });
                println!("| {kind} | {} |", row.join(" | "));
            }
        }
        println!("\nTokens for half of the share\n");
        let halves = [0.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
        for (kind, cases) in &all {
            let row = halves.map(|half_tokens| {
                let expansion = Expansion { half_tokens, ..Expansion::default() };
                format!("{:.4}", self.mean(cases, |case| self.fused(case, &expansion, true)))
            });
            println!("| {kind} | {} |", row.join(" | "));
        }
        Ok(())
    }

    fn cases(
        &self,
        kind: &str,
        tokenizer: &Tokenizer,
        encoder: &dyn Encoder,
        every: usize,
    ) -> anyhow::Result<Vec<Case>> {
        let papers = self.snapshot.papers();
        let texts: Vec<(usize, String)> = (0..self.topics.len())
            .step_by(every)
            .filter(|&place| !papers[self.topics[place].0].title_only())
            .map(|place| (place, text(kind, &papers[self.topics[place].0])))
            .collect();
        let tokens = texts
            .iter()
            .map(|(_, text)| tokenizer.tokens(text, ""))
            .collect::<Result<Vec<_>, _>>()?;
        let batch: Vec<&[u32]> = tokens.iter().map(Vec::as_slice).collect();
        let embedded = encoder.encode(&batch, &AtomicBool::new(false))?;
        let cases = texts.into_iter().zip(embedded).zip(&tokens);
        Ok(cases
            .map(|(((place, text), vector), tokens)| {
                let found = self.lexical.query(&text);
                let topics = found.topics.as_deref();
                let words = fuse::lexical(&Weights::default(), &found.words, topics);
                Case { place, text, vector, tokens: tokens.len(), words }
            })
            .collect())
    }

    /// Similarities to what stands for the text, `[papers]`; `own` says whether its own vector is
    /// known.
    fn similarities(&self, case: &Case, expansion: &Expansion, own: bool) -> Vec<Option<f32>> {
        let without = [self.topics[case.place].0];
        let own = own.then(|| case.own());
        let sought = Sought { text: &case.text, own, without: &without };
        match expansion.probe(&sought, &case.words, self.vectors) {
            Some(probe) => self.vectors.similarities(&[&probe], |similarity| similarity[0]),
            None => vec![None; self.vectors.papers()],
        }
    }

    fn dense(&self, case: &Case, expansion: &Expansion, own: bool) -> Vec<f64> {
        let dense = self.similarities(case, expansion, own);
        dense.into_iter().map(|similarity| similarity.map_or(f64::MIN, f64::from)).collect()
    }

    fn fused(&self, case: &Case, expansion: &Expansion, own: bool) -> Vec<f64> {
        let dense = self.similarities(case, expansion, own);
        fuse::fuse(&Weights::default(), &case.words, &dense)
    }

    /// The mean over the texts of the nDCG@10 of the other papers with a topic, by these scores.
    fn mean(&self, cases: &[Case], scores: impl Fn(&Case) -> Vec<f64> + Sync) -> f64 {
        let each: Vec<f64> = (cases.par_iter())
            .map(|case| {
                let scores = scores(case);
                let mut others: Vec<usize> =
                    (0..self.topics.len()).filter(|&place| place != case.place).collect();
                let score = |place: usize| scores[self.topics[place].0];
                others.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
                let is_relevant =
                    |&place: &usize| self.topics[place].1 == self.topics[case.place].1;
                let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
                let gain: f64 = (others.iter().take(10).enumerate())
                    .filter(|(_, other)| is_relevant(other))
                    .map(|(place, _)| discount(place))
                    .sum();
                let relevant = others.iter().filter(|other| is_relevant(other)).count();
                gain / (0..relevant.min(10)).map(discount).sum::<f64>()
            })
            .collect();
        each.iter().sum::<f64>() / each.len() as f64
    }
}

/// Prints the median and the longest of some times.
fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let millis = |at: usize| times[at].as_secs_f64() * 1e3;
    println!(
        "{what}: median {:.2} ms, 99 % {:.2} ms, longest {:.2} ms",
        millis(times.len() / 2),
        millis(times.len() * 99 / 100),
        millis(times.len() - 1)
    );
}

/// Beginnings of titles, as they are typed letter by letter.
fn beginnings(snapshot: &Snapshot) -> Vec<String> {
    let papers = snapshot.papers();
    let step = (papers.len() / (PRESSES / 16)).max(1);
    (papers.iter().step_by(step))
        .flat_map(|paper| {
            let letters = paper.title.chars().count().min(48);
            (1..=16).map(move |part| paper.title.chars().take(letters * part / 16).collect())
        })
        .take(PRESSES)
        .collect()
}

fn time_searches(snapshot: &Snapshot, lexical: &Lexical, vectors: &Vectors) {
    println!();
    let papers = snapshot.papers();
    let abstracts: Vec<String> = (papers.iter().filter(|paper| !paper.title_only()))
        .take(100)
        .map(|paper| paper.abstract_text.clone())
        .collect();
    let vectors = Some(vectors);
    let scale = Scale::new(papers.len(), lexical, vectors);
    let sources = Sources { papers, lexical, vectors, scale: &scale, works: None };
    for (what, texts) in [("key press", beginnings(snapshot)), ("abstract", abstracts)] {
        let times = texts.iter().map(|text| {
            let sought = Sought { text, ..Sought::default() };
            let start = Instant::now();
            let wanted = Wanted::top(Ranking::Hybrid, 100);
            std::hint::black_box(search::search(&sources, &sought, &wanted));
            start.elapsed()
        });
        report(&format!("search, {what}, {} papers", papers.len()), times.collect());
    }
}

fn time_filters(snapshot: &Snapshot) {
    println!();
    let copies = 100_000_usize.div_ceil(snapshot.len().max(1));
    let many: Vec<Paper> = (0..copies)
        .flat_map(|_| snapshot.papers().iter().cloned())
        .take(100_000)
        .enumerate()
        .map(|(index, paper)| Paper { id: PaperId(index as i64), ..paper })
        .collect();
    for papers in [snapshot.papers(), &many] {
        let start = Instant::now();
        let folded = Folded::new(papers);
        println!("folding {} papers: {:.1} ms", papers.len(), start.elapsed().as_secs_f64() * 1e3);
        let typed: Vec<String> = beginnings(snapshot);
        let fields = [
            "author:smi",
            "year:2015..",
            "\"neural machine\"",
            "-title:the parsing OR translation",
            "has:doi is:unread venue:acl",
            "doi:10.18",
            "type:inproc tag:x",
        ];
        let fields: Vec<String> =
            fields.iter().cycle().take(100).map(|text| (*text).to_owned()).collect();
        let start = Instant::now();
        let select = |text: &str| {
            let (query, _) = Query::typed(text);
            std::hint::black_box(folded.select(papers, &query, &Known::default()));
        };
        select("abstract:zyzzyva");
        let first = start.elapsed().as_secs_f64() * 1e3;
        let abstracts = vec!["abstract:\"neural network\" -abstract:transformer".to_owned(); 50];
        for (what, texts) in [("words", typed), ("fields", fields), ("abstracts", abstracts)] {
            let times = texts.iter().map(|text| {
                let start = Instant::now();
                select(text);
                start.elapsed()
            });
            report(&format!("filter, {what}, {} papers", papers.len()), times.collect());
        }
        println!("filter, first word asked of abstracts: {first:.1} ms");
    }
}
