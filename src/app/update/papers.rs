//! What is done to papers, whichever list they are in: selecting, marking, tagging, annotating.

use crate::app::action::Action;
use crate::app::effect::{Effect, MarksAct};
use crate::app::jobs::Kind;
use crate::app::state::{App, Mode, Prompt, View};
use crate::library::marks::{Change, State};
use crate::library::paper::PaperId;

/// Does it, where the action is about papers; `None` where it is not.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Undo => marks(app, MarksAct::Undo),
        Action::Redo => marks(app, MarksAct::Redo),
        Action::Star => {
            toggle(app, |app, paper| app.mark(paper).is_some_and(|mark| mark.starred), Change::Star)
        }
        Action::NotForMe => toggle(
            app,
            |app, paper| app.mark(paper).is_some_and(|mark| mark.not_for_me),
            Change::NotForMe,
        ),
        Action::SetState(state) => state_of(app, state),
        Action::Rate(stars) => change(app, Change::Rating((stars > 0).then_some(stars))),
        Action::Select => select(app),
        Action::SelectRange => select_range(app),
        Action::Tag if app.can(action) => ask(app, Prompt::Tag),
        Action::Untag if app.can(action) => ask(app, Prompt::Untag),
        Action::List if app.can(action) => ask(app, Prompt::List),
        Action::Unlist if app.can(action) => ask(app, Prompt::Unlist),
        Action::Note => note(app),
        _ => return None,
    })
}

/// Asks for the marks, or for a change of them.
pub(super) fn marks(app: &mut App, act: MarksAct) -> Vec<Effect> {
    vec![Effect::Marks { generation: app.generations.next(Kind::Marks), act }]
}

/// Changes the papers that the action is about.
pub(super) fn change(app: &mut App, change: Change) -> Vec<Effect> {
    let papers = app.targets();
    if papers.is_empty() {
        return Vec::new();
    }
    marks(app, MarksAct::Change { papers, changes: vec![change] })
}

/// Sets it for all papers, or, where all have it, takes it from them.
fn toggle(
    app: &mut App,
    has: impl Fn(&App, PaperId) -> bool,
    set: impl Fn(bool) -> Change,
) -> Vec<Effect> {
    let all = app.targets().into_iter().all(|paper| has(app, paper));
    change(app, set(!all))
}

/// A state; where all papers have it already, they are unread again.
fn state_of(app: &mut App, state: State) -> Vec<Effect> {
    let has = |paper| app.mark(paper).map_or(State::Unread, |mark| mark.state) == state;
    let all = app.targets().into_iter().all(has);
    change(app, Change::State(if all { State::Unread } else { state }))
}

fn ask(app: &mut App, prompt: Prompt) -> Vec<Effect> {
    app.line.reset();
    app.mode = Mode::Prompt(prompt);
    Vec::new()
}

fn select(app: &mut App) -> Vec<Effect> {
    let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
        return Vec::new();
    };
    if app.selection.papers.remove(&paper) {
        app.selection.last = None;
    } else {
        app.selection.papers.insert(paper);
        app.selection.last = Some(paper);
    }
    // There is no next one on the map.
    if app.view == View::Map { Vec::new() } else { super::act(app, Action::Down) }
}

fn select_range(app: &mut App) -> Vec<Effect> {
    let (Some(from), Some(to)) = (app.selection.last, app.shown_paper().map(|paper| paper.id))
    else {
        return Vec::new();
    };
    let listed = app.listed_papers();
    let place = |paper| listed.iter().position(|&listed| listed == paper);
    if let (Some(from), Some(to)) = (place(from), place(to)) {
        app.selection.papers.extend(&listed[from.min(to)..=from.max(to)]);
    }
    app.selection.last = Some(to);
    Vec::new()
}

/// Lets go of the selection; `false` where there is none.
pub(super) fn unselect(app: &mut App) -> bool {
    app.selection.last = None;
    let any = !app.selection.papers.is_empty();
    app.selection.papers.clear();
    any
}

fn note(app: &mut App) -> Vec<Effect> {
    // A note is about one paper.
    let Some(paper) = app.shown_paper().map(|paper| paper.id) else {
        return Vec::new();
    };
    let note = app.mark(paper).map_or_else(String::new, |mark| mark.note.clone());
    vec![Effect::EditNote { paper, note }]
}

/// The note as the editor left it.
pub(super) fn note_written(
    app: &mut App,
    paper: PaperId,
    note: Result<String, String>,
) -> Vec<Effect> {
    match note {
        Ok(note) => {
            let changes = vec![Change::Note(note)];
            marks(app, MarksAct::Change { papers: vec![paper], changes })
        }
        Err(reason) => {
            app.error = Some(reason);
            Vec::new()
        }
    }
}
