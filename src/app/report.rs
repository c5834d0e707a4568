//! What is wrong in the files, as a list to walk through and to mend one by one.

use std::path::PathBuf;
use std::sync::Arc;

use super::scroll::Scroll;
use crate::library::diagnostic::{Diagnostic, Severity};

/// One thing found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: Arc<PathBuf>,
    /// What, and where.
    pub diagnostic: Diagnostic,
}

/// All findings, and which one the cursor is on.
#[derive(Debug, Default)]
pub struct Report {
    /// The worst first; then by file and line.
    pub findings: Vec<Finding>,
    /// Cursor.
    pub scroll: Scroll,
}

impl Report {
    /// Takes the findings of all files in the order of the files. The cursor stays on what it is on,
    /// or where that is mended on what follows.
    pub fn replace(&mut self, mut findings: Vec<Finding>) {
        // A stable sort: within a severity they stay in the order of files and lines.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.diagnostic.severity));
        let same = |a: &Finding, b: &Finding| {
            a.path == b.path
                && a.diagnostic.key == b.diagnostic.key
                && a.diagnostic.message == b.diagnostic.message
        };
        let at = self.selected().and_then(|at| findings.iter().position(|new| same(at, new)));
        self.scroll.cursor = at.unwrap_or(self.scroll.cursor);
        self.findings = findings;
    }

    /// What the cursor is on.
    #[must_use]
    pub fn selected(&self) -> Option<&Finding> {
        self.findings.get(self.scroll.cursor)
    }

    /// How many findings there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.diagnostic.severity == severity).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: u32, severity: Severity, message: &str) -> Finding {
        let message = message.to_owned();
        let diagnostic = Diagnostic { line, column: 1, severity, key: None, message };
        Finding { path: Arc::default(), diagnostic }
    }

    #[test]
    fn the_worst_comes_first_and_the_cursor_stays() {
        let mut report = Report::default();
        let all = vec![
            finding(1, Severity::Info, "a"),
            finding(2, Severity::Warning, "b"),
            finding(3, Severity::Error, "c"),
            finding(4, Severity::Warning, "d"),
        ];
        report.replace(all.clone());
        let lines: Vec<u32> = report.findings.iter().map(|f| f.diagnostic.line).collect();
        assert_eq!(lines, [3, 2, 4, 1]);
        assert_eq!(report.count(Severity::Warning), 2);
        report.scroll.cursor = 2;
        // One above it is mended, and all lines move.
        report.replace(vec![finding(2, Severity::Error, "c"), finding(3, Severity::Warning, "d")]);
        assert_eq!(report.selected().unwrap().diagnostic.message, "d");
        report.replace(vec![finding(2, Severity::Error, "c")]);
        assert_eq!(report.selected(), None);
    }
}
