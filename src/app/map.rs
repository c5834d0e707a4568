//! The map on the screen.

use std::sync::Arc;

use crate::clusters::map::labels;
use crate::clusters::map::view::View;
use crate::clusters::map::{Point, walk};
use crate::clusters::subjects::{Found, Ground};
use crate::library::paper::PaperId;

/// Where the papers lie.
#[derive(Debug)]
pub struct Laid {
    /// What the map is made of; its snapshot has the papers.
    pub ground: Arc<Ground>,
    /// The place of each paper.
    pub points: Vec<Point>,
}

impl Laid {
    /// Index of a paper on the map.
    #[must_use]
    pub fn index(&self, paper: PaperId) -> Option<usize> {
        self.ground.snapshot.by_id(paper)
    }

    /// The paper nearest to a place.
    #[must_use]
    pub fn nearest(&self, place: Point) -> Option<PaperId> {
        walk::nearest(&self.points, place).map(|paper| self.ground.snapshot.papers()[paper].id)
    }
}

/// The name of a cluster on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// Where it belongs.
    pub anchor: Point,
    /// The words.
    pub text: String,
    /// How many papers it stands for.
    pub papers: usize,
    /// Colour of its coarse cluster.
    pub colour: u32,
}

/// What the clusters make of the map: the same for every part of it that is looked at.
#[derive(Debug, Default)]
pub struct Scene {
    /// By point: the colour of the paper's coarse cluster.
    pub colours: Vec<Option<u32>>,
    /// The names of coarse and of fine clusters.
    pub names: [Vec<Name>; 2],
}

impl Scene {
    /// Colours the map.
    #[must_use]
    pub fn new(laid: &Laid, found: &Found) -> Self {
        let (there, here) = (&found.ground.snapshot, &laid.ground.snapshot);
        let same = Arc::ptr_eq(there, here);
        // Papers keep their identity, not their index.
        let point = |paper: usize| {
            if same { Some(paper) } else { here.by_id(there.papers()[paper].id) }
        };
        let mut colours = vec![None; laid.points.len()];
        for (cluster, subject) in found.clusters.levels[0].clusters.iter().zip(&found.subjects[0]) {
            for at in cluster.papers.iter().filter_map(|&paper| point(paper)) {
                colours[at] = Some(subject.colour);
            }
        }
        let names = [0, 1].map(|level: usize| {
            let clusters = found.clusters.levels[level].clusters.iter();
            clusters
                .zip(&found.subjects[level])
                .filter_map(|(cluster, subject)| {
                    let papers = cluster.papers.iter().filter_map(|&paper| point(paper));
                    let places: Vec<Point> = papers.map(|paper| laid.points[paper]).collect();
                    let of = cluster.parent.map_or(subject, |parent| &found.subjects[0][parent]);
                    Some(Name {
                        anchor: labels::anchor(&places)?,
                        text: subject.short_title().to_owned(),
                        papers: places.len(),
                        colour: of.colour,
                    })
                })
                .collect()
        });
        Self { colours, names }
    }
}

/// The map on the screen. The cursor is the current paper.
#[derive(Debug, Default)]
pub struct MapScreen {
    /// Where the papers lie; `None` before the first time.
    pub laid: Option<Arc<Laid>>,
    /// With the clusters' colours and names.
    pub scene: Scene,
    /// The part that is looked at, in dots: two a column, four a row.
    pub view: Option<View>,
    /// Is it being laid out?
    pub laying: bool,
    /// Why there is none.
    pub failed: Option<String>,
}

impl MapScreen {
    /// Fits the part that is looked at to a pane of so many columns and rows.
    pub fn fit(&mut self, (columns, rows): (u16, u16)) {
        let Some(laid) = &self.laid else {
            self.view = None;
            return;
        };
        let (width, height) = (f32::from(columns) * 2.0, f32::from(rows) * 4.0);
        self.view = Some(match &self.view {
            Some(view) => view.resized(&laid.points, width, height),
            None => View::whole(&laid.points, width, height),
        });
    }

    /// The place of a paper.
    #[must_use]
    pub fn place(&self, paper: PaperId) -> Option<Point> {
        let laid = self.laid.as_ref()?;
        laid.index(paper).map(|index| laid.points[index])
    }
}
