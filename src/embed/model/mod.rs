//! A model on disk: opened, checked, named by a fingerprint; its weights are read later.
//!
//! [`Model::open`] reads the small files of a sentence-transformers BERT folder ([`config`],
//! [`modules`], [`tokenizer`]) and the header of the weight file ([`weights`]), so that a folder
//! which is no such model is refused before anything is computed. The 440 MB of weights are
//! hashed once and the hash remembered ([`hashes`]).

mod config;
mod hashes;
mod modules;
#[cfg(test)]
mod tests;
mod tokenizer;
mod weights;

use std::{
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub(super) use config::Config;

use self::{hashes::Stamp, modules::Modules, tokenizer::Recipe, weights::Weights};
use super::{
    encoder::Precision,
    text::{self, TEMPLATE_VERSION},
};

/// How the vectors of a text's tokens become the vector of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The vector of the first token, `[CLS]`, as SPECTER was trained.
    Cls,
    /// The mean over all tokens, specials included.
    Mean,
}

/// The distance under which a model's vectors are meant to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Euclidean distance: SPECTER was trained with an L2 triplet loss.
    Euclidean,
    /// Cosine of the angle, for models whose last module normalises.
    Cosine,
}

/// Names what made a vector: two vectors may be compared only if their fingerprints are equal.
///
/// SHA-256, as 64 hexadecimal digits, of everything that decides a vector besides the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a folder cannot be used as a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of the model is missing or unreadable.
    #[error(
        "cannot read {}: {source}; a model folder holds config.json, tokenizer.json or vocab.txt, \
         and model.safetensors or pytorch_model.bin", path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A settings file is not the JSON it should be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// A setting asks for what this program does not do.
    #[error("{}: `{field}` {reason}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Name of the setting.
        field: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// The folder has no weights in a known format.
    #[error("{} has neither model.safetensors nor pytorch_model.bin: the model cannot be used", dir.display())]
    NoWeights {
        /// The model folder.
        dir: PathBuf,
    },
    /// The weight file is damaged, cut short, or of an unknown format.
    #[error("{} is not a usable weight file: {reason}; download it again", path.display())]
    Weights {
        /// The weight file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A tensor is missing or has another shape than `config.json` says.
    #[error("{}: tensor `{name}` should have the shape {expected:?}, but {}", path.display(),
        match found { Some(shape) => format!("has {shape:?}"), None => "is not there".to_owned() })]
    Tensor {
        /// The weight file.
        path: PathBuf,
        /// The tensor, without the prefix `bert.`.
        name: String,
        /// Shape by `config.json`.
        expected: Vec<usize>,
        /// Shape in the file, if the tensor is there.
        found: Option<Vec<usize>>,
    },
    /// The weight file is not the one whose hash is in the fingerprint.
    #[error("{} has changed since it was opened: start again to use the new weights", path.display())]
    Changed {
        /// The weight file.
        path: PathBuf,
    },
    /// The tokenizer's files do not make a tokenizer that fits the model.
    #[error("{}: {reason}", path.display())]
    Tokenizer {
        /// The tokenizer's file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The device asked for cannot be used.
    #[error("cannot compute on {device}: {reason}; choose another device, or `auto`")]
    Device {
        /// The device, as the user names it.
        device: String,
        /// What is wrong.
        reason: String,
    },
    /// The weights cannot be moved to the device.
    #[error("cannot load the weights: {0}")]
    Load(#[from] candle_core::Error),
}

impl ModelError {
    fn field(path: &Path, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Field { path: path.to_owned(), field: field.into(), reason: reason.into() }
    }

    fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path: path.clone(), source }
    }
}

/// A BERT model in a folder, checked; the weights themselves are not in memory.
#[derive(Debug, Clone)]
pub struct Model {
    name: String,
    dir: PathBuf,
    config: Config,
    modules: Modules,
    recipe: Recipe,
    weights: PathBuf,
    /// The weight file as it was when hashed.
    stamp: Stamp,
    /// SHA-256 of the weight file.
    hash: String,
}

impl Model {
    /// Opens a folder in the layout of sentence-transformers, or a bare BERT folder such as
    /// `allenai/specter` (no `modules.json`), which is taken to be used as SPECTER is: the vector
    /// of `[CLS]`, not normalised, up to the length the positions allow.
    ///
    /// `hashes` is a file in which the SHA-256 of weight files is remembered by path, size and
    /// time of change, so that later starts need not read the whole file. A file of a Hub cache,
    /// a link to a blob that is named by its SHA-256, is never hashed: who put it there has
    /// checked it.
    ///
    /// # Errors
    /// The folder lacks a file, or asks for something other than BERT with absolute positions,
    /// exact GELU and pooling by `[CLS]` or mean; the error names the file and the field. A weight
    /// file that is cut short, or whose tensors do not fit `config.json`, is an error too.
    pub fn open(dir: &Path, name: &str, hashes: Option<&Path>) -> Result<Self, ModelError> {
        let modules_path = dir.join("modules.json");
        let layout = if modules_path.exists() {
            modules::Layout::read(&modules_path)?
        } else {
            modules::Layout::bare(dir)
        };
        let config = Config::read(&layout.transformer.join("config.json"))?;
        let recipe = Recipe::read(&layout.transformer)?;
        let modules = layout.modules(&config, recipe.model_max_length())?;
        let weights = weights::locate(&layout.transformer)?;
        let stamp = Stamp::of(&weights)?;
        Weights::open(&weights)?.check(&config)?;
        let hash = hashes::hash(&weights, &stamp, hashes)?;
        Ok(Self {
            name: name.to_owned(),
            dir: dir.to_owned(),
            config,
            modules,
            recipe,
            weights,
            stamp,
            hash,
        })
    }

