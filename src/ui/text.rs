//! Text for the terminal: harmless, and as wide as it should be.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Would a terminal obey this character, or a reader be deceived by it? Control characters, and the
/// invisible ones that change the direction of what follows. Titles come from strangers.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The text without such characters; white space that is no space becomes one.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let clean = text.chars().filter_map(|c| match c {
        '\n' | '\t' | '\r' => Some(' '),
        c => (!is_unprintable(c)).then_some(c),
    });
    Cow::Owned(clean.collect())
}

/// Columns that a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, harmless, in at most so many columns; what is cut off is marked by an ellipsis.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let text = printable(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let Some(room) = columns.checked_sub(1) else {
        return String::new();
    };
    let mut fitted = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > room {
            break;
        }
        fitted.push_str(grapheme);
    }
    fitted.push('…');
    fitted
}

/// The text without its first columns.
#[must_use]
pub fn skip_columns(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        if used >= columns {
            return &text[start..];
        }
        used += grapheme.width();
    }
    ""
}

/// [`fit`], filled with spaces to exactly so many columns.
#[must_use]
pub fn fill(text: &str, columns: usize) -> String {
    let mut filled = fit(text, columns);
    filled.extend(std::iter::repeat_n(' ', columns.saturating_sub(filled.width())));
    filled
}

/// Lines of at most so many columns, broken between words.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    textwrap::wrap(&printable(text), columns.max(1)).into_iter().map(Cow::into_owned).collect()
}

/// A number with commas between the thousands.
#[must_use]
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A bar of so many columns, filled to a fraction in steps of an eighth of a column.
#[must_use]
pub fn bar(fraction: f64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (fraction.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
    let mut bar = "▇".repeat(eighths / 8);
    bar.push_str(EIGHTHS[eighths % 8]);
    fill(&bar, columns)
}

/// Counts as columns of different heights, in at most so many: neighbours are summed where there are
/// more. What is there shows, however little it is beside the greatest.
#[must_use]
pub fn sparkline(counts: &[u32], columns: usize) -> String {
    const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let each = counts.len().div_ceil(columns.max(1)).max(1);
    // The last column is a full one: a year that has just begun is seen less in a sum.
    let sums: Vec<u32> = counts.rchunks(each).rev().map(|some| some.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let column = |sum: u32| {
        let eighths = (f64::from(sum) / f64::from(most) * 8.0).ceil() as usize;
        eighths.checked_sub(1).map_or(' ', |at| EIGHTHS[at.min(7)])
    };
    fill(&sums.into_iter().map(column).collect::<String>(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_never_gets_through() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\nd"), "a[31mbc d");
        assert_eq!(fit("\u{7}beep", 10), "beep");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(fit("日本語の論文", 12), "日本語の論文");
        assert_eq!(fit("日本語の論文", 8), "日本語…");
        assert_eq!(fill("日本", 6), "日本  ");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(skip_columns("日本語", 2), "本語");
        assert_eq!(skip_columns("abc", 0), "abc");
        assert_eq!(skip_columns("abc", 9), "");
        assert_eq!(width(&fill("e\u{301}tude", 7)), 7);
    }

    #[test]
    fn bars_grow_by_eighths() {
        assert_eq!(bar(0.0, 3), "   ");
        assert_eq!(bar(0.5, 3), "▇▌ ");
        assert_eq!(bar(1.0, 3), "▇▇▇");
        assert_eq!(bar(f64::NAN, 2), "  ");
    }

    #[test]
    fn counts_are_drawn_to_scale() {
        assert_eq!(sparkline(&[0, 1, 4, 8], 4), " ▁▄█");
        assert_eq!(sparkline(&[1, 1, 2, 2, 4], 3), "▂▆█");
        assert_eq!(sparkline(&[3], 4), "█   ");
        assert_eq!(sparkline(&[1, 1000], 2), "▁█");
        assert_eq!(sparkline(&[], 3), "   ");
        assert_eq!(sparkline(&[0, 0], 2), "  ");
    }

    #[test]
    fn thousands_are_set_apart() {
        let all: Vec<String> = [0, 999, 1000, 16851, 1_234_567].map(thousands).into();
        assert_eq!(all, ["0", "999", "1,000", "16,851", "1,234,567"]);
    }
}
