//! Real models against PyTorch: all-MiniLM-L6-v2 on real abstracts, and a model of SPECTER's shape
//! on made-up ones; see `tests/goldens/README.md`. A test whose material is not on this machine
//! says so and passes.

// Clippy takes the helpers for program code.
#![allow(clippy::unwrap_used)]

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use candle_core::{DType, Device, Tensor};
use sha2::{Digest, Sha256};
use specter_tui::embed::{
    encoder::{DeviceChoice, DeviceEncoder, Encoder, Precision, PrecisionChoice, load},
    model::{Metric, Model, Pooling},
    pool::{Priority, pool},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The path, if it is there; else a notice of how to get it, or a failure where the environment
/// says that nothing may be missing (`SPECTER_TUI_REQUIRE_MODELS`, as the project's gate does).
fn material(path: &Path, how: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path.to_owned());
    }
    // What lies beside the checkout is not the repository's to have.
    let leads_out = path.components().any(|part| part == std::path::Component::ParentDir);
    let is_own = path.starts_with(root()) && !leads_out;
    let required = is_own && env::var_os("SPECTER_TUI_REQUIRE_MODELS").is_some();
    assert!(!required, "{} is not there; {how}", path.display());
    eprintln!("SKIPPED: {} is not there; {how}", path.display());
    None
}

fn minilm() -> Option<Model> {
    let dir = material(&root().join("models/all-MiniLM-L6-v2"), "run scripts/fetch-minilm.sh")?;
    Some(Model::open(&dir, "all-MiniLM-L6-v2", None).unwrap())
}

fn specter_shape() -> Option<Model> {
    let how = "run scripts/make-specter-shape.py";
    let dir = material(&root().join("models/specter-shape"), how)?;
    Some(Model::open(&dir, "specter-shape", None).unwrap())
}

/// What PyTorch computed.
struct Golden {
    ids: Vec<Vec<u32>>,
    vectors: Vec<Vec<f32>>,
    tensors: HashMap<String, Tensor>,
    metadata: HashMap<String, String>,
}

impl Golden {
    fn read(name: &str) -> Self {
        let bytes = fs::read(root().join("tests/goldens").join(name)).unwrap();
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let whole = |name: &str| -> Vec<u32> {
            let tensor = tensors[name].to_dtype(DType::U32).unwrap();
            tensor.flatten_all().unwrap().to_vec1().unwrap()
        };
        let all_ids = whole("ids");
        let mut rest = &all_ids[..];
        let ids = (whole("lengths").into_iter())
            .map(|length| {
                let (ids, later) = rest.split_at(length as usize);
                rest = later;
                ids.to_vec()
            })
            .collect();
        Self {
            ids,
            vectors: tensors["vectors"].to_dtype(DType::F32).unwrap().to_vec2().unwrap(),
            metadata: header.metadata().clone().unwrap(),
            tensors,
        }
    }
}

