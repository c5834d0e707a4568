use proptest::prelude::*;

use super::affinity::Views;
use super::likes::Because;
use super::*;
use crate::embed::model::Metric;
use crate::library::date::Date;
use crate::library::marks::Mark;
use crate::library::paper::PaperId;
use crate::similarity::lexical::Lexical;
use crate::similarity::rank::testing::{Numbers, paper};
use crate::similarity::vectors::Vectors;

const TOPICS: usize = 4;
const NOW: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

/// A library of words and vectors drawn from the same topics, in turn.
struct Fixture {
    papers: Vec<Paper>,
    lexical: Lexical,
    vectors: Vectors,
    clusters: Clusters,
    marks: Marks,
}

impl Fixture {
    fn new(size: usize) -> Self {
        let mut numbers = Numbers::new(size as u64 + 1);
        let papers: Vec<Paper> = (0..size)
            .map(|i| {
                let topic = i % TOPICS;
                let mut word = || format!("t{topic}w{}", (numbers.next().abs() * 8.0) as usize);
                let title = format!("{} {} general", word(), word());
                let text = format!("{} {} common", word(), word());
                Paper { id: PaperId(i as i64 + 1), key: format!("p{i}"), ..paper(&title, &text) }
            })
            .collect();
        let mut vectors = Vectors::new(size, 8, Metric::Cosine);
        for paper in 0..size {
            let mut row: Vec<f32> = numbers.vector(8).iter().map(|value| 0.5 * value).collect();
            row[paper % TOPICS] += 1.0;
            vectors.set(paper, &row).unwrap();
        }
        Self {
            lexical: Lexical::build(&papers),
            clusters: Clusters {
                of: (0..size).map(|paper| Some(paper % TOPICS)).collect(),
                labels: (0..TOPICS).map(|topic| format!("topic {topic}")).collect(),
            },
            papers,
            vectors,
            marks: Marks::default(),
        }
    }

    fn library(&self) -> Library<'_> {
        Library {
            papers: &self.papers,
            views: Views { lexical: &self.lexical, vectors: Some(&self.vectors) },
            clusters: &self.clusters,
            marks: &self.marks,
            now: NOW,
        }
    }

    fn learn(&self) -> Recommender {
        Recommender::learn_with_graph(self.library().views, self.papers.len())
    }

    fn mark(&mut self, paper: usize, mark: Mark) {
        self.marks.set(self.papers[paper].id, mark);
    }

    fn star(&mut self, paper: usize) {
        let mut mark = Mark { starred: true, ..Mark::default() };
        mark.dates.starred = Some(NOW);
        self.mark(paper, mark);
    }

    fn next(&self, wish: &Wish<'_>) -> Vec<Recommendation> {
        let taste = Taste::of_marks(&self.papers, &self.marks, NOW);
        self.learn().recommend(&self.library(), &taste, wish)
    }
}

fn top(top: usize) -> Wish<'static> {
    Wish { top, ..Wish::default() }
}

fn share(list: &[Recommendation], topic: usize) -> f64 {
    let of_topic = list.iter().filter(|r| r.paper % TOPICS == topic).count();
    of_topic as f64 / list.len() as f64
}

#[test]
fn papers_like_those_starred_come_first_and_say_so() {
    let mut fixture = Fixture::new(120);
    for paper in [0, 4, 8] {
        fixture.star(paper);
    }
    let all = fixture.next(&top(0));
    assert_eq!(all.len(), 117, "all but those starred");
    assert!(all.is_sorted_by(|a, b| a.score >= b.score));
    assert!(share(&all[..20], 0) > 0.9);
    let Reason::Close { likes, shared } = &all[0].why[0] else { panic!("{:?}", all[0].why) };
    assert!(!likes.is_empty() && likes.iter().all(|like| like.because == Because::Starred));
    assert!(
        shared.iter().all(|word| word.starts_with("t0") || word == "general" || word == "common")
    );
    let text = all[0].why[0].describe(&fixture.papers);
    assert!(text.starts_with("because you starred p"), "{text}");
    let Reason::Words { for_it, .. } = &all[0].why[1] else { panic!("{:?}", all[0].why) };
    assert!(for_it[0].0.starts_with("t0") && for_it[0].1 > 0.0, "{for_it:?}");
    let Reason::Words { against_it, .. } = &all[116].why[1] else { panic!() };
    assert!(!against_it.is_empty() && against_it.iter().all(|(_, weight)| *weight < 0.0));
}

