use proptest::prelude::*;

use super::testing::{Numbers, paper};
use super::*;
use crate::embed::model::Metric;

/// A library of words and vectors drawn from the same topics, some papers without a vector.
struct Library {
    papers: Vec<Paper>,
    lexical: Lexical,
    vectors: Vectors,
    index: Index,
}

impl Library {
    fn new(size: usize, metric: Metric, has_vector: impl Fn(usize) -> bool) -> Self {
        let mut numbers = Numbers::new(size as u64 + 1);
        let papers: Vec<Paper> = (0..size)
            .map(|i| {
                let topic = i % 4;
                let mut word = || (numbers.next().abs() * 8.0) as usize;
                let title = format!("topic{topic} subject{topic} w{} w{}", word(), word());
                let text = if i % 5 == 0 { String::new() } else { format!("w{}", word()) };
                paper(&title, &text)
            })
            .collect();
        let mut vectors = Vectors::new(size, 4, metric);
        for paper in (0..size).filter(|&paper| has_vector(paper)) {
            let mut row: Vec<f32> = numbers.vector(4).iter().map(|value| 0.3 * value).collect();
            row[paper % 4] += 1.0;
            vectors.set(paper, &row).unwrap();
        }
        let lexical = Lexical::build(&papers);
        let index = Index::build(&vectors).unwrap();
        Self { papers, lexical, vectors, index }
    }

    fn ask(&self, query: &Query, ranking: Ranking, top: usize) -> Vec<Neighbour> {
        let dense = Some((&self.vectors, &self.index));
        neighbours(&self.papers, &self.lexical, dense, query, ranking, top)
    }
}

fn indices(list: &[Neighbour]) -> Vec<usize> {
    list.iter().map(|neighbour| neighbour.paper).collect()
}

#[test]
fn papers_of_the_same_topic_come_first_by_each_ranking() {
    let library = Library::new(80, Metric::Euclidean, |_| true);
    for ranking in Ranking::ALL {
        let list = library.ask(&Query::like(6), ranking, 10);
        assert_eq!(list.len(), 10);
        assert!(list.iter().all(|n| n.paper % 4 == 2), "{ranking}: {list:?}");
    }
}

#[test]
fn each_score_says_what_it_rests_on() {
    let library = Library::new(40, Metric::Cosine, |paper| paper % 3 != 0);
    for neighbour in library.ask(&Query::like(1), Ranking::Hybrid, 0) {
        let has_vector = neighbour.paper % 3 != 0;
        assert_eq!(neighbour.dense.is_some(), has_vector);
        let expected = match (has_vector, neighbour.paper % 5 == 0) {
            (true, false) => Basis::Full,
            (true, true) => Basis::TitleOnly,
            (false, false) => Basis::WordsOnly,
            (false, true) => Basis::TitleWordsOnly,
        };
        assert_eq!(neighbour.basis, expected);
    }
    for neighbour in library.ask(&Query::like(1), Ranking::Lexical, 0) {
        assert!(matches!(neighbour.basis, Basis::WordsOnly | Basis::TitleWordsOnly));
        assert_eq!(neighbour.dense.is_some(), neighbour.paper % 3 != 0, "shown, not counted");
        let lexical = neighbour.lexical.unwrap_or(neighbour.score);
        assert_eq!(lexical.to_bits(), neighbour.score.to_bits());
    }
    for neighbour in library.ask(&Query::like(1), Ranking::Dense, 0) {
        assert!(matches!(neighbour.basis, Basis::Full | Basis::TitleOnly));
        assert_eq!(Some(neighbour.score), neighbour.dense);
    }
}

#[test]
fn a_seed_without_a_vector_goes_by_words() {
    let library = Library::new(40, Metric::Cosine, |paper| paper != 1);
    let hybrid = library.ask(&Query::like(1), Ranking::Hybrid, 0);
    let lexical = library.ask(&Query::like(1), Ranking::Lexical, 0);
    assert_eq!(indices(&hybrid), indices(&lexical));
    assert!(hybrid.iter().all(|n| n.dense.is_none()));
    assert!(library.ask(&Query::like(1), Ranking::Dense, 0).is_empty());
    // A further seed that has one is enough.
    let query = Query { like: vec![1, 5], unlike: Vec::new() };
    assert_eq!(library.ask(&query, Ranking::Dense, 0).len(), 38);
}

