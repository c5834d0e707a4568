//! The threads that embed.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

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
                // Refused in some containers; then the threads only compete more.
                let _ = set_current_thread_priority(ThreadPriority::Min);
            }
        })
        .build()
}
