//! DOIs and arXiv ids, in every spelling that people and programs give them.

use crate::library::bibtex::Entry;

/// Longest name of an archive with its subject class, as `math.GT` in `math.GT/0309136`.
const LONGEST_ARCHIVE: usize = 20;

/// A field whose backslashes and braces mean themselves, but for a `\url{…}` around it and the
/// escapes that reference managers add.
pub(super) fn verbatim(value: &str) -> String {
    let value = value.trim();
    let value = value.strip_prefix("\\url{").and_then(|v| v.strip_suffix('}')).unwrap_or(value);
    let value: String = value.split_whitespace().collect();
    value
        .replace("{\\_}", "_")
        .replace("{\\%}", "%")
        .replace("{\\&}", "&")
        .replace("{\\#}", "#")
        .replace("{\\textasciitilde}", "~")
        .replace("\\_", "_")
        .replace("\\%", "%")
        .replace("\\&", "&")
        .replace("\\#", "#")
}

/// A DOI without resolver or prefix, lower case (DOIs compare without case; DOI Handbook, 2.4).
/// `None` where the value holds none.
pub(super) fn doi(value: &str) -> Option<String> {
    let value = verbatim(value).to_lowercase();
    let start = value.find("10.")?;
    let doi = value[start..].trim_end_matches(['}', '{', '.', ',', ';', '"']);
    let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
    let numeric =
        !registrant.is_empty() && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (numeric && !suffix.is_empty()).then(|| doi.to_owned())
}

/// The arXiv id, without version: from `eprint` (where it is arXiv's), else from a DOI, URL or
/// journal that names arXiv, or from a note that does nothing else (others name other works:
/// `Extends arXiv:…`).
pub(super) fn arxiv(entry: &Entry) -> Option<String> {
    let archive = ["archiveprefix", "eprinttype"].iter().find_map(|name| entry.get(name));
    let eprint = entry
        .get("eprint")
        .filter(|_| archive.is_none_or(|a| a.trim().eq_ignore_ascii_case("arxiv")))
        .and_then(|value| {
            let value = verbatim(value).to_lowercase();
            arxiv_id(value.strip_prefix("arxiv:").unwrap_or(&value))
        });
    eprint.or_else(|| {
        ["doi", "url", "note", "journal", "journaltitle", "howpublished", "volume"]
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

/// Is a text nothing but an arXiv id, as in `arXiv preprint arXiv:1810.04805 [cs.CL]`?
fn only_arxiv(value: &str) -> bool {
    let value = value.to_lowercase().replace("\\url{", " ");
    value.split_whitespace().map(|word| word.trim_matches(['.', ',', ';', ':', '{', '}'])).all(
        |word| {
            matches!(word, "" | "arxiv" | "preprint" | "e-print" | "eprint")
                || (word.starts_with('[') && word.ends_with(']'))
                || arxiv_id(word).is_some()
                || arxiv_mentioned(word).is_some()
        },
    )
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
        ] {
            assert_eq!(doi(value).as_deref(), Some("10.1000/abc_d"), "{value}");
        }
        for value in ["", "n/a", "10.", "10.1000", "10.x/abc", "10.1000/"] {
            assert_eq!(doi(value), None, "{value}");
        }
    }
}
