//! What goes on behind the screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::details::more_below;
use super::library::{draw_row, split_title};
use super::status::clock;
use crate::app::state::App;
use crate::app::tasks::{Task, TaskLine, TaskState};
use crate::ui::layout;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns of a name, of a state, of a bar, of a time.
const NAME: usize = 9;
const STATE: usize = 8;
const BAR: usize = 12;

/// Lines of what is said of the task under the cursor that do not fit on the screen.
pub(super) fn overflow(app: &App, area: Rect) -> usize {
    let [_, body] = split_title(area);
    let lines = about(app, usize::from(body.width), &Theme::plain());
    lines.len().saturating_sub(usize::from(body.height))
}

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, body: Rect, app: &App, theme: &Theme) {
    let [list, detail] = layout::jobs(body);
    let [title, list] = split_title(list);
    let name = Line::from(Span::styled("What goes on behind the screen", theme.active));
    pane_title(frame, title, name, "", theme);
    let columns = usize::from(list.width).saturating_sub(2);
    for (at, (task, row)) in Task::ALL.into_iter().zip(list.rows()).enumerate() {
        let line = task_line(app, task, columns, theme);
        draw_row(frame, row, line, at == app.tasks.scroll.cursor, true, theme);
    }
    let [title, body] = split_title(detail);
    let name = Line::from(Span::styled(app.task().name(), theme.dim));
    pane_title(frame, title, name, &more_below(app), theme);
    let lines = about(app, usize::from(body.width), theme);
    for (line, row) in lines.into_iter().skip(app.abstract_offset).zip(body.rows()) {
        frame.render_widget(line, row);
    }
}

/// The state in a word, and how it looks.
fn state<'a>(state: &TaskState, theme: &'a Theme) -> (&'static str, &'a Style) {
    match state {
        TaskState::Waiting => ("waits", &theme.dim),
        TaskState::Running => ("runs", &theme.accent),
        TaskState::Paused => ("paused", &theme.warning),
        TaskState::Stopped => ("stopped", &theme.warning),
        TaskState::Done => ("done", &theme.text),
        TaskState::Off => ("off", &theme.dim),
        TaskState::Failed(_) => ("failed", &theme.warning),
    }
}

fn task_line(app: &App, task: Task, columns: usize, theme: &Theme) -> Line<'static> {
    let TaskLine { state: of, progress, left, what } = app.task_line(task);
    let (word, style) = state(&of, theme);
    let mut line = Line::from(vec![
        Span::styled(text::fill(task.name(), NAME), theme.text),
        Span::styled(format!(" {}", text::fill(word, STATE)), *style),
    ]);
    if let Some(progress) = progress {
        line.spans
            .push(Span::styled(format!(" {}", theme.symbols.bar(progress, BAR)), theme.accent));
    }
    let left = left.map_or_else(String::new, |left| format!(" · {} left", clock(left)));
    let what = match of {
        TaskState::Failed(reason) => reason,
        _ => format!("{what}{left}"),
    };
    let room = columns.saturating_sub(line.width() + 1);
    line.spans.push(Span::styled(format!(" {}", text::fit(&what, room)), theme.dim));
    line
}

/// The task under the cursor: what it is for, what went wrong, which papers were set aside and why.
fn about(app: &App, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let columns = width.saturating_sub(4).clamp(1, 120);
    let mut lines = Vec::new();
    let mut say = |content: &str, style: Style| {
        let rows = text::wrap(content, columns).into_iter();
        lines.extend(rows.map(|row| Line::from(vec![Span::raw("  "), Span::styled(row, style)])));
    };
    let task = app.task();
    say(task.purpose(), theme.text);
    if let TaskState::Failed(reason) = app.task_line(task).state {
        say("", theme.text);
        say(&reason, theme.warning);
    }
    if task == Task::Embed && !app.tasks.set_aside.is_empty() {
        say("", theme.text);
        let what = "Of these papers the model made no usable vector. They are compared by their words, and tried \
                    again when the library is opened.";
        say(what, theme.text);
        for (&paper, why) in &app.tasks.set_aside {
            if let Some(index) = app.snapshot.by_id(paper) {
                let paper = &app.snapshot.papers()[index];
                say(&format!("{}: {why} · {}", paper.key, paper.title), theme.warning);
            }
        }
    }
    lines
}
