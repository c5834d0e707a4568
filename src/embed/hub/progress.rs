//! How far a download has come.

use std::time::{Duration, Instant};

/// The least time between two reports of the same stage.
const INTERVAL: Duration = Duration::from_millis(50);

/// How far a download has come, over all the files of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file at hand, by its name in the repository.
    pub file: &'a str,
    /// What is being done with it.
    pub stage: Stage,
    /// Bytes that are on this disk, earlier downloads included.
    pub done: u64,
    /// Bytes of all files together.
    pub total: u64,
}

/// What is being done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Another process is downloading it.
    Waiting,
    /// It is arriving.
    Downloading,
    /// It is on this disk, and its digest is being computed.
    Checking,
}

/// Adds up what arrives and reports it, at most every 50 ms within a stage.
pub(super) struct Meter<'a> {
    report: &'a mut dyn FnMut(Progress<'_>),
    total: u64,
    /// Bytes of the files that are finished.
    finished: u64,
    file: &'a str,
    stage: Stage,
    last: Option<Instant>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(total: u64, report: &'a mut dyn FnMut(Progress<'_>)) -> Self {
        Self { report, total, finished: 0, file: "", stage: Stage::Checking, last: None }
    }

    /// Starts with `file`.
    pub(super) fn file(&mut self, file: &'a str) {
        self.file = file;
        self.last = None;
    }

    /// `bytes` of the file are there.
    pub(super) fn at(&mut self, stage: Stage, bytes: u64) {
        let now = Instant::now();
        let recent = self.last.is_some_and(|last| now.duration_since(last) < INTERVAL);
        if recent && stage == self.stage {
            return;
        }
        self.stage = stage;
        self.last = Some(now);
        (self.report)(Progress {
            file: self.file,
            stage,
            done: self.finished + bytes,
            total: self.total,
        });
    }

    /// The file, of `size` bytes, is in place.
    pub(super) fn finish(&mut self, size: u64) {
        self.last = None;
        self.at(self.stage, size);
        self.finished += size;
    }
}
