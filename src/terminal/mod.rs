//! Into the terminal's full-screen mode and out of it again, whatever happens.

mod backend;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, Stdout};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::Frame;
use ratatui::layout::Size;

use crate::logging;
use backend::Backend;

/// The terminal in full-screen mode; dropping it restores what was there.
#[derive(Debug)]
pub struct Terminal {
    inner: ratatui::Terminal<Backend<BufWriter<Stdout>>>,
}

impl Terminal {
    /// Enters full-screen mode, and takes the mouse if that is wanted. A panic of the calling thread
    /// leaves it before it is reported; one of another thread is that thread's business and is not
    /// printed over the screen.
    ///
    /// # Errors
    /// There is no terminal, or it refuses.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        restore_on_panic(thread::current().id());
        MOUSE.store(mouse, Ordering::Relaxed);
        enter()?;
        match blank() {
            Ok(inner) => Ok(Self { inner }),
            Err(error) => {
                leave();
                Err(error)
            }
        }
    }

    /// Leaves full-screen mode while another program has the terminal. Nobody may read keys
    /// meanwhile.
    ///
    /// # Errors
    /// The terminal refuses full-screen mode afterwards.
    pub fn suspend<T>(&mut self, other: impl FnOnce() -> T) -> io::Result<T> {
        leave();
        #[cfg(not(unix))]
        SUSPENDED.store(true, Ordering::Relaxed);
        let result = other();
        #[cfg(not(unix))]
        SUSPENDED.store(false, Ordering::Relaxed);
        enter()?;
        // Whatever was drawn last is no longer on the screen.
        self.inner = blank()?;
        Ok(result)
    }

    /// Puts a text on the clipboard, wherever the terminal is (OSC 52). A terminal that does not do that
    /// does nothing.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal does not say.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.inner.size().map(|size| (size.width, size.height))
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.inner.draw(render).map(|_| ())
    }
}

/// A terminal that shows nothing yet; a frame is written as a whole.
fn blank() -> io::Result<ratatui::Terminal<Backend<BufWriter<Stdout>>>> {
    const FRAME: usize = 1 << 16;
    let (width, height) = crossterm::terminal::size()?;
    let writer = BufWriter::with_capacity(FRAME, io::stdout());
    ratatui::Terminal::new(Backend::new(writer, Size { width, height }))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// Does another program have the terminal?
#[cfg(not(unix))]
static SUSPENDED: AtomicBool = AtomicBool::new(false);

/// Is the terminal in full-screen mode?
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Is the mouse taken while it is?
static MOUSE: AtomicBool = AtomicBool::new(false);

fn enter() -> io::Result<()> {
    ENTERED.store(true, Ordering::Relaxed);
    let enter = || {
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Clear(ClearType::All))?;
        if MOUSE.load(Ordering::Relaxed) { take_mouse() } else { Ok(()) }
    };
    enter().inspect_err(|_| leave())
}

/// Asks for clicks, the wheel and dragging, with places of any size (SGR). Every move of the mouse,
/// which crossterm would ask for too, would wake the program for nothing.
#[cfg(unix)]
fn take_mouse() -> io::Result<()> {
    execute!(io::stdout(), crossterm::style::Print("\x1b[?1000h\x1b[?1002h\x1b[?1006h"))
}

/// Elsewhere it is not the terminal's codes that ask for it.
#[cfg(not(unix))]
fn take_mouse() -> io::Result<()> {
    execute!(io::stdout(), crossterm::event::EnableMouseCapture)
}

/// Leaves full-screen mode, once: a second time would put the cursor back over what was printed
/// since. Nothing can be done about a terminal that refuses.
fn leave() {
    if !ENTERED.swap(false, Ordering::Relaxed) {
        return;
    }
    if MOUSE.load(Ordering::Relaxed) {
        let _ = execute!(io::stdout(), DisableMouseCapture);
    }
    let _ = execute!(
        io::stdout(),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::cursor::Show
    );
    let _ = disable_raw_mode();
}

/// Calls `asked` whenever the system asks the program to stop; until it says that nobody listens.
///
/// # Errors
/// The system does not let signals be heard.
#[cfg(unix)]
pub fn on_stop(asked: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    listen("stop", &[signal_hook::consts::SIGTSTP], asked)
}

/// Calls `asked` whenever the system asks the program to end, or the terminal is gone; until it says
/// that nobody listens.
///
/// An interrupt does not ask for that: in full-screen mode ctrl-c is a key like others, so that only the
/// program that has the terminal meanwhile is meant. One that came before that program ended would be
/// heard after it.
///
/// # Errors
/// The system does not let signals be heard.
#[cfg(unix)]
pub fn on_end(asked: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    // Not ignored: other programs that are started would ignore it, too.
    signal_hook::flag::register(SIGINT, std::sync::Arc::default())?;
    listen("end", &[SIGTERM, SIGHUP], asked)
}

/// Hears signals on a thread of its own.
#[cfg(unix)]
fn listen(
    name: &str,
    signals: &[std::ffi::c_int],
    asked: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new(signals)?;
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        for _ in signals.forever() {
            if !asked() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Stops the program until the shell lets it go on.
#[cfg(unix)]
pub fn stop() {
    // A system that does not let a program stop lets it go on.
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}

/// Elsewhere no program is asked to stop.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn on_stop(_: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Nor can it.
#[cfg(not(unix))]
pub fn stop() {}

/// Elsewhere the system asks as a key does.
///
/// # Errors
/// The system does not let it be heard.
#[cfg(not(unix))]
pub fn on_end(asked: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    let asked = move || {
        // That key is meant for the program that has the terminal.
        if !SUSPENDED.load(Ordering::Relaxed) {
            asked();
        }
    };
    ctrlc::set_handler(asked).map_err(io::Error::other)
}

fn restore_on_panic(screen: ThreadId) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == screen {
                leave();
                report(info);
            } else {
                logging::panicked(info);
            }
        }));
    });
}
