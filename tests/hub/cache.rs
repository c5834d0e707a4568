//! The cache that a download leaves, and what is found in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use specter_tui::embed::hub::{CachedModel, Hub, HubError, Progress, Settings, Stage};

use crate::bench::{
    Bench, DATA, ID, UNNEEDED, WEIGHTS, assert_whole, commit, file, files, id, lfs_file,
    repository, serve, serve_well, weights,
};
use crate::hub_server::{RepoFile, Repository};

#[test]
fn a_download_fills_the_cache_as_python_would() {
    let server = serve_well();
    let bench = Bench::new(&server.url());
    assert_eq!(bench.cached(), None);
    let mut reports = Vec::new();
    let model = bench
        .hub()
        .fetch(&id(ID), &mut |p| reports.push((p.stage, p.done, p.total)), &AtomicBool::new(false))
        .unwrap();

    assert_eq!(model.commit, commit(1));
    assert_eq!(model.dir, bench.folder().join("snapshots").join(commit(1)));
    assert_whole(&model, &files());
    assert_eq!(fs::read_to_string(bench.folder().join("refs/main")).unwrap(), commit(1));
    assert_eq!(bench.blobs().len(), 6);
    assert!(bench.blobs().iter().all(|name| !name.contains('.')));
    #[cfg(unix)]
    {
        let link = |name: &str| fs::read_link(model.dir.join(name)).unwrap();
        let etag = |name: &str| bench.blob(&file(name)).file_name().unwrap().to_owned();
        assert_eq!(link(WEIGHTS), Path::new("../../blobs").join(etag(WEIGHTS)));
        assert_eq!(
            link("1_Pooling/config.json"),
            Path::new("../../../blobs").join(etag("1_Pooling/config.json"))
        );
    }
    assert_eq!(bench.cached(), Some(model.clone()));

    let total = reports[0].2;
    assert!(reports.iter().all(|report| report.2 == total));
    assert!(reports.is_sorted_by_key(|report| report.1));
    assert_eq!(reports.last().unwrap().1, total);
    assert!(reports.iter().any(|report| report.0 == Stage::Downloading));
    for request in server.requests() {
        assert!(request.header("user-agent").unwrap().starts_with("specter-tui/"));
        assert_eq!(request.header("authorization"), None);
    }

    // All is there: only the commit is asked for.
    let before = server.requests().len();
    assert_eq!(bench.fetch().unwrap(), model);
    assert_eq!(server.requests().len(), before + 1);
}

#[test]
fn files_come_from_the_commit_that_was_listed() {
    let mut newer = files();
    for changed in &mut newer {
        if changed.name == WEIGHTS {
            *changed = lfs_file(WEIGHTS, weights(1));
        }
    }
    let both = Repository {
        id: ID.to_owned(),
        commits: vec![(commit(1), files()), (commit(2), newer.clone())],
    };
    let old = repository(files());
    // The branch moves as soon as it has been looked up once.
    let server = serve(both, move |request, before| {
        (request.target.contains("/revision/") && before == 0).then(|| old.answer(request))
    });
    let bench = Bench::new(&server.url());
    let first = bench.fetch().unwrap();
    assert_whole(&first, &files());
    assert_eq!(
        server.requests_for(WEIGHTS)[0].target,
        format!("/{ID}/resolve/{}/{WEIGHTS}", commit(1))
    );

    let second = bench.fetch().unwrap();
    assert_eq!(second.commit, commit(2));
    assert_whole(&second, &newer);
    assert_whole(&first, &files());
    assert_eq!(bench.cached(), Some(second));
    assert_eq!(
        server.requests_for("vocab.txt").len(),
        1,
        "what did not change is not downloaded again"
    );
    // The commit that was there first is still found by its name, without the network.
    let before = server.requests().len();
    let pinned = id(&format!("{ID}@{}", commit(1)));
    assert_eq!(bench.hub().fetch(&pinned, &mut |_| {}, &AtomicBool::new(false)).unwrap(), first);
    assert_eq!(server.requests().len(), before);
}

