//! Tiles for x86-64: AVX2 with FMA, AVX-VNNI, AVX-512, its VNNI and its bf16.
//!
//! All are one loop: for each of the lanes, load the columns of the panel, and for each row of the
//! tile broadcast its lane and multiply and add. Then the bias is added, and integers are made
//! numbers. The sums stay in registers throughout: 14 rows × 2 vectors of the 32 registers of
//! AVX-512, 6 × 2 (or 5 × 2) of the 16 of AVX2.

// Each name says where it is from.
#[allow(clippy::wildcard_imports)]
use std::arch::x86_64::*;

use super::{
    Columns, Features, Format, LANES, Line, Out, Precision, Scale, Tier, Tile, Vector, amx,
    portable,
    rows::{self, RowOps},
};

/// The kernels, the most special first.
pub(super) fn tiers(features: Features) -> Vec<Tier> {
    use Precision::{Bf16, F32, Int7, Int8};
    let Features { avx2, avx_vnni, avx512, avx512_vnni, avx512_bf16, amx_bf16, amx_int8, .. } =
        features;
    let f32 = match features {
        Features { avx512: true, .. } => &AVX512_F32,
        Features { avx2: true, .. } => &AVX2_F32,
        _ => &portable::F32,
    };
    let with_bf16 = avx512_vnni && avx512_bf16;
    vec![
        (avx512, F32, "avx512 f32", &AVX512_F32, f32),
        (avx2, F32, "avx2 f32", &AVX2_F32, f32),
        (amx_bf16, Bf16, "amx bf16", &amx::BF16, &amx::BF16_FLAT),
        (avx512_bf16, Bf16, "avx512bf16", &AVX512_BF16, &AVX512_BF16),
        (avx512, Bf16, "avx512 widened bf16", &AVX512_BF16_WIDE, f32),
        (avx2, Bf16, "avx2 widened bf16", &AVX2_BF16, f32),
        (amx_int8 && amx_bf16, Int8, "amx int8", &amx::INT8, &amx::BF16_FLAT),
        (with_bf16, Int8, "avx512vnni, bf16 attention", &AVX512_INT8, &AVX512_BF16),
        (avx512_vnni, Int8, "avx512vnni", &AVX512_INT8, f32),
        (avx_vnni, Int8, "avxvnni", &AVX_VNNI_INT8, f32),
        (avx2, Int7, "avx2 int7", &AVX2_INT7, f32),
    ]
}

/// The functions on rows.
pub(super) fn rows(features: Features) -> &'static RowOps {
    match features {
        Features { avx512_bf16: true, .. } => &rows::AVX512_BF16,
        Features { avx512: true, .. } => &rows::AVX512,
        Features { avx2: true, .. } => &rows::AVX2,
        _ => &rows::PORTABLE,
    }
}

