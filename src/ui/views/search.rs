//! The text that is looked for, and the papers that answer it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::split_title;
use super::neighbours::{draw_ranked, manner};
use crate::app::action::Action;
use crate::app::state::{App, Mode, Prompt};
use crate::ui::theme::Theme;
use crate::ui::{layout, text};

/// Columns of an example.
const EXAMPLE: usize = 38;

/// Where nothing is typed.
const INTRODUCTION: &str = "Say what you look for in your own words, or paste an abstract: the papers that \
                            answer it come at once, the best first.";

/// What can be typed, and what it does.
const EXAMPLES: &[(&str, &str)] = &[
    ("how to make sentence vectors", "words, a question, a whole abstract"),
    ("parsing author:chen year:2014..", "terms with a field filter"),
];

pub(in crate::ui) fn draw(
    frame: &mut Frame<'_>,
    [line, list]: [Rect; 2],
    app: &App,
    theme: &Theme,
) {
    let (_, sought, error) = app.search.typed(&app.filters());
    draw_sought(frame, line, app, theme);
    let hint = Rect { y: line.bottom().saturating_sub(1), height: 1, ..line };
    let columns = usize::from(line.width).saturating_sub(4);
    if let Some(error) = error {
        let problem = text::fit(&error.problem.to_string(), columns);
        frame.render_widget(Line::styled(format!("  {problem}"), theme.dim), hint);
    }

    let [title, list] = split_title(list);
    let typing = app.mode == Mode::Prompt(Prompt::Search);
    let name = if typing { theme.dim } else { theme.active };
    let items = &app.search.items;
    let right = if items.is_empty() { String::new() } else { manner(app, false) };
    pane_title(frame, title, Line::from(Span::styled("Found", name)), &right, theme);
    if items.is_empty() {
        for (line, row) in empty(app, &sought, columns, theme).into_iter().zip(list.rows()) {
            frame.render_widget(line, row);
        }
        return;
    }
    draw_ranked(frame, list, app, (items, app.search.scroll), !typing, theme);
}

/// The text, in as many rows as there is room for, those around the cursor.
fn draw_sought(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let typing = app.mode == Mode::Prompt(Prompt::Search);
    let [title, body] = split_title(area);
    let name = if typing { theme.active } else { theme.dim };
    let edit =
        if typing { String::new() } else { format!("{} edits", app.keymap.shown(Action::Search)) };
    pane_title(frame, title, Line::from(Span::styled("Search", name)), &edit, theme);
    let input = &app.search.input;
    let value = input.value();
    let rows = text::rows(value, layout::sought_columns(area));
    let cursor = value.char_indices().nth(input.cursor()).map_or(value.len(), |(at, _)| at);
    let here = rows.partition_point(|row| row.end <= cursor).min(rows.len() - 1);
    let height = usize::from(body.height.saturating_sub(1)).max(1);
    let first = (here + 1).saturating_sub(height);
    for (row, place) in rows.iter().skip(first).take(height).zip(body.rows()) {
        let sign = if row.start == 0 { theme.symbols.prompt } else { ' ' };
        let line = Line::from(vec![
            Span::styled(format!("{sign} "), theme.accent),
            Span::styled(text::printable(&value[row.clone()]).into_owned(), theme.text),
        ]);
        frame.render_widget(line, place);
    }
    if typing {
        let column = 2 + text::width(&value[rows[here].start..cursor]) as u16;
        let row = body.y + (here - first) as u16;
        frame.set_cursor_position(Position::new(area.x + column, row));
    }
}

/// What to say where nothing is listed; nothing in the blink before it comes.
fn empty(app: &App, sought: &str, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let say = |sentence: &str| -> Vec<Line<'static>> {
        let lines = text::wrap(sentence, columns).into_iter();
        lines.map(|line| Line::styled(format!("  {line}"), theme.dim)).collect()
    };
    if app.search.input.value().trim().is_empty() {
        let mut lines = say(INTRODUCTION);
        lines.push(Line::default());
        for (example, what) in EXAMPLES {
            let room = columns.saturating_sub(EXAMPLE);
            lines.push(Line::from(vec![
                Span::styled(format!("  {}", text::fill(example, EXAMPLE)), theme.accent),
                Span::styled(text::fit(what, room), theme.dim),
            ]));
        }
        return lines;
    }
    if app.snapshot.is_empty() {
        return say("There are no papers to search.");
    }
    if app.lexical.is_none() {
        return say("indexing the words …");
    }
    if sought.is_empty() {
        let key = app.keymap.shown(Action::Filter);
        return say(&format!(
            "These terms only leave papers out. Add words to look for; {key} in the library filters it."
        ));
    }
    if app.search.asked.is_some() {
        return Vec::new();
    }
    let is_filtered = app
        .search
        .answered
        .as_ref()
        .is_some_and(|sought| !sought.criteria.filter.is_empty() || sought.criteria.hide_read);
    say(if is_filtered {
        "Nothing found among the papers that the filters leave."
    } else {
        "No paper has any of these words."
    })
}
