//! What to read next.

use super::{lists, rows};
use crate::app::action::Action;
use crate::app::effect::{Effect, Question};
use crate::app::jobs::Kind;
use crate::app::next::{Advice, Source};
use crate::app::state::{App, Mode, Prompt, View};
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
            let source = app.next.source.next(app.selection.papers.len());
            show_source(app, source)
        }
        Action::LikeQuery => {
            let typed = match &app.next.source {
                Source::Query(query) => query.as_str(),
                _ => "",
            };
            app.line = typed.into();
            app.mode = Mode::Prompt(Prompt::Like);
            Vec::new()
        }
        Action::Filter => {
            app.mode = Mode::Prompt(Prompt::Next);
            Vec::new()
        }
        Action::Likes => {
            let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
                return Vec::new();
            };
            app.neighbours.filter = LIKED.into();
            let mut effects = lists::visit(app, paper);
            effects.extend(super::show(app, View::Neighbours));
            effects
        }
        Action::Dive => {
            let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
                return Vec::new();
            };
            lists::visit(app, paper)
        }
        Action::Clear if !app.next.filter.value().is_empty() => {
            lists::clear_filter(app, Prompt::Next)
        }
        Action::Back | Action::Clear => lists::leave(app),
        _ => Vec::new(),
    }
}

/// The filter of the neighbours that leaves those that the user likes.
const LIKED: &str = "is:liked";

/// Makes the list from something else.
pub(super) fn show_source(app: &mut App, source: Source) -> Vec<Effect> {
    app.next.source = source;
    app.next.scroll.cursor = 0;
    app.next.stale = true;
    if app.view == View::Next { ask(app) } else { super::show(app, View::Next) }
}

/// The filter changed.
pub(super) fn filtered(app: &mut App) -> Vec<Effect> {
    app.next.scroll.cursor = 0;
    ask(app)
}

/// Asks for the list, once the clusters are found.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    if app.found().is_none() || app.snapshot.is_empty() {
        app.next.stale = true;
        return Vec::new();
    }
    if !app.next.source.works_with(app.selection.papers.len()) {
        app.next.source = Source::default();
    }
    app.next.asked = true;
    app.next.stale = false;
    let selected = app.selection.papers.iter().filter_map(|&id| app.snapshot.by_id(id));
    let question = Question {
        source: app.next.source.clone(),
        selected: selected.collect(),
        current: app.current_index(),
        filter: app.query(app.next.filter.value()),
    };
    vec![Effect::Next { generation: app.generations.next(Kind::Next), question }]
}

/// Marks or clusters changed: the list is asked for again, if it is on the screen.
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
