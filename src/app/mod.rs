//! The state of the screen, and the one function that changes it.
//!
//! [`state`] is what is on the screen and `derived` what follows from it; [`action`] lists what can be
//! done, `abilities` which of it now, [`keymap`] which keys do it and [`finder`] finds it by name;
//! [`update`] does it and answers with [`effect`]s, which run as [`jobs`] and come back as messages.

mod abilities;
pub mod action;
pub mod chosen;
pub mod clusters;
pub mod columns;
mod derived;
pub mod effect;
pub mod files;
pub mod finder;
pub mod inbox;
pub mod jobs;
pub mod keymap;
pub mod listing;
pub mod map;
pub mod mode;
pub mod mouse;
pub mod neighbours;
pub mod next;
pub mod paper;
pub mod report;
pub mod retired;
pub mod scroll;
pub mod search;
pub mod seeds;
pub mod state;
pub mod tasks;
pub mod update;
pub mod why;
