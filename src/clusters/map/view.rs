//! The part of the map that is looked at.

use super::Point;

/// Room left around the papers when all are shown, as a share of the map on each side.
const MARGIN: f32 = 0.04;

/// From this magnification on the fine clusters are named.
const FINE_FROM: f32 = 2.5;

/// The greatest magnification of a library of so many papers, `papers / LEAST_SHOWN` in area: then
/// about so many fill the view.
const LEAST_SHOWN: f32 = 12.0;

/// The rectangle that some points lie in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower left corner.
    pub least: Point,
    /// Upper right corner.
    pub most: Point,
}

impl Bounds {
    /// The smallest that holds all points; `None` without any.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points.into_iter().fold(None, |bounds, point| {
            let Self { least, most } = bounds.unwrap_or(Self { least: point, most: point });
            Some(Self {
                least: Point { x: least.x.min(point.x), y: least.y.min(point.y) },
                most: Point { x: most.x.max(point.x), y: most.y.max(point.y) },
            })
        })
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> Point {
        (self.least + self.most) * 0.5
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> Point {
        self.most - self.least
    }

    /// The nearest point in it.
    #[must_use]
    pub fn clamp(&self, point: Point) -> Point {
        Point {
            x: point.x.clamp(self.least.x, self.most.x),
            y: point.y.clamp(self.least.y, self.most.y),
        }
    }
}

/// A window on the map, `width` by `height` square dots (pixels, or the dots of a character), y of a dot
/// growing downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    bounds: Bounds,
    width: f32,
    height: f32,
    /// Map units a dot where the whole map is shown.
    whole: f32,
    most_magnified: f32,
    centre: Point,
    magnification: f32,
}

impl View {
    /// The whole map.
    #[must_use]
    pub fn whole(points: &[Point], width: f32, height: f32) -> Self {
        let bounds = Bounds::around(points.iter().copied())
            .unwrap_or(Bounds { least: Point::default(), most: Point::default() });
        let (width, height) = (width.max(1.0), height.max(1.0));
        let size = bounds.size();
        let whole = (size.x / width).max(size.y / height) / (1.0 - 2.0 * MARGIN);
        Self {
            bounds,
            width,
            height,
            // One paper, or all in one place: any scale shows it in the middle.
            whole: if whole > 0.0 { whole } else { 1.0 },
            most_magnified: (points.len() as f32 / LEAST_SHOWN).sqrt().max(1.0),
            centre: bounds.centre(),
            magnification: 1.0,
        }
    }

    /// The same part of the map in a window of another size.
    #[must_use]
    pub fn resized(&self, points: &[Point], width: f32, height: f32) -> Self {
        Self {
            centre: self.centre,
            magnification: self.magnification,
            ..Self::whole(points, width, height)
        }
        .within()
    }

    /// How many times larger than the whole map.
    #[must_use]
    pub fn magnification(&self) -> f32 {
        self.magnification
    }

    /// The place of the map in the middle of the window.
    #[must_use]
    pub fn middle(&self) -> Point {
        self.centre
    }

    /// The level of clusters to name: 0 for the coarse ones, 1 for the fine ones.
    #[must_use]
    pub fn level(&self) -> usize {
        usize::from(self.magnification >= FINE_FROM)
    }

    /// Where a place of the map is in the window, in dots from its upper left corner; it may lie
    /// outside.
    #[must_use]
    pub fn dot(&self, point: Point) -> (f32, f32) {
        let from = (point - self.centre) * (self.magnification / self.whole);
        (self.width / 2.0 + from.x, self.height / 2.0 - from.y)
    }

    /// The place of the map at a dot.
    #[must_use]
    pub fn point(&self, dot: (f32, f32)) -> Point {
        let from = Point { x: dot.0 - self.width / 2.0, y: self.height / 2.0 - dot.1 };
        self.centre + from * (self.whole / self.magnification)
    }

    /// Is a place of the map in the window?
    #[must_use]
    pub fn shows(&self, point: Point) -> bool {
        let (x, y) = self.dot(point);
        (0.0..self.width).contains(&x) && (0.0..self.height).contains(&y)
    }

    /// Larger by a factor (smaller where it is below 1), a place of the map staying where it is.
    #[must_use]
    pub fn zoomed(self, factor: f32, around: Point) -> Self {
        let magnification = (self.magnification * factor).clamp(1.0, self.most_magnified);
        let centre = around + (self.centre - around) * (self.magnification / magnification);
        Self { centre, magnification, ..self }.within()
    }

    /// Moved by shares of its width to the right and of its height up.
    #[must_use]
    pub fn panned(self, right: f32, up: f32) -> Self {
        let unit = self.whole / self.magnification;
        let by = Point { x: right * self.width * unit, y: up * self.height * unit };
        Self { centre: self.centre + by, ..self }.within()
    }

    /// Moved no further than it takes for a place to be in the inner part of the window, a sixth of
    /// it from each edge.
    #[must_use]
    pub fn following(self, point: Point) -> Self {
        if self.magnification <= 1.0 {
            return self;
        }
        let unit = self.whole / self.magnification;
        let reach = Point { x: self.width * unit / 3.0, y: self.height * unit / 3.0 };
        let inner = Bounds { least: point - reach, most: point + reach };
        Self { centre: inner.clamp(self.centre), ..self }.within()
    }

    /// With its middle on the map, and all of the map in sight where there is room.
    fn within(self) -> Self {
        if self.magnification <= 1.0 {
            Self { centre: self.bounds.centre(), ..self }
        } else {
            Self { centre: self.bounds.clamp(self.centre), ..self }
        }
    }
}

#[cfg(test)]
mod tests;
