//! What changed on the screen, in few bytes: over a slow line they are what the reader waits for.
//!
//! ratatui says which cells changed. Its own back end goes to each by row and column and names all
//! colours whenever one changes, which takes as many bytes as the text. Here the few unchanged cells
//! between two others are written again where they look alike, else the cursor goes to the column;
//! and only those colours and attributes are named that change (ECMA-48, SGR).

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, MoveToColumn, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{self, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier};

use crate::ui::text;

/// So many unchanged cells are written again rather than stepped over, which takes four bytes or more.
const WRITTEN_AGAIN: u16 = 4;

/// A terminal; what is written to it appears at [`flush`](backend::Backend::flush), at once where the
/// terminal can do that.
#[derive(Debug)]
pub(super) struct Backend<W: Write> {
    inner: CrosstermBackend<W>,
    /// What is on the screen. A cell that another one covers, or of which nobody knows, has no symbol.
    shown: Buffer,
    /// Is the frame that was begun not shown yet?
    begun: bool,
    /// Is the cursor hidden?
    cursor_hidden: bool,
}

/// How characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl From<&Cell> for Pen {
    fn from(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

/// Attributes and their numbers.
const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

impl Pen {
    /// The sequence that makes it of another one.
    fn sequence(self, from: Self) -> String {
        // An attribute is taken back by taking all back.
        let (from, mut codes) = if from.modifier.difference(self.modifier).is_empty() {
            (from, Vec::new())
        } else {
            (Self::default(), vec!["0".to_owned()])
        };
        let new = self.modifier.difference(from.modifier);
        let new = ATTRIBUTES.iter().filter(|(modifier, _)| new.contains(*modifier));
        codes.extend(new.map(|(_, number)| number.to_string()));
        for (to, from, background) in [(self.fg, from.fg, false), (self.bg, from.bg, true)] {
            if to != from {
                codes.push(color(to, background));
            }
        }
        if self == Self::default() {
            "\x1b[m".to_owned()
        } else {
            format!("\x1b[{}m", codes.join(";"))
        }
    }
}

/// The number or numbers of a colour.
fn color(color: Color, background: bool) -> String {
    let more = if background { 10 } else { 0 };
    let dark = |number: u8| (30 + more + number).to_string();
    let light = |number: u8| (90 + more + number).to_string();
    match color {
        Color::Reset => (39 + more).to_string(),
        Color::Black => dark(0),
        Color::Red => dark(1),
        Color::Green => dark(2),
        Color::Yellow => dark(3),
        Color::Blue => dark(4),
        Color::Magenta => dark(5),
        Color::Cyan => dark(6),
        Color::Gray => dark(7),
        Color::DarkGray => light(0),
        Color::LightRed => light(1),
        Color::LightGreen => light(2),
        Color::LightYellow => light(3),
        Color::LightBlue => light(4),
        Color::LightMagenta => light(5),
        Color::LightCyan => light(6),
        Color::White => light(7),
        Color::Indexed(index) => format!("{};5;{index}", 38 + more),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", 38 + more),
    }
}

impl<W: Write> Backend<W> {
    /// A terminal that shows nothing yet.
    pub(super) fn new(writer: W, size: Size) -> Self {
        let shown = Buffer::empty(Rect::from(size));
        Self { inner: CrosstermBackend::new(writer), shown, begun: false, cursor_hidden: false }
    }

    /// Goes from after one cell to another one of its row, by way of the cells between where they look like
    /// the pen.
    fn step(&mut self, from: Option<Position>, to: Position, pen: Pen) -> io::Result<()> {
        let Some(from) = from.filter(|from| from.y == to.y && from.x <= to.x) else {
            return queue!(self.inner, MoveTo(to.x, to.y));
        };
        let between = || (from.x..to.x).map(|x| self.shown.cell((x, to.y)));
        let plain = |cell: Option<&Cell>| {
            cell.is_some_and(|cell| is_ascii(cell.symbol()) && Pen::from(cell) == pen)
        };
        if to.x - from.x <= WRITTEN_AGAIN && between().all(plain) {
            let text: String = between().flatten().map(Cell::symbol).collect();
            return self.inner.write_all(text.as_bytes());
        }
        queue!(self.inner, MoveToColumn(to.x))
    }

    /// Remembers what is on the screen.
    fn remember(&mut self, at: Position, cell: &Cell, width: usize) {
        if let Some(shown) = self.shown.cell_mut(at) {
            shown.clone_from(cell);
        }
        for x in (at.x + 1..).take(width.saturating_sub(1)) {
            if let Some(covered) = self.shown.cell_mut((x, at.y)) {
                covered.set_symbol("");
            }
        }
    }

    /// Begins a frame, where none is begun.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        queue!(self.inner, BeginSynchronizedUpdate)
    }
}

fn is_ascii(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [b' '..=b'~'])
}

impl<W: Write> backend::Backend for Backend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut pen = Pen::default();
        // Where the cursor is, if that is sure.
        let mut cursor = None;
        for (x, y, cell) in content {
            self.begin()?;
            let at = Position { x, y };
            if cursor != Some(at) {
                self.step(cursor, at, pen)?;
            }
            let wanted = Pen::from(cell);
            if wanted != pen {
                queue!(self.inner, Print(wanted.sequence(pen)))?;
                pen = wanted;
            }
            self.inner.write_all(cell.symbol().as_bytes())?;
            let width = if is_ascii(cell.symbol()) { 1 } else { text::width(cell.symbol()) };
            self.remember(at, cell, width);
            // Terminals do not agree about the width of everything, and what comes after a wide character
            // is not written from where the cursor happens to be.
            cursor = Some(Position { x: x.saturating_add(1), y });
        }
        if pen != Pen::default() {
            queue!(self.inner, Print(Pen::default().sequence(pen)))?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cursor_hidden, true) {
            return Ok(());
        }
        self.begin()?;
        queue!(self.inner, Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.cursor_hidden) {
            return Ok(());
        }
        self.begin()?;
        queue!(self.inner, Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.begin()?;
        let Position { x, y } = position.into();
        queue!(self.inner, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        let size = self.size().unwrap_or(self.shown.area.as_size());
        self.shown = Buffer::empty(Rect::from(size));
        if region != ClearType::All {
            // What of it is left is not worth knowing.
            for cell in &mut self.shown.content {
                cell.set_symbol("");
            }
        }
        self.begin()?;
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.begun) {
            queue!(self.inner, EndSynchronizedUpdate)?;
        }
        Write::flush(&mut self.inner)
    }
}
