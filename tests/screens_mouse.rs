//! What the mouse does to the screen.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "support/screen.rs"]
mod screen;

use crossterm::event::{Event, KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use specter_tui::app::clusters::Pane as ClusterPane;
use specter_tui::app::state::{Mode, Pane, View};
use specter_tui::event::Msg;
use specter_tui::ui::hit::{self, List, Spot};
use specter_tui::ui::theme::Theme;

use screen::{Screen, sample};

type Place = (u16, u16);

fn mouse(screen: &mut Screen, kind: MouseEventKind, (column, row): Place) {
    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    screen.tell(Msg::Input(Event::Mouse(event)));
}

fn click(screen: &mut Screen, place: Place) {
    mouse(screen, MouseEventKind::Down(MouseButton::Left), place);
    mouse(screen, MouseEventKind::Up(MouseButton::Left), place);
}

fn drag(screen: &mut Screen, from: Place, to: Place) {
    mouse(screen, MouseEventKind::Down(MouseButton::Left), from);
    mouse(screen, MouseEventKind::Drag(MouseButton::Left), to);
    mouse(screen, MouseEventKind::Up(MouseButton::Left), to);
}

/// The rows of the screen.
fn rows(screen: &Screen) -> Vec<String> {
    let drawn = screen.drawn(&Theme::colored());
    let buffer = drawn.buffer();
    (0..buffer.area.height)
        .map(|y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect())
        .collect()
}

/// Where a text begins; the last place of several in a row.
fn find(screen: &Screen, text: &str) -> Place {
    let rows = rows(screen);
    let y = rows.iter().position(|row| row.contains(text)).unwrap_or_else(|| panic!("{text}"));
    let before = &rows[y][..rows[y].rfind(text).unwrap()];
    (before.chars().count() as u16, y as u16)
}

#[test]
fn a_click_selects_a_row_and_two_open_it() {
    let mut screen = Screen::open(&sample(), 120, 32);
    click(&mut screen, (10, 5));
    assert_eq!((screen.app.pane, screen.app.library.scroll.cursor), (Pane::Library, 3));
    assert_eq!(screen.current(), "liu2019roberta");
    let neighbour = find(&screen, "  4 ▇");
    click(&mut screen, neighbour);
    assert_eq!((screen.app.pane, screen.app.neighbours.scroll.cursor), (Pane::Neighbours, 3));
    assert_eq!(screen.current(), "liu2019roberta", "one click only shows it");
    let shown = screen.app.shown_paper().unwrap().key.clone();
    click(&mut screen, neighbour);
    assert_eq!(screen.current(), shown, "the second one opens it");
    assert_eq!(screen.app.trail.len(), 1);
    // Beside the rows: the pane, and no row.
    click(&mut screen, (5, 1));
    assert_eq!(screen.app.pane, Pane::Library);
}

#[test]
fn a_click_on_a_tab_shows_it() {
    for columns in [120, 60] {
        let mut screen = Screen::open(&sample(), columns, 32);
        for (at, &(view, ..)) in View::TABS.iter().enumerate().rev() {
            let column = rows(&screen)[0].find(&format!(" {}", at + 1)).unwrap();
            click(&mut screen, (column as u16 + 1, 0));
            assert_eq!(screen.app.view, view, "{columns}");
            screen.app.mode = Mode::Normal;
        }
    }
}

#[test]
fn what_is_drawn_in_a_row_is_what_a_click_selects() {
    let sizes = [(200, 60), (120, 32), (80, 24), (40, 12)];
    for (columns, height) in sizes {
        for keys in ["1", "2", "sgraphs", "4", "6", "1GG", "2G", "?"] {
            let mut screen = Screen::open(&sample(), columns, height);
            screen.type_text(keys);
            if keys.starts_with('s') {
                screen.press(KeyCode::Tab);
            }
            let mut clicked = 0;
            for place in (0..height).flat_map(|y| (0..columns).step_by(7).map(move |x| (x, y))) {
                let Spot::Row(list, Some(row)) = hit::spot(&screen.app, place) else { continue };
                if hit::divider(&screen.app, place).is_some() {
                    continue;
                }
                click(&mut screen, place);
                let (scroll, ..) = hit::extent(&screen.app, list);
                assert_eq!(scroll.cursor, row, "{keys} {columns}×{height} {place:?}");
                clicked += 1;
                if screen.app.view == View::Library && list == List::Library {
                    let shown = &rows(&screen)[usize::from(place.1)];
                    assert!(shown.starts_with('▌'), "{place:?}: {shown}");
                }
                // Not two in one place.
                click(&mut screen, (columns - 1, height - 1));
                screen.app.mode = if keys == "?" { Mode::Finder } else { Mode::Normal };
            }
            assert!(clicked > 3, "{keys} {columns}×{height}: {clicked}");
        }
    }
}

#[test]
fn the_wheel_scrolls_what_is_under_the_pointer() {
    let mut screen = Screen::open(&sample(), 120, 32);
    let neighbours = find(&screen, "  4 ▇");
    mouse(&mut screen, MouseEventKind::ScrollDown, neighbours);
    let app = &screen.app;
    assert_eq!((app.neighbours.scroll.offset, app.neighbours.scroll.cursor), (3, 3));
    assert_eq!((app.pane, app.library.scroll.offset), (Pane::Library, 0));
    mouse(&mut screen, MouseEventKind::ScrollUp, neighbours);
    assert_eq!(screen.app.neighbours.scroll.offset, 0);
    screen.type_text("jjjj");
    let before = screen.current().to_owned();
    mouse(&mut screen, MouseEventKind::ScrollDown, (5, 5));
    let scroll = screen.app.library.scroll;
    assert_eq!((scroll.offset, scroll.cursor), (3, 4), "the cursor stays on its paper");
    assert_eq!(screen.current(), before);
    mouse(&mut screen, MouseEventKind::ScrollDown, (5, 5));
    assert_eq!(screen.app.library.scroll.cursor, 6, "until it would be out of sight");
    assert_ne!(screen.current(), before);
    for _ in 0..100 {
        mouse(&mut screen, MouseEventKind::ScrollDown, (5, 5));
    }
    assert_eq!(
        screen.app.library.scroll.cursor,
        142 - 16,
        "at the end the cursor is the first row"
    );
    let mut screen = Screen::open(&sample(), 80, 24);
    let paper = find(&screen, "Attention Is All You Need");
    let details = (paper.0, 20);
    mouse(&mut screen, MouseEventKind::ScrollDown, details);
    assert_eq!(screen.app.abstract_offset, 3);
    mouse(&mut screen, MouseEventKind::ScrollUp, details);
    assert_eq!(screen.app.abstract_offset, 0);
}

#[test]
fn dividers_can_be_dragged() {
    let mut screen = Screen::open(&sample(), 120, 32);
    let edge = |screen: &Screen| find(screen, "─ Neighbours").0 - 1;
    let before = edge(&screen);
    drag(&mut screen, (before, 8), (80, 8));
    assert_eq!(edge(&screen), 80);
    assert_eq!(find(&screen, "─ Why").0 - 1, 80, "what is below goes along");
    drag(&mut screen, (80, 8), (0, 8));
    assert_eq!(edge(&screen), 20, "a pane is never lost");
    drag(&mut screen, (20, 8), (119, 8));
    assert_eq!(edge(&screen), 100);
    let paper = |screen: &Screen| find(screen, "─ Why").1;
    let lower = paper(&screen);
    drag(&mut screen, (3, lower), (3, 10));
    assert_eq!(paper(&screen), 10);
    // It holds as a share, also in another view and size.
    screen.resize(200, 60);
    assert_eq!(edge(&screen), 180);
    // A list that got shorter still shows its cursor.
    screen.resize(120, 32);
    screen.type_text("jjjjjjjjjjjjjj");
    drag(&mut screen, (3, 10), (3, 6));
    let scroll = screen.app.library.scroll;
    assert_eq!((scroll.cursor, scroll.offset), (14, 11));
    // Nothing is dragged once the button is up.
    mouse(&mut screen, MouseEventKind::Drag(MouseButton::Left), (50, 20));
    assert_eq!(paper(&screen), 6);
}

#[test]
fn the_map_is_clicked_zoomed_and_dragged() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("5");
    let target = screen.app.snapshot.papers()[40].id;
    let place = screen.app.map.place(target).unwrap();
    let (x, y) = screen.app.map.view.unwrap().dot(place);
    let cell = ((x / 2.0) as u16, (y / 4.0) as u16 + 2);
    click(&mut screen, cell);
    let at = screen.app.map.place(screen.app.current.unwrap()).unwrap();
    let (x, y) = screen.app.map.view.unwrap().dot(at);
    assert_eq!(((x / 2.0) as u16, (y / 4.0) as u16 + 2), cell, "a paper drawn in that cell");
    let under = |screen: &Screen| screen.app.map.view.unwrap().point((60.0, 40.0));
    let before = under(&screen);
    mouse(&mut screen, MouseEventKind::ScrollUp, (30, 12));
    assert!(screen.app.map.view.unwrap().magnification() > 1.0);
    let view = screen.app.map.view.unwrap();
    let moved = view.dot(before);
    assert!((moved.0 - 60.0).abs() < 2.0 && (moved.1 - 40.0).abs() < 4.0, "{moved:?}");
    let held = view.point((60.0, 40.0));
    drag(&mut screen, (30, 12), (25, 10));
    let now = screen.app.map.view.unwrap().dot(held);
    assert!((now.0 - 50.0).abs() < 2.0 && (now.1 - 32.0).abs() < 4.0, "{now:?}");
    mouse(&mut screen, MouseEventKind::ScrollDown, (30, 12));
    assert!((screen.app.map.view.unwrap().magnification() - 1.0).abs() < 1e-3);
}

