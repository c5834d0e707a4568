use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::embed::encoder::{DeviceChoice, Precision, PrecisionChoice, load};
use crate::embed::pool::{Priority, pool};
use crate::library::import::{self, import};

/// The tiny model, with a record of the batches that it was given.
struct Recorder {
    inner: Box<dyn Encoder>,
    batches: Mutex<Vec<Vec<usize>>>,
    stop_after: usize,
    fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Nothing,
    /// The memory suffices for so many texts.
    Memory(usize),
    /// Texts of so many tokens or more give infinite values.
    Long(usize),
}

impl Encoder for Recorder {
    fn encode(&self, batch: &[&[u32]], stop: &AtomicBool) -> Result<Vec<Vec<f32>>, EncodeError> {
        let mut batches = self.batches.lock().unwrap();
        if batches.len() == self.stop_after {
            stop.store(true, Ordering::Relaxed);
            return Err(EncodeError::Stopped);
        }
        match self.fault {
            Fault::Memory(most) if batch.len() > most => {
                let reason = "out of memory".to_owned();
                return Err(EncodeError::Compute(candle_core::Error::Msg(reason)));
            }
            Fault::Long(least) if batch.iter().any(|text| text.len() >= least) => {
                return Err(EncodeError::NotFinite);
            }
            _ => {}
        }
        batches.push(batch.iter().map(|tokens| tokens.len()).collect());
        self.inner.encode(batch, stop)
    }

    fn token_states(&self, text: &[u32], stop: &AtomicBool) -> Result<Vec<f32>, EncodeError> {
        self.inner.token_states(text, stop)
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }

    fn precision(&self) -> Precision {
        self.inner.precision()
    }
}

struct Bench {
    store: Store,
    snapshot: Snapshot,
    model: Model,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(bib: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.bib");
        std::fs::write(&path, bib).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        import(&mut store, &path, 1).unwrap();
        let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/tiny/mean-normalize");
        let model = Model::open(&tiny, "tiny", None).unwrap();
        let snapshot = store.snapshot(&[]).unwrap();
        Self { store, snapshot, model, _folder: folder }
    }

