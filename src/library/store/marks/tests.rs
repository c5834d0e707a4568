use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::library::import::import;

/// A store with so many papers that no file has.
fn store(folder: &Path, papers: usize) -> (Store, Vec<PaperId>) {
    let mut store = Store::open(folder).unwrap();
    let ids = (0..papers).map(|_| store.write(|writer| writer.insert_paper(1)).unwrap()).collect();
    (store, ids)
}

#[test]
fn each_change_is_kept_with_its_date() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 2);
    let changes = [
        Change::State(State::Reading),
        Change::Star(true),
        Change::Rating(Some(9)),
        Change::Tag(" methods ".into()),
        Change::Tag("chapter 2".into()),
        Change::Note("Read section 3.\n".into()),
        Change::List("for the review".into()),
    ];
    let step = store.mark(&ids[..1], &changes, 100).unwrap().unwrap();
    assert_eq!((step.papers.as_slice(), step.at), (&ids[..1], 100));
    assert!(step.what.starts_with("reading, star, rating 9, tag"), "{}", step.what);
    store.mark(&ids[..1], &[Change::State(State::Read)], 200).unwrap().unwrap();
    store.opened(ids[0], 300).unwrap();
    store.opened(ids[0], 400).unwrap();

    let marks = Store::open(folder.path()).unwrap().marks().unwrap();
    let mark = marks.get(ids[0]).unwrap();
    let expected = Mark {
        state: State::Read,
        starred: true,
        not_for_me: false,
        rating: Some(5),
        tags: vec!["chapter 2".into(), "methods".into()],
        note: "Read section 3.".into(),
        lists: vec!["for the review".into()],
        dates: crate::library::marks::Dates {
            state: Some(200),
            starred: Some(100),
            not_for_me: Some(100),
            rating: Some(100),
            tags: Some(100),
            note: Some(100),
            lists: Some(100),
        },
        opened: vec![300, 400],
    };
    assert_eq!(*mark, expected);
    assert_eq!(marks.get(ids[1]), None);
    assert_eq!(marks.tags().into_iter().collect::<Vec<_>>(), ["chapter 2", "methods"]);
    assert_eq!(marks.lists().into_iter().collect::<Vec<_>>(), ["for the review"]);
}

#[test]
fn what_is_so_already_is_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 2);
    assert!(store.mark(&ids[..1], &[Change::Star(true)], 1).unwrap().is_some());
    let marks = store.marks().unwrap();
    assert_eq!(store.mark(&ids[..1], &[Change::Star(true)], 2).unwrap(), None);
    assert_eq!(store.mark(&ids, &[Change::Untag("x".into())], 2).unwrap(), None);
    assert!(!store.marks_changed(&marks).unwrap());
    let step = store.mark(&ids, &[Change::Star(true)], 3).unwrap().unwrap();
    assert_eq!(step.papers, ids[1..]);
}

#[test]
fn whoever_likes_a_paper_takes_back_that_it_is_not_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 1);
    let mut say = |change: Change| {
        store.mark(&ids, &[change], 1).unwrap();
        let marks = store.marks().unwrap();
        let mark = marks.get(ids[0]).unwrap();
        (mark.starred, mark.not_for_me)
    };
    assert_eq!(say(Change::NotForMe(true)), (false, true));
    assert_eq!(say(Change::Star(true)), (true, false));
    assert_eq!(say(Change::NotForMe(true)), (false, true));
    assert_eq!(say(Change::NotForMe(false)), (false, false));
}

#[test]
fn marks_of_another_program_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, ids) = store(folder.path(), 1);
    let mut other = Store::open(folder.path()).unwrap();
    let known = other.marks().unwrap();
    one.add_vectors(one.model("m", "m", 1).unwrap(), &[([0; 32], vec![1.0])]).unwrap();
    assert!(!other.marks_changed(&known).unwrap(), "vectors are no marks");
    for change in 0..4 {
        let known = other.marks().unwrap();
        match change {
            0 => drop(one.mark(&ids, &[Change::Star(true)], 1).unwrap()),
            1 => drop(one.undo().unwrap()),
            2 => drop(other.redo().unwrap()),
            _ => one.opened(ids[0], 5).unwrap(),
        }
        assert!(other.marks_changed(&known).unwrap(), "{change}");
    }
}

#[test]
fn openings_are_kept_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 1);
    for at in 0..OPENINGS_KEPT + 20 {
        store.opened(ids[0], at).unwrap();
    }
    let marks = store.marks().unwrap();
    let opened = &marks.get(ids[0]).unwrap().opened;
    assert_eq!(opened.len() as i64, OPENINGS_KEPT);
    assert_eq!(opened.last(), Some(&(OPENINGS_KEPT + 19)));
}

#[test]
fn marks_survive_a_renamed_key_and_works_that_turn_out_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let bib = folder.path().join("l.bib");
    let mut store = Store::open(folder.path()).unwrap();
    let read = |store: &mut Store, text: &str| {
        std::fs::write(&bib, text).unwrap();
        import(store, &bib, 1).unwrap();
        store.snapshot(&[]).unwrap()
    };
    let snapshot = read(
        &mut store,
        "@misc{a, title={Waves in shallow water}, year=2001, doi={10.1/a}}
         @misc{b, title={Waves in shallow water: a preprint}, year=2000, eprint={2001.00001}}",
    );
    let id = |key: &str| snapshot.papers()[snapshot.by_key(key).unwrap()].id;
    let (a, b) = (id("a"), id("b"));
    store.mark(&[a], &[Change::Star(true), Change::Note("First.".into())], 10).unwrap();
    store.mark(&[a], &[Change::State(State::Read)], 30).unwrap();
    store.opened(b, 40).unwrap();
    let of_b = [
        Change::State(State::Queued),
        Change::NotForMe(true),
        Change::Tag("t".into()),
        Change::Note("Second.".into()),
        Change::List("l".into()),
    ];
    store.mark(&[b], &of_b, 20).unwrap();

    // A new key, and an arXiv id that makes the two one.
    let snapshot = read(
        &mut store,
        "@misc{z, title={Waves in shallow water}, year=2001, doi={10.1/a}, eprint={2001.00001}}",
    );
    assert_eq!(snapshot.len(), 1);
    let paper = snapshot.papers()[0].id;
    assert!([a, b].contains(&paper));
    let marks = store.marks().unwrap();
    assert_eq!(marks.iter().count(), 1);
    let mark = marks.get(paper).unwrap();
    assert_eq!(mark.state, State::Read, "the later word counts");
    assert_eq!((mark.starred, mark.not_for_me), (false, true), "the later word counts");
    assert_eq!(mark.note, "First.\n\nSecond.");
    assert_eq!(
        (mark.tags.as_slice(), mark.lists.as_slice()),
        (&["t".into()][..], &["l".into()][..])
    );
    assert_eq!(mark.opened, [40]);
    // The steps go on with the work that is left.
    let step = store.undo().unwrap().unwrap();
    assert_eq!(step.papers, [paper]);
    assert!(store.marks().unwrap().get(paper).unwrap().tags.is_empty());
}

#[test]
fn what_is_no_mark_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store(folder.path(), 1);
    Connection::open(store.path())
        .unwrap()
        .execute("INSERT INTO marks VALUES (1, 'rating', '', 'many', 1)", [])
        .unwrap();
    let error = store.marks().unwrap_err();
    assert!(error.to_string().contains("the mark rating = many"), "{error}");
}
