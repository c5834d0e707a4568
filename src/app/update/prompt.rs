//! Keys while a line is typed, and the answer to a question.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::lists::{clear_filter, refilter, walk_by_key};
use super::{clusters, papers};
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::state::{App, Mode, Prompt, Question};
use crate::library::marks::Change;

/// A key while a line is typed.
pub(super) fn typed(app: &mut App, prompt: Prompt, event: &Event, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        KeyCode::Enter => {
            app.mode = Mode::Normal;
            let typed = app.input_mut(prompt).value().trim().to_owned();
            match prompt {
                Prompt::Filter => Vec::new(),
                Prompt::ClusterName => clusters::name(app, typed),
                _ if typed.is_empty() => Vec::new(),
                Prompt::Tag => papers::change(app, Change::Tag(typed)),
                Prompt::Untag => papers::change(app, Change::Untag(typed)),
            }
        }
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            match prompt {
                Prompt::Filter => clear_filter(app),
                Prompt::Tag | Prompt::Untag | Prompt::ClusterName => Vec::new(),
            }
        }
        KeyCode::Tab if matches!(prompt, Prompt::Tag | Prompt::Untag) => {
            complete(app, prompt);
            Vec::new()
        }
        // The list can be walked without leaving the line.
        KeyCode::Down | KeyCode::Up | KeyCode::PageDown | KeyCode::PageUp
            if prompt == Prompt::Filter =>
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
    let input = app.input_mut(prompt);
    for c in text.chars() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if !c.is_control() {
            input.handle(tui_input::InputRequest::InsertChar(c));
        }
    }
    changed(app, prompt)
}

fn changed(app: &mut App, prompt: Prompt) -> Vec<Effect> {
    match prompt {
        Prompt::Filter => {
            app.trail.clear();
            refilter(app)
        }
        Prompt::Tag | Prompt::Untag | Prompt::ClusterName => Vec::new(),
    }
}

/// Completes what is typed to the first known tag that begins so, and then to the next.
fn complete(app: &mut App, prompt: Prompt) {
    let tags = app.known_tags(prompt);
    let typed = app.line.value().to_lowercase();
    // Once a tag is complete, its neighbours among those that begin like it are offered in turn.
    let at = tags.iter().position(|tag| tag.to_lowercase() == typed);
    let next = match at {
        Some(at) => tags.get((at + 1) % tags.len()),
        None => tags.iter().find(|tag| tag.to_lowercase().starts_with(&typed)),
    };
    if let Some(tag) = next {
        app.line = tag.as_str().into();
    }
}

/// The answer to a question.
pub(super) fn answered(app: &mut App, question: Question, key: KeyEvent) -> Vec<Effect> {
    app.mode = Mode::Normal;
    if key.code != KeyCode::Char('y') {
        return Vec::new();
    }
    match question {
        Question::Forget => {
            vec![Effect::Forget { generation: app.generations.next(Kind::Forget) }]
        }
    }
}
