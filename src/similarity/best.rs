//! The best of many, without sorting all.

use std::cmp::Ordering;

/// The `count` items that `compare` puts first, in no order. Most items cost one comparison, with the
/// worst of the best so far.
pub(super) fn best<T: Copy>(
    items: impl Iterator<Item = T>,
    count: usize,
    compare: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    let mut best: Vec<T> = Vec::new();
    if count == 0 {
        return best;
    }
    let mut worst: Option<T> = None;
    for item in items {
        if worst.is_some_and(|worst| compare(&item, &worst).is_gt()) {
            continue;
        }
        best.push(item);
        if best.len() >= count.saturating_mul(2) {
            let (_, &mut last, _) = best.select_nth_unstable_by(count - 1, &compare);
            best.truncate(count);
            worst = Some(last);
        }
    }
    if best.len() > count {
        best.select_nth_unstable_by(count - 1, &compare);
        best.truncate(count);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_head_of_the_sorted_list(
            items in prop::collection::vec(0_u8..20, 0..80),
            count in 0_usize..90,
        ) {
            let items: Vec<(u8, usize)> = items.into_iter().zip(0..).collect();
            let mut found = best(items.iter().copied(), count, Ord::cmp);
            found.sort_unstable();
            let mut sorted = items;
            sorted.sort_unstable();
            sorted.truncate(count);
            prop_assert_eq!(found, sorted);
        }
    }
}
