//! The `file` field: where an entry's documents lie.
//!
//! JabRef, Zotero and Mendeley write `description:path:type`, Better BibTeX the path alone, all of
//! them with `;` between files and `\` before a separator that means itself. Not everyone escapes:
//! `C:\x.pdf` and `https://…` are told by what stands behind their colon. Mendeley drops the first
//! slash of a path and writes LaTeX.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::library::latex;

/// A file that belongs to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What the program calls it: `Full Text PDF`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its path or address as written, escapes removed.
    pub path: String,
    /// Its type, short and in lower case: `pdf`; empty where nothing tells.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

impl Attachment {
    /// Is it an address rather than a file?
    fn is_address(&self) -> bool {
        self.path.contains("://")
    }

    /// Does the path start from a folder that it does not name?
    #[must_use]
    pub fn is_relative(&self) -> bool {
        !self.is_address()
            && !self.path.starts_with(['/', '\\', '~'])
            && !starts_with_drive(&self.path)
    }

    /// Where the file lies: a relative path is looked for in each of `folders` (see
    /// [`Extras::folders`](super::Extras::folders)), in the folder of the `.bib` file, and below the
    /// root. Where it is nowhere, that is the path in the folder of the `.bib` file. `None` for an
    /// address.
    #[must_use]
    pub fn resolve(&self, bib: &Path, folders: &[String]) -> Option<PathBuf> {
        if self.is_address() {
            return None;
        }
        if !self.is_relative() {
            return Some(native(&self.path));
        }
        let path = native(&self.path);
        let home = bib.parent().unwrap_or(Path::new(""));
        let mut places: Vec<PathBuf> =
            folders.iter().map(|folder| home.join(native(folder)).join(&path)).collect();
        let beside = home.join(&path);
        places.push(beside.clone());
        places.push(Path::new("/").join(&path));
        Some(places.into_iter().find(|place| place.exists()).unwrap_or(beside))
    }
}

/// A path with the separators of this system.
pub(super) fn native(path: &str) -> PathBuf {
    let foreign = cfg!(unix) && !starts_with_drive(path) && !path.contains('/');
    if foreign { path.replace('\\', "/").into() } else { path.into() }
}

fn starts_with_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

/// Reads a `file` field.
#[must_use]
pub fn parse(value: &str) -> Vec<Attachment> {
    let value = value.trim();
    // Papers and ReadCube protect the whole.
    let value = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).unwrap_or(value);
    let value = without_latex(value);
    split(&value, ';').into_iter().filter_map(attachment).collect()
}

fn attachment(text: &str) -> Option<Attachment> {
    let parts = joined(&split(text.trim(), ':'));
    let kind_of = |text: &str| {
        let kind = text.trim().to_lowercase();
        kind.rsplit('/').next().map(|kind| kind.trim_start_matches("x-").to_owned())
    };
    let (description, path, kind) = match parts.as_slice() {
        [] => return None,
        [path] => (String::new(), path.as_str(), String::new()),
        [path, kind] if is_type(kind) && path.contains(['.', '/', '\\']) => {
            (String::new(), path.as_str(), kind_of(kind)?)
        }
        [description, path] => (unescaped(description), path.as_str(), String::new()),
        // Colons in a description that nobody escaped.
        [description @ .., path, kind] => {
            (unescaped(&description.join(":")), path.as_str(), kind_of(kind)?)
        }
    };
    let path = unescaped(path.trim());
    if path.is_empty() {
        return None;
    }
    let extension = || Path::new(&path).extension().map(|e| e.to_string_lossy().to_lowercase());
    let kind = match kind.as_str() {
        "" => extension().unwrap_or_default(),
        "plain" => "txt".to_owned(),
        "postscript" => "ps".to_owned(),
        _ => kind,
    };
    Some(Attachment { description: description.trim().to_owned(), path, kind })
}