#[test]
fn what_is_not_for_the_user_falls_back_and_takes_its_like_along() {
    let mut fixture = Fixture::new(120);
    for paper in [0, 4, 1, 5] {
        fixture.star(paper);
    }
    let before = fixture.next(&top(0));
    let place = |list: &[Recommendation], topic: usize| {
        let places = (0..list.len()).filter(|&place| list[place].paper % TOPICS == topic);
        places.clone().sum::<usize>() as f64 / places.count() as f64
    };
    for paper in [9, 13] {
        fixture.mark(paper, Mark { not_for_me: true, ..Mark::default() });
    }
    let after = fixture.next(&top(0));
    assert!(after.iter().all(|r| ![9, 13].contains(&r.paper)));
    assert!(place(&after, 1) > place(&before, 1) + 5.0);
    assert!(place(&after, 0) < place(&after, 1));
}

#[test]
fn a_list_is_mixed_and_has_a_place_for_what_was_forgotten() {
    let mut fixture = Fixture::new(160);
    for paper in [0, 4, 8, 12, 1] {
        fixture.star(paper);
    }
    let list = fixture.next(&top(10));
    assert_eq!(list.len(), 10);
    assert!(share(&list, 0) <= 0.5, "no cluster has more than half");
    let mut papers: Vec<usize> = list.iter().map(|r| r.paper).collect();
    papers.sort_unstable();
    papers.dedup();
    assert_eq!(papers.len(), 10, "each once");

    // With places for all clusters there is nothing forgotten.
    let list = fixture.next(&top(3));
    let forgotten = &list[2];
    let Reason::Neglected { label, papers: 40, read: 0, cluster } = &forgotten.why[0] else {
        panic!("{list:?}")
    };
    assert!(forgotten.paper % TOPICS == *cluster && label == &format!("topic {cluster}"));
    let text = forgotten.why[0].describe(&fixture.papers);
    let expected = format!("a subject you have not touched lately: {label} (40 papers, 0 % read)");
    assert_eq!(text, expected);
    // Touched is touched.
    for topic in 0..TOPICS {
        fixture.mark(topic + 20, Mark { opened: vec![NOW - DAY], ..Mark::default() });
    }
    let is_neglected = |r: &Recommendation| matches!(r.why[0], Reason::Neglected { .. });
    assert!(!fixture.next(&top(3)).iter().any(is_neglected));
}

#[test]
fn only_a_cluster_may_be_wished_for() {
    let mut fixture = Fixture::new(120);
    let within = fixture.clusters.mask(2);
    let wish = Wish { within: Some(&within), about: "topic 2", top: 8 };
    let list = fixture.next(&wish);
    assert_eq!((list.len(), share(&list, 2)), (8, 1.0));
    let text = list[0].why[0].describe(&fixture.papers);
    assert_eq!(text, "central to topic 2 (30 papers); star three papers that you like");
    fixture.star(0);
    let list = fixture.next(&wish);
    assert_eq!((list.len(), share(&list, 2)), (8, 1.0));
}

#[test]
fn newer_work_is_preferred_a_little() {
    let mut fixture = Fixture::new(80);
    fixture.star(0);
    let plain = fixture.next(&top(0));
    let score = |list: &[Recommendation], paper: usize| {
        list.iter().find(|r| r.paper == paper).map(|r| r.score).unwrap()
    };
    for (paper, year) in [(4, "2023"), (8, "1990")] {
        fixture.papers[paper].date = Date::from_standard(year).ok();
    }
    let list = fixture.next(&top(0));
    let gain = |paper| score(&list, paper) - score(&plain, paper);
    assert!(gain(4) > 0.1 && gain(4) < 0.2, "{}", gain(4));
    assert!(gain(8) >= 0.0 && gain(8) < 0.01, "{}", gain(8));
}

#[test]
fn who_has_marked_nothing_starts_in_the_middle_of_each_cluster() {
    let mut fixture = Fixture::new(121);
    let list = fixture.next(&top(3));
    assert_eq!(list.len(), 3);
    assert_eq!(list[0].paper % TOPICS, 0, "the largest cluster first");
    let Reason::Central { cluster: Some(0), papers: 31, .. } = &list[0].why[0] else {
        panic!("{list:?}")
    };
    let text = list[0].why[0].describe(&fixture.papers);
    assert_eq!(text, "central to topic 0 (31 papers); star three papers that you like");
    // What is read is not offered.
    let first = list[0].paper;
    fixture.mark(first, Mark { not_for_me: true, ..Mark::default() });
    let again = fixture.next(&top(3));
    assert!(again[0].paper != first && again[0].paper.is_multiple_of(TOPICS));
    // Without clusters the library is one.
    fixture.clusters = Clusters::default();
    assert_eq!(fixture.next(&top(5)).len(), 5);
}

