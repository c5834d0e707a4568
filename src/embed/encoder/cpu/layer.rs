//! One layer of BERT (Devlin et al., 2019): attention, then two linear maps with GELU between
//! them, each with its residual and `LayerNorm`.

use std::sync::atomic::AtomicBool;

use super::{
    super::{
        EncodeError, go_on,
        kernels::{Activations, Kernels, TileMut, Weights},
    },
    attention::{Attention, Head},
    crew::Crew,
};
use crate::embed::model::{Config, ModelError, Reader};

/// Tiles of a block, about: the products of a layer run block by block, so that what one leaves is
/// near for the next, and `stop` is looked at often. Weights come from afar for each block: with
/// fewer tiles they hold up the fastest kernels.
const BLOCK: usize = 16;

/// Most bytes of a block's packed activations for each thread, about: what the second cache holds beside
/// weights and results, of which a crew's threads have fewer.
const BLOCK_BYTES: usize = 768 << 10;

/// Least rows of a block, about.
const BLOCK_ROWS: usize = 112;

/// Rows of one text in a micro-batch: first row, number of rows.
pub(super) type Span = (usize, usize);

/// `LayerNorm`, `[hidden]`.
pub(super) struct Norm {
    gain: Vec<f32>,
    shift: Vec<f32>,
    eps: f32,
}

impl Norm {
    pub(super) fn read(reader: &Reader<'_>, name: &str, eps: f64) -> Result<Self, ModelError> {
        Ok(Self {
            gain: reader.values(&format!("{name}.weight"))?,
            shift: reader.values(&format!("{name}.bias"))?,
            eps: eps as f32,
        })
    }

    pub(super) fn apply(&self, kernels: &Kernels, row: &mut [f32]) {
        kernels.rows.norm(row, &self.gain, &self.shift, self.eps);
    }
}

/// A linear map.
pub(super) struct Linear {
    kernels: Kernels,
    weights: Weights,
}

impl Linear {
    /// The tensors of these names below one another, each `[outputs, inputs]`, times `factor`. `values`
    /// is room for them.
    fn read(
        reader: &Reader<'_>,
        kernels: Kernels,
        names: &[&str],
        inputs: usize,
        factor: Option<f32>,
        values: &mut Vec<f32>,
    ) -> Result<Self, ModelError> {
        let mut bias = Vec::new();
        values.clear();
        for name in names {
            reader.append(&format!("{name}.bias"), &mut bias)?;
            reader.append(&format!("{name}.weight"), values)?;
        }
        if let Some(factor) = factor {
            kernels.rows.multiply(&mut bias, factor);
            kernels.rows.multiply(values, factor);
        }
        let mut weights = Weights::new(kernels.linear(), inputs, bias.len());
        weights.write_outputs(0, values.chunks_exact(inputs));
        weights.set_bias(bias);
        Ok(Self { kernels, weights })
    }

    /// Panels that each thread of the crew computes.
    fn share(&self, crew: Crew) -> usize {
        let panels = self.weights.outputs().div_ceil(self.weights.panel());
        panels.div_ceil(crew.threads())
    }

    /// Writes `out`, `[rows, outputs]`.
    fn forward(&self, crew: Crew, activations: &Activations, out: &mut [f32]) {
        let (outputs, columns) = (self.weights.outputs(), self.weights.panel());
        let share = self.share(crew);
        let parts = split_columns(out, outputs, share * columns);
        crew.each(parts.into_iter().enumerate(), |(part, mut rows)| {
            self.weights.multiply_rows(activations, part * share, share, &mut rows);
        });
    }

    /// Writes GELU of the result, packed for the next product, without a detour where the format
    /// allows it.
    fn forward_gelu(
        &self,
        crew: Crew,
        activations: &Activations,
        out: &mut Activations,
        rows: &mut Vec<f32>,
    ) {
        let (count, outputs) = (activations.rows(), self.weights.outputs());
        let gelu = |values: &mut [f32]| self.kernels.rows.gelu(values);
        if !out.takes_columns() {
            rows.resize(count * outputs, 0.0);
            self.forward(crew, activations, rows);
            let parts = rows.chunks_mut(out.tile_rows() * outputs);
            crew.each(out.tiles_mut(count, outputs).zip(parts), |(mut tile, rows)| {
                for (at, row) in rows.chunks_exact_mut(outputs).enumerate() {
                    gelu(row);
                    tile.write(at, row);
                }
            });
            return;
        }
        let share = self.share(crew);
        let mut parts: Vec<Vec<TileMut<'_>>> = Vec::new();
        parts.resize_with(outputs.div_ceil(share * self.weights.panel()), Vec::new);
        for mut tile in out.tiles_mut(count, outputs) {
            for part in &mut parts {
                let (piece, rest) = tile.split(share);
                part.push(piece);
                tile = rest;
            }
        }
        crew.each(parts.into_iter().enumerate(), |(part, mut tiles)| {
            let first = part * share;
            self.weights.multiply(activations, first, share, |tile, panel, values| {
                gelu(values);
                tiles[tile].write_columns(panel - first, values);
            });
        });
    }
}

