//! The user's editor, at a line of a file.

use std::path::Path;
use std::process::Command;

/// What can go wrong with the editor.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// `$VISUAL` or `$EDITOR` has a quote without its counterpart, or nothing in it.
    #[error("cannot make sense of the editor `{0}`: correct $VISUAL or $EDITOR")]
    Unreadable(String),
    /// There is no such program, or it cannot be run.
    #[error("cannot run the editor `{editor}`: {cause}; set $VISUAL or $EDITOR")]
    Run {
        /// As the user wrote it.
        editor: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file for the text cannot be written or read.
    #[error("cannot write the text to a file for the editor: {0}")]
    File(std::io::Error),
    /// It ended with an error.
    #[error("the editor `{editor}` ended with {status}")]
    Failed {
        /// As the user wrote it.
        editor: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
}

/// Opens a file at a line (from 1) in `$VISUAL`, else `$EDITOR`, and waits until it is closed.
///
/// # Errors
/// The editor cannot be run or ends with an error.
pub fn open(file: &Path, line: u32) -> Result<(), EditorError> {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
        .unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let status = command(&editor, file, line)?
        .status()
        .map_err(|cause| EditorError::Run { editor: editor.clone(), cause })?;
    if status.success() { Ok(()) } else { Err(EditorError::Failed { editor, status }) }
}

/// Lets the user write a text, beginning with the one that there is. The text is in a file of its own
/// that only the user can read, and gone when the editor is closed.
///
/// # Errors
/// There is no editor, it failed, or the file cannot be written or read.
pub fn compose(text: &str) -> Result<String, EditorError> {
    let file = tempfile::Builder::new().prefix("note-").suffix(".md").tempfile();
    // Closed, since some systems keep others from a file that is open.
    let path = file.map_err(EditorError::File)?.into_temp_path();
    std::fs::write(&path, text).map_err(EditorError::File)?;
    open(&path, 1)?;
    std::fs::read_to_string(&path).map_err(EditorError::File)
}

/// The command line: words as a shell would read them, but no shell. How a line is named differs from
/// editor to editor; those that are not known to have another way understand `+line`.
fn command(editor: &str, file: &Path, line: u32) -> Result<Command, EditorError> {
    let words = shell_words::split(editor).ok().filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| EditorError::Unreadable(editor.to_owned()))?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    let name = Path::new(&words[0]).file_stem().unwrap_or_default().to_string_lossy();
    let mut place = file.as_os_str().to_owned();
    place.push(format!(":{line}"));
    match name.as_ref() {
        "hx" | "helix" | "subl" | "zed" | "zeditor" => {
            command.arg(place);
        }
        "code" | "codium" | "cursor" | "windsurf" => {
            command.arg("--goto").arg(place);
        }
        "notepad" => {
            command.arg(file);
        }
        _ => {
            command.arg(format!("+{line}")).arg(file);
        }
    }
    // These give the terminal back at once unless told to wait.
    let waits = words.iter().any(|word| word == "--wait" || word == "-w");
    let leaves = matches!(
        name.as_ref(),
        "subl" | "zed" | "zeditor" | "code" | "codium" | "cursor" | "windsurf"
    );
    if leaves && !waits {
        command.arg("--wait");
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        let line = |editor: &str| {
            let command = command(editor, Path::new("/a b/l.bib"), 12).unwrap();
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            words.map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join("|")
        };
        assert_eq!(line("vi"), "vi|+12|/a b/l.bib");
        assert_eq!(line("/usr/bin/nvim -R"), "/usr/bin/nvim|-R|+12|/a b/l.bib");
        assert_eq!(line("hx"), "hx|/a b/l.bib:12");
        assert_eq!(line("code -w"), "code|-w|--goto|/a b/l.bib:12");
        assert_eq!(line("code"), "code|--goto|/a b/l.bib:12|--wait");
        assert_eq!(line("windsurf"), "windsurf|--goto|/a b/l.bib:12|--wait");
        assert_eq!(line("'/opt/my editor/ed' -q"), "/opt/my editor/ed|-q|+12|/a b/l.bib");
        assert!(command("vi 'x", Path::new("l.bib"), 1).is_err());
        assert!(command(" ", Path::new("l.bib"), 1).is_err());
    }
}
