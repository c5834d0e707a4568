//! The only place where the state of the screen changes.

mod news;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::backend::crossterm::EventHandler;

use crate::app::action::{Action, Context};
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::keymap::Key;
use crate::app::state::{App, Mode, ModelState, Pane, View};
use crate::event::Msg;
use crate::library::paper::PaperId;
use crate::library::query::Known;
use crate::ui;

/// Takes a message in and answers with what is to be done.
#[must_use]
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Terminate => vec![Effect::Quit],
        Msg::FilesChanged => load(app),
        Msg::Edited(error) => {
            app.error = error;
            load(app)
        }
        Msg::Input(event) => input(app, &event),
        Msg::Job { kind, generation, news } => {
            if app.generations.is_latest(kind, generation) {
                news::hear(app, kind, *news)
            } else {
                Vec::new()
            }
        }
    }
}

/// What to do first.
#[must_use]
pub fn start(app: &mut App) -> Vec<Effect> {
    load(app)
}

fn load(app: &mut App) -> Vec<Effect> {
    app.loading.running = true;
    vec![Effect::Load { generation: app.generations.next(Kind::Load) }]
}

fn input(app: &mut App, event: &Event) -> Vec<Effect> {
    match event {
        Event::Resize(columns, rows) => {
            app.size = (*columns, *rows);
            app.help_offset = app.help_offset.min(ui::help_overflow(app.size));
            app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
            app.report.scroll.fit(app.report.findings.len(), ui::heights(app.size).report);
            settle(app)
        }
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            app.error = None;
            let pressed = Key::from(*key);
            match app.mode {
                // The way out, whatever the user's keys are.
                _ if is_ctrl_c(*key) && app.keymap.action(Context::Lists, pressed).is_none() => {
                    vec![Effect::Quit]
                }
                Mode::Filter => typed(app, event, *key),
                Mode::Forget => {
                    app.mode = Mode::Normal;
                    if key.code == KeyCode::Char('y') {
                        vec![Effect::Forget { generation: app.generations.next(Kind::Forget) }]
                    } else {
                        Vec::new()
                    }
                }
                Mode::Help | Mode::Normal => {
                    let context = app.context();
                    match (app.keymap.action(context, pressed), context) {
                        (None, _) => Vec::new(),
                        (Some(action), Context::Help) => in_help(app, action),
                        (Some(action), Context::Report) => in_report(app, action),
                        (Some(action), Context::Lists) => act(app, action),
                    }
                }
            }
        }
        Event::Paste(text) if app.mode == Mode::Filter => {
            for c in text.chars().filter(|c| !c.is_control()) {
                app.library.filter.handle(tui_input::InputRequest::InsertChar(c));
            }
            refilter(app)
        }
        _ => Vec::new(),
    }
}

fn is_ctrl_c(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// A key while the filter is being typed.
fn typed(app: &mut App, event: &Event, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        _ if is_ctrl_c(key) => vec![Effect::Quit],
        KeyCode::Enter => {
            app.mode = Mode::Normal;
            Vec::new()
        }
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            clear_filter(app)
        }
        // The list can be walked without leaving the filter.
        KeyCode::Down | KeyCode::Up | KeyCode::PageDown | KeyCode::PageUp => {
            (app.keymap.action(Context::Lists, Key::from(key)))
                .map_or_else(Vec::new, |action| act(app, action))
        }
        _ => {
            let changed = app.library.filter.handle_event(event).is_some_and(|c| c.value);
            if changed {
                app.trail.clear();
                refilter(app)
            } else {
                Vec::new()
            }
        }
    }
}

fn in_help(app: &mut App, action: Action) -> Vec<Effect> {
    let page = usize::from(app.size.1 / 2);
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Help | Action::Clear => app.mode = Mode::Normal,
        Action::Down => app.help_offset += 1,
        Action::Up => app.help_offset = app.help_offset.saturating_sub(1),
        Action::PageDown => app.help_offset += page,
        Action::PageUp => app.help_offset = app.help_offset.saturating_sub(page),
        Action::Top => app.help_offset = 0,
        Action::Bottom => app.help_offset = usize::MAX,
        _ => {}
    }
    app.help_offset = app.help_offset.min(ui::help_overflow(app.size));
    Vec::new()
}

