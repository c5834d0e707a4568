//! Parts of the map that nothing ties together, side by side.

use super::fuzzy::Fuzzy;
use crate::clusters::map::Point;
use crate::clusters::map::view::Bounds;

/// Room that a paper takes when nothing else tells, as the side of a square.
const ROOM: f32 = 0.13;

/// Room left between parts.
const GAP: f32 = 0.5;

/// Turn from one seed of a sunflower to the next.
const GOLDEN_ANGLE: f32 = 2.399_963;

/// How densely places for a part are tried, as a share of its radius.
const TRIED: f32 = 0.4;

/// The side of a square that a part of so many papers may begin in.
pub(super) fn usual_side(papers: usize) -> f32 {
    ROOM * (papers as f32).sqrt()
}

/// The parts of a graph. Papers that nothing is tied to are one part together.
#[derive(Debug)]
pub(super) struct Parts {
    /// Parts of which at least one paper has a place.
    settled: Vec<Vec<u32>>,
    /// Those that have none, the largest first.
    free: Vec<Vec<u32>>,
    /// Papers tied to nothing that have no place.
    loose: Vec<u32>,
}

impl Parts {
    /// Finds them.
    pub(super) fn of(graph: &Fuzzy, places: &[Option<Point>]) -> Self {
        let mut seen = vec![false; graph.papers()];
        let (mut settled, mut free, mut loose) = (Vec::new(), Vec::new(), Vec::new());
        for paper in 0..graph.papers() {
            if std::mem::replace(&mut seen[paper], true) {
                continue;
            }
            let mut part = vec![paper as u32];
            let mut next = 0;
            while next < part.len() {
                for &(other, _) in graph.edges(part[next] as usize) {
                    if !std::mem::replace(&mut seen[other as usize], true) {
                        part.push(other);
                    }
                }
                next += 1;
            }
            if part.iter().any(|&paper| places[paper as usize].is_some()) {
                settled.push(part);
            } else if part.len() > 1 {
                free.push(part);
            } else {
                loose.push(paper as u32);
            }
        }
        free.sort_by_key(|part| std::cmp::Reverse(part.len()));
        Self { settled, free, loose }
    }

    /// The parts of which no paper has a place, but for single papers.
    pub(super) fn without_place(&self) -> &[Vec<u32>] {
        &self.free
    }

    /// Moves the parts that had no place to where there is room: the largest to the middle if there
    /// are no others, the next around it, and the papers that nothing is tied to outside, as a disc.
    pub(super) fn pack(&self, points: &mut [Point]) {
        let mut discs: Vec<Disc> =
            self.settled.iter().filter_map(|part| Disc::around(part, points)).collect();
        for (seed, &paper) in self.loose.iter().enumerate() {
            points[paper as usize] = sunflower(seed, ROOM);
        }
        for part in self.free.iter().chain([&self.loose]) {
            let Some(disc) = Disc::around(part, points) else {
                continue;
            };
            let to = disc.room_among(&discs);
            for &paper in part {
                points[paper as usize] = points[paper as usize] - disc.centre + to;
            }
            discs.push(Disc { centre: to, ..disc });
        }
    }
}

/// A part and where it lies.
#[derive(Debug, Clone, Copy)]
struct Disc {
    centre: Point,
    radius: f32,
}

impl Disc {
    /// The disc about some papers; `None` without any.
    fn around(papers: &[u32], points: &[Point]) -> Option<Self> {
        let of = |paper: &u32| points[*paper as usize];
        let centre = Bounds::around(papers.iter().map(of))?.centre();
        let radius = papers.iter().map(|paper| of(paper).distance(centre)).fold(0.0, f32::max);
        Some(Self { centre, radius: radius + GAP / 2.0 })
    }

    /// The place nearest to the largest disc where this one overlaps no other.
    fn room_among(&self, discs: &[Self]) -> Point {
        let Some(largest) = discs.iter().max_by(|a, b| a.radius.total_cmp(&b.radius)) else {
            return Point::default();
        };
        let apart = |to: Point| {
            !discs.iter().any(|other| to.distance(other.centre) < self.radius + other.radius)
        };
        let step = self.radius * TRIED;
        let tried = |seed: usize| largest.centre + sunflower(seed, step);
        // Nearer than this it would overlap the largest.
        let mut seed = ((self.radius + largest.radius) / step).powi(2) as usize;
        while !apart(tried(seed)) {
            seed += 1;
        }
        tried(seed)
    }
}

/// Where a seed of a sunflower grows (Vogel, 1979): each has a square of such a side for itself.
fn sunflower(seed: usize, side: f32) -> Point {
    let (y, x) = (seed as f32 * GOLDEN_ANGLE).sin_cos();
    Point { x, y } * (side * (seed as f32).sqrt())
}
