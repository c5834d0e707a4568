//! The one table of actions: key map, footer, help and the README's key table come from it.

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
    Back,
    Filter,
    Clear,
    SortNext,
    SortReverse,
    NextRanking,
    AbstractDown,
    AbstractUp,
    PauseEmbedding,
    RetryModel,
    Report,
    Edit,
    ForgetMissing,
    Help,
    Quit,
}

/// What the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Library and neighbours.
    Lists,
    /// The findings in the files.
    Report,
    /// The help.
    Help,
}

/// Where an action makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In either list.
    Lists,
    /// In the lists and in the report.
    Views,
    /// In the help, too.
    Everywhere,
}

impl Scope {
    /// Does an action of this scope make sense there?
    #[must_use]
    pub fn includes(self, context: Context) -> bool {
        match self {
            Self::Lists => context == Context::Lists,
            Self::Views => context != Context::Help,
            Self::Everywhere => true,
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// Its name in `config.toml`.
    pub name: &'static str,
    /// Keys, unless the user chose others.
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
        "To the neighbours; there: to the neighbour's own",
        Some("dive"),
        Scope::Views,
    ),
    entry(
        Action::Back,
        "back",
        &["backspace"],
        "Go back along the trail, or from the report",
        Some("back"),
        Scope::Views,
    ),
    entry(
        Action::SwitchPane,
        "switch-pane",
        &["tab"],
        "Move between library and neighbours",
        Some("pane"),
        Scope::Lists,
    ),
    entry(Action::ToLibrary, "library", &["left"], "To the library", None, Scope::Lists),
    entry(Action::ToNeighbours, "neighbours", &["right"], "To the neighbours", None, Scope::Lists),
    entry(
        Action::Filter,
        "filter",
        &["/"],
        "Filter by words of title, authors, year, venue, keywords, key",
        Some("filter"),
        Scope::Lists,
    ),
    entry(
        Action::Clear,
        "clear",
        &["esc"],
        "Clear the filter; close report or help",
        None,
        Scope::Everywhere,
    ),
    entry(
        Action::SortNext,
        "sort",
        &["S"],
        "Sort by date added, year, author, title",
        Some("sort"),
        Scope::Lists,
    ),
    entry(Action::SortReverse, "sort-reverse", &["r"], "Reverse the order", None, Scope::Lists),
    entry(
        Action::NextRanking,
        "ranking",
        &["h"],
        "Rank neighbours by vectors and words, vectors, or words",
        Some("ranking"),
        Scope::Lists,
    ),
    entry(Action::Down, "down", &["j", "down"], "Down", None, Scope::Everywhere),
    entry(Action::Up, "up", &["k", "up"], "Up", None, Scope::Everywhere),
    entry(
        Action::PageDown,
        "page-down",
        &["ctrl-d", "pagedown"],
        "A page down",
        None,
        Scope::Everywhere,
    ),
    entry(Action::PageUp, "page-up", &["ctrl-u", "pageup"], "A page up", None, Scope::Everywhere),
    entry(Action::Top, "top", &["g", "home"], "To the first", None, Scope::Everywhere),
    entry(Action::Bottom, "bottom", &["G", "end"], "To the last", None, Scope::Everywhere),
    entry(
        Action::AbstractDown,
        "abstract-down",
        &["J", "shift-down"],
        "Scroll the abstract down",
        None,
        Scope::Lists,
    ),
    entry(
        Action::AbstractUp,
        "abstract-up",
        &["K", "shift-up"],
        "Scroll the abstract up",
        None,
        Scope::Lists,
    ),
    entry(
        Action::PauseEmbedding,
        "pause",
        &["p"],
        "Pause embedding, or go on",
        Some("pause"),
        Scope::Lists,
    ),
    entry(
        Action::RetryModel,
        "retry-model",
        &["ctrl-r"],
        "Try again to get the model",
        Some("try again"),
        Scope::Lists,
    ),
    entry(
        Action::Report,
        "report",
        &["!"],
        "Show what is wrong in the files, or go back",
        Some("report"),
        Scope::Views,
    ),
    entry(
        Action::Edit,
        "edit",
        &["e"],
        "Open the entry in $VISUAL or $EDITOR",
        Some("edit"),
        Scope::Views,
    ),
    entry(
        Action::ForgetMissing,
        "forget-missing",
        &["X"],
        "Forget the papers missing from their files; asks first",
        Some("forget missing"),
        Scope::Lists,
    ),
    entry(Action::Help, "help", &["?"], "Show the keys", Some("help"), Scope::Everywhere),
    entry(Action::Quit, "quit", &["q", "ctrl-c"], "Quit", Some("quit"), Scope::Everywhere),
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
