//! Words that go together: latent semantic analysis (Deerwester et al., 1990) by a randomised
//! singular value decomposition (Halko, Martinsson and Tropp, 2011, arXiv:0909.4061).
//!
//! `A`, `[papers, terms]`, holds the TF-IDF weights. Its strongest directions in the space of terms
//! are the library's topics, and papers that share topics are close though they may share no word.
//!
//! A random matrix `[terms, rank]` that goes through `A` and `Aᵀ` comes out as `Z`, `[terms, rank]`,
//! whose columns span those directions better the more often that is repeated (subspace iteration).
//! With the Cholesky factor `L` of `ZᵀZ`,
//! `V = Z·L⁻ᵀ` is an orthonormal basis, and the papers' coordinates are `A·V`. They are compared by
//! their cosine, which no rotation changes, so the singular vectors themselves are never needed.

use rayon::prelude::*;

use super::sparse::{Columns, Sparse};
use crate::similarity::bytes::{Bytes, Probe};
use crate::similarity::vectors::dot;

/// Papers below which there is nothing to be learnt from words that go together.
const LEAST_PAPERS: usize = 30;

/// Topics grow with the square root of the papers, up to a limit: see [`rank`].
const TOPICS_PER_ROOT: f64 = 1.6;
const MOST_TOPICS: usize = 200;

/// A pivot of the Cholesky factor that is smaller than this share of the largest is rounding: the
/// library has no more topics.
const NEGLIGIBLE: f64 = 1e-6;

/// Rows that one task works on.
const CHUNK: usize = 128;

/// Tasks whose sums are held at a time.
const PARTS: usize = 32;

/// Number of topics for so many papers.
///
/// Measured on 936 papers of the ACL Anthology with eleven known topics, nDCG@10 of the topics alone:
/// analysed for themselves 0.775, 0.771, 0.757, 0.738 and 0.716 with 50, 100, 150, 200 and 300
/// topics; analysed among all 16,844 papers 0.659, 0.695, 0.724, 0.745 and 0.758 with 64, 100, 150,
/// 200 and 300. More than 200 cost more time and memory than they give.
fn rank(papers: usize) -> usize {
    ((papers as f64).sqrt() * TOPICS_PER_ROOT).round().min(MOST_TOPICS as f64) as usize
}

/// How often the random matrix goes round.
///
/// Measured as above for 936 papers and 49 topics, nDCG@10 of words and topics with 1, 2, 3 and 4
/// times: 0.747, 0.770, 0.780 and 0.782; for 16,844 papers and 200 topics 0.778, 0.777 and 0.775
/// with 1, 2 and 4, where each takes a third of a second.
fn iterations(papers: usize) -> usize {
    if papers < 5_000 { 3 } else { 1 }
}

/// Where papers and terms lie among the topics.
#[derive(Debug, Clone)]
pub(super) struct Topics {
    rank: usize,
    /// `[papers, rank]`, rows of length 1, or 0 where nothing is known. Bytes do: they change a cosine by
    /// a thousandth, a hundredth of what cosines differ by.
    papers: Bytes,
    /// By term: its row in `basis`; `None` for a term of a single paper, which ties it to no other.
    rows: Vec<Option<u32>>,
    /// `V`, `[shared terms, rank]`.
    basis: Bytes,
}

impl Topics {
    /// Finds the topics. `by_paper` is `A` by row, `by_term` by column. `None` for a library too
    /// small to have any.
    pub(super) fn build(by_paper: &Sparse, by_term: &Columns) -> Option<Self> {
        let papers = by_paper.rows();
        (papers >= LEAST_PAPERS).then(|| Self::of_rank(by_paper, by_term, rank(papers)))
    }

