//! Commands and mathematics.

use memchr::memchr_iter;

use super::decoder::{AtEnd, Decoder, Mode, Script, is_space};
use super::symbols::{self, Class, Command};
use super::to_unicode;
use crate::library::work::looked_at;

impl Decoder<'_> {
    pub(super) fn script(&mut self, script: Script) {
        let mark = self.bytes[self.at];
        self.at += 1;
        if self.in_script {
            self.print(char::from(mark));
            return;
        }
        let end = AtEnd::Script(script, self.out.len());
        self.in_script = self.enter(end);
        if !self.in_script && self.command_with_argument() {
            // As in `_\text{max}`: the group that the command enters.
            self.groups.push((self.depth + 1, end));
            self.in_script = true;
        } else if !self.in_script {
            self.script = Some(script);
        }
    }

    /// Raises or lowers what was printed from `start` on, if Unicode has all of it so.
    pub(super) fn apply_script(&mut self, script: Script, start: usize) {
        let text = self.out.split_off(start);
        looked_at(text.len());
        let number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '−'));
        let ordinal = matches!(text.as_str(), "st" | "nd" | "rd" | "th");
        let (mark, map): (char, fn(char) -> Option<char>) = match script {
            Script::Raised | Script::RaisedText => ('^', symbols::raised),
            Script::Lowered | Script::LoweredText => ('_', symbols::lowered),
        };
        let in_text = matches!(script, Script::RaisedText | Script::LoweredText);
        if (in_text && !number) || (ordinal && mark == '^') {
            self.out.push_str(&text);
            return;
        }
        // The space that sets a function's name apart, as in `_{\max}`, has nothing to set it from.
        let text = text.trim();
        if let Some(moved) = text.chars().map(map).collect::<Option<String>>() {
            self.out.push_str(&moved);
        } else if text.chars().nth(1).is_none() || is_word(text) {
            self.out.push(mark);
            self.out.push_str(text);
        } else {
            self.out.push(mark);
            self.out.push('(');
            self.out.push_str(text);
            self.out.push(')');
        }
    }

    /// A `$`: mathematics begins or ends, unless it is the currency.
    pub(super) fn dollar(&mut self) {
        let width = 1 + usize::from(self.byte(self.at + 1) == b'$');
        if self.is_math() || width == 2 {
            self.end_scripts();
            self.mode = if self.is_math() { Mode::Text } else { Mode::Math };
            self.at += width;
            return;
        }
        let rest = self.at + 1;
        let close = memchr_iter(b'$', &self.bytes[rest..])
            .map(|n| rest + n)
            .find(|&close| !self.is_escaped(close));
        looked_at(close.unwrap_or(self.bytes.len()) - rest);
        let amount = self.byte(rest).is_ascii_digit();
        let formula = close.is_some_and(|close| {
            let price = self.byte(close + 1).is_ascii_digit() || is_space(self.bytes[close - 1]);
            !(amount && price)
        });
        self.at = rest;
        if formula {
            self.mode = Mode::Math;
        } else {
            self.print('$');
        }
    }

    /// Does an odd number of backslashes stand before this place? Else, as in `\\\\$`, they mean
    /// something else.
    fn is_escaped(&self, at: usize) -> bool {
        let before = self.bytes[..at].iter().rev();
        let backslashes = before.take_while(|&&b| b == b'\\').count();
        looked_at(backslashes);
        backslashes % 2 == 1
    }

    /// The end of mathematics ends what is raised or lowered in it, closed or not.
    pub(super) fn end_scripts(&mut self) {
        self.script = None;
        if self.in_script
            && let Some((_, end @ AtEnd::Script(..))) = self.groups.last().copied()
        {
            self.groups.pop();
            self.end_group(end);
        }
    }

    pub(super) fn backslash(&mut self) {
        let next = self.byte(self.at + 1);
        if self.mode == Mode::Verbatim {
            let escaped =
                matches!(next, b'_' | b'%' | b'&' | b'#' | b'$' | b'{' | b'}' | b'~' | b'^');
            let c = if escaped { next } else { b'\\' };
            return self.print_next(1 + usize::from(escaped), char::from(c));
        }
        if next.is_ascii_alphabetic() {
            return self.word();
        }
        if let Some(mark) = symbols::accent(next) {
            self.at += 2;
            self.accents.push(mark);
            return;
        }
        match next {
            b'{' | b'}' if self.is_escaped_protection(next) => self.at += 2,
            b'&' | b'%' | b'$' | b'#' | b'_' | b'{' | b'}' => self.print_next(2, char::from(next)),
            b'\\' => {
                self.at += 2;
                self.at += usize::from(self.byte(self.at) == b'*');
                self.skip_option();
                self.space();
            }
            b',' | b';' | b':' | b'>' => {
                self.at += 2;
                self.space();
            }
            b'-' | b'/' | b'@' | b'!' => self.at += 2,
            b'(' | b'[' => {
                self.at += 2;
                self.mode = Mode::Math;
            }
            b')' | b']' => {
                self.at += 2;
                self.mode = Mode::Text;
            }
            b'|' => self.print_next(2, '‖'),
            _ if is_space(next) && self.at + 1 < self.bytes.len() => {
                self.at += 2;
                self.space();
            }
            _ => self.print_next(1, '\\'),
        }
    }

    /// Is the escaped brace at hand one that protects capitals? Mendeley and others write braces
    /// that their user typed for that as text: `{\{}RNA{\}}`.
    fn is_escaped_protection(&mut self, brace: u8) -> bool {
        let alone =
            self.at > 0 && self.bytes[self.at - 1] == b'{' && self.byte(self.at + 2) == b'}';
        if !alone || self.mode != Mode::Text {
            return false;
        }
        if brace == b'}' {
            let open = self.protections > 0;
            self.protections -= usize::from(open);
            return open;
        }
        let behind = self.byte(self.at + 3);
        let protects = behind.is_ascii_alphabetic() || !behind.is_ascii();
        self.protections += usize::from(protects);
        protects
    }

    /// A command word.
    fn word(&mut self) {
        let start = self.at + 1;
        let length = self.bytes[start..].iter().position(|b| !b.is_ascii_alphabetic());
        let end = length.map_or(self.bytes.len(), |n| start + n);
        looked_at(end - start);
        let glued = self.out.ends_with(char::is_alphabetic) || !self.accents.is_empty();
        let glued = glued && self.bytes.get(end) != Some(&b'{') && self.mode == Mode::Text;
        let name = symbols::known_part(&self.source[start..end], glued);
        self.at = start + name.len();
        match symbols::command(name) {
            Some(Command::Symbol("~", _))
                if self.byte(self.at) == b'}' && self.is_escaped_tie() =>
            {
                self.space();
            }
            Some(Command::Symbol(text, class)) => self.symbol(text, class),
            Some(Command::Accent(mark)) => {
                self.skip_spaces();
                self.accents.push(mark);
            }
            Some(Command::MathAccent(mark)) => {
                if self.is_math() || self.byte(self.at) == b'{' || self.one_letter_follows() {
                    self.skip_spaces();
                    self.accents.push(mark);
                } else {
                    self.print_word(name);
                }
            }
            Some(Command::WideAccent(mark)) => {
                let accent = self.one_letter_follows();
                self.skip_spaces();
                self.accents.extend(accent.then_some(mark));
            }
            Some(Command::Ignored) => {
                self.skip_star();
                self.skip_spaces();
                match name {
                    "left" | "right" => self.at += usize::from(self.byte(self.at) == b'.'),
                    "footnotemark" => self.skip_option(),
                    "kern" | "mkern" => self.skip_length(),
                    _ => {}
                }
            }
            Some(Command::Space) => {
                self.skip_spaces();
                if matches!(name, "hskip" | "mskip") {
                    self.skip_length();
                }
                self.space();
            }
            Some(Command::Discards) => {
                self.skip_star();
                self.skip_option();
                self.skip_option();
                self.enter(AtEnd::Discard(self.out.len()));
            }
            None => self.structure(name),
        }
    }

    fn symbol(&mut self, text: &str, class: Class) {
        let function = class == Class::Function;
        let apart = self.out.is_empty() || self.out.ends_with(' ');
        if function && self.out.ends_with(char::is_alphanumeric) && self.script.is_none() {
            self.out.push(' ');
        }
        text.chars().for_each(|c| self.print(c));
        let spaced = self.skip_spaces();
        let keeps = match class {
            Class::Text => false,
            Class::Letter => !self.is_math() || self.operator_follows(),
            // The space of `a\leq b` only ends the name.
            Class::Operator => apart,
            Class::Function => true,
        };
        if (keeps && spaced) || (function && self.byte(self.at).is_ascii_alphanumeric()) {
            self.space();
        }
    }

    /// Does an operator or a relation follow, as in `\lambda > 4` or `\alpha \leq 1`?
    fn operator_follows(&self) -> bool {
        let next = self.byte(self.at);
        if next != b'\\' {
            return matches!(next, b'<' | b'>' | b'=' | b'+' | b'-' | b'*' | b'/' | b'|' | b':');
        }
        let command = symbols::command(self.command_name());
        matches!(command, Some(Command::Symbol(_, Class::Operator)))
    }

    /// Commands that treat their argument in a way of their own, and unknown ones.
    fn structure(&mut self, name: &str) {
        match name {
            "url" | "path" | "nolinkurl" => self.enter_mode(Mode::Verbatim),
            "text" | "textmath" => self.enter_mode(Mode::Text),
            "ensuremath" => self.enter_mode(Mode::Math),
            "enquote" | "mkbibquote" | "textquote" => {
                if self.enter(AtEnd::Print("”")) {
                    self.print('“');
                }
            }
            "textsuperscript" | "textsubscript" if !self.in_script => {
                let script = if name == "textsuperscript" {
                    Script::RaisedText
                } else {
                    Script::LoweredText
                };
                self.in_script = self.enter(AtEnd::Script(script, self.out.len()));
            }
            "frac" | "tfrac" | "dfrac" | "nicefrac" | "sfrac" => {
                self.skip_spaces();
                if self.byte(self.at).is_ascii_alphanumeric() {
                    // `\frac12`
                    let numerator = char::from(self.bytes[self.at]);
                    self.print_next(1, numerator);
                    self.end_group(AtEnd::Numerator(false));
                } else {
                    self.parenthesised(|close| AtEnd::Numerator(!close.is_empty()));
                }
            }
            "sqrt" => {
                if let Some(index) = self.option() {
                    self.at += index.len() + 2;
                    let start = self.out.len();
                    self.out.push_str(&to_unicode(index));
                    self.apply_script(Script::Raised, start);
                }
                self.print('√');
                self.parenthesised(AtEnd::Print);
            }
            "mathbb" | "mathds" => self.blackboard(),
            _ => {
                self.skip_star();
                if self.byte(self.at) != b'{' {
                    self.print_word(name);
                }
            }
        }
    }

    /// Prints a command as it was written.
    fn print_word(&mut self, name: &str) {
        self.print('\\');
        name.chars().for_each(|c| self.print(c));
    }

    /// The one letter behind `\mathbb`, with or without braces.
    fn blackboard(&mut self) {
        self.skip_spaces();
        let braced = self.byte(self.at) == b'{' && self.byte(self.at + 2) == b'}';
        let letter = char::from(self.byte(self.at + usize::from(braced)));
        if let Some(c) = symbols::blackboard(letter) {
            self.print_next(if braced { 3 } else { 1 }, c);
        }
    }
}

/// Can it be read as one sub- or superscript without brackets around it: `F_0.5`, `L_total`?
fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '.')
}
