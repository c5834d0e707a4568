//! The papers whose vectors lie closest to a vector, when nothing else about the others is asked.
//!
//! A small library is scanned: exact, nothing to build, nothing to hold. A large one gets an
//! HNSW graph (Malkov and Yashunin, 2016, arXiv:1603.09320) through usearch; its candidates are
//! compared again with the vectors themselves, so a score never depends on which way it was
//! found. A list of [`rank`](super::rank) is not made with it: to tell places and how far a paper
//! stands out it must compare all papers, in any case.
//!
//! A vertex is a text, not a place in a snapshot. So a graph that was [saved](Index::save) serves every
//! later snapshot: texts that are new are added, and those that are gone are passed over.

mod file;

use std::path::Path;

use usearch::{IndexOptions, MetricKind, ScalarKind};

use super::Error;
use super::best::best;
use super::vectors::Vectors;
use crate::embed::model::Metric;
use crate::library::paper::{Snapshot, TextHash};

/// From this number of vectors on, there is a graph.
///
/// Measured when scans read `f32`, with clustered vectors of 768 dimensions and distances (CPU time of
/// one thread, SSE2, the machine otherwise busy): a scan took 21 ms over 50,000, the graph answered in
/// 0.7 ms and took 28 s to build. Scans read a quarter of that now; where they are overtaken has
/// not been measured again (`cargo bench --bench neighbours -- --graph` does).
const GRAPH_FROM: usize = 40_000;

/// Neighbours of a vertex in the graph.
const CONNECTIVITY: usize = 16;

/// Candidates held while a vertex is inserted, and while the graph is searched.
const EXPANSION: usize = 128;

/// Candidates asked of the graph for each neighbour wanted, compared exactly thereafter.
const OVERSAMPLING: usize = 2;

/// Where more than one in so many papers is wanted, or fewer are allowed, the graph saves nothing.
const SCANNED_SHARE: usize = 8;

/// Finds the nearest papers among the [`Vectors`] it was built over.
pub struct Index {
    /// Number of vectors from which on there is a graph.
    graph_from: usize,
    graph: Option<Graph>,
}

/// The graph, and whose texts its vertices are.
struct Graph {
    vertices: usearch::Index,
    /// Vertex and paper, ascending; several papers may have one text.
    papers: Vec<(u64, usize)>,
    /// Does it lie in a file that is only read?
    mapped: bool,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("graph_from", &self.graph_from)
            .field("in_graph", &self.graph.as_ref().map(|graph| graph.vertices.size()))
            .finish()
    }
}

impl Index {
    /// An index that scans however many vectors there are.
    #[must_use]
    pub fn scanning() -> Self {
        Self { graph_from: usize::MAX, graph: None }
    }

    /// An index over the vectors that are known; the others come by [`Index::add`]. Where it makes a
    /// graph (from 40,000 vectors on) that takes half a millisecond for each, and is no work for the
    /// thread that answers keys.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where the graph cannot be allocated.
    pub fn build(vectors: &Vectors, snapshot: &Snapshot) -> Result<Self, Error> {
        Self::with_graph_from(GRAPH_FROM, vectors, snapshot)
    }

    /// An index that has a graph from so many vectors on.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where the graph cannot be allocated.
    pub fn with_graph_from(
        graph_from: usize,
        vectors: &Vectors,
        snapshot: &Snapshot,
    ) -> Result<Self, Error> {
        let mut index = Self { graph_from, graph: None };
        index.add(vectors, snapshot)?;
        Ok(index)
    }

    /// The index that was [saved](Index::save) in a folder for vectors of this fingerprint, mapped
    /// into memory, and the texts added that it lacks (then it is read into memory). `None` where
    /// there is none to be used: no graph is needed, there is no file, it is damaged or of other
    /// vectors, or most of its texts are gone. Then [build](Index::build) one.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where texts cannot be added.
    pub fn open(
        folder: &Path,
        fingerprint: &str,
        vectors: &Vectors,
        snapshot: &Snapshot,
    ) -> Result<Option<Self>, Error> {
        Self::open_from(GRAPH_FROM, folder, fingerprint, vectors, snapshot)
    }

    fn open_from(
        graph_from: usize,
        folder: &Path,
        fingerprint: &str,
        vectors: &Vectors,
        snapshot: &Snapshot,
    ) -> Result<Option<Self>, Error> {
        if vectors.count() < graph_from {
            return Ok(None);
        }
        let vertices = empty_graph(vectors)?;
        if !file::map(&vertices, folder, fingerprint) {
            return Ok(None);
        }
        let mut graph = Graph { vertices, papers: Vec::new(), mapped: true };
        graph.papers = papers_by_vertex(vectors, snapshot);
        let lacking = graph.papers.iter().filter(|(vertex, _)| !graph.vertices.contains(*vertex));
        let lacking = lacking.count();
        let known = graph.papers.len() - lacking;
        if known * 2 < graph.vertices.size() || known == 0 {
            return Ok(None);
        }
        if lacking > 0 {
            let in_memory = empty_graph(vectors)?;
            if !file::read(&in_memory, folder, fingerprint) {
                return Ok(None);
            }
            graph.vertices = in_memory;
            graph.mapped = false;
        }
        let mut index = Self { graph_from, graph: Some(graph) };
        index.add(vectors, snapshot)?;
        Ok(Some(index))
    }

    /// Writes the graph, if there is one, into a folder; readers find the old one or the new one, and
    /// never half of it.
    ///
    /// # Errors
    ///
    /// [`Error::GraphFile`] where it cannot be written.
    pub fn save(&self, folder: &Path, fingerprint: &str) -> Result<(), Error> {
        match &self.graph {
            Some(graph) if !graph.mapped => file::write(&graph.vertices, folder, fingerprint),
            _ => Ok(()),
        }
    }

