//! BERT on the CPU, without padding.
//!
//! The texts of a micro-batch are laid one after another: `[tokens, hidden]`, where `tokens` is
//! the sum of their lengths. Everything but attention treats tokens alone, so it runs on all at
//! once; attention runs text by text. For `[CLS]` pooling the last layer computes only the rows of
//! `[CLS]`, which still attend to all keys and values of their text.

use std::{collections::HashMap, sync::atomic::AtomicBool};

use candle_core::{D, Device, Error, Result as Computed, Tensor};
use candle_nn::{LayerNorm, Linear, Module, ops::softmax_last_dim};

use super::{EncodeError, Encoder, Precision, check_lengths, finish, go_on};
use crate::embed::model::{Config, Model, ModelError, Pooling};

/// Most tokens of a micro-batch, unless a single text is longer. More do not compute faster, but
/// `stop` waits longer for a step to end.
const MICRO_BATCH: usize = 512;

/// A BERT encoder in main memory, `f32`.
pub struct CpuEncoder {
    /// Word embeddings `[vocabulary, hidden]`.
    words: Tensor,
    /// Position embeddings `[positions, hidden]`, with that of token type 0 added: all tokens
    /// are of this type.
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
    pooling: Pooling,
    normalize: bool,
}

struct Layer {
    heads: usize,
    /// Divided by the square root of a head's size already.
    query: Linear,
    /// Keys and values in one: `[hidden]` → `[2 · hidden]`.
    key_value: Linear,
    attention: Linear,
    attention_norm: LayerNorm,
    inner: Linear,
    outer: Linear,
    norm: LayerNorm,
}

/// Rows of one text in a packed tensor: first row, number of rows.
type Span = (usize, usize);

/// Takes layers out of the tensors of a model by their names.
struct Parts {
    tensors: HashMap<String, Tensor>,
    eps: f64,
}

impl Parts {
    fn take(&mut self, name: &str) -> Computed<Tensor> {
        self.tensors.remove(name).ok_or_else(|| Error::Msg(format!("no tensor `{name}`")))
    }

    fn pair(&mut self, name: &str) -> Computed<(Tensor, Tensor)> {
        Ok((self.take(&format!("{name}.weight"))?, self.take(&format!("{name}.bias"))?))
    }

    fn linear(&mut self, name: &str) -> Computed<Linear> {
        self.pair(name).map(|(weight, bias)| Linear::new(weight, Some(bias)))
    }

    fn norm(&mut self, name: &str) -> Computed<LayerNorm> {
        self.pair(name).map(|(weight, bias)| LayerNorm::new(weight, bias, self.eps))
    }
}

impl CpuEncoder {
    /// Reads the model's weights into memory.
    ///
    /// # Errors
    /// The weights cannot be read.
    pub fn new(model: &Model) -> Result<Self, ModelError> {
        let config = model.config();
        let mut parts = Parts { tensors: model.tensors()?, eps: config.layer_norm_eps };
        let types = parts.take("embeddings.token_type_embeddings.weight")?;
        let positions = parts.take("embeddings.position_embeddings.weight")?;
        Ok(Self {
            words: parts.take("embeddings.word_embeddings.weight")?,
            positions: positions.broadcast_add(&types.narrow(0, 0, 1)?)?,
            norm: parts.norm("embeddings.LayerNorm")?,
            layers: (0..config.num_hidden_layers)
                .map(|layer| Layer::new(&mut parts, &format!("encoder.layer.{layer}"), config))
                .collect::<Computed<_>>()?,
            pooling: model.pooling(),
            normalize: model.normalize(),
        })
    }

    /// One row `[texts, hidden]` for each text.
    fn forward(&self, texts: &[&[u32]], stop: &AtomicBool) -> Result<Tensor, EncodeError> {
        let ids = texts.concat();
        let places: Vec<u32> = texts.iter().flat_map(|text| 0..text.len() as u32).collect();
        let mut spans: Vec<Span> = Vec::with_capacity(texts.len());
        let mut start = 0;
        for text in texts {
            spans.push((start, text.len()));
            start += text.len();
        }
        let words = self.words.index_select(&Tensor::new(ids, &Device::Cpu)?, 0)?;
        let places = self.positions.index_select(&Tensor::new(places, &Device::Cpu)?, 0)?;
        let mut hidden = self.norm.forward(&(words + places)?)?;

        let (body, last) = match (self.pooling, self.layers.split_last()) {
            (Pooling::Cls, Some((last, body))) => (body, Some(last)),
            _ => (&self.layers[..], None),
        };
        for layer in body {
            hidden = layer.forward(&hidden, &spans, &hidden, &spans, stop)?;
        }
        if let Some(last) = last {
            let starts: Vec<u32> = spans.iter().map(|(start, _)| *start as u32).collect();
            let firsts = hidden.index_select(&Tensor::new(starts, &Device::Cpu)?, 0)?;
            let rows: Vec<Span> = (0..spans.len()).map(|row| (row, 1)).collect();
            return last.forward(&hidden, &spans, &firsts, &rows, stop);
        }
        let means: Vec<Tensor> = (spans.iter())
            .map(|&(start, length)| hidden.narrow(0, start, length)?.mean_keepdim(0))
            .collect::<Computed<_>>()?;
        Ok(Tensor::cat(&means, 0)?)
    }
}

