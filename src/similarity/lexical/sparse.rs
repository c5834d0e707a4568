//! A matrix of which most values are 0.

/// Rows of (column, value), one after another.
#[derive(Debug, Clone)]
pub(super) struct Sparse {
    /// Where each row begins in `entries`, and where the last one ends.
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl Default for Sparse {
    fn default() -> Self {
        Self { starts: vec![0], entries: Vec::new() }
    }
}

impl Sparse {
    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// One row, by ascending column.
    pub(super) fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// One row, to change its values.
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [(u32, f32)] {
        &mut self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// Adds a row.
    pub(super) fn push_row(&mut self, entries: impl IntoIterator<Item = (u32, f32)>) {
        self.entries.extend(entries);
        self.starts.push(self.entries.len());
    }

    /// Gives back the room for rows to come.
    pub(super) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Rounds all values as [`Columns`] keeps them.
    pub(super) fn round(&mut self) {
        for (_, value) in &mut self.entries {
            *value = f32::from(steps(*value)) * STEP;
        }
    }

    /// The same by column. `lengths` says how many entries each has.
    pub(super) fn transposed(&self, lengths: &[u32]) -> Columns {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        starts.push(0);
        let mut end = 0;
        starts.extend(lengths.iter().map(|&length| {
            end += length as usize;
            end
        }));
        let mut next = starts.clone();
        let (mut rows, mut values) = (vec![0; end], vec![0; end]);
        for row in 0..self.rows() {
            for &(column, value) in self.row(row) {
                let place = &mut next[column as usize];
                rows[*place] = row as u32;
                values[*place] = steps(value);
                *place += 1;
            }
        }
        Columns { starts, rows, values }
    }
}

/// What a step of a value is worth: a power of two, so that [`Sparse::round`] is exact.
const STEP: f32 = 1.0 / 32_768.0;

/// A value from 0 to 1 in steps.
fn steps(value: f32) -> u16 {
    (value / STEP).round() as u16
}

/// Columns of (row, value), one after another; values from 0 to 1, in 16 bits.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Where each column begins, and where the last one ends.
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<u16>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { starts: vec![0], rows: Vec::new(), values: Vec::new() }
    }
}

impl Columns {
    /// Number of columns.
    pub(super) fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of entries of a column.
    pub(super) fn length(&self, column: usize) -> usize {
        self.starts[column + 1] - self.starts[column]
    }

    /// One column, by ascending row.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = (u32, f32)> {
        let range = self.starts[column]..self.starts[column + 1];
        let values = self.values[range.clone()].iter().map(|&steps| f32::from(steps) * STEP);
        self.rows[range].iter().copied().zip(values)
    }
}
