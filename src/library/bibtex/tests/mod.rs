//! Tests of the scanner; those over real files are in `tests/bib_files.rs`.

mod bounds;
mod faults;
mod properties;

use std::fmt::Write;

use super::*;

/// The fields of an entry, as name and value.
fn fields<'e>(entry: &'e Entry<'_>) -> Vec<(&'e str, &'e str)> {
    entry.fields.iter().map(|f| (&*f.name, &*f.value)).collect()
}

/// Scans a text with one entry and no fault, and returns its fields.
fn clean(text: &str) -> Vec<(String, String)> {
    let scan = scan(text);
    assert_eq!(scan.diagnostics, [], "{text}");
    assert_eq!(scan.entries.len(), 1, "{text}");
    fields(&scan.entries[0])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Line and message of each finding.
fn findings<'s>(scan: &'s Scan<'_>) -> Vec<(u32, &'s str)> {
    scan.diagnostics.iter().map(|d| (d.line, d.message.as_str())).collect()
}

#[test]
fn an_entry_with_all_kinds_of_values() {
    let found = clean(
        "@Article{key,\n  Title = {A {B} c},\n  AUTHOR = \"X {\"} Y\",\n  year = 2020,\n  month = jan # \"~\" # 3 # {rd}\n}",
    );
    let expected =
        [("title", "A {B} c"), ("author", "X {\"} Y"), ("year", "2020"), ("month", "January~3rd")];
    assert_eq!(found, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
}

#[test]
fn places_count_characters_and_all_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["é@misc{a,", " é = {x}, title = {y", "}}", "", "  @misc{b, note={z}}"];
        let text = lines.join(end);
        let scan = scan(&text);
        let places: Vec<_> = scan.entries.iter().map(|e| (e.line, e.column)).collect();
        // The first stands behind a letter, and is believed for its known type and its comma.
        assert_eq!(places, [(1, 2), (5, 3)], "{end:?}");
        let title = &scan.entries[0].fields[1];
        assert_eq!((title.line, title.column), (2, 11), "{end:?}");
    }
}

#[test]
fn spans_are_exact() {
    let text = "x @a{k, t={1}} @b(l, t={2}) y\n@c{m,t=\"3\"}";
    let spans: Vec<_> = scan(text).entries.iter().map(|e| &text[e.start..e.end]).collect();
    assert_eq!(spans, ["@c{m,t=\"3\"}"]);
    let text = "@misc{k, t={1}} @book(l, t={2}) y\n@c{m,t=\"3\"}";
    let spans: Vec<_> = scan(text).entries.iter().map(|e| &text[e.start..e.end]).collect();
    assert_eq!(spans, ["@misc{k, t={1}}", "@book(l, t={2})", "@c{m,t=\"3\"}"]);
}

#[test]
fn strings_are_known_everywhere() {
    let text = "@misc{a, x = Late, y = nested, z = both # late}
@STRING{late = \"L\"}
@string(nested = late # { and } # other)
% @string{both = {B}}
@string{other = \"O\"}
@string{loop = loop2} @string{loop2 = loop}
@misc{b, x = loop, y = never}";
    let scan = scan(text);
    assert_eq!(fields(&scan.entries[0]), [("x", "L"), ("y", "L and O"), ("z", "BL")]);
    assert_eq!(fields(&scan.entries[1]), [("x", "loop"), ("y", "never")]);
    let lines: Vec<_> = findings(&scan).iter().map(|f| f.0).collect();
    assert_eq!(lines, [7, 7]);
}

#[test]
fn a_macro_that_doubles_itself_stays_small() {
    let mut text = String::from("@string{a0 = {0123456789}}\n");
    for n in 1..60 {
        let before = n - 1;
        let _ = writeln!(text, "@string{{a{n} = a{before} # a{before}}}");
    }
    text.push_str("@misc{k, x = a59, y = a3}");
    let scan = scan(&text);
    assert_eq!(scan.entries[0].get("x"), Some("a59"));
    assert_eq!(scan.entries[0].get("y").map(str::len), Some(80));
}

#[test]
fn made_keys_are_unique() {
    let text = "@misc{misc-line-2, t={0}}\n@misc{, t={1}} @misc{t={2}}\n@misc{,}";
    let scan = scan(text);
    let keys: Vec<_> = scan.entries.iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["misc-line-2", "misc-line-2-2", "misc-line-2-3", "misc-line-3"]);
    assert!(scan.diagnostics.iter().all(|d| d.key.is_some()));
}

#[test]
fn fields_of_another_paper_are_reported_and_left_out() {
    let text = "@article{a,
  title = {A},
  year = 2000
}
  title = {B},
  author = {Y},
}
@misc{b, note={n}
}

  author = {Z},
}
@misc{c, note={n}},
  author = {Z},
}
";
    let scan = scan(text);
    assert_eq!(fields(&scan.entries[0]), [("title", "A"), ("year", "2000")]);
    assert_eq!(fields(&scan.entries[1]), [("note", "n")]);
    assert_eq!(fields(&scan.entries[2]), [("note", "n"), ("author", "Z")]);
    let found = findings(&scan);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [5, 11, 13]);
    assert!(found[0].1.contains("another paper"));
    assert!(found[1].1.starts_with("`author` behind the end of the entry seems"), "{found:?}");
}

