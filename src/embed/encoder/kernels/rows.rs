//! What is done to one row of activations between two products, in portable Rust.
//!
//! Each function is written once, without intrinsics, in loops that the compiler turns into
//! vector instructions; [`RowOps`] holds it compiled for each instruction set. `FMA` says whether
//! the processor multiplies and adds in one instruction: elsewhere `mul_add` would be a call.
//!
//! Approximations, with the errors that the tests measure:
//! - 2ˣ: split into an integer, which goes into the exponent, and a fraction in [-½, ½], for
//!   which a polynomial of degree 5 was fitted with least greatest relative error (7.5e-8).
//! - Φ(-t), the normal distribution function in GELU (Hendrycks & Gimpel, 2016), t in [0, 6]: 2 to
//!   the power of a polynomial of degree 7, fitted to log₂ Φ(-t) with least greatest error in
//!   max(t, 0.6) · Φ(-t) (5.1e-8). It needs no division, as formulas with erfc do.

use super::{LANES, Line, Scale, bf16};

/// Values folded side by side: two vectors of AVX-512, so that additions wait little for the last.
const WIDTH: usize = 32;

/// 1.5 · 2²³: adding it leaves the nearest integer (ties to even) in the lowest bits.
const TO_INTEGER: f32 = 12_582_912.0;

