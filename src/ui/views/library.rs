//! The list of papers.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use tui_input::Input;

use super::super::pane_title;
use super::cells::{Side, cell};
use super::next::draw_hint;
use crate::app::action::Action;
use crate::app::columns::Column;
use crate::app::state::{App, Mode, Pane, Prompt};
use crate::library::marks::State;
use crate::library::paper::{Paper, PaperId};
use crate::ui::text;
use crate::ui::theme::Theme;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    draw_title(frame, title, app, theme);
    let library = &app.library;
    let active = app.pane == Pane::Library;
    if library.rows.is_empty() {
        let no_match = format!(
            "No paper has all these words. {} clears the filter.",
            app.keymap.shown(Action::Clear)
        );
        let sample = format!(
            "No papers yet. Quit, and open your file: specter-tui papers.bib. {} opens a sample library, apart \
             from your own.",
            app.keymap.shown(Action::OpenSample)
        );
        let hint = match (app.loading.running, app.snapshot.is_empty(), app.files.is_empty()) {
            (true, true, _) => "reading …",
            (false, true, true) => &sample,
            (false, true, false) if app.loading.failed.is_some() => "",
            (false, true, false) => "There are no papers here.",
            (_, false, _) => &no_match,
        };
        return draw_hint(frame, list, hint, theme);
    }
    let rows = library.rows.iter().enumerate().skip(library.scroll.offset).zip(list.rows());
    for ((row, &paper), area) in rows {
        let paper = &app.snapshot.papers()[paper];
        let line = paper_line(app, paper, usize::from(area.width).saturating_sub(2), theme);
        let cursor = row == library.scroll.cursor;
        draw_row(frame, area, line, cursor, active, theme);
    }
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let library = &app.library;
    let name = if app.pane == Pane::Library { theme.active } else { theme.dim };
    let mut left = Line::from(Span::styled("Library", name));
    let sort = library.sort;
    let arrow = if library.descends() { theme.symbols.descending } else { theme.symbols.ascending };
    let mut right = format!("sort: {} {arrow}", sort.name());
    if let Some(found) = draw_filter(frame, area, &mut left, app, theme) {
        right = format!("{found} · {right}");
    }
    pane_title(frame, area, left, &right, theme);
}

/// The filter in the title of a pane, and how many papers it finds; nothing where there is none.
pub(super) fn draw_filter(
    frame: &mut Frame<'_>,
    area: Rect,
    left: &mut Line<'static>,
    app: &App,
    theme: &Theme,
) -> Option<String> {
    let library = &app.library;
    let typing = app.mode == Mode::Prompt(Prompt::Filter);
    if !typing && library.filter.value().is_empty() {
        return None;
    }
    left.spans.push(Span::styled(" /", theme.accent));
    let room = usize::from(area.width / 2).saturating_sub(left.width());
    draw_typed(frame, area, left, (&library.filter, room), typing, theme);
    let (found, all) = (library.rows.len(), app.snapshot.len());
    Some(format!("{} of {}", text::thousands(found), text::thousands(all)))
}

/// Adds what is typed to the left of a title, in so many columns, with the terminal's cursor in it.
pub(super) fn draw_typed(
    frame: &mut Frame<'_>,
    area: Rect,
    left: &mut Line<'static>,
    (input, room): (&Input, usize),
    typing: bool,
    theme: &Theme,
) {
    let scroll = input.visual_scroll(room);
    let visible = text::skip_columns(input.value(), scroll);
    if typing {
        let column = left.width() + input.visual_cursor().saturating_sub(scroll) + 2;
        frame.set_cursor_position(Position::new(area.x + column as u16, area.y));
    }
    left.spans.push(Span::styled(text::fit(visible, room), theme.accent));
}

/// First row for the title, the rest for the list.
pub(in crate::ui) fn split_title(area: Rect) -> [Rect; 2] {
    let title = Rect { height: 1.min(area.height), ..area };
    let list = Rect { y: area.y + title.height, height: area.height - title.height, ..area };
    [title, list]
}

/// A row of a list, with the cursor where it is.
pub(super) fn draw_row(
    frame: &mut Frame<'_>,
    area: Rect,
    mut line: Line<'_>,
    cursor: bool,
    active: bool,
    theme: &Theme,
) {
    let mark = if cursor { theme.symbols.cursor } else { ' ' };
    line.spans.insert(0, Span::styled(format!("{mark} "), theme.accent));
    if cursor {
        let style = if active { theme.selected } else { theme.remembered };
        for span in &mut line.spans {
            span.style = style;
        }
        line = line.style(style);
        frame.buffer_mut().set_style(area, style);
    }
    frame.render_widget(line, area);
}

/// Cells of a badge.
const BADGE: usize = 2;

/// A paper in its columns, and a badge, in so many cells.
pub(super) fn paper_line(app: &App, paper: &Paper, columns: usize, theme: &Theme) -> Line<'static> {
    let badge = match (paper.missing, paper.title_only()) {
        (true, _) => " m",
        (_, true) => " t",
        _ => "  ",
    };
    let shown = app.columns().fit(columns, BADGE);
    let title = shown.iter().position(|(column, _)| *column == Column::Title);
    let cells = shown.into_iter().enumerate().map(|(at, column)| {
        let side = if Some(at) < title { Side::Before } else { Side::Behind };
        cell(app, paper, column, side, theme)
    });
    cells.chain([Span::styled(badge, theme.warning)]).collect()
}

/// What the user says of a paper, or that it is selected or a seed, in two columns.
pub(super) fn symbol(app: &App, paper: PaperId, theme: &Theme) -> Span<'static> {
    let symbols = theme.symbols;
    let sign = |sign: char, style| Span::styled(format!("{sign} "), style);
    if app.selection.papers.contains(&paper) {
        return sign(symbols.selected, theme.accent);
    }
    if app.seeds.like.contains(&paper) {
        return sign(symbols.like, theme.accent);
    }
    if app.seeds.unlike.contains(&paper) {
        return sign(symbols.unlike, theme.warning);
    }
    let Some(mark) = app.mark(paper) else {
        return Span::raw("  ");
    };
    match (mark.not_for_me, mark.starred, mark.state) {
        (true, ..) => sign(symbols.not_for_me, theme.dim),
        (_, true, _) => sign(symbols.starred, theme.warning),
        (.., State::Read) => sign(symbols.read, theme.dim),
        (.., State::Reading) => sign(symbols.reading, theme.accent),
        (.., State::Queued) => sign(symbols.queued, theme.accent),
        (.., State::Unread) => Span::raw("  "),
    }
}
