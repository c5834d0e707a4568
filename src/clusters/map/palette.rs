//! How clusters are told apart: by colours that the colour-blind tell apart too, and by shapes where
//! there are no colours or no more of them.
//!
//! The colours are those of Okabe and Ito (2008) without black and yellow, of which one is lost on a
//! dark ground and the other on white. Of the six left the two most alike are 26 apart (CIE 1976 ΔE)
//! to most people, and 21, 18 and 16 with protanopia, deuteranopia and tritanopia (Machado, Oliveira and
//! Fernandes, 2009); Tol's (2021) *bright* come to 35, 17, 19 and 13, his *vibrant* to 24, 20, 16 and 13.
//! On white their contrast is 2.2 or more, on near-black (`#111111`) 3.6. And six are the hues that
//! every terminal has.
//!
//! Where it is known what the colours lie on there are better ones, of the same hues, found by simulated
//! annealing of the least distance between any two as the four kinds of eyes see them, at a contrast of 3 or
//! more (7 on black). The most alike are 28 apart on dark grounds, 21 on light ones and 18 on black,
//! whoever looks.

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

/// The lightest ground that is called dark here, that of One Dark.
pub const DARK_GROUND: Rgb = Rgb(0x28, 0x2c, 0x34);

/// The darkest ground that is called light, that of Solarized.
pub const LIGHT_GROUND: Rgb = Rgb(0xfd, 0xf6, 0xe3);

/// The ground of the greatest contrast.
pub const BLACK: Rgb = Rgb(0, 0, 0);

/// The same hues for dark grounds.
pub const ON_DARK: [Rgb; COLOURS.len()] = [
    Rgb(0x03, 0x82, 0xcd),
    Rgb(0xcc, 0x6c, 0x0f),
    Rgb(0x22, 0xe8, 0xbb),
    Rgb(0xa9, 0x63, 0x8c),
    Rgb(0xe3, 0xc9, 0x78),
    Rgb(0xb3, 0xc4, 0xff),
];

/// For light grounds.
pub const ON_LIGHT: [Rgb; COLOURS.len()] = [
    Rgb(0x0d, 0x40, 0x7f),
    Rgb(0x85, 0x19, 0x0b),
    Rgb(0x37, 0x7b, 0x4c),
    Rgb(0x77, 0x28, 0x56),
    Rgb(0xad, 0x86, 0x09),
    Rgb(0x1a, 0x92, 0xe4),
];

/// And on black, with more contrast.
pub const ON_BLACK: [Rgb; COLOURS.len()] = [
    Rgb(0x70, 0x9c, 0xfc),
    Rgb(0xf9, 0x6e, 0x41),
    Rgb(0x9f, 0xe0, 0xac),
    Rgb(0xee, 0x6d, 0xc0),
    Rgb(0xe6, 0xc2, 0x2d),
    Rgb(0x00, 0xcf, 0xff),
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

/// How bright each of six steps of red, green or blue is in the cube of a terminal that has 256 colours.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Rgb {
    /// The nearest of the 240 fixed colours of a terminal that has 256: 16 to 231 a cube, 232 to 255
    /// greys.
    #[must_use]
    pub fn xterm(self) -> u8 {
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

    /// One of the 240 fixed colours; `None` for those of the terminal's own palette.
    #[must_use]
    pub fn of_xterm(number: u8) -> Option<Self> {
        match number {
            0..16 => None,
            16..232 => {
                let step = |unit: u8| STEPS[usize::from((number - 16) / unit % 6)];
                Some(Self(step(36), step(6), step(1)))
            }
            232.. => {
                let level = 8 + 10 * (number - 232);
                Some(Self(level, level, level))
            }
        }
    }

    /// How much light comes from it, black 0, white 1 (WCAG 2.2).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast with another, from 1 to 21 (WCAG 2.2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let [one, two] = [self.luminance(), other.luminance()];
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Red, green and blue in proportion to light.
    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
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
        let shapes: std::collections::HashSet<Shape> = (0..6).map(shape).collect();
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
        for Colour { rgb, .. } in COLOURS {
            assert!(rgb.contrast(Rgb(255, 255, 255)) > 2.2, "{rgb} on white");
            assert!(rgb.contrast(Rgb(0x11, 0x11, 0x11)) > 3.6, "{rgb}");
        }
        let all =
            [(ON_DARK, DARK_GROUND, 3.0), (ON_LIGHT, LIGHT_GROUND, 3.0), (ON_BLACK, BLACK, 7.0)];
        for (colours, ground, least) in all {
            for rgb in colours {
                assert!(rgb.contrast(ground) >= least, "{rgb} on {ground}");
            }
        }
    }

    #[test]
    fn fixed_colours_of_terminals_are_there_and_back() {
        assert!((0..16).all(|number| Rgb::of_xterm(number).is_none()));
        for number in 16..=255 {
            let there = Rgb::of_xterm(number).unwrap();
            assert_eq!(Rgb::of_xterm(there.xterm()), Some(there), "{number}");
        }
    }

    /// To most people, and with protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes,
    /// 2009, severity 1): what is seen of linear red, green and blue.
    const EYES: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    fn times(matrix: &[[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
    }

    /// CIE 1976 L*a*b* of linear red, green and blue (sRGB, D65).
    fn lab(linear: [f64; 3]) -> [f64; 3] {
        const XYZ: [[f64; 3]; 3] = [
            [0.412_456_4, 0.357_576_1, 0.180_437_5],
            [0.212_672_9, 0.715_152_2, 0.072_175_0],
            [0.019_333_9, 0.119_192_0, 0.950_304_1],
        ];
        let [x, y, z] = times(&XYZ, linear.map(|value| value.clamp(0.0, 1.0)));
        let root = |value: f64| {
            if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 }
        };
        let [x, y, z] = [root(x / 0.950_47), root(y), root(z / 1.088_83)];
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// How far apart the two most alike are, whoever looks.
    fn least_distance(colours: &[Rgb]) -> f64 {
        let mut least = f64::MAX;
        for eyes in &EYES {
            let seen: Vec<[f64; 3]> =
                colours.iter().map(|rgb| lab(times(eyes, rgb.linear()))).collect();
            for (at, one) in seen.iter().enumerate() {
                for other in &seen[..at] {
                    let square = one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
                    least = least.min(square.sqrt());
                }
            }
        }
        least
    }

    #[test]
    fn all_eyes_tell_the_colours_apart() {
        for (name, colours, least) in [
            ("Okabe and Ito", COLOURS.map(|colour| colour.rgb), 16.0),
            ("dark", ON_DARK, 28.0),
            ("light", ON_LIGHT, 21.0),
            ("black", ON_BLACK, 18.0),
        ] {
            let distance = least_distance(&colours);
            assert!(distance >= least, "{name}: {distance:.1}");
            let fixed = colours.map(|rgb| Rgb::of_xterm(rgb.xterm()).unwrap_or(rgb));
            let distance = least_distance(&fixed);
            assert!(distance >= 12.0, "{name}, 256 colours: {distance:.1}");
        }
    }
}
