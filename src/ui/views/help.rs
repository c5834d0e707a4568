//! The keys in force, and what the badges mean.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Padding, Paragraph};

use crate::app::action::TABLE;
use crate::app::state::App;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Badges of the lists.
const BADGES: &[(&str, &str)] = &[
    ("m", "missing: no longer in its file; kept until it is back or you forget it"),
    ("t", "title only: the entry has no abstract, so little to compare"),
    ("w", "words only: no vector yet, the score rests on shared words"),
];

/// Columns of the keys.
const KEYS: usize = 20;

/// Lines of the help that do not fit on the screen.
#[must_use]
pub fn help_overflow(size: (u16, u16)) -> usize {
    let area = area(Rect::new(0, 0, size.0, size.1));
    line_count().saturating_sub(usize::from(area.height.saturating_sub(2)))
}

fn line_count() -> usize {
    TABLE.len() + 1 + BADGES.len()
}

fn area(screen: Rect) -> Rect {
    let width = screen.width.min(90);
    let height = screen.height.min(line_count() as u16 + 2);
    screen.centered(
        ratatui::layout::Constraint::Length(width),
        ratatui::layout::Constraint::Length(height),
    )
}

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) {
    let area = area(frame.area());
    let room = usize::from(area.width).saturating_sub(KEYS + 5);
    let row = |keys: &str, what: &str| {
        Line::from(vec![
            Span::styled(text::fill(keys, KEYS), theme.accent),
            Span::styled(format!(" {}", text::fit(what, room)), theme.text),
        ])
    };
    let actions = TABLE.iter().map(|entry| {
        let keys: Vec<String> =
            app.keymap.keys(entry.action).iter().map(ToString::to_string).collect();
        row(&keys.join("  "), entry.description)
    });
    let badges = BADGES.iter().map(|(badge, what)| row(badge, what));
    let lines: Vec<Line<'_>> = actions.chain([Line::default()]).chain(badges).collect();
    frame.render_widget(Clear, area);
    frame.render_widget(
        Paragraph::new(lines).scroll((app.help_offset as u16, 0)).block(
            Block::bordered()
                .title(" Keys ")
                .border_style(theme.dim)
                .title_style(theme.active)
                .padding(Padding::horizontal(1)),
        ),
        area,
    );
}
