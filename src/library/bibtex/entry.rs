//! An entry: its key, its fields, its end.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::{memchr_iter, memchr3_iter};

use super::macros::Pieces;
use super::scanner::{Pending, Scanner};
use super::{Entry, Field, shape};
use crate::library::diagnostic::{Severity, shown};
use crate::library::work::looked_at;

/// Fields that are compared with each other one by one; more are hashed.
const FEW: usize = 32;

/// Fields that an entry has room for from the start.
const USUAL: usize = 16;

/// A field whose macros are still names.
pub(super) struct RawField<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) pieces: Pieces,
    at: usize,
    line: u32,
    column: u32,
}

/// The fields of one statement.
#[derive(Default)]
pub(super) struct Body<'t> {
    pub(super) fields: Vec<RawField<'t>>,
    /// Offset behind its closing brace, if it has one.
    pub(super) end: Option<usize>,
    /// Where to read on.
    pub(super) next: usize,
    /// Fields behind a closing brace that may have been one too many.
    beyond: Option<Beyond>,
    /// Names of the fields before those.
    names: HashSet<Cow<'t, str>>,
    /// How many fields those names were taken from.
    named: usize,
}

/// Fields behind a closing brace.
struct Beyond {
    /// Index of the first.
    first: usize,
    /// Offset of the brace.
    brace: usize,
    /// Does the brace have a line of its own, with a blank line and no comma behind it?
    apart: bool,
}

impl<'t> Scanner<'t> {
    /// Reads the entry whose `@` is at `mark` and whose key begins behind `from`. Returns where to
    /// read on.
    pub(super) fn entry(&mut self, mark: usize, kind: String, from: usize) -> usize {
        let (line, column) = self.lines.locate(mark);
        let (key, from) = self.key(mark, from);
        let body = self.body(from);
        let end = body.end.unwrap_or_else(|| {
            let end = mark + self.text[mark..body.next].trim_end().len();
            let message = if body.next == self.bytes.len() {
                self.cut = true;
                "the entry is cut off by the end of the file; what is there was kept"
            } else {
                "the entry is not closed; it was ended where the next one begins"
            };
            self.report(end, Severity::Warning, message.to_owned());
            end
        });
        if body.fields.is_empty() {
            self.report(mark, Severity::Warning, "the entry has no fields".to_owned());
        }
        let fields = self.finished(body.fields);
        self.entries.push(Entry { kind, key, fields, start: mark, end, line, column });
        self.leave(mark);
        body.next
    }

