//! What to read next: learning the library once, and asking it again with every mark.

use std::sync::{Arc, Mutex, PoisonError};

use crate::app::next::{Advice, Source};
use crate::clusters::affinity::Affinity;
use crate::clusters::graph::Graph;
use crate::clusters::labels::Phrases;
use crate::clusters::{self, RESOLUTION};
use crate::library::import;
use crate::library::marks::Marks;
use crate::library::paper::Snapshot;
use crate::recommend::affinity::Views;
use crate::recommend::{Clusters, Library, Recommendation, Recommender, Taste, Wish, between};
use crate::similarity::lexical::Lexical;
use crate::similarity::vectors::Vectors;

/// Papers on the list: more than anyone reads next.
const TOP: usize = 50;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the list is made from.
    pub source: Source,
    /// The papers that are selected, by index.
    pub selected: Vec<usize>,
    /// The current paper.
    pub current: Option<usize>,
}

/// What is learnt of a library, and of what state of it.
pub struct Learnt {
    lexical: Arc<Lexical>,
    vectors: usize,
    recommender: Recommender,
    clusters: Clusters,
}

/// What is learnt, shared from one question to the next.
pub type SharedLearnt = Arc<Mutex<Option<Learnt>>>;

impl Learnt {
    fn new(
        snapshot: &Snapshot,
        lexical: &Arc<Lexical>,
        vectors: Option<&Vectors>,
    ) -> Result<Self, clusters::Error> {
        let graph = Graph::build(&Affinity::new(lexical, vectors))?;
        let found = clusters::Clusters::find(&graph, RESOLUTION)?;
        let [labels, _] = Phrases::read(snapshot.papers()).labels(&found);
        let [coarse, _] = &found.levels;
        Ok(Self {
            lexical: Arc::clone(lexical),
            vectors: vectors.map_or(0, Vectors::count),
            recommender: Recommender::learn_with_neighbours(Views { lexical, vectors }, &graph),
            clusters: Clusters {
                of: (0..snapshot.len()).map(|paper| coarse.of(paper)).collect(),
                labels: labels.iter().map(ToString::to_string).collect(),
            },
        })
    }

    /// Does it still hold? A fifth more vectors change little of what is next to what.
    fn holds(&self, lexical: &Arc<Lexical>, vectors: Option<&Vectors>) -> bool {
        let (then, now) = (self.vectors, vectors.map_or(0, Vectors::count));
        let all = vectors.is_some_and(|vectors| vectors.papers() == now);
        let close = then > 0 && (then..=then + then / 5).contains(&now);
        Arc::ptr_eq(&self.lexical, lexical) && (then == now || (close && !all))
    }
}

/// Answers the question. `vectors` are those of the snapshot, as far as they are known.
///
/// # Errors
/// The library's neighbours cannot be found.
pub fn advise(
    snapshot: &Snapshot,
    lexical: &Arc<Lexical>,
    vectors: Option<&Vectors>,
    marks: &Marks,
    learnt: &SharedLearnt,
    question: &Question,
) -> Result<Advice, clusters::Error> {
    let mut learnt = learnt.lock().unwrap_or_else(PoisonError::into_inner);
    let known = match learnt.take().filter(|learnt| learnt.holds(lexical, vectors)) {
        Some(known) => known,
        None => Learnt::new(snapshot, lexical, vectors)?,
    };
    let Learnt { recommender, clusters, .. } = learnt.insert(known);
    let papers = snapshot.papers();
    let library =
        Library { papers, views: Views { lexical, vectors }, clusters, marks, now: import::now() };
    let taste = match question.source {
        Source::Week => Taste::of_week(papers, marks, library.now),
        Source::Selection => Taste::of_papers(&question.selected, &[]),
        _ => Taste::of_marks(papers, marks, library.now),
    };
    let mut advice =
        Advice { likes: taste.likes.len(), unlikes: taste.unlikes.len(), ..Advice::default() };
    advice.items = match (question.source, question.selected.as_slice()) {
        (Source::Bridge, &[a, b]) => between::bridge(recommender, &library, [&[a], &[b]], TOP),
        (Source::Path, &[a, b]) => path(recommender, &library, a, b),
        (Source::Subject, _) => {
            let cluster = question.current.and_then(|paper| library.clusters.cluster_of(paper));
            advice.subject =
                cluster.map_or_else(String::new, |of| library.clusters.label(of).to_owned());
            let wish = Wish { cluster, top: TOP };
            if cluster.is_some() {
                recommender.recommend(&library, &taste, &wish)
            } else {
                Vec::new()
            }
        }
        _ => recommender.recommend(&library, &taste, &Wish { cluster: None, top: TOP }),
    };
    Ok(advice)
}

/// The stops of a way, each with what it shares with the one before.
fn path(
    recommender: &Recommender,
    library: &Library<'_>,
    a: usize,
    b: usize,
) -> Vec<Recommendation> {
    use crate::recommend::Reason;
    use crate::recommend::likes::Because;
    use crate::recommend::why::CloseLike;
    let stops = between::path(recommender, library, a, b).unwrap_or_default();
    let before = std::iter::once(None).chain(stops.iter().map(|stop| Some(stop.paper)));
    stops
        .iter()
        .zip(before)
        .map(|(stop, before)| {
            let close =
                |paper| CloseLike { paper, because: Because::Named, affinity: stop.affinity };
            let why = Reason::Close {
                likes: before.map(close).into_iter().collect(),
                shared: stop.shared.clone(),
            };
            Recommendation { paper: stop.paper, score: stop.affinity, why: vec![why] }
        })
        .collect()
}
