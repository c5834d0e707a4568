//! Papers by their cite keys, as the user names them.

use anyhow::bail;

use super::output;
use crate::library::paper::Snapshot;

/// Indices of the papers with these cite keys.
pub(super) fn find(snapshot: &Snapshot, keys: &[String]) -> anyhow::Result<Vec<usize>> {
    keys.iter().map(|key| find_one(snapshot, key)).collect()
}

/// Index of the paper with this cite key; where there is none, the closest keys are suggested.
pub(super) fn find_one(snapshot: &Snapshot, key: &str) -> anyhow::Result<usize> {
    if let Some(paper) = snapshot.by_key(key) {
        return Ok(paper);
    }
    let papers = snapshot.papers();
    let keys = papers.iter().flat_map(|paper| std::iter::once(&paper.key).chain(&paper.other_keys));
    bail!("{}", unknown(key, keys.map(String::as_str)))
}

/// There is no paper of this key; those that are most like it.
pub(super) fn unknown<'a>(key: &str, keys: impl Iterator<Item = &'a str>) -> String {
    let close = closest(key, keys, 3).join(", ");
    let hint = if close.is_empty() {
        "there are no papers at all".to_owned()
    } else {
        format!("the closest keys are {close}")
    };
    format!("there is no paper {}; {hint}", output::printable(key))
}

/// The cite keys most like a mistyped one, closest first.
fn closest<'a>(key: &str, keys: impl Iterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let key = key.to_lowercase();
    let mut keys: Vec<(f64, &str)> =
        keys.map(|other| (strsim::jaro_winkler(&key, &other.to_lowercase()), other)).collect();
    keys.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    keys.into_iter().take(count).map(|(_, key)| key).collect()
}