    /// Reads fields up to the closing brace, the limit, or an entry that begins within the line.
    pub(super) fn body(&mut self, from: usize) -> Body<'t> {
        let mut body = Body { fields: Vec::with_capacity(USUAL), ..Body::default() };
        let mut at = from;
        let mut comma = true;
        loop {
            at = self.skip_blank(at);
            body.next = at;
            if at >= self.limit {
                break;
            }
            let byte = self.bytes[at];
            if byte == b',' {
                comma = true;
                at += 1;
            } else if byte == b';' {
                comma = true;
                self.report(at, Severity::Warning, "this `;` was read as a comma".to_owned());
                at += 1;
            } else if byte == self.closer {
                let Some(field) = self.close(at, &mut body) else {
                    return body;
                };
                comma = true;
                at = field;
            } else if byte == b'@' && shape::starts_entry_in_line(self.bytes, at) {
                break;
            } else {
                // A value that was cut before this field took its comma along.
                let before = self.text[from..at].trim_end();
                looked_at(at - from - before.len());
                if !comma && !before.ends_with(',') && self.begins_field(at) {
                    let place = from + before.len();
                    self.report(
                        place,
                        Severity::Warning,
                        "a comma is missing between two fields; supplied".to_owned(),
                    );
                }
                comma = false;
                at = self.field(at, &mut body);
            }
        }
        if self.settle(&mut body) {
            body.end = None;
        }
        body
    }

    /// The closing brace at `at` ends the statement, unless fields follow it. Returns where those
    /// begin.
    fn close(&mut self, at: usize, body: &mut Body<'t>) -> Option<usize> {
        let attached = self.settle(body);
        let mut end = at + 1;
        let mut next = self.skip_blank(end);
        if next < self.limit && self.bytes[next] == self.closer {
            let message = "superfluous closing braces behind the entry were skipped".to_owned();
            self.report(next, Severity::Warning, message);
        }
        while next < self.limit && self.bytes[next] == self.closer {
            end = next + 1;
            next = self.skip_blank(end);
        }
        if attached {
            body.end = Some(end);
        }
        body.next = end;
        if next >= self.limit {
            return None;
        }
        let comma = self.bytes[next] == b',';
        let field = if comma { self.skip_blank(next + 1) } else { next };
        if field >= self.limit || !shape::is_plain_field(self.bytes, field) {
            return None;
        }
        let between = &self.bytes[end..field];
        looked_at(between.len());
        let line_ends = |byte| memchr_iter(byte, between).count();
        let blank_line = line_ends(b'\n').max(line_ends(b'\r')) > 1;
        body.beyond = Some(Beyond {
            first: body.fields.len(),
            brace: end - 1,
            apart: !comma && blank_line && shape::begins_line(self.bytes, end - 1),
        });
        Some(field)
    }

    /// Decides about fields behind a closing brace: unless they stand apart or one of them is there
    /// already, the brace was one too many. Returns whether all fields read last are the entry's.
    fn settle(&mut self, body: &mut Body<'t>) -> bool {
        let Some(beyond) = body.beyond.take() else {
            return true;
        };
        for field in &body.fields[body.named..beyond.first] {
            body.names.insert(field.name.clone());
        }
        body.named = beyond.first;
        let fields = &body.fields[beyond.first..];
        let Some(first) = fields.first() else {
            return true;
        };
        if beyond.apart || fields.iter().any(|f| body.names.contains(&f.name)) {
            let name = shown(&first.name);
            let message = match fields.len() {
                1 => format!(
                    "`{name}` behind the end of the entry seems to be another paper's; it was left out"
                ),
                count => format!(
                    "{count} fields behind the end of the entry, from `{name}` on, seem to be another paper's; they were left out"
                ),
            };
            self.report(first.at, Severity::Warning, message);
            body.fields.truncate(beyond.first);
            return false;
        }
        let message = "a superfluous closing brace was skipped, and the fields behind it were kept";
        self.report(beyond.brace, Severity::Warning, message.to_owned());
        true
    }

    /// Reads the field at `at`, or skips what is none. Returns where to read on.
    fn field(&mut self, at: usize, body: &mut Body<'t>) -> usize {
        let name_end = shape::past(&self.bytes[..self.limit], at, shape::is_name);
        let name = lower_case(&self.text[at..name_end]);
        let next = self.skip_blank(name_end);
        let Some(from) = self.value_start(at, &name, next) else {
            return self.skip_junk(at);
        };
        let (pieces, end) = self.value(from, &name);
        if pieces.is_empty() {
            self.report(
                at,
                Severity::Warning,
                format!("`{}` has no value; it was left out", shown(&name)),
            );
            return end;
        }
        let (line, column) = self.lines.locate(at);
        body.fields.push(RawField { name, pieces, at, line, column });
        end
    }

    /// Where the value of the field at `at` begins; `next` is what follows its name.
    fn value_start(&mut self, at: usize, name: &str, next: usize) -> Option<usize> {
        if name.is_empty() || next >= self.limit {
            return None;
        }
        if self.bytes[next] == b'=' {
            let behind = shape::past(&self.bytes[..self.limit], next, |b| {
                b == b'=' || b.is_ascii_whitespace()
            });
            if memchr_iter(b'=', &self.bytes[next..behind]).count() > 1 {
                let message = format!("`{}` has more than one `=`; one was read", shown(name));
                self.report(at, Severity::Warning, message);
                return Some(behind);
            }
            return Some(next + 1);
        }
        let known = shape::is_known_field(name.as_bytes());
        if matches!(self.bytes[next], b'{' | b'"') && (known || shape::begins_line(self.bytes, at))
        {
            self.report(
                at,
                Severity::Warning,
                format!("the `=` behind `{}` is missing; supplied", shown(name)),
            );
            return Some(next);
        }
        if !known {
            return None;
        }
        let start = shape::past(&self.bytes[..self.limit], next, |b| {
            !matches!(b, b'=' | b'{' | b'"') && !shape::is_line_end(b)
        });
        if !matches!(self.bytes[..self.limit].get(start), Some(b'=' | b'{' | b'"')) {
            return None;
        }
        self.report(
            at,
            Severity::Warning,
            format!("unreadable text between `{}` and its value was skipped", shown(name)),
        );
        Some(start + usize::from(self.bytes[start] == b'='))
    }

    /// Skips text that is no field, up to the next field or the end of the entry.
    fn skip_junk(&mut self, at: usize) -> usize {
        let stop = self.next_start(at + 1);
        let mut end = stop;
        let mut depth = 0usize;
        for found in memchr3_iter(b'{', b'}', self.closer, &self.bytes[at..stop]) {
            match self.bytes[at + found] {
                b'{' => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                byte if depth == 0 && byte == self.closer => {
                    end = at + found;
                    break;
                }
                _ => {}
            }
        }
        looked_at(end - at);
        let text = shown(self.text[at..end].trim_end());
        self.report(at, Severity::Warning, format!("`{text}` is no field; it was skipped"));
        end
    }

    /// Fields with their values; of a doubled one only the first.
    fn finished(&mut self, raw: Vec<RawField<'t>>) -> Vec<Field<'t>> {
        let mut fields: Vec<Field<'t>> = Vec::with_capacity(raw.len());
        let mut names = HashSet::new();
        for field in raw {
            let doubled = if fields.len() < FEW {
                fields.iter().any(|f| f.name == field.name)
            } else {
                if names.is_empty() {
                    names.extend(fields.iter().map(|f| f.name.clone()));
                }
                !names.insert(field.name.clone())
            };
            if doubled {
                let message =
                    format!("`{}` is given twice; the first was kept", shown(&field.name));
                self.report(field.at, Severity::Warning, message);
                continue;
            }
            let value = self.macros.expand(&field.pieces, usize::MAX).unwrap_or_else(|| {
                self.pending.push(Pending {
                    entry: self.entries.len(),
                    field: fields.len(),
                    pieces: field.pieces,
                });
                Cow::Borrowed("")
            });
            fields.push(Field { name: field.name, value, line: field.line, column: field.column });
        }
        fields
    }
}

/// Text in lower case, borrowed where it is.
fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase())
}
