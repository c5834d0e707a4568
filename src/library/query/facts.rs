//! What a query can ask of a paper.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::{Edge, Field, Needle, Part, Quality, Query};
use crate::library::marks::{Mark, Marks};
use crate::library::paper::{Paper, fold, fold_into};

/// Papers that one thread folds at a time.
const CHUNK: usize = 512;

/// Parts of a paper that plain words look at, in the order in which they are kept. Of the years
/// nothing but words asks here.
#[derive(Debug, Clone, Copy)]
enum Section {
    Title,
    Key,
    Venue,
    Author,
    Tag,
    Year,
}

const SECTIONS: usize = Section::Year as usize + 1;

/// The folded texts of a snapshot's papers, made once so that many queries can be asked.
///
/// All stand in one text, in the order of the papers, each part ended by a line feed, which no
/// words of a query go across.
#[derive(Debug, Default)]
pub struct Folded {
    sections: Texts,
    /// Made when a query asks for them first: they are most of a library's text.
    abstracts: OnceLock<Texts>,
}

/// Texts one after another.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    /// Where each of them ends; the next one begins there.
    ends: Vec<usize>,
}

impl Texts {
    /// The texts that `write` adds for each paper, in order.
    fn of(papers: &[Paper], write: impl Fn(&mut Texts, &Paper) + Sync) -> Self {
        let chunks: Vec<Texts> = papers
            .par_chunks(CHUNK)
            .map(|papers| {
                let mut texts = Texts::default();
                for paper in papers {
                    write(&mut texts, paper);
                }
                texts
            })
            .collect();
        let mut all = Texts {
            text: String::with_capacity(chunks.iter().map(|chunk| chunk.text.len()).sum()),
            ends: Vec::with_capacity(chunks.iter().map(|chunk| chunk.ends.len()).sum()),
        };
        for chunk in chunks {
            let before = all.text.len();
            all.text.push_str(&chunk.text);
            all.ends.extend(chunk.ends.iter().map(|end| before + end));
        }
        all
    }

    /// Adds a part to the text that is being written, made of words of several strings.
    fn part<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        words.into_iter().for_each(|words| fold_into(&mut self.text, words));
        self.text.push('\n');
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// The texts from one to another, not included.
    fn get(&self, from: usize, to: usize) -> &str {
        let end = |before: usize| before.checked_sub(1).map_or(0, |text| self.ends[text]);
        &self.text[end(from)..end(to)]
    }
}

impl Folded {
    /// Folds what plain words look at.
    #[must_use]
    pub fn new(papers: &[Paper]) -> Self {
        let sections = Texts::of(papers, |texts, paper| {
            // In the order of `Section`.
            texts.part([paper.title.as_str()]);
            texts.end();
            for key in std::iter::once(&paper.key).chain(&paper.other_keys) {
                texts.part([key.as_str()]);
            }
            texts.end();
            texts.part([paper.venue.as_str()]);
            texts.end();
            for name in &paper.authors {
                // The given names once more, for those who write them behind the family name.
                let names = [&name.given, &name.particle, &name.family, &name.suffix, &name.given];
                texts.part(names.map(String::as_str));
            }
            texts.end();
            let own = paper.extras.tags.iter().chain(&paper.extras.groups);
            for tag in paper.keywords.iter().chain(own) {
                texts.part([tag.as_str()]);
            }
            texts.end();
            texts.part([paper.year().map_or_else(String::new, |year| year.to_string()).as_str()]);
            texts.end();
        });
        Self { sections, abstracts: OnceLock::new() }
    }

    /// The folded title of a paper.
    #[must_use]
    pub fn title(&self, paper: usize) -> &str {
        self.section(paper, Section::Title).trim_end_matches('\n')
    }

    /// Its folded venue.
    #[must_use]
    pub fn venue(&self, paper: usize) -> &str {
        self.section(paper, Section::Venue).trim_end_matches('\n')
    }

    /// Its folded cite key, and the others after it.
    #[must_use]
    pub fn key(&self, paper: usize) -> &str {
        self.section(paper, Section::Key).trim_end_matches('\n')
    }

    /// Has all been folded that the query asks for?
    #[must_use]
    pub fn is_ready(&self, query: &Query) -> bool {
        !query.needs_abstracts() || self.abstracts.get().is_some()
    }

    /// Folds what the query asks for, where that was not done yet: for a large library longer than a
    /// key press may take. The papers are those that the other texts were folded from.
    pub fn prepare(&self, papers: &[Paper], query: &Query) {
        if query.needs_abstracts() {
            self.abstracts.get_or_init(|| {
                Texts::of(papers, |texts, paper| {
                    texts.part([paper.abstract_text.as_str()]);
                    texts.end();
                })
            });
        }
    }