    fn of_rank(by_paper: &Sparse, by_term: &Columns, rank: usize) -> Self {
        let papers = by_paper.rows();
        let shared: Vec<usize> =
            (0..by_term.count()).filter(|&term| by_term.length(term) > 1).collect();
        let mut rows = vec![None; by_term.count()];
        for (row, &term) in shared.iter().enumerate() {
            rows[term] = Some(row as u32);
        }
        let of_terms = |papers: &[f32]| -> Vec<f32> {
            products(
                shared.len(),
                rank,
                |row| by_term.column(shared[row]),
                |paper| Some(&papers[paper as usize * rank..][..rank]),
            )
        };
        let of_papers = |terms: &[f32]| -> Vec<f32> {
            products(
                papers,
                rank,
                |paper| by_paper.row(paper).iter().copied(),
                |term| rows[term as usize].map(|row| &terms[row as usize * rank..][..rank]),
            )
        };
        let mut basis = signs(shared.len() * rank);
        for _ in 0..iterations(papers) {
            basis = orthonormal(&of_terms(&of_papers(&basis)), rank);
        }
        let mut papers = of_papers(&basis);
        papers.par_chunks_mut(rank).for_each(normalise);
        Self { rank, papers: Bytes::of(&papers, rank), rows, basis: Bytes::of(&basis, rank) }
    }

    /// Cosine of a paper to each paper, `[papers]`.
    pub(super) fn similarities(&self, paper: usize) -> Vec<f32> {
        self.papers.products_of_row(paper)
    }

    /// Cosine of two papers.
    pub(super) fn similarity(&self, a: usize, b: usize) -> f32 {
        self.papers.pair(a, b)
    }

    /// A paper's place, to be compared with others by [`Topics::similarity_to`].
    pub(super) fn probe(&self, paper: usize) -> Probe {
        self.papers.probe(paper)
    }

    /// As [`Topics::similarity`].
    pub(super) fn similarity_to(&self, probe: &Probe, paper: usize) -> f32 {
        self.papers.product(probe, paper)
    }

    /// Number of topics, and each paper's place among them, `[papers, rank]`.
    pub(super) fn rows(&self) -> (usize, Vec<f32>) {
        let row = |row: usize| {
            let scale = self.papers.scale(row);
            self.papers.row(row).iter().map(move |&steps| f32::from(steps) * scale)
        };
        (self.rank, (0..self.papers.rows()).flat_map(row).collect())
    }

    /// Cosine of a text to each paper, `[papers]`, by the weights of its terms.
    pub(super) fn query(&self, terms: &[(u32, f32)]) -> Vec<f32> {
        self.papers.products(&self.point(terms))
    }

    /// Where a text lies, `[rank]`, by the weights of its terms; of length 1, or 0 where nothing is
    /// known of them.
    pub(super) fn point(&self, terms: &[(u32, f32)]) -> Vec<f32> {
        let mut point = vec![0.0; self.rank];
        for &(term, weight) in terms {
            if let Some(row) = self.rows[term as usize] {
                self.basis.add_scaled(&mut point, weight, row as usize);
            }
        }
        normalise(&mut point);
        point
    }

    /// What each term adds to the cosine of its text and another point: they sum to it.
    pub(super) fn shares(&self, terms: &[(u32, f32)], other: &[f32]) -> Vec<(u32, f32)> {
        let mut sum = vec![0.0; self.rank];
        let mut shares = Vec::with_capacity(terms.len());
        for &(term, weight) in terms {
            if let Some(row) = self.rows[term as usize] {
                let mut share = vec![0.0; self.rank];
                self.basis.add_scaled(&mut share, weight, row as usize);
                add_scaled(&mut sum, 1.0, &share);
                shares.push((term, dot(&share, other)));
            }
        }
        let length = dot(&sum, &sum).sqrt();
        if length > 0.0 {
            for (_, share) in &mut shares {
                *share /= length;
            }
        }
        shares
    }
}

/// A sparse matrix times a dense one, `[rows, rank]`: row by row, the sum of what `factor` gives for
/// each column, times its value.
fn products<'a, I: Iterator<Item = (u32, f32)>>(
    rows: usize,
    rank: usize,
    row: impl Fn(usize) -> I + Sync,
    factor: impl Fn(u32) -> Option<&'a [f32]> + Sync,
) -> Vec<f32> {
    let mut out = vec![0.0; rows * rank];
    out.par_chunks_mut(rank).with_min_len(CHUNK).enumerate().for_each(|(index, out)| {
        for (column, value) in row(index) {
            if let Some(factor) = factor(column) {
                add_scaled(out, value, factor);
            }
        }
    });
    out
}

fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

fn normalise(row: &mut [f32]) {
    let length = dot(row, row).sqrt();
    if length > 0.0 {
        for value in row {
            *value /= length;
        }
    }
}

/// So many times 1 or −1, at random but always the same (splitmix64 by Steele, Lea and Flood, 2014).
pub(crate) fn signs(count: usize) -> Vec<f32> {
    let mut state = 0x0005_eed0_u64;
    let mut bits = 0_u64;
    (0..count)
        .map(|index| {
            if index % 64 == 0 {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                bits = mixed ^ (mixed >> 31);
            }
            if bits >> (index % 64) & 1 == 0 { -1.0 } else { 1.0 }
        })
        .collect()
}

/// Columns that span what those of `z`, `[rows, rank]`, span, each of length 1 and at right angles to
/// the others; columns that add nothing to those before them become 0.
pub(crate) fn orthonormal(z: &[f32], rank: usize) -> Vec<f32> {
    let inverse = inverse_transposed_factor(&gram(z, rank), rank);
    let mut basis = vec![0.0; z.len()];
    basis.par_chunks_mut(rank).zip(z.par_chunks(rank)).with_min_len(CHUNK).for_each(
        |(to, from)| {
            for (index, &value) in from.iter().enumerate() {
                add_scaled(
                    &mut to[index..],
                    value,
                    &inverse[index * rank + index..][..rank - index],
                );
            }
        },
    );
    basis
}

/// `ZᵀZ`, `[rank, rank]`; the upper triangle, the rest 0. Summed in one order on any number of cores.
fn gram(z: &[f32], rank: usize) -> Vec<f64> {
    let mut gram = vec![0.0; rank * rank];
    // Some at a time: each part is as large as the whole.
    for rows in z.chunks((rank * CHUNK * PARTS).max(1)) {
        let parts: Vec<Vec<f32>> = rows
            .par_chunks(rank * CHUNK)
            .map(|rows| {
                let mut part = vec![0.0; rank * rank];
                for row in rows.chunks_exact(rank) {
                    for (index, &value) in row.iter().enumerate() {
                        add_scaled(
                            &mut part[index * rank + index..][..rank - index],
                            value,
                            &row[index..],
                        );
                    }
                }
                part
            })
            .collect();
        for part in parts {
            for (to, from) in gram.iter_mut().zip(part) {
                *to += f64::from(from);
            }
        }
    }
    gram
}