    /// Takes note of papers whose vectors came after the index was built; of a new snapshot too. The
    /// vectors are of one model, always.
    ///
    /// # Errors
    ///
    /// [`Error::Graph`] where the graph cannot be extended; the index then still answers, from
    /// the papers that it has, and the call may be repeated.
    pub fn add(&mut self, vectors: &Vectors, snapshot: &Snapshot) -> Result<(), Error> {
        if self.graph.is_none() {
            if vectors.count() < self.graph_from {
                return Ok(());
            }
            let vertices = empty_graph(vectors)?;
            self.graph = Some(Graph { vertices, papers: Vec::new(), mapped: false });
        }
        self.graph.as_mut().map_or(Ok(()), |graph| graph.add(vectors, snapshot))
    }

    /// The `k` papers closest to `query`, with their [`Vectors::similarity`], closest first and
    /// by index where equal; of those `allowed`, `[papers]`, where that is given. `query` is a row of
    /// `vectors` or comes from [`Vectors::prepare`]; a paper whose own row it is will be in the list.
    #[must_use]
    pub fn nearest(
        &self,
        vectors: &Vectors,
        query: &[f32],
        k: usize,
        allowed: Option<&[bool]>,
    ) -> Vec<(usize, f32)> {
        let may = |paper: usize| allowed.is_none_or(|allowed| allowed[paper]);
        let closest_first =
            |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        let mut found = if let Some(candidates) = self.candidates(vectors, query, k, allowed) {
            best(candidates.into_iter(), k, closest_first)
        } else {
            let all = vectors.similarities(&[query], |to_query| to_query[0]);
            let known = all.into_iter().enumerate().filter(|&(paper, _)| may(paper));
            let known = known.filter_map(|(paper, similarity)| Some((paper, similarity?)));
            best(known, k, closest_first)
        };
        // Beyond the closest a scan goes by upper bytes.
        for (paper, similarity) in &mut found {
            *similarity = vectors.similarity(query, *paper).unwrap_or(*similarity);
        }
        found.sort_unstable_by(closest_first);
        found
    }

    /// What the graph proposes, compared exactly. `None` where all vectors are to be compared:
    /// there is no graph, so many are wanted or so few allowed that it saves nothing, or it has no
    /// thread slot free for this search.
    fn candidates(
        &self,
        vectors: &Vectors,
        query: &[f32],
        k: usize,
        allowed: Option<&[bool]>,
    ) -> Option<Vec<(usize, f32)>> {
        let graph = self.graph.as_ref()?;
        let wanted = k.saturating_mul(OVERSAMPLING).max(EXPANSION);
        let share = vectors.count() / SCANNED_SHARE;
        let few = allowed.is_some_and(|allowed| allowed.iter().filter(|may| **may).count() < share);
        if wanted >= share || few {
            return None;
        }
        let may = |paper: usize| allowed.is_none_or(|allowed| allowed[paper]);
        let listed = |vertex: u64| graph.papers_of(vertex).any(may);
        let matches = graph.vertices.filtered_search(query, wanted, listed).ok()?;
        let papers = matches.keys.iter().flat_map(|&vertex| graph.papers_of(vertex));
        let candidates = papers
            .filter(|&paper| may(paper))
            .filter_map(|paper| Some((paper, vectors.similarity(query, paper)?)));
        Some(candidates.collect())
    }
}

impl Graph {
    /// The papers of a text; none where it is not of this snapshot.
    fn papers_of(&self, vertex: u64) -> impl Iterator<Item = usize> {
        let from = self.papers.partition_point(|&(other, _)| other < vertex);
        self.papers[from..]
            .iter()
            .take_while(move |&&(other, _)| other == vertex)
            .map(|&(_, paper)| paper)
    }

    /// Adds the texts that are new. One after another: from several threads the graph, and with it now
    /// and then a neighbour, would differ from run to run.
    fn add(&mut self, vectors: &Vectors, snapshot: &Snapshot) -> Result<(), Error> {
        self.papers = papers_by_vertex(vectors, snapshot);
        let new: Vec<(u64, usize)> = (self.papers.iter().copied())
            .filter(|(vertex, _)| !self.vertices.contains(*vertex))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        self.vertices.reserve(self.vertices.size() + new.len()).map_err(graph_error)?;
        for (vertex, paper) in new {
            if let Some(vector) = vectors.get(paper)
                && !self.vertices.contains(vertex)
            {
                self.vertices.add(vertex, &vector).map_err(graph_error)?;
            }
        }
        Ok(())
    }
}

/// The vertex of each paper that has a vector, ascending.
fn papers_by_vertex(vectors: &Vectors, snapshot: &Snapshot) -> Vec<(u64, usize)> {
    let mut papers: Vec<(u64, usize)> = (snapshot.papers().iter().enumerate())
        .filter(|&(paper, _)| vectors.has(paper))
        .map(|(paper, entry)| (vertex(&entry.text_hash), paper))
        .collect();
    papers.sort_unstable();
    papers
}

/// The vertex of a text: eight bytes of its hash. That two texts of a million share them has a chance
/// of 3 in 10⁸; one of them would then be found where the other is, and be compared as itself.
fn vertex(text: &TextHash) -> u64 {
    text.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// A graph without vertices.
fn empty_graph(vectors: &Vectors) -> Result<usearch::Index, Error> {
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
    usearch::Index::new(&options).map_err(graph_error)
}

fn graph_error(error: impl std::fmt::Display) -> Error {
    Error::Graph(error.to_string())
}

#[cfg(test)]
mod tests;
