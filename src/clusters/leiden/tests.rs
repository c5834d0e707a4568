use proptest::prelude::*;

use super::*;

fn network(nodes: usize, edges: &[(u32, u32, f32)]) -> Network {
    let mut lists = vec![Vec::new(); nodes];
    for &(a, b, weight) in edges {
        lists[a as usize].push((b, weight));
        lists[b as usize].push((a, weight));
    }
    Network::new(lists)
}

/// Friendships in a karate club (Zachary, 1977).
#[rustfmt::skip]
const KARATE: &[(u32, &[u32])] = &[
    (0, &[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31]),
    (1, &[2, 3, 7, 13, 17, 19, 21, 30]), (2, &[3, 7, 8, 9, 13, 27, 28, 32]), (3, &[7, 12, 13]),
    (4, &[6, 10]), (5, &[6, 10, 16]), (6, &[16]), (8, &[30, 32, 33]), (9, &[33]), (13, &[33]),
    (14, &[32, 33]), (15, &[32, 33]), (18, &[32, 33]), (19, &[33]), (20, &[32, 33]),
    (22, &[32, 33]), (23, &[25, 27, 29, 32, 33]), (24, &[25, 27, 31]), (25, &[31]),
    (26, &[29, 33]), (27, &[33]), (28, &[31, 33]), (29, &[32, 33]), (30, &[32, 33]),
    (31, &[32, 33]), (32, &[33]),
];

fn karate() -> Network {
    let edges: Vec<(u32, u32, f32)> =
        KARATE.iter().flat_map(|(a, others)| others.iter().map(|b| (*a, *b, 1.0))).collect();
    assert_eq!(edges.len(), 78);
    network(34, &edges)
}

#[test]
fn the_karate_club_is_divided_as_well_as_can_be() {
    let network = karate();
    let communities = network.communities(1.0, None);
    // The optimum, proven by Brandes et al. (2008), is 0.4198 with four communities.
    assert!((network.quality(&communities, 1.0) - 0.419_789_6).abs() < 1e-6);
    assert_eq!(communities.iter().max(), Some(&3));
    let mut numbers = communities.clone();
    renumber(&mut numbers);
    assert_eq!(numbers, communities, "numbered in the order of their first nodes");
}

#[test]
fn a_higher_resolution_makes_smaller_communities() {
    let counts: Vec<u32> = [0.1, 1.0, 3.0, 50.0]
        .map(|resolution| karate().communities(resolution, None).into_iter().max().unwrap_or(0) + 1)
        .to_vec();
    assert!(counts.is_sorted() && counts[0] == 1 && counts[3] == 34, "{counts:?}");
}

#[test]
fn cliques_in_a_ring_are_found() {
    let (cliques, size) = (8, 5);
    let mut edges = Vec::new();
    for clique in 0..cliques {
        let first = clique * size;
        for a in 0..size {
            edges.extend((a + 1..size).map(|b| (first + a, first + b, 1.0)));
        }
        edges.push((first, (first + size + 1) % (cliques * size), 1.0));
    }
    let communities = network((cliques * size) as usize, &edges).communities(1.0, None);
    let expected: Vec<u32> = (0..cliques * size).map(|node| node / size).collect();
    assert_eq!(communities, expected);
}

#[test]
fn communities_stay_within_fences() {
    let network = karate();
    let coarse = network.communities(1.0, None);
    let fine = network.communities(4.0, Some(&coarse));
    for (a, b) in (0..34).flat_map(|a| (0..34).map(move |b| (a, b))) {
        assert!(fine[a] != fine[b] || coarse[a] == coarse[b]);
    }
    assert!(fine.iter().max() > coarse.iter().max());
    // Apart from that they are as good as can be: without bonds across, fences change nothing.
    let everyone = vec![7; 34];
    assert_eq!(network.communities(1.0, Some(&everyone)), coarse);
}

#[test]
fn without_edges_each_node_is_alone() {
    assert!(network(0, &[]).communities(1.0, None).is_empty());
    assert_eq!(network(3, &[]).communities(1.0, None), [0, 1, 2]);
    assert_eq!(network(3, &[(0, 2, 1.0)]).communities(1.0, None), [0, 1, 0]);
}

/// Are the nodes of each community reached from one of them without leaving it?
fn connected(network: &Network, communities: &[u32]) -> bool {
    network.connected(communities).iter().max() == communities.iter().max()
}

fn graphs() -> impl Strategy<Value = Network> {
    (2_usize..40).prop_flat_map(|nodes| {
        let edge = (0..nodes as u32, 0..nodes as u32, 1_u8..4);
        proptest::collection::vec(edge, 0..120).prop_map(move |edges| {
            let mut once = std::collections::BTreeMap::new();
            for (a, b, weight) in edges.into_iter().filter(|(a, b, _)| a != b) {
                once.insert((a.min(b), a.max(b)), f32::from(weight));
            }
            let edges: Vec<_> = once.into_iter().map(|((a, b), weight)| (a, b, weight)).collect();
            network(nodes, &edges)
        })
    })
}

proptest! {
    #[test]
    fn communities_are_connected_and_no_move_of_a_node_makes_them_better(
        network in graphs(), resolution in 0.2_f64..4.0,
    ) {
        let communities = network.communities(resolution, None);
        prop_assert!(connected(&network, &communities));
        let quality = network.quality(&communities, resolution);
        let most = communities.iter().max().map_or(0, |most| most + 1);
        for node in 0..network.nodes() {
            for to in 0..=most.min(network.nodes() as u32 - 1) {
                let mut moved = communities.clone();
                moved[node] = to;
                prop_assert!(network.quality(&moved, resolution) <= quality + 1e-9);
            }
        }
    }

    #[test]
    fn quality_never_falls(network in graphs(), resolution in 0.2_f64..4.0, seed in 0_u64..99) {
        let total: f64 = network.degrees.iter().sum();
        let scale = if total > 0.0 { resolution / total } else { 0.0 };
        let mut order = Order(seed);
        let mut communities: Vec<u32> = (0..network.nodes() as u32).collect();
        let mut quality = network.gain(&communities, scale);
        for _ in 0..4 {
            network.pass(&mut communities, scale, &mut order);
            let reached = network.gain(&communities, scale);
            prop_assert!(reached >= quality - 1e-9);
            quality = reached;
        }
        let parted = network.connected(&communities);
        prop_assert!(network.gain(&parted, scale) >= quality - 1e-9);
    }

    #[test]
    fn parts_of_a_refinement_are_connected_and_within_communities(
        network in graphs(), resolution in 0.2_f64..4.0, seed in 0_u64..99,
    ) {
        let total: f64 = network.degrees.iter().sum();
        let scale = if total > 0.0 { resolution / total } else { 0.0 };
        let mut order = Order(seed);
        let mut communities: Vec<u32> = (0..network.nodes() as u32).collect();
        network.move_nodes(&mut communities, scale, &mut order);
        renumber(&mut communities);
        let parts = network.refined(&communities, scale, &mut order);
        prop_assert!(connected(&network, &parts));
        for (a, b) in (0..network.nodes()).flat_map(|a| (0..a).map(move |b| (a, b))) {
            prop_assert!(parts[a] != parts[b] || communities[a] == communities[b]);
        }
    }
}
