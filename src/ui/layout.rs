//! Where the panes are, for every size of terminal.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use super::split::{Split, side_by_side, stacked};
use super::text;
use super::views::next;
use crate::app::clusters::{Pane, Tree};
use crate::app::mouse::{Divider, Shares};
use crate::app::state::{App, View};
use crate::app::tasks::Task;

/// Columns from which library and neighbours stand side by side.
const WIDE: u16 = 100;
/// Rows below which the abstract gives way.
const TALL: u16 = 18;

/// Rows of the details and the explanation together, below one another, from which both have room.
const BOTH: u16 = 12;

/// Rows that the explanation takes at most beside the neighbours' list.
const WHY: u16 = 18;

/// Rows that the text takes at most that is looked for.
const SOUGHT: usize = 6;

/// Rows that the details take at most: most abstracts fit, and the lists get the rest.
const DETAILS: u16 = 18;

/// Most columns and rows of the box in which actions are looked for.
const FINDER: (u16, u16) = (96, 40);

/// The places of what every view has. Panes include the line of their title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) body: Rect,
    pub(super) status: Rect,
    pub(super) footer: Rect,
}

/// Rows of the lists, without their titles: how far a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heights {
    /// The library list.
    pub library: usize,
    /// The neighbours.
    pub neighbours: usize,
    /// What a search found.
    pub search: usize,
    /// What to read next, and the inbox: papers, not rows.
    pub next: usize,
    /// A paper as a whole: lines of its text.
    pub paper: usize,
    /// The findings in the files.
    pub report: usize,
}

/// Rows of the lists in the terminal as it is now.
#[must_use]
pub fn heights(app: &App) -> Heights {
    let rows_of = |area: Rect| usize::from(area.height.saturating_sub(1)).max(1);
    screen(app.size).map_or(
        Heights { library: 1, neighbours: 1, search: 1, next: 1, paper: 1, report: 1 },
        |Areas { body, .. }| {
            let lists = panes(app, body);
            Heights {
                library: lists.library.map_or(1, rows_of),
                neighbours: rows_of(lists.neighbours),
                search: rows_of(lists.neighbours),
                next: (rows_of(lists.neighbours) / usize::from(next::ROWS)).max(1),
                paper: rows_of(body),
                report: rows_of(report(body)[0]),
            }
        },
    )
}

/// Is it shown why the paper under the cursor is in its list?
#[must_use]
pub fn shows_why(app: &App) -> bool {
    let is_shown = |areas: Areas| panes(app, areas.body).why.is_some();
    let ranked = matches!(app.view, View::Library | View::Neighbours | View::Search);
    ranked && screen(app.size).is_some_and(is_shown)
}

/// Rows of the actions that are looked through.
#[must_use]
pub fn finder_height((columns, rows): (u16, u16)) -> usize {
    usize::from(finder_rows(finder(Rect::new(0, 0, columns, rows))).height).max(1)
}

/// The rows of the actions in their box: without its border, and the line that is typed.
pub(super) fn finder_rows(area: Rect) -> Rect {
    let inner = area.inner(Margin::new(2, 1));
    Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
}

/// The box in which actions are looked for.
pub(super) fn finder(screen: Rect) -> Rect {
    let (width, height) = (screen.width.min(FINDER.0), screen.height.min(FINDER.1));
    screen.centered(Constraint::Length(width), Constraint::Length(height))
}

/// The places in a terminal of this size; `None` where it is too small for any.
pub(super) fn screen((columns, rows): (u16, u16)) -> Option<Areas> {
    areas(Rect::new(0, 0, columns, rows))
}

/// The places on a screen; `None` where it is too small for any.
pub(super) fn areas(screen: Rect) -> Option<Areas> {
    if screen.width < 30 || screen.height < 8 {
        return None;
    }
    let [header, body, status, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(screen);
    Some(Areas { header, body, status, footer })
}

/// The places of the lists of papers, of the paper, and of what ties it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lists {
    /// The library, where the view shows it.
    pub(super) library: Option<Rect>,
    /// The neighbours, or what a search found.
    pub(super) neighbours: Rect,
    /// The paper, where there is room for it.
    pub(super) details: Option<Rect>,
    /// Why it is in the list.
    pub(super) why: Option<Rect>,
    /// What can be dragged between them.
    pub(super) splits: [Option<Split>; 3],
}

