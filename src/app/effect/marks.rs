//! Reading and changing what the user says of papers.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::MarksAct;
use crate::app::state::Notice;
use crate::event::News;
use crate::library::import;
use crate::library::import::foreign::{INBOX, add_to_list};
use crate::library::marks::Step;
use crate::library::paper::Snapshot;
use crate::library::store::StoreError;
use crate::settings::Settings;

/// Other windows show a mark after this time at most.
const PERIOD: Duration = Duration::from_millis(700);

/// Changes the marks, reads them all, and says what was done.
pub(super) fn act(
    settings: &Settings,
    snapshot: &Snapshot,
    act: MarksAct,
) -> Result<News, StoreError> {
    let mut store = settings.store()?;
    let said = |step: Option<Step>, verb: &str, nothing: &str| {
        let text = match &step {
            Some(step) => format!("{verb}{}{}", step.what, of(step, snapshot)),
            None => nothing.to_owned(),
        };
        Some(Notice { text, can_be_undone: step.is_some() && verb.is_empty() })
    };
    // Forgetting papers is a step, too; then the list of papers is another one.
    let mut papers_changed = false;
    let said = match act {
        MarksAct::Read => None,
        MarksAct::Change { papers, changes } => {
            said(store.mark(&papers, &changes, import::now())?, "", "nothing to change")
        }
        MarksAct::Opened(paper) => {
            store.opened(paper, import::now())?;
            None
        }
        MarksAct::Keep(entry) => {
            let step = add_to_list(&mut store, &[&entry], INBOX, import::now())?;
            said(step, "", "it is on the list already")
                .map(|notice| Notice {
                    text: format!("{} · {}", notice.text, entry.key), ..notice
                })
        }
        MarksAct::Undo => {
            papers_changed = true;
            said(store.undo()?, "undone: ", "there is nothing to undo")
        }
        MarksAct::Redo => {
            papers_changed = true;
            said(store.redo()?, "redone: ", "there is nothing to redo")
        }
    };
    let marks = Arc::new(store.marks()?.with_defaults(snapshot));
    Ok(News::Marks { marks, said, papers_changed })
}

/// Which papers a step was about.
fn of(step: &Step, snapshot: &Snapshot) -> String {
    match step.papers.as_slice() {
        [] => String::new(),
        [paper] => snapshot
            .by_id(*paper)
            .map_or_else(String::new, |index| format!(" · {}", snapshot.papers()[index].key)),
        papers => format!(" · {} papers", papers.len()),
    }
}

/// Calls `changed` whenever marks were changed, by this program or another; until it says that nobody
/// listens.
///
/// # Errors
/// The library cannot be opened, or the system gives no more threads.
pub fn watch(
    settings: &Settings,
    changed: impl Fn() -> bool + Send + 'static,
) -> anyhow::Result<()> {
    let store = settings.store()?;
    let mut revision = store.marks_revision()?;
    thread::Builder::new().name("marks".to_owned()).spawn(move || {
        loop {
            thread::sleep(PERIOD);
            // A store that is busy or gone is looked at again; whoever needs it says what is wrong.
            let Ok(now) = store.marks_revision() else { continue };
            if now != revision {
                revision = now;
                if !changed() {
                    return;
                }
            }
        }
    })?;
    Ok(())
}
