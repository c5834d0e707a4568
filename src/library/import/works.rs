//! Which work an entry describes, while a file is being imported.
//!
//! An entry is looked up under each of its [identities](Identity). It joins the work found there
//! unless the title is clearly another one's, or the work is known by another DOI or arXiv id, or
//! only the title leads there and the authors are others (see [`Works::accepts`]). An entry that was changed also keeps the work that it described
//! before, if it [still does](continues). Where all that leads to several works, they are one, and
//! are joined. Whatever an entry may be found under then leads to its work, for good.

use std::collections::{HashMap, HashSet};

use super::parse::Parsed;
use super::sameness::{continues, has_other_authors, is_other_work};
use crate::library::diagnostic::{Diagnostic, Severity, shown};
use crate::library::paper::{Identity, PaperId, Scheme, fold, title_key};
use crate::library::store::StoreError;
use crate::library::store::writer::{Identifier, KnownPaper, StoredEntry, Writer};

/// The works of the library and what leads to them.
pub(super) struct Works<'a> {
    writer: &'a Writer<'a>,
    papers: HashMap<PaperId, KnownPaper>,
    identities: HashMap<Identity, Lead>,
    /// Works that have a DOI, those that have an arXiv id.
    with: [HashSet<PaperId>; 2],
    /// What the entries of this file that were looked at say in words.
    described: HashMap<PaperId, Vec<Identity>>,
    /// Works that were joined to another, with that one.
    joined: HashMap<PaperId, PaperId>,
}

/// Where an identity leads.
struct Lead {
    paper: PaperId,
    /// Does it lead elsewhere than in the store?
    changed: bool,
}

/// The place of a scheme in [`Works::with`].
fn strong(scheme: Scheme) -> Option<usize> {
    match scheme {
        Scheme::Doi => Some(0),
        Scheme::Arxiv => Some(1),
        Scheme::Words => None,
    }
}

impl<'a> Works<'a> {
    /// Reads what the library knows.
    pub(super) fn read(writer: &'a Writer<'a>) -> Result<Self, StoreError> {
        let papers = writer.known_papers()?;
        let mut identities = HashMap::with_capacity(2 * papers.len());
        let mut with = [HashSet::new(), HashSet::new()];
        writer.each_identity(|identity, paper| {
            if let Some(scheme) = strong(identity.scheme()) {
                with[scheme].insert(paper);
            }
            identities.insert(identity, Lead { paper, changed: false });
        })?;
        Ok(Self {
            writer,
            papers,
            identities,
            with,
            described: HashMap::new(),
            joined: HashMap::new(),
        })
    }

    /// The work that stands for this one now.
    pub(super) fn current(&self, mut paper: PaperId) -> PaperId {
        while let Some(&other) = self.joined.get(&paper) {
            paper = other;
        }
        paper
    }

    fn known(&self, paper: PaperId) -> Option<&KnownPaper> {
        self.papers.get(&paper)
    }

    fn find(&self, identity: &Identity) -> Option<PaperId> {
        self.identities.get(identity).map(|lead| self.current(lead.paper))
    }

    /// The work that an entry describes: a known one or a new one. `old` is what the entry was;
    /// the store no longer has it. `now` is stamped on a new work.
    pub(super) fn resolve(
        &mut self,
        new: &Parsed,
        old: Option<&StoredEntry>,
        now: i64,
    ) -> Result<PaperId, StoreError> {
        let before = old.map(|old| self.current(old.paper));
        if let Some((old, known)) = old.zip(before.and_then(|paper| self.papers.get_mut(&paper))) {
            known.entries = known.entries.saturating_sub(1);
            lose(&mut known.doi, old.doi.as_deref());
            lose(&mut known.arxiv, old.arxiv.as_deref());
        }
        let (mut found, vacant) = self.look_up(new)?;
        if let Some((old, paper)) = old.zip(before)
            && !found.contains(&paper)
            && (found.is_empty() || !is_told_apart(old, new))
            && continues(old, new)
            && self.known(paper).is_some_and(|known| !is_identified_otherwise(known, new))
            && !self.is_taken_by_sibling(paper, new)
            && !self.is_namesake(paper, Scheme::Words, new)?
        {
            found.push(paper);
        }
        let paper = match found.split_first() {
            None => {
                let paper = self.writer.insert_paper(now)?;
                self.papers.insert(paper, KnownPaper::default());
                paper
            }
            Some((&first, others)) => {
                others.iter().try_fold(first, |paper, &other| self.join(paper, other))?
            }
        };
        for identity in &vacant {
            self.lead(identity, paper);
        }
        self.describe(new, paper);
        if let Some(known) = self.papers.get_mut(&paper) {
            if known.entries == 0 || known.title.is_empty() {
                known.title.clone_from(&new.title);
            }
            known.entries += 1;
            gain(&mut known.doi, new.doi.as_deref());
            gain(&mut known.arxiv, new.arxiv.as_deref());
        }
        Ok(paper)
    }

