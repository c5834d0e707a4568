//! What goes on behind the screen, as a list to look at and to steer: reading and watching the files, the
//! words, the model, vectors, clusters, the map.

use std::collections::BTreeMap;
use std::time::Duration;

use super::action::Action;
use super::scroll::Scroll;
use super::state::{App, ModelState};
use crate::library::paper::PaperId;
use crate::ui::text::thousands;

/// Something that goes on behind the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Reading the files.
    Import,
    /// Noticing when they change.
    Watch,
    /// Indexing the words.
    Words,
    /// Finding, downloading, loading the model.
    Model,
    /// Making vectors.
    Embed,
    /// Finding clusters.
    Clusters,
    /// Laying out the map.
    Map,
}

impl Task {
    /// All, in the order in which one needs the other.
    pub const ALL: [Self; 7] = [
        Self::Import,
        Self::Watch,
        Self::Words,
        Self::Model,
        Self::Embed,
        Self::Clusters,
        Self::Map,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "files",
            Self::Watch => "watching",
            Self::Words => "words",
            Self::Model => "model",
            Self::Embed => "vectors",
            Self::Clusters => "clusters",
            Self::Map => "map",
        }
    }

    /// What it is for.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Import => "Reads the .bib files into the library. They are never written to.",
            Self::Watch => "Reads a .bib file again as soon as it changes.",
            Self::Words => {
                "Indexes the words of the papers, and which words go together: neighbours from the first second."
            }
            Self::Model => {
                "Finds the language model on this machine, or downloads it once where you want that."
            }
            Self::Embed => {
                "Reads title and abstract of each paper with the model, those on the screen first. Each vector is \
                 stored at once: whenever you stop, nothing is lost."
            }
            Self::Clusters => "Finds the subjects that the library consists of.",
            Self::Map => "Gives each paper a place near those that it is like.",
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// Something else comes first.
    Waiting,
    /// Under way.
    Running,
    /// Held by the user.
    Paused,
    /// Ended by the user.
    Stopped,
    /// Nothing left to do.
    Done,
    /// Not wanted.
    Off,
    /// It went wrong, and why.
    Failed(String),
}

/// What is to be said of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskLine {
    /// How far it is.
    pub state: TaskState,
    /// The part that is done, where that is known: from 0 to 1.
    pub progress: Option<f64>,
    /// Time to the end, where that can be told.
    pub left: Option<Duration>,
    /// In words.
    pub what: String,
}

impl TaskLine {
    fn new(state: TaskState, what: impl Into<String>) -> Self {
        Self { state, progress: None, left: None, what: what.into() }
    }
}

/// What is known of the tasks besides what the rest of the screen knows, and the cursor among them.
#[derive(Debug, Default)]
pub struct Tasks {
    /// Cursor.
    pub scroll: Scroll,
    /// How many files are watched.
    pub watched: usize,
    /// How often they changed.
    pub changes: usize,
    /// Why the words cannot be indexed.
    pub words_failed: Option<String>,
    /// Is it known which words go together?
    pub has_topics: bool,
    /// Does the model run, or has it run?
    pub model_ran: bool,
    /// Papers for which the model gave no usable vector, and why.
    pub set_aside: BTreeMap<PaperId, String>,
}

impl App {
    /// The task under the cursor.
    #[must_use]
    pub fn task(&self) -> Task {
        Task::ALL[self.tasks.scroll.cursor.min(Task::ALL.len() - 1)]
    }

    /// How far a task is.
    #[must_use]
    pub fn task_line(&self, task: Task) -> TaskLine {
        match task {
            Task::Import => self.import_line(),
            Task::Watch => {
                if self.tasks.watched == 0 {
                    return TaskLine::new(TaskState::Off, "there is no file");
                }
                let files = count(self.tasks.watched, "file");
                let changes = match self.tasks.changes {
                    0 => String::new(),
                    1 => " · changed once".to_owned(),
                    changes => format!(" · changed {changes} times"),
                };
                TaskLine::new(TaskState::Running, format!("{files}{changes}"))
            }
            Task::Words => self.words_line(),
            Task::Model => self.model_line(),
            Task::Embed => self.embed_line(),
            Task::Clusters => match (&self.clusters.failed, &self.clusters.found) {
                _ if self.clusters.busy() => TaskLine::new(TaskState::Running, "finding clusters"),
                (Some(reason), _) => TaskLine::new(TaskState::Failed(reason.clone()), ""),
                (None, Some(found)) => {
                    TaskLine::new(TaskState::Done, count(found.subjects[0].len(), "cluster"))
                }
                (None, None) => TaskLine::new(TaskState::Waiting, "for the words"),
            },
            Task::Map => match (&self.map.failed, &self.map.laid) {
                _ if self.map.laying => TaskLine::new(TaskState::Running, "laying out the map"),
                (Some(reason), _) => TaskLine::new(TaskState::Failed(reason.clone()), ""),
                (None, Some(laid)) => {
                    TaskLine::new(TaskState::Done, count(laid.points.len(), "paper"))
                }
                (None, None) => TaskLine::new(TaskState::Waiting, "for the clusters"),
            },
        }
    }

