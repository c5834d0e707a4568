//! LaTeX markup → plain Unicode, for titles, abstracts and names.
//!
//! What prints something becomes what it prints: accents (composed, NFC), letters, dashes, quotes,
//! symbols, and simple mathematics with the sub- and superscripts that Unicode has. Commands that
//! only change the look vanish and their argument stays; a command that is unknown and takes no
//! argument stays as it was written. Braces vanish, white space becomes single spaces.
//!
//! One pass over the text with a stack of open groups on the heap: time is linear, depth is free.

mod symbols;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::iter;

use memchr::memchr;
use symbols::{Class, Command};
use unicode_normalization::char::compose;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longest argument of `\frac` and `\sqrt` that is looked at for whether it needs parentheses.
const SHORT: usize = 16;

/// Longest optional argument in brackets.
const LONGEST_OPTION: usize = 80;

/// LaTeX source as plain Unicode text in NFC, with single spaces and none at the ends. Borrows
/// where there is nothing to change.
///
/// It accepts any text: what cannot be read as LaTeX stays as it is.
#[must_use]
pub fn to_unicode(source: &str) -> Cow<'_, str> {
    let mut decoder = Decoder::new(source);
    if decoder.plain_end(0) == source.len() && !source.ends_with(' ') {
        return tidy(Cow::Borrowed(source));
    }
    decoder.run();
    let unchecked = decoder.unchecked || !source.is_ascii();
    let mut text = decoder.out;
    text.truncate(text.trim_end_matches(' ').len());
    if unchecked {
        tidy(Cow::Owned(text))
    } else {
        Cow::Owned(text)
    }
}

/// NFC, and of non-ASCII white space only single spaces, of invisible characters none.
fn tidy(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut spaced = false;
    let mut normal = true;
    if !text.is_ascii() {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            spaced |= is_odd(c);
            normal &= c < '\u{300}' || is_nfc_quick(iter::once(c)) == IsNormalized::Yes;
        }
    }
    if !spaced && normal {
        return text;
    }
    let mut tidied = String::with_capacity(text.len());
    for c in text.nfc() {
        if c.is_whitespace() || c.is_control() {
            if !tidied.is_empty() && !tidied.ends_with(' ') {
                tidied.push(' ');
            }
        } else if !is_odd(c) {
            tidied.push(c);
        }
    }
    tidied.truncate(tidied.trim_end_matches(' ').len());
    Cow::Owned(tidied)
}

