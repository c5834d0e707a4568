//! What leaves the program: files and pages that are opened, papers that are written for others.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Effects;
use crate::app::jobs::Kind;
use crate::app::state::{App, Notice};
use crate::event::News;
use crate::library::cite::{self, Format};
use crate::library::links::Link;
use crate::library::paper::{Paper, PaperId, Snapshot};
use crate::settings::Settings;

impl Effects {
    pub(super) fn open(&self, generation: u64, link: Link) {
        self.jobs.submit(Kind::Open, generation, move |ticket| {
            let opened = match &link {
                Link::File { path, .. } => open::that_detached(path),
                Link::Page(address) => open::that_detached(address),
            };
            let what = match &link {
                Link::File { path, .. } => path.display().to_string(),
                Link::Page(address) => address.clone(),
            };
            ticket.report(match opened {
                Ok(()) => {
                    News::Done(Notice { text: format!("opened {what}"), can_be_undone: false })
                }
                Err(error) => News::Failed(format!("cannot open {what}: {error}")),
            });
        });
    }

    pub(super) fn read_entry(&self, generation: u64, paper: PaperId, snapshot: Arc<Snapshot>) {
        let settings = Arc::clone(&self.settings);
        self.jobs.submit(Kind::Entry, generation, move |ticket| {
            let Some(index) = snapshot.by_id(paper) else { return };
            let read =
                settings.store().and_then(|store| store.raw_entry(&snapshot.papers()[index]));
            ticket.report(match read {
                Ok(entry) => News::Entry(paper, entry),
                Err(error) => News::Failed(error.to_string()),
            });
        });
    }

    pub(super) fn write(
        &self,
        generation: u64,
        (papers, format): (Vec<PaperId>, Format),
        to: Option<PathBuf>,
        app: &App,
    ) {
        let settings = self.settings.clone();
        let snapshot = app.snapshot.clone();
        self.jobs.submit(Kind::Write, generation, move |ticket| {
            let text = text(&settings, &snapshot, &papers, format);
            let done = text.and_then(|text| match &to {
                None => Ok(News::Copied(text)),
                Some(path) => write_new(path, &text).map(|()| {
                    let count = papers.len();
                    let what = if count == 1 { "paper" } else { "papers" };
                    let text = format!("{count} {what} written to {}", path.display());
                    News::Done(Notice { text, can_be_undone: false })
                }),
            });
            ticket.report(done.unwrap_or_else(|error| News::Failed(format!("{error:#}"))));
        });
    }
}

fn text(
    settings: &Settings,
    snapshot: &Snapshot,
    papers: &[PaperId],
    format: Format,
) -> anyhow::Result<String> {
    let papers: Vec<&Paper> = (papers.iter())
        .filter_map(|&id| snapshot.by_id(id).map(|index| &snapshot.papers()[index]))
        .collect();
    Ok(match format {
        Format::Csv => cite::csv(&papers),
        Format::Markdown => cite::markdown(&papers),
        Format::Json => cite::json(&papers)?,
        Format::Bibtex => {
            let store = settings.store()?;
            let mut text = String::new();
            for paper in papers {
                text.push_str(store.raw_entry(paper)?.trim_end());
                text.push_str("\n\n");
            }
            text
        }
    })
}

/// Writes a file that is not there yet: nobody's file is written over.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{} is there already: choose another name", path.display())
        }
        _ => anyhow::anyhow!("cannot write {}: {error}", path.display()),
    })?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
