//! The threads that embed.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Takes the calling thread behind all others. Where that is refused, as in some containers, it only
/// competes more.
fn step_back() {
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
