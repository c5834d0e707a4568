//! Raw entries → the fields of papers: LaTeX decoded, identifiers normalised.

use std::collections::HashSet;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::dates::date;
use super::identifiers::{arxiv, doi, url};
use super::inherit;
use crate::library::bibtex::{self, Entry, Field};
use crate::library::date::Date;
use crate::library::diagnostic::{Diagnostic, Severity};
use crate::library::extras::Extras;
use crate::library::extras::meta::Meta;
use crate::library::latex;
use crate::library::names::{self, Name};
use crate::library::paper::{Identity, Paper, TextHash};

/// Entry types whose volumes are works of their own under one title; of an article, the volume is
/// the journal's.
const OF_VOLUMES: &[&str] = &[
    "book",
    "mvbook",
    "collection",
    "mvcollection",
    "proceedings",
    "mvproceedings",
    "reference",
    "mvreference",
];

/// An entry read as a paper, not yet in the library. The fields are those of
/// [`Paper`].
#[derive(Debug, Clone, PartialEq, Eq)]
// Documented there, once.
#[allow(missing_docs)]
pub struct Parsed {
    pub key: String,
    /// Further cite keys that the entry gives itself, in `ids`.
    pub aliases: Vec<String>,
    pub kind: String,
    pub title: String,
    pub authors: Vec<Name>,
    pub date: Option<Date>,
    pub venue: String,
    pub abstract_text: String,
    pub keywords: Vec<String>,
    pub doi: Option<String>,
    pub arxiv: Option<String>,
    pub url: Option<String>,
    pub file: Option<String>,
    pub extras: Extras,
    /// The entry as it stands in the file.
    pub raw: String,
    /// Line of the `@`, from 1.
    pub line: u32,
    /// Column of the `@` in characters, from 1.
    pub column: u32,
    /// SHA-256 of the raw entry and of all that was read from it: tells whether anything changed,
    /// the file or the way it is read.
    pub hash: [u8; 32],
    pub text_hash: TextHash,
    /// What the work may be known by, the strongest first.
    pub identities: Vec<Identity>,
}

impl Parsed {
    /// Year of publication.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        self.date.as_ref().map(Date::year)
    }

    /// See [`Parsed::hash`].
    fn content_hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        let mut add = |text: &str| {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        };
        for text in [&self.raw, &self.key, &self.kind, &self.title, &self.venue] {
            add(text);
        }
        add(&self.abstract_text);
        for name in &self.authors {
            for part in [&name.given, &name.particle, &name.family, &name.suffix] {
                add(part);
            }
        }
        add(&self.keywords.join("\0"));
        for field in [&self.doi, &self.arxiv, &self.url, &self.file] {
            add(field.as_deref().unwrap_or("\0"));
        }
        if let Some(date) = &self.date {
            add(&date.standard());
            add(&date.written);
        }
        add(&self.aliases.join("\0"));
        if !self.extras.is_empty() {
            add(&format!("{:?}", self.extras));
        }
        self.identities.iter().for_each(|identity| add(identity.as_str()));
        hasher.finalize().into()
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// Its papers, in file order.
    pub papers: Vec<Parsed>,
    /// What is wrong in it.
    pub diagnostics: Vec<Diagnostic>,
    /// Does it end in the middle of an entry?
    pub cut: bool,
    /// Does it end before the first field of the last paper?
    pub cut_before_fields: bool,
}

/// Reads a whole file. Containers are no papers: `@xdata` is there to be inherited from, and of a
/// `@set` it is said that it was left out.
#[must_use]
pub fn parse(bytes: &[u8]) -> Contents {
    let (text, mut diagnostics) = bibtex::to_text(bytes);
    let mut scan = bibtex::scan(&text);
    diagnostics.append(&mut scan.diagnostics);
    let meta = Meta::read(&text);
    let own = inherit::resolve(&mut scan.entries, &mut diagnostics);
    diagnostics.extend(scan.entries.iter().filter(|entry| entry.kind == "set").map(|entry| {
        Diagnostic {
            line: entry.line,
            column: entry.column,
            severity: Severity::Info,
            key: Some(entry.key.clone()),
            message: "a @set only groups other entries: left out".to_owned(),
        }
    }));
    let (parsed, findings): (Vec<Option<Parsed>>, Vec<Vec<Diagnostic>>) =
        (scan.entries.par_iter().zip(own))
            .filter(|(entry, _)| entry.kind != "set")
            .map(|(entry, own)| {
                let mut findings = Vec::new();
                let raw = &text[entry.start..entry.end];
                let parsed = paper(entry, own, raw, &meta, &mut findings);
                ((entry.kind != "xdata").then_some(parsed), findings)
            })
            .unzip();
    diagnostics.extend(findings.into_iter().flatten());
    let last_is_bare = scan.entries.last().is_some_and(|last| {
        last.fields.is_empty() && !matches!(last.kind.as_str(), "set" | "xdata")
    });
    Contents {
        papers: parsed.into_iter().flatten().collect(),
        diagnostics,
        cut: scan.cut,
        cut_before_fields: scan.cut && last_is_bare,
    }
}

