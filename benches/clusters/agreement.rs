//! How well two partitions agree: the adjusted Rand index (Hubert and Arabie, 1985) and adjusted
//! mutual information (Vinh, Epps and Bailey, 2010) with the arithmetic mean, as scikit-learn has
//! them.

use std::collections::BTreeMap;

/// How often each pair of labels, each label of the one and each of the other comes.
struct Contingency {
    cells: Vec<(usize, usize, f64)>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    total: f64,
}

impl Contingency {
    fn new(a: &[usize], b: &[usize]) -> Self {
        assert_eq!(a.len(), b.len());
        let mut cells: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
        for (&a, &b) in a.iter().zip(b) {
            let row_count = rows.len();
            let row = rows.entry(a).or_insert((row_count, 0.0));
            row.1 += 1.0;
            let column_count = columns.len();
            let column = columns.entry(b).or_insert((column_count, 0.0));
            column.1 += 1.0;
            *cells.entry((row.0, column.0)).or_default() += 1.0;
        }
        let counts = |of: BTreeMap<usize, (usize, f64)>| {
            let mut counts = vec![0.0; of.len()];
            for (place, count) in of.into_values() {
                counts[place] = count;
            }
            counts
        };
        Self {
            cells: cells.into_iter().map(|((a, b), count)| (a, b, count)).collect(),
            rows: counts(rows),
            columns: counts(columns),
            total: a.len() as f64,
        }
    }
}

/// Adjusted Rand index: 1 for equal partitions, 0 on average for random ones.
pub fn ari(a: &[usize], b: &[usize]) -> f64 {
    let table = Contingency::new(a, b);
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    let both: f64 = table.cells.iter().map(|&(_, _, count)| pairs(count)).sum();
    let rows: f64 = table.rows.iter().map(|&count| pairs(count)).sum();
    let columns: f64 = table.columns.iter().map(|&count| pairs(count)).sum();
    let expected = rows * columns / pairs(table.total);
    let most = f64::midpoint(rows, columns);
    if (most - expected).abs() < 1e-15 { 1.0 } else { (both - expected) / (most - expected) }
}

/// Adjusted mutual information: 1 for equal partitions, 0 on average for random ones.
pub fn ami(a: &[usize], b: &[usize]) -> f64 {
    let table = Contingency::new(a, b);
    let n = table.total;
    let entropy =
        |counts: &[f64]| -> f64 { counts.iter().map(|count| -count / n * (count / n).ln()).sum() };
    let mutual: f64 = (table.cells.iter())
        .map(|&(row, column, count)| {
            count / n * (n * count / (table.rows[row] * table.columns[column])).ln()
        })
        .sum();
    let expected = expected_mutual_information(&table);
    let mean = f64::midpoint(entropy(&table.rows), entropy(&table.columns));
    if (mean - expected).abs() < 1e-15 { 1.0 } else { (mutual - expected) / (mean - expected) }
}

/// Of partitions with the same sizes at random (hypergeometric).
fn expected_mutual_information(table: &Contingency) -> f64 {
    let n = table.total as usize;
    let mut ln_factorial = vec![0.0; n + 1];
    for i in 1..=n {
        ln_factorial[i] = ln_factorial[i - 1] + (i as f64).ln();
    }
    let f = |count: usize| ln_factorial[count];
    let mut sum = 0.0;
    for a in table.rows.iter().map(|&count| count as usize) {
        for b in table.columns.iter().map(|&count| count as usize) {
            for both in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                let (x, total) = (both as f64, n as f64);
                let term = x / total * (total * x / (a as f64 * b as f64)).ln();
                let chance = f(a) + f(b) + f(n - a) + f(n - b)
                    - f(n)
                    - f(both)
                    - f(a - both)
                    - f(b - both)
                    - f(n + both - a - b);
                sum += term * chance.exp();
            }
        }
    }
    sum
}
