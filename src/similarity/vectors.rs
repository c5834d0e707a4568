//! The dense vectors of one model for one snapshot, a row for each paper.

use super::Error;
use crate::embed::model::Metric;

/// Partial sums that a dot product keeps apart, so that the compiler can hold them in vector
/// registers: four of four lanes with SSE2, two of eight with AVX2.
const LANES: usize = 16;

/// Largest magnitude of a component: a distance between two vectors of up to 2²⁰ dimensions
/// stays finite in `f32`.
const LARGEST: f32 = 1e15;

/// Vectors of shape `[papers, dimensions]`, row by paper; a paper may have none (yet).
///
/// Rows are stored with length 1 where the metric is [`Metric::Cosine`], as given where it is
/// [`Metric::Euclidean`]. All values are finite: [`Vectors::set`] lets nothing else in, so no
/// NaN ever gets into an order.
#[derive(Debug, Clone)]
pub struct Vectors {
    dimensions: usize,
    metric: Metric,
    /// Row-major; rows of papers without a vector are zero.
    values: Vec<f32>,
    present: Vec<bool>,
    count: usize,
}

impl Vectors {
    /// Room for the vectors of so many papers, none of them known yet.
    #[must_use]
    pub fn new(papers: usize, dimensions: usize, metric: Metric) -> Self {
        Self {
            dimensions,
            metric,
            values: vec![0.0; papers * dimensions],
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
        let papers = self.papers();
        let Some(present) = self.present.get_mut(paper) else {
            return Err(Error::NoSuchPaper { paper, papers });
        };
        let scale = checked_scale(vector, self.dimensions, self.metric)?;
        let row = &mut self.values[paper * self.dimensions..][..self.dimensions];
        for (to, from) in row.iter_mut().zip(vector) {
            *to = from * scale;
        }
        if !*present {
            *present = true;
            self.count += 1;
        }
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
        let scale = checked_scale(vector, self.dimensions, self.metric)?;
        Ok(vector.iter().map(|value| value * scale).collect())
    }

    /// The vector of a paper, `[dimensions]`; `None` while it has none.
    #[must_use]
    pub fn get(&self, paper: usize) -> Option<&[f32]> {
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
        self.dimensions
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
        self.get(paper).map(|b| compare(self.metric, a, b))
    }

    /// Calls `visit` for each paper that has a vector, in order, with its similarities to
    /// `queries`, `[queries]`. Every row is read once however many the queries are: reading the
    /// rows from memory is what takes the time.
    pub fn scan(&self, queries: &[&[f32]], mut visit: impl FnMut(usize, &[f32])) {
        let mut similarities = vec![0.0; queries.len()];
        for paper in (0..self.papers()).filter(|&paper| self.present[paper]) {
            let row = self.row(paper);
            for (similarity, query) in similarities.iter_mut().zip(queries) {
                *similarity = compare(self.metric, query, row);
            }
            visit(paper, &similarities);
        }
    }

    /// Mean of the vectors that are known, `[dimensions]`; 0 where none is.
    pub(crate) fn mean(&self) -> Vec<f32> {
        let mut sum = vec![0.0_f64; self.dimensions];
        for paper in (0..self.papers()).filter(|&paper| self.present[paper]) {
            for (sum, value) in sum.iter_mut().zip(self.row(paper)) {
                *sum += f64::from(*value);
            }
        }
        let count = self.count.max(1) as f64;
        sum.into_iter().map(|sum| (sum / count) as f32).collect()
    }

    fn row(&self, paper: usize) -> &[f32] {
        &self.values[paper * self.dimensions..][..self.dimensions]
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

    #[test]
    fn rows_are_normalised_for_the_cosine_and_kept_for_the_distance() {
        let mut vectors = Vectors::new(2, 2, Metric::Cosine);
        vectors.set(1, &[3.0, 4.0]).unwrap();
        assert_eq!(vectors.get(1), Some([0.6, 0.8].as_slice()));
        assert_eq!(vectors.get(0), None);
        assert_eq!((vectors.count(), vectors.papers()), (1, 2));

        let mut vectors = Vectors::new(2, 2, Metric::Euclidean);
        vectors.set(1, &[3.0, 4.0]).unwrap();
        assert_eq!(vectors.get(1), Some([3.0, 4.0].as_slice()));
        assert_eq!(vectors.similarity(&[0.0, 0.0], 1), Some(-5.0));
        assert_eq!(vectors.similarity(&[0.0, 0.0], 0), None);
        assert!(!vectors.has(2), "a paper beyond the snapshot has none");
    }

    #[test]
    fn setting_twice_counts_once_and_the_later_wins() {
        let mut vectors = Vectors::new(1, 1, Metric::Euclidean);
        vectors.set(0, &[1.0]).unwrap();
        vectors.set(0, &[2.0]).unwrap();
        assert_eq!(vectors.count(), 1);
        assert_eq!(vectors.get(0), Some([2.0].as_slice()));
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

    #[test]
    fn a_scan_visits_the_papers_that_have_a_vector_in_order() {
        let mut vectors = Vectors::new(3, 1, Metric::Euclidean);
        vectors.set(2, &[2.0]).unwrap();
        vectors.set(0, &[5.0]).unwrap();
        let mut seen = Vec::new();
        vectors.scan(&[&[2.0], &[4.0]], |paper, similarities| {
            seen.push((paper, similarities.to_vec()));
        });
        assert_eq!(seen, [(0, vec![-3.0, -1.0]), (2, vec![-0.0, -2.0])]);
    }
}
