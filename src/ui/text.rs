//! Text for the terminal: harmless, and as wide as it should be.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Would a terminal obey this character, or a reader be deceived by it? Control characters, and those that
/// are not seen or change the direction of what follows, but for the joiners that some scripts are
/// written with. Titles come from strangers.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The text without such characters; white space that is no space becomes one.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let clean = text.chars().filter_map(|c| match c {
        '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        c => (!is_unprintable(c)).then_some(c),
    });
    Cow::Owned(clean.collect())
}

/// Columns that a text takes. It is measured as a whole, as ratatui does where one part of a line follows
/// another: letters that a font joins, as in Arabic, may take less than each by itself.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, harmless, in at most so many columns; what is cut off is marked by an ellipsis.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let text = printable(text);
    if width(&text) <= columns {
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
    // A gap before the sign would make it one of a sentence that goes on.
    fitted.truncate(fitted.trim_end_matches([' ', '·']).len());
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
    filled.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&filled))));
    filled
}

/// Lines of at most so many columns, broken between words.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    textwrap::wrap(&printable(text), columns.max(1)).into_iter().map(Cow::into_owned).collect()
}

/// Lines that are broken already, filled to so many columns by wider gaps between words, as books have them;
/// the last one ends where it ends, and so does one that would get holes.
pub fn justify(lines: &mut [Vec<(String, bool)>], columns: usize) {
    let Some((_, lines)) = lines.split_last_mut() else {
        return;
    };
    for line in lines {
        let pieces = || line.iter().map(|(piece, _)| piece.as_str());
        let missing = columns.saturating_sub(pieces().map(width).sum());
        let gaps = pieces().map(|piece| piece.matches(' ').count()).sum::<usize>();
        if missing == 0 || missing * WIDER_GAPS > gaps {
            continue;
        }
        // The wider gaps are as far from one another as can be.
        let mut gap = 0;
        for (piece, _) in line.iter_mut() {
            let mut filled = String::with_capacity(piece.len() + missing);
            for c in piece.chars() {
                filled.push(c);
                if c == ' ' {
                    if (gap + 1) * missing / gaps > gap * missing / gaps {
                        filled.push(' ');
                    }
                    gap += 1;
                }
            }
            *piece = filled;
        }
    }
}

/// At most one of so many gaps is made wider.
const WIDER_GAPS: usize = 2;

/// The rows of a text that is typed, as bytes: of at most so many columns, broken after spaces where that
/// is possible. Nothing is left out, so that the cursor has a place everywhere; there is always a row.
#[must_use]
pub fn rows(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Where the row may end, and the columns up to there.
    let mut gap = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme.width();
        if used + wide > columns && at > start {
            let (end, kept) = gap.take().unwrap_or((at, used));
            rows.push(start..end);
            start = end;
            used -= kept;
        }
        used += wide;
        if grapheme == " " {
            gap = Some((at + 1, used));
        }
    }
    rows.push(start..text.len());
    rows
}

/// A text and some parts of it, by their bytes, as lines of at most so many columns: each line in pieces
/// that belong to such a part (`true`) or do not.
#[must_use]
pub fn wrap_lit(text: &str, parts: &[Range<usize>], columns: usize) -> Vec<Vec<(String, bool)>> {
    let mut clean = String::with_capacity(text.len());
    // For each byte of the clean text: is it of a part?
    let mut lit = Vec::with_capacity(text.len());
    let mut parts = parts.iter().peekable();
    for (at, c) in text.char_indices() {
        while parts.next_if(|part| part.end <= at).is_some() {}
        let is_lit = parts.peek().is_some_and(|part| part.contains(&at));
        let c = match c {
            '\n' | '\t' | '\r' => ' ',
            c if is_unprintable(c) => continue,
            c => c,
        };
        clean.push(c);
        lit.resize(clean.len(), is_lit);
    }
    let mut from = 0;
    let mut pieces = |line: &str| {
        // Between lines nothing but space is left out.
        from += clean[from..].find(line).unwrap_or(0);
        let mut pieces: Vec<(String, bool)> = Vec::new();
        for (at, c) in line.char_indices() {
            let is_lit = lit[from + at];
            match pieces.last_mut() {
                Some((piece, same)) if *same == is_lit => piece.push(c),
                _ => pieces.push((c.to_string(), is_lit)),
            }
        }
        from += line.len();
        pieces
    };
    textwrap::wrap(&clean, columns.max(1)).iter().map(|line| pieces(line)).collect()
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
    fn what_is_typed_is_broken_after_spaces_and_keeps_every_byte() {
        let lines = |text: &'static str, columns| -> Vec<&str> {
            rows(text, columns).into_iter().map(|row| &text[row]).collect()
        };
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("graph nets go", 6), ["graph ", "nets ", "go"]);
        assert_eq!(lines("graphnets", 4), ["grap", "hnet", "s"]);
        assert_eq!(lines("日本語 x", 4), ["日本", "語 x"]);
        assert_eq!(lines("日", 1), ["日"], "what is too wide has a row nevertheless");
    }

    #[test]
    fn parts_of_a_text_stay_lit_on_every_line() {
        let text = "A deep\u{7} graph\nof deep graphs";
        let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
        let parts = [at("deep"), at("graph\nof")];
        let lines = wrap_lit(text, &parts, 10);
        let lit: Vec<String> = (lines.iter().flatten())
            .filter(|(_, is_lit)| *is_lit)
            .map(|(piece, _)| piece.clone())
            .collect();
        // Lines of about the same length: the second part is on two of them.
        assert_eq!(lit, ["deep", "graph", "of"]);
        let whole: Vec<String> = (lines.iter())
            .map(|line| line.iter().map(|(piece, _)| piece.as_str()).collect())
            .collect();
        assert_eq!(whole, wrap(text, 10));
    }

    #[test]
    fn lines_are_filled_where_that_makes_no_holes() {
        let line = |text: &str| vec![(text.to_owned(), false)];
        let mut lines = vec![
            line("one two three four five"),
            vec![("one two three".to_owned(), true), (" four five".to_owned(), false)],
            line("three words only"),
            line("the end of it all"),
        ];
        justify(&mut lines, 25);
        assert_eq!(lines[0], line("one two  three four  five"));
        let parts = [("one two  three".to_owned(), true), (" four  five".to_owned(), false)];
        assert_eq!(lines[1], parts);
        assert_eq!(lines[2], line("three words only"), "too little to fill");
        assert_eq!(lines[3], line("the end of it all"), "the last one");
        justify(&mut [], 5);
    }

    #[test]
    fn what_a_reader_sees_as_one_sign_is_never_cut() {
        // Families, flags, a heart in colour, marks, Arabic letters that fonts join.
        for sign in ["👩‍👩‍👧‍👦", "🇩🇪", "❤️", "e\u{301}\u{323}", "क्षि", "1️⃣", "👍🏽", "ﷺ", "لا"]
        {
            let text = sign.repeat(4);
            for columns in 0..=width(&text) {
                let fitted = fit(&text, columns);
                assert!(width(&fitted) <= columns, "{sign} {columns}: {fitted}");
                let whole = fitted.trim_end_matches('…');
                let mut cuts = text.grapheme_indices(true).map(|(at, _)| at);
                assert!(whole == text || cuts.any(|at| at == whole.len()), "{sign}: {fitted}");
                assert_eq!(width(&fill(&text, columns)), columns, "{sign} {columns}");
            }
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let all: Vec<String> = [0, 999, 1000, 16851, 1_234_567].map(thousands).into();
        assert_eq!(all, ["0", "999", "1,000", "16,851", "1,234,567"]);
    }
}
