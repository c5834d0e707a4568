//! What follows a command: arguments in braces and in brackets, stars and lengths.

use memchr::memchr;

use super::decoder::{AtEnd, Decoder, is_space};
use super::symbols::{self, Class, Command};
use crate::library::work::looked_at;

/// Longest argument of `\frac` and `\sqrt` that is looked at for whether it needs parentheses.
const SHORT: usize = 16;

/// Longest optional argument in brackets.
const LONGEST_OPTION: usize = 80;

/// Units of length, each of [`UNIT`] letters.
const UNITS: [&str; 11] = ["pt", "em", "ex", "mu", "mm", "cm", "in", "pc", "bp", "dd", "sp"];
const UNIT: usize = 2;

impl<'s> Decoder<'s> {
    /// Enters an argument, in parentheses unless it is a single short word.
    pub(super) fn parenthesised(&mut self, end: impl Fn(&'static str) -> AtEnd) {
        self.skip_spaces();
        if self.byte(self.at) != b'{' {
            return;
        }
        let inner = &self.bytes[self.at + 1..];
        let word = inner.iter().take(SHORT).position(|b| !b.is_ascii_alphanumeric());
        let simple = word.is_some_and(|n| inner[n] == b'}');
        if !simple {
            self.out.push('(');
        }
        self.enter(end(if simple { "" } else { ")" }));
    }

    /// Does a command word with an argument in braces follow?
    pub(super) fn command_with_argument(&self) -> bool {
        let name = self.command_name();
        !name.is_empty() && self.byte(self.at + 1 + name.len()) == b'{'
    }

    /// The command word that follows, without its backslash; none if it is longer than any known
    /// one.
    pub(super) fn command_name(&self) -> &str {
        self.command_name_at(self.at)
    }

    /// As [`command_name`](Self::command_name), of the command whose backslash is at `at`.
    pub(super) fn command_name_at(&self, at: usize) -> &str {
        let start = at + 1;
        if self.byte(at) != b'\\' {
            return "";
        }
        let rest = &self.bytes[start..self.bytes.len().min(start + symbols::LONGEST_COMMAND)];
        let length = rest.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(0);
        looked_at(length);
        &self.source[start..start + length]
    }

    /// Does an argument of one letter or digit follow, in braces or not, as in `{t}`, ` t` or
    /// `\nu`? In text a letter without braces must stand alone.
    pub(super) fn one_letter_follows(&self) -> bool {
        let past_spaces = |from| {
            let spaces = self.bytes[from..].iter().take(SHORT).take_while(|&&b| is_space(b));
            from + spaces.count()
        };
        let mut at = past_spaces(self.at);
        let braced = self.byte(at) == b'{';
        if braced {
            at = past_spaces(at + 1);
        }
        let end = if self.byte(at) == b'\\' {
            let name = self.command_name_at(at);
            match symbols::command(name) {
                Some(Command::Symbol(_, Class::Letter)) => at + 1 + name.len(),
                _ => return false,
            }
        } else {
            match self.source[at..].chars().next() {
                Some(c) if c.is_alphanumeric() => at + c.len_utf8(),
                _ => return false,
            }
        };
        if braced {
            return self.byte(past_spaces(end)) == b'}';
        }
        self.is_math() || !self.source[end..].starts_with(char::is_alphanumeric)
    }

    /// The short argument in brackets that follows, without these.
    pub(super) fn option(&self) -> Option<&'s str> {
        if self.byte(self.at) != b'[' {
            return None;
        }
        let end = self.bytes.len().min(self.at + LONGEST_OPTION);
        let close = memchr(b']', &self.bytes[self.at..end])?;
        Some(&self.source[self.at + 1..self.at + close])
    }

    /// Skips a short argument in brackets.
    pub(super) fn skip_option(&mut self) {
        self.at += self.option().map_or(0, |option| option.len() + 2);
    }

    /// Skips the star of a variant, as in `\vspace*{1mm}`.
    pub(super) fn skip_star(&mut self) {
        let variant = self.byte(self.at) == b'*' && matches!(self.byte(self.at + 1), b'{' | b'[');
        self.at += usize::from(variant);
    }

    /// Skips a length without braces, as in `\kern-1.5pt`.
    pub(super) fn skip_length(&mut self) {
        let rest = &self.source[self.at..];
        let number = rest
            .bytes()
            .take(SHORT)
            .take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.'))
            .count();
        let unit = rest[number..].trim_start_matches(' ');
        if number > 0 && UNITS.iter().any(|name| unit.starts_with(name)) {
            self.at += rest.len() - unit.len() + UNIT;
        }
    }
}
