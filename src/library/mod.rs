//! What the user owns: papers read from `.bib` files, kept in a SQLite library.
//!
//! The way through: [`bibtex`] turns bytes into raw entries and diagnostics, [`latex`] and
//! [`names`] make their fields readable, [`paper`] gives each work its identity, [`import`]
//! compares a file with what the [`store`] holds and writes the difference in one transaction.
//! Everyone else reads an immutable [`paper::Snapshot`].

pub mod bibtex;
pub mod diagnostic;
pub mod import;
pub mod latex;
pub mod names;
pub mod paper;
pub mod store;
mod work;
