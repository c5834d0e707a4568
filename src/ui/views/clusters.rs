//! The clusters as a tree, and the papers of the one under the cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::layout::{self, ClusterAreas};
use super::super::pane_title;
use super::library::{draw_row, paper_line, split_title};
use crate::app::action::Action;
use crate::app::clusters::{Order, Pane, Tree};
use crate::app::state::App;
use crate::clusters::RESOLUTION;
use crate::clusters::subjects::{Footing, Found, Row, Subject};
use crate::library::marks::State;
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Columns of a cluster's size.
const SIZE: usize = 6;
/// Columns of the share that is read: `100 % read`, and without the word.
const READ: usize = 10;
const READ_SHORT: usize = 5;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, areas: ClusterAreas, app: &App, theme: &Theme) {
    if let Some(area) = areas.tree {
        draw_tree(frame, area, app, theme);
    }
    if let Some(area) = areas.papers {
        draw_papers(frame, area, app, theme);
    }
    if let Some(area) = areas.details {
        super::details::draw(frame, area, app, app.cluster_paper(), theme);
    }
}

/// Why there are no clusters, or no map, where there are none.
pub(super) fn why_none(app: &App) -> Option<String> {
    let clusters = &app.clusters;
    let failed = clusters.failed.as_ref().or(app.map.failed.as_ref());
    Some(match app.loading.running {
        true if app.snapshot.is_empty() => "reading …".to_owned(),
        _ if app.loading.failed.is_some() => return None,
        _ if app.snapshot.is_empty() => "There are no papers here.".to_owned(),
        _ if app.lexical.is_none() => "indexing the words …".to_owned(),
        _ if clusters.grounding => "finding out which papers are alike …".to_owned(),
        _ if clusters.finding => "finding clusters …".to_owned(),
        _ if app.map.laying => "laying out the map …".to_owned(),
        _ => format!("There are none: {}", failed?),
    })
}

fn draw_tree(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let tree = &app.clusters;
    let active = tree.pane == Pane::Tree;
    let mut left =
        Line::from(Span::styled("Clusters", if active { theme.active } else { theme.dim }));
    let Some(found) = &tree.found else {
        pane_title(frame, title, left, "", theme);
        if let Some(why) = why_none(app) {
            let why = text::fit(&why, usize::from(list.width).saturating_sub(2));
            frame.render_widget(Line::styled(format!("  {why}"), theme.dim), list);
        }
        return;
    };
    left.spans.push(Span::styled(format!(" · {}", found.subjects[0].len()), theme.dim));
    pane_title(frame, title, left, &basis(app, found), theme);

    let read = Read::count(app, found);
    let mut areas = list.rows();
    for (at, lines) in layout::tree_rows(tree, usize::from(list.height)) {
        let Some(area) = areas.next() else {
            break;
        };
        let row = tree.rows[at];
        let columns = usize::from(area.width).saturating_sub(2);
        let cursor = at == tree.scroll.cursor;
        let line = row_line(tree, found, row, &read, columns, theme);
        draw_row(frame, area, line, cursor, active, theme);
        if lines > 1
            && let Some(area) = areas.next()
        {
            let line = medoid_line(found, row, usize::from(area.width), theme);
            frame.render_widget(line, area);
        }
    }
    if found.subjects[0].is_empty()
        && let Some(area) = areas.nth(1)
    {
        let none = text::fit("No two papers here are alike.", usize::from(area.width) - 2);
        frame.render_widget(Line::styled(format!("  {none}"), theme.dim), area);
    }
}

/// What the clusters rest on, and the resolution where the user chose one.
fn basis(app: &App, found: &Found) -> String {
    let basis = match &found.ground.footing {
        Footing::Words => "by words".to_owned(),
        Footing::Partly { vectors, .. } => {
            let papers = found.ground.snapshot.len();
            format!("by words and {} of {} vectors", thousands(*vectors), thousands(papers))
        }
        Footing::Wholly { .. } => "by vectors and words".to_owned(),
    };
    let factor = app.clusters.resolution / RESOLUTION;
    if (factor - 1.0).abs() < 0.01 {
        basis
    } else if factor > 1.0 {
        format!("{basis} · {factor:.1} × finer")
    } else {
        format!("{basis} · {:.1} × coarser", factor.recip())
    }
}

/// How many papers of each cluster are read.
struct Read {
    levels: [Vec<usize>; 2],
    loose: usize,
}

impl Read {
    /// From the marks, of which there are fewer than papers.
    fn count(app: &App, found: &Found) -> Self {
        let levels = &found.clusters.levels;
        let mut read =
            Self { levels: levels.each_ref().map(|level| vec![0; level.clusters.len()]), loose: 0 };
        for (id, _) in app.marks.iter().filter(|(_, mark)| mark.state == State::Read) {
            let Some(paper) = found.ground.snapshot.by_id(id) else {
                continue;
            };
            for (counts, level) in read.levels.iter_mut().zip(levels) {
                if let Some(cluster) = level.of(paper) {
                    counts[cluster] += 1;
                }
            }
            read.loose += usize::from(levels[0].of(paper).is_none());
        }
        read
    }

