//! `modules.json`: which modules follow the encoder, and their settings.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;

use super::{Config, ModelError, Pooling, json};

/// Shortest length that leaves room for `[CLS]`, one piece of text and `[SEP]`.
const MIN_LENGTH: usize = 3;

/// What happens around the encoder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modules {
    pub(super) pooling: Pooling,
    pub(super) normalize: bool,
    /// Whether the wrapper lower-cases, besides what the tokenizer does.
    pub(super) lower_case: bool,
    /// Most tokens, specials included.
    pub(super) max_length: usize,
}

/// Where the modules' folders are.
pub(super) struct Layout {
    /// Folder of `config.json`, the tokenizer and the weights.
    pub(super) transformer: PathBuf,
    /// Folder of the pooling settings; none in a bare BERT folder.
    pooling: Option<PathBuf>,
    normalize: bool,
}

/// One line of `modules.json`.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    path: String,
    #[serde(rename = "type")]
    class: String,
}

/// `sentence_bert_config.json`.
#[derive(Default, Deserialize)]
struct Wrapper {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

/// `config_sentence_transformers.json`.
#[derive(Default, Deserialize)]
struct Prompts {
    default_prompt_name: Option<String>,
    #[serde(default)]
    prompts: BTreeMap<String, String>,
}

impl Layout {
    /// Reads `modules.json`, which must list a Transformer, a Pooling and perhaps a Normalize.
    pub(super) fn read(path: &Path) -> Result<Self, ModelError> {
        let entries: Vec<Entry> = json(path)?;
        let dir = path.parent().unwrap_or(path);
        // The module path of a class has moved between versions; its last segment has not.
        let classes: Vec<&str> = (entries.iter())
            .map(|entry| entry.class.rsplit('.').next().unwrap_or_default())
            .collect();
        let normalize = match classes[..] {
            ["Transformer", "Pooling"] => false,
            ["Transformer", "Pooling", "Normalize"] => true,
            _ => {
                let unknown = (classes.iter().zip(&entries))
                    .find(|(class, _)| !["Transformer", "Pooling", "Normalize"].contains(class));
                let reason = match unknown {
                    Some((_, entry)) => {
                        format!("`{}` is a module that cannot be used", entry.class)
                    }
                    None => format!("lists {}", classes.join(", ")),
                };
                return Err(ModelError::field(
                    path,
                    "type",
                    format!("{reason}; it should list Transformer, Pooling and perhaps Normalize"),
                ));
            }
        };
        Ok(Self {
            transformer: dir.join(&entries[0].path),
            pooling: Some(dir.join(&entries[1].path)),
            normalize,
        })
    }

    /// A folder without `modules.json`.
    pub(super) fn bare(dir: &Path) -> Self {
        Self { transformer: dir.to_owned(), pooling: None, normalize: false }
    }

    /// Reads the settings of the modules. `model_max_length` is the tokenizer's own bound, which
    /// sentence-transformers uses where `max_seq_length` is not set.
    pub(super) fn modules(
        &self,
        config: &Config,
        model_max_length: Option<usize>,
    ) -> Result<Modules, ModelError> {
        let positions = config.max_position_embeddings;
        // SPECTER's own rule for its bare folder: [CLS] of the last layer, as it is, of as many
        // tokens as there are positions (Cohan et al., 2020; its README truncates to 512).
        let Some(pooling) = &self.pooling else {
            let path = self.transformer.join("config.json");
            return Ok(Modules {
                pooling: Pooling::Cls,
                normalize: false,
                lower_case: false,
                max_length: at_least(MIN_LENGTH, positions, &path, "max_position_embeddings")?,
            });
        };
        let path = self.transformer.join("sentence_bert_config.json");
        let wrapper: Wrapper = json_or_default(&path)?;
        let prompts_path = self.transformer.join("config_sentence_transformers.json");
        check_prompts(&prompts_path, &json_or_default(&prompts_path)?)?;
        let max_length = wrapper.max_seq_length.or(model_max_length).unwrap_or(positions);
        Ok(Modules {
            pooling: read_pooling(&pooling.join("config.json"), config.hidden_size)?,
            normalize: self.normalize,
            lower_case: wrapper.do_lower_case,
            max_length: at_least(MIN_LENGTH, max_length.min(positions), &path, "max_seq_length")?,
        })
    }
}

fn at_least(min: usize, value: usize, path: &Path, field: &str) -> Result<usize, ModelError> {
    if value < min {
        let reason = format!("leaves {value} tokens; at least {min} are needed");
        return Err(ModelError::field(path, field, reason));
    }
    Ok(value)
}

/// These files need not be there; their defaults are those of sentence-transformers.
fn json_or_default<T: Default + serde::de::DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    if path.exists() { json(path) } else { Ok(T::default()) }
}

/// A model that puts a prompt before each text would give other vectors than its authors mean.
fn check_prompts(path: &Path, prompts: &Prompts) -> Result<(), ModelError> {
    let name = prompts.default_prompt_name.as_ref();
    match name.and_then(|name| prompts.prompts.get(name)) {
        Some(prompt) if !prompt.is_empty() => Err(ModelError::field(
            path,
            "default_prompt_name",
            format!("puts `{prompt}` before each text; models with a prompt cannot be used"),
        )),
        _ => Ok(()),
    }
}

/// Reads `1_Pooling/config.json`: flags `pooling_mode_*`, or in newer files `pooling_mode`.
fn read_pooling(path: &Path, hidden_size: usize) -> Result<Pooling, ModelError> {
    let settings: BTreeMap<String, Value> = json(path)?;
    let field = |field: &str, reason: String| Err(ModelError::field(path, field, reason));
    for name in ["word_embedding_dimension", "embedding_dimension"] {
        if let Some(value) = settings.get(name).filter(|value| **value != hidden_size) {
            return field(
                name,
                format!("is {value}, but config.json has hidden_size {hidden_size}"),
            );
        }
    }
    if let Some(mode) = settings.get("pooling_mode") {
        return match mode.as_str() {
            Some("cls") => Ok(Pooling::Cls),
            Some("mean") => Ok(Pooling::Mean),
            _ => field("pooling_mode", format!("is {mode}; only cls or mean can be used")),
        };
    }
    let on: Vec<&str> = (settings.iter())
        .filter(|(name, value)| name.starts_with("pooling_mode_") && **value == true)
        .map(|(name, _)| name.as_str())
        .collect();
    match on[..] {
        ["pooling_mode_cls_token"] => Ok(Pooling::Cls),
        ["pooling_mode_mean_tokens"] => Ok(Pooling::Mean),
        [] => field("pooling_mode_cls_token", "and all other modes are off".to_owned()),
        [_, _, ..] => {
            field(&on.join("` and `"), "are both on; only one mode can be used".to_owned())
        }
        [mode] => {
            field(mode, "is on; only the modes cls_token and mean_tokens can be used".to_owned())
        }
    }
}
