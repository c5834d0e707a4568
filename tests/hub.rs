//! Downloads from a Hub that runs in the test, and the cache they leave.

// The helpers are part of the tests too.
#![allow(clippy::unwrap_used)]

#[path = "hub/bench.rs"]
mod bench;
#[path = "hub/cache.rs"]
mod cache;
#[path = "support/hub_server.rs"]
mod hub_server;
#[path = "hub/refused.rs"]
mod refused;
#[path = "hub/transfer.rs"]
mod transfer;
