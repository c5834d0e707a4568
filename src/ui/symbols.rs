//! The one table of signs: what the program draws with, in Unicode and in ASCII.
//!
//! Views take their signs from [`super::theme::Theme::symbols`]. Sentences are written with the
//! punctuation of a book wherever they come from; [`Symbols::finish`] puts plain signs in its place at
//! the end, where those are wanted.

use ratatui::buffer::Buffer;
use ratatui::symbols::border;

use super::text;
use crate::clusters::map::palette::Shape;

/// What each thing is drawn with; one column each.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbols {
    /// A paper that was read.
    pub read: char,
    /// One that is being read.
    pub reading: char,
    /// One to be read next.
    pub queued: char,
    /// One with a star.
    pub starred: char,
    /// One that is not for the user.
    pub not_for_me: char,
    /// One that is selected, or kept.
    pub selected: char,
    /// More like this one.
    pub like: char,
    /// Less like this one.
    pub unlike: char,
    /// One of a subject that was neglected lately.
    pub neglected: char,
    /// One that is recommended, on the map.
    pub recommended: char,
    /// The row under the cursor.
    pub cursor: char,
    /// The paper under the cursor, on the map.
    pub here: char,
    /// What is typed comes after this.
    pub prompt: char,
    /// The rule above a pane.
    pub rule: char,
    /// The border of a box.
    pub border: border::Set<'static>,
    /// An ascending order.
    pub ascending: char,
    /// A descending one.
    pub descending: char,
    /// The keys that go up and down.
    pub up_down: &'static str,
    /// A cluster whose parts are shown.
    pub open: char,
    /// One that has parts.
    pub closed: char,
    /// The row of papers in no cluster.
    pub no_cluster: char,
    /// Such a paper on the map.
    pub loose: char,
    /// The papers of clusters, in the order of [`Shape`].
    shapes: [char; 6],
    /// What went wrong.
    pub error: char,
    /// What may be wrong.
    pub warning: char,
    /// What is worth knowing.
    pub remark: char,
    /// What is much the same as something above.
    pub alike: char,
    /// What there is none of.
    pub none: char,
    /// A column of a bar, and its parts, one after the other fuller; the first is empty.
    bar: (char, &'static [&'static str]),
    /// Columns of different heights.
    sparkline: [char; 8],
    /// Can points be drawn as the dots of braille?
    pub braille: bool,
    /// Punctuation of sentences, and what stands for it.
    plain: &'static [(char, char)],
}

