//! What is done to papers, whichever list they are in: selecting, marking, tagging, annotating.

use std::path::PathBuf;

use crate::app::action::{Action, Copied};
use crate::app::effect::{Effect, MarksAct};
use crate::app::jobs::Kind;
use crate::app::state::{App, Mode, Notice, Prompt, Question, View};
use crate::library::cite::{self, Format};
use crate::library::links::{self, Link};
use crate::library::marks::{Change, State};
use crate::library::paper::{Paper, PaperId};
use crate::ui::text::is_unprintable;

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
        Action::Open => open(app),
        Action::Copy(what) => copy(app, what),
        Action::Export(format) if app.can(action) => {
            app.line = format!("papers.{}", format.extension()).into();
            app.mode = Mode::Prompt(Prompt::ExportFile(format));
            Vec::new()
        }
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

/// Opens the paper's file or page; asks first where a stranger may have named it.
fn open(app: &mut App) -> Vec<Effect> {
    match app.shown_paper().map(links::best) {
        Some(Some(Link::File { trusted: false, .. })) => {
            app.mode = Mode::Confirm(Question::Open);
            Vec::new()
        }
        Some(Some(_)) => open_link(app),
        Some(None) => {
            app.error = Some("there is no file, DOI or URL to open".to_owned());
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Opens it without asking.
pub(super) fn open_link(app: &mut App) -> Vec<Effect> {
    let Some(paper) = app.shown_paper() else {
        return Vec::new();
    };
    let Some(link) = links::best(paper) else {
        return Vec::new();
    };
    // A paper that is not of the library has no history.
    let paper = Some(paper.id).filter(|&id| app.snapshot.by_id(id).is_some());
    let generation = app.generations.next(Kind::Open);
    let mut effects = vec![Effect::Open { generation, link }];
    if let Some(paper) = paper {
        effects.extend(marks(app, MarksAct::Opened(paper)));
    }
    effects
}

/// The papers that an action is about, in the order of the library.
fn target_papers(app: &App) -> Vec<&Paper> {
    let mut places: Vec<usize> =
        app.targets().into_iter().filter_map(|id| app.snapshot.by_id(id)).collect();
    places.sort_unstable();
    places.into_iter().map(|paper| &app.snapshot.papers()[paper]).collect()
}

fn copy(app: &mut App, what: Copied) -> Vec<Effect> {
    let papers = target_papers(app);
    let text = match what {
        Copied::Keys => papers.iter().map(|paper| paper.key.as_str()).collect::<Vec<_>>().join(","),
        Copied::Citation => cite::citation(papers.iter().copied()),
        Copied::References => {
            papers.iter().map(|paper| cite::reference(paper)).collect::<Vec<_>>().join("\n")
        }
        Copied::Bibtex => {
            let papers: Vec<PaperId> = papers.iter().map(|paper| paper.id).collect();
            let generation = app.generations.next(Kind::Write);
            return vec![Effect::Write { generation, papers, format: Format::Bibtex, to: None }];
        }
    };
    if papers.is_empty() { Vec::new() } else { copied(app, &text) }
}

/// Puts a text on the clipboard, and says so.
pub(super) fn copied(app: &mut App, text: &str) -> Vec<Effect> {
    let text: String = text.chars().filter(|&c| c == '\n' || !is_unprintable(c)).collect();
    let first = text.lines().next().unwrap_or_default();
    app.notice = Some(Notice { text: format!("copied: {first}"), can_be_undone: false });
    vec![Effect::Copy(text)]
}

/// Writes the papers into a file.
pub(super) fn export(app: &mut App, format: Format, to: PathBuf) -> Vec<Effect> {
    let papers = target_papers(app).iter().map(|paper| paper.id).collect();
    let generation = app.generations.next(Kind::Write);
    vec![Effect::Write { generation, papers, format, to: Some(to) }]
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
