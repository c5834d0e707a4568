//! How others steer a run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::library::paper::TextHash;

/// Steers a run: from any thread, at any time, the latest word wins.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    steering: Mutex<Steering>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Steering {
    paused: bool,
    focus: Vec<TextHash>,
}

impl Control {
    /// Ends the run within 100 ms; what is stored stays.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Was the run told to end?
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The flag behind [`Control::stop`], for what can be interrupted in the middle.
    #[must_use]
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Holds the run after the batch in hand, or lets it go on.
    pub fn pause(&self, paused: bool) {
        self.steering().paused = paused;
        self.changed.notify_all();
    }

    /// Texts to embed before all others: the paper under the cursor first, then its screen.
    pub fn focus(&self, texts: Vec<TextHash>) {
        self.steering().focus = texts;
    }

    fn steering(&self) -> MutexGuard<'_, Steering> {
        // The guarded values are whole at any time, so a panic elsewhere does not spoil them.
        self.steering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for so long, or until stopped: `false`.
    pub(super) fn wait(&self, time: Duration) -> bool {
        let steering = self.steering();
        let still = |_: &mut Steering| !self.stopped();
        drop(self.changed.wait_timeout_while(steering, time, still));
        !self.stopped()
    }

    /// Waits while paused; the current focus, or `None` once stopped.
    pub(super) fn next_focus(&self) -> Option<Vec<TextHash>> {
        let mut steering = self.steering();
        while steering.paused && !self.stopped() {
            steering = self
                .changed
                .wait_timeout(steering, Duration::from_millis(50))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        (!self.stopped()).then(|| steering.focus.clone())
    }
}