/// `L⁻ᵀ`, `[rank, rank]`, upper triangular, for the Cholesky factor `L` of a symmetric matrix of
/// which the upper triangle is given. Where a pivot is negligible its row and column are 0.
fn inverse_transposed_factor(gram: &[f64], rank: usize) -> Vec<f32> {
    let largest = (0..rank).map(|i| gram[i * rank + i]).fold(0.0, f64::max);
    // `Lᵀ`, upper triangular: row `i` of it is column `i` of `L`.
    let mut upper = vec![0.0_f64; rank * rank];
    for i in 0..rank {
        for j in i..rank {
            let mut value = gram[i * rank + j];
            for k in 0..i {
                value -= upper[k * rank + i] * upper[k * rank + j];
            }
            let pivot = upper[i * rank + i];
            upper[i * rank + j] = if i == j {
                if value > NEGLIGIBLE * largest { value.sqrt() } else { 0.0 }
            } else if pivot > 0.0 {
                value / pivot
            } else {
                0.0
            };
        }
    }
    // `Lᵀ·X = 1`, from the last row up.
    let mut inverse = vec![0.0_f64; rank * rank];
    for column in 0..rank {
        for i in (0..=column).rev() {
            let pivot = upper[i * rank + i];
            if pivot == 0.0 {
                continue;
            }
            let mut value = if i == column { 1.0 } else { 0.0 };
            for k in i + 1..=column {
                value -= upper[i * rank + k] * inverse[k * rank + column];
            }
            inverse[i * rank + column] = value / pivot;
        }
    }
    inverse.into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::Numbers;

    /// Columns of any two rows at right angles?
    fn product(z: &[f32], rank: usize, a: usize, b: usize) -> f64 {
        z.chunks_exact(rank).map(|row| f64::from(row[a]) * f64::from(row[b])).sum()
    }

    #[test]
    fn a_basis_is_orthonormal_and_spans_the_same() {
        let (rows, rank) = (300, 17);
        let mut z = Numbers::new(3).vector(rows * rank);
        // One column is the sum of two others.
        for row in z.chunks_exact_mut(rank) {
            row[5] = row[0] + row[3];
        }
        let basis = orthonormal(&z, rank);
        for a in 0..rank {
            for b in 0..=a {
                let expected = if a == b && a != 5 { 1.0 } else { 0.0 };
                assert!((product(&basis, rank, a, b) - expected).abs() < 1e-4, "{a} {b}");
            }
        }
        // Each column of z is what it projects to.
        for column in 0..rank {
            let mut left: f64 = product(&z, rank, column, column);
            for b in 0..rank {
                let share: f64 = (z.chunks_exact(rank).zip(basis.chunks_exact(rank)))
                    .map(|(z, basis)| f64::from(z[column]) * f64::from(basis[b]))
                    .sum();
                left -= share * share;
            }
            assert!(left.abs() < 1e-3 * product(&z, rank, column, column), "{column}: {left}");
        }
    }

    /// Papers of two subjects in turn: each has four of its subject's twelve words.
    fn two_subjects(papers: usize) -> (Sparse, Columns) {
        let mut numbers = Numbers::new(9);
        let mut by_paper = Sparse::default();
        let mut counts = vec![0; 24];
        for paper in 0..papers {
            let mut terms = Vec::new();
            while terms.len() < 4 {
                let term = (paper % 2) * 12 + (numbers.next().abs() * 12.0) as usize;
                if !terms.contains(&term) {
                    terms.push(term);
                    counts[term] += 1;
                }
            }
            terms.sort_unstable();
            let weight = 0.5;
            by_paper.push_row(terms.into_iter().map(|term| (term as u32, weight)));
        }
        let by_term = by_paper.transposed(&counts);
        (by_paper, by_term)
    }

    #[test]
    fn papers_of_one_subject_are_close_though_they_share_no_word() {
        let (by_paper, by_term) = two_subjects(200);
        let topics = Topics::of_rank(&by_paper, &by_term, 4);
        let words = |paper: usize| by_paper.row(paper).iter().map(|(term, _)| *term);
        let shares = |a: usize, b: usize| words(a).any(|word| words(b).any(|other| other == word));
        let apart: Vec<usize> = (2..200).step_by(2).filter(|&paper| !shares(0, paper)).collect();
        let others: Vec<usize> = (1..200).step_by(2).collect();
        let mean = |cosines: &[f32], papers: &[usize]| {
            papers.iter().map(|&paper| cosines[paper]).sum::<f32>() / papers.len() as f32
        };
        let cosines = topics.similarities(0);
        let (same, other) = (mean(&cosines, &apart), mean(&cosines, &others));
        assert!(apart.len() > 5 && same > other + 0.3, "{same} {other}");
        let query = topics.query(&[(23, 1.0)]);
        let (same, other) = (mean(&query, &others), mean(&query, &apart));
        assert!(same > other + 0.3, "{same} {other}");
        assert!(topics.query(&[]).iter().all(|&cosine| cosine == 0.0));
    }

    #[test]
    fn the_same_library_has_the_same_topics_and_a_small_one_none() {
        let (by_paper, by_term) = two_subjects(100);
        let build = || {
            let topics = Topics::build(&by_paper, &by_term).unwrap();
            (0..100).map(|paper| topics.similarities(paper)).collect::<Vec<_>>()
        };
        assert_eq!(build(), build());
        let (by_paper, by_term) = two_subjects(LEAST_PAPERS - 1);
        assert!(Topics::build(&by_paper, &by_term).is_none());
    }
}
