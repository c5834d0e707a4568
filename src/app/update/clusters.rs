//! The clusters: asking for them, walking through them and their papers, renaming them.

use std::sync::Arc;

use super::lists::{leave, remember_view, settle, visit as visit_paper};
use super::{inbox, lists, map, next, rows, search, show};
use crate::app::action::Action;
use crate::app::clusters::{Order, Pane};
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::next::Source;
use crate::app::retired::Retired;
use crate::app::seeds::Seeds;
use crate::app::state::{App, Mode, ModelState, Prompt, View};
use crate::clusters::subjects::{Found, Ground, Row};
use crate::clusters::{STEP, is_resolution};
use crate::ui;

/// Clusters are found anew whenever so many parts of the library got vectors, and at the end: a graph of
/// a large library takes a second of both cores.
const PARTS: usize = 5;

/// Asks which papers are alike, as far as is known now; clusters and map follow.
pub(super) fn ask_ground(app: &mut App) -> Vec<Effect> {
    if app.lexical.is_none() || app.snapshot.is_empty() {
        return Vec::new();
    }
    app.clusters.grounding = true;
    app.clusters.vectors = vectors(app);
    let complete = app.model == ModelState::Done;
    vec![Effect::Ground { generation: app.generations.next(Kind::Ground), complete }]
}

/// Asks again if many more papers have vectors than when that was asked for last.
pub(super) fn sharpen(app: &mut App) -> Vec<Effect> {
    let (then, now) = (app.clusters.vectors, vectors(app));
    let many = (app.snapshot.len() / PARTS).max(1);
    if now > 0 && (then == 0 || now >= then + many) { ask_ground(app) } else { Vec::new() }
}

fn vectors(app: &App) -> usize {
    app.has_vector.iter().filter(|&&has| has).count()
}

/// The library changed: what is on its way is dropped, what is shown stays until there is better.
pub(super) fn forget(app: &mut App) {
    for kind in [Kind::Ground, Kind::Clusters, Kind::Map] {
        app.generations.next(kind);
    }
    let clusters = &mut app.clusters;
    (clusters.grounding, clusters.finding, clusters.vectors) = (false, false, 0);
    app.map.laying = false;
    if app.snapshot.is_empty() {
        clusters.ground = None;
        clusters.replace(None);
        map::clear(app);
    }
}

/// It is known which papers are alike.
pub(super) fn grounded(app: &mut App, ground: Arc<Ground>) -> Vec<Effect> {
    app.clusters.grounding = false;
    app.clusters.failed = None;
    let old = app.clusters.ground.replace(ground);
    let mut effects = vec![Effect::Retire(Retired::new(old))];
    effects.extend(ask_clusters(app));
    effects
}

/// Asks for the clusters at the resolution that the user wants.
pub(super) fn ask_clusters(app: &mut App) -> Vec<Effect> {
    if app.clusters.ground.is_none() {
        return Vec::new();
    }
    app.clusters.finding = true;
    let generation = app.generations.next(Kind::Clusters);
    vec![Effect::Clusters { generation, resolution: app.clusters.resolution }]
}

/// Clusters were found.
pub(super) fn found(app: &mut App, found: Arc<Found>) -> Vec<Effect> {
    app.clusters.finding = false;
    let old = app.clusters.replace(Some(found));
    let mut effects = vec![Effect::Retire(Retired::new(old))];
    fit(app);
    map::recolour(app);
    effects.extend(map::ask(app));
    effects.extend(next::sharpen(app));
    effects.extend(inbox::sharpen(app));
    effects
}

/// Puts the cursors on screen.
pub(super) fn fit(app: &mut App) {
    let heights = ui::cluster_heights(app);
    let tree = &mut app.clusters;
    tree.scroll.fit(tree.rows.len(), heights.tree);
    tree.paper_scroll.fit(tree.papers.len(), heights.papers);
}

