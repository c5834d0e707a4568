//! The dense vectors of one model for one snapshot, a row for each paper.
//!
//! A component is kept in 16 bits, as a multiple of the row's greatest, to within 1/65,000 of it: as
//! much as half-precision numbers keep. The upper and the lower byte lie apart. To compare a vector
//! with all papers only the upper bytes are read, which is a quarter of what `f32` would be, and
//! then both of the papers that came out closest.

use rayon::prelude::*;

use super::Error;
use super::best::closest;
use super::bytes::{Bytes, Probe, STEPS};
use crate::embed::model::Metric;

/// Partial sums that a dot product keeps apart, so that the compiler can hold them in vector
/// registers: four of four lanes with SSE2, two of eight with AVX2.
const LANES: usize = 16;

/// Largest magnitude of a component: a distance between two vectors of up to 2²⁰ dimensions
/// stays finite in `f32`.
const LARGEST: f32 = 1e15;

/// What an upper byte counts.
const UPPER: f32 = 256.0;

/// So many of the closest papers are compared exactly by [`Vectors::similarities`]: ten times as many
/// as are ever shown, and more than the rounding of upper bytes can mix up.
const EXACT: usize = 1024;

/// So many of them one thread compares at least.
const EXACT_CHUNK: usize = 128;

/// Papers that one thread looks at.
const CHUNK: usize = 8192;

/// Vectors of shape `[papers, dimensions]`, row by paper; a paper may have none (yet).
///
/// Rows are stored with length 1 where the metric is [`Metric::Cosine`], as given where it is
/// [`Metric::Euclidean`]. All values are finite: [`Vectors::set`] lets nothing else in, so no
/// NaN ever gets into an order.
#[derive(Debug, Clone)]
pub struct Vectors {
    metric: Metric,
    /// Rows of papers without a vector are zero.
    upper: Bytes,
    /// Row-major, from -128 to 127.
    lower: Vec<i8>,
    /// By paper: the square of its length.
    squares: Vec<f32>,
    present: Vec<bool>,
    count: usize,
}

impl Vectors {
    /// Room for the vectors of so many papers, none of them known yet.
    #[must_use]
    pub fn new(papers: usize, dimensions: usize, metric: Metric) -> Self {
        Self {
            metric,
            upper: Bytes::new(papers, dimensions),
            lower: vec![0; papers * dimensions],
            squares: vec![0.0; papers],
            present: vec![false; papers],
            count: 0,
        }
    }

