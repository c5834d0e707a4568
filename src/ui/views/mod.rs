//! One file for each part of the screen.

pub(super) mod details;
pub(super) mod finder;
pub(super) mod footer;
pub(super) mod header;
pub(super) mod library;
pub(super) mod neighbours;
pub(super) mod report;
pub(super) mod search;
pub(super) mod status;
pub(super) mod why;