#[test]
fn offline_asks_nobody() {
    let server = serve_well();
    let bench = Bench::new(&server.url()).with(|settings| settings.offline = true);
    let error = bench.fetch().unwrap_err();
    assert!(matches!(error, HubError::Offline { .. }), "{error}");
    for part in [ID, bench.cache.path().to_str().unwrap(), "--model FOLDER", "not been downloaded"]
    {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(server.requests().is_empty());

    let online = Settings { offline: false, ..bench.settings.clone() };
    let model = Hub::new(online).fetch(&id(ID), &mut |_| {}, &AtomicBool::new(false)).unwrap();
    let before = server.requests().len();
    assert_eq!(bench.fetch().unwrap(), model);
    assert_eq!(server.requests().len(), before);
}

/// Writes a snapshot as Python does, without this program's help.
#[cfg(unix)]
fn write_as_python(bench: &Bench, files: &[RepoFile]) -> PathBuf {
    let snapshot = bench.folder().join("snapshots").join(commit(1));
    for folder in ["blobs", "refs"] {
        fs::create_dir_all(bench.folder().join(folder)).unwrap();
    }
    fs::write(bench.folder().join("refs/main"), commit(1)).unwrap();
    for file in files {
        fs::write(bench.blob(file), &file.bytes).unwrap();
        let pointer = snapshot.join(&file.name);
        fs::create_dir_all(pointer.parent().unwrap()).unwrap();
        let up = if file.name.contains('/') { "../../.." } else { "../.." };
        let target = Path::new(up).join("blobs").join(bench.blob(file).file_name().unwrap());
        std::os::unix::fs::symlink(target, pointer).unwrap();
    }
    snapshot
}

#[cfg(unix)]
#[test]
fn a_snapshot_written_by_python_is_found() {
    let bench = Bench::new("http://127.0.0.1:1");
    let dir = write_as_python(&bench, &files());
    assert_eq!(bench.cached(), Some(CachedModel { dir: dir.clone(), commit: commit(1) }));
    assert_eq!(bench.hub().cached(&id(&format!("{ID}@{}", commit(1)))).unwrap().dir, dir);
    assert_eq!(bench.hub().cached(&id(&format!("{ID}@v2"))), None);
}

#[cfg(unix)]
#[test]
fn a_snapshot_without_modules_needs_a_reason() {
    let plain: Vec<_> = files().into_iter().filter(|file| file.name != "modules.json").collect();
    let bench = Bench::new("http://127.0.0.1:1").with(|settings| settings.offline = true);
    let dir = write_as_python(&bench, &plain);
    assert_eq!(bench.cached(), None);
    let error = bench.fetch().unwrap_err().to_string();
    assert!(error.contains("modules.json") && error.contains(dir.to_str().unwrap()), "{error}");

    let absence = bench.folder().join(".no_exist").join(commit(1)).join("modules.json");
    fs::create_dir_all(absence.parent().unwrap()).unwrap();
    fs::write(&absence, "").unwrap();
    assert!(bench.cached().is_some());
    fs::remove_file(&absence).unwrap();

    // Recent versions of Python's library write down what the commit holds.
    let list = |files: &[RepoFile]| {
        let entries: Vec<_> = files
            .iter()
            .map(|f| {
                format!(r#""{}":{{"size":{},"blob_id":"{}"}}"#, f.name, f.bytes.len(), f.blob_id)
            })
            .collect();
        format!(r#"{{"format_version":1,"files":{{{}}}}}"#, entries.join(","))
    };
    let tree = bench.folder().join("trees").join(format!("{}.json", commit(1)));
    fs::create_dir_all(tree.parent().unwrap()).unwrap();
    fs::write(&tree, list(&plain)).unwrap();
    assert!(bench.cached().is_some());
    fs::write(&tree, list(&files())).unwrap();
    assert_eq!(bench.cached(), None);

    // A download writes down that there is none.
    let server = serve(repository(plain), |_, _| None);
    let bench = Bench::new(&server.url());
    let model = bench.fetch().unwrap();
    assert_eq!(bench.cached(), Some(model));
}

#[cfg(unix)]
#[test]
fn a_broken_snapshot_is_not_used_and_then_repaired() {
    let short = &weights(0)[..DATA];
    // What is in place of a file; nothing at all where there is `None`.
    for (name, damage) in [
        (WEIGHTS, Some(short)),
        (WEIGHTS, Some(b"<html></html>".as_slice())),
        (WEIGHTS, None),
        ("vocab.txt", Some(b"[PAD]\n".as_slice())),
        ("1_Pooling/config.json", None),
        ("config.json", Some(br#"{"model_type":"gpt2"}"#.as_slice())),
    ] {
        let server = serve_well();
        let bench = Bench::new(&server.url());
        let mut needed = files();
        needed.retain(|file| !UNNEEDED.contains(&file.name.as_str()));
        write_as_python(&bench, &needed);
        assert!(bench.cached().is_some());
        let blob = bench.blob(&file(name));
        match damage {
            Some(bytes) => fs::write(blob, bytes).unwrap(),
            None => fs::remove_file(blob).unwrap(),
        }
        assert_eq!(bench.cached(), None, "{name}");
        assert_whole(&bench.fetch().unwrap(), &files());
        assert!(bench.cached().is_some());
        let asked: BTreeSet<_> =
            server.requests().into_iter().map(|request| request.target).collect();
        assert_eq!(asked.len(), 2, "only {name} is downloaded: {asked:?}");
    }
}

#[test]
fn two_at_once_download_a_file_once() {
    let server = serve(repository(files()), |request, _| {
        if request.target.ends_with(WEIGHTS) {
            std::thread::sleep(Duration::from_millis(300));
        }
        None
    });
    let bench =
        Bench::new(&server.url()).with(|settings| settings.stall_timeout = Duration::from_secs(10));
    let stages = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut note = |p: Progress<'_>| stages.lock().unwrap().push(p.stage);
                let model = bench.hub().fetch(&id(ID), &mut note, &AtomicBool::new(false)).unwrap();
                assert_whole(&model, &files());
            });
        }
    });
    assert_eq!(server.requests_for(WEIGHTS).len(), 1);
    assert!(stages.lock().unwrap().contains(&Stage::Waiting));
}
