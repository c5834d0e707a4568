//! Is the terminal dark or light? It is asked before anything is drawn, and must not keep anybody waiting:
//! an answer that comes too late is taken out of what is typed and heeded then.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use terminal_colorsaurus::{QueryOptions, background_color};

use crate::clusters::map::palette::Rgb;
use crate::ui::theme::Background;

/// How long the first frame waits. A terminal at hand answers within a few milliseconds, also where it does
/// not know the question: another that each one knows comes right after it.
const PATIENCE: Duration = Duration::from_millis(100);

/// After this no answer comes any more.
const LATEST: Duration = Duration::from_secs(10);

/// Grounds with less light than this are called dark: half of the lightness of white.
const HALF: f64 = 0.18;

/// What came of the question.
#[derive(Debug)]
pub enum Asked {
    /// The answer.
    Answered(Background),
    /// None, so far.
    Waiting(LateAnswer),
}

/// Asks the terminal, which must be in raw mode, and nobody else may read from it. What it does not say
/// itself its variables may (`COLORFGBG`).
#[must_use]
pub fn ask() -> Asked {
    let mut options = QueryOptions::default();
    options.timeout = PATIENCE;
    match background_color(options) {
        Ok(color) => {
            let [red, green, blue] = [color.r, color.g, color.b].map(|value| (value >> 8) as u8);
            Asked::Answered(ground_of(Rgb(red, green, blue)))
        }
        Err(_) => Asked::Waiting(LateAnswer::new()),
    }
}

/// What the variable `COLORFGBG` says, `15;0` for white on black: some terminals and `tmux` users set it.
#[must_use]
pub fn from_env() -> Option<Background> {
    ground_of_colours(&std::env::var("COLORFGBG").ok()?)
}

fn ground_of_colours(colours: &str) -> Option<Background> {
    let (_, ground) = colours.rsplit_once(';')?;
    match ground.parse().ok()? {
        0_u8..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

fn ground_of(rgb: Rgb) -> Background {
    if rgb.luminance() < HALF { Background::Dark } else { Background::Light }
}

/// Finds an answer among the events of the terminal, which come as if it had been typed: `alt-]`, then
/// `11;rgb:ffff/ffff/ffff`, then `ctrl-g` or `alt-\`.
#[derive(Debug)]
pub struct LateAnswer {
    until: Instant,
    /// What came since the beginning of what may be an answer.
    held: Vec<Event>,
    /// The same as text.
    text: String,
}

/// What an event turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Sifted {
    /// Perhaps a part of an answer: the next ones tell.
    Held,
    /// No answer: it, and those held before it.
    Events(Vec<Event>),
    /// The end of an answer; `None` where it makes no sense.
    Answer(Option<Background>),
}

impl LateAnswer {
    fn new() -> Self {
        Self { until: Instant::now() + LATEST, held: Vec::new(), text: String::new() }
    }

    /// May an answer still come?
    #[must_use]
    pub fn is_expected(&self) -> bool {
        !self.held.is_empty() || Instant::now() < self.until
    }

    /// Takes an event in.
    pub fn sift(&mut self, event: Event) -> Sifted {
        let key = match &event {
            Event::Key(key) => *key,
            _ => return self.let_go(event),
        };
        if self.held.is_empty() {
            if key == KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT) {
                self.held.push(event);
                return Sifted::Held;
            }
            return Sifted::Events(vec![event]);
        }
        match (key.code, key.modifiers) {
            (KeyCode::Char('g'), KeyModifiers::CONTROL)
            | (KeyCode::Char('\\'), KeyModifiers::ALT) => {
                self.held.clear();
                Sifted::Answer(parse(&std::mem::take(&mut self.text)))
            }
            (KeyCode::Char(c), KeyModifiers::NONE | KeyModifiers::SHIFT)
                if continues(&self.text, c) =>
            {
                self.text.push(c);
                self.held.push(event);
                Sifted::Held
            }
            _ => self.let_go(event),
        }
    }

    /// Somebody typed all this.
    fn let_go(&mut self, event: Event) -> Sifted {
        self.text.clear();
        let mut events = std::mem::take(&mut self.held);
        events.push(event);
        Sifted::Events(events)
    }
}

/// How each answer begins.
const BEGIN: &str = "11;rgb";

/// Can an answer go on like this?
fn continues(text: &str, c: char) -> bool {
    match BEGIN.chars().nth(text.len()) {
        Some(next) => c == next,
        None => c.is_ascii_hexdigit() || matches!(c, ':' | '/'),
    }
}

/// The ground that an answer names: `11;rgb:RR/GG/BB`, with one to four digits each.
fn parse(text: &str) -> Option<Background> {
    let (_, colour) = text.strip_prefix(BEGIN)?.split_once(':')?;
    let mut parts = colour.split('/').map(|part| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?)?.checked_sub(1)?;
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from(value.checked_mul(255)?.checked_div(most)?).ok()
    });
    let mut next = || parts.next().flatten();
    Some(ground_of(Rgb(next()?, next()?, next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers))
    }

    fn typed(text: &str) -> Vec<Event> {
        text.chars().map(|c| key(c, KeyModifiers::NONE)).collect()
    }

    /// What is made of events, until something is.
    fn sift(late: &mut LateAnswer, events: Vec<Event>) -> Vec<Sifted> {
        let sifted = events.into_iter().map(|event| late.sift(event));
        sifted.filter(|sifted| *sifted != Sifted::Held).collect()
    }

    #[test]
    fn an_answer_that_comes_late_is_heeded_and_not_typed() {
        for (answer, ground) in [
            ("11;rgb:ffff/ffff/ffff", Some(Background::Light)),
            ("11;rgb:00/00/00", Some(Background::Dark)),
            ("11;rgb:1e1e/1e1e/2e2e", Some(Background::Dark)),
            ("11;rgba:fdfd/f6f6/e3e3/ffff", Some(Background::Light)),
            ("11;rgb:f/f/f", Some(Background::Light)),
            ("11;rgb:", None),
        ] {
            for end in [key('g', KeyModifiers::CONTROL), key('\\', KeyModifiers::ALT)] {
                let mut late = LateAnswer::new();
                let begin = vec![key(']', KeyModifiers::ALT)];
                let events = [begin, typed(answer), vec![end]].concat();
                assert_eq!(sift(&mut late, events), [Sifted::Answer(ground)], "{answer}");
                let after = typed("j");
                assert_eq!(sift(&mut late, after.clone()), [Sifted::Events(after)]);
            }
        }
    }

    #[test]
    fn what_is_typed_gets_through_in_its_order() {
        let mut late = LateAnswer::new();
        assert_eq!(sift(&mut late, typed("11")).len(), 2);
        for text in ["j", "11;rgb:ffx", "12"] {
            let events = [vec![key(']', KeyModifiers::ALT)], typed(text)].concat();
            assert_eq!(sift(&mut late, events.clone()), [Sifted::Events(events)], "{text}");
        }
        let events = vec![key(']', KeyModifiers::ALT), Event::Resize(80, 24)];
        assert_eq!(sift(&mut late, events.clone()), [Sifted::Events(events)]);
    }

    #[test]
    fn variables_name_the_ground() {
        assert_eq!(ground_of_colours("15;0"), Some(Background::Dark));
        assert_eq!(ground_of_colours("0;default;15"), Some(Background::Light));
        assert_eq!(ground_of_colours("0;7"), Some(Background::Light));
        assert_eq!(ground_of_colours("default;default"), None);
        assert_eq!(ground_of_colours(""), None);
    }
}
