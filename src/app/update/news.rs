//! What news from background jobs changes.

use std::sync::Arc;

use super::lists::{ask_neighbours, dive, focus, reorder, sharpen, show_rows};
use super::{
    ask_embed, chosen, clusters, inbox, load, map, next, paper, papers, search, tasks, why,
};
use crate::app::effect::{Effect, MarksAct};
use crate::app::jobs::Kind;
use crate::app::neighbours::{self, Centre};
use crate::app::paper::EntryText;
use crate::app::retired::Retired;
use crate::app::state::{App, Mode, ModelState, Question, View};
use crate::app::why::Sentences;
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
            app.loading.failed = None;
            chosen::welcome(app);
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
            paper::refresh(app)
        }
        News::Versions(versions) => {
            app.versions = versions;
            Vec::new()
        }
        News::Marks { marks, said, papers_changed } => {
            let changed = app.marks != marks;
            app.marks = marks;
            app.notice = said.or(app.notice.take());
            let mut effects = if app.rests_on_marks() { sharpen(app) } else { Vec::new() };
            if changed {
                effects.extend(next::sharpen(app));
                effects.extend(inbox::sharpen(app));
            }
            if papers_changed {
                effects.extend(load(app));
            }
            effects
        }
        News::Next(advice) => next::advised(app, advice),
        News::Inbox { arrivals, ranked } => inbox::ranked(app, arrivals, ranked),
        News::Forgotten => load(app),
        News::Folded => show_rows(app),
        News::Lexical(lexical) => {
            let old = app.lexical.replace(lexical);
            let mut effects = vec![Effect::Retire(Retired::new(old))];
            effects.extend(ask_neighbours(app));
            effects.extend(search::sharpen(app));
            app.why.pair = None;
            effects
        }
        News::LexicalDone => {
            app.tasks.has_topics = true;
            clusters::ask_ground(app)
        }
        News::Neighbours { of, neighbours } => show_neighbours(app, of, neighbours),
        News::Found { read, found } => search::found(app, read, found),
        News::TextRead => search::text_read(app),
        News::Sentences(pair) => {
            app.why.sentences = pair.map_or(Sentences::None, Sentences::Found);
            Vec::new()
        }
        News::Entry(paper, entry) if app.paper.of == Some(paper) => {
            app.paper.entry = EntryText::Read(entry);
            Vec::new()
        }
        News::Entry(..) => Vec::new(),
        News::Chosen { chosen, said } => chosen::heard(app, chosen, said),
        News::Downloading { .. }
        | News::ModelReady { .. }
        | News::SetAside(_)
        | News::Embedded { .. }
        | News::EmbeddingDone
        | News::ModelAbsent
        | News::NoModel
        | News::ModelFailed(_) => hear_of_model(app, news),
        News::Ground(ground) => clusters::grounded(app, ground),
        News::Clusters(found) => clusters::found(app, found),
        News::Named => clusters::ask_clusters(app),
        News::Laid(laid) => map::laid(app, laid),
        News::Done(notice) => {
            app.notice = Some(notice);
            Vec::new()
        }
        News::Copied(text) => papers::copied(app, &text),
        News::Failed(reason) => {
            failed(app, kind, reason);
            Vec::new()
        }
    }
}

/// News of the model and of vectors.
fn hear_of_model(app: &mut App, news: News) -> Vec<Effect> {
    match news {
        News::Downloading { done, total, rate } => {
            model_is(app, ModelState::Downloading { done, total, rate })
        }
        News::SetAside(papers) => {
            let all = app.snapshot.papers();
            let named = papers.into_iter().map(|(paper, why)| (all[paper].id, why));
            app.tasks.set_aside.extend(named);
            Vec::new()
        }
        News::ModelReady { has_vector } => model_ready(app, has_vector),
        News::Embedded { papers, progress } => {
            for paper in papers {
                if let Some(has_vector) = app.has_vector.get_mut(paper) {
                    *has_vector = true;
                }
            }
            app.model = ModelState::Embedding(progress);
            let mut effects = sharpen(app);
            effects.extend(clusters::sharpen(app));
            effects
        }
        News::EmbeddingDone => {
            app.model = ModelState::Done;
            let mut effects = sharpen(app);
            effects.extend(chosen::tell_vectors(app));
            effects.extend(clusters::ask_ground(app));
            effects
        }
        News::ModelAbsent => model_is(app, ModelState::Absent),
        News::NoModel => model_is(app, ModelState::Unwanted),
        News::ModelFailed(reason) => model_is(app, ModelState::Failed(reason)),
        _ => Vec::new(),
    }
}

/// What stands between the library and vectors is another thing now.
fn model_is(app: &mut App, state: ModelState) -> Vec<Effect> {
    app.model = state;
    Vec::new()
}