    /// The works that the identities of an entry lead to and that it can describe, and those of its
    /// identities that lead nowhere yet.
    fn look_up(&self, new: &Parsed) -> Result<(Vec<PaperId>, Vec<Identity>), StoreError> {
        let mut found: Vec<PaperId> = Vec::new();
        let mut vacant: Vec<Identity> = Vec::new();
        for identity in &new.identities {
            // The work that was told apart by its author comes before its namesake.
            let by_author = by_author(identity, new);
            let apart = by_author.as_ref().and_then(|identity| self.find(identity));
            match apart.or_else(|| self.find(identity)) {
                None => vacant.push(identity.clone()),
                Some(paper) if !self.accepts(paper, identity, new) => {}
                Some(paper) if self.is_namesake(paper, identity.scheme(), new)? => {
                    vacant.extend(by_author.filter(|_| apart.is_none()));
                }
                Some(paper) => found.push(paper),
            }
        }
        Ok((found, vacant))
    }

    /// The work that an entry of no file of the library describes, if it is a known one.
    pub(super) fn find_work(&self, entry: &Parsed) -> Result<Option<PaperId>, StoreError> {
        let (found, _) = self.look_up(entry)?;
        let described = found.iter().find(|paper| self.has_entries(**paper));
        Ok(described.or(found.first()).copied())
    }

    /// Does an entry of the library describe this work?
    pub(super) fn has_entries(&self, paper: PaperId) -> bool {
        self.known(paper).is_some_and(|known| known.entries > 0)
    }

    /// Makes a work for an entry that describes none that is known. `now` is stamped on it.
    pub(super) fn make(&mut self, entry: &Parsed, now: i64) -> Result<PaperId, StoreError> {
        let (_, vacant) = self.look_up(entry)?;
        let paper = self.writer.insert_paper(now)?;
        self.papers.insert(paper, KnownPaper::default());
        for identity in &vacant {
            self.lead(identity, paper);
        }
        Ok(paper)
    }

    /// An entry of the file describes this work.
    pub(super) fn describe(&mut self, entry: &Parsed, paper: PaperId) {
        self.described.entry(paper).or_default().extend(words(entry).cloned());
    }

    /// Does another entry of the file describe this work, and say itself that it is not this
    /// entry's? So two works part that an earlier version of the program took for one.
    fn is_taken_by_sibling(&self, paper: PaperId, new: &Parsed) -> bool {
        let described = self.described.get(&paper).map(Vec::as_slice).unwrap_or_default();
        words(new).any(|own| described.iter().any(|other| other.is_sibling(own)))
    }

    /// Is a work to which title and year led that of other authors?
    fn is_namesake(
        &self,
        paper: PaperId,
        scheme: Scheme,
        new: &Parsed,
    ) -> Result<bool, StoreError> {
        let described = self.known(paper).is_some_and(|known| known.entries > 0);
        if scheme != Scheme::Words || !described {
            return Ok(false);
        }
        Ok(has_other_authors(&self.writer.authors_of(paper)?, new))
    }

    /// Can an entry describe the work that one of its identities led to? Not if the work's entries
    /// have clearly another title: then the identifier is a copied one, or that of a whole volume.
    /// Nor if they have another DOI or arXiv id, or the work was known by another one: two works may
    /// share a title, and two versions with a DOI each an arXiv id.
    fn accepts(&self, paper: PaperId, identity: &Identity, new: &Parsed) -> bool {
        let Some(known) = self.known(paper) else {
            return false;
        };
        let other_title = known.entries > 0 && is_other_work(&known.title, &new.title);
        let stronger = new.identities.iter().take_while(|stronger| *stronger != identity);
        let known_by_another = stronger
            .filter_map(|stronger| Some((stronger, strong(stronger.scheme())?)))
            .find(|(_, scheme)| self.with[*scheme].contains(&paper))
            .is_some_and(|(stronger, _)| self.find(stronger) != Some(paper));
        // An arXiv id may differ where the DOI led here.
        let identified_otherwise = match (&known.doi, identity.scheme()) {
            (None, Scheme::Doi) => false,
            _ => is_identified_otherwise(known, new),
        };
        !other_title && !known_by_another && !identified_otherwise
    }

    /// Makes one work of two, the older one, unless they have or had different DOIs or arXiv ids;
    /// then the first is the one that is meant.
    fn join(&mut self, first: PaperId, other: PaperId) -> Result<PaperId, StoreError> {
        let (first, other) = (self.current(first), self.current(other));
        if first == other
            || self.with.iter().any(|with| with.contains(&first) && with.contains(&other))
            || [first, other]
                .iter()
                .all(|&paper| self.known(paper).is_some_and(|k| k.doi.is_some()))
        {
            return Ok(first);
        }
        let (keep, gone) = (first.min(other), first.max(other));
        self.writer.join_papers(keep, gone)?;
        self.joined.insert(gone, keep);
        for with in &mut self.with {
            if with.remove(&gone) {
                with.insert(keep);
            }
        }
        if let Some(gone) = self.papers.remove(&gone)
            && let Some(known) = self.papers.get_mut(&keep)
        {
            if known.entries == 0 || known.title.is_empty() {
                known.title = gone.title;
            }
            known.entries += gone.entries;
            known.doi = known.doi.take().or(gone.doi);
            known.arxiv = known.arxiv.take().or(gone.arxiv);
        }
        Ok(keep)
    }

