//! Background jobs: one thread for each kind, the latest request wins (but what the user says is all kept), a panic
//! is a message.
//!
//! `update` numbers each request ([`Generations::next`]) and drops what comes back under an older
//! number. A thread whose job was overtaken sees it in [`Ticket::overtaken`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use crate::event::{Msg, News};
use crate::logging;

/// What a job is for. Jobs of different kinds run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Read the library, import files.
    Load,
    /// Forget the papers that are missing from their files. Not a part of loading, which a changed
    /// file may overtake.
    Forget,
    /// Prepare the papers' texts for a filter.
    Fold,
    /// Build the lexical index.
    Lexical,
    /// Find neighbours.
    Neighbours,
    /// Find what answers a text.
    Search,
    /// Have the model read a text.
    ReadText,
    /// Find the closest sentences of two texts.
    Sentences,
    /// Get the model, embed what is missing.
    Embed,
    /// Find out which papers are alike, and what is said of them.
    Ground,
    /// Find the clusters.
    Clusters,
    /// Keep the user's names of clusters: all of them.
    Names,
    /// Lay out the map.
    Map,
    /// Open a file or page.
    Open,
    /// Write papers for others.
    Write,
    /// Read the entry of a paper.
    Entry,
    /// Keep what the user chose: all of it.
    Keep,
    /// Find what to read next.
    Next,
    /// Read and rank new papers.
    Inbox,
    /// Read and change marks: what the user did is done, however fast the next wish follows.
    Marks,
}

impl Kind {
    const ALL: [Self; 20] = [
        Self::Load,
        Self::Forget,
        Self::Fold,
        Self::Lexical,
        Self::Neighbours,
        Self::Search,
        Self::ReadText,
        Self::Sentences,
        Self::Embed,
        Self::Ground,
        Self::Clusters,
        Self::Names,
        Self::Map,
        Self::Open,
        Self::Write,
        Self::Entry,
        Self::Keep,
        Self::Next,
        Self::Inbox,
        Self::Marks,
    ];

    /// What the job does, for an error message.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "reading the library",
            Self::Forget => "forgetting missing papers",
            Self::Fold => "preparing a filter",
            Self::Lexical => "indexing the words",
            Self::Neighbours => "finding neighbours",
            Self::Search => "searching",
            Self::ReadText => "reading what is looked for",
            Self::Sentences => "finding the closest sentences",
            Self::Embed => "embedding",
            Self::Ground => "finding out which papers are alike",
            Self::Clusters => "finding clusters",
            Self::Names => "naming a cluster",
            Self::Map => "laying out the map",
            Self::Open => "opening",
            Self::Write => "writing papers",
            Self::Entry => "reading an entry",
            Self::Keep => "keeping what was chosen",
            Self::Next => "finding what to read next",
            Self::Inbox => "ranking new papers",
            Self::Marks => "marking papers",
        }
    }

    /// Is a request left out where a newer one waits already?
    fn latest_wins(self) -> bool {
        !matches!(self, Self::Marks | Self::Names | Self::Open | Self::Write | Self::Keep)
    }
}

/// The number of the latest request of each kind; kept by the state of the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Generations([u64; Kind::ALL.len()]);

impl Generations {
    /// Numbers a new request.
    pub fn next(&mut self, kind: Kind) -> u64 {
        self.0[kind as usize] += 1;
        self.0[kind as usize]
    }

    /// Is this the latest request of its kind?
    #[must_use]
    pub fn is_latest(&self, kind: Kind, generation: u64) -> bool {
        self.0[kind as usize] == generation
    }
}

/// What a job holds while it runs: its number, and the way to report.
#[derive(Debug, Clone)]
pub struct Ticket {
    kind: Kind,
    generation: u64,
    latest: Arc<AtomicU64>,
    messages: Sender<Msg>,
}

impl Ticket {
    /// Was a newer request of this kind made?
    #[must_use]
    pub fn overtaken(&self) -> bool {
        self.latest.load(Ordering::Relaxed) != self.generation
    }

    /// Sends news to `update`. Nobody listens any more when the program ends.
    pub fn report(&self, news: News) {
        if let News::Failed(reason) | News::ModelFailed(reason) = &news {
            tracing::error!("{}: {}", self.kind.name(), logging::discreet(reason));
        }
        let _ = self.messages.send(Msg::Job {
            kind: self.kind,
            generation: self.generation,
            news: Box::new(news),
        });
    }
}

type Work = Box<dyn FnOnce(&Ticket) + Send>;

struct Slot {
    latest: Arc<AtomicU64>,
    requests: Sender<(u64, Work)>,
}

/// The threads.
pub struct Jobs {
    slots: Vec<Slot>,
}

