//! Tiles in plain Rust, for every processor: the compiler vectorises them with what the
//! architecture always has (SSE2, NEON). No unsafe code.

use super::{Format, LANES, Line, Tile};

/// Rows of a tile.
const ROWS: usize = 4;

/// f32.
pub(super) static F32: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::F32,
    run: |count, a, b, _, out| {
        tile(count, 1, (a, b, out), |sums: &mut [f32; LANES], a, columns| {
            let a = f32::from_bits(a[0]);
            for (sum, b) in sums.iter_mut().zip(columns.0) {
                *sum = multiply_add(a, f32::from_bits(b), *sum);
            }
        });
    },
};

/// bf16 weights, widened to f32.
pub(super) static BF16: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::Bf16Wide,
    run: |count, a, b, _, out| {
        tile(count, 2, (a, b, out), |sums: &mut [f32; LANES], a, columns| {
            let a = [f32::from_bits(a[0]), f32::from_bits(a[1])];
            for (sum, b) in sums.iter_mut().zip(columns.0) {
                *sum = multiply_add(a[0], f32::from_bits(b << 16), *sum);
                *sum = multiply_add(a[1], f32::from_bits(b & 0xffff_0000), *sum);
            }
        });
    },
};

/// int8.
pub(super) static INT8: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::Int8 { most: 127 },
    run: |count, a, b, _, out| {
        tile(count, 1, (a, b, out), |sums: &mut [i32; LANES], a, columns| {
            let a = a[0].to_le_bytes().map(i32::from);
            for (sum, b) in sums.iter_mut().zip(columns.0) {
                let b = b.to_le_bytes().map(|b| i32::from(b.cast_signed()));
                *sum += a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
            }
        });
    },
};

#[inline(always)]
fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
    // Where it is no instruction, `mul_add` is a call.
    if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
        a.mul_add(b, c)
    } else {
        a * b + c
    }
}

/// A sum in a register, and the number it is in the end.
trait Sum: Copy + Default {
    fn value(self) -> f32;
}

impl Sum for f32 {
    fn value(self) -> f32 {
        self
    }
}

impl Sum for i32 {
    fn value(self) -> f32 {
        self as f32
    }
}

/// The product of `count` rows with a panel; `step` adds to one row's sums what `per_lane` lanes
/// of it and one line of the panel give.
#[inline(always)]
fn tile<S: Sum>(
    count: usize,
    per_lane: usize,
    (a, b, out): (&[Line], &[Line], &mut [f32]),
    step: impl Fn(&mut [S; LANES], &[u32], &Line),
) {
    match count {
        1 => rows::<S, 1>(per_lane, (a, b, out), step),
        2 => rows::<S, 2>(per_lane, (a, b, out), step),
        3 => rows::<S, 3>(per_lane, (a, b, out), step),
        _ => rows::<S, ROWS>(per_lane, (a, b, out), step),
    }
}

#[inline(always)]
fn rows<S: Sum, const R: usize>(
    per_lane: usize,
    (a, b, out): (&[Line], &[Line], &mut [f32]),
    step: impl Fn(&mut [S; LANES], &[u32], &Line),
) {
    let mut sums = [[S::default(); LANES]; R];
    for (chunk, b) in a.as_chunks::<ROWS>().0.iter().zip(b.chunks(LANES / per_lane)) {
        for (lane, columns) in b.iter().enumerate() {
            for (sums, line) in sums.iter_mut().zip(chunk) {
                step(sums, &line.0[lane * per_lane..][..per_lane], columns);
            }
        }
    }
    for (out, sums) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(sums) {
        *out = sums.map(S::value);
    }
}
