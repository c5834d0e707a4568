//! What the user chose for this library: preferences, and filters saved under a name.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Store, StoreError};

impl Store {
    /// All preferences, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn preferences(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.pairs("SELECT name, value FROM preferences")
    }

    /// Keeps a preference, or with `None` lets it go.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_preference(&mut self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        self.set_pair("preferences", "value", name, value)
    }

    /// The queries of the saved filters, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn filters(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.pairs("SELECT name, query FROM filters")
    }

    /// Saves a filter under a name, or with `None` deletes it.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_filter(&mut self, name: &str, query: Option<&str>) -> Result<(), StoreError> {
        self.set_pair("filters", "query", name, query)
    }

    fn pairs(&self, select: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let read = || -> rusqlite::Result<BTreeMap<String, String>> {
            self.connection
                .prepare_cached(select)?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(self.fail())
    }

    fn set_pair(
        &mut self,
        table: &str,
        column: &str,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), StoreError> {
        let done = match value {
            Some(value) => self.connection.execute(
                &format!("INSERT OR REPLACE INTO {table} (name, {column}) VALUES (?1, ?2)"),
                params![name, value],
            ),
            None => {
                self.connection.execute(&format!("DELETE FROM {table} WHERE name = ?1"), [name])
            }
        };
        done.map(drop).map_err(self.fail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        assert!(store.preferences().unwrap().is_empty() && store.filters().unwrap().is_empty());
        store.set_preference("columns", Some("year title")).unwrap();
        store.set_preference("columns", Some("title")).unwrap();
        store.set_filter("to read", Some("is:queued -is:missing")).unwrap();
        store.set_filter("old", Some("year:..1999")).unwrap();
        drop(store);
        let mut store = Store::open(folder.path()).unwrap();
        assert_eq!(store.preferences().unwrap()["columns"], "title");
        assert_eq!(store.filters().unwrap().len(), 2);
        store.set_filter("old", None).unwrap();
        store.set_preference("columns", None).unwrap();
        assert_eq!(store.filters().unwrap().keys().collect::<Vec<_>>(), ["to read"]);
        assert!(store.preferences().unwrap().is_empty());
    }
}
