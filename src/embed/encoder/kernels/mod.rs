//! The products of the CPU's encoder, for each kind of processor; the only place with unsafe code.
//!
//! # Lanes
//!
//! Whatever the type of number, a product runs over *lanes* of 32 bits: one `f32`, two bf16 or four
//! integers of 8 bits ([`Format`]). A processor multiplies all lanes of a vector with one lane of
//! the other factor and adds the results in one instruction (`vfmadd`, `vdpbf16ps`, `vpdpbusd`).
//! So one layout and one loop serve all formats:
//!
//! - [`Weights`] are *panels* of 32 columns (16 in AVX2 and in plain Rust), lane after lane.
//! - [`Activations`] are *tiles* of 14 rows (fewer elsewhere): for each 16 lanes, row after row.
//! - A [`Tile`] multiplies a tile of activations with a panel of weights: 14 × 32 sums, which are 28
//!   of the 32 registers of AVX-512, are kept until the last lane. For each lane it loads the
//!   panel's two vectors, and broadcasts one lane of each row. AMX has instructions for 16 lanes of
//!   16 rows and 16 columns, which lie as it wants them; its tiles have 32 or 64 rows ([`amx`]).
//!
//! The sums of a tile leave the registers as `f32`, with the bias. What follows (GELU, the packing
//! for the next product) is done while they are in the nearest cache; what needs whole rows
//! (residual and `LayerNorm`, softmax) is done row by row ([`rows`]).
//!
//! # Formats
//!
//! - `f32`: as it is.
//! - bf16: weights and activations are rounded to bf16 (to nearest, ties to even), products are
//!   exact and their sums `f32`. AVX512-BF16 has an instruction for two products, AMX one for a
//!   product of matrices; elsewhere, and where that instruction is slow (Intel's processors take
//!   four times as long for it as for `vfmadd`), weights are kept as bf16, and widened in registers.
//! - int8: weights in -127..=127 with a scale for each output; activations in 0..=255 with a scale
//!   and a least value for each row (Dettmers et al., 2022, scale both by vectors too). Integer
//!   sums are exact. The four of a lane are values 16 places apart, in both factors alike.
//! - int7: the same with weights in -63..=63, because AVX2 adds neighbouring products in 16 bits.

// Each instruction set is used only after a check that the processor has it; the blocks say why
// each is sound, and the tests compare each kernel with the plain product.
#![allow(unsafe_code)]
// What is inlined into functions with other target features must be, or is not vectorised.
#![allow(clippy::inline_always)]

#[cfg(target_arch = "x86_64")]
mod amx;
pub(crate) mod bytes;
mod features;
mod matrix;
mod pages;
mod portable;
mod rows;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
use std::ptr;
use std::{hint::black_box, marker::PhantomData, time::Instant};

pub use features::Features;
pub(super) use matrix::{Activations, TileMut, Weights};
pub(super) use rows::RowOps;

use super::Precision;

/// 32-bit lanes in a [`Line`].
const LANES: usize = 16;

/// Most rows of a tile.
const MOST_ROWS: usize = 64;

/// Most rows times columns of a tile.
const MOST_SUMS: usize = MOST_ROWS * 32;

/// 16 lanes: a cache line, and a vector of AVX-512.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Line([u32; LANES]);

impl Line {
    const ZERO: Self = Self([0; LANES]);
}

/// What a lane holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Pairs of bf16 are for one instruction of x86 only.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
enum Format {
    /// One `f32`.
    F32,
    /// Two bf16.
    Bf16,
    /// Weights: two bf16. Activations: one `f32`, rounded to bf16; so two lanes for each of the
    /// weights'.
    Bf16Wide,
    /// Four integers; the weights' from -most to most.
    Int8 { most: i8 },
}

