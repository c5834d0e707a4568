//! Author lists: `First von Last`, `von Last, First`, `von Last, Jr., First`, separated by `and`,
//! as BibTeX reads them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::latex;
use super::paper::fold;

/// Braces within braces that are told apart; deeper ones protect nothing.
const DEEPEST: usize = 64;

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

/// The [folded](fold) family names of a list; others who are not named have none.
#[must_use]
pub fn families(names: &[Name]) -> HashSet<String> {
    let known = names.iter().filter(|name| !name.is_others());
    known.map(|name| fold(&name.family)).filter(|family| !family.is_empty()).collect()
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
    fn is(&self, text: &str, source: &str) -> bool {
        source[self.range.clone()].eq_ignore_ascii_case(text)
    }

    /// Is its first letter lower case? A protected word has no case.
    fn is_lower(&self, source: &str) -> bool {
        let text = &source[self.range.clone()];
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

/// Splits at white space, ties and commas that no brace protects. The white space that only ends
/// the name of a command, as in `Erd\H os`, is part of the word.
fn words(source: &str) -> Vec<Word> {
    let bytes = source.as_bytes();
    let mut words = Vec::new();
    let mut unprotecting = unprotecting(bytes).into_iter().peekable();
    let mut depth = 0usize;
    let mut start = None;
    // Where white space ends that divides nothing.
    let mut swallowed = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if depth == 0 && byte.is_ascii_whitespace() && ends_command(&bytes[..at]) {
            let space = bytes[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
            swallowed = if begins_with_and(&bytes[at + space..]) { at } else { at + space };
        }
        if at < swallowed {
            continue;
        }
        let escaped = at > 0 && bytes[at - 1] == b'\\';
        let divides =
            depth == 0 && !escaped && (byte.is_ascii_whitespace() || byte == b'~' || byte == b',');
        if divides {
            words.extend(start.take().map(|s| word(bytes, s, at)));
            if byte == b',' {
                words.push(Word { range: at..at + 1, comma: true, protected: false });
            }
            continue;
        }
        start = start.or(Some(at));
        match byte {
            b'{' if unprotecting.next_if_eq(&at).is_none() => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words.extend(start.map(|s| word(bytes, s, bytes.len())));
    words
}

/// Does this end with a command word, as in `Erd\H`?
fn ends_command(bytes: &[u8]) -> bool {
    let letters = bytes.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let before = &bytes[..bytes.len() - letters];
    letters > 0 && before.ends_with(b"\\") && !before.ends_with(b"\\\\")
}

/// Does the word that divides names come first?
fn begins_with_and(bytes: &[u8]) -> bool {
    bytes.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"and"))
        && bytes.get(3).is_none_or(u8::is_ascii_whitespace)
}

/// Opening braces that protect nothing, in order: those that are never closed, and those of an
/// accent or a command with a comma or an `and` behind them, since the brace that closes these was
/// another one's; and those that are too deep. Each would swallow the names behind it.
fn unprotecting(bytes: &[u8]) -> Vec<usize> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut deeper = 0usize;
    let mut found = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if open.len() < DEEPEST => open.push((at, false)),
            b'{' => {
                deeper += 1;
                found.push(at);
            }
            b'}' if deeper > 0 => deeper -= 1,
            b'}' => {
                if let Some((start, divided)) = open.pop() {
                    if divided && bytes[start + 1] == b'\\' {
                        found.push(start);
                    }
                    if let Some((_, outer)) = open.last_mut() {
                        *outer |= divided;
                    }
                }
            }
            _ if byte == b',' || bytes[at..].starts_with(b" and ") => {
                if let Some((_, divided)) = open.last_mut() {
                    *divided = true;
                }
            }
            _ => {}
        }
    }
    found.extend(open.into_iter().map(|(start, _)| start));
    found.sort_unstable();
    found
}

fn word(bytes: &[u8], start: usize, end: usize) -> Word {
    Word {
        range: start..end,
        comma: false,
        protected: bytes[start] == b'{' && bytes.get(start + 1) != Some(&b'\\'),
    }
}

/// Reads one name, or a list of names that has commas where it should have `and`.
fn read(words: &[Word], source: &str, names: &mut Vec<Name>) {
    let mut parts: Vec<&[Word]> = words.split(|w| w.comma).collect();
    while parts.len() > 1 && parts.last().is_some_and(|p| p.is_empty()) {
        parts.pop();
    }
    if parts.len() > 1 && parts[0].is_empty() {
        parts.remove(0);
    }
    // Markup may leave nothing of a name.
    let mut keep = |name: Name| {
        if !(name.family.is_empty() && name.given.is_empty()) {
            names.push(name);
        }
    };
    let one = match parts.as_slice() {
        [] | [[]] => return,
        [one] => reading_order(one, source),
        _ if has_labels(&parts, source) => labelled(&parts, source),
        [last, first] => {
            let (suffix, last) = split_suffix(last, source, 1);
            inverted(last, suffix, first, source)
        }
        [last, suffix, first] if is_suffix(suffix, source) => inverted(last, suffix, first, source),
        [last, first, suffix] if is_suffix(suffix, source) => inverted(last, suffix, first, source),
        [last, suffix, first] if suffix.len() == 1 || last.len() == 1 => {
            inverted(last, suffix, first, source)
        }
        // More commas than any name has, and each part a name by itself: commas for `and`.
        _ if parts.iter().all(|p| p.len() > 1) => {
            return parts.iter().for_each(|p| keep(reading_order(p, source)));
        }
        // `Last, F., Last, F.`
        _ if parts.len() > 3 && parts.len().is_multiple_of(2) => {
            let pairs = parts.chunks_exact(2);
            return pairs.for_each(|pair| keep(inverted(pair[0], &[], pair[1], source)));
        }
        [last, suffix, rest @ ..] => {
            let first: Vec<Word> = rest.concat();
            inverted(last, suffix, &first, source)
        }
    };
    keep(one);
}

