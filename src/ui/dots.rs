//! Many points in few cells: braille dots, two columns by four rows to a cell.

/// What of the points in a cell is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// The dots of a braille character.
    bits: u8,
    /// How many points more than those of other colours have this one, by the vote of Boyer and
    /// Moore: if more than half of the points have the same colour, it is the one.
    votes: u32,
    /// The colour of most.
    pub(super) colour: Option<u32>,
    /// Is any point lit?
    pub(super) lit: bool,
}

impl Cell {
    /// The braille character; `None` without points.
    pub(super) fn braille(&self) -> Option<char> {
        char::from_u32(0x2800 + u32::from(self.bits)).filter(|_| self.bits != 0)
    }
}

/// The cells of a pane.
#[derive(Debug)]
pub(super) struct Dots {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

impl Dots {
    /// Cells without points.
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Self { columns, rows, cells: vec![Cell::default(); columns * rows] }
    }

    /// Column and row of the cell in which a dot lies; `None` outside.
    pub(super) fn cell_of(&self, (x, y): (f32, f32)) -> Option<(usize, usize)> {
        let inside =
            x >= 0.0 && y >= 0.0 && x < self.columns as f32 * 2.0 && y < self.rows as f32 * 4.0;
        inside.then_some((x as usize / 2, y as usize / 4))
    }

    /// Adds a point, where it is in the pane; `false` where it is not. In a cell with points that are
    /// lit the others have no say.
    pub(super) fn add(&mut self, (x, y): (f32, f32), colour: Option<u32>, lit: bool) -> bool {
        /// The bits of a braille character by row, of the left and of the right column.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let Some((column, row)) = self.cell_of((x, y)) else {
            return false;
        };
        let cell = &mut self.cells[row * self.columns + column];
        cell.bits |= BITS[y as usize % 4][x as usize % 2];
        if lit && !cell.lit {
            (cell.lit, cell.votes) = (true, 0);
        }
        if lit == cell.lit {
            if cell.votes == 0 {
                (cell.colour, cell.votes) = (colour, 1);
            } else if cell.colour == colour {
                cell.votes += 1;
            } else {
                cell.votes -= 1;
            }
        }
        true
    }

    /// The cells that have points: column, row, and what is shown.
    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, usize, &Cell)> {
        let shown = self.cells.iter().enumerate().filter(|(_, cell)| cell.bits != 0);
        shown.map(|(at, cell)| (at % self.columns, at / self.columns, cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_share_a_cell_and_most_of_them_colour_it() {
        let mut dots = Dots::new(2, 1);
        for (at, colour) in [((0.0, 0.0), 1), ((1.9, 3.0), 2), ((0.5, 3.9), 2), ((0.0, 1.0), 2)] {
            assert!(dots.add(at, Some(colour), false));
        }
        for outside in [(4.0, 0.0), (0.0, 4.0), (-0.1, 0.0), (f32::NAN, 0.0)] {
            assert!(!dots.add(outside, None, false));
        }
        let cells: Vec<(usize, usize, char, Option<u32>)> =
            dots.cells().map(|(x, y, cell)| (x, y, cell.braille().unwrap(), cell.colour)).collect();
        assert_eq!(cells, [(0, 0, '⣃', Some(2))]);
    }

    #[test]
    fn what_is_lit_comes_before_what_is_many() {
        let mut dots = Dots::new(1, 1);
        for _ in 0..5 {
            dots.add((0.0, 0.0), Some(1), false);
        }
        dots.add((1.0, 0.0), Some(7), true);
        dots.add((1.0, 0.0), Some(1), false);
        let cells: Vec<Cell> = dots.cells().map(|(_, _, cell)| *cell).collect();
        assert_eq!(cells, [Cell { bits: 0x09, votes: 1, colour: Some(7), lit: true }]);
    }
}
