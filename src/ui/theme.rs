//! Roles, not colours. The sixteen colours of the terminal's own palette, so that the program looks
//! at home in any theme, dark or light.

use ratatui::style::{Color, Modifier, Style};

use crate::clusters::map::palette::{self, Rgb};

/// A style for each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Plain text.
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
    /// The colours of clusters.
    pub hues: Hues,
}

/// How many colours there are for clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hues {
    /// None: they are told apart by their shapes.
    None,
    /// The sixteen of the terminal's palette.
    Sixteen,
    /// The 240 fixed ones besides.
    Fixed,
    /// All.
    All,
}

impl Theme {
    /// With colours.
    #[must_use]
    pub fn colored() -> Self {
        let accent = Style::new().fg(Color::Cyan);
        Self {
            text: Style::new(),
            dim: Style::new().fg(Color::DarkGray),
            accent,
            active: accent.add_modifier(Modifier::BOLD),
            selected: Style::new().fg(Color::Black).bg(Color::Cyan),
            remembered: Style::new().add_modifier(Modifier::BOLD),
            strong: Style::new().add_modifier(Modifier::BOLD),
            lit: accent.add_modifier(Modifier::BOLD),
            warning: Style::new().fg(Color::Yellow),
            hues: Hues::Sixteen,
        }
    }

    /// Without (<https://no-color.org>).
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
            hues: Hues::None,
        }
    }

    /// With colours, unless the environment asks for none.
    #[must_use]
    pub fn from_env() -> Self {
        if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            Self::plain()
        } else {
            Self { hues: Hues::from_env(), ..Self::colored() }
        }
    }

    /// The sign and the style of the papers of the cluster with this colour number; of loose ones without.
    #[must_use]
    pub fn cluster(&self, number: Option<u32>) -> (char, Style) {
        let Some(number) = number.map(|number| number as usize) else {
            return ('·', self.dim);
        };
        let look = palette::look(number);
        let Rgb(red, green, blue) = look.colour.rgb;
        let color = match self.hues {
            Hues::None => return (palette::shape(number).symbol(), self.text),
            Hues::Sixteen => Color::Indexed(look.colour.ansi),
            Hues::Fixed => Color::Indexed(look.colour.rgb.xterm()),
            Hues::All => Color::Rgb(red, green, blue),
        };
        (look.shape.symbol(), Style::new().fg(color))
    }
}

impl Hues {
    /// Those that the terminal says it has.
    fn from_env() -> Self {
        let says = |name: &str, words: &[&str]| {
            std::env::var(name).is_ok_and(|value| words.iter().any(|word| value.contains(word)))
        };
        if says("COLORTERM", &["truecolor", "24bit"]) {
            Self::All
        } else if says("TERM", &["256color"]) {
            Self::Fixed
        } else {
            Self::Sixteen
        }
    }
}