/// `Jr`, `Sr.`, `III` and the like.
fn is_suffix(words: &[Word], source: &str) -> bool {
    let [word] = words else { return false };
    let text = source[word.range.clone()].trim_end_matches('.');
    matches!(text, "II" | "III" | "IV")
        || text.eq_ignore_ascii_case("jr")
        || text.eq_ignore_ascii_case("sr")
}

/// Takes a suffix without a comma off the end of a name, if `least` words stay.
fn split_suffix<'w>(words: &'w [Word], source: &str, least: usize) -> (&'w [Word], &'w [Word]) {
    match words.split_last() {
        Some((end, rest))
            if rest.len() >= least && is_suffix(std::slice::from_ref(end), source) =>
        {
            (std::slice::from_ref(end), rest)
        }
        _ => (&[], words),
    }
}

/// `First von Last`: the particle runs from the first to the last word in lower case, but leaves
/// one word to the family name.
fn reading_order(words: &[Word], source: &str) -> Name {
    let (suffix, words) = split_suffix(words, source, 2);
    let body = words.len().saturating_sub(1);
    let lower = |w: &Word| w.is_lower(source);
    let start = words[..body].iter().position(lower).unwrap_or(body);
    let end = words[..body].iter().rposition(lower).map_or(body, |n| n + 1);
    Name {
        given: text(&words[..start], source),
        particle: text(&words[start..end], source),
        family: text(&words[end..], source),
        suffix: text(suffix, source),
    }
}

/// `von Last`, suffix and `First`, as the commas told.
fn inverted(last: &[Word], suffix: &[Word], first: &[Word], source: &str) -> Name {
    let body = last.len().saturating_sub(1);
    let end = last[..body].iter().rposition(|w| w.is_lower(source)).map_or(0, |n| n + 1);
    Name {
        given: text(first, source),
        particle: text(&last[..end], source),
        family: text(&last[end..], source),
        suffix: text(suffix, source),
    }
}

/// Is this a name in the extended format of BibLaTeX, `family=…, given=…`?
fn has_labels(parts: &[&[Word]], source: &str) -> bool {
    parts.iter().all(|part| {
        part.first().is_some_and(|w| {
            let text = &source[w.range.clone()];
            text.split_once('=').is_some_and(|(label, _)| {
                label.trim_end_matches("-i").bytes().all(|b| b.is_ascii_alphabetic())
            })
        })
    })
}

fn labelled(parts: &[&[Word]], source: &str) -> Name {
    let mut name = Name::default();
    for part in parts {
        let part = span(part, source);
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
fn span<'l>(words: &[Word], source: &'l str) -> &'l str {
    match words {
        [first, .., last] => &source[first.range.start..last.range.end],
        [one] => &source[one.range.clone()],
        [] => "",
    }
}

