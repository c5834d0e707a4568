//! The best of many, without sorting all.

use std::cmp::Ordering;

use rayon::prelude::*;

/// Items that one thread looks at.
const CHUNK: usize = 8192;

/// One similarity in so many is sampled to tell which are great.
const SAMPLED: usize = 64;

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

/// The `count` papers that are closest, in no order; the first where equal.
pub(super) fn closest(similarities: &[Option<f32>], count: usize) -> Vec<usize> {
    // What is as close as the closest of a sample, twice as many as would do, is what is looked for or
    // little more than that.
    let mut sample: Vec<f32> = similarities.iter().step_by(SAMPLED).copied().flatten().collect();
    let place = 2 * count.div_ceil(SAMPLED);
    let floor = if place < sample.len() {
        *sample.select_nth_unstable_by(place, |a, b| b.total_cmp(a)).1
    } else {
        f32::NEG_INFINITY
    };
    let from = |floor: f32| -> Vec<(usize, f32)> {
        let chunks: Vec<Vec<(usize, f32)>> = (similarities.par_chunks(CHUNK).enumerate())
            .map(|(chunk, similarities)| {
                let mut found = Vec::new();
                for (similarity, paper) in similarities.iter().zip(chunk * CHUNK..) {
                    if let Some(similarity) = *similarity
                        && similarity >= floor
                    {
                        found.push((paper, similarity));
                    }
                }
                found
            })
            .collect();
        chunks.concat()
    };
    let mut found = from(floor);
    if found.len() < count && floor > f32::NEG_INFINITY {
        found = from(f32::NEG_INFINITY);
    }
    if found.len() > count {
        found.select_nth_unstable_by(count, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(count);
    }
    found.into_iter().map(|(paper, _)| paper).collect()
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

        #[test]
        fn the_closest_are_the_head_of_the_sorted_list(
            similarities in prop::collection::vec(prop::option::of(-20_i8..20), 0..3_000),
            count in 0_usize..200,
        ) {
            let similarities: Vec<Option<f32>> =
                similarities.into_iter().map(|one| one.map(f32::from)).collect();
            let mut sorted: Vec<usize> =
                (0..similarities.len()).filter(|&paper| similarities[paper].is_some()).collect();
            sorted.sort_by(|&a, &b| similarities[b].partial_cmp(&similarities[a]).unwrap());
            sorted.truncate(count);
            sorted.sort_unstable();
            let mut found = closest(&similarities, count);
            found.sort_unstable();
            prop_assert_eq!(found, sorted);
        }
    }
}
