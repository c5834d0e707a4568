//! Author lists: `First von Last`, `von Last, First`, `von Last, Jr., First`, separated by `and`,
//! as BibTeX reads them.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2_iter;

use super::latex;

/// A person's (or a body's) name, LaTeX already decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Name {
    /// Given names: `Donald E.`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// Particle: `von`, `de la`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub particle: String,
    /// Family name, or the whole name of a body.
    pub family: String,
    /// Suffix: `Jr.`, `III`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

impl Name {
    /// Particle and family name: `von Neumann`.
    #[must_use]
    pub fn family_with_particle(&self) -> String {
        joined(&[&self.particle, &self.family])
    }

    /// Does this stand for authors who are not named, as `and others` does?
    #[must_use]
    pub fn is_others(&self) -> bool {
        self.family == "others"
            && self.given.is_empty()
            && self.particle.is_empty()
            && self.suffix.is_empty()
    }

    /// The name in reading order: `John von Neumann`, `Martin Luther King, Jr.`; `et al.` for
    /// [others](Self::is_others).
    #[must_use]
    pub fn display(&self) -> String {
        if self.is_others() {
            return "et al.".to_owned();
        }
        let mut name = joined(&[&self.given, &self.particle, &self.family]);
        if !self.suffix.is_empty() {
            let numeral = self.suffix.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
            name.push_str(if numeral { " " } else { ", " });
            name.push_str(&self.suffix);
        }
        name
    }
}

fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|p| !p.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// Reads the names of an `author` or `editor` value with its LaTeX. Braces protect a name, or an
/// `and` in it; an author list that uses commas instead of `and` is taken apart at them where that
/// is the only way to read it.
#[must_use]
pub fn parse(list: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let words = words(list);
    for name in words.split(|w| w.is("and", list)) {
        read(name, list, &mut names);
    }
    names
}

/// A word outside of braces, or a comma.
#[derive(Debug, Clone)]
struct Word {
    range: Range<usize>,
    comma: bool,
    /// Does it begin with a brace that is not an accent's?
    protected: bool,
}

impl Word {
    fn is(&self, text: &str, list: &str) -> bool {
        list[self.range.clone()].eq_ignore_ascii_case(text)
    }

    /// Is its first letter lower case? A protected word has no case.
    fn is_lower(&self, list: &str) -> bool {
        let text = &list[self.range.clone()];
        let first = match text.bytes().next() {
            Some(b'{' | b'\\') if !self.protected => {
                decoded(text).chars().find(|c| c.is_alphabetic())
            }
            _ if self.protected => None,
            _ => text.chars().find(|c| c.is_alphabetic()),
        };
        first.is_some_and(char::is_lowercase)
    }
}

fn decoded(text: &str) -> Cow<'_, str> {
    latex::to_unicode(text)
}

