//! Keys → actions, with the user's own choices.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, Context, Entry, TABLE};
use crate::config::{Choice, Place};

/// A key with its modifiers, as the user writes it: `j`, `G`, `ctrl-d`, `enter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// What can be wrong with the user's keys, and where in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: [keys] {fault}")]
pub struct KeymapError {
    place: Place,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("{name}: no such action; the closest is {closest}")]
    UnknownAction { name: String, closest: &'static str },
    #[error("{name} = \"{keys}\": no such key (write ctrl-d, enter, pagedown, G; \"g g\" for two)")]
    UnknownKey { name: String, keys: String },
    #[error("\"{keys}\" would be both {first} and {second}")]
    Conflict { keys: Sequence, first: &'static str, second: &'static str },
    #[error("\"{keys}\" for {second} begins with the key of {first}")]
    Hidden { keys: Sequence, first: &'static str, second: &'static str },
}

/// Named keys, as written and as crossterm has them.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("insert", KeyCode::Insert),
    ("f1", KeyCode::F(1)),
    ("f2", KeyCode::F(2)),
    ("f3", KeyCode::F(3)),
    ("f4", KeyCode::F(4)),
    ("f5", KeyCode::F(5)),
    ("f6", KeyCode::F(6)),
    ("f7", KeyCode::F(7)),
    ("f8", KeyCode::F(8)),
    ("f9", KeyCode::F(9)),
    ("f10", KeyCode::F(10)),
    ("f11", KeyCode::F(11)),
    ("f12", KeyCode::F(12)),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        for (prefix, modifier) in [
            ("ctrl-", KeyModifiers::CONTROL),
            ("alt-", KeyModifiers::ALT),
            ("shift-", KeyModifiers::SHIFT),
        ] {
            if let Some(tail) = rest.strip_prefix(prefix).filter(|tail| !tail.is_empty()) {
                modifiers |= modifier;
                rest = tail;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => NAMED.iter().find(|(name, _)| *name == rest).ok_or(())?.1,
        };
        Ok(Self::normal(code, modifiers))
    }
}

impl Key {
    /// Terminals differ in whether they report shift beside a capital letter, and report shift and
    /// tab as a key of its own: one key is one value here.
    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = modifiers & known;
        let shift = modifiers.contains(KeyModifiers::SHIFT);
        let code = match code {
            KeyCode::Char(c) => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char(if shift { c.to_ascii_uppercase() } else { c })
            }
            KeyCode::Tab if shift => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::BackTab
            }
            KeyCode::BackTab => {
                modifiers.remove(KeyModifiers::SHIFT);
                code
            }
            _ => code,
        };
        Self { code, modifiers }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self::normal(event.code, event.modifiers)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, modifier) in [
            ("ctrl-", KeyModifiers::CONTROL),
            ("alt-", KeyModifiers::ALT),
            ("shift-", KeyModifiers::SHIFT),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, code) => write!(f, "{code}"),
        }
    }
}

/// Keys pressed one after another: `G`, `g g`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<Key>);

impl Sequence {
    /// Is it this one key?
    #[must_use]
    pub fn is(&self, key: Key) -> bool {
        self.0 == [key]
    }
}

impl FromStr for Sequence {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let keys: Vec<Key> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(()) } else { Ok(Self(keys)) }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let gap = if at > 0 { " " } else { "" };
            write!(f, "{gap}{key}")?;
        }
        Ok(())
    }
}

/// What the keys pressed so far come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// This is to be done.
    Action(Action),
    /// A longer sequence begins like this.
    Begun,
    /// Nothing.
    Nothing,
}

/// The keys in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    /// For each context what its sequences do, in the order of the table.
    actions: HashMap<Context, Vec<(Sequence, Action)>>,
    keys: HashMap<Action, Vec<Sequence>>,
}

impl Default for Keymap {
    /// The keys of the table.
    fn default() -> Self {
        let mut keymap = Self { actions: HashMap::new(), keys: HashMap::new() };
        for entry in TABLE {
            for sequence in entry.keys.iter().filter_map(|keys| keys.parse().ok()) {
                keymap.bind(entry, sequence);
            }
        }
        keymap
    }
}

impl Keymap {
    /// The default keys, with the user's choices in place of those of the actions named.
    ///
    /// # Errors
    /// An action or key is unknown, or a key would do two things.
    pub fn new(choices: &BTreeMap<String, Choice>) -> Result<Self, KeymapError> {
        for (name, choice) in choices {
            if !TABLE.iter().any(|entry| entry.name == *name) {
                let likeness = |entry: &Entry| strsim::jaro_winkler(entry.name, name);
                let closest = TABLE
                    .iter()
                    .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
                    .map_or("", |entry| entry.name);
                let fault = Fault::UnknownAction { name: name.clone(), closest };
                return Err(KeymapError { place: choice.place.clone(), fault });
            }
        }
        // The user's first: where they clash with a default, it is theirs that has a place.
        let mut keymap = Self { actions: HashMap::new(), keys: HashMap::new() };
        for entry in TABLE.iter().filter(|entry| !choices.contains_key(entry.name)) {
            for sequence in entry.keys.iter().filter_map(|keys| keys.parse().ok()) {
                keymap.bind(entry, sequence);
            }
        }
        for entry in TABLE {
            let Some(choice) = choices.get(entry.name) else { continue };
            let fail = |fault| KeymapError { place: choice.place.clone(), fault };
            for keys in choice.keys.as_slice() {
                let sequence: Sequence = keys.parse().map_err(|()| {
                    fail(Fault::UnknownKey { name: entry.name.to_owned(), keys: keys.clone() })
                })?;
                keymap.check(entry, &sequence).map_err(fail)?;
                keymap.bind(entry, sequence);
            }
        }
        Ok(keymap)
    }

