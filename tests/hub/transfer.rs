//! Redirects, resuming, retries, time limits and stops.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use specter_tui::embed::hub::{HubError, Progress};

use crate::bench::{
    Bench, ID, WEIGHTS, assert_whole, file, files, id, repository, serve, serve_well, weights,
};
use crate::hub_server::{HubServer, Reply, ranged};

#[test]
fn redirects_are_followed_and_the_token_stays_at_home() {
    // Large files come from a store on another port, and are cut once; small ones from another
    // path on the Hub itself, which wants the token there too.
    let store = HubServer::start(|request, before| {
        let reply = ranged(request, &weights(0));
        if before == 0 { reply.cut(100_000) } else { reply }
    });
    let away = format!("{}/bucket/1234?signature=a/b", store.url());
    let all = repository(files());
    let server = HubServer::start(move |request, _| {
        let mut request = request.clone();
        if request.header("authorization") != Some("Bearer hf_secret") {
            Reply::new(401, "")
        } else if request.target.ends_with(WEIGHTS) {
            Reply::redirect(&away)
        } else if let Some(path) = request.target.strip_prefix("/moved") {
            request.target = path.to_owned();
            all.answer(&request)
        } else {
            Reply::redirect(&format!("/moved{}", request.target))
        }
    });
    let bench =
        Bench::new(&server.url()).with(|settings| settings.token = Some("hf_secret".into()));
    assert_whole(&bench.fetch().unwrap(), &files());
    let stored = store.requests();
    assert!(stored.iter().all(|request| request.header("authorization").is_none()));
    let ranges: Vec<_> = stored.iter().map(|request| request.header("range")).collect();
    assert_eq!(ranges, [None, Some("bytes=100000-")]);
    assert_eq!(server.requests_for(WEIGHTS).len(), 2, "each try asks for a new link");
}

#[test]
fn a_cut_connection_is_resumed() {
    let server = serve(repository(files()), |request, before| {
        (request.target.ends_with(WEIGHTS) && before < 2)
            .then(|| ranged(request, &weights(0)).cut(100_000))
    });
    let bench = Bench::new(&server.url());
    assert_whole(&bench.fetch().unwrap(), &files());
    let ranges: Vec<_> =
        server.requests_for(WEIGHTS).iter().map(|r| r.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges, [None, Some("bytes=100000-".into()), Some("bytes=200000-".into())]);
}

#[test]
fn a_connection_cut_each_time_is_an_error_that_keeps_what_came() {
    let server = serve(repository(files()), |request, _| {
        request.target.ends_with(WEIGHTS).then(|| ranged(request, &weights(0)).cut(10_000))
    });
    let bench = Bench::new(&server.url());
    let error = bench.fetch().unwrap_err();
    assert!(matches!(error, HubError::Network { .. }), "{error}");
    assert_eq!(server.requests_for(WEIGHTS).len(), 3);
    assert_eq!(fs::metadata(bench.partial(&file(WEIGHTS))).unwrap().len(), 30_000);
    assert_eq!(bench.cached(), None);
}

#[test]
fn a_server_that_does_not_resume_sends_all_again() {
    let server = serve(repository(files()), |request, before| {
        let reply = Reply::new(200, weights(0));
        request.target.ends_with(WEIGHTS).then(
            || {
                if before == 0 { reply.cut(100_000) } else { reply }
            },
        )
    });
    let bench = Bench::new(&server.url());
    assert_whole(&bench.fetch().unwrap(), &files());
    assert_eq!(server.requests_for(WEIGHTS).len(), 2);
}

#[test]
fn leftovers_that_do_not_fit_are_no_obstacle() {
    let whole = weights(0);
    let mut wrong = weights(7);
    let longer = [whole.clone(), vec![0; 10]].concat();
    for (leftover, ranges) in [
        // Another file's beginning: found out by the digest, then once more from the start.
        (wrong[..1000].to_vec(), vec![Some("bytes=1000-"), None]),
        (longer, vec![None]),
        // All there and right, as after a crash before the last step.
        (whole, vec![]),
        (std::mem::take(&mut wrong), vec![None]),
    ] {
        let server = serve_well();
        let bench = Bench::new(&server.url());
        fs::create_dir_all(bench.folder().join("blobs")).unwrap();
        fs::write(bench.partial(&file(WEIGHTS)), leftover).unwrap();
        assert_whole(&bench.fetch().unwrap(), &files());
        let asked = server.requests_for(WEIGHTS);
        assert_eq!(asked.iter().map(|r| r.header("range")).collect::<Vec<_>>(), ranges);
    }
}

