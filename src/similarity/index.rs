//! The papers whose vectors lie closest to a vector.
//!
//! A small library is scanned: exact, nothing to build, nothing to hold. A large one gets an
//! HNSW graph (Malkov and Yashunin, 2016, arXiv:1603.09320) through usearch; its candidates are
//! compared again with the vectors themselves, so a score never depends on which way it was
//! found.

use usearch::{IndexOptions, MetricKind, ScalarKind};

use super::Error;
use super::vectors::Vectors;
use crate::embed::model::Metric;

/// From this number of vectors on, there is a graph.
///
/// Measured as CPU time of one thread (x86-64, SSE2, the machine otherwise busy) with clustered
/// vectors of 768 dimensions, distances: a scan takes 3 to 6 ms over 16,851 and 21 ms over 50,000;
/// the graph over 50,000 answers in 0.7 ms but takes 28 s to build. In between, a scan passes the
/// length of a frame, 16 ms, at about 40,000; below, nobody would notice what the graph saves.
const GRAPH_FROM: usize = 40_000;

/// Neighbours of a node in the graph.
const CONNECTIVITY: usize = 16;

/// Candidates held while a node is inserted, and while the graph is searched.
const EXPANSION: usize = 128;

/// Candidates asked of the graph for each neighbour wanted, compared exactly thereafter.
const OVERSAMPLING: usize = 2;

/// Finds the nearest papers among the [`Vectors`] it was built over.
pub struct Index {
    /// Number of vectors from which on there is a graph.
    graph_from: usize,
    graph: Option<usearch::Index>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("graph_from", &self.graph_from)
            .field("in_graph", &self.graph.as_ref().map(usearch::Index::size))
            .finish()
    }
}

impl Index {
    /// An index that scans however many vectors there are, for want of a graph or until
    /// [`Index::build`] is done with one elsewhere.
    #[must_use]
    pub fn scanning() -> Self {
        Self { graph_from: usize::MAX, graph: None }
    }

    /// An index over the vectors that are known; the others come by [`Index::add`]. With 40,000
    /// vectors or more it takes half a millisecond for each, and is no work for the thread that
    /// answers keys.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where the graph cannot be allocated.
    pub fn build(vectors: &Vectors) -> Result<Self, Error> {
        Self::with_graph_from(GRAPH_FROM, vectors)
    }

    /// An index that has a graph from so many vectors on.
    fn with_graph_from(graph_from: usize, vectors: &Vectors) -> Result<Self, Error> {
        let mut index = Self { graph_from, graph: None };
        if vectors.count() >= graph_from {
            index.graph = Some(graph_over(vectors)?);
        }
        Ok(index)
    }

    /// Takes note of papers whose vectors were set (for the first time or again) after the index
    /// was built. `vectors` are those it was built over, with the same metric and dimensions.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where the graph cannot be extended; the index then still answers, from
    /// the papers that it has, and the call may be repeated.
    pub fn add(&mut self, vectors: &Vectors, papers: &[usize]) -> Result<(), Error> {
        match &self.graph {
            Some(graph) => {
                for &paper in papers {
                    insert(graph, vectors, paper)?;
                }
            }
            None if vectors.count() >= self.graph_from => self.graph = Some(graph_over(vectors)?),
            None => {}
        }
        Ok(())
    }

    /// The `k` papers closest to `query`, with their [`Vectors::similarity`], closest first and
    /// by index where equal. `query` is a row of `vectors` or comes from [`Vectors::prepare`]; a
    /// paper whose own row it is will be in the list.
    #[must_use]
    pub fn nearest(&self, vectors: &Vectors, query: &[f32], k: usize) -> Vec<(usize, f32)> {
        let mut found = self.candidates(vectors, query, k).unwrap_or_else(|| {
            let all = vectors.similarities(&[query], |to_query| to_query[0]);
            all.into_iter().enumerate().filter_map(|(paper, all)| Some((paper, all?))).collect()
        });
        let closest_first =
            |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if k > 0 && k < found.len() {
            found.select_nth_unstable_by(k, closest_first);
        }
        found.truncate(k);
        found.sort_unstable_by(closest_first);
        found
    }

    /// What the graph proposes, compared exactly. `None` where all vectors are to be compared:
    /// there is no graph, so many are wanted that it saves nothing, or the graph has no thread
    /// slot free for this search.
    fn candidates(&self, vectors: &Vectors, query: &[f32], k: usize) -> Option<Vec<(usize, f32)>> {
        let graph = self.graph.as_ref()?;
        let wanted = k.saturating_mul(OVERSAMPLING).max(EXPANSION);
        if wanted >= vectors.count() / 8 {
            return None;
        }
        let matches = graph.search(query, wanted).ok()?;
        let candidates = matches.keys.iter().filter_map(|&key| {
            let paper = key as usize;
            Some((paper, vectors.similarity(query, paper)?))
        });
        Some(candidates.collect())
    }
}

/// A graph over all vectors known, with room for those to come. Inserted one after another: from
/// several threads the graph, and with it now and then a neighbour, would differ from run to run.
fn graph_over(vectors: &Vectors) -> Result<usearch::Index, Error> {
    let options = IndexOptions {
        dimensions: vectors.dimensions(),
        metric: match vectors.metric() {
            // Rows have length 1: the inner product is the cosine.
            Metric::Cosine => MetricKind::IP,
            Metric::Euclidean => MetricKind::L2sq,
        },
        quantization: ScalarKind::F32,
        connectivity: CONNECTIVITY,
        expansion_add: EXPANSION,
        expansion_search: EXPANSION,
        multi: false,
    };
    let graph = usearch::Index::new(&options).map_err(graph_error)?;
    graph.reserve(vectors.papers()).map_err(graph_error)?;
    for paper in (0..vectors.papers()).filter(|&paper| vectors.has(paper)) {
        insert(&graph, vectors, paper)?;
    }
    Ok(graph)
}

