//! A tokenizer file: it works, or the model is refused.

#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use specter_tui::embed::model::Model;

/// A copy of a tiny model.
static MODEL: LazyLock<PathBuf> = LazyLock::new(|| {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/tiny/mean-normalize");
    let to = std::env::temp_dir().join(format!("specter-tui-fuzz-model-{}", std::process::id()));
    std::fs::create_dir_all(to.join("1_Pooling")).unwrap();
    for name in
        ["config.json", "model.safetensors", "modules.json", "sentence_bert_config.json",
         "tokenizer_config.json", "1_Pooling/config.json"]
    {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    to
});

fuzz_target!(|text: &str| {
    std::fs::write(MODEL.join("tokenizer.json"), text).unwrap();
    let Ok(model) = Model::open(&MODEL, "tiny", None) else { return };
    let Ok(tokenizer) = model.tokenizer() else { return };
    for (title, abstract_text) in [("", ""), ("A title", "And an abstract, with words.")] {
        if let Ok(tokens) = tokenizer.tokens(title, abstract_text) {
            assert!(tokens.len() <= model.max_length());
        }
    }
});
