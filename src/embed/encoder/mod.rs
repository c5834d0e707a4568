//! Token ids → vectors: the forward pass of BERT (Devlin et al., 2019) and the pooling after it.
//!
//! [`load`] picks the implementation: [`cpu`] packs the texts of a batch without padding, computes
//! with [`kernels`] made for the processor, and is what most machines use; [`device`] runs candle's
//! BERT padded on CUDA or Metal, and serves as the oracle of the tests.

mod cpu;
mod device;
pub(crate) mod kernels;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
};

use candle_core::Device;

pub use self::{cpu::CpuEncoder, device::DeviceEncoder};
use super::model::{Model, ModelError};
use super::pool;

/// The type of number in which an encoder computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32-bit floating point.
    F32,
    /// Weights and activations rounded to bf16 (the upper half of an `f32`), sums in `f32`: half
    /// the memory, and on processors with AVX512-BF16 up to twice the speed, with AMX more.
    Bf16,
    /// 16-bit floating point, where a graphics processor is fastest.
    F16,
    /// 8-bit integers: fastest on the CPU, and less exact.
    Int8,
    /// The same with weights of 7 bits: what [`Int8`](Self::Int8) means on processors with AVX2 but
    /// without VNNI. Its vectors differ enough to have a name, and so a fingerprint, of their own.
    Int7,
}

impl Precision {
    /// Those that can be asked for.
    const CHOICES: [Self; 4] = [Self::F32, Self::Bf16, Self::F16, Self::Int8];
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::F16 => "f16",
            Self::Int8 => "int8",
            Self::Int7 => "int7",
        })
    }
}

/// The precision that the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrecisionChoice {
    /// What the device does best without a visible loss: `f16` on a graphics processor, bf16 on a
    /// CPU that has instructions for it (AVX512-BF16 or AMX), else `f32`.
    #[default]
    Auto,
    /// This one.
    Exactly(Precision),
}

/// The name of a precision is none of those known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no precision: choose auto, f32, bf16, f16 or int8")]
pub struct UnknownPrecision(String);

impl FromStr for PrecisionChoice {
    type Err = UnknownPrecision;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == "auto" {
            return Ok(Self::Auto);
        }
        (Precision::CHOICES.into_iter().find(|precision| precision.to_string() == name))
            .map(Self::Exactly)
            .ok_or_else(|| UnknownPrecision(name.to_owned()))
    }
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// `stop` was set; nothing is wrong.
    #[error("embedding was stopped")]
    Stopped,
    /// A text is empty or longer than the model has positions.
    #[error("a text of {tokens} tokens cannot be embedded: the model takes 1 to {max}")]
    Length {
        /// The text's length.
        tokens: usize,
        /// The model's positions.
        max: usize,
    },
    /// A token has no embedding in the model.
    #[error("token {id} cannot be embedded: the model's vocabulary has {vocabulary}")]
    Token {
        /// The token.
        id: u32,
        /// Number of tokens in the vocabulary.
        vocabulary: usize,
    },
    /// The result has values that are not finite; it must not be stored.
    #[error("the model computed a vector with infinite values: try another precision or device")]
    NotFinite,
    /// The computation failed, for instance for want of memory on the device.
    #[error("embedding failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// A model in memory that turns token ids into vectors.
pub trait Encoder: Send + Sync {
    /// One vector `[dimensions]` for each token sequence, in their order: pooled and, where the
    /// model says so, normalised. Sequences are cut into pieces that fit the memory; callers need
    /// not. `stop` is looked at between the steps of each layer.
    ///
    /// # Errors
    /// [`EncodeError::Stopped`] soon after `stop` is set (within about 50 ms); the other errors
    /// concern the sequences or the device. No vector is returned then.
    fn encode(&self, batch: &[&[u32]], stop: &AtomicBool) -> Result<Vec<Vec<f32>>, EncodeError>;

    /// What the last layer makes of each token of one text, `[tokens, hidden]` row by row, before
    /// pooling: in a trained model a token's state tells what the token means where it stands.
    ///
    /// # Errors
    /// As for [`Encoder::encode`].
    fn token_states(&self, text: &[u32], stop: &AtomicBool) -> Result<Vec<f32>, EncodeError>;

    /// Length of the vectors.
    fn dimensions(&self) -> usize;

    /// The type of number in which it computes: part of the fingerprint.
    fn precision(&self) -> Precision;
}

/// Where the user wants to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// A graphics processor where this build can use one and there is one, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The NVIDIA graphics processor of this number.
    Cuda(usize),
    /// Apple's graphics processor.
    Metal,
}

