//! Reading and keeping what the user chose.

use std::sync::Arc;

use super::Effects;
use crate::app::chosen::{Choice, Chosen};
use crate::app::jobs::Kind;
use crate::app::state::Notice;
use crate::event::News;
use crate::library::query::Saved;
use crate::library::store::{Store, StoreError};
use crate::settings::Settings;

/// Names of preferences.
const WELCOMED: &str = "welcomed";
const NEVER_DOWNLOAD: &str = "never-download";
const TOLD_VECTORS: &str = "told-vectors";
const COLUMNS: &str = "columns";

impl Effects {
    pub(super) fn keep(&self, generation: u64, choice: Option<Choice>) {
        let settings = Arc::clone(&self.settings);
        self.jobs.submit(Kind::Keep, generation, move |ticket| {
            ticket.report(match keep(&settings, choice) {
                Ok(news) => news,
                Err(error) => News::Failed(error.to_string()),
            });
        });
    }
}

/// Keeps a choice, and reads them all.
fn keep(settings: &Settings, choice: Option<Choice>) -> Result<News, StoreError> {
    let mut store = settings.store()?;
    let said = choice.map(|choice| write(&mut store, choice)).transpose()?.flatten();
    let said = said.map(|text| Notice { text, can_be_undone: false });
    Ok(News::Chosen { chosen: read(&store)?, said })
}

fn write(store: &mut Store, choice: Choice) -> Result<Option<String>, StoreError> {
    let yes = Some("yes");
    let (name, value) = match choice {
        Choice::Welcomed => (WELCOMED, yes.map(str::to_owned)),
        Choice::NeverDownload => (NEVER_DOWNLOAD, yes.map(str::to_owned)),
        Choice::ToldVectors => (TOLD_VECTORS, yes.map(str::to_owned)),
        Choice::Columns(columns) => (COLUMNS, columns.map(|columns| columns.to_string())),
        Choice::Filter { name, query } => {
            store.set_filter(&name, query.as_deref())?;
            return Ok(Some(match query {
                Some(_) => format!("saved as {name}: saved:{} stands for it", dashed(&name)),
                None => format!("the filter {name} is deleted"),
            }));
        }
    };
    store.set_preference(name, value.as_deref())?;
    Ok(None)
}

fn dashed(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("-")
}

fn read(store: &Store) -> Result<Chosen, StoreError> {
    let preferences = store.preferences()?;
    let is_set = |name| preferences.contains_key(name);
    Ok(Chosen {
        welcomed: is_set(WELCOMED),
        never_download: is_set(NEVER_DOWNLOAD),
        told_vectors: is_set(TOLD_VECTORS),
        // What another version of the program kept may make no sense here.
        columns: preferences.get(COLUMNS).and_then(|names| names.parse().ok()),
        filters: Arc::new(Saved::new(store.filters()?)),
    })
}