/// Rows that a movement goes in a list of which so many are on screen.
fn rows(action: Action, height: usize) -> Option<isize> {
    let page = height.saturating_sub(1).max(1) as isize;
    Some(match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}

fn help(app: &mut App) -> Vec<Effect> {
    app.mode = Mode::Help;
    app.help_offset = 0;
    Vec::new()
}

fn edit(app: &App) -> Vec<Effect> {
    let place = app.place().map(|(file, line)| Effect::Edit { file: file.to_owned(), line });
    place.into_iter().collect()
}

fn in_report(app: &mut App, action: Action) -> Vec<Effect> {
    let height = ui::heights(app.size).report;
    if let Some(rows) = rows(action, height) {
        let len = app.report.findings.len();
        app.report.scroll.move_by(rows, len);
        app.report.scroll.fit(len, height);
        return Vec::new();
    }
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Help => return help(app),
        Action::Edit | Action::Dive => return edit(app),
        Action::Report | Action::Back | Action::Clear => app.view = View::Library,
        _ => {}
    }
    Vec::new()
}

fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let heights = ui::heights(app.size);
    let height = match app.pane {
        Pane::Library => heights.library,
        Pane::Neighbours => heights.neighbours,
    };
    if let Some(rows) = rows(action, height) {
        return walk(app, rows);
    }
    match action {
        Action::Quit => vec![Effect::Quit],
        Action::Help => help(app),
        Action::Report if app.can(action) => {
            app.view = View::Report;
            app.report.scroll.fit(app.report.findings.len(), heights.report);
            Vec::new()
        }
        Action::Edit => edit(app),
        Action::ForgetMissing if app.can(action) => {
            app.mode = Mode::Forget;
            Vec::new()
        }
        Action::SwitchPane => match app.pane {
            Pane::Library => switch_to(app, Pane::Neighbours),
            Pane::Neighbours => switch_to(app, Pane::Library),
        },
        Action::ToLibrary => switch_to(app, Pane::Library),
        Action::ToNeighbours => switch_to(app, Pane::Neighbours),
        Action::Dive => dive(app),
        Action::Back => back(app),
        Action::Filter => {
            app.mode = Mode::Filter;
            app.pane = Pane::Library;
            Vec::new()
        }
        Action::Clear => clear_filter(app),
        Action::SortNext => {
            app.library.sort = app.library.sort.next();
            app.library.reversed = false;
            reorder(app)
        }
        Action::SortReverse => {
            app.library.reversed = !app.library.reversed;
            reorder(app)
        }
        Action::NextRanking => {
            app.ranking = app.ranking.next();
            app.abstract_offset = 0;
            ask_neighbours(app)
        }
        Action::AbstractDown => {
            app.abstract_offset = (app.abstract_offset + 1).min(ui::abstract_overflow(app));
            Vec::new()
        }
        Action::AbstractUp => {
            app.abstract_offset = app.abstract_offset.saturating_sub(1);
            Vec::new()
        }
        Action::PauseEmbedding if app.can(action) => {
            app.paused = !app.paused;
            vec![Effect::Pause(app.paused)]
        }
        Action::RetryModel if app.can(action) => ask_embed(app),
        // What cannot be done now, and the movements, which were dealt with above.
        _ => Vec::new(),
    }
}

fn switch_to(app: &mut App, pane: Pane) -> Vec<Effect> {
    if app.pane != pane {
        app.pane = pane;
        app.abstract_offset = 0;
    }
    Vec::new()
}

fn clear_filter(app: &mut App) -> Vec<Effect> {
    if app.library.filter.value().is_empty() {
        return Vec::new();
    }
    app.library.filter.reset();
    refilter(app)
}

/// Moves the cursor of the pane in use.
fn walk(app: &mut App, rows: isize) -> Vec<Effect> {
    app.abstract_offset = 0;
    match app.pane {
        Pane::Library => {
            app.library.scroll.move_by(rows, app.library.rows.len());
            app.trail.clear();
            settle(app)
        }
        Pane::Neighbours => {
            let len = app.shown_neighbours().len();
            app.neighbours.scroll.move_by(rows, len);
            app.neighbours.scroll.fit(len, ui::heights(app.size).neighbours);
            Vec::new()
        }
    }
}

/// From the library into the neighbours, from a neighbour to its own neighbours.
fn dive(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    if app.pane == Pane::Library {
        return switch_to(app, Pane::Neighbours);
    }
    let Some(neighbour) = app.shown_neighbours().get(app.neighbours.scroll.cursor) else {
        return Vec::new();
    };
    let id = app.snapshot.papers()[neighbour.paper].id;
    app.trail.extend(app.current);
    go_to(app, id)
}

