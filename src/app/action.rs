//! The one table of actions: key map, footer, help and the README's key table come from it. The file is
//! long because the table is.

use crate::library::cite::Format;
use crate::library::marks::State;

/// Something the user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// The table below says what each one does.
#[allow(missing_docs)]
pub enum Action {
    Down,
    Up,
    PageDown,
    PageUp,
    Top,
    Bottom,
    SwitchPane,
    ToLibrary,
    ToNeighbours,
    Dive,
    Paper,
    Back,
    Filter,
    NextHit,
    PreviousHit,
    Clear,
    SortNext,
    SortReverse,
    Columns,
    SaveFilter,
    UseFilter,
    DeleteFilter,
    OpenSample,
    NextRanking,
    Diverse,
    HideRead,
    MoreLike,
    LessLike,
    NextJoin,
    Why,
    AbstractDown,
    AbstractUp,
    PauseEmbedding,
    RetryModel,
    Download,
    Report,
    Edit,
    Select,
    SelectRange,
    Star,
    NotForMe,
    SetState(State),
    Rate(u8),
    Tag,
    Untag,
    List,
    Unlist,
    Note,
    Open,
    Copy(Copied),
    Export(Format),
    Undo,
    Redo,
    ForgetMissing,
    ToCluster,
    Left,
    Right,
    Finer,
    Coarser,
    RenameCluster,
    ClusterOrder,
    ClusterNext,
    ClusterNeighbours,
    ClusterSearch,
    ClusterBridge,
    ZoomIn,
    ZoomOut,
    WholeMap,
    PanLeft,
    PanDown,
    PanUp,
    PanRight,
    ViewLibrary,
    ViewNeighbours,
    ViewSearch,
    Search,
    ViewJobs,
    CancelTask,
    RetryTask,
    ViewClusters,
    ViewMap,
    ViewNext,
    NextSource,
    LikeQuery,
    Likes,
    ViewInbox,
    OpenInbox,
    Keep,
    Palette,
    Help,
    NextTheme,
    Suspend,
    Quit,
}

impl Action {
    /// Its line in the table.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // The tests make sure that each action has one.
        TABLE.iter().find(|entry| entry.action == self).unwrap_or(&TABLE[0])
    }
}

/// What the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Library and neighbours.
    Lists,
    /// Papers that answer the user's own words.
    Search,
    /// The clusters and their papers.
    Clusters,
    /// The map.
    Map,
    /// What to read next.
    Next,
    /// New papers.
    Inbox,
    /// A paper as a whole.
    Paper,
    /// What goes on behind the screen.
    Jobs,
    /// The findings in the files.
    Report,
}

impl Context {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Lists,
        Self::Search,
        Self::Clusters,
        Self::Map,
        Self::Next,
        Self::Inbox,
        Self::Paper,
        Self::Jobs,
        Self::Report,
    ];
}

/// What is copied of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Copied {
    /// Cite keys, with commas between.
    Keys,
    /// A command of LaTeX.
    Citation,
    /// Entries as they stand in their files.
    Bibtex,
    /// References in words.
    References,
}

/// The contexts in which an action makes sense.
pub type Scope = &'static [Context];

/// In either list of papers.
const LISTS: Scope = &[Context::Lists];
/// In lists that closeness orders.
const RANKED: Scope = &[Context::Lists, Context::Search];
/// Where a paper is under the cursor.
const PAPERS: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Map,
    Context::Next,
    Context::Paper,
];
/// Where there is a list of the library's papers.
const LISTED: Scope =
    &[Context::Lists, Context::Search, Context::Clusters, Context::Map, Context::Next];
