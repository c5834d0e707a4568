//! Libraries for the tests of this module.

use crate::embed::model::Metric;
use crate::library::paper::{Paper, PaperId};
use crate::similarity::rank::testing::{Numbers, paper};
use crate::similarity::vectors::Vectors;

/// Subjects of [`library`], in turn.
pub(super) const SUBJECTS: [&str; 4] = [
    "whale songs pacific ocean recordings hydrophone migration",
    "graph colouring planar chromatic polynomial vertices theorem",
    "protein folding enzyme structure amino binding crystal",
    "medieval manuscript parchment scribe monastery latin abbey",
];

/// So many papers, each with five words of its subject's seven and two of a common stock; the ids are
/// the indices.
pub(super) fn library(papers: usize) -> Vec<Paper> {
    let mut numbers = Numbers::new(5);
    let mut pick = |from: &[&str], count: usize| -> String {
        let mut words = from.to_vec();
        for last in (1..words.len()).rev() {
            let other = (numbers.next().abs() * (last + 1) as f32) as usize;
            words.swap(last, other.min(last));
        }
        words[..count].join(" ")
    };
    (0..papers)
        .map(|index| {
            let subject: Vec<&str> = SUBJECTS[index % SUBJECTS.len()].split(' ').collect();
            let stock = ["careful", "early", "modern", "northern", "quiet", "rapid"];
            let text = format!("{}. {}", pick(&subject, 3), pick(&stock, 2));
            let mut paper = paper(&pick(&subject, 2), &text);
            paper.id = PaperId(index as i64);
            paper.key = format!("paper{index}");
            paper
        })
        .collect()
}

/// Vectors of those papers, in groups by subject; with `every`, only of each so-manieth paper.
pub(super) fn vectors(papers: usize, every: usize) -> Vectors {
    let mut numbers = Numbers::new(11);
    let centres: Vec<Vec<f32>> = SUBJECTS.iter().map(|_| numbers.vector(40)).collect();
    let mut vectors = Vectors::new(papers, 40, Metric::Cosine);
    for paper in 0..papers {
        let spread = numbers.vector(40);
        let centre = &centres[paper % centres.len()];
        let row: Vec<f32> = centre.iter().zip(&spread).map(|(c, s)| c + 0.8 * s).collect();
        if paper % every == 0 {
            vectors.set(paper, &row).unwrap();
        }
    }
    vectors
}
