//! The name of a model on the Hub.

use std::fmt;
use std::str::FromStr;

use super::HubError;

const DEFAULT_REVISION: &str = "main";
const MAX_PART: usize = 96;

/// A repository and the revision wanted of it: `organisation/name`, `name`, or either followed
/// by `@` and a branch, tag or commit. The revision is `main` unless it is given.
///
/// Parsing keeps to the Hub's own rules for names, which leave no way to point outside the cache
/// folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelId {
    name: String,
    revision: String,
}

impl ModelId {
    /// The repository, without the revision.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The branch, tag or commit.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether the revision is a whole commit hash, and so can never change.
    pub(super) fn is_pinned(&self) -> bool {
        is_hex(&self.revision, 40)
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.revision != DEFAULT_REVISION {
            write!(f, "@{}", self.revision)?;
        }
        Ok(())
    }
}

impl FromStr for ModelId {
    type Err = HubError;

    fn from_str(text: &str) -> Result<Self, HubError> {
        let (name, revision) = text.split_once('@').unwrap_or((text, DEFAULT_REVISION));
        match name_fault(name).or_else(|| revision_fault(revision)) {
            Some(why) => Err(HubError::InvalidId { text: text.to_owned(), why }),
            None => Ok(Self { name: name.to_owned(), revision: revision.to_owned() }),
        }
    }
}

/// Whether `text` is exactly `length` hexadecimal digits, as a commit or a digest is.
pub(super) fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn name_fault(name: &str) -> Option<&'static str> {
    if name.split('/').count() > 2 {
        return Some("it has more than one slash");
    }
    if name.contains("..") || name.contains("--") {
        return Some("\"..\" and \"--\" are not allowed in it");
    }
    if name.to_ascii_lowercase().ends_with(".git") {
        return Some("it ends in .git");
    }
    name.split('/').find_map(|part| {
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if part.is_empty() {
            Some("a part of it is empty")
        } else if part.len() > MAX_PART {
            Some("a part of it is longer than 96 characters")
        } else if !part.bytes().all(|b| word(b) || b == b'-' || b == b'.') {
            Some("only letters, digits, \"-\", \"_\" and \".\" are allowed in it")
        } else if !part.starts_with(|c: char| word(c as u8))
            || !part.ends_with(|c: char| word(c as u8))
        {
            Some("a part of it starts or ends with \"-\" or \".\"")
        } else {
            None
        }
    })
}

/// A revision becomes a file below `refs/`, so each of its parts must be a plain name.
fn revision_fault(revision: &str) -> Option<&'static str> {
    revision.split('/').find_map(|part| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.+".contains(&b);
        if part.is_empty() || part == "." || part.contains("..") || !part.bytes().all(plain) {
            Some("what follows the @ is not a branch, tag or commit")
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_hub_accepts() {
        for (text, name, revision) in [
            ("allenai/specter", "allenai/specter", "main"),
            ("bert-base-uncased", "bert-base-uncased", "main"),
            ("a/b@v1.0", "a/b", "v1.0"),
            ("a/b_c.d-e@refs/pr/1", "a/b_c.d-e", "refs/pr/1"),
        ] {
            let id: ModelId = text.parse().unwrap();
            assert_eq!((id.name(), id.revision()), (name, revision));
        }
        assert_eq!("a/b@main".parse::<ModelId>().unwrap().to_string(), "a/b");
        assert_eq!("a/b@x".parse::<ModelId>().unwrap().to_string(), "a/b@x");
    }

    #[test]
    fn rejects_paths_and_what_the_hub_rejects() {
        for text in [
            "",
            "/",
            "/etc/passwd",
            "../x",
            "a/..",
            "..",
            "./model",
            "a/b/c",
            "a//b",
            "a/",
            "a\\b",
            "C:\\model",
            "a/b--c",
            "a/.b",
            "a/b-",
            "a/b.git",
            "a/b.GIT",
            "a b",
            "käse/b",
            "a/b@",
            "a/b@../x",
            "a/b@/x",
            "a/b@x/",
            "a/b@.",
            "a/b@x y",
            "a/b@x@y",
            "a/b@x?y",
            "a/b@x%2F",
        ] {
            let error = text.parse::<ModelId>().unwrap_err();
            assert!(error.to_string().contains("is not a model id"), "{text}: {error}");
        }
        assert!(format!("a/{}", "x".repeat(97)).parse::<ModelId>().is_err());
    }

    #[test]
    fn only_a_whole_commit_is_pinned() {
        let pinned = |text: &str| text.parse::<ModelId>().unwrap().is_pinned();
        assert!(pinned(&format!("a/b@{}", "0a".repeat(20))));
        assert!(!pinned("a/b@0a0a0a0"));
        assert!(!pinned("a/b"));
    }
}
