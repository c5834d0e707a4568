//! `doctor`: how the program is set up here, and what is wrong with it. Nothing of the user's texts.

mod bundle;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::output;
use crate::embed::encoder::kernels::Features;
use crate::embed::hub::ModelId;
use crate::embed::source::ModelSpec;
use crate::logging;
use crate::paths::Paths;
use crate::settings::Settings;
use crate::ui::theme::Choice;
use crate::ui::theme::look::{self, Depth};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write a bug report into a new file: this, and the end of the log, without titles, keys and paths
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    bundle: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    system: String,
    library: Library,
    config: Option<PathBuf>,
    cache: PathBuf,
    model: Model,
    processor: String,
    threads: usize,
    terminal: Terminal,
    log: Log,
    /// What is wrong, in words.
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Library {
    folder: PathBuf,
    bytes: u64,
    files: usize,
    papers: usize,
    whole: bool,
}

#[derive(Serialize)]
struct Model {
    name: String,
    /// Is it here, so that nothing is to be downloaded?
    here: bool,
    precision: String,
    device: String,
}

#[derive(Serialize)]
struct Log {
    file: PathBuf,
    level: String,
    /// The last lines about something that went wrong.
    trouble: Vec<String>,
}

#[derive(Serialize)]
struct Terminal {
    interactive: bool,
    size: Option<(u16, u16)>,
    term: Option<String>,
    colorterm: Option<String>,
    /// How many colours it says it has.
    colours: &'static str,
    /// The encoding that the locale asks for.
    encoding: &'static str,
    /// Can the clipboard be reached by OSC 52? No terminal tells.
    clipboard: &'static str,
    no_color: bool,
    over_ssh: bool,
}

/// Lines of the log that are shown.
const TROUBLE: usize = 5;

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let mut problems = Vec::new();
    let store = settings.store()?;
    let whole = store.check();
    if let Err(error) = &whole {
        problems.push(error.to_string());
    }
    let here = match &settings.model {
        ModelSpec::None => true,
        ModelSpec::Folder(folder) => {
            let model = crate::embed::model::Model::open(folder, "", None);
            if let Err(error) = &model {
                problems.push(error.to_string());
            }
            model.is_ok()
        }
        ModelSpec::Hub(id) => match id.parse::<ModelId>() {
            Ok(id) => settings.hub().cached(&id).is_some(),
            Err(error) => {
                problems.push(error.to_string());
                false
            }
        },
    };
    if !here && settings.offline {
        problems.push("the model is not here, and the network is not to be used".to_owned());
    }
    let processor = match Features::in_use() {
        Ok(features) => format!("{features:?}"),
        Err(error) => {
            problems.push(error.to_string());
            String::new()
        }
    };
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        library: Library {
            folder: settings.library.clone(),
            bytes: std::fs::metadata(store.path()).map_or(0, |file| file.len()),
            files: store.source_paths()?.len(),
            papers: store.paper_count()?,
            whole: whole.is_ok(),
        },
        config: Paths::of_user().map(|paths| paths.config),
        cache: settings.cache.clone(),
        model: Model {
            name: settings.model.to_string(),
            here,
            precision: format!("{:?}", settings.precision),
            device: format!("{:?}", settings.device),
        },
        processor,
        threads: settings.threads,
        terminal: Terminal {
            interactive: io::stdout().is_terminal(),
            size: crossterm::terminal::size().ok(),
            term: variable("TERM"),
            colorterm: variable("COLORTERM"),
            no_color: variable("NO_COLOR").is_some(),
            over_ssh: variable("SSH_CONNECTION").is_some(),
            colours: match (Choice::from_env(), Depth::from_env()) {
                (Choice::Plain, _) => "none",
                (_, Depth::Sixteen) => "16",
                (_, Depth::Fixed) => "256",
                (_, Depth::True) => "16 million",
            },
            encoding: if look::needs_ascii() { "not UTF-8" } else { "UTF-8" },
            clipboard: if variable("TMUX").is_some() {
                "unknown; tmux needs `set -g set-clipboard on`"
            } else {
                "unknown; `y k` on the screen tries it"
            },
        },
        log: Log {
            file: logging::file(&settings.state),
            level: settings.log_level.to_string().to_lowercase(),
            trouble: logging::last(&settings.state, TROUBLE, logging::is_trouble),
        },
        problems,
    };
    if let Some(path) = &arguments.bundle {
        bundle::write(path, &report, &store, settings)?;
        let what = "look through it before you send it";
        return Ok(writeln!(io::stdout().lock(), "{}: {what}", path.display())?);
    }
    if arguments.json {
        return output::json(&report);
    }
    report.print()
}

impl Report {
    fn print(&self) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        let yes = |is: bool| if is { "yes" } else { "no" };
        let Self { library, model, terminal, log, .. } = self;
        let config =
            self.config.as_ref().map_or_else(String::new, |path| path.display().to_string());
        let size = terminal.size.map_or_else(String::new, |(c, r)| format!("{c} × {r}"));
        for (label, value) in [
            ("version", format!("{} on {}", self.version, self.system)),
            ("library", library.folder.display().to_string()),
            (
                "",
                format!(
                    "{}, {}, {} MB, whole: {}",
                    output::count(library.papers, "paper"),
                    output::count(library.files, "file"),
                    library.bytes / 1_000_000,
                    yes(library.whole)
                ),
            ),
            ("config", config),
            ("cache", self.cache.display().to_string()),
            ("model", format!("{}, here: {}", model.name, yes(model.here))),
            ("", format!("precision {}, device {}", model.precision, model.device)),
            ("processor", self.processor.clone()),
            ("threads", self.threads.to_string()),
            (
                "terminal",
                format!(
                    "{} {size} {}",
                    terminal.term.as_deref().unwrap_or("unknown"),
                    terminal.colorterm.as_deref().unwrap_or("")
                ),
            ),
            ("", format!("colours: {}, encoding: {}", terminal.colours, terminal.encoding)),
            ("", format!("clipboard: {}", terminal.clipboard)),
            ("log", format!("{}, level {}", log.file.display(), log.level)),
        ] {
            writeln!(out, "{label:<10} {}", output::printable(value.trim()))?;
        }
        for line in &log.trouble {
            writeln!(out, "{:<10} {}", "", output::printable(line))?;
        }
        for problem in &self.problems {
            writeln!(out, "{:<10} {}", "problem", output::printable(problem))?;
        }
        Ok(())
    }
}
