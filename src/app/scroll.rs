//! A cursor in a list, and which part of the list is on screen.

/// Cursor and offset; the list's length and height are given when they matter, so they cannot be
/// out of date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scroll {
    /// Selected row.
    pub cursor: usize,
    /// First row on screen.
    pub offset: usize,
}

impl Scroll {
    /// Moves the cursor by rows, staying in a list of `len`.
    pub fn move_by(&mut self, rows: isize, len: usize) {
        self.cursor = self.cursor.saturating_add_signed(rows).min(len.saturating_sub(1));
    }

    /// Scrolls by rows without taking the cursor along, as long as that stays on screen.
    pub fn scroll_by(&mut self, rows: isize, len: usize, height: usize) {
        let height = height.max(1);
        self.offset = self.offset.saturating_add_signed(rows).min(len.saturating_sub(height));
        let last = (self.offset + height).min(len).saturating_sub(1);
        self.cursor = self.cursor.clamp(self.offset.min(last), last);
    }

    /// Scrolls so that the cursor is among `height` rows on screen and none is wasted.
    pub fn fit(&mut self, len: usize, height: usize) {
        let height = height.max(1);
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.offset = self
            .offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(len.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::Scroll;

    #[test]
    fn the_cursor_is_always_on_screen_and_in_the_list() {
        let mut scroll = Scroll::default();
        scroll.move_by(50, 20);
        scroll.fit(20, 5);
        assert_eq!(scroll, Scroll { cursor: 19, offset: 15 });
        scroll.move_by(-3, 20);
        scroll.fit(20, 5);
        assert_eq!(scroll, Scroll { cursor: 16, offset: 15 });
        scroll.scroll_by(-8, 20, 5);
        assert_eq!(scroll, Scroll { cursor: 11, offset: 7 });
        scroll.scroll_by(2, 20, 5);
        assert_eq!(scroll, Scroll { cursor: 11, offset: 9 }, "it need not move");
        scroll.scroll_by(50, 20, 5);
        assert_eq!(scroll, Scroll { cursor: 15, offset: 15 });
        scroll.scroll_by(3, 0, 5);
        assert_eq!(scroll, Scroll::default());
        scroll = Scroll { cursor: 16, offset: 15 };
        scroll.fit(4, 5);
        assert_eq!(scroll, Scroll { cursor: 3, offset: 0 });
        scroll.fit(0, 0);
        assert_eq!(scroll, Scroll::default());
    }
}