/// Splits at white space, ties and commas that no brace protects.
fn words(list: &str) -> Vec<Word> {
    let bytes = list.as_bytes();
    let mut words = Vec::new();
    let lost = unclosed(bytes);
    let mut lost = lost.iter().copied().peekable();
    let mut depth = 0usize;
    let mut start = None;
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = at > 0 && bytes[at - 1] == b'\\';
        let divides =
            depth == 0 && !escaped && (byte.is_ascii_whitespace() || byte == b'~' || byte == b',');
        if divides {
            words.extend(start.take().map(|s| word(bytes, s, at)));
            if byte == b',' {
                words.push(Word {
                    range: at..at + 1,
                    comma: true,
                    protected: false,
                });
            }
            continue;
        }
        start = start.or(Some(at));
        match byte {
            b'{' if lost.next_if_eq(&at).is_none() => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words.extend(start.map(|s| word(bytes, s, bytes.len())));
    words
}

/// Opening braces that nothing closes. They protect nothing, or one would swallow all names behind
/// it.
fn unclosed(bytes: &[u8]) -> Vec<usize> {
    let mut open = Vec::new();
    for at in memchr2_iter(b'{', b'}', bytes) {
        if bytes[at] == b'{' {
            open.push(at);
        } else {
            open.pop();
        }
    }
    open
}

fn word(bytes: &[u8], start: usize, end: usize) -> Word {
    Word {
        range: start..end,
        comma: false,
        protected: bytes[start] == b'{' && bytes.get(start + 1) != Some(&b'\\'),
    }
}

/// Reads one name, or a list of names that has commas where it should have `and`.
fn read(words: &[Word], list: &str, names: &mut Vec<Name>) {
    let mut parts: Vec<&[Word]> = words.split(|w| w.comma).collect();
    while parts.len() > 1 && parts.last().is_some_and(|p| p.is_empty()) {
        parts.pop();
    }
    if parts.len() > 1 && parts[0].is_empty() {
        parts.remove(0);
    }
    let name = match parts.as_slice() {
        [] | [[]] => return,
        [one] => reading_order(one, list),
        _ if has_labels(&parts, list) => labelled(&parts, list),
        [last, first] => {
            let (suffix, last) = split_suffix(last, list, 1);
            inverted(last, suffix, first, list)
        }
        [last, suffix, first] if is_suffix(suffix, list) => inverted(last, suffix, first, list),
        [last, first, suffix] if is_suffix(suffix, list) => inverted(last, suffix, first, list),
        [last, suffix, first] if suffix.len() == 1 || last.len() == 1 => {
            inverted(last, suffix, first, list)
        }
        // More commas than any name has, and each part a name by itself: commas for `and`.
        _ if parts.iter().all(|p| p.len() > 1) => {
            names.extend(parts.iter().map(|p| reading_order(p, list)));
            return;
        }
        // `Last, F., Last, F.`
        _ if parts.len() > 3 && parts.len().is_multiple_of(2) => {
            let pairs = parts.chunks_exact(2);
            names.extend(pairs.map(|pair| inverted(pair[0], &[], pair[1], list)));
            return;
        }
        [last, suffix, rest @ ..] => {
            let first: Vec<Word> = rest.concat();
            inverted(last, suffix, &first, list)
        }
    };
    if !(name.family.is_empty() && name.given.is_empty()) {
        names.push(name);
    }
}

/// `Jr`, `Sr.`, `III` and the like.
fn is_suffix(words: &[Word], list: &str) -> bool {
    let [word] = words else { return false };
    let text = list[word.range.clone()].trim_end_matches('.');
    matches!(text, "II" | "III" | "IV")
        || text.eq_ignore_ascii_case("jr")
        || text.eq_ignore_ascii_case("sr")
}

/// Takes a suffix without a comma off the end of a name, if `least` words stay.
fn split_suffix<'w>(words: &'w [Word], list: &str, least: usize) -> (&'w [Word], &'w [Word]) {
    match words.split_last() {
        Some((last, rest))
            if rest.len() >= least && is_suffix(std::slice::from_ref(last), list) =>
        {
            (std::slice::from_ref(last), rest)
        }
        _ => (&[], words),
    }
}

/// `First von Last`: the particle runs from the first to the last word in lower case, but leaves
/// one word to the family name.
fn reading_order(words: &[Word], list: &str) -> Name {
    let (suffix, words) = split_suffix(words, list, 2);
    let body = words.len().saturating_sub(1);
    let lower = |w: &Word| w.is_lower(list);
    let start = words[..body].iter().position(lower).unwrap_or(body);
    let end = words[..body]
        .iter()
        .rposition(lower)
        .map_or(body, |n| n + 1);
    Name {
        given: text(&words[..start], list),
        particle: text(&words[start..end], list),
        family: text(&words[end..], list),
        suffix: text(suffix, list),
    }
}

/// `von Last`, suffix and `First`, as the commas told.
fn inverted(last: &[Word], suffix: &[Word], first: &[Word], list: &str) -> Name {
    let body = last.len().saturating_sub(1);
    let end = last[..body]
        .iter()
        .rposition(|w| w.is_lower(list))
        .map_or(0, |n| n + 1);
    Name {
        given: text(first, list),
        particle: text(&last[..end], list),
        family: text(&last[end..], list),
        suffix: text(suffix, list),
    }
}

/// Is this a name in the extended format of BibLaTeX, `family=…, given=…`?
fn has_labels(parts: &[&[Word]], list: &str) -> bool {
    parts.iter().all(|part| {
        part.first().is_some_and(|w| {
            let text = &list[w.range.clone()];
            text.split_once('=').is_some_and(|(label, _)| {
                label
                    .trim_end_matches("-i")
                    .bytes()
                    .all(|b| b.is_ascii_alphabetic())
            })
        })
    })
}

fn labelled(parts: &[&[Word]], list: &str) -> Name {
    let mut name = Name::default();
    for part in parts {
        let part = span(part, list);
        let Some((label, value)) = part.split_once('=') else {
            continue;
        };
        let value = decoded(value.trim().trim_matches('"')).into_owned();
        match label {
            "family" => name.family = value,
            "given" => name.given = value,
            "prefix" => name.particle = value,
            "suffix" => name.suffix = value,
            _ => {}
        }
    }
    name
}

/// The source from the first word to the last.
fn span<'l>(words: &[Word], list: &'l str) -> &'l str {
    match words {
        [first, .., last] => &list[first.range.start..last.range.end],
        [one] => &list[one.range.clone()],
        [] => "",
    }
}

/// The decoded text of words that follow each other.
fn text(words: &[Word], list: &str) -> String {
    decoded(span(words, list)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
}
