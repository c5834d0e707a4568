//! DOIs and arXiv ids, in every spelling that people and programs give them.

use std::borrow::Cow;

use crate::library::bibtex::Entry;

/// Longest name of an archive with its subject class, as `math.GT` in `math.GT/0309136`.
const LONGEST_ARCHIVE: usize = 20;

/// Fields that may name arXiv together with the id.
const MENTIONS: &[&str] =
    &["eprint", "doi", "url", "eid", "note", "journal", "journaltitle", "howpublished", "volume"];

/// How LaTeX, and the programs that write it, spell characters of addresses and identifiers; where
/// one spelling is part of another, the longer one comes first.
const ESCAPES: &[(&str, &str)] = &[
    ("{\\textasciitilde}", "~"),
    ("\\textasciitilde{}", "~"),
    ("\\textasciitilde ", "~"),
    ("\\textasciitilde", "~"),
    ("\\textless{}", "<"),
    ("\\textless ", "<"),
    ("\\textless", "<"),
    ("\\textgreater{}", ">"),
    ("\\textgreater ", ">"),
    ("\\textgreater", ">"),
    ("\\textunderscore{}", "_"),
    ("\\textunderscore ", "_"),
    ("\\textunderscore", "_"),
    ("{\\~{}}", "~"),
    ("\\~{}", "~"),
    ("\\~{ }", "~"),
    ("{$\\sim$}", "~"),
    ("$\\sim$", "~"),
    ("$<$", "<"),
    ("$>$", ">"),
    ("{\\_}", "_"),
    ("\\_", "_"),
    ("{\\%}", "%"),
    ("\\%", "%"),
    ("{\\&}", "&"),
    ("\\&", "&"),
    ("{\\#}", "#"),
    ("\\#", "#"),
    ("{~}", "~"),
    ("{_}", "_"),
    ("{%}", "%"),
    ("{&}", "&"),
    ("{#}", "#"),
];

/// A value whose characters mean themselves, without the [escapes](ESCAPES) in it.
fn unescaped(value: &str) -> String {
    let mut plain = value.trim().to_owned();
    if plain.contains(['\\', '$', '{']) {
        for (escape, meant) in ESCAPES {
            if plain.contains(escape) {
                plain = plain.replace(escape, meant);
            }
        }
    }
    plain
}

/// The address in a `url` field, the first one where there are several. A blank in it is written
/// as addresses have it; a remark in brackets behind it is left out.
pub(super) fn url(value: &str) -> String {
    let value = unescaped(value);
    let bare = value.strip_prefix("\\url{").and_then(|rest| Some(rest.split_once('}')?.0));
    let mut words = bare.unwrap_or(&value).split_whitespace();
    let mut url = words.next().unwrap_or_default().to_owned();
    for word in words.take_while(|word| !word.contains("://") && !word.starts_with(['(', '['])) {
        url.push_str("%20");
        url.push_str(word);
    }
    url
}

/// A DOI without resolver or prefix, lower case (DOIs compare without case; DOI Handbook, 2.4),
/// whatever a publisher's page, a reference manager or a resolver made of its characters. `None`
/// where the value holds none.
pub(super) fn doi(value: &str) -> Option<String> {
    // Markup only: no DOI has a backslash, a dollar or a brace of its own.
    let value = unescaped(value)
        .replace(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '$' | '\\'), "");
    let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let value = percent_decoded(&value).to_lowercase();
    let start = value.find("10.")?;
    let doi = value[start..].trim_end_matches(['.', ',', ';', '"']);
    let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
    let numeric =
        !registrant.is_empty() && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (numeric && !suffix.is_empty()).then(|| doi.to_owned())
}

