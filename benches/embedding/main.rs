//! Tokens a second, latency, memory and time to load of the encoders, beside sentence-transformers
//! and ONNX Runtime; see `benches/README.md`.
//!
//! Each contender runs in a process of its own, so that its memory can be told, and answers
//! requests one at a time: this program again for ours and candle's, `peers.py` for the others.

#![allow(missing_docs)]

mod contender;
mod report;

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use specter_tui::{embed::model::Model, library::import::parse};

use report::Row;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// In the order of the table.
const OURS: [&str; 4] = ["candle", "f32", "bf16", "int8"];
const PEERS: [&str; 4] = ["st-f32", "st-bf16", "ort-f32", "ort-int8"];

fn main() -> Result<()> {
    let arguments: Vec<String> =
        env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["contend", name, model, texts, threads] => {
            contender::serve(name, Path::new(model), Path::new(texts), threads.parse()?)
        }
        [] if env::var_os("EMBEDDING_BIB").is_none() => {
            println!("EMBEDDING_BIB names no .bib file: see benches/README.md");
            Ok(())
        }
        [] => compare(),
        _ => {
            Err("this bench takes its settings from the environment: see benches/README.md".into())
        }
    }
}

/// A setting from the environment.
fn setting(name: &str, default: usize) -> Result<usize> {
    match env::var(name) {
        Ok(value) => Ok(value.parse().map_err(|error| format!("{name}: {error}"))?),
        Err(_) => Ok(default),
    }
}

/// Runs everything and prints the table.
fn compare() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = env::var_os("EMBEDDING_MODEL")
        .map_or_else(|| root.join("models/specter-shape"), PathBuf::from);
    let threads = setting("EMBEDDING_THREADS", num_cpus::get_physical())?;
    let rounds = setting("EMBEDDING_ROUNDS", 5)?;
    let work = root.join("target/embedding-bench");
    fs::create_dir_all(&work)?;
    let texts = texts(&model, setting("EMBEDDING_TEXTS", 256)?)?;
    let texts_path = work.join("texts.json");
    let plain: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    fs::write(&texts_path, serde_json::to_vec(&plain)?)?;
    let tokens: usize = texts.iter().map(|text| text.tokens).sum();
    // The last two are for latency.
    let bulk = texts.len() - 2;
    println!("{bulk} texts, {} tokens, {threads} threads, {rounds} rounds", tokens - 210);

    let only = env::var("EMBEDDING_ONLY").ok();
    let wanted = |name: &&str| only.as_ref().is_none_or(|only| only.split(',').any(|o| o == *name));
    let mut contenders = Vec::new();
    let args = [model.as_os_str(), texts_path.as_os_str()];
    for name in PEERS.into_iter().filter(wanted) {
        if let Some(python) = env::var_os("EMBEDDING_PYTHON") {
            let mut command = Command::new(python);
            command.arg(root.join("benches/embedding/peers.py")).arg(name).args(args);
            contenders.push(Contender::start(name, command.arg(threads.to_string()).arg(&work))?);
        }
    }
    for name in OURS.into_iter().filter(wanted) {
        let mut command = Command::new(env::current_exe()?);
        command.args(["contend", name]).args(args);
        contenders.push(Contender::start(name, command.arg(threads.to_string()))?);
    }
    let mut rows: Vec<Row> = contenders.iter().map(|c| Row::new(&c.name, c.ready)).collect();
    for round in 0..rounds {
        for (contender, row) in contenders.iter_mut().zip(&mut rows) {
            row.bulk.push((tokens - 210) as f64 / contender.seconds(0, bulk, 1)?);
            row.long.push(contender.seconds(bulk, 1, 7)?);
            row.short.push(contender.seconds(bulk + 1, 1, 21)?);
            row.memory = contender.memory()?;
            // Threads of the last one may spin for a while.
            sleep(Duration::from_millis(300));
        }
        eprintln!("round {} of {rounds}", round + 1);
    }
    for (contender, row) in contenders.iter_mut().zip(&mut rows) {
        row.vectors = contender.vectors()?;
    }
    report::print(&rows);
    Ok(())
}

/// A text as SPECTER wants it.
struct Text {
    text: String,
    tokens: usize,
}

/// So many papers of the `.bib` with abstracts, evenly taken; then one text of 200 tokens and one
/// of 10.
fn texts(model: &Path, count: usize) -> Result<Vec<Text>> {
    let bib = PathBuf::from(env::var_os("EMBEDDING_BIB").unwrap_or_default());
    let papers = parse::parse(&fs::read(&bib)?).papers;
    let papers: Vec<(String, String)> = (papers.into_iter())
        .map(|paper| (paper.title, paper.abstract_text))
        .filter(|(title, text)| !title.is_empty() && !text.is_empty())
        .collect();
    let tokenizer = Model::open(model, "bench", None)?.tokenizer()?;
    let text = |title: &str, abstract_text: &str| -> Result<Text> {
        let tokens = tokenizer.tokens(title, abstract_text)?.len();
        Ok(Text { text: format!("{title}[SEP]{abstract_text}"), tokens })
    };
    let step = (papers.len() / count).max(1);
    let mut texts: Vec<Text> = (papers.iter().step_by(step).take(count))
        .map(|(title, abstract_text)| text(title, abstract_text))
        .collect::<Result<_>>()?;
    for length in [200, 10] {
        // Words of one token each; [CLS], [SEP] and [SEP] are three more.
        texts.push(text(&vec!["paper"; length - 3].join(" "), "")?);
    }
    Ok(texts)
}

/// Another process that embeds.
struct Contender {
    name: String,
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Seconds until it could embed.
    ready: f64,
}

impl Contender {
    fn start(name: &str, command: &mut Command) -> Result<Self> {
        eprintln!("starting {name}");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = process.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut contender = Self { name: name.to_owned(), process, requests, answers, ready: 0.0 };
        contender.ready = contender.answer("ready ")?.parse()?;
        eprintln!("{name}: batch {}", contender.answer("batch ")?);
        Ok(contender)
    }

    /// The rest of the next line that begins so; what libraries print besides is passed over.
    fn answer(&mut self, start: &str) -> Result<String> {
        let mut line = String::new();
        while self.answers.read_line(&mut line)? > 0 {
            if let Some(rest) = line.strip_prefix(start) {
                return Ok(rest.trim().to_owned());
            }
            line.clear();
        }
        Err(format!("{} has ended", self.name).into())
    }

    fn ask(&mut self, request: &str, start: &str) -> Result<String> {
        writeln!(self.requests, "{request}")?;
        self.answer(start)
    }

    /// The least time of so many runs over these texts.
    fn seconds(&mut self, first: usize, count: usize, runs: usize) -> Result<f64> {
        Ok(self.ask(&format!("{first} {count} {runs}"), "seconds ")?.parse()?)
    }

    fn vectors(&mut self) -> Result<Vec<Vec<f32>>> {
        Ok(serde_json::from_str(&self.ask("vectors", "vectors ")?)?)
    }

    /// The most memory it had so far, in MB (Linux only).
    fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmHWM")?;
        Ok(kilobytes.trim().parse::<f64>()? * 1024.0 / 1e6)
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // It is no longer wanted, whatever it does.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
