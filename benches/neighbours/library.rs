//! A library of any size out of a real one, with vectors.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use candle_core::{Device, Tensor};
use specter_tui::library::import;
use specter_tui::library::paper::{Paper, PaperId, Snapshot};
use specter_tui::library::store::Store;
use specter_tui::similarity::tokens::{for_each_word, is_stop_word};

/// One word in so many of a repeated paper is another paper's.
const CHANGED: u64 = 4;

/// The papers of a file; where more are wanted, again with some words taken from others.
pub fn papers(bib: &Path, wanted: Option<usize>) -> anyhow::Result<Snapshot> {
    let folder = tempfile::tempdir()?;
    // By a process of its own, whose memory is not counted here.
    let status = Command::new(env!("CARGO_BIN_EXE_specter-tui"))
        .env("SPECTER_TUI_LIBRARY", folder.path())
        .arg("import")
        .arg(bib)
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(status.success(), "{} cannot be imported", bib.display());
    let snapshot = Store::open(folder.path())?.snapshot(&[import::source_path(bib)?])?;
    anyhow::ensure!(!snapshot.is_empty(), "{} has no papers", bib.display());
    let papers = snapshot.papers();
    let wanted = wanted.unwrap_or(papers.len());
    let repeated = (0..wanted).map(|index| {
        let mut paper = papers[index % papers.len()].clone();
        if index >= papers.len() {
            let other = &papers[mixed(index as u64) as usize % papers.len()];
            paper.id = PaperId(index as i64 + 1_000_000);
            paper.key = format!("{}-{}", paper.key, index / papers.len());
            paper.title = noisy(&paper.title, &other.title, index);
            paper.abstract_text = noisy(&paper.abstract_text, &other.abstract_text, index);
            paper.text_hash = Paper::text_hash(&paper.title, &paper.abstract_text);
        }
        paper
    });
    Ok(Snapshot::new(repeated.collect()))
}

fn noisy(text: &str, other: &str, seed: usize) -> String {
    let others: Vec<&str> = other.split_whitespace().collect();
    let words = text.split_whitespace().enumerate().map(|(place, word)| {
        let number = mixed((seed * 1009 + place) as u64);
        let replaced = number.is_multiple_of(CHANGED) && !others.is_empty();
        if replaced { others[(number / CHANGED) as usize % others.len()] } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Calls `visit` with a vector for each paper, `[dimensions]`, of length 1. They lie close where texts do:
/// each word has a random direction, and a text goes into the directions of its words, the rarer the
/// further.
pub fn each_row(
    papers: &[Paper],
    dimensions: usize,
    mut visit: impl FnMut(usize, &[f32]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for paper in papers {
        for word in words(paper) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut row = vec![0.0; dimensions];
    for (index, paper) in papers.iter().enumerate() {
        row.fill(0.0);
        for word in words(paper) {
            let weight = (papers.len() as f32 / counts[&word] as f32).ln();
            for (place, chunk) in row.chunks_mut(64).enumerate() {
                let bits = mixed(word.wrapping_add(place as u64));
                for (bit, value) in chunk.iter_mut().enumerate() {
                    *value += if bits >> bit & 1 == 0 { weight } else { -weight };
                }
            }
        }
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            for value in &mut row {
                *value /= length;
            }
        } else {
            row[0] = 1.0;
        }
        visit(index, &row)?;
    }
    Ok(())
}

/// Hashes of the words of a paper, each once.
fn words(paper: &Paper) -> Vec<u64> {
    let mut words = Vec::new();
    for text in [&paper.title, &paper.abstract_text] {
        for_each_word(text, |word| {
            if !is_stop_word(word) {
                words.push(word.bytes().fold(7, |hash, byte| mixed(hash ^ u64::from(byte))));
            }
        });
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Papers all over the library.
pub fn queries(papers: usize, count: usize) -> Vec<usize> {
    (0..count as u64).map(|number| mixed(number) as usize % papers).collect()
}

/// For programs in other languages.
pub fn write(
    folder: &Path,
    snapshot: &Snapshot,
    dimensions: usize,
    count: usize,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut texts = String::new();
    for paper in snapshot.papers() {
        let words = paper.title.split_whitespace().chain(paper.abstract_text.split_whitespace());
        writeln!(texts, "{}", words.collect::<Vec<_>>().join(" "))?;
    }
    std::fs::write(folder.join("texts.txt"), texts)?;
    let numbers: Vec<String> =
        queries(snapshot.len(), count).iter().map(usize::to_string).collect();
    std::fs::write(folder.join("queries.txt"), numbers.join("\n"))?;
    let mut rows = Vec::with_capacity(snapshot.len() * dimensions);
    each_row(snapshot.papers(), dimensions, |_, row| {
        rows.extend_from_slice(row);
        Ok(())
    })?;
    Tensor::from_vec(rows, (snapshot.len(), dimensions), &Device::Cpu)?
        .write_npy(folder.join("vectors.npy"))
        .with_context(|| format!("cannot write into {}", folder.display()))
}

/// The bits of a number thrown about (splitmix64 by Steele, Lea and Flood, 2014).
fn mixed(number: u64) -> u64 {
    let state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
