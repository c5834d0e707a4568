//! Looking through the actions: those whose keys work here (the help), or all (the palette).

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use tui_input::Input;

use super::action::{Action, Entry, TABLE};
use super::scroll::Scroll;

/// Which actions are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// Those whose keys work here.
    #[default]
    Help,
    /// All.
    Palette,
}

/// The actions that match what is typed.
#[derive(Debug, Default)]
pub struct Finder {
    /// Which actions are looked through.
    pub range: Range,
    /// What is typed.
    pub input: Input,
    /// Those that match: in the order of the table, or, where something is typed, the best first.
    pub hits: Vec<&'static Entry>,
    /// Cursor in the hits.
    pub scroll: Scroll,
    candidates: Vec<&'static Entry>,
}

impl Finder {
    /// All actions of a range; `usable` says which of them work here.
    pub fn new(range: Range, usable: impl Fn(Action) -> bool) -> Self {
        let wanted = |entry: &&Entry| range == Range::Palette || usable(entry.action);
        let candidates: Vec<&'static Entry> = TABLE.iter().filter(wanted).collect();
        Self { range, hits: candidates.clone(), candidates, ..Self::default() }
    }

    /// Matches what is typed with names and descriptions, letters in order, gaps allowed.
    pub fn find(&mut self) {
        self.scroll = Scroll::default();
        let typed = self.input.value();
        let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, &'static Entry)> = self
            .candidates
            .iter()
            .filter_map(|&entry| {
                let text = format!("{} {}", entry.name, entry.description);
                Some((pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher)?, entry))
            })
            .collect();
        // Stable: equals stay in the order of the table.
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.hits = scored.into_iter().map(|(_, entry)| entry).collect();
    }

    /// The action under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<Action> {
        self.hits.get(self.scroll.cursor).map(|entry| entry.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_found_by_letters_in_order() {
        let mut finder = Finder::new(Range::Palette, |_| false);
        assert_eq!(finder.hits.len(), TABLE.len());
        finder.input = "srt rev".into();
        finder.find();
        assert_eq!(finder.selected(), Some(Action::SortReverse));
        finder.input = "zzzz".into();
        finder.find();
        assert_eq!(finder.selected(), None);
    }

    #[test]
    fn the_help_has_only_what_works_here() {
        let finder = Finder::new(Range::Help, |action| action == Action::Quit);
        assert_eq!(
            finder.hits.iter().map(|entry| entry.action).collect::<Vec<_>>(),
            [Action::Quit]
        );
    }
}