/// Makes a [`Tile`]: `$rows` rows × 2 vectors of `$width` columns.
macro_rules! tile {
    (
        $(#[$doc:meta])*
        $name:ident = $format:expr, $features:literal, $rows:literal [$($count:literal)*], $width:literal,
        $zero:expr, |$acc:ident, $a:ident, $b:ident| $step:expr,
        |$sum:ident, $scale:ident, $columns:ident| $finish:expr
    ) => {
        $(#[$doc])*
        pub(super) static $name: Tile = {
            #[target_feature(enable = $features)]
            fn rows<const R: usize>(
                (a, b, ahead): (&[Line], &[Line], &[Line]),
                scales: &[Scale],
                columns: Columns<'_>,
                (out, first): Out<'_, '_>,
            ) {
                const LINES: usize = 2 * $width / LANES;
                const PER_LANE: usize = $format.activation_lanes();
                let chunks = b.len() / (LINES * LANES) * PER_LANE;
                assert!(a.len() >= chunks * $rows && out.len() >= R);
                let vectors = [0, 1].map(|vector| columns.vector::<$width>(vector));
                let mut sums = [[$zero; 2]; R];
                let mut $b = b.as_ptr().cast::<f32>();
                let share = ahead.len().div_ceil(chunks.max(1));
                for chunk in 0..chunks {
                    for line in ahead.iter().skip(chunk * share).take(share) {
                        _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(line).cast());
                    }
                    // SAFETY: a chunk is `$rows` lines, of which there are enough by the
                    // assertion.
                    let start = unsafe { a.as_ptr().add(chunk * $rows).cast::<f32>() };
                    for lane in (0..LANES).step_by(PER_LANE) {
                        // SAFETY: `$a` reads one of the 16 lanes (or two) of a row's line in
                        // this chunk; `$b` has 2 · `$width` columns for each lane, and moves on
                        // by these as many times as `b` has lanes.
                        unsafe {
                            let $a = |row: usize, next: usize| start.add(row * LANES + lane + next);
                            let $acc = &mut sums;
                            $step
                            $b = $b.add(2 * $width);
                        }
                    }
                }
                // One after another, not in a loop: else the compiler would keep the sums in memory.
                $(if let (Some(out), Some(sums)) = (out.get_mut($count - 1), sums.get($count - 1)) {
                    let out = out[first..][..2 * $width].as_mut_ptr();
                    let $scale = scales.get($count - 1).copied().unwrap_or_default();
                    for (vector, ($sum, $columns)) in sums.iter().zip(vectors).enumerate() {
                        // SAFETY: `$width` values are written, of the 2 · `$width` of the slice.
                        unsafe { std::ptr::write_unaligned(out.add(vector * $width).cast(), $finish) }
                    }
                })*
            }
            #[target_feature(enable = $features)]
            fn run(
                count: usize,
                lines: (&[Line], &[Line], &[Line]),
                scales: &[Scale],
                columns: Columns<'_>,
                out: Out<'_, '_>,
            ) {
                match count {
                    $($count => rows::<$count>(lines, scales, columns, out),)*
                    _ => unreachable!("a tile of {} rows has none of {count}", $rows),
                }
            }
            Tile { rows: $rows, columns: 2 * $width, format: $format, run, setup: None }
        };
    };
}

tile! {
    /// f32 with AVX2 and FMA.
    AVX2_F32 = Format::F32, "avx2,fma", 6 [1 2 3 4 5 6], 8, _mm256_setzero_ps(),
    |sums, a, b| {
        let columns = [_mm256_loadu_ps(b), _mm256_loadu_ps(b.add(8))];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm256_broadcast_ss(&*a(row, 0));
            sums[0] = _mm256_fmadd_ps(a, columns[0], sums[0]);
            sums[1] = _mm256_fmadd_ps(a, columns[1], sums[1]);
        }
    },
    |sum, _scale, columns| _mm256_add_ps(*sum, _mm256_loadu_ps(columns.bias.as_ptr()))
}

tile! {
    /// bf16 weights, widened to f32, with AVX2 and FMA.
    AVX2_BF16 = Format::Bf16Wide, "avx2,fma", 6 [1 2 3 4 5 6], 8, _mm256_setzero_ps(),
    |sums, a, b| {
        let high = _mm256_set1_epi32(0xffff_0000_u32.cast_signed());
        let pairs = [_mm256_loadu_si256(b.cast()), _mm256_loadu_si256(b.add(8).cast())];
        let first = pairs.map(|pair| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(pair)));
        let second = pairs.map(|pair| _mm256_castsi256_ps(_mm256_and_si256(pair, high)));
        for (next, columns) in [first, second].into_iter().enumerate() {
            for (row, sums) in sums.iter_mut().enumerate() {
                let a = _mm256_broadcast_ss(&*a(row, next));
                sums[0] = _mm256_fmadd_ps(a, columns[0], sums[0]);
                sums[1] = _mm256_fmadd_ps(a, columns[1], sums[1]);
            }
        }
    },
    |sum, _scale, columns| _mm256_add_ps(*sum, _mm256_loadu_ps(columns.bias.as_ptr()))
}

tile! {
    /// int7 with AVX2: products are added in pairs as 16-bit numbers, which 7-bit weights keep
    /// from overflowing (2 · 255 · 63 < 2¹⁵).
    AVX2_INT7 = Format::Int8 { most: 63 }, "avx2,fma", 5 [1 2 3 4 5], 8, _mm256_setzero_si256(),
    |sums, a, b| {
        let ones = _mm256_set1_epi16(1);
        let columns = [_mm256_loadu_si256(b.cast()), _mm256_loadu_si256(b.add(8).cast())];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm256_set1_epi32(a(row, 0).cast::<i32>().read());
            for (sum, columns) in sums.iter_mut().zip(columns) {
                let pairs = _mm256_maddubs_epi16(a, columns);
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
            }
        }
    },
    |sum, scale, columns| numbers(*sum, scale, columns)
}

tile! {
    /// int8 with AVX-VNNI, which laptops without AVX-512 have.
    AVX_VNNI_INT8 = Format::Int8 { most: 127 }, "avx2,fma,avxvnni", 6 [1 2 3 4 5 6], 8,
    _mm256_setzero_si256(),
    |sums, a, b| {
        let columns = [_mm256_loadu_si256(b.cast()), _mm256_loadu_si256(b.add(8).cast())];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm256_set1_epi32(a(row, 0).cast::<i32>().read());
            sums[0] = _mm256_dpbusd_avx_epi32(sums[0], a, columns[0]);
            sums[1] = _mm256_dpbusd_avx_epi32(sums[1], a, columns[1]);
        }
    },
    |sum, scale, columns| numbers(*sum, scale, columns)
}

