//! Memory for weights.

use super::Line;

/// Room for so many lines; of large pages where the system has them for who asks, as whole models
/// are read again and again, and the processor knows the places of few pages.
pub(super) fn room(lines: usize) -> Vec<Line> {
    let room = Vec::<Line>::with_capacity(lines);
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        const LARGE: usize = 1 << 20;
        let bytes = lines * size_of::<Line>();
        if bytes >= LARGE {
            let start = room.as_ptr().addr();
            let first = start.next_multiple_of(PAGE);
            let length = (start + bytes - first) / PAGE * PAGE;
            // SAFETY: the pages lie within the room. Nothing is changed but how the system keeps
            // them; where it cannot, it says so, and nothing is lost.
            unsafe {
                let first = room.as_ptr().with_addr(first).cast_mut().cast();
                libc::madvise(first, length, libc::MADV_HUGEPAGE);
            }
        }
    }
    room
}