    /// Sets the vector of a paper, in place of the one it may have had.
    ///
    /// # Errors
    ///
    /// What [`Vectors::prepare`] rejects, and a paper that the snapshot does not have; the paper
    /// then keeps the vector that it had.
    pub fn set(&mut self, paper: usize, vector: &[f32]) -> Result<(), Error> {
        let (papers, dimensions) = (self.papers(), self.dimensions());
        let Some(present) = self.present.get_mut(paper) else {
            return Err(Error::NoSuchPaper { paper, papers });
        };
        let length = checked_scale(vector, dimensions, self.metric)?;
        let greatest = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs())) * length;
        let scale = greatest / STEPS;
        let upper = self.upper.row_mut(paper, scale);
        let lower = &mut self.lower[paper * dimensions..][..dimensions];
        for ((upper, lower), value) in upper.iter_mut().zip(lower).zip(vector) {
            let steps = if scale > 0.0 { value * length / scale } else { 0.0 };
            let fine = (steps * UPPER).round() as i32;
            // To nearest, so that the rest fits a signed byte.
            let coarse = (fine + 128) >> 8;
            *upper = coarse as i8;
            *lower = (fine - (coarse << 8)) as i8;
        }
        if !*present {
            *present = true;
            self.count += 1;
        }
        let row = self.row(paper);
        self.squares[paper] = dot(&row, &row);
        Ok(())
    }

    /// A vector from elsewhere (a text that is no paper) as [`Vectors::similarity`] takes it:
    /// checked, and of length 1 where the metric is the cosine.
    ///
    /// # Errors
    ///
    /// A length other than [`Vectors::dimensions`]; a component that is not finite (or beyond
    /// 10¹⁵, whose square may not be); for the cosine, a vector of zeros.
    pub fn prepare(&self, vector: &[f32]) -> Result<Vec<f32>, Error> {
        let scale = checked_scale(vector, self.dimensions(), self.metric)?;
        Ok(vector.iter().map(|value| value * scale).collect())
    }

    /// The vector of a paper, `[dimensions]`; `None` while it has none.
    #[must_use]
    pub fn get(&self, paper: usize) -> Option<Vec<f32>> {
        self.has(paper).then(|| self.row(paper))
    }

    /// Has the paper a vector?
    #[must_use]
    pub fn has(&self, paper: usize) -> bool {
        self.present.get(paper).copied().unwrap_or(false)
    }

    /// Number of papers that have a vector.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of papers in the snapshot, with a vector or without.
    #[must_use]
    pub fn papers(&self) -> usize {
        self.present.len()
    }

    /// Length of each vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.upper.dimensions()
    }

    /// How this model's vectors are compared.
    #[must_use]
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How close the vector `a` is to a paper: the cosine, or the negated Euclidean distance, so
    /// that greater is closer in both. `a` is a row of these vectors or comes from
    /// [`Vectors::prepare`]. `None` where the paper has no vector.
    #[must_use]
    pub fn similarity(&self, a: &[f32], paper: usize) -> Option<f32> {
        self.has(paper).then(|| compare(self.metric, a, &self.row(paper)))
    }

    /// The vector of a paper, to be compared with many others.
    pub(crate) fn closeness_to(&self, paper: usize) -> Option<Closeness<'_>> {
        let row = self.get(paper)?;
        Some(Closeness { vectors: self, square: self.squares[paper], probe: Probe::new(&row) })
    }

    /// How close two papers are, as [`Vectors::similarity`]; `None` where one has no vector.
    #[must_use]
    pub fn pair(&self, a: usize, b: usize) -> Option<f32> {
        self.similarity(&self.get(a)?, b)
    }

    /// How close each paper is to some vectors, `[papers]`: its similarities to them, `[queries]`, made
    /// one by `join`. `None` where it has no vector.
    ///
    /// The 1,024 closest are exact, the others to within the rounding of upper bytes (a standard deviation
    /// of 0.0005 in cosines of all-MiniLM-L6-v2, which is half a hundredth of theirs).
    pub fn similarities(
        &self,
        queries: &[&[f32]],
        join: impl Fn(&mut [f32]) -> f32 + Sync,
    ) -> Vec<Option<f32>> {
        let products: Vec<Vec<f32>> =
            queries.iter().map(|query| self.upper.products(query)).collect();
        let squares: Vec<f32> = queries.iter().map(|query| dot(query, query)).collect();
        let mut all = vec![None; self.papers()];
        all.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, similarities)| {
            let mut to_queries = vec![0.0; queries.len()];
            for (similarity, paper) in similarities.iter_mut().zip(chunk * CHUNK..) {
                if self.present[paper] {
                    for ((to_query, products), square) in
                        to_queries.iter_mut().zip(&products).zip(&squares)
                    {
                        *to_query = self.of_product(products[paper], *square, paper);
                    }
                    *similarity = Some(join(&mut to_queries));
                }
            }
        });
        let exact: Vec<(usize, f32)> = closest(&all, EXACT)
            .into_par_iter()
            .with_min_len(EXACT_CHUNK)
            .map_init(
                || (vec![0.0; self.dimensions()], vec![0.0; queries.len()]),
                |(row, to_queries), paper| {
                    self.read_row(paper, row);
                    for (to_query, query) in to_queries.iter_mut().zip(queries) {
                        *to_query = compare(self.metric, query, row);
                    }
                    (paper, join(to_queries))
                },
            )
            .collect();
        for (paper, similarity) in exact {
            all[paper] = Some(similarity);
        }
        all
    }

    /// Mean of the vectors that are known, `[dimensions]`; 0 where none is.
    pub(crate) fn mean(&self) -> Vec<f32> {
        let mut sum = vec![0.0_f64; self.dimensions()];
        for paper in (0..self.papers()).filter(|&paper| self.present[paper]) {
            for (sum, value) in sum.iter_mut().zip(self.row(paper)) {
                *sum += f64::from(value);
            }
        }
        let count = self.count.max(1) as f64;
        sum.into_iter().map(|sum| (sum / count) as f32).collect()
    }

    /// Similarity of a paper to a vector, by their product and the square of the vector's length.
    fn of_product(&self, product: f32, square: f32, paper: usize) -> f32 {
        match self.metric {
            Metric::Cosine => product,
            Metric::Euclidean => -(square + self.squares[paper] - 2.0 * product).max(0.0).sqrt(),
        }
    }

    fn row(&self, paper: usize) -> Vec<f32> {
        let mut row = vec![0.0; self.dimensions()];
        self.read_row(paper, &mut row);
        row
    }

    fn read_row(&self, paper: usize, row: &mut [f32]) {
        let scale = self.upper.scale(paper) / UPPER;
        let lower = &self.lower[paper * self.dimensions()..][..self.dimensions()];
        for ((value, &upper), &lower) in row.iter_mut().zip(self.upper.row(paper)).zip(lower) {
            *value = (i32::from(upper) * 256 + i32::from(lower)) as f32 * scale;
        }
    }
}

