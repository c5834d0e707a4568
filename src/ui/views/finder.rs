//! The actions that are looked through, with their keys, and what the badges mean.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::library::draw_row;
use crate::app::action::Entry;
use crate::app::finder::Range;
use crate::app::state::App;
use crate::ui::boxed;
use crate::ui::symbols::Symbols;
use crate::ui::theme::Theme;
use crate::ui::{layout, text};

/// Badges of the lists, and what they mean.
fn badges(symbols: &Symbols) -> [(String, &'static str); 6] {
    let signs = |signs: &[char]| -> String {
        let signs: Vec<String> = signs.iter().map(char::to_string).collect();
        signs.join(" ")
    };
    let state = [symbols.starred, symbols.read, symbols.reading, symbols.queued];
    [
        (signs(&state), "starred, read, being read, to be read next"),
        (signs(&[symbols.not_for_me, symbols.selected]), "not for me; selected"),
        (
            signs(&[symbols.like, symbols.unlike]),
            "more like this, less like this: the neighbours are those of all such papers",
        ),
        (signs(&['m']), "missing: no longer in its file; kept until it is back or you forget it"),
        (signs(&['t']), "title only: the entry has no abstract, so little to compare"),
        (signs(&['w']), "words only: no vector yet, the score rests on shared words"),
    ]
}

/// Columns of the keys.
const KEYS: usize = 16;
/// Columns of the name in the palette.
const NAME: usize = 18;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) {
    let finder = &app.finder;
    let area = layout::finder(frame.area());
    let title = match finder.range {
        Range::Help => " Keys that work here ",
        Range::Palette => " All actions ",
    };
    let inner =
        boxed(frame, area, title, Some(" type to find · enter does it · esc closes "), theme);
    if let Some(row) = inner.rows().next() {
        typed(frame, row, app, theme);
    }
    let mut rows = layout::finder_rows(area).rows();
    let columns = usize::from(inner.width).saturating_sub(2);
    let hits = finder.hits.iter().enumerate().skip(finder.scroll.offset);
    for ((at, entry), row) in hits.zip(rows.by_ref()) {
        let line = entry_line(app, entry, columns, theme);
        draw_row(frame, row, line, at == finder.scroll.cursor, true, theme);
    }
    if finder.range == Range::Help && finder.input.value().is_empty() {
        let room = columns.saturating_sub(KEYS + 1);
        for ((badge, what), row) in badges(theme.symbols).into_iter().zip(rows.skip(1)) {
            let line = Line::from(vec![
                Span::styled(format!("  {}", text::fill(&badge, KEYS)), theme.warning),
                Span::styled(format!(" {}", text::fit(what, room)), theme.dim),
            ]);
            frame.render_widget(line, row);
        }
    }
}

fn typed(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let input = &app.finder.input;
    let room = usize::from(area.width).saturating_sub(3);
    let scroll = input.visual_scroll(room);
    let shown = text::fit(text::skip_columns(input.value(), scroll), room);
    let column = 2 + input.visual_cursor().saturating_sub(scroll) as u16;
    frame.set_cursor_position(Position::new(area.x + column, area.y));
    let line = Line::from(vec![
        Span::styled(format!("{} ", theme.symbols.prompt), theme.accent),
        Span::styled(shown, theme.text),
    ]);
    frame.render_widget(line, area);
}

fn entry_line(app: &App, entry: &Entry, columns: usize, theme: &Theme) -> Line<'static> {
    let keys: Vec<String> = app.keymap.keys(entry.action).iter().map(ToString::to_string).collect();
    let style = if app.works_here(entry.action) { theme.text } else { theme.dim };
    let mut line = Line::from(Span::styled(text::fill(&keys.join("  "), KEYS), theme.accent));
    let mut room = columns.saturating_sub(KEYS + 1);
    if app.finder.range == Range::Palette {
        line.spans.push(Span::styled(format!(" {}", text::fill(entry.name, NAME)), style));
        room = room.saturating_sub(NAME + 1);
    }
    line.spans.push(Span::styled(format!(" {}", text::fit(entry.description, room)), style));
    line
}
