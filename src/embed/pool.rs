//! The threads that embed.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

/// A pool whose threads yield to everything else on the machine, the terminal above all, where the
/// system allows it.
///
/// # Errors
/// The system gives no more threads.
pub fn low_priority(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("embed-{index}"))
        .start_handler(|_| {
            // Refused in some containers; then the threads only compete more.
            let _ = set_current_thread_priority(ThreadPriority::Min);
        })
        .build()
}
