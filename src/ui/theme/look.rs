//! How the program looks: what the user wants, what the terminal can, and on which ground.

use std::str::FromStr;

use serde::Deserialize;

use super::Theme;
use super::scheme::Scheme;
use crate::ui::symbols;

/// A theme by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Dark or light, as the terminal is; where it does not say, its own sixteen colours.
    #[default]
    Auto,
    /// For dark terminals.
    Dark,
    /// For light terminals.
    Light,
    /// White on black, with as much contrast as there is.
    HighContrast,
    /// No colours.
    Plain,
}

/// No theme has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one of auto, dark, light, high-contrast, plain")]
pub struct UnknownTheme;

impl Choice {
    /// All of them, in the order in which one goes through them.
    pub const ALL: [Self; 5] =
        [Self::Auto, Self::Dark, Self::Light, Self::HighContrast, Self::Plain];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Plain => "plain",
        }
    }

    /// The next one, going round.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|&choice| choice == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// What somebody wants who did not choose: no colours, where the environment says so
    /// (<https://no-color.org>).
    #[must_use]
    pub fn from_env() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if unwanted { Self::Plain } else { Self::Auto }
    }
}

impl FromStr for Choice {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Self, UnknownTheme> {
        Self::ALL.into_iter().find(|choice| choice.name() == text).ok_or(UnknownTheme)
    }
}

/// Is the terminal dark or light?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The sixteen of its palette.
    Sixteen,
    /// The 240 fixed ones besides.
    Fixed,
    /// All.
    True,
}

impl Depth {
    /// As many as the terminal says it has.
    #[must_use]
    pub fn from_env() -> Self {
        let variable = |name| std::env::var(name).unwrap_or_default();
        // What stands for the terminal where COLORTERM does not come along, as over ssh.
        Self::of(
            &variable("TERM"),
            &variable("COLORTERM"),
            std::env::var_os("WT_SESSION").is_some(),
        )
    }

    /// By `$TERM` and `$COLORTERM`; the Windows Terminal has all.
    fn of(term: &str, colorterm: &str, is_windows_terminal: bool) -> Self {
        /// Terminals whose names promise all colours.
        const TRUE: [&str; 7] =
            ["-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot", "contour"];
        let says = |value: &str, words: &[&str]| words.iter().any(|word| value.contains(word));
        if is_windows_terminal || says(colorterm, &["truecolor", "24bit"]) || says(term, &TRUE) {
            Self::True
        } else if says(term, &["256color"]) {
            Self::Fixed
        } else {
            Self::Sixteen
        }
    }
}

/// All that decides what the program looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The theme.
    pub choice: Choice,
    /// Whether the terminal is dark or light, if it says so.
    pub background: Option<Background>,
    /// How many colours there are.
    pub depth: Depth,
    /// Are signs drawn in ASCII?
    pub ascii: bool,
}

impl Default for Look {
    /// What is sure to work in a terminal of which nothing is known.
    fn default() -> Self {
        Self { choice: Choice::Auto, background: None, depth: Depth::Sixteen, ascii: false }
    }
}

impl Look {
    /// The styles.
    #[must_use]
    pub fn theme(&self) -> Theme {
        let symbols = if self.ascii { &symbols::ASCII } else { &symbols::UNICODE };
        let theme = match (self.choice, self.background) {
            (Choice::Plain, _) => Theme::plain(),
            (Choice::HighContrast, _) => Theme::of(&Scheme::high_contrast(self.depth)),
            (Choice::Dark, _) => Theme::of(&Scheme::on(Background::Dark, self.depth)),
            (Choice::Light, _) => Theme::of(&Scheme::on(Background::Light, self.depth)),
            (Choice::Auto, Some(background)) => Theme::of(&Scheme::on(background, self.depth)),
            (Choice::Auto, None) => Theme::colored(),
        };
        theme.with_symbols(symbols)
    }
}

/// Does the environment say that the terminal takes something else than UTF-8? Where nothing is said,
/// as in most containers, it takes UTF-8 as nearly all do.
#[must_use]
pub fn needs_ascii() -> bool {
    let variable = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // In the order in which the C library asks them.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(variable);
    locale.is_some_and(|locale| !is_utf8(&locale))
}

/// Is it a locale whose character set is UTF-8?
fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_have_names() {
        for choice in Choice::ALL {
            assert_eq!(choice.name().parse(), Ok(choice));
        }
        assert_eq!("blue".parse::<Choice>(), Err(UnknownTheme));
        let round = Choice::ALL.iter().fold(Choice::Auto, |choice, _| choice.next());
        assert_eq!(round, Choice::Auto);
    }

    #[test]
    fn terminals_say_how_many_colours_they_have() {
        for (term, colorterm, depth) in [
            ("xterm", "", Depth::Sixteen),
            ("linux", "", Depth::Sixteen),
            ("xterm-256color", "", Depth::Fixed),
            ("tmux-256color", "", Depth::Fixed),
            ("tmux-256color", "truecolor", Depth::True),
            ("xterm-256color", "24bit", Depth::True),
            ("xterm-kitty", "", Depth::True),
            ("xterm-direct", "", Depth::True),
        ] {
            assert_eq!(Depth::of(term, colorterm, false), depth, "{term} {colorterm}");
        }
        assert_eq!(Depth::of("", "", true), Depth::True);
    }

    #[test]
    fn auto_follows_the_terminal() {
        let look = |choice, background| Look { choice, background, ..Look::default() }.theme();
        let depth = Look { depth: Depth::True, ..Look::default() };
        assert_eq!(look(Choice::Auto, None), Theme::colored());
        for (background, choice) in
            [(Background::Dark, Choice::Dark), (Background::Light, Choice::Light)]
        {
            assert_eq!(look(Choice::Auto, Some(background)), look(choice, None));
            let [auto, chosen] = [(Choice::Auto, Some(background)), (choice, None)]
                .map(|(choice, background)| Look { choice, background, ..depth }.theme());
            assert_eq!(auto, chosen);
            assert_ne!(auto, look(choice, None), "as many colours as there are");
        }
        assert!(!look(Choice::Plain, Some(Background::Dark)).has_colours());
    }

    #[test]
    fn locales_say_what_is_no_utf_8() {
        for locale in ["en_US.UTF-8", "C.UTF-8", "de_DE.utf8", "C.utf8"] {
            assert!(is_utf8(locale), "{locale}");
        }
        for locale in ["C", "POSIX", "en_US.ISO-8859-1", "de_DE@euro", "ja_JP.eucJP"] {
            assert!(!is_utf8(locale), "{locale}");
        }
    }
}
