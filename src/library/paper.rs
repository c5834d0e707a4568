//! A paper, what makes it the same paper tomorrow, and the immutable view of a whole library.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::date::Date;
use super::extras::Extras;
use super::names::Name;

/// SHA-256 of the text that a paper is embedded from; see [`Paper::text_hash`].
pub type TextHash = [u8; 32];

/// The row of a paper in the store: stable for as long as any [`Identity`] leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaperId(pub i64);

/// Words from which on a title says by itself which work it is; `Editorial` and `Introduction`
/// do not.
const SPECIFIC_WORDS: usize = 3;

/// Does a [folded](fold) title say by itself which work it is?
#[must_use]
pub fn is_specific(folded_title: &str) -> bool {
    folded_title.split(' ').nth(SPECIFIC_WORDS - 1).is_some()
}

/// One name under which a work is known: its DOI, its arXiv id, or its normalised title with the
/// year. An entry is found under any of its identities, and a work keeps all that ever led to it,
/// so marks and vectors stay when a key is renamed or a DOI is added.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(String);

/// What an [`Identity`] rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A DOI: two different ones are two works.
    Doi,
    /// An arXiv id: two different ones are two works, unless their DOI is the same.
    Arxiv,
    /// The title and year, or for want of a title the cite key.
    Words,
}

impl Identity {
    /// All identities of an entry, the strongest first. `volume` is that of a book with several. `by`
    /// is the first author's family name, else the venue; it tells short titles apart. `key` serves
    /// where an entry has neither identifier nor title.
    #[must_use]
    pub fn all(
        doi: Option<&str>,
        arxiv: Option<&str>,
        title: &str,
        year: Option<i32>,
        volume: Option<&str>,
        by: &str,
        key: &str,
    ) -> Vec<Self> {
        let mut all = Vec::with_capacity(3);
        all.extend(doi.map(|doi| Self(format!("doi:{doi}"))));
        all.extend(arxiv.map(|arxiv| Self(format!("arxiv:{arxiv}"))));
        let (folded, title) = (fold(title), title_key(title));
        if !title.is_empty() {
            let year = year.map_or_else(String::new, |year| year.to_string());
            let specific = is_specific(&folded);
            let mut words = format!("title:{title}:{year}");
            if !specific {
                words.push(':');
                words.push_str(&fold(by));
            }
            if let Some(volume) = volume.map(fold).filter(|volume| !volume.is_empty()) {
                words.push_str(VOLUME);
                words.push_str(&volume);
            }
            all.push(Self(words));
        } else if all.is_empty() {
            all.push(Self(format!("key:{key}")));
        }
        all
    }

    /// The identity under which a work is found if its title and year are those of another one with
    /// other authors.
    #[must_use]
    pub fn by_author(&self, family: &str) -> Self {
        Self(format!("{}:author={}", self.0, fold(family)))
    }

    /// Do two titles and years differ only in what tells works of otherwise the same title apart:
    /// a mark behind a letter, or the volume?
    #[must_use]
    pub fn is_sibling(&self, other: &Self) -> bool {
        self != other && self.scheme() == Scheme::Words && self.plain() == other.plain()
    }

    /// Is there such a mark or volume?
    #[must_use]
    pub fn is_told_apart(&self) -> bool {
        self.scheme() == Scheme::Words && self.plain() != self.0
    }

    /// The identity without marks and volume.
    fn plain(&self) -> String {
        self.0.split(VOLUME).next().unwrap_or_default().replace(MARKS, "")
    }

    /// An identity as it was [stored](Self::as_str).
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The identity as stored: `doi`, `arxiv`, `title` or `key`, a colon, the value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the identity rests on.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.0.split_once(':') {
            Some(("doi", _)) => Scheme::Doi,
            Some(("arxiv", _)) => Scheme::Arxiv,
            _ => Scheme::Words,
        }
    }
}

/// Signs that are part of a name if they end a word: `C++`, `C#`, `A*`.
const MARKS: [char; 3] = ['+', '#', '*'];

/// What stands before the volume in an [`Identity`].
const VOLUME: &str = ":volume=";

