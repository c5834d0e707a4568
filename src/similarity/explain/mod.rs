//! Why two papers, or a text and a paper, are close.
//!
//! What [`explain`] tells is exact and takes no model: the cosine of the words is the sum of what
//! each shared word adds, and where these words stand is known to the byte. Which sentences match
//! best ([`sentences`]) is asked of the model, and is only approximately what its vectors rest on.

pub mod sentences;
mod split;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::lexical::{Lexical, TopicParts, Weighed};
use super::tokens::for_each_word_at;
use super::vectors::Vectors;
use crate::library::names::Name;
use crate::library::paper::{Paper, fold};

/// One of the two that are compared.
#[derive(Debug, Clone, Copy)]
pub enum Side<'a> {
    /// A paper of the library, by its index.
    Paper(usize),
    /// A text that is no paper's.
    Text(&'a str),
}

/// A part of a paper that has words; a text is all abstract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Its title.
    Title,
    /// Its abstract.
    Abstract,
    /// The keyword of this index.
    Keyword(usize),
}

/// Where something stands: bytes of a part's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In which part.
    pub part: Part,
    /// From which byte to which.
    pub range: Range<usize>,
}

/// A term that both sides have.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedTerm {
    /// It in the singular, folded.
    pub term: String,
    /// What it adds to [`Explanation::words`].
    pub contribution: f32,
    /// Where it stands on the one side, in order.
    pub in_a: Vec<Place>,
    /// Where it stands on the other side.
    pub in_b: Vec<Place>,
}

/// What ties two sides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// Similarity of the vectors, where both have one.
    pub dense: Option<f32>,
    /// Cosine of the words: the sum of the contributions of `terms`.
    pub words: f32,
    /// The shared terms, what adds most first.
    pub terms: Vec<SharedTerm>,
    /// Cosine of the topics and what it is made of.
    pub topics: Option<TopicParts>,
    /// Authors of both, as the second has them.
    pub authors: Vec<String>,
    /// Where both appeared.
    pub venue: Option<String>,
    /// Keywords and tags of both, as the second has them.
    pub keywords: Vec<String>,
}

/// Tells what ties the side `a` to the paper `b`. Everything is of one snapshot.
#[must_use]
pub fn explain(
    papers: &[Paper],
    lexical: &Lexical,
    vectors: Option<&Vectors>,
    a: Side<'_>,
    b: usize,
) -> Explanation {
    let weighed = match a {
        Side::Paper(paper) => lexical.terms_of_paper(paper),
        Side::Text(text) => lexical.weighed(text),
    };
    let of_b = lexical.terms_of_paper(b);
    let (terms, words) = shared(papers, lexical, (a, &weighed), (Side::Paper(b), &of_b));
    let exact = Explanation {
        words,
        terms,
        topics: lexical.topic_parts(&weighed, &of_b),
        ..Explanation::default()
    };
    let Side::Paper(a) = a else {
        return exact;
    };
    let (one, other) = (&papers[a], &papers[b]);
    Explanation {
        dense: vectors.and_then(|vectors| vectors.pair(a, b)),
        authors: authors(one, other),
        venue: (!one.venue.is_empty() && fold(&one.venue) == fold(&other.venue))
            .then(|| other.venue.clone()),
        keywords: keywords(one, other),
        ..exact
    }
}

/// The shared terms, and the sum of their contributions.
fn shared(
    papers: &[Paper],
    lexical: &Lexical,
    a: (Side<'_>, &Weighed<'_>),
    b: (Side<'_>, &Weighed<'_>),
) -> (Vec<SharedTerm>, f32) {
    let products = lexical.products(a.1, b.1);
    let wanted: HashSet<u32> = products.iter().map(|&(term, _)| term).collect();
    let mut in_a = places(papers, lexical, a.0, &wanted);
    let mut in_b = places(papers, lexical, b.0, &wanted);
    let terms = products.iter().map(|&(term, contribution)| SharedTerm {
        term: lexical.term(term).to_owned(),
        contribution,
        in_a: in_a.remove(&term).unwrap_or_default(),
        in_b: in_b.remove(&term).unwrap_or_default(),
    });
    (terms.collect(), products.iter().map(|(_, contribution)| contribution).sum())
}

/// The text of a part of a side.
#[must_use]
pub fn text<'a>(papers: &'a [Paper], side: Side<'a>, part: Part) -> &'a str {
    match (side, part) {
        (Side::Text(text), Part::Abstract) => text,
        (Side::Text(_), _) => "",
        (Side::Paper(paper), Part::Title) => &papers[paper].title,
        (Side::Paper(paper), Part::Abstract) => &papers[paper].abstract_text,
        (Side::Paper(paper), Part::Keyword(at)) => {
            papers[paper].keywords.get(at).map_or("", String::as_str)
        }
    }
}

/// Where the wanted terms stand.
fn places(
    papers: &[Paper],
    lexical: &Lexical,
    side: Side<'_>,
    wanted: &HashSet<u32>,
) -> HashMap<u32, Vec<Place>> {
    let keywords = match side {
        Side::Paper(paper) => papers[paper].keywords.len(),
        Side::Text(_) => 0,
    };
    let parts = [Part::Title, Part::Abstract].into_iter().chain((0..keywords).map(Part::Keyword));
    let mut places: HashMap<u32, Vec<Place>> = HashMap::new();
    for part in parts {
        for_each_word_at(text(papers, side, part), |word, range| {
            if let Some(term) = lexical.term_of(word).filter(|term| wanted.contains(term)) {
                places.entry(term).or_default().push(Place { part, range });
            }
        });
    }
    places
}

/// The authors of both, as the second has them.
fn authors(a: &Paper, b: &Paper) -> Vec<String> {
    let folded: Vec<(String, String)> = a.authors.iter().map(folded_name).collect();
    (b.authors.iter())
        .filter(|name| !name.is_others())
        .filter(|name| {
            let (family, given) = folded_name(name);
            folded.iter().any(|other| other.0 == family && may_be_one(&other.1, &given))
        })
        .map(Name::display)
        .collect()
}

/// Family name and given names, folded.
fn folded_name(name: &Name) -> (String, String) {
    (fold(&name.family_with_particle()), fold(&name.given))
}

/// May two folded lists of given names be one person's? As far as both go each pair must be the same
/// name, or one its initial.
fn may_be_one(a: &str, b: &str) -> bool {
    a.split(' ').zip(b.split(' ')).all(|(a, b)| {
        let is_initial = |name: &str| name.chars().nth(1).is_none();
        a == b || (is_initial(a) && b.starts_with(a)) || (is_initial(b) && a.starts_with(b))
    })
}

/// The keywords and tags of both, each once, as the second has them.
fn keywords(a: &Paper, b: &Paper) -> Vec<String> {
    let all = |paper: &Paper| -> Vec<(String, String)> {
        (paper.keywords.iter().chain(&paper.extras.tags))
            .map(|word| (fold(word), word.clone()))
            .filter(|(folded, _)| !folded.is_empty())
            .collect()
    };
    let mut known: HashSet<String> = all(a).into_iter().map(|(folded, _)| folded).collect();
    all(b).into_iter().filter(|(folded, _)| known.remove(folded)).map(|(_, word)| word).collect()
}
