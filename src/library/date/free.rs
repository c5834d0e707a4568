//! What people write into `year`, `month` and `day`.
//!
//! A text is cut at dashes, slashes and the like into sides; each side may have a year (four
//! digits), a month or season (a word) and a day (a number beside a month). Two sides are a range,
//! and what one of them lacks it shares with the other: `27–30 June 2019`, `May/June 2019`.

use super::{Date, Point, Season, Span, edtf};
use crate::library::paper::fold;

/// Names of the months in the languages that reference managers write, folded; shorter forms are
/// their beginnings.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "januari", "janvier", "enero", "gennaio", "janeiro"],
    &["february", "februar", "februari", "fevrier", "febrero", "febbraio", "fevereiro"],
    &["march", "marz", "maerz", "maart", "mrt", "mars", "marzo", "marco"],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mei", "mayo", "maggio", "maio"],
    &["june", "juni", "juin", "junio", "giugno", "junho"],
    &["july", "juli", "juillet", "julio", "luglio", "julho"],
    &["august", "augustus", "aout", "agosto"],
    &["september", "septembre", "septiembre", "settembre", "setembro"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["november", "novembre", "noviembre", "novembro"],
    &["december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"],
];

/// Words between two sides, in lower case.
const JOINING: &[&str] = &["to", "and", "bis", "until"];

/// Reads a year with what `month` and `day` add to it.
pub(super) fn read(year: &str, month: &str, day: &str) -> Option<Date> {
    let mut date = edtf::read(year.trim()).ok().or_else(|| year_text(year))?;
    let mut written = vec![year.trim()];
    if !month.trim().is_empty() {
        add_month(&mut date, month, day);
        written = vec![day.trim(), month.trim(), year.trim()];
    }
    written.retain(|part| !part.is_empty());
    date.written = written.join(" ");
    Some(date)
}

/// Is there a month or a season in a text?
pub(super) fn is_month(text: &str) -> bool {
    months(text).iter().any(|side| side.month.is_some() || side.season.is_some())
}

/// A date in a text.
fn year_text(text: &str) -> Option<Date> {
    let text = text.trim().trim_start_matches(['[', '(', '{']).trim_end_matches([']', ')', '}']);
    let folded = fold(text);
    let nearly = ["c", "ca", "circa", "approx", "about", "around", "um", "vers"]
        .iter()
        .any(|word| folded.strip_prefix(word).is_some_and(|r| r.starts_with([' ', '1', '2'])));
    let span = numeric(text).or_else(|| span(&sides(text), None))?;
    Some(Date {
        written: String::new(),
        span,
        approximate: nearly || text.contains(['~', '∼', '≈']),
        uncertain: text.contains('?'),
    })
}

/// Dates of nothing but numbers: `2019-5-2`, `2019/05`, `2.5.2019`, `1998/99`.
fn numeric(text: &str) -> Option<Span> {
    let text = text.trim_end_matches('.').replace(['–', '—'], "-").replace("--", "-");
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut numbers = Vec::new();
    for part in text.split(separator).map(str::trim) {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        numbers.push((part.parse::<i32>().ok()?, part.len()));
    }
    let point = |year: i32, month: i32, day: Option<i32>| {
        let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
        let day = match day {
            None => None,
            Some(day) => {
                let last = edtf::days(year, month);
                Some(u8::try_from(day).ok().filter(|day| (1..=last).contains(day))?)
            }
        };
        Some(Span::At(Point { month: Some(month), day, ..Point::year(year) }))
    };
    match (numbers.as_slice(), separator) {
        (&[(year, 4), (month, ..=2), (day, ..=2)], '-' | '/' | '.')
        | (&[(day, ..=2), (month, ..=2), (year, 4)], '.') => point(year, month, Some(day)),
        // The next year, short: a volume or an academic year.
        (&[(year, 4), (next, 2)], '/' | '-')
            if next == (year + 1) % 100 && (separator == '/' || next > 12) =>
        {
            Some(Span::Between(Point::year(year), Point::year(year + 1)))
        }
        (&[(year, 4), (end, 2)], '/' | '-') if end > 12 && end > year % 100 => {
            Some(Span::Between(Point::year(year), Point::year(year - year % 100 + end)))
        }
        (&[(year, 4), (month, ..=2)] | &[(month, ..=2), (year, 4)], '-' | '/' | '.') => {
            point(year, month, None)
        }
        _ => None,
    }
}

/// What stands on one side of a dash.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    year: Option<i32>,
    month: Option<u8>,
    season: Option<Season>,
    day: Option<u8>,
    /// The first number that may be a month.
    number: Option<u8>,
}

impl Side {
    fn is_empty(&self) -> bool {
        self.year.or(self.month.map(i32::from)).or(self.day.map(i32::from)).is_none()
            && self.season.is_none()
    }
}