impl Format {
    /// Values in a lane of weights.
    const fn values(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 | Self::Bf16Wide => 2,
            Self::Int8 { .. } => 4,
        }
    }

    /// Lanes of activations for each lane of weights.
    const fn activation_lanes(self) -> usize {
        match self {
            Self::Bf16Wide => 2,
            _ => 1,
        }
    }

    /// Values in a line of activations.
    const fn line_values(self) -> usize {
        LANES * self.values() / self.activation_lanes()
    }

    /// Lanes of a column of weights: a multiple of 16.
    fn lanes(self, inputs: usize) -> usize {
        inputs.div_ceil(self.values()).next_multiple_of(LANES)
    }
}

/// A kernel: the product of up to `rows` rows with a panel of `columns` columns.
struct Tile {
    rows: usize,
    columns: usize,
    format: Format,
    run: Run,
    setup: Option<Setup>,
}

/// What must be done before a tile is run, as often as one likes, and after it.
// Of x86 only.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
struct Setup {
    begin: unsafe fn(),
    end: unsafe fn(),
}

/// Writes the product of the first so many rows with the columns, and the bias: of activations,
/// weights, and lines that are soon wanted, and fetched meanwhile. Integers are read as the scales
/// say, one for each row. The last are the rows that are written, and the place of the first column
/// in each.
type Run = unsafe fn(usize, Lines<'_>, &[Scale], Columns<'_>, Out<'_, '_>);

type Lines<'a> = (&'a [Line], &'a [Line], &'a [Line]);
type Out<'a, 'b> = (&'a mut [&'b mut [f32]], usize);

/// Where a row of activations lies in integers: `x ≈ least + scale · q`, q in 0..=255.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Scale {
    scale: f32,
    least: f32,
}

/// What belongs to the columns of a panel.
#[derive(Clone, Copy)]
struct Columns<'a> {
    /// Added to the product.
    bias: &'a [f32],
    /// For integers: a weight is this times its integer.
    scales: &'a [f32],
    /// For integers: the sum of a column's weights.
    totals: &'a [f32],
}

/// The same of one vector.
#[derive(Clone, Copy)]
struct Vector<'a, const N: usize> {
    bias: &'a [f32; N],
    scales: &'a [f32; N],
    totals: &'a [f32; N],
}

impl<'a> Columns<'a> {
    /// The `at`th vector of `N` columns. What other formats than integers lack is 0.
    #[inline(always)]
    fn vector<const N: usize>(self, at: usize) -> Vector<'a, N> {
        let of = |values: &'a [f32]| values.as_chunks().0.get(at).unwrap_or(&[0.0; N]);
        Vector { bias: of(self.bias), scales: of(self.scales), totals: of(self.totals) }
    }
}

/// A tile that is set up, on one thread. No other may be set up on it meanwhile.
struct Ready {
    tile: &'static Tile,
    /// It cannot go to another thread.
    here: PhantomData<*const ()>,
}

impl Ready {
    /// The product of `count` rows.
    #[inline]
    fn run(
        &self,
        count: usize,
        lines: Lines<'_>,
        scales: &[Scale],
        columns: Columns<'_>,
        out: Out<'_, '_>,
    ) {
        // SAFETY: the functions are safe but for the instructions they use, and a tile is chosen
        // only where the processor has these (`Kernels::all`); it is set up.
        unsafe { (self.tile.run)(count, lines, scales, columns, out) }
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if let Some(setup) = &self.tile.setup {
            // SAFETY: as for `run`.
            unsafe { (setup.end)() }
        }
    }
}

impl Tile {
    /// To run it some times.
    #[inline]
    fn ready(&'static self) -> Ready {
        if let Some(setup) = &self.setup {
            // SAFETY: as for `Ready::run`.
            unsafe { (setup.begin)() }
        }
        Ready { tile: self, here: PhantomData }
    }

