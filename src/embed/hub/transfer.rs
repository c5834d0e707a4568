//! Requests to the Hub: redirects, retries, and files that go on where they stopped.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::{Response, StatusCode, Uri, header};
use ureq::{Agent, Body};

use super::answer::{is_html, range_start, retry_after};
use super::cache::{length, remove};
use super::listing::{Listing, RemoteFile, RepoInfo};
use super::origin::{Origin, resolve};
use super::progress::{Meter, Stage};
use super::verify::CHUNK;
use super::{HubError, ModelId, Settings};

/// Tries of a request, the first one included.
const TRIES: u32 = 3;
/// A try that brought this much counts as a success that was cut: the next is the first again.
const STRIDE: u64 = 1024 * 1024;
const MAX_REDIRECTS: usize = 10;
/// The longest pause that a server may ask for before the user is told instead.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How soon a stop is noticed.
const POLL: Duration = Duration::from_millis(50);
/// The largest list of files that is read, in bytes.
const MAX_INFO: u64 = 16 * 1024 * 1024;

/// The requests of one download.
pub(super) struct Client<'a> {
    settings: &'a Settings,
    model: &'a ModelId,
    stop: &'a AtomicBool,
    agent: Agent,
    endpoint: &'a str,
    origin: Origin,
}

/// Whether it is worth trying again.
enum Failure {
    Final(HubError),
    Again {
        error: HubError,
        /// As the server asks.
        wait: Option<Duration>,
    },
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        Self::Final(error)
    }
}

