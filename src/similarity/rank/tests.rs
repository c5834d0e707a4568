use proptest::prelude::*;

use super::testing::{Numbers, paper};
use super::*;
use crate::embed::model::Metric;
use crate::library::paper::Snapshot;
use crate::library::versions::Versions;
use crate::similarity::Error;

/// A library of words and vectors drawn from the same topics, some papers without a vector.
struct Library {
    papers: Vec<Paper>,
    lexical: Lexical,
    vectors: Vectors,
    scale: Scale,
    works: Option<Works>,
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
        Self::of(papers, vectors)
    }

    fn of(papers: Vec<Paper>, vectors: Vectors) -> Self {
        let lexical = Lexical::build(&papers);
        let scale = Scale::new(papers.len(), &lexical, Some(&vectors));
        Self { papers, lexical, vectors, scale, works: None }
    }

    fn sources(&self) -> Sources<'_> {
        Sources {
            papers: &self.papers,
            lexical: &self.lexical,
            vectors: Some(&self.vectors),
            scale: &self.scale,
            works: self.works.as_ref(),
        }
    }

    fn ask(&self, query: &Query, ranking: Ranking, top: usize) -> Vec<Neighbour> {
        self.want(query, &Wanted::top(ranking, top))
    }

    fn want(&self, query: &Query, wanted: &Wanted<'_>) -> Vec<Neighbour> {
        neighbours(&self.sources(), query, wanted)
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
    let query = Query { like: vec![1, 5], ..Query::default() };
    assert_eq!(library.ask(&query, Ranking::Dense, 0).len(), 38);
}

#[test]
fn seeds_of_two_topics_call_for_papers_of_either() {
    // Not for what lies between.
    let library = Library::new(80, Metric::Euclidean, |_| true);
    let query = Query { like: vec![0, 4, 8, 1, 5, 9], ..Query::default() };
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
    let query = Query { like: vec![0], unlike: vec![3, 7], ..Query::default() };
    assert!(place(&query, 3) > place(&plain, 3) + 5.0);
    assert!(place(&query, 0) < 20.0, "what is wanted stays in front");
}

