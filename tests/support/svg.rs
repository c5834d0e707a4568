//! A screen as a picture (SVG 1.1) that looks the same in every browser: text is put into its columns
//! whatever font there is, and what fonts often lack (bars, rules, braille) is drawn.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Width and height of a cell, and room around the screen, in pixels.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 14.0;
/// How far the baseline is below the top of a cell.
const BASELINE: f32 = 13.5;

const STYLE: &str = "<style>text{font:14px ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',\
'DejaVu Sans Mono',monospace;white-space:pre}.b{font-weight:bold}</style>\n";

/// A run of cells with one look.
struct Run {
    column: usize,
    columns: usize,
    text: String,
    fill: String,
    bold: bool,
}

/// The picture. `ink` and `ground` stand for the terminal's own colours.
pub fn picture(buffer: &Buffer, about: &str, ink: &str, ground: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let width = f32::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(rows) * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<title>{}</title>\n{STYLE}\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{ground}\"/>\n",
        escaped(about)
    );
    for row in 0..rows {
        let cells: Vec<&Cell> = (0..columns).map(|column| &buffer[(column, row)]).collect();
        let top = MARGIN + f32::from(row) * CELL.1;
        draw_grounds(&mut out, &cells, top, ink, ground);
        let mut run: Option<Run> = None;
        let mut gap = 0;
        for (column, cell) in cells.iter().enumerate() {
            let (fill, _) = colours(cell, ink, ground);
            let symbol = cell.symbol();
            if symbol == " " || symbol.is_empty() {
                gap += 1;
                continue;
            }
            let c = symbol.chars().next().unwrap();
            let x = MARGIN + column as f32 * CELL.0;
            // Half a block is the end of a bar, or the sign of the cursor.
            let ends_bar = column > 0 && cells[column - 1].symbol() == "▇";
            if let Some(shape) = shape(c, x, top, ends_bar) {
                let _ = writeln!(out, "<g fill=\"{fill}\">{shape}</g>");
                gap = 2;
                continue;
            }
            let bold = cell.modifier.contains(Modifier::BOLD);
            // A sign is a run of its own: fonts do not agree how wide it is.
            let is_sign = !c.is_alphanumeric() && !c.is_ascii();
            let joins = run.as_ref().is_some_and(|run| {
                let end = run.column + run.columns;
                run.fill == fill && run.bold == bold && end + gap == column && gap < 2
            });
            if is_sign || !joins {
                flush(&mut out, run.take(), top);
            }
            let run =
                run.get_or_insert(Run { column, columns: 0, text: String::new(), fill, bold });
            if !run.text.is_empty() && gap == 1 {
                run.text.push(' ');
                run.columns += 1;
            }
            run.text.push_str(symbol);
            run.columns += symbol.width();
            gap = if is_sign { 2 } else { 0 };
            // The cell behind a wide character is empty.
            if symbol.width() > 1 {
                gap = 0;
            }
        }
        flush(&mut out, run.take(), top);
    }
    out.push_str("</svg>\n");
    out
}

fn flush(out: &mut String, run: Option<Run>, top: f32) {
    let Some(Run { column, columns, text, fill, bold }) = run else {
        return;
    };
    let (x, y) = (MARGIN + column as f32 * CELL.0, top + BASELINE);
    let length = columns as f32 * CELL.0;
    let class = if bold { " class=\"b\"" } else { "" };
    let text = escaped(&text);
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{fill}\"{class}>{text}</text>"
    );
}

/// What lies behind the text of a row.
fn draw_grounds(out: &mut String, cells: &[&Cell], top: f32, ink: &str, ground: &str) {
    let mut column = 0;
    while column < cells.len() {
        let (_, behind) = colours(cells[column], ink, ground);
        let same = |cell: &&&Cell| colours(cell, ink, ground).1 == behind;
        let columns = cells[column..].iter().take_while(same).count();
        if behind != ground {
            let (x, width) = (MARGIN + column as f32 * CELL.0, columns as f32 * CELL.0);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{behind}\"/>",
                CELL.1
            );
        }
        column += columns;
    }
}

/// Colour of the text and of what is behind it.
fn colours(cell: &Cell, ink: &str, ground: &str) -> (String, String) {
    let name = |color: Color, own: &str| match color {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Reset => own.to_owned(),
        other => panic!("{other} is a colour of a terminal that is not there"),
    };
    let (fore, back) = (name(cell.fg, ink), name(cell.bg, ground));
    if cell.modifier.contains(Modifier::REVERSED) { (back, fore) } else { (fore, back) }
}

/// Signs that are drawn, in a cell whose upper left corner is given.
fn shape(c: char, x: f32, y: f32, ends_bar: bool) -> Option<String> {
    let (width, height) = CELL;
    let rect = |left: f32, top: f32, wide: f32, high: f32| {
        let (x, y) = (x + left * width, y + top * height);
        // A little wider, so that no seam shows between cells.
        let wide = wide * width + if wide >= 1.0 { 0.2 } else { 0.0 };
        format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{:.1}\"/>",
            high * height
        )
    };
    let eighths = |from: char, c: char| (c as u32 - from as u32 + 1) as f32 / 8.0;
    Some(match c {
        '─' => rect(0.0, 0.5, 1.0, 0.06),
        '│' => rect(0.45, 0.0, 0.1, 1.0),
        '▌' if !ends_bar => rect(0.0, 0.0, 0.4, 1.0),
        '▇' => rect(0.0, 0.2, 1.0, 0.6),
        // Of bars: the fuller, the smaller the number.
        '▉'..='▏' => rect(0.0, 0.2, 1.0 - eighths('▉', c), 0.6),
        '▁'..='█' => rect(0.1, 0.9 - 0.8 * eighths('▁', c), 0.8, 0.8 * eighths('▁', c)),
        '\u{2801}'..='\u{28ff}' => braille(c, x, y),
        _ => return None,
    })
}

/// The dots of a braille character.
fn braille(c: char, x: f32, y: f32) -> String {
    const PLACES: [(u8, u8); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let bits = c as u32 - 0x2800;
    let dots = PLACES.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
    dots.map(|(_, &(column, row))| {
        let x = x + CELL.0 * (0.25 + 0.5 * f32::from(column));
        let y = y + CELL.1 * (0.125 + 0.25 * f32::from(row));
        format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.6\"/>")
    })
    .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