#[inline(always)]
fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// 2ˣ for x in -126..=127. NaN stays.
#[inline(always)]
fn exp2<const FMA: bool>(x: f32) -> f32 {
    // As they were fitted; to round them is the compiler's business.
    #[allow(clippy::excessive_precision)]
    const C: [f32; 6] = [
        1.000_000_071_654_57,
        0.693_146_967_061_21,
        0.240_221_197_242_12,
        0.055_507_132_792_99,
        0.009_675_541_319_50,
        0.001_327_647_011_74,
    ];
    let shifted = x + TO_INTEGER;
    let f = x - (shifted - TO_INTEGER);
    let mut p = fma::<FMA>(C[5], f, C[4]);
    p = fma::<FMA>(p, f, C[3]);
    p = fma::<FMA>(p, f, C[2]);
    p = fma::<FMA>(p, f, C[1]);
    p = fma::<FMA>(p, f, C[0]);
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// x · Φ(x), which is max(x, 0) - |x| · Φ(-|x|).
#[inline(always)]
fn gelu_of<const FMA: bool>(x: f32) -> f32 {
    // As they were fitted.
    #[allow(clippy::excessive_precision)]
    const C: [f32; 8] = [
        -0.999_999_756_675_70,
        -1.151_118_076_696_49,
        -0.459_098_618_840_54,
        -0.052_836_441_884_69,
        0.007_563_736_783_20,
        -0.000_523_959_851_29,
        -0.000_025_081_078_52,
        0.000_005_405_525_82,
    ];
    // Beyond it Φ(-t) is less than 1e-9. NaN stays.
    let t = if x.abs() > 6.0 { 6.0 } else { x.abs() };
    let mut p = fma::<FMA>(C[7], t, C[6]);
    p = fma::<FMA>(p, t, C[5]);
    p = fma::<FMA>(p, t, C[4]);
    p = fma::<FMA>(p, t, C[3]);
    p = fma::<FMA>(p, t, C[2]);
    p = fma::<FMA>(p, t, C[1]);
    p = fma::<FMA>(p, t, C[0]);
    // Not simply 0 for what is negative: -∞ must not get lost, and becomes NaN.
    fma::<FMA>(-t, exp2::<FMA>(p), if x < 0.0 { x * 0.0 } else { x })
}

/// Folds the row, `WIDTH` values side by side, and then these by halves. One fold at a time: of
/// several in one loop the compiler makes no vectors.
#[inline(always)]
fn fold(
    row: &[f32],
    start: f32,
    step: impl Fn(f32, f32) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let (chunks, rest) = row.as_chunks::<WIDTH>();
    let mut all = [start; WIDTH];
    for chunk in chunks {
        for (folded, x) in all.iter_mut().zip(chunk) {
            *folded = step(*folded, *x);
        }
    }
    // Side by side too: one after another each would wait for the last.
    for (folded, x) in all.iter_mut().zip(rest) {
        *folded = step(*folded, *x);
    }
    halve(all, join)
}

/// Joins all. Each half is an array of its own: in the place of the first the compiler would make small
/// vectors of all that leads to them.
#[inline(always)]
fn halve(all: [f32; WIDTH], join: impl Fn(f32, f32) -> f32) -> f32 {
    #[inline(always)]
    fn half<const N: usize>(all: &[f32], join: impl Fn(f32, f32) -> f32) -> [f32; N] {
        let (left, right) = all.split_at(N);
        let mut half = [0.0; N];
        for ((half, left), right) in half.iter_mut().zip(left).zip(right) {
            *half = join(*left, *right);
        }
        half
    }
    let all = half::<16>(&all, &join);
    let all = half::<8>(&all, &join);
    let all = half::<4>(&all, &join);
    let all = half::<2>(&all, &join);
    join(all[0], all[1])
}

/// Sum of `term` over the row.
#[inline(always)]
fn sum(row: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    fold(row, 0.0, |sum, x| sum + term(x), |a, b| a + b)
}

/// The greater of two, of which a NaN as the second never is.
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The lesser of two, of which a NaN as the second never is.
#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

#[inline(always)]
fn gelu<const FMA: bool>(row: &mut [f32]) {
    for x in row {
        *x = gelu_of::<FMA>(*x);
    }
}

#[inline(always)]
fn add<const FMA: bool>(row: &mut [f32], other: &[f32]) {
    for (x, other) in row.iter_mut().zip(other) {
        *x += other;
    }
}

#[inline(always)]
fn norm<const FMA: bool>(row: &mut [f32], gain: &[f32], shift: &[f32], eps: f32) {
    let count = row.len() as f32;
    let mean = sum(row, |x| x) / count;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
    let factor = 1.0 / (variance + eps).sqrt();
    for ((x, gain), shift) in row.iter_mut().zip(gain).zip(shift) {
        *x = fma::<FMA>((*x - mean) * factor, *gain, *shift);
    }
}

#[inline(always)]
fn softmax<const FMA: bool>(row: &mut [f32]) -> f32 {
    let most = fold(row, f32::NEG_INFINITY, greater, greater);
    // The same is added to all, so that it does not matter how it is rounded.
    let shift = -most * std::f32::consts::LOG2_E;
    let mut sums = [0.0; WIDTH];
    let mut exp = |part: &mut [f32; WIDTH]| {
        for (sum, x) in sums.iter_mut().zip(part) {
            let power = fma::<FMA>(*x, std::f32::consts::LOG2_E, shift);
            // Not less, so that products with the result are not subnormal, which would be slow.
            *x = exp2::<FMA>(if power < -100.0 { -100.0 } else { power });
            *sum += *x;
        }
    };
    let (parts, rest) = row.as_chunks_mut();
    for part in parts {
        exp(part);
    }
    if !rest.is_empty() {
        let mut last = [f32::NEG_INFINITY; WIDTH];
        last[..rest.len()].copy_from_slice(rest);
        exp(&mut last);
        rest.copy_from_slice(&last[..rest.len()]);
    }
    1.0 / halve(sums, |a, b| a + b)
}

#[inline(always)]
fn multiply<const FMA: bool>(row: &mut [f32], factor: f32) {
    for x in row {
        *x *= factor;
    }
}

/// Lines `at`, `at + step`, … of the tile, each with the part of `row` that belongs there.
#[inline(always)]
fn lines<'a>(
    row: &'a [f32],
    values: usize,
    tile: &'a mut [Line],
    at: usize,
    step: usize,
) -> impl Iterator<Item = (&'a [f32], &'a mut Line)> {
    row.chunks(values).zip(tile[at..].iter_mut().step_by(step))
}

#[inline(always)]
fn pack_f32<const FMA: bool>(row: &[f32], tile: &mut [Line], at: usize, step: usize) {
    for (part, line) in lines(row, LANES, tile, at, step) {
        if let Ok(part) = <&[f32; LANES]>::try_from(part) {
            line.0 = part.map(f32::to_bits);
        } else {
            line.0 = [0; LANES];
            for (lane, x) in line.0.iter_mut().zip(part) {
                *lane = x.to_bits();
            }
        }
    }
}

#[inline(always)]
fn pack_rounded<const FMA: bool>(row: &[f32], tile: &mut [Line], at: usize, step: usize) {
    for (part, line) in lines(row, LANES, tile, at, step) {
        line.0 = [0; LANES];
        for (lane, x) in line.0.iter_mut().zip(part) {
            *lane = u32::from(bf16(*x)) << 16;
        }
    }
}

