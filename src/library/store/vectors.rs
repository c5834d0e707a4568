//! Embeddings, by model fingerprint and text hash.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::library::paper::TextHash;

/// Row of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelId(i64);

impl Store {
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

    /// Calls `visit` with every vector that the model has, in the order of storing.
    ///
    /// # Errors
    /// The store cannot be read, or a vector has the wrong length.
    pub fn each_vector(
        &self,
        model: ModelId,
        dimensions: usize,
        mut visit: impl FnMut(TextHash, &[f32]),
    ) -> Result<(), StoreError> {
        let mut vector = vec![0.0; dimensions];
        let mut read = || -> rusqlite::Result<Option<usize>> {
            let mut statement = self
                .connection
                .prepare_cached("SELECT text_hash, vector FROM vectors WHERE model = ?1")?;
            let mut rows = statement.query([model.0])?;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(1)?.as_blob()?;
                if bytes.len() != dimensions * 4 {
                    return Ok(Some(bytes.len()));
                }
                let (values, _) = bytes.as_chunks::<4>();
                for (value, bytes) in vector.iter_mut().zip(values) {
                    *value = f32::from_le_bytes(*bytes);
                }
                visit(row.get(0)?, &vector);
            }
            Ok(None)
        };
        match read().map_err(self.fail())? {
            None => Ok(()),
            Some(length) => Err(StoreError::Damaged {
                path: self.path.clone(),
                what: format!("a vector of {length} bytes where {} belong", dimensions * 4),
            }),
        }
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
        Store::open(folder.path())
            .unwrap()
            .each_vector(model, 3, |hash, vector| read.push((hash, vector.to_vec())))
            .unwrap();
        assert_eq!(read, vectors);
    }

    #[test]
    fn a_vector_of_the_wrong_length_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let model = store.model("f1", "tiny", 3).unwrap();
        store.add_vectors(model, &[([1; 32], vec![1.0, 2.0])]).unwrap();
        let error = store.each_vector(model, 3, |_, _| {}).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(store.model("f1", "tiny", 4).is_err());
    }
}
