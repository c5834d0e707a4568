//! What the model makes of texts that the reader looks at: the one that is looked for, and the sentences
//! of two papers.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::Effects;
use super::dense::{Loaded, model_of};
use crate::app::jobs::{Kind, Ticket};
use crate::app::why::{Origin, Pair};
use crate::embed::pool::{self, Priority};
use crate::event::News;
use crate::library::paper::{Snapshot, TextHash};
use crate::settings::Settings;
use crate::similarity::explain::sentences::{Reading, SentencePair};

/// A reader who types or walks on within this time is not waited for with a forward pass.
const PAUSE: Duration = Duration::from_millis(150);

/// Papers whose sentences are kept: the one that the list is about, and those walked past last.
const KEPT: usize = 32;

impl Effects {
    pub(super) fn read_text(&self, generation: u64, text: String) {
        let settings = Arc::clone(&self.settings);
        let loaded = Arc::clone(&self.loaded);
        let shared = Arc::clone(&self.text);
        self.jobs.submit(Kind::ReadText, generation, move |ticket| {
            let Some(loaded) = model_of(&loaded) else { return };
            match read(&settings, &loaded, &shared, text, ticket) {
                Ok(true) => ticket.report(News::TextRead),
                Ok(false) => {}
                Err(error) => ticket.report(News::Failed(format!("{error:#}"))),
            }
        });
    }

    pub(super) fn find_sentences(&self, generation: u64, pair: Pair, snapshot: Arc<Snapshot>) {
        let settings = Arc::clone(&self.settings);
        let loaded = Arc::clone(&self.loaded);
        let readings = Arc::clone(&self.readings);
        self.jobs.submit(Kind::Sentences, generation, move |ticket| {
            let Some(loaded) = model_of(&loaded) else { return };
            let found = sentences(&settings, &snapshot, &loaded, &readings, &pair, ticket);
            ticket.report(match found {
                Ok(pair) => News::Sentences(pair),
                Err(error) => News::Failed(format!("{error:#}")),
            });
        });
    }
}

/// A text that the model has read.
pub(super) struct ReadText {
    pub(super) text: String,
    /// Its vector, `[dimensions]`.
    pub(super) vector: Vec<f32>,
    /// How many tokens the model read.
    pub(super) tokens: usize,
}

/// The text read last.
pub(super) type SharedText = Arc<Mutex<Option<Arc<ReadText>>>>;

/// What is known of a text.
pub(super) fn known(shared: &SharedText, text: &str) -> Option<Arc<ReadText>> {
    let last = shared.lock().unwrap_or_else(PoisonError::into_inner);
    last.as_ref().filter(|read| read.text == text).cloned()
}

/// Waits a moment; `false` if the request was overtaken meanwhile.
fn is_still_wanted(ticket: &Ticket) -> bool {
    thread::sleep(PAUSE);
    !ticket.overtaken()
}

/// Reads a text, unless it is overtaken; `true` once it is there.
fn read(
    settings: &Settings,
    loaded: &Loaded,
    shared: &SharedText,
    text: String,
    ticket: &Ticket,
) -> anyhow::Result<bool> {
    if known(shared, &text).is_some() {
        return Ok(true);
    }
    if !is_still_wanted(ticket) {
        return Ok(false);
    }
    let tokens = loaded.tokenizer.tokens(&text, "")?;
    let stop = AtomicBool::new(false);
    let encode = || loaded.encoder.encode(&[&tokens], &stop);
    let mut vectors = pool::pool(settings.threads, Priority::Normal)?.install(encode)?;
    let vector = vectors.pop().unwrap_or_default();
    let read = ReadText { text, vector, tokens: tokens.len() };
    *shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(read));
    Ok(true)
}

/// The papers read last, for their sentences; the latest at the back.
#[derive(Default)]
pub(super) struct Readings(VecDeque<(TextHash, Arc<Reading>)>);

impl Readings {
    fn get(&self, text: TextHash) -> Option<Arc<Reading>> {
        self.0.iter().find(|(known, _)| *known == text).map(|(_, reading)| Arc::clone(reading))
    }

    fn keep(&mut self, text: TextHash, reading: &Arc<Reading>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((text, Arc::clone(reading)));
    }
}

pub(super) type SharedReadings = Arc<Mutex<Readings>>;

/// The closest sentences of a pair; `None` where there are none, or where the request is overtaken.
fn sentences(
    settings: &Settings,
    snapshot: &Snapshot,
    loaded: &Loaded,
    readings: &SharedReadings,
    pair: &Pair,
    ticket: &Ticket,
) -> anyhow::Result<Option<SentencePair>> {
    if !is_still_wanted(ticket) {
        return Ok(None);
    }
    let stop = AtomicBool::new(false);
    let threads = pool::pool(settings.threads, Priority::Normal)?;
    let read = |title: &str, body: &str| {
        let read = || Reading::new(&loaded.tokenizer, &*loaded.encoder, title, body, &stop);
        threads.install(read).map(Arc::new)
    };
    let of_paper = |id| -> anyhow::Result<Option<Arc<Reading>>> {
        let Some(paper) = snapshot.by_id(id).map(|paper| &snapshot.papers()[paper]) else {
            return Ok(None);
        };
        let known = readings.lock().unwrap_or_else(PoisonError::into_inner).get(paper.text_hash);
        if known.is_some() {
            return Ok(known);
        }
        let reading = read(&paper.title, &paper.abstract_text)?;
        let mut kept = readings.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep(paper.text_hash, &reading);
        Ok(Some(reading))
    };
    let origin = match &pair.origin {
        Origin::Paper(id) => of_paper(*id)?,
        Origin::Text(text) => Some(read("", text)?),
    };
    if ticket.overtaken() {
        return Ok(None);
    }
    let paper = of_paper(pair.paper)?;
    Ok(origin.zip(paper).and_then(|(origin, paper)| origin.closest(&paper)))
}
