//! Papers and vectors for the tests of this module and its neighbours.

use std::path::PathBuf;
use std::sync::Arc;

use crate::library::extras::Extras;
use crate::library::paper::{Paper, PaperId, Source};

/// A paper with this title and abstract.
pub(crate) fn paper(title: &str, abstract_text: &str) -> Paper {
    Paper {
        missing: false,
        id: PaperId(0),
        key: String::new(),
        other_keys: Vec::new(),
        kind: "article".into(),
        title: title.into(),
        authors: Vec::new(),
        date: None,
        venue: String::new(),
        abstract_text: abstract_text.into(),
        keywords: Vec::new(),
        doi: None,
        arxiv: None,
        url: None,
        file: None,
        extras: Extras::default(),
        source: Source { path: Arc::new(PathBuf::from("/library.bib")), line: 1 },
        added: 0,
        text_hash: Paper::text_hash(title, abstract_text),
    }
}

/// A seeded generator (xorshift64*) of numbers from −1 to 1.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        bits as f32 / (1_u32 << 23) as f32 - 1.0
    }

    pub(crate) fn vector(&mut self, dimensions: usize) -> Vec<f32> {
        (0..dimensions).map(|_| self.next()).collect()
    }
}