/// The title as it identifies a work: [folded](fold), but with the [marks](MARKS) behind a word's
/// last letter, since `Programming in C++` is not `Programming in C`.
#[must_use]
pub fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(at) = rest.find(MARKS) {
        let (before, from) = rest.split_at(at);
        let length = from.find(|c| !MARKS.contains(&c)).unwrap_or(from.len());
        let (marks, behind) = from.split_at(length);
        fold_into(&mut key, before);
        let ends_a_word =
            before.ends_with(char::is_alphabetic) && !behind.starts_with(char::is_alphabetic);
        if ends_a_word {
            key.push_str(marks);
        }
        rest = behind;
    }
    fold_into(&mut key, rest);
    key
}

/// Letters and digits only, lower case, without accents and strokes, single spaces: how titles are
/// compared and how the user's filter words are matched.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// Appends [`fold`] of a text, set apart from what is there.
pub fn fold_into(folded: &mut String, text: &str) {
    let mut gap = true;
    let mut part = |part: Option<char>| match part {
        Some(c) => {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push(c);
        }
        None => gap = true,
    };
    if text.is_ascii() {
        for byte in text.bytes() {
            part(byte.is_ascii_alphanumeric().then(|| byte.to_ascii_lowercase().into()));
        }
    } else {
        for c in text.nfkd().filter(|&c| !is_combining_mark(c)) {
            if c.is_alphanumeric() {
                for c in c.to_lowercase() {
                    match plain_letters(c) {
                        Some(letters) => letters.chars().for_each(|c| part(Some(c))),
                        None => part(Some(c)),
                    }
                }
            } else {
                part(None);
            }
        }
    }
}

/// The plain letters for a lower-case one that Unicode does not decompose.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'þ' => "th",
        _ => return None,
    })
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The `.bib` file, absolute.
    pub path: Arc<PathBuf>,
    /// Line of the entry's `@`, from 1.
    pub line: u32,
}

/// A work as its `.bib` entry describes it: plain Unicode, LaTeX and braces gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Row in the store.
    pub id: PaperId,
    /// Cite key.
    pub key: String,
    /// Further cite keys of the same work: of its entries in this file or another, and those that
    /// an entry lists in `ids`.
    pub other_keys: Vec<String>,
    /// Entry type, lower case: `article`, `inproceedings`, …
    pub kind: String,
    /// Title; empty where the entry has none.
    pub title: String,
    /// Authors in order; editors where there are no authors.
    pub authors: Vec<Name>,
    /// When it appeared.
    pub date: Option<Date>,
    /// Journal, proceedings, book, school or publisher: where it appeared.
    pub venue: String,
    /// Abstract; empty where the entry has none.
    pub abstract_text: String,
    /// Keywords in order.
    pub keywords: Vec<String>,
    /// DOI without resolver, lower case.
    pub doi: Option<String>,
    /// arXiv id without version.
    pub arxiv: Option<String>,
    /// URL as written.
    pub url: Option<String>,
    /// `file` field as written.
    pub file: Option<String>,
    /// What other programs keep in the entry.
    pub extras: Extras,
    /// Where the entry stands.
    pub source: Source,
    /// Did the file vanish, or lose the entry because it is empty or cut short? The paper is kept
    /// until the file is whole again or the user lets it go.
    pub missing: bool,
    /// When the paper came into the library, seconds since 1970.
    pub added: i64,
    /// SHA-256 of title and abstract.
    pub text_hash: TextHash,
}

impl Paper {
    /// SHA-256 over the title, a zero byte and the abstract: all that an embedding depends on
    /// besides the model. Vectors are stored under it, so a paper whose text did not change is
    /// never embedded again, whatever else did.
    #[must_use]
    pub fn text_hash(title: &str, abstract_text: &str) -> TextHash {
        let mut hasher = Sha256::new();
        hasher.update(title.as_bytes());
        hasher.update([0]);
        hasher.update(abstract_text.as_bytes());
        hasher.finalize().into()
    }

    /// Year of publication.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        self.date.as_ref().map(Date::year)
    }

    /// First author's family name, and what stands for the others: `Devlin`, `Devlin & Chang`,
    /// `Devlin et al.`; empty without authors.
    #[must_use]
    pub fn short_authors(&self) -> String {
        match self.authors.as_slice() {
            [] => String::new(),
            [one] => one.family_with_particle(),
            [one, two] if !two.is_others() => {
                format!("{} & {}", one.family_with_particle(), two.family_with_particle())
            }
            [one, ..] => format!("{} et al.", one.family_with_particle()),
        }
    }

    /// Is there nothing but a title to embed?
    #[must_use]
    pub fn title_only(&self) -> bool {
        self.abstract_text.is_empty()
    }
}

