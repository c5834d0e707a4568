//! Every precision, with every kind of kernel that this processor can run, against candle's BERT:
//! on sizes that fill the kernels' tiles and on sizes that do not.

// Clippy takes the helpers for program code.
#![allow(clippy::unwrap_used)]

use std::{collections::HashMap, env, fs, path::Path, process::Command, sync::atomic::AtomicBool};

use candle_core::{Device, Tensor};
use specter_tui::embed::{
    encoder::{CpuEncoder, DeviceEncoder, Encoder, Precision},
    model::Model,
};

/// What decides the shape of a BERT.
struct Shape {
    hidden: usize,
    heads: usize,
    inner: usize,
    layers: usize,
    positions: usize,
    pooling: &'static str,
    lengths: &'static [usize],
}

const SHAPES: [Shape; 3] = [
    // MiniLM's, with texts that end at and beside the ends of tiles and blocks.
    Shape {
        hidden: 384,
        heads: 12,
        inner: 1536,
        layers: 2,
        positions: 512,
        pooling: "mean",
        lengths: &[1, 511, 512, 2, 13, 14, 15, 111, 112, 113],
    },
    // SPECTER's heads; the last layer computes one row for each text.
    Shape {
        hidden: 192,
        heads: 3,
        inner: 768,
        layers: 2,
        positions: 512,
        pooling: "cls",
        lengths: &[512, 1, 40, 300, 257, 14, 7],
    },
    // No size is a multiple of any tile's.
    Shape {
        hidden: 55,
        heads: 5,
        inner: 97,
        layers: 3,
        positions: 70,
        pooling: "cls",
        lengths: &[1, 2, 3, 17, 70, 69, 33],
    },
];

const VOCABULARY: usize = 130;

/// Numbers in -1..1 that look random and are the same each time.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Writes a model of the shape, with the tokenizer of the tiny ones.
fn write_model(dir: &Path, shape: &Shape) -> Model {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/tiny/cls");
    for name in ["modules.json", "tokenizer.json", "tokenizer_config.json"] {
        fs::copy(tiny.join(name), dir.join(name)).unwrap();
    }
    let Shape { hidden, heads, inner, layers, positions, pooling, .. } = shape;
    fs::write(
        dir.join("config.json"),
        format!(
            r#"{{"model_type": "bert", "hidden_act": "gelu", "vocab_size": {VOCABULARY},
                 "hidden_size": {hidden}, "num_attention_heads": {heads},
                 "intermediate_size": {inner}, "num_hidden_layers": {layers},
                 "max_position_embeddings": {positions}}}"#
        ),
    )
    .unwrap();
    let settings = format!(r#"{{"max_seq_length": {positions}, "do_lower_case": false}}"#);
    fs::write(dir.join("sentence_bert_config.json"), settings).unwrap();
    fs::create_dir(dir.join("1_Pooling")).unwrap();
    let modes = ["cls_token", "mean_tokens"]
        .map(|mode| format!(r#""pooling_mode_{mode}": {}"#, mode.starts_with(pooling)));
    let modes = format!(r#"{{"word_embedding_dimension": {hidden}, {}}}"#, modes.join(", "));
    fs::write(dir.join("1_Pooling/config.json"), modes).unwrap();

    let mut numbers = Numbers(7);
    let mut tensors = HashMap::new();
    let mut add = |name: String, shape: &[usize], centre: f32, spread: f32| {
        let values: Vec<f32> =
            (0..shape.iter().product()).map(|_| centre + spread * numbers.next()).collect();
        tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    };
    for (table, rows) in [("word", VOCABULARY), ("position", *positions), ("token_type", 2)] {
        add(format!("embeddings.{table}_embeddings.weight"), &[rows, *hidden], 0.0, 0.5);
    }
    let mut norm_or_linear = |name: &str, weight: &[usize]| {
        // Values after a product are about as large as before.
        let (centre, spread) = match weight {
            [_] => (1.0, 0.2),
            _ => (0.0, (3.0 / weight[1] as f32).sqrt()),
        };
        add(format!("{name}.weight"), weight, centre, spread);
        add(format!("{name}.bias"), &weight[..1], 0.0, 0.2);
    };
    norm_or_linear("embeddings.LayerNorm", &[*hidden]);
    for layer in 0..*layers {
        let layer = format!("encoder.layer.{layer}");
        for part in ["self.query", "self.key", "self.value", "output.dense"] {
            norm_or_linear(&format!("{layer}.attention.{part}"), &[*hidden, *hidden]);
        }
        norm_or_linear(&format!("{layer}.attention.output.LayerNorm"), &[*hidden]);
        norm_or_linear(&format!("{layer}.intermediate.dense"), &[*inner, *hidden]);
        norm_or_linear(&format!("{layer}.output.dense"), &[*hidden, *inner]);
        norm_or_linear(&format!("{layer}.output.LayerNorm"), &[*hidden]);
    }
    candle_core::safetensors::save(&tensors, dir.join("model.safetensors")).unwrap();
    Model::open(dir, "made up", None).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn every_precision_agrees_with_candle() {
    for shape in SHAPES {
        let dir = tempfile::tempdir().unwrap();
        let model = write_model(dir.path(), &shape);
        let mut numbers = Numbers(11);
        let texts: Vec<Vec<u32>> = (shape.lengths.iter())
            .map(|length| {
                (0..*length).map(|_| (numbers.next().abs() * VOCABULARY as f32) as u32).collect()
            })
            .collect();
        let batch: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
        let go = AtomicBool::new(false);
        let oracle = DeviceEncoder::new(&model, &Device::Cpu, Precision::F32).unwrap();
        let expected = oracle.encode(&batch, &go).unwrap();
        for (precision, least) in
            [(Precision::F32, 0.999_999), (Precision::Bf16, 0.9999), (Precision::Int8, 0.998)]
        {
            let encoder = CpuEncoder::new(&model, precision).unwrap();
            let name = format!("{} {precision}, hidden {}", encoder.kernels(), shape.hidden);
            // All threads on all texts, a thread for each share, all threads on one text.
            let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
            let together = pool.install(|| encoder.encode(&batch, &go)).unwrap();
            let few = pool.install(|| encoder.encode(&batch[..2], &go)).unwrap();
            let mut worst = 1.0_f64;
            for (at, (text, expected)) in batch.iter().zip(&expected).enumerate() {
                let alone = pool.install(|| encoder.encode(&[text], &go)).unwrap();
                let cosine = cosine(&together[at], expected);
                worst = worst.min(cosine);
                assert!(cosine >= least, "{name}, {} tokens: {cosine}", text.len());
                assert_eq!(alone[0], together[at], "{name}, {} tokens, alone", text.len());
            }
            assert_eq!(few, together[..2], "{name}");
            println!("{name}: least cosine 1 - {:.1e}", 1.0 - worst);
        }
    }
}

#[test]
fn every_kind_of_processor_agrees() {
    let run = |limit: &str| {
        Command::new(env::current_exe().unwrap())
            .args(["every_precision_agrees_with_candle", "--exact", "--nocapture"])
            .env("SPECTER_TUI_CPU", limit)
            .output()
            .unwrap()
    };
    let mut seen = Vec::new();
    for limit in ["generic", "avx2", "avxvnni", "avx512", "avx512vnni", "avx512bf16", "amx"] {
        let output = run(limit);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{limit}: {text}");
        print!("{limit}\n{text}");
        seen.push(text.contains("portable f32"));
    }
    assert!(seen[0], "the limit was not obeyed");
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        assert!(!seen[1], "the limit took too much away");
    }
    let refused = run("pentium");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("`pentium` is no limit"));
}
