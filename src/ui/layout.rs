//! Where the panes are, for every size of terminal.

use ratatui::layout::{Constraint, Layout, Rect};

use super::text;
use super::views::next;
use crate::app::clusters::{Pane, Tree};
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
    // Borders, and the line that is typed.
    usize::from(finder(Rect::new(0, 0, columns, rows)).height.saturating_sub(3)).max(1)
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
}

/// The lists of papers of the view on the screen.
pub(super) fn panes(app: &App, body: Rect) -> Lists {
    let body = if app.view == View::Search { search(app, body)[1] } else { body };
    // What to read next and the inbox say why by themselves.
    let says_why = matches!(app.view, View::Next | View::Inbox);
    let why = if says_why { Some(false) } else { app.why.wanted };
    lists(app.view, body, why)
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

/// The lists of papers in a view's body: library and neighbours, or a ranked list alone beside
/// what it says. `why` says whether the explanation is wanted; `None` where there is room.
pub(super) fn lists(view: View, body: Rect, why: Option<bool>) -> Lists {
    let wide = body.width >= WIDE;
    let tall = body.height + 3 >= TALL;
    let halves = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
    if view != View::Library {
        let (neighbours, rest) = if wide {
            let [left, _, right] = Layout::horizontal(halves).areas(body);
            (left, Some(right))
        } else if tall {
            let [top, bottom] =
                Layout::vertical([Constraint::Fill(2), Constraint::Fill(3)]).areas(body);
            (top, Some(bottom))
        } else {
            (body, None)
        };
        let [details, why] = match rest {
            Some(rest) if rest.height >= BOTH && why != Some(false) => {
                let share = if wide { rest.height * 2 / 5 } else { rest.height * 4 / 7 };
                let lengths = [Constraint::Fill(1), Constraint::Length(share.min(WHY))];
                Layout::vertical(lengths).areas(rest).map(|area: Rect| Some(area))
            }
            rest if why == Some(true) => [None, rest],
            rest => [rest, None],
        };
        return Lists { library: None, neighbours, details, why };
    }
    let (lists, rest) = if tall {
        let share = if wide { body.height * 2 / 5 } else { body.height / 3 };
        let [lists, rest] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(share.min(DETAILS))])
                .areas(body);
        (lists, Some(rest))
    } else {
        (body, None)
    };
    let [library, neighbours] = if wide {
        let [library, _, neighbours] = Layout::horizontal(halves).areas(lists);
        [library, neighbours]
    } else {
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(lists)
    };
    let [details, why] = match rest {
        Some(rest) if wide && why != Some(false) => {
            let [details, _, why] = Layout::horizontal(halves).areas(rest);
            [Some(details), Some(why)]
        }
        rest if why == Some(true) => [None, rest],
        rest => [rest, None],
    };
    Lists { library: Some(library), neighbours, details, why }
}

/// The places of the clusters, their papers, and the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClusterAreas {
    pub(super) tree: Option<Rect>,
    pub(super) papers: Option<Rect>,
    pub(super) details: Option<Rect>,
}

/// The clusters and the papers of one of them side by side, or those that the keys go to.
pub(super) fn clusters(pane: Pane, body: Rect) -> ClusterAreas {
    let with_details = |area: Rect| {
        if body.height + 3 < TALL {
            return (area, None);
        }
        let share = [Constraint::Fill(1), Constraint::Length((area.height / 2).min(DETAILS))];
        let [papers, details] = Layout::vertical(share).areas(area);
        (papers, Some(details))
    };
    if body.width >= WIDE {
        let halves = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
        let [tree, _, right] = Layout::horizontal(halves).areas(body);
        let (papers, details) = with_details(right);
        return ClusterAreas { tree: Some(tree), papers: Some(papers), details };
    }
    match pane {
        Pane::Tree => ClusterAreas { tree: Some(body), papers: None, details: None },
        Pane::Papers => {
            let (papers, details) = with_details(body);
            ClusterAreas { tree: None, papers: Some(papers), details }
        }
    }
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
    let areas = screen(app.size).map(|areas| clusters(app.clusters.pane, areas.body));
    let rows_of = |area: Rect| usize::from(area.height.saturating_sub(1)).max(1);
    let tree = areas.and_then(|areas| areas.tree).map_or(1, rows_of);
    ClusterHeights {
        tree: if has_all_medoids(&app.clusters, tree) { tree } else { (tree - 1).max(1) },
        papers: areas.and_then(|areas| areas.papers).map_or(1, rows_of),
    }
}

/// Is there room for a second line below each cluster, and not only below the one under the cursor?
pub(super) fn has_all_medoids(tree: &Tree, height: usize) -> bool {
    tree.rows.len() * 2 <= height
}

/// Most and least columns of what is beside the map, and its rows where it is below.
const BESIDE: std::ops::RangeInclusive<u16> = 34..=48;
const BELOW: u16 = 7;

/// The map, and the paper with its neighbours where there is room for it.
pub(super) fn map(body: Rect) -> (Rect, Option<Rect>) {
    if body.width >= WIDE {
        let beside = (body.width / 4).clamp(*BESIDE.start(), *BESIDE.end());
        let columns = [Constraint::Fill(1), Constraint::Length(1), Constraint::Length(beside)];
        let [map, _, beside] = Layout::horizontal(columns).areas(body);
        (map, Some(beside))
    } else if body.height + 3 >= TALL {
        let [map, below] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(BELOW)]).areas(body);
        (map, Some(below))
    } else {
        (body, None)
    }
}

/// Columns and rows of the map, without its title.
#[must_use]
pub fn map_size(app: &App) -> (u16, u16) {
    screen(app.size).map_or((1, 1), |areas| {
        let (map, _) = map(areas.body);
        (map.width, map.height.saturating_sub(1).max(1))
    })
}

/// The place of a paper's details in the view that is shown.
pub(super) fn details(app: &App) -> Option<Rect> {
    let body = screen(app.size)?.body;
    match app.view {
        View::Library | View::Neighbours | View::Search | View::Next | View::Inbox => {
            panes(app, body).details
        }
        View::Clusters => clusters(app.clusters.pane, body).details,
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
                for (view, wanted) in [View::Library, View::Neighbours]
                    .into_iter()
                    .flat_map(|view| whys.map(|why| (view, why)))
                {
                    let Lists { library, neighbours, details, why } =
                        lists(view, areas.body, wanted);
                    assert_eq!(library.is_some(), view == View::Library);
                    assert!(why.is_none() || wanted != Some(false));
                    let bars = [areas.header, areas.status, areas.footer];
                    let panes = library.into_iter().chain([neighbours]).chain(details).chain(why);
                    for pane in panes.chain(report(areas.body)) {
                        assert_eq!(areas.body.intersection(pane), pane, "{columns}×{rows}");
                        assert!(bars.iter().all(|bar| !bar.intersects(pane)), "{columns}×{rows}");
                    }
                    for pane in [Pane::Tree, Pane::Papers] {
                        let ClusterAreas { tree, papers, details } = clusters(pane, areas.body);
                        assert!(tree.is_some() || papers.is_some());
                        let (map, beside) = map(areas.body);
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
