//! The measures that `cargo bench --bench clusters` prints are those of scikit-learn.

#[path = "../benches/clusters/agreement.rs"]
mod agreement;

use agreement::{ami, ari};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn they_are_those_of_scikit_learn() {
    let (a, b) = ([0, 0, 1, 1, 2, 2, 2, 0], [1, 1, 0, 0, 0, 2, 2, 2]);
    assert!(close(ami(&a, &b), 0.319_672_650_570));
    assert!(close(ari(&a, &b), 0.238_095_238_095));
    let squares: Vec<usize> = (0..200).map(|i| i * i % 7).collect();
    let steps: Vec<usize> = (0..200).map(|i| (i * 3 + i / 20) % 5).collect();
    let halves: Vec<usize> = squares.iter().map(|i| i / 2).collect();
    assert!(close(ami(&squares, &steps), -0.019_036_668_037));
    assert!(close(ari(&squares, &steps), -0.014_995_293_947));
    assert!(close(ami(&squares, &halves), 0.885_532_870_740));
    assert!(close(ari(&squares, &halves), 0.804_766_789_177));
}

#[test]
fn equal_partitions_agree_wholly_whatever_their_labels() {
    assert!(close(ami(&[0, 0, 1, 2], &[7, 7, 3, 4]), 1.0));
    assert!(close(ari(&[0, 0, 1, 2], &[7, 7, 3, 4]), 1.0));
    assert!(close(ami(&[5, 5, 5], &[1, 1, 1]), 1.0) && close(ari(&[5, 5, 5], &[1, 1, 1]), 1.0));
}