#[test]
fn the_strongest_mark_says_why_and_age_tells() {
    let fixture = Fixture::new(12);
    let mut marks = Marks::default();
    let mut set = |paper: usize, mark: Mark| marks.set(fixture.papers[paper].id, mark);
    let dated = |change: &dyn Fn(&mut Mark)| {
        let mut mark = Mark::default();
        change(&mut mark);
        mark
    };
    set(0, dated(&|m| (m.starred, m.state, m.dates.starred) = (true, State::Read, Some(NOW))));
    set(1, dated(&|m| (m.state, m.dates.state) = (State::Read, Some(NOW))));
    set(2, dated(&|m| (m.state, m.dates.state) = (State::Read, Some(NOW - 1000 * DAY))));
    set(3, dated(&|m| m.opened = vec![NOW; 3]));
    set(4, dated(&|m| m.opened = vec![NOW]));
    set(5, dated(&|m| m.rating = Some(5)));
    set(6, dated(&|m| m.rating = Some(1)));
    set(7, dated(&|m| m.not_for_me = true));
    set(8, dated(&|m| m.note = "Nothing.".into()));
    set(9, dated(&|m| m.rating = Some(3)));
    let taste = Taste::of_marks(&fixture.papers, &marks, NOW);
    let weight = |paper: usize| taste.like(paper).map_or(0.0, |like| like.weight);
    assert_eq!(taste.like(0).unwrap().because, Because::Starred);
    assert!((weight(0) - 1.0).abs() < 1e-6);
    assert!(weight(1) > weight(2) && weight(2) > weight(3) && weight(3) > weight(4));
    assert_eq!(taste.like(5).unwrap().because, Because::Rated(5));
    assert_eq!(taste.likes.len(), 6);
    let unlikes: Vec<usize> = taste.unlikes.iter().map(|like| like.paper).collect();
    assert_eq!(unlikes, [7, 6]);
    let week = Taste::of_week(&fixture.papers, &marks, NOW);
    let likes: Vec<usize> = week.likes.iter().map(|like| like.paper).collect();
    assert_eq!(likes, [0, 1, 3, 4]);
    let named = taste.with_papers(&[6], &[0]);
    assert_eq!(named.like(6).unwrap().because, Because::Named);
    assert!(named.like(0).is_none() && named.unlikes.iter().any(|like| like.paper == 0));
}

#[test]
fn a_bridge_is_close_to_both_sides() {
    let mut fixture = Fixture::new(120);
    // One paper of two subjects.
    fixture.papers[50] = Paper {
        id: fixture.papers[50].id,
        key: "both".into(),
        ..paper("t0w1 t1w1 t0w2 t1w2", "t0w3 t1w3 t0w4 t1w4")
    };
    let both = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    fixture.vectors.set(50, &both).unwrap();
    fixture.lexical = Lexical::build(&fixture.papers);
    let library = fixture.library();
    let mut recommender = fixture.learn();
    let groups = [0, 1].map(|topic| fixture.clusters.members(topic));
    let bridges = between::bridge(&mut recommender, &library, [&groups[0], &groups[1]], &top(5));
    assert_eq!(bridges[0].paper, 50);
    let Reason::Between { affinity, shared } = &bridges[0].why[0] else { panic!() };
    assert!(affinity.iter().all(|affinity| *affinity > 0.5), "{affinity:?}");
    assert!(
        shared[0].iter().any(|w| w.starts_with("t0"))
            && shared[1].iter().any(|w| w.starts_with("t1"))
    );
    let of_papers = between::bridge(&mut recommender, &library, [&[0], &[1]], &top(0));
    assert_eq!(of_papers.len(), 118);

    let way = between::path(&recommender, &library, 0, 1).unwrap();
    assert_eq!((way[0].paper, way[way.len() - 1].paper), (0, 1));
    assert!(way.len() <= 6);
    assert!(way[1..].iter().all(|stop| stop.affinity > 0.0));
}

