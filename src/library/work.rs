//! How many bytes a reader looked at: with it, tests tell linear time without a clock.
//!
//! Whatever may look at a byte more than once counts here; in the program itself that is nothing.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes were looked at.
#[inline]
pub(super) fn looked_at(bytes: usize) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + bytes);
    #[cfg(not(test))]
    let _ = bytes;
}

/// How many bytes `read` looks at.
#[cfg(test)]
pub(super) fn of<T>(read: impl FnOnce() -> T) -> usize {
    let before = LOOKED_AT.get();
    std::hint::black_box(read());
    LOOKED_AT.get() - before
}
