//! Weights and activations as the tiles want them, and their product.

use super::{
    Format, LANES, Line, MOST_SUMS, Product, bf16,
    rows::{Columns, Scale},
};

/// The right-hand side of a product, `[inputs, outputs]`, packed once: panel after panel, each of
/// the tile's number of columns; in a panel lane after lane; in a lane one after another the
/// columns' values. What is missing in the last panel and in the last 16 lanes is 0.
pub(in crate::embed::encoder) struct Weights {
    product: Product,
    lines: Vec<Line>,
    outputs: usize,
    /// Lines of a panel.
    panel: usize,
    /// For integers: what makes numbers of them, for each output.
    scales: Vec<f32>,
    sums: Vec<f32>,
}

impl Weights {
    /// All zero, for `write_output` or `write_input`.
    pub(in crate::embed::encoder) fn new(product: Product, inputs: usize, outputs: usize) -> Self {
        let mut weights = Self {
            product,
            lines: Vec::new(),
            outputs: 0,
            panel: 0,
            scales: Vec::new(),
            sums: Vec::new(),
        };
        weights.clear(inputs, outputs);
        weights
    }

    /// Makes it zero, of this shape.
    pub(in crate::embed::encoder) fn clear(&mut self, inputs: usize, outputs: usize) {
        let tile = self.product.tile;
        self.outputs = outputs;
        self.panel = tile.format.lanes(inputs) * tile.columns / LANES;
        self.lines.clear();
        self.lines.resize(outputs.div_ceil(tile.columns) * self.panel, Line::ZERO);
        if matches!(tile.format, Format::Int8 { .. }) {
            self.scales.resize(outputs, 0.0);
            self.sums.resize(outputs, 0.0);
        }
    }

    /// Where a column lies: the first of its lines, how many lines further the next is, and its
    /// lane in them.
    fn place(&self, output: usize) -> (usize, usize, usize) {
        let columns = self.product.tile.columns;
        let (panel, column) = (output / columns, output % columns);
        (panel * self.panel + column / LANES, columns / LANES, column % LANES)
    }

    /// Writes the weights of one output, `[inputs]`.
    pub(in crate::embed::encoder) fn write_output(&mut self, output: usize, weights: &[f32]) {
        let format = self.product.tile.format;
        let (first, step, at) = self.place(output);
        let lanes = self.lines[first..].iter_mut().step_by(step).map(|line| &mut line.0[at]);
        match format {
            Format::F32 => lanes.zip(weights).for_each(|(lane, x)| *lane = x.to_bits()),
            Format::Bf16 | Format::Bf16Wide => {
                lanes.zip(weights.chunks(2)).for_each(|(lane, pair)| {
                    let second = pair.get(1).copied().unwrap_or_default();
                    *lane = u32::from(bf16(pair[0])) | u32::from(bf16(second)) << 16;
                });
            }
            Format::Int8 { most } => {
                let greatest = weights.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
                // NaN where a weight is not finite, so that the result shows it.
                let sound: f32 = weights.iter().map(|x| x * 0.0).sum();
                let scale = greatest / f32::from(most);
                let factor = if scale > 0.0 { 1.0 / scale } else { 0.0 };
                let mut sum = 0;
                lanes.zip(weights.chunks(4)).for_each(|(lane, quad)| {
                    for (i, x) in quad.iter().enumerate() {
                        let q = (x * factor).round_ties_even() as i8;
                        sum += i32::from(q);
                        *lane |= u32::from(q.cast_unsigned()) << (8 * i);
                    }
                });
                self.scales[output] = scale + sound;
                self.sums[output] = sum as f32 * self.scales[output];
            }
        }
    }

    /// Writes the weights of one input, `[outputs]`; for `f32` only.
    pub(in crate::embed::encoder) fn write_input(&mut self, input: usize, weights: &[f32]) {
        debug_assert_eq!(self.product.tile.format, Format::F32);
        let step = self.product.tile.columns / LANES;
        for (part, weights) in weights.chunks(LANES).enumerate() {
            let (first, ..) = self.place(part * LANES);
            let line = &mut self.lines[first + input * step];
            for (lane, x) in line.0.iter_mut().zip(weights) {
                *lane = x.to_bits();
            }
        }
    }

    /// Number of outputs.
    pub(in crate::embed::encoder) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Outputs of a panel.
    pub(in crate::embed::encoder) fn panel(&self) -> usize {
        self.product.tile.columns
    }

