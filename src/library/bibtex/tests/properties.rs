//! What holds for every input.

use std::fmt::Write;

use proptest::prelude::*;

use super::super::{Scan, scan, to_text};

/// Text made of what a scanner looks at.
fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("@article{k,"),
        Just("@misc("),
        Just("@string{"),
        Just("@comment{"),
        Just("@preamble{"),
        Just("@"),
        Just("{"),
        Just("}"),
        Just("("),
        Just(")"),
        Just("\""),
        Just(","),
        Just("="),
        Just("#"),
        Just("%"),
        Just("\\"),
        Just("\n"),
        Just("\r"),
        Just("\r\n"),
        Just(" "),
        Just("\t"),
        Just("title = {"),
        Just("author = \""),
        Just("year = 2000"),
        Just("jan"),
        Just("é"),
        Just("\u{a0}"),
        Just("\u{feff}"),
        Just("💯"),
        Just("word"),
        Just("@article"),
        Just("title"),
        Just("key,\n"),
        Just("},\n"),
        Just("\",\n"),
        Just("}\n"),
        Just("@stringx="),
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

/// Entries lie in order within the text, and places are those of a slow count.
fn check(text: &str, scan: &Scan<'_>) -> Result<(), TestCaseError> {
    let mut last = 0;
    for entry in &scan.entries {
        prop_assert!(last <= entry.start && entry.start < entry.end && entry.end <= text.len());
        prop_assert!(text.is_char_boundary(entry.start) && text.is_char_boundary(entry.end));
        prop_assert!(text[entry.start..].starts_with('@'));
        prop_assert_eq!((entry.line, entry.column), place(text, entry.start));
        prop_assert!(!entry.key.is_empty());
        last = entry.end;
        for (n, field) in entry.fields.iter().enumerate() {
            prop_assert_eq!(field.name.to_lowercase(), field.name.clone());
            prop_assert!(entry.fields[..n].iter().all(|f| f.name != field.name));
        }
    }
    let places = scan.diagnostics.iter().map(|d| (d.line, d.column));
    prop_assert!(places.is_sorted());
    Ok(())
}

fn place(text: &str, at: usize) -> (u32, u32) {
    let before = text[..at].replace("\r\n", " \n").replace('\r', "\n");
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() as u32 + 1, line.chars().count() as u32 + 1)
}

/// A value with balanced braces, as name, delimiters and text.
fn field() -> impl Strategy<Value = (String, bool, String)> {
    let text = "[a-z ,.é=%@\n]{0,12}(\\{[A-Z\"]{1,4}\\}[a-z ]{0,5}){0,3}";
    ("[a-z]{1,8}", any::<bool>(), text)
}

proptest! {
    #[test]
    fn any_text_is_scanned(text in any::<String>()) {
        check(&text, &scan(&text))?;
    }

    #[test]
    fn any_soup_is_scanned(text in soup()) {
        check(&text, &scan(&text))?;
    }

    #[test]
    fn any_bytes_become_text(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (text, _) = to_text(&bytes);
        check(&text, &scan(&text))?;
    }

    #[test]
    fn well_formed_entries_come_back(
        entries in prop::collection::vec(
            ("[a-z]{3,9}", "[A-Za-z0-9:_+/é-]{1,12}", prop::collection::vec(field(), 1..6), any::<bool>()),
            0..8,
        )
    ) {
        let mut text = String::new();
        for (n, (kind, key, fields, comma)) in entries.iter().enumerate() {
            let _ = write!(text, "@x{kind}{{{key}{n}");
            for (f, (name, braces, value)) in fields.iter().enumerate() {
                let (open, close) = if *braces { ('{', '}') } else { ('"', '"') };
                let _ = write!(text, ",\n  {name}{f}x = {open}{value}{close}");
            }
            text.push_str(if *comma { ",\n}\n" } else { "\n}\n\n" });
        }
        let scan = scan(&text);
        prop_assert_eq!(&scan.diagnostics, &[]);
        prop_assert_eq!(scan.entries.len(), entries.len());
        for (n, (found, (kind, key, fields, _))) in scan.entries.iter().zip(&entries).enumerate() {
            prop_assert_eq!(&found.kind, &format!("x{kind}"));
            prop_assert_eq!(&found.key, &format!("{key}{n}"));
            let values: Vec<_> = found.fields.iter().map(|f| (f.name.to_string(), f.value.to_string())).collect();
            let expected: Vec<_> = fields.iter().enumerate().map(|(f, (name, _, value))| (format!("{name}{f}x"), value.clone())).collect();
            prop_assert_eq!(values, expected);
        }
    }
}