    /// Embeds; what the run did, the batches' lengths, the papers in the order of their vectors.
    fn run(
        &mut self,
        control: &Control,
        stop_after: usize,
    ) -> (Summary, Vec<Vec<usize>>, Vec<usize>) {
        let inner = load(&self.model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
        let fault = Fault::Nothing;
        let encoder = Recorder { inner, batches: Mutex::default(), stop_after, fault };
        let embedder = Embedder::new(&self.store, &self.model, &encoder).unwrap();
        let mut order = Vec::new();
        let mut last = None;
        let summary = embedder
            .run(&mut self.store, &self.snapshot, control, &mut |batch| {
                order.extend(batch.vectors.iter().map(|(paper, _)| *paper));
                assert!(batch.vectors.iter().all(|(_, vector)| vector.len() == 32));
                last = Some(batch.progress);
            })
            .unwrap();
        if let Some(progress) = last {
            assert_eq!(progress.done == progress.total, !summary.stopped);
        }
        let stored = embedder.vectors(&mut self.store, &self.snapshot).unwrap();
        assert!(order.iter().all(|&paper| stored.has(paper)), "reported before it was stored");
        (summary, encoder.batches.into_inner().unwrap(), order)
    }
}

/// Papers of growing length.
fn growing(count: usize) -> String {
    (1..=count)
        .map(|n| format!("@misc{{k{n}, title={{T{n}}}, abstract={{{}}}}}\n", "word ".repeat(n * 8)))
        .collect()
}

#[test]
fn batches_hold_texts_of_like_length_and_no_more_than_fits() {
    let mut bench = Bench::new(&growing(60));
    // What fits depends on the number of threads.
    let pool = pool(1, Priority::Normal).unwrap();
    let (summary, batches, order) = pool.install(|| bench.run(&Control::default(), usize::MAX));
    assert_eq!((summary.embedded, summary.skipped, summary.stopped), (60, 0, false));
    assert_eq!(summary.tokens, batches.iter().flatten().sum::<usize>());
    assert!(batches.len() > 1);
    for batch in &batches {
        assert!(batch.len() == 1 || batch.iter().sum::<usize>() <= *BATCH_TOKENS.end());
    }
    assert!(batches.concat().is_sorted_by(|a, b| a >= b), "longest first");
    assert_eq!(order.len(), 60);
    // And never again.
    let (summary, batches, _) = bench.run(&Control::default(), usize::MAX);
    assert_eq!((summary.embedded, summary.skipped, batches.len()), (0, 60, 0));
}

#[test]
fn what_is_on_the_screen_comes_first() {
    let mut bench = Bench::new(&growing(60));
    let control = Control::default();
    let papers = bench.snapshot.papers();
    control.focus(vec![papers[3].text_hash, papers[0].text_hash, papers[3].text_hash, [7; 32]]);
    let (_, _, order) = bench.run(&control, usize::MAX);
    assert_eq!(order[..2], [3, 0]);
    assert_eq!(order.len(), 60);
}

#[test]
fn a_stopped_run_keeps_what_it_has_and_goes_on_later() {
    let mut bench = Bench::new(&growing(60));
    let (first, batches, _) = bench.run(&Control::default(), 1);
    assert!(first.stopped);
    assert_eq!(first.embedded, batches.concat().len());
    let (second, _, _) = bench.run(&Control::default(), usize::MAX);
    assert_eq!((second.embedded, second.skipped), (60 - first.embedded, first.embedded));
}

#[test]
fn one_text_of_two_papers_is_embedded_once_and_no_text_never() {
    let mut bench = Bench::new(
        "@misc{a, title={Same}, year=2001} @misc{b, title={Same}, year=2002} @misc{c, year=2003}",
    );
    let (summary, batches, order) = bench.run(&Control::default(), usize::MAX);
    assert_eq!((summary.embedded, summary.skipped), (2, 1));
    assert_eq!(batches.concat().len(), 1);
    assert_eq!(order, [0, 1]);
}

/// Runs with a fault: what the run did, the papers set aside, the texts in each batch.
fn run_with(
    bench: &mut Bench,
    fault: Fault,
) -> Result<(Summary, Vec<usize>, Vec<usize>), EmbedError> {
    let inner = load(&bench.model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
    let stop_after = usize::MAX;
    let encoder = Recorder { inner, batches: Mutex::default(), stop_after, fault };
    let embedder = Embedder::new(&bench.store, &bench.model, &encoder)?;
    let mut set_aside = Vec::new();
    let summary =
        embedder.run(&mut bench.store, &bench.snapshot, &Control::default(), &mut |batch| {
            assert!(batch.set_aside.iter().all(|(_, why)| why.contains("infinite")));
            set_aside.extend(batch.set_aside.iter().map(|(paper, _)| *paper));
        })?;
    let batches = encoder.batches.into_inner().unwrap();
    Ok((summary, set_aside, batches.iter().map(Vec::len).collect()))
}

#[test]
fn what_does_not_fit_the_memory_is_tried_by_halves() {
    let mut bench = Bench::new(&growing(20));
    let (summary, set_aside, batches) = run_with(&mut bench, Fault::Memory(2)).unwrap();
    assert_eq!((summary.embedded, set_aside.len()), (20, 0));
    assert!(batches.iter().all(|texts| *texts <= 2));
    // Where not even one fits, nothing helps.
    let mut bench = Bench::new(&growing(2));
    let error = run_with(&mut bench, Fault::Memory(0)).unwrap_err();
    assert!(matches!(error, EmbedError::Encode(EncodeError::Compute(_))), "{error}");
}

#[test]
fn texts_without_a_usable_vector_are_set_aside() {
    // The faulty one is not alone in its batch: the longest are first.
    let mut bench = Bench::new(&growing(20));
    let tokenizer = bench.model.tokenizer().unwrap();
    let papers = bench.snapshot.papers();
    let tokens: Vec<usize> = (papers.iter())
        .map(|p| tokenizer.tokens(&p.title, &p.abstract_text).unwrap().len())
        .collect();
    let most = *tokens.iter().max().unwrap();
    let faulty: Vec<usize> = (0..20).filter(|at| tokens[*at] == most).collect();
    // The model takes so many tokens at most: the text of each of these is cut.
    assert!(faulty.len() < 20);
    let (summary, mut set_aside, _) = run_with(&mut bench, Fault::Long(most)).unwrap();
    set_aside.sort_unstable();
    assert_eq!((summary.embedded, summary.set_aside), (20 - faulty.len(), faulty.len()));
    assert_eq!(set_aside, faulty);
    assert!(!summary.stopped);
    // The next run tries them again, and only them.
    let (summary, set_aside, _) = run_with(&mut bench, Fault::Nothing).unwrap();
    assert_eq!((summary.embedded, set_aside.len()), (faulty.len(), 0));
}

#[test]
fn a_model_that_gives_no_vector_at_all_ends_the_run() {
    let mut bench = Bench::new(&growing(3));
    let error = run_with(&mut bench, Fault::Long(1)).unwrap_err().to_string();
    assert!(error.contains("tiny") && error.contains("infinite"), "{error}");
}

#[test]
fn a_paused_run_waits_and_can_be_stopped() {
    let mut bench = Bench::new(&growing(5));
    let control = std::sync::Arc::new(Control::default());
    control.pause(true);
    let other = std::sync::Arc::clone(&control);
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        other.stop();
        Instant::now()
    });
    let (summary, batches, _) = bench.run(&control, usize::MAX);
    let stopped = thread.join().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(5));
    assert!(summary.stopped && batches.is_empty());
}

