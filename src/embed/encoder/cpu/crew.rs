//! Who works on one micro-batch.

use std::{
    hint,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use rayon::{
    Yield,
    iter::{IntoParallelIterator, ParallelIterator},
};

/// How long a thread waits for something to do before it may sleep: longer than the work between two
/// steps, and than the differences of the threads' shares.
const PATIENCE: Duration = Duration::from_millis(1);

/// The threads that work on one micro-batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crew {
    /// This thread; the others have micro-batches of their own.
    Alone,
    /// All threads of the pool, for the one short text that somebody waits for.
    Together(usize),
}

impl Crew {
    /// Number of threads.
    pub(super) fn threads(self) -> usize {
        match self {
            Self::Alone => 1,
            Self::Together(threads) => threads,
        }
    }

    /// Does work that calls [`each`](Self::each) often. The other threads stay awake meanwhile: to wake
    /// one for each step would take longer than a short text's step.
    pub(super) fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        struct Done<'a>(&'a AtomicBool);
        impl Drop for Done<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let done = &AtomicBool::new(false);
        rayon::scope(|scope| {
            // Also when the work panics.
            let _done = Done(done);
            let here = rayon::current_thread_index();
            for _ in 1..self.threads() {
                scope.spawn(move |_| {
                    // Whoever waits for the others must not wait in here.
                    if rayon::current_thread_index() != here {
                        stay_awake(done);
                    }
                });
            }
            work()
        })
    }

    /// Does the work for each item.
    pub(super) fn each<T: Send>(
        self,
        items: impl Iterator<Item = T>,
        work: impl Fn(T) + Send + Sync,
    ) {
        match self {
            Self::Alone => items.for_each(work),
            Self::Together(_) => items.collect::<Vec<T>>().into_par_iter().for_each(work),
        }
    }
}

/// Takes on what there is to do, until all is done or nothing has come for a while. A thread may come
/// here while it waits for others to finish a step of which it has more to do, and must get back to that.
fn stay_awake(done: &AtomicBool) {
    let mut since = Instant::now();
    while !done.load(Ordering::Relaxed) && since.elapsed() < PATIENCE {
        if rayon::yield_now() == Some(Yield::Executed) {
            since = Instant::now();
        } else {
            hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::Crew;

    /// A few hundred short steps.
    fn steps(crew: Crew) -> usize {
        let count = AtomicUsize::new(0);
        crew.run(|| {
            for _ in 0..300 {
                crew.each(0..7, |item| {
                    count.fetch_add(item, Ordering::Relaxed);
                });
            }
        });
        count.into_inner()
    }

    #[test]
    fn all_is_done_whoever_is_awake() {
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for crew in [Crew::Alone, Crew::Together(threads), Crew::Together(2 * threads)] {
                assert_eq!(pool.install(|| steps(crew)), 6300);
                // From outside of the pool, and several at once.
                std::thread::scope(|scope| {
                    for _ in 0..3 {
                        scope.spawn(|| assert_eq!(pool.install(|| steps(crew)), 6300));
                    }
                });
            }
        }
    }

    #[test]
    fn a_panic_ends_it() {
        let crew = Crew::Together(rayon::current_num_threads());
        let panics = AssertUnwindSafe(|| crew.run(|| assert!(steps(crew) == 0, "as it should")));
        assert!(catch_unwind(panics).is_err());
        assert_eq!(steps(crew), 6300);
    }
}
