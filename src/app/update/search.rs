//! Papers that answer the user's own words.
//!
//! Each key press asks anew and the latest request wins: first by the words and the vectors of what they
//! find; then the model reads the text, where it is loaded, and the same is asked again.

use super::lists::visit;
use super::{rows, show};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::neighbours;
use crate::app::search::Sought;
use crate::app::state::{App, Mode, Prompt, View};
use crate::similarity::rank::{Neighbour, Ranking};
use crate::ui;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let height = ui::heights(app).search;
    if let Some(rows) = rows(app, action, height) {
        let len = app.search.items.len();
        app.search.scroll.move_by(rows, len);
        app.search.scroll.fit(len, height);
        app.abstract_offset = 0;
        return Vec::new();
    }
    match action {
        Action::Dive if app.search.is_behind() => {
            app.search.dive = true;
            Vec::new()
        }
        Action::Dive => match app.shown_paper().map(|paper| paper.id) {
            Some(paper) => visit(app, paper),
            None => Vec::new(),
        },
        Action::Back | Action::Clear => leave(app),
        _ => Vec::new(),
    }
}

/// Shows the view with its line ready to be typed in.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let effects = show(app, View::Search);
    app.mode = Mode::Prompt(Prompt::Search);
    effects
}

/// Back to where one came from.
pub(super) fn leave(app: &mut App) -> Vec<Effect> {
    let from = app.search.from;
    show(app, from)
}

/// The list on the screen is brought up to date.
pub(super) fn shown(app: &mut App) -> Vec<Effect> {
    fit(app);
    if app.search.stale { ask(app) } else { Vec::new() }
}

/// What is typed changed: the list begins anew.
pub(super) fn typed(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    fit(app);
    ask(app)
}

fn fit(app: &mut App) {
    let height = ui::heights(app).search;
    let len = app.search.items.len();
    app.search.scroll.fit(len, height);
}

/// Asks for what answers the text, once the words are indexed.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    let (filter, text, _) = app.search.typed(&app.filters());
    // Whatever is on its way answers something else.
    let generation = app.generations.next(Kind::Search);
    app.search.asked = None;
    app.search.stale = app.lexical.is_none();
    if app.search.stale {
        return Vec::new();
    }
    if text.is_empty() {
        app.search.items.clear();
        app.search.answered = None;
        app.search.scroll.cursor = 0;
        return Vec::new();
    }
    let sought = Sought { text, criteria: app.criteria(filter) };
    app.search.asked = Some(sought.clone());
    vec![Effect::Search { generation, sought }]
}

/// Vectors or marks changed: asks again, after the answer where one is on its way, and once the view is
/// shown.
pub(super) fn sharpen(app: &mut App) -> Vec<Effect> {
    if app.view != View::Search || app.search.asked.is_some() {
        app.search.stale = true;
        return Vec::new();
    }
    ask(app)
}

/// The answer.
pub(super) fn found(app: &mut App, read: bool, found: Vec<Neighbour>) -> Vec<Effect> {
    let search = &mut app.search;
    let answered = search.asked.take();
    let same = answered.as_ref().map(|sought| &sought.text)
        == search.answered.as_ref().map(|sought| &sought.text);
    neighbours::replace(&mut search.items, &mut search.scroll, found, same);
    search.answered = answered;
    search.read = read;
    let stale = search.stale;
    fit(app);
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
    let mut effects = if stale { ask(app) } else { have_read(app) };
    if std::mem::take(&mut app.search.dive) {
        effects.extend(act(app, Action::Dive));
    }
    effects
}

/// Has the model read the text, where that counts and is not done yet.
fn have_read(app: &mut App) -> Vec<Effect> {
    let wanted = !app.search.read && app.ranking != Ranking::Lexical && app.has_model();
    let Some(sought) = app.search.answered.as_ref().filter(|_| wanted) else {
        return Vec::new();
    };
    let text = sought.text.clone();
    vec![Effect::ReadText { generation: app.generations.next(Kind::ReadText), text }]
}

/// The model has read the text: it counts from now on.
pub(super) fn text_read(app: &mut App) -> Vec<Effect> {
    if app.search.asked.is_some() { Vec::new() } else { ask(app) }
}
