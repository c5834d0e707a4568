//! The clusters of a library, as headless commands need them.

use std::sync::Arc;

use crate::clusters::affinity::Affinity;
use crate::clusters::labels::Phrases;
use crate::clusters::subjects::{Footing, Found, Ground};
use crate::clusters::{Clusters, identity};
use crate::library::paper::Snapshot;
use crate::library::store::Store;
use crate::similarity::lexical::Lexical;
use crate::similarity::vectors::Vectors;

/// Finds the clusters at a resolution and has the store remember them. `dense` are the vectors of all
/// papers, and the fingerprint of what made them.
pub(super) fn find(
    store: &mut Store,
    snapshot: &Arc<Snapshot>,
    lexical: &Lexical,
    dense: Option<(&str, &Vectors)>,
    resolution: f64,
) -> anyhow::Result<Found> {
    let footing = dense.map_or(Footing::Words, |(fingerprint, _)| Footing::Wholly {
        fingerprint: fingerprint.to_owned(),
    });
    let affinity = Affinity::new(lexical, dense.map(|(_, vectors)| vectors));
    let phrases = Arc::new(Phrases::read(snapshot.papers()));
    let ground = Arc::new(Ground::new(Arc::clone(snapshot), &affinity, phrases, footing)?);
    let clusters = Clusters::find(&ground.graph, resolution)?;
    let remembered =
        store.remember_clusters(|known| identity::recognise(known, &clusters, snapshot))?;
    Ok(Found::new(ground, clusters, &remembered))
}
