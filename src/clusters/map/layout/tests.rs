use proptest::prelude::*;

use super::*;
use crate::clusters::graph::Link;

/// A graph in which each paper of a subject has the next few of it as neighbours, in a circle.
fn subjects(sizes: &[usize], neighbours: usize) -> Graph {
    let mut lists = Vec::new();
    for &size in sizes {
        let first = lists.len();
        for paper in 0..size {
            let near = (1..=neighbours.min(size - 1)).map(|step| {
                // Not in step, so that no two papers are alike.
                let similarity = 1.0 / (step as f32 + (paper * 7 % 5) as f32 / 9.0);
                Link { paper: (first + (paper + step) % size) as u32, similarity }
            });
            lists.push(near.collect());
        }
    }
    Graph::of_lists(lists)
}

fn spread(points: &[Point]) -> f32 {
    let mean = points.iter().fold(Point::default(), |a, &b| a + b) * (1.0 / points.len() as f32);
    points.iter().map(|point| point.distance(mean)).fold(0.0, f32::max)
}

#[test]
fn libraries_of_no_or_few_papers_have_a_map() {
    for papers in 0..6 {
        let points = lay_out(&subjects(&[papers][..usize::from(papers > 0)], 4), Earlier::None);
        assert_eq!(points.len(), papers);
        assert!(points.iter().all(|point| point.square().is_finite()), "{papers}: {points:?}");
        for a in 0..papers {
            for b in 0..a {
                assert!(points[a].distance(points[b]) > 0.01, "{papers}: {points:?}");
            }
        }
    }
}

#[test]
fn subjects_without_a_tie_lie_side_by_side() {
    let sizes = [60, 40, 5, 2];
    let mut graph_sizes = sizes.to_vec();
    // And papers tied to nothing.
    graph_sizes.extend([1; 30]);
    let points = lay_out(&subjects(&graph_sizes, 6), Earlier::None);
    let mut first = 0;
    let parts: Vec<&[Point]> = sizes
        .iter()
        .chain(&[30])
        .map(|size| {
            first += size;
            &points[first - size..first]
        })
        .collect();
    for (index, part) in parts.iter().enumerate() {
        for other in &parts[..index] {
            let apart = part.iter().flat_map(|a| other.iter().map(|b| a.distance(*b)));
            assert!(apart.fold(f32::MAX, f32::min) > 0.3, "{index}");
        }
    }
    let all = spread(&points);
    assert!(all < 4.0 * spread(parts[0]), "not strewn all over: {all}");
}

#[test]
fn a_map_lies_level() {
    let points = lay_out(&subjects(&[80, 30], 5), Earlier::None);
    let mean = points.iter().fold(Point::default(), |a, &b| a + b) * (1.0 / points.len() as f32);
    let squares = points
        .iter()
        .map(|&point| point - mean)
        .fold((0.0, 0.0, 0.0), |sum, p| (sum.0 + p.x * p.x, sum.1 + p.y * p.y, sum.2 + p.x * p.y));
    assert!(squares.0 >= squares.1 && squares.2.abs() < 1e-3 * squares.0, "{squares:?}");
}

#[test]
fn papers_that_come_find_their_neighbours_and_move_nobody() {
    let graph = subjects(&[60, 60], 6);
    let whole = lay_out(&graph, Earlier::None);
    let mut earlier: Vec<Option<Point>> = whole.iter().copied().map(Some).collect();
    for new in [3, 40, 70, 71, 72] {
        earlier[new] = None;
    }
    let grown = lay_out(&graph, Earlier::Grown(&earlier));
    for (paper, place) in earlier.iter().enumerate() {
        if let Some(place) = place {
            assert_eq!(grown[paper], *place);
        } else {
            let own = &whole[paper / 60 * 60..][..60];
            let near = own.iter().map(|p| p.distance(grown[paper])).fold(f32::MAX, f32::min);
            let other = &whole[60 - paper / 60 * 60..][..60];
            let far = other.iter().map(|p| p.distance(grown[paper])).fold(f32::MAX, f32::min);
            assert!(near < far, "{paper}: {near} {far}");
        }
    }
    // Nothing new: nothing to do.
    let same: Vec<Option<Point>> = whole.iter().copied().map(Some).collect();
    assert_eq!(lay_out(&graph, Earlier::Grown(&same)), whole);
}

#[test]
fn a_map_of_other_similarities_lies_as_the_last_one_did() {
    let whole = lay_out(&subjects(&[60, 60, 60], 6), Earlier::None);
    let earlier: Vec<Option<Point>> = whole.iter().copied().map(Some).collect();
    let graph = subjects(&[60, 60, 60], 9);
    let moved = lay_out(&graph, Earlier::Changed(&earlier));
    let far: f32 = whole.iter().zip(&moved).map(|(a, b)| a.distance(*b)).sum::<f32>() / 180.0;
    assert!(far < 0.5 * spread(&whole), "{far} {}", spread(&whole));
    assert_ne!(moved, whole);
}

#[test]
fn the_same_graph_has_the_same_map_on_any_number_of_threads() {
    let graph = subjects(&[50, 20, 1], 5);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| lay_out(&graph, Earlier::None))
    };
    assert_eq!(on(1), on(4));
}

proptest! {
    #[test]
    fn a_turned_and_scaled_map_is_turned_back(
        angle in 0.0f32..6.3, scale in 0.2f32..5.0, mirrored: bool, x in -9.0f32..9.0,
    ) {
        let then: Vec<Point> = (0..30)
            .map(|i| Point { x: (i * 7 % 11) as f32, y: (i * i % 13) as f32 })
            .collect();
        let (sine, cosine) = angle.sin_cos();
        let mut now: Vec<Point> = then
            .iter()
            .map(|p| if mirrored { Point { y: -p.y, ..*p } } else { *p })
            .map(|p| Point { x: p.x * cosine - p.y * sine + x, y: p.x * sine + p.y * cosine } * scale)
            .collect();
        let earlier: Vec<Option<Point>> =
            then.iter().enumerate().map(|(i, p)| (i % 3 > 0).then_some(*p)).collect();
        settle::align(&mut now, &earlier);
        for (now, then) in now.iter().zip(&then) {
            prop_assert!(now.distance(*then) < 1e-2, "{now:?} {then:?}");
        }
    }
}