/// How close one paper is to others, one by one and without room for their rows.
#[derive(Debug)]
pub(crate) struct Closeness<'a> {
    vectors: &'a Vectors,
    probe: Probe,
    square: f32,
}

impl Closeness<'_> {
    /// As [`Vectors::similarity`], but that the components of the one paper are rounded to 1/16,000 of
    /// their greatest (with up to 1,024 dimensions), which changes cosines by some 0.000,003.
    pub(crate) fn similarity(&self, paper: usize) -> Option<f32> {
        let Vectors { upper, lower, squares, metric, .. } = self.vectors;
        if !self.vectors.has(paper) {
            return None;
        }
        let dimensions = upper.dimensions();
        let fine = upper.scale(paper) / UPPER;
        let lower = self.probe.product(&lower[paper * dimensions..][..dimensions], fine);
        let product = upper.product(&self.probe, paper) + lower;
        Some(match metric {
            Metric::Cosine => product,
            Metric::Euclidean => -(self.square + squares[paper] - 2.0 * product).max(0.0).sqrt(),
        })
    }
}

/// Checks a vector and returns what its components are multiplied with when stored.
fn checked_scale(vector: &[f32], dimensions: usize, metric: Metric) -> Result<f32, Error> {
    if vector.len() != dimensions {
        return Err(Error::Dimensions { expected: dimensions, found: vector.len() });
    }
    // Written so that NaN fails the test too.
    let sound = |value: &f32| value.abs() <= LARGEST;
    if let Some(component) = vector.iter().position(|value| !sound(value)) {
        let value = vector[component].to_string();
        return Err(Error::NotFinite { component, value });
    }
    match metric {
        Metric::Euclidean => Ok(1.0),
        Metric::Cosine => {
            let norm = vector.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
            let scale = (1.0 / norm) as f32;
            // Infinite for zeros, and for vectors so short that nothing is left of them.
            if scale.is_finite() { Ok(scale) } else { Err(Error::Zero) }
        }
    }
}

/// Greater is closer: the dot product of rows of length 1, or the negated distance.
fn compare(metric: Metric, a: &[f32], b: &[f32]) -> f32 {
    match metric {
        Metric::Cosine => dot(a, b),
        Metric::Euclidean => -sum_over_lanes(a, b, |a, b| (a - b) * (a - b)).sqrt(),
    }
}

/// Sum of the products of components.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum_over_lanes(a, b, |a, b| a * b)
}

