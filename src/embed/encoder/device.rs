//! BERT on a graphics processor: candle's own layers, padded and masked.
//!
//! Candle's `BertModel` cannot be used whole: in `f16` its mask is 0 · −∞, which is not a number.
//! Its layers can; embeddings and mask are made here, and between the layers `stop` is looked at.

use std::sync::atomic::AtomicBool;

use candle_core::{D, DType, Device, Result as Computed, Tensor};
use candle_nn::{Embedding, LayerNorm, Module, VarBuilder, layer_norm};
use candle_transformers::models::bert::{self, BertEncoder, HiddenAct, PositionEmbeddingType};

use super::{EncodeError, Encoder, Precision, check_lengths, finish, finite, go_on};
use crate::embed::model::{Config, Model, ModelError, Pooling};

/// Most tokens of a micro-batch, padding included, unless a single text is longer.
const MICRO_BATCH: usize = 16 * 512;

/// Added to the attention scores of padding: small enough to leave nothing of them after the
/// softmax, and finite in `f16`.
const MASKED: f64 = -60_000.0;

/// A BERT encoder on a device.
pub struct DeviceEncoder {
    device: Device,
    dtype: DType,
    precision: Precision,
    words: Embedding,
    /// With token type 0 added, as in the CPU's encoder.
    positions: Tensor,
    norm: LayerNorm,
    /// Each of one layer: candle's own loop over layers cannot be stopped.
    layers: Vec<BertEncoder>,
    pooling: Pooling,
    normalize: bool,
}

impl DeviceEncoder {
    /// Reads the model's weights and moves them to the device, which may be the CPU: the tests
    /// check the CPU's own encoder against this one.
    ///
    /// # Errors
    /// The weights cannot be read, or the device has not the memory for them.
    pub fn new(model: &Model, device: &Device, precision: Precision) -> Result<Self, ModelError> {
        let dtype = match precision {
            Precision::F32 => DType::F32,
            Precision::F16 => DType::F16,
            Precision::Bf16 => DType::BF16,
            Precision::Int8 | Precision::Int7 => {
                return Err(ModelError::Device {
                    device: "candle".to_owned(),
                    reason: "it does not compute in integers".to_owned(),
                });
            }
        };
        let config = model.config();
        let hidden = config.hidden_size;
        let weights = VarBuilder::from_tensors(model.tensors()?, dtype, device);
        let embeddings = weights.pp("embeddings");
        let table =
            |rows, name: &str| embeddings.get((rows, hidden), &format!("{name}_embeddings.weight"));
        let types = table(config.type_vocab_size, "token_type")?;
        let positions = table(config.max_position_embeddings, "position")?;
        let one_layer = candle_config(config);
        Ok(Self {
            device: device.clone(),
            dtype,
            precision,
            words: Embedding::new(table(config.vocab_size, "word")?, hidden),
            positions: positions.broadcast_add(&types.narrow(0, 0, 1)?)?,
            norm: layer_norm(hidden, config.layer_norm_eps, embeddings.pp("LayerNorm"))?,
            layers: (0..config.num_hidden_layers)
                .map(|layer| {
                    let weights = weights.clone().rename_f(move |name| {
                        name.replacen("layer.0.", &format!("encoder.layer.{layer}."), 1)
                    });
                    BertEncoder::load(weights, &one_layer)
                })
                .collect::<Computed<_>>()?,
            pooling: model.pooling(),
            normalize: model.normalize(),
        })
    }

    /// The last layer's states, `[texts, tokens, hidden]`, and which of them are padding, `[texts,
    /// tokens]`.
    fn states(&self, texts: &[&[u32]], stop: &AtomicBool) -> Result<(Tensor, Tensor), EncodeError> {
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or_default();
        let padded = |value: &dyn Fn(&[u32], usize) -> u32| {
            let values: Vec<u32> = (texts.iter())
                .flat_map(|text| (0..longest).map(move |place| value(text, place)))
                .collect();
            Tensor::from_vec(values, (texts.len(), longest), &self.device)
        };
        let ids = padded(&|text, place| text.get(place).copied().unwrap_or_default())?;
        let is_padding = padded(&|text, place| u32::from(place >= text.len()))?;
        let mask = (is_padding.to_dtype(self.dtype)? * MASKED)?.unsqueeze(1)?.unsqueeze(1)?;

        let words = self.words.forward(&ids)?;
        let embedded = words.broadcast_add(&self.positions.narrow(0, 0, longest)?)?;
        let mut hidden = self.norm.forward(&embedded)?;
        for layer in &self.layers {
            go_on(stop)?;
            hidden = layer.forward(&hidden, &mask)?;
        }
        Ok((hidden.to_dtype(DType::F32)?, is_padding))
    }

    /// One row `[texts, hidden]` for each text.
    fn forward(&self, texts: &[&[u32]], stop: &AtomicBool) -> Result<Tensor, EncodeError> {
        let (hidden, is_padding) = self.states(texts, stop)?;
        let pooled = match self.pooling {
            Pooling::Cls => hidden.narrow(1, 0, 1)?.squeeze(1)?,
            Pooling::Mean => {
                let kept = is_padding.eq(0u32)?.to_dtype(DType::F32)?.unsqueeze(D::Minus1)?;
                hidden.broadcast_mul(&kept)?.sum(1)?.broadcast_div(&kept.sum(1)?)?
            }
        };
        Ok(pooled)
    }
}

impl Encoder for DeviceEncoder {
    fn encode(&self, batch: &[&[u32]], stop: &AtomicBool) -> Result<Vec<Vec<f32>>, EncodeError> {
        check_lengths(batch, self.positions.dim(0)?)?;
        // Texts of like length together need little padding.
        let mut order: Vec<usize> = (0..batch.len()).collect();
        order.sort_by_key(|&text| batch[text].len());
        let mut vectors = vec![Vec::new(); batch.len()];
        while let Some(&last) = order.last() {
            let fitting = (MICRO_BATCH / batch[last].len()).clamp(1, order.len());
            let micro_batch = order.split_off(order.len() - fitting);
            let texts: Vec<&[u32]> = micro_batch.iter().map(|&text| batch[text]).collect();
            let rows: Vec<Vec<f32>> = self.forward(&texts, stop)?.to_vec2()?;
            for (text, row) in micro_batch.into_iter().zip(rows) {
                vectors[text] = finish(row, self.normalize)?;
            }
        }
        Ok(vectors)
    }

    fn token_states(&self, text: &[u32], stop: &AtomicBool) -> Result<Vec<f32>, EncodeError> {
        check_lengths(&[text], self.positions.dim(0)?)?;
        let (states, _) = self.states(&[text], stop)?;
        finite(states.flatten_all()?.to_vec1()?)
    }

    fn dimensions(&self) -> usize {
        self.norm.weight().elem_count()
    }

    fn precision(&self) -> Precision {
        self.precision
    }
}

/// The settings of one layer, for candle.
fn candle_config(config: &Config) -> bert::Config {
    bert::Config {
        vocab_size: config.vocab_size,
        hidden_size: config.hidden_size,
        num_hidden_layers: 1,
        num_attention_heads: config.num_attention_heads,
        intermediate_size: config.intermediate_size,
        hidden_act: HiddenAct::Gelu,
        max_position_embeddings: config.max_position_embeddings,
        type_vocab_size: config.type_vocab_size,
        layer_norm_eps: config.layer_norm_eps,
        position_embedding_type: PositionEmbeddingType::Absolute,
        ..bert::Config::default()
    }
}
