//! A program in a pseudo-terminal, and the screen that a user would see.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take before the test fails; generous, since machines are busy.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    terminal: Arc<Terminal>,
}

/// What the terminal says when it is asked for the colour of its background, and what it can (`DA1`).
#[derive(Clone, Copy)]
pub enum Answers {
    /// Nothing at all.
    Nothing,
    /// What it can, but no colour.
    Attributes,
    /// Both, after a while.
    Background(&'static str, Duration),
}

impl Answers {
    fn give(self, writer: &Arc<Mutex<Box<dyn Write + Send>>>) {
        let (colour, after) = match self {
            Self::Nothing => return,
            Self::Attributes => (String::new(), Duration::ZERO),
            Self::Background(colour, after) => (format!("\x1b]11;{colour}\x1b\\"), after),
        };
        let writer = Arc::clone(writer);
        std::thread::spawn(move || {
            std::thread::sleep(after);
            // The program may have ended.
            let _ = write!(writer.lock().unwrap(), "{colour}\x1b[?62;22c");
        });
    }
}

/// What the program has drawn so far.
struct Terminal {
    parser: Mutex<vt100::Parser>,
    drawn: Condvar,
    bytes: Mutex<Vec<u8>>,
}

/// How many of the bytes are shown: a frame is, once it is whole (a synchronized update), so that
/// nobody sees half of one.
fn whole_frames(bytes: &[u8]) -> usize {
    const BEGIN: &[u8] = b"\x1b[?2026h";
    const END: &[u8] = b"\x1b[?2026l";
    let last = |sequence: &[u8]| bytes.windows(sequence.len()).rposition(|at| at == sequence);
    match (last(BEGIN), last(END)) {
        (Some(begin), end) if end.is_none_or(|end| end < begin) => begin,
        // What may be the beginning of a beginning waits for the rest of it.
        _ => {
            let cut = (1..BEGIN.len()).rev().find(|&cut| bytes.ends_with(&BEGIN[..cut]));
            bytes.len() - cut.unwrap_or(0)
        }
    }
}

fn size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn nonzero(size: u16) -> NonZero<u16> {
    NonZero::new(size).unwrap()
}

impl Pty {
    pub fn spawn(
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, PathBuf)],
        size: (u16, u16),
    ) -> Self {
        Self::spawn_in(Answers::Attributes, program, arguments, environment, size)
    }

    /// The same in a terminal that gives such answers.
    pub fn spawn_in(
        answers: Answers,
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, PathBuf)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system().openpty(size((columns, rows))).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        // What a fake editor writes must not come to lie in the checkout.
        let home = environment.iter().find(|(name, _)| *name == "HOME");
        command.cwd(home.map_or_else(std::env::temp_dir, |(_, folder)| folder.clone()));
        command.env("TERM", "xterm-256color");
        // The terminal of whoever runs the tests is another one.
        for name in ["COLORTERM", "COLORFGBG", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = Mutex::new(vt100::Parser::new(nonzero(rows), nonzero(columns), 0));
        let terminal =
            Arc::new(Terminal { parser, drawn: Condvar::new(), bytes: Mutex::default() });
        let mut reader = pair.master.try_clone_reader().unwrap();
        let draw = Arc::clone(&terminal);
        let writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let reply = Arc::clone(&writer);
        std::thread::spawn(move || {
            let mut asked = false;
            let mut bytes = vec![0; 65536];
            let mut held = Vec::new();
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut all = draw.bytes.lock().unwrap();
                all.extend(&bytes[..count]);
                if !asked && all.windows(3).any(|bytes| bytes == b"\x1b[c") {
                    asked = true;
                    answers.give(&reply);
                }
                drop(all);
                held.extend(&bytes[..count]);
                let rest = held.split_off(whole_frames(&held));
                draw.parser.lock().unwrap().process(&held);
                held = rest;
                draw.drawn.notify_all();
            }
            draw.parser.lock().unwrap().process(&held);
            draw.drawn.notify_all();
        });
        Self { child, master: pair.master, writer, terminal }
    }

    pub fn screen(&self) -> String {
        self.terminal.parser.lock().unwrap().screen().contents()
    }

    pub fn send(&mut self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let mut parser = self.terminal.parser.lock().unwrap();
        parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
        drop(parser);
        self.master.resize(size((columns, rows))).unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// All that the program wrote.
    pub fn bytes(&self) -> Vec<u8> {
        self.terminal.bytes.lock().unwrap().clone()
    }

    pub fn signal(&mut self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let kill = ["-s", name, &pid];
        assert!(std::process::Command::new("kill").args(kill).status().unwrap().success());
    }

    pub fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?}"), |screen| screen.contains(text));
    }

    pub fn wait_until(&self, condition: impl Fn(&str) -> bool) {
        self.wait("the condition", condition);
    }

    fn wait(&self, what: &str, condition: impl Fn(&str) -> bool) {
        let done = self.wait_screen(|screen| condition(&screen.contents()));
        assert!(done, "waited for {what} in vain:\n{}", self.screen());
    }

    /// Waits until a frame meets the condition; `false` if none does in time.
    pub fn wait_screen(&self, condition: impl Fn(&vt100::Screen) -> bool) -> bool {
        self.wait_screen_within(PATIENCE, condition)
    }

    /// The same for so long.
    pub fn wait_screen_within(
        &self,
        time: Duration,
        condition: impl Fn(&vt100::Screen) -> bool,
    ) -> bool {
        let parser = self.terminal.parser.lock().unwrap();
        let waiting = |parser: &mut vt100::Parser| !condition(parser.screen());
        let result = self.terminal.drawn.wait_timeout_while(parser, time, waiting).unwrap();
        !result.1.timed_out()
    }

    pub fn wait_exit(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it printed last may still be on its way.
                std::thread::sleep(Duration::from_millis(100));
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "still running:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Is the terminal as the program found it?
    pub fn assert_restored(&self) {
        let terminal = self.terminal.parser.lock().unwrap();
        let screen = terminal.screen();
        assert!(!screen.alternate_screen(), "left in the alternate screen");
        assert!(!screen.hide_cursor(), "left without a cursor");
        assert!(!screen.bracketed_paste(), "left with bracketed paste");
        let mouse = screen.mouse_protocol_mode();
        assert_eq!(mouse, vt100::MouseProtocolMode::None, "left with the mouse");
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
