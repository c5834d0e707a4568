//! What other programs keep in the file: tags and groups, attached files, notes, marks of reading.
//!
//! These are facts of the file, as JabRef, Zotero, Better BibTeX, Mendeley and BibDesk wrote them.
//! What the user marks in this program is kept apart from them. [`attachment`] reads the `file`
//! formats, [`reading`] the marks, [`meta`] what JabRef writes into `@comment{jabref-meta: …}`.

pub mod attachment;
pub mod meta;
pub mod reading;

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::bibtex::Entry;
use super::date::Date;
use super::diagnostic::Diagnostic;
use super::latex;
use attachment::Attachment;
use meta::Meta;
use reading::ReadingMarks;

/// Fields with notes.
const NOTES: &[&str] = &["note", "annote", "annotation", "review", "comment"];

/// How the fields begin in which JabRef keeps the comments of one user.
const NOTE_OF_USER: &str = "comment-";

/// Fields that say when an entry was made, the surest first. JabRef 5, JabRef before, BibDesk,
/// BibSonomy.
const CREATED: &[&str] = &["creationdate", "timestamp", "date-added", "added-at"];

/// Further fields about an entry and nothing that refers to it.
const PERSONAL: &[&str] = &[
    "groups",
    "keywords",
    "keyword",
    "tags",
    "mendeley-tags",
    "file",
    "pdf",
    "owner",
    "modificationdate",
    "date-modified",
];

/// Is a field about one entry only, so that no other inherits it?
#[must_use]
pub fn is_personal(name: &str) -> bool {
    [NOTES, CREATED, PERSONAL, reading::FIELDS].iter().any(|names| names.contains(&name))
        || name.starts_with(NOTE_OF_USER)
}

/// What other programs keep in an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The user's own tags, as Mendeley keeps them beside the keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Groups or collections that the entry is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Attached files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    /// Folders that the paths of the files may start from, besides that of the `.bib` file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// Notes and comments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Marks of reading.
    #[serde(skip_serializing_if = "ReadingMarks::is_empty")]
    pub reading: ReadingMarks,
    /// Who added the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day on which the entry was made, `2019-05-02`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// A note or comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The field that it stands in: `note`, `annote`, `comment-ada`.
    pub field: String,
    /// Its text, LaTeX decoded.
    pub text: String,
}

impl Extras {
    /// Reads an entry; `meta` is what its file says of all. Values that no program writes are
    /// reported.
    #[must_use]
    pub fn read(entry: &Entry, meta: &Meta, findings: &mut Vec<Diagnostic>) -> Self {
        let mut extras = Self::default();
        let (mut tags, mut groups) = (Distinct::default(), Distinct::default());
        let mut created = CREATED.len();
        for field in &entry.fields {
            let decoded = || latex::to_unicode(&field.value);
            match &*field.name {
                "tags" | "mendeley-tags" => tags.add_list(&field.value, &[',', ';']),
                "groups" => groups.add_list(&field.value, &[',']),
                "file" | "pdf" => extras.files.extend(attachment::parse(&field.value)),
                "owner" => extras.owner = Some(decoded().into_owned()).filter(|o| !o.is_empty()),
                name if NOTES.contains(&name) || name.starts_with(NOTE_OF_USER) => {
                    let text = decoded();
                    if !text.is_empty() {
                        extras.notes.push(Note { field: name.to_owned(), text: text.into_owned() });
                    }
                }
                name if CREATED[..created].contains(&name) => {
                    if let Some(day) = day(&field.value) {
                        extras.created = Some(day);
                        created = CREATED.iter().position(|n| *n == name).unwrap_or(created);
                    }
                }
                _ => extras.reading.read(entry, field, findings),
            }
        }
        for group in meta.groups_of(&entry.key) {
            groups.add(group);
        }
        (extras.tags, extras.groups) = (tags.parts, groups.parts);
        if extras.files.iter().any(Attachment::is_relative) {
            extras.folders.extend(meta.folders().map(str::to_owned));
        }
        extras
    }

    /// Takes over from another entry of the same work, which stands in the file `bib`: its tags and
    /// groups, and what else is missing here.
    pub fn fill(&mut self, other: Self, bib: &Path) {
        for (own, other) in [(&mut self.tags, other.tags), (&mut self.groups, other.groups)] {
            if !other.is_empty() {
                let mut all = Distinct::default();
                own.iter().chain(&other).for_each(|part| all.add(part));
                *own = all.parts;
            }
        }
        if self.files.is_empty() {
            self.files = other.files;
            // Their paths start from there, not from the folder of this entry's file.
            let home = bib.parent().unwrap_or(Path::new(""));
            let folders = other.folders.iter().map(|folder| home.join(attachment::native(folder)));
            let folders = folders.chain([home.to_owned()]);
            self.folders = folders.map(|folder| folder.to_string_lossy().into_owned()).collect();
        }
        if self.notes.is_empty() {
            self.notes = other.notes;
        }
        self.reading.fill(other.reading);
        self.owner = self.owner.take().or(other.owner);
        self.created = self.created.take().or(other.created);
    }