/// The name of a device is none of those known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no device: choose auto, cpu, cuda, cuda:N (N = 0, 1, …) or metal")]
pub struct UnknownDevice(String);

impl FromStr for DeviceChoice {
    type Err = UnknownDevice;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownDevice(name.to_owned());
        match name {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => {
                let number = name.strip_prefix("cuda:").ok_or_else(unknown)?;
                number.parse().map(Self::Cuda).map_err(|_| unknown())
            }
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
            Self::Metal => f.write_str("metal"),
        }
    }
}

impl DeviceChoice {
    /// Opens the device.
    fn open(self) -> Result<Device, ModelError> {
        let error = |reason: String| ModelError::Device { device: self.to_string(), reason };
        let built = |with: bool, feature: &str| {
            if with {
                return Ok(());
            }
            Err(error(format!(
                "this program was built without it (cargo install --features {feature})"
            )))
        };
        match self {
            Self::Auto => {
                Ok((Self::Cuda(0).open()).or_else(|_| Self::Metal.open()).unwrap_or(Device::Cpu))
            }
            Self::Cpu => Ok(Device::Cpu),
            Self::Cuda(number) => {
                built(candle_core::utils::cuda_is_available(), "cuda")?;
                Device::new_cuda(number).map_err(|cause| error(cause.to_string()))
            }
            Self::Metal => {
                built(candle_core::utils::metal_is_available(), "metal")?;
                Device::new_metal(0).map_err(|cause| error(cause.to_string()))
            }
        }
    }
}

/// The precision in which [`load`] would compute: part of the fingerprint, known without reading
/// the weights.
///
/// # Errors
/// The device cannot be used, or cannot compute in that precision.
pub fn precision(device: DeviceChoice, wanted: PrecisionChoice) -> Result<Precision, ModelError> {
    Ok(resolve(device, wanted)?.1)
}

/// Reads the model's weights and makes the encoder for the device.
///
/// # Errors
/// The device cannot be used, or the weights cannot be read.
pub fn load(
    model: &Model,
    device: DeviceChoice,
    wanted: PrecisionChoice,
) -> Result<Box<dyn Encoder>, ModelError> {
    Ok(match resolve(device, wanted)? {
        (Device::Cpu, precision) => Box::new(CpuEncoder::new(model, precision)?),
        (device, precision) => Box::new(DeviceEncoder::new(model, &device, precision)?),
    })
}

fn resolve(
    choice: DeviceChoice,
    wanted: PrecisionChoice,
) -> Result<(Device, Precision), ModelError> {
    let device = choice.open()?;
    let on_cpu = matches!(device, Device::Cpu);
    let precision = match wanted {
        PrecisionChoice::Auto if on_cpu => cpu::automatic()?,
        PrecisionChoice::Auto => Precision::F16,
        PrecisionChoice::Exactly(precision) if on_cpu => cpu::settle(precision)?,
        PrecisionChoice::Exactly(precision) => precision,
    };
    let (can, instead) = if on_cpu {
        (precision != Precision::F16, "f32, bf16 or int8")
    } else {
        (precision != Precision::Int8, "f32, bf16 or f16")
    };
    if !can {
        return Err(ModelError::Device {
            device: choice.to_string(),
            reason: format!("it does not compute in {precision} (--precision auto, {instead})"),
        });
    }
    Ok((device, precision))
}

/// An error if `stop` is set; later where others come first.
fn go_on(stop: &AtomicBool) -> Result<(), EncodeError> {
    pool::rest(stop);
    if stop.load(Ordering::Relaxed) { Err(EncodeError::Stopped) } else { Ok(()) }
}

/// Checks that each sequence has 1 to `max` tokens.
fn check_lengths(batch: &[&[u32]], max: usize) -> Result<(), EncodeError> {
    match batch.iter().find(|tokens| tokens.is_empty() || tokens.len() > max) {
        Some(tokens) => Err(EncodeError::Length { tokens: tokens.len(), max }),
        None => Ok(()),
    }
}

/// Scales the pooled vector to length 1 if the model says so, and refuses infinite values.
fn finish(mut vector: Vec<f32>, normalize: bool) -> Result<Vec<f32>, EncodeError> {
    if normalize {
        // The lower bound is that of `torch.nn.functional.normalize`.
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-12);
        for x in &mut vector {
            *x /= length;
        }
    }
    finite(vector)
}

/// Refuses infinite values.
fn finite(values: Vec<f32>) -> Result<Vec<f32>, EncodeError> {
    if values.iter().all(|x| x.is_finite()) { Ok(values) } else { Err(EncodeError::NotFinite) }
}
