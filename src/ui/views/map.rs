//! The map: papers as dots in the colours of their clusters, names over them, the paper beside it.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::clusters::why_none;
use super::library::{draw_filter, split_title, symbol};
use crate::app::map::{Laid, Name};
use crate::app::state::App;
use crate::clusters::map::labels::{self, Wanted};
use crate::clusters::map::view::View;
use crate::library::marks::{Mark, State};
use crate::library::paper::Paper;
use crate::ui::dots::Dots;
use crate::ui::layout::MapAreas;
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Neighbours that are shown.
const NEIGHBOURS: usize = 5;

/// Where a paper has so many cells for itself, it is a sign and not a dot.
const CELLS_PER_SIGN: usize = 12;

/// Most columns of a name on the map.
const NAME: usize = 30;

pub(in crate::ui) fn draw(
    frame: &mut Frame<'_>,
    MapAreas { map, beside, .. }: MapAreas,
    app: &App,
    theme: &Theme,
) {
    let [title, area] = split_title(map);
    let mut left = Line::from(Span::styled("Map", theme.active));
    let mut right = draw_filter(frame, title, &mut left, app, theme).unwrap_or_default();
    let shown = app.map.laid.as_ref().zip(app.map.view.as_ref());
    if let Some((_, view)) = shown.filter(|(_, view)| view.magnification() > 1.0) {
        let gap = if right.is_empty() { "" } else { " · " };
        right = format!("{right}{gap}{:.1} ×", view.magnification());
    }
    pane_title(frame, title, left, &right, theme);
    if let Some((laid, view)) = shown {
        Picture { app, laid, view, area, theme }.draw(frame.buffer_mut());
    } else if let Some(why) = why_none(app) {
        let why = text::fit(&why, usize::from(area.width).saturating_sub(2));
        frame.render_widget(Line::styled(format!("  {why}"), theme.dim), area);
    }
    if let Some(area) = beside {
        draw_beside(frame, area, app, theme);
    }
}

/// The map as it is drawn into an area.
struct Picture<'a> {
    app: &'a App,
    laid: &'a Laid,
    view: &'a View,
    area: Rect,
    theme: &'a Theme,
}

