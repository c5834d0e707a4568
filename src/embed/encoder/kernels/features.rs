//! What the processor can do, and how to pretend that it can do less.

use std::{env, sync::OnceLock};

/// The environment variable that restricts the instruction sets in use; see [`Features::limited`].
pub const VARIABLE: &str = "SPECTER_TUI_CPU";

/// The instruction sets for which there are kernels. AVX2 is always with FMA, AVX-512 with its
/// byte, double word and vector length extensions, AMX with AVX-512.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
// Processors have them in any combination.
#[allow(clippy::struct_excessive_bools)]
pub struct Features {
    pub(super) avx2: bool,
    pub(super) avx_vnni: bool,
    pub(super) avx512: bool,
    pub(super) avx512_vnni: bool,
    pub(super) avx512_bf16: bool,
    pub(super) amx_bf16: bool,
    pub(super) amx_int8: bool,
    /// A limit was set: take what it names, even where something else is faster.
    pub(super) limited: bool,
}

/// The name of a limit is none of those known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{VARIABLE}: `{0}` is no limit: choose generic, avx2, avxvnni, avx512, avx512vnni, avx512bf16 or amx"
)]
pub struct UnknownLimit(String);

impl Features {
    /// The names of limits, from the least to the most.
    pub const LIMITS: [&str; 7] =
        ["generic", "avx2", "avxvnni", "avx512", "avx512vnni", "avx512bf16", "amx"];

    /// What the processor has, and the system lets programs use.
    #[must_use]
    pub fn of_processor() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;

            use super::amx;
            static AMX: OnceLock<(bool, bool)> = OnceLock::new();
            let avx2 = has!("avx2") && has!("fma");
            let avx512 =
                avx2 && has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl");
            let (amx_bf16, amx_int8) = *AMX.get_or_init(amx::usable);
            Self {
                avx2,
                avx_vnni: avx2 && has!("avxvnni"),
                avx512,
                avx512_vnni: avx512 && has!("avx512vnni"),
                avx512_bf16: avx512 && has!("avx512bf16"),
                amx_bf16: avx512 && amx_bf16,
                amx_int8: avx512 && amx_int8,
                limited: false,
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self::default()
    }

    /// Are there instructions for bf16?
    #[must_use]
    pub fn has_bf16(self) -> bool {
        self.avx512_bf16 || self.amx_bf16
    }

    /// Are the fastest instructions for integers those that overflow with weights of 8 bits?
    #[must_use]
    pub fn needs_int7(self) -> bool {
        self.avx2 && !self.avx_vnni && !self.avx512_vnni
    }

    /// Of these, those that a processor of the named kind has as well: `generic` (none), `avx2`,
    /// `avxvnni` (a laptop without AVX-512), `avx512`, `avx512vnni`, `avx512bf16`, `amx` (all).
    ///
    /// # Errors
    /// There is no such name.
    pub fn limited(self, limit: &str) -> Result<Self, UnknownLimit> {
        let place = (Self::LIMITS.iter().position(|name| *name == limit))
            .ok_or_else(|| UnknownLimit(limit.to_owned()))?;
        Ok(Self {
            avx2: self.avx2 && place >= 1,
            avx_vnni: self.avx_vnni && (place == 2 || place >= 5),
            avx512: self.avx512 && place >= 3,
            avx512_vnni: self.avx512_vnni && place >= 4,
            avx512_bf16: self.avx512_bf16 && place >= 5,
            amx_bf16: self.amx_bf16 && place >= 6,
            amx_int8: self.amx_int8 && place >= 6,
            limited: true,
        })
    }

    /// What the processor has, within the limit that the environment sets.
    ///
    /// # Errors
    /// The environment names no limit that exists.
    pub fn in_use() -> Result<Self, UnknownLimit> {
        static LIMIT: OnceLock<Option<String>> = OnceLock::new();
        let limit = LIMIT.get_or_init(|| {
            env::var_os(VARIABLE).map(|limit| limit.to_string_lossy().into_owned())
        });
        match limit {
            Some(limit) => Self::of_processor().limited(limit),
            None => Ok(Self::of_processor()),
        }
    }
}
