use proptest::prelude::*;

use super::*;

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A grid of `side` by `side` papers, a unit apart.
fn grid(side: usize) -> Vec<Point> {
    (0..side * side).map(|i| at((i % side) as f32, (i / side) as f32)).collect()
}

#[test]
fn the_whole_map_is_in_sight_and_fills_the_window() {
    for (width, height) in [(160.0, 80.0), (80.0, 160.0), (10.0, 10.0)] {
        let points = grid(9);
        let view = View::whole(&points, width, height);
        assert!(points.iter().all(|&point| view.shows(point)), "{width} {height}");
        let (left, bottom) = view.dot(at(0.0, 0.0));
        let (right, top) = view.dot(at(8.0, 8.0));
        assert!(left < right && top < bottom, "y of dots grows downwards");
        let filled = ((right - left) / width).max((bottom - top) / height);
        assert!((filled - 0.92).abs() < 1e-3, "{filled}");
    }
}

#[test]
fn nothing_and_one_paper_have_a_view() {
    for points in [vec![], vec![at(3.0, -2.0)], vec![at(1.0, 1.0); 5]] {
        let view = View::whole(&points, 80.0, 40.0).zoomed(8.0, at(0.0, 0.0)).panned(3.0, 1.0);
        if let Some(&point) = points.first() {
            assert_eq!(view.dot(point), (40.0, 20.0));
        }
        assert_eq!((view.magnification(), view.level()), (1.0, 0));
    }
}

#[test]
fn zooming_in_names_the_fine_clusters_and_has_an_end() {
    let points = grid(50);
    let whole = View::whole(&points, 100.0, 100.0);
    assert_eq!(whole.level(), 0);
    let closer = whole.zoomed(2.0, at(10.0, 10.0)).zoomed(2.0, at(10.0, 10.0));
    assert_eq!((closer.level(), closer.magnification()), (1, 4.0));
    let closest = closer.zoomed(1e9, at(10.0, 10.0));
    let seen = points.iter().filter(|&&point| closest.shows(point)).count();
    assert!((6..=20).contains(&seen), "{seen}");
    assert_eq!(closest.zoomed(1e-9, at(3.0, 3.0)), whole);
}

#[test]
fn a_window_of_another_size_looks_at_the_same() {
    let points = grid(30);
    let view = View::whole(&points, 100.0, 50.0).zoomed(3.0, at(20.0, 9.0));
    let other = view.resized(&points, 60.0, 90.0);
    assert!((other.magnification() - view.magnification()).abs() < 1e-6);
    let middle = view.point((50.0, 25.0));
    assert!(other.point((30.0, 45.0)).distance(middle) < 1e-3);
}

proptest! {
    #[test]
    fn dots_and_places_are_the_same_thing(
        x in -20.0f32..20.0, y in -20.0f32..20.0, factor in 0.5f32..20.0, dx in 0.0f32..100.0, dy in 0.0f32..60.0,
    ) {
        let view = View::whole(&grid(40), 100.0, 60.0).zoomed(factor, at(x, y));
        let (a, b) = view.dot(view.point((dx, dy)));
        prop_assert!((a - dx).abs() < 0.02 && (b - dy).abs() < 0.02, "{a} {b}");
    }

    #[test]
    fn zooming_keeps_a_place_in_the_middle_of_the_map_where_it_is(factor in 1.0f32..8.0) {
        let whole = View::whole(&grid(40), 100.0, 100.0);
        let before = whole.dot(at(15.0, 22.0));
        let after = whole.zoomed(factor, at(15.0, 22.0)).dot(at(15.0, 22.0));
        prop_assert!((before.0 - after.0).abs() < 0.1 && (before.1 - after.1).abs() < 0.1);
    }

    #[test]
    fn what_is_followed_is_in_sight(x in 0.0f32..39.0, y in 0.0f32..39.0, factor in 1.0f32..10.0, right in -9.0f32..9.0) {
        let view = View::whole(&grid(40), 80.0, 48.0).zoomed(factor, at(5.0, 5.0)).panned(right, -right);
        let following = view.following(at(x, y));
        prop_assert!(following.shows(at(x, y)));
        prop_assert_eq!(following.following(at(x, y)).dot(at(x, y)), following.dot(at(x, y)));
    }
}
