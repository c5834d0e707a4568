//! Roles, not colours: views say what something is, and a theme says what that looks like.
//!
//! [`look`] is what the user and the terminal want; [`scheme`] has the colours of each role.

pub mod look;
mod scheme;

use ratatui::style::{Color, Modifier, Style};

pub use self::look::{Background, Choice, Depth, Look};
use self::scheme::Scheme;
use super::symbols::{self, Symbols};
use crate::clusters::map::palette;

/// A style for each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Plain text; also the ground, where the theme has one of its own.
    pub text: Style,
    /// What is secondary: rules, years, authors, hints.
    pub dim: Style,
    /// What the eye should find first; keys.
    pub accent: Style,
    /// The name of the pane that the keys go to.
    pub active: Style,
    /// The row under the cursor there.
    pub selected: Style,
    /// The row under the cursor of the other pane.
    pub remembered: Style,
    /// Titles.
    pub strong: Style,
    /// Words that tie a paper to another.
    pub lit: Style,
    /// Something to act on.
    pub warning: Style,
    /// The colours of clusters; without, clusters are told apart by their shapes.
    clusters: Option<[Color; palette::COLOURS.len()]>,
    /// What signs are drawn with.
    pub symbols: &'static Symbols,
}

impl Theme {
    /// In the sixteen colours of the terminal's own palette, so that the program looks at home where
    /// nobody knows whether it is dark or light.
    #[must_use]
    pub fn colored() -> Self {
        Self::of(&Scheme::own())
    }

    /// Without colours (<https://no-color.org>).
    #[must_use]
    pub fn plain() -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self {
            text: Style::new(),
            dim: Style::new().add_modifier(Modifier::DIM),
            accent: bold,
            active: bold,
            selected: Style::new().add_modifier(Modifier::REVERSED),
            remembered: bold,
            strong: bold,
            lit: bold,
            warning: bold,
            clusters: None,
            symbols: &symbols::UNICODE,
        }
    }

    /// In the colours of a scheme.
    fn of(scheme: &Scheme) -> Self {
        let ground = |style: Style| scheme.ground.map_or(style, |ground| style.bg(ground));
        let text = ground(scheme.text.map_or_else(Style::new, |text| Style::new().fg(text)));
        let accent = Style::new().fg(scheme.accent);
        let bold = text.add_modifier(Modifier::BOLD);
        Self {
            text,
            dim: Style::new().fg(scheme.dim),
            accent,
            active: accent.add_modifier(Modifier::BOLD),
            selected: Style::new().fg(scheme.selected[0]).bg(scheme.selected[1]),
            remembered: bold,
            strong: bold,
            lit: accent.add_modifier(Modifier::BOLD),
            warning: Style::new().fg(scheme.warning),
            clusters: Some(scheme.clusters),
            symbols: &symbols::UNICODE,
        }
    }

    /// The same, its signs drawn with those of a table.
    #[must_use]
    pub fn with_symbols(self, symbols: &'static Symbols) -> Self {
        Self { symbols, ..self }
    }

    /// Does it have colours to tell clusters apart by?
    #[must_use]
    pub fn has_colours(&self) -> bool {
        self.clusters.is_some()
    }

    /// The sign and the style of the papers of the cluster with this colour number; of loose ones without.
    #[must_use]
    pub fn cluster(&self, number: Option<u32>) -> (char, Style) {
        let Some(number) = number.map(|number| number as usize) else {
            return (self.symbols.loose, self.dim);
        };
        match &self.clusters {
            None => (self.symbols.shape(palette::shape(number)), self.text),
            Some(colours) => {
                let color = colours[number % colours.len()];
                (self.symbols.shape(palette::look(number).shape), Style::new().fg(color))
            }
        }
    }
}
