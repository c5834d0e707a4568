//! The map as a picture: for a paper, or for a web page, where titles show under the pointer.
//!
//! Scalable Vector Graphics 1.1, without scripts and without anything from elsewhere. Black on
//! white; a browser whose user likes it dark gets it dark.

use std::fmt::Write as _;

use super::Atlas;
use crate::cli::output;
use crate::clusters::Cluster;
use crate::clusters::map::Point;
use crate::clusters::map::labels::{self, Rect, Wanted};
use crate::clusters::map::palette::{self, Look, Shape};
use crate::clusters::map::view::{Bounds, View};
use crate::clusters::subjects::Subject;
use crate::library::paper::Paper;
use crate::ui::text;

/// Width in pixels; the height follows from the map, within limits.
const WIDTH: f32 = 1200.0;
const HEIGHTS: std::ops::RangeInclusive<f32> = 600.0..=1100.0;

/// Room for the line of words below the map.
const FOOT: f32 = 34.0;

/// Font sizes: of the names of subjects, of the second lines of these, of parts of subjects, and of
/// the words below the map.
const NAME: f32 = 19.0;
const SECOND: f32 = 14.0;
const PART: f32 = 11.5;
const SMALL: f32 = 13.0;

/// The mean width of a letter, in font sizes: somewhat more than that of Helvetica and its kin.
const LETTER: f32 = 0.56;

/// Line height in font sizes.
const LINE: f32 = 1.15;

/// Parts of subjects with fewer papers than this share of the library are not named.
const LEAST_PART: usize = 300;

const STYLE: &str = "<style>\
text{font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif;text-anchor:middle}\
@media (prefers-color-scheme:dark){.ground{fill:#15171a}.ink{fill:#f0f0f0}.halo{stroke:#15171a}}\
</style>\n";

/// The document.
pub(super) fn picture(atlas: &Atlas) -> String {
    let height = height(&atlas.points);
    let view = View::whole(&atlas.points, WIDTH, height);
    let total = height + FOOT;
    let about = about(atlas);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {total}\" \
         width=\"{WIDTH}\" height=\"{total}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n{STYLE}\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{total}\" fill=\"#ffffff\"/>\n",
        escaped(&about),
        escaped(&description(atlas)),
    );
    let radius = radius(atlas.points.len());
    let dots: Vec<(f32, f32)> = atlas.points.iter().map(|&point| view.dot(point)).collect();
    let loose = &atlas.found.clusters.loose;
    let grey = Look { colour: palette::LOOSE, shape: Shape::Circle };
    group(&mut out, "in no subject", grey, loose, atlas.papers(), &dots, radius * 0.8);
    // The largest first, so that the small ones lie on top.
    for (cluster, subject) in atlas.found.level(0) {
        let look = palette::look(subject.colour as usize);
        group(&mut out, &subject.title(), look, &cluster.papers, atlas.papers(), &dots, radius);
    }
    for line in names(atlas, &view, height, &dots) {
        line.write(&mut out);
    }
    let foot = format!("{about}{}", if loose.is_empty() { "" } else { " · grey: in no subject" });
    Line { x: WIDTH / 2.0, baseline: height + SMALL, size: SMALL, bold: false, text: foot }
        .write(&mut out);
    out.push_str("</svg>\n");
    out
}

/// The height that fits the map's shape.
fn height(points: &[Point]) -> f32 {
    let size = Bounds::around(points.iter().copied()).map_or(Point::default(), |b| b.size());
    let fitting = if size.x > 0.0 { WIDTH * size.y / size.x } else { 0.0 };
    fitting.clamp(*HEIGHTS.start(), *HEIGHTS.end()).round()
}

/// Of a paper's dot, in pixels: so that a few are seen and many do not run together.
fn radius(papers: usize) -> f32 {
    (110.0 / (papers.max(1) as f32).sqrt()).clamp(1.1, 7.0)
}

fn about(atlas: &Atlas) -> String {
    let subjects = atlas.found.subjects[0].len();
    let papers = output::count(atlas.papers().len(), "paper");
    if subjects == 0 {
        papers
    } else {
        format!("{papers} · {}", output::count(subjects, "subject"))
    }
}

/// In words what the picture shows.
fn description(atlas: &Atlas) -> String {
    let subjects: Vec<String> = (atlas.found.level(0))
        .map(|(of, subject)| format!("{} ({})", subject.title(), text::thousands(of.papers.len())))
        .collect();
    let subjects = if subjects.is_empty() {
        String::new()
    } else {
        format!(" Subjects: {}.", subjects.join("; "))
    };
    format!("A map on which papers that are alike lie near each other.{subjects}")
}

/// Papers that look alike, each with its title.
fn group(
    out: &mut String,
    label: &str,
    look: Look,
    papers: &[usize],
    all: &[Paper],
    dots: &[(f32, f32)],
    radius: f32,
) {
    if papers.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<g fill=\"{}\" fill-opacity=\"0.8\"><title>{}</title>",
        look.colour.rgb,
        escaped(label)
    );
    for &paper in papers {
        let (x, y) = dots[paper];
        let title = escaped(&caption(&all[paper]));
        let _ = match look.shape {
            Shape::Circle => {
                writeln!(
                    out,
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{title}</title></circle>"
                )
            }
            shape => {
                let path = outline(shape, radius * 1.1);
                writeln!(
                    out,
                    "<path transform=\"translate({x:.1} {y:.1})\" d=\"{path}\"><title>{title}</title></path>"
                )
            }
        };
    }
    out.push_str("</g>\n");
}