fn back(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    // A paper of the trail may have left the library since.
    while let Some(id) = app.trail.pop() {
        if app.snapshot.by_id(id).is_some() {
            return go_to(app, id);
        }
    }
    app.pane = Pane::Library;
    Vec::new()
}

/// Puts a paper in the centre; the library's cursor follows where the filter lets it.
fn go_to(app: &mut App, id: PaperId) -> Vec<Effect> {
    app.current = Some(id);
    let index = app.snapshot.by_id(id);
    if let Some(row) = app.library.rows.iter().position(|&paper| Some(paper) == index) {
        app.library.scroll.cursor = row;
        let len = app.library.rows.len();
        app.library.scroll.fit(len, ui::heights(app.size).library);
    }
    let mut effects = ask_neighbours(app);
    effects.extend(focus(app));
    effects
}

/// After anything that may have moved the library's cursor: the paper there is the current one,
/// its neighbours are asked for, its screen is embedded first.
fn settle(app: &mut App) -> Vec<Effect> {
    let heights = ui::heights(app.size);
    app.library.scroll.fit(app.library.rows.len(), heights.library);
    app.neighbours.scroll.fit(app.neighbours.items.len(), heights.neighbours);
    let row = app.library.rows.get(app.library.scroll.cursor);
    // A filter that lets nothing through leaves the current paper where it is.
    let at_cursor = row.map(|&paper| app.snapshot.papers()[paper].id);
    let moved = at_cursor.is_some() && at_cursor != app.current && app.trail.is_empty();
    let mut effects = Vec::new();
    if moved {
        app.current = at_cursor;
        app.abstract_offset = 0;
        effects = ask_neighbours(app);
    }
    effects.extend(focus(app));
    effects
}

/// Filters again: the cursor stays on the current paper, or goes to the first.
fn refilter(app: &mut App) -> Vec<Effect> {
    app.library.scroll.cursor = 0;
    show_rows(app)
}

/// What is in the list may have changed: the cursor stays on the current paper, or if that is gone on
/// its row.
fn show_rows(app: &mut App) -> Vec<Effect> {
    let at_cursor = app.current_index();
    let has_vector = |paper: usize| app.has_vector.get(paper).copied().unwrap_or(false);
    let known = Known { marks: None, has_vector: Some(&has_vector) };
    app.library.rows =
        app.listing.filter(&app.snapshot, &app.library.order, app.library.filter.value(), &known);
    if let Some(row) =
        at_cursor.and_then(|paper| app.library.rows.iter().position(|&row| row == paper))
    {
        app.library.scroll.cursor = row;
    }
    settle(app)
}

fn reorder(app: &mut App) -> Vec<Effect> {
    let library = &mut app.library;
    library.order = app.listing.order(&app.snapshot, library.sort, library.reversed);
    show_rows(app)
}

/// Asks for the neighbours of the current paper, once the words are indexed.
fn ask_neighbours(app: &mut App) -> Vec<Effect> {
    let (Some(of), true) = (app.current_index(), app.lexical.is_some()) else {
        return Vec::new();
    };
    app.neighbours.asked = Some((of, app.ranking));
    app.neighbours.stale = false;
    let generation = app.generations.next(Kind::Neighbours);
    vec![Effect::Neighbours { generation, of, ranking: app.ranking }]
}

/// Asks again because vectors came in; after the answer, where the same question is open already:
/// else batches faster than the ranking would put the answer off for ever.
fn sharpen_neighbours(app: &mut App) -> Vec<Effect> {
    match (app.neighbours.asked, app.current_index()) {
        (Some((of, ranking)), Some(current)) if of == current && ranking == app.ranking => {
            app.neighbours.stale = true;
            Vec::new()
        }
        _ => ask_neighbours(app),
    }
}

fn ask_embed(app: &mut App) -> Vec<Effect> {
    app.model = ModelState::Opening;
    vec![Effect::Embed { generation: app.generations.next(Kind::Embed) }]
}

/// The paper in the centre, then the neighbours and the rows on screen, are embedded first.
fn focus(app: &App) -> Vec<Effect> {
    if app.snapshot.is_empty() || matches!(app.model, ModelState::Done | ModelState::Unwanted) {
        return Vec::new();
    }
    let heights = ui::heights(app.size);
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
