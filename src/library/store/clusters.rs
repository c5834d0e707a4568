//! Clusters as they were last found, and the user's names for them.

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Store, StoreError};
use crate::library::paper::PaperId;

/// Row of a cluster: stable for as long as the cluster is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterId(pub i64);

/// A cluster as the store remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Its row; `None` for one that is not stored yet.
    pub id: Option<ClusterId>,
    /// 0 for a coarse cluster, 1 for a fine one.
    pub level: usize,
    /// Number of its colour.
    pub colour: u32,
    /// The user's own name for it.
    pub name: Option<String>,
    /// Its papers, ascending.
    pub papers: Vec<PaperId>,
}

impl Store {
    /// The clusters that are remembered, the oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn clusters(&self) -> Result<Vec<Remembered>, StoreError> {
        read(&self.connection).map_err(self.fail())
    }

    /// Remembers what `change` makes of the clusters that are known, in one transaction, and returns
    /// it, with the rows of those that are new.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn remember_clusters(
        &mut self,
        change: impl FnOnce(Vec<Remembered>) -> Vec<Remembered>,
    ) -> Result<Vec<Remembered>, StoreError> {
        let fail = self.fail();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(&fail)?;
        let known = read(&transaction).map_err(&fail)?;
        let mut wanted = change(known.clone());
        if wanted != known {
            write(&transaction, &known, &mut wanted).map_err(&fail)?;
        }
        transaction.commit().map_err(&fail)?;
        Ok(wanted)
    }

    /// Gives a cluster the user's name, or with `None` takes it away. `false` where there is no such
    /// cluster.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn name_cluster(&mut self, id: ClusterId, name: Option<&str>) -> Result<bool, StoreError> {
        self.connection
            .execute("UPDATE clusters SET name = ?2 WHERE id = ?1", params![id.0, name])
            .map(|changed| changed > 0)
            .map_err(self.fail())
    }
}

fn read(connection: &Connection) -> rusqlite::Result<Vec<Remembered>> {
    let mut papers = connection
        .prepare_cached("SELECT paper FROM cluster_papers WHERE cluster = ?1 ORDER BY paper")?;
    connection
        .prepare_cached("SELECT id, level, colour, name FROM clusters ORDER BY id")?
        .query_map([], |row| {
            let id = row.get(0)?;
            Ok(Remembered {
                id: Some(ClusterId(id)),
                level: row.get::<_, i64>(1)? as usize,
                colour: row.get(2)?,
                name: row.get(3)?,
                papers: papers
                    .query_map([id], |row| row.get(0).map(PaperId))?
                    .collect::<Result<_, _>>()?,
            })
        })?
        .collect()
}

/// Writes what differs, and numbers what is new.
fn write(
    connection: &Connection,
    known: &[Remembered],
    wanted: &mut [Remembered],
) -> rusqlite::Result<()> {
    let mut forget = connection.prepare_cached("DELETE FROM clusters WHERE id = ?1")?;
    let mut add = connection.prepare_cached(
        "INSERT INTO clusters (id, level, colour, name) VALUES (?1, ?2, ?3, ?4) RETURNING id",
    )?;
    let mut join =
        connection.prepare_cached("INSERT INTO cluster_papers (cluster, paper) VALUES (?1, ?2)")?;
    for old in known.iter().filter(|old| !wanted.contains(old)) {
        forget.execute([old.id.map(|id| id.0)])?;
    }
    for new in wanted.iter_mut().filter(|new| !known.contains(new)) {
        let row = params![new.id.map(|id| id.0), new.level as i64, new.colour, new.name];
        let id: i64 = add.query_row(row, |row| row.get(0))?;
        for paper in &new.papers {
            join.execute([id, paper.0])?;
        }
        new.id = Some(ClusterId(id));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(id: Option<i64>, name: Option<&str>, papers: &[i64]) -> Remembered {
        Remembered {
            id: id.map(ClusterId),
            level: 0,
            colour: 3,
            name: name.map(str::to_owned),
            papers: papers.iter().copied().map(PaperId).collect(),
        }
    }

    #[test]
    fn what_is_remembered_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let new = vec![cluster(None, None, &[1, 2]), cluster(None, Some("Whales"), &[3])];
        let stored = store
            .remember_clusters(|known| {
                assert!(known.is_empty());
                new
            })
            .unwrap();
        assert_eq!(stored[0], cluster(Some(1), None, &[1, 2]));
        assert!(store.name_cluster(ClusterId(1), Some("Birds")).unwrap());
        assert!(!store.name_cluster(ClusterId(9), Some("Fish")).unwrap());
        let mut store = Store::open(folder.path()).unwrap();
        let changed = store
            .remember_clusters(|known| {
                assert_eq!(known[0], cluster(Some(1), Some("Birds"), &[1, 2]));
                assert_eq!(known[1], cluster(Some(2), Some("Whales"), &[3]));
                vec![cluster(Some(1), Some("Birds"), &[2, 4]), cluster(None, None, &[5])]
            })
            .unwrap();
        // The row of a cluster that is gone is not given to another.
        assert_eq!(changed[1].id, Some(ClusterId(3)));
        assert_eq!(store.clusters().unwrap(), changed);
    }
}
