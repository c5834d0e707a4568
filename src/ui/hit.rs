//! What lies under the mouse: the same places that are drawn to, asked the other way round.

use ratatui::layout::{Position, Rect};

use super::layout;
use super::views::header;
use super::views::library::split_title;
use super::views::next;
use crate::app::action::Action;
use crate::app::mouse::Divider;
use crate::app::scroll::Scroll;
use crate::app::state::{App, Mode, View};
use crate::app::tasks::Task;

/// A list with a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The library.
    Library,
    /// The neighbours.
    Neighbours,
    /// What a search found.
    Found,
    /// The clusters.
    Clusters,
    /// The papers of a cluster.
    ClusterPapers,
    /// What to read next.
    Next,
    /// New papers.
    Inbox,
    /// The findings in the files.
    Report,
    /// What goes on behind the screen.
    Jobs,
    /// The actions that are looked through.
    Finder,
}

/// Something to point at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spot {
    /// A tab, and what leads there.
    Tab(Action),
    /// A row of a list; `None` beside the rows.
    Row(List, Option<usize>),
    /// The sign of a cluster that shows or hides its parts.
    Fold(usize),
    /// The text that is looked for.
    Sought,
    /// The map, with the dot.
    Map((f32, f32)),
    /// The paper that is shown.
    Paper,
    /// Nothing that does anything.
    Nothing,
}

/// What lies at a column and a row.
#[must_use]
pub fn spot(app: &App, (column, row): (u16, u16)) -> Spot {
    let at = Position::new(column, row);
    let Some(areas) = layout::screen(app.size) else {
        return Spot::Nothing;
    };
    if app.mode == Mode::Finder {
        let area = layout::finder(Rect::new(0, 0, app.size.0, app.size.1));
        if !area.contains(at) {
            return Spot::Nothing;
        }
        let list = layout::finder_rows(area);
        return Spot::Row(
            List::Finder,
            item(list, app.finder.scroll, app.finder.hits.len(), 1, at),
        );
    }
    if areas.header.contains(at) {
        let mut tabs = header::tabs(app, areas.header.width).into_iter();
        let tab = tabs.find(|tab| tab.columns.contains(&column));
        return tab.map_or(Spot::Nothing, |tab| Spot::Tab(tab.action));
    }
    if !areas.body.contains(at) {
        return Spot::Nothing;
    }
    match app.view {
        View::Clusters => in_clusters(app, areas.body, at),
        View::Map => in_map(app, areas.body, at),
        View::Report => {
            let [list, _] = layout::report(areas.body);
            in_list(app, List::Report, list, at).unwrap_or(Spot::Nothing)
        }
        View::Paper => Spot::Paper,
        View::Jobs => {
            let [list, _] = layout::jobs(areas.body);
            in_list(app, List::Jobs, list, at).unwrap_or(Spot::Paper)
        }
        View::Library | View::Neighbours | View::Search | View::Next | View::Inbox => {
            in_lists(app, areas.body, at)
        }
    }
}

/// The divider at a column and a row.
#[must_use]
pub fn divider(app: &App, (column, row): (u16, u16)) -> Option<Divider> {
    let at = Position::new(column, row);
    layout::splits(app).find(|split| split.line.contains(at)).map(|split| split.divider)
}

/// The share that the first of the divided panes would have if the divider were at a column and a row.
#[must_use]
pub fn share(app: &App, divider: Divider, place: (u16, u16)) -> Option<f32> {
    let split = layout::splits(app).find(|split| split.divider == divider)?;
    Some(split.share_at(place))
}

fn in_lists(app: &App, body: Rect, at: Position) -> Spot {
    let lists = layout::panes(app, body);
    if app.view == View::Search && layout::search(app, body)[0].contains(at) {
        return Spot::Sought;
    }
    if lists.details.is_some_and(|area| area.contains(at)) {
        return Spot::Paper;
    }
    let ranked = match app.view {
        View::Search => List::Found,
        View::Next => List::Next,
        View::Inbox => List::Inbox,
        _ => List::Neighbours,
    };
    let library = lists.library.and_then(|area| in_list(app, List::Library, area, at));
    library.or_else(|| in_list(app, ranked, lists.neighbours, at)).unwrap_or(Spot::Nothing)
}

