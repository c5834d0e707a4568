//! The map as a table (RFC 4180).

use std::fmt::Write as _;

use super::{Atlas, number};
use crate::cli::output;
use crate::clusters::subjects::Subject;
use crate::library::cite::csv_field;

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
            csv_field(&output::printable(&paper.key)),
            csv_field(&output::printable(&paper.title)),
            point.x,
            point.y,
            csv_field(&output::printable(&label)),
        );
    }
    table
}
