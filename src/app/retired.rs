//! What is no longer shown, on its way to be freed: for a large library that takes longer than a frame.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Something that is no longer shown, to be freed elsewhere.
#[derive(Clone)]
pub struct Retired(Arc<dyn Any + Send + Sync>);

impl Retired {
    /// The last holder of something that may be large.
    #[must_use]
    pub fn new(thing: impl Any + Send + Sync) -> Self {
        Self(Arc::new(thing))
    }
}

impl PartialEq for Retired {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Retired {}

impl fmt::Debug for Retired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Retired")
    }
}