/// White space beyond ASCII, control characters, and what never shows: soft hyphen, zero-width
/// space, word joiner, byte order mark.
fn is_odd(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// What is to be done when a group closes.
#[derive(Debug, Clone, Copy)]
enum AtEnd {
    /// Print this.
    Print(&'static str),
    /// Take back what was printed from here on.
    Discard(usize),
    /// Go back to mathematics, or to text.
    Math(bool),
    /// Raise or lower what was printed from here on.
    Script(Script, usize),
    /// Read markup again.
    Verbatim,
    /// The denominator follows; was the numerator put in parentheses?
    Numerator(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Raised,
    Lowered,
    /// As `\textsuperscript`: only numbers.
    RaisedText,
    LoweredText,
}

struct Decoder<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    out: String,
    /// Open braces.
    depth: usize,
    /// Those of them at whose end something is to be done, with their depth.
    groups: Vec<(usize, AtEnd)>,
    /// Combining characters that wait for their letter, the outermost first.
    accents: Vec<char>,
    /// A `^` or `_` that waits for its character.
    script: Option<Script>,
    /// Within a raised or lowered group there is no other.
    in_script: bool,
    math: bool,
    verbatim: bool,
    /// Is a `‘` open?
    quoted: bool,
    /// No further `$` that could close mathematics.
    dollars_spent: bool,
    /// Was something printed that may not be NFC?
    unchecked: bool,
}

impl<'s> Decoder<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            at: 0,
            out: String::new(),
            depth: 0,
            groups: Vec::new(),
            accents: Vec::new(),
            script: None,
            in_script: false,
            math: false,
            verbatim: false,
            quoted: false,
            dollars_spent: false,
            unchecked: false,
        }
    }

    fn run(&mut self) {
        self.out.reserve(self.source.len());
        while self.at < self.bytes.len() {
            let end = self.plain_end(self.at);
            if end > self.at {
                self.plain(end);
            } else {
                self.special();
            }
        }
        self.print_standing_accents();
        while let Some((_, end)) = self.groups.pop() {
            // A group that never closed keeps what it has.
            if !matches!(end, AtEnd::Discard(_)) {
                self.end_group(end);
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Where the text that means itself ends.
    fn plain_end(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            if SPECIAL[usize::from(byte)] && self.is_special(byte, at, from) {
                break;
            }
            at += 1;
        }
        at
    }

    fn is_special(&self, byte: u8, at: usize, from: usize) -> bool {
        let next = self.byte(at + 1);
        match byte {
            b' ' => at == from || is_space(next),
            b'-' => next == b'-' && !self.math,
            b'\'' => next == b'\'' || self.quoted || self.math,
            b'!' | b'?' => next == b'`',
            b'^' | b'_' => self.math,
            _ => true,
        }
    }

    /// Prints text that means itself.
    fn plain(&mut self, end: usize) {
        if !self.accents.is_empty() || self.script.is_some() {
            if let Some(c) = self.source[self.at..].chars().next() {
                self.at += c.len_utf8();
                self.print(c);
            }
            return;
        }
        self.out.push_str(&self.source[self.at..end]);
        self.at = end;
    }

    /// Reads a byte that may not mean itself.
    fn special(&mut self) {
        let byte = self.bytes[self.at];
        match byte {
            b'{' => {
                self.at += 1;
                self.depth += 1;
            }
            b'}' => {
                self.at += 1;
                self.close();
            }
            _ if is_space(byte) => {
                self.at += 1;
                if self.accents.is_empty() && self.script.is_none() {
                    self.space();
                }
            }
            b'\\' => self.backslash(),
            _ if self.verbatim => self.print_next(1, char::from(byte)),
            b'~' => {
                self.at += 1;
                self.space();
            }
            b'$' => self.dollar(),
            b'`' if self.byte(self.at + 1) == b'`' => self.print_next(2, '“'),
            b'`' => {
                self.quoted = true;
                self.print_next(1, '‘');
            }
            b'\'' if self.math => self.print_next(1, '′'),
            b'\'' if self.byte(self.at + 1) == b'\'' => self.print_next(2, '”'),
            b'\'' => self.apostrophe(),
            b'-' if self.byte(self.at + 2) == b'-' => self.print_next(3, '—'),
            b'-' => self.print_next(2, '–'),
            b'!' => self.print_next(2, '¡'),
            b'?' => self.print_next(2, '¿'),
            b'^' => self.script(Script::Raised),
            b'_' => self.script(Script::Lowered),
            _ => self.print_next(1, char::from(byte)),
        }
    }

    fn print_next(&mut self, width: usize, c: char) {
        self.at += width;
        self.print(c);
    }

    /// A `'` while a `‘` is open: the end of the quotation unless a letter follows.
    fn apostrophe(&mut self) {
        let letter = self.byte(self.at + 1).is_ascii_alphanumeric();
        self.quoted &= letter;
        self.print_next(1, if letter { '\'' } else { '’' });
    }

    fn space(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    /// Prints a character with the accents and the script that wait for it.
    fn print(&mut self, c: char) {
        if let Some(script) = self.script.take() {
            let start = self.out.len();
            self.out.push(c);
            self.apply_script(script, start);
            return;
        }
        if self.accents.is_empty() {
            self.out.push(c);
            return;
        }
        let mut base = match c {
            'ı' => 'i',
            'ȷ' => 'j',
            _ => c,
        };
        let mut loose = String::new();
        while let Some(mark) = self.accents.pop() {
            match compose(base, mark).filter(|_| loose.is_empty()) {
                Some(composed) => base = composed,
                None => loose.push(mark),
            }
        }
        self.out.push(base);
        self.unchecked |= !loose.is_empty() || !c.is_ascii();
        self.out.push_str(&loose);
    }

    fn print_standing_accents(&mut self) {
        for mark in std::mem::take(&mut self.accents) {
            self.out.extend(symbols::standing(mark));
        }
        self.script = None;
    }

    /// A closing brace.
    fn close(&mut self) {
        self.print_standing_accents();
        while let Some(&(_, end)) = self.groups.last().filter(|(depth, _)| *depth == self.depth) {
            self.groups.pop();
            self.end_group(end);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn end_group(&mut self, end: AtEnd) {
        match end {
            AtEnd::Print(text) => self.out.push_str(text),
            AtEnd::Discard(start) => self.out.truncate(start),
            AtEnd::Math(math) => self.math = math,
            AtEnd::Verbatim => self.verbatim = false,
            AtEnd::Script(script, start) => {
                self.in_script = false;
                self.apply_script(script, start);
            }
            AtEnd::Numerator(parentheses) => {
                self.out.push_str(if parentheses { ")/" } else { "/" });
                self.parenthesised(AtEnd::Print);
            }
        }
    }

    /// If an argument in braces follows, enters it and remembers what to do at its end.
    fn enter(&mut self, end: AtEnd) -> bool {
        self.skip_spaces();
        let follows = self.byte(self.at) == b'{';
        if follows {
            self.at += 1;
            self.depth += 1;
            self.groups.push((self.depth, end));
        }
        follows
    }

    fn skip_spaces(&mut self) -> bool {
        let start = self.at;
        while is_space(self.byte(self.at)) && self.at < self.bytes.len() {
            self.at += 1;
        }
        self.at > start
    }

    /// Enters an argument, in parentheses unless it is a single short word.
    fn parenthesised(&mut self, end: impl Fn(&'static str) -> AtEnd) {
        self.skip_spaces();
        if self.byte(self.at) != b'{' {
            return;
        }
        let inner = &self.bytes[self.at + 1..];
        let word = inner
            .iter()
            .take(SHORT)
            .position(|b| !b.is_ascii_alphanumeric());
        let simple = word.is_some_and(|n| inner[n] == b'}');
        if !simple {
            self.out.push('(');
        }
        self.enter(end(if simple { "" } else { ")" }));
    }

    fn script(&mut self, script: Script) {
        let mark = self.bytes[self.at];
        self.at += 1;
        if self.in_script {
            self.print(char::from(mark));
            return;
        }
        self.in_script = self.enter(AtEnd::Script(script, self.out.len()));
        if !self.in_script {
            self.script = Some(script);
        }
    }

    /// Raises or lowers what was printed from `start` on, if Unicode has all of it so.
    fn apply_script(&mut self, script: Script, start: usize) {
        let text = self.out.split_off(start);
        let number = text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '−'));
        let ordinal = matches!(text.as_str(), "st" | "nd" | "rd" | "th");
        let (mark, map): (char, fn(char) -> Option<char>) = match script {
            Script::Raised | Script::RaisedText => ('^', symbols::raised),
            Script::Lowered | Script::LoweredText => ('_', symbols::lowered),
        };
        let in_text = matches!(script, Script::RaisedText | Script::LoweredText);
        if (in_text && !number) || (ordinal && mark == '^') {
            self.out.push_str(&text);
        } else if let Some(moved) = text.chars().map(map).collect::<Option<String>>() {
            self.out.push_str(&moved);
        } else if text.chars().nth(1).is_none() {
            self.out.push(mark);
            self.out.push_str(&text);
        } else {
            self.out.push(mark);
            self.out.push('{');
            self.out.push_str(text.trim_end());
            self.out.push('}');
        }
    }

    /// A `$`: mathematics begins or ends, unless it is the currency.
    fn dollar(&mut self) {
        let width = 1 + usize::from(self.byte(self.at + 1) == b'$');
        if self.math || width == 2 {
            self.end_scripts();
            self.math = !self.math;
            self.at += width;
            return;
        }
        let rest = self.at + 1;
        let mut close = None;
        let mut from = rest;
        while !self.dollars_spent {
            match memchr(b'$', &self.bytes[from..]) {
                None => self.dollars_spent = true,
                Some(n) if self.bytes[from + n - 1] == b'\\' => from += n + 1,
                Some(n) => {
                    close = Some(from + n);
                    break;
                }
            }
        }
        let amount = self.byte(rest).is_ascii_digit();
        let formula = close.is_some_and(|close| {
            let price = self.byte(close + 1).is_ascii_digit() || is_space(self.bytes[close - 1]);
            !(amount && price)
        });
        self.at = rest;
        if formula {
            self.math = true;
        } else {
            self.print('$');
        }
    }

    /// The end of mathematics ends what is raised or lowered in it, closed or not.
    fn end_scripts(&mut self) {
        self.script = None;
        if self.in_script
            && let Some((_, end @ AtEnd::Script(..))) = self.groups.last().copied()
        {
            self.groups.pop();
            self.end_group(end);
        }
    }

    fn backslash(&mut self) {
        let next = self.byte(self.at + 1);
        if self.verbatim {
            let escaped = matches!(
                next,
                b'_' | b'%' | b'&' | b'#' | b'$' | b'{' | b'}' | b'~' | b'^'
            );
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
                self.math = true;
            }
            b')' | b']' => {
                self.at += 2;
                self.math = false;
            }
            b'|' => self.print_next(2, '‖'),
            _ if is_space(next) && self.at + 1 < self.bytes.len() => {
                self.at += 2;
                self.space();
            }
            _ => self.print_next(1, '\\'),
        }
    }

    /// A command word.
    fn word(&mut self) {
        let start = self.at + 1;
        let length = self.bytes[start..]
            .iter()
            .position(|b| !b.is_ascii_alphabetic());
        let end = length.map_or(self.bytes.len(), |n| start + n);
        let name = symbols::known_part(&self.source[start..end]);
        self.at = start + name.len();
        match symbols::command(name) {
            Some(Command::Symbol(text, class)) => self.symbol(text, class),
            Some(Command::Accent(mark)) => {
                self.skip_spaces();
                self.accents.push(mark);
            }
            Some(Command::Ignored) => {
                self.skip_spaces();
                if matches!(name, "left" | "right") && self.byte(self.at) == b'.' {
                    self.at += 1;
                }
            }
            Some(Command::Space) => {
                self.skip_spaces();
                self.space();
            }
            Some(Command::Discards) => {
                self.skip_option();
                self.enter(AtEnd::Discard(self.out.len()));
            }
            None => self.structure(name),
        }
    }

    fn symbol(&mut self, text: &str, class: Class) {
        let function = class == Class::Function;
        if function && self.out.ends_with(char::is_alphanumeric) && self.script.is_none() {
            self.out.push(' ');
        }
        text.chars().for_each(|c| self.print(c));
        let spaced = self.skip_spaces();
        let keeps = match class {
            Class::Text => false,
            Class::Letter => !self.math,
            Class::Operator | Class::Function => true,
        };
        if (keeps && spaced) || (function && self.byte(self.at).is_ascii_alphanumeric()) {
            self.space();
        }
    }

    /// Commands that treat their argument in a way of their own, and unknown ones.
    fn structure(&mut self, name: &str) {
        match name {
            "url" | "path" | "nolinkurl" => {
                self.verbatim = self.enter(AtEnd::Verbatim) || self.verbatim
            }
            "text" | "textmath" => {
                let math = self.math;
                if self.enter(AtEnd::Math(math)) {
                    self.math = false;
                }
            }
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
                self.parenthesised(|close| AtEnd::Numerator(!close.is_empty()));
            }
            "sqrt" => {
                self.skip_option();
                self.print('√');
                self.parenthesised(AtEnd::Print);
            }
            "mathbb" | "mathds" => self.blackboard(),
            _ => {
                if self.byte(self.at) != b'{' {
                    self.print('\\');
                    name.chars().for_each(|c| self.print(c));
                }
            }
        }
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

    /// Skips a short argument in brackets.
    fn skip_option(&mut self) {
        if self.byte(self.at) == b'[' {
            let end = self.bytes.len().min(self.at + LONGEST_OPTION);
            if let Some(n) = memchr(b']', &self.bytes[self.at..end]) {
                self.at += n + 1;
            }
        }
    }
}

/// ASCII white space and control characters.
fn is_space(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7F
}

/// Bytes that may not mean themselves.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte <= b' ' as usize {
        special[byte] = true;
        byte += 1;
    }
    special[0x7F] = true;
    let marks = b"\\{}$~-`'!?^_";
    let mut n = 0;
    while n < marks.len() {
        special[marks[n] as usize] = true;
        n += 1;
    }
    special
};
