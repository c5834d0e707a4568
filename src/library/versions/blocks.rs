//! Which pairs of papers are worth a comparison.
//!
//! Every paper gets some keys, so made that two versions of a work share one: its title without
//! spaces, without any one word, without its subtitle, and its rarest words with the first author.
//! Papers that share a key are a block, and pairs are made within blocks.

use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::compare::{Frequencies, Title};

/// Papers in the largest block that is looked at. A paper meets at most `LARGEST - 1` others for
/// each of its keys.
pub const LARGEST: usize = 16;

/// Words of a title of which each is left out once; longer titles keep the rest together.
const LEFT_OUT: usize = 24;

/// Rare words that make a key with the first author.
const RARE: usize = 4;

/// Pairs of indices, the smaller first, in order and each once.
pub(super) fn candidates(titles: &[Title], frequencies: &Frequencies<'_>) -> Vec<(usize, usize)> {
    let mut keyed: Vec<(u64, u32)> = titles
        .par_iter()
        .enumerate()
        .filter(|(_, title)| title.is_telling())
        .flat_map_iter(|(index, title)| {
            keys(title, frequencies).into_iter().map(move |key| (key, index as u32))
        })
        .collect();
    keyed.par_sort_unstable();
    keyed.dedup();
    let mut pairs = Vec::new();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() <= LARGEST) {
        for (at, (_, first)) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|(_, second)| (*first, *second)));
        }
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|(first, second)| (first as usize, second as usize)).collect()
}

fn keys(title: &Title, frequencies: &Frequencies<'_>) -> Vec<u64> {
    let words: Vec<u64> = title.words().map(hash).collect();
    let mut keys = Vec::with_capacity(words.len().min(LEFT_OUT) + RARE + 3);
    keys.push(hash(title.words().collect::<String>()));
    keys.push(key(&words, &[]));
    keys.extend((0..words.len().min(LEFT_OUT)).map(|out| key(&words[..out], &words[out + 1..])));
    keys.extend(title.head().map(|count| key(&words[..count], &[])));
    if let Some(author) = title.first_author() {
        let mut rare: Vec<(u32, &str)> =
            title.words().map(|word| (frequencies.get(word), word)).collect();
        rare.sort_unstable();
        rare.dedup();
        keys.extend(rare.iter().take(RARE).map(|(_, word)| hash((author, word))));
    }
    keys
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// One number for a sequence of hashed words that is in two parts. Where two sequences collide, a
/// pair is compared in vain.
fn key(front: &[u64], back: &[u64]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let join = |key: u64, word: &u64| (key.rotate_left(23) ^ word).wrapping_mul(ODD);
    front.iter().chain(back).fold(0, join)
}
