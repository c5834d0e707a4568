use proptest::prelude::*;

use super::*;
use crate::embed::model::Metric;
use crate::library::paper::Paper;
use crate::similarity::rank::testing::{Numbers, paper};
use crate::similarity::rank::{Basis, Ranking};
use crate::similarity::scale::Scale;

/// Papers of four topics in turn, each with a word of its own and vectors that point its way.
struct Library {
    papers: Vec<Paper>,
    lexical: Lexical,
    vectors: Vectors,
}

impl Library {
    fn new(size: usize, metric: Metric, has_vector: impl Fn(usize) -> bool) -> Self {
        let mut numbers = Numbers::new(size as u64 + 1);
        let papers: Vec<Paper> = (0..size)
            .map(|index| {
                let topic = index % 4;
                // Half of the papers of a topic never name it.
                let name = if index % 8 < 4 { format!("topic{topic}") } else { String::new() };
                let word = (numbers.next().abs() * 8.0) as usize;
                paper(&format!("{name} own{index} w{word}"), "")
            })
            .collect();
        let mut vectors = Vectors::new(size, 4, metric);
        for paper in (0..size).filter(|&paper| has_vector(paper)) {
            let mut row: Vec<f32> = numbers.vector(4).iter().map(|value| 0.3 * value).collect();
            row[paper % 4] += 1.0;
            vectors.set(paper, &row).unwrap();
        }
        Self { lexical: Lexical::words_of(&papers), papers, vectors }
    }

    fn ask(&self, sought: &Sought<'_>, ranking: Ranking, top: usize) -> Vec<Neighbour> {
        self.ask_for(sought, &Wanted::top(ranking, top))
    }

    fn ask_for(&self, sought: &Sought<'_>, wanted: &Wanted<'_>) -> Vec<Neighbour> {
        let vectors = Some(&self.vectors);
        let sources = Sources {
            papers: &self.papers,
            lexical: &self.lexical,
            vectors,
            scale: &Scale::new(self.papers.len(), &self.lexical, vectors),
            works: None,
        };
        search(&sources, sought, wanted)
    }
}

fn of(text: &str) -> Sought<'_> {
    Sought { text, ..Sought::default() }
}

#[test]
fn papers_are_found_that_have_none_of_the_words() {
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let library = Library::new(80, metric, |_| true);
        let list = library.ask(&of("topic2"), Ranking::Hybrid, 20);
        assert_eq!(list.len(), 20);
        assert!(list.iter().all(|found| found.paper % 4 == 2), "{list:?}");
        assert!(list[10..].iter().all(|found| found.lexical.is_none()), "{list:?}");
        // By words alone only those that have them.
        assert_eq!(library.ask(&of("topic2"), Ranking::Lexical, 20).len(), 10);
    }
}

#[test]
fn the_own_vector_counts_the_more_the_longer_the_text() {
    let expansion = Expansion::default();
    let shares: Vec<f64> = [0, 1, 8, 64, 512].map(|tokens| expansion.own_share(tokens)).into();
    assert!(
        shares.is_sorted() && shares[0] == 0.0 && shares[4] > 0.85 && shares[4] < 1.0,
        "{shares:?}"
    );

    let library = Library::new(80, Metric::Cosine, |_| true);
    let first_of = |tokens| {
        let own = Own { vector: &[0.0, 0.0, 0.0, 1.0], tokens };
        let sought = Sought { own: Some(own), ..of("topic0") };
        let evidence =
            evidence(&library.lexical, Some(&library.vectors), &sought, &Expansion::default());
        let dense = evidence.dense.unwrap();
        (0..80).max_by(|&a, &b| dense[a].unwrap().total_cmp(&dense[b].unwrap())).unwrap() % 4
    };
    assert_eq!((first_of(2), first_of(500)), (0, 3));
}

#[test]
fn without_words_or_vectors_the_other_decides() {
    let library = Library::new(40, Metric::Cosine, |_| true);
    let own = Own { vector: &[0.0, 1.0, 0.0, 0.0], tokens: 4 };
    let sought = Sought { own: Some(own), ..of("unheard") };
    let list = library.ask(&sought, Ranking::Hybrid, 10);
    assert!(list.len() == 10 && list.iter().all(|found| found.paper % 4 == 1), "{list:?}");
    assert!(library.ask(&of("unheard"), Ranking::Hybrid, 10).is_empty());
    assert!(library.ask(&of(""), Ranking::Dense, 10).is_empty());
    assert_eq!(library.ask(&of(""), Ranking::Hybrid, 0).len(), 40);

    let library = Library::new(40, Metric::Cosine, |_| false);
    let list = library.ask(&of("topic1"), Ranking::Hybrid, 10);
    assert!(list.iter().all(|found| found.basis == Basis::TitleWordsOnly && found.paper % 8 == 1));
    // What is no vector of this model is not used.
    let wrong = Sought { own: Some(Own { vector: &[1.0], tokens: 9 }), ..of("topic1") };
    assert_eq!(library.ask(&wrong, Ranking::Hybrid, 10), list);
}

#[test]
fn only_papers_allowed_are_listed_and_places_are_among_them() {
    let library = Library::new(80, Metric::Cosine, |_| true);
    let allowed: Vec<bool> = (0..80).map(|paper| paper >= 40).collect();
    let ask = |allowed| library.ask_for(&of("topic2"), &Wanted { allowed, ..Wanted::default() });
    let (all, some) = (ask(None), ask(Some(&allowed[..])));
    let kept: Vec<(usize, f32)> = (all.iter())
        .filter(|found| found.paper >= 40)
        .map(|found| (found.paper, found.score))
        .collect();
    assert_eq!(some.iter().map(|f| (f.paper, f.score)).collect::<Vec<_>>(), kept);
    let mut places: Vec<usize> = some.iter().filter_map(|found| found.dense_rank).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=40).collect::<Vec<_>>());
    let without = Sought { without: &[2], ..of("topic2") };
    assert!(library.ask(&without, Ranking::Hybrid, 0).iter().all(|found| found.paper != 2));
}

proptest! {
    #[test]
    fn any_text_gives_each_paper_once_in_order(
        text in "(topic[0-5]|w[0-9]|[a-z]{0,3}| ){0,9}",
        own in prop::option::of((prop::array::uniform4(-1.0_f32..1.0), 0..600_usize)),
        ranking in prop::sample::select(Ranking::ALL.to_vec()),
    ) {
        let library = Library::new(40, Metric::Cosine, |paper| paper % 3 > 0);
        let own = own.as_ref().map(|(vector, tokens)| Own { vector, tokens: *tokens });
        let list = library.ask(&Sought { own, ..of(&text) }, ranking, 0);
        let mut papers: Vec<usize> = list.iter().map(|found| found.paper).collect();
        prop_assert!(list.is_sorted_by(|a, b| a.score >= b.score));
        prop_assert!(list.iter().all(|found| found.score.is_finite()));
        papers.sort_unstable();
        papers.dedup();
        prop_assert_eq!(papers.len(), list.len());
        if ranking != Ranking::Dense {
            prop_assert_eq!(list.len(), 40);
        }
    }
}
