//! What goes on in the background, what went wrong, and the trail.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::action::Action;
use crate::app::state::{App, Mode, ModelState, Prompt, Question, View};
use crate::embed::source::DEFAULT_MODEL;
use crate::library::diagnostic::Severity;
use crate::library::links::{self, Link};
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    if let Mode::Prompt(prompt) = app.mode
        && prompt.has_own_line()
    {
        return typed(frame, area, app, prompt, theme);
    }
    if let Some(problem) = problem(app) {
        let problem = text::fit(&problem, usize::from(area.width).saturating_sub(2));
        frame.render_widget(Line::styled(format!(" {problem}"), theme.dim), area);
        return;
    }
    if app.mode == Mode::Confirm(Question::Open)
        && let Some(Link::File { path, .. }) = app.shown_paper().and_then(links::best)
    {
        let question = format!(" Open {}? The entry names it.", path.display());
        let question = text::fit(&question, usize::from(area.width).saturating_sub(1));
        frame.render_widget(Line::styled(question, theme.warning), area);
        return;
    }
    let (left, style) = match app.error.as_ref().or(app.loading.failed.as_ref()) {
        _ if app.mode == Mode::Confirm(Question::Forget) => {
            let papers = if app.missing == 1 { "paper" } else { "papers" };
            let question = format!(
                "Forget {} missing {papers}? Marks and vectors are kept in case their entries return.",
                thousands(app.missing)
            );
            (question, theme.warning)
        }
        Some(error) => (error.clone(), theme.warning),
        None => match &app.notice {
            Some(notice) if notice.can_be_undone => {
                let key = app.keymap.shown(Action::Undo);
                (format!("{} · {key} undoes", notice.text), theme.text)
            }
            Some(notice) => (notice.text.clone(), theme.text),
            None => background(app, theme),
        },
    };
    let width = usize::from(area.width).saturating_sub(2);
    let left = text::fit(&left, width);
    let right = right(app, width.saturating_sub(text::width(&left) + 2));
    let gap = width.saturating_sub(text::width(&left) + text::width(&right));
    let line = Line::from(vec![
        Span::styled(format!(" {left}"), style),
        Span::raw(" ".repeat(gap)),
        Span::styled(right, theme.dim),
    ]);
    frame.render_widget(line, area);
}

/// What makes no sense (yet) in the filter that is being typed.
fn problem(app: &App) -> Option<String> {
    let filter = match app.mode {
        Mode::Prompt(Prompt::Filter) => &app.library.filter,
        Mode::Prompt(Prompt::Neighbours) => &app.neighbours.filter,
        Mode::Prompt(Prompt::Next) => &app.next.filter,
        _ => return None,
    };
    app.filters().typed(filter.value()).1.map(|error| error.problem.to_string())
}

/// The line that is being typed, and what would complete it.
fn typed(frame: &mut Frame<'_>, area: Rect, app: &App, prompt: Prompt, theme: &Theme) {
    let papers = match app.targets().len() {
        1 => String::new(),
        count => format!(" of {} papers", thousands(count)),
    };
    let label = match prompt {
        Prompt::Untag => format!(" take away the tag{papers}: "),
        Prompt::List => format!(" put on the list{papers}: "),
        Prompt::Unlist => format!(" take off the list{papers}: "),
        Prompt::Like => " read next like the papers with: ".to_owned(),
        Prompt::InboxFile => " file of new papers: ".to_owned(),
        Prompt::ExportFile(format) => format!(" {format} file for the papers{papers}: "),
        Prompt::ClusterName => " name of the cluster: ".to_owned(),
        Prompt::SaveFilter => " save the filter as: ".to_owned(),
        Prompt::UseFilter => " take up the filter: ".to_owned(),
        Prompt::DeleteFilter => " delete the filter: ".to_owned(),
        _ => format!(" new tag{papers}: "),
    };
    let line = &app.line;
    let room = usize::from(area.width).saturating_sub(text::width(&label) + 1);
    let scroll = line.visual_scroll(room);
    let shown = text::fit(text::skip_columns(line.value(), scroll), room);
    let column = text::width(&label) + line.visual_cursor().saturating_sub(scroll);
    frame.set_cursor_position(Position::new(area.x + column as u16, area.y));
    let room = room.saturating_sub(text::width(&shown) + 3);
    let offered = text::fit(&offered(app, prompt), room);
    let line = Line::from(vec![
        Span::styled(label, theme.accent),
        Span::styled(shown, theme.text),
        Span::styled(format!("   {offered}"), theme.dim),
    ]);
    frame.render_widget(line, area);
}

/// What would complete the line, or what comes of leaving it empty.
fn offered(app: &App, prompt: Prompt) -> String {
    let typed = app.line.value().to_lowercase();
    if prompt == Prompt::ClusterName {
        let subject = app.clusters.found.as_ref().zip(app.clusters.row());
        let subject = subject.and_then(|(found, row)| found.subject(row));
        return subject.filter(|_| typed.is_empty()).map_or_else(String::new, |subject| {
            format!("without one: {}", subject.phrases.join(" · "))
        });
    }
    let known = app.completions(prompt);
    let offers: Vec<&str> = (known.iter().map(String::as_str))
        .filter(|tag| tag.to_lowercase().starts_with(&typed) && tag.to_lowercase() != typed)
        .take(12)
        .collect();
    offers.join("  ")
}

