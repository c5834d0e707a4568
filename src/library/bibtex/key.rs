//! The cite key of an entry.

use super::scanner::Scanner;
use super::shape;
use crate::library::diagnostic::Severity;
use crate::library::work::looked_at;

/// Longest cite key, in bytes. What is longer is a text whose comma was lost.
const LONGEST_KEY: usize = 4096;

impl Scanner<'_> {
    /// Reads the key, up to its comma or to where the fields begin without one.
    pub(super) fn key(&mut self, mark: usize, from: usize) -> (String, usize) {
        let start = self.skip_blank(from);
        let stop = self.key_end(start);
        let mut key = self.text[start..stop].trim();
        let mut next = stop;
        match self.bytes[..self.limit].get(stop) {
            Some(b',') => next = stop + 1,
            Some(b'=') => {
                // The word before it is a field's name.
                let name = key.len() - key.rsplit(char::is_whitespace).next().map_or(0, str::len);
                next = start + name;
                key = key[..name].trim_end();
            }
            _ => {}
        }
        if next == stop {
            next = self.skip_blank(stop);
            if next < self.limit && self.bytes[next] == b',' {
                next += 1;
            } else if !key.is_empty() && next < self.limit && self.bytes[next] != self.closer {
                self.report(
                    stop,
                    Severity::Warning,
                    "the comma behind the key is missing; supplied".to_owned(),
                );
            }
        } else if !key.is_empty() && self.bytes[next - 1] != b',' {
            self.report(
                next - 1,
                Severity::Warning,
                "the comma behind the key is missing; supplied".to_owned(),
            );
        }
        let mut key = key.trim_end_matches(';').to_owned();
        if key.contains(['{', '}', '"']) {
            key.retain(|c| !matches!(c, '{' | '}' | '"'));
            self.report(
                mark,
                Severity::Warning,
                "braces and quotes in the key were left out".to_owned(),
            );
        }
        if key.len() > LONGEST_KEY {
            let end = (0..=LONGEST_KEY).rev().find(|&end| key.is_char_boundary(end));
            key.truncate(end.unwrap_or_default());
            let message =
                format!("the key is longer than {LONGEST_KEY} bytes; its end was cut off");
            self.report(mark, Severity::Warning, message);
        }
        if key.contains(char::is_whitespace) {
            self.report(mark, Severity::Warning, "the key contains white space".to_owned());
        }
        (key, next)
    }

    /// Where the key that begins at `start` ends: at its comma, the end of its line, the closing
    /// brace, a comment, or the `=` of a field. Keys made of addresses have a `=` or `%` of their own.
    fn key_end(&self, start: usize) -> usize {
        let region = &self.bytes[..self.limit];
        let (mut braced, mut spaced, mut equals) = (false, false, None);
        let mut at = start;
        while let Some(&byte) = region.get(at) {
            let behind = region.get(at + 1);
            let ends = match byte {
                b'%' => {
                    region[at - 1].is_ascii_whitespace()
                        || behind.is_none_or(|&b| shape::is_line_end(b))
                }
                b'=' if !spaced && shape::may_be_in_key(region, start, at) => {
                    equals = equals.or(Some(at));
                    false
                }
                b',' | b'=' => true,
                _ => shape::is_line_end(byte) || (byte == self.closer && !braced),
            };
            if ends {
                break;
            }
            braced |= byte == b'{';
            spaced |= byte.is_ascii_whitespace();
            at += 1;
        }
        looked_at(at + 1 - start);
        // Without a comma it was a field after all.
        equals.filter(|_| region.get(at) != Some(&b',')).unwrap_or(at)
    }
}
