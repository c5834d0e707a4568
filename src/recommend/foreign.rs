//! Papers that are not of the library, by how well they suit it: an export of new ones, say.

use rayon::prelude::*;

use super::affinity::{Affinity, Views};
use super::likes::Taste;
use super::score::strongest;
use super::why::{CloseLike, Reason};
use super::{Library, Recommender};
use crate::library::paper::Paper;
use crate::similarity::vectors::Vectors;

/// Words that are named.
const WORDS: usize = 4;

/// The nearest papers of the library that are named where nothing is liked.
const NEAREST: usize = 3;

/// A paper that is not of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Suited {
    /// Index into the papers that were ranked.
    pub paper: usize,
    /// How well it suits: with something liked, in standard deviations above the mean unread paper of
    /// the library; else the mean affinity to the nearest of its papers.
    pub score: f32,
    /// Why; papers that are spoken of are those of the library.
    pub why: Vec<Reason>,
    /// The papers of the library closest to it, with the affinity, the closest first.
    pub nearest: Vec<(usize, f32)>,
}

/// Ranks papers by what the user likes of the library, the best first; where nothing is liked, by how
/// close they are to it. `vectors` are those of the papers, by the same model as the library's.
pub fn rank(
    recommender: &mut Recommender,
    library: &Library<'_>,
    taste: &Taste,
    papers: &[Paper],
    vectors: Option<&Vectors>,
) -> Vec<Suited> {
    let scores = recommender.score(library, taste);
    let recommender = &*recommender;
    let lexical = library.views.lexical;
    let mut suited: Vec<Suited> = papers
        .par_iter()
        .enumerate()
        .map(|(index, paper)| {
            let terms = lexical.terms_of(&text(paper));
            // Vectors of the library and of these papers are got at in one way.
            let own = Views { vectors, ..library.views };
            let vector = own.vector(index);
            let vector = vector.as_deref();
            let affinity = affinities(recommender.affinity(), library.views, &terms, vector);
            let mut nearest: Vec<(usize, f32)> = affinity.iter().copied().enumerate().collect();
            nearest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            nearest.truncate(NEAREST);
            let Some(scores) = &scores else {
                let sum: f32 = nearest.iter().map(|(_, affinity)| affinity).sum();
                let score = sum / nearest.len().max(1) as f32;
                return Suited { paper: index, score, why: Vec::new(), nearest };
            };
            let graph = recommender.graph();
            let score = scores.of_foreign(graph, &affinity, &terms, vector);
            let mut likes: Vec<CloseLike> = (taste.likes.iter())
                .map(|like| CloseLike {
                    paper: like.paper,
                    because: like.because.clone(),
                    affinity: affinity[like.paper],
                })
                .filter(|like| like.affinity > 0.0)
                .collect();
            likes.sort_by(|a, b| b.affinity.total_cmp(&a.affinity).then(a.paper.cmp(&b.paper)));
            likes.truncate(NEAREST);
            let shared = shared(library, &terms, &likes);
            let words = scores.words(&terms);
            let why = vec![
                Reason::Close { likes, shared },
                Reason::Words {
                    for_it: strongest(lexical, &words, WORDS, 1.0),
                    against_it: strongest(lexical, &words, WORDS, -1.0),
                },
            ];
            Suited { paper: index, score, why, nearest }
        })
        .collect();
    suited.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.paper.cmp(&b.paper)));
    suited
}

/// The words of a paper, those of the title twice, as the library counts its own.
fn text(paper: &Paper) -> String {
    let Paper { title, keywords, abstract_text, .. } = paper;
    format!("{title}\n{title}\n{}\n{abstract_text}", keywords.join("\n"))
}

fn affinities(
    affinity: &Affinity,
    views: Views<'_>,
    terms: &[(u32, f32)],
    vector: Option<&[f32]>,
) -> Vec<f32> {
    let raw = views.raw(views.lexical.query_terms(terms), vector);
    affinity.of_raw(&raw, &Affinity::usual_of(&raw))
}

/// The words that a text shares with papers, the weightiest first.
fn shared(library: &Library<'_>, terms: &[(u32, f32)], likes: &[CloseLike]) -> Vec<String> {
    let lexical = library.views.lexical;
    let mut shared: Vec<(u32, f32)> = (terms.iter())
        .map(|&(term, weight)| {
            let others = likes.iter().filter_map(|like| {
                let row = lexical.terms(like.paper);
                row.binary_search_by_key(&term, |(term, _)| *term).ok().map(|place| row[place].1)
            });
            (term, weight * others.sum::<f32>())
        })
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    shared.into_iter().take(WORDS).map(|(term, _)| lexical.term(term).to_owned()).collect()
}
