//! Papers that answer a text in the user's own words: a few words, a question, the abstract of a
//! paper that is being written.
//!
//! Words come first: [`Lexical::query`] needs no model and is there at the next key press. A few
//! words make a poor vector, since models are trained on whole abstracts; so the vectors of the
//! papers that the words find stand for what is meant (pseudo-relevance feedback after Rocchio, 1971,
//! here in the space of the model). The text's own vector, where it is known, joins them with a
//! weight that grows with the text ([`Expansion::own_share`]). What is close to that point counts
//! as in [`fuse`](super::fuse).

use super::fuse::{self, Weights};
use super::lexical::{Closeness, Lexical};
use super::rank::{Basis, Ranking};
use super::vectors::Vectors;
use crate::library::paper::Paper;

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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expansion {
    /// So many papers that the words find best stand for what is meant.
    pub papers: usize,
    /// With so many tokens the text's own vector counts as much as those.
    pub even_tokens: f64,
}

impl Default for Expansion {
    fn default() -> Self {
        Self { papers: 10, even_tokens: 32.0 }
    }
}

impl Expansion {
    /// What the own vector of a text of so many tokens counts for, from 0 to 1, beside those of the
    /// papers found.
    #[must_use]
    pub fn own_share(&self, tokens: usize) -> f64 {
        let tokens = (tokens as f64).powi(2);
        tokens / (tokens + self.even_tokens.powi(2))
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

/// How close each paper is to what is sought, in each kind of similarity.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// By words and topics, `[papers]`.
    pub closeness: Closeness,
    /// By vectors, `[papers]`, `None` for a paper without one; `None` where nothing is known to
    /// compare them with.
    pub dense: Option<Vec<Option<f32>>>,
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

/// A paper of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Index into the snapshot.
    pub paper: usize,
    /// What the list is ordered by; greater is closer. Hybrid: standard deviations above the mean
    /// paper. Dense, lexical: the value of that name, below. Comparable within one list only.
    pub score: f32,
    /// Similarity of its vector to what stands for the text; `None` where there is no such thing.
    pub dense: Option<f32>,
    /// What the words say ([`fuse::lexical`]); `None` where they have nothing in common.
    pub lexical: Option<f32>,
    /// Its place, from 1, by `dense` among the papers allowed.
    pub dense_rank: Option<usize>,
    /// Its place by `lexical`.
    pub lexical_rank: Option<usize>,
    /// What the score rests on.
    pub basis: Basis,
}

/// The `top` papers that answer a text best, best first and by index where equal; 0 for all, even
/// those that nothing ties to it. `allowed`, `[papers]`, says which may be listed: scores do not
/// change with it. Everything is of one snapshot.
#[must_use]
pub fn search(
    papers: &[Paper],
    lexical: &Lexical,
    vectors: Option<&Vectors>,
    sought: &Sought<'_>,
    ranking: Ranking,
    allowed: Option<&[bool]>,
    top: usize,
) -> Vec<Found> {
    let vectors = if ranking == Ranking::Lexical { None } else { vectors };
    let Evidence { closeness: Closeness { words, topics }, dense } =
        evidence(lexical, vectors, sought, &Expansion::default());
    let weights = Weights::default();
    let by_words = fuse::lexical(&weights, &words, topics.as_deref());
    let tied = |paper: usize| {
        words[paper] != 0.0 || topics.as_ref().is_some_and(|topics| topics[paper] > 0.0)
    };
    let similarity = |paper: usize| dense.as_ref().and_then(|dense| dense[paper]);
    let scores: Vec<Option<f64>> = match (ranking, &dense) {
        (Ranking::Lexical, _) | (Ranking::Hybrid, None) => {
            by_words.iter().copied().map(Some).collect()
        }
        (Ranking::Dense, _) => {
            (0..papers.len()).map(|paper| similarity(paper).map(f64::from)).collect()
        }
        (Ranking::Hybrid, Some(dense)) => {
            fuse::fuse(&weights, &by_words, dense).into_iter().map(Some).collect()
        }
    };
    let candidates: Vec<usize> = (0..papers.len())
        .filter(|paper| allowed.is_none_or(|allowed| allowed[*paper]))
        .filter(|paper| !sought.without.contains(paper))
        .collect();
    let listed = |of: &dyn Fn(usize) -> Option<f64>| -> Vec<(usize, f64)> {
        let mut list: Vec<(usize, f64)> =
            candidates.iter().filter_map(|&paper| Some((paper, of(paper)?))).collect();
        list.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list
    };
    let places = |list: Vec<(usize, f64)>| -> Vec<Option<usize>> {
        let mut places = vec![None; papers.len()];
        for (place, (paper, _)) in list.into_iter().enumerate() {
            places[paper] = Some(place + 1);
        }
        places
    };
    let dense_places = places(listed(&|paper| similarity(paper).map(f64::from)));
    let lexical_places = places(listed(&|paper| tied(paper).then_some(by_words[paper])));
    let mut list = listed(&|paper| {
        let known = top == 0 || tied(paper) || similarity(paper).is_some();
        scores[paper].filter(|_| known)
    });
    if top > 0 {
        list.truncate(top);
    }
    list.into_iter()
        .map(|(paper, score)| Found {
            paper,
            score: score as f32,
            dense: similarity(paper),
            lexical: tied(paper).then_some(by_words[paper] as f32),
            dense_rank: dense_places[paper],
            lexical_rank: lexical_places[paper],
            basis: Basis::of(&papers[paper], similarity(paper).is_some()),
        })
        .collect()
}

#[cfg(test)]
mod tests;
