//! What can be done with what is on the screen, to which papers, and what is offered for a line.

use std::collections::BTreeSet;
use std::path::Path;

use super::action::Action;
use super::files;
use super::mode::Prompt;
use super::state::{App, ModelState, Pane, View};
use crate::clusters::subjects::Row;
use crate::library::marks::Mark;
use crate::library::paper::PaperId;
use crate::library::query::completions;

impl App {
    /// Does the action apply here, and would it do anything now?
    #[must_use]
    pub fn works_here(&self, action: Action) -> bool {
        action.entry().scope.contains(&self.context()) && self.can(action)
    }

    /// Would the action do anything now?
    #[must_use]
    pub fn can(&self, action: Action) -> bool {
        match action {
            Action::Dive if self.view == View::Report => self.place().is_some(),
            Action::Dive if self.view == View::Search => self.listed().is_some(),
            Action::Dive if self.view == View::Clusters => !self.clusters.papers.is_empty(),
            Action::Dive if self.view == View::Map => self.current.is_some(),
            Action::Dive if self.view == View::Next => self.shown_paper().is_some(),
            Action::Dive if self.view == View::Paper => {
                self.paper.of.is_some_and(|paper| self.snapshot.by_id(paper).is_some())
            }
            Action::Dive if self.view == View::Jobs => true,
            Action::Dive if self.view == View::Inbox => {
                self.inbox.selected().is_some_and(|item| !item.nearest.is_empty())
            }
            Action::Dive => {
                self.pane == Pane::Library
                    || !self.shown_neighbours().is_empty()
                    || self.neighbours.asked.is_some()
            }
            Action::Back => {
                !matches!(self.view, View::Library | View::Neighbours)
                    || !self.trail.is_empty()
                    || self.pane == Pane::Neighbours
            }
            Action::ToCluster => {
                self.shown_paper().is_some_and(|paper| self.clusters.row_of(paper.id).is_some())
            }
            Action::Finer | Action::Coarser => self.clusters.ground.is_some(),
            Action::Likes => self.next.selected().is_some(),
            Action::Keep => self.inbox.selected().is_some(),
            Action::ClusterNext
            | Action::ClusterNeighbours
            | Action::ClusterSearch
            | Action::ClusterBridge
            | Action::RenameCluster => {
                self.clusters.row().is_some_and(|row| row != Row::Loose)
                    && self.clusters.found.is_some()
            }
            Action::ClusterOrder => self.clusters.papers.len() > 1,
            Action::ZoomIn
            | Action::ZoomOut
            | Action::WholeMap
            | Action::PanLeft
            | Action::PanDown
            | Action::PanUp
            | Action::PanRight => self.map.view.is_some(),
            Action::Select
            | Action::Star
            | Action::NotForMe
            | Action::SetState(_)
            | Action::Rate(_)
            | Action::Tag
            | Action::List
            | Action::Copy(_)
            | Action::Export(_)
            | Action::MoreLike
            | Action::LessLike
            | Action::Note => !self.targets().is_empty(),
            Action::SelectRange => self.selection.last.is_some() && self.shown_paper().is_some(),
            Action::Open | Action::Paper => self.shown_paper().is_some(),
            Action::CancelTask | Action::RetryTask => self.can_steer(action),
            Action::SaveFilter => self.chosen.is_some(),
            Action::UseFilter | Action::DeleteFilter => self.filters().names().next().is_some(),
            Action::OpenSample => {
                self.files.is_empty() && self.snapshot.is_empty() && !self.loading.running
            }
            Action::Untag => !self.completions(Prompt::Untag).is_empty(),
            Action::Unlist => !self.completions(Prompt::Unlist).is_empty(),
            Action::NextHit | Action::PreviousHit => !self.library.filter.value().is_empty(),
            Action::NextJoin => self.seeds.like.len() > 1,
            Action::Report => self.view == View::Report || !self.report.findings.is_empty(),
            Action::Edit => self.place().is_some(),
            Action::ForgetMissing => self.missing > 0,
            Action::PauseEmbedding => {
                matches!(self.model, ModelState::Starting | ModelState::Embedding(_))
            }
            Action::Download => self.model == ModelState::Absent,
            Action::RetryModel => {
                matches!(self.model, ModelState::Failed(_) | ModelState::Stopped)
            }
            _ => true,
        }
    }

