//! Weights and activations as the tiles want them, and their product.

use std::slice;

use super::{
    Columns, Format, LANES, Line, Lines, MOST_ROWS, MOST_SUMS, Product, Ready, Scale, pages,
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
    /// Added to the outputs; nothing where there is none.
    bias: Vec<f32>,
    /// For integers: what makes numbers of them, for each column of each panel.
    scales: Vec<f32>,
    /// For integers: the sum of a column as a number.
    totals: Vec<f32>,
}

impl Weights {
    /// All zero, for [`write_outputs`](Self::write_outputs) or [`write_inputs`](Self::write_inputs).
    pub(in crate::embed::encoder) fn new(product: Product, inputs: usize, outputs: usize) -> Self {
        let mut weights = Self {
            product,
            lines: Vec::new(),
            outputs: 0,
            panel: 0,
            bias: Vec::new(),
            scales: Vec::new(),
            totals: Vec::new(),
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
        let lines = outputs.div_ceil(tile.columns) * self.panel;
        if self.lines.capacity() < lines {
            self.lines = pages::room(lines);
        }
        self.lines.resize(lines, Line::ZERO);
        if matches!(tile.format, Format::Int8 { .. }) {
            let columns = outputs.next_multiple_of(tile.columns);
            self.scales.resize(columns, 0.0);
            self.totals.resize(columns, 0.0);
        }
    }

    /// Adds this to the outputs from now on.
    pub(in crate::embed::encoder) fn set_bias(&mut self, mut bias: Vec<f32>) {
        bias.resize(self.outputs.next_multiple_of(self.product.tile.columns), 0.0);
        self.bias = bias;
    }

    /// Writes the weights of the outputs from `first` on, a multiple of 16, `[inputs]` each.
    ///
    /// Sixteen outputs at a time are packed like rows of activations, and turned round.
    pub(in crate::embed::encoder) fn write_outputs<'a>(
        &mut self,
        first: usize,
        mut weights: impl Iterator<Item = &'a [f32]>,
    ) {
        let Product { tile, rows } = self.product;
        let step = tile.columns / LANES;
        let mut block = vec![Line::ZERO; self.panel / step];
        for first in (first..).step_by(LANES) {
            let mut count = 0;
            for (at, row) in weights.by_ref().take(LANES).enumerate() {
                count += 1;
                match tile.format {
                    Format::F32 => rows.pack_f32(row, &mut block, at, LANES),
                    Format::Bf16 | Format::Bf16Wide => rows.pack_bf16(row, &mut block, at, LANES),
                    Format::Int8 { most } => {
                        let (scale, sum) = rows.pack_weights(row, most, &mut block, at, LANES);
                        self.scales[first + at] = scale;
                        self.totals[first + at] = sum * scale;
                    }
                }
            }
            if count == 0 {
                break;
            }
            for row in count..LANES {
                block.iter_mut().skip(row).step_by(LANES).for_each(|line| *line = Line::ZERO);
            }
            let place = first / tile.columns * self.panel + first % tile.columns / LANES;
            let lines = self.lines[place..].chunks_mut(LANES * step);
            for (block, lines) in block.chunks_exact(LANES).zip(lines) {
                rows.transpose(block, lines, step);
            }
        }
    }

