//! What a cosine of words or topics is made of.

use std::borrow::Cow;

use super::Lexical;

/// The terms of a paper or a text, ascending, and their TF-IDF weights: of length 1.
pub type Weighed<'a> = Cow<'a, [(u32, f32)]>;

/// What a cosine of topics is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicParts {
    /// The cosine.
    pub cosine: f32,
    /// The terms of the one side and what each adds, by its closeness to all that the other side is
    /// about; they sum to the cosine. Most first.
    pub of_a: Vec<(String, f32)>,
    /// The same for the terms of the other side: another way to split the same cosine.
    pub of_b: Vec<(String, f32)>,
}

impl Lexical {
    /// The terms of a paper.
    #[must_use]
    pub fn terms_of_paper(&self, paper: usize) -> Weighed<'_> {
        self.terms(paper).into()
    }

    /// The terms of a text, as far as the library has them.
    #[must_use]
    pub fn weighed(&self, text: &str) -> Weighed<'static> {
        self.terms_of(text).into()
    }

    /// The term that stands for a word, where the library has it.
    #[must_use]
    pub fn term_of(&self, word: &str) -> Option<u32> {
        self.vocabulary.get(word)
    }

    /// The terms that both sides have, each with what it adds to their cosine, most first: they sum to
    /// it.
    #[must_use]
    pub fn products(&self, a: &Weighed<'_>, b: &Weighed<'_>) -> Vec<(u32, f32)> {
        let mut shared: Vec<(u32, f32)> = (a.iter())
            .filter_map(|&(term, weight)| {
                let at = b.binary_search_by_key(&term, |&(other, _)| other).ok()?;
                Some((term, weight * b[at].1))
            })
            .collect();
        self.most_first(&mut shared);
        shared
    }

    /// What the cosine of the topics of two sides is made of; `None` where the library has none.
    #[must_use]
    pub fn topic_parts(&self, a: &Weighed<'_>, b: &Weighed<'_>) -> Option<TopicParts> {
        let topics = self.topics.as_ref()?;
        let (point_a, point_b) = (topics.point(a), topics.point(b));
        let named = |mut shares: Vec<(u32, f32)>| -> Vec<(String, f32)> {
            self.most_first(&mut shares);
            let named = |(term, share)| (self.term(term).to_owned(), share);
            shares.into_iter().map(named).collect()
        };
        Some(TopicParts {
            cosine: crate::similarity::vectors::dot(&point_a, &point_b),
            of_a: named(topics.shares(a, &point_b)),
            of_b: named(topics.shares(b, &point_a)),
        })
    }

    fn most_first(&self, terms: &mut [(u32, f32)]) {
        terms.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| self.term(a.0).cmp(self.term(b.0))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::{Numbers, paper};

    #[test]
    fn parts_sum_to_the_cosines() {
        let mut numbers = Numbers::new(5);
        let papers: Vec<_> = (0..60)
            .map(|index| {
                let mut word = || (numbers.next().abs() * 12.0) as usize + 12 * (index % 3);
                paper(
                    &format!("w{} w{} w{}", word(), word(), word()),
                    &format!("w{} w{} x{}", word(), word(), word()),
                )
            })
            .collect();
        let lexical = Lexical::build(&papers);
        let text = "w1 w2 x3 unheard";
        let to_text = lexical.query(text);
        let close = |a: f32, b: f32| (a - b).abs() < 1e-5;
        for (a, whole) in
            [(lexical.terms_of_paper(7), lexical.similarities(7)), (lexical.weighed(text), to_text)]
        {
            for b in [0, 1, 10, 34] {
                let terms = lexical.terms_of_paper(b);
                let products = lexical.products(&a, &terms);
                assert!(products.is_sorted_by(|a, b| a.1 >= b.1));
                assert!(close(products.iter().map(|part| part.1).sum(), whole.words[b]));
                let parts = lexical.topic_parts(&a, &terms).unwrap();
                // Rankings round the papers' points.
                assert!((parts.cosine - whole.topics.as_ref().unwrap()[b]).abs() < 0.02);
                for shares in [&parts.of_a, &parts.of_b] {
                    assert!(close(shares.iter().map(|(_, share)| share).sum(), parts.cosine));
                }
            }
        }
        assert_eq!(lexical.term_of("w1").map(|term| lexical.term(term)), Some("w1"));
        assert_eq!(lexical.term_of("unheard"), None);
    }
}
