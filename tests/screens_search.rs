//! Search, seeds, filters of the neighbours and why they are close: what is on the screen, and what keys
//! do to it.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/screen.rs"]
#[allow(dead_code)]
mod screen;

use std::sync::Arc;

use crossterm::event::{Event, KeyCode};
use insta::assert_snapshot;
use specter_tui::app::effect::Effect;
use specter_tui::app::jobs::Kind;
use specter_tui::app::neighbours::Centre;
use specter_tui::app::state::{Mode, ModelState, Pane, Prompt, View};
use specter_tui::app::why::{Origin, Sentences};
use specter_tui::embed::model::Metric;
use specter_tui::event::{Msg, News};
use specter_tui::library::marks::{Marks, State};
use specter_tui::library::paper::Snapshot;
use specter_tui::similarity::explain::sentences::SentencePair;
use specter_tui::similarity::explain::{Part, Place};
use specter_tui::similarity::rank::{Join, Ranking};
use specter_tui::similarity::vectors::Vectors;

use screen::{Screen, sample};

/// The sample with vectors, the same in every run: title words are thrown into a few dimensions.
fn embedded(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::open(&sample(), columns, rows);
    let papers = screen.app.snapshot.papers();
    let mut vectors = Vectors::new(papers.len(), 16, Metric::Cosine);
    for (index, paper) in papers.iter().enumerate() {
        let mut vector = vec![0.01_f32; 16];
        for word in paper.title.split_whitespace() {
            let hash = word.bytes().fold(7_usize, |hash, byte| hash * 31 + usize::from(byte));
            vector[hash % 16] += 1.0;
        }
        vectors.set(index, &vector).unwrap();
    }
    screen.vectors = Some(vectors);
    let has_vector = vec![true; screen.app.snapshot.len()];
    screen.news(Kind::Embed, News::ModelReady { has_vector });
    screen.news(Kind::Embed, News::EmbeddingDone);
    screen
}

/// Cite keys of the neighbours.
fn neighbours(screen: &Screen) -> Vec<&str> {
    let papers = screen.app.snapshot.papers();
    let shown = screen.app.shown_neighbours().iter();
    shown.map(|neighbour| papers[neighbour.paper].key.as_str()).collect()
}

/// Cite keys of what the search found.
fn found(screen: &Screen) -> Vec<&str> {
    let papers = screen.app.snapshot.papers();
    screen.app.search.items.iter().map(|found| papers[found.paper].key.as_str()).collect()
}

#[test]
fn an_empty_search_says_what_can_be_typed() {
    for (columns, rows) in [(80, 24), (200, 60), (40, 12)] {
        let mut screen = Screen::open(&sample(), columns, rows);
        screen.type_text("s");
        assert_eq!(screen.app.mode, Mode::Prompt(Prompt::Search));
        assert_snapshot!(format!("empty_search_{columns}x{rows}"), screen.text());
    }
}

#[test]
fn what_is_typed_is_found_as_it_is_typed() {
    for (columns, rows) in [(80, 24), (200, 60), (60, 16)] {
        let mut screen = embedded(columns, rows);
        screen.type_text("scontextual word representations year:2017..");
        let papers = screen.app.snapshot.papers();
        assert!(screen.app.search.items.iter().all(|f| papers[f.paper].year() >= Some(2017)));
        assert_snapshot!(format!("search_{columns}x{rows}"), screen.text());
    }
}

#[test]
fn a_pasted_abstract_is_one_text_of_several_rows() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("s");
    let paper = &screen.app.snapshot.papers()[3];
    let (key, text) = (paper.key.clone(), paper.abstract_text.replace(". ", ".\n\u{202e}"));
    screen.tell(Msg::Input(Event::Paste(text)));
    assert_eq!(found(&screen)[0], key, "the paper whose abstract it is");
    assert!(!screen.app.search.input.value().contains(['\n', '\u{202e}']));
    assert_snapshot!(screen.text());
}

