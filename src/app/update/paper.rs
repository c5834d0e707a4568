//! One paper as a whole: opening it, scrolling, going back.

use super::{lists, rows, show};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::paper::EntryText;
use crate::app::state::{App, View};
use crate::library::paper::PaperId;
use crate::ui;

/// Shows the paper under the cursor; the way back leads to where it was opened.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
        return Vec::new();
    };
    lists::remember_view(app);
    show_paper(app, paper)
}

/// Shows a paper as a whole.
pub(super) fn show_paper(app: &mut App, paper: PaperId) -> Vec<Effect> {
    app.paper.of = Some(paper);
    let mut effects = show(app, View::Paper);
    effects.extend(ask_entry(app));
    effects
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    if let Some(rows) = rows(app, action, ui::heights(app).paper) {
        let offset = app.abstract_offset.saturating_add_signed(rows);
        app.abstract_offset = offset.min(ui::abstract_overflow(app));
        return Vec::new();
    }
    match action {
        Action::Dive if app.can(action) => {
            app.paper.of.map_or_else(Vec::new, |paper| lists::visit(app, paper))
        }
        Action::Back | Action::Clear => lists::leave(app),
        _ => Vec::new(),
    }
}

/// The files were read again: the entry may be another one, or gone.
pub(super) fn refresh(app: &mut App) -> Vec<Effect> {
    if app.view != View::Paper {
        return Vec::new();
    }
    if app.whole_paper().is_none() { show(app, View::Library) } else { ask_entry(app) }
}

fn ask_entry(app: &mut App) -> Vec<Effect> {
    let Some(paper) = app.paper.of else {
        return Vec::new();
    };
    let generation = app.generations.next(Kind::Entry);
    if app.snapshot.by_id(paper).is_some() {
        app.paper.entry = EntryText::Asked;
        return vec![Effect::Entry { generation, paper }];
    }
    // A new paper's entry came with it.
    let arrivals = app.inbox.arrivals.as_ref();
    let raw = arrivals.and_then(|arrivals| {
        let index = arrivals.papers.iter().position(|other| other.id == paper)?;
        arrivals.entries.get(index).map(|entry| entry.raw.clone())
    });
    app.paper.entry = raw.map_or_else(EntryText::default, EntryText::Read);
    Vec::new()
}