impl Picture<'_> {
    fn draw(&self, buffer: &mut Buffer) {
        let Self { app, laid, view, area, theme } = self;
        let papers = laid.ground.snapshot.papers();
        let hits = self.hits();
        let is_lit = |paper: usize| hits.as_ref().is_none_or(|hits| hits[paper]);
        let mut dots = Dots::new(area.width, area.height);
        let mut shown = Vec::with_capacity(papers.len());
        for (paper, &point) in laid.points.iter().enumerate() {
            let (x, y) = view.dot(point);
            let colour = app.map.scene.colours.get(paper).copied().flatten();
            if dots.add((x, y), colour, is_lit(paper)) {
                shown.push((x / 2.0, y / 4.0));
            }
        }
        let cells = usize::from(area.width) * usize::from(area.height);
        let symbols = theme.symbols;
        let few = shown.len() * CELLS_PER_SIGN <= cells;
        let signs = few || !theme.has_colours() || !symbols.braille;
        for (column, row, cell) in dots.cells() {
            let (sign, style) = theme.cluster(cell.colour);
            let dots = || if symbols.braille { cell.braille() } else { Some(symbols.loose) };
            let (char, style) = match (cell.lit, signs) {
                (true, true) => (Some(sign), style),
                (true, false) => (dots(), style),
                (false, _) => (dots(), theme.dim),
            };
            if let Some(char) = char {
                self.put(buffer, (column, row), char, style);
            }
        }
        self.draw_marks(buffer, &dots);
        let signposts = self.draw_neighbours(buffer, &dots);
        self.draw_names(buffer, &mut shown, &signposts);
        self.draw_cursor(buffer, &dots);
    }

    /// By paper of the map: does the filter find it? `None` without a filter.
    fn hits(&self) -> Option<Vec<bool>> {
        let Self { app, laid, .. } = self;
        if app.library.filter.value().is_empty() {
            return None;
        }
        let mut hits = vec![false; laid.points.len()];
        for &paper in &app.library.rows {
            if let Some(index) = laid.index(app.snapshot.papers()[paper].id) {
                hits[index] = true;
            }
        }
        Some(hits)
    }

    fn put(&self, buffer: &mut Buffer, (column, row): (usize, usize), char: char, style: Style) {
        let at = (self.area.x + column as u16, self.area.y + row as u16);
        if let Some(cell) = buffer.cell_mut(at) {
            cell.set_char(char).set_style(style);
        }
    }

    /// What the user says of papers, which are selected, and which are to be read next.
    fn draw_marks(&self, buffer: &mut Buffer, dots: &Dots) {
        let Self { app, laid, view, theme, .. } = self;
        for item in app.next.items() {
            let paper = app.snapshot.papers().get(item.paper);
            if let Some(cell) = paper.and_then(|paper| self.cell_of(paper, dots)) {
                self.put(buffer, cell, theme.symbols.recommended, theme.accent);
            }
        }
        let marked = app.marks.iter().filter(|(_, mark)| rank(mark) > 0);
        let marked = marked.map(|(id, mark)| (rank(mark), id));
        let selected = app.selection.papers.iter().map(|&id| (u8::MAX, id));
        let mut marked: Vec<(u8, usize)> = (marked.chain(selected))
            .filter_map(|(rank, id)| Some((rank, laid.index(id)?)))
            .collect();
        // What matters most is drawn last.
        marked.sort_unstable();
        for (_, paper) in marked {
            let Some(cell) = dots.cell_of(view.dot(laid.points[paper])) else {
                continue;
            };
            let span = symbol(app, laid.ground.snapshot.papers()[paper].id, theme);
            if let Some(char) = span.content.chars().next() {
                self.put(buffer, cell, char, span.style);
            }
        }
    }

    /// The names of clusters, where they hide few papers (`shown`, in cells) and none of `signposts`.
    fn draw_names(
        &self,
        buffer: &mut Buffer,
        shown: &mut Vec<(f32, f32)>,
        signposts: &[(usize, usize)],
    ) {
        let Self { app, view, area, theme, .. } = self;
        let most = NAME.min(usize::from(area.width) / 2);
        let names: Vec<(&Name, String)> = (app.map.scene.names[view.level()].iter())
            .filter(|name| !name.text.is_empty() && view.shows(name.anchor))
            .map(|name| (name, format!(" {} ", text::fit(&name.text, most))))
            .collect();
        let wanted: Vec<Wanted> = (names.iter())
            .map(|(name, text)| {
                let (x, y) = view.dot(name.anchor);
                Wanted {
                    anchor: (x / 2.0, y / 4.0),
                    width: text::width(text) as i32,
                    height: 1,
                    papers: name.papers,
                }
            })
            .collect();
        // As if a good part of the largest cluster lay there.
        let heavy = wanted.iter().map(|name| name.papers).max().unwrap_or(0) / 4 + 1;
        for &(column, row) in signposts {
            shown.extend(std::iter::repeat_n((column as f32 + 0.5, row as f32 + 0.5), heavy));
        }
        let (width, height) = (i32::from(area.width), i32::from(area.height));
        let all = labels::Rect { left: 0, top: 0, width, height };
        for ((name, text), rect) in names.iter().zip(labels::place(&wanted, all, shown)) {
            let Some(rect) = rect else {
                continue;
            };
            let (_, style) = theme.cluster(Some(name.colour));
            let style = style.add_modifier(Modifier::BOLD);
            let at = (area.x + rect.left as u16, area.y + rect.top as u16);
            buffer.set_string(at.0, at.1, text, style);
        }
    }

    /// The cell of a paper; `None` where it is not in sight.
    fn cell_of(&self, paper: &Paper, dots: &Dots) -> Option<(usize, usize)> {
        let index = self.laid.index(paper.id)?;
        dots.cell_of(self.view.dot(self.laid.points[index]))
    }

    /// The numbers of the neighbours that are listed beside. Returns their cells, and those of the ring
    /// around the current paper.
    fn draw_neighbours(&self, buffer: &mut Buffer, dots: &Dots) -> Vec<(usize, usize)> {
        let Self { app, theme, .. } = self;
        let mut taken = Vec::new();
        // The closest is drawn last, over the others.
        let near = app.shown_neighbours().iter().zip('1'..='9').take(NEIGHBOURS);
        for (neighbour, digit) in near.collect::<Vec<_>>().into_iter().rev() {
            let paper = &app.snapshot.papers()[neighbour.paper];
            if let Some(cell) = self.cell_of(paper, dots) {
                self.put(buffer, cell, digit, theme.active);
                taken.push(cell);
            }
        }
        if let Some((column, row)) = app.current_paper().and_then(|of| self.cell_of(of, dots)) {
            taken.extend((column.saturating_sub(1)..=column + 1).map(|column| (column, row)));
        }
        taken
    }

    /// The current paper, in a ring.
    fn draw_cursor(&self, buffer: &mut Buffer, dots: &Dots) {
        let Self { app, area, theme, .. } = self;
        let Some((column, row)) = app.current_paper().and_then(|of| self.cell_of(of, dots)) else {
            return;
        };
        self.put(buffer, (column, row), theme.symbols.here, theme.selected);
        if column > 0 {
            self.put(buffer, (column - 1, row), '(', theme.selected);
        }
        if column + 1 < usize::from(area.width) {
            self.put(buffer, (column + 1, row), ')', theme.selected);
        }
    }
}

