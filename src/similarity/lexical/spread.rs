//! The words and topics of one paper, laid out to be looked up.

use super::Lexical;
use crate::similarity::bytes::Probe;

/// One paper, to be compared with many others; then the next.
#[derive(Debug)]
pub(crate) struct Spread<'a> {
    lexical: &'a Lexical,
    paper: usize,
    /// By term: its weight in the paper.
    weights: Vec<f32>,
    topics: Option<Probe>,
}

impl<'a> Spread<'a> {
    pub(super) fn new(lexical: &'a Lexical, paper: usize) -> Self {
        let weights = vec![0.0; lexical.term_count()];
        let mut spread = Self { lexical, paper, weights, topics: None };
        spread.turn_to(paper);
        spread
    }

    /// Takes another paper in place of this one.
    pub(crate) fn turn_to(&mut self, paper: usize) {
        for &(term, _) in self.lexical.terms(self.paper) {
            self.weights[term as usize] = 0.0;
        }
        for &(term, weight) in self.lexical.terms(paper) {
            self.weights[term as usize] = weight;
        }
        self.paper = paper;
        self.topics = self.lexical.topics.as_ref().map(|topics| topics.probe(paper));
    }

    /// Cosine of the words to another paper's.
    pub(crate) fn words(&self, other: usize) -> f32 {
        let terms = self.lexical.terms(other).iter();
        terms.map(|&(term, weight)| weight * self.weights[term as usize]).sum()
    }

    /// Cosine of the topics to another paper's; `None` where the library has none.
    pub(crate) fn topics(&self, other: usize) -> Option<f32> {
        let topics = self.lexical.topics.as_ref().zip(self.topics.as_ref());
        topics.map(|(topics, probe)| topics.similarity_to(probe, other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::paper;

    #[test]
    fn it_compares_as_pairs_are_compared() {
        let words = ["whale", "song", "ocean", "graph", "colour", "planar", "enzyme", "fold"];
        let mut papers: Vec<_> = (0..40)
            .map(|i| {
                let of = |step: usize| words[(i * step + i / 8) % words.len()];
                paper(of(1), &format!("{} {} {}", of(3), of(5), of(7)))
            })
            .collect();
        papers.push(paper("", ""));
        let lexical = Lexical::build(&papers);
        let mut spread = lexical.spread(40);
        for a in [3, 40, 7, 0] {
            spread.turn_to(a);
            for b in 0..41 {
                assert!((spread.words(b) - lexical.word_similarity(a, b)).abs() < 1e-6);
                assert_eq!(spread.topics(b), lexical.topic_similarity(a, b));
            }
        }
    }
}
