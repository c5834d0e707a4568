//! Field values: where they end, also where their end was lost.

use std::ops::Range;

use memchr::{memchr2, memchr3};

use super::macros::{Piece, Pieces};
use super::scanner::Scanner;
use super::shape;
use crate::library::diagnostic::{Severity, shown};
use crate::library::work::looked_at;

/// How a piece of a value is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    Brace,
    Quote,
    /// The opening one was lost, so either may close.
    Lost,
}

/// What a repaired value calls for in the diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// A `}` or `"` within the text.
    Stray,
    /// No end.
    Open,
}

/// A delimited piece: its text, and where reading goes on.
struct Delimited {
    text: Range<usize>,
    end: usize,
    fault: Fault,
}

impl Scanner<'_> {
    /// Reads the value that begins at `from`, behind the `=`: its pieces and where it ends. No
    /// pieces mean that there is no value.
    pub(super) fn value(&mut self, from: usize, name: &str) -> (Pieces, usize) {
        let mut pieces = Pieces::new();
        let mut end = from;
        loop {
            let at = self.skip_blank(end);
            if at >= self.limit {
                return (pieces, end);
            }
            let piece = match self.bytes[at] {
                b'{' => Some(self.delimited(at, Delimiter::Brace, name)),
                b'"' => Some(self.delimited(at, Delimiter::Quote, name)),
                _ => self.word(at, name),
            };
            let Some((piece, behind)) = piece else {
                if !pieces.is_empty() {
                    self.report(
                        at,
                        Severity::Warning,
                        format!("nothing follows the `#` in `{}`", shown(name)),
                    );
                }
                return (pieces, end);
            };
            pieces.push(piece);
            end = behind;
            let next = self.skip_blank(end);
            if next >= self.limit || self.bytes[next] != b'#' {
                return (pieces, end);
            }
            end = next + 1;
        }
    }

    /// A number or the name of a macro or, if what follows cannot follow one, text whose opening
    /// delimiter was lost.
    fn word(&mut self, at: usize, name: &str) -> Option<(Piece, usize)> {
        let stop = shape::past(&self.bytes[..self.limit], at, |b| {
            !b.is_ascii_whitespace()
                && !matches!(
                    b,
                    b',' | b';' | b'#' | b'{' | b'}' | b'"' | b'(' | b')' | b'=' | b'%' | b'@'
                )
        });
        // The limit ends a word, though not text between delimiters.
        if stop > at && (self.may_end(stop) || self.skip_blank(stop) >= self.limit) {
            let piece = if self.bytes[at].is_ascii_digit() {
                Piece::Text(at..stop)
            } else {
                Piece::Macro(at..stop)
            };
            return Some((piece, stop));
        }
        if stop == at && matches!(self.bytes[at], b',' | b';' | b'}' | b')' | b'#') {
            return None;
        }
        // A field here means that this one has no value.
        if self.next_start(at) == at || shape::names_field(self.bytes, at) {
            return None;
        }
        Some(self.delimited(at, Delimiter::Lost, name))
    }

    fn delimited(&mut self, at: usize, delimiter: Delimiter, name: &str) -> (Piece, usize) {
        let found = self.find_end(at, delimiter);
        match found.fault {
            Fault::None => {}
            Fault::Stray => {
                let message = format!(
                    "the value of `{}` has an unbalanced brace or quote; it was read up to where the next field begins",
                    shown(name)
                );
                self.report(at, Severity::Warning, message);
            }
            Fault::Open => {
                let message = format!(
                    "the value of `{}` is not closed; it was ended where the next field or entry begins",
                    shown(name)
                );
                self.report(at, Severity::Warning, message);
            }
        }
        if delimiter == Delimiter::Lost {
            let message =
                format!("the value of `{}` has no opening brace or quote; supplied", shown(name));
            self.report(at, Severity::Warning, message);
        }
        (Piece::Text(found.text), found.end)
    }

    /// Finds the end of the piece that opens at `at`. A closing delimiter is believed if what
    /// follows may follow a value. One that is not, with the beginning of a field before it, means
    /// that the end was lost before that field; without, it is text.
    fn find_end(&mut self, at: usize, mut delimiter: Delimiter) -> Delimited {
        let inner = at + usize::from(delimiter != Delimiter::Lost);
        let stop = if self.damaged { self.next_start(inner) } else { self.limit };
        let mut first_doubted = None;
        let mut unbalanced = false;
        let mut depth = 0usize;
        let mut from = inner;
        while let Some(found) = self.next_delimiter(from, stop, delimiter) {
            from = found + 1;
            let may_close = match self.bytes[found] {
                b'{' => {
                    depth += 1;
                    continue;
                }
                b'}' if depth > 0 => {
                    depth -= 1;
                    continue;
                }
                b'}' => delimiter != Delimiter::Quote,
                // Within braces a quote is text.
                _ if depth > 0 => continue,
                _ => true,
            };
            let believed = may_close && self.may_end(from);
            let clean = first_doubted.is_none() && !unbalanced;
            if believed && clean && delimiter != Delimiter::Lost {
                return Delimited { text: inner..found, end: from, fault: Fault::None };
            }
            let field = self.next_start(inner);
            if field < from {
                self.damaged = true;
                return match first_doubted {
                    Some(close) if close < field => self.stop_at(inner, close),
                    _ => self.cut(inner, field, delimiter),
                };
            }
            // Where something was wrong before, a second doubt would cost a second reading.
            if believed || (may_close && self.damaged) {
                // A quote closes what a brace seemed to open if the quote before that was lost.
                let quoted = self.bytes[found] == b'"' && self.bytes[at] == b'{';
                return Delimited {
                    text: if quoted { at } else { inner }..found,
                    end: from,
                    fault: if clean { Fault::None } else { Fault::Stray },
                };
            }
            if may_close {
                first_doubted = first_doubted.or(Some(found));
                if delimiter == Delimiter::Brace {
                    delimiter = Delimiter::Lost;
                }
            } else {
                unbalanced = true;
            }
        }
        self.damaged = true;
        if let Some(close) = first_doubted {
            return self.stop_at(inner, close);
        }
        let field = self.next_start(inner).min(stop);
        self.cut(inner, field, delimiter)
    }

    fn next_delimiter(&self, from: usize, stop: usize, delimiter: Delimiter) -> Option<usize> {
        let rest = self.bytes.get(from..stop)?;
        let found = match delimiter {
            Delimiter::Brace => memchr2(b'{', b'}', rest),
            Delimiter::Quote | Delimiter::Lost => memchr3(b'{', b'}', b'"', rest),
        };
        looked_at(found.map_or(rest.len(), |n| n + 1));
        found.map(|n| from + n)
    }

    /// The value ends at a delimiter although what follows is no field: that is reported where it
    /// is skipped.
    fn stop_at(&mut self, inner: usize, close: usize) -> Delimited {
        let mut text = &self.text[inner..close];
        if self.skip_blank(close + 1) >= self.limit {
            // It was the brace of the entry.
            text = without_comma(text);
        }
        Delimited { text: inner..inner + text.len(), end: close + 1, fault: Fault::None }
    }

    /// The value has no end and is cut before the field or entry at `end`.
    fn cut(&self, inner: usize, end: usize, delimiter: Delimiter) -> Delimited {
        let mut text = without_comma(&self.text[inner..end]);
        if delimiter != Delimiter::Brace {
            if end == self.limit
                && let Some(value) = text.strip_suffix('}')
            {
                // The brace of the entry, which the quote kept open.
                text = without_comma(value);
            }
            text = text.strip_suffix('"').unwrap_or(text).trim_end();
        }
        Delimited { text: inner..inner + text.len(), end, fault: Fault::Open }
    }

    /// Could a value end before `at`? It could if the entry ends there, a `#` or a comma follows
    /// and then a field or the end, or a field follows without a comma.
    fn may_end(&mut self, at: usize) -> bool {
        let mut next = self.skip_blank(at);
        if next >= self.limit {
            return false;
        }
        let comma = matches!(self.bytes[next], b',' | b';');
        if comma {
            next = self.skip_blank(next + 1);
            if next >= self.limit || self.bytes[next] == b',' {
                return true;
            }
        }
        match self.bytes[next] {
            b'#' => true,
            b'@' => shape::starts_entry_in_line(self.bytes, next),
            byte if byte == self.closer => {
                // `11-13} # apr` is a value without its opening brace; a `#` further down is a
                // remark between entries.
                let behind = shape::past(&self.bytes[..self.limit], next + 1, shape::is_space);
                self.bytes[..self.limit].get(behind) != Some(&b'#')
            }
            _ if comma => self.begins_field(next),
            // `{\&}id=7` is part of an address.
            _ => next > at && self.begins_field(next),
        }
    }

    /// Does a field begin at `at`: a name with its `=`, or a usual name at the start of a line?
    pub(super) fn begins_field(&self, at: usize) -> bool {
        if shape::names_field(self.bytes, at) {
            return true;
        }
        let end = shape::past(&self.bytes[..self.limit], at, shape::is_name);
        shape::begins_line(self.bytes, at)
            && shape::is_known_field(&self.bytes[at..end])
            && memchr2(b'{', b'"', &self.bytes[end..shape::line_end(self.bytes, end)]).is_some()
    }
}

/// Text without the comma behind it and without the white space around that.
fn without_comma(text: &str) -> &str {
    let text = text.trim_end();
    text.strip_suffix(',').unwrap_or(text).trim_end()
}
