//! What to read next, as a list.

use std::borrow::Cow;

use tui_input::Input;

use super::scroll::Scroll;
use crate::clusters::subjects::Key;
use crate::recommend::Recommendation;

/// What the list is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// All marks.
    #[default]
    Marks,
    /// What was marked and opened in the last seven days.
    Week,
    /// All marks, but only papers of the subject that the current paper is of.
    Subject,
    /// All marks, but only papers of this cluster.
    Cluster(Key),
    /// The papers that are selected.
    Selection,
    /// The papers that a query finds.
    Query(String),
    /// What is close to both of the two papers that are selected.
    Bridge,
    /// What is close to both clusters.
    Between([Key; 2]),
    /// The way from one of the two papers that are selected to the other.
    Path,
}

impl Source {
    /// Those that a key goes through, in order; the others are chosen by name.
    const ROUND: [Self; 6] =
        [Self::Marks, Self::Week, Self::Subject, Self::Selection, Self::Bridge, Self::Path];

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Marks => "all",
            Self::Week => "like this week's",
            Self::Subject | Self::Cluster(_) => "this subject",
            Self::Selection => "like the selected",
            Self::Query(query) => return Cow::Owned(format!("like {query}")),
            Self::Bridge => "between the two selected",
            Self::Between(_) => "between two subjects",
            Self::Path => "from one selected to the other",
        })
    }

    /// Can it be had while so many papers are selected?
    #[must_use]
    pub fn works_with(&self, selected: usize) -> bool {
        match self {
            Self::Selection => selected > 0,
            Self::Bridge | Self::Path => selected == 2,
            _ => true,
        }
    }

    /// The one after this that can be had; after the last, and after one chosen by name, the first.
    #[must_use]
    pub fn next(&self, selected: usize) -> Self {
        let at = Self::ROUND.iter().position(|source| source == self);
        let mut later = Self::ROUND.iter().skip(at.map_or(Self::ROUND.len(), |at| at + 1));
        later.find(|source| source.works_with(selected)).cloned().unwrap_or_default()
    }
}

/// A list, and what it rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advice {
    /// The papers, the best first.
    pub items: Vec<Recommendation>,
    /// Papers that count as liked.
    pub likes: usize,
    /// Papers that count as not wanted.
    pub unlikes: usize,
    /// What the subjects are about that the list is of or between.
    pub subject: String,
}

/// The list on the screen.
#[derive(Debug, Default)]
pub struct Next {
    /// What it is made from.
    pub source: Source,
    /// What is typed to say which papers it may have.
    pub filter: Input,
    /// What was found; `None` before the first time.
    pub advice: Option<Advice>,
    /// Is it being looked for?
    pub asked: bool,
    /// Did something change since it was asked for?
    pub stale: bool,
    /// Cursor.
    pub scroll: Scroll,
}

impl Next {
    /// What is listed.
    #[must_use]
    pub fn items(&self) -> &[Recommendation] {
        self.advice.as_ref().map_or(&[], |advice| &advice.items)
    }

    /// What the cursor is on.
    #[must_use]
    pub fn selected(&self) -> Option<&Recommendation> {
        self.items().get(self.scroll.cursor)
    }

    /// Shows a new list; the cursor stays on its paper where that is still there and not the first.
    pub fn replace(&mut self, advice: Advice) {
        let reading = self.selected().filter(|_| self.scroll.cursor > 0).map(|item| item.paper);
        let at = reading.and_then(|paper| advice.items.iter().position(|item| item.paper == paper));
        self.scroll.cursor = at.unwrap_or(0);
        self.advice = Some(advice);
        self.asked = false;
    }

    /// Papers have other places now, or are gone.
    pub fn move_papers(&mut self, place: impl Fn(usize) -> Option<usize>) {
        if let Some(advice) = &mut self.advice {
            advice.items.retain_mut(|item| {
                let new = place(item.paper);
                item.paper = new.unwrap_or_default();
                // The reasons speak of papers by their old places.
                item.why.clear();
                new.is_some()
            });
        }
        self.asked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_go_round_and_leave_out_what_cannot_be_had() {
        let round = |selected: usize| {
            let mut source = Source::Marks;
            let mut round = Vec::new();
            loop {
                source = source.next(selected);
                round.push(source.clone());
                if source == Source::Marks {
                    return round;
                }
            }
        };
        assert_eq!(round(0), [Source::Week, Source::Subject, Source::Marks]);
        assert_eq!(round(2).len(), 6);
        assert!(!round(3).contains(&Source::Path));
        assert_eq!(Source::Query("tag:x".to_owned()).next(2), Source::Marks);
    }

    #[test]
    fn the_cursor_stays_on_its_paper() {
        let advice = |papers: &[usize]| Advice {
            items: (papers.iter())
                .map(|&paper| Recommendation { paper, score: 0.0, why: Vec::new() })
                .collect(),
            ..Advice::default()
        };
        let mut next = Next::default();
        next.replace(advice(&[4, 5, 6]));
        next.scroll.cursor = 2;
        next.replace(advice(&[6, 4]));
        assert_eq!(next.scroll.cursor, 0);
        next.scroll.cursor = 1;
        next.replace(advice(&[7]));
        assert_eq!(next.scroll.cursor, 0);
        next.move_papers(|paper| (paper == 7).then_some(1));
        assert_eq!(next.items()[0].paper, 1);
    }
}