impl<'a> Client<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        model: &'a ModelId,
        stop: &'a AtomicBool,
    ) -> Result<Self, HubError> {
        let endpoint = settings.endpoint.trim().trim_end_matches('/');
        let origin = endpoint
            .parse()
            .ok()
            .and_then(|uri| Origin::of(&uri))
            .ok_or_else(|| HubError::InvalidEndpoint(settings.endpoint.clone()))?;
        let mut config = Agent::config_builder()
            .user_agent(concat!("specter-tui/", env!("CARGO_PKG_VERSION")))
            // Bytes must be the file's own, so that lengths and ranges mean what they say.
            .accept_encoding("identity")
            .http_status_as_error(false)
            // Redirects are followed here, where it is known which host may see the token.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(settings.connect_timeout))
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_send_request(Some(settings.stall_timeout))
            .timeout_recv_response(Some(settings.stall_timeout))
            .timeout_per_read(Some(settings.stall_timeout));
        if origin.is_loopback() {
            config = config.proxy(None);
        }
        Ok(Self { settings, model, stop, agent: config.build().new_agent(), endpoint, origin })
    }

    /// Does `work`, whose requests are cut off as soon as the stop is asked for, even where the
    /// server sends nothing.
    pub(super) fn stoppable<T>(
        &self,
        work: impl FnOnce() -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        let result = thread::scope(|scope| {
            // Dropped when `work` returns or panics, which ends the thread.
            let (_working, ended) = mpsc::channel::<()>();
            scope.spawn(move || {
                while ended.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
                    if self.stopped() {
                        return self.agent.clone().shutdown();
                    }
                }
            });
            work()
        });
        match result {
            Err(_) if self.stopped() => Err(HubError::Stopped),
            result => result,
        }
    }

    /// The commit that the model's revision is at, and the files needed of it.
    pub(super) fn listing(&self) -> Result<Listing, HubError> {
        let url = format!(
            "{}/api/models/{}/revision/{}?blobs=true",
            self.endpoint,
            self.model.name(),
            self.model.revision().replace('/', "%2F")
        );
        let mut tries = 0;
        let bytes = loop {
            match self.read(&url) {
                Ok(bytes) => break bytes,
                Err(failure) => self.pause_or_fail(failure, &mut tries)?,
            }
        };
        let info: RepoInfo = serde_json::from_slice(&bytes).map_err(|_| HubError::NotAHub {
            url: url.clone(),
            why: "answers with something else than a list of files".to_owned(),
        })?;
        info.listing(self.model, &url)
    }

    fn read(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let (response, origin) = self.get(url, 0, &self.model.to_string())?;
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(MAX_INFO);
        match body.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(e) => Err(self.unanswered(&origin, e.into())),
        }
    }

    /// Downloads what `partial` lacks of `file`. Its length is right afterwards; its content is
    /// for the caller to verify.
    pub(super) fn download(
        &self,
        commit: &str,
        file: &RemoteFile,
        partial: &Path,
        meter: &mut Meter<'_>,
    ) -> Result<(), HubError> {
        let url = format!("{}/{}/resolve/{commit}/{}", self.endpoint, self.model.name(), file.name);
        let mut tries = 0;
        loop {
            let before = length(partial)?;
            let failure = match self.attempt(&url, file, partial, meter) {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if length(partial)? >= before + STRIDE {
                tries = 0;
            }
            self.pause_or_fail(failure, &mut tries)?;
        }
    }

    fn attempt(
        &self,
        url: &str,
        file: &RemoteFile,
        partial: &Path,
        meter: &mut Meter<'_>,
    ) -> Result<(), Failure> {
        let mut have = length(partial)?;
        if have > file.size {
            remove(partial)?;
            have = 0;
        }
        meter.at(Stage::Downloading, have);
        if have == file.size && have > 0 {
            return Ok(());
        }
        let what = format!("file {} of {}", file.name, self.model);
        let (response, origin) = self.get(url, have, &what)?;
        if is_html(&response) {
            return Err(Failure::Final(HubError::NotAHub {
                url: url.to_owned(),
                why: format!("answers with a web page in place of {}", file.name),
            }));
        }
        match response.status() {
            // The server does not resume: from the start, then.
            StatusCode::OK => have = 0,
            StatusCode::PARTIAL_CONTENT if range_start(&response) == Some(have) => {}
            _ => {
                remove(partial)?;
                return Err(again(self.corrupt(file, "another part of it was sent".to_owned())));
            }
        }
        let offered = response.body().content_length().map(|bytes| have + bytes);
        if let Some(offered) = offered.filter(|offered| *offered != file.size) {
            return Err(self.wrong_length(file, offered, partial));
        }

        let mut out = File::options()
            .create(true)
            .append(have > 0)
            .write(true)
            .truncate(have == 0)
            .open(partial)
            .map_err(HubError::io(partial))?;
        let mut body = response.into_body().into_reader();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = body.read(&mut chunk);
            // Asked after the read, since a stop also ends a read as if the file ended there.
            if self.stopped() {
                return Err(Failure::Final(HubError::Stopped));
            }
            let n = match read {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) => return Err(self.unanswered(&origin, e.into())),
            };
            have += n as u64;
            if have > file.size {
                return Err(self.wrong_length(file, have, partial));
            }
            out.write_all(&chunk[..n]).map_err(HubError::io(partial))?;
            meter.at(Stage::Downloading, have);
        }
        if have < file.size {
            return Err(self.wrong_length(file, have, partial));
        }
        out.sync_all().map_err(HubError::io(partial))?;
        Ok(())
    }

    /// A server that ends its answer in good order with too few bytes, or goes on after the
    /// last, has another file: nothing of it is kept.
    fn wrong_length(&self, file: &RemoteFile, sent: u64, partial: &Path) -> Failure {
        match remove(partial) {
            Ok(()) => self.corrupt(file, format!("{sent} bytes rather than {}", file.size)).into(),
            Err(error) => error.into(),
        }
    }

    pub(super) fn corrupt(&self, file: &RemoteFile, why: String) -> HubError {
        HubError::Corrupt { model: self.model.to_string(), file: file.name.clone(), why }
    }

    /// Asks for `url` from byte `from` on, and follows redirects. `what` is what a 404 is about.
    /// The answer, of status 200, 206 or 416, comes with the server that gave it.
    fn get(&self, url: &str, from: u64, what: &str) -> Result<(Response<Body>, Origin), Failure> {
        let mut url: Uri =
            url.parse().map_err(|_| HubError::InvalidEndpoint(self.settings.endpoint.clone()))?;
        let mut origin = self.origin.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.agent.get(url.clone());
            if from > 0 {
                request = request.header(header::RANGE, format!("bytes={from}-"));
            }
            if let Some(token) = self.settings.token.as_ref().filter(|_| origin == self.origin) {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            let response = request.call().map_err(|e| self.unanswered(&origin, e))?;
            if !response.status().is_redirection() {
                self.judge(&response, &origin, what)?;
                return Ok((response, origin));
            }
            let next = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
            let next = next.and_then(|location| resolve(&url, location));
            let next = next.and_then(|uri| Some((Origin::of(&uri)?, uri)));
            match next {
                Some((next, uri)) if next.secure || !origin.secure => (origin, url) = (next, uri),
                _ => return Err(Failure::Final(odd_redirect(&url))),
            }
        }
        Err(Failure::Final(odd_redirect(&url)))
    }

    /// Turns a status into the error that it stands for, if any.
    fn judge(&self, response: &Response<Body>, origin: &Origin, what: &str) -> Result<(), Failure> {
        let host = origin.host.clone();
        match response.status().as_u16() {
            200 | 206 | 416 => Ok(()),
            code @ (401 | 403) if *origin == self.origin => Err(Failure::Final(HubError::Denied {
                model: self.model.to_string(),
                host,
                status: code,
                advice: match (code, &self.settings.token) {
                    (_, None) => {
                        "check its spelling; if it is private or gated, set HF_TOKEN to a token of yours (Settings, Access Tokens on the Hub)"
                    }
                    (401, Some(_)) => {
                        "check its spelling, and that the token in HF_TOKEN is valid and may read it"
                    }
                    (_, Some(_)) => {
                        "open its page in a browser and accept its conditions, with the account that the token belongs to"
                    }
                },
            })),
            404 | 410 => Err(Failure::Final(HubError::NotFound { what: what.to_owned(), host })),
            code @ (408 | 429 | 500..=599) => {
                let wait = retry_after(response);
                match wait {
                    Some(wait) if wait > LONGEST_WAIT => {
                        Err(Failure::Final(HubError::Busy { host, seconds: wait.as_secs() }))
                    }
                    _ => {
                        Err(Failure::Again { error: HubError::Server { host, status: code }, wait })
                    }
                }
            }
            // A link to a store that has run out: the next try asks the Hub for a new one.
            status if *origin != self.origin => Err(again(HubError::Server { host, status })),
            status => Err(Failure::Final(HubError::Server { host, status })),
        }
    }

    /// A request that got no answer.
    fn unanswered(&self, origin: &Origin, error: ureq::Error) -> Failure {
        match error {
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::InvalidProxyUrl => {
                Failure::Final(self.network(origin, error))
            }
            error => again(self.network(origin, error)),
        }
    }

    fn network(&self, origin: &Origin, error: ureq::Error) -> HubError {
        if self.stopped() {
            return HubError::Stopped;
        }
        let reason = match error {
            ureq::Error::HostNotFound => "its address was not found".to_owned(),
            ureq::Error::Timeout(_) => "it did not answer in time".to_owned(),
            ureq::Error::Io(e) => e.to_string(),
            other => other.to_string(),
        };
        HubError::Network { host: origin.host.clone(), reason }
    }

    /// Waits before the next try; an error where the failure is final or the tries are used up.
    fn pause_or_fail(&self, failure: Failure, tries: &mut u32) -> Result<(), HubError> {
        let (error, wait) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Again { error, wait } => (error, wait),
        };
        *tries += 1;
        if *tries >= TRIES {
            return Err(error);
        }
        let wait = wait.unwrap_or(self.settings.backoff * 2_u32.pow(*tries - 1));
        let end = Instant::now() + wait;
        while Instant::now() < end {
            if self.stopped() {
                return Err(HubError::Stopped);
            }
            thread::sleep(POLL.min(end.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn again(error: HubError) -> Failure {
    Failure::Again { error, wait: None }
}

fn odd_redirect(url: &Uri) -> HubError {
    HubError::NotAHub {
        url: url.to_string(),
        why: "redirects to an address that cannot be followed".to_owned(),
    }
}