/// Is a part a type, like `PDF` or `application/pdf`, rather than a path?
fn is_type(part: &str) -> bool {
    let part = part.trim();
    let media = ["application/", "text/", "image/", "audio/", "video/"];
    media.iter().any(|prefix| part.starts_with(prefix))
        || (!part.is_empty() && part.len() <= 10 && part.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Joins what belongs together although a bare colon stands in it: drives and schemes.
fn joined(parts: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.last_mut() {
            Some(last) if belongs(last, part) => {
                last.push(':');
                last.push_str(part);
            }
            _ => joined.push((*part).to_owned()),
        }
    }
    joined
}

fn belongs(before: &str, part: &str) -> bool {
    let before = before.trim();
    let drive = before.len() == 1 && before.bytes().all(|b| b.is_ascii_alphabetic());
    let scheme = before.len() > 1 && before.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (drive && part.starts_with(['\\', '/'])) || (scheme && part.starts_with("//"))
}

/// Splits where the separator has no backslash before it.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if c == separator && !escaped {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

/// The text without the backslashes that escape something. Those of a Windows path that was not
/// escaped stay.
fn unescaped(text: &str) -> String {
    if starts_with_drive(text) && !text.contains("\\\\") {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(next)
                if c == '\\'
                    && matches!(next, '\\' | ':' | ';' | '{' | '}' | '_' | '&' | '%' | '#') =>
            {
                plain.extend(characters.next());
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// The text with the groups decoded that only LaTeX would have: `{\'{o}}`, `$\backslash$`.
fn without_latex(text: &str) -> String {
    let text = text.replace("$\\backslash$", "\\");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("{\\") {
        let Some(length) = group(&rest[start..]) else { break };
        plain.push_str(&rest[..start]);
        plain.push_str(&latex::to_unicode(&rest[start..start + length]));
        rest = &rest[start + length..];
    }
    plain + rest
}

/// Length of the group at the front of a text.
fn group(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_is_understood() {
        // (field, files as description|path|type)
        let cases: &[(&str, &[&str])] = &[
            // JabRef
            (":papers/x.pdf:PDF", &["|papers/x.pdf|pdf"]),
            ("Preprint:papers/x.pdf:PDF", &["Preprint|papers/x.pdf|pdf"]),
            (":a.pdf:PDF;Data:b.csv:CSV", &["|a.pdf|pdf", "Data|b.csv|csv"]),
            ("A\\: B:path\\:with\\;colons.pdf:PDF", &["A: B|path:with;colons.pdf|pdf"]),
            (":C\\:\\\\Users\\\\me\\\\x.pdf:PDF", &["|C:\\Users\\me\\x.pdf|pdf"]),
            (":C\\:/Users/me/x.pdf:PDF", &["|C:/Users/me/x.pdf|pdf"]),
            ("x.pdf:PDF", &["|x.pdf|pdf"]),
            (":https\\://example.org/x.pdf:URL", &["|https://example.org/x.pdf|url"]),
            ("Site:https://example.org/x:text/html", &["Site|https://example.org/x|html"]),
            // Zotero
            (
                "Full Text PDF:files/12/x.pdf:application/pdf;Snapshot:files/13/y.html:text/html",
                &["Full Text PDF|files/12/x.pdf|pdf", "Snapshot|files/13/y.html|html"],
            ),
            (
                "Ngo - 2020 - Waves.pdf:C\\:\\\\Users\\\\n\\\\storage\\\\AB\\\\Waves.pdf:application/pdf",
                &["Ngo - 2020 - Waves.pdf|C:\\Users\\n\\storage\\AB\\Waves.pdf|pdf"],
            ),
            ("PDF:C:\\Users\\_n\\x.pdf:application/pdf", &["PDF|C:\\Users\\_n\\x.pdf|pdf"]),
            // Better BibTeX
            ("/home/u/Zotero/storage/AB/x.pdf", &["|/home/u/Zotero/storage/AB/x.pdf|pdf"]),
            ("/home/u/a\\;b.pdf;/home/u/c.epub", &["|/home/u/a;b.pdf|pdf", "|/home/u/c.epub|epub"]),
            ("C\\:\\\\Users\\\\n\\\\x.pdf", &["|C:\\Users\\n\\x.pdf|pdf"]),
            ("C:\\Users\\n\\x.pdf", &["|C:\\Users\\n\\x.pdf|pdf"]),
            // Mendeley
            (":home/u/Papers/x.pdf:pdf", &["|home/u/Papers/x.pdf|pdf"]),
            (
                ":C$\\backslash$:/Users/D/De Mingo L{\\'{o}}pez - 2012 - A{\\_}B.pdf:pdf",
                &["|C:/Users/D/De Mingo López - 2012 - A_B.pdf|pdf"],
            ),
            // Papers
            (
                "{Ngo 2020.pdf:/Users/n/Papers/Ngo 2020.pdf:application/pdf}",
                &["Ngo 2020.pdf|/Users/n/Papers/Ngo 2020.pdf|pdf"],
            ),
            // By hand
            ("x.pdf", &["|x.pdf|pdf"]),
            ("notes", &["|notes|"]),
            ("Part: one: a.pdf:PDF", &["Part: one|a.pdf|pdf"]),
            ("{\\broken", &["|{\\broken|"]),
            ("", &[]),
            (";:;::", &[]),
        ];
        for (value, expected) in cases {
            let files = parse(value);
            let found: Vec<_> = files
                .iter()
                .map(|f| [f.description.as_str(), &f.path, &f.kind].join("|"))
                .collect();
            assert_eq!(found, *expected, "{value}");
        }
    }

    #[test]
    fn a_path_is_looked_for_where_it_may_start() {
        let folder = tempfile::tempdir().unwrap();
        let here = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(here("docs")).unwrap();
        for name in ["docs/a.pdf", "b.pdf", "docs/b.pdf"] {
            std::fs::write(here(name), "").unwrap();
        }
        let bib = here("papers.bib");
        let resolve = |path: &str, folders: &[&str]| {
            let folders: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
            parse(path)[0].resolve(&bib, &folders)
        };
        assert_eq!(resolve("a.pdf", &["docs"]), Some(here("docs/a.pdf")));
        assert_eq!(resolve("b.pdf", &["docs"]), Some(here("docs/b.pdf")));
        assert_eq!(resolve("b.pdf", &["elsewhere"]), Some(here("b.pdf")));
        assert_eq!(resolve("c.pdf", &["docs"]), Some(here("c.pdf")));
        assert_eq!(resolve("/x/c.pdf", &["docs"]), Some("/x/c.pdf".into()));
        assert_eq!(resolve("https://example.org/x.pdf", &[]), None);
        // Mendeley lost the slash.
        let absolute = here("docs/a.pdf");
        let lost = absolute.to_str().unwrap().trim_start_matches('/');
        assert_eq!(resolve(&format!(":{lost}:pdf"), &[]), Some(absolute.clone()));
        #[cfg(unix)]
        assert_eq!(resolve("docs\\\\a.pdf", &[]), Some(absolute));
    }
}