/// The paper that an entry describes; its first `own` fields are its own, the others inherited.
fn paper(
    entry: &Entry,
    own: usize,
    raw: &str,
    meta: &Meta,
    findings: &mut Vec<Diagnostic>,
) -> Parsed {
    let title = title(entry);
    let abstract_text =
        entry.get("abstract").map(|v| latex::to_unicode(v).into_owned()).unwrap_or_default();
    let arxiv = arxiv(entry);
    // A DOI that arXiv gives to a preprint says no more than the arXiv id.
    let doi = entry.get("doi").and_then(doi).filter(|doi| !doi.starts_with("10.48550/arxiv."));
    let date = date(entry, own, findings);
    let year = date.as_ref().map(Date::year);
    let authors: Vec<Name> = ["author", "editor"]
        .iter()
        .find_map(|name| entry.get(name).map(names::parse).filter(|n| !n.is_empty()))
        .unwrap_or_default();
    let venue = venue(entry, own);
    let by = authors.first().map_or(venue.as_str(), |author| author.family.as_str());
    let volume = entry.get("volume").filter(|_| OF_VOLUMES.contains(&entry.kind.as_str()));
    let volume = volume.map(latex::to_unicode);
    let mut parsed = Parsed {
        key: entry.key.clone(),
        kind: entry.kind.clone(),
        aliases: inherit::aliases(entry).map(str::to_owned).collect(),
        date,
        keywords: keywords(entry),
        url: entry.get("url").map(url).filter(|v| !v.is_empty()),
        file: entry.get("file").map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()),
        extras: Extras::read(entry, meta, findings),
        raw: raw.to_owned(),
        line: entry.line,
        column: entry.column,
        hash: [0; 32],
        text_hash: Paper::text_hash(&title, &abstract_text),
        identities: Identity::all(
            doi.as_deref(),
            arxiv.as_deref(),
            &title,
            year,
            volume.as_deref(),
            by,
            &entry.key,
        ),
        authors,
        venue,
        title,
        abstract_text,
        doi,
        arxiv,
    };
    parsed.hash = parsed.content_hash();
    parsed
}

/// Where it appeared: the publication that contains it, else who brought it out. A publication that
/// the entry names itself comes before one that it inherits.
fn venue(entry: &Entry, own: usize) -> String {
    const PUBLICATION: &[&str] = &[
        "journal",
        "journaltitle",
        "booktitle",
        "eventtitle",
        "maintitle",
        "school",
        "institution",
    ];
    let text = |fields: &[Field], name: &str| {
        let field = fields.iter().find(|field| field.name == name)?;
        Some(latex::to_unicode(&field.value).into_owned()).filter(|v| !v.is_empty())
    };
    let first = |fields: &[Field], names: &[&str]| {
        names.iter().find_map(|name| {
            let title = text(fields, name)?;
            let whole = match *name {
                "journal" | "journaltitle" => "journal",
                "booktitle" => "book",
                "maintitle" => "main",
                _ => return Some(title),
            };
            Some(match text(fields, &format!("{whole}subtitle")) {
                Some(subtitle) => format!("{title}: {subtitle}"),
                None => title,
            })
        })
    };
    first(&entry.fields[..own], PUBLICATION)
        .or_else(|| first(&entry.fields, PUBLICATION))
        .or_else(|| first(&entry.fields, &["organization", "publisher", "howpublished"]))
        .unwrap_or_default()
}

/// Title and subtitle.
fn title(entry: &Entry) -> String {
    let part =
        |name| entry.get(name).map(|v| latex::to_unicode(v).into_owned()).unwrap_or_default();
    let (title, subtitle) = (part("title"), part("subtitle"));
    match (title.is_empty(), subtitle.is_empty()) {
        (_, true) => title,
        (true, _) => subtitle,
        _ => format!("{title}: {subtitle}"),
    }
}