    /// Writes the weights of all inputs, `[outputs]` each; not for integers.
    pub(in crate::embed::encoder) fn write_inputs<'a>(
        &mut self,
        mut weights: impl Iterator<Item = &'a [f32]>,
    ) {
        let Product { tile, rows } = self.product;
        let (columns, panel) = (tile.columns, self.panel);
        let step = columns / LANES;
        let mut number = 0;
        while let Some(first) = weights.next() {
            let second = if tile.format.values() == 2 { weights.next() } else { None };
            for at in (0..first.len()).step_by(LANES) {
                let place = at / columns * panel + number * step + at % columns / LANES;
                let line = &mut self.lines[place];
                let part = |row: &'a [f32]| &row[at..row.len().min(at + LANES)];
                match (tile.format, second) {
                    (Format::F32, _) => rows.pack_f32(part(first), slice::from_mut(line), 0, 1),
                    (_, Some(second)) => rows.interleave(part(first), part(second), line),
                    (_, None) => rows.interleave(part(first), &[0.0; LANES], line),
                }
            }
            number += 1;
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

    /// `activations` times the panels from `first` on, `count` of them: `take` gets the number of a
    /// tile, that of a panel, and the product's part of these rows and columns, `[rows, columns]`.
    pub(in crate::embed::encoder) fn multiply(
        &self,
        activations: &Activations,
        first: usize,
        count: usize,
        mut take: impl FnMut(usize, usize, &mut [f32]),
    ) {
        let columns = self.panel();
        let mut sums = [0.0; MOST_SUMS];
        self.each_tile(activations, first, count, |part| {
            let sums = &mut sums[..part.rows * columns];
            let mut rows = sums.chunks_exact_mut(columns);
            let mut out: [&mut [f32]; MOST_ROWS] =
                std::array::from_fn(|_| rows.next().unwrap_or_default());
            part.run(&mut out, 0);
            take(part.tile, part.panel, sums);
        });
    }

    /// The same, written into `out`: for each row of the activations the columns of these panels, as
    /// many as there are.
    pub(in crate::embed::encoder) fn multiply_rows(
        &self,
        activations: &Activations,
        first: usize,
        count: usize,
        out: &mut [&mut [f32]],
    ) {
        let (tile_rows, columns) = (activations.tile_rows(), self.panel());
        // The last panel may have more columns than there are.
        let width = out.first().map_or(0, |row| row.len());
        let whole = count.min(width / columns);
        self.each_tile(activations, first, whole, |part| {
            let start = part.tile * tile_rows;
            let rows = &mut out[start..start + part.rows];
            part.run(rows, (part.panel - first) * columns);
        });
        let rest = first + whole;
        self.multiply(activations, rest, count - whole, |tile, panel, values| {
            let rows = out[tile * tile_rows..].iter_mut();
            for (row, values) in rows.zip(values.chunks_exact(columns)) {
                let row = &mut row[(panel - first) * columns..];
                row.copy_from_slice(&values[..row.len()]);
            }
        });
    }

    /// Hands out the tiles that make up the product with these panels, one panel after the other.
    fn each_tile(
        &self,
        activations: &Activations,
        first: usize,
        count: usize,
        mut each: impl FnMut(Part<'_>),
    ) {
        let kernel = self.product.tile;
        let ready = kernel.ready();
        let tiles = activations.rows.div_ceil(kernel.rows);
        let mut panels = self.lines[first * self.panel..].chunks_exact(self.panel).peekable();
        for number in first..first + count {
            let Some(panel) = panels.next() else { break };
            // While a panel is used, the next one comes nearer.
            let next = panels.peek().copied().unwrap_or_default();
            let columns = self.columns(number);
            let mut ahead = next.chunks(self.panel.div_ceil(tiles).max(1));
            let lines = activations.lines.chunks_exact(activations.tile);
            for (at, activations_tile) in lines.take(tiles).enumerate() {
                each(Part {
                    ready: &ready,
                    tile: at,
                    panel: number,
                    rows: kernel.rows.min(activations.rows - at * kernel.rows),
                    lines: (activations_tile, panel, ahead.next().unwrap_or_default()),
                    scales: activations.scales(at),
                    columns,
                });
            }
        }
    }

    /// Writes the whole product into `out`, rows of `width` values.
    pub(in crate::embed::encoder) fn multiply_into(
        &self,
        activations: &Activations,
        width: usize,
        out: &mut [f32],
    ) {
        let panels = self.outputs.div_ceil(self.panel());
        let mut rows: Vec<&mut [f32]> = out.chunks_mut(width).collect();
        self.multiply_rows(activations, 0, panels, &mut rows);
    }

    /// What belongs to the columns of a panel.
    fn columns(&self, panel: usize) -> Columns<'_> {
        let columns = self.product.tile.columns;
        let [bias, scales, totals] = [&self.bias, &self.scales, &self.totals]
            .map(|all| all.get(panel * columns..(panel + 1) * columns).unwrap_or_default());
        Columns { bias, scales, totals }
    }
}

/// The product of a tile of activations with a panel of weights.
struct Part<'a> {
    ready: &'a Ready,
    tile: usize,
    panel: usize,
    rows: usize,
    lines: Lines<'a>,
    scales: &'a [Scale],
    columns: Columns<'a>,
}

impl Part<'_> {
    /// Writes it into `out`, from the column `first` on.
    #[inline]
    fn run(&self, out: &mut [&mut [f32]], first: usize) {
        self.ready.run(self.rows, self.lines, self.scales, self.columns, (out, first));
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
    rows: usize,
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
        Self { product, lines: Vec::new(), scales: Vec::new(), rows: 0, inputs: 0, tile: 1 }
    }

    /// Rows of a tile.
    pub(in crate::embed::encoder) fn tile_rows(&self) -> usize {
        self.product.tile.rows
    }

    /// Bytes of a row of so many values.
    pub(in crate::embed::encoder) fn row_bytes(&self, inputs: usize) -> usize {
        inputs.div_ceil(self.product.tile.format.line_values()) * size_of::<Line>()
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
        self.rows = rows;
        let product = self.product;
        (self.lines.chunks_exact_mut(self.tile).zip(self.scales.chunks_exact_mut(tile.rows)))
            .take(tiles)
            .map(move |(lines, scales)| TileMut { product, lines, scales })
    }

    /// How the integers of a tile's rows are to be read.
    pub(in crate::embed::encoder) fn scales(&self, tile: usize) -> &[Scale] {
        let rows = self.product.tile.rows;
        &self.scales[tile * rows..(tile + 1) * rows]
    }

    /// Number of rows.
    pub(in crate::embed::encoder) fn rows(&self) -> usize {
        self.rows
    }

    /// Can the columns of a panel be written by themselves? Integers need the whole row.
    pub(in crate::embed::encoder) fn takes_columns(&self) -> bool {
        !matches!(self.product.tile.format, Format::Int8 { .. })
    }
}

impl<'a> TileMut<'a> {
    /// The columns of so many panels of the product that gives the rows, and the columns after
    /// them.
    pub(in crate::embed::encoder) fn split(self, panels: usize) -> (Self, Self) {
        let Product { tile, .. } = self.product;
        let lines = panels * tile.columns / tile.format.line_values() * tile.rows;
        let (left, right) = self.lines.split_at_mut(lines.min(self.lines.len()));
        let with = |lines: &'a mut [Line]| Self { product: self.product, lines, scales: &mut [] };
        (with(left), with(right))
    }

    /// Writes the columns of one panel, `[rows, columns]`, the `panel`th of the tile.
    pub(in crate::embed::encoder) fn write_columns(&mut self, panel: usize, values: &[f32]) {
        let Product { tile, .. } = self.product;
        let first = panel * tile.columns / tile.format.line_values() * tile.rows;
        for (at, row) in values.chunks_exact(tile.columns).enumerate() {
            self.write(first + at, row);
        }
    }

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
