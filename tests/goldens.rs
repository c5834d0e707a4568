//! Token ids and vectors equal PyTorch's on tiny random BERTs in every layout found in the wild;
//! see `tests/goldens/README.md`.

// Clippy takes the helpers for program code.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use candle_core::Device;
use serde::{Deserialize, de::DeserializeOwned};
use specter_tui::embed::{
    encoder::{
        CpuEncoder, DeviceChoice, DeviceEncoder, EncodeError, Encoder, Precision, PrecisionChoice,
        load,
    },
    model::{Metric, Model, Pooling},
};

/// Largest difference of a component from PyTorch's.
const TOLERANCE: f32 = 1e-5;

/// What the folders of `tiny.py` must be opened as.
const VARIANTS: [(&str, Pooling, bool); 7] = [
    ("cls", Pooling::Cls, false),
    ("mean-normalize", Pooling::Mean, true),
    ("cls-normalize", Pooling::Cls, true),
    ("mean-inner", Pooling::Mean, false),
    ("mean-bf16", Pooling::Mean, false),
    ("bare", Pooling::Cls, false),
    ("bare-legacy", Pooling::Cls, false),
];

#[derive(Deserialize)]
struct Expected {
    max_length: usize,
    ids: Vec<Vec<u32>>,
    vectors: Vec<Vec<f32>>,
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens")
}

fn json<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn texts() -> Vec<(String, String)> {
    json(&goldens().join("texts.json"))
}

