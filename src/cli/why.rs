//! Why a paper is in the list: `--why`.

use std::io::{self, Write};

use serde::Serialize;

use super::output;
use super::workspace::{self, Embedded};
use crate::embed::text::Tokenizer;
use crate::library::paper::Paper;
use crate::settings::Settings;
use crate::similarity::explain::sentences::{Reading, SentencePair};
use crate::similarity::explain::{self, Explanation, Part, Place, Side, text};
use crate::similarity::lexical::Lexical;

/// Shared terms that are printed; with `--json` all are.
const PRINTED_TERMS: usize = 8;

/// Terms of each side that are told for the topics: together they make most of the cosine.
const TOPIC_TERMS: usize = 10;

/// An explanation as JSON has it. `query` is the text or the seed, `result` the paper listed.
#[derive(Serialize)]
pub(super) struct Why {
    /// Cite key of the seed.
    seed: Option<String>,
    dense: Option<f32>,
    words: f32,
    topics: Option<f32>,
    terms: Vec<Term>,
    topic_terms: Option<TopicTerms>,
    sentences: Option<Sentences>,
    authors: Vec<String>,
    venue: Option<String>,
    keywords: Vec<String>,
}

#[derive(Serialize)]
struct Term {
    #[serde(rename = "term")]
    letters: String,
    contribution: f32,
    query: Vec<Spot>,
    result: Vec<Spot>,
}

/// Where something stands, and how it is written there.
#[derive(Serialize)]
struct Spot {
    part: &'static str,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Serialize)]
struct TopicTerms {
    query: Vec<(String, f32)>,
    result: Vec<(String, f32)>,
}

#[derive(Serialize)]
struct Sentences {
    approximate: bool,
    similarity: f32,
    query: Spot,
    result: Spot,
}

/// Explains the papers of a list.
pub(super) struct Explainer<'a> {
    pub(super) papers: &'a [Paper],
    pub(super) lexical: &'a Lexical,
    /// Model and vectors; without them there are no sentences.
    pub(super) embedded: Option<&'a Embedded>,
    pub(super) settings: &'a Settings,
}

impl Explainer<'_> {
    /// What ties `side` to each of the papers, in their order.
    pub(super) fn explain(&self, pairs: &[(Side<'_>, usize)]) -> anyhow::Result<Vec<Why>> {
        let sentences = match self.embedded {
            Some(embedded) => {
                let tokenizer = embedded.model.tokenizer()?;
                let pool = workspace::threads(self.settings)?;
                let pair = |&(side, paper): &(Side<'_>, usize)| {
                    let [a, b] = [side, Side::Paper(paper)]
                        .map(|side| self.read(embedded, &tokenizer, side));
                    Ok(a?.closest(&b?))
                };
                pool.install(|| pairs.iter().map(pair).collect::<anyhow::Result<Vec<_>>>())?
            }
            None => vec![None; pairs.len()],
        };
        let vectors = self.embedded.map(|embedded| &embedded.vectors);
        Ok((pairs.iter().zip(sentences))
            .map(|(&(side, paper), pair)| {
                let why = explain::explain(self.papers, self.lexical, vectors, side, paper);
                self.why(why, pair, side, paper)
            })
            .collect())
    }

    fn read(
        &self,
        embedded: &Embedded,
        tokenizer: &Tokenizer,
        side: Side<'_>,
    ) -> anyhow::Result<Reading> {
        let [title, body] = [Part::Title, Part::Abstract].map(|part| text(self.papers, side, part));
        let stop = embedded.control.stop_flag();
        Ok(Reading::new(tokenizer, &*embedded.encoder, title, body, stop)?)
    }

    fn spot(&self, side: Side<'_>, place: &Place) -> Spot {
        let part = match (side, place.part) {
            (Side::Text(_), _) => "text",
            (Side::Paper(_), Part::Title) => "title",
            (Side::Paper(_), Part::Abstract) => "abstract",
            (Side::Paper(_), Part::Keyword(_)) => "keyword",
        };
        let text = &text(self.papers, side, place.part)[place.range.clone()];
        Spot { part, start: place.range.start, end: place.range.end, text: text.to_owned() }
    }

    fn why(
        &self,
        why: Explanation,
        pair: Option<SentencePair>,
        side: Side<'_>,
        paper: usize,
    ) -> Why {
        let result = Side::Paper(paper);
        let spots = |side, places: &[Place]| -> Vec<Spot> {
            places.iter().map(|place| self.spot(side, place)).collect()
        };
        let terms = why.terms.iter().map(|shared| Term {
            letters: shared.term.clone(),
            contribution: shared.contribution,
            query: spots(side, &shared.in_a),
            result: spots(result, &shared.in_b),
        });
        Why {
            seed: match side {
                Side::Paper(seed) => Some(self.papers[seed].key.clone()),
                Side::Text(_) => None,
            },
            dense: why.dense,
            words: why.words,
            topics: why.topics.as_ref().map(|topics| topics.cosine),
            terms: terms.collect(),
            topic_terms: why.topics.map(|mut topics| {
                topics.of_a.truncate(TOPIC_TERMS);
                topics.of_b.truncate(TOPIC_TERMS);
                TopicTerms { query: topics.of_a, result: topics.of_b }
            }),
            sentences: pair.map(|pair| Sentences {
                approximate: true,
                similarity: pair.similarity,
                query: self.spot(side, &pair.a),
                result: self.spot(result, &pair.b),
            }),
            authors: why.authors,
            venue: why.venue,
            keywords: why.keywords,
        }
    }
}

impl Why {
    /// Prints it below the paper's line.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let mut line = |name: &str, text: &str| {
            if text.is_empty() {
                Ok(())
            } else {
                writeln!(out, "       {name:<9} {}", output::printable(text))
            }
        };
        let mut parts = Vec::new();
        parts.extend(self.dense.map(|dense| format!("vectors {dense:.3}")));
        parts.push(format!("words {:.3}", self.words));
        parts.extend(self.topics.map(|topics| format!("topics {topics:.3}")));
        line("parts", &parts.join(" · "))?;
        let shown = self.terms.iter().take(PRINTED_TERMS);
        let mut terms: Vec<String> = shown
            .map(|term| {
                let spots = term.result.iter().chain(&term.query);
                let written = spots.map(|spot| spot.text.as_str()).next().unwrap_or(&term.letters);
                format!("{written} {:.3}", term.contribution)
            })
            .collect();
        if self.terms.len() > PRINTED_TERMS {
            let rest: f32 = self.terms[PRINTED_TERMS..].iter().map(|term| term.contribution).sum();
            terms.push(format!("{} others {rest:.3}", self.terms.len() - PRINTED_TERMS));
        }
        line("words", &terms.join(" · "))?;
        if let Some(pair) = &self.sentences {
            line("sentences", &format!("approximately alike ({:.2}):", pair.similarity))?;
            line("", &format!("“{}”", pair.query.text))?;
            line("", &format!("“{}”", pair.result.text))?;
        }
        line("authors", &self.authors.join(", "))?;
        line("venue", self.venue.as_deref().unwrap_or_default())?;
        line("keywords", &self.keywords.join(", "))
    }
}