    /// Which of the papers match, `[papers]`. They are those that the texts were folded from.
    #[must_use]
    pub fn select(&self, papers: &[Paper], query: &Query, known: &Known<'_>) -> Vec<bool> {
        self.prepare(papers, query);
        // On this thread, which may be the one that keys wait for: those that all share may be busy for
        // a fifth of a second.
        (papers.iter().enumerate())
            .map(|(index, paper)| query.matches(&Facts { folded: self, index, paper, known }))
            .collect()
    }

    fn section(&self, paper: usize, section: Section) -> &str {
        let at = paper * SECTIONS + section as usize;
        self.sections.get(at, at + 1)
    }
}

/// What is known of the papers besides their entries.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// The user's marks; without them every paper is unread.
    pub marks: Option<&'a Marks>,
    /// Has the paper of this index a vector? Without this none has.
    pub has_vector: Option<&'a (dyn Fn(usize) -> bool + Sync)>,
    /// What the clusters that each paper is in are called, [folded](fold); where this is empty, they are
    /// in none.
    pub clusters: &'a [[&'a str; 2]],
}

/// One paper, to be asked by a [`Query`].
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    folded: &'a Folded,
    index: usize,
    paper: &'a Paper,
    known: &'a Known<'a>,
}

impl<'a> Facts<'a> {
    /// The paper of this index, of those that the texts were folded from.
    #[must_use]
    pub fn new(
        folded: &'a Folded,
        papers: &'a [Paper],
        index: usize,
        known: &'a Known<'a>,
    ) -> Self {
        Self { folded, index, paper: &papers[index], known }
    }

    fn mark(&self) -> Option<&Mark> {
        self.known.marks?.get(self.paper.id)
    }

    pub(super) fn year(&self) -> Option<i32> {
        self.paper.year()
    }

    /// Are these letters in a field, or in any that plain words look at?
    pub(super) fn contain(&self, field: Option<Field>, needle: &Needle) -> bool {
        let section = |section| needle.is_in(self.folded.section(self.index, section));
        let folded = |text: Option<&String>| text.is_some_and(|text| needle.is_in(&fold(text)));
        match field {
            None => {
                let first = self.index * SECTIONS;
                needle.is_in(self.folded.sections.get(first, first + SECTIONS))
                    || self.is_own_tag(needle)
            }
            Some(Field::Title) => section(Section::Title),
            Some(Field::Key) => section(Section::Key),
            Some(Field::Venue) => section(Section::Venue),
            Some(Field::Author) => section(Section::Author),
            Some(Field::Tag) => section(Section::Tag) || self.is_own_tag(needle),
            Some(Field::Abstract) => match self.folded.abstracts.get() {
                Some(abstracts) => needle.is_in(abstracts.get(self.index, self.index + 1)),
                None => folded(Some(&self.paper.abstract_text)),
            },
            Some(Field::Type) => {
                let kind = fold(&self.paper.kind);
                match needle.end {
                    Edge::Inside => kind.starts_with(needle.letters()),
                    Edge::Word => kind == needle.letters(),
                }
            }
            Some(Field::Doi) => folded(self.paper.doi.as_ref()),
            Some(Field::Arxiv) => folded(self.paper.arxiv.as_ref()),
            Some(Field::List) => {
                self.mark().is_some_and(|mark| mark.lists.iter().any(|list| folded(Some(list))))
            }
            Some(Field::Cluster) => {
                let names = self.known.clusters.get(self.index);
                names.is_some_and(|names| names.iter().any(|name| needle.is_in(name)))
            }
        }
    }

    fn is_own_tag(&self, needle: &Needle) -> bool {
        self.mark().is_some_and(|mark| mark.tags.iter().any(|tag| needle.is_in(&fold(tag))))
    }

    pub(super) fn are(&self, quality: Quality) -> bool {
        let mark = self.mark();
        match quality {
            Quality::Read(state) => mark.map(|mark| mark.state).unwrap_or_default() == state,
            Quality::Starred => mark.is_some_and(|mark| mark.starred),
            Quality::NotForMe => mark.is_some_and(|mark| mark.not_for_me),
            Quality::Liked => mark.is_some_and(Mark::is_liked),
            Quality::Missing => self.paper.missing,
        }
    }

    pub(super) fn have(&self, part: Part) -> bool {
        let (paper, extras, mark) = (self.paper, &self.paper.extras, self.mark());
        match part {
            Part::Abstract => !paper.title_only(),
            Part::Doi => paper.doi.is_some(),
            Part::Arxiv => paper.arxiv.is_some(),
            Part::Url => paper.url.is_some(),
            Part::File => paper.file.is_some() || !extras.files.is_empty(),
            Part::Note => {
                !extras.notes.is_empty() || mark.is_some_and(|mark| !mark.note.is_empty())
            }
            Part::Tag => {
                [&paper.keywords, &extras.tags, &extras.groups].iter().any(|tags| !tags.is_empty())
                    || mark.is_some_and(|mark| !mark.tags.is_empty())
            }
            Part::Vector => self.known.has_vector.is_some_and(|has| has(self.index)),
            Part::Year => paper.year().is_some(),
        }
    }
}