/// The decoded text of words that follow each other.
fn text(words: &[Word], source: &str) -> String {
    decoded(span(words, source)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Given names, particle, family name and suffix of each name, joined by bars.
    fn parts(list: &str) -> Vec<String> {
        let names = parse(list);
        names.iter().map(|n| [&*n.given, &*n.particle, &*n.family, &*n.suffix].join("|")).collect()
    }

    #[test]
    fn all_forms_are_read() {
        let cases: &[(&str, &[&str])] = &[
            ("Donald E. Knuth", &["Donald E.||Knuth|"]),
            ("Knuth, Donald E.", &["Donald E.||Knuth|"]),
            ("Knuth, D. E. and Ada Lovelace", &["D. E.||Knuth|", "Ada||Lovelace|"]),
            ("von Neumann, John", &["John|von|Neumann|"]),
            ("John von Neumann", &["John|von|Neumann|"]),
            ("Ludwig van der Berg", &["Ludwig|van der|Berg|"]),
            ("de la Fontaine, Jean", &["Jean|de la|Fontaine|"]),
            (
                "Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin",
                &["Charles Louis Xavier Joseph|de la|Vallée Poussin|"],
            ),
            ("Van Gogh, Vincent", &["Vincent||Van Gogh|"]),
            ("King, Jr., Martin Luther", &["Martin Luther||King|Jr."]),
            ("King, Martin Luther, Jr.", &["Martin Luther||King|Jr."]),
            ("King Jr., Martin Luther", &["Martin Luther||King|Jr."]),
            ("Martin Luther King Jr.", &["Martin Luther||King|Jr."]),
            ("Henry Ford III", &["Henry||Ford|III"]),
            ("{OpenAI}", &["||OpenAI|"]),
            ("{Barnes and Noble, Inc.} and X Y", &["||Barnes and Noble, Inc.|", "X||Y|"]),
            ("{von Neumann}, John", &["John||von Neumann|"]),
            ("Aristotle", &["||Aristotle|"]),
            ("A. Foo and others", &["A.||Foo|", "||others|"]),
            ("A. Foo AND B. Bar", &["A.||Foo|", "B.||Bar|"]),
            ("Foo, A. and\n      Bar, B.  and Baz, C.", &["A.||Foo|", "B.||Bar|", "C.||Baz|"]),
            ("G{\\\"o}del, Kurt", &["Kurt||Gödel|"]),
            ("{\\'E}. Cartan", &["É.||Cartan|"]),
            ("Paul {\\'E}luard", &["Paul||Éluard|"]),
            ("Bj{\\o}rn {\\aa}s Hansen", &["Bjørn|ås|Hansen|"]),
            ("Jean~Paul Sartre", &["Jean Paul||Sartre|"]),
            ("Hansj{\\\"o}rg M{\\\"u}ller-Foo", &["Hansjörg||Müller-Foo|"]),
            ("Jean-Paul Sartre", &["Jean-Paul||Sartre|"]),
            ("Mart\\'\\i nez, J.", &["J.||Martínez|"]),
            ("Paul Erd\\H os", &["Paul||Erdős|"]),
            ("Jens \\O stergaard", &["Jens||Østergaard|"]),
            ("\\AA ngstr\\\"om", &["||Ångström|"]),
            (
                "\\AA  ngstr\\\"om, A. and Gro\\ss and B\\o , C.",
                &["A.||Ångström|", "||Groß|", "C.||Bø|"],
            ),
            ("\u{674e}\u{660e}", &["||\u{674e}\u{660e}|"]),
            ("Anderson and Sands", &["||Anderson|", "||Sands|"]),
            ("Foo,", &["||Foo|"]),
            (", Foo", &["||Foo|"]),
            (" and and ", &[]),
            ("", &[]),
            ("A. Foo, B. Bar, C. Baz, D. Qux", &["A.||Foo|", "B.||Bar|", "C.||Baz|", "D.||Qux|"]),
            ("Foo, A., Bar, B.", &["A.||Foo|", "B.||Bar|"]),
            ("family=Ackooij, given=W., prefix=van, useprefix=true", &["W.|van|Ackooij|"]),
            // A brace that nothing closes, or another one's, protects nothing.
            ("Foo, {A. and Bar, B.", &["A.||Foo|", "B.||Bar|"]),
            ("Erd{\\H{o}s, Paul and Bar, B.}", &["Paul||Erdős|", "B.||Bar|"]),
            ("Foo}, A. and Bar, B.", &["A.||Foo|", "B.||Bar|"]),
            // Names of which no letter is left are none.
            ("{} {}, {} {}, Ann Lee", &["Ann||Lee|"]),
        ];
        for (list, expected) in cases {
            assert_eq!(parts(list), *expected, "{list}");
        }
    }

    #[test]
    fn no_number_of_open_braces_swallows_a_name() {
        for braces in [1, DEEPEST, DEEPEST + 1, 1_000] {
            let list = format!("{} and Foo, A.", "{".repeat(braces));
            assert_eq!(parts(&list), ["A.||Foo|"], "{braces}");
        }
    }

    #[test]
    fn names_are_shown_in_reading_order() {
        let shown: Vec<_> =
            parse("King, Jr., Martin and von Neumann, John and Ford, III, Henry and others")
                .iter()
                .map(Name::display)
                .collect();
        assert_eq!(shown, ["Martin King, Jr.", "John von Neumann", "Henry Ford III", "et al."]);
    }

    #[test]
    fn others_are_not_a_family() {
        let names = parse("Foo, A. and others and {Others}");
        let others: Vec<_> = names.iter().map(Name::is_others).collect();
        assert_eq!(others, [false, true, false]);
        assert_eq!(parse("van der Berg, A.")[0].family_with_particle(), "van der Berg");
    }

    proptest! {
        #[test]
        fn any_list_is_read(list in "([A-Za-zéß{}\\\\,~ ]|and | and |\"){0,40}") {
            for name in parse(&list) {
                prop_assert!(!(name.family.is_empty() && name.given.is_empty()));
            }
        }

        #[test]
        fn well_formed_names_come_back(names in prop::collection::vec(("X[a-z]{1,8}", "Y[a-z]{1,8}"), 1..6)) {
            let list: Vec<_> = names.iter().map(|(family, given)| format!("{family}, {given}")).collect();
            let found = parse(&list.join(" and "));
            let found: Vec<_> = found.into_iter().map(|n| (n.family, n.given)).collect();
            prop_assert_eq!(found, names);
        }
    }
}
