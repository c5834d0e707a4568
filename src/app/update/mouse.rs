//! The mouse: a click is to a list what the keys are that lead to a row, and two clicks are Enter.

use std::time::Instant;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::lists::{leave_trail, settle};
use super::{act, chosen, clusters, finder, fit, forget_dive, map};
use crate::app::action::Action;
use crate::app::clusters::Pane as ClusterPane;
use crate::app::effect::Effect;
use crate::app::mouse::Dragged;
use crate::app::scroll::Scroll;
use crate::app::state::{App, Mode, Pane, Prompt};
use crate::ui;
use crate::ui::hit::{self, List, Spot};

/// Rows that a step of the wheel goes.
const STEP: isize = 3;

pub(super) fn hear(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    let place = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => pressed(app, place),
        MouseEventKind::Drag(MouseButton::Left) => dragged(app, place),
        MouseEventKind::Up(MouseButton::Left) => {
            app.mouse.dragged = None;
            Vec::new()
        }
        MouseEventKind::ScrollDown => turned(app, place, STEP),
        MouseEventKind::ScrollUp => turned(app, place, -STEP),
        _ => Vec::new(),
    }
}

fn pressed(app: &mut App, place: (u16, u16)) -> Vec<Effect> {
    let is_second = app.mouse.click(Instant::now(), place);
    app.error = None;
    app.notice = None;
    app.pending.clear();
    app.count = None;
    forget_dive(app);
    let mut effects = chosen::close_welcome(app);
    effects.extend(pressed_on(app, place, is_second));
    effects
}

fn pressed_on(app: &mut App, place: (u16, u16), is_second: bool) -> Vec<Effect> {
    let spot = hit::spot(app, place);
    match app.mode {
        Mode::Prompt(Prompt::Search) if spot == Spot::Sought => return Vec::new(),
        Mode::Prompt(Prompt::Search | Prompt::Filter | Prompt::Neighbours | Prompt::Next) => {
            app.mode = Mode::Normal;
        }
        // What needs an answer stays until a key gives one.
        Mode::Prompt(_) | Mode::Confirm(_) | Mode::Columns => return Vec::new(),
        Mode::Normal | Mode::Finder => {}
    }
    if app.mode == Mode::Normal
        && let Some(divider) = hit::divider(app, place)
    {
        app.mouse.dragged = Some(Dragged::Divider(divider));
        return Vec::new();
    }
    match spot {
        Spot::Tab(action) => act(app, action),
        Spot::Sought => act(app, Action::Search),
        Spot::Map(dot) => {
            app.mouse.dragged = Some(Dragged::Map(place));
            let mut effects = map::go_to_dot(app, dot);
            if is_second {
                effects.extend(act(app, Action::Dive));
            }
            effects
        }
        Spot::Fold(row) => {
            let effects = go_to_row(app, List::Clusters, row);
            clusters::fold(app);
            effects
        }
        Spot::Row(List::Finder, Some(row)) => {
            app.finder.scroll.cursor = row;
            if is_second { finder::choose(app) } else { Vec::new() }
        }
        Spot::Row(list, row) => {
            let mut effects = focus(app, list);
            if let Some(row) = row {
                effects.extend(go_to_row(app, list, row));
                if is_second {
                    effects.extend(act(app, Action::Dive));
                }
            }
            effects
        }
        Spot::Nothing if app.mode == Mode::Finder => {
            app.mode = Mode::Normal;
            Vec::new()
        }
        Spot::Paper | Spot::Nothing => Vec::new(),
    }
}

/// The keys go to this list from now on.
fn focus(app: &mut App, list: List) -> Vec<Effect> {
    match list {
        List::Library if app.pane != Pane::Library => act(app, Action::ToLibrary),
        List::Neighbours if app.pane != Pane::Neighbours => act(app, Action::ToNeighbours),
        List::Clusters if app.clusters.pane != ClusterPane::Tree => act(app, Action::SwitchPane),
        List::ClusterPapers if app.clusters.pane != ClusterPane::Papers => {
            act(app, Action::SwitchPane)
        }
        _ => Vec::new(),
    }
}

/// Moves the cursor of a list to a row, as the keys would.
fn go_to_row(app: &mut App, list: List, row: usize) -> Vec<Effect> {
    let mut effects = focus(app, list);
    let (Scroll { cursor, .. }, ..) = hit::extent(app, list);
    app.count = Some(row.abs_diff(cursor));
    effects.extend(act(app, if row < cursor { Action::Up } else { Action::Down }));
    app.count = None;
    effects
}

fn dragged(app: &mut App, place: (u16, u16)) -> Vec<Effect> {
    match app.mouse.dragged {
        Some(Dragged::Divider(divider)) => {
            if let Some(share) = hit::share(app, divider, place) {
                app.mouse.shares.set(divider, share);
            }
            fit(app)
        }
        Some(Dragged::Map(from)) => {
            app.mouse.dragged = Some(Dragged::Map(place));
            let by = |from: u16, to: u16| f32::from(to) - f32::from(from);
            map::drag(app, (by(from.0, place.0), by(from.1, place.1)));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The wheel was turned by so many rows over a place.
fn turned(app: &mut App, place: (u16, u16), rows: isize) -> Vec<Effect> {
    match hit::spot(app, place) {
        Spot::Row(list, _) => scroll(app, list, rows),
        Spot::Fold(_) => scroll(app, List::Clusters, rows),
        Spot::Paper => {
            let offset = app.abstract_offset.saturating_add_signed(rows);
            app.abstract_offset = offset.min(ui::abstract_overflow(app));
            Vec::new()
        }
        Spot::Map(dot) => {
            map::zoom_at(app, rows < 0, dot);
            Vec::new()
        }
        Spot::Tab(_) | Spot::Sought | Spot::Nothing => Vec::new(),
    }
}

fn scroll(app: &mut App, list: List, rows: isize) -> Vec<Effect> {
    let (mut scroll, len, height) = hit::extent(app, list);
    let before = scroll.cursor;
    scroll.scroll_by(rows, len, height);
    let moved = scroll.cursor != before;
    let own = match list {
        List::Library => &mut app.library.scroll,
        List::Neighbours => &mut app.neighbours.scroll,
        List::Found => &mut app.search.scroll,
        List::Clusters => &mut app.clusters.scroll,
        List::ClusterPapers => &mut app.clusters.paper_scroll,
        List::Next => &mut app.next.scroll,
        List::Inbox => &mut app.inbox.scroll,
        List::Report => &mut app.report.scroll,
        List::Jobs => &mut app.tasks.scroll,
        List::Finder => &mut app.finder.scroll,
    };
    *own = scroll;
    if moved {
        app.abstract_offset = 0;
    }
    match list {
        List::Library => {
            if moved {
                leave_trail(app);
            }
            settle(app)
        }
        List::Clusters if moved => {
            app.clusters.begin_papers();
            clusters::fit(app);
            Vec::new()
        }
        _ => Vec::new(),
    }
}