tile! {
    /// f32 with AVX-512.
    AVX512_F32 = Format::F32, "avx512f", 14 [1 2 3 4 5 6 7 8 9 10 11 12 13 14], 16,
    _mm512_setzero_ps(),
    |sums, a, b| {
        let columns = [_mm512_loadu_ps(b), _mm512_loadu_ps(b.add(16))];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm512_set1_ps(*a(row, 0));
            sums[0] = _mm512_fmadd_ps(a, columns[0], sums[0]);
            sums[1] = _mm512_fmadd_ps(a, columns[1], sums[1]);
        }
    },
    |sum, _scale, columns| _mm512_add_ps(*sum, _mm512_loadu_ps(columns.bias.as_ptr()))
}

tile! {
    /// bf16 weights, widened to f32, with AVX-512.
    AVX512_BF16_WIDE = Format::Bf16Wide, "avx512f", 14 [1 2 3 4 5 6 7 8 9 10 11 12 13 14], 16,
    _mm512_setzero_ps(),
    |sums, a, b| {
        let high = _mm512_set1_epi32(0xffff_0000_u32.cast_signed());
        let pairs = [_mm512_loadu_si512(b.cast()), _mm512_loadu_si512(b.add(16).cast())];
        let first = pairs.map(|pair| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(pair)));
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm512_set1_ps(*a(row, 0));
            sums[0] = _mm512_fmadd_ps(a, first[0], sums[0]);
            sums[1] = _mm512_fmadd_ps(a, first[1], sums[1]);
        }
        let second = pairs.map(|pair| _mm512_castsi512_ps(_mm512_and_si512(pair, high)));
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm512_set1_ps(*a(row, 1));
            sums[0] = _mm512_fmadd_ps(a, second[0], sums[0]);
            sums[1] = _mm512_fmadd_ps(a, second[1], sums[1]);
        }
    },
    |sum, _scale, columns| _mm512_add_ps(*sum, _mm512_loadu_ps(columns.bias.as_ptr()))
}

tile! {
    /// bf16 with AVX512-BF16.
    AVX512_BF16 = Format::Bf16, "avx512f,avx512bf16", 14 [1 2 3 4 5 6 7 8 9 10 11 12 13 14], 16,
    _mm512_setzero_ps(),
    |sums, a, b| {
        let load = |at: *const f32| bf16s(_mm512_loadu_si512(at.cast()));
        let columns = [load(b), load(b.add(16))];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = bf16s(_mm512_set1_epi32(a(row, 0).cast::<i32>().read()));
            sums[0] = _mm512_dpbf16_ps(sums[0], a, columns[0]);
            sums[1] = _mm512_dpbf16_ps(sums[1], a, columns[1]);
        }
    },
    |sum, _scale, columns| _mm512_add_ps(*sum, _mm512_loadu_ps(columns.bias.as_ptr()))
}

tile! {
    /// int8 with AVX512-VNNI.
    AVX512_INT8 = Format::Int8 { most: 127 }, "avx512f,avx512vnni",
    14 [1 2 3 4 5 6 7 8 9 10 11 12 13 14], 16, _mm512_setzero_si512(),
    |sums, a, b| {
        let columns = [_mm512_loadu_si512(b.cast()), _mm512_loadu_si512(b.add(16).cast())];
        for (row, sums) in sums.iter_mut().enumerate() {
            let a = _mm512_set1_epi32(a(row, 0).cast::<i32>().read());
            sums[0] = _mm512_dpbusd_epi32(sums[0], a, columns[0]);
            sums[1] = _mm512_dpbusd_epi32(sums[1], a, columns[1]);
        }
    },
    |sum, scale, columns| {
        let [bias, scales, totals] = [columns.bias, columns.scales, columns.totals]
            .map(|values| _mm512_loadu_ps(values.as_ptr()));
        let base = _mm512_fmadd_ps(_mm512_set1_ps(scale.least), totals, bias);
        let scales = _mm512_mul_ps(_mm512_set1_ps(scale.scale), scales);
        _mm512_fmadd_ps(_mm512_cvtepi32_ps(*sum), scales, base)
    }
}

/// The numbers that sums of integers stand for.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn numbers(sums: __m256i, row: Scale, columns: Vector<'_, 8>) -> __m256 {
    // SAFETY: each has 8 values.
    let [bias, scales, totals] = [columns.bias, columns.scales, columns.totals]
        .map(|values| unsafe { _mm256_loadu_ps(values.as_ptr()) });
    let base = _mm256_fmadd_ps(_mm256_set1_ps(row.least), totals, bias);
    let scales = _mm256_mul_ps(_mm256_set1_ps(row.scale), scales);
    _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), scales, base)
}

