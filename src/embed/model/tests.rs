//! What a folder may be, and what is said of those that are no model. Values are checked in
//! `tests/goldens.rs`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Fingerprint, Model, ModelError};
use crate::embed::encoder::Precision;

/// A copy of one of the tiny models, to be damaged.
struct Folder(TempDir);

impl Folder {
    fn copy(name: &str) -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/tiny").join(name);
        let folder = Self(tempfile::tempdir().unwrap());
        copy_all(&from, folder.0.path());
        folder
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn set(&self, file: &str, pointer: &str, value: Value) {
        let mut content: Value =
            serde_json::from_slice(&fs::read(self.path(file)).unwrap()).unwrap();
        match pointer.rsplit_once('/') {
            Some((parent, last)) if content.pointer(pointer).is_none() => {
                content.pointer_mut(parent).unwrap()[last] = value;
            }
            _ => *content.pointer_mut(pointer).unwrap() = value,
        }
        fs::write(self.path(file), content.to_string()).unwrap();
    }

    fn cut_short(&self, file: &str, bytes: usize) {
        let content = fs::read(self.path(file)).unwrap();
        fs::write(self.path(file), &content[..content.len() - bytes]).unwrap();
    }

    fn open(&self) -> Result<Model, ModelError> {
        Model::open(self.0.path(), "tiny", None)
    }

    fn error(&self) -> String {
        match self.open().and_then(|model| model.tokenizer()) {
            Ok(_) => panic!("the folder was accepted"),
            Err(error) => error.to_string(),
        }
    }

