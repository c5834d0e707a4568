//! What JabRef says of a whole file, in `@comment{jabref-meta: name:content}`.
//!
//! Read are the folders that the paths of files start from, and the groups that list their entries
//! by key (JabRef before 4; later the entries name their groups). Content is cut into records by
//! `;`, a record into parts by `\;`, and lines are broken anywhere.

use std::collections::HashMap;

use memchr::memmem;

/// What is told of all entries of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    groups: HashMap<String, Vec<String>>,
    /// Folders of single users first, as JabRef tries them.
    folders: Vec<String>,
}

impl Meta {
    /// Reads a whole `.bib` text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut meta = Self::default();
        let mut of_all = None;
        let mut rest = text;
        while let Some(at) = memmem::find(rest.as_bytes(), b"jabref-meta:") {
            let (before, found) = rest.split_at(at);
            let body = body(&found["jabref-meta:".len()..]);
            rest = &found["jabref-meta:".len() + body.len()..];
            let Some((name, content)) = body.split_once(':').filter(|_| is_comment(before)) else {
                continue;
            };
            let content = content.replace(['\n', '\r'], "");
            match name.trim() {
                "grouping" | "groupstree" => meta.read_groups(&content),
                "fileDirectory" => of_all = folder(&content),
                name if name.starts_with("fileDirectory-") => meta.folders.extend(folder(&content)),
                _ => {}
            }
        }
        meta.folders.extend(of_all);
        meta
    }

    /// Groups that list an entry by its key.
    pub fn groups_of(&self, key: &str) -> impl Iterator<Item = &str> {
        self.groups.get(key).into_iter().flatten().map(String::as_str)
    }

    /// Folders that relative paths may start from.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// Reads a tree of groups: `1 ExplicitGroup:name\;context\;key\;key\;;`.
    fn read_groups(&mut self, content: &str) {
        for record in cut(content) {
            let record = unescaped(record.trim_start());
            let Some((kind, parts)) = record.split_once(':') else { continue };
            if kind.trim_start_matches(|c: char| c.is_ascii_digit()).trim() != "ExplicitGroup" {
                continue;
            }
            let mut parts = cut(parts).into_iter().map(|part| unescaped(part.trim()));
            let Some(name) = parts.next() else { continue };
            // The second part tells how the group is combined with that above it.
            for key in parts.skip(1).filter(|key| !key.is_empty()) {
                self.groups.entry(key).or_default().push(name.clone());
            }
        }
    }
}

/// Does `@comment{` stand before?
fn is_comment(before: &str) -> bool {
    let name = before.trim_end().strip_suffix(['{', '(']).map(str::trim_end);
    let word = name.and_then(|name| name.get(name.len().checked_sub("@comment".len())?..));
    word.is_some_and(|word| word.eq_ignore_ascii_case("@comment"))
}

/// The text up to the brace that closes it, or to the next statement.
fn body(text: &str) -> &str {
    let mut depth = 0usize;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return &text[..at],
            b'}' => depth -= 1,
            b'@' if matches!(before, b'\n' | b'\r') => return &text[..at],
            _ => {}
        }
        before = byte;
    }
    text
}

fn folder(content: &str) -> Option<String> {
    let folder = unescaped(cut(content).first()?.trim());
    (!folder.is_empty()).then_some(folder)
}

/// Cuts at each `;` that has no backslash before it.
fn cut(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b';' && !escaped {
            parts.push(&text[start..at]);
            start = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

/// One level of backslashes less.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(';' | ':' | '\\') if c == '\\' => plain.extend(characters.next()),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_list_their_entries_are_read() {
        let text = "@article{waves2020, title = {T}}\n
            @comment{jabref-meta: groupsversion:3;}
            @comment{jabref-meta: groupstree:\n0 AllEntriesGroup:;\n1 ExplicitGroup:Physics\\;0\\;waves2020\\;par\r\nticles1999\\;;\n2 ExplicitGroup:Odd\\\\\\; name\\: x\\;2\\;waves2020\\;;\n2 KeywordGroup:Optics\\;0\\;keywords\\;optics\\;0\\;0\\;;\n1 ExplicitGroup:Empty\\;0\\;;\n}\n
            @comment{jabref-meta: fileDirectory:papers;}";
        let meta = Meta::read(text);
        let groups = |key| meta.groups_of(key).collect::<Vec<_>>();
        assert_eq!(groups("waves2020"), ["Physics", "Odd; name: x"]);
        assert_eq!(groups("particles1999"), ["Physics"]);
        assert_eq!(groups("optics"), [""; 0]);
        assert_eq!(groups("0"), [""; 0]);
        assert_eq!(meta.folders().collect::<Vec<_>>(), ["papers"]);
    }

    #[test]
    fn later_groups_stand_in_the_entries() {
        let meta = Meta::read(
            "@Comment{jabref-meta: grouping:
0 AllEntriesGroup:;
1 StaticGroup:Physics\\;0\\;1\\;0x8a8a8aff\\;\\;\\;;
}",
        );
        assert_eq!(meta, Meta::default());
    }

    #[test]
    fn folders_of_users_come_first() {
        let meta = Meta::read(
            "@Comment{jabref-meta: fileDirectory:all;}
             @Comment{jabref-meta: fileDirectory-ada-host:C\\:\\\\Users\\\\ada;}
             @Comment{jabref-meta: fileDirectoryLatex-ada-host:/tex;}",
        );
        assert_eq!(meta.folders().collect::<Vec<_>>(), ["C:\\Users\\ada", "all"]);
    }

    #[test]
    fn only_a_comment_counts_and_an_open_one_ends() {
        for text in [
            "@article{a, note = {jabref-meta: fileDirectory:x;}}",
            "jabref-meta: fileDirectory:x;",
            "jabref-meta:",
            "é{jabref-meta: fileDirectory:x;}",
        ] {
            assert_eq!(Meta::read(text), Meta::default(), "{text}");
        }
        let open = "@comment{jabref-meta: fileDirectory:x;\n@article{a, title={b;c}}";
        assert_eq!(Meta::read(open).folders().collect::<Vec<_>>(), ["x"]);
    }
}
