//! Lists that do not say the same thing ten times: maximal marginal relevance (Carbonell and
//! Goldstein, 1998).

/// How much closeness to what is looked for counts against closeness to what is listed already.
pub const LAMBDA: f64 = 0.7;

/// The first `top` of a list in a new order; places in the list are returned. Next comes each time
/// the item with the greatest `λ · relevance − (1 − λ) · similarity`, the latter to the most similar
/// item that came before; the earlier in the list where equal.
///
/// `relevance` is that of each item, `[items]`, most relevant first; `similarity` takes the places of
/// two items. Both must be on one scale, such as [standard deviations](super::scale::Scale) above
/// the mean pair. It takes time proportional to `top · items`.
pub fn diverse(
    relevance: &[f64],
    mut similarity: impl FnMut(usize, usize) -> f64,
    top: usize,
    lambda: f64,
) -> Vec<usize> {
    // Similarity to the most similar item chosen: none yet.
    let mut left: Vec<(usize, f64)> =
        (0..relevance.len()).map(|item| (item, f64::NEG_INFINITY)).collect();
    let mut chosen = Vec::with_capacity(top.min(relevance.len()));
    while chosen.len() < top && !left.is_empty() {
        let value = |&(item, closest): &(usize, f64)| {
            let repeated = if chosen.is_empty() { 0.0 } else { closest };
            lambda * relevance[item] - (1.0 - lambda) * repeated
        };
        let mut best = 0;
        for place in 1..left.len() {
            if value(&left[place]) > value(&left[best]) {
                best = place;
            }
        }
        let (next, _) = left.remove(best);
        for (item, closest) in &mut left {
            *closest = closest.max(similarity(*item, next));
        }
        chosen.push(next);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Items of two kinds: alike within a kind, strangers otherwise.
    fn of_kinds(kinds: &[u8]) -> impl Fn(usize, usize) -> f64 {
        move |a, b| if kinds[a] == kinds[b] { 1.0 } else { 0.0 }
    }

    #[test]
    fn what_repeats_comes_later() {
        let relevance = [1.0, 0.9, 0.8, 0.7];
        let similarity = of_kinds(&[0, 0, 0, 1]);
        assert_eq!(diverse(&relevance, similarity, 4, LAMBDA), [0, 3, 1, 2]);
        // 0.7 · 0.2 < 0.7 · 0.9 − 0.3: what matters little does not jump the queue.
        let similarity = of_kinds(&[0, 0, 0, 1]);
        assert_eq!(diverse(&[1.0, 0.9, 0.8, 0.2], similarity, 2, LAMBDA), [0, 1]);
    }

    proptest! {
        #[test]
        fn it_is_a_permutation_that_begins_with_the_best(
            mut relevance in prop::collection::vec(-3.0..3.0_f64, 1..30),
            kinds in prop::collection::vec(0_u8..4, 30),
            top in 0_usize..40,
        ) {
            relevance.sort_by(|a, b| b.total_cmp(a));
            let items = relevance.len();
            let chosen = diverse(&relevance, of_kinds(&kinds), top, LAMBDA);
            prop_assert_eq!(chosen.len(), top.min(items));
            prop_assert!(top == 0 || chosen[0] == 0);
            let mut once = chosen.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), chosen.len());
            // Relevance alone leaves the order as it was.
            let plain = diverse(&relevance, of_kinds(&kinds), top, 1.0);
            prop_assert!(plain.into_iter().eq(0..top.min(items)));
        }
    }
}