fn insert(graph: &usearch::Index, vectors: &Vectors, paper: usize) -> Result<(), Error> {
    let Some(vector) = vectors.get(paper) else {
        return Ok(());
    };
    let key = paper as u64;
    if graph.contains(key) {
        graph.remove(key).map_err(graph_error)?;
    }
    graph.add(key, &vector).map_err(graph_error)
}

fn graph_error(error: impl std::fmt::Display) -> Error {
    Error::Graph(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::rank::testing::Numbers;

    /// Vectors in clusters, as topics make them.
    fn clustered(papers: usize, dimensions: usize, metric: Metric, seed: u64) -> Vectors {
        let mut numbers = Numbers::new(seed);
        let centres: Vec<Vec<f32>> = (0..20).map(|_| numbers.vector(dimensions)).collect();
        let mut vectors = Vectors::new(papers, dimensions, metric);
        for paper in 0..papers {
            let spread = numbers.vector(dimensions);
            let centre = &centres[paper % centres.len()];
            let row: Vec<f32> = centre.iter().zip(&spread).map(|(c, s)| c + 0.7 * s).collect();
            vectors.set(paper, &row).unwrap();
        }
        vectors
    }

    fn recall_at_10(vectors: &Vectors, index: &Index) -> f64 {
        let exact = Index::scanning();
        let queries: Vec<usize> = (0..vectors.papers()).step_by(vectors.papers() / 50).collect();
        let mut hits = 0;
        for &query in &queries {
            let query = vectors.get(query).unwrap();
            let truth = exact.nearest(vectors, &query, 10);
            let found = index.nearest(vectors, &query, 10);
            assert!(found.is_sorted_by(|a, b| a.1 >= b.1));
            hits += truth.iter().filter(|paper| found.contains(paper)).count();
        }
        hits as f64 / (10 * queries.len()) as f64
    }

    #[test]
    fn the_graph_finds_what_the_scan_finds() {
        for (metric, seed) in [(Metric::Cosine, 1), (Metric::Euclidean, 2)] {
            let vectors = clustered(3_000, 48, metric, seed);
            let index = Index::with_graph_from(1, &vectors).unwrap();
            assert!(index.graph.is_some());
            let recall = recall_at_10(&vectors, &index);
            assert!(recall >= 0.99, "{metric:?}: {recall}");
        }
    }

    #[test]
    fn a_graph_is_built_once_there_are_enough_and_then_extended() {
        let full = clustered(2_400, 32, Metric::Euclidean, 3);
        let mut vectors = Vectors::new(2_400, 32, Metric::Euclidean);
        let mut index = Index::with_graph_from(1_200, &vectors).unwrap();
        for papers in (0..2_400).collect::<Vec<_>>().chunks(400) {
            for &paper in papers {
                vectors.set(paper, &full.get(paper).unwrap()).unwrap();
            }
            index.add(&vectors, papers).unwrap();
            assert_eq!(index.graph.is_some(), vectors.count() >= 1_200);
        }
        assert_eq!(index.graph.as_ref().unwrap().size(), 2_400);
        assert!(recall_at_10(&vectors, &index) >= 0.99);
    }

    #[test]
    fn a_vector_set_again_is_found_where_it_is_now() {
        let mut vectors = clustered(2_000, 32, Metric::Euclidean, 4);
        let mut index = Index::with_graph_from(1, &vectors).unwrap();
        let moved: Vec<usize> = (0..2_000).step_by(3).collect();
        let other = clustered(2_000, 32, Metric::Euclidean, 5);
        for &paper in &moved {
            vectors.set(paper, &other.get(paper).unwrap()).unwrap();
        }
        index.add(&vectors, &moved).unwrap();
        assert_eq!(index.graph.as_ref().unwrap().size(), 2_000);
        let recall = recall_at_10(&vectors, &index);
        assert!(recall >= 0.99, "{recall}");
    }

    #[test]
    fn any_number_may_be_asked_for() {
        let vectors = clustered(50, 8, Metric::Cosine, 6);
        for index in [Index::build(&vectors).unwrap(), Index::with_graph_from(1, &vectors).unwrap()]
        {
            let query = vectors.get(7).unwrap();
            assert!(index.nearest(&vectors, &query, 0).is_empty());
            assert_eq!(index.nearest(&vectors, &query, 1)[0].0, 7);
            assert_eq!(index.nearest(&vectors, &query, usize::MAX).len(), 50);
        }
        let none = Vectors::new(3, 8, Metric::Cosine);
        assert!(Index::build(&none).unwrap().nearest(&none, &[1.0; 8], 5).is_empty());
    }

    #[test]
    fn equal_vectors_come_by_index() {
        let mut vectors = Vectors::new(9, 1, Metric::Cosine);
        for paper in (0..9).rev() {
            vectors.set(paper, &[1.0]).unwrap();
        }
        let index = Index::build(&vectors).unwrap();
        let found = index.nearest(&vectors, &[1.0], 4);
        assert_eq!(found.iter().map(|(paper, _)| *paper).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
