//! One layer of BERT (Devlin et al., 2019): attention, then two linear maps with GELU between
//! them, each with its residual and `LayerNorm`.

use std::sync::atomic::AtomicBool;

use super::{
    super::{
        EncodeError, go_on,
        kernels::{Activations, Kernels, Product, TileMut, Weights},
    },
    attention::{Attention, Head},
    crew::Crew,
};
use crate::embed::model::{Config, ModelError, Reader};

/// Rows of a block, about: the products of a layer run block by block, so that what one leaves is
/// near for the next, and `stop` is looked at often.
const BLOCK: usize = 112;

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
    bias: Vec<f32>,
}

impl Linear {
    /// The tensors of these names below one another, each `[outputs, inputs]`, times `factor`.
    fn read(
        reader: &Reader<'_>,
        kernels: Kernels,
        names: &[&str],
        inputs: usize,
        factor: f32,
    ) -> Result<Self, ModelError> {
        let mut bias = Vec::new();
        for name in names {
            bias.extend(reader.values(&format!("{name}.bias"))?);
        }
        kernels.rows.multiply(&mut bias, factor);
        let mut weights = Weights::new(kernels.linear(), inputs, bias.len());
        let mut output = 0;
        for name in names {
            let mut values = reader.values(&format!("{name}.weight"))?;
            kernels.rows.multiply(&mut values, factor);
            for row in values.chunks_exact(inputs) {
                weights.write_output(output, row);
                output += 1;
            }
        }
        Ok(Self { kernels, weights, bias })
    }

    /// Writes `out`, `[rows, outputs]`, and calls `then` for each tile's rows.
    fn forward(
        &self,
        crew: Crew,
        activations: &Activations,
        out: &mut [f32],
        then: impl Fn(usize, &mut [f32]) + Send + Sync,
    ) {
        let outputs = self.weights.outputs();
        let panel = self.weights.panel();
        let share = outputs.div_ceil(panel).div_ceil(crew.threads()) * panel;
        let mut parts: Vec<Vec<&mut [f32]>> = Vec::new();
        parts.resize_with(outputs.div_ceil(share), || Vec::with_capacity(out.len() / outputs));
        for row in out.chunks_exact_mut(outputs) {
            for (part, piece) in parts.iter_mut().zip(row.chunks_mut(share)) {
                part.push(piece);
            }
        }
        crew.each(parts.into_iter().enumerate(), |(part, mut pieces)| {
            self.weights.multiply(activations, part * share / panel, &mut pieces);
        });
        let rows = activations.tile_rows();
        crew.each(out.chunks_mut(rows * outputs).enumerate(), |(tile, out)| {
            for (at, row) in out.chunks_exact_mut(outputs).enumerate() {
                self.weights.finish(activations.scale(tile * rows + at), row);
                self.kernels.rows.add(row, &self.bias);
                then(tile * rows + at, row);
            }
        });
    }
}

/// Room for a layer, used again and again.
pub(super) struct Room {
    narrow: Activations,
    wide: Activations,
    inner: Vec<f32>,
    outer: Vec<f32>,
}

impl Room {
    pub(super) fn new(product: Product) -> Self {
        Self {
            narrow: Activations::new(product),
            wide: Activations::new(product),
            inner: Vec::new(),
            outer: Vec::new(),
        }
    }

