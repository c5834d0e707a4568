//! A map that goes on from an earlier one.

use super::fuzzy::Fuzzy;
use super::random::Random;
use crate::clusters::map::Point;

/// How far papers that begin in one place are strewn, in map units: so far that they can part.
const STREWN: f32 = 0.1;

/// Gives each paper that has no place the mean of its neighbours', those that hold more strongly
/// weighing more; neighbours of neighbours in the next round, and so on, until nobody is left who is tied to
/// a paper with a place.
pub(super) fn beside_neighbours(graph: &Fuzzy, places: &mut [Option<Point>]) {
    let mut random = Random::new(places.len() as u64);
    loop {
        let mut found = Vec::new();
        for paper in (0..places.len()).filter(|&paper| places[paper].is_none()) {
            let (mut sum, mut total) = (Point::default(), 0.0);
            for &(other, weight) in graph.edges(paper) {
                if let Some(place) = places[other as usize] {
                    sum = sum + place * weight;
                    total += weight;
                }
            }
            if total > 0.0 {
                let strewn = Point { x: random.unit() - 0.5, y: random.unit() - 0.5 } * STREWN;
                found.push((paper, sum * (1.0 / total) + strewn));
            }
        }
        if found.is_empty() {
            return;
        }
        for (paper, place) in found {
            places[paper] = Some(place);
        }
    }
}

/// Moves, turns, mirrors and scales a map so that those papers that had a place are as near to it as
/// can be (orthogonal Procrustes analysis; Schönemann, 1966).
pub(super) fn align(points: &mut [Point], earlier: &[Option<Point>]) {
    let pairs = || points.iter().zip(earlier).filter_map(|(now, then)| Some((*now, (*then)?)));
    let count = pairs().count() as f32;
    if count < 1.0 {
        return;
    }
    let mean = |of: &dyn Fn((Point, Point)) -> Point| {
        pairs().map(of).fold(Point::default(), |a, b| a + b) * (1.0 / count)
    };
    let (now, then) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    // Sums of products of the deviations, as of complex numbers: `turn` for a rotation of `now` onto
    // `then`, `mirror` for one of its mirror image.
    let (mut turn, mut mirror, mut spread) = (Point::default(), Point::default(), 0.0);
    for (a, b) in pairs() {
        let (a, b) = (a - now, b - then);
        turn = turn + Point { x: a.x * b.x + a.y * b.y, y: a.x * b.y - a.y * b.x };
        mirror = mirror + Point { x: a.x * b.x - a.y * b.y, y: a.x * b.y + a.y * b.x };
        spread += a.square();
    }
    if spread <= 0.0 {
        return;
    }
    let mirrored = mirror.square() > turn.square();
    let by = if mirrored { mirror } else { turn } * (1.0 / spread);
    for point in points {
        let from = *point - now;
        let from = if mirrored { Point { y: -from.y, ..from } } else { from };
        *point =
            then + Point { x: by.x * from.x - by.y * from.y, y: by.x * from.y + by.y * from.x };
    }
}

/// Turns a map about its middle so that it is widest from left to right, as screens and pages are.
pub(super) fn lay_level(points: &mut [Point]) {
    let mean = points.iter().fold(Point::default(), |a, &b| a + b) * (1.0 / points.len() as f32);
    // The sum of squares of the deviations, as of complex numbers, has twice the angle of the axis
    // along which they are largest.
    let squares = points.iter().fold(Point::default(), |sum, &point| {
        let Point { x, y } = point - mean;
        sum + Point { x: x * x - y * y, y: 2.0 * x * y }
    });
    let (sine, cosine) = (-squares.y.atan2(squares.x) / 2.0).sin_cos();
    for point in points {
        let Point { x, y } = *point - mean;
        *point = Point { x: x * cosine - y * sine, y: x * sine + y * cosine };
    }
}