/// How much a mark matters on the map; 0 where there is nothing to show.
fn rank(mark: &Mark) -> u8 {
    match (mark.not_for_me, mark.starred, mark.state) {
        (true, ..) => 1,
        (_, true, _) => 5,
        (.., State::Read) => 2,
        (.., State::Reading) => 4,
        (.., State::Queued) => 3,
        (.., State::Unread) => 0,
    }
}

/// The current paper and its neighbours; where there is room, the clusters.
fn draw_beside(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, body] = split_title(area);
    let Some(paper) = app.current_paper() else {
        pane_title(frame, title, Line::default(), "", theme);
        return;
    };
    let columns = usize::from(body.width).saturating_sub(4);
    let key = text::fit(&paper.key, columns);
    let (sign, style, subject) = subject(app, paper, theme);
    let is_below = body.height < 10;
    let right = if is_below { format!("{sign} {subject}") } else { String::new() };
    let right = text::fit(&right, columns.saturating_sub(text::width(&key) + 6));
    pane_title(frame, title, Line::from(Span::styled(key, theme.dim)), &right, theme);
    let mut lines = Vec::new();
    let shown = if paper.title.is_empty() { &paper.key } else { &paper.title };
    if is_below {
        let mut line = one_line(app, paper, columns, theme);
        line.spans.insert(0, Span::raw("    "));
        for span in &mut line.spans {
            span.style = span.style.patch(theme.strong);
        }
        lines.push(line);
    } else {
        for line in text::wrap(shown, columns).into_iter().take(4) {
            lines.push(Line::styled(format!("  {line}"), theme.strong));
        }
        let year = paper.year().map_or_else(String::new, |year| format!(" · {year}"));
        let authors = text::fit(&paper.short_authors(), columns.saturating_sub(year.len()));
        lines.push(Line::styled(format!("  {authors}{year}"), theme.dim));
        lines.push(Line::from(vec![
            Span::styled(format!("  {sign} "), style),
            Span::styled(text::fit(&subject, columns.saturating_sub(2)), theme.text),
        ]));
        lines.push(Line::default());
    }
    for (at, neighbour) in app.shown_neighbours().iter().take(NEIGHBOURS).enumerate() {
        let paper = &app.snapshot.papers()[neighbour.paper];
        let mut line = one_line(app, paper, columns.saturating_sub(2), theme);
        line.spans.insert(0, Span::styled(format!("  {} ", at + 1), theme.active));
        lines.push(line);
    }
    if !is_below {
        lines.push(Line::default());
        lines.extend(legend(app, columns, theme));
    }
    for (line, row) in lines.into_iter().zip(body.rows()) {
        frame.render_widget(line, row);
    }
}

/// Year and title of a paper, with what the user says of it.
fn one_line(app: &App, paper: &Paper, columns: usize, theme: &Theme) -> Line<'static> {
    let year = paper.year().map_or_else(|| "    ".to_owned(), |year| format!("{year:>4}"));
    let shown = if paper.title.is_empty() { &paper.key } else { &paper.title };
    Line::from(vec![
        symbol(app, paper.id, theme),
        Span::styled(format!("{year} "), theme.dim),
        Span::styled(text::fit(shown, columns.saturating_sub(7)), theme.text),
    ])
}

/// Sign and name of the cluster that a paper is in.
fn subject(app: &App, paper: &Paper, theme: &Theme) -> (char, Style, String) {
    let found = app.clusters.found.as_ref();
    let row = app.clusters.row_of(paper.id);
    let known = found.zip(row).and_then(|(found, row)| {
        let coarse = found.coarse(row)?;
        Some((found.subjects[0][coarse].colour, found.subject(row)?.title()))
    });
    let (sign, style) = theme.cluster(known.as_ref().map(|(colour, _)| *colour));
    match known {
        Some((_, title)) => (sign, style, title),
        None if row.is_some() => (sign, style, "in no cluster".to_owned()),
        None => (' ', style, String::new()),
    }
}

/// The clusters with their colours, the largest first.
fn legend(app: &App, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let Some(found) = &app.clusters.found else {
        return Vec::new();
    };
    let clusters = found.clusters.levels[0].clusters.iter().zip(&found.subjects[0]);
    clusters
        .map(|(cluster, subject)| {
            let (sign, style) = theme.cluster(Some(subject.colour));
            let size = thousands(cluster.papers.len());
            let room = columns.saturating_sub(4 + size.len());
            Line::from(vec![
                Span::styled(format!("  {sign} "), style),
                Span::styled(text::fill(subject.short_title(), room), theme.text),
                Span::styled(format!("  {size}"), theme.dim),
            ])
        })
        .collect()
}
