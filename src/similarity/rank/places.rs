//! Where a paper stands in a ranking of all, without sorting all.

use std::ops::Range;

use rayon::prelude::*;

/// Values that one thread looks at.
const CHUNK: usize = 8192;

/// The places of those items that are there: see [`places`].
pub(super) fn of(
    count: usize,
    value: impl Fn(usize) -> Option<f64> + Sync,
    items: &[Option<(usize, f64)>],
) -> Vec<Option<usize>> {
    let known: Vec<(usize, f64)> = items.iter().copied().flatten().collect();
    let mut places = places(count, value, &known).into_iter();
    items.iter().map(|item| item.and_then(|_| places.next())).collect()
}

/// The places, from 1, of some items among all: how many have a greater value, or an equal one and
/// a lower number, and one more. `value` gives what each number below `count` has; what has none has
/// no place and must not be asked for. Takes time proportional to `count · ln items`, and no more
/// than a comparison for a value below all of those asked for.
fn places(
    count: usize,
    value: impl Fn(usize) -> Option<f64> + Sync,
    items: &[(usize, f64)],
) -> Vec<usize> {
    let ahead = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    // Best first.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_unstable_by(|&a, &b| ahead(&items[a], &items[b]));
    let sorted: Vec<(usize, f64)> = order.iter().map(|&item| items[item]).collect();
    let Some(&last) = sorted.last() else {
        return Vec::new();
    };
    // By place in `sorted`: how many values stand right before it, after the one before.
    let before_in = |numbers: Range<usize>| {
        let mut before = vec![0_usize; sorted.len()];
        for number in numbers {
            if let Some(value) = value(number).filter(|value| *value >= last.1)
                && ahead(&(number, value), &last).is_lt()
            {
                let place = sorted.partition_point(|item| ahead(item, &(number, value)).is_le());
                before[place] += 1;
            }
        }
        before
    };
    let chunks: Vec<Vec<usize>> = (0..count.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| before_in(chunk * CHUNK..count.min((chunk + 1) * CHUNK)))
        .collect();
    let mut places = vec![0; items.len()];
    // A value equal to an item is the item itself, counted before the next.
    let mut sum = 0;
    for (place, item) in order.into_iter().enumerate() {
        sum += chunks.iter().map(|before| before[place]).sum::<usize>();
        places[item] = sum + 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_those_of_the_sorted_list(
            values in prop::collection::vec(-3_i8..3, 1..60),
            asked in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let all: Vec<(usize, f64)> =
                values.iter().map(|&value| f64::from(value)).enumerate().collect();
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let asked: Vec<(usize, f64)> = asked.iter().map(|index| *index.get(&all)).collect();
            let mut once = asked.clone();
            once.sort_by_key(|item| item.0);
            once.dedup();
            let expected: Vec<usize> = once
                .iter()
                .map(|item| sorted.iter().position(|other| other.0 == item.0).unwrap() + 1)
                .collect();
            let value = |number: usize| Some(all[number].1);
            prop_assert_eq!(places(all.len(), value, &once), expected);
        }
    }
}
