//! What the user chose for this library: columns, saved filters; and the first card.

use crossterm::event::{KeyCode, KeyEvent};

use super::lists::{clear_filter, reorder};
use super::{ask_embed, next, prompt};
use crate::app::chosen::{Choice, Chosen, Welcome};
use crate::app::columns::Chooser;
use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::listing::Sort;
use crate::app::state::{App, Consent, Mode, ModelState, Notice, Pane, Prompt, View};

/// What was chosen is known.
pub(super) fn heard(app: &mut App, chosen: Chosen, said: Option<Notice>) -> Vec<Effect> {
    let filters_changed = app.filters() != chosen.filters;
    app.chosen = Some(chosen);
    app.notice = said.or(app.notice.take());
    welcome(app);
    if !filters_changed {
        return Vec::new();
    }
    // A list may be filtered by one that is another now.
    let mut effects = reorder(app);
    effects.extend(super::lists::sharpen(app));
    effects.extend(next::sharpen(app));
    effects
}

/// Keeps a choice; it holds at once.
pub(super) fn keep(app: &mut App, choice: Choice) -> Vec<Effect> {
    let generation = app.generations.next(Kind::Keep);
    vec![Effect::Keep { generation, choice: Some(choice) }]
}

/// Shows the first card, once the library is there, if it was not seen yet.
pub(super) fn welcome(app: &mut App) {
    let is_new = app.chosen.as_ref().is_some_and(|chosen| !chosen.welcomed);
    if is_new && app.loading.shown && !app.snapshot.is_empty() {
        app.welcome = Welcome::Shown;
    }
}

/// Closes the first card, if it is shown.
pub(super) fn close_welcome(app: &mut App) -> Vec<Effect> {
    if std::mem::take(&mut app.welcome) == Welcome::Hidden {
        return Vec::new();
    }
    if let Some(chosen) = &mut app.chosen {
        chosen.welcomed = true;
    }
    keep(app, Choice::Welcomed)
}

/// A key closes the first card, if it is shown; tells whether it answered what the card asks, and is
/// not to do what it does elsewhere.
pub(super) fn answer_welcome(app: &mut App, key: KeyEvent) -> (Vec<Effect>, bool) {
    let asks = app.welcome == Welcome::Shown && app.asks_for_download();
    let mut effects = close_welcome(app);
    if !asks {
        return (effects, false);
    }
    match key.code {
        KeyCode::Char('d') => {
            app.consent = Consent::Given;
            effects.extend(ask_embed(app));
        }
        KeyCode::Char('n') => {
            if let Some(chosen) = &mut app.chosen {
                chosen.never_download = true;
            }
            effects.extend(keep(app, Choice::NeverDownload));
        }
        KeyCode::Char('l') => {}
        _ => return (effects, false),
    }
    (effects, true)
}

/// The first embedding is through: says once what that is good for.
pub(super) fn tell_vectors(app: &mut App) -> Vec<Effect> {
    let Some(chosen) = app.chosen.as_mut().filter(|chosen| !chosen.told_vectors) else {
        return Vec::new();
    };
    chosen.told_vectors = true;
    let who = match app.tasks.set_aside.len() {
        0 => "Every paper has its vector".to_owned(),
        aside => format!("Every paper but {aside} has its vector"),
    };
    let text = format!("{who}: neighbours, clusters and the map now rest on meaning, too");
    app.notice = Some(Notice { text, can_be_undone: false });
    keep(app, Choice::ToldVectors)
}

/// Opens the box in which columns are chosen.
pub(super) fn choose_columns(app: &mut App) -> Vec<Effect> {
    app.chooser = Chooser::new(app.columns());
    app.mode = Mode::Columns;
    Vec::new()
}