/// A text with `%3C` and the like as the characters that they stand for (RFC 3986, 2.1); a per cent
/// sign that begins no such code stays, and so do all where they make no text.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, digit(0), digit(1)) {
            bytes.push((16 * high + low) as u8);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The arXiv id, without version: from `eprint` (where it is arXiv's), else from a field that names
/// arXiv, or from a note that does nothing else (others name other works: `Extends arXiv:…`).
pub(super) fn arxiv(entry: &Entry) -> Option<String> {
    let archive = ["archiveprefix", "eprinttype"].iter().find_map(|name| entry.get(name));
    let eprint = entry
        .get("eprint")
        .filter(|_| archive.is_none_or(|a| a.trim().eq_ignore_ascii_case("arxiv")))
        .and_then(|value| arxiv_id(&unescaped(value).to_lowercase()));
    eprint.or_else(|| {
        MENTIONS
            .iter()
            .filter_map(|name| entry.get(name).filter(|v| *name != "note" || only_arxiv(v)))
            .find_map(arxiv_mentioned)
    })
}

/// The id behind the word arXiv: `arXiv:1810.04805`, `arxiv.org/abs/hep-th/9901001v2`,
/// `10.48550/arXiv.1810.04805`.
fn arxiv_mentioned(value: &str) -> Option<String> {
    let value = value.to_lowercase();
    let mut rest = value.as_str();
    while let Some(at) = rest.find("arxiv") {
        rest = &rest[at + "arxiv".len()..];
        let id = rest.trim_start_matches(['.', ':', ' ', '{', '}']).trim_start_matches("org/");
        let id = ["abs/", "pdf/", "html/", "e-print "]
            .iter()
            .find_map(|prefix| id.strip_prefix(prefix))
            .unwrap_or(id);
        if let Some(id) = arxiv_id(id) {
            return Some(id);
        }
    }
    None
}

/// Is a text nothing but an arXiv id, as in `arXiv preprint arXiv:1810.04805 [cs.CL] (2018)`?
fn only_arxiv(value: &str) -> bool {
    let value = value.to_lowercase().replace("\\url{", " ");
    value.split_whitespace().map(|word| word.trim_matches(['.', ',', ';', ':', '{', '}'])).all(
        |word| {
            matches!(word, "" | "arxiv" | "preprint" | "e-print" | "eprint")
                || (word.starts_with('[') && word.ends_with(']'))
                || is_year_in_brackets(word)
                || arxiv_id(word).is_some()
                || arxiv_mentioned(word).is_some()
        },
    )
}

fn is_year_in_brackets(word: &str) -> bool {
    let inner = word.strip_prefix('(').and_then(|word| word.strip_suffix(')'));
    inner.is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
}

/// The id at the front of a lower-case text: `1810.04805` (since 2007; four digits, dot, four or
/// five digits) or `hep-th/9901001` (before), a version cut off. arXiv, "Understanding the arXiv
/// identifier".
fn arxiv_id(text: &str) -> Option<String> {
    let text = text.trim_start();
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    if digits(text) == 4 && text.as_bytes().get(4) == Some(&b'.') {
        let number = digits(&text[5..]);
        return (4..=5).contains(&number).then(|| text[..5 + number].to_owned());
    }
    // A longer word is no archive; without a bound each mention of arXiv would read all of the text.
    let slash = text.bytes().take(LONGEST_ARCHIVE + 1).position(|b| b == b'/')?;
    let (archive, rest) = (&text[..slash], &text[slash + 1..]);
    let named = !archive.is_empty()
        && archive.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'.');
    // The subject class (math.GT/0309136) is no part of the id.
    let archive = archive.split('.').next().unwrap_or(archive);
    (named && digits(rest) == 7).then(|| format!("{archive}/{}", &rest[..7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_in_any_spelling() {
        for value in [
            "10.1000/ABC_d",
            "https://doi.org/10.1000/abc_d",
            "doi:10.1000/abc\\_d",
            "http://dx.doi.org/10.1000/abc{\\_}d",
            "\\url{https://doi.org/10.1000/abc_d}",
            " 10.1000/abc_d. ",
            "10.1000/abc_{d}",
            "10.1000/abc$_d$",
            "https://doi.org/10.1000%2FABC%5fd",
        ] {
            assert_eq!(doi(value).as_deref(), Some("10.1000/abc_d"), "{value}");
        }
        for value in [
            "10.1002/1:15<1661::AID-X>3.0.CO;2-F",
            "10.1002/1:15\\textless1661::AID-X\\textgreater3.0.CO;2-F",
            "10.1002/1:15{\\textless}1661::AID-X{\\textgreater}3.0.CO;2-F",
            "10.1002/1:15\\textless{}1661::AID-X\\textgreater{}3.0.CO;2-F",
            "10.1002/1:15\\textless 1661::AID-X\\textgreater 3.0.CO;2-F",
            "10.1002/1:15$<$1661::AID-X$>$3.0.CO;2-F",
            "10.1002/1:15&lt;1661::AID-X&gt;3.0.CO;2-F",
            "10.1002/1:15{\\&}lt;1661::AID-X{\\&}gt;3.0.CO;2-F",
            "10.1002/1:15%3C1661::AID-X%3E3.0.CO;2-F",
            "10.1002/1:15{\\%}3C1661::AID-X{\\%}3e3.0.CO;2-F",
        ] {
            let whole = Some("10.1002/1:15<1661::aid-x>3.0.co;2-f");
            assert_eq!(doi(value).as_deref(), whole, "{value}");
        }
        assert_eq!(doi("10.1000/978-3_{1}").as_deref(), Some("10.1000/978-3_1"));
        // No code, or codes of no text.
        for value in ["10.1000/50%", "10.1000/5%zz", "10.1000/a%ff"] {
            assert_eq!(doi(value).as_deref(), Some(value));
        }
        for value in ["", "n/a", "10.", "10.1000", "10.x/abc", "10.1000/"] {
            assert_eq!(doi(value), None, "{value}");
        }
    }
    #[test]
    fn an_address_is_one_and_whole() {
        let ada = "http://x.org/~ada/a_b";
        for value in [
            "http://x.org/~ada/a_b",
            "http://x.org/{~}ada/a{\\_}b",
            "http://x.org/{\\~{}}ada/a\\_b",
            "http://x.org/\\~{}ada/a_b",
            "http://x.org/$\\sim$ada/a{_}b",
            "http://x.org/{$\\sim$}ada/a_b",
            "http://x.org/{\\textasciitilde}ada/a_b",
            "http://x.org/\\textasciitilde ada/a_b",
            "\\url{http://x.org/~ada/a_b}",
            "\\url{http://x.org/~ada/a_b} (visited in May)",
            "http://x.org/~ada/a_b (visited in May)",
            " http://x.org/~ada/a_b\n http://y.org/%0Ahttp://z.org",
        ] {
            assert_eq!(url(value), ada, "{value}");
        }
        assert_eq!(url("http://x.org/Ch 8/A.pdf"), "http://x.org/Ch%208/A.pdf");
        assert_eq!(url("http://x.org/a%3Cb"), "http://x.org/a%3Cb");
        assert_eq!(url(" "), "");
    }
}
