//! The way through a file, from statement to statement.

use std::ops::Range;

use memchr::{memchr, memchr2_iter};

use super::lines::Lines;
use super::macros::{Macros, Pieces};
use super::{Entry, Scan, shape};
use crate::library::diagnostic::{Severity, shown};
use crate::library::work::looked_at;

/// Findings kept about one entry; where there are more, their number is told.
const MOST_REPORTED: usize = 100;

/// Findings kept about one file.
const MOST_IN_FILE: usize = 100_000;

/// A finding before lines are counted and made keys are known.
pub(super) struct Finding {
    pub(super) at: usize,
    pub(super) severity: Severity,
    /// Index of the entry concerned.
    pub(super) entry: Option<usize>,
    pub(super) message: String,
}

/// A value that waits for macros defined further down.
pub(super) struct Pending {
    pub(super) entry: usize,
    pub(super) field: usize,
    pub(super) pieces: Pieces,
}

/// What holds up to a limit: see the fields of these names in [`Scanner`].
struct Region {
    limit: usize,
    damaged: bool,
    comments: Range<usize>,
    found: Option<Range<usize>>,
}

pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// Where the next line stands that begins an entry whatever is open before it.
    pub(super) limit: usize,
    /// What closes the statement at hand.
    pub(super) closer: u8,
    /// Was the end of a value lost between here and the limit? Then values end at the next field.
    pub(super) damaged: bool,
    /// The comments skipped last.
    comments: Range<usize>,
    /// Where the search for a field began last, and what it found.
    found: Option<Range<usize>>,
    pub(super) lines: Lines<'t>,
    pub(super) macros: Macros<'t>,
    pub(super) entries: Vec<Entry<'t>>,
    pub(super) pending: Vec<Pending>,
    pub(super) findings: Vec<Finding>,
    /// Findings that were too many.
    pub(super) unlisted: usize,
    /// Index that the entry at hand will have.
    pub(super) current: Option<usize>,
    /// Findings about it.
    reported: usize,
    /// What was known of the statement around the comment at hand, while that is read.
    around: Option<Region>,
    /// See [`Scan::cut`].
    pub(super) cut: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            limit: 0,
            closer: b'}',
            damaged: false,
            comments: 0..0,
            found: None,
            lines: Lines::new(text),
            macros: Macros::new(text),
            entries: Vec::new(),
            pending: Vec::new(),
            findings: Vec::new(),
            unlisted: 0,
            current: None,
            reported: 0,
            around: None,
            cut: false,
        }
    }

    pub(super) fn run(mut self) -> Scan<'t> {
        // Up to `done` all is read; between `done` and `at` stand marks that begin nothing.
        let (mut done, mut at, mut comment_end) = (0, 0, 0);
        while let Some(found) = memchr(b'@', &self.bytes[at..]) {
            let mark = at + found;
            if mark >= comment_end
                && let Some(around) = self.around.take()
            {
                self.limit = around.limit;
                self.damaged = around.damaged;
                self.comments = around.comments;
                self.found = around.found;
            }
            if mark >= comment_end && self.is_commented(at, mark) {
                comment_end = shape::line_end(self.bytes, mark);
            }
            if mark < comment_end {
                at = self.commented(mark, comment_end);
            } else if let Some(end) = self.statement(done, mark) {
                (done, at) = (end, end);
            } else {
                at = mark + 1;
            }
        }
        self.gap(done, self.bytes.len());
        self.finish()
    }

    /// Is there a `%` before `mark` on its line, and behind `from`?
    fn is_commented(&self, from: usize, mark: usize) -> bool {
        let before = &self.bytes[from..mark];
        looked_at(before.len());
        let line = before.iter().rposition(|&b| shape::is_line_end(b)).map_or(0, |n| n + 1);
        memchr(b'%', &before[line..]).is_some()
    }

    /// An `@` in a comment: macros count there too, entries are only mentioned. Returns where to go
    /// on.
    fn commented(&mut self, mark: usize, line_end: usize) -> usize {
        let Some(header) = shape::header(self.bytes, mark).filter(|h| h.open < line_end) else {
            return mark + 1;
        };
        let kind = &self.text[header.kind];
        if kind.eq_ignore_ascii_case("string") {
            if self.limit != line_end {
                let around = self.region();
                self.around.get_or_insert(around);
                self.begin_region(line_end);
            }
            // A comment is whole wherever it ends.
            let cut = self.cut;
            let end = self.string(header.open).min(line_end);
            self.cut = cut;
            return end;
        }
        if shape::is_known_kind(kind.as_bytes()) {
            self.report(mark, Severity::Info, format!("`@{}` is commented out", shown(kind)));
        }
        header.open + 1
    }

    /// Reads the statement whose `@` is at `mark`, if one begins there; the text between `done` and
    /// it belongs to none. Returns where the statement ends.
    fn statement(&mut self, done: usize, mark: usize) -> Option<usize> {
        let Some(header) = shape::header(self.bytes, mark) else {
            self.cut |= shape::is_cut_header(self.bytes, mark);
            return self.statement_without_brace(done, mark);
        };
        let kind = self.text[header.kind].to_lowercase();
        let usual = shape::is_known_kind(kind.as_bytes()) || shape::is_command(kind.as_bytes());
        let before = self.text[..mark].chars().next_back();
        let is_statement = shape::begins_line(self.bytes, mark)
            || shape::starts_entry_in_line(self.bytes, mark)
            || (usual && !before.is_some_and(char::is_alphanumeric));
        if !is_statement {
            return None;
        }
        self.gap(done, mark);
        self.enter(mark);
        self.closer = if self.bytes[header.open] == b'{' { b'}' } else { b')' };
        Some(match kind.as_str() {
            "comment" | "preamble" => self.skip_block(mark, header.open, &kind),
            "string" => self.string(header.open),
            _ => {
                self.current = Some(self.entries.len());
                self.entry(mark, kind, header.open + 1)
            }
        })
    }

    /// A statement whose `{` was lost, if its line says so beyond doubt.
    fn statement_without_brace(&mut self, done: usize, mark: usize) -> Option<usize> {
        let string = shape::string_without_brace(self.bytes, mark);
        let entry = shape::header_without_brace(self.bytes, mark);
        let key = shape::header_without_kind(self.bytes, mark);
        if string.is_none() && entry.is_none() && key.is_none() {
            return None;
        }
        self.gap(done, mark);
        self.enter(mark);
        self.closer = b'}';
        if let Some(key) = key {
            self.current = Some(self.entries.len());
            let message = "the entry has no type; it was read as `@misc`".to_owned();
            self.report(mark, Severity::Warning, message);
            return Some(self.entry(mark, "misc".to_owned(), key));
        }
        let message = "the opening brace is missing; supplied".to_owned();
        if let Some((kind, end)) = entry {
            self.current = Some(self.entries.len());
            self.report(mark, Severity::Warning, message);
            let kind = self.text[kind].to_lowercase();
            return Some(self.entry(mark, kind, end));
        }
        self.report(mark, Severity::Warning, message);
        string.map(|name| self.definitions(name))
    }

    /// Finds the limit of the statement at `mark`.
    fn enter(&mut self, mark: usize) {
        if mark < self.limit {
            return;
        }
        let mut at = mark + 1;
        let limit = loop {
            let Some(found) = memchr(b'@', &self.bytes[at..]) else {
                break self.bytes.len();
            };
            at += found;
            if shape::starts_entry(self.bytes, at) {
                break at;
            }
            at += 1;
        };
        looked_at(limit - mark);
        self.begin_region(limit);
    }

    fn region(&self) -> Region {
        Region {
            limit: self.limit,
            damaged: self.damaged,
            comments: self.comments.clone(),
            found: self.found.clone(),
        }
    }

    fn begin_region(&mut self, limit: usize) {
        self.limit = limit;
        self.damaged = false;
        self.comments = 0..0;
        self.found = None;
    }

    /// Offset behind white space and `%` comments, the limit at most.
    pub(super) fn skip_blank(&mut self, from: usize) -> usize {
        let mut at = from;
        let mut comments = None;
        while at < self.limit {
            looked_at(1);
            match self.bytes[at] {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => at += 1,
                // Comments are read once: else each quote in them would read the rest of them.
                b'%' if self.comments.contains(&at) => at = self.comments.end,
                b'%' => {
                    comments = comments.or(Some(at));
                    at = shape::line_end(self.bytes, at);
                }
                0x80.. => match self.text[at..].chars().next() {
                    Some(c) if c.is_whitespace() || c == '\u{feff}' => at += c.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        let end = at.min(self.limit);
        if let Some(start) = comments {
            self.comments = start..end;
        }
        end
    }

    /// First place from `from` on where a field or an entry plainly begins, the limit at most.
    pub(super) fn next_start(&mut self, from: usize) -> usize {
        if let Some(known) = &self.found
            && known.start <= from
            && from <= known.end
        {
            return known.end;
        }
        let bytes = self.bytes;
        let found = memchr2_iter(b'=', b'@', &bytes[from..self.limit])
            .map(|n| from + n)
            .find_map(|at| {
                if bytes[at] == b'@' {
                    shape::starts_entry_in_line(bytes, at).then_some(at)
                } else {
                    shape::field_of(bytes, at).filter(|&start| start >= from)
                }
            })
            .unwrap_or(self.limit);
        looked_at(found - from.min(found));
        self.found = Some(from..found);
        found
    }

    /// Notes a finding about the statement at hand. Of one entry, only so many are kept.
    pub(super) fn report(&mut self, at: usize, severity: Severity, message: String) {
        if self.current.is_some() {
            self.reported += 1;
            if self.reported > MOST_REPORTED {
                return;
            }
        }
        self.note(at, severity, self.current, message);
    }

    /// Ends the entry at hand, whose `@` is at `mark`.
    pub(super) fn leave(&mut self, mark: usize) {
        let unlisted = self.reported.saturating_sub(MOST_REPORTED);
        if unlisted > 0 {
            let message = format!("{unlisted} further faults in this entry are not listed");
            self.note(mark, Severity::Warning, self.current, message);
        }
        self.reported = 0;
        self.current = None;
    }

    pub(super) fn note(
        &mut self,
        at: usize,
        severity: Severity,
        entry: Option<usize>,
        message: String,
    ) {
        if self.findings.len() < MOST_IN_FILE {
            self.findings.push(Finding { at, severity, entry, message });
        } else {
            self.unlisted += 1;
        }
    }

    /// Skips what stands in the braces of a `@comment` or `@preamble`.
    fn skip_block(&mut self, mark: usize, open: usize, kind: &str) -> usize {
        let mut depth = 0usize;
        for found in memchr2_iter(self.bytes[open], self.closer, &self.bytes[open..self.limit]) {
            if self.bytes[open + found] == self.closer {
                depth -= 1;
            } else {
                depth += 1;
            }
            if depth == 0 {
                looked_at(found);
                return open + found + 1;
            }
        }
        looked_at(self.limit - open);
        self.cut |= self.limit == self.bytes.len();
        let message = format!("`@{kind}` is not closed; it was ended where the next entry begins");
        self.report(mark, Severity::Warning, message);
        self.limit
    }

    fn string(&mut self, open: usize) -> usize {
        self.closer = if self.bytes[open] == b'{' { b'}' } else { b')' };
        self.definitions(open + 1)
    }

    /// Reads the definitions of a `@string`.
    fn definitions(&mut self, from: usize) -> usize {
        let body = self.body(from);
        if body.end.is_none() {
            self.cut |= body.next == self.bytes.len();
            self.report(from, Severity::Warning, "`@string` is not closed; supplied".to_owned());
        }
        for field in body.fields {
            self.macros.define(field.name.into_owned(), field.pieces);
        }
        body.next
    }

    /// Looks at text that belongs to no entry.
    fn gap(&mut self, from: usize, to: usize) {
        let mut text = None;
        let mut field = None;
        let mut headless = false;
        let mut at = from;
        while at < to {
            let end = shape::line_end(&self.bytes[..to], at);
            let line = &self.text[at..end];
            let begins =
                end - line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            let line = &self.bytes[begins..end];
            let comment = line.first() == Some(&b'%')
                || line.get(..8).is_some_and(|word| word.eq_ignore_ascii_case(b"@comment"));
            if let Some((kind, key)) = shape::header_without_at(&self.bytes[..to], begins) {
                headless = true;
                let message = format!(
                    "the `@` before `{}` is missing, and its entry `{}` was not read; put it there",
                    shown(&self.text[kind]),
                    shown(self.text[key].trim_end())
                );
                self.report(begins, Severity::Error, message);
            } else if !line.is_empty() && !comment && !headless {
                // What follows such a header is said to be lost with it.
                text = text.or(Some(begins));
                if shape::is_plain_field(self.bytes, begins) {
                    field = field.or(Some(begins));
                }
            }
            at = end + 1;
        }
        if let Some(at) = field {
            let message = "fields outside of any entry are not read".to_owned();
            self.report(at, Severity::Warning, message);
        } else if let Some(at) = text {
            let (severity, message) = match self.bytes[at] {
                b'}' | b')' => (Severity::Warning, "a superfluous closing brace was skipped"),
                b'@' => (Severity::Error, "an `@` begins this line, but no entry that can be read"),
                _ => (Severity::Info, "text between entries is not read"),
            };
            self.report(at, severity, message.to_owned());
        }
    }
}
