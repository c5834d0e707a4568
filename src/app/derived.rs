//! What follows from the state: which paper is shown, what is asked for, what there is to go by.

use std::sync::Arc;

use tui_input::Input;

use super::action::Context;
use super::clusters;
use super::columns::Columns;
use super::listing::Askable;
use super::neighbours::{Centre, Criteria, Wish};
use super::search::Sought;
use super::state::{App, ModelState, Pane, Prompt, View};
use super::why::{Origin, Pair};
use crate::clusters::subjects::Found;
use crate::library::import::foreign::INBOX;
use crate::library::marks::Mark;
use crate::library::paper::{Paper, PaperId};
use crate::library::query::{Query, Saved};
use crate::similarity::rank::{self, Neighbour};

impl App {
    /// What the keys go to.
    #[must_use]
    pub fn context(&self) -> Context {
        match self.view {
            View::Clusters => Context::Clusters,
            View::Map => Context::Map,
            View::Next => Context::Next,
            View::Inbox => Context::Inbox,
            View::Paper => Context::Paper,
            View::Jobs => Context::Jobs,
            View::Report => Context::Report,
            View::Library | View::Neighbours => Context::Lists,
            View::Search => Context::Search,
        }
    }

    /// Index of the current paper.
    #[must_use]
    pub fn current_index(&self) -> Option<usize> {
        self.current.and_then(|id| self.snapshot.by_id(id))
    }

    /// The current paper.
    #[must_use]
    pub fn current_paper(&self) -> Option<&Paper> {
        self.current_index().map(|index| &self.snapshot.papers()[index])
    }

    /// The paper whose text is shown: the neighbour or the result under the cursor while the keys go
    /// there, so that one can read before diving; else the current one.
    #[must_use]
    pub fn shown_paper(&self) -> Option<&Paper> {
        match (self.view, self.pane) {
            // Nothing is done to the papers of a cluster that one does not see.
            (View::Clusters, _) if self.clusters.pane == clusters::Pane::Tree => None,
            (View::Clusters, _) => self.cluster_paper(),
            (View::Next, _) => self.next.selected().map(|item| &self.snapshot.papers()[item.paper]),
            (View::Inbox, _) => self.inbox.selected().and_then(|item| self.inbox.paper(item.paper)),
            (View::Search, _) => self.listed_paper(),
            (View::Paper, _) => self.whole_paper(),
            (View::Jobs, _) => None,
            (View::Map, _) | (_, Pane::Library) => self.current_paper(),
            (_, Pane::Neighbours) => self.listed_paper().or_else(|| self.current_paper()),
        }
    }

    /// The paper under the cursor among those of a cluster; the most central one where that is not
    /// moved.
    #[must_use]
    pub fn cluster_paper(&self) -> Option<&Paper> {
        let id = self.clusters.paper()?;
        self.snapshot.by_id(id).map(|index| &self.snapshot.papers()[index])
    }

    /// The neighbour or the result under the cursor.
    #[must_use]
    pub fn listed(&self) -> Option<&Neighbour> {
        match self.view {
            View::Search => self.search.selected(),
            _ => self.shown_neighbours().get(self.neighbours.scroll.cursor),
        }
    }

    fn listed_paper(&self) -> Option<&Paper> {
        self.listed().map(|listed| &self.snapshot.papers()[listed.paper])
    }

    /// Are the neighbours those of the seeds?
    #[must_use]
    pub fn shows_seeds(&self) -> bool {
        !self.seeds.is_empty() && self.trail.len() <= self.seeds.depth
    }

    /// What the neighbours are to be neighbours of.
    #[must_use]
    pub fn centre(&self) -> Option<Centre> {
        if self.shows_seeds() { Some(Centre::Seeds) } else { self.current.map(Centre::Paper) }
    }

    /// The neighbours; none while they are being looked for.
    #[must_use]
    pub fn shown_neighbours(&self) -> &[Neighbour] {
        if self.neighbours.of.is_some() && self.neighbours.of == self.centre() {
            &self.neighbours.items
        } else {
            &[]
        }
    }

