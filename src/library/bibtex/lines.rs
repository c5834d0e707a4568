//! Byte offsets → lines and columns.

use memchr::memchr2_iter;

/// A place in a text that moves forward only, so that all look-ups together read the text once.
pub(super) struct Lines<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1, column: 1 }
    }

    /// Line and column (in characters) of a byte offset, both from 1. LF, CRLF and a lone CR each
    /// end a line. `offset` must not lie before that of the call before.
    pub(super) fn locate(&mut self, offset: usize) -> (u32, u32) {
        debug_assert!(offset >= self.at, "places are looked up in order");
        let mut from = self.at;
        for found in memchr2_iter(b'\n', b'\r', self.bytes.get(self.at..offset).unwrap_or(&[])) {
            let end = self.at + found;
            // The LF of a CRLF ended no second line.
            if self.bytes[end] == b'\r' || end == 0 || self.bytes[end - 1] != b'\r' {
                self.line += 1;
            }
            self.column = 1;
            from = end + 1;
        }
        let characters = self.bytes.get(from..offset).unwrap_or(&[]);
        // Continuation bytes of UTF-8 begin with the bits 10.
        self.column += characters.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32;
        self.at = self.at.max(offset);
        (self.line, self.column)
    }
}