/// The lists of papers of the view on the screen.
pub(super) fn panes(app: &App, body: Rect) -> Lists {
    let body = if app.view == View::Search { search(app, body)[1] } else { body };
    // What to read next and the inbox say why by themselves.
    let says_why = matches!(app.view, View::Next | View::Inbox);
    let why = if says_why { Some(false) } else { app.why.wanted };
    lists(app.view, body, why, &app.mouse.shares)
}

/// The text that is looked for, with its title and a line for hints; and what is found.
pub(super) fn search(app: &App, body: Rect) -> [Rect; 2] {
    let rows = text::rows(app.search.input.value(), sought_columns(body)).len();
    let most = (usize::from(body.height) / 4).clamp(1, SOUGHT);
    let rows = rows.clamp(1, most) as u16;
    Layout::vertical([Constraint::Length(rows + 2), Constraint::Fill(1)]).areas(body)
}

/// Columns of the text that is looked for.
pub(super) fn sought_columns(body: Rect) -> usize {
    usize::from(body.width).saturating_sub(4).max(1)
}

/// Two halves.
const HALVES: [Constraint; 2] = [Constraint::Fill(1), Constraint::Fill(1)];

/// The lists of papers in a view's body: library and neighbours, or a ranked list alone beside
/// what it says. `why` says whether the explanation is wanted; `None` where there is room.
pub(super) fn lists(view: View, body: Rect, why: Option<bool>, shares: &Shares) -> Lists {
    if view == View::Library {
        return library(body, why, shares);
    }
    let wide = body.width >= WIDE;
    let (neighbours, rest, split) = if wide {
        let ([left, right], split) = side_by_side(Divider::Columns, body, HALVES, shares);
        (left, Some(right), Some(split))
    } else if body.height + 3 >= TALL {
        let usual = [Constraint::Fill(2), Constraint::Fill(3)];
        let ([top, bottom], split) = stacked(Divider::Rows, body, usual, shares);
        (top, Some(bottom), Some(split))
    } else {
        (body, None, None)
    };
    let mut splits = [split, None, None];
    let [details, why] = match rest {
        Some(rest) if rest.height >= BOTH && why != Some(false) => {
            let share = if wide { rest.height * 2 / 5 } else { rest.height * 4 / 7 };
            let usual = [Constraint::Fill(1), Constraint::Length(share.min(WHY))];
            let (both, split) = stacked(Divider::Why, rest, usual, shares);
            splits[1] = Some(split);
            both.map(Some)
        }
        rest if why == Some(true) => [None, rest],
        rest => [rest, None],
    };
    Lists { library: None, neighbours, details, why, splits }
}

/// Library and neighbours, and below them the paper and why it is listed.
fn library(body: Rect, why: Option<bool>, shares: &Shares) -> Lists {
    let wide = body.width >= WIDE;
    let mut splits = [None; 3];
    let (lists, rest) = if body.height + 3 >= TALL {
        let share = if wide { body.height * 2 / 5 } else { body.height / 3 };
        let usual = [Constraint::Fill(1), Constraint::Length(share.min(DETAILS))];
        let ([lists, rest], split) = stacked(Divider::Rows, body, usual, shares);
        splits[0] = Some(split);
        (lists, Some(rest))
    } else {
        (body, None)
    };
    let [library, neighbours] = if wide {
        let (both, split) = side_by_side(Divider::Columns, lists, HALVES, shares);
        splits[1] = Some(split);
        both
    } else {
        Layout::vertical(HALVES).areas(lists)
    };
    let [details, why] = match rest {
        Some(rest) if wide && why != Some(false) => {
            let (both, split) = side_by_side(Divider::Columns, rest, HALVES, shares);
            splits[2] = Some(split);
            both.map(Some)
        }
        rest if why == Some(true) => [None, rest],
        rest => [rest, None],
    };
    Lists { library: Some(library), neighbours, details, why, splits }
}

/// The places of the clusters, their papers, and the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClusterAreas {
    pub(super) tree: Option<Rect>,
    pub(super) papers: Option<Rect>,
    pub(super) details: Option<Rect>,
    /// What can be dragged between them.
    pub(super) splits: [Option<Split>; 2],
}

