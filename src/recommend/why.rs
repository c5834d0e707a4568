//! Why a paper is on the list.

use std::fmt::Write as _;

use super::Library;
use super::likes::{Because, Taste};
use super::score::{Scores, strongest};
use crate::library::paper::Paper;

/// Words that are named.
const WORDS: usize = 4;

/// One reason why a paper is on a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It is close to what the user likes.
    Close {
        /// The papers liked that are closest, the closest first.
        likes: Vec<CloseLike>,
        /// Words that it shares with them, the weightiest first.
        shared: Vec<String>,
    },
    /// What the classifier sees in its words.
    Words {
        /// Words of it that speak for it, with their weights, the strongest first.
        for_it: Vec<(String, f32)>,
        /// Words of it that speak against it, with their (negative) weights, the strongest first.
        against_it: Vec<(String, f32)>,
    },
    /// It is of a subject that the user has not touched lately.
    Neglected {
        /// The cluster.
        cluster: usize,
        /// What it is about.
        label: String,
        /// Papers in it.
        papers: usize,
        /// Of these are read.
        read: usize,
    },
    /// Nothing is liked yet, and this paper is central.
    Central {
        /// To this cluster, or to the whole library.
        cluster: Option<usize>,
        /// What the cluster is about.
        label: String,
        /// Papers in it.
        papers: usize,
    },
    /// It is close to either side of a [bridge](super::between).
    Between {
        /// Affinity to the one side and to the other.
        affinity: [f32; 2],
        /// Words that it shares with the one and with the other.
        shared: [Vec<String>; 2],
    },
}

/// A paper liked that is close to one that is recommended.
#[derive(Debug, Clone, PartialEq)]
pub struct CloseLike {
    /// Index into the snapshot.
    pub paper: usize,
    /// Why it counts as liked.
    pub because: Because,
    /// How close the two are, in standard deviations.
    pub affinity: f32,
}

/// Why a paper has its score.
pub(super) fn reasons(
    scores: &Scores,
    library: &Library<'_>,
    taste: &Taste,
    paper: usize,
) -> Vec<Reason> {
    let lexical = library.views.lexical;
    let likes: Vec<CloseLike> = scores
        .nearest_likes(paper)
        .into_iter()
        .filter(|(_, affinity)| *affinity > 0.0)
        .map(|(like, affinity)| CloseLike {
            paper: like.paper,
            because: like.because.clone(),
            affinity,
        })
        .collect();
    let near: Vec<usize> = likes.iter().map(|like| like.paper).collect();
    let shared = shared_words(library, paper, &near);
    let mut reasons = vec![Reason::Close { likes, shared }];
    if !taste.likes.is_empty() {
        let words = scores.words(lexical.terms(paper));
        reasons.push(Reason::Words {
            for_it: strongest(lexical, &words, WORDS, 1.0),
            against_it: strongest(lexical, &words, WORDS, -1.0),
        });
    }
    reasons
}

/// The words that a paper shares with others, the weightiest first.
pub(super) fn shared_words(library: &Library<'_>, paper: usize, others: &[usize]) -> Vec<String> {
    let mut weights: Vec<(String, f32)> = Vec::new();
    for &other in others {
        for (word, weight) in library.views.lexical.shared_terms(paper, other) {
            match weights.iter_mut().find(|(known, _)| *known == word) {
                Some((_, sum)) => *sum += weight,
                None => weights.push((word, weight)),
            }
        }
    }
    weights.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    weights.into_iter().take(WORDS).map(|(word, _)| word).collect()
}

impl Reason {
    /// The reason in words: `because you starred A and read B (shared: word, other)`. `papers` are
    /// those of the snapshot; they are called by their cite keys.
    #[must_use]
    pub fn describe(&self, papers: &[Paper]) -> String {
        let words = |words: &[(String, f32)]| {
            words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(", ")
        };
        let mut text = String::new();
        match self {
            Self::Close { likes, .. } if likes.is_empty() => {
                text.push_str("the best of what is left");
            }
            Self::Close { likes, shared } => {
                text.push_str("because you ");
                for (place, like) in likes.iter().enumerate() {
                    let gap = match place {
                        0 => "",
                        _ if place + 1 == likes.len() => " and ",
                        _ => ", ",
                    };
                    let _ = write!(text, "{gap}{} {}", like.because, papers[like.paper].key);
                }
                if !shared.is_empty() {
                    let _ = write!(text, " (shared: {})", shared.join(", "));
                }
            }
            Self::Words { for_it, against_it } => {
                if !for_it.is_empty() {
                    let _ = write!(text, "words for it: {}", words(for_it));
                }
                if !against_it.is_empty() {
                    let gap = if text.is_empty() { "" } else { "; " };
                    let _ = write!(text, "{gap}against it: {}", words(against_it));
                }
            }
            Self::Neglected { label, papers, read, .. } => {
                let share = (100.0 * *read as f64 / (*papers).max(1) as f64).round();
                let _ = write!(
                    text,
                    "a subject you have not touched lately: {label} ({papers} papers, {share} % read)"
                );
            }
            Self::Central { label, papers, .. } if label.is_empty() => {
                let _ = write!(text, "central to these {papers} papers; star three that you like");
            }
            Self::Central { label, papers, .. } => {
                let _ = write!(
                    text,
                    "central to {label} ({papers} papers); star three papers that you like"
                );
            }
            Self::Between { shared: [one, other], .. } => {
                let _ = write!(text, "shares with the one: {}", or_nothing(one));
                let _ = write!(text, "; with the other: {}", or_nothing(other));
            }
        }
        text
    }
}

fn or_nothing(words: &[String]) -> String {
    if words.is_empty() { "no word".to_owned() } else { words.join(", ") }
}
