use super::*;
use crate::clusters::testing::{library, vectors};
use crate::similarity::lexical::Lexical;

#[test]
fn candidates_find_nearly_all_that_comparing_all_would_find() {
    let papers = library(600);
    let lexical = Lexical::build(&papers);
    for dense in [None, Some(vectors(600, 1)), Some(vectors(600, 2))] {
        let affinity = Affinity::new(&lexical, dense.as_ref());
        let exact = Graph::with_neighbours(&affinity, 10, 600).unwrap();
        let found = Graph::with_neighbours(&affinity, 10, 100).unwrap();
        let hits = (0..600).map(|paper| {
            let truth = exact.nearest(paper);
            found.nearest(paper).iter().filter(|link| truth.contains(link)).count()
        });
        let wanted: usize = (0..600).map(|paper| exact.nearest(paper).len()).sum();
        let recall = hits.sum::<usize>() as f64 / wanted as f64;
        assert!(recall > 0.95, "{recall}");
    }
}

#[test]
fn the_graph_is_the_same_on_any_number_of_threads() {
    let papers = library(400);
    let lexical = Lexical::build(&papers);
    let dense = vectors(400, 1);
    let affinity = Affinity::new(&lexical, Some(&dense));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Graph::with_neighbours(&affinity, 10, 60).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn links_go_both_ways_and_neighbours_one() {
    let link = |paper, similarity| Link { paper, similarity };
    let graph =
        Graph::of_lists(vec![vec![link(1, 2.0)], vec![link(2, 3.0), link(0, 2.0)], Vec::new()]);
    assert_eq!(graph.nearest(0), [link(1, 2.0)]);
    assert_eq!(graph.links(0), [link(1, 2.0)]);
    assert_eq!(graph.links(1), [link(0, 2.0), link(2, 3.0)]);
    assert_eq!((graph.nearest(2), graph.links(2)), ([].as_slice(), [link(1, 3.0)].as_slice()));
    assert_eq!(graph.papers(), 3);
    assert_eq!(Graph::default().papers(), 0);
}

#[test]
fn papers_without_a_tie_have_no_neighbours() {
    let mut papers = library(20);
    papers[3].title.clear();
    papers[3].abstract_text.clear();
    let lexical = Lexical::build(&papers);
    let graph = Graph::build(&Affinity::new(&lexical, None)).unwrap();
    assert!(graph.links(3).is_empty());
    assert!((0..20).filter(|&paper| paper != 3).all(|paper| graph.nearest(paper).len() == 4));
}

#[test]
fn neighbours_grow_with_the_library() {
    assert_eq!([0, 10, 143, 560, 936, 16_851].map(neighbours_by_size), [4, 4, 6, 12, 15, 15]);
}
