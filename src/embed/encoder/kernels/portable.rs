//! Tiles in plain Rust, for every processor: the compiler vectorises them with what the
//! architecture always has (SSE2, NEON). No unsafe code.

use super::{Columns, Format, LANES, Line, Out, Scale, Tile, Vector};

/// Rows of a tile: their sums fit in the 32 registers of NEON, or in the 16 of SSE2.
const ROWS: usize = if cfg!(target_arch = "aarch64") { 4 } else { 2 };

/// f32.
pub(super) static F32: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::F32,
    run: |count, (a, b, _), scales, columns, out| {
        tile::<f32, LANES>(count, (a, b), (scales, columns, out), |sums, a, columns, lane| {
            let a = f32::from_bits(a.0[lane]);
            for (sum, b) in sums.iter_mut().zip(columns.0) {
                *sum = multiply_add(a, f32::from_bits(b), *sum);
            }
        });
    },
    setup: None,
};

/// bf16 weights, widened to f32.
pub(super) static BF16: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::Bf16Wide,
    run: |count, (a, b, _), scales, columns, out| {
        tile::<f32, { LANES / 2 }>(
            count,
            (a, b),
            (scales, columns, out),
            |sums, a, columns, lane| {
                let a = [2 * lane, 2 * lane + 1].map(|lane| f32::from_bits(a.0[lane]));
                for (sum, b) in sums.iter_mut().zip(columns.0) {
                    *sum = multiply_add(a[0], f32::from_bits(b << 16), *sum);
                    *sum = multiply_add(a[1], f32::from_bits(b & 0xffff_0000), *sum);
                }
            },
        );
    },
    setup: None,
};

/// int8.
pub(super) static INT8: Tile = Tile {
    rows: ROWS,
    columns: LANES,
    format: Format::Int8 { most: 127 },
    run: |count, (a, b, _), scales, columns, out| {
        tile::<i32, LANES>(count, (a, b), (scales, columns, out), |sums, a, columns, lane| {
            let a = a.0[lane].to_le_bytes().map(i32::from);
            for (sum, b) in sums.iter_mut().zip(columns.0) {
                // Shifted up and down again: the sign comes along.
                for (byte, a) in a.iter().enumerate() {
                    *sum += a * ((b << (24 - 8 * byte)).cast_signed() >> 24);
                }
            }
        });
    },
    setup: None,
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

/// A sum in a register, and the number it is in the end, in the `at`th column.
trait Sum: Copy + Default {
    fn value(self, row: Scale, columns: &Vector<'_, LANES>, at: usize) -> f32;
}

impl Sum for f32 {
    fn value(self, _row: Scale, columns: &Vector<'_, LANES>, at: usize) -> f32 {
        self + columns.bias[at]
    }
}

impl Sum for i32 {
    fn value(self, row: Scale, columns: &Vector<'_, LANES>, at: usize) -> f32 {
        let base = row.least * columns.totals[at] + columns.bias[at];
        self as f32 * (row.scale * columns.scales[at]) + base
    }
}

/// How the sums are to be read, and where they go.
type Target<'a, 'b> = (&'a [Scale], Columns<'a>, Out<'a, 'b>);

/// The product of `count` rows with a panel, of which `N` lines belong to a chunk of activations.
/// `step` adds to one row's sums what its chunk and one line of the panel, the `lane`th, give.
#[inline(always)]
fn tile<S: Sum, const N: usize>(
    count: usize,
    operands: (&[Line], &[Line]),
    target: Target<'_, '_>,
    step: impl Fn(&mut [S; LANES], &Line, &Line, usize),
) {
    match count {
        1 => rows::<S, N, 1>(operands, target, step),
        2 => rows::<S, N, 2>(operands, target, step),
        3 => rows::<S, N, 3>(operands, target, step),
        _ => rows::<S, N, ROWS>(operands, target, step),
    }
}

#[inline(always)]
fn rows<S: Sum, const N: usize, const R: usize>(
    (a, b): (&[Line], &[Line]),
    (scales, columns, (out, first)): Target<'_, '_>,
    step: impl Fn(&mut [S; LANES], &Line, &Line, usize),
) {
    let mut sums = [[S::default(); LANES]; R];
    for (chunk, lines) in a.as_chunks::<ROWS>().0.iter().zip(b.as_chunks::<N>().0) {
        for (lane, columns) in lines.iter().enumerate() {
            for (sums, line) in sums.iter_mut().zip(chunk) {
                step(sums, line, columns, lane);
            }
        }
    }
    let columns = columns.vector(0);
    for (row, (out, sums)) in out.iter_mut().zip(sums).enumerate() {
        let scale = scales.get(row).copied().unwrap_or_default();
        let out = &mut out[first..][..LANES];
        for (at, (out, sum)) in out.iter_mut().zip(sums).enumerate() {
            *out = sum.value(scale, &columns, at);
        }
    }
}