#[test]
fn enter_goes_to_the_paper_and_back_leads_to_the_search() {
    let mut screen = Screen::open(&sample(), 100, 30);
    let before = screen.current().to_owned();
    screen.type_text("sgraph convolution");
    screen.press(KeyCode::Down);
    let second = found(&screen)[1].to_owned();
    screen.press(KeyCode::Enter);
    assert_eq!((screen.app.view, screen.current()), (View::Library, second.as_str()));
    assert!(screen.text().contains("trail: "));
    screen.press(KeyCode::Backspace);
    assert_eq!((screen.app.view, screen.current()), (View::Search, before.as_str()));
    assert_eq!(screen.app.search.scroll.cursor, 1, "the list is as it was left");
    screen.press(KeyCode::Esc);
    assert_eq!(screen.app.view, View::Library);
    screen.type_text("3");
    assert_eq!((screen.app.view, screen.app.mode), (View::Search, Mode::Normal));
}

#[test]
fn what_makes_no_sense_is_told_mildly() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("sgraph is:unr");
    assert!(screen.text().contains("write is:unread"), "{}", screen.text());
    assert!(!found(&screen).is_empty(), "the words are looked for nevertheless");
    screen.press(KeyCode::Esc);
    screen.type_text("1/autor:dev");
    assert!(screen.text().contains("write author:"), "{}", screen.text());
    screen.press(KeyCode::Esc);
    screen.type_text("syear:2019");
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("syear:2019");
    assert!(screen.text().contains("Add words to look for"), "{}", screen.text());
}

#[test]
fn nothing_found_is_said() {
    let mut screen = Screen::open(&sample(), 80, 24);
    screen.type_text("sxyzzy");
    assert!(screen.text().contains("No paper has any of these words."));
    let mut screen = Screen::open("", 80, 24);
    screen.type_text("sword");
    assert!(screen.text().contains("There are no papers to search."));
}