/// The same bits, as pairs of bf16.
#[target_feature(enable = "avx512f")]
#[inline]
fn bf16s(bits: __m512i) -> __m512bh {
    // SAFETY: both are 64 bytes of which every pattern is valid.
    unsafe { std::mem::transmute(bits) }
}

/// [`rows::pack_bf16`] with the instruction that rounds to bf16 as it does, but that it takes subnormal
/// numbers for 0.
#[target_feature(enable = "avx512f,avx512bf16")]
pub(super) fn pack_bf16(row: &[f32], tile: &mut [Line], at: usize, step: usize) {
    let (chunks, rest) = row.as_chunks::<{ 2 * LANES }>();
    for (chunk, line) in chunks.iter().zip(tile[at..].iter_mut().step_by(step)) {
        // SAFETY: the two halves of the chunk are read; a line is as long as a vector, of which every
        // pattern of bits is valid.
        unsafe {
            let [low, high] = [0, LANES].map(|half| _mm512_loadu_ps(chunk.as_ptr().add(half)));
            let pairs: __m512i = std::mem::transmute(_mm512_cvtne2ps_pbh(high, low));
            _mm512_storeu_si512(line.0.as_mut_ptr().cast(), pairs);
        }
    }
    if !rest.is_empty() {
        rows::pack_bf16::<true>(rest, tile, at + chunks.len() * step, step);
    }
}

/// [`rows::interleave`] with the same instruction.
#[target_feature(enable = "avx512f,avx512bf16")]
pub(super) fn interleave(first: &[f32], second: &[f32], line: &mut Line) {
    let (Some(first_whole), Some(second_whole)) =
        (first.first_chunk::<LANES>(), second.first_chunk::<LANES>())
    else {
        return rows::interleave::<true>(first, second, line);
    };
    // SAFETY: 16 values are read of each; a line is as long as a vector, of which every pattern of bits
    // is valid.
    unsafe {
        let [low, high] = [first_whole, second_whole].map(|row| {
            let halves: __m256i =
                std::mem::transmute(_mm512_cvtneps_pbh(_mm512_loadu_ps(row.as_ptr())));
            _mm512_cvtepu16_epi32(halves)
        });
        let pairs = _mm512_or_si512(low, _mm512_slli_epi32::<16>(high));
        _mm512_storeu_si512(line.0.as_mut_ptr().cast(), pairs);
    }
}

/// [`rows::transpose`], by four steps in which each line is mixed with one other.
#[target_feature(enable = "avx512f")]
pub(super) fn transpose(block: &[Line], lines: &mut [Line], step: usize) {
    let Some(block) = block.first_chunk::<LANES>().filter(|_| lines.len() > (LANES - 1) * step)
    else {
        return rows::transpose::<true>(block, lines, step);
    };
    // SAFETY: a line is as long as a vector.
    let rows = block.each_ref().map(|line| unsafe { _mm512_loadu_si512(line.0.as_ptr().cast()) });
    let mut pairs = rows;
    for at in (0..LANES).step_by(2) {
        pairs[at] = _mm512_unpacklo_epi32(rows[at], rows[at + 1]);
        pairs[at + 1] = _mm512_unpackhi_epi32(rows[at], rows[at + 1]);
    }
    let mut fours = pairs;
    for at in (0..LANES).step_by(4) {
        fours[at] = _mm512_unpacklo_epi64(pairs[at], pairs[at + 2]);
        fours[at + 1] = _mm512_unpackhi_epi64(pairs[at], pairs[at + 2]);
        fours[at + 2] = _mm512_unpacklo_epi64(pairs[at + 1], pairs[at + 3]);
        fours[at + 3] = _mm512_unpackhi_epi64(pairs[at + 1], pairs[at + 3]);
    }
    for lane in 0..4 {
        // The even and the odd quarters of two, then those of all four.
        let even = |at: usize| _mm512_shuffle_i32x4::<0x88>(fours[at + lane], fours[at + 4 + lane]);
        let odd = |at: usize| _mm512_shuffle_i32x4::<0xdd>(fours[at + lane], fours[at + 4 + lane]);
        let (even, odd) = ([even(0), even(8)], [odd(0), odd(8)]);
        let columns = [
            _mm512_shuffle_i32x4::<0x88>(even[0], even[1]),
            _mm512_shuffle_i32x4::<0x88>(odd[0], odd[1]),
            _mm512_shuffle_i32x4::<0xdd>(even[0], even[1]),
            _mm512_shuffle_i32x4::<0xdd>(odd[0], odd[1]),
        ];
        for (quarter, column) in columns.into_iter().enumerate() {
            let line = &mut lines[(4 * quarter + lane) * step];
            // SAFETY: a line is as long as a vector.
            unsafe { _mm512_storeu_si512(line.0.as_mut_ptr().cast(), column) }
        }
    }
}