/// The columns of `[rows, width]`, so many in each part, row by row.
fn split_columns(rows: &mut [f32], width: usize, some: usize) -> Vec<Vec<&mut [f32]>> {
    let mut parts: Vec<Vec<&mut [f32]>> = Vec::new();
    parts.resize_with(width.div_ceil(some), || Vec::with_capacity(rows.len() / width));
    for row in rows.chunks_exact_mut(width) {
        for (part, piece) in parts.iter_mut().zip(row.chunks_mut(some)) {
            part.push(piece);
        }
    }
    parts
}

/// Packs rows of `[rows, width]`.
fn pack(crew: Crew, rows: &[f32], width: usize, out: &mut Activations) {
    let tile_rows = out.tile_rows();
    let tiles = out.tiles_mut(rows.len() / width, width);
    crew.each(tiles.zip(rows.chunks(tile_rows * width)), |(mut tile, rows)| {
        for (at, row) in rows.chunks_exact(width).enumerate() {
            tile.write(at, row);
        }
    });
}

/// Room for a layer, used again and again.
pub(super) struct Room {
    context: Vec<f32>,
    keys_values: Vec<f32>,
    /// One for each thread.
    attention: Vec<Attention>,
    narrow: Activations,
    wide: Activations,
    inner: Vec<f32>,
    outer: Vec<f32>,
}

impl Room {
    pub(super) fn new(kernels: Kernels, crew: Crew) -> Self {
        Self {
            context: Vec::new(),
            keys_values: Vec::new(),
            attention: (0..crew.threads()).map(|_| Attention::new(kernels)).collect(),
            narrow: Activations::new(kernels.linear()),
            wide: Activations::new(kernels.linear()),
            inner: Vec::new(),
            outer: Vec::new(),
        }
    }

    /// Rows of a block of so many inputs: whole tiles, so that there are about as many in each.
    fn block(&self, crew: Crew, inputs: usize, rows: usize) -> usize {
        let tile = self.narrow.tile_rows();
        let most = BLOCK_BYTES * crew.threads() / self.narrow.row_bytes(inputs);
        let about = (BLOCK * tile).min(most).max(BLOCK_ROWS);
        let blocks = ((rows + about / 2) / about).max(1);
        rows.div_ceil(blocks).max(1).next_multiple_of(tile)
    }
}

/// One layer.
pub(super) struct Layer {
    kernels: Kernels,
    heads: usize,
    /// Divided by the square root of a head's size already.
    query: Linear,
    /// Keys and values in one: `[hidden]` → `[2 · hidden]`.
    key_value: Linear,
    attention: Linear,
    attention_norm: Norm,
    inner: Linear,
    outer: Linear,
    norm: Norm,
}

impl Layer {
    pub(super) fn read(
        reader: &Reader<'_>,
        kernels: Kernels,
        name: &str,
        config: &Config,
    ) -> Result<Self, ModelError> {
        let (heads, hidden, inner) =
            (config.num_attention_heads, config.hidden_size, config.intermediate_size);
        let eps = config.layer_norm_eps;
        let attention = |part| format!("{name}.attention.{part}");
        let [query, key, value] = ["self.query", "self.key", "self.value"].map(attention);
        let scale = 1.0 / ((hidden / heads) as f32).sqrt();
        let mut values = Vec::new();
        let mut linear = |names: &[&str], inputs, factor| {
            Linear::read(reader, kernels, names, inputs, factor, &mut values)
        };
        Ok(Self {
            kernels,
            heads,
            query: linear(&[&query], hidden, Some(scale))?,
            key_value: linear(&[&key, &value], hidden, None)?,
            attention: linear(&[&attention("output.dense")], hidden, None)?,
            attention_norm: Norm::read(reader, &attention("output.LayerNorm"), eps)?,
            inner: linear(&[&format!("{name}.intermediate.dense")], hidden, None)?,
            outer: linear(&[&format!("{name}.output.dense")], inner, None)?,
            norm: Norm::read(reader, &format!("{name}.output.LayerNorm"), eps)?,
        })
    }