#[test]
fn the_model_reads_the_text_once_the_words_have_answered() {
    let mut screen = embedded(100, 30);
    screen.asked.clear();
    screen.type_text("sgraph");
    let texts: Vec<String> = (screen.asked.iter())
        .filter_map(|effect| match effect {
            Effect::ReadText { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(texts.last().map(String::as_str), Some("graph"));
    screen.hold = true;
    screen.asked.clear();
    screen.news(Kind::ReadText, News::TextRead);
    assert!(matches!(&screen.asked[..], [Effect::Search { sought, .. }] if sought.text == "graph"));
    // The list sharpens under the reader's cursor.
    screen.press(KeyCode::Down);
    let mut items = screen.app.search.items.clone();
    let reading = items[1].paper;
    items.swap(1, 3);
    screen.asked.clear();
    screen.news(Kind::Search, News::Found { read: true, found: items });
    assert_eq!(screen.app.search.scroll.cursor, 3);
    assert_eq!(screen.app.search.selected().unwrap().paper, reading);
    assert!(!screen.asked.iter().any(|effect| matches!(effect, Effect::ReadText { .. })));
}

#[test]
fn seeds_have_their_own_list() {
    let mut screen = embedded(200, 60);
    screen.type_text("+");
    let first = screen.current().to_owned();
    screen.type_text("jj+");
    let second = screen.current().to_owned();
    assert_eq!(screen.app.centre(), Some(Centre::Seeds));
    let two = neighbours(&screen).join(" ");
    assert!(!two.contains(&first) && !two.contains(&second), "seeds are not their own neighbours");
    screen.type_text("jjjj-");
    assert_ne!(neighbours(&screen).join(" "), two);
    screen.type_text("=");
    assert_eq!(screen.app.seeds.join, Join::All);
    assert_snapshot!(screen.text());
    screen.resize(80, 24);
    assert_snapshot!("seeds_80x24", screen.text());
    screen.press(KeyCode::Esc);
    assert!(screen.app.seeds.is_empty());
    assert_eq!(screen.app.centre(), screen.app.current.map(Centre::Paper));
}

#[test]
fn whoever_is_faster_than_the_search_goes_where_it_leads() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("sgraph");
    let found: Vec<_> = screen.app.search.items.iter().rev().copied().collect();
    let first = screen.app.snapshot.papers()[found[0].paper].key.clone();
    screen.hold = true;
    screen.type_text(" year:2000..");
    screen.press(KeyCode::Enter);
    assert!(screen.text().contains("─ Found ─"), "the list answers another question");
    screen.news(Kind::Search, News::Found { read: false, found: found.clone() });
    assert_eq!(screen.current(), first);
    // What failed is not waited for any longer.
    screen.type_text("s networks");
    screen.press(KeyCode::Enter);
    screen.news(Kind::Search, News::Failed("no memory".to_owned()));
    screen.news(Kind::Search, News::Found { read: false, found });
    assert!(screen.text().contains("─ Found ─"));
}

#[test]
fn whoever_dives_from_the_seeds_comes_back_to_them() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.type_text("+jj+");
    screen.press(KeyCode::Enter);
    screen.type_text("j");
    let list = neighbours(&screen).join(" ");
    let to = neighbours(&screen)[1].to_owned();
    screen.press(KeyCode::Enter);
    assert_eq!(screen.current(), to);
    assert_eq!(screen.app.centre(), screen.app.current.map(Centre::Paper));
    screen.press(KeyCode::Backspace);
    assert_eq!(screen.app.centre(), Some(Centre::Seeds));
    assert_eq!(neighbours(&screen).join(" "), list);
    assert_eq!(screen.app.neighbours.scroll.cursor, 1, "on the paper that one comes back from");
    screen.type_text("-");
    assert_eq!(screen.app.seeds.unlike.len(), 1);
    assert!(!neighbours(&screen).contains(&to.as_str()), "it is no neighbour any more");
    screen.type_text("1-");
    assert_eq!(screen.app.seeds.like.len(), 1, "what was wanted is not wanted now");
    screen.type_text("-");
    assert_eq!(screen.app.seeds.unlike.len(), 1);
    assert!(
        !screen.app.seeds.unlike.contains(&screen.app.current.unwrap()),
        "a second time takes it back"
    );
}

#[test]
fn less_like_one_means_more_like_the_current_paper() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.press(KeyCode::Enter);
    let current = screen.app.current_index();
    screen.type_text("-");
    let wish = screen.app.wish().unwrap();
    assert_eq!(wish.seeds.like, current.into_iter().collect::<Vec<_>>());
    assert!(screen.text().contains(" · not "), "{}", screen.text());
    screen.press(KeyCode::Esc);
    screen.type_text("1-");
    assert!(screen.text().contains("tells what you want more of"), "{}", screen.text());
}

#[test]
fn neighbours_are_filtered_in_their_list() {
    let mut screen = Screen::open(&sample(), 120, 32);
    screen.press(KeyCode::Enter);
    let before = screen.app.library.rows.len();
    screen.type_text("/year:2019..");
    assert_eq!(screen.app.mode, Mode::Prompt(Prompt::Neighbours));
    let papers = screen.app.snapshot.papers();
    let shown = screen.app.shown_neighbours();
    assert!(!shown.is_empty() && shown.iter().all(|n| papers[n.paper].year() >= Some(2019)));
    assert_eq!(screen.app.library.rows.len(), before, "the library is not filtered");
    assert_snapshot!(screen.text());
    screen.type_text(" is:unr");
    assert!(screen.text().contains("write is:unread"));
    screen.type_text("ead xyzzy");
    assert!(screen.text().contains("No neighbour matches the filter."));
    screen.press(KeyCode::Enter);
    screen.press(KeyCode::Esc);
    assert!(screen.app.neighbours.filter.value().is_empty());
    assert!(neighbours(&screen).len() > 20);
}

#[test]
fn what_is_read_can_be_hidden() {
    let mut screen = Screen::open(&sample(), 120, 32);
    let first = screen.app.shown_neighbours()[0].paper;
    let id = screen.app.snapshot.papers()[first].id;
    let mut marks = Marks::default();
    marks.entry(id).state = State::Read;
    screen.type_text("H");
    screen.news(
        Kind::Marks,
        News::Marks { marks: Arc::new(marks), said: None, papers_changed: false },
    );
    assert!(screen.app.shown_neighbours().iter().all(|neighbour| neighbour.paper != first));
    assert!(screen.text().contains("read hidden"));
    screen.type_text("H");
    assert_eq!(screen.app.shown_neighbours()[0].paper, first);
    screen.type_text("D");
    assert!(screen.text().contains("diverse"));
}

