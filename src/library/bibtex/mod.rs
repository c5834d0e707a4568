//! Tolerant BibTeX scanner: bytes → text → raw entries and diagnostics.
//!
//! [`to_text`] finds the encoding of a file, [`scan`] reads its text in one pass. A fault costs the
//! entry in which it stands a diagnostic, and no other entry anything. Two ideas do that:
//!
//! - A line that begins like an entry (`@article{key,`) begins one, whatever was open before it.
//!   Nothing that is missing in one entry reaches beyond that line.
//! - A `}` or `"` that could end a value is believed only if what comes next could come next: a
//!   comma and a field, a field, or the end of the entry. If not, the value either contains the
//!   beginning of a field, so that its end was lost before it, or the character belongs to the
//!   text.
//!
//! Time and memory are linear in the length of the text, and nothing recurses on its depth.

mod decode;
mod entry;
mod finish;
mod key;
mod lines;
mod macros;
mod scanner;
mod shape;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;

use super::diagnostic::Diagnostic;

pub use decode::to_text;

/// One field of an entry, macros expanded and pieces joined, LaTeX still in it. What stands so in
/// the text is borrowed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'t> {
    /// Name, lower case.
    pub name: Cow<'t, str>,
    /// Value without its delimiters.
    pub value: Cow<'t, str>,
    /// Line of the name, from 1.
    pub line: u32,
    /// Column of the name in characters, from 1.
    pub column: u32,
}

/// One `@type{key, …}` as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'t> {
    /// Entry type, lower case.
    pub kind: String,
    /// Cite key; where the file gives none, a made one that no other entry has.
    pub key: String,
    /// Fields in order; of a doubled field only the first.
    pub fields: Vec<Field<'t>>,
    /// Byte offset of the `@` in the text.
    pub start: usize,
    /// Byte offset behind the entry's last character.
    pub end: usize,
    /// Line of the `@`, from 1.
    pub line: u32,
    /// Column of the `@` in characters, from 1.
    pub column: u32,
}

impl Entry<'_> {
    /// Value of a field by its lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.name == name).map(|f| &*f.value)
    }
}

/// What a scan found: every entry, in file order, and everything that was wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan<'t> {
    /// The entries.
    pub entries: Vec<Entry<'t>>,
    /// The findings, in file order.
    pub diagnostics: Vec<Diagnostic>,
    /// Does the text end in the middle of an entry, of its header or of a command, as that of a file
    /// does which is still being written?
    pub cut: bool,
}

/// Reads every entry of a `.bib` text. A key that several entries share stays with all of them,
/// with a diagnostic at each copy after the first.
#[must_use]
pub fn scan(text: &str) -> Scan<'_> {
    scanner::Scanner::new(text).run()
}