/// The sides of a text that say anything.
fn sides(text: &str) -> Vec<Side> {
    let mut sides = vec![Side::default()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let length = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(length);
        rest = behind;
        let Some(side) = sides.last_mut() else { break };
        match kind(first) {
            (true, _) => number(side, token),
            (_, true) => match token.to_lowercase().as_str() {
                word if JOINING.contains(&word) => sides.push(Side::default()),
                word => name(side, word),
            },
            _ if token.contains(['-', '–', '—', '/', '&', '+']) => sides.push(Side::default()),
            _ => {}
        }
    }
    sides.retain(|side| !side.is_empty());
    sides
}

fn number(side: &mut Side, digits: &str) {
    let Ok(number) = digits.parse::<i32>() else { return };
    match digits.len() {
        4 => side.year = side.year.or(Some(number)),
        ..=2 if (1..=31).contains(&number) => {
            side.day = side.day.or(Some(number as u8));
            side.number = side.number.or(Some(number as u8).filter(|n| *n <= 12));
        }
        _ => {}
    }
}

fn name(side: &mut Side, word: &str) {
    let word = fold(word);
    let is = |name: &&str| word.len() >= 3 && name.starts_with(word.as_str());
    if let Some(month) = MONTHS.iter().position(|names| names.iter().any(is)) {
        side.month = side.month.or(Some(month as u8 + 1));
        return;
    }
    let season = match word.as_str() {
        "spring" | "fruhjahr" | "fruhling" | "printemps" | "primavera" => Season::Spring,
        "summer" | "sommer" | "ete" | "verano" => Season::Summer,
        "autumn" | "fall" | "herbst" | "automne" => Season::Autumn,
        "winter" | "hiver" | "invierno" => Season::Winter,
        _ => return,
    };
    side.season = side.season.or(Some(season));
}

/// The time that sides mean, in `year` where they have none themselves.
fn span(sides: &[Side], year: Option<i32>) -> Option<Span> {
    let year = year.or_else(|| sides.iter().find_map(|side| side.year))?;
    let (mut from, mut to) = (*sides.first()?, sides.get(1).copied().unwrap_or_default());
    if from.day.is_some() && from.month.is_none() && from.year.is_none() {
        from.month = to.month;
    }
    if to.day.is_some() && to.year.is_none() {
        to.month = to.month.or(from.month);
    }
    let point = |side: Side| {
        let year = side.year.unwrap_or(year);
        let within = |day: &u8| side.month.is_some_and(|month| *day <= edtf::days(year, month));
        let day = side.day.filter(within);
        Point { year, month: side.month, day, season: side.season.filter(|_| side.month.is_none()) }
    };
    let says = to.year.is_some() || to.month.is_some() || to.season.is_some();
    let (from, to) = (point(from), point(to));
    // A range within one thing, or backwards, is none.
    if says && from < to && !to.precedes(from) {
        return Some(Span::Between(from, to));
    }
    Some(Span::At(from))
}

/// The sides of a `month` field: where there are no words, numbers are months. Of other words, as
/// in `Q3`, nobody knows what the numbers beside them count.
fn months(text: &str) -> Vec<Side> {
    let mut sides = sides(text);
    if sides.iter().all(|side| side.month.is_none() && side.season.is_none()) {
        let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let only_numbers = words.all(|word| JOINING.contains(&word.to_lowercase().as_str()));
        for side in &mut sides {
            (side.month, side.day) = (side.number.filter(|_| only_numbers), None);
        }
    }
    sides
}

/// The sides of a `month` field with what `day` adds to the first.
fn months_with_day(month: &str, day: &str) -> Vec<Side> {
    let mut sides = months(month);
    if let Some(side) = sides.first_mut()
        && side.day.is_none()
    {
        side.day = self::sides(day).first().and_then(|side| side.day);
    }
    sides
}

/// A day in `month` and `day` that its month does not have in this year.
pub(super) fn missing_day(year: i32, month: &str, day: &str) -> Option<u8> {
    let sides = months_with_day(month, day);
    // `27-30 February`
    let shared = sides.iter().find_map(|side| side.month);
    sides.iter().find_map(|side| {
        let last = edtf::days(side.year.unwrap_or(year), side.month.or(shared)?);
        side.day.filter(|day| *day > last)
    })
}

/// Adds month and day to a date of years.
fn add_month(date: &mut Date, month: &str, day: &str) {
    let mut sides = months_with_day(month, day);
    match (date.span, sides.as_mut_slice()) {
        (Span::At(point), _) if point == Point::year(point.year) => {
            date.span = span(&sides, Some(point.year)).unwrap_or(date.span);
        }
        (Span::Between(from, to), [first, last])
            if from == Point::year(from.year) && to == Point::year(to.year) =>
        {
            (first.year, last.year) = (Some(from.year), Some(to.year));
            date.span = span(&sides, None).unwrap_or(date.span);
        }
        _ => {}
    }
}