    /// The neighbours that are wanted now; `None` before there is anything to compare.
    #[must_use]
    pub fn wish(&self) -> Option<Wish> {
        self.lexical.as_ref()?;
        let of = self.centre()?;
        let indices = |ids: &[PaperId]| -> Vec<usize> {
            ids.iter().filter_map(|&id| self.snapshot.by_id(id)).collect()
        };
        let mut seeds = match of {
            Centre::Paper(id) => rank::Query { like: indices(&[id]), ..Default::default() },
            Centre::Seeds => rank::Query {
                like: indices(&self.seeds.like),
                unlike: indices(&self.seeds.unlike),
                join: self.seeds.join,
            },
        };
        // Less like some papers is meant where one is.
        if seeds.like.is_empty() {
            seeds.like.extend(self.current_index().filter(|paper| !seeds.unlike.contains(paper)));
        }
        let filter = self.query(self.neighbours.filter.value());
        Some(Wish { of, seeds, criteria: self.criteria(filter) })
    }

    /// All that a query can ask of the papers, as it is now.
    #[must_use]
    pub fn askable(&self) -> Askable {
        Askable {
            snapshot: Arc::clone(&self.snapshot),
            listing: Arc::clone(&self.listing),
            marks: Arc::clone(&self.marks),
            has_vector: self.has_vector.clone(),
            found: self.clusters.found.clone(),
            filters: self.filters(),
        }
    }

    /// The filters that were saved.
    #[must_use]
    pub fn filters(&self) -> Arc<Saved> {
        self.chosen.as_ref().map(|chosen| Arc::clone(&chosen.filters)).unwrap_or_default()
    }

    /// A query as far as it is typed.
    #[must_use]
    pub fn query(&self, typed: &str) -> Query {
        self.filters().typed(typed).0
    }

    /// The columns of lists.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        let chosen = self.chosen.as_ref().and_then(|chosen| chosen.columns.as_ref());
        chosen.unwrap_or(&self.default_columns)
    }

    /// What ranked lists keep to.
    #[must_use]
    pub fn criteria(&self, filter: Query) -> Criteria {
        Criteria { ranking: self.ranking, diverse: self.diverse, hide_read: self.hide_read, filter }
    }

    /// The clusters, where they are those of the papers that are shown.
    #[must_use]
    pub fn found(&self) -> Option<&Arc<Found>> {
        let found = self.clusters.found.as_ref()?;
        Arc::ptr_eq(&found.ground.snapshot, &self.snapshot).then_some(found)
    }

    /// May a mark change what ranked lists leave out?
    #[must_use]
    pub fn rests_on_marks(&self) -> bool {
        let is_filtered = |sought: &Sought| !sought.criteria.filter.is_empty();
        self.hide_read
            || !self.neighbours.filter.value().is_empty()
            || self.search.answered.as_ref().is_some_and(is_filtered)
    }

    /// The pair of which it can be said why they are close.
    #[must_use]
    pub fn pair(&self) -> Option<Pair> {
        self.lexical.as_ref()?;
        let listed = self.listed()?;
        let id = |paper: usize| self.snapshot.papers()[paper].id;
        let origin = match (self.view, listed.seed) {
            (View::Search, _) => Origin::Text(self.search.answered.as_ref()?.text.clone()),
            (_, seed) => Origin::Paper(id(seed?)),
        };
        Some(Pair { origin, paper: id(listed.paper) })
    }

    /// The line that a prompt edits.
    pub fn input_mut(&mut self, prompt: Prompt) -> &mut Input {
        match prompt {
            Prompt::Filter => &mut self.library.filter,
            Prompt::Neighbours => &mut self.neighbours.filter,
            Prompt::Search => &mut self.search.input,
            Prompt::Next => &mut self.next.filter,
            Prompt::Tag
            | Prompt::Untag
            | Prompt::List
            | Prompt::Unlist
            | Prompt::Like
            | Prompt::InboxFile
            | Prompt::ExportFile(_)
            | Prompt::ClusterName
            | Prompt::SaveFilter
            | Prompt::UseFilter
            | Prompt::DeleteFilter => &mut self.line,
        }
    }

    /// The mark of a paper.
    #[must_use]
    pub fn mark(&self, paper: PaperId) -> Option<&Mark> {
        self.marks.get(paper)
    }

    /// Is it on the list of new papers that are wanted?
    #[must_use]
    pub fn is_kept(&self, paper: PaperId) -> bool {
        self.mark(paper).is_some_and(|mark| mark.lists.iter().any(|list| list == INBOX))
    }

    /// Is the model there to read a text?
    #[must_use]
    pub fn has_model(&self) -> bool {
        use ModelState::{Done, Embedding, Starting, Stopped};
        matches!(self.model, Starting | Embedding(_) | Stopped | Done)
    }

    /// Can vectors be used, at least for some papers?
    #[must_use]
    pub fn has_vectors(&self) -> bool {
        self.has_vector.contains(&true)
    }
}
