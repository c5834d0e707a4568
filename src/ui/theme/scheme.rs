//! The colours of each role, for each ground and each kind of terminal.

use ratatui::style::Color;

use super::look::{Background, Depth};
use crate::clusters::map::palette::{self, Rgb};

/// The colours of each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scheme {
    /// What everything is drawn on; `None` leaves the terminal's own ground.
    pub(super) ground: Option<Color>,
    /// `None` is the terminal's own colour of text.
    pub(super) text: Option<Color>,
    pub(super) dim: Color,
    pub(super) accent: Color,
    pub(super) warning: Color,
    /// Text and ground of the row under the cursor.
    pub(super) selected: [Color; 2],
    /// By colour number of a cluster.
    pub(super) clusters: [Color; palette::COLOURS.len()],
}

/// The same as red, green and blue.
struct Exact {
    ground: Option<Rgb>,
    text: Rgb,
    dim: Rgb,
    accent: Rgb,
    warning: Rgb,
    selected: [Rgb; 2],
    clusters: [Rgb; palette::COLOURS.len()],
}

/// For dark terminals, none lighter than [`palette::DARK_GROUND`].
const DARK: Exact = Exact {
    ground: None,
    text: Rgb(0xe4, 0xe4, 0xe4),
    dim: Rgb(0xa0, 0xa4, 0xaa),
    accent: Rgb(0x5f, 0xcf, 0xdf),
    warning: Rgb(0xe8, 0xb8, 0x63),
    selected: [Rgb(0x10, 0x14, 0x18), Rgb(0x5f, 0xcf, 0xdf)],
    clusters: palette::ON_DARK,
};

/// For light terminals, none darker than [`palette::LIGHT_GROUND`].
const LIGHT: Exact = Exact {
    ground: None,
    text: Rgb(0x26, 0x2a, 0x2e),
    dim: Rgb(0x60, 0x64, 0x6a),
    accent: Rgb(0x00, 0x5f, 0x87),
    warning: Rgb(0x8a, 0x43, 0x00),
    selected: [Rgb(0xff, 0xff, 0xff), Rgb(0x00, 0x5f, 0x87)],
    clusters: palette::ON_LIGHT,
};

/// On a ground of its own, so that the contrast is the same in every terminal.
const HIGH_CONTRAST: Exact = Exact {
    ground: Some(palette::BLACK),
    text: Rgb(0xff, 0xff, 0xff),
    dim: Rgb(0xd0, 0xd0, 0xd0),
    accent: Rgb(0x5f, 0xff, 0xff),
    warning: Rgb(0xff, 0xd7, 0x00),
    selected: [palette::BLACK, Rgb(0x5f, 0xff, 0xff)],
    clusters: palette::ON_BLACK,
};

/// Numbers of colours in the terminal's own palette.
const BLACK: u8 = 0;
const WHITE: u8 = 15;
/// How far the bright colours are from the others.
const BRIGHT: u8 = 8;

impl Scheme {
    /// The terminal's own palette.
    pub(super) fn own() -> Self {
        Self {
            ground: None,
            text: None,
            dim: Color::DarkGray,
            accent: Color::Cyan,
            warning: Color::Yellow,
            selected: [Color::Black, Color::Cyan],
            clusters: palette::COLOURS.map(|colour| Color::Indexed(colour.ansi)),
        }
    }

    /// For a ground, in as many colours as there are.
    pub(super) fn on(ground: Background, depth: Depth) -> Self {
        if depth == Depth::Sixteen {
            return Self::sixteen(ground);
        }
        let exact = match ground {
            Background::Dark => DARK,
            Background::Light => LIGHT,
        };
        exact.shown(depth)
    }

    /// With as much contrast as there is, in as many colours as there are.
    pub(super) fn high_contrast(depth: Depth) -> Self {
        if depth != Depth::Sixteen {
            return HIGH_CONTRAST.shown(depth);
        }
        Self {
            ground: Some(Color::Indexed(BLACK)),
            text: Some(Color::Indexed(WHITE)),
            dim: Color::Gray,
            accent: Color::LightCyan,
            warning: Color::LightYellow,
            selected: [Color::Indexed(BLACK), Color::LightCyan],
            clusters: palette::COLOURS.map(|colour| Color::Indexed(colour.ansi + BRIGHT)),
        }
    }

