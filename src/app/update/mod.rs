//! The only place where the state of the screen changes.
//!
//! The mouse goes the way of the keys ([`mouse`]). A key goes to the line that is being typed
//! ([`prompt`]), to the search for an action ([`finder`]), or through the key map to [`act`], which knows what does the same everywhere, [`papers`] what is done
//! to papers in any list, and [`ranking`] what ranked lists rest on; the rest is the view's: [`lists`],
//! [`search`], [`clusters`], [`map`], [`next`], [`inbox`], [`paper`], [`tasks`], [`report`]. [`chosen`] is what
//! the user chose for this library. News from the background go to [`news`]. After
//! each message [`why`] follows the cursor.

mod chosen;
mod clusters;
mod finder;
mod inbox;
mod lists;
mod map;
mod mouse;
mod news;
mod next;
mod paper;
mod papers;
mod prompt;
mod ranking;
mod report;
mod search;
mod tasks;
mod why;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use self::lists::settle;
use crate::app::action::{Action, Context};
use crate::app::effect::{Effect, MarksAct};
use crate::app::finder::Range;
use crate::app::jobs::Kind;
use crate::app::keymap::{Key, Pressed};
use crate::app::state::{App, Consent, Mode, ModelState, Notice, Pane, Prompt, Question, View};
use crate::event::Msg;
use crate::ui;

/// Takes a message in and answers with what is to be done.
#[must_use]
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = take_in(app, msg);
    effects.extend(why::follow(app));
    effects
}

