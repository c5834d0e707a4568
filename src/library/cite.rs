//! Papers as others want them: a line of references, a reading list, a table, data.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::links;
use super::names::Name;
use super::paper::Paper;

/// What papers are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Entries as they stand in their files.
    Bibtex,
    /// A table (RFC 4180).
    Csv,
    /// One document.
    Json,
    /// A reading list.
    Markdown,
}

impl Format {
    /// What the names of such files end with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Bibtex => "bib",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "md",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bibtex => "BibTeX",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
        })
    }
}

/// `Devlin, J., Chang, M.-W. (2019). Title. Venue. https://doi.org/…`
#[must_use]
pub fn reference(paper: &Paper) -> String {
    let mut parts = Vec::new();
    let authors: Vec<String> = paper.authors.iter().map(Name::display).collect();
    if !authors.is_empty() {
        parts.push(authors.join(", "));
    }
    let year = paper.year().map_or_else(|| "n.d.".to_owned(), |year| year.to_string());
    match parts.last_mut() {
        Some(authors) => {
            authors.push_str(" (");
            authors.push_str(&year);
            authors.push(')');
        }
        None => parts.push(format!("({year})")),
    }
    parts.push(paper.title.clone());
    parts.push(paper.venue.clone());
    parts.retain(|part| !part.is_empty());
    let mut text = parts.join(". ");
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    match links::page(paper) {
        Some(page) => format!("{text} {page}"),
        None => text,
    }
}

/// `\\cite{a,b}`.
#[must_use]
pub fn citation<'a>(papers: impl IntoIterator<Item = &'a Paper>) -> String {
    let keys: Vec<&str> = papers.into_iter().map(|paper| paper.key.as_str()).collect();
    format!("\\cite{{{}}}", keys.join(","))
}

/// A reading list: a box to tick for each paper, its reference, and the first words on it.
#[must_use]
pub fn markdown(papers: &[&Paper]) -> String {
    let mut text = String::from("# Reading list\n\n");
    for paper in papers {
        let title = paper.title.replace(['[', ']', '*', '_', '`', '<', '>', '|', '\\'], " ");
        let authors = paper.short_authors();
        let year = paper.year().map_or_else(String::new, |year| format!(", {year}"));
        let title = match links::page(paper) {
            Some(page) => format!("[{title}]({})", page.replace('(', "%28").replace(')', "%29")),
            None => title,
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- [ ] {title} ({authors}{year}) `{}`", paper.key);
    }
    text
}

/// A table with a line of names above.
#[must_use]
pub fn csv(papers: &[&Paper]) -> String {
    let mut text = "key,title,authors,year,venue,doi,url\r\n".to_owned();
    for paper in papers {
        let authors: Vec<String> = paper.authors.iter().map(Name::display).collect();
        let year = paper.year().map_or_else(String::new, |year| year.to_string());
        let fields = [
            &paper.key,
            &paper.title,
            &authors.join("; "),
            &year,
            &paper.venue,
            paper.doi.as_ref().unwrap_or(&String::new()),
            &links::page(paper).unwrap_or_default(),
        ]
        .map(|field| csv_field(field));
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A text in quotation marks. One that a spreadsheet would take for a formula gets an apostrophe,
/// which makes it text: titles come from strangers.
#[must_use]
pub fn csv_field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{guard}{}\"", plain.replace('"', "\"\""))
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    title: &'a str,
    authors: Vec<String>,
    year: Option<i32>,
    venue: &'a str,
    #[serde(rename = "abstract")]
    abstract_text: &'a str,
    keywords: &'a [String],
    doi: Option<&'a str>,
    arxiv: Option<&'a str>,
    url: Option<String>,
}

/// One document.
///
/// # Errors
/// None that is known.
pub fn json(papers: &[&Paper]) -> Result<String, serde_json::Error> {
    let row = |paper: &&'_ Paper| -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(Row {
            key: &paper.key,
            title: &paper.title,
            authors: paper.authors.iter().map(Name::display).collect(),
            year: paper.year(),
            venue: &paper.venue,
            abstract_text: &paper.abstract_text,
            keywords: &paper.keywords,
            doi: paper.doi.as_deref(),
            arxiv: paper.arxiv.as_deref(),
            url: links::page(paper),
        })
    };
    let rows: Vec<serde_json::Value> = papers.iter().map(row).collect::<Result<_, _>>()?;
    serde_json::to_string_pretty(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::import;
    use crate::library::store::Store;

    #[test]
    fn papers_are_written_in_each_way() {
        let folder = tempfile::tempdir().unwrap();
        let bib = folder.path().join("l.bib");
        std::fs::write(
            &bib,
            "@article{a, title={On [x] and y}, author={Doe, Jane and Roe, R}, year=2001, journal={J}, doi={10.1/a}}
             @misc{b, title={=Sum?}}",
        )
        .unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        import(&mut store, &bib, 1).unwrap();
        let snapshot = store.snapshot(&[]).unwrap();
        let papers: Vec<&Paper> = snapshot.papers().iter().collect();
        assert_eq!(
            reference(papers[0]),
            "Jane Doe, R Roe (2001). On [x] and y. J. https://doi.org/10.1/a"
        );
        assert_eq!(reference(papers[1]), "(n.d.). =Sum?");
        assert_eq!(citation(papers.iter().copied()), "\\cite{a,b}");
        let list = markdown(&papers);
        assert!(
            list.contains("- [ ] [On  x  and y](https://doi.org/10.1/a) (Doe & Roe, 2001) `a`"),
            "{list}"
        );
        let table = csv(&papers);
        assert!(table.contains("\"b\",\"'=Sum?\","), "{table}");
        let value: serde_json::Value = serde_json::from_str(&json(&papers).unwrap()).unwrap();
        assert_eq!(value[0]["authors"][1], "R Roe");
    }

    #[test]
    fn fields_are_quoted_and_no_formulas() {
        assert_eq!(csv_field(r#"A "B", C"#), r#""A ""B"", C""#);
        assert_eq!(csv_field("two\nlines"), r#""two lines""#);
        for formula in ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"] {
            assert!(csv_field(formula).starts_with("\"'"), "{formula}");
        }
        assert_eq!(csv_field(""), r#""""#);
    }
}