/// Where papers stand in an order.
const ORDERED: Scope = &[Context::Lists, Context::Search, Context::Clusters, Context::Next];
/// Where the model is at work for what is shown, or steered.
const MODEL: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Map,
    Context::Next,
    Context::Paper,
    Context::Jobs,
];
/// Where a paper is under the cursor, the library's or not.
const SHOWN: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Map,
    Context::Next,
    Context::Inbox,
    Context::Paper,
];
/// Where what is under the cursor has a place in a file.
const ENTRIES: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Map,
    Context::Next,
    Context::Inbox,
    Context::Paper,
    Context::Report,
];
/// Where there is a list of papers, the library's or not.
const OPENABLE: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Map,
    Context::Next,
    Context::Inbox,
];
/// Where the text of a paper is shown.
const TEXTS: Scope = &[
    Context::Lists,
    Context::Search,
    Context::Clusters,
    Context::Next,
    Context::Inbox,
    Context::Paper,
    Context::Jobs,
];
/// Where papers stand in columns.
const COLUMNS: Scope = &[Context::Lists, Context::Search, Context::Clusters];
/// Where there are two lists.
const PANES: Scope = &[Context::Lists, Context::Clusters];
/// Where what is listed can be filtered.
const FILTERED: Scope = &[Context::Lists, Context::Map, Context::Next];
/// Where the library's filter leads from hit to hit.
const HITS: Scope = &[Context::Lists, Context::Map];
/// Where left and right lead somewhere.
const SIDEWAYS: Scope = &[Context::Clusters, Context::Map];
const CLUSTERS: Scope = &[Context::Clusters];
const MAP: Scope = &[Context::Map];
/// What to read next.
const NEXT: Scope = &[Context::Next];
/// What goes on behind the screen.
const JOBS: Scope = &[Context::Jobs];
/// New papers.
const INBOX: Scope = &[Context::Inbox];
/// Everywhere.
const VIEWS: Scope = Context::ALL;

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// Its name in `config.toml`.
    pub name: &'static str,
    /// Keys, unless the user chose others: one (`ctrl-d`), or several one after another (`g g`).
    pub keys: &'static [&'static str],
    /// What it does, for the help.
    pub description: &'static str,
    /// One or two words for the footer; `None` keeps it out of there.
    pub footer: Option<&'static str>,
    /// Where it applies.
    pub scope: Scope,
}

const fn entry(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    description: &'static str,
    footer: Option<&'static str>,
    scope: Scope,
) -> Entry {
    Entry { action, name, keys, description, footer, scope }
}

