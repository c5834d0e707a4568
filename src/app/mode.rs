//! What keys mean: they act, they are typed into a line, or they answer a question.

use crate::library::cite::Format;

/// What keys mean at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They move and act.
    #[default]
    Normal,
    /// They are typed into a line.
    Prompt(Prompt),
    /// They look for an action.
    Finder,
    /// They choose the columns of lists.
    Columns,
    /// The next key answers a question.
    Confirm(Question),
}

/// A line that is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The library's filter.
    Filter,
    /// That of the neighbours.
    Neighbours,
    /// What is looked for in the user's own words.
    Search,
    /// A tag to be added.
    Tag,
    /// A tag to be taken away.
    Untag,
    /// A list to put papers on.
    List,
    /// A list to take papers off.
    Unlist,
    /// Which papers the list of what to read next may have.
    Next,
    /// A query for papers to read more like.
    Like,
    /// A file of new papers.
    InboxFile,
    /// A file to write papers into.
    ExportFile(Format),
    /// The user's name for the cluster under the cursor.
    ClusterName,
    /// A name to save the list's filter under.
    SaveFilter,
    /// A saved filter to take up.
    UseFilter,
    /// A saved filter to delete.
    DeleteFilter,
}

impl Prompt {
    /// Are names offered for the line?
    #[must_use]
    pub fn completes(self) -> bool {
        use Prompt::{
            DeleteFilter, ExportFile, InboxFile, Like, List, SaveFilter, Tag, Unlist, Untag,
            UseFilter,
        };
        self.filters()
            || matches!(self, Tag | Untag | List | Unlist | Like | InboxFile | ExportFile(_))
            || matches!(self, SaveFilter | UseFilter | DeleteFilter)
    }

    /// Is it a list's filter that is typed?
    #[must_use]
    pub fn filters(self) -> bool {
        matches!(self, Self::Filter | Self::Neighbours | Self::Next)
    }

    /// Does the line stand in the place of the status line?
    #[must_use]
    pub fn has_own_line(self) -> bool {
        !self.filters() && self != Self::Search
    }
}

/// A question that `y` answers with yes, any other key with no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Are the missing papers to be forgotten?
    Forget,
    /// Is the file to be opened that an entry names, which may be anything?
    Open,
}
