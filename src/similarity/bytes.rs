//! Rows of numbers in 8 bits each, for looking through all of them.
//!
//! Reading the rows from memory is what takes the time, so they are short: each row has a scale, by
//! which its greatest value becomes 127. The rounding, half a step, makes an error in a cosine of
//! about `greatest component / 440` (a standard deviation): with 384 dimensions some 0.0005.

use rayon::prelude::*;

use crate::embed::encoder::kernels::bytes;

/// Steps from zero to the greatest value of a row.
pub(super) const STEPS: f32 = 127.0;

/// Rows that one task works on.
const CHUNK: usize = 4096;

/// `[rows, dimensions]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Bytes {
    dimensions: usize,
    values: Vec<i8>,
    /// By row: what a step is worth.
    scales: Vec<f32>,
}

/// A vector in steps of 16 bits, to be multiplied with rows one by one.
#[derive(Debug, Clone, Default)]
pub(super) struct Probe {
    steps: Vec<i16>,
    /// What a step is worth.
    scale: f32,
}

impl Probe {
    /// In as fine steps as sums of products with bytes allow.
    pub(super) fn new(vector: &[f32]) -> Self {
        let most = f32::from(bytes::most(vector.len()));
        let scale = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs())) / most;
        let step = |value: &f32| if scale > 0.0 { (value / scale).round() as i16 } else { 0 };
        Self { steps: vector.iter().map(step).collect(), scale }
    }

    /// Dot product with bytes of the same length, each worth `step`.
    pub(super) fn product(&self, bytes: &[i8], step: f32) -> f32 {
        let mut sum = [0];
        bytes::products(&self.steps, bytes, &mut sum);
        sum[0] as f32 * (self.scale * step)
    }
}

impl Bytes {
    /// Rows of zeros.
    pub(super) fn new(rows: usize, dimensions: usize) -> Self {
        Self { dimensions, values: vec![0; rows * dimensions], scales: vec![0.0; rows] }
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.scales.len()
    }

    /// Length of each row.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// One row, in steps.
    pub(super) fn row(&self, row: usize) -> &[i8] {
        &self.values[row * self.dimensions..][..self.dimensions]
    }

    /// One row, to be filled in steps of `scale`.
    pub(super) fn row_mut(&mut self, row: usize, scale: f32) -> &mut [i8] {
        self.scales[row] = scale;
        &mut self.values[row * self.dimensions..][..self.dimensions]
    }

    /// What a step of a row is worth.
    pub(super) fn scale(&self, row: usize) -> f32 {
        self.scales[row]
    }

    /// Rows of these, `[rows, dimensions]`.
    pub(super) fn of(values: &[f32], dimensions: usize) -> Self {
        let mut bytes = Self::new(values.len() / dimensions.max(1), dimensions);
        for (row, values) in values.chunks_exact(dimensions.max(1)).enumerate() {
            let scale = scale_of(values);
            for (to, value) in bytes.row_mut(row, scale).iter_mut().zip(values) {
                *to = if scale > 0.0 { (value / scale).round() as i8 } else { 0 };
            }
        }
        bytes
    }

    /// Adds a row to a vector, `[dimensions]`, `weight` times.
    pub(super) fn add_scaled(&self, to: &mut [f32], weight: f32, row: usize) {
        let step = weight * self.scale(row);
        for (to, &steps) in to.iter_mut().zip(self.row(row)) {
            *to += step * f32::from(steps);
        }
    }

    /// One row, to be multiplied with others by [`Bytes::product`] as [`Bytes::pair`] does.
    pub(super) fn probe(&self, row: usize) -> Probe {
        let steps = self.row(row).iter().map(|&value| value.into()).collect();
        Probe { steps, scale: self.scales[row] }
    }

    /// Dot product of a vector and a row.
    pub(super) fn product(&self, probe: &Probe, row: usize) -> f32 {
        probe.product(self.row(row), self.scales[row])
    }

    /// Dot product of two rows.
    pub(super) fn pair(&self, a: usize, b: usize) -> f32 {
        let products = self.row(a).iter().zip(self.row(b));
        let sum: i32 = products.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
        sum as f32 * (self.scales[a] * self.scales[b])
    }

    /// Dot products of a row with all rows, `[rows]`: those of [`Bytes::pair`].
    pub(super) fn products_of_row(&self, row: usize) -> Vec<f32> {
        let steps: Vec<i16> = self.row(row).iter().map(|&value| value.into()).collect();
        self.products_of_steps(&steps, self.scales[row])
    }

    /// Dot products of a vector, `[dimensions]`, with all rows, `[rows]`.
    pub(super) fn products(&self, vector: &[f32]) -> Vec<f32> {
        let most = bytes::most(self.dimensions);
        let scale =
            vector.iter().fold(0.0_f32, |most, value| most.max(value.abs())) / f32::from(most);
        if scale == 0.0 {
            return vec![0.0; self.rows()];
        }
        let steps: Vec<i16> = vector.iter().map(|value| (value / scale).round() as i16).collect();
        self.products_of_steps(&steps, scale)
    }

    fn products_of_steps(&self, steps: &[i16], scale: f32) -> Vec<f32> {
        let mut products = vec![0.0; self.rows()];
        let rows = self.values.par_chunks((CHUNK * self.dimensions).max(1));
        products.par_chunks_mut(CHUNK).zip(self.scales.par_chunks(CHUNK)).zip(rows).for_each(
            |((products, scales), rows)| {
                let mut sums = [0; CHUNK];
                let sums = &mut sums[..products.len()];
                bytes::products(steps, rows, sums);
                for ((product, &sum), row_scale) in products.iter_mut().zip(&*sums).zip(scales) {
                    *product = sum as f32 * (scale * row_scale);
                }
            },
        );
        products
    }
}

/// What a step of these values is worth, for the greatest to be [`STEPS`]; 0 for zeros.
fn scale_of(values: &[f32]) -> f32 {
    values.iter().fold(0.0_f32, |most, value| most.max(value.abs())) / STEPS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::Numbers;

    #[test]
    fn products_are_right_to_within_the_rounding() {
        let (rows, dimensions) = (5_000, 50);
        let values = Numbers::new(1).vector(rows * dimensions);
        let bytes = Bytes::of(&values, dimensions);
        let vector = Numbers::new(2).vector(dimensions);
        let row = |row: usize| &values[row * dimensions..][..dimensions];
        let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        for (at, product) in bytes.products(&vector).into_iter().enumerate() {
            assert!((product - dot(row(at), &vector)).abs() < 0.08, "{at}: {product}");
        }
        let to_row = bytes.products_of_row(7);
        for other in [0, 7, 4_999] {
            assert_eq!(to_row[other].to_bits(), bytes.pair(7, other).to_bits());
            assert_eq!(bytes.pair(other, 7).to_bits(), bytes.pair(7, other).to_bits());
            assert_eq!(bytes.product(&bytes.probe(7), other).to_bits(), to_row[other].to_bits());
            assert!((to_row[other] - dot(row(7), row(other))).abs() < 0.12);
        }
    }

    #[test]
    fn zeros_and_nothing_are_products_of_zero() {
        let bytes = Bytes::of(&[0.0, 0.0, 1.0, -1.0], 2);
        assert_eq!(bytes.products(&[0.0, 0.0]), [0.0, 0.0]);
        assert_eq!(bytes.products_of_row(0), [0.0, 0.0]);
        assert!(Bytes::new(0, 3).products(&[1.0; 3]).is_empty());
    }
}