/// Every action, in the order of the help.
pub const TABLE: &[Entry] = &[
    entry(
        Action::Dive,
        "dive",
        &["enter"],
        "To the neighbours; there: to the neighbour's own; elsewhere: to the paper, or into the cluster",
        Some("dive"),
        VIEWS,
    ),
    entry(
        Action::Paper,
        "paper",
        &["P"],
        "Show the whole of the paper, with its entry as it stands in the file",
        Some("paper"),
        OPENABLE,
    ),
    entry(
        Action::Back,
        "back",
        &["backspace"],
        "Go back along the trail, or to where one came from",
        Some("back"),
        VIEWS,
    ),
    entry(
        Action::SwitchPane,
        "switch-pane",
        &["tab"],
        "Move between library and neighbours, between clusters and their papers",
        Some("pane"),
        PANES,
    ),
    entry(Action::ToLibrary, "library", &["left"], "To the library", None, LISTS),
    entry(Action::ToNeighbours, "neighbours", &["right"], "To the neighbours", None, LISTS),
    entry(
        Action::Filter,
        "filter",
        &["/"],
        "Filter the library, or the list where the keys go there: words, author:, year: …",
        Some("filter"),
        FILTERED,
    ),
    entry(
        Action::Search,
        "search",
        &["s"],
        "Look for papers in your own words, or by an abstract that you paste",
        Some("search"),
        VIEWS,
    ),
    entry(
        Action::NextHit,
        "next-hit",
        &["n"],
        "To the next paper that the filter finds",
        None,
        HITS,
    ),
    entry(
        Action::PreviousHit,
        "previous-hit",
        &["N"],
        "To the one before that the filter finds",
        None,
        HITS,
    ),
    entry(
        Action::Clear,
        "clear",
        &["esc"],
        "Let go of the selection, then of the seeds, then of the filter; leave the view",
        None,
        VIEWS,
    ),
    entry(
        Action::SortNext,
        "sort",
        &["S"],
        "Sort by date added, year, author, title, venue, key, rating, state, tags",
        Some("sort"),
        LISTS,
    ),
    entry(Action::SortReverse, "sort-reverse", &["r"], "Reverse the order", None, LISTS),
    entry(
        Action::Columns,
        "columns",
        &["C"],
        "Choose the columns of the lists, and their order",
        None,
        COLUMNS,
    ),
    entry(
        Action::SaveFilter,
        "save-filter",
        &["F s"],
        "Save the list's filter under a name: saved:name stands for it in every query",
        None,
        FILTERED,
    ),
    entry(
        Action::UseFilter,
        "use-filter",
        &["F f"],
        "Take up a filter that was saved",
        None,
        FILTERED,
    ),
    entry(
        Action::DeleteFilter,
        "delete-filter",
        &["F d"],
        "Delete a filter that was saved",
        None,
        FILTERED,
    ),
    entry(
        Action::OpenSample,
        "open-sample",
        &["E"],
        "Open the sample library, apart from your own; while yours is empty",
        Some("sample library"),
        LISTS,
    ),
    entry(
        Action::NextRanking,
        "ranking",
        &["h"],
        "Rank by vectors and words, vectors, or words",
        Some("ranking"),
        RANKED,
    ),
    entry(
        Action::Why,
        "why",
        &["w"],
        "Show why the paper is in the list, or no longer",
        Some("why"),
        RANKED,
    ),
    entry(
        Action::MoreLike,
        "more-like",
        &["+"],
        "More like this paper: neighbours of all such together; again: no longer",
        Some("more like this"),
        RANKED,
    ),
    entry(
        Action::LessLike,
        "less-like",
        &["-"],
        "Less like this paper; again: no longer",
        None,
        RANKED,
    ),
    entry(
        Action::NextJoin,
        "join",
        &["="],
        "Close to the best three of the papers wanted, to all, or to any",
        Some("join"),
        RANKED,
    ),
    entry(
        Action::Diverse,
        "diverse",
        &["D"],
        "Put off what says the same as papers before it, or no longer",
        None,
        RANKED,
    ),
    entry(
        Action::HideRead,
        "hide-read",
        &["H"],
        "Leave out what is read, or no longer",
        None,
        RANKED,
    ),
    entry(Action::Down, "down", &["j", "down"], "Down", None, VIEWS),
    entry(Action::Up, "up", &["k", "up"], "Up", None, VIEWS),
    entry(Action::PageDown, "page-down", &["ctrl-d", "pagedown"], "A page down", None, VIEWS),
    entry(Action::PageUp, "page-up", &["ctrl-u", "pageup"], "A page up", None, VIEWS),
    entry(Action::Top, "top", &["g g", "home"], "To the first", None, VIEWS),
    entry(Action::Bottom, "bottom", &["G", "end"], "To the last", None, VIEWS),
    entry(
        Action::AbstractDown,
        "abstract-down",
        &["J", "shift-down"],
        "Scroll the abstract down",
        None,
        TEXTS,
    ),
    entry(
        Action::AbstractUp,
        "abstract-up",
        &["K", "shift-up"],
        "Scroll the abstract up",
        None,
        TEXTS,
    ),
    entry(
        Action::PauseEmbedding,
        "pause",
        &["p"],
        "Pause embedding, or go on",
        Some("pause"),
        MODEL,
    ),
    entry(
        Action::RetryModel,
        "retry-model",
        &["ctrl-r"],
        "Try again to get the model",
        Some("try again"),
        MODEL,
    ),
    entry(
        Action::Download,
        "download",
        &["d"],
        "Download the model, once; nothing else goes over the network",
        Some("download"),
        VIEWS,
    ),
    entry(
        Action::Report,
        "report",
        &["!"],
        "Show what is wrong in the files, or go back",
        Some("report"),
        VIEWS,
    ),
    entry(
        Action::Edit,
        "edit",
        &["e"],
        "Open the entry in $VISUAL or $EDITOR",
        Some("edit"),
        ENTRIES,
    ),
    entry(
        Action::Select,
        "select",
        &["space"],
        "Select the paper, or no longer: what is done to papers is done to all selected",
        Some("select"),
        LISTED,
    ),
    entry(
        Action::SelectRange,
        "select-range",
        &["v"],
        "Select all from the paper selected last to this one",
        None,
        ORDERED,
    ),
    entry(
        Action::Star,
        "star",
        &["*", "m s"],
        "Star the paper, or no longer",
        Some("star"),
        PAPERS,
    ),
    entry(Action::SetState(State::Unread), "mark-unread", &["m u"], "Mark as unread", None, PAPERS),
    entry(
        Action::SetState(State::Queued),
        "mark-queued",
        &["m q"],
        "Mark as to be read next",
        None,
        PAPERS,
    ),
    entry(
        Action::SetState(State::Reading),
        "mark-reading",
        &["m g"],
        "Mark as being read",
        None,
        PAPERS,
    ),
    entry(Action::SetState(State::Read), "mark-read", &["m r"], "Mark as read", None, PAPERS),
    entry(
        Action::NotForMe,
        "not-for-me",
        &["m n"],
        "Mark as not for me, or no longer: less like this",
        None,
        PAPERS,
    ),
    entry(Action::Rate(1), "rate-1", &["m 1"], "Rate 1 of 5", None, PAPERS),
    entry(Action::Rate(2), "rate-2", &["m 2"], "Rate 2 of 5", None, PAPERS),
    entry(Action::Rate(3), "rate-3", &["m 3"], "Rate 3 of 5", None, PAPERS),
    entry(Action::Rate(4), "rate-4", &["m 4"], "Rate 4 of 5", None, PAPERS),
    entry(Action::Rate(5), "rate-5", &["m 5"], "Rate 5 of 5", None, PAPERS),
    entry(Action::Rate(0), "rate-none", &["m 0"], "Take the rating away", None, PAPERS),
    entry(Action::Tag, "tag", &["t"], "Add a tag of your own", Some("tag"), PAPERS),
    entry(Action::Untag, "untag", &["T"], "Take a tag of your own away", None, PAPERS),
    entry(Action::List, "list", &["i"], "Put on a list of your own", None, PAPERS),
    entry(Action::Unlist, "unlist", &["I"], "Take off a list of your own", None, PAPERS),
    entry(Action::Note, "note", &["a"], "Write a note in $VISUAL or $EDITOR", None, PAPERS),
    entry(
        Action::Open,
        "open",
        &["o"],
        "Open the paper's file, or its page by DOI, arXiv id or URL",
        Some("open"),
        SHOWN,
    ),
    entry(Action::Copy(Copied::Keys), "copy-key", &["y k"], "Copy the cite key", None, PAPERS),
    entry(
        Action::Copy(Copied::Citation),
        "copy-citation",
        &["y c"],
        "Copy \\cite{…}",
        None,
        PAPERS,
    ),
    entry(Action::Copy(Copied::Bibtex), "copy-bibtex", &["y b"], "Copy the entry", None, PAPERS),
    entry(
        Action::Copy(Copied::References),
        "copy-reference",
        &["y r"],
        "Copy the reference in words",
        None,
        PAPERS,
    ),
    entry(
        Action::Export(Format::Bibtex),
        "export-bibtex",
        &["x b"],
        "Write the selected papers into a file, as BibTeX",
        None,
        PAPERS,
    ),
    entry(
        Action::Export(Format::Markdown),
        "export-markdown",
        &["x m"],
        "… as a reading list in Markdown",
        None,
        PAPERS,
    ),
    entry(Action::Export(Format::Csv), "export-csv", &["x c"], "… as a table (CSV)", None, PAPERS),
    entry(Action::Export(Format::Json), "export-json", &["x j"], "… as JSON", None, PAPERS),
    entry(Action::Undo, "undo", &["u"], "Undo the last mark, tag, note or forgetting", None, VIEWS),
    entry(Action::Redo, "redo", &["U"], "Do again what was undone", None, VIEWS),
    entry(
        Action::ForgetMissing,
        "forget-missing",
        &["X"],
        "Forget the papers missing from their files; asks first",
        Some("forget missing"),
        LISTS,
    ),
    entry(
        Action::ToCluster,
        "cluster",
        &["c"],
        "To the cluster that the paper is in",
        Some("cluster"),
        PAPERS,
    ),
    entry(
        Action::Left,
        "left",
        &["left", "h"],
        "Close the cluster; on the map: to the nearest paper on the left",
        None,
        SIDEWAYS,
    ),
    entry(
        Action::Right,
        "right",
        &["right", "l"],
        "Open the cluster; on the map: to the nearest paper on the right",
        None,
        SIDEWAYS,
    ),
    entry(Action::Finer, "finer", &["+"], "More and smaller clusters", Some("finer"), CLUSTERS),
    entry(
        Action::Coarser,
        "coarser",
        &["-"],
        "Fewer and larger clusters",
        Some("coarser"),
        CLUSTERS,
    ),
    entry(
        Action::RenameCluster,
        "rename",
        &["R"],
        "Give the cluster a name of your own; none brings its label back",
        Some("rename"),
        CLUSTERS,
    ),
    entry(
        Action::ClusterOrder,
        "cluster-order",
        &["O"],
        "Order a cluster's papers by how central they are, or by date",
        Some("order"),
        CLUSTERS,
    ),
    entry(
        Action::ClusterNext,
        "cluster-next",
        &["n"],
        "What to read next of the cluster",
        Some("next"),
        CLUSTERS,
    ),
    entry(
        Action::ClusterNeighbours,
        "cluster-neighbours",
        &["="],
        "Neighbours of the cluster: of its most central papers together",
        Some("neighbours"),
        CLUSTERS,
    ),
    entry(
        Action::ClusterSearch,
        "cluster-search",
        &["f"],
        "Look for papers by what the cluster is called",
        Some("search"),
        CLUSTERS,
    ),
    entry(
        Action::ClusterBridge,
        "cluster-bridge",
        &["b"],
        "From here, then from another cluster: what is close to both",
        Some("bridge"),
        CLUSTERS,
    ),
    entry(Action::ZoomIn, "zoom-in", &["+"], "Magnify around the paper", Some("zoom in"), MAP),
    entry(Action::ZoomOut, "zoom-out", &["-"], "Show more of the map", Some("zoom out"), MAP),
    entry(Action::WholeMap, "whole-map", &["0"], "Show the whole map", Some("whole map"), MAP),
    entry(Action::PanLeft, "pan-left", &["H", "shift-left"], "Move the map left", None, MAP),
    entry(Action::PanDown, "pan-down", &["J", "shift-down"], "Move the map down", None, MAP),
    entry(Action::PanUp, "pan-up", &["K", "shift-up"], "Move the map up", None, MAP),
    entry(Action::PanRight, "pan-right", &["L", "shift-right"], "Move the map right", None, MAP),
    entry(Action::ViewLibrary, "view-library", &["1"], "To the library's tab", None, VIEWS),
    entry(
        Action::ViewNeighbours,
        "view-neighbours",
        &["2"],
        "To the neighbours' tab, with more room for them",
        None,
        VIEWS,
    ),
    entry(Action::ViewSearch, "view-search", &["3"], "To the search's tab", None, VIEWS),
    entry(Action::ViewClusters, "view-clusters", &["4"], "To the clusters' tab", None, VIEWS),
    entry(Action::ViewMap, "view-map", &["5"], "To the map's tab", None, VIEWS),
    entry(Action::ViewNext, "view-next", &["6"], "To what to read next", Some("next"), VIEWS),
    entry(
        Action::NextSource,
        "next-source",
        &["M"],
        "What the list is made from: all marks, this week's, this subject, the selected papers",
        Some("made from"),
        NEXT,
    ),
    entry(
        Action::LikeQuery,
        "like-query",
        &["f"],
        "Like the papers that a query finds: tag:, list:, author: …",
        Some("like …"),
        NEXT,
    ),
    entry(
        Action::Likes,
        "likes",
        &["L"],
        "To the paper's neighbours among those that you like",
        Some("likes"),
        NEXT,
    ),
    entry(Action::ViewInbox, "view-inbox", &["7"], "To the inbox: new papers", None, VIEWS),
    entry(
        Action::OpenInbox,
        "open-inbox",
        &["O"],
        "Look through a .bib file of new papers, which do not join the library",
        Some("open a file"),
        INBOX,
    ),
    entry(
        Action::Keep,
        "keep",
        &["i"],
        "Put the new paper on the list inbox, which export writes as BibTeX, or take it off",
        Some("keep"),
        INBOX,
    ),
    entry(
        Action::ViewJobs,
        "view-jobs",
        &["8"],
        "To what goes on behind the screen: files, model, vectors, clusters, map",
        None,
        VIEWS,
    ),
    entry(
        Action::CancelTask,
        "cancel-task",
        &["x"],
        "Stop the download or the embedding; what is there stays",
        Some("stop"),
        JOBS,
    ),
    entry(
        Action::RetryTask,
        "retry-task",
        &["r"],
        "Do it again: what went wrong or was stopped; read the files again",
        Some("again"),
        JOBS,
    ),
    entry(
        Action::Palette,
        "palette",
        &[":"],
        "Find any action by its name or description, and do it",
        Some("actions"),
        VIEWS,
    ),
    entry(
        Action::Help,
        "help",
        &["?"],
        "Show the keys that work here; typing finds one",
        Some("help"),
        VIEWS,
    ),
    entry(
        Action::NextTheme,
        "theme",
        &["ctrl-t"],
        "Look different: auto, dark, light, high contrast, plain",
        None,
        VIEWS,
    ),
    entry(Action::Suspend, "suspend", &["ctrl-z"], "To the shell; `fg` leads back", None, VIEWS),
    entry(Action::Quit, "quit", &["q", "ctrl-c"], "Quit", Some("quit"), VIEWS),
];

/// The table as Markdown, for the README.
#[must_use]
pub fn markdown() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("| keys | action | name in `config.toml` |\n|---|---|---|\n");
    for entry in TABLE {
        let keys: Vec<String> = entry.keys.iter().map(|key| format!("`{key}`")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | `{}` |", keys.join(" "), entry.description, entry.name);
    }
    text
}