#[test]
fn clusters_are_opened_by_their_sign() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("4");
    let rows_before = screen.app.clusters.rows.len();
    let sign = find(&screen, "▶");
    click(&mut screen, sign);
    assert!(screen.app.clusters.rows.len() > rows_before);
    let sign = find(&screen, "▼");
    click(&mut screen, sign);
    assert_eq!(screen.app.clusters.rows.len(), rows_before);
    let papers = find(&screen, "the most central first");
    click(&mut screen, (papers.0, papers.1 + 3));
    let tree = &screen.app.clusters;
    assert_eq!((tree.pane, tree.paper_scroll.cursor), (ClusterPane::Papers, 2));
    click(&mut screen, (papers.0, papers.1 + 3));
    assert_eq!(screen.app.view, View::Library, "two clicks lead to the paper");
}

#[test]
fn actions_are_clicked() {
    let mut screen = Screen::open(&sample(), 120, 50);
    screen.type_text(":sort-rev");
    let place = find(&screen, "sort-reverse");
    click(&mut screen, place);
    assert_eq!(screen.app.mode, Mode::Finder);
    click(&mut screen, place);
    assert_eq!(screen.app.mode, Mode::Normal);
    assert!(screen.app.library.reversed);
    screen.type_text("?");
    click(&mut screen, (0, 0));
    assert_eq!((screen.app.mode, screen.app.view), (Mode::Normal, View::Library));
}

