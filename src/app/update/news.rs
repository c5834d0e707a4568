//! What news from background jobs changes.

use std::sync::Arc;

use super::lists::{ask_neighbours, focus, reorder, sharpen_neighbours};
use super::{ask_embed, clusters, load, map, next, papers};
use crate::app::effect::{Effect, MarksAct};
use crate::app::jobs::Kind;
use crate::app::retired::Retired;
use crate::app::state::{App, Mode, ModelState, Question, View};
use crate::event::News;
use crate::library::paper::Snapshot;
use crate::similarity::rank::Neighbour;
use crate::ui;

/// Takes news of the latest request of its kind in.
pub(super) fn hear(app: &mut App, kind: Kind, news: News) -> Vec<Effect> {
    match news {
        News::Loaded { snapshot, listing } => {
            let old = std::mem::replace(&mut app.listing, listing);
            let mut effects = replace_snapshot(app, snapshot);
            effects.push(Effect::Retire(Retired::new(old)));
            app.loading.shown = true;
            effects.extend(reorder(app));
            effects
        }
        News::LoadDone { findings, errors } => {
            app.loading.running = false;
            app.report.replace(findings);
            app.report.scroll.fit(app.report.findings.len(), ui::heights(app).report);
            if app.report.findings.is_empty() && app.view == View::Report {
                app.view = View::Library;
            }
            if !errors.is_empty() {
                app.error = Some(errors.join(" · "));
            }
            Vec::new()
        }
        News::Versions(versions) => {
            app.versions = versions;
            Vec::new()
        }
        News::Marks { marks, said, papers_changed } => {
            let changed = app.marks != marks;
            app.marks = marks;
            app.notice = said.or(app.notice.take());
            let mut effects = if papers_changed { load(app) } else { Vec::new() };
            if changed {
                effects.extend(next::sharpen(app));
            }
            effects
        }
        News::Next(advice) => next::advised(app, advice),
        News::Forgotten => load(app),
        News::Lexical(lexical) => {
            let old = app.lexical.replace(lexical);
            let mut effects = vec![Effect::Retire(Retired::new(old))];
            effects.extend(ask_neighbours(app));
            effects.extend(next::sharpen(app));
            effects
        }
        News::LexicalDone => clusters::ask_ground(app),
        News::Neighbours { of, neighbours } => {
            let stale = app.neighbours.stale;
            app.neighbours.asked = None;
            show_neighbours(app, of, neighbours);
            let mut effects = if stale { ask_neighbours(app) } else { Vec::new() };
            effects.extend(focus(app));
            effects
        }
        News::Downloading { done, total } => {
            app.model = ModelState::Downloading { done, total };
            Vec::new()
        }
        News::ModelReady { has_vector } => {
            app.has_vector = has_vector;
            app.model = ModelState::Starting;
            let mut effects = focus(app);
            effects.extend(ask_neighbours(app));
            effects.extend(clusters::sharpen(app));
            effects
        }
        News::Embedded { papers, progress } => {
            for paper in papers {
                if let Some(has_vector) = app.has_vector.get_mut(paper) {
                    *has_vector = true;
                }
            }
            app.model = ModelState::Embedding(progress);
            let mut effects = sharpen_neighbours(app);
            effects.extend(clusters::sharpen(app));
            effects
        }
        News::EmbeddingDone => {
            app.model = ModelState::Done;
            let mut effects = sharpen_neighbours(app);
            effects.extend(clusters::ask_ground(app));
            effects.extend(next::sharpen(app));
            effects
        }
        News::Ground(ground) => clusters::grounded(app, ground),
        News::Found(found) => clusters::found(app, found),
        News::Named => clusters::ask_clusters(app),
        News::Laid(laid) => map::laid(app, laid),
        News::NoModel => {
            app.model = ModelState::Unwanted;
            Vec::new()
        }
        News::ModelFailed(reason) => {
            app.model = ModelState::Failed(reason);
            Vec::new()
        }
        News::Failed(reason) => {
            failed(app, kind, reason);
            Vec::new()
        }
    }
}

