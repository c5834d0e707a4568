//! New papers, and why each stands where it stands.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::split_title;
use super::next::{Item, draw_hint};
use crate::app::action::Action;
use crate::app::state::App;
use crate::recommend::foreign::Suited;
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let mut left = Line::from(Span::styled("Inbox", theme.active));
    if let Some(files) = files(app) {
        let room = usize::from(title.width) / 2;
        left.spans.push(Span::styled(format!(" {}", text::fit(&files, room)), theme.text));
    }
    pane_title(frame, title, left, &state(app), theme);
    if app.inbox.items.is_empty() {
        return draw_hint(frame, list, &hint(app), theme);
    }
    for (at, item) in app.inbox.items.iter().enumerate().skip(app.inbox.scroll.offset) {
        let Some(paper) = app.inbox.paper(item.paper) else {
            continue;
        };
        let symbol = if app.is_kept(paper.id) {
            Span::styled(format!("{} ", theme.symbols.selected), theme.accent)
        } else {
            Span::raw("  ")
        };
        let why = reasons(app, item).into_iter().next().unwrap_or_default();
        let item = Item { at, paper, symbol, why };
        if !item.draw(frame, list, app.inbox.scroll, theme) {
            return;
        }
    }
}

/// Why a paper suits, the strongest reason first; then what it is closest to.
pub(super) fn reasons(app: &App, item: &Suited) -> Vec<String> {
    let papers = app.snapshot.papers();
    let mut said: Vec<String> = item.why.iter().map(|reason| reason.describe(papers)).collect();
    said.retain(|reason| !reason.is_empty());
    let near: Vec<&str> =
        item.nearest.iter().map(|(paper, _)| papers[*paper].key.as_str()).collect();
    if !near.is_empty() {
        said.push(format!("closest of yours: {}", near.join(", ")));
    }
    said
}

fn files(app: &App) -> Option<String> {
    match app.inbox.files.as_slice() {
        [] => None,
        [file] => Some(file.file_name()?.to_string_lossy().into_owned()),
        files => Some(format!("{} files", files.len())),
    }
}

/// How many there are, and what they are ranked by.
fn state(app: &App) -> String {
    let Some(arrivals) = &app.inbox.arrivals else {
        return String::new();
    };
    let mut parts = vec![format!("{} new", thousands(app.inbox.items.len()))];
    if arrivals.known > 0 {
        parts.push(format!("{} you have", thousands(arrivals.known)));
    }
    let by_words = if app.has_vectors() && !app.inbox.by_vectors { "by words" } else { "" };
    let at_work = if app.inbox.asked { "…" } else { by_words };
    parts.extend((!at_work.is_empty()).then(|| at_work.to_owned()));
    parts.join(" · ")
}

/// What to say where there is no list.
fn hint(app: &App) -> String {
    let inbox = &app.inbox;
    let key = app.keymap.shown(Action::OpenInbox);
    match (&inbox.failed, inbox.files.is_empty(), &inbox.arrivals) {
        (Some(reason), ..) => format!("{reason}. {key} opens another file."),
        (None, true, _) => format!(
            "{key} opens a .bib file of new papers, an export of an alert, say: they are ranked, and do not join the library."
        ),
        (None, false, None) => "reading the new papers …".to_owned(),
        (None, false, Some(arrivals)) if arrivals.known > 0 => {
            "You have all of these papers already.".to_owned()
        }
        (None, false, Some(_)) => "There are no papers in the file.".to_owned(),
    }
}