#[test]
fn a_list_is_found_as_it_was_left() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("jjjjj");
    mouse(&mut screen, MouseEventKind::ScrollDown, (5, 5));
    let left = screen.app.library.scroll;
    for there in ["2", "4", "5", "6"] {
        screen.type_text(there);
        screen.type_text("1");
        assert_eq!(screen.app.library.scroll, left, "by view {there}");
    }
}

#[test]
fn what_is_typed_is_not_lost_by_a_click() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("/graph");
    click(&mut screen, (10, 4));
    assert_eq!((screen.app.mode, screen.app.library.scroll.cursor), (Mode::Normal, 2));
    assert_eq!(screen.app.library.filter.value(), "graph");
    screen.type_text("ttag");
    click(&mut screen, (10, 6));
    assert!(matches!(screen.app.mode, Mode::Prompt(_)));
    assert_eq!((screen.app.line.value(), screen.app.library.scroll.cursor), ("tag", 2));
    screen.press(KeyCode::Esc);
    screen.type_text("sbert");
    let found = find(&screen, "  2 ▇");
    click(&mut screen, found);
    assert_eq!((screen.app.mode, screen.app.search.scroll.cursor), (Mode::Normal, 1));
    click(&mut screen, (4, 2));
    assert_eq!(screen.app.search.input.value(), "bert");
    assert!(matches!(screen.app.mode, Mode::Prompt(_)), "the text is typed again");
}
