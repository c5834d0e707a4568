//! The pass over the source: plain text, groups, accents, and punctuation that prints something else.

use unicode_normalization::char::compose;

use super::symbols;
use crate::library::work::looked_at;

/// What is to be done when a group closes.
#[derive(Debug, Clone, Copy)]
pub(super) enum AtEnd {
    /// Print this.
    Print(&'static str),
    /// Take back what was printed from here on.
    Discard(usize),
    /// Go back to reading like this.
    Mode(Mode),
    /// Raise or lower what was printed from here on.
    Script(Script, usize),
    /// The denominator follows; was the numerator put in parentheses?
    Numerator(bool),
}

/// How what comes next is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Text,
    Math,
    /// An address: no markup but braces and escapes.
    Verbatim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Raised,
    Lowered,
    /// As `\textsuperscript`: only numbers.
    RaisedText,
    LoweredText,
}

pub(super) struct Decoder<'s> {
    pub(super) source: &'s str,
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    pub(super) out: String,
    /// Open braces.
    pub(super) depth: usize,
    /// Those of them at whose end something is to be done, with their depth.
    pub(super) groups: Vec<(usize, AtEnd)>,
    /// Combining characters that wait for their letter, the outermost first.
    pub(super) accents: Vec<char>,
    /// A `^` or `_` that waits for its character.
    pub(super) script: Option<Script>,
    /// Within a raised or lowered group there is no other.
    pub(super) in_script: bool,
    pub(super) mode: Mode,
    /// Open braces of [`is_escaped_protection`](Self::is_escaped_protection).
    pub(super) protections: usize,
    /// Is a `‘` open?
    pub(super) quoted: bool,
    /// Was something printed that may not be NFC?
    pub(super) unchecked: bool,
}

impl<'s> Decoder<'s> {
    pub(super) fn new(source: &'s str) -> Self {
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
            mode: Mode::Text,
            protections: 0,
            quoted: false,
            unchecked: false,
        }
    }

    pub(super) fn run(&mut self) {
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

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Where the text that means itself ends.
    pub(super) fn plain_end(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            if SPECIAL[usize::from(byte)] && self.is_special(byte, at, from) {
                break;
            }
            at += 1;
        }
        looked_at(at + 1 - from);
        at
    }

    fn is_special(&self, byte: u8, at: usize, from: usize) -> bool {
        let next = self.byte(at + 1);
        match byte {
            b' ' => at == from || is_space(next),
            b'-' => next == b'-' && !self.is_math(),
            b'\'' => next == b'\'' || self.quoted || self.is_math(),
            b'!' | b'?' => next == b'`',
            b'^' | b'_' => self.is_math(),
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
            _ if self.mode == Mode::Verbatim => self.print_next(1, char::from(byte)),
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
            b'\'' if self.is_math() => self.print_next(1, '′'),
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

    pub(super) fn print_next(&mut self, width: usize, c: char) {
        self.at += width;
        self.print(c);
    }

    /// A `'` while a `‘` is open: the end of the quotation unless a letter follows.
    fn apostrophe(&mut self) {
        let letter = self.byte(self.at + 1).is_ascii_alphanumeric();
        self.quoted &= letter;
        self.print_next(1, if letter { '\'' } else { '’' });
    }

    pub(super) fn space(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    /// Prints a character with the accents and the script that wait for it.
    pub(super) fn print(&mut self, c: char) {
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
            match symbols::standing(mark) {
                Some('~') if self.is_escaped_tie() => self.space(),
                standing => self.out.extend(standing),
            }
        }
        self.script = None;
    }

    /// Is the tilde that was just read a tie that a program took for text, as in `И.{\~{}}О.` or
    /// `for{\textasciitilde}{N}on`? It stands between a letter or a full stop and a letter.
    pub(super) fn is_escaped_tie(&self) -> bool {
        let behind =
            self.bytes.get(self.at..).unwrap_or(&[]).iter().find(|b| !matches!(b, b'{' | b'}'));
        self.mode == Mode::Text
            && self.out.ends_with(|c: char| c.is_alphabetic() || c == '.')
            && behind.is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii())
    }

    /// A closing brace.
    fn close(&mut self) {
        self.print_standing_accents();
        let closing = self.depth;
        self.depth = closing.saturating_sub(1);
        while let Some(&(_, end)) = self.groups.last().filter(|(depth, _)| *depth == closing) {
            self.groups.pop();
            self.end_group(end);
            if matches!(end, AtEnd::Numerator(_)) {
                // The denominator is a group of the same depth.
                break;
            }
        }
    }

    pub(super) fn end_group(&mut self, end: AtEnd) {
        match end {
            AtEnd::Print(text) => self.out.push_str(text),
            AtEnd::Discard(start) => self.out.truncate(start),
            AtEnd::Mode(mode) => self.mode = mode,
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
    pub(super) fn enter(&mut self, end: AtEnd) -> bool {
        self.skip_spaces();
        let follows = self.byte(self.at) == b'{';
        if follows {
            self.at += 1;
            self.depth += 1;
            self.groups.push((self.depth, end));
        }
        follows
    }

    pub(super) fn enter_mode(&mut self, mode: Mode) {
        if self.enter(AtEnd::Mode(self.mode)) {
            self.mode = mode;
        }
    }

    pub(super) fn is_math(&self) -> bool {
        self.mode == Mode::Math
    }

    pub(super) fn skip_spaces(&mut self) -> bool {
        let start = self.at;
        while is_space(self.byte(self.at)) && self.at < self.bytes.len() {
            self.at += 1;
        }
        self.at > start
    }
}

/// ASCII white space and control characters.
pub(super) fn is_space(byte: u8) -> bool {
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
