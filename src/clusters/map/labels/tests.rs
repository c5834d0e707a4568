use proptest::prelude::*;

use super::*;

const AREA: Rect = Rect { left: 0, top: 0, width: 80, height: 24 };

fn wanted(x: f32, y: f32, width: i32, papers: usize) -> Wanted {
    Wanted { anchor: (x, y), width, height: 1, papers }
}

#[test]
fn a_label_lies_about_its_anchor_where_nothing_is_in_the_way() {
    let placed = place(&[wanted(40.0, 12.5, 10, 5)], AREA, &[]);
    assert_eq!(placed, [Some(Rect { left: 35, top: 12, width: 10, height: 1 })]);
}

#[test]
fn the_larger_cluster_gets_the_better_place_and_what_has_no_room_is_left_out() {
    let at_one_place: Vec<Wanted> = (1..=60).map(|papers| wanted(40.0, 12.5, 10, papers)).collect();
    let placed = place(&at_one_place, AREA, &[]);
    assert_eq!(placed[59], Some(Rect { left: 35, top: 12, width: 10, height: 1 }));
    let found = placed.iter().flatten().count();
    assert!((5..60).contains(&found), "{found}");
    assert!(placed[0].is_none(), "the smallest");
    assert_eq!(place(&[wanted(40.0, 12.0, 81, 1)], AREA, &[]), [None], "too wide");
}

#[test]
fn a_label_avoids_the_papers_if_that_takes_it_not_far() {
    let papers: Vec<(f32, f32)> = (35..45).map(|x| (x as f32 + 0.5, 12.5)).collect();
    let placed = place(&[wanted(40.0, 12.5, 10, 20)], AREA, &papers)[0].unwrap();
    assert!(placed.top != 12 && (placed.top - 12).abs() <= 2, "{placed:?}");
    // All over the map there are papers: it stays.
    let everywhere: Vec<(f32, f32)> =
        (0..80 * 24).map(|i| ((i % 80) as f32 + 0.5, (i / 80) as f32 + 0.5)).collect();
    let placed = place(&[wanted(40.0, 12.5, 10, 20)], AREA, &everywhere)[0].unwrap();
    assert_eq!((placed.left, placed.top), (35, 12));
}

#[test]
fn a_name_belongs_on_the_map_and_not_in_a_hollow_of_it() {
    let ring: Vec<Point> = (0..40)
        .map(|i| (i as f32 / 40.0 * std::f32::consts::TAU).sin_cos())
        .map(|(y, x)| Point { x: 5.0 * x, y: 5.0 * y })
        .collect();
    assert!(ring.contains(&anchor(&ring).unwrap()));
    let mut strays = vec![Point { x: 1.0, y: 1.0 }; 9];
    strays.push(Point { x: 1e6, y: -1e6 });
    assert_eq!(anchor(&strays), Some(Point { x: 1.0, y: 1.0 }));
    assert_eq!(anchor(&[]), None);
}

proptest! {
    #[test]
    fn labels_never_overlap_and_never_leave_the_area(
        labels in prop::collection::vec((-10.0f32..90.0, -5.0f32..30.0, 1i32..30, 1i32..3, 0usize..99), 0..40),
        papers in prop::collection::vec((0.0f32..80.0, 0.0f32..24.0), 0..100),
    ) {
        let wanted: Vec<Wanted> = labels
            .into_iter()
            .map(|(x, y, width, height, papers)| Wanted { anchor: (x, y), width, height, papers })
            .collect();
        let placed = place(&wanted, AREA, &papers);
        prop_assert_eq!(placed.len(), wanted.len());
        let found: Vec<Rect> = placed.iter().flatten().copied().collect();
        for (index, rect) in found.iter().enumerate() {
            prop_assert!(AREA.contains(rect));
            prop_assert!(found[..index].iter().all(|other| !other.overlaps(rect)));
        }
        prop_assert_eq!(place(&wanted, AREA, &papers), placed);
    }
}
