//! Paths as the user types them.

use std::path::{Path, PathBuf};

/// Names of a folder that are offered at most.
const MOST: usize = 200;

/// The path that is meant: `~` is the home folder.
#[must_use]
pub fn path(typed: &str) -> PathBuf {
    match (typed.strip_prefix('~'), home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(typed),
    }
}

fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

/// Folders and `.bib` files whose path begins as typed, in order.
#[must_use]
pub fn completions(typed: &str) -> Vec<String> {
    let (folder, begun) = typed
        .rsplit_once('/')
        .map_or(("", typed), |(folder, begun)| (&typed[..=folder.len()], begun));
    let read = match folder {
        "" => PathBuf::from("."),
        folder => path(folder),
    };
    let Ok(entries) = std::fs::read_dir(read) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_folder = entry.path().is_dir();
            let is_bib =
                Path::new(&name).extension().is_some_and(|e| e.eq_ignore_ascii_case("bib"));
            let is_hidden = name.starts_with('.') && !begun.starts_with('.');
            let offered = name.starts_with(begun) && !is_hidden && (is_folder || is_bib);
            offered.then(|| format!("{folder}{name}{}", if is_folder { "/" } else { "" }))
        })
        .take(MOST)
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_bib_files_are_offered() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["new.bib", "new.txt", "old.BIB", ".hidden.bib"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("newer")).unwrap();
        let at = format!("{}/", folder.path().display());
        let offered = |begun: &str| completions(&format!("{at}{begun}"));
        let names = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| format!("{at}{name}")).collect()
        };
        assert_eq!(offered("ne"), names(&["new.bib", "newer/"]));
        assert_eq!(offered(""), names(&["new.bib", "newer/", "old.BIB"]));
        assert_eq!(offered("."), names(&[".hidden.bib"]));
        assert_eq!(completions("/no/such/folder/x"), Vec::<String>::new());
        assert_eq!(path("a/b"), Path::new("a/b"));
        assert!(path("~/x").is_absolute() && path("~x") == Path::new("~x"));
    }
}
