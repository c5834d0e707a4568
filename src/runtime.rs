//! The loop: wait, drain, update, carry out, draw.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::RecvTimeoutError;
use crossterm::event::Event;

use crate::app::effect::{self, Effect, Effects};
use crate::app::jobs::Jobs;
use crate::app::keymap::Keymap;
use crate::app::state::{App, Consent, View};
use crate::app::update::{start, update};
use crate::background::{self, Asked};
use crate::editor;
use crate::embed::pool;
use crate::event::{Input, Msg};
use crate::library::import;
use crate::library::watch::Watch;
use crate::settings::Settings;
use crate::terminal::{self, Terminal};
use crate::ui;
use crate::ui::theme::{Choice, Depth, Look};

/// Two frames for news, and two for input, are at least this far apart, so that a flood of either costs
/// a few frames, not one each.
const FRAME: Duration = Duration::from_millis(10);

/// Input that asks for neighbours waits so long for them: mostly they come in time, and one frame shows
/// all of it, where two would first empty their pane.
const ANSWER: Duration = Duration::from_millis(4);

/// Why the screen is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The user quits.
    Quit,
    /// The sample library is wanted instead.
    Sample,
}

/// Opens the library on the screen and stays until the user leaves. With files of new papers the inbox
/// is shown first; a warning stands below until the first key.
///
/// # Errors
/// A file is not there, the library cannot be opened, or the terminal cannot be used.
pub fn run(
    settings: Settings,
    files: &[PathBuf],
    inbox: Vec<PathBuf>,
    warning: Option<String>,
) -> anyhow::Result<Ended> {
    let (keymap, wrong_keys) = match Keymap::new(&settings.keys) {
        Ok(keymap) => (keymap, None),
        Err(error) => (Keymap::default(), Some(format!("{error}; the default keys are in force"))),
    };
    let files = distinct(files);
    let watched = watched(&settings, &files)?;
    let (sender, messages) = crossbeam_channel::unbounded();
    let terminate = sender.clone();
    terminal::on_end(move || terminate.send(Msg::Terminate).is_ok())
        .context("cannot listen to signals")?;
    let suspend = sender.clone();
    terminal::on_stop(move || suspend.send(Msg::Suspend).is_ok())
        .context("cannot listen to signals")?;
    let files_watched = watched.len();
    let changed = sender.clone();
    let _watch = Watch::start(watched, move || {
        let _ = changed.send(Msg::FilesChanged);
    })
    .context("cannot watch the files")?;
    let marked = sender.clone();
    effect::watch(&settings, move || marked.send(Msg::MarksChanged).is_ok())?;
    let jobs = Jobs::start(&sender)?;
    let model_name = settings.model.to_string();
    let may_download = settings.may_download;
    let columns = settings.columns.clone();
    let wrong = settings.wrong.clone().or(wrong_keys);
    let mouse = settings.screen.mouse;
    let mut look = Look {
        choice: settings.screen.theme,
        background: None,
        depth: Depth::from_env(),
        ascii: settings.screen.ascii,
    };
    // It is up to the theme whether there are colours; that heeds NO_COLOR unless another one is wanted.
    crossterm::style::force_color_output(true);
    let effects = Effects::new(settings, &files, jobs);

    let terminal = Terminal::enter(mouse).context("cannot use the terminal")?;
    let mut awaited = None;
    if look.choice == Choice::Auto {
        match background::ask() {
            Asked::Answered(background) => look.background = Some(background),
            Asked::Waiting(late) => {
                look.background = background::from_env();
                awaited = Some(late);
            }
        }
    }
    let mut app = App::new(files, model_name, keymap, terminal.size()?);
    app.look = look;
    if may_download {
        app.consent = Consent::Given;
    }
    app.default_columns = columns;
    app.tasks.watched = files_watched;
    app.error = warning.or(wrong);
    if !inbox.is_empty() {
        app.view = View::Inbox;
        app.inbox.files = inbox;
    }
    let mut screen = Screen { app, effects, terminal };
    let input = Input::listen(sender, awaited)?;
    let first = start(&mut screen.app);
    screen.carry_out(first)?;
    screen.draw()?;
    let mut frames = Frames::new(Instant::now());
    loop {
        let due = frames.due(screen.app.neighbours.asked.is_some());
        let wait = due
            .map_or(Duration::from_hours(1), |due| due.saturating_duration_since(Instant::now()));
        match messages.recv_timeout(wait) {
            Ok(first) => {
                for msg in std::iter::once(first).chain(messages.try_iter()) {
                    let from_terminal = matches!(msg, Msg::Input(_));
                    if from_terminal {
                        pool::give_way();
                    }
                    let asked = update(&mut screen.app, msg);
                    if let Some(ended) = screen.carry_out(asked)? {
                        return Ok(ended);
                    }
                    frames.changed(from_terminal, Instant::now());
                    if from_terminal {
                        input.read_on();
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Quit),
        }
        let due = frames.due(screen.app.neighbours.asked.is_some());
        if due.is_some_and(|due| due <= Instant::now()) {
            screen.draw()?;
            frames.drawn(Instant::now());
        }
    }
}

/// When to draw.
#[derive(Debug)]
struct Frames {
    /// The last frame.
    last: Instant,
    /// The last frame that showed what input did.
    last_of_input: Option<Instant>,
    /// Did anything change since then without input?
    news: bool,
    /// The first input since then.
    input: Option<Instant>,
}

impl Frames {
    fn new(drawn: Instant) -> Self {
        Self { last: drawn, last_of_input: None, news: false, input: None }
    }

    /// When the next frame is due; `None` where nothing has changed.
    fn due(&self, neighbours_asked: bool) -> Option<Instant> {
        let Some(input) = self.input else {
            return self.news.then_some(self.last + FRAME);
        };
        let ready = if neighbours_asked { input + ANSWER } else { input };
        Some(self.last_of_input.map_or(ready, |last| ready.max(last + FRAME)))
    }

    /// Something changed.
    fn changed(&mut self, by_input: bool, now: Instant) {
        if by_input {
            self.input.get_or_insert(now);
        } else {
            self.news = true;
        }
    }

    fn drawn(&mut self, now: Instant) {
        self.last = now;
        self.news = false;
        if self.input.take().is_some() {
            self.last_of_input = Some(now);
        }
    }
}

/// Each file once.
fn distinct(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let of = |file: &PathBuf| file.canonicalize().unwrap_or_else(|_| file.clone());
    files.iter().filter(|file| seen.insert(of(file))).cloned().collect()
}

/// What to watch: the files that were named, also if they have vanished since the library last read
/// them, or else all that the library knows; and where they are links, what these point to.
fn watched(settings: &Settings, files: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let store = settings.store()?;
    if files.is_empty() {
        return Ok(store.source_paths()?);
    }
    let mut watched = Vec::new();
    for file in files {
        let named = std::path::absolute(file)?;
        let source = import::known_path(&store, file)?;
        watched.extend((named != source).then_some(named));
        watched.push(source);
    }
    Ok(watched)
}

/// The state of the screen, and what carries its wishes out.
struct Screen {
    app: App,
    effects: Effects,
    terminal: Terminal,
}

impl Screen {
    fn draw(&mut self) -> anyhow::Result<()> {
        let theme = self.app.look.theme();
        Ok(self.terminal.draw(|frame| ui::draw(frame, &self.app, &theme))?)
    }

    /// Carries effects out; tells whether and why the screen is to be left.
    fn carry_out(&mut self, asked: Vec<Effect>) -> anyhow::Result<Option<Ended>> {
        for effect in asked {
            match effect {
                Effect::Edit { file, line } => {
                    let result = self.terminal.suspend(|| editor::open(&file, line))?;
                    self.edited(Msg::Edited(result.err().map(|e| e.to_string())))?;
                }
                Effect::EditNote { paper, note } => {
                    let result = self.terminal.suspend(|| editor::compose(&note))?;
                    let note = result.map_err(|error| error.to_string());
                    self.edited(Msg::NoteWritten(paper, note))?;
                }
                Effect::Copy(text) => self.terminal.copy(&text)?,
                Effect::Suspend => {
                    self.terminal.suspend(terminal::stop)?;
                    let (columns, rows) = self.terminal.size()?;
                    let resized = Msg::Input(Event::Resize(columns, rows));
                    let asked = update(&mut self.app, resized);
                    self.carry_out(asked)?;
                }
                Effect::Quit | Effect::OpenSample => {
                    let is_sample = effect == Effect::OpenSample;
                    self.effects.run(effect, &self.app);
                    return Ok(Some(if is_sample { Ended::Sample } else { Ended::Quit }));
                }
                effect => self.effects.run(effect, &self.app),
            }
        }
        Ok(None)
    }

    /// The editor was closed: what came of it, on a screen that may have another size now.
    fn edited(&mut self, msg: Msg) -> anyhow::Result<()> {
        let (columns, rows) = self.terminal.size()?;
        for msg in [Msg::Input(Event::Resize(columns, rows)), msg] {
            let asked = update(&mut self.app, msg);
            self.carry_out(asked)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_shown_at_once_and_news_are_gathered() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut frames = Frames::new(start);
        assert_eq!(frames.due(false), None);
        frames.changed(false, at(3));
        assert_eq!(frames.due(false), Some(start + FRAME));
        // A key does not wait for the last frame of news, but for its neighbours, and not for long.
        frames.changed(true, at(5));
        assert_eq!(frames.due(false), Some(at(5)));
        assert_eq!(frames.due(true), Some(at(5) + ANSWER));
        frames.drawn(at(6));
        assert_eq!(frames.due(false), None);
        // A flood of keys costs a few frames.
        frames.changed(true, at(7));
        frames.changed(true, at(8));
        assert_eq!(frames.due(false), Some(at(6) + FRAME));
    }
}
