//! Where the Hub is, where its cache is, and with which token: the environment variables of
//! Python's `huggingface_hub`, with the same precedence, so that both programs share one cache.

use std::path::{Path, PathBuf};
use std::time::Duration;

const PUBLIC_HUB: &str = "https://huggingface.co";

/// How to reach the Hub. It has no `Debug`, so that the token cannot slip into a log.
#[derive(Clone)]
pub struct Settings {
    /// The address of the Hub; a slash at its end does no harm.
    pub endpoint: String,
    /// Sent to the endpoint only, never to the hosts it redirects to.
    pub token: Option<String>,
    /// The folder that holds `models--organisation--name`. None where neither a variable nor the
    /// system says where it is, which does no harm until a model of the Hub is wanted.
    pub cache: Option<PathBuf>,
    /// Use the network not at all.
    pub offline: bool,
    /// How long a name look-up, and then a connection, may take.
    pub connect_timeout: Duration,
    /// How long a server may send nothing.
    pub stall_timeout: Duration,
    /// The pause before the second try; it doubles with each further one.
    pub backoff: Duration,
}

impl Settings {
    /// The public Hub without a token, with its cache in `cache`.
    #[must_use]
    pub fn new(cache: PathBuf) -> Self {
        Self {
            endpoint: PUBLIC_HUB.to_owned(),
            token: None,
            cache: Some(cache),
            offline: false,
            connect_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(30),
            backoff: Duration::from_millis(500),
        }
    }

    /// Reads `HF_ENDPOINT`, `HF_TOKEN` (else the file `HF_TOKEN_PATH` or `HF_HOME/token`),
    /// `HF_HUB_OFFLINE`, and for the cache `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME`
    /// and `XDG_CACHE_HOME`, in this order. A variable that is set but empty counts as unset.
    #[must_use]
    pub fn from_vars(var: impl Fn(&str) -> Option<String>, home: Option<&Path>) -> Self {
        let var = |name: &str| var(name).filter(|value| !value.trim().is_empty());
        let is_true = |name: &str| var(name).is_some_and(|value| is_true(&value));
        let path = |name: &str| var(name).map(|value| expand(&value, home, &var));

        let hf_home = path("HF_HOME").or_else(|| {
            let cache = path("XDG_CACHE_HOME").or_else(|| Some(home?.join(".cache")));
            Some(cache?.join("huggingface"))
        });
        let cache = path("HF_HUB_CACHE")
            .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| Some(hf_home.as_ref()?.join("hub")));

        let mut settings = Self { cache, ..Self::new(PathBuf::new()) };
        if let Some(endpoint) = var("HF_ENDPOINT") {
            settings.endpoint = endpoint;
        }
        settings.offline = is_true("HF_HUB_OFFLINE") || is_true("TRANSFORMERS_OFFLINE");
        if !is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
            let file = path("HF_TOKEN_PATH").or_else(|| Some(hf_home.as_ref()?.join("token")));
            settings.token = var("HF_TOKEN")
                .or_else(|| var("HUGGING_FACE_HUB_TOKEN"))
                // Most people have no token, so a file that is not there is no fault.
                .or_else(|| std::fs::read_to_string(file?).ok())
                .map(|token| token.trim().to_owned())
                .filter(|token| !token.is_empty());
        }
        settings
    }
}

fn is_true(value: &str) -> bool {
    ["1", "on", "yes", "true"].iter().any(|yes| value.trim().eq_ignore_ascii_case(yes))
}

/// `~`, `$NAME` and `${NAME}` as Python's `expanduser` and `expandvars` treat them: a name that
/// is not set stays as it is written.
fn expand(text: &str, home: Option<&Path>, var: &impl Fn(&str) -> Option<String>) -> PathBuf {
    let mut rest = text;
    let mut out = String::new();
    if let (Some(home), Some(after)) = (home, text.strip_prefix('~'))
        && (after.is_empty() || after.starts_with(std::path::is_separator))
    {
        out.push_str(&home.to_string_lossy());
        rest = after;
    }
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, tail) = match after.strip_prefix('{').and_then(|s| s.split_once('}')) {
            Some(braced) => braced,
            None => after.split_at(
                after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len()),
            ),
        };
        match var(name) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[before.len()..rest.len() - tail.len()]),
        }
        rest = tail;
    }
    out.push_str(rest);
    PathBuf::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Settings {
        let var = |name: &str| {
            let (_, value) = vars.iter().find(|(key, _)| *key == name)?;
            Some((*value).to_owned())
        };
        Settings::from_vars(var, Some(Path::new("/home/ada")))
    }

    fn cache(vars: &[(&str, &str)]) -> String {
        read(vars).cache.unwrap().to_str().unwrap().replace('\\', "/")
    }

    #[test]
    fn the_cache_folder_has_pythons_precedence() {
        let all = [
            ("HF_HUB_CACHE", "/a"),
            ("HUGGINGFACE_HUB_CACHE", "/b"),
            ("HF_HOME", "/c"),
            ("XDG_CACHE_HOME", "/d"),
        ];
        let wanted =
            ["/a", "/b", "/c/hub", "/d/huggingface/hub", "/home/ada/.cache/huggingface/hub"];
        for (skip, wanted) in wanted.into_iter().enumerate() {
            assert_eq!(cache(&all[skip..]), wanted);
        }
        assert_eq!(cache(&[("HF_HOME", "")]), "/home/ada/.cache/huggingface/hub");
    }

    #[test]
    fn paths_are_expanded() {
        assert_eq!(cache(&[("HF_HOME", "~/hf")]), "/home/ada/hf/hub");
        assert_eq!(cache(&[("HF_HOME", "~bob/hf")]), "~bob/hf/hub");
        assert_eq!(
            cache(&[("HF_HOME", "/x/$WHO/${WHO}s/$NONE/${NONE}/$"), ("WHO", "me")]),
            "/x/me/mes/$NONE/${NONE}/$/hub"
        );
    }

    #[test]
    fn without_a_home_there_may_be_no_cache() {
        assert_eq!(Settings::from_vars(|_| None, None).cache, None);
        let only = |name: &str| (name == "HF_HUB_CACHE").then(|| "/a".to_owned());
        assert_eq!(Settings::from_vars(only, None).cache, Some("/a".into()));
    }

    #[test]
    fn offline_is_a_word_for_yes() {
        for yes in ["1", "true", "YES", "On"] {
            assert!(read(&[("HF_HUB_OFFLINE", yes)]).offline, "{yes}");
        }
        for no in ["0", "false", "", "offline"] {
            assert!(!read(&[("HF_HUB_OFFLINE", no)]).offline, "{no}");
        }
    }

    #[test]
    fn the_token_comes_from_the_variable_or_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap();
        std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
        std::fs::write(folder.path().join("other"), "hf_other").unwrap();
        let token = |vars: &[(&str, &str)]| read(vars).token;
        assert_eq!(token(&[]), None);
        assert_eq!(token(&[("HF_HOME", home)]).as_deref(), Some("hf_file"));
        assert_eq!(
            token(&[("HF_HOME", home), ("HF_TOKEN", " hf_var\n")]).as_deref(),
            Some("hf_var")
        );
        let other = format!("{home}/other");
        assert_eq!(
            token(&[("HF_HOME", home), ("HF_TOKEN_PATH", &other)]).as_deref(),
            Some("hf_other")
        );
        assert_eq!(token(&[("HF_HOME", home), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")]), None);
    }
}