    /// Rows of a block: whole tiles.
    fn block(&self) -> usize {
        BLOCK / self.narrow.tile_rows() * self.narrow.tile_rows()
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

/// Writes rows of `[rows, width]` into tiles.
fn pack<'a>(
    crew: Crew,
    tiles: impl Iterator<Item = TileMut<'a>>,
    rows: &'a [f32],
    width: usize,
    tile_rows: usize,
) {
    crew.each(tiles.zip(rows.chunks(tile_rows * width)), |(mut tile, rows)| {
        for (at, row) in rows.chunks_exact(width).enumerate() {
            tile.write(at, row);
        }
    });
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
        let linear =
            |names: &[&str], inputs, factor| Linear::read(reader, kernels, names, inputs, factor);
        Ok(Self {
            kernels,
            heads,
            query: linear(&[&query], hidden, scale)?,
            key_value: linear(&[&key, &value], hidden, 1.0)?,
            attention: linear(&[&attention("output.dense")], hidden, 1.0)?,
            attention_norm: Norm::read(reader, &attention("output.LayerNorm"), eps)?,
            inner: linear(&[&format!("{name}.intermediate.dense")], hidden, 1.0)?,
            outer: linear(&[&format!("{name}.output.dense")], inner, 1.0)?,
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
        let mut context = vec![0.0; rows.len()];
        let mut keys_values = vec![0.0; 2 * keys.unwrap_or(rows).len()];
        self.project(crew, &self.query, rows, &mut context, room, stop)?;
        self.project(crew, &self.key_value, keys.unwrap_or(rows), &mut keys_values, room, stop)?;
        self.attend(crew, &mut context, &keys_values, keys.is_some(), spans, stop)?;
        drop(keys_values);
        let block = room.block() * hidden;
        for (rows, context) in rows.chunks_mut(block).zip(context.chunks(block)) {
            go_on(stop)?;
            self.rest(crew, rows, context, room, stop)?;
        }
        Ok(())
    }

    fn project(
        &self,
        crew: Crew,
        linear: &Linear,
        rows: &[f32],
        out: &mut [f32],
        room: &mut Room,
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let hidden = self.query.weights.outputs();
        let (block, tile_rows) = (room.block(), room.narrow.tile_rows());
        let outs = out.chunks_mut(block * linear.weights.outputs());
        for (rows, out) in rows.chunks(block * hidden).zip(outs) {
            go_on(stop)?;
            let tiles = room.narrow.tiles_mut(rows.len() / hidden, hidden);
            pack(crew, tiles, rows, hidden, tile_rows);
            linear.forward(crew, &room.narrow, out, |_, _| {});
        }
        Ok(())
    }

    /// Replaces the queries in `context` by what their heads give.
    fn attend(
        &self,
        crew: Crew,
        context: &mut [f32],
        keys_values: &[f32],
        one_row_each: bool,
        spans: &[Span],
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let hidden = self.query.weights.outputs();
        let size = hidden / self.heads;
        let mut rest = context;
        for &(start, length) in spans {
            go_on(stop)?;
            let keys_values = &keys_values[start * 2 * hidden..(start + length) * 2 * hidden];
            let count = if one_row_each { 1 } else { length };
            let (rows, later) = rest.split_at_mut(count * hidden);
            rest = later;
            let mut contexts = vec![0.0; rows.len()];
            let queries = &*rows;
            let heads = self.heads.div_ceil(crew.threads());
            crew.each(contexts.chunks_mut(heads * count * size).enumerate(), |(part, contexts)| {
                let mut attention = Attention::new(self.kernels);
                for (head, context) in contexts.chunks_mut(count * size).enumerate() {
                    let first = (part * heads + head) * size;
                    let of = |values, first, stride| Head { values, first, stride, size };
                    attention.attend(
                        of(queries, first, hidden),
                        of(keys_values, first, 2 * hidden),
                        of(keys_values, hidden + first, 2 * hidden),
                        context,
                    );
                }
            });
            for (head, context) in contexts.chunks_exact(count * size).enumerate() {
                let places = rows.chunks_exact_mut(hidden);
                for (row, context) in places.zip(context.chunks_exact(size)) {
                    row[head * size..][..size].copy_from_slice(context);
                }
            }
        }
        Ok(())
    }

    /// What follows attention, for one block.
    fn rest(
        &self,
        crew: Crew,
        rows: &mut [f32],
        context: &[f32],
        room: &mut Room,
        stop: &AtomicBool,
    ) -> Result<(), EncodeError> {
        let (hidden, inner) = (self.query.weights.outputs(), self.inner.weights.outputs());
        let count = rows.len() / hidden;
        let Room { narrow, wide, inner: inner_rows, outer: outer_rows } = room;
        let tile_rows = narrow.tile_rows();
        inner_rows.resize(count * inner, 0.0);
        outer_rows.resize(count * hidden, 0.0);
        let kernels = &self.kernels;

        pack(crew, narrow.tiles_mut(count, hidden), context, hidden, tile_rows);
        let residual = &*rows;
        self.attention.forward(crew, narrow, outer_rows, |at, row| {
            kernels.rows.add(row, &residual[at * hidden..][..hidden]);
            self.attention_norm.apply(kernels, row);
        });
        rows.copy_from_slice(outer_rows);
        go_on(stop)?;
        pack(crew, narrow.tiles_mut(count, hidden), rows, hidden, tile_rows);
        self.inner.forward(crew, narrow, inner_rows, |_, row| kernels.rows.gelu(row));
        go_on(stop)?;
        pack(crew, wide.tiles_mut(count, inner), inner_rows, inner, tile_rows);
        let residual = &*rows;
        self.outer.forward(crew, wide, outer_rows, |at, row| {
            kernels.rows.add(row, &residual[at * hidden..][..hidden]);
            self.norm.apply(kernels, row);
        });
        rows.copy_from_slice(outer_rows);
        Ok(())
    }
}
