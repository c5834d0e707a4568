//! The weight file: `model.safetensors`, or `pytorch_model.bin` read without running any of it.
//!
//! A tensor is read from its place in the file when it is asked for, so that a file of 440 MB is
//! never in memory twice. Three formats: safetensors (here), PyTorch's zip archive (candle's
//! reader) and the format of PyTorch before 1.6 ([`legacy`]), in which SPECTER's authors
//! published.

mod legacy;

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use candle_core::{Context, DType, Device, Tensor, pickle::PthTensors};
use safetensors::{Dtype, tensor::Metadata};

use super::{Config, ModelError};

/// No header of a real model comes near this many bytes.
const MAX_HEADER: u64 = 100_000_000;

/// Path of the weight file in the folder; safetensors is preferred.
pub(super) fn locate(dir: &Path) -> Result<PathBuf, ModelError> {
    ["model.safetensors", "pytorch_model.bin"]
        .map(|name| dir.join(name))
        .into_iter()
        .find(|path| path.exists())
        .ok_or_else(|| ModelError::NoWeights { dir: dir.to_owned() })
}

/// An open weight file: which tensors it has, and where.
pub(super) struct Weights {
    path: PathBuf,
    /// `bert.` where the file is of a model with a head, else empty.
    prefix: &'static str,
    source: Source,
}

enum Source {
    /// Tensors that lie as they are in the file.
    Flat(HashMap<String, Place>),
    /// PyTorch's zip archive.
    Zip(PthTensors),
}

/// A tensor in a file: `shape` values of type `dtype`, row-major, little-endian, from `offset`.
#[derive(Debug, Clone)]
struct Place {
    dtype: DType,
    shape: Vec<usize>,
    offset: u64,
}

impl Weights {
    /// Reads the file's table of tensors.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let fail = |reason: String| ModelError::Weights { path: path.to_owned(), reason };
        let mut file = File::open(path).map_err(ModelError::read(path))?;
        let mut magic = [0; 4];
        file.read_exact(&mut magic)
            .and_then(|()| file.rewind())
            .map_err(|_| fail("it is empty".to_owned()))?;
        let source = if path.extension().is_some_and(|extension| extension == "safetensors") {
            Source::Flat(read_header(&mut file).map_err(fail)?)
        } else if magic == *b"PK\x03\x04" {
            Source::Zip(PthTensors::new(path, None).map_err(|error| fail(error.to_string()))?)
        } else {
            Source::Flat(legacy::read_table(file).map_err(fail)?)
        };
        let mut weights = Self { path: path.to_owned(), prefix: "", source };
        if weights.shape("bert.embeddings.word_embeddings.weight").is_some() {
            weights.prefix = "bert.";
        }
        Ok(weights)
    }

    /// Checks that all tensors of the encoder are there, with the shapes that `config` says.
    pub(super) fn check(&self, config: &Config) -> Result<(), ModelError> {
        (config.tensors().into_iter())
            .try_for_each(|(name, shape)| self.find(&name, &shape).map(drop))
    }

    /// Appends the values of a tensor of the encoder, by its name without prefix.
    pub(super) fn read(
        &self,
        name: &str,
        shape: &[usize],
        values: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let stored = self.find(name, shape)?;
        let mut read = || match &self.source {
            Source::Flat(places) => places[&stored].read(&self.path, values),
            Source::Zip(archive) => {
                append(&archive.get(&stored)?.context("the tensor is gone")?, values)
            }
        };
        read().map_err(|error| ModelError::Weights {
            path: self.path.clone(),
            reason: format!("tensor `{name}` cannot be read: {error}"),
        })
    }

    /// The name under which the file has the tensor.
    fn find(&self, name: &str, expected: &[usize]) -> Result<String, ModelError> {
        // The names of LayerNorm's parameters in TensorFlow's BERT and the first PyTorch ports.
        let old = name
            .replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
        let stored = [name, &old]
            .map(|name| format!("{}{name}", self.prefix))
            .into_iter()
            .find_map(|name| self.shape(&name).map(|shape| (name, shape)));
        match stored {
            Some((stored, shape)) if shape == expected => Ok(stored),
            other => Err(ModelError::Tensor {
                path: self.path.clone(),
                name: name.to_owned(),
                expected: expected.to_vec(),
                found: other.map(|(_, shape)| shape.to_vec()),
            }),
        }
    }

    fn shape(&self, stored: &str) -> Option<&[usize]> {
        match &self.source {
            Source::Flat(places) => Some(&places.get(stored)?.shape),
            Source::Zip(archive) => Some(archive.tensor_infos().get(stored)?.layout.dims()),
        }
    }
}

impl Place {
    /// Appends the values.
    fn read(&self, path: &Path, values: &mut Vec<f32>) -> candle_core::Result<()> {
        let count: usize = self.shape.iter().product();
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        if self.dtype != DType::F32 {
            let mut bytes = vec![0; count * self.dtype.size_in_bytes()];
            file.read_exact(&mut bytes)?;
            let tensor = Tensor::from_raw_buffer(&bytes, self.dtype, &self.shape, &Device::Cpu)?;
            return append(&tensor, values);
        }
        // What nearly all models have goes without detours, some of it at a time, so that it does not
        // leave the nearest caches on its way.
        values.reserve(count);
        let mut bytes = vec![0; 1 << 16];
        let mut left = count * size_of::<f32>();
        while left > 0 {
            let some = left.min(bytes.len());
            file.read_exact(&mut bytes[..some])?;
            values.extend(bytes[..some].as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)));
            left -= some;
        }
        Ok(())
    }
}

/// Appends the values of a tensor, row-major.
fn append(tensor: &Tensor, values: &mut Vec<f32>) -> candle_core::Result<()> {
    values.extend(tensor.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?);
    Ok(())
}

/// Reads the header of a safetensors file: the length of the table (8 bytes), the table in JSON,
/// then the values, which must end where the file ends.
fn read_header(file: &mut File) -> Result<HashMap<String, Place>, String> {
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|error| error.to_string())?;
    let length = u64::from_le_bytes(length);
    let start = length.saturating_add(8);
    if length > MAX_HEADER || start > size {
        return Err("it does not begin with a table of tensors".to_owned());
    }
    let mut table = vec![0; length as usize];
    file.read_exact(&mut table).map_err(|error| error.to_string())?;
    let table: Metadata = serde_json::from_slice(&table)
        .map_err(|error| format!("its table of tensors is damaged: {error}"))?;
    let expected = start + table.data_len() as u64;
    if expected != size {
        return Err(format!("it has {size} bytes and should have {expected}"));
    }
    let places = (table.tensors().into_iter()).filter_map(|(name, info)| {
        // Other types hold position numbers and the like, which the encoder does not read.
        let dtype = match info.dtype {
            Dtype::F32 => DType::F32,
            Dtype::F16 => DType::F16,
            Dtype::BF16 => DType::BF16,
            Dtype::F64 => DType::F64,
            _ => return None,
        };
        let place =
            Place { dtype, shape: info.shape.clone(), offset: start + info.data_offsets.0 as u64 };
        Some((name, place))
    });
    Ok(places.collect())
}