#[test]
fn what_is_no_entry_is_mentioned() {
    let text = "Some text by me@x.org {\n@misc{a, t={1}}\n% a comment\n% @book{z,\n\n@ broken\n@misc{b, t={2}}\n}\n@misc{c, title={3}}\ntitle = {Lost},\n";
    let scan = scan(text);
    assert_eq!(scan.entries.len(), 3);
    let lines: Vec<_> = findings(&scan).iter().map(|f| f.0).collect();
    assert_eq!(lines, [1, 4, 6, 8, 10]);
}

#[test]
fn a_comment_block_hides_no_entry_behind_it() {
    let text = "@comment{open {\n@misc{a, t={1}}\n@comment{closed {x}}@misc{b, t={2}}\n@preamble{\"\\foo{\"}\n@misc{c, t={3}}";
    let scan = scan(text);
    let keys: Vec<_> = scan.entries.iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    assert_eq!(findings(&scan).iter().map(|f| f.0).collect::<Vec<_>>(), [1, 4]);
}

#[test]
fn a_remark_behind_an_entry_costs_it_nothing() {
    for remark in ["# more", "#", "} # x", "== more ==", "% more", "more = fun", "\"quoted\""] {
        let text = format!("@misc{{a,\n  t = {{1}}\n}}\n{remark}\n@misc{{b, t={{2}}}}");
        let scan = scan(&text);
        let found: Vec<_> = scan.entries.iter().map(fields).collect();
        assert_eq!(found, [[("t", "1")], [("t", "2")]], "{remark}");
        assert_eq!(scan.entries.len(), 2, "{remark}");
    }
}

#[test]
fn lost_braces_of_headers_are_supplied() {
    let text =
        "@articlesmith2020,\n  title = {A}\n}\n@stringfoo = {F}}\n@book doe,\n title = foo\n}\n";
    let scan = scan(text);
    assert_eq!(fields(&scan.entries[0]), [("title", "A")]);
    assert_eq!(scan.entries[0].key, "smith2020");
    assert_eq!(scan.entries[1].key, "doe");
    assert_eq!(fields(&scan.entries[1]), [("title", "F")]);
    assert_eq!(findings(&scan).iter().map(|f| f.0).collect::<Vec<_>>(), [1, 4, 5]);
}

#[test]
fn bytes_become_text() {
    let plain = "@misc{a, t={Ünï}}";
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(order).collect()
    };
    assert_eq!(to_text(plain.as_bytes()), (plain.into(), vec![]));
    assert_eq!(to_text(format!("\u{feff}{plain}").as_bytes()), (plain.into(), vec![]));
    assert_eq!(to_text(&utf16(u16::to_le_bytes)), (plain.into(), vec![]));
    assert_eq!(to_text(&utf16(u16::to_be_bytes)), (plain.into(), vec![]));
}

#[test]
fn a_declared_encoding_is_believed_where_utf8_is_not_possible() {
    let cases: [(&[u8], &str, u32); 4] = [
        (b"% Encoding: Cp1252\n\x80", "€", 1),
        (b"% by JabRef\n%Encoding: ISO8859_15\n\xA4", "€", 2),
        (b"% Encoding: MacRoman\n\x8A", "ä", 1),
        (b"% encoding: GBK\n\xB2\xE2", "测", 1),
    ];
    for (bytes, end, line) in cases {
        let (text, found) = to_text(bytes);
        assert!(text.ends_with(end), "{text}");
        assert_eq!((found.len(), found[0].line), (1, line), "{text}");
    }
}

#[test]
fn mixed_encodings_are_told_line_by_line() {
    let (text, found) = to_text(b"\xC3\xBC\r\n\xFC\rx\r\x93y\x94\n");
    assert_eq!(text, "ü\r\nü\rx\r“y”\n");
    assert_eq!(found.iter().map(|d| d.line).collect::<Vec<_>>(), [2, 4]);
    let many = b"\xFC\n".repeat(50);
    let (_, found) = to_text(&many);
    assert_eq!(found.len(), 21);
    assert_eq!(found[20].line, 50);
    assert!(found[20].message.starts_with("30 "));
}

#[test]
fn a_key_may_contain_an_equals_sign_or_a_percent_sign() {
    let cases = [
        (
            "@misc{https://www.youtube.com/watch?v=abc,\n t={x}}",
            "https://www.youtube.com/watch?v=abc",
        ),
        ("@misc{a=b=c, t={x}}", "a=b=c"),
        ("@misc{foo%bar, t={x}}", "foo%bar"),
        ("@misc{foo%baz,\n t={x}}", "foo%baz"),
        ("@misc{foo % bar\n, t={x}}", "foo"),
        ("@misc{foo%\n, t={x}}", "foo"),
        ("@misc{% bar\nfoo, t={x}}", "foo"),
    ];
    for (text, key) in cases {
        assert_eq!(clean(text), [("t".to_owned(), "x".to_owned())], "{text}");
        assert_eq!(scan(text).entries[0].key, key);
    }
    for text in ["@misc{t={x}}", "@misc{t=\"x\", u=3}", "@misc{year=2000, t={x}}", "@misc{u=1}"] {
        let found = scan(text);
        assert_eq!(found.entries[0].key, "misc-line-1", "{text}");
        assert!(found.entries[0].fields.len() + found.diagnostics.len() >= 2, "{found:?}");
    }
    assert_eq!(scan("@misc{foo u=v, t={x}}").entries[0].key, "foo");
}