/// The clusters and the papers of one of them side by side, or those that the keys go to.
pub(super) fn clusters(pane: Pane, body: Rect, shares: &Shares) -> ClusterAreas {
    let with_details = |area: Rect| {
        if body.height + 3 < TALL {
            return (area, None, None);
        }
        let usual = [Constraint::Fill(1), Constraint::Length((area.height / 2).min(DETAILS))];
        let ([papers, details], split) = stacked(Divider::Rows, area, usual, shares);
        (papers, Some(details), Some(split))
    };
    if body.width >= WIDE {
        let ([tree, right], split) = side_by_side(Divider::Columns, body, HALVES, shares);
        let (papers, details, below) = with_details(right);
        let splits = [Some(split), below];
        return ClusterAreas { tree: Some(tree), papers: Some(papers), details, splits };
    }
    match pane {
        Pane::Tree => {
            ClusterAreas { tree: Some(body), papers: None, details: None, splits: [None; 2] }
        }
        Pane::Papers => {
            let (papers, details, split) = with_details(body);
            ClusterAreas { tree: None, papers: Some(papers), details, splits: [split, None] }
        }
    }
}

/// The rows of the tree that fit into so many lines, from the first on screen, each with the lines that
/// it takes: the most central paper stands below the cluster under the cursor, or where there is room
/// below each one.
pub(super) fn tree_rows(tree: &Tree, height: usize) -> impl Iterator<Item = (usize, usize)> {
    let all = has_all_medoids(tree, height);
    let (first, cursor) = (tree.scroll.offset, tree.scroll.cursor);
    let lines = move |at: usize| if all || at == cursor { 2 } else { 1 };
    (first..tree.rows.len()).map(move |at| (at, lines(at))).scan(0, move |used, (at, lines)| {
        let start = *used;
        *used += lines;
        (start < height).then_some((at, lines))
    })
}

/// Rows of the clusters' view, without titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClusterHeights {
    /// Clusters.
    pub tree: usize,
    /// Papers.
    pub papers: usize,
}

/// Rows of the clusters' view in the terminal as it is now.
#[must_use]
pub fn cluster_heights(app: &App) -> ClusterHeights {
    let areas =
        screen(app.size).map(|areas| clusters(app.clusters.pane, areas.body, &app.mouse.shares));
    let rows_of = |area: Rect| usize::from(area.height.saturating_sub(1)).max(1);
    let tree = areas.and_then(|areas| areas.tree).map_or(1, rows_of);
    ClusterHeights {
        tree: if has_all_medoids(&app.clusters, tree) { tree } else { (tree - 1).max(1) },
        papers: areas.and_then(|areas| areas.papers).map_or(1, rows_of),
    }
}

/// Is there room for a second line below each cluster, and not only below the one under the cursor?
fn has_all_medoids(tree: &Tree, height: usize) -> bool {
    tree.rows.len() * 2 <= height
}

/// Most and least columns of what is beside the map, and its rows where it is below.
const BESIDE: std::ops::RangeInclusive<u16> = 34..=48;
const BELOW: u16 = 7;

/// The places of the map, and of the paper with its neighbours where there is room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MapAreas {
    pub(super) map: Rect,
    pub(super) beside: Option<Rect>,
    /// What can be dragged between them.
    pub(super) split: Option<Split>,
}

/// The map and what is beside or below it.
pub(super) fn map(body: Rect, shares: &Shares) -> MapAreas {
    let ([map, beside], split) = if body.width >= WIDE {
        let beside = (body.width / 4).clamp(*BESIDE.start(), *BESIDE.end());
        let usual = [Constraint::Fill(1), Constraint::Length(beside)];
        side_by_side(Divider::Map, body, usual, shares)
    } else if body.height + 3 >= TALL {
        let usual = [Constraint::Fill(1), Constraint::Length(BELOW)];
        stacked(Divider::Rows, body, usual, shares)
    } else {
        return MapAreas { map: body, beside: None, split: None };
    };
    MapAreas { map, beside: Some(beside), split: Some(split) }
}

