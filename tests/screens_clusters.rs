//! The clusters and the map on the screen.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;

use std::sync::Arc;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use specter_tui::app::clusters::Pane;
use specter_tui::app::effect::Effect;
use specter_tui::app::jobs::Kind;
use specter_tui::app::map::Laid;
use specter_tui::app::neighbours::Centre;
use specter_tui::app::state::View;
use specter_tui::clusters::graph::{Graph, Link};
use specter_tui::clusters::labels::Phrases;
use specter_tui::clusters::map::Point;
use specter_tui::clusters::subjects::{Footing, Ground, Row};
use specter_tui::embed::worker::Progress;
use specter_tui::event::News;
use specter_tui::library::marks::{Marks, State};
use specter_tui::library::paper::{Paper, PaperId, Snapshot};

use screen::{Screen, library, sample};

const ONE: &str = "@article{only, title = {The Only Paper}, author = {Solo, Hana}, year = 2020}";
const TWO: &str = "
@article{first, title = {Whale Songs at Night}, author = {Solo, Hana}, year = 2020}
@article{second, title = {Whale Songs by Day}, author = {Duo, Ben}, year = 2021}";

/// The first 120 papers of the sample library.
fn some() -> String {
    let sample = sample();
    let starts =
        sample.match_indices("\n@").filter(|(at, _)| !sample[*at..].starts_with("\n@string"));
    let end = starts.map(|(at, _)| at).nth(120).unwrap();
    sample[..end].to_owned()
}

/// A screen over so many papers of subjects of unequal sizes, which lie on the map as round heaps.
fn large(count: usize, columns: u16, rows: u16) -> Screen {
    const SUBJECTS: [&str; 14] = [
        "machine translation",
        "named entity recognition",
        "sentiment analysis",
        "question answering",
        "dependency parsing",
        "speech recognition",
        "text summarization",
        "coreference resolution",
        "word embeddings",
        "dialogue systems",
        "semantic roles",
        "grammatical errors",
        "relation extraction",
        "language modelling",
    ];
    let template = library(ONE).papers()[0].clone();
    // Subject `s` begins at `count · (s / n)²`.
    let starts: Vec<usize> = (0..=SUBJECTS.len())
        .map(|subject| count * subject * subject / (SUBJECTS.len() * SUBJECTS.len()))
        .collect();
    let subject_of = |paper: usize| starts.partition_point(|&start| start <= paper) - 1;
    let papers: Vec<Paper> = (0..count)
        .map(|paper| Paper {
            id: PaperId(paper as i64 + 1),
            key: format!("key{paper}"),
            title: format!("{} {paper}", SUBJECTS[subject_of(paper)]),
            ..template.clone()
        })
        .collect();
    let near = |paper: usize| -> Vec<Link> {
        let subject = subject_of(paper);
        let (start, end) = (starts[subject], starts[subject + 1]);
        let next = (1..=8).map(|by| start + (paper - start + by * by) % (end - start));
        let next = next.filter(|&other| other != paper);
        next.map(|other| Link { paper: other as u32, similarity: 1.0 }).collect()
    };
    let graph = Graph::of_lists((0..count).map(near).collect());
    let points: Vec<Point> = (0..count)
        .map(|paper| {
            let subject = subject_of(paper);
            // A sunflower's seeds.
            let seed = (paper - starts[subject]) as f32;
            let (radius, angle) = (seed.sqrt() * 0.05, seed * 2.399_963);
            let turn = subject as f32 * std::f32::consts::TAU / SUBJECTS.len() as f32;
            Point {
                x: 10.0 * turn.cos() + radius * angle.cos(),
                y: 5.0 * turn.sin() + radius * angle.sin(),
            }
        })
        .collect();
    let mut screen = Screen::blank(columns, rows);
    (screen.hold, screen.hold_ground) = (true, true);
    screen.show(Snapshot::new(papers));
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    let snapshot = Arc::clone(&screen.app.snapshot);
    let phrases = Arc::new(Phrases::read(snapshot.papers()));
    let ground = Arc::new(Ground { snapshot, graph, phrases, footing: Footing::Words });
    screen.news(Kind::Ground, News::Ground(Arc::clone(&ground)));
    screen.news(Kind::Map, News::Laid(Arc::new(Laid { ground, points })));
    screen
}

fn clusters(bib: &str, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::open(bib, columns, rows);
    screen.type_text("4");
    screen
}

fn map(bib: &str, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::open(bib, columns, rows);
    screen.type_text("5");
    screen
}

