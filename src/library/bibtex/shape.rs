//! What entries and fields look like: local tests on bytes, each bounded, none of which remembers.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2;

use crate::library::work::looked_at;

/// Longest field name that recovery looks for.
const LONGEST_NAME: usize = 64;

/// Longest cite key that recovery looks for in the middle of a line.
const LONGEST_KEY: usize = 256;

/// Entry types in use.
static KINDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    sorted(
        "
    article artwork audio bookinbook booklet book collection conference dataset electronic image
    inbook incollection inproceedings inreference jurisdiction legislation letter manual
    mastersthesis misc movie music mvbook mvcollection mvproceedings mvreference online patent
    performance periodical phdthesis proceedings reference report review software standard
    set suppbook suppcollection suppperiodical techreport thesis unpublished video www xdata
",
    )
});

/// Field names in use: recovery believes these in places where any other word may be text.
static FIELDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    sorted(
        "
    abstract address adsurl annotation annote archiveprefix arxivid author bibsource biburl
    booktitle chapter copyright crossref date doi edition editor eid eprint eprinttype eventtitle
    file groups howpublished institution isbn issn issue journal journaltitle key keyword keywords
    langid language location mendeley-tags month note number numpages organization owner pages
    pmcid pmid primaryclass publisher school series shorttitle subtitle timestamp title type url
    urldate volume year
",
    )
});

/// `@type{` or `@type(`.
pub(super) struct Header {
    /// Where the type stands.
    pub(super) kind: Range<usize>,
    /// Where the `{` or `(` stands.
    pub(super) open: usize,
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_kind(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// May this byte stand in a key, where recovery looks for one?
fn is_key(byte: u8) -> bool {
    !matches!(byte, b',' | b'{' | b'}' | b'"' | b'=' | b'@') && !is_line_end(byte)
}

/// May this byte stand in a field name? Non-ASCII letters may; BibTeX's own syntax may not.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b':' | b'.' | b'+' | b'/' | b'\'' | b'*' | b'&')
        || byte >= 0x80
}

/// May the `=` at `equals` belong to the key that begins at `start`, as in `watch?v=abc`? Not if a
/// usual field's name and nothing else stands before it, or if a space or a delimiter is beside it.
pub(super) fn may_be_in_key(bytes: &[u8], start: usize, equals: usize) -> bool {
    let name = &bytes[start..equals];
    let value = bytes.get(equals + 1);
    value.is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'{' | b'"' | b'='))
        && !(name.len() <= LONGEST_NAME && is_known_field(name))
}

/// Is `at` the `@` of a header that begins a line, and that the end of the text cuts off before its
/// `{`?
pub(super) fn is_cut_header(bytes: &[u8], at: usize) -> bool {
    let end = past(bytes, past(bytes, at + 1, is_space), is_kind);
    past(bytes, end, |b| b.is_ascii_whitespace()) == bytes.len() && begins_line(bytes, at)
}

/// The header of an entry whose `@` was lost, as in `article{key,` at the start of a line, or stands
/// there full-width: where its type and its key stand.
pub(super) fn header_without_at(bytes: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let start = at + if bytes[at..].starts_with("＠".as_bytes()) { "＠".len() } else { 0 };
    let end = past(bytes, start, is_kind);
    let open = past(bytes, end, is_space);
    if !is_known_kind(&bytes[start..end]) || bytes.get(open) != Some(&b'{') {
        return None;
    }
    let key = past(bytes, open + 1, is_space);
    let stop = past(&bytes[..bytes.len().min(key + LONGEST_KEY)], key.min(bytes.len()), is_key);
    (stop > key && bytes.get(stop) == Some(&b',')).then_some((start..end, key..stop))
}

/// First offset from `from` on whose byte is not one of those asked for.
pub(super) fn past(bytes: &[u8], from: usize, skip: impl Fn(u8) -> bool) -> usize {
    let end = bytes[from..].iter().position(|&b| !skip(b)).map_or(bytes.len(), |n| from + n);
    looked_at(end + 1 - from);
    end
}

/// Where the line of `from` ends: at its LF or CR, or at the end of the text.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    let end = memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |n| from + n);
    looked_at(end + 1 - from);
    end
}

