//! Tables, and how an older library becomes a current one.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, backup};
use crate::library::import;

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
    "
    -- Dates, further keys of an entry, and what other programs keep in it. A new table, so that
    -- the long columns stay last.
    CREATE TABLE new_entries (
        id        INTEGER PRIMARY KEY,
        source    INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        position  INTEGER NOT NULL,       -- order in the file
        kept      INTEGER NOT NULL DEFAULT 0, -- 1 for an entry that its file no longer has
        paper     INTEGER NOT NULL REFERENCES papers (id),
        key       TEXT NOT NULL,
        line      INTEGER NOT NULL,
        hash      BLOB NOT NULL,          -- SHA-256 of everything below, key and identities
        text_hash BLOB NOT NULL,          -- SHA-256 of title and abstract
        kind      TEXT NOT NULL,
        title     TEXT NOT NULL,
        authors   TEXT NOT NULL,          -- JSON: [{given, particle, family, suffix}]
        year      INTEGER,                -- of the date
        date      TEXT,                   -- ISO 8601-2, as biblatex has it
        written   TEXT,                   -- the date as written, where that differs
        venue     TEXT NOT NULL,
        keywords  TEXT NOT NULL,          -- JSON: [string]
        doi       TEXT,
        arxiv     TEXT,
        url       TEXT,
        file      TEXT,
        aliases   TEXT,                   -- JSON: [string], further cite keys; NULL for none
        extras    TEXT,                   -- JSON: what other programs keep in it; NULL for nothing
        abstract  TEXT NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT;
    INSERT INTO new_entries
        SELECT id, source, position, kept, paper, key, line, hash, text_hash, kind, title,
               authors, year, iif(year IS NULL, NULL, printf('%04d', year)), NULL, venue,
               keywords, doi, arxiv, url, file, NULL, NULL, abstract, raw
        FROM entries;
    DROP TABLE entries;
    ALTER TABLE new_entries RENAME TO entries;
    CREATE INDEX entries_in_order ON entries (source, position);
    CREATE INDEX entries_of_paper ON entries (paper, source, position, kept);
",
    "
    -- The column of an entry beside its line: findings that depend on other files are told anew.
    CREATE TABLE new_entries (
        id        INTEGER PRIMARY KEY,
        source    INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        position  INTEGER NOT NULL,       -- order in the file
        kept      INTEGER NOT NULL DEFAULT 0, -- 1 for an entry that its file no longer has
        paper     INTEGER NOT NULL REFERENCES papers (id),
        key       TEXT NOT NULL,
        line      INTEGER NOT NULL,
        column    INTEGER NOT NULL,       -- of the @ in that line
        hash      BLOB NOT NULL,          -- SHA-256 of everything below, key and identities
        text_hash BLOB NOT NULL,          -- SHA-256 of title and abstract
        kind      TEXT NOT NULL,
        title     TEXT NOT NULL,
        authors   TEXT NOT NULL,          -- JSON: [{given, particle, family, suffix}]
        year      INTEGER,                -- of the date
        date      TEXT,                   -- ISO 8601-2, as biblatex has it
        written   TEXT,                   -- the date as written, where that differs
        venue     TEXT NOT NULL,
        keywords  TEXT NOT NULL,          -- JSON: [string]
        doi       TEXT,
        arxiv     TEXT,
        url       TEXT,
        file      TEXT,
        aliases   TEXT,                   -- JSON: [string], further cite keys; NULL for none
        extras    TEXT,                   -- JSON: what other programs keep in it; NULL for nothing
        abstract  TEXT NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT;
    INSERT INTO new_entries
        SELECT id, source, position, kept, paper, key, line, 1, hash, text_hash, kind, title,
               authors, year, date, written, venue, keywords, doi, arxiv, url, file, aliases,
               extras, abstract, raw
        FROM entries;
    DROP TABLE entries;
    ALTER TABLE new_entries RENAME TO entries;
    CREATE INDEX entries_in_order ON entries (source, position);
    CREATE INDEX entries_of_paper ON entries (paper, source, position, kept);
",
    "
    -- What the user says of a work, a row for each thing said.
    CREATE TABLE marks (
        paper   INTEGER NOT NULL,
        aspect  TEXT NOT NULL,            -- state, star, not_for_me, rating, note, tag, list
        name    TEXT NOT NULL,            -- of the tag or list, else empty
        value   TEXT NOT NULL,            -- a state, 0 or 1, 1 to 5 or nothing, the note, nothing
        changed INTEGER NOT NULL,         -- seconds since 1970
        PRIMARY KEY (paper, aspect, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE openings (
        paper INTEGER NOT NULL,
        at    INTEGER NOT NULL,           -- seconds since 1970
        PRIMARY KEY (paper, at)
    ) STRICT, WITHOUT ROWID;

    -- Another number whenever one of the two above changed.
    CREATE TABLE marks_revision (revision INTEGER NOT NULL) STRICT;
    INSERT INTO marks_revision VALUES (0);

    -- Works of no file that are on a list: their entry, as it was found.
    CREATE TABLE clippings (
        paper INTEGER PRIMARY KEY,
        key   TEXT NOT NULL,
        title TEXT NOT NULL,
        raw   TEXT NOT NULL
    ) STRICT;

    -- What the user did, to be undone and redone.
    CREATE TABLE steps (
        id     INTEGER PRIMARY KEY,
        at     INTEGER NOT NULL,          -- seconds since 1970
        what   TEXT NOT NULL,             -- in words
        undone INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    -- The marks before and after a step; NULL for none.
    CREATE TABLE step_marks (
        step        INTEGER NOT NULL REFERENCES steps (id) ON DELETE CASCADE,
        paper       INTEGER NOT NULL,
        aspect      TEXT NOT NULL,
        name        TEXT NOT NULL,
        old_value   TEXT,
        old_changed INTEGER,
        new_value   TEXT,
        new_changed INTEGER,
        PRIMARY KEY (step, paper, aspect, name)
    ) STRICT, WITHOUT ROWID;

    -- The entries that a step forgot.
    CREATE TABLE step_entries (
        step      INTEGER NOT NULL REFERENCES steps (id) ON DELETE CASCADE,
        path      TEXT NOT NULL,          -- of the source
        position  INTEGER NOT NULL,
        kept      INTEGER NOT NULL,
        paper     INTEGER NOT NULL,
        key       TEXT NOT NULL,
        line      INTEGER NOT NULL,
        column    INTEGER NOT NULL,
        hash      BLOB NOT NULL,
        text_hash BLOB NOT NULL,
        kind      TEXT NOT NULL,
        title     TEXT NOT NULL,
        authors   TEXT NOT NULL,
        year      INTEGER,
        date      TEXT,
        written   TEXT,
        venue     TEXT NOT NULL,
        keywords  TEXT NOT NULL,
        doi       TEXT,
        arxiv     TEXT,
        url       TEXT,
        file      TEXT,
        aliases   TEXT,
        extras    TEXT,
        abstract  TEXT NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT;
    CREATE INDEX step_entries_of_step ON step_entries (step);
",
    "
    -- Clusters as they were last found, and those that the user named.
    CREATE TABLE clusters (
        id     INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
        level  INTEGER NOT NULL,          -- 0 coarse, 1 fine
        colour INTEGER NOT NULL,
        name   TEXT                       -- the user's own
    ) STRICT;

    -- Without a foreign key to the papers: a work that is joined to another may go.
    CREATE TABLE cluster_papers (
        cluster INTEGER NOT NULL REFERENCES clusters (id) ON DELETE CASCADE,
        paper   INTEGER NOT NULL,
        PRIMARY KEY (cluster, paper)
    ) STRICT, WITHOUT ROWID;
",
    "
    -- Where papers lie on the map, for each set of files that was opened together.
    CREATE TABLE maps (
        scope  TEXT PRIMARY KEY,          -- paths of the files, a line each; empty: all
        basis  TEXT NOT NULL,             -- what the similarities rested on
        places BLOB NOT NULL              -- for each paper i64 id, f32 x, f32 y, little-endian
    ) STRICT;
",
    "
    -- Who is at work on something that is to be done once.
    CREATE TABLE leases (
        what   TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        until  INTEGER NOT NULL           -- seconds since 1970
    ) STRICT, WITHOUT ROWID;
",
    "
    -- What the user chose for this library.
    CREATE TABLE preferences (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Queries saved under a name.
    CREATE TABLE filters (
        name  TEXT PRIMARY KEY,
        query TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
];

/// Brings a library to the current schema, one transaction a step; one that is not new is copied before.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |cause| StoreError::Sqlite { path: path.to_owned(), cause };
    let known = MIGRATIONS.len() as u32;
    let version = |connection: &Connection| -> Result<u32, StoreError> {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)
    };
    if (1..known).contains(&version(connection)?) {
        backup::make(connection, path, version(connection)?, import::now())?;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::import;
    use crate::library::store::Store;

    /// A library as the first schema had it, with one paper of a file that is no longer there and
    /// one of a file that is.
    fn first(folder: &Path, bib: &Path) {
        let connection = Connection::open(folder.join("library.sqlite")).unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection
            .execute_batch(&format!(
                "INSERT INTO sources VALUES (1, '/gone.bib', x'{hash}'), (2, '{bib}', x'{hash}');
                 INSERT INTO papers VALUES (7, 100), (8, 200);
                 INSERT INTO identities VALUES ('title:one two three:1999', 7), ('doi:10.1/b', 8);
                 INSERT INTO entries VALUES
                     (1, 1, 0, 7, 'a', 3, x'{hash}', x'{hash}', 'article', 'One two three',
                      '[{{\"family\":\"Au\"}}]', 1999, 'Venue', '[\"k\"]', NULL, '1801.00001',
                      NULL, NULL, 'Of numbers.', '@article{{a}}'),
                     (2, 2, 0, 8, 'b', 1, x'{hash}', x'{hash}', 'misc', 'Old', '[]', NULL, '', '[]',
                      '10.1/b', NULL, NULL, NULL, '', '@misc{{b}}');
                 INSERT INTO diagnostics VALUES (1, 3, 1, 1, 'a', 'odd');
                 INSERT INTO models VALUES (1, 'print', 'model', 1);
                 INSERT INTO vectors VALUES (1, x'{hash}', x'0000803f');",
                hash = "ab".repeat(32),
                bib = bib.display(),
            ))
            .unwrap();
    }

    #[test]
    fn a_library_of_the_first_schema_is_kept_whole() {
        let folder = tempfile::tempdir().unwrap();
        let bib = folder.path().join("here.bib");
        std::fs::write(&bib, "@misc{b, title={New}, date={2001-05}, doi={10.1/b}, groups={G}}")
            .unwrap();
        let bib = bib.canonicalize().unwrap();
        first(folder.path(), &bib);
        let mut store = Store::open(folder.path()).unwrap();
        let copies: Vec<_> = std::fs::read_dir(folder.path().join("backups")).unwrap().collect();
        let copy = Connection::open(copies[0].as_ref().unwrap().path()).unwrap();
        let version: u32 = copy.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!((copies.len(), version), (1, 1), "as it was before");
        let snapshot = store.snapshot(&[]).unwrap();
        let paper = &snapshot.papers()[snapshot.by_key("a").unwrap()];
        assert_eq!((paper.id.0, paper.added, paper.year()), (7, 100, Some(1999)));
        assert_eq!(paper.date.as_ref().map(|date| date.written.as_str()), Some("1999"));
        assert_eq!((paper.title.as_str(), paper.venue.as_str()), ("One two three", "Venue"));
        assert_eq!(
            (paper.authors[0].family.as_str(), &paper.keywords[..]),
            ("Au", &["k".into()][..])
        );
        assert_eq!((paper.abstract_text.as_str(), paper.source.line), ("Of numbers.", 3));
        assert!(paper.extras.is_empty() && paper.other_keys.is_empty());
        assert_eq!(store.raw_entry(paper).unwrap(), "@article{a}");
        assert_eq!(snapshot.papers()[snapshot.by_key("b").unwrap()].date, None);
        assert_eq!(store.diagnostics(Path::new("/gone.bib")).unwrap().len(), 1);
        assert!(store.find_model("print").unwrap().is_some());
        // A file that is still there is read again, and its papers stay the same.
        let report = import(&mut store, &bib, 300).unwrap();
        assert_eq!((report.changed, report.added, report.removed), (1, 0, 0));
        let snapshot = store.snapshot(&[]).unwrap();
        let paper = &snapshot.papers()[snapshot.by_key("b").unwrap()];
        assert_eq!((paper.id.0, paper.added, paper.year()), (8, 200, Some(2001)));
        assert_eq!(paper.extras.groups, ["G"]);
    }
}
