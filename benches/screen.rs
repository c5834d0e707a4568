//! How long a person waits: for the first frame, and for the frame after each key press while the
//! library is being embedded; how much a step of the cursor writes, and what the program costs while
//! nothing happens. Runs the real program in a pseudo-terminal.
//!
//! `cargo bench --bench screen -- [BIB] [MODEL]`; by default `../shared/corpora/acl.bib` and
//! `models/all-MiniLM-L6-v2`.

#[path = "../tests/support/pty.rs"]
#[allow(dead_code)]
mod pty;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pty::Pty;

/// Keys as a reader presses them: jumping, walking, paging, filtering. Each one changes the list.
const KEYS: &[&str] = &[
    "G", "k", "k", "\x1b[H", "j", "j", "j", "k", "\x04", "j", "j", "\x15", "j", "/", "g", "r", "a",
    "p", "h", "\x1b",
];
const ROUNDS: usize = 20;

/// Keys on the map: walking, looking closely, looking around.
const MAP_KEYS: &[&str] = &["l", "j", "l", "k", "h", "+", "+", "l", "L", "H", "j", "-", "-", "k"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let bib = arguments.first().map_or("../shared/corpora/acl.bib", String::as_str);
    let model = arguments.get(1).map_or("models/all-MiniLM-L6-v2", String::as_str);
    // The program does not start in this folder.
    let absolute = |path: &str| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let (bib, model) = (absolute(bib), absolute(model));
    if !bib.exists() || !model.exists() {
        println!("SKIPPED: {} and {} are needed", bib.display(), model.display());
        return;
    }
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return println!("no temporary folder: {error}"),
    };
    let first = first_frame(folder.path(), &bib, Path::new("none"));
    println!("first frame with the list, first import: {:6.0} ms", millis(first.1));
    let mut later: Vec<Duration> =
        (0..9).map(|_| first_frame(folder.path(), &bib, Path::new("none")).1).collect();
    later.sort();
    println!(
        "first frame with the list, afterwards:   {:6.0} ms (median of 9; worst {:.0} ms)",
        millis(later[4]),
        millis(later[8])
    );
    keys(folder.path(), &bib, &model);
    map_keys(folder.path(), &bib);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Starts the program and waits until papers are listed.
fn first_frame(folder: &Path, bib: &Path, model: &Path) -> (Pty, Duration) {
    let model = model.to_string_lossy();
    let bib = bib.to_string_lossy();
    let environment = [
        ("SPECTER_TUI_LIBRARY", folder.join("library")),
        ("XDG_CACHE_HOME", folder.join("cache")),
        ("XDG_CONFIG_HOME", folder.join("config")),
    ];
    let start = Instant::now();
    let program = Path::new(env!("CARGO_BIN_EXE_specter-tui"));
    let pty = Pty::spawn(program, &["--model", &model, &bib], &environment, (120, 32));
    assert!(pty.wait_screen(|screen| screen.contents().contains("▌ ")), "no list appeared");
    (pty, start.elapsed())
}

/// The library pane: the part of the screen that each of the keys changes.
fn library_pane(screen: &vt100::Screen) -> String {
    screen.rows(0, 60).skip(1).take(18).collect::<Vec<_>>().join("\n")
}

fn keys(folder: &Path, bib: &Path, model: &Path) {
    let (mut pty, _) = first_frame(folder, bib, model);
    let embedding = |screen: &vt100::Screen| screen.contents().contains("/s · ");
    assert!(pty.wait_screen(embedding), "embedding did not start");
    let mut times = Vec::new();
    let control = Control::start();
    for round in 0..ROUNDS {
        for (place, key) in KEYS.iter().enumerate() {
            // People are not metronomes: the press falls anywhere in the embedder's work.
            std::thread::sleep(Duration::from_millis((round * 7 + place * 13) as u64 % 60 + 20));
            let before = RefCell::new(String::new());
            pty.wait_screen(|screen| {
                *before.borrow_mut() = library_pane(screen);
                true
            });
            let press = Instant::now();
            pty.send(key);
            let changed = |screen: &vt100::Screen| library_pane(screen) != *before.borrow();
            // A key that changes nothing here (k at the top) would never be seen.
            assert!(
                pty.wait_screen(changed),
                "{key:?} (round {round}, key {place}) changed nothing:\n{}",
                pty.screen()
            );
            times.push(press.elapsed());
        }
    }
    assert!(pty.wait_screen(embedding), "embedding ended before the measurement did");
    print_times("key press to drawn frame, embedding:    ", times);
    print_times("what a thread that sleeps is late by:   ", control.stop());
    pty.send("q");
    pty.wait_exit();
}

