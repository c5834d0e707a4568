//! One file for each part of the screen.

mod cells;
pub(super) mod clusters;
pub(super) mod columns;
pub(super) mod details;
pub(super) mod finder;
pub(super) mod footer;
pub(super) mod header;
pub(super) mod inbox;
pub(super) mod jobs;
pub(super) mod library;
pub(super) mod map;
pub(super) mod neighbours;
pub(super) mod next;
pub(super) mod paper;
pub(super) mod report;
pub(super) mod search;
pub(super) mod status;
pub(super) mod welcome;
pub(super) mod why;
