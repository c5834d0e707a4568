//! Library and neighbours: walking, diving, filtering, sorting.

use crossterm::event::KeyEvent;

use super::ranking::{let_go, recentre};
use super::{next, rows, search, show};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::keymap::{Key, Pressed};
use crate::app::state::{App, Mode, ModelState, Pane, Prompt, View, Visit};
use crate::library::paper::PaperId;
use crate::ui;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let heights = ui::heights(app);
    let height = match app.pane {
        Pane::Library => heights.library,
        Pane::Neighbours => heights.neighbours,
    };
    if let Some(rows) = rows(app, action, height) {
        return walk(app, rows);
    }
    match action {
        Action::SwitchPane => match app.pane {
            Pane::Library => switch_to(app, Pane::Neighbours),
            Pane::Neighbours => switch_to(app, Pane::Library),
        },
        Action::ToLibrary => switch_to(app, Pane::Library),
        Action::ToNeighbours => switch_to(app, Pane::Neighbours),
        Action::Dive => dive(app),
        Action::Back => back(app),
        Action::Filter if app.pane == Pane::Neighbours => {
            app.mode = Mode::Prompt(Prompt::Neighbours);
            Vec::new()
        }
        Action::Filter => {
            app.mode = Mode::Prompt(Prompt::Filter);
            show(app, View::Library)
        }
        Action::NextHit if app.can(action) => hit(app, 1),
        Action::PreviousHit if app.can(action) => hit(app, -1),
        Action::Clear if let_go(app) => ask_neighbours(app),
        Action::Clear => {
            let own = app.pane == Pane::Neighbours && !app.neighbours.filter.value().is_empty();
            clear_filter(app, if own { Prompt::Neighbours } else { Prompt::Filter })
        }
        Action::SortNext => {
            app.library.sort = app.library.sort.next();
            app.library.reversed = false;
            reorder(app)
        }
        Action::SortReverse => {
            app.library.reversed = !app.library.reversed;
            reorder(app)
        }
        // What cannot be done now.
        _ => Vec::new(),
    }
}

/// A movement key while a line is typed.
pub(super) fn walk_by_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    match app.keymap.pressed(app.context(), &[Key::from(key)]) {
        Pressed::Action(action) => super::act(app, action),
        Pressed::Begun | Pressed::Nothing => Vec::new(),
    }
}

/// To the next or the last paper that the filter finds, from the last to the first.
fn hit(app: &mut App, rows: isize) -> Vec<Effect> {
    let len = app.library.rows.len() as isize;
    let effects = show(app, View::Library);
    if len == 0 {
        return effects;
    }
    let cursor = app.library.scroll.cursor as isize;
    walk(app, (cursor + rows).rem_euclid(len) - cursor)
}

fn switch_to(app: &mut App, pane: Pane) -> Vec<Effect> {
    if app.pane == pane {
        return Vec::new();
    }
    if pane == Pane::Library {
        // The neighbours' tab has no library.
        return show(app, View::Library);
    }
    app.pane = pane;
    app.abstract_offset = 0;
    Vec::new()
}

/// Clears the filter of the library, of the neighbours, or of what to read next.
pub(super) fn clear_filter(app: &mut App, prompt: Prompt) -> Vec<Effect> {
    if app.input_mut(prompt).value().is_empty() {
        return Vec::new();
    }
    app.input_mut(prompt).reset();
    match prompt {
        Prompt::Neighbours => ask_neighbours(app),
        Prompt::Next => next::filtered(app),
        _ => refilter(app),
    }
}

/// Moves the cursor of the pane in use.
fn walk(app: &mut App, rows: isize) -> Vec<Effect> {
    app.abstract_offset = 0;
    match app.pane {
        Pane::Library => {
            app.library.scroll.move_by(rows, app.library.rows.len());
            leave_trail(app);
            settle(app)
        }
        Pane::Neighbours => {
            let len = app.shown_neighbours().len();
            app.neighbours.scroll.move_by(rows, len);
            app.neighbours.scroll.fit(len, ui::heights(app).neighbours);
            Vec::new()
        }
    }
}

