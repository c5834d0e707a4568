//! Products of rows of bytes with a vector: how a library's vectors are looked through.
//!
//! One loop in portable Rust, compiled for each instruction set. 100,000 rows of 768 bytes take
//! 4.2 ms with AVX-512, 4.8 to 9.4 ms with AVX2 and 11 to 20 ms with SSE2, which has no instruction
//! to widen bytes (one thread, the machine otherwise busy).

use std::sync::LazyLock;

use super::Features;

/// The products of a vector with rows of its length; as many as there is room for.
type Run = unsafe fn(&[i16], &[i8], &mut [i32]);

/// Products of a vector, `[dimensions]`, with rows, `[rows, dimensions]`; `products` has the length
/// `rows`. Sums are of 32 bits: no value of the vector may be greater in magnitude than [`most`].
pub(crate) fn products(vector: &[i16], rows: &[i8], products: &mut [i32]) {
    static BEST: LazyLock<Run> = LazyLock::new(|| match Features::in_use() {
        Ok(features) => best(features),
        // Who gets vectors is told of the wrong name; the products are the same.
        Err(_) => portable,
    });
    // SAFETY: the functions are safe but for the instructions they use, and `best` chooses only one
    // whose instructions the processor has.
    unsafe { (BEST)(vector, rows, products) }
}

/// Greatest magnitude of a value of the vector, for a sum over so many dimensions to fit 32 bits.
pub(crate) const fn most(dimensions: usize) -> i16 {
    const BYTE: usize = 128;
    let most = i32::MAX as usize / BYTE / if dimensions == 0 { 1 } else { dimensions };
    if most < 0x3fff { most as i16 } else { 0x3fff }
}

fn best(features: Features) -> Run {
    #[cfg(target_arch = "x86_64")]
    {
        if features.avx512 {
            return avx512;
        }
        if features.avx2 {
            return avx2;
        }
    }
    let _ = features;
    portable
}

#[inline(always)]
fn portable(vector: &[i16], rows: &[i8], products: &mut [i32]) {
    if vector.is_empty() {
        return products.fill(0);
    }
    for (product, row) in products.iter_mut().zip(rows.chunks_exact(vector.len())) {
        *product = vector.iter().zip(row).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(vector: &[i16], rows: &[i8], products: &mut [i32]) {
    portable(vector, rows, products);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512(vector: &[i16], rows: &[i8], products: &mut [i32]) {
    portable(vector, rows, products);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instruction_set_computes_the_same() {
        for dimensions in [0, 1, 7, 33, 200, 384, 769, 4096] {
            let most = most(dimensions);
            // The greatest of all, and one of no pattern.
            let vectors: [Vec<i16>; 2] = [
                vec![-most; dimensions],
                (0..dimensions).map(|i| (i * 7919 % 511) as i16 - 255).collect(),
            ];
            let mut rows = vec![-128_i8; dimensions];
            rows.extend((0..2 * dimensions).map(|i| (i * 104_729 % 255) as u8 as i8));
            for vector in vectors {
                let plain = |row: usize| -> i64 {
                    let row = &rows[row * dimensions..][..dimensions];
                    vector.iter().zip(row).map(|(&a, &b)| i64::from(a) * i64::from(b)).sum()
                };
                let expected: Vec<i64> = (0..3).map(plain).collect();
                let processor = Features::of_processor();
                for limit in Features::LIMITS {
                    let run = best(processor.limited(limit).unwrap());
                    let mut found = [1; 3];
                    // SAFETY: `limited` leaves only what the processor has.
                    unsafe { run(&vector, &rows, &mut found) };
                    assert_eq!(found.map(i64::from).to_vec(), expected, "{limit} {dimensions}");
                }
                let mut found = [1; 3];
                products(&vector, &rows, &mut found);
                assert_eq!(found.map(i64::from).to_vec(), expected);
            }
        }
    }
}
