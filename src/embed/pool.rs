//! The threads that embed, and their manners: those of low priority come after everything else, and rest
//! while someone is at the keys.

use std::cell::Cell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Someone at the keys is left alone for so long. What a key press leads to is the work of several
/// threads, each of which a busy processor makes wait until the next tick of its clock (4 ms on many
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

/// Someone is at the keys.
pub fn give_way() {
    REST_UNTIL.store(now() + REST.as_millis() as u64, Ordering::Relaxed);
}

/// Rests, on a thread of low priority, while someone is at the keys and `stop` is not set.
pub(super) fn rest(stop: &AtomicBool) {
    while IS_LOW.get()
        && now() < REST_UNTIL.load(Ordering::Relaxed)
        && !stop.load(Ordering::Relaxed)
    {
        thread::sleep(NAP);
    }
}

/// Takes the calling thread behind all others. Where that is refused, as in some containers, it only
/// competes more.
fn step_back() {
    IS_LOW.set(true);
    let _ = set_current_thread_priority(ThreadPriority::Min);
    // A thread that wakes up takes the processor from an idle one at once, but lets one that is merely
    // nice finish its slice, which is longer than a frame may take.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use thread_priority::unix::{
            NormalThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
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
                step_back();
            }
        })
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_low_priority_rest_while_someone_is_at_the_keys() {
        let (on, stop) = (AtomicBool::new(false), AtomicBool::new(true));
        give_way();
        let until = REST_UNTIL.load(Ordering::Relaxed);
        let rested = pool(1, Priority::Low).unwrap().install(|| {
            rest(&stop);
            // A stop is obeyed at once, so that this is later.
            rest(&on);
            now()
        });
        assert!(rested >= until);
        assert!(!pool(1, Priority::Normal).unwrap().install(|| IS_LOW.get()));
    }
}
