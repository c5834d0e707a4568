//! Which papers a command lists: the query language behind `--filter`.

use super::{UsageError, list};
use crate::library::paper::{Snapshot, fold};
use crate::library::query::{Folded, Known, Query, QueryError, Saved};
use crate::library::store::Store;
use crate::settings::Settings;

/// Reads the value of an option; without one everything matches.
pub(super) fn parse(
    settings: &Settings,
    option: &str,
    text: Option<&str>,
) -> anyhow::Result<Query> {
    let Some(text) = text else { return Ok(Query::default()) };
    Ok(read(option, saved(settings, text)?.parse(text))?)
}

/// The saved filters, where a query may name one: else the library need not be opened for it.
pub(super) fn saved(settings: &Settings, text: &str) -> anyhow::Result<Saved> {
    if !text.to_ascii_lowercase().contains("saved:") {
        return Ok(Saved::default());
    }
    Ok(Saved::new(settings.store()?.filters()?))
}

/// What was read, or where it went wrong.
pub(super) fn read<T>(option: &str, result: Result<T, QueryError>) -> Result<T, UsageError> {
    result.map_err(|error| UsageError(format!("{option}: {error}")))
}

/// Which papers match, `[papers]`.
pub(super) fn select(
    settings: &Settings,
    store: &Store,
    snapshot: &Snapshot,
    query: &Query,
) -> anyhow::Result<Vec<bool>> {
    let papers = snapshot.papers();
    if query.is_empty() {
        return Ok(vec![true; papers.len()]);
    }
    let marks = store.marks()?.with_defaults(snapshot);
    let texts =
        if query.needs_vectors() { Some(list::with_vector(settings, store)?) } else { None };
    let has_vector =
        |paper: usize| texts.as_ref().is_some_and(|texts| texts.contains(&papers[paper].text_hash));
    // What clusters are called besides takes finding them.
    let mut names: Vec<[String; 2]> = vec![Default::default(); papers.len()];
    if query.needs_clusters() {
        for cluster in store.clusters()? {
            let number = cluster.id.map_or_else(String::new, |id| id.0.to_string());
            let name = fold(&format!("{number} {}", cluster.name.unwrap_or_default()));
            for paper in cluster.papers.iter().filter_map(|&id| snapshot.by_id(id)) {
                names[paper][cluster.level.min(1)].clone_from(&name);
            }
        }
    }
    let clusters: Vec<[&str; 2]> =
        names.iter().map(|names| names.each_ref().map(String::as_str)).collect();
    let known = Known { marks: Some(&marks), has_vector: Some(&has_vector), clusters: &clusters };
    Ok(Folded::new(papers).select(papers, query, &known))
}
