use super::affinity::Affinity;
use super::testing::{SUBJECTS, library, vectors};
use super::*;
use crate::similarity::lexical::Lexical;
use crate::similarity::vectors::Vectors;

fn clusters(papers: usize, vectors: Option<&Vectors>) -> Clusters {
    let papers = library(papers);
    let lexical = Lexical::build(&papers);
    let graph = Graph::build(&Affinity::new(&lexical, vectors)).unwrap();
    Clusters::find(&graph, RESOLUTION).unwrap()
}

#[test]
fn subjects_are_found_by_words_by_vectors_and_where_some_are_missing() {
    for dense in [None, Some(vectors(200, 1)), Some(vectors(200, 2))] {
        let found = clusters(200, dense.as_ref());
        let [coarse, fine] = &found.levels;
        assert!(coarse.clusters.len() >= SUBJECTS.len());
        for cluster in &coarse.clusters {
            let subject = cluster.papers[0] % SUBJECTS.len();
            let right = cluster.papers.iter().filter(|&p| p % SUBJECTS.len() == subject).count();
            assert!(right * 10 >= cluster.papers.len() * 9, "{right} of {:?}", cluster.papers);
        }
        assert!(fine.clusters.len() >= coarse.clusters.len());
        assert!(found.loose.len() <= 20, "{:?}", found.loose);
    }
}

#[test]
fn each_paper_is_in_one_cluster_of_each_level_or_loose() {
    let found = clusters(300, None);
    for level in &found.levels {
        let mut all: Vec<usize> =
            level.clusters.iter().flat_map(|cluster| cluster.papers.clone()).collect();
        all.extend(&found.loose);
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<_>>());
        for (index, cluster) in level.clusters.iter().enumerate() {
            assert!(cluster.papers.iter().all(|&paper| level.of(paper) == Some(index)));
        }
    }
    assert!(found.loose.iter().all(|&paper| found.levels[0].of(paper).is_none()));
    let [coarse, fine] = &found.levels;
    assert!(coarse.clusters.is_sorted_by_key(|c| std::cmp::Reverse(c.papers.len())));
    for part in &fine.clusters {
        let parent = part.parent.unwrap();
        assert!(part.papers.iter().all(|&paper| coarse.of(paper) == Some(parent)));
    }
}

#[test]
fn the_smallest_libraries_have_clusters_too() {
    assert_eq!(clusters(0, None), Clusters::find(&Graph::default(), RESOLUTION).unwrap());
    let one = clusters(1, None);
    assert!(one.levels.iter().all(|level| level.clusters.is_empty()));
    assert_eq!(one.loose, [0]);
    // Two papers of one subject.
    let papers: Vec<_> = library(5).into_iter().step_by(4).collect();
    let lexical = Lexical::build(&papers);
    let graph = Graph::build(&Affinity::new(&lexical, None)).unwrap();
    let two = Clusters::find(&graph, RESOLUTION).unwrap();
    assert_eq!(two.levels[0].clusters.len(), 1);
    assert!(two.loose.is_empty());
    let ten = clusters(10, None);
    assert!(!ten.levels[0].clusters.is_empty());
}

#[test]
fn a_paper_between_clusters_is_loose() {
    let link = |paper| graph::Link { paper, similarity: 1.0 };
    // Four groups of five in which all are linked, and paper 20, a neighbour of one in each.
    let mut lists: Vec<Vec<graph::Link>> = (0..20_u32)
        .map(|paper| {
            let first = paper / 5 * 5;
            (first..first + 5).filter(|&other| other != paper).map(link).collect()
        })
        .collect();
    lists.push([0, 5, 10, 15].map(link).to_vec());
    let found = Clusters::find(&Graph::of_lists(lists), RESOLUTION).unwrap();
    assert_eq!(found.loose, [20]);
    assert_eq!(found.levels[0].clusters.len(), 4);
}

#[test]
fn the_most_central_paper_comes_first() {
    let link = |paper, similarity| graph::Link { paper, similarity };
    // All are neighbours of paper 2.
    let lists = (0..5_u32)
        .map(|paper| if paper == 2 { Vec::new() } else { vec![link(2, 1.0 + paper as f32)] })
        .collect();
    let found = Clusters::find(&Graph::of_lists(lists), 0.1).unwrap();
    let [cluster] = found.levels[0].clusters.as_slice() else { panic!("{found:?}") };
    assert_eq!(cluster.papers, [2, 4, 3, 1, 0]);
    assert_eq!(cluster.medoid(), 2);
}

#[test]
fn a_resolution_is_a_sensible_number() {
    for resolution in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Clusters::find(&Graph::default(), resolution).unwrap_err();
        assert!(matches!(error, Error::Resolution(_)));
    }
}
