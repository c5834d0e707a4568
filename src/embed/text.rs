//! A paper's title and abstract → token ids, as SPECTER reads them.

use std::ops::Range;

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
        let text = self.joined(title, abstract_text);
        match self.inner.encode_fast(text.as_str(), true) {
            Ok(encoding) => Ok(encoding.get_ids().to_vec()),
            Err(error) => Err(refused(&text, &*error)),
        }
    }

    /// The same token ids, and where each token stands in title or abstract.
    ///
    /// # Errors
    /// As for [`Tokenizer::tokens`].
    pub fn located(&self, title: &str, abstract_text: &str) -> Result<Located, TextError> {
        let text = self.joined(title, abstract_text);
        let encoding =
            self.inner.encode(text.as_str(), true).map_err(|error| refused(&text, &*error))?;
        let titles = Origins::new(title, self.lower_case);
        let abstracts = Origins::new(abstract_text, self.lower_case);
        let separated = titles.length + self.separator.len();
        let place = |&(start, end): &(usize, usize)| {
            if end <= start {
                None
            } else if end <= titles.length {
                Some((Half::Title, titles.range(start, end)))
            } else {
                let start = start.checked_sub(separated)?;
                Some((Half::Abstract, abstracts.range(start, end - separated)))
            }
        };
        let places = encoding.get_offsets().iter().map(place).collect();
        Ok(Located { ids: encoding.get_ids().to_vec(), places })
    }

    /// The one text that title and abstract become.
    fn joined(&self, title: &str, abstract_text: &str) -> String {
        if self.lower_case {
            // Each part by itself: a lower-cased separator would be no special token any more.
            let (title, abstract_text) = (title.to_lowercase(), abstract_text.to_lowercase());
            format!("{title}{}{abstract_text}", self.separator)
        } else {
            format!("{title}{}{abstract_text}", self.separator)
        }
    }
}

fn refused(text: &str, error: &dyn std::error::Error) -> TextError {
    TextError::Tokenizer { start: text.chars().take(40).collect(), reason: error.to_string() }
}

/// Which of the two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The title.
    Title,
    /// The abstract.
    Abstract,
}

/// Tokens that know where they come from.
#[derive(Debug, Clone)]
pub struct Located {
    /// As [`Tokenizer::tokens`] gives them.
    pub ids: Vec<u32>,
    /// For each token its bytes; `None` for special tokens.
    pub places: Vec<Option<(Half, Range<usize>)>>,
}

/// From the bytes of a text as tokenized to those of the text as written.
struct Origins {
    /// Bytes as tokenized.
    length: usize,
    /// For each character where it begins as tokenized and as written; empty where these are the same.
    characters: Vec<(usize, usize)>,
    /// Bytes as written.
    written: usize,
}

impl Origins {
    fn new(text: &str, lower_case: bool) -> Self {
        let mut origins = Self { length: 0, characters: Vec::new(), written: text.len() };
        if !lower_case {
            origins.length = text.len();
            return origins;
        }
        for (start, c) in text.char_indices() {
            origins.characters.push((origins.length, start));
            // A final sigma is as long as any other.
            origins.length += c.to_lowercase().map(char::len_utf8).sum::<usize>();
        }
        origins
    }

    fn range(&self, start: usize, end: usize) -> Range<usize> {
        if self.characters.is_empty() {
            return start..end;
        }
        let first = self.characters.partition_point(|&(at, _)| at <= start).saturating_sub(1);
        let behind = self.characters.partition_point(|&(at, _)| at < end);
        let written = |at: usize| self.characters.get(at).map_or(self.written, |&(_, at)| at);
        written(first)..written(behind)
    }
}
