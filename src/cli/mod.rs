//! The command line: definitions here, one file for each headless command.
//!
//! Data goes to standard output, progress and diagnostics to standard error. Exit code 0, 1 on
//! failure, 2 on wrong usage.

mod between;
mod clusters;
mod doctor;
mod duplicates;
mod embed;
mod evaluate;
mod export;
mod filter;
mod forget;
mod import;
mod inbox;
mod list;
mod map;
mod mark;
mod next;
mod options;
mod output;
mod papers;
mod reading;
mod sample;
mod search;
mod setup;
mod similar;
mod subjects;
mod why;
mod workspace;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::library::opening;
use crate::logging;
use crate::runtime::Ended;
use crate::similarity::rank::Ranking;
use options::Options;

/// Find related papers in your own BibTeX library: in the terminal, on your own machine.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "Without a subcommand the library opens on the screen. \
    The .bib files are never written to, and nothing leaves this machine."
)]
pub struct Cli {
    #[command(flatten)]
    options: Options,

    /// The .bib files to open (none: the whole library)
    #[arg(value_name = "BIB")]
    bib: Vec<PathBuf>,

    /// A .bib file of new papers to look through on the screen: they do not join the library
    #[arg(long, value_name = "BIB")]
    inbox: Vec<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read .bib files into the library and report what differs and what is wrong in them
    Import(import::Arguments),
    /// Embed what has no vector yet
    Embed(embed::Arguments),
    /// List the papers closest to one or several others
    Similar(similar::Arguments),
    /// List the papers that answer a text in your own words
    Search(search::Arguments),
    /// List the subjects that the library consists of
    Clusters(clusters::Arguments),
    /// List the papers of the library
    List(list::Arguments),
    /// Draw the library as a map, or tell where each paper lies on it
    Map(map::Arguments),
    /// List works that were entered twice, and papers that may be versions of one work
    Duplicates(duplicates::Arguments),
    /// Write the vectors as a NumPy array, or entries as BibTeX
    Export(export::Arguments),
    /// Let go of the papers that are missing from their files
    Forget(forget::Arguments),
    /// List what to read next, by what you marked
    Next(next::Arguments),
    /// Rank the papers of files that do not join the library by how well they suit it
    Inbox(inbox::Arguments),
    /// List the papers that are close to two others
    Bridge(between::Bridge),
    /// List papers that lead from one to another, each close to the next
    Path(between::Arguments),
    /// Hide papers of your stars, tags and groups, and tell how often they would be found again
    Evaluate(evaluate::Arguments),
    /// Mark papers: read, starred, rated, tagged, on a list, not for you
    Mark(mark::Arguments),
    /// Undo what was marked or forgotten last
    Undo(mark::Undo),
    /// Do again what was undone last
    Redo(mark::Undo),
    /// Tell how the program is set up here, and what is wrong with that
    Doctor(doctor::Arguments),
    /// Print, check or locate the configuration
    Config(setup::Configuration),
    /// Print a script that completes commands and options
    Completions(setup::Completions),
    /// Print the manual page
    Man,
}

/// Wrong usage: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsageError(String);

/// A word that is no file but nearly a subcommand, and what it may have been meant for.
fn mistyped(file: &Path) -> Option<String> {
    let word = file.to_str().filter(|_| !file.exists())?;
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let close = names
        .max_by(|a, b| strsim::jaro_winkler(a, word).total_cmp(&strsim::jaro_winkler(b, word)))?;
    (strsim::jaro_winkler(close, word) > 0.85)
        .then(|| format!("there is no file {word}; did you mean the subcommand {close}?"))
}

