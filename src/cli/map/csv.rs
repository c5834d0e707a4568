//! The map as a table (RFC 4180).

use std::fmt::Write as _;

use super::{Atlas, number};
use crate::cli::output;
use crate::clusters::subjects::Subject;

/// A header, and a line for each paper.
pub(super) fn table(atlas: &Atlas) -> String {
    let mut table = "key,title,year,x,y,cluster,label\r\n".to_owned();
    for (index, paper) in atlas.papers().iter().enumerate() {
        let (point, subject) = (atlas.points[index], atlas.found.subject_of(index));
        let year = paper.year().map_or_else(String::new, |year| year.to_string());
        let id = subject.map_or_else(String::new, |subject| number(subject).to_string());
        let label = subject.map_or_else(String::new, Subject::title);
        // Writing to a string cannot fail.
        let _ = write!(
            table,
            "{},{},{year},{},{},{id},{}\r\n",
            field(&paper.key),
            field(&paper.title),
            point.x,
            point.y,
            field(&label),
        );
    }
    table
}

/// A text in quotation marks. One that a spreadsheet would take for a formula gets an apostrophe,
/// which makes it text: titles come from strangers.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", output::printable(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_are_quoted_and_no_formulas() {
        assert_eq!(field(r#"A "B", C"#), r#""A ""B"", C""#);
        assert_eq!(field("two\nlines"), r#""two lines""#);
        for formula in ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"] {
            assert!(field(formula).starts_with("\"'"), "{formula}");
        }
        assert_eq!(field(""), r#""""#);
    }
}