/// The model runs, and these papers have vectors already.
fn model_ready(app: &mut App, has_vector: Vec<bool>) -> Vec<Effect> {
    app.has_vector = has_vector;
    app.tasks.model_ran = true;
    // What was said of an earlier run gives way to this one.
    app.notice = None;
    app.model = ModelState::Starting;
    let mut effects = focus(app);
    effects.extend(ask_neighbours(app));
    effects.extend(search::sharpen(app));
    effects.extend(clusters::sharpen(app));
    effects.extend(why::ask_sentences(app));
    effects
}

/// A job failed: what waits for it waits no longer, and the user is told why.
fn failed(app: &mut App, kind: Kind, reason: String) {
    match kind {
        Kind::Load => {
            app.loading.running = false;
            app.loading.failed = Some(reason);
            return;
        }
        Kind::Embed => {
            app.model = ModelState::Failed(reason);
            return;
        }
        Kind::Ground | Kind::Clusters => {
            app.clusters.grounding = false;
            app.clusters.finding = false;
            app.clusters.failed = Some(reason.clone());
        }
        Kind::Map => {
            app.map.laying = false;
            app.map.failed = Some(reason.clone());
        }
        Kind::Next => app.next.asked = false,
        Kind::Inbox => {
            app.inbox.asked = false;
            app.inbox.failed = Some(reason.clone());
            // Whoever names it again tries again.
            app.inbox.files.clear();
        }
        Kind::Forget
        | Kind::Fold
        | Kind::Marks
        | Kind::Names
        | Kind::Open
        | Kind::Write
        | Kind::Keep => {}
        Kind::Entry => app.paper.entry = EntryText::Failed(reason.clone()),
        Kind::Lexical => app.tasks.words_failed = Some(reason.clone()),
        Kind::Neighbours => (app.neighbours.asked, app.neighbours.dive) = (None, false),
        Kind::Search | Kind::ReadText => (app.search.asked, app.search.dive) = (None, false),
        Kind::Sentences => app.why.sentences = Sentences::None,
    }
    app.error = Some(reason);
}

/// The library changed: papers keep their identity, not their index, so what was computed over the old
/// one is computed anew, and what is still on its way is dropped. Meanwhile the neighbours that are on
/// screen stay, as far as they are still there.
fn replace_snapshot(app: &mut App, snapshot: Arc<Snapshot>) -> Vec<Effect> {
    let old = std::mem::replace(&mut app.snapshot, snapshot);
    let height = ui::heights(app).neighbours;
    let place = |paper: usize| app.snapshot.by_id(old.papers()[paper].id);
    neighbours::move_papers(&mut app.search.items, place);
    app.search.asked = None;
    app.search.stale = true;
    app.why.pair = None;
    let list = &mut app.neighbours;
    neighbours::move_papers(&mut list.items, place);
    list.scroll.fit(list.items.len(), height);
    list.asked = None;
    list.stale = false;
    for kind in [Kind::Neighbours, Kind::Search, Kind::Sentences, Kind::Next, Kind::Inbox] {
        app.generations.next(kind);
    }
    let papers = &app.snapshot;
    app.next.move_papers(|paper| papers.by_id(old.papers()[paper].id));
    app.next.stale = true;
    app.inbox.forget_library();
    app.missing = app.snapshot.papers().iter().filter(|paper| paper.missing).count();
    if app.missing == 0 && app.mode == Mode::Confirm(Question::Forget) {
        app.mode = Mode::Normal;
    }
    app.versions = Arc::default();
    app.has_vector = vec![false; app.snapshot.len()];
    let retired = Retired::new((old, app.lexical.take()));
    clusters::forget(app);
    app.selection.papers.retain(|&id| app.snapshot.by_id(id).is_some());
    app.seeds.retain(|id| app.snapshot.by_id(id).is_some());
    app.trail.retain(|&id| app.snapshot.by_id(id).is_some());
    app.current = app.current.filter(|&id| app.snapshot.by_id(id).is_some());
    let mut effects = tasks::ask_words(app);
    effects.extend(ask_embed(app));
    effects.extend(papers::marks(app, MarksAct::Read));
    effects.push(Effect::Retire(retired));
    effects
}

/// New neighbours.
fn show_neighbours(app: &mut App, of: Centre, items: Vec<Neighbour>) -> Vec<Effect> {
    let height = ui::heights(app).neighbours;
    let list = &mut app.neighbours;
    let same = list.of == Some(of);
    neighbours::replace(&mut list.items, &mut list.scroll, items, same);
    list.of = Some(of);
    list.asked = None;
    let left = list.left.take().and_then(|id| app.snapshot.by_id(id));
    if let Some(row) = list.items.iter().position(|item| Some(item.paper) == left) {
        list.scroll.cursor = row;
    }
    list.scroll.fit(list.items.len(), height);
    let stale = list.stale;
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
    let mut effects = if stale { ask_neighbours(app) } else { Vec::new() };
    effects.extend(focus(app));
    if std::mem::take(&mut app.neighbours.dive) && !app.shown_neighbours().is_empty() {
        effects.extend(dive(app));
    }
    effects
}
