//! What to read next, and which new papers suit: learning the library once, and asking it again with
//! every mark.

use std::sync::{Arc, Mutex, PoisonError};

use super::dense::{SharedDense, vectors_of};
use crate::app::listing::Askable;
use crate::app::next::{Advice, Source};
use crate::app::state::App;
use crate::clusters::subjects::{Found, Ground, Key};
use crate::library::import;
use crate::library::paper::Paper;
use crate::library::query::Query;
use crate::recommend::affinity::Views;
use crate::recommend::likes::Because;
use crate::recommend::{
    Clusters, Library, Reason, Recommendation, Recommender, Taste, Wish, between,
};
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
    /// Which papers the list may have.
    pub filter: Query,
}

/// What is learnt of a library, and in what state of it.
pub struct Learnt {
    ground: Arc<Ground>,
    recommender: Recommender,
}

/// What is learnt, shared from one question to the next.
pub type SharedLearnt = Arc<Mutex<Option<Learnt>>>;

/// Whom to ask: the library as it is when the question comes up; vectors as they are when it is
/// answered.
pub struct Adviser {
    papers: Askable,
    found: Arc<Found>,
    lexical: Arc<Lexical>,
    dense: SharedDense,
    learnt: SharedLearnt,
}

impl Adviser {
    /// `None` before the clusters of these papers are found.
    pub(super) fn new(app: &App, dense: &SharedDense, learnt: &SharedLearnt) -> Option<Self> {
        Some(Self {
            papers: app.askable(),
            found: Arc::clone(app.found()?),
            lexical: app.lexical.clone()?,
            dense: Arc::clone(dense),
            learnt: Arc::clone(learnt),
        })
    }

    /// The same, by words alone.
    #[must_use]
    pub fn by_words(app: &App, learnt: &SharedLearnt) -> Option<Self> {
        Self::new(app, &SharedDense::default(), learnt)
    }

    /// Has `work` done with what is known of the library.
    pub(super) fn ask<R>(&self, work: impl FnOnce(&mut Recommender, &Library<'_>) -> R) -> R {
        let vectors: Option<Arc<Vectors>> = vectors_of(&self.papers.snapshot, &self.dense);
        let views = Views { lexical: &self.lexical, vectors: vectors.as_deref() };
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        let ground = &self.found.ground;
        let known = learnt.take().filter(|known| Arc::ptr_eq(&known.ground, ground));
        let known = known.unwrap_or_else(|| Learnt {
            ground: Arc::clone(ground),
            recommender: Recommender::learn_with_neighbours(views, &ground.graph),
        });
        let recommender = &mut learnt.insert(known).recommender;
        let clusters = Clusters::of_library(&self.found);
        let papers = self.papers.snapshot.papers();
        let marks = &self.papers.marks;
        let library = Library { papers, views, clusters: &clusters, marks, now: import::now() };
        work(recommender, &library)
    }

    /// Answers the question.
    #[must_use]
    pub fn advise(&self, question: &Question) -> Advice {
        self.ask(|recommender, library| self.answer(recommender, library, question))
    }

    fn answer(
        &self,
        recommender: &mut Recommender,
        library: &Library<'_>,
        question: &Question,
    ) -> Advice {
        let (papers, marks, now) = (library.papers, library.marks, library.now);
        let allowed = (!question.filter.is_empty()).then(|| self.papers.select(&question.filter));
        let wish = Wish { within: allowed.as_deref(), about: "", top: TOP };
        let items = match (&question.source, question.selected.as_slice()) {
            (Source::Bridge, &[a, b]) => between::bridge(recommender, library, [&[a], &[b]], &wish),
            (Source::Between(ends), _) => {
                let [one, other] = ends.map(|end| self.members(end));
                if one.is_empty() || other.is_empty() {
                    Vec::new()
                } else {
                    between::bridge(recommender, library, [one, other], &wish)
                }
            }
            (Source::Path, &[a, b]) => path(recommender, library, a, b),
            _ => {
                let taste = match &question.source {
                    Source::Week => Taste::of_week(papers, marks, now),
                    Source::Selection => Taste::of_papers(&question.selected, &[]),
                    Source::Query(query) => {
                        let (query, _) = self.papers.filters.typed(query);
                        let chosen = self.papers.select(&query);
                        let chosen = |paper: &Paper| {
                            let index = self.papers.snapshot.by_id(paper.id)?;
                            chosen[index].then_some(Because::Named)
                        };
                        Taste::of_group(papers, marks, now, chosen)
                    }
                    _ => Taste::of_marks(papers, marks, now),
                };
                let allowed = allowed.as_deref();
                return self.recommended(recommender, library, &taste, question, allowed);
            }
        };
        Advice { items, subject: self.subject(question), ..Advice::default() }
    }

    /// The list by a taste.
    fn recommended(
        &self,
        recommender: &mut Recommender,
        library: &Library<'_>,
        taste: &Taste,
        question: &Question,
        allowed: Option<&[bool]>,
    ) -> Advice {
        let subject = self.subject(question);
        let members: Option<&[usize]> = match question.source {
            Source::Cluster(of) => Some(self.members(of)),
            Source::Subject => Some(self.own_subject(question).map_or(&[], |of| self.members(of))),
            _ => None,
        };
        let within = members.map(|members| {
            let mut within = vec![false; library.papers.len()];
            for &paper in members {
                within[paper] = allowed.is_none_or(|allowed| allowed[paper]);
            }
            within
        });
        let wish = Wish { within: within.as_deref().or(allowed), about: &subject, top: TOP };
        let items = recommender.recommend(library, taste, &wish);
        Advice { items, likes: taste.likes.len(), unlikes: taste.unlikes.len(), subject }
    }

    /// The coarse cluster that the current paper is in.
    fn own_subject(&self, question: &Question) -> Option<Key> {
        let subject = question.current.and_then(|paper| self.found.subject_of(paper))?;
        Some(Key { level: 0, colour: subject.colour })
    }

    /// The papers of a cluster.
    fn members(&self, cluster: Key) -> &[usize] {
        self.found.row(cluster).map_or(&[], |row| self.found.papers(row))
    }

    /// What the list is about.
    fn subject(&self, question: &Question) -> String {
        let title = |of: Key| {
            let subject = self.found.row(of).and_then(|row| self.found.subject(row));
            subject.map_or_else(String::new, |subject| subject.short_title().to_owned())
        };
        match question.source {
            Source::Subject => self.own_subject(question).map_or_else(String::new, title),
            Source::Cluster(of) => title(of),
            Source::Between([one, other]) => format!("{} and {}", title(one), title(other)),
            _ => String::new(),
        }
    }
}

/// The stops of a way, each with what it shares with the one before.
fn path(
    recommender: &Recommender,
    library: &Library<'_>,
    a: usize,
    b: usize,
) -> Vec<Recommendation> {
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
