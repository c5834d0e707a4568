//! What the headless commands print.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::ui::text::is_unprintable;
pub(super) use crate::ui::text::{printable, thousands};

/// Prints one JSON document, whole or not at all. What a terminal would obey is written as an escape,
/// which means the same.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let document = harmless(&serde_json::to_string_pretty(value)?);
    Ok(writeln!(io::stdout().lock(), "{document}")?)
}

/// JSON in which only strings can hold characters other than the printable ones and line feeds.
fn harmless(document: &str) -> String {
    let mut text = String::with_capacity(document.len());
    for c in document.chars() {
        if c == '\n' || !is_unprintable(c) {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// The text of several lines, harmless.
pub(super) fn printable_lines(text: &str) -> String {
    text.chars().filter(|&c| c == '\n' || !is_unprintable(c)).collect()
}

/// “1 file”, “2 files”, “1 entry”, “2 entries”.
pub(super) fn count(number: usize, what: &str) -> String {
    let number_shown = thousands(number);
    match what.strip_suffix('y') {
        _ if number == 1 => format!("{number_shown} {what}"),
        Some(stem) => format!("{number_shown} {stem}ies"),
        None => format!("{number_shown} {what}s"),
    }
}

/// Did the reader of our output (`head`, say) have enough?
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// A progress bar on standard error; hidden where that is no terminal.
pub(super) fn bar(template: &str, total: u64) -> anyhow::Result<ProgressBar> {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    bar.set_style(ProgressStyle::with_template(template)?.progress_chars("█▉▊▋▌▍▎▏ "));
    Ok(bar)
}

/// A line of a ranked list.
pub(super) fn row(
    out: &mut impl Write,
    (rank, score): (usize, f32),
    year: Option<i32>,
    key: &str,
    title: &str,
) -> io::Result<()> {
    line(out, rank, &format!("{score:>6.3}"), year, key, title)
}

/// A line of a list of close papers: closer than so many of a hundred pairs.
pub(super) fn close_row(
    out: &mut impl Write,
    (rank, percentile): (usize, f32),
    year: Option<i32>,
    key: &str,
    title: &str,
) -> io::Result<()> {
    line(out, rank, &format!("{percentile:>7.3} %"), year, key, title)
}

fn line(
    out: &mut impl Write,
    rank: usize,
    measure: &str,
    year: Option<i32>,
    key: &str,
    title: &str,
) -> io::Result<()> {
    writeln!(
        out,
        "{rank:>3}  {measure}  {}  {}  {}",
        year.map_or_else(|| "    ".to_owned(), |year| year.to_string()),
        printable(key),
        printable(title),
    )
}
