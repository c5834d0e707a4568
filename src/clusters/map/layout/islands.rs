//! Islands of the map, drawn near: how far apart lies what hardly holds together says nothing, and a
//! sea between them is room that everything else lacks.

use std::collections::{HashMap, HashSet};

use crate::clusters::map::Point;

/// Papers less than one to two of these apart, in map units, are on one island; so far is it from one to the
/// next.
const CELL: f32 = 0.75;

/// How far an island goes at a time.
const STEP: f32 = CELL / 2.0;

/// Moves each island straight towards the largest one until it would run aground, the nearest first.
pub(super) fn draw_near(points: &mut [Point]) {
    let mut islands = islands(points);
    islands.sort_by_key(|island| std::cmp::Reverse(island.len()));
    let Some((largest, others)) = islands.split_first() else {
        return;
    };
    let harbour = middle(points, largest);
    let mut land: HashSet<Cell> = largest.iter().map(|&paper| cell(points[paper])).collect();
    let mut others: Vec<(f32, &Vec<usize>)> =
        others.iter().map(|island| (middle(points, island).distance(harbour), island)).collect();
    others.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (distance, island) in others {
        let toward = (harbour - middle(points, island)) * (1.0 / distance.max(f32::MIN_POSITIVE));
        let runs_aground = |by: Point| {
            island.iter().any(|&paper| around(cell(points[paper] + by)).any(|c| land.contains(&c)))
        };
        let by = (0..(distance / STEP) as usize)
            .map(|step| toward * (step as f32 * STEP))
            .take_while(|&by| !runs_aground(by))
            .last()
            .unwrap_or_default();
        for &paper in island {
            points[paper] = points[paper] + by;
            land.insert(cell(points[paper]));
        }
    }
}

/// A square of the map.
type Cell = (i32, i32);

fn cell(point: Point) -> Cell {
    ((point.x / CELL).floor() as i32, (point.y / CELL).floor() as i32)
}

/// A square and the eight around it.
fn around((x, y): Cell) -> impl Iterator<Item = Cell> {
    (-1..=1).flat_map(move |right| (-1..=1).map(move |up| (x + right, y + up)))
}

/// Papers whose squares touch, directly or by way of others.
fn islands(points: &[Point]) -> Vec<Vec<usize>> {
    let mut of_cell: HashMap<Cell, Vec<usize>> = HashMap::new();
    for (paper, &point) in points.iter().enumerate() {
        of_cell.entry(cell(point)).or_default().push(paper);
    }
    let mut islands = Vec::new();
    // By paper, not by square: a map has no order.
    for &first in points {
        let mut open = vec![cell(first)];
        let mut island = Vec::new();
        while let Some(at) = open.pop() {
            if let Some(papers) = of_cell.remove(&at) {
                island.extend(papers);
                open.extend(around(at));
            }
        }
        if !island.is_empty() {
            islands.push(island);
        }
    }
    islands
}

fn middle(points: &[Point], papers: &[usize]) -> Point {
    let sum = papers.iter().fold(Point::default(), |sum, &paper| sum + points[paper]);
    sum * (1.0 / papers.len() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn islands_come_near_and_never_run_aground() {
        let square = |x: f32, y: f32, side: usize| {
            (0..side * side).map(move |i| Point {
                x: x + (i % side) as f32 * 0.3,
                y: y + (i / side) as f32 * 0.3,
            })
        };
        let mut points: Vec<Point> = square(0.0, 0.0, 8).collect();
        points.extend(square(40.0, 0.0, 3));
        points.extend(square(90.0, 0.0, 2));
        points.extend(square(0.0, -70.0, 2));
        let before = points.clone();
        draw_near(&mut points);
        assert_eq!(points[..64], before[..64], "the largest stays");
        assert_eq!(points[64] - points[65], before[64] - before[65], "each as a whole");
        assert!(points.iter().all(|point| point.square() < 10.0_f32.powi(2)), "{points:?}");
        assert_eq!(islands(&points).len(), 4);
        draw_near(&mut []);
    }
}
