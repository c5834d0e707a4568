//! What goes on behind the screen: walking through it, stopping it, trying it again.

use super::{ask_embed, clusters, lists, load, map, rows, show};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::state::{App, Consent, ModelState, View};
use crate::app::tasks::Task;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    // All are on the screen at once.
    if let Some(rows) = rows(app, action, Task::ALL.len()) {
        app.tasks.scroll.move_by(rows, Task::ALL.len());
        app.abstract_offset = 0;
        return Vec::new();
    }
    match action {
        Action::CancelTask if app.can(action) => cancel(app),
        Action::RetryTask if app.can(action) => retry(app),
        Action::Dive => match app.task() {
            Task::Import if !app.report.findings.is_empty() => show(app, View::Report),
            Task::Clusters => show(app, View::Clusters),
            Task::Map => show(app, View::Map),
            _ => show(app, View::Library),
        },
        Action::Back | Action::Clear => lists::leave(app),
        _ => Vec::new(),
    }
}

/// Stops a download or embedding. What is there stays, and both go on from there another time.
fn cancel(app: &mut App) -> Vec<Effect> {
    app.model = match app.model {
        ModelState::Downloading { .. } => {
            app.consent = Consent::Open;
            ModelState::Absent
        }
        _ => ModelState::Stopped,
    };
    // What it still says is about something that is no longer wanted.
    app.generations.next(Kind::Embed);
    vec![Effect::StopEmbedding]
}

fn retry(app: &mut App) -> Vec<Effect> {
    match app.task() {
        Task::Import => load(app),
        Task::Watch => Vec::new(),
        Task::Words => ask_words(app),
        Task::Model | Task::Embed => ask_embed(app),
        Task::Clusters => clusters::ask_ground(app),
        Task::Map => map::ask(app),
    }
}

/// Has the words indexed.
pub(super) fn ask_words(app: &mut App) -> Vec<Effect> {
    app.tasks.words_failed = None;
    app.tasks.has_topics = false;
    vec![Effect::Lexical { generation: app.generations.next(Kind::Lexical) }]
}
