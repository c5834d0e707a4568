//! Where papers lie on the map, so that it is the same one tomorrow.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::library::paper::PaperId;

/// Bytes of a paper and its place.
const BYTES: usize = 16;

/// A map as it was last laid out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredMap {
    /// What the similarities rested on, in words that only their maker reads.
    pub basis: String,
    /// Where each paper lies: x, y.
    pub places: HashMap<PaperId, [f32; 2]>,
}

impl Store {
    /// The last map of some files' papers (of none: of the whole library's); `None` before there is
    /// one.
    ///
    /// # Errors
    /// The store cannot be read, or what it holds is damaged.
    pub fn map(&self, sources: &[impl AsRef<Path>]) -> Result<Option<StoredMap>, StoreError> {
        let found: Option<(String, Vec<u8>)> = self
            .connection
            .prepare_cached("SELECT basis, places FROM maps WHERE scope = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([scope(sources)], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(self.fail())?;
        let Some((basis, bytes)) = found else {
            return Ok(None);
        };
        let (rows, rest) = bytes.as_chunks::<BYTES>();
        let places: HashMap<PaperId, [f32; 2]> = rows.iter().map(read).collect();
        let sound = places.values().flatten().all(|along| along.is_finite());
        if !(rest.is_empty() && sound) {
            let what = format!("the map of {}", scope(sources).replace('\n', ", "));
            return Err(StoreError::Damaged { path: self.path.clone(), what });
        }
        Ok(Some(StoredMap { basis, places }))
    }

    /// Stores the map of some files' papers in place of the last one.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_map(
        &mut self,
        sources: &[impl AsRef<Path>],
        map: &StoredMap,
    ) -> Result<(), StoreError> {
        let mut papers: Vec<(&PaperId, &[f32; 2])> = map.places.iter().collect();
        papers.sort_unstable_by_key(|(paper, _)| **paper);
        let mut bytes = Vec::with_capacity(papers.len() * BYTES);
        for (paper, place) in papers {
            bytes.extend(paper.0.to_le_bytes());
            bytes.extend(place.iter().flat_map(|along| along.to_le_bytes()));
        }
        self.connection
            .execute(
                "INSERT OR REPLACE INTO maps (scope, basis, places) VALUES (?1, ?2, ?3)",
                params![scope(sources), map.basis, bytes],
            )
            .map(drop)
            .map_err(self.fail())
    }
}

/// The files whose papers a map has, in whatever order they were named.
fn scope(sources: &[impl AsRef<Path>]) -> String {
    let mut paths: Vec<_> = sources.iter().map(|path| path.as_ref().to_string_lossy()).collect();
    paths.sort_unstable();
    paths.join("\n")
}

fn read(row: &[u8; BYTES]) -> (PaperId, [f32; 2]) {
    let bits = u128::from_le_bytes(*row);
    (PaperId(bits as i64), [64, 96].map(|from| f32::from_bits((bits >> from) as u32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_as_it_was_and_belongs_to_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let whole: [&Path; 0] = [];
        assert_eq!(store.map(&whole).unwrap(), None);
        let map = |basis: &str, x: f32| StoredMap {
            basis: basis.to_owned(),
            places: [(PaperId(7), [x, -2.5]), (PaperId(1 << 40), [0.0; 2])].into(),
        };
        store.set_map(&whole, &map("words", 1.5)).unwrap();
        store.set_map(&["b", "a"], &map("model", 3.0)).unwrap();
        store.set_map(&whole, &map("model", 0.1)).unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.map(&whole).unwrap(), Some(map("model", 0.1)));
        assert_eq!(store.map(&["a", "b"]).unwrap(), Some(map("model", 3.0)));
        assert_eq!(store.map(&["a"]).unwrap(), None);
    }

    #[test]
    fn a_damaged_map_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let map =
            StoredMap { basis: String::new(), places: [(PaperId(1), [f32::NAN, 0.0])].into() };
        store.set_map(&["a"], &map).unwrap();
        let error = store.map(&["a"]).unwrap_err().to_string();
        assert!(error.contains("the map of a"), "{error}");
        store.connection.execute("UPDATE maps SET places = x'00'", []).unwrap();
        assert!(store.map(&["a"]).is_err());
    }
}
