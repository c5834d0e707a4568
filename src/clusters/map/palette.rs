//! How clusters are told apart: by colours that the colour-blind tell apart too, and by shapes where
//! there are no colours or no more of them.
//!
//! The colours are those of Okabe and Ito (2008) without black and yellow, of which one is lost on a
//! dark ground and the other on white. Of the six left the two most alike are 26 apart (CIE 1976 ΔE)
//! to most people, and 21, 18 and 16 with protanopia, deuteranopia and tritanopia (Machado, Oliveira and
//! Fernandes, 2009); Tol's (2021) *bright* come to 35, 17, 19 and 13, his *vibrant* to 24, 20, 16 and 13.
//! On white their contrast is 2.2 or more, on near-black (`#111111`) 3.6. And six are the hues that
//! every terminal has.

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour, and the next best where a terminal has few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// As it should be.
    pub rgb: Rgb,
    /// The number of the hue closest to it among the sixteen that the user's terminal defines: 1 red, 2
    /// green, 3 yellow, 4 blue, 5 magenta, 6 cyan.
    pub ansi: u8,
}

/// The colours of clusters: blue, vermilion, green, purple, orange, sky blue.
pub const COLOURS: [Colour; 6] = [
    Colour { rgb: Rgb(0x00, 0x72, 0xb2), ansi: 4 },
    Colour { rgb: Rgb(0xd5, 0x5e, 0x00), ansi: 1 },
    Colour { rgb: Rgb(0x00, 0x9e, 0x73), ansi: 2 },
    Colour { rgb: Rgb(0xcc, 0x79, 0xa7), ansi: 5 },
    Colour { rgb: Rgb(0xe6, 0x9f, 0x00), ansi: 3 },
    Colour { rgb: Rgb(0x56, 0xb4, 0xe9), ansi: 6 },
];

/// The colour of papers in no cluster: a grey, the terminal's “bright black”.
pub const LOOSE: Colour = Colour { rgb: Rgb(0x8c, 0x8c, 0x8c), ansi: 8 };

/// The shapes of clusters, one column wide each.
pub const SHAPES: [Shape; 6] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Cross,
    Shape::InvertedTriangle,
];

/// What a paper may be drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ✚
    Cross,
    /// ▼
    InvertedTriangle,
}

impl Shape {
    /// As a character.
    #[must_use]
    pub fn symbol(self) -> char {
        match self {
            Self::Circle => '●',
            Self::Square => '■',
            Self::Triangle => '▲',
            Self::Diamond => '◆',
            Self::Cross => '✚',
            Self::InvertedTriangle => '▼',
        }
    }
}

/// What the papers of a cluster look like where there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look {
    /// Their colour.
    pub colour: Colour,
    /// Their shape: circles until all colours are given away.
    pub shape: Shape,
}

/// What the papers of the cluster with colour number `number` look like. The first 36 differ.
#[must_use]
pub fn look(number: usize) -> Look {
    Look {
        colour: COLOURS[number % COLOURS.len()],
        shape: SHAPES[number / COLOURS.len() % SHAPES.len()],
    }
}

/// The shape of the papers of that cluster where there are no colours. The first six differ.
#[must_use]
pub fn shape(number: usize) -> Shape {
    SHAPES[number % SHAPES.len()]
}

impl Rgb {
    /// The nearest of the 240 fixed colours of a terminal that has 256: 16 to 231 a cube, 232 to 255
    /// greys.
    #[must_use]
    pub fn xterm(self) -> u8 {
        const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        let step = |value: u8| (0..6).min_by_key(|&step| STEPS[step].abs_diff(value)).unwrap_or(0);
        let [red, green, blue] = [self.0, self.1, self.2].map(step);
        let cube = Self(STEPS[red], STEPS[green], STEPS[blue]);
        let mean = (u16::from(self.0) + u16::from(self.1) + u16::from(self.2)) / 3;
        let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
        let level = 8 + 10 * grey;
        if self.square(Self(level, level, level)) < self.square(cube) {
            232 + grey
        } else {
            (16 + 36 * red + 6 * green + blue) as u8
        }
    }

    /// Square of the distance to another.
    fn square(self, other: Self) -> u32 {
        let apart = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        apart(self.0, other.0) + apart(self.1, other.1) + apart(self.2, other.2)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_36_clusters_look_different() {
        let looks: std::collections::HashSet<Look> = (0..36).map(look).collect();
        assert_eq!(looks.len(), 36);
        assert_eq!(look(36), look(0));
        let shapes: std::collections::HashSet<char> = (0..6).map(|n| shape(n).symbol()).collect();
        assert_eq!(shapes.len(), 6);
    }

    #[test]
    fn colours_stay_apart_in_256_and_in_16() {
        let all = COLOURS.iter().chain([&LOOSE]);
        let xterm: Vec<u8> = all.clone().map(|colour| colour.rgb.xterm()).collect();
        assert_eq!(xterm, [25, 166, 35, 175, 178, 74, 245]);
        let mut ansi: Vec<u8> = all.map(|colour| colour.ansi).collect();
        ansi.sort_unstable();
        assert_eq!(ansi, [1, 2, 3, 4, 5, 6, 8]);
        assert_eq!(Rgb(255, 255, 255).xterm(), 231);
        assert_eq!((Rgb(0, 0, 0).xterm(), Rgb(8, 8, 8).xterm()), (16, 232));
        assert_eq!(COLOURS[4].rgb.to_string(), "#e69f00");
    }

    #[test]
    fn colours_show_on_light_and_on_dark() {
        let luminance = |Rgb(red, green, blue): Rgb| -> f64 {
            let linear = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        for Colour { rgb, .. } in COLOURS {
            let light = luminance(rgb);
            assert!(1.05 / (light + 0.05) > 2.2, "{rgb} on white");
            assert!((light + 0.05) / (luminance(Rgb(0x11, 0x11, 0x11)) + 0.05) > 3.6, "{rgb}");
        }
    }
}