/// All papers of a library in one order, immutable. An index into [`Snapshot::papers`] is what
/// similarity and screen speak of; it is valid for this snapshot only.
#[derive(Debug, Default)]
pub struct Snapshot {
    papers: Vec<Paper>,
    by_key: HashMap<String, usize>,
    by_id: HashMap<PaperId, usize>,
}

impl Snapshot {
    /// A snapshot of papers in the order given.
    #[must_use]
    pub fn new(papers: Vec<Paper>) -> Self {
        let mut by_key = HashMap::with_capacity(papers.len());
        let mut by_id = HashMap::with_capacity(papers.len());
        for (index, paper) in papers.iter().enumerate() {
            by_id.insert(paper.id, index);
            by_key.entry(paper.key.clone()).or_insert(index);
        }
        // A key that is another paper's first name stays that paper's.
        for (index, paper) in papers.iter().enumerate() {
            for key in &paper.other_keys {
                by_key.entry(key.clone()).or_insert(index);
            }
        }
        Self { papers, by_key, by_id }
    }

    /// The papers, in order.
    #[must_use]
    pub fn papers(&self) -> &[Paper] {
        &self.papers
    }

    /// Number of papers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.papers.len()
    }

    /// Is the library empty?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    /// Index of the paper with this cite key (any of its keys).
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// Index of the paper with this id.
    #[must_use]
    pub fn by_id(&self, id: PaperId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_leaves_words() {
        assert_eq!(fold("The {RNA}-World: a Study"), "the rna world a study");
        assert_eq!(fold("  Erdős–Rényi, ÆON "), "erdos renyi aeon");
        assert_eq!(fold("e\u{301}tude ﬁne 深層"), "etude fine 深層");
        let mut both = fold("one");
        fold_into(&mut both, "Two");
        assert_eq!(both, "one two");
    }

    #[test]
    fn folding_leaves_plain_letters() {
        assert_eq!(fold("Søren Łukasz Đorđe Straße"), "soren lukasz dorde strasse");
        assert_eq!(fold("Œuvre, ısı, Ðorn Þór, ǿ"), "oeuvre isi dorn thor o");
    }

    #[test]
    fn marks_behind_a_word_are_part_of_a_title() {
        let keys =
            ["C", "C++", "C#", "C++11", "A* Search", "a+b", "1 + 1 = 2*", "**N**ew", "Élan+"];
        assert_eq!(
            keys.map(title_key),
            ["c", "c++", "c#", "c++ 11", "a* search", "a b", "1 1 2", "n ew", "elan+"]
        );
    }

    #[test]
    fn an_entry_has_every_identity_that_it_can() {
        let all = |doi, arxiv, title, year, by| -> Vec<String> {
            Identity::all(doi, arxiv, title, year, None, by, "key")
                .into_iter()
                .map(|i| i.0)
                .collect()
        };
        let year = Some(2001);
        assert_eq!(
            all(Some("10.1/x"), Some("1801.00001"), "A {T}itle!", year, "Ada"),
            ["doi:10.1/x", "arxiv:1801.00001", "title:a t itle:2001"]
        );
        // A short title takes the author along.
        assert_eq!(all(None, None, "Editorial", year, "Łoś"), ["title:editorial:2001:los"]);
        assert_eq!(all(None, None, "Waves", None, ""), ["title:waves::"]);
        assert_eq!(all(None, None, "…", year, "Ada"), ["key:key"]);
        assert_eq!(all(Some("10.1/x"), None, "", year, "Ada"), ["doi:10.1/x"]);
        let volume = |volume| Identity::all(None, None, "T", year, volume, "A", "key").remove(0);
        assert_eq!(volume(Some("{III}")).as_str(), "title:t:2001:a:volume=iii");
        assert!(volume(Some("1")).is_sibling(&volume(Some("2"))));
        assert!(volume(Some("1")).is_sibling(&volume(None)));
        assert!(!volume(None).is_sibling(&volume(Some(" "))));
        assert_eq!(Identity("arxiv:1801.00001".into()).scheme(), Scheme::Arxiv);
        assert_eq!(Identity("title:doi:".into()).scheme(), Scheme::Words);
    }
}