impl Encoder for CpuEncoder {
    fn encode(&self, batch: &[&[u32]], stop: &AtomicBool) -> Result<Vec<Vec<f32>>, EncodeError> {
        check_lengths(batch, self.positions.dim(0)?)?;
        let mut vectors = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let mut tokens = 0;
            let fitting = (rest.iter())
                .take_while(|text| {
                    tokens += text.len();
                    tokens <= MICRO_BATCH
                })
                .count();
            let (micro_batch, later) = rest.split_at(fitting.max(1));
            rest = later;
            for vector in self.forward(micro_batch, stop)?.to_vec2()? {
                vectors.push(finish(vector, self.normalize)?);
            }
        }
        Ok(vectors)
    }

    fn dimensions(&self) -> usize {
        self.norm.weight().elem_count()
    }

    fn precision(&self) -> Precision {
        Precision::F32
    }
}

impl Layer {
    fn new(parts: &mut Parts, name: &str, config: &Config) -> Computed<Self> {
        let heads = config.num_attention_heads;
        let scale = 1.0 / ((config.hidden_size / heads) as f64).sqrt();
        let (query, query_bias) = parts.pair(&format!("{name}.attention.self.query"))?;
        let (key, key_bias) = parts.pair(&format!("{name}.attention.self.key"))?;
        let (value, value_bias) = parts.pair(&format!("{name}.attention.self.value"))?;
        Ok(Self {
            heads,
            query: Linear::new((query * scale)?, Some((query_bias * scale)?)),
            key_value: Linear::new(
                Tensor::cat(&[key, value], 0)?,
                Some(Tensor::cat(&[key_bias, value_bias], 0)?),
            ),
            attention: parts.linear(&format!("{name}.attention.output.dense"))?,
            attention_norm: parts.norm(&format!("{name}.attention.output.LayerNorm"))?,
            inner: parts.linear(&format!("{name}.intermediate.dense"))?,
            outer: parts.linear(&format!("{name}.output.dense"))?,
            norm: parts.norm(&format!("{name}.output.LayerNorm"))?,
        })
    }

    /// New rows for `rows` (`row_spans` says which text each belongs to), which attend to all of
    /// `hidden`, `[tokens, hidden]`, of their own text. Looks at `stop` before each large product.
    fn forward(
        &self,
        hidden: &Tensor,
        spans: &[Span],
        rows: &Tensor,
        row_spans: &[Span],
        stop: &AtomicBool,
    ) -> Result<Tensor, EncodeError> {
        go_on(stop)?;
        let queries = self.query.forward(rows)?;
        let keys_values = self.key_value.forward(hidden)?;
        go_on(stop)?;
        // One text after another: candle runs one operation at a time, on all threads.
        let context: Vec<Tensor> = (spans.iter().zip(row_spans))
            .map(|(&(start, length), &(row, count))| {
                let queries = queries.narrow(0, row, count)?;
                self.attend(&queries, &keys_values.narrow(0, start, length)?)
            })
            .collect::<Computed<_>>()?;
        go_on(stop)?;
        let attention = self.attention.forward(&Tensor::cat(&context, 0)?)?;
        let rows = self.attention_norm.forward(&(attention + rows)?)?;
        go_on(stop)?;
        let inner = self.inner.forward(&rows)?;
        go_on(stop)?;
        let inner = inner.gelu_erf()?;
        go_on(stop)?;
        let outer = self.outer.forward(&inner)?;
        Ok(self.norm.forward(&(outer + rows)?)?)
    }

    /// Attention within one text: `queries` `[rows, hidden]` and `keys_values`
    /// `[tokens, 2 · hidden]` → `[rows, hidden]`.
    fn attend(&self, queries: &Tensor, keys_values: &Tensor) -> Computed<Tensor> {
        let ((rows, hidden), tokens) = (queries.dims2()?, keys_values.dim(0)?);
        let size = hidden / self.heads;
        let queries = queries.reshape((rows, self.heads, size))?.transpose(0, 1)?;
        let keys_values = keys_values.reshape((tokens, 2, self.heads, size))?;
        let part = |index| keys_values.narrow(1, index, 1)?.squeeze(1)?.transpose(0, 1);
        let (keys, values) = (part(0)?, part(1)?);
        // [heads, rows, tokens]
        let weights = softmax_last_dim(&queries.matmul(&keys.transpose(1, 2)?)?)?;
        weights.matmul(&values)?.transpose(0, 1)?.flatten_from(D::Minus2)
    }
}