    /// The least time that a small product took in a few trials.
    fn seconds(&'static self) -> f64 {
        const LANES_TRIED: usize = 16 * LANES;
        let chunks = LANES_TRIED / LANES * self.format.activation_lanes();
        let activations = vec![Line::ZERO; chunks * self.rows];
        let weights = vec![Line::ZERO; LANES_TRIED * self.columns / LANES];
        let columns = Columns { bias: &[], scales: &[], totals: &[] };
        let mut sums = [0.0; MOST_SUMS];
        let mut out: Vec<&mut [f32]> = sums.chunks_mut(self.columns).collect();
        let ready = self.ready();
        let trial = |_| {
            let started = Instant::now();
            let lines = (black_box(&activations[..]), &weights[..], &[][..]);
            ready.run(self.rows, lines, &[], columns, (black_box(&mut out), 0));
            started.elapsed().as_secs_f64()
        };
        (0..16).map(trial).fold(f64::INFINITY, f64::min)
    }
}

/// Can the processor run it? Precision, name, the tile for weights, the tile for attention.
type Tier = (bool, Precision, &'static str, &'static Tile, &'static Tile);

/// Everything that the encoder computes with, for one precision and one kind of processor.
#[derive(Clone, Copy)]
pub(super) struct Kernels {
    name: &'static str,
    /// Multiplies with weights.
    linear: &'static Tile,
    /// Multiplies in attention: in bf16 where there are instructions for it and the precision is
    /// no better, else in `f32`.
    attention: &'static Tile,
    pub(super) rows: &'static RowOps,
}

impl Kernels {
    /// The fastest for this precision. `None` where the CPU does not compute in it.
    ///
    /// AVX512-BF16 is tried out, unless the user limits the instruction sets: see the module.
    pub(super) fn best(precision: Precision, features: Features) -> Option<Self> {
        let mut all = Self::all(precision, features);
        #[cfg(target_arch = "x86_64")]
        if !features.limited && all.first().is_some_and(Self::pairs) {
            let [pairs, widened] = [&x86::AVX512_BF16, &x86::AVX512_BF16_WIDE].map(Tile::seconds);
            all.retain(|kernels| !kernels.pairs() || pairs <= widened);
        }
        all.first().copied()
    }

    /// All for this precision that the processor can run, the most special first.
    pub(super) fn all(precision: Precision, features: Features) -> Vec<Self> {
        let portable: [Tier; 3] = [
            (true, Precision::F32, "portable f32", &portable::F32, &portable::F32),
            (true, Precision::Bf16, "portable widened bf16", &portable::BF16, &portable::F32),
            (true, Precision::Int8, "portable int8", &portable::INT8, &portable::F32),
        ];
        #[cfg(target_arch = "x86_64")]
        let (tiers, rows) = (x86::tiers(features), x86::rows(features));
        #[cfg(not(target_arch = "x86_64"))]
        let (tiers, rows): (Vec<Tier>, _) = (Vec::new(), &rows::PORTABLE);
        (tiers.into_iter().chain(portable))
            .filter(|(has, of, ..)| *has && *of == precision)
            .map(|(.., name, linear, attention)| Self { name, linear, attention, rows })
            .collect()
    }

    /// Does it use the instruction that is slow on some processors?
    #[cfg(target_arch = "x86_64")]
    fn pairs(&self) -> bool {
        [self.linear, self.attention]
            .into_iter()
            .any(|tile| ptr::eq(tile, &raw const x86::AVX512_BF16))
    }

    /// What it is called in tests and benches.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn linear(&self) -> Product {
        Product { tile: self.linear, rows: self.rows }
    }

    pub(super) fn attention(&self) -> Product {
        Product { tile: self.attention, rows: self.rows }
    }
}

/// A kind of product: its tile, and the row functions for what goes in and out.
#[derive(Clone, Copy)]
pub(super) struct Product {
    tile: &'static Tile,
    rows: &'static RowOps,
}

/// Upper half of an `f32`, rounded to nearest, ties to even.
#[inline(always)]
fn bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    // Rounding could carry NaN over into a number.
    (if x.is_nan() { bits >> 16 | 0x40 } else { rounded }) as u16
}