impl Jobs {
    /// Starts the threads; their news goes to `messages`.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(messages: &Sender<Msg>) -> std::io::Result<Self> {
        let slots = Kind::ALL.iter().map(|&kind| {
            let (requests, inbox) = crossbeam_channel::unbounded();
            let latest = Arc::new(AtomicU64::new(0));
            let ticket = Ticket {
                kind,
                generation: 0,
                latest: Arc::clone(&latest),
                messages: messages.clone(),
            };
            thread::Builder::new()
                .name(format!("{kind:?}").to_lowercase())
                .spawn(move || serve(&inbox, &ticket))?;
            Ok(Slot { latest, requests })
        });
        Ok(Self { slots: slots.collect::<std::io::Result<_>>()? })
    }

    /// Runs `work` when the job of this kind that is running, if any, has ended; requests that are
    /// overtaken while they wait never run, but for those of which each counts.
    pub fn submit(&self, kind: Kind, generation: u64, work: impl FnOnce(&Ticket) + Send + 'static) {
        let slot = &self.slots[kind as usize];
        slot.latest.store(generation, Ordering::Relaxed);
        // The thread lives as long as this sender.
        let _ = slot.requests.send((generation, Box::new(work)));
    }

    /// Waits until everything that is never left out is done: the program is about to end, and what the user
    /// did last is not to be lost with it.
    pub fn finish(&self) {
        let (done, ends) = crossbeam_channel::unbounded();
        let all = Kind::ALL.into_iter().filter(|kind| !kind.latest_wins());
        let waiting = all.map(|kind| {
            let done = done.clone();
            let last = self.slots[kind as usize].latest.load(Ordering::Relaxed);
            self.submit(kind, last, move |_| {
                let _ = done.send(());
            });
        });
        let waiting = waiting.count();
        let end = Instant::now() + LAST_WORDS;
        for _ in 0..waiting {
            if ends.recv_deadline(end).is_err() {
                tracing::warn!("the program ended before all that was asked for was done");
                return;
            }
        }
    }
}

/// How long a program that ends waits for what the user did last.
const LAST_WORDS: Duration = Duration::from_secs(5);

fn serve(inbox: &Receiver<(u64, Work)>, template: &Ticket) {
    for (generation, work) in inbox {
        let ticket = Ticket { generation, ..template.clone() };
        if ticket.overtaken() && ticket.kind.latest_wins() {
            continue;
        }
        let started = Instant::now();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(&ticket))) {
            let what = (panic.downcast_ref::<String>().map(String::as_str))
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown reason");
            ticket.report(News::Failed(format!("{} failed: {what}", ticket.kind.name())));
        }
        tracing::info!("{}: {:.3} s", ticket.kind.name(), started.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(messages: &Receiver<Msg>) -> (u64, String) {
        match messages.recv_timeout(std::time::Duration::from_secs(10)).unwrap() {
            Msg::Job { generation, news, .. } => match *news {
                News::Failed(text) => (generation, text),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_latest_request_wins() {
        let (sender, messages) = crossbeam_channel::unbounded();
        let jobs = Jobs::start(&sender).unwrap();
        let (started, start) = crossbeam_channel::bounded(0);
        let (go, gate) = crossbeam_channel::bounded::<()>(0);
        jobs.submit(Kind::Lexical, 1, move |ticket| {
            started.send(()).unwrap();
            gate.recv().unwrap();
            assert!(ticket.overtaken());
            ticket.report(News::Failed("first".into()));
        });
        start.recv().unwrap();
        for generation in 2..=4 {
            jobs.submit(Kind::Lexical, generation, move |ticket| {
                ticket.report(News::Failed(format!("request {generation}")));
            });
        }
        go.send(()).unwrap();
        assert_eq!(next(&messages), (1, "first".to_owned()));
        assert_eq!(next(&messages), (4, "request 4".to_owned()));
    }

    #[test]
    fn every_mark_is_made() {
        let (sender, messages) = crossbeam_channel::unbounded();
        let jobs = Jobs::start(&sender).unwrap();
        let (go, gate) = crossbeam_channel::bounded::<()>(0);
        jobs.submit(Kind::Marks, 1, move |_| gate.recv().unwrap());
        for generation in 2..=4 {
            jobs.submit(Kind::Marks, generation, move |ticket| {
                ticket.report(News::Failed(format!("mark {generation}")));
            });
        }
        go.send(()).unwrap();
        for generation in 2..=4 {
            assert_eq!(next(&messages), (generation, format!("mark {generation}")));
        }
    }

    #[test]
    fn what_was_done_last_is_not_lost_at_the_end() {
        let (sender, messages) = crossbeam_channel::unbounded();
        let jobs = Jobs::start(&sender).unwrap();
        for generation in 1..=3 {
            jobs.submit(Kind::Marks, generation, move |ticket| {
                thread::sleep(Duration::from_millis(30));
                ticket.report(News::Failed(format!("mark {generation}")));
            });
        }
        jobs.finish();
        assert_eq!(messages.try_iter().count(), 3);
    }

    #[test]
    fn a_panic_is_a_message_and_the_thread_lives_on() {
        let (sender, messages) = crossbeam_channel::unbounded();
        let jobs = Jobs::start(&sender).unwrap();
        jobs.submit(Kind::Load, 1, |_| panic!("no luck"));
        let (_, text) = next(&messages);
        assert!(text.contains("reading the library") && text.contains("no luck"), "{text}");
        jobs.submit(Kind::Load, 2, |ticket| ticket.report(News::Failed("alive".into())));
        assert_eq!(next(&messages).1, "alive");
    }
}
