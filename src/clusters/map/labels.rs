//! Room for the names of clusters on a map: none over another, and over few papers.
//!
//! Labels are placed one after another, the most important first, each where of all the places around
//! its anchor it hides least and is least far away (greedy point-feature labelling; Christensen, Marks and
//! Shieber, 1995). One for which there is no room is left out.

use super::{Point, walk};

/// Places tried to each side of the anchor and above and below it, half a label apart: names are wide,
/// and one moved by its width is far from what it names.
const ACROSS: i32 = 1;
const UP_AND_DOWN: i32 = 4;

/// What a place's distance from the anchor costs, in hidden papers as a share of those that the label
/// stands for, for each half of a label.
const DISTANCE_COST: f32 = 0.05;

/// A rectangle in whole units of what is drawn on (cells, pixels), y growing downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Its first column.
    pub left: i32,
    /// Its first row.
    pub top: i32,
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
}

impl Rect {
    /// Do the two share a unit?
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && self.top < other.top + other.height
            && other.top < self.top + self.height
    }

    /// Does all of another lie in this one?
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && other.left + other.width <= self.left + self.width
            && other.top + other.height <= self.top + self.height
    }
}

/// How many papers lie in any rectangle of an area, told from four sums (a summed-area table; Crow,
/// 1984): a library of 16,851 papers has a hundred names with dozens of places each, in every frame.
struct Crowd {
    area: Rect,
    /// Row by row, one more of each than the area has: papers above and to the left.
    sums: Vec<u32>,
}

impl Crowd {
    fn of(papers: &[(f32, f32)], area: Rect) -> Self {
        let (columns, rows) = (area.width.max(0) as usize + 1, area.height.max(0) as usize + 1);
        let mut sums = vec![0; columns * rows];
        for &(x, y) in papers {
            let (x, y) = ((x - area.left as f32).floor(), (y - area.top as f32).floor());
            if x >= 0.0 && y >= 0.0 && x < area.width as f32 && y < area.height as f32 {
                sums[(y as usize + 1) * columns + x as usize + 1] += 1;
            }
        }
        for row in 1..rows {
            let mut along = 0;
            for column in 1..columns {
                let at = row * columns + column;
                along += sums[at];
                sums[at] = along + sums[at - columns];
            }
        }
        Self { area, sums }
    }

    /// Papers in a rectangle that lies in the area.
    fn within(&self, rect: &Rect) -> u32 {
        let columns = self.area.width.max(0) as usize + 1;
        let (left, top) = (rect.left - self.area.left, rect.top - self.area.top);
        let sum = |x: i32, y: i32| self.sums[y as usize * columns + x as usize];
        let (right, bottom) = (left + rect.width, top + rect.height);
        sum(right, bottom) + sum(left, top) - sum(left, bottom) - sum(right, top)
    }
}

/// A label to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Where it would best have its middle.
    pub anchor: (f32, f32),
    /// Its width, with the space that is to be left beside it.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// How many papers it stands for.
    pub papers: usize,
}

/// Places labels within an area, those of more papers first. Each gets its rectangle; `None` where
/// there is no room. `papers` are the places of those drawn.
#[must_use]
pub fn place(wanted: &[Wanted], area: Rect, papers: &[(f32, f32)]) -> Vec<Option<Rect>> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&label| std::cmp::Reverse(wanted[label].papers));
    let crowd = Crowd::of(papers, area);
    let mut placed: Vec<Option<Rect>> = vec![None; wanted.len()];
    for label in order {
        let taken = |rect: &Rect| placed.iter().flatten().any(|other| other.overlaps(rect));
        placed[label] = candidates(&wanted[label])
            .filter(|(rect, _)| area.contains(rect) && !taken(rect))
            .map(|(rect, distance)| {
                let share = crowd.within(&rect) as f32 / wanted[label].papers.max(1) as f32;
                (rect, share + DISTANCE_COST * distance)
            })
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(rect, _)| rect);
    }
    placed
}

/// Where a label might be, and how far from its anchor that is, the nearest first.
fn candidates(label: &Wanted) -> impl Iterator<Item = (Rect, f32)> + use<> {
    let Wanted { anchor, width, height, .. } = *label;
    let mut steps: Vec<(i32, i32)> = (-ACROSS..=ACROSS)
        .flat_map(|x| (-UP_AND_DOWN..=UP_AND_DOWN).map(move |y| (x, y)))
        .collect();
    steps.sort_by_key(|(x, y)| (x * x + y * y, *y, *x));
    steps.into_iter().map(move |(x, y)| {
        let left = anchor.0 + (x - 1) as f32 * width as f32 / 2.0;
        let top = anchor.1 + (y - 1) as f32 * height as f32 / 2.0;
        let rect = Rect { left: left.round() as i32, top: top.round() as i32, width, height };
        (rect, ((x * x + y * y) as f32).sqrt())
    })
}

/// Where the name of some papers belongs: at the paper nearest to the medians of their coordinates,
/// which strays do not move, so that it is on the map and not in a hollow of it. `None` without
/// papers.
#[must_use]
pub fn anchor(papers: &[Point]) -> Option<Point> {
    let median = |along: fn(&Point) -> f32| -> Option<f32> {
        let mut values: Vec<f32> = papers.iter().map(along).collect();
        let middle = values.len() / 2;
        (middle < values.len()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
    };
    let middle = Point { x: median(|point| point.x)?, y: median(|point| point.y)? };
    walk::nearest(papers, middle).map(|paper| papers[paper])
}

#[cfg(test)]
mod tests;
