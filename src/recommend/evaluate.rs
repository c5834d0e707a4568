//! How good all this is on the user's own library: of papers that belong together by the user's own
//! word (starred, of one tag, of one group) each is hidden in turn, and looked for among all others by
//! what is left.

use super::likes::Taste;
use super::{Library, Recommender};
use crate::library::marks::Marks;

/// Papers that are hidden, at most: enough for shares that are right to a few per cent.
const MOST: usize = 100;

/// Papers of a group below which there is nothing to learn from.
pub const LEAST: usize = 3;

/// Places of the list that count.
pub const PLACES: usize = 10;

/// What was found of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Papers that were hidden.
    pub hidden: usize,
    /// Of these, those that were among the first [`PLACES`]: by this program; by the mean of the
    /// cosines of words (TF-IDF) to those left; by the mean of the similarities of vectors, `None`
    /// without vectors.
    pub ours: usize,
    /// See [`Found::ours`].
    pub words: usize,
    /// See [`Found::ours`].
    pub vectors: Option<usize>,
}

/// Hides each paper of a group in turn, or in a large group evenly spread ones. Candidates are all
/// papers outside of the rest of the group. `None` for a group of fewer than [`LEAST`].
pub fn evaluate(
    recommender: &mut Recommender,
    library: &Library<'_>,
    group: &[usize],
) -> Option<Found> {
    if group.len() < LEAST {
        return None;
    }
    // Whatever else the user said must not give away what is hidden.
    let marks = Marks::default();
    let library = &Library { marks: &marks, ..*library };
    let papers = library.papers.len();
    let lexical = library.views.lexical;
    let mut found = Found { vectors: library.views.vectors.map(|_| 0), ..Found::default() };
    // [group][papers]
    let cosines: Vec<Vec<f32>> =
        group.iter().map(|&paper| lexical.similarities(paper).words).collect();
    let dense: Option<Vec<Vec<f32>>> =
        library.views.vectors.map(|_| group.iter().map(|&p| library.views.of(p).dense).collect());
    let count = group.len().min(MOST);
    for place in (0..count).map(|place| place * group.len() / count) {
        let hidden = group[place];
        let rest: Vec<usize> = group.iter().copied().filter(|&paper| paper != hidden).collect();
        let is_found = |value: &dyn Fn(usize) -> f32| {
            let own = value(hidden);
            let better = (0..papers)
                .filter(|&paper| paper != hidden && !rest.contains(&paper))
                .filter(|&paper| value(paper) >= own);
            better.take(PLACES).count() < PLACES
        };
        // NaN, of papers without a vector, is never better.
        let mean = |columns: &[Vec<f32>], paper: usize| -> f32 {
            let known = (0..group.len()).filter(|&other| other != place);
            let values = known.map(|other| columns[other][paper]).filter(|value| !value.is_nan());
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), v| (sum + v, count + 1.0));
            sum / count
        };
        found.hidden += 1;
        found.words += usize::from(is_found(&|paper| mean(&cosines, paper)));
        if let (Some(dense), Some(vectors)) = (&dense, &mut found.vectors) {
            let has_vector = !mean(dense, hidden).is_nan();
            *vectors += usize::from(has_vector && is_found(&|paper| mean(dense, paper)));
        }
        if let Some(scores) = recommender.score(library, &Taste::of_papers(&rest, &[])) {
            found.ours += usize::from(is_found(&|paper| scores.of(paper)));
        }
    }
    Some(found)
}
