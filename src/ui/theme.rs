//! Roles, not colours. The sixteen colours of the terminal's own palette, so that the program looks
//! at home in any theme, dark or light.

use ratatui::style::{Color, Modifier, Style};

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
        }
    }

    /// With colours, unless the environment asks for none.
    #[must_use]
    pub fn from_env() -> Self {
        if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            Self::plain()
        } else {
            Self::colored()
        }
    }
}
