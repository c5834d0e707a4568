//! Draws the state of the screen, and changes nothing.

mod dots;
pub mod hit;
pub mod layout;
mod split;
pub mod symbols;
pub mod text;
pub mod theme;
mod views;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Padding, Paragraph};

use crate::app::chosen::Welcome;
use crate::app::state::{App, Mode, View};
pub use layout::{
    ClusterHeights, Heights, cluster_heights, finder_height, heights, map_size, shows_why,
};
use theme::Theme;
pub use views::details::abstract_overflow;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) {
    frame.render_widget(Block::new().style(theme.text), frame.area());
    draw_views(frame, app, theme);
    theme.symbols.finish(frame.buffer_mut());
}

fn draw_views(frame: &mut Frame<'_>, app: &App, theme: &Theme) {
    let Some(areas) = layout::areas(frame.area()) else {
        let sentence = "specter-tui needs a window of at least 30 × 8.";
        frame.render_widget(
            Paragraph::new(sentence).wrap(ratatui::widgets::Wrap { trim: true }),
            frame.area(),
        );
        return;
    };
    views::header::draw(frame, areas.header, app, theme);
    match app.view {
        View::Library | View::Neighbours | View::Search => {
            let lists = layout::panes(app, areas.body);
            if let Some(area) = lists.library {
                views::library::draw(frame, area, app, theme);
            }
            if app.view == View::Search {
                let [line, _] = layout::search(app, areas.body);
                views::search::draw(frame, [line, lists.neighbours], app, theme);
            } else {
                views::neighbours::draw(frame, lists.neighbours, app, theme);
            }
            if let Some(area) = lists.details {
                views::details::draw(frame, area, app, app.shown_paper(), theme);
            }
            if let Some(area) = lists.why {
                views::why::draw(frame, area, app, theme);
            }
        }
        View::Clusters => {
            let areas = layout::clusters(app.clusters.pane, areas.body, &app.mouse.shares);
            views::clusters::draw(frame, areas, app, theme);
        }
        View::Map => {
            views::map::draw(frame, layout::map(areas.body, &app.mouse.shares), app, theme);
        }
        View::Next | View::Inbox => {
            let lists = layout::panes(app, areas.body);
            if app.view == View::Next {
                views::next::draw(frame, lists.neighbours, app, theme);
            } else {
                views::inbox::draw(frame, lists.neighbours, app, theme);
            }
            if let Some(area) = lists.details {
                views::details::draw(frame, area, app, app.shown_paper(), theme);
            }
        }
        View::Paper => views::paper::draw(frame, areas.body, app, theme),
        View::Jobs => views::jobs::draw(frame, areas.body, app, theme),
        View::Report => views::report::draw(frame, layout::report(areas.body), app, theme),
    }
    views::status::draw(frame, areas.status, app, theme);
    views::footer::draw(frame, areas.footer, app, theme);
    if app.welcome == Welcome::Shown {
        views::welcome::draw(frame, areas.body, app, theme);
    }
    match app.mode {
        Mode::Finder => views::finder::draw(frame, app, theme),
        Mode::Columns => views::columns::draw(frame, app, theme),
        Mode::Normal | Mode::Prompt(_) | Mode::Confirm(_) => {}
    }
}

/// Draws a box over what is there; gives the place within.
fn boxed(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    hint: Option<&str>,
    theme: &Theme,
) -> Rect {
    let mut block = Block::bordered()
        .title(title)
        .border_set(theme.symbols.border)
        .border_style(theme.dim)
        .style(theme.text)
        .title_style(theme.active)
        .padding(Padding::horizontal(1));
    if let Some(hint) = hint {
        block = block.title_bottom(Line::from(hint).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    inner
}

/// The line above a pane: its name on the left, remarks on the right, a rule between.
fn pane_title(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: &str, theme: &Theme) {
    let (sign, rule) = (theme.symbols.rule, theme.dim);
    let width = usize::from(area.width);
    let right = text::fit(right, width.saturating_sub(left.width() + 6));
    let right_width = if right.is_empty() { 0 } else { text::width(&right) + 3 };
    let gap = width.saturating_sub(left.width() + right_width + 3);
    let space = if left.spans.is_empty() { sign } else { ' ' };
    let mut line = Line::from(Span::styled(format!("{sign}{space}"), rule));
    line.spans.extend(left.spans);
    let signs = String::from(sign).repeat(gap);
    line.spans.push(Span::styled(format!("{space}{signs}"), rule));
    if !right.is_empty() {
        line.spans.push(Span::styled(format!(" {right} {sign}"), rule));
    }
    frame.render_widget(line, area);
}