    /// Is there nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Parts of a list, each once, in the order in which they came.
#[derive(Default)]
struct Distinct {
    parts: Vec<String>,
    seen: HashSet<String>,
}

impl Distinct {
    /// Adds the parts of a list, LaTeX decoded. A separator behind a backslash separates nothing.
    fn add_list(&mut self, text: &str, separators: &[char]) {
        let mut part = String::new();
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\\' if characters.peek().is_some_and(|next| separators.contains(next)) => {
                    part.extend(characters.next());
                }
                c if separators.contains(&c) => {
                    self.add(&latex::to_unicode(&std::mem::take(&mut part)));
                }
                c => part.push(c),
            }
        }
        self.add(&latex::to_unicode(&part));
    }

    fn add(&mut self, part: &str) {
        let part = part.trim();
        if !part.is_empty() && self.seen.insert(part.to_owned()) {
            self.parts.push(part.to_owned());
        }
    }
}

/// The day of a time stamp: `2021-03-04T10:11:12`, `2015.11.30`, `2009-10-11 12:00:00 +0200`.
fn day(stamp: &str) -> Option<String> {
    let stamp = stamp.split(['T', ' ']).next()?;
    Date::from_free(stamp, "", "").map(|date| date.standard())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::parse::{Contents, parse};

    fn read(fields: &str) -> Extras {
        let Contents { mut papers, diagnostics, .. } =
            parse(format!("@misc{{k, {fields}}}").as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        papers.remove(0).extras
    }

    #[test]
    fn tags_and_groups_are_lists() {
        let extras =
            read("mendeley-tags = {GP,decision trees,GP}, groups = {To do, R\\&D, a\\, b}");
        assert_eq!(extras.tags, ["GP", "decision trees"]);
        assert_eq!(extras.groups, ["To do", "R&D", "a, b"]);
        assert_eq!(read("groups = { , }, tags = {}"), Extras::default());
    }

    #[test]
    fn another_entry_adds_what_is_not_there() {
        let mut extras = read("groups = {A, B}");
        extras.fill(read("groups = {B, C}, tags = {t}"), Path::new("/l.bib"));
        assert_eq!(
            (extras.groups, extras.tags),
            (vec!["A".into(), "B".into(), "C".into()], vec!["t".into()])
        );
    }

    #[test]
    fn notes_keep_their_field() {
        let extras = read(
            "annote = {Na{\\\"i}ve.}, note = {To appear}, comment-ada = {See p. 3}, comment = {}",
        );
        let notes: Vec<_> = extras.notes.iter().map(|n| (&*n.field, &*n.text)).collect();
        assert_eq!(
            notes,
            [("annote", "Naïve."), ("note", "To appear"), ("comment-ada", "See p. 3")]
        );
    }

    #[test]
    fn the_day_of_an_entry_is_read_in_every_form() {
        for stamp in [
            "timestamp = {2015.11.30}",
            "timestamp = {2015-11-30}",
            "creationdate = {2015-11-30T10:11:12}, timestamp = {2020.01.01}",
            "timestamp = {2020.01.01}, creationdate = {2015-11-30T10:11:12}",
            "date-added = {2015-11-30 10:11:12 +0100}",
            "added-at = {2015-11-30T10:11:12.000+0100}",
        ] {
            assert_eq!(read(stamp).created.as_deref(), Some("2015-11-30"), "{stamp}");
        }
        assert_eq!(read("timestamp = {yesterday}").created, None);
        assert_eq!(read("owner = {Ada}").owner.as_deref(), Some("Ada"));
    }

    #[test]
    fn only_what_is_there_is_written() {
        assert_eq!(serde_json::to_string(&Extras::default()).unwrap(), "{}");
        let extras = read("ranking = {rank4}, file = {:a.pdf:PDF}, groups = {G}, note = {N}");
        let json = serde_json::to_string(&extras).unwrap();
        assert_eq!(
            json,
            r#"{"groups":["G"],"files":[{"path":"a.pdf","type":"pdf"}],"notes":[{"field":"note","text":"N"}],"reading":{"rating":4}}"#
        );
        assert_eq!(serde_json::from_str::<Extras>(&json).unwrap(), extras);
    }
}
