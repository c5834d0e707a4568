//! The keys that work here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::action::{Action, Entry, TABLE};
use crate::app::clusters::Pane;
use crate::app::state::{App, Mode, Prompt, Question, View};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let hints: Vec<(String, String)> = match app.mode {
        Mode::Finder => return,
        Mode::Columns => [
            ("space", "show"),
            ("J K", "move"),
            ("s", "sort by it"),
            ("enter", "keep"),
            ("backspace", "as configured"),
            ("esc", "cancel"),
        ]
        .map(|(key, what)| (key.to_owned(), what.to_owned()))
        .to_vec(),
        Mode::Normal if !app.pending.is_empty() => following(app),
        Mode::Normal => of_table(app),
        Mode::Confirm(Question::Open) => vec![
            ("y".to_owned(), "open".to_owned()),
            ("any other key".to_owned(), "leave it".to_owned()),
        ],
        Mode::Confirm(Question::Forget) => vec![
            ("y".to_owned(), "forget".to_owned()),
            ("any other key".to_owned(), "keep".to_owned()),
        ],
        Mode::Prompt(prompt) => {
            let arrows = theme.symbols.up_down;
            let keys: &[(&str, &str)] = match prompt {
                Prompt::Search => &[
                    ("enter", "to the paper"),
                    (arrows, "move"),
                    ("tab", "to the list"),
                    ("esc", "leave"),
                ],
                Prompt::Filter | Prompt::Neighbours | Prompt::Next => {
                    &[("enter", "keep"), ("esc", "clear"), ("tab", "complete"), (arrows, "move")]
                }
                prompt if prompt.completes() => {
                    &[("enter", "done"), ("tab", "complete"), ("esc", "cancel")]
                }
                _ => &[("enter", "done"), ("esc", "cancel")],
            };
            keys.iter().map(|(key, what)| ((*key).to_owned(), (*what).to_owned())).collect()
        }
    };
    let mut line = Line::default();
    let mut used = 1;
    for (key, what) in hints {
        used += text::width(&key) + text::width(&what) + 3;
        if used > usize::from(area.width) + 1 {
            break;
        }
        line.spans.push(Span::styled(format!(" {key}"), theme.accent));
        line.spans.push(Span::styled(format!(" {what} "), theme.dim));
    }
    frame.render_widget(line, area);
}

/// What can follow the keys pressed so far.
fn following(app: &App) -> Vec<(String, String)> {
    let following = app.keymap.following(app.context(), &app.pending);
    following.map(|(keys, action)| (keys.to_string(), action.entry().name.to_owned())).collect()
}

/// Help and quit come first, and what is rarely there: whatever else is cut off, these stay. Then what
/// few views have before what all have.
fn of_table(app: &App) -> Vec<(String, String)> {
    let first = |action| {
        use Action::{Back, Dive, Download, ForgetMissing, Help, Quit, RetryModel};
        matches!(action, Help | Quit | RetryModel | Download | ForgetMissing | Dive | Back)
    };
    let usable = TABLE.iter().filter(|entry| app.works_here(entry.action));
    let (mut hints, mut rest): (Vec<&Entry>, Vec<&Entry>) =
        usable.partition(|entry| first(entry.action));
    rest.sort_by_key(|entry| entry.scope.len());
    hints.extend(rest);
    hints
        .into_iter()
        .filter_map(|entry| {
            let key = app.keymap.keys(entry.action).first()?;
            let what = match (entry.action, app.paused) {
                (Action::PauseEmbedding, true) => "go on",
                (Action::Dive, _) if app.view == View::Clusters => match app.clusters.pane {
                    Pane::Tree => "papers",
                    Pane::Papers => "to the paper",
                },
                (Action::Dive, _) if matches!(app.view, View::Map | View::Next) => "to the paper",
                (Action::Dive, _) if app.view == View::Inbox => "to the closest",
                (Action::Dive, _) if app.view == View::Paper => "to its neighbours",
                (Action::Dive, _) if app.view == View::Jobs => "show",
                // Editing says so itself.
                (Action::Dive, _) if app.view == View::Report => return None,
                (Action::Download, _) if app.view != View::Jobs && !app.asks_for_download() => {
                    return None;
                }
                (Action::ClusterBridge, _) if app.clusters.bridge.is_some() => "bridge ends here",
                _ => entry.footer?,
            };
            Some((key.to_string(), what.to_owned()))
        })
        .collect()
}
