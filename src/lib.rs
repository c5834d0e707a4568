//! specter-tui: find related papers in one's own BibTeX library, in the terminal.
//!
//! How data flows:
//!
//! ```text
//!  .bib bytes ── library::bibtex ──▶ entries + diagnostics
//!                      │ library::import (what is new, changed, gone, twice)
//!                      ▼
//!               library::store (SQLite)  ◀──── vectors
//!                      │ Arc<Snapshot>: papers in one order, immutable
//!       ┌──────────────┼───────────────────────┐
//!       ▼              ▼                       ▼
//!  embed::worker   similarity::lexical     app (TUI) / cli (headless)
//!  text → tokens   TF-IDF, LSA of this         ▲
//!  → encoder       library                     │ Msg
//!       │              │                       │
//!       └──▶ similarity (index, rank) ─────────┤
//!                     │                        │
//!                     ├──▶ clusters ───────────┤
//!                     └──▶ recommend ──────────┘
//! ```
//!
//! The domain ([`library`], [`embed`], [`similarity`], [`clusters`] with the map, [`recommend`]) knows
//! nothing of terminals; [`app`] holds the state of the screen and one function changes it; [`ui`] only
//! reads. The headless commands and the screen call the same domain functions.

#![deny(missing_docs)]

pub mod app;
pub mod background;
pub mod cli;
pub mod clusters;
pub mod config;
pub mod editor;
pub mod embed;
pub mod event;
pub mod library;
pub mod logging;
pub mod paths;
pub mod recommend;
pub mod runtime;
pub mod settings;
pub mod similarity;
pub mod terminal;
pub mod ui;
