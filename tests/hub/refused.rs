//! What is not accepted, and what the user is told.

use std::fs;
use std::sync::atomic::AtomicBool;

use specter_tui::embed::hub::HubError;

use crate::bench::{
    Bench, DATA, WEIGHTS, file, files, git_file, id, lfs_file, repository, serve, serve_well,
    weights,
};
use crate::hub_server::Reply;

#[test]
fn a_web_page_is_not_taken_for_a_file() {
    for end in ["?blobs=true", "config.json", WEIGHTS] {
        let server = serve(repository(files()), move |request, _| {
            request.target.ends_with(end).then(|| {
                Reply::new(200, "<!DOCTYPE html><html>Log in</html>")
                    .with("Content-Type", "text/html; charset=utf-8")
            })
        });
        let bench = Bench::new(&server.url());
        let error = bench.fetch().unwrap_err();
        assert!(matches!(error, HubError::NotAHub { .. }), "{error}");
        assert!(error.to_string().contains("login page"));
        bench.assert_nothing_of(&file(WEIGHTS));
    }
}

#[test]
fn a_file_of_another_length_is_refused() {
    let chunked = |body: &[u8]| {
        let mut out = format!("{:x}\r\n", body.len()).into_bytes();
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r\n0\r\n\r\n");
        Reply::new(200, out).with("Transfer-Encoding", "chunked")
    };
    for length in [DATA, 2 * DATA] {
        for framing in [|body: &[u8]| Reply::new(200, body), chunked] {
            let mut other = weights(0);
            other.resize(length, 0);
            let server = serve(repository(files()), move |request, _| {
                request.target.ends_with(WEIGHTS).then(|| framing(&other))
            });
            let bench = Bench::new(&server.url());
            let error = bench.fetch().unwrap_err();
            assert!(matches!(&error, HubError::Corrupt { file, .. } if file == WEIGHTS), "{error}");
            assert!(error.to_string().contains("bytes rather than"), "{error}");
            assert_eq!(server.requests_for(WEIGHTS).len(), 1);
            bench.assert_nothing_of(&file(WEIGHTS));
        }
    }
}

#[test]
fn a_file_with_another_digest_is_refused() {
    for (name, digest) in [(WEIGHTS, "SHA-256"), ("vocab.txt", "SHA-1")] {
        let server = serve(repository(files()), move |request, _| {
            let mut bytes = file(name).bytes;
            *bytes.last_mut().unwrap() ^= 1;
            request.target.ends_with(name).then(|| Reply::new(200, bytes))
        });
        let bench = Bench::new(&server.url());
        let error = bench.fetch().unwrap_err();
        assert!(matches!(&error, HubError::Corrupt { file, .. } if file == name), "{error}");
        assert!(error.to_string().contains(digest), "{error}");
        bench.assert_nothing_of(&file(name));
    }
}

#[test]
fn what_is_not_there_is_named() {
    let server = serve(repository(files()), |request, _| {
        request.target.ends_with("vocab.txt").then(|| Reply::new(404, ""))
    });
    let error = Bench::new(&server.url()).fetch().unwrap_err().to_string();
    assert!(error.contains("127.0.0.1 has no file vocab.txt of tiny/bert"), "{error}");

    let nobody = id("no/body");
    let error =
        Bench::new(&server.url()).hub().fetch(&nobody, &mut |_| {}, &AtomicBool::new(false));
    assert!(error.unwrap_err().to_string().contains("has no no/body"));
    let branch = id("tiny/bert@refs/pr/1");
    let error =
        Bench::new(&server.url()).hub().fetch(&branch, &mut |_| {}, &AtomicBool::new(false));
    assert!(error.unwrap_err().to_string().contains("tiny/bert@refs/pr/1"));
    assert!(server.requests().iter().any(|r| r.target.contains("/revision/refs%2Fpr%2F1?")));
}

#[test]
fn repositories_that_are_no_bert_are_refused_before_their_weights() {
    let without =
        |name: &str| files().into_iter().filter(|file| file.name != name).collect::<Vec<_>>();
    let mut roberta = without("config.json");
    roberta.push(git_file("config.json", r#"{"model_type":"roberta"}"#));
    let mut sharded = without(WEIGHTS);
    sharded.push(git_file("model.safetensors.index.json", "{}"));
    let mut no_tokenizer = without("vocab.txt");
    no_tokenizer.retain(|file| file.name != "tokenizer.json");
    for (files, why) in [
        (without("config.json"), "no config.json"),
        (without(WEIGHTS), "no model.safetensors or pytorch_model.bin"),
        (no_tokenizer, "no tokenizer.json or vocab.txt"),
        (sharded, "split over several files"),
        (roberta, "roberta"),
    ] {
        let server = serve(repository(files), |_, _| None);
        let bench = Bench::new(&server.url());
        let error = bench.fetch().unwrap_err();
        assert!(matches!(error, HubError::Unusable { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(server.requests_for(WEIGHTS).is_empty());
        assert_eq!(bench.cached(), None);
    }
}

#[test]
fn weights_that_are_no_weights_do_not_become_a_snapshot() {
    for (name, content, why) in [
        (WEIGHTS, "version https://git-lfs.github.com/spec/v1", "header"),
        ("pytorch_model.bin", "no archive", "no zip archive"),
    ] {
        let mut all = files();
        all.retain(|file| file.name != WEIGHTS);
        all.push(lfs_file(name, content));
        let server = serve(repository(all), |_, _| None);
        let bench = Bench::new(&server.url());
        let error = bench.fetch().unwrap_err();
        assert!(matches!(error, HubError::Unusable { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(bench.cached(), None);
    }
}

#[test]
fn private_models_need_a_token() {
    let server = serve(repository(files()), |request, _| match request.header("authorization") {
        None => Some(Reply::new(401, r#"{"error":"Invalid username or password."}"#)),
        Some("Bearer hf_good") => None,
        Some(_) => Some(Reply::new(403, "")),
    });
    let with_token = |token: Option<&str>| {
        Bench::new(&server.url()).with(|settings| settings.token = token.map(str::to_owned)).fetch()
    };
    let error = with_token(None).unwrap_err();
    assert!(matches!(error, HubError::Denied { status: 401, .. }), "{error}");
    assert!(error.to_string().contains("HF_TOKEN"), "{error}");
    let error = with_token(Some("hf_bad")).unwrap_err().to_string();
    assert!(error.contains("accept its conditions") && !error.contains("hf_bad"), "{error}");
    assert_eq!(server.requests().len(), 2);
    assert!(with_token(Some("hf_good")).is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_from_other_faults() {
    let server = serve_well();
    let bench = Bench::new(&server.url());
    fs::create_dir_all(bench.folder().join("blobs")).unwrap();
    std::os::unix::fs::symlink("/dev/full", bench.partial(&file(WEIGHTS))).unwrap();
    let error = bench.fetch().unwrap_err();
    assert!(matches!(error, HubError::NoSpace { .. }), "{error}");
    assert!(error.to_string().contains("no space left"), "{error}");
    assert_eq!(bench.cached(), None);
}
