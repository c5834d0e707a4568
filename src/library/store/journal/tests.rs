use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::library::import::import;
use crate::library::marks::{Change, Mark, Marks, State};

fn store(folder: &Path, papers: usize) -> (Store, Vec<PaperId>) {
    let mut store = Store::open(folder).unwrap();
    let ids = (0..papers).map(|_| store.write(|writer| writer.insert_paper(1)).unwrap()).collect();
    (store, ids)
}

/// The marks that say something, in order.
fn said(marks: &Marks) -> Vec<(PaperId, Mark)> {
    let mut said: Vec<(PaperId, Mark)> =
        marks.iter().map(|(paper, mark)| (paper, mark.clone())).collect();
    said.sort_by_key(|(paper, _)| *paper);
    said
}

#[test]
fn steps_are_undone_and_redone_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 3);
    store.mark(&ids, &[Change::Star(true)], 10).unwrap();
    store.mark(&ids[..1], &[Change::State(State::Read), Change::Tag("t".into())], 20).unwrap();
    drop(store);

    let mut store = Store::open(folder.path()).unwrap();
    let step = store.undo().unwrap().unwrap();
    let expected = Step { what: "read, tag t".into(), papers: ids[..1].to_vec(), at: 20 };
    assert_eq!(step, expected);
    let marks = store.marks().unwrap();
    let mark = marks.get(ids[0]).unwrap();
    assert_eq!((mark.state, mark.starred, mark.tags.len()), (State::Unread, true, 0));
    assert_eq!(store.undo().unwrap().unwrap().papers, ids);
    assert_eq!(store.marks().unwrap().iter().count(), 0);
    assert_eq!(store.undo().unwrap(), None);
    assert_eq!(store.redo().unwrap().unwrap().what, "star");
    assert_eq!(store.redo().unwrap().unwrap(), expected);
    assert_eq!(store.redo().unwrap(), None);
    assert_eq!(store.marks().unwrap().get(ids[0]).unwrap().dates.state, Some(20));
}

#[test]
fn what_is_done_after_an_undo_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 1);
    store.mark(&ids, &[Change::Star(true)], 1).unwrap();
    store.undo().unwrap();
    store.mark(&ids, &[Change::Rating(Some(3))], 2).unwrap();
    assert_eq!(store.redo().unwrap(), None);
    assert_eq!(store.undo().unwrap().unwrap().what, "rating 3");
    assert_eq!(store.undo().unwrap(), None);
}

#[test]
fn a_step_changes_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 2);
    let failed: Result<(), StoreError> = store.write(|writer| {
        writer.mark(&ids, &[Change::Star(true)], 1)?;
        Err(StoreError::Damaged { path: PathBuf::new(), what: String::new() })
    });
    assert!(failed.is_err());
    assert_eq!(store.marks().unwrap().iter().count(), 0);
    assert_eq!(store.undo().unwrap(), None);
}

#[test]
fn the_steps_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, ids) = store(folder.path(), 1);
    store
        .write(|writer| {
            (0..STEPS_KEPT + 30)
                .try_for_each(|at| writer.mark(&ids, &[Change::Note(at.to_string())], at).map(drop))
        })
        .map_err(|error: StoreError| error)
        .unwrap();
    let undone = std::iter::from_fn(|| store.undo().unwrap()).count();
    assert_eq!(undone as i64, STEPS_KEPT);
    assert_eq!(store.marks().unwrap().get(ids[0]).unwrap().note, "29");
}

#[test]
fn forgotten_papers_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (gone, cut) = (folder.path().join("gone.bib"), folder.path().join("cut.bib"));
    let mut store = Store::open(&folder.path().join("library")).unwrap();
    std::fs::write(&gone, "@misc{a, title={A title of four}, keywords={x}}").unwrap();
    std::fs::write(&cut, "@misc{b, title={Another one}}\n@misc{c, title={A third}}").unwrap();
    import(&mut store, &gone, 1).unwrap();
    import(&mut store, &cut, 1).unwrap();
    std::fs::remove_file(&gone).unwrap();
    std::fs::write(&cut, "").unwrap();
    import(&mut store, &cut, 2).unwrap();
    let before = store.snapshot(&[]).unwrap();
    assert_eq!(before.papers().iter().filter(|paper| paper.missing).count(), 3);

    let forget = |store: &mut Store| {
        store.write(|writer| writer.forget_missing(&[])).map_err(|e: StoreError| e).unwrap()
    };
    assert_eq!(forget(&mut store), 3);
    assert_eq!(store.snapshot(&[]).unwrap().len(), 0);
    assert_eq!(forget(&mut store), 0);
    for _ in 0..2 {
        let step = store.undo().unwrap().unwrap();
        assert_eq!((step.what.as_str(), step.papers.len()), ("forget missing papers", 3));
        let mut back = store.snapshot(&[]).unwrap().papers().to_vec();
        let mut papers = before.papers().to_vec();
        back.sort_by_key(|paper| paper.id);
        papers.sort_by_key(|paper| paper.id);
        assert_eq!(back, papers);
        assert_eq!(store.undo().unwrap(), None);
        assert_eq!(store.redo().unwrap().unwrap().papers.len(), 3);
        assert_eq!(store.snapshot(&[]).unwrap().len(), 0);
    }
    // What came back by itself does not come twice, and is not forgotten again.
    std::fs::write(&gone, "@misc{a, title={A title of four}, keywords={x}}").unwrap();
    import(&mut store, &gone, 3).unwrap();
    assert_eq!(store.undo().unwrap().unwrap().papers.len(), 2);
    assert_eq!(store.snapshot(&[]).unwrap().len(), 3);
    store.redo().unwrap().unwrap();
    assert_eq!(store.snapshot(&[]).unwrap().len(), 1);
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        prop::sample::select(State::ALL.to_vec()).prop_map(Change::State),
        any::<bool>().prop_map(Change::Star),
        any::<bool>().prop_map(Change::NotForMe),
        prop::option::of(1_u8..=5).prop_map(Change::Rating),
        "[ab]".prop_map(Change::Tag),
        "[ab]".prop_map(Change::Untag),
        "[xy]{0,2}".prop_map(Change::Note),
        "[ab]".prop_map(Change::List),
        "[ab]".prop_map(Change::Unlist),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn undoing_leads_back_through_every_state_and_redoing_forth(
        steps in prop::collection::vec(
            (prop::collection::vec(0_usize..3, 1..3), prop::collection::vec(any_change(), 1..3)),
            1..8,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, ids) = store(folder.path(), 3);
        let mut states = vec![said(&store.marks().unwrap())];
        for (at, (papers, changes)) in steps.iter().enumerate() {
            let papers: Vec<PaperId> = papers.iter().map(|&paper| ids[paper]).collect();
            if store.mark(&papers, changes, at as i64).unwrap().is_some() {
                states.push(said(&store.marks().unwrap()));
            }
        }
        for state in states.iter().rev().skip(1) {
            prop_assert!(store.undo().unwrap().is_some());
            prop_assert_eq!(&said(&store.marks().unwrap()), state);
        }
        prop_assert_eq!(store.undo().unwrap(), None);
        for state in &states[1..] {
            prop_assert!(store.redo().unwrap().is_some());
            prop_assert_eq!(&said(&store.marks().unwrap()), state);
        }
        prop_assert_eq!(store.redo().unwrap(), None);
    }
}
