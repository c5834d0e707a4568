//! Papers that answer a text in the user's own words: a few words, a question, the abstract of a
//! paper that is being written.
//!
//! Words come first: [`Lexical::query`] needs no model and is there at the next key press. A few
//! words make a poor vector, since models are trained on whole abstracts; so the vectors of the
//! papers that the words find stand for what is meant (pseudo-relevance feedback after Rocchio, 1971,
//! here in the space of the model). The text's own vector, where it is known, joins them with a
//! weight that grows with the text ([`Expansion::own_share`]). What is close to that point counts
//! as in [`super::fuse`].

use super::fuse::{self, Weights};
use super::lexical::Lexical;
use super::rank::{self, Evidence, Neighbour, Sources, Wanted};
use super::vectors::Vectors;

/// What is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sought<'a> {
    /// The text. Terms of the query language in it are words like any others here:
    /// [`Query::within`](crate::library::query::Query::within) takes them out.
    pub text: &'a str,
    /// What the model makes of it, where that is known.
    pub own: Option<Own<'a>>,
    /// Papers that are neither listed nor learnt from, such as the one that the text is of.
    pub without: &'a [usize],
}

/// The model's view of a text.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// Its vector, `[dimensions]`.
    pub vector: &'a [f32],
    /// How many tokens the model read.
    pub tokens: usize,
}

/// How the vector that stands for a text is made.
///
/// Measured by `cargo bench --bench search` on 936 papers of the ACL Anthology with eleven known topics
/// and all-MiniLM-L6-v2 (texts made of each paper, which is left out itself; relevant: the same
/// topic), nDCG@10. With five papers learnt from, and the own vector having this share beside theirs:
///
/// | text | tokens | words alone | own vector alone | 0 | 0.1 | 0.25 | 0.5 | 0.75 | 0.9 | 1 |
/// |---|---|---|---|---|---|---|---|---|---|---|
/// | three words of the abstract | 6 | 0.313 | 0.266 | 0.332 | 0.333 | 0.334 | 0.334 | 0.329 | 0.323 | 0.316 |
/// | title | 16 | 0.706 | 0.734 | 0.739 | 0.742 | 0.745 | 0.753 | 0.760 | 0.762 | 0.761 |
/// | first sentence | 31 | 0.702 | 0.736 | 0.734 | 0.736 | 0.739 | 0.747 | 0.754 | 0.757 | 0.755 |
/// | abstract | 159 | 0.759 | 0.782 | 0.797 | 0.799 | 0.802 | 0.807 | 0.810 | 0.809 | 0.808 |
/// | title and abstract | 173 | 0.773 | 0.786 | 0.805 | 0.807 | 0.810 | 0.816 | 0.817 | 0.816 | 0.814 |
///
/// So few words gain from what is learnt, and long texts from both. With 1, 3, 5, 10, 20 and 40 papers
/// learnt from and no own vector it was 0.741, 0.740, 0.739, 0.734, 0.729 and 0.718 for titles, 0.792,
/// 0.801, 0.797, 0.794, 0.794 and 0.785 for abstracts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expansion {
    /// So many papers that the words find best stand for what is meant.
    pub papers: usize,
    /// With so many tokens the text's own vector has half of the share that it can have.
    pub half_tokens: f64,
    /// The share that the own vector of a long text has.
    pub most: f64,
}

impl Default for Expansion {
    /// Those chosen by the measurements above.
    fn default() -> Self {
        Self { papers: 5, half_tokens: 8.0, most: 0.9 }
    }
}

impl Expansion {
    /// What the own vector of a text of so many tokens counts for, from 0 to 1, beside those of the
    /// papers found.
    #[must_use]
    pub fn own_share(&self, tokens: usize) -> f64 {
        let tokens = (tokens as f64).powi(2);
        self.most * tokens / (tokens + self.half_tokens.powi(2))
    }

    /// The point in the space of the model that stands for what is sought, `[dimensions]`, as
    /// [`Vectors::similarity`] takes it. `lexical` says what the words find, `[papers]`, in standard
    /// deviations. `None` where they find no paper that has a vector, and the text has none.
    #[must_use]
    pub fn probe(
        &self,
        sought: &Sought<'_>,
        lexical: &[f64],
        vectors: &Vectors,
    ) -> Option<Vec<f32>> {
        // A vector of another model cannot be used; whoever made it has been told.
        let own = sought.own.and_then(|own| Some((vectors.prepare(own.vector).ok()?, own.tokens)));
        let feedback = self.feedback(sought, lexical, vectors);
        let (mean, own, share) = match (feedback, own) {
            (Some(mean), Some((own, tokens))) => (mean, own, self.own_share(tokens)),
            (Some(mean), None) => return Some(mean),
            (None, own) => return own.map(|(own, _)| own),
        };
        let mixed: Vec<f32> = (mean.iter().zip(&own))
            .map(|(mean, own)| ((1.0 - share) * f64::from(*mean) + share * f64::from(*own)) as f32)
            .collect();
        // Two that are exactly opposite have no mean direction; then the text speaks for itself.
        Some(vectors.prepare(&mixed).unwrap_or(own))
    }

    /// The mean of the vectors of the papers that the words find, each by its score.
    fn feedback(
        &self,
        sought: &Sought<'_>,
        lexical: &[f64],
        vectors: &Vectors,
    ) -> Option<Vec<f32>> {
        let mut found: Vec<usize> = (0..lexical.len())
            .filter(|paper| lexical[*paper] > 0.0 && vectors.has(*paper))
            .filter(|paper| !sought.without.contains(paper))
            .collect();
        let best_first = |a: &usize, b: &usize| lexical[*b].total_cmp(&lexical[*a]).then(a.cmp(b));
        if self.papers < found.len() {
            found.select_nth_unstable_by(self.papers, best_first);
            found.truncate(self.papers);
        }
        found.sort_unstable_by(best_first);
        let total: f64 = found.iter().map(|&paper| lexical[paper]).sum();
        let mut mean = vec![0.0_f64; vectors.dimensions()];
        for &paper in &found {
            let weight = lexical[paper] / total;
            for (sum, value) in mean.iter_mut().zip(vectors.get(paper)?) {
                *sum += weight * f64::from(value);
            }
        }
        let mean: Vec<f32> = mean.into_iter().map(|value| value as f32).collect();
        (!found.is_empty()).then(|| vectors.prepare(&mean).ok()).flatten()
    }
}

/// Compares a text with every paper.
#[must_use]
pub fn evidence(
    lexical: &Lexical,
    vectors: Option<&Vectors>,
    sought: &Sought<'_>,
    expansion: &Expansion,
) -> Evidence {
    let closeness = lexical.query(sought.text);
    let dense = vectors.and_then(|vectors| {
        let weights = Weights::default();
        let scores = fuse::lexical(&weights, &closeness.words, closeness.topics.as_deref());
        let probe = expansion.probe(sought, &scores, vectors)?;
        Some(vectors.similarities(&[&probe], |to_one| to_one[0]))
    });
    Evidence { closeness, dense }
}

/// The papers that answer a text best, ordered and scored as [`neighbours`](rank::neighbours) are;
/// their percentile compares the text with pairs of papers.
#[must_use]
pub fn search(sources: &Sources<'_>, sought: &Sought<'_>, wanted: &Wanted<'_>) -> Vec<Neighbour> {
    let evidence = evidence(sources.lexical, sources.vectors, sought, &Expansion::default());
    let mut without = sought.without.to_vec();
    without.sort_unstable();
    without.dedup();
    rank::ranked(sources, evidence, &without, wanted)
}

#[cfg(test)]
mod tests;
