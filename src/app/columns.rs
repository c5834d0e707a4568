//! The columns of lists of papers: which are shown, in which order, and how wide they are.

use std::fmt;
use std::str::FromStr;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// How far it is read, starred, selected.
    State,
    /// Year.
    Year,
    /// Title.
    Title,
    /// First authors.
    Authors,
    /// Journal or proceedings.
    Venue,
    /// Cite key.
    Key,
    /// When it came into the library.
    Added,
    /// The user's rating.
    Rating,
    /// The user's tags, and those of the file.
    Tags,
}

impl Column {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::State,
        Self::Year,
        Self::Title,
        Self::Authors,
        Self::Venue,
        Self::Key,
        Self::Added,
        Self::Rating,
        Self::Tags,
    ];

    /// Its name, as the configuration has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Year => "year",
            Self::Title => "title",
            Self::Authors => "authors",
            Self::Venue => "venue",
            Self::Key => "key",
            Self::Added => "added",
            Self::Rating => "rating",
            Self::Tags => "tags",
        }
    }

    /// Cells that it takes in a list of so many, the gap before or behind it included; the title takes the
    /// rest.
    fn width(self, columns: usize) -> usize {
        match self {
            Self::State => 2,
            Self::Year => 5,
            Self::Title => 0,
            Self::Authors => (columns / 4).min(24),
            Self::Venue => (columns / 4).min(32),
            Self::Key => (columns / 5).clamp(12, 24),
            Self::Added => 11,
            Self::Rating => 4,
            Self::Tags => (columns / 5).clamp(10, 28),
        }
    }
}

/// What is wrong with a list of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// There is no such column.
    #[error("there is no column `{name}`: write {}", names(Column::ALL))]
    Unknown {
        /// The name given.
        name: String,
    },
    /// A column stands there twice.
    #[error("`{0}` stands there twice")]
    Twice(&'static str),
    /// Without a title a paper is not known again.
    #[error("`title` is missing: it takes what the others leave")]
    NoTitle,
}

fn names(columns: impl IntoIterator<Item = Column>) -> String {
    columns.into_iter().map(Column::name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Column {
    type Err = ColumnsError;

    fn from_str(name: &str) -> Result<Self, ColumnsError> {
        let found = Self::ALL.into_iter().find(|column| column.name() == name);
        found.ok_or_else(|| ColumnsError::Unknown { name: name.to_owned() })
    }
}

/// Columns in order. The title is among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Default for Columns {
    fn default() -> Self {
        Self(vec![Column::State, Column::Year, Column::Title, Column::Authors])
    }
}

impl Columns {
    /// These columns.
    ///
    /// # Errors
    /// One stands there twice, or the title is missing.
    pub fn new(columns: Vec<Column>) -> Result<Self, ColumnsError> {
        let twice = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column));
        if let Some((_, column)) = twice {
            return Err(ColumnsError::Twice(column.name()));
        }
        if !columns.contains(&Column::Title) {
            return Err(ColumnsError::NoTitle);
        }
        Ok(Self(columns))
    }

    /// The columns, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Column] {
        &self.0
    }

    /// The columns that have room in a list of so many cells, some of them taken, with their widths. Where
    /// there is little room, the last ones go first, until a title can be read.
    #[must_use]
    pub fn fit(&self, cells: usize, taken: usize) -> Vec<(Column, usize)> {
        let mut shown: Vec<(Column, usize)> =
            self.0.iter().map(|&column| (column, column.width(cells))).collect();
        loop {
            let others: usize = shown.iter().map(|(_, width)| width).sum();
            let title = cells.saturating_sub(others + taken);
            // State and year say much in little room.
            let spare = |(column, _): &(Column, usize)| {
                !matches!(column, Column::Title | Column::State | Column::Year)
            };
            match shown.iter().rposition(spare) {
                Some(at) if title < LEAST_TITLE => {
                    shown.remove(at);
                }
                _ => {
                    for (column, width) in &mut shown {
                        if *column == Column::Title {
                            *width = title;
                        }
                    }
                    return shown;
                }
            }
        }
    }
}

/// Cells from which on a title can be read.
const LEAST_TITLE: usize = 34;

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&names(self.0.iter().copied()))
    }
}

/// Names with commas between.
impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let columns = text.split(',').map(|name| name.trim().parse());
        Self::new(columns.collect::<Result<_, _>>()?)
    }
}

/// The box in which columns are chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chooser {
    /// All columns, and whether each is shown; those that are shown come first, in their order.
    pub rows: Vec<(Column, bool)>,
    /// Cursor.
    pub cursor: usize,
}

impl Chooser {
    /// With these columns shown.
    #[must_use]
    pub fn new(shown: &Columns) -> Self {
        let rest = Column::ALL.iter().filter(|column| !shown.0.contains(column));
        let rows = shown.0.iter().map(|&column| (column, true));
        Self { rows: rows.chain(rest.map(|&column| (column, false))).collect(), cursor: 0 }
    }

    /// Shows the column under the cursor, or no longer; the title stays.
    pub fn toggle(&mut self) {
        if let Some((column, shown)) = self.rows.get_mut(self.cursor)
            && *column != Column::Title
        {
            *shown = !*shown;
        }
    }

    /// Moves the column under the cursor by one place, and the cursor with it.
    pub fn shift(&mut self, down: bool) {
        let to = if down { self.cursor + 1 } else { self.cursor.wrapping_sub(1) };
        if to < self.rows.len() {
            self.rows.swap(self.cursor, to);
            self.cursor = to;
        }
    }

    /// The columns that are shown.
    #[must_use]
    pub fn columns(&self) -> Columns {
        Columns(self.rows.iter().filter(|(_, shown)| *shown).map(|(column, _)| *column).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_and_checked() {
        let columns: Columns = "key, title,rating".parse().unwrap();
        assert_eq!(columns.to_string(), "key, title, rating");
        assert_eq!(columns.to_string().parse(), Ok(columns));
        let error = |text: &str| text.parse::<Columns>().unwrap_err().to_string();
        assert!(error("title, yaer").contains("`yaer`: write state, year"));
        assert!(error("title, key, key").contains("twice"));
        assert!(error("key").contains("missing"));
    }

    #[test]
    fn the_title_takes_the_rest_and_the_last_columns_go_first() {
        let all = Columns::new(Column::ALL.to_vec()).unwrap();
        for cells in 0..220 {
            let shown = all.fit(cells, 0);
            let sum: usize = shown.iter().map(|(_, width)| width).sum();
            assert!(sum == cells.max(7), "{cells}: {shown:?}");
            let order: Vec<Column> = shown.iter().map(|(column, _)| *column).collect();
            assert_eq!(order, Column::ALL[..order.len()], "{cells}");
        }
        assert_eq!(all.fit(220, 2).len(), 9);
        assert_eq!(all.fit(40, 2).len(), 3);
    }

    #[test]
    fn columns_are_switched_and_moved() {
        let mut chooser = Chooser::new(&Columns::default());
        assert_eq!(chooser.rows.len(), Column::ALL.len());
        assert_eq!(chooser.columns(), Columns::default());
        chooser.toggle();
        chooser.cursor = 2;
        chooser.toggle();
        chooser.shift(false);
        assert_eq!(chooser.columns().to_string(), "title, year, authors", "the title stays");
        chooser.shift(false);
        chooser.shift(false);
        assert_eq!(chooser.cursor, 0);
    }
}