/// From the library into the neighbours, from a neighbour to its own neighbours.
pub(super) fn dive(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    if app.pane == Pane::Library {
        return switch_to(app, Pane::Neighbours);
    }
    let Some(neighbour) = app.shown_neighbours().get(app.neighbours.scroll.cursor) else {
        app.neighbours.dive = app.neighbours.asked.is_some();
        return Vec::new();
    };
    let id = app.snapshot.papers()[neighbour.paper].id;
    step(app, id);
    go_to(app, id)
}

/// The trail to another paper grows by the current one. Whoever leaves the list of the seeds comes back to it.
fn step(app: &mut App, to: PaperId) {
    if app.current == Some(to) {
        return;
    }
    if app.shows_seeds() {
        app.seeds.depth = app.trail.len();
    }
    app.trail.extend(app.current);
}

/// The library's cursor moves: no way led there.
pub(super) fn leave_trail(app: &mut App) {
    app.trail.clear();
    app.visits.clear();
}

/// To a paper of another view; the way back leads to that view again.
pub(super) fn visit(app: &mut App, id: PaperId) -> Vec<Effect> {
    remember_view(app);
    step(app, id);
    let index = app.snapshot.by_id(id);
    let hidden = !app.library.rows.iter().any(|&row| Some(row) == index);
    let mut effects = if hidden { clear_filter(app, Prompt::Filter) } else { Vec::new() };
    effects.extend(show(app, View::Library));
    effects.extend(go_to(app, id));
    effects
}

/// The way back leads to this view.
pub(super) fn remember_view(app: &mut App) {
    app.visits.push(Visit {
        view: app.view,
        pane: app.pane,
        paper: app.paper.of,
        depth: app.trail.len(),
    });
}

/// Back to the view that led here.
pub(super) fn leave(app: &mut App) -> Vec<Effect> {
    let visit = app.visits.pop_if(|visit| app.trail.len() <= visit.depth);
    match visit {
        Some(visit) => return_to(app, visit),
        None => show(app, View::Library),
    }
}

/// As it was when that was left.
fn return_to(app: &mut App, visit: Visit) -> Vec<Effect> {
    if let (View::Paper, Some(paper)) = (visit.view, visit.paper) {
        return super::paper::show_paper(app, paper);
    }
    let effects = show(app, visit.view);
    app.pane = visit.pane;
    effects
}

fn back(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    // Where the visit was to the paper that was in the centre already.
    if let Some(visit) = app.visits.pop_if(|visit| app.trail.len() <= visit.depth) {
        return show(app, visit.view);
    }
    let left = app.current;
    let mut effects = Vec::new();
    // A paper of the trail may have left the library since.
    while let Some(id) = app.trail.pop() {
        if app.snapshot.by_id(id).is_some() {
            effects = go_to(app, id);
            app.neighbours.left = left;
            break;
        }
    }
    if let Some(visit) = app.visits.pop_if(|visit| app.trail.len() <= visit.depth) {
        effects.extend(return_to(app, visit));
    } else if effects.is_empty() {
        effects = show(app, View::Library);
    }
    effects
}

/// Puts a paper in the centre; the library's cursor follows where the filter lets it.
pub(super) fn go_to(app: &mut App, id: PaperId) -> Vec<Effect> {
    app.current = Some(id);
    app.neighbours.left = None;
    let index = app.snapshot.by_id(id);
    if let Some(row) = app.library.rows.iter().position(|&paper| Some(paper) == index) {
        app.library.scroll.cursor = row;
        fit(app);
    }
    let mut effects = recentre(app);
    effects.extend(focus(app));
    effects
}

/// Puts the cursors of the lists on screen, as far as they are there: in another view nobody knows how
/// high they will be, and they are to be found as they were left.
fn fit(app: &mut App) {
    let heights = ui::heights(app);
    if app.view == View::Library {
        app.library.scroll.fit(app.library.rows.len(), heights.library);
    }
    if matches!(app.view, View::Library | View::Neighbours) {
        app.neighbours.scroll.fit(app.neighbours.items.len(), heights.neighbours);
    }
}

