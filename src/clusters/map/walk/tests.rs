use proptest::prelude::*;

use super::*;

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// How many papers can be reached from each by the arrow keys, at least.
fn least_reached(points: &[Point]) -> usize {
    let next: Vec<Vec<usize>> = (0..points.len())
        .map(|from| Direction::ALL.iter().filter_map(|&way| next(points, from, way)).collect())
        .collect();
    let reached = |start: usize| {
        let mut seen = vec![false; points.len()];
        seen[start] = true;
        let mut open = vec![start];
        while let Some(paper) = open.pop() {
            for &other in &next[paper] {
                if !std::mem::replace(&mut seen[other], true) {
                    open.push(other);
                }
            }
        }
        seen.iter().filter(|&&seen| seen).count()
    };
    (0..points.len()).map(reached).min().unwrap_or(0)
}

#[test]
fn each_key_leads_to_the_next_paper_in_its_direction() {
    let points =
        [at(0.0, 0.0), at(2.0, 0.5), at(5.0, 0.0), at(0.5, 3.0), at(-1.0, 0.2), at(0.3, -4.0)];
    assert_eq!(next(&points, 0, Direction::Right), Some(1));
    assert_eq!(next(&points, 0, Direction::Up), Some(3));
    assert_eq!(next(&points, 0, Direction::Left), Some(4));
    assert_eq!(next(&points, 0, Direction::Down), Some(5));
    assert_eq!(next(&points, 2, Direction::Right), None);
    assert_eq!(next(&[at(1.0, 1.0)], 0, Direction::Up), None);
}

#[test]
fn papers_in_one_place_are_in_a_row() {
    let points = [at(1.0, 1.0); 3];
    assert_eq!(next(&points, 0, Direction::Right), Some(1));
    assert_eq!(next(&points, 1, Direction::Right), Some(2));
    assert_eq!(next(&points, 2, Direction::Left), Some(1));
    assert_eq!(next(&points, 0, Direction::Left), None);
}

#[test]
fn the_nearest_paper_is_found() {
    let points = [at(0.0, 0.0), at(4.0, 4.0), at(4.0, 4.0)];
    assert_eq!(nearest(&points, at(3.0, 3.0)), Some(1));
    assert_eq!(nearest(&points, at(-9.0, 0.0)), Some(0));
    assert_eq!(nearest(&[], at(0.0, 0.0)), None);
}

proptest! {
    #[test]
    fn each_paper_is_in_just_one_direction_and_opposite_from_the_other_side(
        points in prop::collection::vec((-4i8..4, -4i8..4), 2..20),
    ) {
        let points: Vec<Point> =
            points.into_iter().map(|(x, y)| at(f32::from(x), f32::from(y))).collect();
        for to in 1..points.len() {
            let opposite = match Direction::of(&points, 0, to) {
                Direction::Left => Direction::Right,
                Direction::Right => Direction::Left,
                Direction::Up => Direction::Down,
                Direction::Down => Direction::Up,
            };
            prop_assert_eq!(Direction::of(&points, to, 0), opposite);
        }
    }

    /// On a grid as coarse as this, papers share places, rows, columns and diagonals.
    #[test]
    fn no_paper_is_out_of_reach(
        coarse in prop::collection::vec((-4i8..4, -4i8..4), 1..60),
        fine in prop::collection::vec((-1.0f32..1.0, -1.0f32..1.0), 1..60),
    ) {
        let coarse: Vec<Point> =
            coarse.into_iter().map(|(x, y)| at(f32::from(x), f32::from(y))).collect();
        prop_assert_eq!(least_reached(&coarse), coarse.len());
        let fine: Vec<Point> = fine.into_iter().map(|(x, y)| at(x, y)).collect();
        prop_assert_eq!(least_reached(&fine), fine.len());
    }
}
