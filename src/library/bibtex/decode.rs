//! The bytes of a `.bib` file → text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::library::diagnostic::{Diagnostic, Severity};

/// How far into a file the header of an exporter is looked for, in bytes.
const HEADER: usize = 4096;

/// Lines in a foreign encoding that get a diagnostic each; the others share one.
const LINES_REPORTED: usize = 20;

/// Text of a `.bib` file, and what had to be assumed about its encoding.
///
/// In this order: a byte order mark (UTF-8, UTF-16 of either order), strict UTF-8, the encoding
/// named in a `% Encoding:` line as `JabRef` writes it, else each line by itself as UTF-8 or, where
/// it is not, as Windows-1252.
#[must_use]
pub fn to_text(bytes: &[u8]) -> (Cow<'_, str>, Vec<Diagnostic>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, faulty) = encoding.decode_without_bom_handling(&bytes[mark..]);
        if !faulty {
            return (text, Vec::new());
        }
        if encoding != UTF_8 {
            let line = faulty_line(&text);
            let message = format!(
                "not all of the file is {}, which its byte order mark announces; unreadable characters became �",
                encoding.name()
            );
            return (text, vec![finding(line, Severity::Warning, message)]);
        }
        return by_lines(&bytes[mark..]);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), Vec::new());
    }
    match declared(bytes) {
        Some((encoding, line)) if encoding != UTF_8 => {
            let (text, faulty) = encoding.decode_without_bom_handling(bytes);
            let name = encoding.name();
            let mut findings =
                vec![finding(line, Severity::Info, format!("read as {name}, as this line says"))];
            if faulty {
                let message =
                    format!("not all of the file is {name}; unreadable characters became �");
                findings.push(finding(faulty_line(&text), Severity::Warning, message));
            }
            (text, findings)
        }
        _ => by_lines(bytes),
    }
}

fn finding(line: u32, severity: Severity, message: String) -> Diagnostic {
    Diagnostic { line, column: 1, severity, key: None, message }
}

/// Line of the first character that could not be decoded.
fn faulty_line(text: &str) -> u32 {
    let end = text.find('\u{fffd}').unwrap_or(0);
    super::lines::Lines::new(text).locate(end).0
}

/// The encoding that a `% Encoding: NAME` line near the top names, and that line.
fn declared(bytes: &[u8]) -> Option<(&'static Encoding, u32)> {
    for (line, content) in (1..).zip(bytes[..bytes.len().min(HEADER)].split(|&b| b == b'\n')) {
        let Some(comment) = content.trim_ascii().strip_prefix(b"%") else {
            continue;
        };
        let comment = comment.trim_ascii();
        let label = b"encoding:";
        if comment.len() > label.len() && comment[..label.len()].eq_ignore_ascii_case(label) {
            let name = String::from_utf8_lossy(comment[label.len()..].trim_ascii()).into_owned();
            return encoding_named(&name).map(|encoding| (encoding, line));
        }
    }
    None
}

/// An encoding by its usual name, or by the one that Java gives it (`Cp1252`, `ISO8859_1`).
fn encoding_named(name: &str) -> Option<&'static Encoding> {
    let name = name.to_ascii_lowercase();
    let java = if let Some(page) = name.strip_prefix("cp") {
        format!("windows-{page}")
    } else if let Some(part) = name.strip_prefix("iso8859_") {
        format!("iso-8859-{part}")
    } else if let Some(other) = name.strip_prefix("mac").filter(|n| *n == "roman") {
        format!("x-mac-{other}")
    } else {
        name.clone()
    };
    Encoding::for_label(name.as_bytes()).or_else(|| Encoding::for_label(java.as_bytes())).or_else(
        || Encoding::for_label(java.strip_prefix("x-mac-").map(|_| "macintosh")?.as_bytes()),
    )
}

/// Each line as UTF-8 or, where it is not, as Windows-1252.
fn by_lines(bytes: &[u8]) -> (Cow<'_, str>, Vec<Diagnostic>) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    let mut findings = Vec::new();
    let (mut line, mut foreign, mut last) = (1u32, 0usize, 1u32);
    for content in bytes.split_inclusive(|&b| b == b'\n') {
        // A lone CR ends a line too, also of those that follow each other without an LF.
        for content in content.split_inclusive(|&b| b == b'\r') {
            if content == b"\n" && text.ends_with('\r') {
                text.push('\n');
                continue;
            }
            if let Ok(content) = std::str::from_utf8(content) {
                text.push_str(content);
            } else {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(content).0);
                foreign += 1;
                last = line;
                if foreign <= LINES_REPORTED {
                    let message = "this line is not UTF-8; it was read as Windows-1252".to_owned();
                    findings.push(finding(line, Severity::Warning, message));
                }
            }
            line += 1;
        }
    }
    if foreign > LINES_REPORTED {
        let message = format!(
            "{} further lines up to this one are not UTF-8; they were read as Windows-1252",
            foreign - LINES_REPORTED
        );
        findings.push(finding(last, Severity::Warning, message));
    }
    (Cow::Owned(text), findings)
}
