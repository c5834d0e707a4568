//! Papers of a file that are not to join the library: an export of new ones, or of an alert.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::parse::{self, Parsed};
use super::works::Works;
use super::{ImportError, source_path};
use crate::library::diagnostic::Diagnostic;
use crate::library::marks::{Change, Step};
use crate::library::paper::{Paper, PaperId, Source};
use crate::library::store::{Store, StoreError};

/// The list that new papers are put on where none is named.
pub const INBOX: &str = "inbox";

/// A file that was read and not imported.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// Its path, absolute.
    pub path: PathBuf,
    /// Papers that the library does not have, each once, in file order.
    pub entries: Vec<Parsed>,
    /// Of each of them the work, where the user has put it on a list.
    pub works: Vec<Option<PaperId>>,
    /// Entries that describe a work which the library has, or an earlier entry.
    pub known: usize,
    /// What is wrong in the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Foreign {
    /// Reads a file and leaves out what the library has: whatever an import would take for one of its
    /// works.
    ///
    /// # Errors
    /// The file or the store cannot be read.
    pub fn read(store: &mut Store, path: &Path) -> Result<Self, ImportError> {
        let path = source_path(path)?;
        let bytes = std::fs::read(&path)
            .map_err(|cause| ImportError::Read { path: path.clone(), cause })?;
        let contents = parse::parse(&bytes);
        let count = contents.papers.len();
        let entries = store.write(|writer| -> Result<_, StoreError> {
            let works = Works::read(writer)?;
            let mut seen = HashSet::new();
            let mut entries = Vec::new();
            for entry in contents.papers {
                let work = works.find_work(&entry)?;
                let is_known = work.is_some_and(|work| works.has_entries(work));
                let is_new = entry.identities.iter().all(|identity| !seen.contains(identity));
                seen.extend(entry.identities.iter().cloned());
                if is_new && !is_known {
                    entries.push((entry, work));
                }
            }
            Ok(entries)
        })?;
        let known = count - entries.len();
        let (entries, works) = entries.into_iter().unzip();
        Ok(Self { path, entries, works, known, diagnostics: contents.diagnostics })
    }
}

/// What several files hold and the library does not.
#[derive(Debug, Clone, Default)]
pub struct Arrivals {
    /// The entries, each work once, in the order of the files.
    pub entries: Vec<Parsed>,
    /// The same as papers. The library has no text of theirs: their ids lead to marks at most.
    pub papers: Vec<Paper>,
    /// Entries that describe a work which the library has, or an earlier entry.
    pub known: usize,
    /// What is wrong in the files, with the number of findings.
    pub findings: Vec<(PathBuf, usize)>,
}

impl Arrivals {
    /// Reads files.
    ///
    /// # Errors
    /// A file or the store cannot be read.
    pub fn read(store: &mut Store, files: &[PathBuf]) -> Result<Self, ImportError> {
        let mut all = Self::default();
        let mut seen = HashSet::new();
        for file in files {
            let Foreign { path, entries, works, known, diagnostics } = Foreign::read(store, file)?;
            if !diagnostics.is_empty() {
                all.findings.push((path.clone(), diagnostics.len()));
            }
            all.known += known;
            let path = Arc::new(path);
            for (entry, work) in entries.into_iter().zip(works) {
                let is_new = entry.identities.iter().all(|identity| !seen.contains(identity));
                seen.extend(entry.identities.iter().cloned());
                if !is_new {
                    all.known += 1;
                    continue;
                }
                let id = work.unwrap_or(PaperId(-1 - all.papers.len() as i64));
                all.papers.push(paper(&entry, id, Arc::clone(&path)));
                all.entries.push(entry);
            }
        }
        Ok(all)
    }
}

