//! The loop: wait, drain, update, carry out, draw.

use std::collections::BTreeMap;
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
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::ui;
use crate::ui::theme::Theme;

/// Two frames are at least this far apart, so that a flood of news costs a few frames, not one each.
const FRAME: Duration = Duration::from_millis(10);

/// Opens the library on the screen and stays until the user quits.
///
/// # Errors
/// The terminal cannot be used, or the system gives no more threads.
pub fn run(settings: Settings, files: &[PathBuf]) -> anyhow::Result<()> {
    let theme = Theme::from_env();
    let (keymap, warning) = match Keymap::new(&settings.keys) {
        Ok(keymap) => (keymap, None),
        Err(error) => (Keymap::new(&BTreeMap::new())?, Some(error.to_string())),
    };
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
    app.error = warning;
    event::listen(sender)?;
    for effect in start(&mut app) {
        effects.run(effect, &app);
    }

    let mut drawn = Instant::now();
    terminal.draw(|frame| ui::draw(frame, &app, &theme))?;
    let mut stale = false;
    loop {
        let wait =
            if stale { FRAME.saturating_sub(drawn.elapsed()) } else { Duration::from_secs(3600) };
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
