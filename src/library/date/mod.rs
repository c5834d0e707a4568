//! When a work appeared: the dates of biblatex, and what people write into `year` and `month`.
//!
//! [`edtf`] reads the standard form, strictly; [`free`] reads everything else, as far as it can be
//! read in one way only. Both give a [`Date`], which keeps what was written, and can say itself in
//! the standard form ([`Date::standard`]) and for readers (its `Display`).

mod edtf;
mod free;
#[cfg(test)]
mod tests;

use std::fmt;

/// Why a text is no date in the standard form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Another form altogether.
    #[error("not in the form 2019, 2019-05, 2019-05-02 or 2019/2021")]
    Form,
    /// A part of the year that there is not.
    #[error("there is no month {0}")]
    Month(u8),
    /// A day that the month does not have.
    #[error("the month has no day {0}")]
    Day(u8),
    /// A range that runs backwards.
    #[error("it ends before it begins")]
    Backwards,
}

/// A season, wherever on Earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // Their names say it.
pub enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

impl Season {
    const ALL: [Self; 4] = [Self::Spring, Self::Summer, Self::Autumn, Self::Winter];

    /// Its number in the standard form: 21 to 24.
    fn number(self) -> u8 {
        21 + self as u8
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spring => "spring",
            Self::Summer => "summer",
            Self::Autumn => "autumn",
            Self::Winter => "winter",
        })
    }
}

/// A year, a month, a day or a season. In order of time, the less exact before the more exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// Year; 0 is 1 BC, as astronomers count.
    pub year: i32,
    /// Month, from 1.
    pub month: Option<u8>,
    /// Day of the month, from 1; never without a month.
    pub day: Option<u8>,
    /// Season; never with a month.
    pub season: Option<Season>,
}

impl Point {
    /// A whole year.
    #[must_use]
    pub fn year(year: i32) -> Self {
        Self { year, month: None, day: None, season: None }
    }

    /// Is this certainly before the other, as far as both are known?
    fn precedes(self, other: Self) -> bool {
        let months = self.month.zip(other.month).filter(|_| self.year == other.year);
        let days = self.day.zip(other.day).filter(|_| months.is_some_and(|(a, b)| a == b));
        self.year < other.year
            || months.is_some_and(|(a, b)| a < b)
            || days.is_some_and(|(a, b)| a < b)
    }
}

impl fmt::Display for Point {
    /// The standard form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            0..=9999 => write!(f, "{:04}", self.year)?,
            -9999..0 => write!(f, "-{:04}", -self.year)?,
            _ => write!(f, "Y{}", self.year)?,
        }
        for part in [self.month, self.day, self.season.map(Season::number)].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// What is known of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// One year, month or day.
    At(Point),
    /// From the first to the second, which is not before it.
    Between(Point, Point),
    /// From then on; the end is open or unknown.
    Since(Point),
    /// Up to then; the beginning is unknown.
    Until(Point),
}

/// When a work appeared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Date {
    /// The text that it was read from.
    pub written: String,
    /// What it says.
    pub span: Span,
    /// Nearly then.
    pub approximate: bool,
    /// Perhaps then.
    pub uncertain: bool,
}

impl Date {
    /// Reads the standard form as biblatex has it (its manual, 2.3.8; ISO 8601-2, levels 0 and 1):
    /// `2019-05-02`, `2019/2021`, `2019/..`, `/2019`, `1999?`, `199X`, `2001-21`, `-0044`. A time
    /// of day is left out; quarters and the like become their months, unspecified digits the
    /// range that they stand for.
    ///
    /// # Errors
    /// The text is something else.
    pub fn from_standard(text: &str) -> Result<Self, DateError> {
        edtf::read(text.trim())
    }

    /// Reads what people write into `year`, `month` and `day`, LaTeX decoded: `June 2019`,
    /// `c. 1999`, `[1999]`, `2019/2020`; `10 January` in `month`. `None` where there is no year in
    /// it. What cannot be read in one way only is left out.
    #[must_use]
    pub fn from_free(year: &str, month: &str, day: &str) -> Option<Self> {
        free::read(year, month, day)
    }

    /// Does a text name a month or a season, or give its number, as `month` should?
    #[must_use]
    pub fn is_month(text: &str) -> bool {
        free::is_month(text)
    }

    /// Is there a day in what people write into `month` and `day` that its month does not have? Of
    /// such a day [`from_free`](Self::from_free) takes no notice.
    ///
    /// # Errors
    /// There is: [`DateError::Day`].
    pub fn check_day(year: i32, month: &str, day: &str) -> Result<(), DateError> {
        free::missing_day(year, month, day).map_or(Ok(()), |day| Err(DateError::Day(day)))
    }

    /// The standard form: [`from_standard`](Self::from_standard) reads it back as the same date.
    #[must_use]
    pub fn standard(&self) -> String {
        let mark = match (self.approximate, self.uncertain) {
            (false, false) => "",
            (true, false) => "~",
            (false, true) => "?",
            (true, true) => "%",
        };
        match self.span {
            Span::At(at) => format!("{at}{mark}"),
            Span::Between(from, to) => format!("{from}{mark}/{to}{mark}"),
            Span::Since(from) => format!("{from}{mark}/.."),
            Span::Until(to) => format!("../{to}{mark}"),
        }
    }

    /// Where it begins; where only the end is known, the end.
    #[must_use]
    pub fn first(&self) -> Point {
        match self.span {
            Span::At(point) | Span::Between(point, _) | Span::Since(point) | Span::Until(point) => {
                point
            }
        }
    }

    /// The year that the work is sorted, shown and found by.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.first().year
    }
}

/// The day of a time in seconds since 1970, in UTC, as ISO 8601 has it: days of the Gregorian calendar from
/// March on, so that a leap day is the last of its year.
#[must_use]
pub fn day_of(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + 400 * era + next)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = |f: &mut fmt::Formatter<'_>, point: Point| match (point.season, point.year) {
            (Some(season), _) => write!(f, "{season} {}", point.year),
            (None, ..=0) => write!(f, "{} BC", 1 - i64::from(point.year)),
            (None, _) => write!(f, "{point}"),
        };
        if self.approximate {
            f.write_str("c. ")?;
        }
        match self.span {
            Span::At(at) => point(f, at)?,
            Span::Between(from, to) => {
                point(f, from)?;
                f.write_str("–")?;
                point(f, to)?;
            }
            Span::Since(from) => {
                point(f, from)?;
                f.write_str("–")?;
            }
            Span::Until(to) => {
                f.write_str("–")?;
                point(f, to)?;
            }
        }
        if self.uncertain {
            f.write_str("?")?;
        }
        Ok(())
    }
}
