//! What can be said only at the end of a file: late macros, made keys, doubled keys, and the lines
//! of the findings.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use super::Scan;
use super::lines::Lines;
use super::scanner::{Finding, Scanner};
use crate::library::diagnostic::{Diagnostic, Severity, shown};

impl<'t> Scanner<'t> {
    /// Everything that was found, once all of the text is read.
    pub(super) fn finish(mut self) -> Scan<'t> {
        self.expand_pending();
        self.make_keys();
        self.find_doubled_keys();
        if self.unlisted > 0 {
            let message = format!("{} further faults in this file are not listed", self.unlisted);
            let at = self.text.len();
            self.findings.push(Finding { at, severity: Severity::Warning, entry: None, message });
        }
        // A file of macros or comments has its use; one of which nothing was understood is no library.
        if self.entries.is_empty() && !self.findings.is_empty() && !self.macros.are_defined() {
            let message = "there is no entry in this file: nothing like `@article{key, …}`";
            let (severity, message) = (Severity::Error, message.to_owned());
            self.findings.push(Finding { at: 0, severity, entry: None, message });
        }
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
            let name = shown(&entry.fields[pending.field].name);
            entry.fields[pending.field].value = value;
            for place in unknown {
                let message = format!(
                    "`{}` in `{name}` is no number and no known macro; its name was kept",
                    shown(&self.text[place.clone()])
                );
                self.note(place.start, Severity::Warning, Some(pending.entry), message);
            }
        }
        if self.macros.spent {
            let message = "the macros of this file would make it several times as long; beyond that their names were kept";
            self.note(0, Severity::Warning, None, message.to_owned());
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
        let mut doubled = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            match first.entry(&entry.key) {
                Slot::Occupied(line) => doubled.push((index, *line.get())),
                Slot::Vacant(slot) => {
                    slot.insert(entry.line);
                }
            }
        }
        for (index, line) in doubled {
            let entry = &self.entries[index];
            let message = format!(
                "the key `{}` is already that of the entry in line {line}; both were kept",
                shown(&entry.key)
            );
            self.note(entry.start, Severity::Warning, Some(index), message);
        }
    }
}