    /// `activations` times the panels from `first` on, as many as fit in the rows of `out`, a slice
    /// for each row. Integer sums are to be turned into numbers by [`Weights::finish`].
    pub(in crate::embed::encoder) fn multiply(
        &self,
        activations: &Activations,
        first: usize,
        out: &mut [&mut [f32]],
    ) {
        let tile = self.product.tile;
        let mut sums = [0.0; MOST_SUMS];
        let width = out.first().map_or(0, |row| row.len());
        let tiles = out.len().div_ceil(tile.rows);
        for (panel, start) in (0..width).step_by(tile.columns).enumerate() {
            let later = &self.lines[(first + panel) * self.panel..];
            let (panel, later) = later.split_at(self.panel);
            // While a panel is used, the next one comes nearer.
            let next = &later[..self.panel.min(later.len())];
            let mut ahead = next.chunks(self.panel.div_ceil(tiles));
            let count = tile.columns.min(width - start);
            let tiles = activations.lines.chunks_exact(activations.tile);
            for (activations, out) in tiles.zip(out.chunks_mut(tile.rows)) {
                tile.run(out.len(), activations, panel, ahead.next().unwrap_or(&[]), &mut sums);
                for (row, sums) in out.iter_mut().zip(sums.chunks_exact(tile.columns)) {
                    row[start..start + count].copy_from_slice(&sums[..count]);
                }
            }
        }
    }

    /// Makes numbers of the sums of a row.
    pub(in crate::embed::encoder) fn finish(&self, scale: Scale, row: &mut [f32]) {
        if matches!(self.product.tile.format, Format::Int8 { .. }) {
            let columns = Columns { scales: &self.scales, sums: &self.sums };
            self.product.rows.dequantize(row, scale, columns);
        }
    }
}

/// The left-hand side of a product, `[rows, inputs]`: tile after tile of the kernel's number of
/// rows; in a tile, for each 16 lanes, one row's after the other's. So the kernel's broadcasts lie
/// at fixed distances from one pointer, and a row is written 64 bytes at a time.
pub(in crate::embed::encoder) struct Activations {
    product: Product,
    lines: Vec<Line>,
    /// One for each row of each tile.
    scales: Vec<Scale>,
    inputs: usize,
    /// Lines of a tile.
    tile: usize,
}

/// A tile of activations, to be written.
pub(in crate::embed::encoder) struct TileMut<'a> {
    product: Product,
    lines: &'a mut [Line],
    scales: &'a mut [Scale],
}

impl Activations {
    /// Of no rows yet.
    pub(in crate::embed::encoder) fn new(product: Product) -> Self {
        Self { product, lines: Vec::new(), scales: Vec::new(), inputs: 0, tile: 1 }
    }

    /// Rows of a tile.
    pub(in crate::embed::encoder) fn tile_rows(&self) -> usize {
        self.product.tile.rows
    }

    /// The tiles of `rows` rows of `inputs` values, to be written; what they held is lost.
    pub(in crate::embed::encoder) fn tiles_mut(
        &mut self,
        rows: usize,
        inputs: usize,
    ) -> impl Iterator<Item = TileMut<'_>> {
        let Product { tile, .. } = self.product;
        let chunks = tile.format.lanes(inputs) / LANES * tile.format.activation_lanes();
        let tiles = rows.div_ceil(tile.rows);
        if self.inputs != inputs {
            // Not every lane beyond the last input is written, and all must be 0.
            self.lines.clear();
            self.inputs = inputs;
            self.tile = chunks * tile.rows;
        }
        if self.lines.len() < tiles * self.tile {
            self.lines.resize(tiles * self.tile, Line::ZERO);
            self.scales.resize(tiles * tile.rows, Scale::default());
        }
        let product = self.product;
        (self.lines.chunks_exact_mut(self.tile).zip(self.scales.chunks_exact_mut(tile.rows)))
            .map(move |(lines, scales)| TileMut { product, lines, scales })
    }

    /// How the integers of a row are to be read.
    pub(in crate::embed::encoder) fn scale(&self, row: usize) -> Scale {
        self.scales[row]
    }
}

impl TileMut<'_> {
    /// Writes a row.
    pub(in crate::embed::encoder) fn write(&mut self, at: usize, row: &[f32]) {
        let Product { tile, rows } = self.product;
        let lines = &mut *self.lines;
        match tile.format {
            Format::F32 => rows.pack_f32(row, lines, at, tile.rows),
            Format::Bf16 => rows.pack_bf16(row, lines, at, tile.rows),
            Format::Bf16Wide => rows.pack_rounded(row, lines, at, tile.rows),
            Format::Int8 { .. } => self.scales[at] = rows.pack_int8(row, lines, at, tile.rows),
        }
    }
}