/// For nearly every terminal.
pub static UNICODE: Symbols = Symbols {
    read: '●',
    reading: '◐',
    queued: '›',
    starred: '★',
    not_for_me: '⊘',
    selected: '✓',
    like: '+',
    unlike: '−',
    neglected: '◇',
    recommended: '»',
    cursor: '▌',
    here: '◉',
    prompt: '›',
    rule: '─',
    border: border::PLAIN,
    ascending: '↑',
    descending: '↓',
    up_down: "↑ ↓",
    open: '▼',
    closed: '▶',
    no_cluster: '□',
    loose: '·',
    shapes: ['●', '■', '▲', '◆', '✚', '▼'],
    error: '✗',
    warning: '!',
    remark: '·',
    alike: '≈',
    none: '–',
    bar: ('▇', &["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]),
    sparkline: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    braille: true,
    plain: &[],
};

/// For terminals and fonts that have nothing else.
pub static ASCII: Symbols = Symbols {
    read: 'x',
    reading: '~',
    queued: '>',
    starred: '*',
    not_for_me: '-',
    selected: 'v',
    like: '+',
    unlike: '_',
    neglected: '?',
    recommended: '!',
    cursor: '>',
    here: 'O',
    prompt: '>',
    rule: '-',
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
    ascending: '^',
    descending: 'v',
    up_down: "up down",
    open: '-',
    closed: '+',
    no_cluster: '.',
    loose: '.',
    shapes: ['o', '#', 'A', '%', '&', 'V'],
    error: 'x',
    warning: '!',
    remark: '.',
    alike: '~',
    none: '-',
    bar: ('=', &["", "-"]),
    sparkline: ['.', ':', '-', '=', '+', '*', '#', '@'],
    braille: false,
    plain: &[
        ('·', '|'),
        ('…', '~'),
        ('›', '>'),
        ('×', 'x'),
        ('≈', '~'),
        ('−', '-'),
        ('–', '-'),
        ('—', '-'),
        ('‐', '-'),
        ('‑', '-'),
        ('“', '"'),
        ('”', '"'),
        ('„', '"'),
        ('‘', '\''),
        ('’', '\''),
        ('\u{a0}', ' '),
    ],
};

impl Symbols {
    /// The papers of a cluster with this shape.
    #[must_use]
    pub fn shape(&self, shape: Shape) -> char {
        self.shapes[shape as usize]
    }

    /// A bar of so many columns, filled to a fraction in steps of a part of a column.
    #[must_use]
    pub fn bar(&self, fraction: f64, columns: usize) -> String {
        let (full, parts) = self.bar;
        let steps = (fraction.clamp(0.0, 1.0) * (columns * parts.len()) as f64).round() as usize;
        let mut bar = String::from(full).repeat(steps / parts.len());
        bar.push_str(parts[steps % parts.len()]);
        text::fill(&bar, columns)
    }

    /// Counts as columns of different heights, in at most so many: neighbours are summed where there are
    /// more. What is there shows, however little it is beside the greatest.
    #[must_use]
    pub fn sparkline(&self, counts: &[u32], columns: usize) -> String {
        let each = counts.len().div_ceil(columns.max(1)).max(1);
        // The last column is a full one: a year that has just begun is seen less in a sum.
        let sums: Vec<u32> = counts.rchunks(each).rev().map(|some| some.iter().sum()).collect();
        let most = sums.iter().copied().max().unwrap_or(0).max(1);
        let column = |sum: u32| {
            let eighths = (f64::from(sum) / f64::from(most) * 8.0).ceil() as usize;
            eighths.checked_sub(1).map_or(' ', |at| self.sparkline[at.min(7)])
        };
        text::fill(&sums.into_iter().map(column).collect::<String>(), columns)
    }

    /// Puts plain signs in the place of punctuation, where this table has such.
    pub fn finish(&self, buffer: &mut Buffer) {
        if self.plain.is_empty() {
            return;
        }
        let area = buffer.area;
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.make_plain(buffer, x, y);
            }
        }
    }

    fn make_plain(&self, buffer: &mut Buffer, x: u16, y: u16) {
        let is_blank = |x: u16| buffer.cell((x, y)).is_none_or(|cell| cell.symbol() == " ");
        let mut chars = buffer[(x, y)].symbol().chars();
        let (Some(c), None) = (chars.next(), chars.next()) else {
            return;
        };
        let Some(&(_, plain)) = self.plain.iter().find(|(fine, _)| *fine == c) else {
            return;
        };
        let is_after_gap = x == buffer.area.left() || is_blank(x - 1);
        match c {
            // A dot between two things, and not one of mathematics.
            '·' if !is_after_gap || !is_blank(x + 1) => {}
            // A sentence that goes on, and not a text that was cut.
            '…' if is_after_gap
                && x + 2 < buffer.area.right()
                && is_blank(x + 1)
                && is_blank(x + 2) =>
            {
                for x in x..x + 3 {
                    buffer[(x, y)].set_char('.');
                }
            }
            _ => {
                buffer[(x, y)].set_char(plain);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn bars_grow_by_parts() {
        assert_eq!(UNICODE.bar(0.0, 3), "   ");
        assert_eq!(UNICODE.bar(0.5, 3), "▇▌ ");
        assert_eq!(UNICODE.bar(1.0, 3), "▇▇▇");
        assert_eq!(UNICODE.bar(f64::NAN, 2), "  ");
        assert_eq!(ASCII.bar(0.5, 3), "=- ");
        assert_eq!(ASCII.bar(1.0, 3), "===");
    }

    #[test]
    fn counts_are_drawn_to_scale() {
        assert_eq!(UNICODE.sparkline(&[0, 1, 4, 8], 4), " ▁▄█");
        assert_eq!(UNICODE.sparkline(&[1, 1, 2, 2, 4], 3), "▂▄█");
        assert_eq!(UNICODE.sparkline(&[3], 4), "█   ");
        assert_eq!(UNICODE.sparkline(&[1, 1000], 2), "▁█");
        assert_eq!(UNICODE.sparkline(&[], 3), "   ");
        assert_eq!(UNICODE.sparkline(&[0, 0], 2), "  ");
        assert_eq!(ASCII.sparkline(&[0, 1, 4, 8], 4), " .=@");
    }

    #[test]
    fn signs_are_one_column_wide_and_marks_differ() {
        for (symbols, is_ascii) in [(&UNICODE, false), (&ASCII, true)] {
            let marks = [
                symbols.read,
                symbols.reading,
                symbols.queued,
                symbols.starred,
                symbols.not_for_me,
                symbols.selected,
                symbols.like,
                symbols.unlike,
                symbols.neglected,
                symbols.recommended,
            ];
            for (at, mark) in marks.iter().enumerate() {
                assert!(!marks[..at].contains(mark), "{mark} is two marks");
            }
            let all = marks.iter().chain(&symbols.shapes).chain(&symbols.sparkline).copied();
            let rest = [
                symbols.cursor,
                symbols.here,
                symbols.rule,
                symbols.ascending,
                symbols.descending,
                symbols.open,
                symbols.closed,
                symbols.no_cluster,
                symbols.loose,
                symbols.error,
                symbols.warning,
                symbols.remark,
                symbols.alike,
                symbols.none,
            ];
            for sign in all.chain(rest) {
                assert_eq!(text::width(&sign.to_string()), 1, "{sign}");
                assert!(!is_ascii || sign.is_ascii(), "{sign}");
            }
        }
        assert!(ASCII.plain.iter().all(|(_, plain)| plain.is_ascii()));
    }

    #[test]
    fn sentences_become_plain_and_mathematics_stays() {
        let row = |text: &str| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 1));
            buffer.set_string(0, 0, text, ratatui::style::Style::new());
            ASCII.finish(&mut buffer);
            let row: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
            row.trim_end().to_owned()
        };
        assert_eq!(row("papers.bib · “12” papers"), "papers.bib | \"12\" papers");
        assert_eq!(row("finding clusters …"), "finding clusters ...");
        assert_eq!(row("Deep Learn…  1997"), "Deep Learn~  1997");
        assert_eq!(row("… a · b — α·β"), "~ a | b - α·β");
        assert_eq!(row("日本… x"), "日 本 ~ x", "a wide character has an empty cell behind it");
    }
}
