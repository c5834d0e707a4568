//! A list that is not all of one kind: the best papers, each unlike those before it, not too many of
//! one cluster, and one of a cluster that was forgotten.

use std::collections::HashMap;

use super::affinity::Affinity;
use super::score::Scores;
use super::why::Reason;
use super::{Library, Wish};

/// What counts against a paper for each standard deviation of affinity to the closest that is on the
/// list before it (maximal marginal relevance, Carbonell and Goldstein, 1998), where its score counts
/// 1 for each.
const LIKENESS: f32 = 0.15;

/// For each place of the list so many candidates are looked at.
const POOL: usize = 4;

/// A cluster has at most one place in so many.
const PLACES_OF_CLUSTER: usize = 2;

/// Time after which a cluster counts as not touched lately, in seconds: three months.
const LATELY: i64 = 91 * 86_400;

/// Papers and share of the library from which on a cluster can be missed.
const LEAST_PAPERS: usize = 8;
const LEAST_SHARE: f64 = 0.02;

/// The papers of a list of [`Wish::top`] places, from the candidates, the best first.
pub(super) fn choose(
    affinity: &Affinity,
    library: &Library<'_>,
    scores: &Scores,
    candidates: &[usize],
    wish: &Wish<'_>,
) -> Vec<usize> {
    // A part of the library may well be one cluster.
    let most = match wish.within {
        Some(_) => wish.top,
        None => wish.top.div_ceil(PLACES_OF_CLUSTER),
    };
    let mut places: HashMap<usize, usize> = HashMap::new();
    // Candidate, and its affinity to the closest paper that is on the list.
    let mut pool: Vec<(usize, f32)> =
        candidates.iter().take(POOL * wish.top).map(|&paper| (paper, 0.0)).collect();
    let mut beyond = candidates.iter().skip(pool.len());
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < wish.top {
        let value = |(paper, likeness): &(usize, f32)| scores.of(*paper) - LIKENESS * likeness;
        let best = (0..pool.len()).max_by(|&a, &b| {
            value(&pool[a]).total_cmp(&value(&pool[b])).then(pool[b].0.cmp(&pool[a].0))
        });
        let Some(best) = best else {
            // All that is near is of clusters that have their share.
            match beyond.next() {
                Some(&paper) => pool.push((paper, 0.0)),
                None => break,
            }
            continue;
        };
        let (paper, _) = pool.swap_remove(best);
        if let Some(cluster) = library.clusters.cluster_of(paper) {
            let taken = places.entry(cluster).or_default();
            if *taken == most {
                continue;
            }
            *taken += 1;
        }
        chosen.push(paper);
        for (other, likeness) in &mut pool {
            *likeness = likeness.max(affinity.between(library.views, paper, *other));
        }
    }
    chosen
}

/// How a cluster stands with the user.
struct Standing {
    cluster: usize,
    papers: usize,
    read: usize,
    touched: bool,
}

/// A paper of a large cluster that the user read little of and did not touch lately, and that is not on
/// the list: the best of it by their taste.
pub(super) fn neglected(
    library: &Library<'_>,
    scores: &Scores,
    list: &[usize],
) -> Option<(usize, Reason)> {
    let clusters = library.clusters;
    if list.len() < 2 {
        return None;
    }
    let standings = standings(library);
    let papers: usize = standings.iter().map(|standing| standing.papers).sum();
    let least = LEAST_PAPERS.max((papers as f64 * LEAST_SHARE) as usize);
    let listed = |cluster: usize| list.iter().any(|&p| clusters.cluster_of(p) == Some(cluster));
    let unread = |standing: &Standing| standing.papers - standing.read;
    let standing = standings
        .iter()
        .filter(|standing| standing.papers >= least && !standing.touched)
        .filter(|standing| !listed(standing.cluster))
        .max_by(|a, b| unread(a).cmp(&unread(b)).then(b.cluster.cmp(&a.cluster)))?;
    let paper = scores
        .candidates()
        .filter(|&paper| clusters.cluster_of(paper) == Some(standing.cluster))
        .max_by(|&a, &b| scores.of(a).total_cmp(&scores.of(b)).then(b.cmp(&a)))?;
    let reason = Reason::Neglected {
        cluster: standing.cluster,
        label: clusters.label(standing.cluster).to_owned(),
        papers: standing.papers,
        read: standing.read,
    };
    Some((paper, reason))
}

fn standings(library: &Library<'_>) -> Vec<Standing> {
    let clusters = library.clusters;
    let count = clusters.of.iter().flatten().max().map_or(0, |last| last + 1);
    let mut standings: Vec<Standing> = (0..count)
        .map(|cluster| Standing { cluster, papers: 0, read: 0, touched: false })
        .collect();
    for (paper, of) in library.papers.iter().enumerate() {
        let Some(cluster) = clusters.cluster_of(paper) else {
            continue;
        };
        let standing = &mut standings[cluster];
        standing.papers += 1;
        if let Some(mark) = library.marks.get(of.id) {
            let dates = &mark.dates;
            let last = [dates.state, dates.starred, dates.not_for_me, dates.rating]
                .into_iter()
                .chain([dates.tags, dates.note, dates.lists, mark.opened.last().copied()])
                .max();
            standing.read += usize::from(mark.state == crate::library::marks::State::Read);
            standing.touched |= last.flatten().is_some_and(|last| library.now - last < LATELY);
        }
    }
    standings
}