#[test]
fn several_seeds_are_joined_by_their_best_three() {
    assert_eq!(mean_of_best(&mut [1.0, 4.0, 2.0, 3.0]).to_bits(), 3.0_f32.to_bits());
    assert_eq!(mean_of_best(&mut [1.0, 2.0]).to_bits(), 1.5_f32.to_bits());
    assert_eq!(joined(&mut [1.0, 3.0, 2.0], 2).to_bits(), 1.0_f32.to_bits());

    // Seeds of two topics call for papers of either, not for what lies between.
    let library = Library::new(80, Metric::Euclidean, |_| true);
    let query = Query { like: vec![0, 4, 8, 1, 5, 9], unlike: Vec::new() };
    let list = library.ask(&query, Ranking::Hybrid, 20);
    assert!(list.iter().all(|n| n.paper % 4 < 2));
    assert!(list.iter().any(|n| n.paper % 4 == 0) && list.iter().any(|n| n.paper % 4 == 1));
}

#[test]
fn what_is_not_wanted_falls_back() {
    let library = Library::new(80, Metric::Cosine, |_| true);
    let place = |query: &Query, topic: usize| {
        let list = library.ask(query, Ranking::Hybrid, 0);
        let places: Vec<usize> =
            (0..list.len()).filter(|&place| list[place].paper % 4 == topic).collect();
        places.iter().sum::<usize>() as f64 / places.len() as f64
    };
    let plain = Query::like(0);
    let query = Query { like: vec![0], unlike: vec![3, 7] };
    assert!(place(&query, 3) > place(&plain, 3) + 5.0);
    assert!(place(&query, 0) < 20.0, "what is wanted stays in front");
}

#[test]
fn without_a_paper_wanted_there_is_no_list() {
    let library = Library::new(10, Metric::Cosine, |_| true);
    let query = Query { like: Vec::new(), unlike: vec![1] };
    for ranking in Ranking::ALL {
        assert!(library.ask(&query, ranking, 0).is_empty());
        assert!(library.ask(&Query::default(), ranking, 0).is_empty());
    }
}

#[test]
fn a_library_of_one_paper_has_no_neighbours() {
    let library = Library::new(1, Metric::Cosine, |_| true);
    for ranking in Ranking::ALL {
        assert!(library.ask(&Query::like(0), ranking, 0).is_empty());
    }
}

#[test]
fn rankings_are_named_read_and_cycled() {
    for ranking in Ranking::ALL {
        assert_eq!(ranking.to_string().parse(), Ok(ranking));
        assert_eq!(ranking.next().next().next(), ranking);
        assert_ne!(ranking.next(), ranking);
    }
    let error = "cosine".parse::<Ranking>().unwrap_err();
    assert_eq!(error, Error::UnknownRanking("cosine".into()));
    assert!(error.to_string().contains("hybrid, dense or lexical"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_other_paper_is_listed_once_best_first(
        size in 1_usize..60,
        vectors in prop::collection::vec(any::<bool>(), 60),
        like in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        unlike in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        top in 0_usize..20,
    ) {
        let library = Library::new(size, Metric::Euclidean, |paper| vectors[paper]);
        let query = Query {
            like: like.iter().map(|i| i.index(size)).collect(),
            unlike: unlike.iter().map(|i| i.index(size)).collect(),
        };
        let is_seed = |paper: &usize| query.like.contains(paper) || query.unlike.contains(paper);
        for ranking in Ranking::ALL {
            let all = library.ask(&query, ranking, 0);
            prop_assert!(all.is_sorted_by(|a, b| a.score >= b.score));
            prop_assert!(all.iter().all(|n| n.score.is_finite()));
            let mut listed = indices(&all);
            listed.sort_unstable();
            let seed_known = query.like.iter().any(|&paper| vectors[paper]);
            let expected: Vec<usize> = (0..size)
                .filter(|paper| !is_seed(paper))
                .filter(|&paper| ranking != Ranking::Dense || (seed_known && vectors[paper]))
                .collect();
            prop_assert_eq!(listed, expected);

            let first = library.ask(&query, ranking, top);
            prop_assert_eq!(&library.ask(&query, ranking, top), &first, "same input, same list");
            let mut wanted = all.clone();
            if top > 0 {
                let tied = |n: &Neighbour| {
                    matches!(n.basis, Basis::Full | Basis::TitleOnly) || n.lexical.is_some()
                };
                wanted.retain(tied);
                wanted.truncate(top);
            }
            prop_assert_eq!(first, wanted, "the top is the top of all that have anything in common");
        }
    }

    #[test]
    fn without_vectors_hybrid_is_the_order_of_the_words(
        size in 1_usize..60,
        seed in any::<prop::sample::Index>(),
    ) {
        let library = Library::new(size, Metric::Cosine, |_| false);
        let query = Query::like(seed.index(size));
        let lexical = indices(&library.ask(&query, Ranking::Lexical, 0));
        prop_assert_eq!(indices(&library.ask(&query, Ranking::Hybrid, 0)), lexical.clone());
        let none = neighbours(&library.papers, &library.lexical, None, &query, Ranking::Hybrid, 0);
        prop_assert_eq!(indices(&none), lexical);
    }
}