    /// From now on, an identity leads to this work.
    fn lead(&mut self, identity: &Identity, paper: PaperId) {
        if let Some(scheme) = strong(identity.scheme()) {
            self.with[scheme].insert(paper);
        }
        self.identities.insert(identity.clone(), Lead { paper, changed: true });
    }

    /// Once all entries of a file are in the store: an identity of one of them that leads to
    /// another work leads to the entry's own if that other work lost it meanwhile. If not, the
    /// entry was kept apart, which is said.
    pub(super) fn settle(
        &mut self,
        new: &Parsed,
        paper: PaperId,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut apart = None;
        for identity in &new.identities {
            let Some(other) = self.find(identity).filter(|&other| other != paper) else {
                continue;
            };
            // It has a name of its own, and the other may come back.
            let own = by_author(identity, new).and_then(|identity| self.find(&identity));
            if own == Some(paper) {
                continue;
            }
            let Some(known) = self.known(other) else {
                continue;
            };
            let other_title = is_other_work(&known.title, &new.title);
            let (what, lost) = match identity.scheme() {
                Scheme::Doi => ("DOI", !has(known.doi.as_ref(), new.doi.as_deref())),
                Scheme::Arxiv => ("arXiv id", !has(known.arxiv.as_ref(), new.arxiv.as_deref())),
                Scheme::Words => ("title", known.entries == 0 || other_title),
            };
            if lost {
                self.lead(identity, paper);
            } else if identity.scheme() != Scheme::Words && !known.title.is_empty() {
                let but = if other_title { "title" } else { "DOI" };
                apart.get_or_insert_with(|| {
                    format!(
                        "same {what} as “{}” but another {but}: kept as a paper of its own",
                        shown(&known.title)
                    )
                });
            }
        }
        diagnostics.extend(apart.map(|message| Diagnostic {
            line: new.line,
            column: new.column,
            severity: Severity::Warning,
            key: Some(new.key.clone()),
            message,
        }));
    }

    /// Writes where identities lead now.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        // In the order of the table, which is several times as fast as any other.
        let mut led: Vec<(&Identity, PaperId)> = self
            .identities
            .iter()
            .filter(|(_, lead)| lead.changed || self.joined.contains_key(&lead.paper))
            .map(|(identity, lead)| (identity, self.current(lead.paper)))
            .collect();
        led.sort_unstable();
        for (identity, paper) in led {
            self.writer.set_identity(identity, paper)?;
        }
        Ok(())
    }
}

/// What an entry says of its work in words: title and year.
fn words(entry: &Parsed) -> impl Iterator<Item = &Identity> {
    entry.identities.iter().filter(|identity| identity.scheme() == Scheme::Words)
}

/// Is it a mark of its title, or its volume, that tells what an entry was or is from works of
/// otherwise the same title? Then a work that is found for it is not the one that it was.
fn is_told_apart(old: &StoredEntry, new: &Parsed) -> bool {
    words(new).any(Identity::is_told_apart) || title_key(&old.title) != fold(&old.title)
}

/// How title and year, together with the author, tell a work from its namesakes.
fn by_author(identity: &Identity, entry: &Parsed) -> Option<Identity> {
    let author = entry.authors.first().filter(|_| identity.scheme() == Scheme::Words)?;
    Some(identity.by_author(&author.family))
}

/// Do the entries of a work have another DOI than this one, or where one is missing another arXiv
/// id?
fn is_identified_otherwise(known: &KnownPaper, new: &Parsed) -> bool {
    match (&known.doi, &new.doi) {
        (Some(known), Some(new)) => known.value != *new,
        _ => known.arxiv.as_ref().zip(new.arxiv.as_ref()).is_some_and(|(k, n)| k.value != *n),
    }
}

fn has(identifier: Option<&Identifier>, value: Option<&str>) -> bool {
    identifier.map(|identifier| identifier.value.as_str()) == value
}

/// An entry with this DOI or arXiv id joined a work.
fn gain(identifier: &mut Option<Identifier>, value: Option<&str>) {
    match (identifier, value) {
        (Some(known), Some(value)) if known.value == value => known.entries += 1,
        (none @ None, Some(value)) => {
            *none = Some(Identifier { value: value.to_owned(), entries: 1 });
        }
        _ => {}
    }
}

/// An entry with this DOI or arXiv id left a work.
fn lose(identifier: &mut Option<Identifier>, value: Option<&str>) {
    if let Some(known) = identifier
        && value == Some(&known.value)
    {
        known.entries = known.entries.saturating_sub(1);
        if known.entries == 0 {
            *identifier = None;
        }
    }
}