    /// File and line that the editor would open: those of the finding under the cursor, or of the
    /// paper that is shown.
    #[must_use]
    pub fn place(&self) -> Option<(&Path, u32)> {
        match self.view {
            View::Report => (self.report.selected())
                .map(|finding| (finding.path.as_path(), finding.diagnostic.line)),
            _ => (self.shown_paper())
                .filter(|paper| !paper.missing)
                .map(|paper| (paper.source.path.as_path(), paper.source.line)),
        }
    }

    /// The papers that an action is about: those selected, else the one that is shown.
    #[must_use]
    pub fn targets(&self) -> Vec<PaperId> {
        if self.selection.papers.is_empty() {
            return self.shown_paper().map(|paper| paper.id).into_iter().collect();
        }
        self.selection.papers.iter().copied().collect()
    }

    /// The papers of the list that the keys go to, in its order.
    #[must_use]
    pub fn listed_papers(&self) -> Vec<PaperId> {
        let id = |paper: usize| self.snapshot.papers()[paper].id;
        match (self.view, self.pane) {
            (View::Library, Pane::Library) => {
                self.library.rows.iter().map(|&paper| id(paper)).collect()
            }
            (View::Library | View::Neighbours, _) => {
                self.shown_neighbours().iter().map(|neighbour| id(neighbour.paper)).collect()
            }
            (View::Search, _) => self.search.items.iter().map(|found| id(found.paper)).collect(),
            (View::Clusters, _) => self.clusters.papers.clone(),
            (View::Next, _) => self.next.items().iter().map(|item| id(item.paper)).collect(),
            (View::Map | View::Inbox | View::Paper | View::Jobs | View::Report, _) => Vec::new(),
        }
    }

    /// What would complete the line of a prompt: names that are known, those that can be taken away,
    /// files.
    #[must_use]
    pub fn completions(&self, prompt: Prompt) -> Vec<String> {
        let of_targets = |names: fn(&Mark) -> &Vec<String>| -> BTreeSet<&str> {
            let targets = self.targets();
            let marks = targets.iter().filter_map(|&paper| self.mark(paper));
            marks.flat_map(names).map(String::as_str).collect()
        };
        let all_tags = || -> BTreeSet<&str> {
            let extras = self.snapshot.papers().iter().map(|paper| &paper.extras);
            let of_files = extras.flat_map(|extras| &extras.tags).map(String::as_str);
            self.marks.tags().into_iter().chain(of_files).collect()
        };
        let typed = |prompt| match prompt {
            Prompt::Neighbours => self.neighbours.filter.value(),
            Prompt::Next => self.next.filter.value(),
            _ => self.library.filter.value(),
        };
        let filters = self.filters();
        let names = match prompt {
            Prompt::Filter | Prompt::Neighbours | Prompt::Next => {
                return completions(typed(prompt), |field| {
                    let values: Vec<&str> = match field {
                        "saved" => filters.names().collect(),
                        "list" => self.marks.lists().into_iter().collect(),
                        "tag" => all_tags().into_iter().collect(),
                        _ => Vec::new(),
                    };
                    values.into_iter().map(str::to_owned).collect()
                });
            }
            Prompt::SaveFilter | Prompt::UseFilter | Prompt::DeleteFilter => {
                filters.names().collect()
            }
            Prompt::Tag => all_tags(),
            Prompt::Untag => of_targets(|mark| &mark.tags),
            Prompt::List => self.marks.lists(),
            Prompt::Unlist => of_targets(|mark| &mark.lists),
            Prompt::Like => {
                let term = |field: &str, name: &str| format!("{field}:\"{name}\"");
                let lists = self.marks.lists().into_iter().map(|list| term("list", list));
                return lists.chain(all_tags().into_iter().map(|tag| term("tag", tag))).collect();
            }
            Prompt::InboxFile | Prompt::ExportFile(_) => {
                return files::completions(self.line.value());
            }
            _ => BTreeSet::new(),
        };
        names.into_iter().map(str::to_owned).collect()
    }
}
