use super::{
    Activations, Features, Format, Kernels, Precision, Product, Scale, Weights, bf16,
    rows::{self, RowOps},
};

/// Numbers in -1..1 that look random and are the same each time.
fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn kernels() -> Vec<(Precision, Kernels)> {
    let features = Features::of_processor();
    ([Precision::F32, Precision::Bf16, Precision::Int8, Precision::Int7].into_iter())
        .flat_map(|of| Kernels::all(of, features).into_iter().map(move |kernels| (of, kernels)))
        .collect()
}

fn multiply(
    product: Product,
    activations: &[f32],
    weights: &[f32],
    (rows, inputs, outputs): (usize, usize, usize),
) -> Vec<f32> {
    let mut packed = Weights::new(product, inputs, outputs);
    packed.write_outputs(0, weights.chunks_exact(inputs));
    let mut left = Activations::new(product);
    // What was there before must not shine through.
    for inputs in [inputs + 7, inputs] {
        for mut tile in left.tiles_mut(rows, inputs) {
            for at in 0..product.tile.rows {
                tile.write(at, &vec![f32::NAN; inputs]);
            }
        }
    }
    let mut later = activations.chunks_exact(inputs);
    for mut tile in left.tiles_mut(rows, inputs) {
        for (at, row) in later.by_ref().take(product.tile.rows).enumerate() {
            tile.write(at, row);
        }
    }
    let mut out = vec![f32::NAN; rows * outputs];
    packed.multiply_into(&left, outputs, &mut out);
    // With a bias each sum is greater by it.
    let bias = numbers(8, outputs);
    packed.set_bias(bias.clone());
    let mut more = vec![f32::NAN; rows * outputs];
    packed.multiply_into(&left, outputs, &mut more);
    for (out, more) in out.chunks_exact(outputs).zip(more.chunks_exact(outputs)) {
        for ((out, more), bias) in out.iter().zip(more).zip(&bias) {
            let difference = (out + bias - more).abs();
            // Of integers each sum is the difference of two that grow with the inputs.
            let tolerance = 1e-5 * out.abs().max(1.0) + 1e-6 * inputs as f32;
            assert!(difference <= tolerance || !out.is_finite(), "{out} {more}");
        }
    }
    out
}

/// The product of what the format makes of the factors, in `f64`.
fn expected(
    format: Format,
    activations: &[f32],
    weights: &[f32],
    (rows, inputs, outputs): (usize, usize, usize),
) -> Vec<f64> {
    let read_activations = |row: &[f32]| -> Vec<f64> {
        let range = |of: fn(f32, f32) -> f32| row.iter().copied().reduce(of).unwrap();
        let (least, most) = (range(f32::min), range(f32::max));
        let scale = (most - least) / 255.0;
        let read = |x: &f32| match format {
            Format::F32 => f64::from(*x),
            Format::Bf16 | Format::Bf16Wide => f64::from(f32::from_bits(u32::from(bf16(*x)) << 16)),
            Format::Int8 { .. } if scale == 0.0 => f64::from(least),
            Format::Int8 { .. } => {
                let q = (f64::from(x - least) / f64::from(scale)).round();
                f64::from(least) + f64::from(scale) * q
            }
        };
        row.iter().map(read).collect()
    };
    let read_weights = |column: &[f32]| -> Vec<f64> {
        let most = column.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let read = |x: &f32| match format {
            Format::F32 => f64::from(*x),
            Format::Bf16 | Format::Bf16Wide => f64::from(f32::from_bits(u32::from(bf16(*x)) << 16)),
            Format::Int8 { .. } if most == 0.0 => 0.0,
            Format::Int8 { most: steps } => {
                let scale = f64::from(most) / f64::from(steps);
                (f64::from(*x) / scale).round_ties_even() * scale
            }
        };
        column.iter().map(read).collect()
    };
    let left: Vec<_> = activations.chunks_exact(inputs).map(read_activations).collect();
    let right: Vec<_> = weights.chunks_exact(inputs).map(read_weights).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let products = left.iter().flat_map(|a| right.iter().map(|b| dot(a, b)));
    let products: Vec<f64> = products.collect();
    assert_eq!(products.len(), rows * outputs);
    products
}

