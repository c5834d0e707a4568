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

    /// Rows for columns. `lengths` says how many entries each column has.
    pub(super) fn transposed(&self, lengths: &[u32]) -> Self {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        starts.push(0);
        let mut end = 0;
        starts.extend(lengths.iter().map(|&length| {
            end += length as usize;
            end
        }));
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); end];
        for row in 0..self.rows() {
            for &(column, value) in self.row(row) {
                let place = &mut next[column as usize];
                entries[*place] = (row as u32, value);
                *place += 1;
            }
        }
        Self { starts, entries }
    }
}