#[inline(always)]
pub(super) fn pack_bf16<const FMA: bool>(row: &[f32], tile: &mut [Line], at: usize, step: usize) {
    for (part, line) in lines(row, 2 * LANES, tile, at, step) {
        // Not by `map`, of which the compiler makes no vectors.
        let mut halves = [0; 2 * LANES];
        if let Ok(part) = <&[f32; 2 * LANES]>::try_from(part) {
            for (half, x) in halves.iter_mut().zip(part) {
                *half = bf16(*x);
            }
        } else {
            for (half, x) in halves.iter_mut().zip(part) {
                *half = bf16(*x);
            }
        }
        for (lane, pair) in line.0.iter_mut().zip(halves.as_chunks::<2>().0) {
            *lane = u32::from(pair[0]) | u32::from(pair[1]) << 16;
        }
    }
}

/// Writes the lowest bytes of what `quantize` makes of a part's values. In a lane are four that are 16
/// places apart: the order does not matter, if weights and activations have the same, and in this
/// one nothing is shuffled. What is missing in the last part is 0 before it is quantized.
#[inline(always)]
fn pack_bytes(part: &[f32], line: &mut Line, quantize: impl Fn(f32) -> u32) {
    let mut whole = [0.0; 4 * LANES];
    let part = <&[f32; 4 * LANES]>::try_from(part).unwrap_or_else(|_| {
        whole[..part.len()].copy_from_slice(part);
        &whole
    });
    for (at, lane) in line.0.iter_mut().enumerate() {
        let byte =
            |quarter: usize| quantize(part[quarter * LANES + at]) << 24 >> (24 - 8 * quarter);
        *lane = byte(0) | byte(1) | byte(2) | byte(3);
    }
}

#[inline(always)]
fn pack_int8<const FMA: bool>(row: &[f32], tile: &mut [Line], at: usize, step: usize) -> Scale {
    // Each part three times while it is near.
    let mut all = [[f32::INFINITY; WIDTH], [f32::NEG_INFINITY; WIDTH], [0.0; WIDTH]];
    let mut see = |part: &[f32]| {
        let [least, most, sound] = &mut all;
        least.iter_mut().zip(part).for_each(|(least, x)| *least = lesser(*least, *x));
        most.iter_mut().zip(part).for_each(|(most, x)| *most = greater(*most, *x));
        sound.iter_mut().zip(part).for_each(|(sound, x)| *sound += x * 0.0);
    };
    let (parts, rest) = row.as_chunks::<WIDTH>();
    for part in parts {
        see(part);
    }
    see(rest);
    let (least, most) = (halve(all[0], lesser), halve(all[1], greater));
    // 0 unless a value is infinite or NaN, which must not get lost.
    let sound = halve(all[2], |a, b| a + b);
    let range = most - least;
    let (scale, factor) = if range > 0.0 { (range / 255.0, 255.0 / range) } else { (0.0, 0.0) };
    // The nearest integer in the lowest bits, without a conversion: x is in 0..=255.
    let quantize = |x: f32| fma::<FMA>(x - least, factor, 8_388_608.0).to_bits();
    for (part, line) in lines(row, 4 * LANES, tile, at, step) {
        pack_bytes(part, line, quantize);
    }
    Scale { scale: scale + sound, least }
}

/// Symmetric quantization: `x ≈ scale · q`, q in -most..=most. Returns the scale and the sum of
/// the integers, which `f32` holds exactly.
#[inline(always)]
fn pack_weights<const FMA: bool>(
    row: &[f32],
    most: i8,
    tile: &mut [Line],
    at: usize,
    step: usize,
) -> (f32, f32) {
    let greatest = fold(row, 0.0, |most, x| greater(most, x.abs()), greater);
    // NaN where a weight is not finite, so that the result shows it.
    let sound = sum(row, |x| x * 0.0);
    let scale = greatest / f32::from(most);
    let factor = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let shifted = |x: f32| x * factor + TO_INTEGER;
    for (part, line) in lines(row, 4 * LANES, tile, at, step) {
        pack_bytes(part, line, |x| shifted(x).to_bits());
    }
    (scale + sound, sum(row, |x| shifted(x) - TO_INTEGER))
}

