//! The clusters of the library as a tree to walk through, and the papers of one of them.
//!
//! What is shown holds the snapshot that its indices are of: it stays on screen while the library
//! changes.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::scroll::Scroll;
use crate::clusters::RESOLUTION;
use crate::clusters::subjects::{Found, Ground, Key, Row};
use crate::library::date::Date;
use crate::library::paper::PaperId;

/// What a cluster's papers are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The most central first.
    #[default]
    Centrality,
    /// The newest first.
    Date,
}

/// The list that the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The clusters.
    #[default]
    Tree,
    /// The papers of the one under the cursor.
    Papers,
}

/// The clusters on the screen.
#[derive(Debug)]
pub struct Tree {
    /// What clusters are found in; `None` before the first time.
    pub ground: Option<Arc<Ground>>,
    /// The clusters.
    pub found: Option<Arc<Found>>,
    /// The resolution asked for.
    pub resolution: f64,
    /// Is it being found out which papers are alike?
    pub grounding: bool,
    /// Are clusters being looked for?
    pub finding: bool,
    /// Papers that had a vector when the ground was asked for last.
    pub vectors: usize,
    /// Why there are none.
    pub failed: Option<String>,
    /// The list that the keys go to.
    pub pane: Pane,
    /// Colours of the coarse clusters whose parts are shown.
    pub open: BTreeSet<u32>,
    /// The rows of the tree.
    pub rows: Vec<Row>,
    /// Cursor there.
    pub scroll: Scroll,
    /// The papers of the row under the cursor, in order.
    pub papers: Vec<PaperId>,
    /// What they are ordered by.
    pub order: Order,
    /// Where a bridge to another cluster begins.
    pub bridge: Option<Key>,
    /// Cursor there.
    pub paper_scroll: Scroll,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            ground: None,
            found: None,
            resolution: RESOLUTION,
            grounding: false,
            finding: false,
            vectors: 0,
            failed: None,
            pane: Pane::default(),
            open: BTreeSet::new(),
            rows: Vec::new(),
            scroll: Scroll::default(),
            papers: Vec::new(),
            order: Order::default(),
            bridge: None,
            paper_scroll: Scroll::default(),
        }
    }
}

impl Tree {
    /// The row under the cursor.
    #[must_use]
    pub fn row(&self) -> Option<Row> {
        self.rows.get(self.scroll.cursor).copied()
    }

    /// The paper under the cursor.
    #[must_use]
    pub fn paper(&self) -> Option<PaperId> {
        self.papers.get(self.paper_scroll.cursor).copied()
    }

    /// Is something going on?
    #[must_use]
    pub fn busy(&self) -> bool {
        self.grounding || self.finding
    }

    /// Shows new clusters. The cursor stays on the cluster that it is on, as far as that is still
    /// there, and on its paper. What was shown before is returned.
    pub fn replace(&mut self, found: Option<Arc<Found>>) -> Option<Arc<Found>> {
        let old = std::mem::replace(&mut self.found, found);
        let at = old.as_deref().zip(self.row()).map(|(old, row)| old.key(row));
        self.list();
        if let (Some(at), Some(found)) = (at, &self.found)
            && let Some(cursor) = self.rows.iter().position(|&row| found.key(row) == at)
        {
            self.scroll.cursor = cursor;
        }
        self.scroll.cursor = self.scroll.cursor.min(self.rows.len().saturating_sub(1));
        self.list_papers();
        old
    }

    /// Lists the rows: the parts of what is open, and the loose papers last.
    fn list(&mut self) {
        self.rows.clear();
        let Some(found) = &self.found else {
            return;
        };
        for (index, subject) in found.subjects[0].iter().enumerate() {
            self.rows.push(Row::Coarse(index));
            if subject.has_parts() && self.open.contains(&subject.colour) {
                self.rows.extend(subject.parts.clone().map(Row::Fine));
            }
        }
        if !found.clusters.loose.is_empty() {
            self.rows.push(Row::Loose);
        }
    }

    /// Lists the papers of the row under the cursor; the cursor among them stays on its paper where
    /// that is among them.
    pub fn list_papers(&mut self) {
        let at = self.paper();
        self.papers.clear();
        if let (Some(found), Some(row)) = (&self.found, self.row()) {
            let papers = found.ground.snapshot.papers();
            let mut of: Vec<usize> = found.papers(row).to_vec();
            if self.order == Order::Date {
                of.sort_by_key(|&paper| Reverse(papers[paper].date.as_ref().map(Date::first)));
            }
            self.papers.extend(of.into_iter().map(|paper| papers[paper].id));
        }
        let cursor = at.and_then(|id| self.papers.iter().position(|&paper| paper == id));
        self.paper_scroll = Scroll { cursor: cursor.unwrap_or(0), offset: 0 };
    }

    /// Moves the cursor of the tree to a row, and opens what it lies in.
    pub fn go_to(&mut self, row: Row) {
        if let (Row::Fine(_), Some(found)) = (row, &self.found)
            && let Some(coarse) = found.coarse(row)
        {
            self.open.insert(found.subjects[0][coarse].colour);
            self.list();
        }
        if let Some(cursor) = self.rows.iter().position(|&other| other == row) {
            self.scroll.cursor = cursor;
        }
        self.begin_papers();
    }

    /// Lists the papers of the row under the cursor, which is another one now, from the first.
    pub fn begin_papers(&mut self) {
        self.papers.clear();
        self.list_papers();
    }

    /// Shows the parts of the cluster under the cursor; `false` where there are none, or they are shown
    /// already.
    pub fn expand(&mut self) -> bool {
        let opened = match (&self.found, self.row()) {
            (Some(found), Some(row @ Row::Coarse(_))) => found
                .subject(row)
                .is_some_and(|subject| subject.has_parts() && self.open.insert(subject.colour)),
            _ => false,
        };
        self.list();
        opened
    }

    /// Hides the parts of the cluster under the cursor, or those that it is one of.
    pub fn collapse(&mut self) {
        let Some((found, row)) = self.found.as_ref().zip(self.row()) else {
            return;
        };
        let Some(coarse) = found.coarse(row) else {
            return;
        };
        self.open.remove(&found.subjects[0][coarse].colour);
        self.list();
        self.go_to(Row::Coarse(coarse));
    }

    /// The row of the smallest cluster that a paper is in; `None` for a paper that no clusters were
    /// looked for with.
    #[must_use]
    pub fn row_of(&self, paper: PaperId) -> Option<Row> {
        let found = self.found.as_ref()?;
        let paper = found.ground.snapshot.by_id(paper)?;
        let [coarse, fine] = found.clusters.levels.each_ref().map(|level| level.of(paper));
        Some(match (coarse, fine) {
            (Some(coarse), Some(fine)) if found.subjects[0][coarse].has_parts() => Row::Fine(fine),
            (Some(coarse), _) => Row::Coarse(coarse),
            (None, _) => Row::Loose,
        })
    }
}
