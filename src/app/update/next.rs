//! What to read next.

use super::{lists, rows};
use crate::app::action::Action;
use crate::app::effect::{Effect, Question};
use crate::app::jobs::Kind;
use crate::app::next::{Advice, Source};
use crate::app::state::{App, View};
use crate::ui;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let height = ui::heights(app).next;
    if let Some(rows) = rows(app, action, height) {
        let len = app.next.items().len();
        app.next.scroll.move_by(rows, len);
        app.next.scroll.fit(len, height);
        app.abstract_offset = 0;
        return Vec::new();
    }
    match action {
        Action::NextSource => {
            app.next.source = app.next.source.next(app.selection.papers.len());
            app.next.scroll.cursor = 0;
            ask(app)
        }
        Action::Dive => {
            let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
                return Vec::new();
            };
            lists::visit(app, paper)
        }
        Action::Back | Action::Clear => lists::leave(app),
        _ => Vec::new(),
    }
}

/// Asks for the list, once the words are indexed; where it is being asked for already, after that.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    if app.lexical.is_none() || app.snapshot.is_empty() {
        return Vec::new();
    }
    if !app.next.source.works_with(app.selection.papers.len()) {
        app.next.source = Source::default();
    }
    app.next.asked = true;
    app.next.stale = false;
    let selected = app.selection.papers.iter().filter_map(|&id| app.snapshot.by_id(id));
    let question = Question {
        source: app.next.source,
        selected: selected.collect(),
        current: app.current_index(),
    };
    vec![Effect::Next { generation: app.generations.next(Kind::Next), question }]
}

/// Marks or vectors changed: the list is asked for again, if it is on the screen.
pub(super) fn sharpen(app: &mut App) -> Vec<Effect> {
    if app.view == View::Next && !app.next.asked {
        return ask(app);
    }
    app.next.stale = true;
    Vec::new()
}

/// The answer.
pub(super) fn advised(app: &mut App, advice: Advice) -> Vec<Effect> {
    app.next.replace(advice);
    let height = ui::heights(app).next;
    app.next.scroll.fit(app.next.items().len(), height);
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
    if app.next.stale { ask(app) } else { Vec::new() }
}
