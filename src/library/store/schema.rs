//! Tables, and how an older library becomes a current one.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Step `n` takes a library from schema `n` to `n + 1`. Released steps are never edited.
const MIGRATIONS: &[&str] = &[
    "
    -- A .bib file as it was when last imported.
    CREATE TABLE sources (
        id       INTEGER PRIMARY KEY,
        path     TEXT NOT NULL UNIQUE,
        hash     BLOB NOT NULL            -- SHA-256 of the bytes and of the parser's version
    ) STRICT;

    -- A work. Marks, notes and dates hang here; it outlives its entries.
    CREATE TABLE papers (
        id    INTEGER PRIMARY KEY,
        added INTEGER NOT NULL            -- seconds since 1970
    ) STRICT;

    -- Every name under which a work was ever found: doi:…, arxiv:…, title:…:year, key:….
    -- Without a foreign key, which would search the whole table for each work that is joined to
    -- another: the writer leads its identities there.
    CREATE TABLE identities (
        identity TEXT PRIMARY KEY,
        paper    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- What one file says of a work. The long columns come last: SQLite reads a row from the front.
    CREATE TABLE entries (
        id        INTEGER PRIMARY KEY,
        source    INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        position  INTEGER NOT NULL,       -- order in the file
        paper     INTEGER NOT NULL REFERENCES papers (id),
        key       TEXT NOT NULL,
        line      INTEGER NOT NULL,
        hash      BLOB NOT NULL,          -- SHA-256 of everything below, key and identities
        text_hash BLOB NOT NULL,          -- SHA-256 of title and abstract
        kind      TEXT NOT NULL,
        title     TEXT NOT NULL,
        authors   TEXT NOT NULL,          -- JSON: [{given, particle, family, suffix}]
        year      INTEGER,
        venue     TEXT NOT NULL,
        keywords  TEXT NOT NULL,          -- JSON: [string]
        doi       TEXT,
        arxiv     TEXT,
        url       TEXT,
        file      TEXT,
        abstract  TEXT NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_in_order ON entries (source, position);
    -- With all that counting duplicates needs.
    CREATE INDEX entries_of_paper ON entries (paper, source, position);

    CREATE TABLE diagnostics (
        source   INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        line     INTEGER NOT NULL,
        column   INTEGER NOT NULL,
        severity INTEGER NOT NULL,        -- 0 info, 1 warning, 2 error
        key      TEXT,
        message  TEXT NOT NULL
    ) STRICT;
    CREATE INDEX diagnostics_of_source ON diagnostics (source);

    -- What makes a vector what it is: weights, tokenizer, pooling, precision, length, template.
    CREATE TABLE models (
        id          INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        name        TEXT NOT NULL,
        dimensions  INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE vectors (
        model     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
        text_hash BLOB NOT NULL,
        vector    BLOB NOT NULL,          -- dimensions little-endian f32
        UNIQUE (model, text_hash)
    ) STRICT;
",
    "
    -- 1 for an entry that its file no longer has, kept because the file is empty or cut short.
    ALTER TABLE entries ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
    DROP INDEX entries_of_paper;
    CREATE INDEX entries_of_paper ON entries (paper, source, position, kept);
",
];

/// Brings a library to the current schema, one transaction a step.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |cause| StoreError::Sqlite { path: path.to_owned(), cause };
    let known = MIGRATIONS.len() as u32;
    let version = |connection: &Connection| -> Result<u32, StoreError> {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)
    };
    loop {
        let found = version(connection)?;
        if found > known {
            return Err(StoreError::Newer { path: path.to_owned(), found, known });
        }
        if found == known {
            return Ok(());
        }
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        // Another process may have made this very step while we waited for the lock.
        if version(&transaction)? == found {
            transaction.execute_batch(MIGRATIONS[found as usize]).map_err(fail)?;
            transaction.pragma_update(None, "user_version", found + 1).map_err(fail)?;
            transaction.commit().map_err(fail)?;
        }
    }
}
