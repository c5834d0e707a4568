//! How fast a `.bib` file is read, part by part, on one core: bytes to text, text to entries,
//! entries to what a reader sees.
//!
//! The file is that of `SPECTER_TUI_BENCH_BIB`, else the sample library.

#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use specter_tui::library::bibtex::{Entry, scan, to_text};
use specter_tui::library::import::parse::parse;
use specter_tui::library::{latex, names};

/// Decodes every field in which LaTeX means something, authors as names.
fn decode(entries: &[Entry<'_>]) {
    for field in entries.iter().flat_map(|entry| &entry.fields) {
        match &*field.name {
            "file" | "url" | "doi" | "eprint" => {}
            "author" | "editor" => {
                black_box(names::parse(&field.value));
            }
            _ => {
                black_box(latex::to_unicode(&field.value));
            }
        }
    }
}

fn import(criterion: &mut Criterion) {
    let sample = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample.bib");
    let path = std::env::var_os("SPECTER_TUI_BENCH_BIB").map_or_else(sample, PathBuf::from);
    let bytes = std::fs::read(&path).expect("SPECTER_TUI_BENCH_BIB names a file");
    let (text, _) = to_text(&bytes);
    let entries = scan(&text).entries;
    println!("{}: {} bytes, {} entries", path.display(), bytes.len(), entries.len());

    let mut group = criterion.benchmark_group("import");
    group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(20);
    group.bench_function("to_text", |bench| bench.iter(|| to_text(black_box(&bytes)).0.len()));
    group.bench_function("scan", |bench| bench.iter(|| scan(black_box(&text)).entries.len()));
    group.bench_function("decode", |bench| bench.iter(|| decode(black_box(&entries))));
    group.bench_function("whole file, one core", |bench| {
        bench.iter(|| decode(&scan(&to_text(black_box(&bytes)).0).entries));
    });
    group.bench_function("papers, all cores", |bench| {
        bench.iter(|| parse(black_box(&bytes)).papers.len());
    });
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);
