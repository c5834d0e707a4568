//! Tiles for AMX, the matrix unit of Intel's Xeons since Sapphire Rapids.
//!
//! It has eight registers of 16 rows of 64 bytes, and one instruction that multiplies two of them
//! and adds the product to a third: 16 × 16 sums over 16 lanes. The layouts of the other tiles are
//! what it wants: 16 rows' lines of activations are its left factor, and of 16 lanes of a panel of
//! 32 columns each half is a right factor, for which values of one column must lie together by
//! twos (bf16) or by fours (integers). So two registers of either factor give 32 × 32 sums in the
//! other four registers, and each factor that is loaded is used twice.
//!
//! These instructions are faster than the second cache. So in a tile of 64 rows all rows are multiplied
//! with a few lanes of the panel, which stay in the nearest cache, before the next lanes are; their sums
//! wait in memory meanwhile (an eighth less time for the products of bf16 over 768 values; integers, of
//! which there are fewer bytes, gain nothing).
//!
//! The registers' shapes are set once for all tiles of a product ([`SETUP`]): that takes as long as
//! a product over 60 lanes.
//!
//! Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18. Rust has no
//! stable intrinsics for it, hence the assembly.

// Each name says where it is from.
#[allow(clippy::wildcard_imports)]
use std::arch::x86_64::*;
use std::{arch::asm, mem::MaybeUninit};

use super::{Columns, Format, LANES, Line, Lines, Out, Scale, Setup, Tile, Vector};

/// Rows of a register.
const HALF: usize = 16;

/// Rows whose sums the registers hold.
const STEP: usize = 2 * HALF;

/// Columns of a panel.
const COLUMNS: usize = 2 * LANES;

/// Chunks of 16 lanes that are multiplied with all rows of a tile before others are: the nearest cache
/// has room for so many of the panel.
const SPAN: usize = 6;

/// bf16.
pub(super) static BF16: Tile = bf16_tile::<{ 2 * STEP }>();

/// The same for the products of attention, over so few lanes that those of 64 rows take longer.
pub(super) static BF16_FLAT: Tile = bf16_tile::<STEP>();

const fn bf16_tile<const ROWS: usize>() -> Tile {
    let (format, run) = (Format::Bf16, bf16::<ROWS>);
    Tile { rows: ROWS, columns: COLUMNS, format, run, setup: Some(SETUP) }
}

/// int8.
pub(super) static INT8: Tile = Tile {
    rows: STEP,
    columns: COLUMNS,
    format: Format::Int8 { most: 127 },
    run: int8,
    setup: Some(SETUP),
};

/// Shapes of the registers, and no shapes again, so that the system need not keep the registers
/// when it gives the processor to others.
const SETUP: Setup = Setup { begin, end };

/// Does the processor have the instructions for bf16, and those for integers, and does the system
/// let this process use them?
pub(super) fn usable() -> (bool, bool) {
    const TILES: u32 = 1 << 24;
    if __cpuid_count(0, 0).eax < 7 {
        return (false, false);
    }
    let has = __cpuid_count(7, 0).edx;
    let usable = has & TILES != 0 && allowed();
    (usable && has & 1 << 22 != 0, usable && has & 1 << 25 != 0)
}

/// Linux gives the registers' memory only to processes that ask for it; asking twice does no harm.
/// It refuses where it does not know AMX itself.
#[cfg(target_os = "linux")]
fn allowed() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_long = 18;
    // SAFETY: the call has two numbers as arguments, and changes nothing but what is allowed.
    let refused =
        unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) };
    refused == 0
}

/// How other systems are asked is not known here.
#[cfg(not(target_os = "linux"))]
fn allowed() -> bool {
    false
}

/// What `ldtilecfg` reads.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    bytes: [u16; 16],
    rows: [u8; 16],
}

/// Eight registers, each as large as can be.
static SHAPES: Shapes = {
    let (mut bytes, mut rows) = ([0; 16], [0; 16]);
    let mut register = 0;
    while register < 8 {
        (bytes[register], rows[register]) = (64, HALF as u8);
        register += 1;
    }
    Shapes { palette: 1, start: 0, reserved: [0; 14], bytes, rows }
};