fn open(name: &str) -> (Model, Expected) {
    let dir = goldens().join("tiny").join(name);
    let model = Model::open(&dir, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
    (model, json(&dir.join("expected.json")))
}

fn encode(encoder: &dyn Encoder, ids: &[Vec<u32>]) -> Vec<Vec<f32>> {
    let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    encoder.encode(&batch, &AtomicBool::new(false)).unwrap()
}

fn largest_difference(left: &[Vec<f32>], right: &[Vec<f32>]) -> f32 {
    assert_eq!(left.len(), right.len());
    let pairs = left.iter().flatten().zip(right.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn folders_are_opened_as_what_they_are() {
    for (name, pooling, normalize) in VARIANTS {
        let (model, expected) = open(name);
        assert_eq!(model.pooling(), pooling, "{name}");
        assert_eq!(model.normalize(), normalize, "{name}");
        let metric = if normalize { Metric::Cosine } else { Metric::Euclidean };
        assert_eq!(model.metric(), metric, "{name}");
        assert_eq!(model.max_length(), expected.max_length, "{name}");
        assert_eq!(model.dimensions(), 32, "{name}");
    }
}

#[test]
fn token_ids_equal_those_of_transformers() {
    for (name, ..) in VARIANTS {
        let (model, expected) = open(name);
        let tokenizer = model.tokenizer().unwrap();
        for ((title, abstract_text), ids) in texts().iter().zip(&expected.ids) {
            let found = tokenizer.tokens(title, abstract_text).unwrap();
            assert_eq!(found, *ids, "{name}: {title:?} {abstract_text:?}");
            assert!(found.len() <= expected.max_length);
        }
    }
}

#[test]
fn tokens_know_where_they_stand() {
    for (name, ..) in VARIANTS {
        let (model, _) = open(name);
        let tokenizer = model.tokenizer().unwrap();
        for (title, abstract_text) in texts() {
            let located = tokenizer.located(&title, &abstract_text).unwrap();
            assert_eq!(located.ids, tokenizer.tokens(&title, &abstract_text).unwrap());
            assert_eq!(located.places.len(), located.ids.len());
            let mut last = [0, 0];
            for (half, range) in located.places.into_iter().flatten() {
                let of = [&title, &abstract_text][half as usize];
                assert!(of.get(range.clone()).is_some_and(|text| !text.is_empty()), "{range:?}");
                assert!(range.start >= last[half as usize], "{name}: in order");
                last[half as usize] = range.start;
            }
        }
    }
}

#[test]
fn vectors_equal_those_of_transformers() {
    for (name, ..) in VARIANTS {
        let (model, expected) = open(name);
        let encoder =
            load(&model, DeviceChoice::Cpu, PrecisionChoice::Exactly(Precision::F32)).unwrap();
        assert_eq!(encoder.dimensions(), model.dimensions());
        assert_eq!(encoder.precision(), Precision::F32);
        let together = encode(&*encoder, &expected.ids);
        let difference = largest_difference(&together, &expected.vectors);
        assert!(difference <= TOLERANCE, "{name}: differs by {difference}");
        // A text's vector does not depend on what else is in the batch.
        for (ids, vector) in expected.ids.iter().zip(&together) {
            let alone = encode(&*encoder, std::slice::from_ref(ids));
            assert!(
                largest_difference(&alone, std::slice::from_ref(vector)) <= TOLERANCE,
                "{name}"
            );
        }
    }
}

#[test]
fn the_encoder_for_devices_agrees() {
    for (name, ..) in VARIANTS {
        let (model, expected) = open(name);
        let single = DeviceEncoder::new(&model, &Device::Cpu, Precision::F32).unwrap();
        let own = CpuEncoder::new(&model, Precision::F32).unwrap();
        let (single, own) = (encode(&single, &expected.ids), encode(&own, &expected.ids));
        assert!(largest_difference(&single, &expected.vectors) <= TOLERANCE, "{name}");
        assert!(largest_difference(&single, &own) <= TOLERANCE, "{name}");

        let half = DeviceEncoder::new(&model, &Device::Cpu, Precision::F16).unwrap();
        let half = encode(&half, &expected.ids);
        let scale = expected.vectors.iter().flatten().fold(0.0, |max: f32, x| max.max(x.abs()));
        let difference = largest_difference(&half, &expected.vectors) / scale;
        assert!(difference < 0.02, "{name}: f16 differs by {difference} of the largest value");
    }
}

/// What the pooling makes of the states of all tokens, `[tokens, hidden]`.
fn pooled(model: &Model, states: &[f32]) -> Vec<f32> {
    let rows = || states.chunks_exact(model.dimensions());
    let mut vector = match model.pooling() {
        Pooling::Cls => rows().next().unwrap().to_vec(),
        Pooling::Mean => {
            let count = rows().len() as f32;
            (0..model.dimensions())
                .map(|at| rows().map(|row| row[at]).sum::<f32>() / count)
                .collect()
        }
    };
    if model.normalize() {
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        for x in &mut vector {
            *x /= length;
        }
    }
    vector
}

#[test]
fn token_states_are_what_the_vector_is_pooled_from() {
    let go = AtomicBool::new(false);
    for (name, ..) in VARIANTS {
        let (model, expected) = open(name);
        let encoders: [Box<dyn Encoder>; 2] = [
            Box::new(CpuEncoder::new(&model, Precision::F32).unwrap()),
            Box::new(DeviceEncoder::new(&model, &Device::Cpu, Precision::F32).unwrap()),
        ];
        for (ids, vector) in expected.ids.iter().zip(&expected.vectors) {
            let [own, oracle] =
                encoders.each_ref().map(|encoder| encoder.token_states(ids, &go).unwrap());
            assert_eq!(own.len(), ids.len() * model.dimensions());
            assert!(
                largest_difference(std::slice::from_ref(&own), &[oracle]) <= TOLERANCE,
                "{name}"
            );
            let difference =
                largest_difference(&[pooled(&model, &own)], std::slice::from_ref(vector));
            assert!(difference <= TOLERANCE, "{name}: differs by {difference}");
        }
        for encoder in encoders {
            assert!(matches!(encoder.token_states(&[], &go), Err(EncodeError::Length { .. })));
            let stop = AtomicBool::new(true);
            assert!(matches!(encoder.token_states(&[2, 3], &stop), Err(EncodeError::Stopped)));
        }
    }
}

#[test]
fn micro_batches_keep_the_order() {
    let (model, expected) = open("cls");
    let encoder = CpuEncoder::new(&model, Precision::F32).unwrap();
    // Far more tokens than fit in one micro-batch.
    let ids: Vec<Vec<u32>> = expected.ids.iter().cycle().take(200).cloned().collect();
    let vectors: Vec<Vec<f32>> = expected.vectors.iter().cycle().take(200).cloned().collect();
    assert!(largest_difference(&encode(&encoder, &ids), &vectors) <= TOLERANCE);
    assert!(encode(&encoder, &[]).is_empty());
}

#[test]
fn what_cannot_be_encoded_is_an_error() {
    let (model, _) = open("cls");
    for encoder in [
        Box::new(CpuEncoder::new(&model, Precision::F32).unwrap()) as Box<dyn Encoder>,
        Box::new(DeviceEncoder::new(&model, &Device::Cpu, Precision::F32).unwrap()),
    ] {
        let encode = |ids: &[u32], stop| encoder.encode(&[ids], &AtomicBool::new(stop));
        assert!(matches!(encode(&[2, 3], true), Err(EncodeError::Stopped)));
        assert!(matches!(encode(&[], false), Err(EncodeError::Length { tokens: 0, max: 40 })));
        assert!(matches!(
            encode(&[3; 41], false),
            Err(EncodeError::Length { tokens: 41, max: 40 })
        ));
        assert!(matches!(
            encode(&[60_000], false),
            Err(EncodeError::Compute(_) | EncodeError::Token { .. })
        ));
        assert_eq!(encode(&[3; 40], false).unwrap()[0].len(), 32);
        assert_eq!(encode(&[2], false).unwrap()[0].len(), 32);
    }
}