#[test]
fn without_a_paper_wanted_there_is_no_list() {
    let library = Library::new(10, Metric::Cosine, |_| true);
    let query = Query { unlike: vec![1], ..Query::default() };
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
        join in prop::sample::select(&Join::ALL[..]),
    ) {
        let library = Library::new(size, Metric::Euclidean, |paper| vectors[paper]);
        let query = Query {
            like: like.iter().map(|i| i.index(size)).collect(),
            unlike: unlike.iter().map(|i| i.index(size)).collect(),
            join,
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
        let sources = Sources { vectors: None, ..library.sources() };
        let none = neighbours(&sources, &query, &Wanted::top(Ranking::Hybrid, 0));
        prop_assert_eq!(indices(&none), lexical);
    }

    #[test]
    fn ranks_are_places_in_the_other_lists(
        size in 2_usize..60,
        vectors in prop::collection::vec(any::<bool>(), 60),
        seeds in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        allowed in prop::option::of(prop::collection::vec(any::<bool>(), 60)),
        top in 0_usize..10,
        diverse in any::<bool>(),
    ) {
        let library = Library::new(size, Metric::Cosine, |paper| vectors[paper]);
        let like = seeds.iter().map(|i| i.index(size)).collect();
        let query = Query { like, ..Query::default() };
        let allowed = allowed.as_deref().map(|allowed| &allowed[..size]);
        let want = |ranking, top, diverse| {
            library.want(&query, &Wanted { ranking, top, allowed, diverse })
        };
        let place = |list: &[Neighbour], paper: usize| {
            list.iter().position(|other| other.paper == paper).map(|place| place + 1)
        };
        let (dense, lexical) = (want(Ranking::Dense, 0, false), want(Ranking::Lexical, 0, false));
        for ranking in Ranking::ALL {
            let list = want(ranking, top, diverse);
            prop_assert!(list.iter().all(|n| allowed.is_none_or(|allowed| allowed[n.paper])));
            for neighbour in list {
                prop_assert_eq!(neighbour.dense_rank, place(&dense, neighbour.paper));
                let by_words = neighbour.lexical.and(place(&lexical, neighbour.paper));
                prop_assert_eq!(neighbour.lexical_rank, by_words);
                prop_assert!(query.like.contains(&neighbour.seed.unwrap()));
                prop_assert!((0.0..=100.0).contains(&neighbour.percentile));
            }
        }
    }

    #[test]
    fn a_filter_takes_papers_out_and_moves_nothing_else(
        size in 2_usize..60,
        seed in any::<prop::sample::Index>(),
        allowed in prop::collection::vec(any::<bool>(), 60),
    ) {
        let library = Library::new(size, Metric::Cosine, |paper| paper % 3 > 0);
        let query = Query::like(seed.index(size));
        for ranking in Ranking::ALL {
            let scores = |wanted: &Wanted<'_>| -> Vec<(usize, u32)> {
                let list = library.want(&query, wanted).into_iter();
                list.map(|neighbour| (neighbour.paper, neighbour.score.to_bits())).collect()
            };
            let mut expected = scores(&Wanted::top(ranking, 0));
            expected.retain(|(paper, _)| allowed[*paper]);
            let filtered =
                Wanted { allowed: Some(&allowed[..size]), ..Wanted::top(ranking, 0) };
            prop_assert_eq!(scores(&filtered), expected);
        }
    }

    #[test]
    fn an_unrelated_paper_changes_an_order_only_where_two_were_as_good_as_tied(
        size in 100_usize..140,
        seed in any::<prop::sample::Index>(),
    ) {
        // One more paper of words that no other has: inverse document frequencies grow, and
        // deviations from the mean change, by about one in a hundred.
        let library = Library::new(size, Metric::Cosine, |_| true);
        let mut papers = library.papers.clone();
        papers.push(paper("entirely unheard", "of"));
        let mut vectors = Vectors::new(size + 1, 4, Metric::Cosine);
        for paper in 0..size {
            vectors.set(paper, &library.vectors.get(paper).unwrap()).unwrap();
        }
        vectors.set(size, &[-1.0, -1.0, -1.0, -1.0]).unwrap();
        let mut larger = Library::of(papers, vectors);
        // Topics are found anew by chance and rounding; the promise is about words and vectors.
        larger.lexical = Lexical::words_of(&larger.papers);
        let words = Library { lexical: Lexical::words_of(&library.papers), ..library };
        let query = Query::like(seed.index(size));
        for ranking in Ranking::ALL {
            let before = words.ask(&query, ranking, 0);
            let mut after = larger.ask(&query, ranking, 0);
            after.retain(|neighbour| neighbour.paper < size);
            let place: Vec<usize> = (before.iter())
                .map(|n| after.iter().position(|other| other.paper == n.paper).unwrap())
                .collect();
            for (a, first) in before.iter().enumerate() {
                for (b, second) in before.iter().enumerate().skip(a + 1) {
                    // Vectors that were rounded once are rounded once more on the way over.
                    let tied = if ranking == Ranking::Dense { 1e-4 } else { 0.1 };
                    prop_assert!(
                        place[a] < place[b] || first.score - second.score < tied,
                        "{ranking}: {first:?} {second:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn versions_of_one_work_take_one_line() {
    let mut library = Library::new(60, Metric::Cosine, |_| true);
    let author = |paper: &mut Paper| paper.authors = crate::library::names::parse("Ada Lovelace");
    // Three times paper 6, and the seed once more; found by their titles.
    let titles = ["Whales that sing of the deep blue sea", "How topic2 meets subject2 in the wild"];
    for (title, copies) in [(titles[0], [2, 14].as_slice()), (titles[1], &[6, 10, 18])] {
        for &copy in copies {
            library.papers[copy].title = title.into();
            author(&mut library.papers[copy]);
        }
    }
    let library = Library::of(library.papers, library.vectors);
    let snapshot = Snapshot::new(library.papers.clone());
    let works = Works::new(60, &Versions::find(&snapshot));
    assert_eq!(works.several(), [vec![2, 14], vec![6, 10, 18]]);
    let query = Query::like(2);
    for ranking in Ranking::ALL {
        let all = library.ask(&query, ranking, 0);
        let best = all.iter().find(|n| [6, 10, 18].contains(&n.paper)).unwrap().paper;
        let known = Library {
            works: Some(works.clone()),
            ..Library::of(library.papers.clone(), library.vectors.clone())
        };
        let listed = indices(&known.ask(&query, ranking, 50));
        assert!(!listed.contains(&14), "the seed again");
        let once: Vec<usize> = listed.into_iter().filter(|p| [6, 10, 18].contains(p)).collect();
        assert_eq!(once, [best], "{ranking}");
        assert_eq!(known.ask(&query, ranking, 0), all, "all means all");
        if ranking == Ranking::Lexical {
            // The others share no word with the seed.
            continue;
        }
        // The best may be filtered out; then the next stands for it.
        let mut allowed = vec![true; 60];
        allowed[best] = false;
        let wanted = Wanted { allowed: Some(&allowed), ..Wanted::top(ranking, 50) };
        let listed = indices(&known.want(&query, &wanted));
        assert_eq!(listed.iter().filter(|p| [6, 10, 18].contains(*p)).count(), 1);
    }
}

#[test]
fn a_diverse_list_begins_with_the_best_and_covers_more() {
    // Seeds of two topics, one of them with many more papers close to it.
    let library = Library::new(80, Metric::Cosine, |_| true);
    let query = Query { like: vec![0, 1], join: Join::Any, ..Query::default() };
    for ranking in Ranking::ALL {
        let plain = library.ask(&query, ranking, 10);
        let wanted = Wanted { diverse: true, ..Wanted::top(ranking, 10) };
        let diverse = library.want(&query, &wanted);
        assert_eq!(diverse.len(), 10);
        assert_eq!(diverse[0], plain[0]);
        // How close each paper is to the closest of those before it.
        let likeness = |list: &[Neighbour]| -> f64 {
            let to_closest = |place: usize| {
                let similarities = list[..place].iter().map(|before| {
                    let (lexical, vectors) = (&library.lexical, Some(&library.vectors));
                    let parts = Parts::of(lexical, vectors, list[place].paper, before.paper);
                    library.scale.similarity(ranking, &parts)
                });
                similarities.fold(f64::NEG_INFINITY, f64::max)
            };
            (1..list.len()).map(to_closest).sum()
        };
        assert!(likeness(&diverse) < likeness(&plain), "{ranking}");
        let all = Wanted { diverse: true, ..Wanted::top(ranking, 0) };
        let mut all = indices(&library.want(&query, &all));
        all.sort_unstable();
        assert!(all.into_iter().eq(2..80), "{ranking}: a permutation");
    }
}

#[test]
fn each_row_names_the_seed_that_brought_it() {
    let library = Library::new(80, Metric::Cosine, |paper| paper != 1);
    let query = Query { like: vec![0, 1], join: Join::Any, ..Query::default() };
    for ranking in [Ranking::Hybrid, Ranking::Lexical] {
        let list = library.ask(&query, ranking, 20);
        let right = list.iter().filter(|n| n.paper % 4 == n.seed.unwrap()).count();
        // One of the seeds has no vector, and brings papers by its words all the same.
        assert!(right >= 18, "{ranking}: {right}");
        assert!(list.iter().any(|n| n.seed == Some(1)), "{ranking}");
    }
    let list = library.ask(&query, Ranking::Dense, 20);
    assert!(list.iter().all(|n| n.seed == Some(0)));
}

#[test]
fn papers_close_to_all_seeds_differ_from_those_close_to_any() {
    let library = Library::new(80, Metric::Cosine, |_| true);
    let ask = |join| {
        let query = Query { like: vec![0, 1], join, ..Query::default() };
        library.ask(&query, Ranking::Dense, 0)
    };
    let similarity = |seed: usize, n: &Neighbour| library.vectors.pair(seed, n.paper).unwrap();
    for neighbour in ask(Join::All) {
        let least = similarity(0, &neighbour).min(similarity(1, &neighbour));
        assert_eq!(neighbour.dense.unwrap().to_bits(), least.to_bits());
    }
    for neighbour in ask(Join::Any) {
        let greatest = similarity(0, &neighbour).max(similarity(1, &neighbour));
        assert_eq!(neighbour.dense.unwrap().to_bits(), greatest.to_bits());
    }
}