/// Key, title and abstract of the corpus's papers that `real.py` took.
fn corpus(path: &Path) -> Vec<(String, String, String)> {
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.contains(['\\', '{', '}', '$', '~', '"'])
            && ["--", "``", "''"].iter().all(|mark| !text.contains(mark))
    };
    let text = fs::read_to_string(path).unwrap();
    let paper = |entry: &str| {
        let key = entry.split_once('{')?.1.split_once(',')?.0.to_owned();
        let field = |name: &str| {
            let value = entry.split_once(&format!("\n    {name} = \""))?.1;
            let end = value.find("\",\n").or_else(|| value.find("\"\n"))?;
            Some(value[..end].split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let (title, abstract_text) = (field("title")?, field("abstract")?);
        (is_plain(&title) && is_plain(&abstract_text)).then_some((key, title, abstract_text))
    };
    text.split("\n@").skip(1).filter_map(paper).step_by(29).take(200).collect()
}

fn tokens(model: &Model, texts: &[(String, String)]) -> Vec<Vec<u32>> {
    let tokenizer = model.tokenizer().unwrap();
    texts.iter().map(|(title, text)| tokenizer.tokens(title, text).unwrap()).collect()
}

fn encoder(model: &Model, precision: Precision) -> Box<dyn Encoder> {
    load(model, DeviceChoice::Cpu, PrecisionChoice::Exactly(precision)).unwrap()
}

fn encode(encoder: &dyn Encoder, ids: &[Vec<u32>]) -> Vec<Vec<f32>> {
    let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    encoder.encode(&batch, &AtomicBool::new(false)).unwrap()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn least_cosine(left: &[Vec<f32>], right: &[Vec<f32>]) -> f64 {
    assert_eq!(left.len(), right.len());
    let cosine = |(a, b): (&Vec<f32>, &Vec<f32>)| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    left.iter().zip(right).map(cosine).fold(1.0, f64::min)
}

fn largest_difference(left: &[Vec<f32>], right: &[Vec<f32>]) -> f32 {
    let pairs = left.iter().flatten().zip(right.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// The ten of `vectors` nearest to each, by number.
fn neighbours(vectors: &[Vec<f32>]) -> Vec<Vec<u32>> {
    (0..vectors.len())
        .map(|query| {
            let mut others: Vec<usize> = (0..vectors.len()).filter(|i| *i != query).collect();
            let score = |i: &usize| dot(&vectors[query], &vectors[*i]);
            others.sort_by(|a, b| score(b).total_cmp(&score(a)));
            let mut ten: Vec<u32> = others[..10].iter().map(|i| *i as u32).collect();
            ten.sort_unstable();
            ten
        })
        .collect()
}

#[test]
fn minilm_equals_sentence_transformers_on_200_abstracts() {
    let corpus_path = root().join("../shared/corpora/acl.bib");
    let (Some(model), Some(path)) = (
        minilm(),
        material(&corpus_path, "it holds the abstracts, which are not in this repository"),
    ) else {
        return;
    };
    assert_eq!((model.pooling(), model.normalize()), (Pooling::Mean, true));
    assert_eq!((model.metric(), model.max_length()), (Metric::Cosine, 256));

    let golden = Golden::read("minilm.safetensors");
    let papers = corpus(&path);
    assert_eq!(papers.len(), 200);
    let mut hasher = Sha256::new();
    for (key, title, abstract_text) in &papers {
        hasher.update(format!("{key}\t{title}\t{abstract_text}\n"));
    }
    let digest = hex(&hasher.finalize());
    assert_eq!(digest, golden.metadata["texts_sha256"], "the texts are others than PyTorch's");

    let texts: Vec<_> = papers.into_iter().map(|(_, title, text)| (title, text)).collect();
    let ids = tokens(&model, &texts);
    assert_eq!(ids, golden.ids);
    let expected: Vec<Vec<u32>> = (golden.tensors["neighbours"].to_dtype(DType::U32).unwrap())
        .to_vec2::<u32>()
        .unwrap()
        .into_iter()
        .map(|mut ten| {
            ten.sort_unstable();
            ten
        })
        .collect();
    for (precision, least, overlap) in [
        (Precision::F32, 0.99999, 1.0),
        (Precision::Bf16, 0.9999, 0.98),
        (Precision::Int8, 0.985, 0.9),
    ] {
        let vectors = encode(&*encoder(&model, precision), &ids);
        let cosine = least_cosine(&vectors, &golden.vectors);
        let same: usize = (neighbours(&vectors).iter().zip(&expected))
            .map(|(found, expected)| found.iter().filter(|i| expected.contains(i)).count())
            .sum();
        let same = same as f64 / 2000.0;
        println!("{precision}: least cosine 1 - {:.1e}, {same} of neighbours", 1.0 - cosine);
        assert!(cosine >= least, "{precision}: {cosine}");
        assert!(same >= overlap, "{precision}: {same}");
    }
}

#[test]
fn a_model_of_specters_shape_equals_transformers() {
    let Some(model) = specter_shape() else { return };
    assert_eq!((model.pooling(), model.normalize()), (Pooling::Cls, false));
    assert_eq!((model.metric(), model.max_length()), (Metric::Euclidean, 512));

    let golden = Golden::read("specter-shape.safetensors");
    let weights = fs::read(model.dir().join("model.safetensors")).unwrap();
    let digest = hex(&Sha256::digest(weights));
    assert_eq!(digest, golden.metadata["weights_sha256"], "make models/specter-shape anew");

    let texts = fs::read(root().join("tests/goldens/specter-texts.json")).unwrap();
    let texts: Vec<(String, String)> = serde_json::from_slice(&texts).unwrap();
    let ids = tokens(&model, &texts);
    assert_eq!(ids, golden.ids);
    assert_eq!(ids.iter().map(Vec::len).max(), Some(512));

    let vectors = encode(&*encoder(&model, Precision::F32), &ids);
    // The random model's vectors are all alike: the cosine alone would not tell much.
    let difference = largest_difference(&vectors, &golden.vectors);
    println!("f32 differs by {difference:.1e} from transformers");
    assert!(difference <= 1e-4);
    for (precision, least) in
        [(Precision::F32, 0.99999), (Precision::Bf16, 0.9999), (Precision::Int8, 0.99)]
    {
        let cosine = least_cosine(&encode(&*encoder(&model, precision), &ids), &golden.vectors);
        println!("{precision}: least cosine with transformers 1 - {:.1e}", 1.0 - cosine);
        assert!(cosine >= least, "{precision}: {cosine}");
    }

    let device = DeviceEncoder::new(&model, &Device::Cpu, Precision::F32).unwrap();
    let padded = encode(&device, &ids[..4]);
    let difference = largest_difference(&vectors[..4], &padded);
    assert!(difference <= 1e-4, "padded and packed differ by {difference}");
}

#[test]
fn stop_is_obeyed_soon() {
    let Some(model) = specter_shape() else { return };
    let encoder = load(&model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
    let text = vec![2000; 512];
    let batch: Vec<&[u32]> = vec![&text; 64];
    let stop = AtomicBool::new(false);
    // Threads of their own: those that all share may be busy with another test's texts.
    let pool = pool(2, Priority::Normal).unwrap();
    let delays: Vec<Duration> = (0..5)
        .map(|round| {
            stop.store(false, Ordering::Relaxed);
            thread::scope(|scope| {
                let encoding = scope.spawn(|| {
                    let result = pool.install(|| encoder.encode(&batch, &stop));
                    (result.is_err(), Instant::now())
                });
                thread::sleep(Duration::from_millis(150 + 37 * round));
                stop.store(true, Ordering::Relaxed);
                let asked = Instant::now();
                let (stopped, ended) = encoding.join().unwrap();
                assert!(stopped);
                ended.saturating_duration_since(asked)
            })
        })
        .collect();
    println!("stopped after {delays:.0?}");
    // Measured alone it is below 50 ms; a test shares the processor.
    assert!(delays.iter().max() < Some(&Duration::from_millis(500)));
}
