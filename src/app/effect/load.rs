//! Reading the library and its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::jobs::Ticket;
use crate::app::listing::Listing;
use crate::app::report::Finding;
use crate::event::News;
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::import::{self, ImportError};
use crate::library::paper::Snapshot;
use crate::library::store::{Store, StoreError};
use crate::library::versions::Versions;
use crate::logging;
use crate::settings::Settings;

pub(super) fn forget(settings: &Settings, files: &[PathBuf]) -> Result<(), StoreError> {
    let mut store = settings.store()?;
    let sources = sources(&store, files)?;
    store.write(|writer| writer.forget_missing(&sources).map(drop))
}

/// The files as the library knows them: those that were named, else all that it knows. What a link
/// points to, and whether a file is there, may differ from one time to the next.
pub(super) fn sources(store: &Store, files: &[PathBuf]) -> Result<Vec<PathBuf>, StoreError> {
    if files.is_empty() {
        return store.source_paths();
    }
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let source = match import::known_path(store, file) {
            Err(ImportError::Store(error)) => return Err(error),
            // It is no more, and the library has forgotten it.
            Err(_) => std::path::absolute(file).unwrap_or_else(|_| file.clone()),
            Ok(source) => source,
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// Shows what the library has, if nothing is `shown` yet, then imports the files and shows it again
/// if it differs.
pub(super) fn load(
    settings: &Settings,
    files: &[PathBuf],
    mut shown: Option<Arc<Snapshot>>,
    ticket: &Ticket,
) -> Result<(), StoreError> {
    let mut store = settings.store()?;
    let sources = &sources(&store, files)?[..];
    let show = |snapshot: Snapshot| {
        let listing = Arc::new(Listing::new(&snapshot));
        let snapshot = Arc::new(snapshot);
        ticket.report(News::Loaded { snapshot: Arc::clone(&snapshot), listing });
        snapshot
    };
    let mut stale = shown.is_some();
    if shown.is_none() {
        let known = store.snapshot(sources)?;
        shown = (!known.is_empty()).then(|| show(known));
    }
    let mut findings = Vec::new();
    let mut errors = Vec::new();
    // A file that has vanished is no error: its papers are shown as missing.
    for path in sources.iter().filter(|path| path.exists()) {
        let before = store.source_hash(path)?;
        match import::import(&mut store, path, import::now()) {
            Ok(report) => {
                let path = Arc::new(report.path);
                findings.extend(
                    report
                        .diagnostics
                        .into_iter()
                        .map(|diagnostic| Finding { path: Arc::clone(&path), diagnostic }),
                );
            }
            Err(error) => {
                tracing::error!("{}", logging::discreet(&error.to_string()));
                errors.push(error.to_string());
                findings.push(unread(path, &error));
            }
        }
        stale |= store.source_hash(path)? != before;
    }
    if stale || shown.is_none() {
        let now = store.snapshot(sources)?;
        if shown.as_ref().is_none_or(|shown| shown.papers() != now.papers()) {
            shown = Some(show(now));
        }
    }
    ticket.report(News::LoadDone { findings, errors });
    // Nobody waits for these, and the next request need not either.
    if let Some(snapshot) = shown
        && !ticket.overtaken()
    {
        ticket.report(News::Versions(Arc::new(Versions::find(&snapshot))));
    }
    Ok(())
}

/// A file that cannot be read stays in the report until it can.
fn unread(path: &Path, error: &ImportError) -> Finding {
    let diagnostic = Diagnostic {
        line: 1,
        column: 1,
        severity: Severity::Error,
        key: None,
        message: error.to_string(),
    };
    Finding { path: Arc::new(path.to_owned()), diagnostic }
}
