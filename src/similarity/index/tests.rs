use super::*;
use crate::library::paper::Paper;
use crate::similarity::rank::testing::{Numbers, paper};

/// Vectors in clusters, as topics make them, and papers to have them.
fn clustered(papers: usize, dimensions: usize, metric: Metric, seed: u64) -> (Vectors, Snapshot) {
    let mut numbers = Numbers::new(seed);
    let centres: Vec<Vec<f32>> = (0..20).map(|_| numbers.vector(dimensions)).collect();
    let mut vectors = Vectors::new(papers, dimensions, metric);
    for paper in 0..papers {
        let spread = numbers.vector(dimensions);
        let centre = &centres[paper % centres.len()];
        let row: Vec<f32> = centre.iter().zip(&spread).map(|(c, s)| c + 0.7 * s).collect();
        vectors.set(paper, &row).unwrap();
    }
    (vectors, snapshot(0..papers))
}

fn snapshot(numbers: std::ops::Range<usize>) -> Snapshot {
    let papers: Vec<Paper> = numbers.map(|number| paper(&format!("title {number}"), "")).collect();
    Snapshot::new(papers)
}

fn recall_at_10(vectors: &Vectors, index: &Index, allowed: Option<&[bool]>) -> f64 {
    let exact = Index::scanning();
    let queries: Vec<usize> = (0..vectors.papers()).step_by(vectors.papers() / 50).collect();
    let mut hits = 0;
    for &query in &queries {
        let query = vectors.get(query).unwrap();
        let truth = exact.nearest(vectors, &query, 10, allowed);
        let found = index.nearest(vectors, &query, 10, allowed);
        assert!(found.is_sorted_by(|a, b| a.1 >= b.1));
        assert_eq!(found.len(), 10);
        assert!(found.iter().all(|(paper, _)| allowed.is_none_or(|allowed| allowed[*paper])));
        hits += truth.iter().filter(|paper| found.contains(paper)).count();
    }
    hits as f64 / (10 * queries.len()) as f64
}

fn in_graph(index: &Index) -> usize {
    index.graph.as_ref().map_or(0, |graph| graph.vertices.size())
}

#[test]
fn the_graph_finds_what_the_scan_finds() {
    for (metric, seed) in [(Metric::Cosine, 1), (Metric::Euclidean, 2)] {
        let (vectors, snapshot) = clustered(3_000, 48, metric, seed);
        let index = Index::with_graph_from(1, &vectors, &snapshot).unwrap();
        assert_eq!(in_graph(&index), 3_000);
        // All papers, one in two (asked of the graph), one in thirty (scanned).
        for share in [1, 2, 30] {
            let allowed: Vec<bool> = (0..3_000).map(|paper| paper % share == 0).collect();
            let allowed = (share > 1).then_some(&allowed[..]);
            let recall = recall_at_10(&vectors, &index, allowed);
            assert!(recall >= 0.99, "{metric:?} {share}: {recall}");
        }
    }
}

#[test]
fn a_graph_is_built_once_there_are_enough_and_then_extended() {
    let (full, snapshot) = clustered(2_400, 32, Metric::Euclidean, 3);
    let mut vectors = Vectors::new(2_400, 32, Metric::Euclidean);
    let mut index = Index::with_graph_from(1_200, &vectors, &snapshot).unwrap();
    for papers in (0..2_400).collect::<Vec<_>>().chunks(400) {
        for &paper in papers {
            vectors.set(paper, &full.get(paper).unwrap()).unwrap();
        }
        index.add(&vectors, &snapshot).unwrap();
        assert_eq!(index.graph.is_some(), vectors.count() >= 1_200);
    }
    assert_eq!(in_graph(&index), 2_400);
    assert!(recall_at_10(&vectors, &index, None) >= 0.99);
}

#[test]
fn a_saved_graph_serves_a_library_that_has_changed_a_little() {
    let folder = tempfile::tempdir().unwrap();
    let (vectors, whole) = clustered(2_000, 32, Metric::Cosine, 4);
    let built = Index::with_graph_from(1, &vectors, &whole).unwrap();
    let open = |fingerprint, vectors: &Vectors, snapshot: &Snapshot| {
        Index::open_from(1, folder.path(), fingerprint, vectors, snapshot).unwrap()
    };
    assert!(open("f1", &vectors, &whole).is_none(), "nothing is saved yet");
    built.save(folder.path(), "f1").unwrap();
    let mapped = open("f1", &vectors, &whole).unwrap();
    assert!(mapped.graph.as_ref().unwrap().mapped);
    let row = vectors.get(7).unwrap();
    let answer = |index: &Index| index.nearest(&vectors, &row, 10, None);
    assert_eq!(answer(&mapped), answer(&built));
    assert!(open("f2", &vectors, &whole).is_none(), "vectors of another model");

    // Ten papers are gone, ten are new: the places of all others have shifted.
    let changed = snapshot(10..2_010);
    let mut moved = Vectors::new(2_000, 32, Metric::Cosine);
    for paper in 0..1_990 {
        moved.set(paper, &vectors.get(paper + 10).unwrap()).unwrap();
    }
    let (new, _) = clustered(10, 32, Metric::Cosine, 5);
    for paper in 0..10 {
        moved.set(1_990 + paper, &new.get(paper).unwrap()).unwrap();
    }
    let extended = open("f1", &moved, &changed).unwrap();
    assert_eq!(in_graph(&extended), 2_010);
    assert!(recall_at_10(&moved, &extended, None) >= 0.99);
    // Hardly any of it is left: a new one is due.
    let (other, _) = clustered(2_000, 32, Metric::Cosine, 6);
    assert!(open("f1", &other, &snapshot(1_500..3_500)).is_none());

    // What was cut short is not used.
    let path = folder.path().join("neighbours.usearch");
    let bytes = std::fs::read(&path).unwrap();
    drop((mapped, extended));
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(open("f1", &vectors, &whole).is_none());
    let error = built.save(&folder.path().join("nowhere"), "f1").unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn any_number_may_be_asked_for() {
    let (vectors, snapshot) = clustered(50, 8, Metric::Cosine, 6);
    for from in [1, GRAPH_FROM] {
        let index = Index::with_graph_from(from, &vectors, &snapshot).unwrap();
        let query = vectors.get(7).unwrap();
        assert!(index.nearest(&vectors, &query, 0, None).is_empty());
        assert_eq!(index.nearest(&vectors, &query, 1, None)[0].0, 7);
        assert_eq!(index.nearest(&vectors, &query, usize::MAX, None).len(), 50);
    }
    let none = Vectors::new(3, 8, Metric::Cosine);
    let index = Index::build(&none, &snapshot).unwrap();
    assert!(index.nearest(&none, &[1.0; 8], 5, None).is_empty());
}

#[test]
fn equal_vectors_come_by_index_and_so_do_papers_of_one_text() {
    let mut vectors = Vectors::new(900, 1, Metric::Cosine);
    for paper in (0..900).rev() {
        vectors.set(paper, &[1.0]).unwrap();
    }
    let twice = Snapshot::new((0..900).map(|_| paper("the same", "")).collect());
    for from in [1, GRAPH_FROM] {
        let index = Index::with_graph_from(from, &vectors, &twice).unwrap();
        let found = index.nearest(&vectors, &[1.0], 4, None);
        assert_eq!(found.iter().map(|(paper, _)| *paper).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
