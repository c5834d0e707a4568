//! What can be said only at the end of a file: late macros, made keys, doubled keys, and the lines
//! of the findings.

use std::collections::{HashMap, HashSet};

use super::Scan;
use super::lines::Lines;
use super::scanner::{Finding, Scanner};
use crate::library::diagnostic::{Diagnostic, Severity};

impl Scanner<'_> {
    /// Everything that was found, once all of the text is read.
    pub(super) fn finish(mut self) -> Scan {
        self.expand_pending();
        self.make_keys();
        self.find_doubled_keys();
        self.findings.sort_by_key(|f| f.at);
        let mut lines = Lines::new(self.text);
        let entries = self.entries;
        let diagnostics = self.findings.into_iter().map(|finding| {
            let (line, column) = lines.locate(finding.at);
            Diagnostic {
                line,
                column,
                severity: finding.severity,
                key: finding.entry.and_then(|e| entries.get(e)).map(|e| e.key.clone()),
                message: finding.message,
            }
        });
        let diagnostics = diagnostics.collect();
        Scan { entries, diagnostics, cut: self.cut }
    }

    fn expand_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let mut unknown = Vec::new();
            let value = self.macros.expand_finally(&pending.pieces, &mut unknown);
            let entry = &mut self.entries[pending.entry];
            let name = entry.fields[pending.field].name.clone();
            entry.fields[pending.field].value = value;
            for place in unknown {
                let message = format!(
                    "`{}` in `{name}` is no number and no known macro; its name was kept",
                    &self.text[place.clone()]
                );
                self.note(place.start, Severity::Warning, Some(pending.entry), message);
            }
        }
    }

    /// Gives each entry without a key one that says where it stands and that no other has.
    fn make_keys(&mut self) {
        if self.entries.iter().all(|e| !e.key.is_empty()) {
            return;
        }
        let mut taken: HashSet<String> = self.entries.iter().map(|e| e.key.clone()).collect();
        let mut copies: HashMap<String, usize> = HashMap::new();
        for index in 0..self.entries.len() {
            let entry = &self.entries[index];
            if !entry.key.is_empty() {
                continue;
            }
            let start = entry.start;
            let place = format!("{}-line-{}", entry.kind, entry.line);
            let count = copies.entry(place.clone()).or_default();
            let key = loop {
                *count += 1;
                let key = if *count == 1 { place.clone() } else { format!("{place}-{count}") };
                if taken.insert(key.clone()) {
                    break key;
                }
            };
            let message = format!("the entry has no cite key; it was named `{key}`");
            self.entries[index].key = key;
            self.note(start, Severity::Warning, Some(index), message);
        }
    }

    fn find_doubled_keys(&mut self) {
        let mut first: HashMap<&str, u32> = HashMap::with_capacity(self.entries.len());
        for (index, entry) in self.entries.iter().enumerate() {
            if let Some(line) = first.get(entry.key.as_str()) {
                let message = format!(
                    "the key `{}` is already that of the entry in line {line}; both were kept",
                    entry.key
                );
                self.findings.push(Finding {
                    at: entry.start,
                    severity: Severity::Warning,
                    entry: Some(index),
                    message,
                });
            } else {
                first.insert(&entry.key, entry.line);
            }
        }
    }
}