#[test]
fn a_damaged_vector_is_made_again() {
    let mut bench = Bench::new(&growing(3));
    bench.run(&Control::default(), usize::MAX);
    let encoder = load(&bench.model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
    let embedder = Embedder::new(&bench.store, &bench.model, encoder.as_ref()).unwrap();
    let (short, not_finite) =
        (bench.snapshot.papers()[0].text_hash, bench.snapshot.papers()[1].text_hash);
    bench.store.remove_vectors(embedder.row(), &[short, not_finite]).unwrap();
    let broken = [(short, vec![1.0; 7]), (not_finite, vec![f32::NAN; 32])];
    bench.store.add_vectors(embedder.row(), &broken).unwrap();
    let vectors = embedder.vectors(&mut bench.store, &bench.snapshot).unwrap();
    assert_eq!((vectors.count(), vectors.has(2)), (1, true));
    drop(embedder);
    let (summary, _, _) = bench.run(&Control::default(), usize::MAX);
    assert_eq!(summary.embedded, 2);
}

#[test]
fn two_programs_embed_each_text_once() {
    let bench = Bench::new(&growing(60));
    let folder = bench.store.path().parent().unwrap();
    let run = || {
        let mut store = Store::open(folder).unwrap();
        let encoder = load(&bench.model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
        let embedder = Embedder::new(&store, &bench.model, encoder.as_ref()).unwrap();
        let mut reported = Vec::new();
        let summary = embedder
            .run(&mut store, &bench.snapshot, &Control::default(), &mut |batch| {
                reported.extend(batch.vectors.iter().map(|(paper, _)| *paper));
            })
            .unwrap();
        (summary, reported, embedder.vectors(&mut store, &bench.snapshot).unwrap())
    };
    let (one, other) = std::thread::scope(|scope| {
        let handle = scope.spawn(run);
        let one = run();
        (one, handle.join().unwrap())
    });
    assert_eq!(one.0.embedded + other.0.embedded, 60, "{:?} {:?}", one.0, other.0);
    for (summary, reported, vectors) in [one, other] {
        assert_eq!((summary.embedded + summary.skipped, summary.stopped), (60, false));
        // What the other made is reported, too, each paper once.
        let distinct: std::collections::HashSet<_> = reported.iter().collect();
        assert!(distinct.len() == reported.len() && reported.len() >= summary.embedded);
        assert_eq!(vectors.count(), 60);
    }
}

#[test]
fn a_program_that_was_killed_keeps_nobody_waiting_for_ever() {
    let mut bench = Bench::new(&growing(5));
    let print = {
        let encoder = load(&bench.model, DeviceChoice::Cpu, PrecisionChoice::Auto).unwrap();
        bench.model.fingerprint(encoder.precision()).as_str().to_owned()
    };
    // All but a second of its lease is over.
    let then = import::now() - crate::library::store::leases::LEASE + 1;
    assert!(bench.store.take_lease(&format!("embed {print}"), "killed", then).unwrap());
    let (summary, ..) = bench.run(&Control::default(), usize::MAX);
    assert_eq!((summary.embedded, summary.stopped), (5, false));
    // Whoever waits can be stopped.
    let mut bench = Bench::new(&growing(5));
    bench.store.take_lease(&format!("embed {print}"), "other", import::now()).unwrap();
    let control = Control::default();
    let summary = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            control.stop();
        });
        bench.run(&control, usize::MAX).0
    });
    assert_eq!((summary.embedded, summary.stopped), (0, true));
}