fn caption(paper: &Paper) -> String {
    let year = paper.year().map_or_else(String::new, |year| format!(", {year}"));
    format!("{} ({}{year})", paper.title, paper.short_authors())
}

/// The outline of a shape about as large as a circle of that radius.
fn outline(shape: Shape, r: f32) -> String {
    let polygon = |points: &[(f32, f32)]| {
        let corners: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1} {:.1}", x * r, y * r)).collect();
        format!("M{}Z", corners.join("L"))
    };
    match shape {
        Shape::Circle | Shape::Square => {
            polygon(&[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)])
        }
        Shape::Triangle => polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
        Shape::InvertedTriangle => polygon(&[(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)]),
        Shape::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
        Shape::Cross => polygon(&[
            (-0.4, -1.1),
            (0.4, -1.1),
            (0.4, -0.4),
            (1.1, -0.4),
            (1.1, 0.4),
            (0.4, 0.4),
            (0.4, 1.1),
            (-0.4, 1.1),
            (-0.4, 0.4),
            (-1.1, 0.4),
            (-1.1, -0.4),
            (-0.4, -0.4),
        ]),
    }
}

/// Some words about a point.
struct Line {
    x: f32,
    baseline: f32,
    size: f32,
    bold: bool,
    text: String,
}

impl Line {
    /// Twice: a broad outline in the colour of the ground, and on it the words. One element with
    /// `paint-order` would do where that is known, but not in all programs that make PDF of it.
    fn write(&self, out: &mut String) {
        let Self { x, baseline, size, bold, text } = self;
        let weight = if *bold { " font-weight=\"bold\"" } else { "" };
        let text = escaped(text);
        let at = format!("x=\"{x:.1}\" y=\"{baseline:.1}\" font-size=\"{size}\"{weight}");
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "<text {at} class=\"ground halo\" aria-hidden=\"true\" fill=\"#ffffff\" \
             stroke=\"#ffffff\" stroke-width=\"{:.1}\" stroke-linejoin=\"round\">{text}</text>\
             <text {at} class=\"ink\" fill=\"#1a1a1a\">{text}</text>",
            size * 0.28
        );
    }
}

/// What a subject is called, line by line: font size, whether bold, words.
type Name = Vec<(f32, bool, String)>;

/// The names of the subjects, and of their parts where there is room.
fn names(atlas: &Atlas, view: &View, height: f32, dots: &[(f32, f32)]) -> Vec<Line> {
    let of_subject = |subject: &Subject| -> Name {
        let sizes = [(NAME, true), (SECOND, false)];
        let lines = subject.names().iter().zip(sizes);
        lines.map(|(phrase, (size, bold))| (size, bold, phrase.clone())).collect()
    };
    let of_part = |part: &Subject| -> Name {
        part.names().first().map(|phrase| (PART, false, phrase.clone())).into_iter().collect()
    };
    let said: Vec<&String> =
        atlas.found.subjects[0].iter().flat_map(|subject| subject.names().iter().take(2)).collect();
    let is_worth_it = |(cluster, part): &(&Cluster, &Subject)| {
        cluster.papers.len() * LEAST_PART >= atlas.papers().len()
            && part.names().first().is_some_and(|name| !said.contains(&name))
    };
    let subjects = atlas.found.level(0).map(|(cluster, subject)| (cluster, of_subject(subject)));
    let parts = atlas.found.level(1).filter(is_worth_it);
    let named: Vec<(&Cluster, Name)> =
        subjects.chain(parts.map(|(cluster, part)| (cluster, of_part(part)))).collect();
    let wanted: Vec<Wanted> = (named.iter())
        .map(|(cluster, name)| {
            let places: Vec<Point> = cluster.papers.iter().map(|&p| atlas.points[p]).collect();
            let width = name.iter().map(|(size, _, line)| size * LETTER * text::width(line) as f32);
            Wanted {
                anchor: view.dot(labels::anchor(&places).unwrap_or_default()),
                width: (width.fold(0.0, f32::max) + NAME / 2.0).ceil() as i32,
                height: name.iter().map(|(size, ..)| size * LINE).sum::<f32>().ceil() as i32,
                papers: cluster.papers.len(),
            }
        })
        .collect();
    let area = Rect { left: 4, top: 4, width: WIDTH as i32 - 8, height: height as i32 - 8 };
    let mut lines = Vec::new();
    for ((_, name), rect) in named.into_iter().zip(labels::place(&wanted, area, dots)) {
        let Some(rect) = rect else {
            continue;
        };
        let mut top = rect.top as f32;
        for (size, bold, text) in name {
            let x = rect.left as f32 + rect.width as f32 / 2.0;
            lines.push(Line { x, baseline: top + size * 0.9, size, bold, text });
            top += size * LINE;
        }
    }
    lines
}

/// Text as XML has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in output::printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No characters of XML.
            '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
