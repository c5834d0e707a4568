//! Keys while a line is typed, and the answer to a question.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::lists::{clear_filter, refilter, walk_by_key};
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::state::{App, Mode, Prompt, Question};

/// A key while a line is typed.
pub(super) fn typed(app: &mut App, prompt: Prompt, event: &Event, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        KeyCode::Enter => {
            app.mode = Mode::Normal;
            Vec::new()
        }
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            match prompt {
                Prompt::Filter => clear_filter(app),
            }
        }
        // The list can be walked without leaving the line.
        KeyCode::Down | KeyCode::Up | KeyCode::PageDown | KeyCode::PageUp => walk_by_key(app, key),
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
