//! The map: asking for it, walking and looking around on it. Its cursor is the current paper.

use std::sync::Arc;

use super::lists::{clear_filter, go_to, leave, visit};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::map::{Laid, Scene};
use crate::app::retired::Retired;
use crate::app::state::{App, Mode, Prompt};
use crate::clusters::map::Point;
use crate::clusters::map::walk::{self, Direction};
use crate::library::paper::PaperId;
use crate::ui;

/// A key press magnifies by so much.
const ZOOM: f32 = 1.5;

/// And moves the map by this share of the pane.
const PAN: f32 = 0.2;

/// Asks for the map if the one that is shown is of another state of the library.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    let Some(ground) = &app.clusters.ground else {
        return Vec::new();
    };
    if app.map.laid.as_ref().is_some_and(|laid| Arc::ptr_eq(&laid.ground, ground)) {
        return Vec::new();
    }
    app.map.laying = true;
    vec![Effect::Map { generation: app.generations.next(Kind::Map) }]
}

/// The papers have a place.
pub(super) fn laid(app: &mut App, laid: Arc<Laid>) -> Vec<Effect> {
    app.map.laying = false;
    app.map.failed = None;
    let old = app.map.laid.replace(laid);
    app.map.fit(ui::map_size(app));
    recolour(app);
    follow(app);
    vec![Effect::Retire(Retired::new(old))]
}

/// Colours and names may have changed.
pub(super) fn recolour(app: &mut App) {
    if let (Some(laid), Some(found)) = (&app.map.laid, &app.clusters.found) {
        app.map.scene = Scene::new(laid, found);
    }
}

/// There are no papers any more.
pub(super) fn clear(app: &mut App) {
    app.map.laid = None;
    app.map.view = None;
    app.map.scene = Scene::default();
}

/// The map comes on screen.
pub(super) fn open(app: &mut App) {
    app.map.fit(ui::map_size(app));
    follow(app);
}

/// Moves the map so that the current paper is on screen.
fn follow(app: &mut App) {
    let place = app.current.and_then(|id| app.map.place(id));
    if let (Some(place), Some(view)) = (place, app.map.view) {
        app.map.view = Some(view.following(place));
    }
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Left => walk(app, Direction::Left),
        Action::Right => walk(app, Direction::Right),
        Action::Up => walk(app, Direction::Up),
        Action::Down => walk(app, Direction::Down),
        Action::Top => outermost(app, |point| point.y),
        Action::Bottom => outermost(app, |point| -point.y),
        Action::PageUp | Action::PanUp => pan(app, 0.0, PAN),
        Action::PageDown | Action::PanDown => pan(app, 0.0, -PAN),
        Action::PanLeft => pan(app, -PAN, 0.0),
        Action::PanRight => pan(app, PAN, 0.0),
        Action::ZoomIn => zoom(app, ZOOM),
        Action::ZoomOut => zoom(app, 1.0 / ZOOM),
        Action::WholeMap => zoom(app, 0.0),
        Action::Dive => match app.current {
            Some(id) => visit(app, id),
            None => Vec::new(),
        },
        Action::Filter => {
            app.mode = Mode::Prompt(Prompt::Filter);
            Vec::new()
        }
        Action::NextHit if app.can(action) => hit(app, 1),
        Action::PreviousHit if app.can(action) => hit(app, -1),
        Action::Clear => clear_filter(app, Prompt::Filter),
        Action::Back => leave(app),
        _ => Vec::new(),
    }
}

/// To a paper on the map; the rest of the screen follows.
fn step_to(app: &mut App, id: PaperId) -> Vec<Effect> {
    app.trail.clear();
    let effects = go_to(app, id);
    follow(app);
    effects
}

/// To the nearest paper in a direction, as often as the count says.
fn walk(app: &mut App, direction: Direction) -> Vec<Effect> {
    let Some((laid, view)) = app.map.laid.clone().zip(app.map.view) else {
        return Vec::new();
    };
    let papers = laid.ground.snapshot.papers();
    let Some(mut at) = app.current.and_then(|id| laid.index(id)) else {
        // The current paper is not on the map: begin in the middle.
        let middle = laid.nearest(view.middle());
        return middle.map_or_else(Vec::new, |id| step_to(app, id));
    };
    let mut reached = None;
    for _ in 0..app.count.unwrap_or(1) {
        let Some(next) = walk::next(&laid.points, at, direction) else {
            break;
        };
        at = next;
        // Papers that have left the library are passed over.
        let id = papers[at].id;
        reached = app.snapshot.by_id(id).map(|_| id).or(reached);
    }
    reached.map_or_else(Vec::new, |id| step_to(app, id))
}

/// To the paper nearest to a dot of the pane.
pub(super) fn go_to_dot(app: &mut App, dot: (f32, f32)) -> Vec<Effect> {
    let nearest = app.map.laid.as_ref().zip(app.map.view);
    let nearest = nearest.and_then(|(laid, view)| laid.nearest(view.point(dot)));
    let here = nearest.filter(|&id| app.snapshot.by_id(id).is_some());
    here.map_or_else(Vec::new, |id| step_to(app, id))
}

/// Magnifies, or shows more, around a dot of the pane.
pub(super) fn zoom_at(app: &mut App, larger: bool, dot: (f32, f32)) {
    let factor = if larger { ZOOM } else { 1.0 / ZOOM };
    app.map.view = app.map.view.map(|view| view.zoomed(factor, view.point(dot)));
}

/// Moves the map along with the mouse, by columns and rows.
pub(super) fn drag(app: &mut App, (columns, rows): (f32, f32)) {
    let (width, height) = ui::map_size(app);
    let (right, up) = (-columns / f32::from(width), rows / f32::from(height));
    app.map.view = app.map.view.map(|view| view.panned(right, up));
}

/// To the paper for which something is greatest.
fn outermost(app: &mut App, along: impl Fn(Point) -> f32) -> Vec<Effect> {
    let Some(laid) = app.map.laid.clone() else {
        return Vec::new();
    };
    let papers = laid.ground.snapshot.papers();
    let here = (0..papers.len()).filter(|&paper| app.snapshot.by_id(papers[paper].id).is_some());
    let most = here.max_by(|&a, &b| along(laid.points[a]).total_cmp(&along(laid.points[b])));
    most.map_or_else(Vec::new, |paper| step_to(app, papers[paper].id))
}

/// To the next or the last paper that the filter finds, from the last to the first.
fn hit(app: &mut App, by: isize) -> Vec<Effect> {
    let rows = &app.library.rows;
    if rows.is_empty() {
        return Vec::new();
    }
    let at = (app.library.scroll.cursor as isize + by).rem_euclid(rows.len() as isize);
    let id = app.snapshot.papers()[rows[at as usize]].id;
    step_to(app, id)
}

fn pan(app: &mut App, right: f32, up: f32) -> Vec<Effect> {
    let times = app.count.unwrap_or(1).min(1000) as f32;
    app.map.view = app.map.view.map(|view| view.panned(right * times, up * times));
    Vec::new()
}

/// Magnifies around the current paper, or around the middle where that is not on screen.
fn zoom(app: &mut App, factor: f32) -> Vec<Effect> {
    let place = app.current.and_then(|id| app.map.place(id));
    app.map.view = app.map.view.map(|view| {
        let around = place.filter(|&place| view.shows(place));
        view.zoomed(factor, around.unwrap_or_else(|| view.middle()))
    });
    Vec::new()
}
