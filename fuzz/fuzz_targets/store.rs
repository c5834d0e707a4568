//! A library that is not as it was written: it is read, refused, or put aside and read anew.
//!
//! The input is a list of changes to a good library: four bytes say where, one says what.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use specter_tui::library::import::import;
use specter_tui::library::marks::{Change, State};
use specter_tui::library::opening;
use specter_tui::library::store::{Store, StoreError};

const BIB: &str = "@article{a, title={One {T}wo}, author={Ä, B and C, D}, year=2001, doi={10.1/a},
  abstract={Of numbers.}, keywords={x, y}}
@misc{b, title={Three}, eprint={2001.00001}, groups={G}}
@book{c, title={Four}, date={1999-05/2000}, file={c.pdf}}";

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("specter-tui-fuzz-{}", std::process::id()))
}

/// A good library.
static LIBRARY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = folder().join("good");
    std::fs::create_dir_all(&folder).unwrap();
    let bib = folder.join("papers.bib");
    std::fs::write(&bib, BIB).unwrap();
    let mut store = Store::open(&folder).unwrap();
    import(&mut store, &bib, 1).unwrap();
    let papers: Vec<_> = store.snapshot(&[]).unwrap().papers().iter().map(|p| p.id).collect();
    let changes =
        [Change::Tag("t".into()), Change::Note("n".into()), Change::State(State::Read), Change::Star(true)];
    store.mark(&papers, &changes, 2).unwrap();
    let model = store.model("print", "model", 2).unwrap();
    store.add_vectors(model, &[([7; 32], vec![1.0, 2.0])]).unwrap();
    let path = store.path().to_owned();
    drop(store);
    std::fs::read(path).unwrap()
});

fn read(store: &Store) -> Result<(), StoreError> {
    store.snapshot(&[])?;
    store.marks()?;
    store.clusters()?;
    store.source_paths()?;
    store.list("x")?;
    if let Some(model) = store.find_model("print")? {
        store.each_vector(model, 2, |_, _| true)?;
    }
    Ok(())
}

fuzz_target!(|changes: &[u8]| {
    let mut library = LIBRARY.clone();
    for change in changes.chunks_exact(5) {
        let at = u32::from_le_bytes([change[0], change[1], change[2], change[3]]) as usize;
        let length = library.len();
        library[at % length] = change[4];
    }
    let folder = folder().join("damaged");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("library.sqlite"), &library).unwrap();
    // As a program leaves it that was killed.
    std::fs::write(folder.join("library.sqlite-wal"), "x").unwrap();
    match opening::open(&folder, 5) {
        Ok(opened) => {
            let store = Store::open(&folder).unwrap();
            if opened.rescue.is_some() {
                store.check().unwrap();
            }
            let _ = read(&store);
        }
        Err(error) => assert!(!error.is_damage(), "{error}"),
    }
});
