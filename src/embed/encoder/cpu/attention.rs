//! Scaled dot-product attention (Vaswani et al., 2017) of one text and one head.

use super::super::kernels::{Activations, Kernels, Weights};

/// Rows of queries at a time: their scores, up to 512 for each, stay in the second cache.
const BLOCK: usize = 56;

/// One head of some rows: `[rows, size]`, each row `stride` values after the last, from `first` on.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) values: &'a [f32],
    pub(super) first: usize,
    pub(super) stride: usize,
    pub(super) size: usize,
}

impl<'a> Head<'a> {
    /// Its rows.
    fn rows(self) -> impl Iterator<Item = &'a [f32]> {
        let rows = self.values.chunks_exact(self.stride);
        rows.map(move |row| &row[self.first..self.first + self.size])
    }
}

/// Room for attention, used again and again.
pub(super) struct Attention {
    kernels: Kernels,
    keys: Weights,
    values: Weights,
    queries: Activations,
    weights: Activations,
    scores: Vec<f32>,
    factors: Vec<f32>,
}

impl Attention {
    pub(super) fn new(kernels: Kernels) -> Self {
        let product = kernels.attention();
        Self {
            kernels,
            keys: Weights::new(product, 0, 0),
            values: Weights::new(product, 0, 0),
            queries: Activations::new(product),
            weights: Activations::new(product),
            scores: Vec::new(),
            factors: Vec::new(),
        }
    }

    /// Replaces the queries, `[rows, size]`, by softmax(queries · keysᵀ) · values. The queries are
    /// divided by the square root of `size` already.
    pub(super) fn attend(&mut self, queries: &mut [&mut [f32]], keys: Head<'_>, values: Head<'_>) {
        let (size, tokens) = (keys.size, keys.values.len().div_ceil(keys.stride));
        self.keys.clear(size, tokens);
        self.keys.write_outputs(0, keys.rows());
        let tile_rows = self.queries.tile_rows();
        let block = BLOCK.next_multiple_of(tile_rows);
        // Rows begin at multiples of a panel, so that sums are copied whole.
        let width = tokens.next_multiple_of(self.keys.panel());
        self.values.clear(width, size);
        self.values.write_inputs(values.rows());
        self.scores.resize(block * width, 0.0);
        let panels = size.div_ceil(self.values.panel());
        for queries in queries.chunks_mut(block) {
            let count = queries.len();
            let tiles = self.queries.tiles_mut(count, size);
            for (mut tile, queries) in tiles.zip(queries.chunks(tile_rows)) {
                for (at, query) in queries.iter().enumerate() {
                    tile.write(at, query);
                }
            }
            let scores = &mut self.scores[..count * width];
            self.keys.multiply_into(&self.queries, width, scores);
            self.factors.clear();
            let tiles = self.weights.tiles_mut(count, width);
            for (mut tile, scores) in tiles.zip(scores.chunks_mut(tile_rows * width)) {
                for (at, scores) in scores.chunks_exact_mut(width).enumerate() {
                    // What is no token weighs nothing, and has no values that are weighed.
                    scores[tokens..].fill(f32::NEG_INFINITY);
                    self.factors.push(self.kernels.rows.softmax(scores));
                    tile.write(at, scores);
                }
            }
            self.values.multiply_rows(&self.weights, 0, panels, queries);
            for (row, factor) in queries.iter_mut().zip(&self.factors) {
                self.kernels.rows.multiply(row, *factor);
            }
        }
    }
}