/// Sum of `term` over the pairs of components. Floating-point addition is not associative, so a
/// plain sum has to be computed one after another; separate lanes say that order is ours to
/// choose.
#[inline]
fn sum_over_lanes(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(&a, &b)| term(a, b)).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::Numbers;

    fn close(a: &[f32], b: &[f32]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4)
    }

    #[test]
    fn rows_are_normalised_for_the_cosine_and_kept_for_the_distance() {
        let mut vectors = Vectors::new(2, 2, Metric::Cosine);
        vectors.set(1, &[3.0, 4.0]).unwrap();
        assert!(close(&vectors.get(1).unwrap(), &[0.6, 0.8]));
        assert_eq!(vectors.get(0), None);
        assert_eq!((vectors.count(), vectors.papers()), (1, 2));

        let mut vectors = Vectors::new(2, 2, Metric::Euclidean);
        vectors.set(1, &[3.0, -4.0]).unwrap();
        assert!(close(&vectors.get(1).unwrap(), &[3.0, -4.0]));
        assert!((vectors.similarity(&[0.0, 0.0], 1).unwrap() + 5.0).abs() < 1e-4);
        assert_eq!(vectors.similarity(&[0.0, 0.0], 0), None);
        assert!(!vectors.has(2), "a paper beyond the snapshot has none");
    }

    #[test]
    fn a_component_is_kept_to_a_share_of_the_greatest() {
        let mut numbers = Numbers::new(4);
        let mut vectors = Vectors::new(1, 768, Metric::Euclidean);
        for greatest in [1e-6, 1.0, 30.0, 1e15] {
            let mut vector = numbers.vector(768);
            vector[5] = -1.0;
            for value in &mut vector {
                *value *= greatest;
            }
            vectors.set(0, &vector).unwrap();
            for (kept, given) in vectors.get(0).unwrap().iter().zip(&vector) {
                assert!((kept - given).abs() <= greatest / 64_900.0, "{kept} {given}");
            }
        }
        vectors.set(0, &[0.0; 768]).unwrap();
        assert_eq!(vectors.get(0).unwrap(), [0.0; 768]);
    }

    #[test]
    fn the_closest_of_all_are_exact_and_the_others_nearly() {
        for metric in [Metric::Cosine, Metric::Euclidean] {
            let mut numbers = Numbers::new(5);
            let mut vectors = Vectors::new(3_000, 48, metric);
            for paper in (0..3_000).filter(|paper| paper % 7 > 0) {
                vectors.set(paper, &numbers.vector(48)).unwrap();
            }
            let queries = [1, 2].map(|paper| vectors.get(paper).unwrap());
            let queries: Vec<&[f32]> = queries.iter().map(Vec::as_slice).collect();
            let all = vectors.similarities(&queries, |values| values[0].max(values[1]));
            let exact = |paper: usize| {
                let [a, b] = [0, 1].map(|query| vectors.similarity(queries[query], paper));
                a?.max(b?).into()
            };
            let mut order: Vec<usize> = (0..3_000).filter(|&paper| all[paper].is_some()).collect();
            assert_eq!(order.len(), vectors.count());
            order.sort_by(|&a, &b| all[b].unwrap().total_cmp(&all[a].unwrap()));
            for (place, &paper) in order.iter().enumerate() {
                let (found, exact): (f32, Option<f32>) = (all[paper].unwrap(), exact(paper));
                let error = (found - exact.unwrap()).abs();
                assert!(if place < 1_000 { error == 0.0 } else { error < 0.03 }, "{error}");
            }
        }
    }

    #[test]
    fn one_by_one_papers_are_as_close_as_all_at_once() {
        for metric in [Metric::Cosine, Metric::Euclidean] {
            let mut numbers = Numbers::new(6);
            let mut vectors = Vectors::new(50, 384, metric);
            for paper in (0..50).filter(|paper| paper % 7 > 0) {
                vectors.set(paper, &numbers.vector(384)).unwrap();
            }
            assert!(vectors.closeness_to(0).is_none());
            let closeness = vectors.closeness_to(1).unwrap();
            for paper in 2..50 {
                let (found, exact) = (closeness.similarity(paper), vectors.pair(1, paper));
                assert_eq!(found.is_some(), exact.is_some());
                let (found, exact) = (found.unwrap_or_default(), exact.unwrap_or_default());
                assert!((found - exact).abs() < 2e-4 * exact.abs().max(0.1), "{found} {exact}");
            }
        }
    }

    #[test]
    fn setting_twice_counts_once_and_the_later_wins() {
        let mut vectors = Vectors::new(1, 1, Metric::Euclidean);
        vectors.set(0, &[1.0]).unwrap();
        vectors.set(0, &[2.0]).unwrap();
        assert_eq!(vectors.count(), 1);
        assert!(close(&vectors.get(0).unwrap(), &[2.0]));
    }

    #[test]
    fn what_is_no_vector_of_this_model_is_rejected_and_named() {
        let mut vectors = Vectors::new(1, 2, Metric::Cosine);
        assert_eq!(vectors.set(0, &[1.0]), Err(Error::Dimensions { expected: 2, found: 1 }));
        assert_eq!(
            vectors.set(0, &[1.0, f32::NAN]),
            Err(Error::NotFinite { component: 1, value: "NaN".into() })
        );
        assert!(matches!(
            vectors.set(0, &[f32::INFINITY, 0.0]),
            Err(Error::NotFinite { component: 0, .. })
        ));
        assert!(matches!(vectors.set(0, &[1e30, 0.0]), Err(Error::NotFinite { .. })));
        assert_eq!(vectors.set(0, &[0.0, 0.0]), Err(Error::Zero));
        assert_eq!(vectors.set(0, &[1e-40, 0.0]), Err(Error::Zero));
        assert_eq!(vectors.set(1, &[1.0, 0.0]), Err(Error::NoSuchPaper { paper: 1, papers: 1 }));
        assert_eq!(vectors.count(), 0);
        assert!(vectors.prepare(&[1.0, f32::NEG_INFINITY]).is_err());
    }

    #[test]
    fn lanes_and_rest_agree_with_the_plain_sum() {
        let a: Vec<f32> = (0..37).map(|i| i as f32 / 8.0).collect();
        let b: Vec<f32> = (0..37).map(|i| (37 - i) as f32 / 4.0).collect();
        // Every product and partial sum is a multiple of 1/32 below 2¹⁹, exact in any order.
        let plain: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        assert_eq!(compare(Metric::Cosine, &a, &b).to_bits(), plain.to_bits());
        let squares: f32 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
        assert_eq!(compare(Metric::Euclidean, &a, &b).to_bits(), (-squares.sqrt()).to_bits());
    }
}
