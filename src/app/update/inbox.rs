//! New papers: naming their files, walking through them, keeping those that are wanted.

use std::path::PathBuf;
use std::sync::Arc;

use super::{lists, rows};
use crate::app::action::Action;
use crate::app::effect::{Effect, MarksAct};
use crate::app::inbox::Ranked;
use crate::app::jobs::Kind;
use crate::app::state::{App, Mode, Prompt, View};
use crate::library::import::foreign::{Arrivals, INBOX};
use crate::library::marks::Change;
use crate::ui;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let height = ui::heights(app).next;
    if let Some(rows) = rows(app, action, height) {
        let len = app.inbox.items.len();
        app.inbox.scroll.move_by(rows, len);
        app.inbox.scroll.fit(len, height);
        app.abstract_offset = 0;
        return Vec::new();
    }
    match action {
        Action::OpenInbox => {
            app.line.reset();
            app.mode = Mode::Prompt(Prompt::InboxFile);
            Vec::new()
        }
        Action::Keep => keep(app),
        Action::Dive => {
            let nearest = app.inbox.selected().and_then(|item| item.nearest.first());
            let paper = nearest.map(|(paper, _)| app.snapshot.papers()[*paper].id);
            paper.map_or_else(Vec::new, |paper| lists::visit(app, paper))
        }
        Action::Back | Action::Clear => lists::leave(app),
        _ => Vec::new(),
    }
}

/// Puts the paper on the list, or takes it off.
fn keep(app: &mut App) -> Vec<Effect> {
    let Some(item) = app.inbox.selected() else {
        return Vec::new();
    };
    let Some((paper, arrivals)) = app.inbox.paper(item.paper).zip(app.inbox.arrivals.as_ref())
    else {
        return Vec::new();
    };
    let act = if app.is_kept(paper.id) {
        MarksAct::Change { papers: vec![paper.id], changes: vec![Change::Unlist(INBOX.to_owned())] }
    } else {
        MarksAct::Keep(Box::new(arrivals.entries[item.paper].clone()))
    };
    super::papers::marks(app, act)
}

/// Opens a file that was named, beside those that are open.
pub(super) fn open(app: &mut App, file: PathBuf) -> Vec<Effect> {
    if !app.inbox.files.contains(&file) {
        app.inbox.files.push(file);
    }
    ask(app)
}

/// Asks for the papers, once it is known what they are to suit.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    if app.inbox.files.is_empty() || app.found().is_none() {
        app.inbox.stale = !app.inbox.files.is_empty();
        return Vec::new();
    }
    app.inbox.asked = true;
    app.inbox.stale = false;
    let files = app.inbox.files.clone();
    vec![Effect::Inbox { generation: app.generations.next(Kind::Inbox), files }]
}

/// Marks or vectors changed: asks again, if the list is on the screen.
pub(super) fn sharpen(app: &mut App) -> Vec<Effect> {
    if app.view == View::Inbox && !app.inbox.asked {
        return ask(app);
    }
    app.inbox.stale = true;
    Vec::new()
}

/// The papers.
pub(super) fn ranked(app: &mut App, arrivals: Arc<Arrivals>, ranked: Ranked) -> Vec<Effect> {
    app.inbox.replace(arrivals, ranked);
    let height = ui::heights(app).next;
    app.inbox.scroll.fit(app.inbox.items.len(), height);
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
    if app.inbox.stale { ask(app) } else { Vec::new() }
}