    fn of(&self, row: Row) -> usize {
        row.place().map_or(self.loose, |(level, index)| self.levels[level][index])
    }
}

/// Sign, name, size, years and share read of a row, in so many columns.
fn row_line(
    tree: &Tree,
    found: &Found,
    row: Row,
    read: &Read,
    columns: usize,
    theme: &Theme,
) -> Line<'static> {
    let subject = found.subject(row);
    let symbols = theme.symbols;
    let fold = match subject {
        Some(subject) if subject.has_parts() && tree.open.contains(&subject.colour) => symbols.open,
        Some(subject) if subject.has_parts() => symbols.closed,
        _ => ' ',
    };
    let fold = if matches!(row, Row::Fine(_)) { "    ".to_owned() } else { format!("{fold} ") };
    let colour = found.coarse(row).map(|coarse| found.subjects[0][coarse].colour);
    let (sign, style) = theme.cluster(colour);
    let sign = if row == Row::Loose { symbols.no_cluster } else { sign };

    let papers = found.papers(row).len();
    let years = match columns {
        ..44 => 0,
        44..60 => 6,
        60..90 => 10,
        _ => 16,
    };
    let years = years.min(found.years.map_or(0, |(first, last)| (last - first) as usize + 1));
    let share = read.of(row) * 100 / papers.max(1);
    let (share, share_columns) = match columns {
        ..36 => (String::new(), 0),
        36..64 => (format!("{share} %"), READ_SHORT),
        _ => (format!("{share} % read"), READ),
    };
    let gap = |columns: usize| if columns > 0 { 2 } else { 0 };
    let right = SIZE + gap(years) + years + gap(share_columns) + share_columns;
    let title = subject.map_or_else(|| "papers in no cluster".to_owned(), Subject::title);
    let name = columns.saturating_sub(text::width(&fold) + 2 + right);
    let name_style = match subject {
        Some(subject) if subject.name.is_some() => theme.strong,
        Some(_) => theme.text,
        None => theme.dim,
    };
    let counts: &[u32] = subject.map_or(&[], |subject| &subject.years);
    Line::from(vec![
        Span::styled(fold, theme.dim),
        Span::styled(format!("{sign} "), style),
        Span::styled(text::fill(&title, name), name_style),
        Span::styled(format!("{:>SIZE$}", thousands(papers)), theme.text),
        Span::styled(
            format!("{}{}", " ".repeat(gap(years)), symbols.sparkline(counts, years)),
            style,
        ),
        Span::styled(
            format!("{}{share:>share_columns$}", " ".repeat(gap(share_columns))),
            theme.dim,
        ),
    ])
}

/// The most central paper of a row.
fn medoid_line(found: &Found, row: Row, columns: usize, theme: &Theme) -> Line<'static> {
    let indent = if matches!(row, Row::Fine(_)) { 8 } else { 6 };
    let Some(paper) = found.papers(row).first().filter(|_| row != Row::Loose) else {
        return Line::default();
    };
    let paper = &found.ground.snapshot.papers()[*paper];
    let shown = if paper.title.is_empty() { &paper.key } else { &paper.title };
    let title = text::fit(shown, columns.saturating_sub(indent + 1));
    Line::styled(format!("{}{title}", " ".repeat(indent)), theme.dim)
}

fn draw_papers(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let tree = &app.clusters;
    let active = tree.pane == Pane::Papers;
    let Some((found, row)) = tree.found.as_ref().zip(tree.row()) else {
        pane_title(frame, title, Line::default(), "", theme);
        return;
    };
    let order = match tree.order {
        Order::Centrality => "the most central first",
        Order::Date => "the newest first",
    };
    let right = format!("{order} · {}", app.keymap.shown(Action::ClusterOrder));
    let name = found.subject(row).map_or_else(|| "Papers in no cluster".to_owned(), Subject::title);
    let room = usize::from(title.width).saturating_sub(text::width(&right) + 12);
    let style = if active { theme.active } else { theme.dim };
    let left = Line::from(vec![
        Span::styled(text::fit(&name, room), style),
        Span::styled(format!(" · {}", thousands(tree.papers.len())), theme.dim),
    ]);
    pane_title(frame, title, left, &right, theme);
    let rows = tree.papers.iter().enumerate().skip(tree.paper_scroll.offset).zip(list.rows());
    for ((at, &id), area) in rows {
        // A paper that has left the library leaves its row until clusters are found anew.
        let Some(index) = app.snapshot.by_id(id) else {
            continue;
        };
        let paper = &app.snapshot.papers()[index];
        let line = paper_line(app, paper, usize::from(area.width).saturating_sub(2), theme);
        draw_row(frame, area, line, at == tree.paper_scroll.cursor, active, theme);
    }
}
