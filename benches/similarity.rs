//! How fast words and vectors answer in a library of 16,851 papers, the size of the largest that
//! the program is tested with. Papers and vectors are made up by a seeded generator: words by
//! Zipf's law, about 140 to a paper, and vectors around 200 centres.

#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use specter_tui::embed::model::Metric;
use specter_tui::library::extras::Extras;
use specter_tui::library::paper::{Paper, PaperId, Source};
use specter_tui::similarity::lexical::Lexical;
use specter_tui::similarity::rank::{Query, Ranking, Sources, Wanted, neighbours};
use specter_tui::similarity::scale::Scale;
use specter_tui::similarity::vectors::Vectors;

const PAPERS: usize = 16_851;
const VOCABULARY: f64 = 40_000.0;

/// A seeded generator (xorshift64*).
struct Numbers(u64);

impl Numbers {
    /// Evenly from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Words whose frequency falls with the inverse of their rank.
    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> =
            (0..count).map(|_| format!("word{}", VOCABULARY.powf(self.next()) as usize)).collect();
        words.join(" ")
    }
}

fn papers() -> Vec<Paper> {
    let mut numbers = Numbers(0x5eed);
    let path = Arc::new(PathBuf::from("/library.bib"));
    (0..)
        .take(PAPERS)
        .map(|i| {
            let (title, abstract_text) = (numbers.words(10), numbers.words(130));
            Paper {
                missing: false,
                id: PaperId(i),
                key: format!("paper{i}"),
                other_keys: Vec::new(),
                kind: "article".into(),
                text_hash: Paper::text_hash(&title, &abstract_text),
                title,
                authors: Vec::new(),
                date: None,
                venue: String::new(),
                abstract_text,
                keywords: Vec::new(),
                doi: None,
                arxiv: None,
                url: None,
                file: None,
                extras: Extras::default(),
                source: Source { path: Arc::clone(&path), line: 1 },
                added: 0,
            }
        })
        .collect()
}

fn vectors(dimensions: usize, metric: Metric) -> Vectors {
    let mut numbers = Numbers(0x5eed);
    let mut row = |scale: f64| -> Vec<f32> {
        (0..dimensions).map(|_| (scale * (numbers.next() - 0.5)) as f32).collect()
    };
    let centres: Vec<Vec<f32>> = (0..200).map(|_| row(1.0)).collect();
    let mut vectors = Vectors::new(PAPERS, dimensions, metric);
    for paper in 0..PAPERS {
        let spread = row(0.7);
        let centre = &centres[paper % centres.len()];
        let row: Vec<f32> = centre.iter().zip(&spread).map(|(c, s)| c + s).collect();
        vectors.set(paper, &row).expect("finite");
    }
    vectors
}

fn similarity(criterion: &mut Criterion) {
    let papers = papers();
    let mut group = criterion.benchmark_group("similarity");
    group.sample_size(10);
    group.bench_function("lexical build", |bench| {
        bench.iter(|| Lexical::build(&papers));
    });
    let lexical = Lexical::build(&papers);

    group.sample_size(50);
    // Strides that share no factor with the number of papers visit papers of all kinds.
    let mut paper = 0;
    let mut next = move || {
        paper = (paper + 7_919) % PAPERS;
        paper
    };
    group.bench_function("lexical similarities", |bench| {
        bench.iter(|| lexical.similarities(black_box(next())));
    });
    group.bench_function("lexical query of ten words", |bench| {
        bench.iter(|| lexical.query(black_box(&papers[next()].title)));
    });
    for (dimensions, metric) in [(384, Metric::Cosine), (768, Metric::Euclidean)] {
        let vectors = vectors(dimensions, metric);
        let scale = Scale::new(PAPERS, &lexical, Some(&vectors));
        let sources = Sources {
            papers: &papers,
            lexical: &lexical,
            vectors: Some(&vectors),
            scale: &scale,
            works: None,
        };
        for (name, ranking, top) in [
            ("hybrid top 20", Ranking::Hybrid, 20),
            ("hybrid all", Ranking::Hybrid, 0),
            ("dense top 20", Ranking::Dense, 20),
        ] {
            group.bench_function(format!("{name} × {dimensions}"), |bench| {
                bench.iter(|| {
                    let query = Query::like(next());
                    neighbours(&sources, &query, &Wanted::top(ranking, top))
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, similarity);
criterion_main!(benches);
