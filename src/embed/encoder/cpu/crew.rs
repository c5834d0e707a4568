//! Who works on one micro-batch.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

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
