//! What is to be embedded, and in which order.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::library::paper::{Paper, TextHash};

/// Is there anything to embed?
pub(super) fn has_text(paper: &Paper) -> bool {
    !paper.title.is_empty() || !paper.abstract_text.is_empty()
}

/// A text to embed, and the papers that have it.
pub(super) struct Text {
    pub(super) hash: TextHash,
    pub(super) papers: Vec<usize>,
    bytes: usize,
    pending: bool,
}

/// Texts without a vector, sorted by length so that a micro-batch holds texts of like length; the
/// longest first, so that the estimate of the time left is not too rosy.
pub(super) struct Queue {
    pub(super) texts: Vec<Text>,
    at: HashMap<TextHash, usize>,
    /// Before this one none is pending.
    line: usize,
    /// Papers and bytes still pending.
    pub(super) papers: usize,
    pub(super) bytes: usize,
}

impl Queue {
    pub(super) fn new(papers: &[Paper], done: &HashSet<TextHash>) -> Self {
        let mut texts: Vec<Text> = Vec::new();
        let mut at: HashMap<TextHash, usize> = HashMap::new();
        for (index, paper) in papers.iter().enumerate() {
            if !has_text(paper) || done.contains(&paper.text_hash) {
                continue;
            }
            let slot = *at.entry(paper.text_hash).or_insert(texts.len());
            if slot == texts.len() {
                texts.push(Text {
                    hash: paper.text_hash,
                    papers: Vec::new(),
                    bytes: paper.title.len() + paper.abstract_text.len(),
                    pending: true,
                });
            }
            texts[slot].papers.push(index);
        }
        texts.sort_by_key(|text| Reverse((text.bytes, text.hash)));
        Self {
            at: texts.iter().enumerate().map(|(at, text)| (text.hash, at)).collect(),
            line: 0,
            papers: texts.iter().map(|text| text.papers.len()).sum(),
            bytes: texts.iter().map(|text| text.bytes).sum(),
            texts,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.papers == 0
    }

    /// Pending texts in focus, or, where there are none, the next `most` that are pending.
    pub(super) fn candidates(&mut self, focus: &[TextHash], most: usize) -> Vec<usize> {
        while self.texts.get(self.line).is_some_and(|text| !text.pending) {
            self.line += 1;
        }
        let pending = |at: &usize| self.texts[*at].pending;
        let mut seen = HashSet::new();
        let focused: Vec<usize> = focus
            .iter()
            .filter_map(|hash| self.at.get(hash).copied())
            .filter(|at| pending(at) && seen.insert(*at))
            .collect();
        if !focused.is_empty() {
            return focused;
        }
        (self.line..self.texts.len()).filter(pending).take(most).collect()
    }

    /// Pending texts that are among others.
    pub(super) fn pending_among(&self, others: &HashSet<TextHash>) -> Vec<usize> {
        let pending = self.texts.iter().enumerate().filter(|(_, text)| text.pending);
        pending.filter(|(_, text)| others.contains(&text.hash)).map(|(at, _)| at).collect()
    }

    /// Takes a text out of the line.
    pub(super) fn remove(&mut self, at: usize) -> &Text {
        let text = &mut self.texts[at];
        debug_assert!(text.pending, "taken twice");
        text.pending = false;
        self.papers -= text.papers.len();
        self.bytes -= text.bytes;
        text
    }
}