#[test]
fn a_range_that_is_refused_or_misplaced_starts_over() {
    for status in [416, 206] {
        let server = serve(repository(files()), move |request, before| {
            (request.target.ends_with(WEIGHTS) && before == 0)
                .then(|| Reply::new(status, "x").with("Content-Range", "bytes 5-5/6"))
        });
        let bench = Bench::new(&server.url());
        fs::create_dir_all(bench.folder().join("blobs")).unwrap();
        fs::write(bench.partial(&file(WEIGHTS)), &weights(0)[..1000]).unwrap();
        assert_whole(&bench.fetch().unwrap(), &files());
        assert_eq!(server.requests_for(WEIGHTS)[1].header("range"), None);
    }
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let server = serve(repository(files()), |_, before| {
        (before == 0).then(|| Reply::new(429, "slow down").with("Retry-After", "0"))
    });
    assert_whole(&Bench::new(&server.url()).fetch().unwrap(), &files());

    let server =
        serve(repository(files()), |_, _| Some(Reply::new(429, "").with("Retry-After", "300")));
    let error = Bench::new(&server.url()).fetch().unwrap_err();
    assert!(matches!(error, HubError::Busy { seconds: 300, .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_failing_server_is_given_up_after_three_tries() {
    for (end, count) in [("?blobs=true", 1), (WEIGHTS, 7)] {
        let server = serve(repository(files()), move |request, _| {
            request.target.ends_with(end).then(|| Reply::new(503, "<html>down</html>"))
        });
        let bench = Bench::new(&server.url());
        let error = bench.fetch().unwrap_err();
        assert!(matches!(error, HubError::Server { status: 503, .. }), "{error}");
        assert!(error.to_string().contains("127.0.0.1"));
        assert_eq!(server.requests_for(end).len(), 3);
        assert_eq!(server.requests().len(), count + 2);
        bench.assert_nothing_of(&file(WEIGHTS));
    }
}

#[test]
fn a_silent_server_is_given_up() {
    let server = serve(repository(files()), |request, _| {
        request.target.ends_with(WEIGHTS).then(|| ranged(request, &weights(0)).stall(1000))
    });
    let bench = Bench::new(&server.url())
        .with(|settings| settings.stall_timeout = Duration::from_millis(100));
    let error = bench.fetch().unwrap_err();
    assert!(matches!(error, HubError::Network { .. }), "{error}");
    assert!(error.to_string().contains("did not answer in time"), "{error}");
}

#[test]
fn nowhere_to_go_is_told_in_words() {
    let gone = serve_well().url();
    let error = Bench::new(&gone).fetch().unwrap_err();
    assert!(matches!(&error, HubError::Network { host, .. } if host == "127.0.0.1"), "{error}");

    let homeless = Bench::new(&gone).with(|settings| settings.cache = None);
    assert_eq!(homeless.cached(), None);
    let error = homeless.fetch().unwrap_err();
    assert!(matches!(error, HubError::NoCacheFolder), "{error}");

    let error = Bench::new("hub.example.org/").fetch().unwrap_err();
    assert!(matches!(error, HubError::InvalidEndpoint(_)), "{error}");
}

#[test]
fn redirects_that_lead_nowhere_end() {
    for location in ["/tiny/bert/loop", "ftp://127.0.0.1/x"] {
        let server = HubServer::start(move |_, _| Reply::redirect(location));
        let error = Bench::new(&server.url()).fetch().unwrap_err();
        assert!(matches!(error, HubError::NotAHub { .. }), "{error}");
        assert!(server.requests().len() < 20);
    }
}

#[test]
fn a_slash_after_the_endpoint_does_no_harm() {
    let server = serve_well();
    assert!(Bench::new(&format!("{}/", server.url())).fetch().is_ok());
    assert!(server.requests().iter().all(|request| !request.target.starts_with("//")));
}

#[test]
fn a_stop_keeps_what_came() {
    let server = serve(repository(files()), |request, before| {
        (request.target.ends_with(WEIGHTS) && before == 0)
            .then(|| ranged(request, &weights(0)).stall(200_000))
    });
    let bench =
        Bench::new(&server.url()).with(|settings| settings.stall_timeout = Duration::from_secs(30));
    let stop = AtomicBool::new(false);
    let partial = bench.partial(&file(WEIGHTS));
    let start = Instant::now();
    // The server has fallen silent by the time of the stop.
    let result = std::thread::scope(|scope| {
        let download = scope.spawn(|| bench.hub().fetch(&id(ID), &mut |_| {}, &stop));
        while fs::metadata(&partial).map_or(0, |meta| meta.len()) < 200_000 {
            assert!(start.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        let asked = Instant::now();
        let result = download.join().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        result
    });
    assert!(matches!(result, Err(HubError::Stopped)));
    assert_eq!(bench.cached(), None);
    assert_whole(&bench.fetch().unwrap(), &files());
    assert_eq!(server.requests_for(WEIGHTS)[1].header("range"), Some("bytes=200000-"));
}

#[test]
fn a_stop_from_the_progress_report_is_heeded_at_once() {
    let server = serve_well();
    let bench = Bench::new(&server.url());
    let stop = AtomicBool::new(false);
    let mut halt = |progress: Progress<'_>| {
        if progress.file == WEIGHTS {
            stop.store(true, Ordering::Relaxed);
        }
    };
    assert!(matches!(bench.hub().fetch(&id(ID), &mut halt, &stop), Err(HubError::Stopped)));
    assert!(!bench.blob(&file(WEIGHTS)).exists());
    assert_eq!(bench.cached(), None);

    let before = server.requests().len();
    let stopped = bench.hub().fetch(&id(ID), &mut |_| {}, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(HubError::Stopped)));
    assert!(server.requests().len() <= before + 1);
}
