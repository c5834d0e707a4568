//! Where nothing is liked yet: a paper to start from in each large cluster.

use super::why::Reason;
use super::{Library, Recommendation, Recommender, Wish};

/// Places where the wish names none.
const TOP: usize = 10;

/// The most central unread paper of each cluster, the largest cluster first; or of the part that is
/// wished for its most central ones, as of the library where there are no clusters. Central is what
/// its neighbours within the cluster are closest to.
pub(super) fn central(
    recommender: &Recommender,
    library: &Library<'_>,
    wish: &Wish<'_>,
) -> Vec<Recommendation> {
    let clusters = library.clusters;
    let top = if wish.top == 0 { TOP } else { wish.top };
    let count = clusters.of.iter().flatten().max().map_or(0, |last| last + 1);
    let groups: Vec<(Option<usize>, Vec<usize>)> = match wish.within {
        Some(within) => vec![(None, (0..within.len()).filter(|&paper| within[paper]).collect())],
        None if count == 0 => vec![(None, (0..library.papers.len()).collect())],
        None => {
            let mut groups: Vec<(Option<usize>, Vec<usize>)> =
                (0..count).map(|cluster| (Some(cluster), clusters.members(cluster))).collect();
            groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
            groups.truncate(top);
            groups
        }
    };
    let each = if groups.len() == 1 { top } else { 1 };
    let mut found = Vec::new();
    for (cluster, members) in groups {
        let reason = Reason::Central {
            cluster,
            label: cluster.map_or(wish.about, |cluster| clusters.label(cluster)).to_owned(),
            papers: members.len(),
        };
        let central = most_central(recommender, library, &members).into_iter().take(each);
        found.extend(central.map(|paper| Recommendation {
            paper,
            score: 0.0,
            why: vec![reason.clone()],
        }));
    }
    found
}

/// The unread papers of a group, the most central first.
fn most_central(recommender: &Recommender, library: &Library<'_>, members: &[usize]) -> Vec<usize> {
    let graph = recommender.graph();
    let mut is_member = vec![false; library.papers.len()];
    for &paper in members {
        is_member[paper] = true;
    }
    let centrality = |paper: usize| {
        if graph.papers() == is_member.len() {
            graph.degree(paper, |other| is_member[other])
        } else {
            0.0
        }
    };
    let mut unread: Vec<(usize, f32)> = (members.iter())
        .filter(|&&paper| library.is_unread(paper))
        .map(|&paper| (paper, centrality(paper)))
        .collect();
    unread.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    unread.into_iter().map(|(paper, _)| paper).collect()
}
