//! Ranked lists: neighbours, and what answers a text.

use std::sync::Arc;

use super::Effects;
use super::dense::{SharedDense, SharedUsual, scale_of, vectors_of};
use super::texts::{ReadText, known};
use crate::app::jobs::Kind;
use crate::app::listing::Listing;
use crate::app::neighbours::{Criteria, Wish};
use crate::app::search::Sought;
use crate::app::state::App;
use crate::event::News;
use crate::library::marks::{Marks, State};
use crate::library::paper::Snapshot;
use crate::library::query::Known;
use crate::library::versions::Versions;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Neighbour, Sources, Wanted, Works};
use crate::similarity::search::{self, Own};

/// Papers of a list: more than anyone scrolls through.
const TOP: usize = 100;

impl Effects {
    pub(super) fn find_neighbours(&self, generation: u64, wish: Wish, app: &App) {
        let Some(ranker) = Ranker::new(app, &self.dense, &self.usual) else {
            return;
        };
        self.jobs.submit(Kind::Neighbours, generation, move |ticket| {
            let neighbours = ranker.neighbours(&wish);
            ticket.report(News::Neighbours { of: wish.of, neighbours });
        });
    }

    pub(super) fn search(&self, generation: u64, sought: Sought, app: &App) {
        let Some(ranker) = Ranker::new(app, &self.dense, &self.usual) else {
            return;
        };
        let text = Arc::clone(&self.text);
        self.jobs.submit(Kind::Search, generation, move |ticket| {
            let read = known(&text, &sought.text);
            let found = ranker.search(&sought, read.as_deref());
            ticket.report(News::Found { read: read.is_some(), found });
        });
    }
}

/// What lists are made from, as it is when they are asked for; vectors as they are when they are made.
struct Ranker {
    snapshot: Arc<Snapshot>,
    listing: Arc<Listing>,
    marks: Arc<Marks>,
    versions: Arc<Versions>,
    has_vector: Vec<bool>,
    lexical: Arc<Lexical>,
    dense: SharedDense,
    usual: SharedUsual,
}

impl Ranker {
    /// `None` while the words are not indexed.
    fn new(app: &App, dense: &SharedDense, usual: &SharedUsual) -> Option<Self> {
        Some(Self {
            snapshot: Arc::clone(&app.snapshot),
            listing: Arc::clone(&app.listing),
            marks: Arc::clone(&app.marks),
            versions: Arc::clone(&app.versions),
            has_vector: app.has_vector.clone(),
            lexical: app.lexical.clone()?,
            dense: Arc::clone(dense),
            usual: Arc::clone(usual),
        })
    }

    fn neighbours(&self, wish: &Wish) -> Vec<Neighbour> {
        self.list(&wish.criteria, |sources, wanted| rank::neighbours(sources, &wish.seeds, wanted))
    }

    /// `read` is what the model made of the text, where it has read it.
    fn search(&self, sought: &Sought, read: Option<&ReadText>) -> Vec<Neighbour> {
        let own = read.map(|read| Own { vector: &read.vector, tokens: read.tokens });
        let sought_text = search::Sought { text: &sought.text, own, without: &[] };
        self.list(&sought.criteria, |sources, wanted| search::search(sources, &sought_text, wanted))
    }

    fn list(
        &self,
        criteria: &Criteria,
        rank: impl FnOnce(&Sources<'_>, &Wanted<'_>) -> Vec<Neighbour>,
    ) -> Vec<Neighbour> {
        let vectors = vectors_of(&self.snapshot, &self.dense);
        let vectors = vectors.as_deref();
        let scale = scale_of(self.snapshot.len(), &self.lexical, vectors, &self.usual);
        let works = Works::new(self.snapshot.len(), &self.versions);
        let allowed =
            allowed(criteria, &self.snapshot, &self.listing, &self.marks, &self.has_vector);
        let sources = Sources {
            papers: self.snapshot.papers(),
            lexical: &self.lexical,
            vectors,
            scale: &scale,
            works: Some(&works),
        };
        let Criteria { ranking, diverse, .. } = *criteria;
        let wanted = Wanted { ranking, top: TOP, allowed: allowed.as_deref(), diverse };
        rank(&sources, &wanted)
    }
}

/// Which papers a list may have, `[papers]`; `None` for all.
#[must_use]
pub fn allowed(
    criteria: &Criteria,
    snapshot: &Snapshot,
    listing: &Listing,
    marks: &Marks,
    has_vector: &[bool],
) -> Option<Vec<bool>> {
    if criteria.filter.is_empty() && !criteria.hide_read {
        return None;
    }
    let has = |paper: usize| has_vector.get(paper).copied().unwrap_or(false);
    let known = Known { marks: Some(marks), has_vector: Some(&has) };
    let mut allowed = listing.select(snapshot, &criteria.filter, &known);
    if criteria.hide_read {
        let is_read = |id| marks.get(id).is_some_and(|mark| mark.state == State::Read);
        for (allowed, paper) in allowed.iter_mut().zip(snapshot.papers()) {
            *allowed &= !is_read(paper.id);
        }
    }
    Some(allowed)
}