    /// The name under which the user knows the model.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The model's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Length of the model's vectors.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.config.hidden_size
    }

    /// How token vectors become one.
    #[must_use]
    pub fn pooling(&self) -> Pooling {
        self.modules.pooling
    }

    /// Whether vectors are scaled to length 1.
    #[must_use]
    pub fn normalize(&self) -> bool {
        self.modules.normalize
    }

    /// The distance that fits the model's training.
    #[must_use]
    pub fn metric(&self) -> Metric {
        if self.normalize() { Metric::Cosine } else { Metric::Euclidean }
    }

    /// Most tokens of a text that the model looks at, specials included.
    #[must_use]
    pub fn max_length(&self) -> usize {
        self.modules.max_length
    }

    /// Builds the model's tokenizer, with this program's truncation and no padding.
    ///
    /// # Errors
    /// The tokenizer's file is damaged, or has more tokens than the model has embeddings.
    pub fn tokenizer(&self) -> Result<text::Tokenizer, ModelError> {
        let tokenizer = self.recipe.build(self.config.vocab_size)?;
        let (separator, lower_case) = (self.recipe.separator(), self.modules.lower_case);
        text::Tokenizer::new(tokenizer, separator, lower_case, self.max_length())
            .map_err(|reason| self.recipe.error(reason))
    }

    /// What a vector that this model makes at this precision is compared with.
    #[must_use]
    pub fn fingerprint(&self, precision: Precision) -> Fingerprint {
        let Self { config, modules, .. } = self;
        let made_by = format!(
            "weights {}\ntokenizer {}\nprecision {precision}\ntemplate {TEMPLATE_VERSION}\n\
             max_length {}\nlower_case {}\npooling {:?}\nnormalize {}\n\
             layers {}\nheads {}\nlayer_norm_eps {:e}\n",
            self.hash,
            self.recipe.hash(),
            modules.max_length,
            modules.lower_case,
            modules.pooling,
            modules.normalize,
            config.num_hidden_layers,
            config.num_attention_heads,
            config.layer_norm_eps,
        );
        Fingerprint(hex(&Sha256::digest(made_by)))
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// All tensors, `f32` in main memory, by their names in BERT without the prefix `bert.`.
    ///
    /// # Errors
    /// The file is no longer the one that [`Model::open`] saw, or cannot be read.
    pub(super) fn tensors(&self) -> Result<HashMap<String, Tensor>, ModelError> {
        let reader = self.reader()?;
        let tensors = (reader.shapes.iter())
            .map(|(name, shape)| {
                let tensor = Tensor::from_vec(reader.values(name)?, &shape[..], &Device::Cpu)?;
                Ok((name.clone(), tensor))
            })
            .collect::<Result<_, ModelError>>()?;
        reader.finish()?;
        Ok(tensors)
    }

    /// Opens the weights, to take tensors out one by one.
    ///
    /// # Errors
    /// As [`Model::tensors`].
    pub(super) fn reader(&self) -> Result<Reader<'_>, ModelError> {
        self.unchanged()?;
        let weights = Weights::open(&self.weights)?;
        Ok(Reader { model: self, weights, shapes: self.config.tensors().into_iter().collect() })
    }

    fn unchanged(&self) -> Result<(), ModelError> {
        if Stamp::of(&self.weights)? == self.stamp {
            return Ok(());
        }
        Err(ModelError::Changed { path: self.weights.clone() })
    }
}

/// The open weights of a model: nothing of them is in memory but what is asked for. Several
/// threads may read.
pub(super) struct Reader<'a> {
    model: &'a Model,
    weights: Weights,
    shapes: HashMap<String, Vec<usize>>,
}

impl Reader<'_> {
    /// The values of a tensor, row-major, by its name in BERT without the prefix `bert.`.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn values(&self, name: &str) -> Result<Vec<f32>, ModelError> {
        let mut values = Vec::new();
        self.append(name, &mut values)?;
        Ok(values)
    }

    /// Appends these to others.
    ///
    /// # Errors
    /// They cannot be read.
    pub(super) fn append(&self, name: &str, values: &mut Vec<f32>) -> Result<(), ModelError> {
        self.weights.read(name, self.shapes.get(name).map_or(&[], Vec::as_slice), values)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// The file has changed since the model was opened, so what was read may be of another.
    pub(super) fn finish(self) -> Result<(), ModelError> {
        self.model.unchanged()
    }
}

/// Reads a JSON file of the model.
fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    let bytes = std::fs::read(path).map_err(ModelError::read(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|source| ModelError::Json { path: path.to_owned(), source })
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
