//! Ranked lists: neighbours, and what answers a text.

use std::sync::Arc;

use super::Effects;
use super::dense::{SharedDense, SharedUsual, scale_of, vectors_of};
use super::texts::{ReadText, known};
use crate::app::jobs::Kind;
use crate::app::listing::Askable;
use crate::app::neighbours::{Criteria, Wish};
use crate::app::search::Sought;
use crate::app::state::App;
use crate::event::News;
use crate::library::marks::State;
use crate::library::versions::Versions;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::{self, Neighbour, Sources, Wanted, Works};
use crate::similarity::search::{self, Own};

/// Papers of a list: more than anyone scrolls through.
pub const TOP: usize = 100;

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
    papers: Askable,
    versions: Arc<Versions>,
    lexical: Arc<Lexical>,
    dense: SharedDense,
    usual: SharedUsual,
}

impl Ranker {
    /// `None` while the words are not indexed.
    fn new(app: &App, dense: &SharedDense, usual: &SharedUsual) -> Option<Self> {
        Some(Self {
            papers: app.askable(),
            versions: Arc::clone(&app.versions),
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
        let snapshot = &self.papers.snapshot;
        let vectors = vectors_of(snapshot, &self.dense);
        let vectors = vectors.as_deref();
        let scale = scale_of(snapshot.len(), &self.lexical, vectors, &self.usual);
        let works = Works::new(snapshot.len(), &self.versions);
        let allowed = allowed(criteria, &self.papers);
        let sources = Sources {
            papers: snapshot.papers(),
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
pub fn allowed(criteria: &Criteria, papers: &Askable) -> Option<Vec<bool>> {
    if criteria.filter.is_empty() && !criteria.hide_read {
        return None;
    }
    let mut allowed = papers.select(&criteria.filter);
    if criteria.hide_read {
        let is_read = |id| papers.marks.get(id).is_some_and(|mark| mark.state == State::Read);
        for (allowed, paper) in allowed.iter_mut().zip(papers.snapshot.papers()) {
            *allowed &= !is_read(paper.id);
        }
    }
    Some(allowed)
}