fn begin() {
    // SAFETY: tiles are chosen only where the processor has the instructions and the system allows
    // them (`Kernels::all`); `SHAPES` is 64 bytes of a valid configuration. The compiler itself
    // never uses these registers.
    unsafe {
        asm!(
            "ldtilecfg [{}]", in(reg) &raw const SHAPES,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, readonly, preserves_flags),
        );
    }
}

fn end() {
    // SAFETY: as above; nothing is read from the registers afterwards.
    unsafe {
        asm!(
            "tilerelease",
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, nomem, preserves_flags),
        );
    }
}

/// Sums of a tile, as they leave the registers.
#[repr(C, align(64))]
struct Sums<T, const ROWS: usize>(MaybeUninit<[[T; COLUMNS]; ROWS]>);

/// Makes a function that returns the sums of a tile of `ROWS` rows, by this instruction.
macro_rules! sums {
    ($name:ident, $type:ty, $multiply:literal) => {
        #[inline(always)]
        fn $name<'a, const ROWS: usize>(
            count: usize,
            (a, b, ahead): Lines<'_>,
            sums: &'a mut Sums<$type, ROWS>,
        ) -> &'a [[$type; COLUMNS]] {
            let chunks = b.len() / COLUMNS;
            assert!(count <= ROWS && ROWS % STEP == 0 && a.len() >= chunks * ROWS);
            let steps = count.div_ceil(STEP);
            let share = ahead.len().div_ceil((chunks * steps).max(1));
            let mut ahead = ahead.as_ptr();
            let span = if steps > 1 { SPAN } else { chunks.max(1) };
            for start in (0..chunks.max(1)).step_by(span) {
                let chunks = span.min(chunks - start);
                for row in (0..count).step_by(STEP) {
                    macro_rules! run {
                        ($zero:expr, $load:expr, $second:expr, $store:expr) => {
                            // SAFETY: for each of the chunks, STEP lines of `a` from the row on
                            // (or the first HALF of them) and COLUMNS lines of `b` are read, which
                            // exist by the assertion and by the division. What is prefetched need
                            // not exist. STEP rows (or HALF) of COLUMNS sums are written, and read
                            // only if they were written for the chunks before. The registers have
                            // shapes, by `SETUP`.
                            unsafe {
                                let sums = sums.0.as_mut_ptr().cast::<[$type; COLUMNS]>();
                                asm!(
                                    "test {start}, {start}",
                                    "jnz 6f",
                                    "tilezero tmm0",
                                    "tilezero tmm1",
                                    $zero,
                                    "jmp 7f",
                                    "6:",
                                    "tileloadd tmm0, [{sums} + {lane}]",
                                    "tileloadd tmm1, [{sums} + {lane} + 64]",
                                    $load,
                                    "7:",
                                    "test {chunks}, {chunks}",
                                    "jz 4f",
                                    "2:",
                                    "tileloadd tmm4, [{a} + {line}]",
                                    "tileloadd tmm6, [{b} + {lane}]",
                                    concat!($multiply, " tmm0, tmm4, tmm6"),
                                    "tileloadd tmm7, [{b} + {lane} + 64]",
                                    concat!($multiply, " tmm1, tmm4, tmm7"),
                                    $second,
                                    "mov {left}, {share}",
                                    "test {left}, {left}",
                                    "jz 3f",
                                    "5:",
                                    "prefetcht1 [{ahead}]",
                                    "add {ahead}, 64",
                                    "dec {left}",
                                    "jnz 5b",
                                    "3:",
                                    "add {a}, {rows}",
                                    "add {b}, {columns}",
                                    "dec {chunks}",
                                    "jnz 2b",
                                    "4:",
                                    "tilestored [{sums} + {lane}], tmm0",
                                    "tilestored [{sums} + {lane} + 64], tmm1",
                                    $store,
                                    a = inout(reg) a.as_ptr().wrapping_add(start * ROWS + row) => _,
                                    b = inout(reg) b.as_ptr().wrapping_add(start * COLUMNS) => _,
                                    ahead = inout(reg) ahead,
                                    start = in(reg) start,
                                    chunks = inout(reg) chunks => _,
                                    share = in(reg) share,
                                    left = out(reg) _,
                                    sums = in(reg) sums.add(row),
                                    line = in(reg) size_of::<Line>(),
                                    lane = in(reg) size_of::<[$type; COLUMNS]>(),
                                    rows = const ROWS * size_of::<Line>(),
                                    columns = const COLUMNS * size_of::<Line>(),
                                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                                    options(nostack),
                                );
                            }
                        };
                    }
                    if count - row > HALF {
                        run!(
                            "tilezero tmm2\ntilezero tmm3",
                            "tileloadd tmm2, [{sums} + {lane} + 2048]\n\
                             tileloadd tmm3, [{sums} + {lane} + 2112]",
                            concat!(
                                "tileloadd tmm5, [{a} + {line} + 1024]\n",
                                $multiply, " tmm2, tmm5, tmm6\n",
                                $multiply, " tmm3, tmm5, tmm7"
                            ),
                            "tilestored [{sums} + {lane} + 2048], tmm2\n\
                             tilestored [{sums} + {lane} + 2112], tmm3"
                        );
                    } else {
                        run!("", "", "", "");
                    }
                }
            }
            // SAFETY: at least as many rows were written.
            unsafe { std::slice::from_raw_parts(sums.0.as_ptr().cast(), count) }
        }
    };
}