/// Is there nothing but space before `at` on its line?
pub(super) fn begins_line(bytes: &[u8], at: usize) -> bool {
    let end = trim_end(bytes, at);
    end == 0 || is_line_end(bytes[end - 1]) || bytes[..end] == *"\u{feff}".as_bytes()
}

fn sorted(words: &'static str) -> Vec<&'static str> {
    let mut words: Vec<_> = words.split_ascii_whitespace().collect();
    words.sort_unstable();
    words
}

/// Is this word, in any case, on the list?
fn listed(list: &[&str], word: &[u8]) -> bool {
    let lower = || word.iter().map(u8::to_ascii_lowercase);
    list.binary_search_by(|w| w.bytes().cmp(lower())).is_ok()
}

pub(super) fn is_known_kind(kind: &[u8]) -> bool {
    listed(&KINDS, kind)
}

pub(super) fn is_known_field(name: &[u8]) -> bool {
    listed(&FIELDS, name)
}

/// Does this word take the braces behind it for something else than an entry?
pub(super) fn is_command(kind: &[u8]) -> bool {
    listed(&["comment", "preamble", "string"], kind)
}

/// The header of which `at` is the `@`.
pub(super) fn header(bytes: &[u8], at: usize) -> Option<Header> {
    let start = past(bytes, at + 1, is_space);
    let end = past(bytes, start, is_kind);
    let open = past(bytes, end, |b| b.is_ascii_whitespace());
    (end > start && matches!(bytes.get(open), Some(b'{' | b'(')))
        .then_some(Header { kind: start..end, open })
}

/// The entry of which `at` is the `@` and whose `{` was lost, as in `@articlekey,` with a field on
/// the next line: where its type and its key stand.
pub(super) fn header_without_brace(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let start = at + 1;
    let rest = &bytes[start..];
    if !rest.first()?.is_ascii_alphabetic() {
        return None;
    }
    let kind = // Of two types, one of which begins with the other, the longer one comes later.
    KINDS.iter().rev().find(|k| rest.len() >= k.len() && rest[..k.len()].eq_ignore_ascii_case(k.as_bytes()))?;
    let end = start + kind.len();
    let stop = past(&bytes[..bytes.len().min(end + LONGEST_KEY)], end, is_key);
    let keyed = bytes[end..stop].iter().any(u8::is_ascii_alphanumeric);
    (keyed && fields_follow(bytes, stop)).then_some((start..end, end))
}

/// The entry of which `at` is the `@` and whose type was lost, as in `@{key,` with a field behind:
/// where its key stands.
pub(super) fn header_without_kind(bytes: &[u8], at: usize) -> Option<usize> {
    let key = past(bytes, at + 1, is_space) + 1;
    let stop = past(&bytes[..bytes.len().min(key + LONGEST_KEY)], key.min(bytes.len()), is_key);
    let keyed = bytes.get(key - 1) == Some(&b'{') && bytes.get(stop) == Some(&b',');
    (keyed && begins_line(bytes, at) && fields_follow(bytes, stop)).then_some(key)
}

/// The `@string` of which `at` is the `@` and whose `{` was lost: where its first name stands.
pub(super) fn string_without_brace(bytes: &[u8], at: usize) -> Option<usize> {
    let name = at + 1 + "string".len();
    (bytes.get(at + 1..name)?.eq_ignore_ascii_case(b"string") && names_field(bytes, name))
        .then_some(name)
}

/// Does a field begin behind white space and at most one comma and one comment?
fn fields_follow(bytes: &[u8], from: usize) -> bool {
    let blank = |at| past(bytes, at, |b| b.is_ascii_whitespace());
    let mut next = blank(from);
    if bytes.get(next) == Some(&b',') {
        next = blank(next + 1);
    }
    if bytes.get(next) == Some(&b'%') {
        next = blank(line_end(bytes, next));
    }
    names_field(bytes, next)
}

/// Does a field name with its `=` begin at `at`?
pub(super) fn names_field(bytes: &[u8], at: usize) -> bool {
    let end = past(&bytes[..bytes.len().min(at + LONGEST_NAME)], at, is_name);
    end > at && bytes.get(past(bytes, end, |b| b.is_ascii_whitespace())) == Some(&b'=')
}

/// Does a field begin at `at` that is plainly one, wherever it stands: with a delimited value, or
/// with a usual name?
pub(super) fn is_plain_field(bytes: &[u8], at: usize) -> bool {
    if !names_field(bytes, at) {
        return false;
    }
    let end = past(bytes, at, is_name);
    let equals = past(bytes, end, |b| b.is_ascii_whitespace());
    let value = past(bytes, equals + 1, |b| b.is_ascii_whitespace());
    matches!(bytes.get(value), Some(b'{' | b'"')) || is_known_field(&bytes[at..end])
}

/// Does the line of which `at` is the first `@` begin an entry beyond doubt? It does if it reads
/// `@type{key,` with the end of the line or a field behind it, if only the key or the comma is
/// missing there but a field follows, and if it reads `@string{`, `@preamble{` or `@comment{`.
pub(super) fn starts_entry(bytes: &[u8], at: usize) -> bool {
    if !begins_line(bytes, at) {
        return false;
    }
    let Some(header) = header(bytes, at) else {
        return header_without_brace(bytes, at).is_some()
            || header_without_kind(bytes, at).is_some();
    };
    if is_command(&bytes[header.kind.clone()]) {
        return true;
    }
    let key = past(bytes, header.open + 1, is_space);
    let stop = past(bytes, key, is_key);
    match bytes.get(stop) {
        Some(b',') => {
            let next = past(bytes, stop + 1, is_space);
            bytes.get(next).is_none_or(|&b| is_line_end(b) || matches!(b, b'%' | b'}'))
                || names_field(bytes, next)
        }
        Some(b'\n' | b'\r') => fields_follow(bytes, stop),
        Some(b'=') => is_known_kind(&bytes[header.kind]),
        _ => false,
    }
}

/// Does an entry of a known type, with key and comma, begin at the `@` at `at`, in the middle of a
/// line?
pub(super) fn starts_entry_in_line(bytes: &[u8], at: usize) -> bool {
    let Some(header) = header(bytes, at) else {
        return false;
    };
    let key = header.open + 1;
    let end = bytes.len().min(key + LONGEST_KEY);
    let stop = past(&bytes[..end], key, is_key);
    stop > key && bytes.get(stop) == Some(&b',') && is_known_kind(&bytes[header.kind])
}

/// Where the field begins whose `=` stands at `equals`, if it is plainly one: a name at the start
/// of a line or, if it is a usual name, behind a comma or a delimiter; then a delimited value or,
/// if the name is a usual one, a single word. A comma at the start of a line goes with it.
pub(super) fn field_of(bytes: &[u8], equals: usize) -> Option<usize> {
    let end = trim_end(bytes, equals);
    let floor = end.saturating_sub(LONGEST_NAME);
    let start =
        bytes[floor..end].iter().rposition(|&b| !is_name(b)).map_or(floor, |n| floor + n + 1);
    if start == end || !bytes[start].is_ascii_alphabetic() {
        return None;
    }
    let known = is_known_field(&bytes[start..end]);
    let before = trim_end(bytes, start);
    let mut glued = false;
    let begins = if begins_line(bytes, start) {
        start
    } else if bytes[before - 1] == b',' && begins_line(bytes, before - 1) {
        before - 1
    } else if known && matches!(bytes[before - 1], b',' | b';' | b'}' | b'"') {
        glued = matches!(bytes[before - 1], b'}' | b'"');
        start
    } else {
        return None;
    };
    let value = past(bytes, equals + 1, |b| b.is_ascii_whitespace());
    match bytes.get(value) {
        Some(b'{' | b'"') => Some(begins),
        // `{\&}type=pdf` is part of an address.
        Some(b) if known && !glued && b.is_ascii_alphanumeric() => {
            let stop = past(bytes, value, |b| b.is_ascii_alphanumeric() || b == b'-');
            bytes
                .get(past(bytes, stop, is_space))
                .is_none_or(|&b| is_line_end(b) || matches!(b, b',' | b'}' | b'#'))
                .then_some(begins)
        }
        _ => None,
    }
}

/// Offset behind the last byte before `end` that is no space or tab.
fn trim_end(bytes: &[u8], end: usize) -> usize {
    let trimmed = bytes[..end].iter().rposition(|&b| !is_space(b)).map_or(0, |n| n + 1);
    looked_at(end + 1 - trimmed);
    trimmed
}