/// To the cluster that a paper is in; `back` returns.
pub(super) fn visit(app: &mut App) -> Vec<Effect> {
    let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
        return Vec::new();
    };
    let Some(row) = app.clusters.row_of(paper) else {
        return Vec::new();
    };
    let tree = &mut app.clusters;
    tree.go_to(row);
    tree.paper_scroll.cursor =
        tree.papers.iter().position(|&other| other == paper).unwrap_or_default();
    tree.pane = Pane::Tree;
    if app.view != View::Clusters {
        remember_view(app);
    }
    show(app, View::Clusters)
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let heights = ui::cluster_heights(app);
    let height = match app.clusters.pane {
        Pane::Tree => heights.tree,
        Pane::Papers => heights.papers,
    };
    if let Some(rows) = rows(app, action, height) {
        walk(app, rows);
        return Vec::new();
    }
    match action {
        Action::SwitchPane => {
            let to = if app.clusters.pane == Pane::Tree { Pane::Papers } else { Pane::Tree };
            switch_to(app, to);
        }
        Action::Dive => match app.clusters.pane {
            Pane::Tree => switch_to(app, Pane::Papers),
            Pane::Papers => return app.clusters.paper().map_or_else(Vec::new, |id| dive(app, id)),
        },
        Action::Right if app.clusters.pane == Pane::Tree && app.clusters.expand() => {}
        Action::Right => switch_to(app, Pane::Papers),
        Action::Left if app.clusters.pane == Pane::Tree => app.clusters.collapse(),
        Action::Left => switch_to(app, Pane::Tree),
        Action::Clear if app.clusters.bridge.take().is_some() => {}
        Action::Back | Action::Clear if app.clusters.pane == Pane::Papers => {
            switch_to(app, Pane::Tree);
        }
        Action::Back => {
            return leave(app);
        }
        Action::Finer => return step(app, STEP),
        Action::Coarser => return step(app, 1.0 / STEP),
        Action::RenameCluster if app.can(action) => {
            let name = app.clusters.found.as_ref().zip(app.clusters.row());
            let name = name.and_then(|(found, row)| found.subject(row)?.name.clone());
            app.line = name.unwrap_or_default().into();
            app.mode = Mode::Prompt(Prompt::ClusterName);
        }
        Action::ClusterNext | Action::ClusterNeighbours | Action::ClusterSearch
            if app.can(action) =>
        {
            return seed(app, action);
        }
        Action::ClusterBridge if app.can(action) => return bridge(app),
        Action::ClusterOrder => {
            app.clusters.order = match app.clusters.order {
                Order::Centrality => Order::Date,
                Order::Date => Order::Centrality,
            };
            app.clusters.list_papers();
        }
        _ => {}
    }
    fit(app);
    Vec::new()
}

fn walk(app: &mut App, rows: isize) {
    let tree = &mut app.clusters;
    match tree.pane {
        Pane::Tree => {
            tree.scroll.move_by(rows, tree.rows.len());
            tree.begin_papers();
        }
        Pane::Papers => tree.paper_scroll.move_by(rows, tree.papers.len()),
    }
    app.abstract_offset = 0;
    fit(app);
}

fn switch_to(app: &mut App, pane: Pane) {
    if pane == Pane::Tree || !app.clusters.papers.is_empty() {
        app.clusters.pane = pane;
        app.abstract_offset = 0;
    }
}

/// Shows the parts of the cluster under the cursor, or hides them.
pub(super) fn fold(app: &mut App) {
    if !app.clusters.expand() {
        app.clusters.collapse();
    }
    fit(app);
}

fn dive(app: &mut App, id: crate::library::paper::PaperId) -> Vec<Effect> {
    if app.snapshot.by_id(id).is_none() {
        return Vec::new();
    }
    visit_paper(app, id)
}

/// The most central papers of a cluster stand for it: so many.
const SPOKESMEN: usize = 8;

/// Begins something from the cluster under the cursor; the way back leads here.
fn seed(app: &mut App, action: Action) -> Vec<Effect> {
    let Some((found, row)) = app.clusters.found.clone().zip(app.clusters.row()) else {
        return Vec::new();
    };
    let (Some(key), Some(subject)) = (found.key(row), found.subject(row)) else {
        return Vec::new();
    };
    remember_view(app);
    match action {
        Action::ClusterNext => next::show_source(app, Source::Cluster(key)),
        Action::ClusterSearch => {
            app.search.input = subject.names().join(" ").into();
            let mut effects = search::open(app);
            effects.extend(search::typed(app));
            effects
        }
        _ => {
            let papers = found.ground.snapshot.papers();
            let central = found.papers(row).iter().take(SPOKESMEN).map(|&paper| papers[paper].id);
            app.seeds = Seeds { like: central.collect(), ..Seeds::default() };
            app.seeds.retain(|id| app.snapshot.by_id(id).is_some());
            app.trail.clear();
            let mut effects = show(app, View::Neighbours);
            effects.extend(lists::ask_neighbours(app));
            effects
        }
    }
}

/// One end of a bridge, then the other: what is close to both.
fn bridge(app: &mut App) -> Vec<Effect> {
    let found = app.clusters.found.as_ref().zip(app.clusters.row());
    let Some(here) = found.and_then(|(found, row)| found.key(row)) else {
        return Vec::new();
    };
    match app.clusters.bridge.take() {
        Some(from) if from != here => {
            remember_view(app);
            next::show_source(app, Source::Between([from, here]))
        }
        Some(_) => Vec::new(),
        None => {
            app.clusters.bridge = Some(here);
            Vec::new()
        }
    }
}

/// More and smaller clusters, or fewer and larger ones.
fn step(app: &mut App, factor: f64) -> Vec<Effect> {
    let resolution = app.clusters.resolution * factor;
    if !is_resolution(resolution) || app.clusters.ground.is_none() {
        return Vec::new();
    }
    app.clusters.resolution = resolution;
    ask_clusters(app)
}

/// The user's name for the cluster under the cursor; an empty one brings its label back.
pub(super) fn name(app: &mut App, name: String) -> Vec<Effect> {
    let Some(row) = app.clusters.row().filter(|&row| row != Row::Loose) else {
        return Vec::new();
    };
    let name = Some(name).filter(|name| !name.is_empty());
    let generation = app.generations.next(Kind::Names);
    let mut effects = vec![Effect::NameCluster { generation, row, name }];
    effects.extend(settle(app));
    effects
}
