//! The words of one paper, laid out to be looked up.

use super::sparse::Sparse;

/// Marks a free slot; no library has so many terms.
const FREE: u32 = u32::MAX;

/// The weights of a paper's terms in a hash table with open addressing, small enough to stay in the
/// processor's nearest cache while many papers are compared with it.
#[derive(Debug)]
pub(crate) struct Spread<'a> {
    by_paper: &'a Sparse,
    /// (term, weight); a power of two of them, at most half of them taken.
    slots: Vec<(u32, f32)>,
}

impl<'a> Spread<'a> {
    pub(super) fn new(by_paper: &'a Sparse, paper: usize) -> Self {
        let terms = by_paper.row(paper);
        let size = (2 * terms.len()).next_power_of_two();
        let mut spread = Self { by_paper, slots: vec![(FREE, 0.0); size] };
        for &(term, weight) in terms {
            let slot = spread.slot(term);
            spread.slots[slot] = (term, weight);
        }
        spread
    }

    /// Cosine of the words to another paper's.
    pub(crate) fn cosine(&self, other: usize) -> f32 {
        let terms = self.by_paper.row(other).iter();
        terms.map(|&(term, weight)| weight * self.slots[self.slot(term)].1).sum()
    }

    /// Where a term is, or would be.
    fn slot(&self, term: u32) -> usize {
        let mask = self.slots.len() - 1;
        // Fibonacci hashing (Knuth, 1973): neighbouring numbers lie far apart.
        let mut slot = (term.wrapping_mul(0x9e37_79b9) >> 8) as usize & mask;
        while self.slots[slot].0 != term && self.slots[slot].0 != FREE {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_is_the_sum_over_the_terms_that_both_have() {
        let mut rows = Sparse::default();
        rows.push_row((0..50).map(|i| (i * 3, 0.5)));
        rows.push_row((0..50).map(|i| (i * 2, 0.25)));
        rows.push_row(Vec::new());
        // Multiples of 6 below 100: 17 of them.
        assert!((Spread::new(&rows, 0).cosine(1) - 17.0 * 0.125).abs() < 1e-6);
        assert!((Spread::new(&rows, 1).cosine(0) - 17.0 * 0.125).abs() < 1e-6);
        assert!(Spread::new(&rows, 0).cosine(2).abs() < 1e-9);
        assert!(Spread::new(&rows, 2).cosine(1).abs() < 1e-9);
    }
}