/// Columns and rows of the map, without its title.
#[must_use]
pub fn map_size(app: &App) -> (u16, u16) {
    screen(app.size).map_or((1, 1), |areas| {
        let MapAreas { map, .. } = map(areas.body, &app.mouse.shares);
        (map.width, map.height.saturating_sub(1).max(1))
    })
}

/// What can be dragged in the view that is shown.
pub(super) fn splits(app: &App) -> impl Iterator<Item = Split> {
    let shares = &app.mouse.shares;
    let body = screen(app.size).map(|areas| areas.body);
    let splits = body.map_or([None; 3], |body| match app.view {
        View::Clusters => {
            let [one, two] = clusters(app.clusters.pane, body, shares).splits;
            [one, two, None]
        }
        View::Map => [map(body, shares).split, None, None],
        View::Report => [None; 3],
        _ => panes(app, body).splits,
    });
    splits.into_iter().flatten()
}

/// The place of a paper's details in the view that is shown.
pub(super) fn details(app: &App) -> Option<Rect> {
    let body = screen(app.size)?.body;
    match app.view {
        View::Library | View::Neighbours | View::Search | View::Next | View::Inbox => {
            panes(app, body).details
        }
        View::Clusters => clusters(app.clusters.pane, body, &app.mouse.shares).details,
        View::Paper => Some(body),
        View::Jobs => Some(jobs(body)[1]),
        View::Map | View::Report => None,
    }
}

/// The findings, and the whole of the one under the cursor.
pub(super) fn report(body: Rect) -> [Rect; 2] {
    Layout::vertical([Constraint::Fill(1), Constraint::Length(body.height.min(12) / 3)]).areas(body)
}

/// What goes on, a row each with the title above; and what is to be said of the one under the cursor.
pub(super) fn jobs(body: Rect) -> [Rect; 2] {
    let rows = (Task::ALL.len() as u16 + 2).min(body.height);
    Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_room_for_the_lists_or_says_so() {
        for columns in 0..210 {
            for rows in 0..70 {
                let screen = Rect::new(0, 0, columns, rows);
                let Some(areas) = areas(screen) else {
                    assert!(columns < 30 || rows < 8);
                    continue;
                };
                let whys = [None, Some(false), Some(true)];
                let dragged = [None, Some(0.0), Some(0.7), Some(1.0)];
                let all = [View::Library, View::Neighbours].into_iter().flat_map(|view| {
                    whys.into_iter().flat_map(move |why| dragged.map(|share| (view, why, share)))
                });
                for (view, wanted, share) in all {
                    let mut shares = Shares::default();
                    for divider in [Divider::Columns, Divider::Map, Divider::Rows, Divider::Why] {
                        if let Some(share) = share {
                            shares.set(divider, share);
                        }
                    }
                    let Lists { library, neighbours, details, why, splits } =
                        lists(view, areas.body, wanted, &shares);
                    for split in splits.into_iter().flatten() {
                        assert_eq!(areas.body.intersection(split.line), split.line);
                    }
                    assert_eq!(library.is_some(), view == View::Library);
                    assert!(why.is_none() || wanted != Some(false));
                    let bars = [areas.header, areas.status, areas.footer];
                    let panes = library.into_iter().chain([neighbours]).chain(details).chain(why);
                    for pane in panes.chain(report(areas.body)) {
                        assert_eq!(areas.body.intersection(pane), pane, "{columns}×{rows}");
                        assert!(bars.iter().all(|bar| !bar.intersects(pane)), "{columns}×{rows}");
                    }
                    for pane in [Pane::Tree, Pane::Papers] {
                        let ClusterAreas { tree, papers, details, .. } =
                            clusters(pane, areas.body, &shares);
                        assert!(tree.is_some() || papers.is_some());
                        let MapAreas { map, beside, .. } = map(areas.body, &shares);
                        let panes = [tree, papers, details, Some(map), beside];
                        for pane in panes.into_iter().flatten() {
                            assert_eq!(areas.body.intersection(pane), pane, "{columns}×{rows}");
                            assert!(pane.height >= 2, "{columns}×{rows}");
                        }
                    }
                    // A title and a row.
                    for list in library.into_iter().chain([neighbours, report(areas.body)[0]]) {
                        assert!(list.height >= 2, "{columns}×{rows}");
                    }
                }
            }
        }
    }
}