/// A job failed: what it was to bring stays away, and the user is told why.
fn failed(app: &mut App, kind: Kind, reason: String) {
    match kind {
        Kind::Load => {
            app.loading.running = false;
            app.loading.failed = Some(reason);
        }
        Kind::Embed => app.model = ModelState::Failed(reason),
        Kind::Ground | Kind::Clusters => {
            app.clusters.grounding = false;
            app.clusters.finding = false;
            app.clusters.failed = Some(reason.clone());
            app.error = Some(reason);
        }
        Kind::Map => {
            app.map.laying = false;
            app.map.failed = Some(reason.clone());
            app.error = Some(reason);
        }
        Kind::Next => {
            app.next.asked = false;
            app.error = Some(reason);
        }
        Kind::Forget | Kind::Marks | Kind::Names => app.error = Some(reason),
        Kind::Lexical | Kind::Neighbours => {
            app.neighbours.asked = None;
            app.error = Some(reason);
        }
    }
}

/// The library changed: papers keep their identity, not their index, so what was computed over the old
/// one is computed anew, and what is still on its way is dropped. Meanwhile the neighbours that are on
/// screen stay, as far as they are still there.
fn replace_snapshot(app: &mut App, snapshot: Arc<Snapshot>) -> Vec<Effect> {
    let old = std::mem::replace(&mut app.snapshot, snapshot);
    let height = ui::heights(app).neighbours;
    let list = &mut app.neighbours;
    list.items.retain_mut(|neighbour| {
        let new = app.snapshot.by_id(old.papers()[neighbour.paper].id);
        neighbour.paper = new.unwrap_or_default();
        new.is_some()
    });
    list.scroll.fit(list.items.len(), height);
    list.asked = None;
    list.stale = false;
    app.generations.next(Kind::Neighbours);
    let papers = &app.snapshot;
    app.next.move_papers(|paper| papers.by_id(old.papers()[paper].id));
    app.next.stale = true;
    app.generations.next(Kind::Next);
    app.missing = app.snapshot.papers().iter().filter(|paper| paper.missing).count();
    if app.missing == 0 && app.mode == Mode::Confirm(Question::Forget) {
        app.mode = Mode::Normal;
    }
    app.versions = Arc::default();
    app.has_vector = vec![false; app.snapshot.len()];
    let retired = Retired::new((old, app.lexical.take()));
    clusters::forget(app);
    app.selection.papers.retain(|&id| app.snapshot.by_id(id).is_some());
    app.trail.retain(|&id| app.snapshot.by_id(id).is_some());
    app.current = app.current.filter(|&id| app.snapshot.by_id(id).is_some());
    let mut effects = vec![Effect::Lexical { generation: app.generations.next(Kind::Lexical) }];
    effects.extend(ask_embed(app));
    effects.extend(papers::marks(app, MarksAct::Read));
    effects.push(Effect::Retire(retired));
    effects
}

/// New neighbours of the paper in the centre. Where the same paper's list only sharpens, the cursor
/// stays on the neighbour that the reader is looking at.
fn show_neighbours(app: &mut App, of: usize, items: Vec<Neighbour>) {
    let Some(id) = app.snapshot.papers().get(of).map(|paper| paper.id) else {
        return;
    };
    let height = ui::heights(app).neighbours;
    let list = &mut app.neighbours;
    let reading = (list.of == Some(id) && list.scroll.cursor > 0)
        .then(|| list.items.get(list.scroll.cursor).map(|neighbour| neighbour.paper))
        .flatten();
    let cursor = reading.and_then(|paper| items.iter().position(|n| n.paper == paper));
    list.of = Some(id);
    list.items = items;
    list.scroll.cursor = cursor.unwrap_or(0);
    list.scroll.fit(list.items.len(), height);
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
}
