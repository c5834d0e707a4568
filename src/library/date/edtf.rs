//! The standard form.

use super::{Date, DateError, Point, Season, Span};

/// One side of a range.
enum Side {
    /// Nothing, or `..`.
    Open,
    /// A point, or a first and a last one where digits are unspecified.
    Known { first: Point, last: Point, approximate: bool, uncertain: bool },
}

/// Reads a date without white space at its ends.
pub(super) fn read(text: &str) -> Result<Date, DateError> {
    let (from, to) = match text.split_once('/') {
        Some((from, to)) => (side(from)?, Some(side(to)?)),
        None => (side(text)?, None),
    };
    let (span, approximate, uncertain) = match (from, to) {
        (Side::Known { first, last, approximate, uncertain }, None) => {
            let span = if first == last { Span::At(first) } else { Span::Between(first, last) };
            (span, approximate, uncertain)
        }
        (Side::Known { first, approximate, uncertain, .. }, Some(Side::Open)) => {
            (Span::Since(first), approximate, uncertain)
        }
        (Side::Open, Some(Side::Known { last, approximate, uncertain, .. })) => {
            (Span::Until(last), approximate, uncertain)
        }
        (
            Side::Known { first, approximate, uncertain, .. },
            Some(Side::Known { last, approximate: nearly, uncertain: perhaps, .. }),
        ) => {
            if last.precedes(first) {
                return Err(DateError::Backwards);
            }
            let span = if first == last { Span::At(first) } else { Span::Between(first, last) };
            (span, approximate || nearly, uncertain || perhaps)
        }
        (Side::Open, _) => return Err(DateError::Form),
    };
    Ok(Date { written: text.to_owned(), span, approximate, uncertain })
}

fn side(text: &str) -> Result<Side, DateError> {
    let text = text.trim();
    if text.is_empty() || text == ".." {
        return Ok(Side::Open);
    }
    let (text, approximate, uncertain) = match text.as_bytes()[text.len() - 1] {
        b'~' => (&text[..text.len() - 1], true, false),
        b'?' => (&text[..text.len() - 1], false, true),
        b'%' => (&text[..text.len() - 1], true, true),
        _ => (text, false, false),
    };
    let (first, last) = points(text)?;
    Ok(Side::Known { first, last, approximate, uncertain })
}

/// The first and last year, month or day that a text may mean.
fn points(text: &str) -> Result<(Point, Point), DateError> {
    if let Some(long) = text.strip_prefix(['Y', 'y']) {
        let year = Point::year(long.parse().map_err(|_| DateError::Form)?);
        return Ok((year, year));
    }
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (digits, rest) = text.split_at_checked(4).ok_or(DateError::Form)?;
    let ((low, high), rest) = (years(digits)?, parts(rest)?);
    let (low, high) = if negative { (-high, -low) } else { (low, high) };
    if low != high {
        // A month of an unspecified year says nothing.
        let none = rest.iter().all(|part| part.is_none_or(|part| part == UNSPECIFIED));
        return if none { Ok((Point::year(low), Point::year(high))) } else { Err(DateError::Form) };
    }
    within(low, rest)
}

/// The years that four digits may mean, the last of which may be unspecified.
fn years(digits: &str) -> Result<(i32, i32), DateError> {
    let known = digits.trim_end_matches(['X', 'u']);
    let unspecified = (digits.len() - known.len()) as u32;
    if known.is_empty() || !known.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateError::Form);
    }
    let step = 10_i32.pow(unspecified);
    let low = known.parse::<i32>().map_err(|_| DateError::Form)? * step;
    Ok((low, low + step - 1))
}

/// Stands for `XX`.
const UNSPECIFIED: u8 = 0;

/// The two-digit parts behind a year, `-05-02`; a time of day behind them is left out.
fn parts(text: &str) -> Result<[Option<u8>; 2], DateError> {
    let mut parts = [None; 2];
    let mut rest = text;
    for part in &mut parts {
        let Some((digits, behind)) = rest.strip_prefix('-').and_then(|r| r.split_at_checked(2))
        else {
            break;
        };
        *part = Some(match digits.as_bytes() {
            b"XX" | b"uu" => UNSPECIFIED,
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => match 10 * (tens - b'0') + ones - b'0' {
                0 => return Err(DateError::Form),
                number => number,
            },
            _ => return Err(DateError::Form),
        });
        rest = behind;
    }
    let is_time = |time: &str| {
        let of_time = |b: u8| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'+' | b'-' | b'Z');
        time.len() >= 2 && time.bytes().all(of_time)
    };
    let timed = parts[1].is_some() && rest.strip_prefix('T').is_some_and(is_time);
    if rest.is_empty() || timed { Ok(parts) } else { Err(DateError::Form) }
}

/// The first and last point that the parts behind a year mean.
fn within(year: i32, parts: [Option<u8>; 2]) -> Result<(Point, Point), DateError> {
    let whole = Point::year(year);
    let month = |month| Point { month: Some(month), ..whole };
    let months = |first: u8, count: u8| Ok((month(first), month(first + count - 1)));
    match parts {
        [None | Some(UNSPECIFIED), None | Some(UNSPECIFIED)] => Ok((whole, whole)),
        [Some(number @ 1..=12), None | Some(UNSPECIFIED)] => months(number, 1),
        [Some(number @ 1..=12), Some(day)] => {
            if day > days(year, number) {
                return Err(DateError::Day(day));
            }
            let point = Point { day: Some(day), ..month(number) };
            Ok((point, point))
        }
        // Seasons anywhere, in the northern and in the southern hemisphere.
        [Some(number @ 21..=32), None] => {
            let season = Season::ALL[usize::from((number - 21) % 4)];
            let point = Point { season: Some(season), ..whole };
            Ok((point, point))
        }
        // Quarters, thirds and halves.
        [Some(number @ 33..=36), None] => months(3 * (number - 33) + 1, 3),
        [Some(number @ 37..=39), None] => months(4 * (number - 37) + 1, 4),
        [Some(number @ 40..=41), None] => months(6 * (number - 40) + 1, 6),
        [Some(number @ (13..=20 | 42..)), _] => Err(DateError::Month(number)),
        _ => Err(DateError::Form),
    }
}

/// Days of a month, by the Gregorian calendar.
pub(super) fn days(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
