use super::*;
use crate::clusters::affinity::Affinity;
use crate::clusters::graph::Graph;
use crate::clusters::testing::{library, vectors};
use crate::clusters::{RESOLUTION, STEP};
use crate::library::store::Store;
use crate::library::store::clusters::ClusterId;
use crate::similarity::lexical::Lexical;
use crate::similarity::vectors::Vectors;

fn find(snapshot: &Snapshot, vectors: Option<&Vectors>, resolution: f64) -> Clusters {
    let lexical = Lexical::build(snapshot.papers());
    let graph = Graph::build(&Affinity::new(&lexical, vectors)).unwrap();
    Clusters::find(&graph, resolution).unwrap()
}

/// Clusters at the default resolution, remembered; the clusters and what is known of the coarse ones.
fn remember(
    store: &mut Store,
    snapshot: &Snapshot,
    vectors: Option<&Vectors>,
    resolution: f64,
) -> (Clusters, Vec<Remembered>) {
    let clusters = find(snapshot, vectors, resolution);
    let found = store.remember_clusters(|known| recognise(known, &clusters, snapshot)).unwrap();
    let coarse = by_level(&found, &clusters)[0].to_vec();
    (clusters, coarse)
}

/// The subject most papers of each named cluster are of, by name.
fn subjects(clusters: &Clusters, known: &[Remembered]) -> Vec<(String, usize)> {
    let named = clusters.levels[0].clusters.iter().zip(known);
    let mut subjects: Vec<(String, usize)> = named
        .filter_map(|(cluster, known)| Some((known.name.clone()?, cluster.medoid() % 4)))
        .collect();
    subjects.sort();
    subjects
}

#[test]
fn names_survive_new_papers_a_restart_another_model_and_other_resolutions() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let papers = library(400);
    let first = Snapshot::new(papers[..200].to_vec());
    let (clusters, known) = remember(&mut store, &first, None, RESOLUTION);
    for (index, cluster) in clusters.levels[0].clusters.iter().enumerate() {
        let name =
            format!("{}: {index}", ["Whales", "Graphs", "Proteins", "Monks"][cluster.medoid() % 4]);
        store.name_cluster(known[index].id.unwrap(), Some(&name)).unwrap();
    }
    let (clusters, known) = remember(&mut store, &first, None, RESOLUTION);
    let named = subjects(&clusters, &known);
    assert_eq!(named.len(), clusters.levels[0].clusters.len());

    // A restart, and 200 papers more.
    let mut store = Store::open(folder.path()).unwrap();
    let whole = Snapshot::new(papers);
    let (clusters, after) = remember(&mut store, &whole, None, RESOLUTION);
    let later = subjects(&clusters, &after);
    assert!(later.iter().all(|name| named.contains(name)), "{named:?} {later:?}");
    assert!((0..4).all(|subject| later.iter().any(|(_, of)| *of == subject)), "{later:?}");
    for known in &known {
        let same = after.iter().find(|other| other.id == known.id);
        assert!(same.is_none_or(|same| same.colour == known.colour && same.name == known.name));
    }
    // A model that sees the papers in another way.
    let dense = vectors(400, 1);
    let (clusters, known) = remember(&mut store, &whole, Some(&dense), RESOLUTION);
    let later = subjects(&clusters, &known);
    assert!(later.iter().all(|name| named.contains(name)), "{named:?} {later:?}");
    assert!((0..4).all(|subject| later.iter().any(|(_, of)| *of == subject)), "{later:?}");
    // Finer and back: nothing is lost on the way.
    let before = remember(&mut store, &whole, Some(&dense), RESOLUTION);
    remember(&mut store, &whole, Some(&dense), RESOLUTION * STEP * STEP * STEP);
    let back = remember(&mut store, &whole, Some(&dense), RESOLUTION);
    assert_eq!(subjects(&before.0, &before.1), subjects(&back.0, &back.1));
}

fn snapshot(ids: impl Iterator<Item = i64>) -> Snapshot {
    let papers = library(100);
    Snapshot::new(ids.map(|id| papers[id as usize].clone()).collect())
}

fn remembered(id: i64, name: Option<&str>, colour: u32, papers: &[i64]) -> Remembered {
    Remembered {
        id: Some(ClusterId(id)),
        level: 0,
        colour,
        name: name.map(str::to_owned),
        papers: papers.iter().copied().map(PaperId).collect(),
    }
}

/// Clusters of papers by index, all coarse.
fn coarse(clusters: &[&[usize]]) -> Clusters {
    let mut all = Clusters::default();
    all.levels[0].clusters = clusters
        .iter()
        .map(|papers| crate::clusters::Cluster { parent: None, papers: papers.to_vec() })
        .collect();
    all
}

#[test]
fn a_cluster_is_the_one_with_which_it_shares_most() {
    let snapshot = snapshot(0..10);
    let known = vec![
        remembered(1, None, 0, &[0, 1, 2, 3, 4]),
        remembered(2, Some("Bees"), 5, &[5, 6, 7, 8, 9]),
        remembered(3, None, 2, &[0, 9]),
    ];
    let clusters = coarse(&[&[5, 6, 7], &[0, 1, 2, 3, 8], &[4, 9]]);
    let found = recognise(known, &clusters, &snapshot);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], remembered(2, Some("Bees"), 5, &[5, 6, 7]));
    assert_eq!(found[1], remembered(1, None, 0, &[0, 1, 2, 3, 8]));
    // A third of its papers is enough to be recognised, and the colour stays.
    assert_eq!(found[2], remembered(3, None, 2, &[4, 9]));
}

#[test]
fn a_new_cluster_gets_a_free_colour_and_an_old_one_without_name_is_forgotten() {
    let snapshot = snapshot(0..10);
    let known = vec![
        remembered(1, None, 0, &[0, 1]),
        remembered(2, Some("Bees"), 1, &[2, 3]),
        remembered(3, None, 2, &[4, 5]),
    ];
    let clusters = coarse(&[&[0, 1], &[6, 7, 8, 9]]);
    let found = recognise(known, &clusters, &snapshot);
    assert_eq!(found[0], remembered(1, None, 0, &[0, 1]));
    assert_eq!((found[1].id, found[1].colour, &found[1].name), (None, 2, &None));
    // One with a name waits.
    assert_eq!(found[2..], [remembered(2, Some("Bees"), 1, &[2, 3])]);
}

#[test]
fn papers_of_another_file_stay_with_their_cluster() {
    let known = vec![remembered(1, None, 0, &[0, 1, 2, 50, 51]), remembered(2, None, 1, &[60, 61])];
    let found = recognise(known.clone(), &coarse(&[&[0, 1, 2, 3]]), &snapshot(0..10));
    assert_eq!(found, [remembered(1, None, 0, &[0, 1, 2, 3, 50, 51]), known[1].clone()]);
}