fn take_in(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Terminate => vec![Effect::Quit],
        Msg::Suspend => vec![Effect::Suspend],
        Msg::FilesChanged => {
            app.tasks.changes += 1;
            load(app)
        }
        Msg::Edited(error) => {
            app.error = error;
            load(app)
        }
        Msg::MarksChanged => papers::marks(app, MarksAct::Read),
        Msg::NoteWritten(paper, note) => papers::note_written(app, paper, note),
        Msg::Background(background) => {
            app.look.background = Some(background);
            Vec::new()
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
    let mut effects = load(app);
    let generation = app.generations.next(Kind::Keep);
    effects.push(Effect::Keep { generation, choice: None });
    effects
}

fn load(app: &mut App) -> Vec<Effect> {
    app.loading.running = true;
    vec![Effect::Load { generation: app.generations.next(Kind::Load) }]
}

fn input(app: &mut App, event: &Event) -> Vec<Effect> {
    match event {
        Event::Resize(columns, rows) => {
            app.size = (*columns, *rows);
            fit(app)
        }
        Event::Mouse(event) => mouse::hear(app, *event),
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            app.error = None;
            app.notice = None;
            let (mut effects, is_answer) = chosen::answer_welcome(app, *key);
            if is_answer {
                return effects;
            }
            effects.extend(match app.mode {
                // The way out of what is typed, and whatever the user's keys are.
                Mode::Prompt(_) | Mode::Finder | Mode::Columns if is_ctrl_c(*key) => {
                    vec![Effect::Quit]
                }
                Mode::Prompt(line) => prompt::typed(app, line, event, *key),
                Mode::Finder => finder::typed(app, event, *key),
                Mode::Columns => chosen::columns_key(app, *key),
                Mode::Confirm(question) => prompt::answered(app, question, *key),
                Mode::Normal => pressed(app, *key),
            });
            effects
        }
        Event::Paste(text) => match app.mode {
            Mode::Prompt(line) => prompt::pasted(app, line, text),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The panes have another size: what is on screen is scrolled so that the cursors are.
fn fit(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = app.abstract_offset.min(ui::abstract_overflow(app));
    app.report.scroll.fit(app.report.findings.len(), ui::heights(app).report);
    app.next.scroll.fit(app.next.items().len(), ui::heights(app).next);
    app.inbox.scroll.fit(app.inbox.items.len(), ui::heights(app).next);
    app.finder.scroll.fit(app.finder.hits.len(), ui::finder_height(app.size));
    app.search.scroll.fit(app.search.items.len(), ui::heights(app).search);
    clusters::fit(app);
    app.map.fit(ui::map_size(app));
    settle(app)
}

fn is_ctrl_c(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// A key that moves or acts, alone or after those before it.
fn pressed(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    if let Some(digit) = count_digit(key) {
        let count = app.count.unwrap_or(0).saturating_mul(10).saturating_add(digit);
        app.count = Some(count.min(MOST_TIMES));
        app.pending.clear();
        return Vec::new();
    }
    app.pending.push(Key::from(key));
    match app.keymap.pressed(app.context(), &app.pending) {
        Pressed::Begun => Vec::new(),
        Pressed::Action(action) => {
            app.pending.clear();
            let effects = act(app, action);
            app.count = None;
            effects
        }
        Pressed::Nothing => {
            app.pending.clear();
            app.count = None;
            if is_ctrl_c(key) { vec![Effect::Quit] } else { Vec::new() }
        }
    }
}

/// More rows than any list has.
const MOST_TIMES: usize = 9_999_999;

/// A digit of a count: with alt, as in readline, since the digits alone are tabs.
fn count_digit(key: KeyEvent) -> Option<usize> {
    let KeyCode::Char(c) = key.code else { return None };
    let digit = c.to_digit(10).filter(|_| key.modifiers == KeyModifiers::ALT)?;
    Some(digit as usize)
}

/// Rows that a movement goes in a list of which so many are on screen.
fn rows(app: &App, action: Action, height: usize) -> Option<isize> {
    let page = height.saturating_sub(1).max(1) as isize;
    let times = app.count.unwrap_or(1) as isize;
    Some(match action {
        Action::Down => times,
        Action::Up => -times,
        Action::PageDown => page.saturating_mul(times),
        Action::PageUp => page.saturating_mul(-times),
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}

/// Who wanted to go on to what a list would begin with wants something else now.
fn forget_dive(app: &mut App) {
    (app.neighbours.dive, app.search.dive) = (false, false);
}

/// Does what the user asks for: what is the same everywhere here, the rest where it is shown.
fn act(app: &mut App, action: Action) -> Vec<Effect> {
    forget_dive(app);
    match action {
        Action::Quit => vec![Effect::Quit],
        Action::Suspend => vec![Effect::Suspend],
        Action::Help => finder::open(app, Range::Help),
        Action::Palette => finder::open(app, Range::Palette),
        Action::NextTheme => next_theme(app),
        Action::ViewLibrary => switch(app, View::Library),
        Action::ViewNeighbours => switch(app, View::Neighbours),
        Action::ViewSearch => switch(app, View::Search),
        Action::ViewClusters => switch(app, View::Clusters),
        Action::ViewMap => switch(app, View::Map),
        Action::ViewNext => switch(app, View::Next),
        Action::ViewInbox => switch(app, View::Inbox),
        Action::ViewJobs => switch(app, View::Jobs),
        Action::Paper if app.can(action) => paper::open(app),
        Action::Columns => chosen::choose_columns(app),
        Action::SaveFilter if app.can(action) => chosen::ask_name(app, Prompt::SaveFilter),
        Action::UseFilter if app.can(action) => chosen::ask_name(app, Prompt::UseFilter),
        Action::DeleteFilter if app.can(action) => chosen::ask_name(app, Prompt::DeleteFilter),
        Action::OpenSample if app.can(action) => vec![Effect::OpenSample],
        Action::Search => search::open(app),
        Action::ToCluster if app.can(action) => clusters::visit(app),
        Action::Report if app.view == View::Report => show(app, View::Library),
        Action::Report if app.can(action) => show(app, View::Report),
        Action::Report if !app.loading.running => {
            let text = "the report is empty".to_owned();
            app.notice = Some(Notice { text, can_be_undone: false });
            Vec::new()
        }
        Action::Edit => edit(app),
        Action::ForgetMissing if app.can(action) => {
            app.mode = Mode::Confirm(Question::Forget);
            Vec::new()
        }
        Action::PauseEmbedding if app.can(action) => {
            app.paused = !app.paused;
            vec![Effect::Pause(app.paused)]
        }
        Action::Download if app.can(action) => {
            app.consent = Consent::Given;
            ask_embed(app)
        }
        Action::RetryModel if app.can(action) => ask_embed(app),
        Action::Clear if papers::unselect(app) => Vec::new(),
        Action::AbstractDown => {
            app.abstract_offset = (app.abstract_offset + 1).min(ui::abstract_overflow(app));
            Vec::new()
        }
        Action::AbstractUp => {
            app.abstract_offset = app.abstract_offset.saturating_sub(1);
            Vec::new()
        }
        _ => {
            let anywhere = papers::act(app, action).or_else(|| ranking::act(app, action));
            anywhere.unwrap_or_else(|| match app.context() {
                Context::Lists => lists::act(app, action),
                Context::Search => search::act(app, action),
                Context::Clusters => clusters::act(app, action),
                Context::Map => map::act(app, action),
                Context::Next => next::act(app, action),
                Context::Inbox => inbox::act(app, action),
                Context::Paper => paper::act(app, action),
                Context::Jobs => tasks::act(app, action),
                Context::Report => report::act(app, action),
            })
        }
    }
}

/// Shows a view by its tab: there is no way back to where one was.
fn switch(app: &mut App, view: View) -> Vec<Effect> {
    app.visits.clear();
    show(app, view)
}

/// Shows a view.
fn show(app: &mut App, view: View) -> Vec<Effect> {
    let from = std::mem::replace(&mut app.view, view);
    app.abstract_offset = 0;
    let mut effects = Vec::new();
    match view {
        View::Library => app.pane = Pane::Library,
        View::Neighbours => app.pane = Pane::Neighbours,
        View::Search => {
            // The paper that was looked at is not where one came from.
            if !matches!(from, View::Search | View::Paper) {
                app.search.from = from;
            }
            effects = search::shown(app);
        }
        View::Clusters => {
            app.pane = Pane::Library;
            clusters::fit(app);
        }
        View::Map => {
            app.pane = Pane::Library;
            map::open(app);
        }
        View::Next => {
            if app.next.advice.is_none() || app.next.stale {
                effects = next::ask(app);
            }
        }
        View::Inbox => {
            if app.inbox.arrivals.is_none() || app.inbox.stale {
                effects = inbox::ask(app);
            }
        }
        View::Paper | View::Jobs => {}
        View::Report => {
            let height = ui::heights(app).report;
            app.report.scroll.fit(app.report.findings.len(), height);
        }
    }
    effects.extend(settle(app));
    effects
}

/// Goes through the themes.
fn next_theme(app: &mut App) -> Vec<Effect> {
    app.look.choice = app.look.choice.next();
    let name = app.look.choice.name();
    let text = format!("theme {name} · theme = \"{name}\" in config.toml keeps it");
    app.notice = Some(Notice { text, can_be_undone: false });
    Vec::new()
}

fn edit(app: &App) -> Vec<Effect> {
    let place = app.place().map(|(file, line)| Effect::Edit { file: file.to_owned(), line });
    place.into_iter().collect()
}

fn ask_embed(app: &mut App) -> Vec<Effect> {
    app.model = ModelState::Opening;
    // Papers that were set aside are tried again.
    app.tasks.set_aside.clear();
    let generation = app.generations.next(Kind::Embed);
    vec![Effect::Embed { generation, download: app.consent == Consent::Given }]
}