    /// The terminal's own palette, those of its colours that show on the ground.
    fn sixteen(ground: Background) -> Self {
        match ground {
            Background::Dark => Self::own(),
            Background::Light => Self {
                accent: Color::Blue,
                warning: Color::Red,
                selected: [Color::Indexed(WHITE), Color::Blue],
                ..Self::own()
            },
        }
    }
}

impl Exact {
    /// As the terminal can show it.
    fn shown(&self, depth: Depth) -> Scheme {
        let color = |rgb: Rgb| match depth {
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
            _ => Color::Indexed(rgb.xterm()),
        };
        Scheme {
            ground: self.ground.map(color),
            text: Some(color(self.text)),
            dim: color(self.dim),
            accent: color(self.accent),
            warning: color(self.warning),
            selected: self.selected.map(color),
            clusters: self.clusters.map(color),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour as it is shown.
    fn rgb(color: Color) -> Rgb {
        match color {
            Color::Rgb(red, green, blue) => Rgb(red, green, blue),
            Color::Indexed(number) => Rgb::of_xterm(number).unwrap(),
            other => panic!("{other} is as the terminal likes it"),
        }
    }

    /// The least contrast of text, secondary text, accents and clusters.
    fn check(name: &str, scheme: &Scheme, ground: Rgb, [text, dim, accent, cluster]: [f64; 4]) {
        let on_ground = |role: &str, color: Color, least: f64| {
            let contrast = rgb(color).contrast(ground);
            assert!(contrast >= least, "{name}, {role}: {contrast:.2} < {least}");
        };
        on_ground("text", scheme.text.unwrap(), text);
        on_ground("dim", scheme.dim, dim);
        on_ground("accent", scheme.accent, accent);
        on_ground("warning", scheme.warning, accent);
        for (number, &color) in scheme.clusters.iter().enumerate() {
            on_ground(&format!("cluster {number}"), color, cluster);
        }
        let contrast = rgb(scheme.selected[0]).contrast(rgb(scheme.selected[1]));
        assert!(contrast >= accent, "{name}, selected: {contrast:.2}");
    }

    #[test]
    fn everything_can_be_read_on_its_ground() {
        for depth in [Depth::True, Depth::Fixed] {
            let usual = [7.0, 4.5, 4.5, 3.0];
            let grounds =
                [(Background::Dark, palette::DARK_GROUND), (Background::Dark, palette::BLACK)];
            let light = [palette::LIGHT_GROUND, Rgb(0xff, 0xff, 0xff)];
            for (ground, rgb) in
                grounds.into_iter().chain(light.map(|rgb| (Background::Light, rgb)))
            {
                let scheme = Scheme::on(ground, depth);
                check(&format!("{ground:?}, {depth:?}, {rgb}"), &scheme, rgb, usual);
            }
            let scheme = Scheme::high_contrast(depth);
            assert_eq!(rgb(scheme.ground.unwrap()), palette::BLACK);
            check(&format!("high contrast, {depth:?}"), &scheme, palette::BLACK, [7.0; 4]);
        }
    }

    #[test]
    fn sixteen_colours_are_the_terminals_own() {
        let schemes = [
            Scheme::own(),
            Scheme::on(Background::Dark, Depth::Sixteen),
            Scheme::on(Background::Light, Depth::Sixteen),
            Scheme::high_contrast(Depth::Sixteen),
        ];
        for scheme in schemes {
            let colors = [scheme.dim, scheme.accent, scheme.warning];
            let all = colors.into_iter().chain(scheme.selected).chain(scheme.clusters);
            for color in all.chain(scheme.ground).chain(scheme.text) {
                assert!(
                    !matches!(color, Color::Rgb(..) | Color::Indexed(16..)),
                    "{color} is no colour of the terminal's palette"
                );
            }
        }
    }
}