/// A thread that does nothing but sleep, and notes by how much it wakes up too late: what the machine
/// alone makes of any wait, whatever the program does.
struct Control {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Duration>>,
}

impl Control {
    fn start() -> Self {
        const SLEEP: Duration = Duration::from_millis(5);
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            let mut late = Vec::new();
            while !told.load(Ordering::Relaxed) {
                let start = Instant::now();
                std::thread::sleep(SLEEP);
                late.push(start.elapsed().saturating_sub(SLEEP));
            }
            late
        });
        Self { over, thread }
    }

    fn stop(self) -> Vec<Duration> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

fn print_times(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| millis(times[((times.len() - 1) as f64 * share) as usize]);
    println!(
        "{what} p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms ({} times)",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        times.len()
    );
}

/// The map of the words, once it is laid out and nothing else goes on.
fn map_keys(folder: &Path, bib: &Path) {
    let start = Instant::now();
    let (mut pty, _) = first_frame(folder, bib, Path::new("none"));
    pty.send("4");
    assert!(pty.wait_screen(|screen| screen.contents().contains("by words")), "no clusters");
    println!("start to clusters, by words:             {:6.0} ms", millis(start.elapsed()));
    pty.send("5");
    let is_laid = |screen: &vt100::Screen| {
        let screen = screen.contents();
        screen.contains('◉') && !screen.contains("laying out")
    };
    assert!(pty.wait_screen(is_laid), "no map");
    println!("start to map, by words:                  {:6.0} ms", millis(start.elapsed()));
    let mut times = Vec::new();
    for key in MAP_KEYS.iter().cycle().take(MAP_KEYS.len() * ROUNDS) {
        std::thread::sleep(Duration::from_millis(40));
        let before = pty.screen();
        let press = Instant::now();
        pty.send(key);
        // At the edge of the map a key changes nothing: it does not count.
        let changed = |screen: &vt100::Screen| screen.contents() != before;
        if pty.wait_screen_within(Duration::from_millis(500), changed) {
            times.push(press.elapsed());
        }
    }
    assert!(times.len() > MAP_KEYS.len() * ROUNDS / 2, "most keys changed nothing on the map");
    print_times("key press to drawn frame, on the map:   ", times);
    pty.send("1");
    assert!(pty.wait_screen(|screen| screen.contents().contains("─ Library ─")), "no library");
    cursor_bytes(&mut pty);
    #[cfg(target_os = "linux")]
    idle(&pty);
    pty.send("q");
    pty.wait_exit();
}

/// What one step of the library's cursor writes to the terminal, neighbours and all.
fn cursor_bytes(pty: &mut Pty) {
    const STEPS: usize = 50;
    // What a step brings comes in two frames: the paper, and its neighbours.
    let settle = || std::thread::sleep(Duration::from_millis(300));
    settle();
    let mut written: Vec<usize> = (0..STEPS)
        .map(|_| {
            let before = pty.bytes().len();
            pty.send("j");
            settle();
            pty.bytes().len() - before
        })
        .collect();
    written.sort_unstable();
    println!(
        "bytes for one step of the cursor:        p50 {}, worst {} ({STEPS} steps)",
        written[STEPS / 2],
        written[STEPS - 1]
    );
}

/// Processor time while nothing happens.
#[cfg(target_os = "linux")]
fn idle(pty: &Pty) {
    const SECONDS: u64 = 20;
    let ticks = || -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pty.id())).unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        // User and system time, in hundredths of a second.
        fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
    };
    let before = ticks();
    std::thread::sleep(Duration::from_secs(SECONDS));
    let used = (ticks() - before) as f64 / SECONDS as f64;
    println!("processor while idle:                    {used:.2} % of a core ({SECONDS} s)");
}
