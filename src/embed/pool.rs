//! The threads that embed, and their manners: those of low priority come after everything else, and rest
//! while someone is at work on what is there already.

use std::cell::Cell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Who does something is left alone for so long. What that leads to is the work of several threads,
/// each of which a busy processor makes wait until the next tick of its clock (4 ms on many
/// systems), whatever the priorities.
const REST: Duration = Duration::from_millis(100);

/// Threads look again after so long.
const NAP: Duration = Duration::from_millis(5);

/// The first moment that anyone asked for.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Until when threads of low priority rest, in milliseconds after [`START`].
static REST_UNTIL: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static IS_LOW: Cell<bool> = const { Cell::new(false) };
}

fn now() -> u64 {
    START.elapsed().as_millis() as u64
}

/// Someone did something, and waits for what comes of it.
pub fn give_way() {
    REST_UNTIL.store(now() + REST.as_millis() as u64, Ordering::Relaxed);
}

/// Rests, on a thread of low priority, while others come first and `stop` is not set.
pub(super) fn rest(stop: &AtomicBool) {
    while IS_LOW.get()
        && now() < REST_UNTIL.load(Ordering::Relaxed)
        && !stop.load(Ordering::Relaxed)
    {
        thread::sleep(NAP);
    }
}

/// How much the threads insist on the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Like any program: the user waits for the vectors.
    Normal,
    /// After everything else, the terminal above all, where the system allows it.
    Low,
}

/// A pool of so many threads.
///
/// # Errors
/// The system gives no more threads.
pub fn pool(threads: usize, priority: Priority) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("embed-{index}"))
        .start_handler(move |_| {
            if priority == Priority::Low {
                IS_LOW.set(true);
                // Refused in some containers; then the threads only compete more.
                let _ = set_current_thread_priority(ThreadPriority::Min);
            }
        })
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_low_priority_rest_while_others_come_first() {
        let (on, stop) = (AtomicBool::new(false), AtomicBool::new(true));
        // Neither of these would ever come back from a rest.
        REST_UNTIL.store(u64::MAX, Ordering::Relaxed);
        pool(1, Priority::Normal).unwrap().install(|| rest(&on));
        pool(1, Priority::Low).unwrap().install(|| rest(&stop));
        give_way();
        let until = REST_UNTIL.load(Ordering::Relaxed);
        let rested = pool(1, Priority::Low).unwrap().install(|| {
            rest(&on);
            now()
        });
        assert!(rested >= until);
    }
}