/// Lane `i` of line `j` becomes lane `j` of line `i · step`, of as many lines as there are.
#[inline(always)]
pub(super) fn transpose<const FMA: bool>(block: &[Line], lines: &mut [Line], step: usize) {
    if let Some(block) = block.first_chunk::<LANES>() {
        for (lane, line) in lines.iter_mut().step_by(step).take(LANES).enumerate() {
            line.0 = block.map(|row| row.0[lane]);
        }
    }
}

/// Two rows, value by value in one lane, as bf16.
#[inline(always)]
pub(super) fn interleave<const FMA: bool>(first: &[f32], second: &[f32], line: &mut Line) {
    for ((lane, first), second) in line.0.iter_mut().zip(first).zip(second) {
        *lane = u32::from(bf16(*first)) | u32::from(bf16(*second)) << 16;
    }
}

/// Makes [`RowOps`]: a table of the functions above, safe methods to call them, and one table for
/// each instruction set.
macro_rules! row_ops {
    ($($(#[$doc:meta])* $op:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions on rows, compiled for one instruction set.
        pub(in crate::embed::encoder) struct RowOps {
            $($op: unsafe fn($($type),*) $(-> $result)?,)*
        }

        impl RowOps {
            $(
                $(#[$doc])*
                #[inline]
                pub(in crate::embed::encoder) fn $op(&self, $($arg: $type),*) $(-> $result)? {
                    // SAFETY: the functions are safe but for the instructions they use, and a
                    // table is chosen only where the processor has these (`Kernels::all`).
                    unsafe { (self.$op)($($arg),*) }
                }
            )*
        }

        /// Plain Rust, for what every processor of the architecture has.
        pub(super) static PORTABLE: RowOps = {
            const FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
            RowOps { $($op: $op::<FMA>,)* }
        };

        #[cfg(target_arch = "x86_64")]
        pub(super) static AVX2: RowOps = {
            $(
                #[target_feature(enable = "avx2,fma")]
                fn $op($($arg: $type),*) $(-> $result)? { super::rows::$op::<true>($($arg),*) }
            )*
            RowOps { $($op,)* }
        };

        #[cfg(target_arch = "x86_64")]
        pub(super) static AVX512: RowOps = {
            $(
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
                fn $op($($arg: $type),*) $(-> $result)? { super::rows::$op::<true>($($arg),*) }
            )*
            RowOps { $($op,)* }
        };
    };
}

/// With the instructions that round to bf16; and what each text's keys go through, by hand.
#[cfg(target_arch = "x86_64")]
pub(super) static AVX512_BF16: RowOps = RowOps {
    pack_bf16: super::x86::pack_bf16,
    interleave: super::x86::interleave,
    transpose: super::x86::transpose,
    ..AVX512
};

row_ops! {
    /// Adds another row.
    add(row: &mut [f32], other: &[f32]);
    /// GELU of each value.
    gelu(row: &mut [f32]);
    /// `LayerNorm` (Ba et al., 2016).
    norm(row: &mut [f32], gain: &[f32], shift: &[f32], eps: f32);
    /// eˣ⁻ᵐ, m being the greatest x; returns 1 / the sum of the results.
    softmax(row: &mut [f32]) -> f32;
    /// Multiplies each value.
    multiply(row: &mut [f32], factor: f32);
    /// Writes a row into lines `at`, `at + step`, … of the tile, as it is.
    pack_f32(row: &[f32], tile: &mut [Line], at: usize, step: usize);
    /// The same, rounded to bf16 but kept as f32.
    pack_rounded(row: &[f32], tile: &mut [Line], at: usize, step: usize);
    /// The same, as pairs of bf16.
    pack_bf16(row: &[f32], tile: &mut [Line], at: usize, step: usize);
    /// The same, as quadruples of integers 0..=255.
    pack_int8(row: &[f32], tile: &mut [Line], at: usize, step: usize) -> Scale;
    /// The same, as quadruples of integers -most..=most; returns what makes weights of them, and
    /// their sum.
    pack_weights(row: &[f32], most: i8, tile: &mut [Line], at: usize, step: usize) -> (f32, f32);
    /// Turns 16 lines of 16 lanes round, into every `step`th line.
    transpose(block: &[Line], lines: &mut [Line], step: usize);
    /// Writes two rows of 16 values side by side, as pairs of bf16.
    interleave(first: &[f32], second: &[f32], line: &mut Line);
}
