//! `mark`, `undo`, `redo`: what the user says of papers.

use serde::Serialize;

use super::UsageError;
use super::output::{self, count};
use super::papers::find;
use crate::library::import;
use crate::library::marks::{Change, State, Step};
use crate::library::paper::Snapshot;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
// One flag for each state, as a user says it.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Arguments {
    /// Cite keys of the papers
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    /// Read, to the end or far enough
    #[arg(long, group = "state")]
    read: bool,
    /// Begun
    #[arg(long, group = "state")]
    reading: bool,
    /// Wanted next
    #[arg(long, group = "state")]
    queued: bool,
    /// Not read yet
    #[arg(long, group = "state")]
    unread: bool,
    /// Liked
    #[arg(long, group = "liking")]
    star: bool,
    /// Not liked any more
    #[arg(long, group = "liking")]
    unstar: bool,
    /// More like this is not wanted
    #[arg(long, group = "liking")]
    not_for_me: bool,
    /// More like this is wanted again
    #[arg(long, group = "liking")]
    for_me: bool,
    /// 1 to 5; 0 for none
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    rating: Option<u8>,
    /// Add a tag
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Take a tag away
    #[arg(long = "untag", value_name = "TAG")]
    untags: Vec<String>,
    /// Replace the note; empty for none
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Put on a list
    #[arg(long = "list", value_name = "LIST")]
    lists: Vec<String>,
    /// Take off a list
    #[arg(long = "unlist", value_name = "LIST")]
    unlists: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Undo {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was done.
#[derive(Serialize)]
struct Report<'a> {
    /// In words; `null` where nothing was to be done.
    what: Option<&'a str>,
    /// Cite keys of the papers that it touched.
    keys: Vec<&'a str>,
}

impl Arguments {
    fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let states = [self.unread, self.queued, self.reading, self.read];
        let state = State::ALL.into_iter().zip(states).find(|(_, is_set)| *is_set);
        changes.extend(state.map(|(state, _)| Change::State(state)));
        let likings = [
            (self.star, Change::Star(true)),
            (self.unstar, Change::Star(false)),
            (self.not_for_me, Change::NotForMe(true)),
            (self.for_me, Change::NotForMe(false)),
        ];
        changes.extend(likings.into_iter().filter(|(is_set, _)| *is_set).map(|(_, change)| change));
        changes.extend(self.rating.map(|stars| Change::Rating((stars > 0).then_some(stars))));
        changes.extend(self.tags.iter().cloned().map(Change::Tag));
        changes.extend(self.untags.iter().cloned().map(Change::Untag));
        changes.extend(self.note.clone().map(Change::Note));
        changes.extend(self.lists.iter().cloned().map(Change::List));
        changes.extend(self.unlists.iter().cloned().map(Change::Unlist));
        changes
    }
}

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let changes = arguments.changes();
    if changes.is_empty() {
        let hint = "mark needs to be told what: --read, --star, --rating N, … (see mark --help)";
        return Err(UsageError(hint.to_owned()).into());
    }
    let names = [&arguments.tags, &arguments.untags, &arguments.lists, &arguments.unlists];
    if names.into_iter().flatten().any(|name| name.trim().is_empty()) {
        return Err(UsageError("a tag or list needs a name".to_owned()).into());
    }
    let mut store = settings.store()?;
    let snapshot = store.snapshot(&[])?;
    let papers: Vec<_> = find(&snapshot, &arguments.keys)?
        .into_iter()
        .map(|paper| snapshot.papers()[paper].id)
        .collect();
    let step = store.mark(&papers, &changes, import::now())?;
    print(&snapshot, step.as_ref(), "", "nothing to change", arguments.json)
}

pub(super) fn undo(settings: &Settings, arguments: &Undo) -> anyhow::Result<()> {
    let mut store = settings.store()?;
    let step = store.undo()?;
    print(&store.snapshot(&[])?, step.as_ref(), "undone: ", "nothing to undo", arguments.json)
}

pub(super) fn redo(settings: &Settings, arguments: &Undo) -> anyhow::Result<()> {
    let mut store = settings.store()?;
    let step = store.redo()?;
    print(&store.snapshot(&[])?, step.as_ref(), "redone: ", "nothing to redo", arguments.json)
}

fn print(
    snapshot: &Snapshot,
    step: Option<&Step>,
    done: &str,
    nothing: &str,
    as_json: bool,
) -> anyhow::Result<()> {
    let key = |index: usize| snapshot.papers()[index].key.as_str();
    let papers = step.map_or(&[][..], |step| step.papers.as_slice());
    let keys = papers.iter().filter_map(|&id| snapshot.by_id(id).map(key)).collect();
    if as_json {
        return output::json(&Report { what: step.map(|step| step.what.as_str()), keys });
    }
    match step {
        Some(step) => {
            let what = format!("{done}{} ({})", step.what, count(papers.len(), "paper"));
            println!("{}", output::printable(&what));
        }
        None => eprintln!("{nothing}"),
    }
    Ok(())
}
