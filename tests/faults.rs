//! What goes wrong from outside: programs killed at any moment, two at once, a full disk.
//!
//! `SPECTER_TUI_FAULTS=500 cargo test --release --test faults` makes it thorough; without, it is short.

// Clippy takes helpers for program code.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

#[allow(dead_code)]
#[path = "support/program.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use program::{Sandbox, environment, tiny_model};
use specter_tui::library::import::import;
use specter_tui::library::marks::{Change, State};
use specter_tui::library::paper::Snapshot;
use specter_tui::library::store::Store;
use specter_tui::library::store::clusters::Remembered;
use specter_tui::library::store::maps::StoredMap;

/// How many times something is killed.
fn kills() -> u64 {
    std::env::var("SPECTER_TUI_FAULTS").map_or(40, |count| count.parse().unwrap())
}

/// Numbers that look random and are the same each time (`SplitMix64`, Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// A file of so many papers. Each version has papers of its own, and others with another text.
fn bib(version: u64, count: u64) -> String {
    let entry = |i: u64| {
        let of = if i.is_multiple_of(3) { version } else { 0 };
        let words = ["matter", "energy", "cells", "graphs", "language", "markets", "stars"];
        let word = words[(i * 5 % 7) as usize];
        format!(
            "@misc{{k{i}, title = {{On {word} number {i} as of {of}}}, year = {}, abstract = {{{}}}}}\n",
            1950 + i % 70,
            format!("We study {word} and find {}. ", i * 31 % 97).repeat(3 + (i % 5) as usize)
        )
    };
    (0..count).chain(100_000 + version * 10..100_003 + version * 10).map(entry).collect()
}

