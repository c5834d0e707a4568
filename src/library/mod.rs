//! What the user owns: papers read from `.bib` files, kept in a SQLite library.
//!
//! The way through: [`bibtex`] turns bytes into raw entries and diagnostics; [`latex`], [`names`]
//! and [`date`] make their fields readable, and [`extras`] gathers what other programs left in
//! them. [`paper`] gives each work its identity, [`import`] compares a file with what the [`store`]
//! holds and writes the difference in one transaction. [`opening`] makes sure at the start that it is whole. [`watch`] tells when to do so again.
//! Everyone else reads an immutable [`paper::Snapshot`], in which [`versions`] looks for papers that
//! may be one work, and of which [`query`] picks those that the user asks for; [`links`] says
//! what can be opened of a paper, [`cite`] writes papers for others.

pub mod bibtex;
pub mod cite;
pub mod date;
pub mod diagnostic;
pub mod extras;
pub mod import;
pub mod latex;
pub mod links;
pub mod marks;
pub mod names;
pub mod opening;
pub mod paper;
pub mod query;
pub mod store;
pub mod versions;
pub mod watch;
mod work;