/// A key in the box.
pub(super) fn columns_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let last = app.chooser.rows.len().saturating_sub(1);
    let chooser = &mut app.chooser;
    let is_shifted = key.modifiers.contains(crossterm::event::KeyModifiers::SHIFT);
    match key.code {
        KeyCode::Down if is_shifted => chooser.shift(true),
        KeyCode::Up if is_shifted => chooser.shift(false),
        KeyCode::Char('J') => chooser.shift(true),
        KeyCode::Char('K') => chooser.shift(false),
        KeyCode::Down | KeyCode::Char('j') => chooser.cursor = (chooser.cursor + 1).min(last),
        KeyCode::Up | KeyCode::Char('k') => chooser.cursor = chooser.cursor.saturating_sub(1),
        KeyCode::Char(' ') => chooser.toggle(),
        KeyCode::Char('s') => {
            let by = chooser.rows.get(chooser.cursor).map(|(column, _)| Sort::by(*column));
            app.library.reversed = app.library.reversed != (by == Some(app.library.sort));
            if by != Some(app.library.sort) {
                app.library.reversed = false;
            }
            app.library.sort = by.unwrap_or_default();
            return reorder(app);
        }
        KeyCode::Backspace => {
            app.mode = Mode::Normal;
            if let Some(chosen) = &mut app.chosen {
                chosen.columns = None;
            }
            return keep(app, Choice::Columns(None));
        }
        KeyCode::Esc => app.mode = Mode::Normal,
        KeyCode::Enter => {
            app.mode = Mode::Normal;
            let columns = app.chooser.columns();
            if let Some(chosen) = &mut app.chosen {
                chosen.columns = Some(columns.clone());
            }
            return keep(app, Choice::Columns(Some(columns)));
        }
        _ => {}
    }
    Vec::new()
}

/// The prompt of the filter of the list that the keys go to.
fn filter_here(app: &App) -> Prompt {
    match (app.view, app.pane) {
        (View::Next, _) => Prompt::Next,
        (View::Library | View::Neighbours, Pane::Neighbours) => Prompt::Neighbours,
        _ => Prompt::Filter,
    }
}

/// Asks for the name of a saved filter.
pub(super) fn ask_name(app: &mut App, prompt: Prompt) -> Vec<Effect> {
    app.line.reset();
    app.mode = Mode::Prompt(prompt);
    Vec::new()
}

/// Saves the list's filter under a name.
pub(super) fn save_filter(app: &mut App, name: &str) -> Vec<Effect> {
    let prompt = filter_here(app);
    let query = app.input_mut(prompt).value().trim().to_owned();
    // A name stands in a query by itself.
    let name: String = name.chars().filter(|c| !matches!(c, '"' | '“' | '”')).collect();
    match app.filters().parse(&query) {
        Ok(_) => keep(app, Choice::Filter { name, query: Some(query) }),
        Err(error) => {
            app.error = Some(format!("the filter is not saved: {error}"));
            Vec::new()
        }
    }
}

/// Filters the list by a saved filter.
pub(super) fn use_filter(app: &mut App, name: &str) -> Vec<Effect> {
    let Some(query) = app.filters().get(name).map(|(_, query)| query.to_owned()) else {
        return no_such_filter(app, name);
    };
    let prompt = filter_here(app);
    if query.is_empty() {
        return clear_filter(app, prompt);
    }
    *app.input_mut(prompt) = query.into();
    prompt::changed(app, prompt)
}

/// Deletes a saved filter.
pub(super) fn delete_filter(app: &mut App, name: &str) -> Vec<Effect> {
    match app.filters().get(name) {
        Some((name, _)) => keep(app, Choice::Filter { name: name.to_owned(), query: None }),
        None => no_such_filter(app, name),
    }
}

fn no_such_filter(app: &mut App, name: &str) -> Vec<Effect> {
    app.error = Some(format!("no filter is saved as {name}"));
    Vec::new()
}

impl App {
    /// Does the first card ask whether the model may be downloaded?
    #[must_use]
    pub fn asks_for_download(&self) -> bool {
        let never = self.chosen.as_ref().is_some_and(|chosen| chosen.never_download);
        self.model == ModelState::Absent && !never
    }
}