fn spawn(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_specter-tui"))
        .args(arguments)
        .envs(environment(&sandbox.path("")))
        .env("SPECTER_TUI_MODEL", tiny_model())
        .current_dir(sandbox.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a program run for so long, then kills it; `true` if it had ended well by then.
fn run_for(mut child: Child, time: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < time {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap().success()
}

fn store(sandbox: &Sandbox) -> Store {
    Store::open(&sandbox.path("library")).unwrap()
}

type Vectors = HashMap<Vec<u8>, Vec<f32>>;

/// All vectors of the library, by the hash of their text.
fn vectors(store: &Store) -> Vectors {
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    let mut select = connection.prepare("SELECT text_hash, vector FROM vectors").unwrap();
    let rows = select.query_map([], |row| {
        let bytes: Vec<u8> = row.get(1)?;
        let vector = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        Ok((row.get(0)?, vector))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn titles(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let papers = snapshot.papers().iter();
    papers.map(|paper| (paper.key.clone(), paper.title.clone())).collect()
}

#[test]
fn nothing_that_was_committed_is_lost_when_programs_are_killed() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("papers.bib");
    let bib_path = path.to_str().unwrap().to_owned();
    let count = 120;
    // What the library is to hold, made by programs that are left alone.
    let mut expected = Vec::new();
    let mut right = Vectors::new();
    for version in 0..2 {
        let reference = Sandbox::new();
        reference.file("papers.bib", bib(version, count));
        assert!(spawn(&reference, &["import", "papers.bib"]).wait().unwrap().success());
        assert!(spawn(&reference, &["embed"]).wait().unwrap().success());
        let store = store(&reference);
        expected.push(titles(&store.snapshot(&[]).unwrap()));
        right.extend(vectors(&store));
    }

    let mut random = Random(1);
    let mut file = 0;
    std::fs::write(&path, bib(file, count)).unwrap();
    assert!(spawn(&sandbox, &["import", &bib_path]).wait().unwrap().success());
    let mut known_file = file;
    let mut said: BTreeSet<(String, String)> = BTreeSet::new();
    let mut killed = 0;
    let mut number = 0;
    while killed < kills() {
        number += 1;
        let key = format!("k{}", random.below(count));
        let tag = format!("t{number}");
        let (arguments, most): (Vec<&str>, u64) = match random.below(5) {
            0 | 1 => (vec!["embed"], 150),
            2 => {
                file = 1 - file;
                std::fs::write(&path, bib(file, count)).unwrap();
                (vec!["import", &bib_path], 40)
            }
            _ => (vec!["mark", &key, "--tag", &tag], 20),
        };
        let time = Duration::from_micros(random.below(most * 1000));
        let ended_well = run_for(spawn(&sandbox, &arguments), time);
        killed += u64::from(!ended_well);
        let store = store(&sandbox);
        match arguments[0] {
            "mark" if ended_well => drop(said.insert((key.clone(), tag.clone()))),
            "import" => {
                // All of it or nothing.
                let now = titles(&store.snapshot(&[]).unwrap());
                let is = |version: u64| now == expected[version as usize];
                assert!(is(file) || (!ended_well && is(known_file)), "round {number}");
                known_file = if is(file) { file } else { known_file };
            }
            _ => {}
        }
        if number % 20 == 0 || killed == kills() {
            store.check().unwrap();
            let snapshot = store.snapshot(&[]).unwrap();
            let marks = store.marks().unwrap();
            for (key, tag) in &said {
                let paper = &snapshot.papers()[snapshot.by_key(key).unwrap()];
                let tags = marks.get(paper.id).map(|mark| mark.tags.clone()).unwrap_or_default();
                assert!(tags.contains(tag), "round {number}: {key} lost {tag}: {tags:?}");
            }
            for (text, vector) in vectors(&store) {
                let right = &right[&text];
                assert_eq!(vector.len(), right.len());
                assert!(vector.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-3));
            }
        }
    }
    // Whoever goes on ends where one who was never killed would.
    assert!(spawn(&sandbox, &["import", &bib_path]).wait().unwrap().success());
    let started = Instant::now();
    assert!(spawn(&sandbox, &["embed"]).wait().unwrap().success());
    assert!(started.elapsed() < Duration::from_mins(1), "the lease of one killed ends");
    let store = store(&sandbox);
    assert_eq!(titles(&store.snapshot(&[]).unwrap()), expected[file as usize]);
    let all = vectors(&store);
    let snapshot = store.snapshot(&[]).unwrap();
    assert!(snapshot.papers().iter().all(|paper| all.contains_key(&paper.text_hash[..])));
    println!("{killed} kills in {number} rounds, {} marks kept", said.len());
}

/// The other end of [`two_programs_share_a_library`]: a program that does many things to a library.
#[test]
#[ignore = "run by two_programs_share_a_library"]
fn worker() {
    let Ok(folder) = std::env::var("FAULTS_LIBRARY").map(PathBuf::from) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (seed, operations) = (number("FAULTS_SEED"), number("FAULTS_OPERATIONS"));
    let mut random = Random(seed);
    let mut store = Store::open(&folder.join("library")).unwrap();
    let model = store.model("print", "model", 4).unwrap();
    let mut said = Vec::new();
    for operation in 0..operations {
        let now = 1_800_000_000 + operation as i64;
        let snapshot = store.snapshot(&[]).unwrap();
        let paper = |random: &mut Random| {
            snapshot.papers()[random.below(snapshot.len() as u64) as usize].id
        };
        match random.below(20) {
            0..=8 => {
                let (of, tag) = (paper(&mut random), format!("p{seed}-{operation}"));
                store.mark(&[of], &[Change::Tag(tag.clone())], now).unwrap().unwrap();
                said.push(tag);
            }
            9 | 10 => {
                let change =
                    Change::State(if random.below(2) == 0 { State::Read } else { State::Queued });
                store.mark(&[paper(&mut random)], &[change], now).unwrap();
            }
            11 => drop(store.opened(paper(&mut random), now)),
            12 => {
                let file = folder.join(format!("papers-{seed}.bib"));
                std::fs::write(&file, bib(random.below(4), 30)).unwrap();
                import(&mut store, &file, now).unwrap();
            }
            13 | 14 => {
                let text = [random.below(250) as u8; 32];
                let vector = vec![f32::from(text[0]); 4];
                store.add_vectors(model, &[(text, vector)]).unwrap();
            }
            15 => {
                let papers = vec![paper(&mut random)];
                let colour = random.below(9) as u32;
                let cluster = Remembered { id: None, level: 0, colour, name: None, papers };
                store.remember_clusters(|_| vec![cluster]).unwrap();
            }
            16 => {
                let places = HashMap::from([(paper(&mut random), [1.0, 2.0])]);
                store
                    .set_map(&[] as &[PathBuf], &StoredMap { basis: "x".to_owned(), places })
                    .unwrap();
            }
            17 => drop(store.take_lease("work", &seed.to_string(), now).unwrap()),
            _ => drop(store.marks().unwrap()),
        }
    }
    std::fs::write(folder.join(format!("said-{seed}")), said.join("\n")).unwrap();
}

#[test]
fn two_programs_share_a_library() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("papers.bib", bib(0, 100));
    let folder = sandbox.path("");
    let mut own = store(&sandbox);
    import(&mut own, &file, 1).unwrap();
    let operations = if kills() >= 500 { 5000 } else { 250 };
    let children: Vec<Child> = (1..=2)
        .map(|seed: u64| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "worker", "--ignored"])
                .env("FAULTS_LIBRARY", &folder)
                .env("FAULTS_SEED", seed.to_string())
                .env("FAULTS_OPERATIONS", operations.to_string())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    own.check().unwrap();
    let marks = own.marks().unwrap();
    let mut count = 0;
    for seed in 1..=2 {
        let said = std::fs::read_to_string(sandbox.path(&format!("said-{seed}"))).unwrap();
        // A paper that turned out to be another one has taken its marks there.
        let tags = marks.tags();
        for tag in said.lines() {
            assert!(tags.contains(tag), "{tag}");
            count += 1;
        }
    }
    assert!(count > operations / 2);
    for (text, vector) in vectors(&own) {
        assert!(vector.iter().all(|value| (value - f32::from(text[0])).abs() < 1e-6));
    }
}

/// Runs a script in a file system of its own, in which `$1` is a small one in memory; `None` where the
/// system does not allow that.
fn on_a_small_disk(folder: &Path, script: &str) -> Option<String> {
    let unshared = |script: &str| {
        Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(folder)
            .envs(environment(folder))
            .env("SPECTER_TUI_MODEL", tiny_model())
            .env("PROGRAM", env!("CARGO_BIN_EXE_specter-tui"))
            .output()
    };
    let mount = "mkdir -p \"$1/disk\" && mount -t tmpfs -o size=3m tmpfs \"$1/disk\"";
    if !unshared(mount).is_ok_and(|output| output.status.success()) {
        eprintln!("no small disk can be had here: not tested");
        return None;
    }
    let output = unshared(&format!("{mount} && cd \"$1/disk\" && {{ {script}\n}} 2>&1")).unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let sandbox = Sandbox::new();
    sandbox.file("small.bib", bib(0, 20));
    sandbox.file("large.bib", bib(1, 12_000));
    let said = on_a_small_disk(
        &sandbox.path(""),
        r#"
        export SPECTER_TUI_LIBRARY="$PWD/library"
        "$PROGRAM" import ../small.bib || echo "first import failed"
        "$PROGRAM" mark k1 --star || echo "mark failed"
        "$PROGRAM" import ../large.bib; echo "large import: $?"
        "$PROGRAM" list --filter is:starred
        mount -o remount,size=50m tmpfs .
        "$PROGRAM" import ../large.bib; echo "again: $?"
        "$PROGRAM" list --filter is:starred | head -1
        "#,
    );
    let Some(said) = said else { return };
    assert!(!said.contains("first import failed") && !said.contains("mark failed"), "{said}");
    assert!(said.contains("large import: 1") && said.contains("full"), "{said}");
    assert!(said.contains("again: 0"), "{said}");
    assert_eq!(said.matches("k1    On markets number 1").count(), 2, "{said}");
}