fn in_clusters(app: &App, body: Rect, at: Position) -> Spot {
    let areas = layout::clusters(app.clusters.pane, body, &app.mouse.shares);
    if let Some(area) = areas.tree.filter(|area| area.contains(at)) {
        return in_tree(app, area, at);
    }
    if areas.details.is_some_and(|area| area.contains(at)) {
        return Spot::Paper;
    }
    let papers = areas.papers.and_then(|area| in_list(app, List::ClusterPapers, area, at));
    papers.unwrap_or(Spot::Nothing)
}

fn in_tree(app: &App, area: Rect, at: Position) -> Spot {
    /// Columns of the sign that shows or hides parts, behind the cursor's.
    const FOLD: std::ops::Range<u16> = 2..4;
    let [_, list] = split_title(area);
    let Some(line) = at.y.checked_sub(list.y).map(usize::from) else {
        return Spot::Row(List::Clusters, None);
    };
    let mut from = 0;
    for (row, lines) in layout::tree_rows(&app.clusters, usize::from(list.height)) {
        if (from..from + lines).contains(&line) {
            let is_fold = line == from && FOLD.contains(&(at.x - list.x));
            return if is_fold { Spot::Fold(row) } else { Spot::Row(List::Clusters, Some(row)) };
        }
        from += lines;
    }
    Spot::Row(List::Clusters, None)
}

fn in_map(app: &App, body: Rect, at: Position) -> Spot {
    let [_, area] = split_title(layout::map(body, &app.mouse.shares).map);
    if !area.contains(at) {
        return Spot::Nothing;
    }
    // The middle of the cell, which is two dots wide and four high.
    let (x, y) = (f32::from(at.x - area.x), f32::from(at.y - area.y));
    Spot::Map((x * 2.0 + 1.0, y * 4.0 + 2.0))
}

/// The row of a list in its pane; `None` outside of the pane.
fn in_list(app: &App, list: List, pane: Rect, at: Position) -> Option<Spot> {
    let [_, rows] = split_title(pane);
    let (scroll, len, _) = extent(app, list);
    let lines = if matches!(list, List::Next | List::Inbox) { next::ROWS } else { 1 };
    pane.contains(at).then(|| Spot::Row(list, item(rows, scroll, len, lines, at)))
}

/// Which item of so many, each so many lines high, lies at a place.
fn item(area: Rect, scroll: Scroll, len: usize, lines: u16, at: Position) -> Option<usize> {
    if !area.contains(at) {
        return None;
    }
    let item = scroll.offset + usize::from((at.y - area.y) / lines);
    (item < len).then_some(item)
}

/// Where a list is scrolled to, how long it is, and how much of it is on screen.
#[must_use]
pub fn extent(app: &App, list: List) -> (Scroll, usize, usize) {
    let heights = layout::heights(app);
    let clusters = layout::cluster_heights(app);
    let tree = &app.clusters;
    match list {
        List::Library => (app.library.scroll, app.library.rows.len(), heights.library),
        List::Neighbours => {
            (app.neighbours.scroll, app.shown_neighbours().len(), heights.neighbours)
        }
        List::Found => (app.search.scroll, app.search.items.len(), heights.search),
        List::Clusters => (tree.scroll, tree.rows.len(), clusters.tree),
        List::ClusterPapers => (tree.paper_scroll, tree.papers.len(), clusters.papers),
        List::Next => (app.next.scroll, app.next.items().len(), heights.next),
        List::Inbox => (app.inbox.scroll, app.inbox.items.len(), heights.next),
        List::Report => (app.report.scroll, app.report.findings.len(), heights.report),
        List::Jobs => (app.tasks.scroll, Task::ALL.len(), Task::ALL.len()),
        List::Finder => (app.finder.scroll, app.finder.hits.len(), layout::finder_height(app.size)),
    }
}
