//! The loop: wait, drain, update, carry out, draw.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::RecvTimeoutError;

use crate::app::effect::{Effect, Effects};
use crate::app::jobs::Jobs;
use crate::app::keymap::Keymap;
use crate::app::state::App;
use crate::app::update::{start, update};
use crate::event::{self, Msg};
use crate::library::import;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::ui;
use crate::ui::theme::Theme;

/// Two frames are at least this far apart, so that a flood of news costs a few frames, not one each.
const FRAME: Duration = Duration::from_millis(10);

/// Opens the library on the screen and stays until the user quits.
///
/// # Errors
/// A file is not there, the library cannot be opened, the user's keys conflict, or the terminal cannot
/// be used.
pub fn run(settings: Settings, files: &[PathBuf]) -> anyhow::Result<()> {
    let theme = Theme::from_env();
    // What cannot work is said on the command line, not on a screen that would have to be left.
    let keymap = Keymap::new(&settings.keys)?;
    settings.store()?;
    for file in files {
        import::source_path(file)?;
    }
    let (sender, messages) = crossbeam_channel::unbounded();
    let terminate = sender.clone();
    ctrlc::set_handler(move || {
        let _ = terminate.send(Msg::Terminate);
    })
    .context("cannot listen to signals")?;
    let jobs = Jobs::start(&sender)?;
    let model_name = settings.model.to_string();
    let mut effects = Effects::new(settings, jobs);

    let mut terminal = Terminal::enter().context("cannot use the terminal")?;
    let mut app = App::new(files.to_vec(), model_name, keymap, terminal.size()?);
    event::listen(sender)?;
    for effect in start(&mut app) {
        effects.run(effect, &app);
    }

    let mut drawn = Instant::now();
    terminal.draw(|frame| ui::draw(frame, &app, &theme))?;
    let mut stale = false;
    loop {
        let wait =
            if stale { FRAME.saturating_sub(drawn.elapsed()) } else { Duration::from_hours(1) };
        match messages.recv_timeout(wait) {
            Ok(first) => {
                for msg in std::iter::once(first).chain(messages.try_iter()) {
                    for effect in update(&mut app, msg) {
                        let quit = effect == Effect::Quit;
                        effects.run(effect, &app);
                        if quit {
                            return Ok(());
                        }
                    }
                }
                stale = true;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if stale && drawn.elapsed() >= FRAME {
            terminal.draw(|frame| ui::draw(frame, &app, &theme))?;
            drawn = Instant::now();
            stale = false;
        }
    }
}
