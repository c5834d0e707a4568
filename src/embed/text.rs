//! A paper's title and abstract → token ids, as SPECTER reads them.

use tokenizers::{PostProcessor, TruncationDirection, TruncationParams, TruncationStrategy};

/// Version of the rule by which title and abstract become one text. It is part of a model's
/// fingerprint: vectors of texts made by different rules are not compared.
pub const TEMPLATE_VERSION: u32 = 1;

/// Why a text has no token ids.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The tokenizer refused the text.
    #[error("the tokenizer cannot split the text starting with \"{start}\": {reason}")]
    Tokenizer {
        /// The text's first characters.
        start: String,
        /// What the tokenizer said.
        reason: String,
    },
}

/// Turns papers into token ids for one model. Threads may share it.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    separator: String,
    /// Whether to lower-case before the tokenizer does what it does.
    lower_case: bool,
}

impl Tokenizer {
    /// Takes a model's own tokenizer; whatever truncation and padding its file asks for (for
    /// all-MiniLM-L6-v2: 128 tokens) gives way to `max_length` tokens, specials included.
    /// The error says why that length cannot be.
    pub(super) fn new(
        mut inner: tokenizers::Tokenizer,
        separator: &str,
        lower_case: bool,
        max_length: usize,
    ) -> Result<Self, String> {
        let added = inner.get_post_processor().map_or(0, |after| after.added_tokens(false));
        if max_length <= added {
            return Err(format!("adds {added} tokens to a text of at most {max_length}"));
        }
        inner.with_padding(None);
        (inner.with_truncation(Some(TruncationParams {
            direction: TruncationDirection::Right,
            max_length,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
        })))
        .map_err(|error| error.to_string())?;
        Ok(Self { inner, separator: separator.to_owned(), lower_case })
    }

    /// Token ids of title, separator token and abstract, with the special tokens of the model
    /// around them, cut to the model's length (Cohan et al., 2020, section 3.1). Without an
    /// abstract: title and separator. Both texts are plain Unicode, no LaTeX.
    ///
    /// # Errors
    /// The tokenizer cannot split the text: no known text does that to WordPiece.
    pub fn tokens(&self, title: &str, abstract_text: &str) -> Result<Vec<u32>, TextError> {
        let text = if self.lower_case {
            // Each part by itself: a lower-cased separator would be no special token any more.
            let (title, abstract_text) = (title.to_lowercase(), abstract_text.to_lowercase());
            format!("{title}{}{abstract_text}", self.separator)
        } else {
            format!("{title}{}{abstract_text}", self.separator)
        };
        match self.inner.encode_fast(text.as_str(), true) {
            Ok(encoding) => Ok(encoding.get_ids().to_vec()),
            Err(error) => Err(TextError::Tokenizer {
                start: text.chars().take(40).collect(),
                reason: error.to_string(),
            }),
        }
    }
}