/// Keywords of `keywords` and `keyword`, separated by commas or semicolons, each once.
fn keywords(entry: &Entry) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for value in ["keywords", "keyword"].iter().filter_map(|n| entry.get(n)) {
        let value = latex::to_unicode(value);
        for word in value.split([',', ';']).map(str::trim).filter(|w| !w.is_empty()) {
            if seen.insert(word.to_owned()) {
                keywords.push(word.to_owned());
            }
        }
    }
    keywords
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arxiv_id_in_any_place() {
        let id = |fields: &str| {
            let papers = parse(format!("@misc{{k, title = {{T}}, {fields}}}").as_bytes()).papers;
            papers[0].arxiv.clone()
        };
        let new = Some("1810.04805".to_owned());
        assert_eq!(id("eprint = {1810.04805v2}, archiveprefix = {arXiv}"), new);
        assert_eq!(id("eprint = {arXiv:1810.04805}"), new);
        assert_eq!(id("journal = {arXiv preprint arXiv:1810.04805}"), new);
        assert_eq!(id("url = {https://arxiv.org/pdf/1810.04805v1.pdf}"), new);
        assert_eq!(id("doi = {10.48550/arXiv.1810.04805}"), new);
        assert_eq!(id("note = {arXiv:math.GT/0309136v1}"), Some("math/0309136".to_owned()));
        assert_eq!(id("note = {arXiv preprint arXiv:1810.04805 [cs.CL].}"), new);
        assert_eq!(id("note = {\\url{https://arxiv.org/abs/1810.04805}}"), new);
        assert_eq!(id("note = {Extends arXiv:1810.04805}"), None);
        assert_eq!(id("note = {arXiv:1810.04805, and a correction}"), None);
        assert_eq!(id("eprint = {https://arxiv.org/abs/1810.04805v2}"), new);
        assert_eq!(id("eid = {arXiv:1810.04805}, journal = {ArXiv}"), new);
        assert_eq!(id("note = {arXiv preprint arXiv:1810.04805 (2018)}"), new);
        assert_eq!(id("note = {arXiv:1810.04805 (with a correction)}"), None);
        assert_eq!(id("eprint = {hep-th/9901001}"), Some("hep-th/9901001".to_owned()));
        assert_eq!(id("eprint = {12345}, eprinttype = {pubmed}"), None);
        assert_eq!(id("url = {https://example.org/1810.04805}"), None);
    }

    #[test]
    fn children_inherit_from_their_crossref() {
        let Contents { papers, diagnostics, .. } = parse(
            b"@inproceedings{a, title={A}, crossref={p}}
              @proceedings{p, title={Proceedings}, year=2001, editor={Ed, E.}}
              @misc{x, title={X}, crossref={y}} @misc{y, title={Y}, crossref={x}}
              @misc{z, title={Z}, crossref={nowhere}}",
        );
        assert_eq!(papers.len(), 5);
        assert_eq!((papers[0].venue.as_str(), papers[0].year()), ("Proceedings", Some(2001)));
        assert_eq!(papers[0].title, "A");
        let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert!(messages.iter().any(|m| m.contains("cycle")), "{messages:?}");
        assert!(messages.iter().any(|m| m.contains("nowhere")), "{messages:?}");
    }

    #[test]
    fn what_a_child_says_itself_comes_first() {
        let Contents { papers, .. } = parse(
            b"@inproceedings{a, title={A}, year=2001, booktitle={Own}, crossref={p}}
              @inproceedings{b, title={B}, publisher={Press}, crossref={p}}
              @thesis{c, title={C}, institution={Own}, xdata={x}}
              @proceedings{p, title={Volume}, date={2003-05}, journal={Series}}
              @xdata{x, school={Theirs}, date={1999}}",
        );
        let found: Vec<_> = papers[..3].iter().map(|p| (p.venue.as_str(), p.year())).collect();
        assert_eq!(found, [("Own", Some(2001)), ("Series", Some(2003)), ("Own", Some(1999))]);
    }

    #[test]
    fn what_is_read_differently_counts_as_changed() {
        let Contents { papers, .. } =
            parse(b"@article{a, title={Alpha}, author={A. Lee}, doi={10.1/a}}");
        let old = &papers[0];
        assert_eq!(old.content_hash(), old.hash);
        let differently: [fn(&mut Parsed); 8] = [
            |p| p.title = "Alphas".into(),
            |p| p.authors[0].given.clear(),
            |p| p.date = Date::from_standard("2001").ok(),
            |p| p.aliases.push("b".into()),
            |p| p.extras.groups.push("g".into()),
            |p| p.doi = None,
            |p| p.keywords.push("waves".into()),
            |p| p.identities.clear(),
        ];
        for change in differently {
            let mut new = old.clone();
            change(&mut new);
            assert_ne!(new.content_hash(), old.hash, "{new:?}");
        }
    }

    #[test]
    fn a_set_is_left_out_aloud() {
        let Contents { papers, diagnostics, .. } =
            parse(b"@article{a, title={A}}\n@set{s, entryset={a}}\n@xdata{x, year=2001}");
        assert_eq!(papers.len(), 1);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert_eq!((diagnostics[0].line, diagnostics[0].severity), (2, Severity::Info));
    }
}