    /// An error if the keys do something else already where the action applies.
    fn check(&self, entry: &Entry, keys: &Sequence) -> Result<(), Fault> {
        let there = entry.scope.iter().flat_map(|&context| self.there(context));
        for (bound, action) in there.filter(|(_, action)| *action != entry.action) {
            let (first, second) = (action.entry().name, entry.name);
            if bound == keys {
                return Err(Fault::Conflict { keys: keys.clone(), first, second });
            }
            if keys.0.starts_with(&bound.0) {
                return Err(Fault::Hidden { keys: keys.clone(), first, second });
            }
            if bound.0.starts_with(&keys.0) {
                let (first, second) = (second, first);
                return Err(Fault::Hidden { keys: bound.clone(), first, second });
            }
        }
        Ok(())
    }

    fn bind(&mut self, entry: &Entry, keys: Sequence) {
        for &context in entry.scope {
            self.actions.entry(context).or_default().push((keys.clone(), entry.action));
        }
        self.keys.entry(entry.action).or_default().push(keys);
    }

    /// What the sequences of a context do.
    fn there(&self, context: Context) -> &[(Sequence, Action)] {
        self.actions.get(&context).map_or(&[], Vec::as_slice)
    }

    /// What keys pressed one after another do there.
    #[must_use]
    pub fn pressed(&self, context: Context, keys: &[Key]) -> Pressed {
        let longer = self.there(context).iter().filter(|(bound, _)| bound.0.starts_with(keys));
        let mut begun = Pressed::Nothing;
        for (bound, action) in longer {
            if bound.0.len() == keys.len() {
                return Pressed::Action(*action);
            }
            begun = Pressed::Begun;
        }
        begun
    }

    /// What can follow the keys pressed so far: the rest of each sequence, and what it does.
    pub fn following(
        &self,
        context: Context,
        keys: &[Key],
    ) -> impl Iterator<Item = (Sequence, Action)> {
        self.there(context).iter().filter_map(move |(sequence, action)| {
            let rest = sequence.0.strip_prefix(keys).filter(|rest| !rest.is_empty())?;
            Some((Sequence(rest.to_vec()), *action))
        })
    }

    /// The keys to name where an action is mentioned; empty where the user gave it none.
    #[must_use]
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).first().map_or_else(String::new, ToString::to_string)
    }

    /// The keys of an action, the first being those to show.
    #[must_use]
    pub fn keys(&self, action: Action) -> &[Sequence] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Keys;

    fn choose(name: &str, keys: &str) -> BTreeMap<String, Choice> {
        let place = Place { path: "config.toml".into(), line: 3, column: 1 };
        let keys = Keys::One(keys.to_owned());
        BTreeMap::from([(name.to_owned(), Choice { keys, place })])
    }

    fn keys(text: &str) -> Vec<Key> {
        text.parse::<Sequence>().unwrap().0
    }

    #[test]
    fn the_default_keys_are_sound_and_every_action_has_one() {
        let mut keymap = Keymap { actions: HashMap::new(), keys: HashMap::new() };
        for entry in TABLE {
            assert_eq!(entry.action.entry().name, entry.name);
            assert!(!entry.keys.is_empty(), "{}", entry.name);
            for written in entry.keys {
                let sequence: Sequence = written.parse().unwrap();
                assert_eq!(sequence.to_string(), *written);
                keymap.check(entry, &sequence).unwrap();
                keymap.bind(entry, sequence);
            }
        }
        assert_eq!(Keymap::new(&BTreeMap::new()).unwrap().actions, Keymap::default().actions);
        assert_eq!(keymap.actions, Keymap::default().actions);
    }

    #[test]
    fn the_user_chooses() {
        let keymap = Keymap::new(&choose("quit", "ctrl-q")).unwrap();
        let pressed = |text| keymap.pressed(Context::Lists, &keys(text));
        assert_eq!(pressed("ctrl-q"), Pressed::Action(Action::Quit));
        assert_eq!(pressed("q"), Pressed::Nothing);
    }

    #[test]
    fn keys_may_come_one_after_another() {
        let keymap = Keymap::default();
        let pressed = |text| keymap.pressed(Context::Lists, &keys(text));
        assert_eq!(pressed("g"), Pressed::Begun);
        assert_eq!(pressed("g g"), Pressed::Action(Action::Top));
        assert_eq!(pressed("g q"), Pressed::Nothing);
        let following: Vec<(String, Action)> = keymap
            .following(Context::Lists, &keys("g"))
            .map(|(rest, action)| (rest.to_string(), action))
            .collect();
        assert!(following.contains(&("g".to_owned(), Action::Top)), "{following:?}");
    }

    #[test]
    fn wrong_choices_are_named_with_their_place() {
        let error = |name, key| Keymap::new(&choose(name, key)).unwrap_err().to_string();
        assert!(error("quitt", "q").contains("closest is quit"));
        assert!(error("quit", "hyper-q").contains("hyper-q"));
        assert_eq!(error("quit", "j"), "config.toml:3:1: [keys] \"j\" would be both down and quit");
        assert!(error("quit", "j k").contains("begins with the key of down"));
        assert!(error("quit", "g").contains("\"g g\" for top begins with the key of quit"));
    }

    #[test]
    fn a_capital_letter_is_one_key_whatever_the_terminal_reports() {
        let with = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        let without = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::NONE);
        assert_eq!(Key::from(with), Key::from(without));
        assert_eq!(Key::from(with), "G".parse().unwrap());
        assert_eq!(Key::from(with), "shift-g".parse().unwrap());
        let back = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(Key::from(back), "shift-tab".parse().unwrap());
    }
}