/// Puts works that no file of the library has on a list, and keeps their entries, in one
/// [step](Store::undo). `None` where all of them were on it already.
///
/// # Errors
/// The store cannot be written.
pub fn add_to_list(
    store: &mut Store,
    entries: &[&Parsed],
    list: &str,
    now: i64,
) -> Result<Option<Step>, StoreError> {
    store.write(|writer| {
        let mut works = Works::read(writer)?;
        let mut papers = Vec::with_capacity(entries.len());
        for entry in entries {
            let paper = match works.find_work(entry)? {
                Some(paper) => paper,
                None => works.make(entry, now)?,
            };
            writer.clip(paper, &entry.key, &entry.title, &entry.raw)?;
            papers.push(paper);
        }
        works.finish()?;
        writer.mark(&papers, &[Change::List(list.to_owned())], now)
    })
}

fn paper(entry: &Parsed, id: PaperId, path: Arc<PathBuf>) -> Paper {
    let entry = entry.clone();
    Paper {
        id,
        key: entry.key,
        other_keys: entry.aliases,
        kind: entry.kind,
        title: entry.title,
        authors: entry.authors,
        date: entry.date,
        venue: entry.venue,
        abstract_text: entry.abstract_text,
        keywords: entry.keywords,
        doi: entry.doi,
        arxiv: entry.arxiv,
        url: entry.url,
        file: entry.file,
        extras: entry.extras,
        source: Source { path, line: entry.line },
        missing: false,
        added: 0,
        text_hash: entry.text_hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::import;

    const OWN: &str = "@misc{a, title={Waves in shallow water}, year=2001, doi={10.1/a}}";
    const NEW: &str = "@misc{x, title={Waves in shallow water}, year=2001}
@article{y, title = {Of {C}urrents and Tides}, year = 2002, eprint={2001.00001}}
@article{y2, title = {Of Currents and Tides}, year = 2002}
@misc{z, title={A third paper on water}, year=2003}\n";

    #[test]
    fn what_is_owned_is_left_out_and_nothing_joins() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut store = Store::open(&folder.path().join("library")).unwrap();
        import(&mut store, &file("own.bib", OWN), 1).unwrap();
        let new = file("new.bib", NEW);
        let foreign = Foreign::read(&mut store, &new).unwrap();
        let keys: Vec<&str> = foreign.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!((keys.as_slice(), foreign.known), (&["y", "z"][..], 2));
        assert_eq!(store.snapshot(&[]).unwrap().len(), 1);
        let arrivals =
            |store: &mut Store| Arrivals::read(store, &[new.clone(), new.clone()]).unwrap();
        let before = arrivals(&mut store);
        assert_eq!((before.papers.len(), before.known), (2, 6), "each once");
        assert_eq!(before.papers[0].title, "Of Currents and Tides");
        assert!(before.papers.iter().all(|paper| paper.id.0 < 0));

        let add =
            |store: &mut Store| add_to_list(store, &[&foreign.entries[0]], "to read", 7).unwrap();
        let step = add(&mut store).unwrap();
        assert_eq!(step.what, "on list to read");
        assert_eq!(add(&mut store), None, "once is enough");
        assert_eq!([arrivals(&mut store).papers[0].id], step.papers[..], "its marks can be found");
        let listed = store.list("to read").unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].key.as_str(), listed[0].owned), ("y", false));
        assert!(NEW.contains(&listed[0].raw) && listed[0].raw.contains("{C}urrents"));
        assert_eq!(store.snapshot(&[]).unwrap().len(), 1, "it is on a list, not in the library");
        // It is still offered, and what is on the list stays there when it becomes the library's.
        assert_eq!(Foreign::read(&mut store, &new).unwrap().entries.len(), 2);
        import(&mut store, &new, 9).unwrap();
        let listed = store.list("to read").unwrap();
        assert_eq!((listed.len(), listed[0].owned), (1, true));
        assert_eq!(Foreign::read(&mut store, &new).unwrap().entries.len(), 0);
        store.undo().unwrap().unwrap();
        assert!(store.list("to read").unwrap().is_empty());
        store.redo().unwrap().unwrap();
        assert_eq!(store.list("to read").unwrap().len(), 1);
    }
}
