//! Whether two papers may be versions of one work.
//!
//! The titles must be the same but for a spelling, small words or a subtitle, never for a number:
//! the second part and next year's task are other works. The authors must be the same in the main,
//! the years close, and abstracts, where both have one, not strangers.

use std::collections::{HashMap, HashSet};

use strsim::osa_distance;

use crate::library::names::families;
use crate::library::paper::{Paper, fold};

/// Years that may lie between two versions.
const YEARS: i32 = 2;

/// Words of a title that are looked at; what is longer must be the same beyond.
const LONGEST: usize = 40;

/// Words on each side that may differ.
const MOST_WORDS: usize = 3;

/// Letters that may differ in all.
const MOST_LETTERS: usize = 3;

/// So many times as often as its misspelling a word occurs.
const FAR_MORE_USUAL: u32 = 100;

/// Least part of the words of two abstracts that they share if their titles differ.
const ABSTRACTS_SHARE: f32 = 0.3;

/// Words that come and go between versions of a title.
const SMALL: &[&str] = &[
    "a",
    "an",
    "the",
    "of",
    "for",
    "on",
    "in",
    "and",
    "with",
    "to",
    "towards",
    "toward",
    "via",
    "using",
    "by",
    "from",
    "s",
    "at",
    "as",
    "is",
    "are",
    "extended",
    "version",
    "abstract",
    "preprint",
    "poster",
    "demo",
    "paper",
    "full",
    "short",
    "technical",
    "report",
    "der",
    "die",
    "das",
    "le",
    "la",
    "les",
];

/// Numbers in Latin letters.
const ROMAN: &[&str] = &["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];

/// Numbers written as words.
const SPELLED: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "first", "second", "third", "fourth",
    "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];

/// What a subtitle begins with that only numbers the work.
const PARTS: &[&str] = &["part", "volume", "vol", "chapter", "book", "section"];

/// How two titles are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same, but for spaces and punctuation.
    Title,
    /// But for so many letters.
    Letters(usize),
    /// But for small words.
    Words,
    /// But for the subtitle of one.
    Subtitle,
}

/// A title prepared for comparison.
#[derive(Debug)]
pub(super) struct Title {
    /// Folded.
    text: String,
    /// How many of its words stand before a subtitle, if it has one.
    head: Option<usize>,
    /// Folded family name of the first author.
    first_author: Option<String>,
    telling: bool,
}

impl Title {
    pub(super) fn new(paper: &Paper) -> Self {
        let text = fold(&paper.title);
        let head = paper.title.find([':', '?', '–', '—', '(']).map(|at| fold(&paper.title[..at]));
        let words = |text: &str| text.split(' ').count();
        let head = head.filter(|head| words(head) >= 3 && head.len() < text.len());
        let is_volume =
            matches!(paper.kind.as_str(), "proceedings" | "mvproceedings" | "periodical")
                || text.starts_with("proceedings ");
        let author = paper.authors.first().filter(|name| !name.is_others());
        Self {
            head: head.map(|head| words(&head)),
            first_author: author.map(|name| fold(&name.family)).filter(|name| !name.is_empty()),
            telling: !is_volume && words(&text) >= 3,
            text,
        }
    }

    /// Can it tell a work from others?
    pub(super) fn is_telling(&self) -> bool {
        self.telling
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ')
    }

    /// How many words stand before the subtitle.
    pub(super) fn head(&self) -> Option<usize> {
        self.head
    }

    pub(super) fn first_author(&self) -> Option<&str> {
        self.first_author.as_deref()
    }
}

/// In how many titles each word stands.
#[derive(Debug)]
pub(super) struct Frequencies<'t>(HashMap<&'t str, u32>);

impl<'t> Frequencies<'t> {
    pub(super) fn of(titles: &'t [Title]) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for title in titles {
            let mut words: Vec<&str> = title.words().collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *counts.entry(word).or_default() += 1;
            }
        }
        Self(counts)
    }

    pub(super) fn get(&self, word: &str) -> u32 {
        self.0.get(word).copied().unwrap_or_default()
    }
}

/// How two papers are alike, if they may be versions of one work.
pub(super) fn compare(
    (a, a_title): (&Paper, &Title),
    (b, b_title): (&Paper, &Title),
    frequencies: &Frequencies<'_>,
) -> Option<Likeness> {
    let years = a.year().zip(b.year()).map_or(0, |(a, b)| a.abs_diff(b));
    if years > YEARS.unsigned_abs() {
        return None;
    }
    let likeness = titles(a_title, b_title, frequencies)?;
    let same_title = likeness == Likeness::Title;
    let authors = match shared_authors(a, b) {
        // Who wrote them is not said: then the title must say it all.
        None => same_title && years <= 1 && a_title.words().count() >= 5,
        Some(shared) => shared >= 0.5,
    };
    (authors && (same_title || !are_strangers(&a.abstract_text, &b.abstract_text)))
        .then_some(likeness)
}