#[test]
fn each_kernel_computes_the_plain_product() {
    let shapes = [
        (1, 1, 1),
        (1, 768, 32),
        (2, 33, 17),
        (3, 16, 33),
        (5, 31, 16),
        (13, 130, 31),
        (14, 64, 64),
        (15, 65, 97),
        (16, 129, 33),
        (17, 96, 64),
        (29, 384, 40),
        (31, 511, 65),
        (32, 512, 32),
        (33, 77, 31),
        (33, 769, 32),
        (40, 1600, 17),
        (42, 100, 7),
        (50, 385, 33),
        (64, 48, 96),
        (100, 768, 64),
    ];
    for (precision, kernels) in kernels() {
        for shape @ (rows, inputs, outputs) in shapes {
            let activations = numbers(1, rows * inputs);
            let mut weights = numbers(2, inputs * outputs);
            // A column of zeros, and one far greater than the others.
            weights[..inputs].fill(0.0);
            weights[inputs * (outputs - 1)..].iter_mut().for_each(|x| *x *= 100.0);
            let product = kernels.linear();
            let found = multiply(product, &activations, &weights, shape);
            let expected = expected(product.tile.format, &activations, &weights, shape);
            // Quantizing in f32 and in f64 may differ by a step where a value lies between two.
            let tolerance = match product.tile.format {
                Format::Int8 { .. } => 2.0 / 255.0 * 2.0,
                _ => 2e-6 * (inputs as f64).sqrt(),
            };
            for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let scale = if at % outputs == outputs - 1 { 100.0 } else { 1.0 };
                assert!(
                    (f64::from(*found) - expected).abs() <= tolerance * scale,
                    "{} {precision} {shape:?} {at}: {found} for {expected}",
                    kernels.name()
                );
            }
        }
    }
}

#[test]
fn products_of_attention_are_the_plain_ones() {
    // Keys are written by outputs, values by inputs; the next product's columns by panels.
    for (precision, kernels) in kernels() {
        let product = kernels.attention();
        for (rows, inputs, outputs) in
            [(1, 1, 1), (5, 7, 33), (15, 64, 40), (14, 33, 64), (33, 511, 64), (50, 64, 512)]
        {
            let (left, right) = (numbers(9, rows * inputs), numbers(10, inputs * outputs));
            let by_output = multiply(product, &left, &right, (rows, inputs, outputs));
            let mut by_input = Weights::new(product, inputs, outputs);
            let turned: Vec<f32> = (0..inputs)
                .flat_map(|input| right.iter().skip(input).step_by(inputs).copied())
                .collect();
            by_input.write_inputs(turned.chunks_exact(outputs));
            let mut packed = Activations::new(product);
            let mut later = left.chunks_exact(inputs);
            for tile in packed.tiles_mut(rows, inputs) {
                // In two parts, panel after panel.
                let (mut first, mut second) = tile.split(1);
                let columns = product.tile.columns;
                let part: Vec<&[f32]> = later.by_ref().take(product.tile.rows).collect();
                for panel in 0..inputs.div_ceil(columns) {
                    let values: Vec<f32> = (part.iter())
                        .flat_map(|row| {
                            let place = |at| row.get(panel * columns + at).copied();
                            (0..columns).map(move |at| place(at).unwrap_or_default())
                        })
                        .collect();
                    match panel {
                        0 => first.write_columns(0, &values),
                        _ => second.write_columns(panel - 1, &values),
                    }
                }
            }
            let mut out = vec![f32::NAN; rows * outputs];
            by_input.multiply_into(&packed, outputs, &mut out);
            assert_eq!(out, by_output, "{} {precision} {rows} {inputs} {outputs}", kernels.name());
        }
    }
}

#[test]
fn integers_do_not_overflow() {
    // All activations but one at the top, all weights at the top: the greatest sums there are.
    for (precision, kernels) in kernels() {
        if !matches!(precision, Precision::Int8 | Precision::Int7) {
            continue;
        }
        let inputs = 3072;
        let mut activations = vec![1.0; inputs];
        activations[0] = 0.0;
        let found = multiply(kernels.linear(), &activations, &vec![1.0; inputs], (1, inputs, 1));
        assert!((found[0] - 3071.0).abs() < 0.01, "{}: {}", kernels.name(), found[0]);
    }
}

#[test]
fn what_is_not_finite_stays_so() {
    for (precision, kernels) in kernels() {
        for bad in [f32::NAN, f32::INFINITY] {
            let (good, mut spoilt) = (numbers(3, 40), numbers(4, 40));
            spoilt[17] = bad;
            for (activations, weights) in [(&good, &spoilt), (&spoilt, &good)] {
                let found = multiply(kernels.linear(), activations, weights, (1, 40, 1));
                let name = kernels.name();
                assert!(!found[0].is_finite(), "{name} {precision} {bad}: {}", found[0]);
            }
        }
    }
}