/// After anything that may have moved the library's cursor: the paper there is the current one,
/// its neighbours are asked for, its screen is embedded first.
pub(super) fn settle(app: &mut App) -> Vec<Effect> {
    fit(app);
    let row = app.library.rows.get(app.library.scroll.cursor);
    // A filter that lets nothing through leaves the current paper where it is.
    let at_cursor = row.map(|&paper| app.snapshot.papers()[paper].id);
    // Nor does it take the cursor of the map away, unless it is being typed there.
    let on_map = app.view == View::Map && app.mode == Mode::Normal && app.current.is_some();
    let moved = at_cursor.is_some() && at_cursor != app.current && app.trail.is_empty() && !on_map;
    let mut effects = Vec::new();
    if moved {
        app.current = at_cursor;
        app.abstract_offset = 0;
        effects = recentre(app);
    }
    effects.extend(focus(app));
    effects
}

/// Filters again: the cursor stays on the current paper, or goes to the first.
pub(super) fn refilter(app: &mut App) -> Vec<Effect> {
    app.library.scroll.cursor = 0;
    show_rows(app)
}

/// What is in the list may have changed: the cursor stays on the current paper, or if that is gone on
/// its row.
pub(super) fn show_rows(app: &mut App) -> Vec<Effect> {
    let at_cursor = app.current_index();
    let query = app.query(app.library.filter.value());
    let askable = app.askable();
    let mut effects = Vec::new();
    app.library.rows = if query.is_empty() {
        app.library.order.clone()
    } else if askable.is_ready(&query) {
        let shown = askable.select(&query);
        app.library.order.iter().copied().filter(|&paper| shown[paper]).collect()
    } else {
        // All, for as long as it takes.
        let generation = app.generations.next(Kind::Fold);
        effects.push(Effect::Fold { generation, query });
        app.library.order.clone()
    };
    if let Some(row) =
        at_cursor.and_then(|paper| app.library.rows.iter().position(|&row| row == paper))
    {
        app.library.scroll.cursor = row;
    }
    effects.extend(settle(app));
    effects
}

pub(super) fn reorder(app: &mut App) -> Vec<Effect> {
    let library = &mut app.library;
    library.order = app.listing.order(&app.snapshot, &app.marks, library.sort, library.reversed);
    show_rows(app)
}

/// Asks for the neighbours, once the words are indexed.
pub(super) fn ask_neighbours(app: &mut App) -> Vec<Effect> {
    let Some(wish) = app.wish() else {
        return Vec::new();
    };
    app.neighbours.asked = Some(wish.clone());
    app.neighbours.stale = false;
    let generation = app.generations.next(Kind::Neighbours);
    vec![Effect::Neighbours { generation, wish }]
}

/// Asks again because vectors came in; after the answer, where the same question is open already:
/// else batches faster than the ranking would put the answer off for ever.
pub(super) fn sharpen(app: &mut App) -> Vec<Effect> {
    let mut effects = search::sharpen(app);
    if app.neighbours.asked.is_some() && app.neighbours.asked == app.wish() {
        app.neighbours.stale = true;
    } else {
        effects.extend(ask_neighbours(app));
    }
    effects
}

/// The paper in the centre, then the neighbours and the rows on screen, are embedded first.
pub(super) fn focus(app: &App) -> Vec<Effect> {
    if app.snapshot.is_empty() || matches!(app.model, ModelState::Done | ModelState::Unwanted) {
        return Vec::new();
    }
    let heights = ui::heights(app);
    let rows = app.library.rows.iter().skip(app.library.scroll.offset).take(heights.library);
    let near = app
        .shown_neighbours()
        .iter()
        .skip(app.neighbours.scroll.offset)
        .take(heights.neighbours)
        .map(|neighbour| &neighbour.paper);
    let papers = app.snapshot.papers();
    let texts = app
        .current_index()
        .iter()
        .chain(near)
        .chain(rows)
        .filter(|&&paper| !app.has_vector.get(paper).copied().unwrap_or(false))
        .map(|&paper| papers[paper].text_hash)
        .collect();
    vec![Effect::Focus(texts)]
}