#[test]
fn clusters_in_80_by_24() {
    assert_snapshot!("clusters_of_1_in_80_by_24", clusters(ONE, 80, 24).text());
    assert_snapshot!("clusters_of_2_in_80_by_24", clusters(TWO, 80, 24).text());
    assert_snapshot!("clusters_of_120_in_80_by_24", clusters(&some(), 80, 24).text());
}

#[test]
fn clusters_in_200_by_60() {
    assert_snapshot!("clusters_of_1_in_200_by_60", clusters(ONE, 200, 60).text());
    assert_snapshot!("clusters_of_2_in_200_by_60", clusters(TWO, 200, 60).text());
    assert_snapshot!("clusters_of_120_in_200_by_60", clusters(&some(), 200, 60).text());
}

#[test]
fn the_map_in_80_by_24() {
    assert_snapshot!("map_of_1_in_80_by_24", map(ONE, 80, 24).text());
    assert_snapshot!("map_of_2_in_80_by_24", map(TWO, 80, 24).text());
    assert_snapshot!("map_of_120_in_80_by_24", map(&some(), 80, 24).text());
}

#[test]
fn the_map_in_200_by_60() {
    assert_snapshot!("map_of_1_in_200_by_60", map(ONE, 200, 60).text());
    assert_snapshot!("map_of_2_in_200_by_60", map(TWO, 200, 60).text());
    assert_snapshot!("map_of_120_in_200_by_60", map(&some(), 200, 60).text());
}

#[test]
fn both_in_small_windows() {
    assert_snapshot!("clusters_in_60_by_16", clusters(&sample(), 60, 16).text());
    assert_snapshot!("clusters_in_40_by_12", clusters(&sample(), 40, 12).text());
    assert_snapshot!("map_in_60_by_16", map(&sample(), 60, 16).text());
    assert_snapshot!("map_in_40_by_12", map(&sample(), 40, 12).text());
}

#[test]
fn both_of_16_851_papers() {
    let mut screen = large(16_851, 80, 24);
    screen.type_text("4");
    assert_snapshot!("clusters_of_16851_in_80_by_24", screen.text());
    screen.type_text("5");
    assert_snapshot!("map_of_16851_in_80_by_24", screen.text());
    screen.resize(200, 60);
    assert_snapshot!("map_of_16851_in_200_by_60", screen.text());
    screen.type_text("4");
    assert_snapshot!("clusters_of_16851_in_200_by_60", screen.text());
}

#[test]
fn before_there_are_any() {
    let mut screen = Screen::blank(80, 24);
    screen.type_text("4");
    assert!(screen.text().contains("reading …"));
    screen.type_text("5");
    assert!(screen.text().contains("reading …"));
    let mut screen = Screen::open("", 80, 24);
    screen.type_text("4");
    assert!(screen.text().contains("There are no papers here."));
    let mut screen = Screen::blank(80, 24);
    screen.hold_ground = true;
    screen.show(library(TWO));
    screen.type_text("4");
    screen.news(Kind::Load, News::LoadDone { findings: Vec::new(), errors: Vec::new() });
    assert_eq!(screen.app.view, View::Clusters, "the end of loading leads nowhere else");
    screen.type_text("5");
    assert!(screen.text().contains("finding out which papers are alike …"));
    assert!(screen.text().contains("· finding clusters …"));
    screen.news(Kind::Ground, News::Failed("no luck".to_owned()));
    assert!(screen.text().contains("There are none: no luck"));
    // Any key, and the words of it are gone from the status line.
    screen.type_text("4");
    assert!(screen.text().contains("There are none: no luck"));
}

#[test]
fn the_tree_is_walked_and_its_papers_are_opened() {
    let mut screen = clusters(&sample(), 120, 32);
    let found = Arc::clone(screen.app.clusters.found.as_ref().unwrap());
    assert_eq!(screen.app.clusters.row(), Some(Row::Coarse(0)));
    assert!(found.subjects[0][0].has_parts(), "a part to open");
    screen.press(KeyCode::Right);
    assert_snapshot!("a_cluster_opened", screen.text());
    screen.type_text("j");
    assert_eq!(screen.app.clusters.row(), Some(Row::Fine(0)));
    screen.press(KeyCode::Left);
    assert_eq!(screen.app.clusters.row(), Some(Row::Coarse(0)));
    assert!(screen.app.clusters.open.is_empty());

    // Nothing is done to papers from the tree.
    screen.type_text("*");
    assert!(!screen.asked.iter().any(|effect| matches!(effect, Effect::Marks { act, .. }
        if !matches!(act, specter_tui::app::effect::MarksAct::Read))));
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.clusters.pane, Pane::Papers);
    let medoid = found.clusters.levels[0].clusters[0].medoid();
    assert_eq!(screen.app.shown_paper().unwrap().id, found.ground.snapshot.papers()[medoid].id);
    screen.type_text("O");
    let newest = screen.app.clusters.papers[0];
    let year = |id| screen.app.snapshot.papers()[screen.app.snapshot.by_id(id).unwrap()].year();
    assert!(screen.app.clusters.papers.iter().all(|&id| year(id) <= year(newest)));
    screen.type_text("jj");
    let chosen = screen.app.shown_paper().unwrap().id;
    assert_snapshot!("the_papers_of_a_cluster", screen.text());
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.app.current), (View::Library, Some(chosen)));
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.view, View::Clusters);
    assert_eq!(screen.app.shown_paper().unwrap().id, chosen, "one is where one was");
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.clusters.pane, Pane::Tree);
}

