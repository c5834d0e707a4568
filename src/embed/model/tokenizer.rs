//! The tokenizer's files: `tokenizer.json`, or `vocab.txt` with `tokenizer_config.json`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use super::{ModelError, hex};

/// How to build the tokenizer, with the settings of all its files resolved.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    /// `tokenizer.json` or `vocab.txt`.
    path: PathBuf,
    settings: Settings,
    special: BTreeMap<&'static str, String>,
    /// SHA-256 of the file and of the settings.
    hash: String,
}

/// `tokenizer_config.json`; absent values are those of `transformers.BertTokenizer`.
#[derive(Debug, Clone, Default, Deserialize)]
struct Settings {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
    tokenize_chinese_chars: Option<bool>,
    /// May be a number such as 1e30 that stands for "no bound".
    model_max_length: Option<f64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Names of the special tokens in the settings, with BERT's own.
const SPECIAL: [(&str, &str); 5] = [
    ("unk_token", "[UNK]"),
    ("sep_token", "[SEP]"),
    ("pad_token", "[PAD]"),
    ("cls_token", "[CLS]"),
    ("mask_token", "[MASK]"),
];

impl Recipe {
    /// Finds the tokenizer's files in the folder and reads the settings.
    pub(super) fn read(dir: &Path) -> Result<Self, ModelError> {
        let full = dir.join("tokenizer.json");
        let path = if full.exists() { full } else { dir.join("vocab.txt") };
        let bytes = fs::read(&path).map_err(ModelError::read(&path))?;
        let config = dir.join("tokenizer_config.json");
        let settings = if config.exists() { super::json(&config)? } else { Settings::default() };
        let map = dir.join("special_tokens_map.json");
        let named: Map<String, Value> = if map.exists() { super::json(&map)? } else { Map::new() };
        let special: BTreeMap<_, _> = (SPECIAL.into_iter())
            .map(|(name, default)| {
                let token = settings.rest.get(name).or(named.get(name)).and_then(token_text);
                (name, token.unwrap_or(default).to_owned())
            })
            .collect();
        let decisive = format!(
            "{} {:?} {:?} {:?} {special:?}",
            hex(&Sha256::digest(bytes)),
            settings.do_lower_case,
            settings.strip_accents,
            settings.tokenize_chinese_chars,
        );
        Ok(Self { path, settings, special, hash: hex(&Sha256::digest(decisive)) })
    }

    /// The token that separates title and abstract.
    pub(super) fn separator(&self) -> &str {
        &self.special["sep_token"]
    }

    /// Names everything that decides the token ids of a text.
    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// The tokenizer's own bound of the length, if it has one.
    pub(super) fn model_max_length(&self) -> Option<usize> {
        let bound = self.settings.model_max_length?;
        (bound.is_finite() && (1.0..1e9).contains(&bound)).then_some(bound as usize)
    }

    /// An error about the tokenizer's file.
    pub(super) fn error(&self, reason: String) -> ModelError {
        ModelError::Tokenizer { path: self.path.clone(), reason }
    }

    /// Builds the tokenizer for a model with `vocab_size` word embeddings.
    pub(super) fn build(&self, vocab_size: usize) -> Result<Tokenizer, ModelError> {
        let fail = |reason| self.error(reason);
        let description = if self.path.ends_with("tokenizer.json") {
            let mut description: Map<String, Value> = super::json(&self.path)?;
            if let Some(normalizer) = description.get_mut("normalizer") {
                self.settings.override_normalizer(normalizer);
            }
            if let Some(processor) = description.get("post_processor") {
                check_templates(processor).map_err(fail)?;
            }
            description.into()
        } else {
            let text = fs::read_to_string(&self.path).map_err(ModelError::read(&self.path))?;
            self.describe(&text).map_err(fail)?
        };
        let tokenizer: Tokenizer = serde_json::from_value(description)
            .map_err(|error| fail(format!("is not a tokenizer: {error}")))?;
        let largest = tokenizer.get_vocab(true).into_iter().max_by_key(|(_, id)| *id);
        match largest {
            Some((token, id)) if id as usize >= vocab_size => Err(fail(format!(
                "gives `{token}` the number {id}, but the model has only {vocab_size} word \
                 embeddings: tokenizer and weights are of different models"
            ))),
            _ if tokenizer.token_to_id(self.separator()).is_none() => {
                Err(fail(format!("has no token `{}`", self.separator())))
            }
            _ => Ok(tokenizer),
        }
    }

    /// The `tokenizer.json` that goes with a `vocab.txt`: BERT's WordPiece.
    fn describe(&self, vocabulary: &str) -> Result<Value, String> {
        let pieces: Map<String, Value> = (vocabulary.lines().enumerate())
            .map(|(id, piece)| (piece.to_owned(), json!(id)))
            .collect();
        let special = |name: &str| -> Result<(&str, &Value), String> {
            let token = self.special[name].as_str();
            let id = pieces.get(token).ok_or_else(|| format!("has no token `{token}`"))?;
            Ok((token, id))
        };
        let mut normalizer = json!({
            "type": "BertNormalizer",
            "clean_text": true,
            "handle_chinese_chars": true,
            "strip_accents": null,
            "lowercase": true,
        });
        self.settings.override_normalizer(&mut normalizer);
        // A vocabulary need not have [PAD] or [MASK]: neither is asked of it.
        let added: Vec<Value> = (SPECIAL.iter().filter_map(|(name, _)| special(name).ok()))
            .map(|(token, id)| {
                json!({
                    "id": id, "content": token, "special": true, "single_word": false,
                    "lstrip": false, "rstrip": false, "normalized": false,
                })
            })
            .collect();
        Ok(json!({
            "version": "1.0",
            "added_tokens": added,
            "normalizer": normalizer,
            "pre_tokenizer": { "type": "BertPreTokenizer" },
            "post_processor": {
                "type": "BertProcessing",
                "sep": special("sep_token")?,
                "cls": special("cls_token")?,
            },
            "model": {
                "type": "WordPiece",
                "unk_token": special("unk_token")?.0,
                "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100,
                "vocab": &pieces,
            },
        }))
    }
}

impl Settings {
    /// Settings that `tokenizer_config.json` states go before those in `tokenizer.json`, as in
    /// `transformers`.
    fn override_normalizer(&self, normalizer: &mut Value) {
        if normalizer["type"] != "BertNormalizer" {
            return;
        }
        for (name, value) in [
            ("lowercase", self.do_lower_case),
            ("strip_accents", self.strip_accents),
            ("handle_chinese_chars", self.tokenize_chinese_chars),
        ] {
            if let Some(value) = value {
                normalizer[name] = value.into();
            }
        }
    }
}

/// A token is given as its text, or as an object with the text in `content`.
fn token_text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["content"].as_str())
}
/// Checks that templates name only tokens and texts that there are, which reading them does not.
fn check_templates(processor: &Value) -> Result<(), String> {
    for processor in processor["processors"].as_array().into_iter().flatten() {
        check_templates(processor)?;
    }
    for (template, last) in [("single", "A"), ("pair", "B")] {
        for piece in processor[template].as_array().into_iter().flatten() {
            if let Some(token) = piece["SpecialToken"]["id"].as_str()
                && processor["special_tokens"].get(token).is_none()
            {
                return Err(format!("puts a token `{token}` around texts that it does not have"));
            }
            if piece["Sequence"]["id"].as_str().is_some_and(|text| text > last) {
                return Err(format!("puts two texts into its template `{template}`"));
            }
        }
    }
    Ok(())
}
