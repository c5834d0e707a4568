//! Vectors and words → ranked neighbours.
//!
//! [`lexical`] knows which words papers share (its words come from [`tokens`]), [`vectors`] holds
//! what the model made of them; [`fuse`] joins the two kinds of similarity into one score, [`scale`]
//! says how much of it is usual in this library, and [`rank`] makes the list, which [`diverse`] can thin out. [`search`] does so for a text, and
//! [`explain`] tells what ties two papers.
//!
//! There is no approximate index. A list tells each paper's place in the other rankings and how far it
//! stands out among all, so all papers are compared whatever else is done; nothing has to be built,
//! saved or mapped, and a paper that comes costs its own row. Measured (two cores, AMD Zen 4) with 100,000
//! vectors of 768 dimensions, the largest library that is promised to be quick: all are compared in
//! 3.8 ms, and the hybrid list is there in 7.8 ms, where 10 are allowed. An HNSW graph by usearch
//! (16 neighbours, 128 candidates) took minutes to build and 345 MB beside the vectors, and found 93 % of the
//! ten nearest. With 16,851 vectors of 384 dimensions it was slower than the scan. The bench of neighbours
//! runs it beside ours (`benches/README.md`).
//!
//! Papers are spoken of by their index into [`Snapshot::papers`]; everything here is valid for
//! the one snapshot that it was built for.
//!
//! [`Snapshot::papers`]: crate::library::paper::Snapshot::papers

mod best;
mod bytes;
pub mod diverse;
pub mod explain;
pub mod fuse;
pub mod lexical;
pub mod rank;
pub mod scale;
pub mod search;
pub mod tokens;
pub mod vectors;

/// What can go wrong with vectors and rankings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The vector is of another model, or of another snapshot's model.
    #[error(
        "the vector has {found} dimensions where this model's have {expected}: \
         it was made by another model; embed the paper again"
    )]
    Dimensions {
        /// Length of this model's vectors.
        expected: usize,
        /// Length of the vector given.
        found: usize,
    },
    /// A component is NaN, infinite, or so large that its square is.
    #[error(
        "the vector's component {component} is {value}: a damaged vector or model file; \
         embed the paper again"
    )]
    NotFinite {
        /// Which component, from 0.
        component: usize,
        /// Its value, as text (NaN equals nothing, not even itself).
        value: String,
    },
    /// A vector of length zero has no direction, so no cosine.
    #[error("the vector is zero throughout and has no direction; embed the paper again")]
    Zero,
    /// The paper is not in the snapshot.
    #[error("there is no paper {paper}: the library has {papers}")]
    NoSuchPaper {
        /// Index asked for.
        paper: usize,
        /// Number of papers in the snapshot.
        papers: usize,
    },
    /// No way of joining seeds of this name.
    #[error("seeds are not joined by `{0}`: choose best, all or any")]
    UnknownJoin(String),
    /// No ranking of this name.
    #[error("no ranking is called `{0}`: choose hybrid, dense or lexical")]
    UnknownRanking(String),
}