    /// Replaces `rows`, `[rows, hidden]`: all tokens, in the order of `spans`; or, where `keys` is
    /// something else, one row for each text, which attends to all of its text in `keys`.
    pub(super) fn forward(
        &self,
        crew: Crew,
        rows: &mut [f32],
        keys: Option<&[f32]>,
        spans: &[Span],
        room: &mut Room,
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let hidden = self.query.weights.outputs();
        let block = room.block(crew, hidden, keys.unwrap_or(rows).len() / hidden) * hidden;
        room.context.resize(rows.len(), 0.0);
        room.keys_values.resize(2 * keys.unwrap_or(rows).len(), 0.0);
        let Room { narrow, context, keys_values, .. } = room;
        let places = keys_values.chunks_mut(2 * block);
        if let Some(keys) = keys {
            for (keys, out) in keys.chunks(block).zip(places) {
                go_on(stop)?;
                pack(crew, keys, hidden, narrow);
                self.key_value.forward(crew, narrow, out);
            }
            for (rows, out) in rows.chunks(block).zip(context.chunks_mut(block)) {
                go_on(stop)?;
                pack(crew, rows, hidden, narrow);
                self.query.forward(crew, narrow, out);
            }
        } else {
            for ((rows, query), out) in
                rows.chunks(block).zip(context.chunks_mut(block)).zip(places)
            {
                go_on(stop)?;
                pack(crew, rows, hidden, narrow);
                self.query.forward(crew, narrow, query);
                self.key_value.forward(crew, narrow, out);
            }
        }
        self.attend(crew, keys.is_some(), spans, room, stop)?;
        let inner = self.inner.weights.outputs();
        let block = room.block(crew, inner, rows.len() / hidden) * hidden;
        for (at, rows) in rows.chunks_mut(block).enumerate() {
            go_on(stop)?;
            self.rest(crew, rows, at * block, room, stop)?;
        }
        Ok(())
    }

    /// Replaces the queries in the room's context by what their heads give.
    fn attend(
        &self,
        crew: Crew,
        one_row_each: bool,
        spans: &[Span],
        room: &mut Room,
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let hidden = self.query.weights.outputs();
        let size = hidden / self.heads;
        let share = self.heads.div_ceil(crew.threads()) * size;
        let Room { context, keys_values, attention, .. } = room;
        let mut rest = &mut context[..];
        for &(start, length) in spans {
            go_on(stop)?;
            let keys_values = &keys_values[start * 2 * hidden..(start + length) * 2 * hidden];
            let count = if one_row_each { 1 } else { length };
            let (rows, later) = rest.split_at_mut(count * hidden);
            rest = later;
            let parts = split_columns(rows, hidden, share);
            crew.each(
                parts.into_iter().enumerate().zip(&mut *attention),
                |((part, mut rows), attention)| {
                    let width = rows.first().map_or(0, |row| row.len());
                    for first in (0..width).step_by(size) {
                        let mut queries: Vec<&mut [f32]> =
                            rows.iter_mut().map(|row| &mut row[first..first + size]).collect();
                        let first = part * share + first;
                        let of =
                            |first| Head { values: keys_values, first, stride: 2 * hidden, size };
                        attention.attend(&mut queries, of(first), of(hidden + first));
                    }
                },
            );
        }
        Ok(())
    }

    /// What follows attention, for one block, whose context begins at `start`.
    fn rest(
        &self,
        crew: Crew,
        rows: &mut [f32],
        start: usize,
        room: &mut Room,
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let hidden = self.query.weights.outputs();
        let Room { context, narrow, wide, inner, outer, .. } = room;
        outer.resize(rows.len(), 0.0);
        pack(crew, &context[start..start + rows.len()], hidden, narrow);
        self.attention.forward(crew, narrow, outer);
        self.add_and_norm(crew, &self.attention_norm, rows, outer);
        go_on(stop)?;
        pack(crew, rows, hidden, narrow);
        self.inner.forward_gelu(crew, narrow, wide, inner);
        go_on(stop)?;
        self.outer.forward(crew, wide, outer);
        self.add_and_norm(crew, &self.norm, rows, outer);
        Ok(())
    }

    /// Adds `others` to `rows`, and normalises.
    fn add_and_norm(&self, crew: Crew, norm: &Norm, rows: &mut [f32], others: &[f32]) {
        let hidden = self.query.weights.outputs();
        let share = (rows.len() / hidden).div_ceil(crew.threads()) * hidden;
        let parts = rows.chunks_mut(share).zip(others.chunks(share));
        crew.each(parts, |(rows, others)| {
            let others = others.chunks_exact(hidden);
            for (row, other) in rows.chunks_exact_mut(hidden).zip(others) {
                self.kernels.rows.add(row, other);
                norm.apply(&self.kernels, row);
            }
        });
    }
}
