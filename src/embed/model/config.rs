//! `config.json`: the sizes of the BERT encoder, and what this program can compute of it.

use std::path::Path;

use serde::Deserialize;

use super::{ModelError, json};

/// The settings of BERT that decide its output (Devlin et al., 2019), under the names of
/// `transformers`.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::embed) struct Config {
    pub(in crate::embed) vocab_size: usize,
    pub(in crate::embed) hidden_size: usize,
    pub(in crate::embed) num_hidden_layers: usize,
    pub(in crate::embed) num_attention_heads: usize,
    pub(in crate::embed) intermediate_size: usize,
    pub(in crate::embed) max_position_embeddings: usize,
    #[serde(default = "default_type_vocab_size")]
    pub(in crate::embed) type_vocab_size: usize,
    #[serde(default = "default_layer_norm_eps")]
    pub(in crate::embed) layer_norm_eps: f64,
    model_type: Option<String>,
    #[serde(default)]
    architectures: Option<Vec<String>>,
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
    #[serde(default)]
    is_decoder: bool,
}

/// The defaults of `transformers.BertConfig`, for files that leave these out.
const fn default_type_vocab_size() -> usize {
    2
}
const fn default_layer_norm_eps() -> f64 {
    1e-12
}

impl Config {
    /// Reads and checks `config.json`.
    pub(super) fn read(path: &Path) -> Result<Self, ModelError> {
        let config: Self = json(path)?;
        config.check().map_err(|(field, reason)| ModelError::field(path, field, reason))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        let architectures = self.architectures.as_deref().unwrap_or_default();
        match self.model_type.as_deref() {
            Some("bert") => {}
            Some(other) => {
                return Err(("model_type", format!("is `{other}`; only `bert` can be used")));
            }
            None if architectures.iter().any(|name| name.starts_with("Bert")) => {}
            None => {
                return Err(("model_type", "is missing; only `bert` can be used".to_owned()));
            }
        }
        for (field, value, expected) in [
            ("hidden_act", &self.hidden_act, "gelu"),
            ("position_embedding_type", &self.position_embedding_type, "absolute"),
        ] {
            if let Some(value) = value.as_deref().filter(|value| *value != expected) {
                return Err((field, format!("is `{value}`; only `{expected}` can be used")));
            }
        }
        if self.is_decoder {
            return Err(("is_decoder", "is true; only encoders can be used".to_owned()));
        }
        for (field, size) in [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("type_vocab_size", self.type_vocab_size),
        ] {
            if size == 0 {
                return Err((field, "is 0".to_owned()));
            }
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let reason =
                format!("is {}, which does not divide hidden_size", self.num_attention_heads);
            return Err(("num_attention_heads", reason));
        }
        if !(self.layer_norm_eps >= 0.0 && self.layer_norm_eps.is_finite()) {
            return Err(("layer_norm_eps", format!("is {}", self.layer_norm_eps)));
        }
        Ok(())
    }

    /// Names, without the prefix `bert.`, and shapes of all tensors that the encoder needs; the
    /// pooler's dense layer is none of them, because sentence embeddings do not use it.
    pub(super) fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let (hidden, inner) = (self.hidden_size, self.intermediate_size);
        let mut tensors = Vec::new();
        let mut norm_or_linear = |name: String, weight: Vec<usize>, outputs: usize| {
            tensors.push((format!("{name}.weight"), weight));
            tensors.push((format!("{name}.bias"), vec![outputs]));
        };
        norm_or_linear("embeddings.LayerNorm".to_owned(), vec![hidden], hidden);
        for layer in 0..self.num_hidden_layers {
            let layer = format!("encoder.layer.{layer}");
            for part in ["self.query", "self.key", "self.value", "output.dense"] {
                norm_or_linear(format!("{layer}.attention.{part}"), vec![hidden, hidden], hidden);
            }
            norm_or_linear(format!("{layer}.intermediate.dense"), vec![inner, hidden], inner);
            norm_or_linear(format!("{layer}.output.dense"), vec![hidden, inner], hidden);
            for part in ["attention.output", "output"] {
                norm_or_linear(format!("{layer}.{part}.LayerNorm"), vec![hidden], hidden);
            }
        }
        for (table, rows) in [
            ("word", self.vocab_size),
            ("position", self.max_position_embeddings),
            ("token_type", self.type_vocab_size),
        ] {
            tensors.push((format!("embeddings.{table}_embeddings.weight"), vec![rows, hidden]));
        }
        tensors
    }
}
