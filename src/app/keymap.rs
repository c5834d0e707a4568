//! Keys → actions, with the user's own choices.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, Context, TABLE};
use crate::config::Keys;

/// A key with its modifiers, as the user writes it: `j`, `G`, `ctrl-d`, `enter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// What can be wrong with the user's keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No such action.
    #[error("[keys] {name}: no such action; the closest is {closest}")]
    UnknownAction {
        /// As written.
        name: String,
        /// An action that there is.
        closest: &'static str,
    },
    /// No such key.
    #[error("[keys] {name} = \"{key}\": no such key (write ctrl-d, enter, pagedown, G)")]
    UnknownKey {
        /// The action.
        name: String,
        /// As written.
        key: String,
    },
    /// One key, two actions.
    #[error("[keys] \"{key}\" would be both {first} and {second}")]
    Conflict {
        /// The key.
        key: Key,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
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

/// The keys in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    actions: HashMap<(Context, Key), Action>,
    keys: HashMap<Action, Vec<Key>>,
}

impl Keymap {
    /// The default keys, with the user's choices in place of those of the actions named.
    ///
    /// # Errors
    /// An action or key is unknown, or a key would do two things.
    pub fn new(choices: &BTreeMap<String, Keys>) -> Result<Self, KeymapError> {
        if let Some(name) = choices.keys().find(|name| !TABLE.iter().any(|e| e.name == **name)) {
            let closest = TABLE
                .iter()
                .max_by(|a, b| {
                    strsim::jaro_winkler(a.name, name)
                        .total_cmp(&strsim::jaro_winkler(b.name, name))
                })
                .map_or("", |entry| entry.name);
            return Err(KeymapError::UnknownAction { name: name.clone(), closest });
        }
        let mut keymap = Self { actions: HashMap::new(), keys: HashMap::new() };
        for entry in TABLE {
            let written: Vec<&str> = match choices.get(entry.name) {
                Some(keys) => keys.as_slice().iter().map(String::as_str).collect(),
                None => entry.keys.to_vec(),
            };
            for text in written {
                let key: Key = text.parse().map_err(|()| KeymapError::UnknownKey {
                    name: entry.name.to_owned(),
                    key: text.to_owned(),
                })?;
                for context in [Context::Lists, Context::Report, Context::Help] {
                    if entry.scope.includes(context) {
                        keymap.bind(context, key, entry.action)?;
                    }
                }
                keymap.keys.entry(entry.action).or_default().push(key);
            }
        }
        Ok(keymap)
    }

    /// What a key does there.
    #[must_use]
    pub fn action(&self, context: Context, key: Key) -> Option<Action> {
        self.actions.get(&(context, key)).copied()
    }

    fn bind(&mut self, context: Context, key: Key, action: Action) -> Result<(), KeymapError> {
        let name = |action| TABLE.iter().find(|e| e.action == action).map_or("", |e| e.name);
        match self.actions.insert((context, key), action) {
            Some(first) if first != action => {
                Err(KeymapError::Conflict { key, first: name(first), second: name(action) })
            }
            _ => Ok(()),
        }
    }

    /// The key to name where an action is mentioned; empty where the user gave it none.
    #[must_use]
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).first().map_or_else(String::new, ToString::to_string)
    }

    /// The keys of an action, the first being the one to show.
    #[must_use]
    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(name: &str, key: &str) -> BTreeMap<String, Keys> {
        BTreeMap::from([(name.to_owned(), Keys::One(key.to_owned()))])
    }

    #[test]
    fn the_default_keys_are_sound_and_every_action_has_one() {
        let keymap = Keymap::new(&BTreeMap::new()).unwrap();
        for entry in TABLE {
            assert!(!keymap.keys(entry.action).is_empty(), "{}", entry.name);
            for (key, written) in keymap.keys(entry.action).iter().zip(entry.keys) {
                assert_eq!(key.to_string(), *written);
            }
        }
    }

    #[test]
    fn the_user_chooses() {
        let keymap = Keymap::new(&choose("quit", "ctrl-q")).unwrap();
        assert_eq!(keymap.action(Context::Lists, "ctrl-q".parse().unwrap()), Some(Action::Quit));
        assert_eq!(keymap.action(Context::Lists, "q".parse().unwrap()), None);
    }

    #[test]
    fn wrong_choices_are_named() {
        let error = |name, key| Keymap::new(&choose(name, key)).unwrap_err().to_string();
        assert!(error("quitt", "q").contains("closest is quit"));
        assert!(error("quit", "hyper-q").contains("hyper-q"));
        assert!(error("quit", "j").contains("both down and quit"));
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
