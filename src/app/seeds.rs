//! The papers that the user wants more of, or less.

use crate::library::paper::PaperId;
use crate::similarity::rank::Join;

/// Papers whose neighbours are shown together, in place of those of the current paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seeds {
    /// More like these, in the order in which they were chosen.
    pub like: Vec<PaperId>,
    /// Less like these.
    pub unlike: Vec<PaperId>,
    /// How closeness to several is joined.
    pub join: Join,
    /// How long the trail may be for their list to be shown: whoever dives from it sees the
    /// neighbours of one paper again, until the way back.
    pub depth: usize,
}

impl Seeds {
    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.like.is_empty() && self.unlike.is_empty()
    }

    /// More like the papers, or, where they are all wanted already, no longer.
    pub fn toggle_like(&mut self, papers: &[PaperId]) {
        toggle(&mut self.like, &mut self.unlike, papers);
    }

    /// Less like the papers, or, where that is so already, no longer.
    pub fn toggle_unlike(&mut self, papers: &[PaperId]) {
        toggle(&mut self.unlike, &mut self.like, papers);
    }

    /// Lets those go that are not there any more.
    pub fn retain(&mut self, is_there: impl Fn(PaperId) -> bool) {
        self.like.retain(|&paper| is_there(paper));
        self.unlike.retain(|&paper| is_there(paper));
    }
}

fn toggle(of: &mut Vec<PaperId>, other: &mut Vec<PaperId>, papers: &[PaperId]) {
    let all = papers.iter().all(|paper| of.contains(paper));
    of.retain(|paper| !papers.contains(paper));
    other.retain(|paper| !papers.contains(paper));
    if !all {
        of.extend(papers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_wanted_or_not_wanted_or_neither() {
        let [a, b] = [PaperId(1), PaperId(2)];
        let mut seeds = Seeds::default();
        seeds.toggle_like(&[a]);
        seeds.toggle_like(&[a, b]);
        assert_eq!(seeds.like, [a, b], "those that were not are added");
        seeds.toggle_unlike(&[a]);
        assert_eq!((&seeds.like[..], &seeds.unlike[..]), (&[b][..], &[a][..]));
        seeds.toggle_unlike(&[a]);
        seeds.toggle_like(&[b]);
        assert!(seeds.is_empty());
    }
}