    fn fingerprint(&self) -> Fingerprint {
        self.open().unwrap().fingerprint(Precision::F32)
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[track_caller]
fn assert_has(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{message:?} lacks {part:?}");
    }
}

/// File, place in it, value put there, what the error says.
const UNUSABLE: &[(&str, &str, &str, &[&str])] = &[
    ("config.json", "/model_type", r#""roberta""#, &["config.json: `model_type`", "roberta"]),
    ("config.json", "/hidden_act", r#""gelu_new""#, &["config.json: `hidden_act`", "gelu_new"]),
    (
        "config.json",
        "/position_embedding_type",
        r#""relative_key""#,
        &["config.json: `position_embedding_type`"],
    ),
    ("config.json", "/is_decoder", "true", &["config.json: `is_decoder`"]),
    ("config.json", "/num_attention_heads", "5", &["config.json: `num_attention_heads`"]),
    ("config.json", "/num_hidden_layers", "0", &["config.json: `num_hidden_layers`"]),
    ("config.json", "/hidden_size", r#""32""#, &["config.json: invalid type", "line"]),
    ("config.json", "/max_position_embeddings", "2", &["`max_seq_length`", "leaves 2 tokens"]),
    (
        "config.json",
        "/intermediate_size",
        "64",
        &["model.safetensors: tensor", "intermediate.dense.weight", "[64, 32]", "[48, 32]"],
    ),
    (
        "config.json",
        "/num_hidden_layers",
        "3",
        &["model.safetensors: tensor", "encoder.layer.2.", "is not there"],
    ),
    (
        "modules.json",
        "/1/type",
        r#""sentence_transformers.models.Dense""#,
        &["modules.json: `type`", "models.Dense"],
    ),
    ("modules.json", "", "[]", &["modules.json: `type`", "should list Transformer"]),
    (
        "1_Pooling/config.json",
        "/pooling_mode_max_tokens",
        "true",
        &["1_Pooling/config.json: `pooling_mode_", "max_tokens`"],
    ),
    (
        "1_Pooling/config.json",
        "/pooling_mode_cls_token",
        "false",
        &["1_Pooling/config.json: `pooling_mode_cls_token`"],
    ),
    (
        "1_Pooling/config.json",
        "/word_embedding_dimension",
        "33",
        &["1_Pooling/config.json: `word_embedding_dimension`"],
    ),
    (
        "1_Pooling/config.json",
        "/pooling_mode",
        r#""max""#,
        &["1_Pooling/config.json: `pooling_mode`", "max"],
    ),
    (
        "1_Pooling/config.json",
        "/pooling_mode",
        r#"["cls", "mean"]"#,
        &["1_Pooling/config.json: `pooling_mode`"],
    ),
    (
        "sentence_bert_config.json",
        "/max_seq_length",
        "1",
        &["sentence_bert_config.json: `max_seq_length`"],
    ),
    ("tokenizer.json", "/model/vocab/extra", "7000", &["tokenizer.json", "`extra`", "7000", "130"]),
    (
        "tokenizer.json",
        "/model",
        r#"{"type": "Unheard"}"#,
        &["tokenizer.json", "is not a tokenizer"],
    ),
    ("tokenizer_config.json", "/sep_token", r#""[NONE]""#, &["has no token `[NONE]`"]),
];

#[test]
fn settings_that_cannot_be_used_are_named() {
    for (file, pointer, value, parts) in UNUSABLE {
        let folder = Folder::copy("cls");
        folder.set(file, pointer, serde_json::from_str(value).unwrap());
        assert_has(&folder.error(), parts);
    }
}

#[test]
fn a_prompt_before_each_text_is_refused() {
    let folder = Folder::copy("cls");
    let file = folder.path("config_sentence_transformers.json");
    let settings = json!({"prompts": {"query": "query: "}, "default_prompt_name": null});
    fs::write(&file, settings.to_string()).unwrap();
    assert!(folder.open().is_ok());
    folder.set("config_sentence_transformers.json", "/default_prompt_name", json!("query"));
    assert_has(&folder.error(), &["default_prompt_name", "`query: `"]);
}

#[test]
fn missing_files_are_named() {
    for (file, parts) in [
        ("config.json", &["config.json", "a model folder holds"][..]),
        ("1_Pooling/config.json", &["1_Pooling"]),
        ("tokenizer.json", &["vocab.txt"]),
        ("model.safetensors", &["neither model.safetensors nor pytorch_model.bin"]),
    ] {
        let folder = Folder::copy("cls");
        fs::remove_file(folder.path(file)).unwrap();
        assert_has(&folder.error(), parts);
    }
    let nowhere = Model::open(Path::new("/nowhere/at/all"), "x", None).unwrap_err();
    assert_has(&nowhere.to_string(), &["/nowhere/at/all"]);
}

#[test]
fn damaged_weights_are_refused_when_opened() {
    let page = "<html>429 Too Many Requests</html>".repeat(40);
    for (name, file) in [
        ("cls", "model.safetensors"),
        ("bare", "pytorch_model.bin"),
        ("bare-legacy", "pytorch_model.bin"),
    ] {
        let folder = Folder::copy(name);
        for bytes in [1, 100, 40_000] {
            folder.cut_short(file, bytes);
            assert_has(&folder.error(), &[file, "not a usable weight file", "download it again"]);
        }
        for content in [page.as_bytes(), b"", b"PK\x03\x04", &[0xff; 9], &[0; 64]] {
            fs::write(folder.path(file), content).unwrap();
            assert_has(&folder.error(), &[file]);
        }
    }
}

#[test]
fn fingerprints_differ_where_vectors_do() {
    let folder = Folder::copy("cls");
    let model = folder.open().unwrap();
    let first = model.fingerprint(Precision::F32);
    assert_eq!(first.as_str().len(), 64);
    assert_eq!(first, Folder::copy("cls").fingerprint(), "the folder's path does not matter");
    assert_ne!(first, model.fingerprint(Precision::F16));

    let changes: [(&str, &str, Value); 6] = [
        ("sentence_bert_config.json", "/max_seq_length", json!(20)),
        ("sentence_bert_config.json", "/do_lower_case", json!(true)),
        ("config.json", "/num_attention_heads", json!(8)),
        ("config.json", "/layer_norm_eps", json!(1e-5)),
        ("tokenizer_config.json", "/do_lower_case", json!(false)),
        ("tokenizer.json", "/model/max_input_chars_per_word", json!(50)),
    ];
    for (file, pointer, value) in changes {
        let folder = Folder::copy("cls");
        folder.set(file, pointer, value);
        assert_ne!(folder.fingerprint(), first, "{file} {pointer}");
    }
    let folder = Folder::copy("cls");
    let mut weights = fs::read(folder.path("model.safetensors")).unwrap();
    *weights.last_mut().unwrap() ^= 1;
    fs::write(folder.path("model.safetensors"), weights).unwrap();
    assert_ne!(folder.fingerprint(), first);
}

#[test]
fn templates_of_a_tokenizer_name_what_there_is() {
    let folder = Folder::copy("cls");
    folder.set("tokenizer.json", "/post_processor/single/0/SpecialToken/id", json!("[NO]"));
    let error = folder.open().unwrap().tokenizer().err().unwrap().to_string();
    assert!(error.contains("`[NO]`"), "{error}");
    let folder = Folder::copy("cls");
    folder.set("tokenizer.json", "/post_processor/single/1/Sequence/id", json!("B"));
    let error = folder.open().unwrap().tokenizer().err().unwrap().to_string();
    assert!(error.contains("`single`"), "{error}");
}

#[test]
fn a_tokenizer_that_is_none_is_refused() {
    for text in ["2", "[]", "\"text\"", "null", "{}", "{\"normalizer\": 2}"] {
        let folder = Folder::copy("cls");
        fs::write(folder.path("tokenizer.json"), text).unwrap();
        let error = folder.open().and_then(|model| model.tokenizer().map(|_| ())).unwrap_err();
        assert!(error.to_string().contains("tokenizer.json"), "{text}: {error}");
    }
}

#[test]
fn settings_of_tokenizer_config_go_before_tokenizer_json() {
    let folder = Folder::copy("cls");
    let ids = |folder: &Folder| {
        let tokenizer = folder.open().unwrap().tokenizer().unwrap();
        tokenizer.tokens("GRAPH", "Graph").unwrap()
    };
    let lower = ids(&folder);
    assert_eq!(lower[1], lower[3]);
    folder.set("tokenizer_config.json", "/do_lower_case", json!(false));
    let cased = ids(&folder);
    assert_ne!(cased, lower);
    // The wrapper's own lower-casing leaves the separator as it is.
    folder.set("sentence_bert_config.json", "/do_lower_case", json!(true));
    assert_eq!(ids(&folder), lower);
}

#[test]
fn a_hash_is_remembered_until_the_file_changes() {
    let folder = Folder::copy("cls");
    let memory = folder.path("hashes.json");
    let open = || Model::open(folder.0.path(), "tiny", Some(&memory)).unwrap();
    let first = open().fingerprint(Precision::F32);
    let known: Value = serde_json::from_slice(&fs::read(&memory).unwrap()).unwrap();
    let (path, entry) = known.as_object().unwrap().iter().next().unwrap();
    assert!(path.ends_with("model.safetensors"));
    assert_eq!(entry["sha256"].as_str().unwrap().len(), 64);

    // A false hash in the memory shows whether the memory is used.
    let forged =
        fs::read_to_string(&memory).unwrap().replace(entry["sha256"].as_str().unwrap(), "0");
    fs::write(&memory, &forged).unwrap();
    assert_ne!(open().fingerprint(Precision::F32), first);
    let weights = File::options().append(true).open(folder.path("model.safetensors")).unwrap();
    weights.set_modified(SystemTime::now() + Duration::from_secs(9)).unwrap();
    assert_eq!(open().fingerprint(Precision::F32), first, "the file is another since");

    fs::write(&memory, "{ damaged").unwrap();
    assert_eq!(open().fingerprint(Precision::F32), first);
    assert!(fs::read_to_string(&memory).unwrap().contains("sha256"));
}

#[cfg(unix)]
#[test]
fn a_blob_of_a_hub_cache_is_not_hashed() {
    let folder = Folder::copy("cls");
    let first = folder.fingerprint();
    let name = "ab".repeat(32);
    fs::create_dir(folder.path("blobs")).unwrap();
    fs::rename(folder.path("model.safetensors"), folder.path("blobs").join(&name)).unwrap();
    std::os::unix::fs::symlink(Path::new("blobs").join(&name), folder.path("model.safetensors"))
        .unwrap();
    let memory = folder.path("hashes.json");
    let model = Model::open(folder.0.path(), "tiny", Some(&memory)).unwrap();
    assert_ne!(model.fingerprint(Precision::F32), first, "it is taken from the name");
    assert!(!memory.exists());
}

#[test]
fn weights_that_change_after_opening_are_not_loaded() {
    let folder = Folder::copy("cls");
    let model = folder.open().unwrap();
    assert_eq!(model.tensors().unwrap().len(), 5 + 2 * 16);
    folder.cut_short("model.safetensors", 4);
    assert!(matches!(model.tensors(), Err(ModelError::Changed { .. })));
}