#[test]
fn from_a_paper_to_its_cluster_and_back() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("jjjj");
    let paper = screen.app.current.unwrap();
    screen.type_text("c");
    assert_eq!(screen.app.view, View::Clusters);
    assert!(screen.app.clusters.papers.contains(&paper));
    assert_eq!(screen.app.clusters.paper(), Some(paper));
    screen.press(KeyCode::Backspace);
    assert_eq!((screen.app.view, screen.app.current), (View::Library, Some(paper)));
}

#[test]
fn finer_and_coarser_keep_what_is_the_same() {
    let mut screen = clusters(&sample(), 80, 24);
    let before = screen.app.clusters.found.as_ref().unwrap().subjects.clone();
    screen.type_text("+++");
    assert!(screen.text().contains("3.4 × finer"));
    let finer = screen.app.clusters.found.as_ref().unwrap().subjects[0].len();
    assert!(finer > before[0].len());
    screen.type_text("---");
    let after = &screen.app.clusters.found.as_ref().unwrap().subjects;
    assert_eq!(after[0].len(), before[0].len());
    // As far as a number goes, not further.
    screen.type_text(&"-".repeat(40));
    assert!(screen.app.clusters.resolution >= 0.01);
}

#[test]
fn a_name_is_given_and_taken_back() {
    let mut screen = clusters(&sample(), 80, 24);
    let label = screen.app.clusters.found.as_ref().unwrap().subjects[0][0].title();
    screen.type_text("R");
    assert!(screen.text().contains("without one: "));
    screen.type_text("My subject");
    assert_snapshot!("a_cluster_being_named", screen.text());
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("My subject"));
    screen.type_text("R");
    assert_eq!(screen.app.line.value(), "My subject");
    for _ in 0.."My subject".len() {
        screen.press(KeyCode::Backspace);
    }
    screen.press(KeyCode::Enter);
    let subject = &screen.app.clusters.found.as_ref().unwrap().subjects[0][0];
    assert_eq!((subject.title(), &subject.name), (label, &None));
}

#[test]
fn the_map_is_walked_and_looked_at_closely() {
    let mut screen = map(&sample(), 120, 32);
    let start = screen.app.current.unwrap();
    screen.press(KeyCode::Right);
    let next = screen.app.current.unwrap();
    assert_ne!(start, next);
    assert_eq!(screen.app.neighbours.of, Some(Centre::Paper(next)), "its neighbours are beside it");
    let whole = screen.app.map.view.unwrap();
    screen.type_text("++");
    let near = screen.app.map.view.unwrap();
    assert!(near.magnification() > whole.magnification());
    assert!(near.shows(screen.app.map.place(next).unwrap()));
    assert_snapshot!("the_map_magnified", screen.text());
    screen.type_text("LK");
    assert_ne!(screen.app.map.view.unwrap().middle(), near.middle());
    // Walking brings the paper back on screen, however far.
    for code in [KeyCode::Up, KeyCode::Left, KeyCode::Down, KeyCode::Right].repeat(5) {
        screen.press(code);
        let place = screen.app.map.place(screen.app.current.unwrap()).unwrap();
        assert!(screen.app.map.view.unwrap().shows(place));
    }
    screen.type_text("0");
    assert_eq!(screen.app.map.view.unwrap(), whole);
    let here = screen.app.current;
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.app.current), (View::Library, here));
    screen.press(KeyCode::Backspace);
    assert_eq!((screen.app.view, screen.app.current), (View::Map, here));
}

