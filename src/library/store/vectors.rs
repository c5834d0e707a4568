//! Embeddings, by model fingerprint and text hash.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::library::paper::TextHash;

/// Row of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelId(i64);

impl Store {
    /// Row of the model with this fingerprint, if it has one.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn find_model(&self, fingerprint: &str) -> Result<Option<ModelId>, StoreError> {
        self.connection
            .query_row("SELECT id FROM models WHERE fingerprint = ?1", [fingerprint], |row| {
                row.get(0).map(ModelId)
            })
            .optional()
            .map_err(self.fail())
    }

    /// Row of the model with this fingerprint, made if need be.
    ///
    /// # Errors
    /// The store cannot be written, or holds the fingerprint with other dimensions.
    pub fn model(
        &self,
        fingerprint: &str,
        name: &str,
        dimensions: usize,
    ) -> Result<ModelId, StoreError> {
        let found: Option<(i64, usize)> = self
            .connection
            .query_row(
                "SELECT id, dimensions FROM models WHERE fingerprint = ?1",
                [fingerprint],
                |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)),
            )
            .optional()
            .map_err(self.fail())?;
        match found {
            Some((id, stored)) if stored == dimensions => Ok(ModelId(id)),
            Some((_, stored)) => Err(StoreError::Damaged {
                path: self.path.clone(),
                what: format!("model {fingerprint} with {stored} dimensions, not {dimensions}"),
            }),
            None => self
                .connection
                .query_row(
                    // Another process may have been faster.
                    "INSERT INTO models (fingerprint, name, dimensions) VALUES (?1, ?2, ?3)
                     ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name RETURNING id",
                    params![fingerprint, name, dimensions as i64],
                    |row| row.get(0).map(ModelId),
                )
                .map_err(self.fail()),
        }
    }

    /// Calls `visit` with every vector that the model has, in the order of storing, and returns the
    /// texts whose vector cannot be used: it has the wrong length, or `visit` refused it with
    /// `false`. They are left in the store; see [`remove_vectors`](Self::remove_vectors).
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn each_vector(
        &self,
        model: ModelId,
        dimensions: usize,
        mut visit: impl FnMut(TextHash, &[f32]) -> bool,
    ) -> Result<Vec<TextHash>, StoreError> {
        let mut vector = vec![0.0; dimensions];
        let mut unusable = Vec::new();
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT text_hash, vector FROM vectors WHERE model = ?1")?;
            let mut rows = statement.query([model.0])?;
            while let Some(row) = rows.next()? {
                let hash = row.get(0)?;
                let (values, rest) = row.get_ref(1)?.as_blob()?.as_chunks::<4>();
                for (value, bytes) in vector.iter_mut().zip(values) {
                    *value = f32::from_le_bytes(*bytes);
                }
                let whole = values.len() == dimensions && rest.is_empty();
                if !(whole && visit(hash, &vector)) {
                    unusable.push(hash);
                }
            }
            Ok(())
        };
        read().map_err(self.fail())?;
        Ok(unusable)
    }

    /// The vector of a text; `None` where there is none of so many dimensions.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn vector(
        &self,
        model: ModelId,
        dimensions: usize,
        text: &TextHash,
    ) -> Result<Option<Vec<f32>>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached("SELECT vector FROM vectors WHERE model = ?1 AND text_hash = ?2")?
                .query_row(params![model.0, text], |row| row.get::<_, Vec<u8>>(0))
                .optional()
        };
        let bytes = read().map_err(self.fail())?;
        Ok(bytes.filter(|bytes| bytes.len() == dimensions * 4).map(|bytes| {
            let (values, _) = bytes.as_chunks::<4>();
            values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
        }))
    }

    /// Stores vectors, all of them or none. One that is there already is left as it is.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn add_vectors(
        &mut self,
        model: ModelId,
        vectors: &[(TextHash, Vec<f32>)],
    ) -> Result<(), StoreError> {
        let fail = self.fail();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self
                .connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            {
                let mut statement = transaction.prepare_cached(
                    "INSERT OR IGNORE INTO vectors (model, text_hash, vector) VALUES (?1, ?2, ?3)",
                )?;
                for (hash, vector) in vectors {
                    let bytes: Vec<u8> = vector.iter().flat_map(|v| v.to_le_bytes()).collect();
                    statement.execute(params![model.0, hash, bytes])?;
                }
            }
            transaction.commit()
        };
        write().map_err(fail)
    }

    /// Removes the vectors of some texts, all of them or none, so that they can be made again.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn remove_vectors(&mut self, model: ModelId, texts: &[TextHash]) -> Result<(), StoreError> {
        let fail = self.fail();
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self
                .connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            for text in texts {
                transaction
                    .prepare_cached("DELETE FROM vectors WHERE model = ?1 AND text_hash = ?2")?
                    .execute(params![model.0, text])?;
            }
            transaction.commit()
        };
        write().map_err(fail)
    }

    /// The texts that have a vector of this model.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn texts_with_vector(&self, model: ModelId) -> Result<HashSet<TextHash>, StoreError> {
        let read = || -> rusqlite::Result<HashSet<TextHash>> {
            self.connection
                .prepare_cached("SELECT text_hash FROM vectors WHERE model = ?1")?
                .query_map([model.0], |row| row.get(0))?
                .collect()
        };
        read().map_err(self.fail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_as_they_were_stored() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let model = store.model("f1", "tiny", 3).unwrap();
        let other = store.model("f2", "other", 3).unwrap();
        let vectors = vec![([1; 32], vec![0.5, -1.0, 3.25]), ([2; 32], vec![1.0; 3])];
        store.add_vectors(model, &vectors).unwrap();
        store.add_vectors(other, &[([1; 32], vec![9.0; 3])]).unwrap();
        // A second writer of the same text changes nothing.
        store.add_vectors(model, &[([1; 32], vec![7.0; 3])]).unwrap();

        let mut read = Vec::new();
        let unusable = Store::open(folder.path())
            .unwrap()
            .each_vector(model, 3, |hash, vector| {
                read.push((hash, vector.to_vec()));
                true
            })
            .unwrap();
        assert_eq!(read, vectors);
        assert!(unusable.is_empty());
    }

    #[test]
    fn vectors_that_cannot_be_used_can_be_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let model = store.model("f1", "tiny", 3).unwrap();
        let stored =
            [([1; 32], vec![1.0, 2.0]), ([2; 32], vec![f32::NAN; 3]), ([3; 32], vec![3.0; 3])];
        store.add_vectors(model, &stored).unwrap();
        let finite = |_: TextHash, vector: &[f32]| vector.iter().all(|v| v.is_finite());
        let unusable = store.each_vector(model, 3, finite).unwrap();
        assert_eq!(unusable, [[1; 32], [2; 32]]);
        assert_eq!(store.texts_with_vector(model).unwrap().len(), 3, "reading removes nothing");
        store.remove_vectors(model, &unusable).unwrap();
        assert_eq!(store.texts_with_vector(model).unwrap(), HashSet::from([[3; 32]]));
        store.add_vectors(model, &[([1; 32], vec![1.0; 3])]).unwrap();
        assert!(store.each_vector(model, 3, finite).unwrap().is_empty());
        assert!(store.model("f1", "tiny", 4).is_err());
    }

    #[test]
    fn looking_a_model_up_makes_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.find_model("f1").unwrap(), None);
        assert_eq!(store.find_model("f1").unwrap(), None);
        let model = store.model("f1", "tiny", 3).unwrap();
        assert_eq!(store.find_model("f1").unwrap(), Some(model));
    }
}