#[test]
fn papers_from_elsewhere_are_ranked_as_the_librarys_own() {
    let mut fixture = Fixture::new(120);
    for paper in [0, 4, 8] {
        fixture.star(paper);
    }
    let foreign: Vec<Paper> = [1, 0, 2]
        .map(|topic| paper(&format!("t{topic}w1 t{topic}w2"), &format!("t{topic}w3 unheard")))
        .into();
    let mut vectors = Vectors::new(3, 8, Metric::Cosine);
    for (place, topic) in [1, 0, 2].into_iter().enumerate() {
        let mut row = [0.1; 8];
        row[topic] = 1.0;
        vectors.set(place, &row).unwrap();
    }
    let taste = Taste::of_marks(&fixture.papers, &fixture.marks, NOW);
    let library = fixture.library();
    let mut recommender = fixture.learn();
    for vectors in [Some(&vectors), None] {
        let list = foreign::rank(&mut recommender, &library, &taste, &foreign, vectors);
        assert_eq!(list[0].paper, 1);
        assert!(list[0].score > 1.0 && list[2].score < 0.5, "{list:?}");
        assert!(list[0].nearest.iter().all(|(paper, _)| paper % TOPICS == 0));
        let text = list[0].why[0].describe(&fixture.papers);
        assert!(text.starts_with("because you starred"), "{text}");
    }
    // A paper of the library that comes from elsewhere scores as it does here.
    let own = vec![fixture.papers[12].clone()];
    let mut vectors = Vectors::new(1, 8, Metric::Cosine);
    vectors.set(0, &fixture.vectors.get(12).unwrap()).unwrap();
    let there = foreign::rank(&mut recommender, &library, &taste, &own, Some(&vectors))[0].score;
    let here = recommender.score(&library, &taste).unwrap().of(12);
    assert!((there - here).abs() < 0.3, "{there} {here}");
    let nothing = Taste::default();
    let list = foreign::rank(&mut recommender, &library, &nothing, &foreign, None);
    assert!(list.iter().all(|suited| suited.why.is_empty() && suited.nearest.len() == 3));
}

#[test]
fn a_group_that_belongs_together_is_found_again() {
    let fixture = Fixture::new(120);
    let mut recommender = fixture.learn();
    let group: Vec<usize> = (0..8).map(|i| i * TOPICS).collect();
    let found = evaluate::evaluate(&mut recommender, &fixture.library(), &group).unwrap();
    assert_eq!(found.hidden, 8);
    let mixed: Vec<usize> = vec![0, 1, 2, 3, 5, 10, 15, 16];
    let lost = evaluate::evaluate(&mut recommender, &fixture.library(), &mixed).unwrap();
    assert!(found.ours > lost.ours, "{found:?} {lost:?}");
    assert!(found.vectors.is_some_and(|found| found <= 8) && found.words <= 8);
    assert_eq!(evaluate::evaluate(&mut recommender, &fixture.library(), &[1, 2]), None);
}

#[test]
fn columns_are_kept_within_bounds_and_are_the_same_again() {
    let fixture = Fixture::new(COLUMNS_KEPT + 50);
    let views = fixture.library().views;
    let mut recommender = Recommender::learn(views, fixture.papers.len());
    let first = recommender.columns(views, &[7])[0].clone();
    let all: Vec<usize> = (0..fixture.papers.len()).collect();
    assert_eq!(recommender.columns(views, &all).len(), all.len());
    assert!(recommender.columns.len() <= COLUMNS_KEPT);
    assert_eq!(recommender.columns(views, &[7])[0], first);
    for other in [1, 60, 300] {
        let pair = recommender.affinity().between(views, 7, other);
        assert!((pair - first[other]).abs() < 1e-4, "{pair} {}", first[other]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_marked_the_list_is_sound(
        size in 1_usize..50,
        marks in prop::collection::vec((0_usize..50, 0_u8..6), 0..12),
        wanted in 0_usize..15,
        with_vectors in any::<bool>(),
        with_graph in any::<bool>(),
    ) {
        let mut fixture = Fixture::new(size);
        for (paper, kind) in marks {
            let mark = match kind {
                0 => Mark { starred: true, ..Mark::default() },
                1 => Mark { not_for_me: true, ..Mark::default() },
                2 => Mark { state: State::Read, ..Mark::default() },
                3 => Mark { opened: vec![NOW], ..Mark::default() },
                4 => Mark { rating: Some(5), ..Mark::default() },
                _ => Mark { rating: Some(1), ..Mark::default() },
            };
            fixture.mark(paper % size, mark);
        }
        let mut library = fixture.library();
        if !with_vectors {
            library.views.vectors = None;
        }
        let mut recommender = if with_graph {
            Recommender::learn_with_graph(library.views, size)
        } else {
            Recommender::learn(library.views, size)
        };
        let taste = Taste::of_marks(&fixture.papers, &fixture.marks, NOW);
        let list = recommender.recommend(&library, &taste, &top(wanted));
        let again = recommender.recommend(&library, &taste, &top(wanted));
        prop_assert_eq!(&list, &again, "same input, same list");
        prop_assert!(list.iter().all(|r| r.score.is_finite() && !r.why.is_empty()));
        prop_assert!(list.iter().all(|r| library.is_unread(r.paper)));
        if wanted > 0 {
            prop_assert!(list.len() <= wanted);
        }
        let mut papers: Vec<usize> = list.iter().map(|r| r.paper).collect();
        papers.sort_unstable();
        papers.dedup();
        prop_assert_eq!(papers.len(), list.len(), "each paper once");
    }
}
