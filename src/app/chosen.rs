//! What the user chose for this library, and keeps from one day to the next.

use std::sync::Arc;

use super::columns::Columns;
use crate::library::query::Saved;

/// The first card over a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Welcome {
    /// Not on the screen.
    #[default]
    Hidden,
    /// On the screen until the next key.
    Shown,
}

/// What the user chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Was the first card seen?
    pub welcomed: bool,
    /// Is the model never to be downloaded unasked?
    pub never_download: bool,
    /// Was it said what vectors make possible?
    pub told_vectors: bool,
    /// The columns of lists; `None` for those of the configuration.
    pub columns: Option<Columns>,
    /// Filters saved under a name.
    pub filters: Arc<Saved>,
}

/// Something to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The first card was seen.
    Welcomed,
    /// The model is never to be downloaded unasked.
    NeverDownload,
    /// It was said what vectors make possible.
    ToldVectors,
    /// These columns; `None` for those of the configuration.
    Columns(Option<Columns>),
    /// A filter under a name; without a query there is none any more.
    Filter {
        /// The name.
        name: String,
        /// The query, as it was typed.
        query: Option<String>,
    },
}
