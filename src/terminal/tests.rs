//! What is written gives the screen that was drawn, and takes few bytes.

use std::cell::RefCell;
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::backend::{self, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier, Style};

use super::backend::Backend;

const WIDTH: u16 = 24;
const HEIGHT: u16 = 4;

/// What was written, to be looked at while a terminal has it.
#[derive(Clone, Default)]
struct Bytes(Rc<RefCell<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Draws one buffer after another as ratatui does, and gives what each wrote.
fn written<B: backend::Backend<Error = io::Error>>(
    new: impl Fn(Bytes) -> B,
    frames: &[Buffer],
) -> Vec<Vec<u8>> {
    let bytes = Bytes::default();
    let mut backend = new(bytes.clone());
    let mut before = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    let mut all = Vec::new();
    for frame in frames {
        backend.draw(before.diff_iter(frame)).unwrap();
        backend.flush().unwrap();
        all.push(bytes.0.take());
        before = frame.clone();
    }
    all
}

fn ours(bytes: Bytes) -> Backend<Bytes> {
    Backend::new(bytes, Size::new(WIDTH, HEIGHT))
}

fn shown(bytes: &[Vec<u8>]) -> vt100::Parser {
    let size = |size| NonZero::new(size).unwrap();
    let mut parser = vt100::Parser::new(size(HEIGHT), size(WIDTH), 0);
    for bytes in bytes {
        parser.process(bytes);
    }
    parser
}

/// A character and how it looks. A blank that was written is one that was not.
fn seen(parser: &vt100::Parser, x: u16, y: u16) -> impl PartialEq + std::fmt::Debug {
    let cell = parser.screen().cell(y, x).unwrap();
    let text = cell.contents().trim_end().to_owned();
    // The emulator takes bold and dim for degrees of one, and the later one for both.
    let looks = (cell.bold() || cell.dim(), cell.italic(), cell.inverse());
    (text, cell.is_wide(), cell.fgcolor(), cell.bgcolor(), looks)
}

fn style() -> impl Strategy<Value = Style> {
    let color = prop::sample::select(vec![
        Color::Reset,
        Color::Red,
        Color::LightCyan,
        Color::Indexed(200),
        Color::Rgb(1, 2, 3),
    ]);
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::REVERSED,
        Modifier::ITALIC | Modifier::BOLD,
        Modifier::DIM,
    ]);
    (color.clone(), color, modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

/// A frame: some texts here and there.
fn frame() -> impl Strategy<Value = Vec<(u16, u16, String, Style)>> {
    let text =
        prop::sample::select(vec!["a", "neural nets", "  ", "言語 x", "é—è", "👍 ok", "e\u{301}"]);
    prop::collection::vec((0..WIDTH, 0..HEIGHT, text.prop_map(str::to_owned), style()), 0..12)
}

fn buffer(texts: &[(u16, u16, String, Style)]) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    for (x, y, text, style) in texts {
        buffer.set_stringn(*x, *y, text, usize::from(WIDTH - x), *style);
    }
    buffer
}

proptest! {
    /// It is the screen that ratatui's own back end gives.
    #[test]
    fn the_screen_is_what_was_drawn(frames in prop::collection::vec(frame(), 1..6)) {
        crossterm::style::force_color_output(true);
        let frames: Vec<Buffer> = frames.iter().map(|texts| buffer(texts)).collect();
        let ours = shown(&written(ours, &frames));
        let theirs = shown(&written(CrosstermBackend::new, &frames));
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                prop_assert_eq!(seen(&ours, x, y), seen(&theirs, x, y));
            }
        }
    }
}

fn text(text: &str) -> Buffer {
    buffer(&[(0, 1, text.to_owned(), Style::new())])
}

#[test]
fn few_bytes_are_written() {
    let frames = [text("a cat sat on the mat"), text("a cap sat on the map")];
    let after = written(ours, &frames).pop().unwrap();
    // Straight to what changed, and on by column.
    assert_eq!(String::from_utf8(after).unwrap(), "\x1b[?2026h\x1b[2;5Hp\x1b[20Gp\x1b[?2026l");
    let frames = [text("neural"), text("Neurol")];
    let after = written(ours, &frames).pop().unwrap();
    // What lies between is shorter than the way round it.
    assert_eq!(String::from_utf8(after).unwrap(), "\x1b[?2026h\x1b[2;1HNeuro\x1b[?2026l");
    let red = |text: &str| buffer(&[(0, 0, text.to_owned(), Style::new().fg(Color::Red).bold())]);
    let after = written(ours, &[text("x"), red("x")]).pop().unwrap();
    assert_eq!(
        String::from_utf8(after).unwrap(),
        "\x1b[?2026h\x1b[1;1H\x1b[1;31mx\x1b[2;1H\x1b[m \x1b[?2026l"
    );
    // Nothing changed, nothing written.
    assert_eq!(written(ours, &[text("x"), text("x")]).pop().unwrap(), b"");
}
