//! Who is at work on something that several programs would do, and one is to do.
//!
//! A lease ends by itself, so a program that was killed keeps nobody waiting for long.

use rusqlite::params;

use super::{Store, StoreError};

/// How long a lease holds unless it is taken again, in seconds.
pub const LEASE: i64 = 20;

impl Store {
    /// Takes the lease of `what`, or takes it again; `false` while another holder has it. `now` is in
    /// seconds since 1970: a lease that ends later than any taken now would is of a clock that was
    /// wrong, and counts as ended.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn take_lease(&mut self, what: &str, holder: &str, now: i64) -> Result<bool, StoreError> {
        self.connection
            .execute(
                "INSERT INTO leases (what, holder, until) VALUES (?1, ?2, ?3 + ?4)
                 ON CONFLICT (what) DO UPDATE SET holder = excluded.holder, until = excluded.until
                 WHERE holder = excluded.holder OR until <= ?3 OR until > ?3 + ?4",
                params![what, holder, now, LEASE],
            )
            .map(|changed| changed > 0)
            .map_err(self.fail())
    }

    /// Gives a lease back, so that others need not wait for its end.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn end_lease(&mut self, what: &str, holder: &str) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM leases WHERE what = ?1 AND holder = ?2", params![what, holder])
            .map(drop)
            .map_err(self.fail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let mut take = |holder: &str, now: i64| store.take_lease("work", holder, now).unwrap();
        assert!(take("a", 1000));
        assert!(!take("b", 1001));
        assert!(take("a", 1015), "again");
        assert!(!take("b", 1030));
        assert!(take("b", 1035), "it has ended");
        assert!(!take("a", 1040));
        assert!(take("a", 500), "the clock was set back: nobody waits for ever");
        store.end_lease("work", "b").unwrap();
        assert!(!store.take_lease("work", "b", 501).unwrap(), "only its holder ends it");
        store.end_lease("work", "a").unwrap();
        assert!(store.take_lease("work", "b", 501).unwrap());
        assert!(store.take_lease("other", "a", 501).unwrap());
    }
}