/// How two titles are alike.
fn titles(a: &Title, b: &Title, frequencies: &Frequencies<'_>) -> Option<Likeness> {
    if a.text == b.text {
        return Some(Likeness::Title);
    }
    if let (Some(head), None) | (None, Some(head)) = (a.head, b.head) {
        let (long, short) = if a.head.is_some() { (a, b) } else { (b, a) };
        if long.words().take(head).eq(short.words()) {
            let mut subtitle = long.words().skip(head).peekable();
            let is_part = subtitle.peek().is_some_and(|word| PARTS.contains(word));
            return (!is_part && !subtitle.any(is_numeral)).then_some(Likeness::Subtitle);
        }
    }
    let [a, b] = [a, b].map(|title| title.words().collect::<Vec<_>>());
    let (a, b) = differing(&a, &b)?;
    if a.iter().chain(&b).any(|word| is_numeral(word) || SPELLED.contains(word)) {
        return None;
    }
    if a.concat() == b.concat() {
        return Some(Likeness::Title);
    }
    if a.iter().chain(&b).all(|word| SMALL.contains(word)) {
        return Some(Likeness::Words);
    }
    if a.len() != b.len() {
        // A word that was split, and misspelt besides, is too far off.
        return None;
    }
    let mut letters = 0;
    for (a, b) in a.iter().zip(&b) {
        letters += misspelt(a, b, frequencies)?;
    }
    (letters <= MOST_LETTERS).then_some(Likeness::Letters(letters))
}

fn is_numeral(word: &str) -> bool {
    word.contains(|c: char| c.is_numeric()) || ROMAN.contains(&word)
}

/// The words of each that the other has not, in order, if they are few: what is left beside a
/// longest common subsequence.
fn differing<'t>(a: &[&'t str], b: &[&'t str]) -> Option<(Vec<&'t str>, Vec<&'t str>)> {
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) > MOST_WORDS {
        return None;
    }
    // common[i][j]: length of the longest common subsequence of a[i..] and b[j..].
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    if a.len().max(b.len()) - common[0][0] > MOST_WORDS {
        return None;
    }
    let (mut i, mut j) = (0, 0);
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            only_a.push(a[i]);
            i += 1;
        } else {
            only_b.push(b[j]);
            j += 1;
        }
    }
    Some((only_a, only_b))
}

/// By how many letters one word is another one misspelt. A misspelt word stands in no other title,
/// or in few for the right one; two words that both occur are two words (`supervised`,
/// `unsupervised`), but for a plural.
fn misspelt(a: &str, b: &str, frequencies: &Frequencies<'_>) -> Option<usize> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if matches!(long.strip_prefix(short), Some("s" | "es")) {
        return Some(long.len() - short.len());
    }
    let letters = long.chars().count();
    let (rare, usual) = {
        let counts = [a, b].map(|word| frequencies.get(word));
        (counts[0].min(counts[1]), counts[0].max(counts[1]))
    };
    let occurs = rare > 1 && usual < FAR_MORE_USUAL * rare;
    if occurs || letters > LONGEST || (letters > 5 && long.ends_with(short)) {
        return None;
    }
    let most = match letters {
        ..4 => usize::from(SMALL.contains(&short) || SMALL.contains(&long)),
        4..9 => 1,
        _ => 2,
    };
    Some(osa_distance(a, b)).filter(|distance| *distance <= most)
}

/// What part of the shorter author list the longer has too, by family name; none where one of them
/// is empty.
fn shared_authors(a: &Paper, b: &Paper) -> Option<f32> {
    let (a, b) = (families(&a.authors), families(&b.authors));
    let least = a.len().min(b.len());
    (least > 0).then(|| a.intersection(&b).count() as f32 / least as f32)
}

/// Have two papers the same first author, as far as names tell?
pub(super) fn same_first_author(a: &Paper, b: &Paper) -> bool {
    let first = |paper: &Paper| paper.authors.first().map(|name| fold(&name.family));
    first(a).is_some_and(|family| !family.is_empty() && Some(family) == first(b))
}

/// Have two abstracts hardly a word in common? Where one is missing, nobody knows.
fn are_strangers(a: &str, b: &str) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let (a, b) = (fold(a), fold(b));
    let words = |text| -> HashSet<&str> { str::split(text, ' ').collect() };
    let (a, b) = (words(&a), words(&b));
    let shared = a.intersection(&b).count() as f32;
    shared < ABSTRACTS_SHARE * a.union(&b).count() as f32
}
