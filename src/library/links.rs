//! What belongs to a paper elsewhere: its file, its page.

use std::path::{Path, PathBuf};

use super::paper::Paper;

/// What can be opened of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A file that is there.
    File {
        /// Its path.
        path: PathBuf,
        /// Is it a document, in the folder of the `.bib` file or below? Whatever else a `.bib` names, a
        /// stranger may have named: the user is asked first.
        trusted: bool,
    },
    /// A page on the web.
    Page(String),
}

/// Types of files that are read, not run.
const DOCUMENTS: [&str; 12] =
    ["pdf", "ps", "djvu", "djv", "epub", "txt", "md", "tex", "odt", "docx", "rtf", "mobi"];

/// The best that can be opened: a file that is there, the page of the DOI, of the arXiv id, or the URL.
#[must_use]
pub fn best(paper: &Paper) -> Option<Link> {
    let bib = &*paper.source.path;
    let files = paper.extras.files.iter();
    let mut paths = files.filter_map(|file| file.resolve(bib, &paper.extras.folders));
    let file = paths
        .find(|path| path.is_file())
        .map(|path| Link::File { trusted: is_trusted(&path, bib), path });
    file.or_else(|| page(paper).map(Link::Page))
}

/// The address of a paper's page, of the web and nothing else.
#[must_use]
pub fn page(paper: &Paper) -> Option<String> {
    let doi = paper.doi.as_ref().map(|doi| format!("https://doi.org/{}", escaped(doi)));
    let arxiv = || paper.arxiv.as_ref().map(|id| format!("https://arxiv.org/abs/{}", escaped(id)));
    let url = || paper.url.as_deref().and_then(web);
    doi.or_else(arxiv).or_else(url)
}

fn is_trusted(path: &Path, bib: &Path) -> bool {
    let kind = path.extension().map(|kind| kind.to_string_lossy().to_lowercase());
    let is_document = kind.is_some_and(|kind| DOCUMENTS.contains(&kind.as_str()));
    // Both with links followed, so that nothing leads out by one.
    let here = bib.parent().and_then(|folder| folder.canonicalize().ok());
    let is_here =
        here.zip(path.canonicalize().ok()).is_some_and(|(here, file)| file.starts_with(here));
    is_document && is_here
}

/// An address of the web without spaces and control characters.
fn web(url: &str) -> Option<String> {
    let url = url.trim();
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let begins =
            url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        begins.then(|| &url[scheme.len()..])
    })?;
    let is_plain = |c: char| c.is_ascii_graphic() || (!c.is_ascii() && c.is_alphanumeric());
    (!rest.is_empty() && rest.chars().all(is_plain)).then(|| url.to_owned())
}

/// A DOI or id in the path of an address (RFC 3986).
fn escaped(id: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:;()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::import;
    use crate::library::store::Store;

    #[test]
    fn files_that_are_there_come_first_and_strangers_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("here");
        std::fs::create_dir(&here).unwrap();
        for file in ["here/a.pdf", "here/run.sh", "outside.pdf"] {
            std::fs::write(folder.path().join(file), "x").unwrap();
        }
        let bib = here.join("papers.bib");
        let outside = folder.path().join("outside.pdf");
        let text = format!(
            "@misc{{a, title={{A}}, file={{a.pdf}}, doi={{10.1/x y<z}}}}
             @misc{{b, title={{B}}, file={{gone.pdf}}, doi={{10.1/x}}, url={{http://b.org}}}}
             @misc{{c, title={{C}}, file={{run.sh}}}}
             @misc{{d, title={{D}}, file={{../outside.pdf}}}}
             @misc{{e, title={{E}}, url={{javascript:alert(1)}}}}
             @misc{{f, title={{F}}, url={{https://f.org/ü?a=b#c}}}}
             @misc{{g, title={{G}}, file={{{}}}}}
             @misc{{h, title={{H}}, url={{file:///etc/passwd}}}}
             @misc{{i, title={{I}}, eprint={{2001.00001}}, archiveprefix={{arXiv}}}}",
            outside.display()
        );
        std::fs::write(&bib, text).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        import(&mut store, &bib, 1).unwrap();
        let snapshot = store.snapshot(&[]).unwrap();
        let of = |key: &str| best(&snapshot.papers()[snapshot.by_key(key).unwrap()]);
        let page = |url: &str| Some(Link::Page(url.to_owned()));
        let trusted = |key: &str| match of(key) {
            Some(Link::File { trusted, .. }) => trusted,
            other => panic!("{key}: {other:?}"),
        };
        assert!(trusted("a"));
        assert_eq!(of("b"), page("https://doi.org/10.1/x"));
        assert!(!trusted("c") && !trusted("d") && !trusted("g"));
        assert_eq!((of("e"), of("h")), (None, None));
        assert_eq!(of("f"), page("https://f.org/ü?a=b#c"));
        assert_eq!(of("i"), page("https://arxiv.org/abs/2001.00001"));
    }
}
