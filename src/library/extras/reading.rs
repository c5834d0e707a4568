//! Marks of reading: status, rating, priority and the like.

use serde::{Deserialize, Serialize};

use crate::library::bibtex::{Entry, Field};
use crate::library::diagnostic::{Diagnostic, Severity, shown};

/// The fields that are read here: those of JabRef, then those of BibDesk.
pub(super) const FIELDS: &[&str] = &[
    "readstatus",
    "ranking",
    "priority",
    "relevance",
    "printed",
    "qualityassured",
    "read",
    "rating",
];

/// How far a paper was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Marked as not read.
    Unread,
    /// Looked through.
    Skimmed,
    /// Read.
    Read,
}

/// The marks that another program left in an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadingMarks {
    /// How far it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Stars, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// How urgent it is, 1 (most) to 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Marked as relevant.
    #[serde(skip_serializing_if = "is_false")]
    pub relevant: bool,
    /// Marked as printed.
    #[serde(skip_serializing_if = "is_false")]
    pub printed: bool,
    /// The entry itself was checked.
    #[serde(skip_serializing_if = "is_false")]
    pub quality_assured: bool,
}

// The form that serde calls for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(mark: &bool) -> bool {
    !mark
}

impl ReadingMarks {
    /// Reads a field, if it is one of [`FIELDS`]. A value that JabRef does not write into its own
    /// fields is reported.
    pub(super) fn read(&mut self, entry: &Entry, field: &Field, findings: &mut Vec<Diagnostic>) {
        if FIELDS.contains(&&*field.name)
            && let value = field.value.trim().to_lowercase()
            && !value.is_empty()
            && let Some(wanted) = self.mark(&field.name, &value)
        {
            findings.push(unknown(entry, field, wanted));
        }
    }