#[test]
fn an_entry_without_its_at_sign_is_an_error() {
    use crate::library::diagnostic::Severity;
    for header in ["article{j35,", "  \u{ff20}article {j35,", "ARTICLE{j35 ,"] {
        for rest in [" title={no at}, year=2035}", "\n title={no at},\n}"] {
            let text = format!("@misc{{a, t={{1}}}}\n\n{header}{rest}\n\n@misc{{b, t={{2}}}}");
            let found = scan(&text);
            assert_eq!(found.entries.len(), 2, "{text}");
            let [finding] = &found.diagnostics[..] else { panic!("{found:?}") };
            assert_eq!((finding.line, finding.severity), (3, Severity::Error), "{text}");
            assert!(finding.message.contains("`j35` was not read"), "{}", finding.message);
        }
    }
    for remark in ["article {in a journal}", "see article{a,b}", "words{a,", "article{,"] {
        let text = format!("@misc{{a, t={{1}}}}\n{remark}\n");
        let found = scan(&text);
        assert_eq!(found.diagnostics[0].severity, Severity::Info, "{remark}");
    }
}

#[test]
fn a_word_before_a_missing_brace_is_whole() {
    for next in ["", "\n@misc{b, t = {2}}"] {
        for value in ["2033", "jan # 7", "jan"] {
            let scan = scan(&format!("@misc{{a, t = {{1}}, u = {value}\n{next}"))
                .diagnostics
                .into_iter()
                .map(|d| d.message)
                .collect::<Vec<_>>();
            assert_eq!(scan.len(), 1, "{scan:?}");
            assert!(scan[0].starts_with("the entry is "), "{scan:?}");
        }
    }
}

#[test]
fn a_cut_is_seen_at_every_byte() {
    let parts = [
        "@article{a,\n  title = {A {B} c},\n  year = 2020,\n}",
        "@string{x = {X}}",
        "@comment{y {z}}",
        "@preamble{\"\\foo\"}",
        "@inproceedings (b, title = \"B = {c}, d\", month = jan)",
        "@misc{c%d, note={me@home}, url = {u%v}}",
    ];
    let text = parts.join("\n\n");
    let mut start = 0;
    for part in parts {
        for end in start + 1..=start + part.len() {
            let within = end < start + part.len();
            assert_eq!(scan(&text[..end]).cut, within, "{:?}", &text[start..end]);
        }
        start += part.len();
        for end in start..text.len().min(start + 2) {
            assert!(!scan(&text[..end]).cut, "{:?}", &text[..end]);
        }
        start += 2;
    }
    for whole in ["@misc{a, t={1}}\n% @string{x", "@misc{a, t={1}}\nby me@x", "% @arti", ""] {
        assert!(!scan(whole).cut, "{whole}");
    }
    for cut in ["@misc{a, t={1}}\n@article \n", "@", "\u{feff}@misc"] {
        assert!(scan(cut).cut, "{cut}");
    }
}

/// An entry, its key, its fields, and some words of the findings about it.
type Repair = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn what_stands_in_place_of_a_comma_an_equals_sign_or_a_type_is_told() {
    let cases: [Repair; 5] = [
        ("@misc{a, t = {1}; u = 2; v = \"3\";}", "a", &[("t", "1"), ("u", "2"), ("v", "3")], "`;`"),
        ("@misc{b; t = {1}, u = {2}}", "b", &[("t", "1"), ("u", "2")], "comma behind the key"),
        (
            "@misc{c,\n t == {1},\n u = = 2,\n v = {3}}",
            "c",
            &[("t", "1"), ("u", "2"), ("v", "3")],
            "`=`",
        ),
        ("@{d,\n t = {1},\n}\n", "d", &[("t", "1")], "no type"),
        ("@misc{CO;2-C, t = {1}}", "CO;2-C", &[("t", "1")], ""),
    ];
    for (text, key, expected, words) in cases {
        let text = format!("@misc{{x, t = {{0}}}}\n{text}\n@misc{{y, t = {{9}}}}");
        let scan = scan(&text);
        assert_eq!(scan.entries.len(), 3, "{text}");
        let entry = &scan.entries[1];
        assert_eq!((entry.key.as_str(), fields(entry).as_slice()), (key, expected), "{text}");
        let mut told = scan.diagnostics.iter().map(|d| &d.message);
        assert!(told.all(|m| !words.is_empty() && m.contains(words)), "{:?}", scan.diagnostics);
        assert_eq!(scan.diagnostics.is_empty(), words.is_empty(), "{text}");
    }
}