/// The trail, its end first to be kept; else what is missing or wrong in the files.
fn right(app: &App, room: usize) -> String {
    if app.view == View::Report {
        return String::new();
    }
    if let Some(from) = bridge(app) {
        let key = app.keymap.shown(Action::ClusterBridge);
        return text::fit(&format!("a bridge from {from}: {key} at its other end"), room);
    }
    let selected = app.selection.papers.len();
    if selected > 0 {
        let key = app.keymap.shown(Action::Clear);
        return format!("{} selected · {key} lets go", thousands(selected));
    }
    if app.trail.is_empty() {
        return [missing(app), findings(app)]
            .into_iter()
            .find(|text| !text.is_empty() && text::width(text) <= room)
            .unwrap_or_default();
    }
    let keys: Vec<&str> = app
        .trail
        .iter()
        .chain(&app.current)
        .filter_map(|&id| app.snapshot.by_id(id))
        .map(|paper| app.snapshot.papers()[paper].key.as_str())
        .collect();
    (0..keys.len())
        .map(|start| {
            let cut = if start > 0 { "… › " } else { "" };
            text::printable(&format!("trail: {cut}{}", keys[start..].join(" › "))).into_owned()
        })
        .find(|trail| text::width(trail) <= room)
        .unwrap_or_default()
}

/// What the cluster is called where a bridge begins.
fn bridge(app: &App) -> Option<&str> {
    let found = app.clusters.found.as_ref().filter(|_| app.view == View::Clusters)?;
    let row = app.clusters.bridge.and_then(|from| found.row(from))?;
    Some(found.subject(row)?.short_title())
}

fn missing(app: &App) -> String {
    if app.missing == 0 {
        return String::new();
    }
    let key = app.keymap.shown(Action::ForgetMissing);
    format!("{} missing from their files · {key} forgets", thousands(app.missing))
}

/// What is worth mending; where nothing is, what is worth knowing.
fn findings(app: &App) -> String {
    let count = |severity| app.report.count(severity);
    let key = app.keymap.shown(Action::Report);
    let (number, what) = match count(Severity::Error) + count(Severity::Warning) {
        0 => (count(Severity::Info), "remark"),
        wrong => (wrong, "warning"),
    };
    match number {
        0 => String::new(),
        1 => format!("1 {what} · {key} shows it"),
        _ => format!("{} {what}s · {key} shows them", thousands(number)),
    }
}

/// The model, and what else goes on.
fn background(app: &App, theme: &Theme) -> (String, Style) {
    let (text, style) = model(app, theme);
    let also = match (app.clusters.busy(), app.map.laying, app.tasks.set_aside.len()) {
        (true, ..) => "finding clusters …".to_owned(),
        (_, true, _) => "laying out the map …".to_owned(),
        (.., 0) => return (text, style),
        (.., aside) => {
            format!(
                "{} set aside ({} says why)",
                thousands(aside),
                app.keymap.shown(Action::ViewJobs)
            )
        }
    };
    (format!("{text} · {also}"), style)
}

fn model(app: &App, theme: &Theme) -> (String, Style) {
    let name = short_name(&app.model_name);
    let text = match &app.model {
        _ if !app.loading.shown => return ("reading the library …".to_owned(), theme.dim),
        _ if app.snapshot.is_empty() => String::new(),
        ModelState::Absent if !app.asks_for_download() => {
            format!("words only · {name} is not here")
        }
        ModelState::Absent => {
            let key = app.keymap.shown(Action::Download);
            let size = if app.model_name == DEFAULT_MODEL { " (440 MB, once)" } else { "" };
            format!(
                "words only · {key} downloads {name}{size}: it reads for meaning and finds more"
            )
        }
        ModelState::Opening => format!("words only · looking for {name} …"),
        ModelState::Downloading { done, total, rate } => {
            let percent = if *total == 0 { 0 } else { done * 100 / total };
            format!(
                "words only until {name} is here: {percent} % of {} MB · {:.1} MB/s",
                thousands((total / 1_000_000) as usize),
                rate / 1e6
            )
        }
        ModelState::Starting if app.paused => {
            format!("{name} paused · {} goes on", app.keymap.shown(Action::PauseEmbedding))
        }
        ModelState::Starting => format!("{name} starts …"),
        ModelState::Embedding(progress) => {
            let counts = format!("{}/{}", thousands(progress.done), thousands(progress.total));
            if app.paused {
                format!(
                    "{name} {counts} paused · {} goes on",
                    app.keymap.shown(Action::PauseEmbedding)
                )
            } else {
                let bar =
                    theme.symbols.bar(progress.done as f64 / progress.total.max(1) as f64, 12);
                let left =
                    progress.left.map_or_else(String::new, |left| format!(" · {}", clock(left)));
                format!("{name} {counts} {bar} {:.1}/s{left}", progress.papers_per_second)
            }
        }
        ModelState::Stopped => {
            format!("{name} stopped · {} goes on", app.keymap.shown(Action::RetryModel))
        }
        ModelState::Done => format!("{name} · embedding done"),
        ModelState::Unwanted => "words only (model: none)".to_owned(),
        ModelState::Failed(reason) => {
            let retry = format!(" ({} tries again)", app.keymap.shown(Action::RetryModel));
            let state = if app.has_vectors() { "embedding stopped" } else { "words only" };
            return (format!("{state}{retry}: {reason}"), theme.warning);
        }
    };
    (text, theme.text)
}

/// The last part of a Hub id or folder, in the way that people say it.
pub(super) fn short_name(model: &str) -> &str {
    match model.rsplit(['/', '\\']).find(|part| !part.is_empty()) {
        Some("allenai-specter" | "specter") => "SPECTER",
        Some(name) => name,
        None => model,
    }
}

/// Minutes and seconds, hours where there are any.
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}