    /// Sets the mark that a field with this lower-case value means. For a value that means
    /// nothing: what it should have been.
    fn mark(&mut self, name: &str, value: &str) -> Option<&'static str> {
        let one_to = |last: u8, digits: &str| {
            digits.parse().ok().filter(|number| (1..=last).contains(number))
        };
        let flag = |name: &str| match value {
            "false" | "no" | "0" => Some(false),
            "true" | "yes" | "1" => Some(true),
            value => (value == name).then_some(true),
        };
        match name {
            "readstatus" => {
                self.status = Some(match value {
                    "read" => Status::Read,
                    "skimmed" => Status::Skimmed,
                    "unread" | "toread" => Status::Unread,
                    _ => return Some("read or skimmed"),
                });
            }
            "ranking" => {
                let stars = one_to(5, value.strip_prefix("rank").unwrap_or(value));
                self.rating = Some(match stars {
                    Some(stars) => stars,
                    None => return Some("one of rank1 to rank5"),
                });
            }
            "priority" => match value.strip_prefix("prio") {
                Some(digits) => match one_to(3, digits) {
                    Some(priority) => self.priority = Some(priority),
                    None => return Some("one of prio1 to prio3"),
                },
                // Bare numbers are those of CiteULike, on another scale.
                None if value.parse::<u8>().is_ok() => {}
                None => return Some("one of prio1 to prio3"),
            },
            "relevance" => match flag("relevant") {
                Some(is_set) => self.relevant = is_set,
                None => return Some("relevant"),
            },
            "printed" => match flag("printed") {
                Some(is_set) => self.printed = is_set,
                None => return Some("printed"),
            },
            "qualityassured" => match flag("qualityassured") {
                Some(is_set) => self.quality_assured = is_set,
                None => return Some("qualityAssured"),
            },
            // Others use these names for other things; JabRef's come first.
            "read" => match flag("read") {
                Some(true) => self.status = self.status.or(Some(Status::Read)),
                Some(false) => self.status = self.status.or(Some(Status::Unread)),
                None => {}
            },
            "rating" => self.rating = self.rating.or_else(|| one_to(5, value)),
            _ => {}
        }
        None
    }

    /// Takes over the marks that are missing here.
    pub(super) fn fill(&mut self, other: Self) {
        self.status = self.status.or(other.status);
        self.rating = self.rating.or(other.rating);
        self.priority = self.priority.or(other.priority);
        self.relevant |= other.relevant;
        self.printed |= other.printed;
        self.quality_assured |= other.quality_assured;
    }

    /// Are there no marks?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The marks in words: `skimmed · ★★★☆☆ · priority 2`; empty where there are none.
    #[must_use]
    pub fn describe(&self) -> String {
        let status = self.status.map(|status| match status {
            Status::Unread => "unread",
            Status::Skimmed => "skimmed",
            Status::Read => "read",
        });
        let stars = self.rating.map(|stars| {
            "★".repeat(usize::from(stars)) + &"☆".repeat(usize::from(5_u8.saturating_sub(stars)))
        });
        let marks = [
            status.map(str::to_owned),
            stars,
            self.priority.map(|priority| format!("priority {priority}")),
            self.relevant.then(|| "relevant".to_owned()),
            self.printed.then(|| "printed".to_owned()),
            self.quality_assured.then(|| "entry checked".to_owned()),
        ];
        marks.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

fn unknown(entry: &Entry, field: &Field, wanted: &str) -> Diagnostic {
    let value = shown(field.value.trim());
    Diagnostic {
        line: field.line,
        column: field.column,
        severity: Severity::Warning,
        key: Some(entry.key.clone()),
        message: format!("`{}` = {value}: not {wanted}; left out", field.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::parse::{Contents, parse};

    fn read(fields: &str) -> (ReadingMarks, Vec<String>) {
        let Contents { papers, diagnostics, .. } =
            parse(format!("@misc{{k, {fields}}}").as_bytes());
        (papers[0].extras.reading, diagnostics.into_iter().map(|d| d.message).collect())
    }

    #[test]
    fn the_marks_of_each_program_are_read() {
        let none = ReadingMarks::default();
        let cases = [
            ("readstatus = {read}", ReadingMarks { status: Some(Status::Read), ..none }),
            ("readstatus = {skimmed}", ReadingMarks { status: Some(Status::Skimmed), ..none }),
            ("readstatus = {}", none),
            ("ranking = {rank3}", ReadingMarks { rating: Some(3), ..none }),
            ("ranking = 5", ReadingMarks { rating: Some(5), ..none }),
            ("priority = {prio1}", ReadingMarks { priority: Some(1), ..none }),
            ("priority = {2}, citeulike-article-id = {7}", none),
            ("relevance = {relevant}", ReadingMarks { relevant: true, ..none }),
            ("printed = {printed}", ReadingMarks { printed: true, ..none }),
            ("printed = {false}", none),
            ("qualityassured = {qualityAssured}", ReadingMarks { quality_assured: true, ..none }),
            (
                "read = {1}, rating = {4}",
                ReadingMarks { status: Some(Status::Read), rating: Some(4), ..none },
            ),
            ("read = {0}, rating = {0}", ReadingMarks { status: Some(Status::Unread), ..none }),
            ("read = {last summer}, rating = {PG-13}", none),
            ("ranking = {rank2}, rating = {4}", ReadingMarks { rating: Some(2), ..none }),
        ];
        for (fields, marks) in cases {
            assert_eq!(read(fields), (marks, vec![]), "{fields}");
        }
    }

    #[test]
    fn what_no_program_writes_is_said() {
        let (marks, findings) = read("ranking = {rank9}, readstatus = {soon}, priority = {high}");
        assert!(marks.is_empty());
        assert_eq!(
            findings,
            [
                "`ranking` = rank9: not one of rank1 to rank5; left out",
                "`readstatus` = soon: not read or skimmed; left out",
                "`priority` = high: not one of prio1 to prio3; left out",
            ]
        );
    }

    #[test]
    fn marks_are_described() {
        let (marks, _) = read("ranking = {rank3}, readstatus = {skimmed}, priority = {prio2}");
        assert_eq!(marks.describe(), "skimmed · ★★★☆☆ · priority 2");
        assert_eq!(ReadingMarks::default().describe(), "");
    }
}
