//! A server on the loopback interface that answers as the HuggingFace Hub does, and badly where
//! a test wants it to.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Path and query.
    pub(crate) target: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header, whose name is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }
}

/// What to answer.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// How much of the body to send.
    send: usize,
    /// Whether to keep silent after that, rather than close the connection.
    stall: bool,
}

impl Reply {
    /// An answer with a `Content-Length` that fits its body.
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { status, headers: Vec::new(), send: body.len(), body, stall: false }
    }

    /// Status 302 to another address.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(302, "").with("Location", location)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Closes the connection after `bytes` of the body.
    pub(crate) fn cut(mut self, bytes: usize) -> Self {
        self.send = bytes.min(self.body.len());
        self
    }

    /// Sends `bytes` of the body and then nothing more.
    pub(crate) fn stall(self, bytes: usize) -> Self {
        Self { stall: true, ..self.cut(bytes) }
    }

    fn send(&self, stream: &mut TcpStream, quit: &AtomicBool) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.headers.iter().any(|(name, _)| name == "Transfer-Encoding") {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        stream.write_all(head.as_bytes())?;
        stream.write_all(b"\r\n")?;
        stream.write_all(&self.body[..self.send])?;
        stream.flush()?;
        while self.stall && !quit.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// A running server. It stops when it is dropped.
pub(crate) struct HubServer {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    quit: Arc<AtomicBool>,
}

impl HubServer {
    /// Starts a server on a free port. `answer` is given each request and how many requests for
    /// the same target came before it.
    pub(crate) fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            log: Arc::default(),
            quit: Arc::default(),
        };
        let (log, quit, answer) = (server.log.clone(), server.quit.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if quit.load(Ordering::Relaxed) {
                    break;
                }
                let (log, quit, answer) = (log.clone(), quit.clone(), answer.clone());
                thread::spawn(move || {
                    let Ok(mut stream) = stream else { return };
                    let Some(request) = read(&stream) else { return };
                    let before = {
                        let mut log = log.lock().unwrap();
                        let same = |old: &&Request| old.target == request.target;
                        let before = log.iter().filter(same).count();
                        log.push(request.clone());
                        before
                    };
                    // A client that hangs up is part of some tests.
                    let _ = answer(&request, before).send(&mut stream, &quit);
                });
            }
        });
        server
    }

    /// `http://127.0.0.1:port`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// The requests so far whose target ends in `end`.
    pub(crate) fn requests_for(&self, end: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.target.ends_with(end));
        requests
    }
}

impl Drop for HubServer {
    fn drop(&mut self) {
        self.quit.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream.take(64 * 1024)).lines().map_while(Result::ok);
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        })
        .collect();
    Some(Request { target, headers })
}

/// A file of a repository.
#[derive(Clone)]
pub(crate) struct RepoFile {
    /// Its name in the repository.
    pub(crate) name: String,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// The SHA-1 that Git gives it.
    pub(crate) blob_id: String,
    /// Its SHA-256 if it is in Git LFS.
    pub(crate) sha256: Option<String>,
}

/// A repository with one branch, `main`.
#[derive(Clone)]
pub(crate) struct Repository {
    /// `organisation/name`.
    pub(crate) id: String,
    /// The commits, and the files of each; `main` is at the last one.
    pub(crate) commits: Vec<(String, Vec<RepoFile>)>,
}

impl Repository {
    /// The answer of a Hub in good order.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let path = request.target.split('?').next().unwrap_or_default();
        let api = format!("/api/models/{}/revision/", self.id);
        let resolve = format!("/{}/resolve/", self.id);
        if let Some(revision) = path.strip_prefix(&api) {
            self.info(revision)
        } else if let Some((commit, name)) =
            path.strip_prefix(&resolve).and_then(|s| s.split_once('/'))
        {
            self.commits
                .iter()
                .filter(|(sha, _)| sha == commit)
                .flat_map(|(_, files)| files)
                .find(|file| file.name == name)
                .map_or_else(
                    || Reply::new(404, "Entry not found"),
                    |file| ranged(request, &file.bytes),
                )
        } else {
            Reply::new(404, "Not found")
        }
    }

    fn info(&self, revision: &str) -> Reply {
        let main = self.commits.last().filter(|_| revision == "main");
        let Some((commit, files)) =
            main.or_else(|| self.commits.iter().find(|(sha, _)| sha == revision))
        else {
            return Reply::new(404, r#"{"error":"Invalid rev id"}"#);
        };
        let siblings: Vec<String> = files
            .iter()
            .map(|file| {
                let size = file.bytes.len();
                let lfs = file.sha256.as_ref().map_or_else(String::new, |sha256| {
                    format!(r#","lfs":{{"sha256":"{sha256}","size":{size},"pointerSize":134}}"#)
                });
                format!(
                    r#"{{"rfilename":"{}","size":{size},"blobId":"{}"{lfs}}}"#,
                    file.name, file.blob_id
                )
            })
            .collect();
        let id = &self.id;
        let siblings = siblings.join(",");
        Reply::new(200, format!(r#"{{"id":"{id}","sha":"{commit}","siblings":[{siblings}]}}"#))
            .with("Content-Type", "application/json; charset=utf-8")
    }
}

/// `bytes`, or the part of them from where the request's range starts.
pub(crate) fn ranged(request: &Request, bytes: &[u8]) -> Reply {
    let start = request
        .header("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match start {
        None => Reply::new(200, bytes),
        Some(start) if start < bytes.len() => Reply::new(206, &bytes[start..])
            .with("Content-Range", &format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len())),
        Some(_) => Reply::new(416, "").with("Content-Range", &format!("bytes */{}", bytes.len())),
    }
}