#[test]
fn why_they_are_close() {
    for (columns, rows) in [(80, 24), (120, 32), (200, 60)] {
        let mut screen = embedded(columns, rows);
        screen.type_text("2j");
        let pair = screen.app.why.pair.clone().unwrap();
        let paper = screen.app.snapshot.by_id(pair.paper).unwrap();
        let a = Place { part: Part::Title, range: 0..9 };
        let b = &screen.app.snapshot.papers()[paper].abstract_text;
        let b = Place { part: Part::Abstract, range: 0..b.find(". ").unwrap() + 1 };
        let sentences = SentencePair { a, b, similarity: 0.5 };
        screen.news(Kind::Sentences, News::Sentences(Some(sentences)));
        assert_snapshot!(format!("why_{columns}x{rows}"), screen.text());
    }
}

#[test]
fn the_explanation_follows_the_cursor_and_can_be_put_away() {
    let mut screen = embedded(120, 32);
    let first = screen.app.why.pair.clone().unwrap();
    assert_eq!(first.origin, Origin::Paper(screen.app.current.unwrap()));
    assert!(screen.text().contains("Why 1 · closer than"), "{}", screen.text());
    assert_eq!(screen.app.why.sentences, Sentences::Asked);
    screen.press(KeyCode::Enter);
    screen.type_text("j");
    assert_ne!(screen.app.why.pair, Some(first));
    screen.type_text("w");
    assert!(!screen.text().contains("Why 2"));
    assert_eq!(screen.app.why.pair, None, "nothing is explained to nobody");
    screen.type_text("w");
    assert!(screen.text().contains("Why 2 · closer than"));
    // Where there is less room it takes the place of the paper's details.
    screen.resize(80, 24);
    screen.type_text("1");
    assert!(screen.text().contains("Why 2"));
    screen.type_text("w");
    assert!(!screen.text().contains("Why 2"));
}

#[test]
fn a_search_explains_itself_too() {
    let mut screen = embedded(120, 32);
    screen.type_text("scontextual word representations");
    assert!(matches!(screen.app.why.pair.as_ref().unwrap().origin, Origin::Text(_)));
    let terms: Vec<&str> =
        screen.app.why.explanation.terms.iter().map(|term| term.term.as_str()).collect();
    assert!(terms.contains(&"word"), "{terms:?}");
    assert_snapshot!(screen.text());
}

#[test]
fn the_ranking_is_that_of_all_lists() {
    let mut screen = embedded(200, 60);
    screen.type_text("sgraph");
    screen.press(KeyCode::Tab);
    let hybrid = found(&screen).join(" ");
    screen.type_text("hh");
    assert_eq!(screen.app.ranking, Ranking::Lexical);
    assert_ne!(found(&screen).join(" "), hybrid);
    screen.type_text("2");
    assert_eq!((screen.app.view, screen.app.pane), (View::Neighbours, Pane::Neighbours));
    assert_eq!(screen.app.model, ModelState::Done);
    let ranks: Vec<_> = screen.app.shown_neighbours().iter().map(|n| n.lexical_rank).collect();
    assert!(ranks.iter().enumerate().all(|(row, rank)| *rank == Some(row + 1)), "{ranks:?}");
}

#[test]
fn a_changed_library_keeps_what_was_found_and_asks_again() {
    let mut screen = Screen::open(&sample(), 100, 30);
    screen.type_text("sgraph");
    let owned = |screen: &Screen| found(screen).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut before = owned(&screen);
    screen.hold = true;
    let papers = screen.app.snapshot.papers().to_vec();
    let gone = before.remove(0);
    let left = papers.into_iter().filter(|paper| paper.key != gone).collect();
    screen.asked.clear();
    screen.show(Snapshot::new(left));
    assert_eq!(owned(&screen), before, "indices are those of the new library");
    assert!(screen.asked.iter().any(|effect| matches!(effect, Effect::Search { .. })));
}
