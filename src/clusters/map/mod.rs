//! The library as a map: papers that are alike lie near each other.
//!
//! [`layout`] gives each paper of a neighbour graph its [`Point`], [`memory`] the same one tomorrow; [`view`] is the part of the map
//! that is looked at, [`walk`] finds the paper that lies in a direction, [`labels`] finds room for
//! names, and [`palette`] has the colours and shapes of clusters. Nothing here knows what it is drawn
//! on: lengths are in units of the map, or in whatever the caller counts in (cells, dots, pixels).

pub mod labels;
pub mod layout;
pub mod memory;
pub mod palette;
pub mod view;
pub mod walk;

use std::ops::{Add, Mul, Sub};

/// A place on the map, in its own units; y grows upwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Up.
    pub y: f32,
}

impl Point {
    /// Square of the distance from the origin.
    #[must_use]
    pub fn square(self) -> f32 {
        self.x * self.x + self.y * self.y
    }

    /// Distance to another.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self - other).square().sqrt()
    }
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }
}

impl Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }
}

impl Mul<f32> for Point {
    type Output = Self;

    fn mul(self, scale: f32) -> Self {
        Self { x: self.x * scale, y: self.y * scale }
    }
}