/// The row functions that this processor can run.
fn row_ops() -> Vec<(&'static str, &'static RowOps)> {
    let mut tables = vec![("portable", &rows::PORTABLE)];
    #[cfg(target_arch = "x86_64")]
    {
        let features = Features::of_processor();
        tables.extend(features.avx2.then_some(("avx2", &rows::AVX2)));
        tables.extend(features.avx512.then_some(("avx512", &rows::AVX512)));
        tables.extend(features.avx512_bf16.then_some(("avx512bf16", &rows::AVX512_BF16)));
    }
    tables
}

/// erf by its Maclaurin series, and by its continued fraction where that converges sooner.
fn erf(x: f64) -> f64 {
    let z = x.abs();
    let value = if z < 3.0 {
        let (mut term, mut sum) = (z, z);
        for n in 1..100 {
            let n = f64::from(n);
            term *= -z * z / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    } else {
        let fraction = (1..=60).rev().fold(z, |below, n| z + f64::from(n) / 2.0 / below);
        1.0 - (-z * z).exp() / fraction * std::f64::consts::FRAC_2_SQRT_PI / 2.0
    };
    value.copysign(x)
}

#[test]
fn gelu_is_exact_to_the_error_of_its_approximation() {
    assert!((erf(0.5) - 0.520_499_877_813_046_5).abs() < 1e-15);
    assert!((erf(3.5) - 0.999_999_256_901_627_7).abs() < 1e-15);
    let inputs: Vec<f32> = (-120_000..=120_000).map(|i| i as f32 * 1e-4).collect();
    for (name, ops) in row_ops() {
        let mut row = inputs.clone();
        ops.gelu(&mut row);
        let mut worst = 0.0_f64;
        for (x, found) in inputs.iter().zip(&row) {
            let x = f64::from(*x);
            let exact = 0.5 * x * (1.0 + erf(x * std::f64::consts::FRAC_1_SQRT_2));
            worst = worst.max((f64::from(*found) - exact).abs() / x.abs().max(1.0));
        }
        println!("{name}: gelu differs by {worst:.1e}");
        assert!(worst < 1.6e-7, "{name}: {worst:e}");
        let mut odd = [f32::NAN, f32::NEG_INFINITY, f32::INFINITY, 1e30, -1e30];
        ops.gelu(&mut odd);
        assert!(!odd[0].is_finite() && !odd[1].is_finite() && odd[4].abs() < 1e-8, "{odd:?}");
        assert_eq!(odd[2..4], [f32::INFINITY, 1e30]);
    }
}

#[test]
fn softmax_and_norm_are_exact_to_f32() {
    for (name, ops) in row_ops() {
        for count in [1, 2, 15, 16, 17, 33, 200, 512, 768] {
            let values: Vec<f32> = numbers(5, count).iter().map(|x| x * 40.0).collect();
            let mut row = values.clone();
            let factor = f64::from(ops.softmax(&mut row));
            let most = values.iter().fold(f64::MIN, |most, x| most.max(f64::from(*x)));
            let exact: Vec<f64> = values.iter().map(|x| (f64::from(*x) - most).exp()).collect();
            let sum: f64 = exact.iter().sum();
            for (found, exact) in row.iter().zip(&exact) {
                let difference = (f64::from(*found) * factor - exact / sum).abs();
                // The exponent of the least is -80: its f32 is off by 4e-6 of the result.
                assert!(difference < 5e-7, "{name} softmax {count}: {difference:e}");
            }

            let (gain, shift) = (numbers(6, count), numbers(7, count));
            let mut row: Vec<f32> = values.iter().map(|x| x + 3.0).collect();
            let exact = row.iter().map(|x| f64::from(*x));
            let mean = exact.clone().sum::<f64>() / count as f64;
            let variance = exact.clone().map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64;
            let exact: Vec<f64> = (exact.zip(gain.iter().zip(&shift)))
                .map(|(x, (gain, shift))| {
                    (x - mean) / (variance + 1e-12).sqrt() * f64::from(*gain) + f64::from(*shift)
                })
                .collect();
            ops.norm(&mut row, &gain, &shift, 1e-12);
            for (found, exact) in row.iter().zip(&exact) {
                let difference = (f64::from(*found) - exact).abs();
                assert!(difference < 2e-6, "{name} norm {count}: {difference:e}");
            }
        }
        let mut row = vec![0.5; 40];
        row[20] = f32::NAN;
        assert!(ops.softmax(&mut row).is_nan(), "{name}");
    }
}

#[test]
fn the_least_of_rows_are_packed_alike() {
    // Of one value only, and of one value many times.
    for (name, ops) in row_ops() {
        for row in [vec![0.25_f32], vec![-3.0; 70]] {
            let mut tile = [super::Line([u32::MAX; 16]); 2];
            let scale = ops.pack_int8(&row, &mut tile, 0, 1);
            assert_eq!(scale, Scale { scale: 0.0, least: row[0] }, "{name}");
        }
    }
}

#[test]
fn bf16_is_rounded_to_nearest_even() {
    for (x, expected) in [
        (0.0_f32, 0x0000),
        (-0.0, 0x8000),
        (1.0, 0x3f80),
        (f32::from_bits(0x3f80_8000), 0x3f80),
        (f32::from_bits(0x3f81_8000), 0x3f82),
        (f32::from_bits(0x3f80_8001), 0x3f81),
        (f32::MAX, 0x7f80),
        (f32::INFINITY, 0x7f80),
        (f32::NEG_INFINITY, 0xff80),
    ] {
        assert_eq!(bf16(x), expected, "{x}");
    }
    for bits in [0x7fff_ffff, 0x7f80_0001, 0xffff_ffff] {
        let upper = u32::from(bf16(f32::from_bits(bits))) << 16;
        assert!(f32::from_bits(upper).is_nan());
    }
}

#[test]
fn rows_are_packed_as_bf16_alike() {
    let odd = [0.0, -0.0, f32::MAX, f32::NEG_INFINITY, f32::from_bits(0x3f80_8000)];
    for (name, ops) in row_ops() {
        for count in [1, 15, 16, 17, 32, 33, 70] {
            let row: Vec<f32> = odd.into_iter().chain(numbers(3, count)).take(count).collect();
            let half = |at: usize| u32::from(row.get(at).map_or(0, |x| bf16(*x)));
            let mut tile = [super::Line([u32::MAX; 16]); 6];
            ops.pack_bf16(&row, &mut tile, 1, 2);
            for at in 0..count.next_multiple_of(32) / 2 {
                let found = tile[1 + at / 16 * 2].0[at % 16];
                assert_eq!(found, half(2 * at) | half(2 * at + 1) << 16, "{name} {count} {at}");
            }
            let (first, second) = (&row[..count.min(16)], numbers(4, count.min(16)));
            ops.interleave(first, &second, &mut tile[0]);
            for (at, second) in second.iter().enumerate() {
                assert_eq!(tile[0].0[at], half(at) | u32::from(bf16(*second)) << 16, "{name}");
            }
        }
        let mut tile = [super::Line([0; 16])];
        ops.pack_bf16(&[f32::NAN; 32], &mut tile, 0, 1);
        let is_nan = |lane: &u32| f32::from_bits(lane << 16).is_nan();
        assert!(tile[0].0.iter().all(is_nan), "{name}");
    }
}

#[test]
fn limits_take_features_away() {
    let all = Features {
        avx2: true,
        avx_vnni: true,
        avx512: true,
        avx512_vnni: true,
        avx512_bf16: true,
        amx_bf16: true,
        amx_int8: true,
        limited: false,
    };
    let names = |limit| {
        let features = all.limited(limit).unwrap();
        let integers = if features.needs_int7() { Precision::Int7 } else { Precision::Int8 };
        [Precision::F32, Precision::Bf16, integers]
            .map(|precision| Kernels::best(precision, features).unwrap().name())
    };
    assert_eq!(names("generic"), ["portable f32", "portable widened bf16", "portable int8"]);
    #[cfg(target_arch = "x86_64")]
    {
        assert_eq!(names("avx2"), ["avx2 f32", "avx2 widened bf16", "avx2 int7"]);
        assert_eq!(names("avxvnni"), ["avx2 f32", "avx2 widened bf16", "avxvnni"]);
        assert_eq!(names("avx512"), ["avx512 f32", "avx512 widened bf16", "avx2 int7"]);
        assert_eq!(names("avx512vnni"), ["avx512 f32", "avx512 widened bf16", "avx512vnni"]);
        assert_eq!(names("avx512bf16"), ["avx512 f32", "avx512bf16", "avx512vnni, bf16 attention"]);
        assert_eq!(names("amx"), ["avx512 f32", "amx bf16", "amx int8"]);
    }
    assert!(Kernels::best(Precision::F16, all).is_none());
    assert!(Features::default().limited("avx512bf16").unwrap() != all);
    let error = all.limited("sse").unwrap_err().to_string();
    assert!(error.contains("`sse`") && error.contains("avx512bf16"), "{error}");
}