#[test]
fn every_paper_of_the_map_can_be_reached() {
    let mut screen = map(&some(), 80, 24);
    let mut seen = std::collections::HashSet::from([screen.app.current.unwrap()]);
    let mut open = vec![screen.app.current.unwrap()];
    while let Some(from) = open.pop() {
        for code in [KeyCode::Left, KeyCode::Right, KeyCode::Up, KeyCode::Down] {
            screen.app.current = Some(from);
            screen.press(code);
            let to = screen.app.current.unwrap();
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    assert_eq!(seen.len(), 120);
}

#[test]
fn hits_marks_and_the_selection_are_lit_on_the_map() {
    let mut screen = map(&sample(), 120, 32);
    screen.type_text("/graph");
    assert_eq!(screen.app.view, View::Map);
    screen.press(KeyCode::Enter);
    let first = screen.app.current.unwrap();
    screen.type_text("n");
    let second = screen.app.current.unwrap();
    assert_ne!(first, second);
    screen.type_text("N ");
    assert_eq!(screen.app.current, Some(first));
    let ids: Vec<PaperId> = screen.app.snapshot.papers().iter().map(|paper| paper.id).collect();
    let mut marks = Marks::default();
    marks.entry(ids[3]).starred = true;
    marks.entry(ids[5]).state = State::Read;
    let marks = Arc::new(marks);
    screen.news(Kind::Marks, News::Marks { marks, said: None, papers_changed: false });
    assert_snapshot!("the_map_with_hits_and_marks", screen.text());
    screen.type_text("4");
    let text = screen.text();
    let read = text.lines().filter(|line| line.contains(" %") && !line.contains(" 0 %"));
    assert_eq!(read.count(), 1, "one paper of one cluster is read:\n{text}");
    // Away from the hits, and with Enter to the paper: the filter would hide it.
    screen.press(KeyCode::Esc);
    screen.type_text("5");
    let hidden = ids.iter().position(|_| true).map(|at| ids[at]).unwrap();
    screen.app.current = Some(hidden);
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.app.current), (View::Library, Some(hidden)));
}

#[test]
fn colours_and_places_stay_when_vectors_arrive() {
    let mut screen = clusters(&sample(), 120, 32);
    screen.hold_ground = true;
    let colours = |screen: &Screen| {
        let found = screen.app.clusters.found.clone().unwrap();
        found.subjects[0].iter().map(|subject| subject.colour).collect::<Vec<_>>()
    };
    let before = colours(&screen);
    screen.type_text("j");
    let at = screen.app.clusters.row();
    let papers = screen.app.snapshot.len();
    screen.asked.clear();
    let asked = |screen: &mut Screen| {
        let asked = std::mem::take(&mut screen.asked);
        asked.iter().filter(|effect| matches!(effect, Effect::Ground { .. })).count()
    };
    screen.news(Kind::Embed, News::ModelReady { has_vector: vec![false; papers] });
    assert_eq!(asked(&mut screen), 0, "nothing new is known");
    let progress = Progress { done: 1, total: papers, papers_per_second: 1.0, left: None };
    let embed = |screen: &mut Screen, papers: std::ops::Range<usize>| {
        let papers = papers.collect();
        screen.news(Kind::Embed, News::Embedded { papers, progress });
    };
    embed(&mut screen, 0..1);
    assert_eq!(asked(&mut screen), 1, "the first vectors");
    embed(&mut screen, 1..20);
    assert_eq!(asked(&mut screen), 0, "a few more change little");
    embed(&mut screen, 20..60);
    assert_eq!(asked(&mut screen), 1, "many more");
    screen.news(Kind::Embed, News::EmbeddingDone);
    let ground = Arc::clone(screen.app.clusters.ground.as_ref().unwrap());
    assert!(screen.asked.iter().any(|e| matches!(e, Effect::Ground { complete: true, .. })));
    // The same papers are alike by vectors, too.
    screen.news(Kind::Ground, News::Ground(ground));
    assert_eq!((colours(&screen), screen.app.clusters.row()), (before, at));
}

#[test]
fn what_is_of_an_older_library_stays_until_there_is_better() {
    let mut screen = clusters(&sample(), 80, 24);
    screen.hold_ground = true;
    screen.press(KeyCode::Enter);
    let gone = screen.app.clusters.paper().unwrap();
    let left: Vec<Paper> =
        screen.app.snapshot.papers().iter().filter(|paper| paper.id != gone).cloned().collect();
    screen.show(Snapshot::new(left));
    assert!(screen.app.shown_paper().is_none());
    assert!(screen.text().contains("Clusters"));
    screen.press(KeyCode::Enter);
    assert_eq!(screen.app.view, View::Clusters, "there is no such paper to go to");
    screen.type_text("j5");
    screen.text();
    for code in [KeyCode::Up, KeyCode::Left, KeyCode::Down, KeyCode::Right].repeat(20) {
        screen.press(code);
        assert_ne!(screen.app.current, Some(gone));
    }
}