/// Ranking as an option's value.
fn parse_ranking(text: &str) -> Result<Ranking, String> {
    text.parse().map_err(|_| "one of hybrid, dense, lexical".to_owned())
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", logging::discreet(&format!("{error:#}")));
            eprintln!("specter-tui: {error:#}");
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    if cli.command.is_some() && !cli.bib.is_empty() {
        return Err(UsageError(format!(
            "{} stands before the subcommand: name .bib files behind it",
            cli.bib[0].display()
        ))
        .into());
    }
    if cli.command.is_some() && !cli.inbox.is_empty() {
        let what = "--inbox is for the screen; headless it is specter-tui inbox FILE";
        return Err(UsageError(what.to_owned()).into());
    }
    if let Some(hint) = cli.bib.iter().find_map(|file| mistyped(file)) {
        return Err(UsageError(hint).into());
    }
    match &cli.command {
        Some(Command::Config(arguments)) => {
            return setup::configuration(cli.options.config, arguments);
        }
        Some(Command::Completions(arguments)) => return setup::completions(arguments),
        Some(Command::Man) => return setup::manual(),
        _ => {}
    }
    let is_sample = cli.options.sample;
    if is_sample && !cli.bib.is_empty() {
        let what = "--sample opens a library of its own: name no .bib files beside it";
        return Err(UsageError(what.to_owned()).into());
    }
    let settings = cli.options.settle()?;
    logging::start(&settings.state, settings.log_level);
    // Held to the end.
    let opened = opening::open(&settings.library, crate::library::import::now())?;
    if let Some(rescued) = &opened.rescue {
        eprintln!("specter-tui: {rescued}");
    }
    let sample = if is_sample { vec![sample::prepare(&settings)?] } else { Vec::new() };
    let bib = [cli.bib, sample].concat();
    match cli.command {
        Some(Command::Import(arguments)) => import::run(&settings, &arguments),
        Some(Command::Embed(arguments)) => embed::run(&settings, &arguments),
        Some(Command::Similar(arguments)) => similar::run(&settings, &arguments),
        Some(Command::Search(arguments)) => search::run(&settings, &arguments),
        Some(Command::Clusters(arguments)) => clusters::run(&settings, &arguments),
        Some(Command::List(arguments)) => list::run(&settings, &arguments),
        Some(Command::Map(arguments)) => map::run(&settings, &arguments),
        Some(Command::Export(arguments)) => export::run(&settings, &arguments),
        Some(Command::Duplicates(arguments)) => duplicates::run(&settings, &arguments),
        Some(Command::Forget(arguments)) => forget::run(&settings, &arguments),
        Some(Command::Next(arguments)) => next::run(&settings, &arguments),
        Some(Command::Inbox(arguments)) => inbox::run(&settings, &arguments),
        Some(Command::Bridge(arguments)) => between::bridge(&settings, &arguments),
        Some(Command::Path(arguments)) => between::path(&settings, &arguments),
        Some(Command::Evaluate(arguments)) => evaluate::run(&settings, &arguments),
        Some(Command::Mark(arguments)) => mark::run(&settings, &arguments),
        Some(Command::Undo(arguments)) => mark::undo(&settings, &arguments),
        Some(Command::Redo(arguments)) => mark::redo(&settings, &arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&settings, &arguments),
        Some(Command::Config(_) | Command::Completions(_) | Command::Man) => Ok(()),
        None if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() => {
            let said = opened.rescue.as_ref().map(ToString::to_string);
            match crate::runtime::run(settings, &bib, cli.inbox, said)? {
                Ended::Quit => Ok(()),
                Ended::Sample => {
                    // The next one opens it for itself.
                    drop(opened);
                    sample::reopen()
                }
            }
        }
        None => Err(UsageError(
            "no terminal to draw on; the headless commands are import, embed, similar, search, clusters, map, \
             list, duplicates, export, forget, next, inbox, bridge, path, evaluate, mark, undo, redo and doctor (see \
             specter-tui --help)"
                .to_owned(),
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn files_and_subcommands_are_told_apart() {
        let cli = Cli::parse_from(["specter-tui", "--library", "l", "a.bib", "b.bib"]);
        assert_eq!(cli.bib.len(), 2);
        let cli =
            Cli::parse_from(["specter-tui", "--library", "l", "similar", "k", "--bib", "a.bib"]);
        assert!(matches!(cli.command, Some(Command::Similar(_))));
    }
}
