//! Keys while a line is typed, and the answer to a question.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::lists::{ask_neighbours, clear_filter, leave_trail, refilter, walk_by_key};
use super::{act, chosen, clusters, inbox, next, papers, search};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::files;
use crate::app::jobs::Kind;
use crate::app::next::Source;
use crate::app::state::{App, Mode, Prompt, Question};
use crate::library::marks::Change;
use crate::ui::text::is_unprintable;

/// A key while a line is typed.
pub(super) fn typed(app: &mut App, prompt: Prompt, event: &Event, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        KeyCode::Enter => {
            app.mode = Mode::Normal;
            let typed = app.input_mut(prompt).value().trim().to_owned();
            match prompt {
                Prompt::Filter | Prompt::Neighbours | Prompt::Next => Vec::new(),
                Prompt::Search => act(app, Action::Dive),
                Prompt::ClusterName => clusters::name(app, typed),
                _ if typed.is_empty() => Vec::new(),
                Prompt::SaveFilter => chosen::save_filter(app, &typed),
                Prompt::UseFilter => chosen::use_filter(app, &typed),
                Prompt::DeleteFilter => chosen::delete_filter(app, &typed),
                Prompt::Tag => papers::change(app, Change::Tag(typed)),
                Prompt::Untag => papers::change(app, Change::Untag(typed)),
                Prompt::List => papers::change(app, Change::List(typed)),
                Prompt::Unlist => papers::change(app, Change::Unlist(typed)),
                Prompt::Like => next::show_source(app, Source::Query(typed)),
                Prompt::ExportFile(format) => papers::export(app, format, files::path(&typed)),
                Prompt::InboxFile => inbox::open(app, files::path(&typed)),
            }
        }
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            match prompt {
                Prompt::Filter | Prompt::Neighbours | Prompt::Next => clear_filter(app, prompt),
                Prompt::Search if app.search.input.value().is_empty() => search::leave(app),
                // What is looked for stays; now the keys go to the list.
                _ => Vec::new(),
            }
        }
        KeyCode::Tab if prompt == Prompt::Search => {
            app.mode = Mode::Normal;
            Vec::new()
        }
        KeyCode::Tab if prompt.completes() => {
            if complete(app, prompt) {
                changed(app, prompt)
            } else {
                Vec::new()
            }
        }
        // The list can be walked without leaving the line.
        KeyCode::Down | KeyCode::Up | KeyCode::PageDown | KeyCode::PageUp
            if prompt.filters() || prompt == Prompt::Search =>
        {
            walk_by_key(app, key)
        }
        _ => {
            if app.input_mut(prompt).handle_event(event).is_some_and(|changed| changed.value) {
                changed(app, prompt)
            } else {
                Vec::new()
            }
        }
    }
}

/// Text pasted into the line; lines become one.
pub(super) fn pasted(app: &mut App, prompt: Prompt, text: &str) -> Vec<Effect> {
    let clean: String = (text.chars())
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            c => (!is_unprintable(c)).then_some(c),
        })
        .collect();
    // At once: letter by letter an abstract would take its time.
    let input = app.input_mut(prompt);
    let before = input.value().chars().take(input.cursor());
    let after = input.value().chars().skip(input.cursor());
    let value: String = before.chain(clean.chars()).chain(after).collect();
    let cursor = input.cursor() + clean.chars().count();
    *input = tui_input::Input::new(value).with_cursor(cursor);
    changed(app, prompt)
}

/// The line changed: what it is about follows.
pub(super) fn changed(app: &mut App, prompt: Prompt) -> Vec<Effect> {
    match prompt {
        Prompt::Filter => {
            leave_trail(app);
            refilter(app)
        }
        Prompt::Neighbours => ask_neighbours(app),
        Prompt::Search => search::typed(app),
        Prompt::Next => next::filtered(app),
        _ => Vec::new(),
    }
}

/// Completes what is typed to the first known name that begins so, and then to the next; `false` where
/// there is none.
fn complete(app: &mut App, prompt: Prompt) -> bool {
    let names = app.completions(prompt);
    let typed = app.input_mut(prompt).value().to_lowercase();
    // Once a name is complete, the others are offered in turn; of files those that begin like it.
    let at = names.iter().position(|name| name.to_lowercase() == typed);
    let next = match at {
        Some(at) => names.get((at + 1) % names.len()),
        None => names.iter().find(|name| name.to_lowercase().starts_with(&typed)),
    };
    if let Some(name) = next {
        *app.input_mut(prompt) = name.as_str().into();
    }
    next.is_some()
}

/// The answer to a question.
pub(super) fn answered(app: &mut App, question: Question, key: KeyEvent) -> Vec<Effect> {
    app.mode = Mode::Normal;
    if key.code != KeyCode::Char('y') {
        return Vec::new();
    }
    match question {
        Question::Open => papers::open_link(app),
        Question::Forget => {
            vec![Effect::Forget { generation: app.generations.next(Kind::Forget) }]
        }
    }
}