sums! { bf16_sums, f32, "tdpbf16ps" }
sums! { int8_sums, i32, "tdpbusd" }

#[target_feature(enable = "avx512f")]
fn bf16<const ROWS: usize>(
    count: usize,
    lines: Lines<'_>,
    _scales: &[Scale],
    columns: Columns<'_>,
    (out, first): Out<'_, '_>,
) {
    let mut sums = Sums::<_, ROWS>(MaybeUninit::uninit());
    let sums = bf16_sums(count, lines, &mut sums);
    let bias = [0, 1].map(|half| load(columns.vector(half).bias));
    for (sums, out) in sums.iter().zip(out) {
        let (sums, _) = sums.as_chunks();
        let (out, _) = out[first..][..COLUMNS].as_chunks_mut();
        for half in 0..2 {
            store(&mut out[half], _mm512_add_ps(load(&sums[half]), bias[half]));
        }
    }
}

#[target_feature(enable = "avx512f")]
fn int8(
    count: usize,
    lines: Lines<'_>,
    scales: &[Scale],
    columns: Columns<'_>,
    (out, first): Out<'_, '_>,
) {
    let mut sums = Sums::<_, STEP>(MaybeUninit::uninit());
    let sums = int8_sums(count, lines, &mut sums);
    let columns = [0, 1].map(|half| {
        let Vector { bias, scales, totals } = columns.vector(half);
        (load(bias), load(scales), load(totals))
    });
    for (row, (sums, out)) in sums.iter().zip(out).enumerate() {
        let scale = scales.get(row).copied().unwrap_or_default();
        let [scale, least] = [scale.scale, scale.least].map(|x| _mm512_set1_ps(x));
        let (sums, _) = sums.as_chunks::<LANES>();
        let (out, _) = out[first..][..COLUMNS].as_chunks_mut();
        for (half, (bias, scales, totals)) in columns.into_iter().enumerate() {
            // SAFETY: 16 integers are read.
            let sum = unsafe { _mm512_loadu_si512(sums[half].as_ptr().cast()) };
            let base = _mm512_fmadd_ps(least, totals, bias);
            let scales = _mm512_mul_ps(scale, scales);
            let value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scales, base);
            store(&mut out[half], value);
        }
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(values: &[f32; LANES]) -> __m512 {
    // SAFETY: as many are read.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(to: &mut [f32; LANES], values: __m512) {
    // SAFETY: as many are written.
    unsafe { _mm512_storeu_ps(to.as_mut_ptr(), values) }
}