    fn import_line(&self) -> TaskLine {
        if let Some(reason) = &self.loading.failed {
            return TaskLine::new(TaskState::Failed(reason.clone()), "");
        }
        let mut what = count(self.snapshot.len(), "paper");
        if !self.files.is_empty() {
            what = format!("{what} of {}", count(self.files.len(), "file"));
        }
        let findings = self.report.findings.len();
        if findings > 0 {
            what = format!("{what} · {}", count(findings, "finding"));
        }
        let state = if self.loading.running { TaskState::Running } else { TaskState::Done };
        TaskLine::new(state, what)
    }

    fn words_line(&self) -> TaskLine {
        match (&self.tasks.words_failed, &self.lexical) {
            (Some(reason), _) => TaskLine::new(TaskState::Failed(reason.clone()), ""),
            _ if self.snapshot.is_empty() => TaskLine::new(TaskState::Waiting, "for papers"),
            (None, None) => TaskLine::new(TaskState::Running, "indexing"),
            (None, Some(_)) if !self.tasks.has_topics => {
                TaskLine::new(TaskState::Running, "finding words that go together")
            }
            (None, Some(_)) => TaskLine::new(TaskState::Done, "indexed"),
        }
    }

    fn model_line(&self) -> TaskLine {
        let name = self.model_name.clone();
        match &self.model {
            ModelState::Absent => TaskLine::new(TaskState::Waiting, format!("{name} is not here")),
            ModelState::Unwanted => TaskLine::new(TaskState::Off, "none wanted"),
            ModelState::Failed(reason) if !self.tasks.model_ran => {
                TaskLine::new(TaskState::Failed(reason.clone()), name)
            }
            ModelState::Opening if !self.tasks.model_ran => {
                TaskLine::new(TaskState::Running, format!("looking for {name}"))
            }
            ModelState::Downloading { done, total, rate } => {
                let megabytes = |bytes: u64| bytes / 1_000_000;
                let speed = format!("{:.1} MB/s", rate / 1e6);
                TaskLine {
                    state: TaskState::Running,
                    progress: (*total > 0).then(|| *done as f64 / *total as f64),
                    left: time_left(total.saturating_sub(*done) as f64, *rate),
                    what: format!("{} of {} MB · {speed}", megabytes(*done), megabytes(*total)),
                }
            }
            _ => TaskLine::new(TaskState::Done, format!("{name} is here")),
        }
    }

    fn embed_line(&self) -> TaskLine {
        let vectors = self.has_vector.iter().filter(|&&has| has).count();
        let made = format!("{} of {}", thousands(vectors), count(self.has_vector.len(), "paper"));
        let aside = match self.tasks.set_aside.len() {
            0 => String::new(),
            number => format!(" · {number} set aside"),
        };
        let held = if self.paused { TaskState::Paused } else { TaskState::Running };
        match &self.model {
            ModelState::Unwanted => TaskLine::new(TaskState::Off, "words only"),
            ModelState::Failed(reason) if self.tasks.model_ran => {
                TaskLine::new(TaskState::Failed(reason.clone()), format!("{made}{aside}"))
            }
            ModelState::Stopped => TaskLine::new(TaskState::Stopped, format!("{made}{aside}")),
            ModelState::Starting => TaskLine::new(held, format!("{made}{aside}")),
            ModelState::Embedding(progress) => TaskLine {
                state: held,
                progress: Some(progress.done as f64 / progress.total.max(1) as f64),
                left: progress.left.filter(|_| !self.paused),
                what: format!(
                    "{} of {} · {:.1}/s{aside}",
                    thousands(progress.done),
                    thousands(progress.total),
                    progress.papers_per_second
                ),
            },
            ModelState::Done => TaskLine::new(TaskState::Done, format!("{made}{aside}")),
            ModelState::Opening
            | ModelState::Absent
            | ModelState::Downloading { .. }
            | ModelState::Failed(_) => TaskLine::new(TaskState::Waiting, "for the model"),
        }
    }

    /// Can this be done to the task under the cursor?
    #[must_use]
    pub fn can_steer(&self, action: Action) -> bool {
        use ModelState::{Downloading, Embedding, Starting};
        let state = self.task_line(self.task()).state;
        match action {
            Action::CancelTask => match self.task() {
                Task::Model => matches!(self.model, Downloading { .. }),
                Task::Embed => matches!(self.model, Starting | Embedding(_)),
                _ => false,
            },
            Action::RetryTask => match (self.task(), state) {
                (Task::Import, state) => state != TaskState::Running,
                (_, TaskState::Failed(_) | TaskState::Stopped) => true,
                (Task::Embed, TaskState::Done) => !self.tasks.set_aside.is_empty(),
                _ => false,
            },
            _ => false,
        }
    }
}

/// “1 file”, “2 files”.
fn count(number: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// The time that so much takes at a rate; `None` where that is no time to be told.
fn time_left(rest: f64, rate: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(rest / rate).ok().filter(|_| rate > 0.0)
}
