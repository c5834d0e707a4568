//! Which of an entry's fields tells when it appeared, and what to say where they cannot be read.

use crate::library::bibtex::{Entry, Field};
use crate::library::date::Date;
use crate::library::diagnostic::{Diagnostic, Severity, shown};
use crate::library::latex;
use crate::library::paper::fold;

/// What stands for a year that is not known yet, or was never; that is no mistake.
const WITHOUT_YEAR: &[&str] = &[
    "press",
    "appear",
    "appears",
    "appearing",
    "forthcoming",
    "submitted",
    "accepted",
    "preparation",
    "progress",
    "unpublished",
    "undated",
    "review",
    "nd",
    "n d",
    "no date",
    "s d",
    "o j",
    "erscheint",
    "druck",
    "paraitre",
    "unknown",
    "tba",
    "tbd",
    "online",
];

/// Fields of other programs and of other events, for want of the usual ones.
const OTHERS: &[&str] = &["issued", "eventdate", "origdate"];

/// Reads the date of an entry: from `date`, else from `year` with `month` and `day`, else from
/// other fields, and, where all of them are silent, from a `date` that has not the form of one.
/// What is wrong is reported where it stands, with the entry whose first `own` fields it is among.
pub(super) fn date(entry: &Entry, own: usize, diagnostics: &mut Vec<Diagnostic>) -> Option<Date> {
    let field = |name: &str| {
        let is_said = |field: &&Field| field.name == name && !field.value.trim().is_empty();
        entry.fields.iter().find(is_said)
    };
    let mut wrong: Vec<(&Field, String)> = Vec::new();
    let mut standard = |name: &str| {
        let field = field(name)?;
        match Date::from_standard(bare(&field.value)) {
            Ok(date) => Some((name.to_owned(), date)),
            Err(error) => {
                wrong.push((field, error.to_string()));
                None
            }
        }
    };
    let mut found = standard("date");
    if found.is_none()
        && let Some(year) = field("year")
    {
        let decoded = |name| {
            field(name)
                .map(|field| latex::to_unicode(&field.value).into_owned())
                .unwrap_or_default()
        };
        let (month, day) = (decoded("month"), decoded("day"));
        let exact = Date::from_standard(bare(&year.value)).is_ok();
        let text = if exact { bare(&year.value).to_owned() } else { decoded("year") };
        if let Some(date) = Date::from_free(&text, &month, &day) {
            if let Some(field) = field("month").filter(|_| !Date::is_month(&month)) {
                wrong.push((field, "no month; left out".to_owned()));
            }
            let told = [("month", ""), ("day", day.as_str())];
            let missing = told.into_iter().find_map(|(name, day)| {
                Some((field(name)?, Date::check_day(date.year(), &month, day).err()?))
            });
            wrong.extend(missing.map(|(field, error)| (field, format!("{error}; left out"))));
            found = Some(("year".to_owned(), date));
        } else if !is_without_year(&text) {
            wrong.push((year, "there is no year in it".to_owned()));
        }
    }
    let free = |name: &str| {
        let text = latex::to_unicode(&field(name)?.value).into_owned();
        Some((name.to_owned(), Date::from_free(&text, "", "")?))
    };
    found = found.or_else(|| OTHERS.iter().find_map(|name| free(name)));
    // Better what a broken one tells than nothing.
    found = found.or_else(|| free("date"));
    let position = |field: &Field| entry.fields.iter().position(|other| std::ptr::eq(other, field));
    for (field, reason) in wrong {
        // What is inherited is reported with its owner.
        if position(field).is_none_or(|position| position >= own) {
            continue;
        }
        let value = shown(bare(&field.value));
        let consequence = match &found {
            _ if matches!(&*field.name, "month" | "day") => String::new(),
            None => "; the entry has no date".to_owned(),
            Some((name, date)) if *name == field.name => format!("; it was read as {date}"),
            Some((name, _)) => format!("; `{name}` was used instead"),
        };
        diagnostics.push(Diagnostic {
            line: field.line,
            column: field.column,
            severity: Severity::Warning,
            key: Some(entry.key.clone()),
            message: format!("`{}` = {value}: {reason}{consequence}", field.name),
        });
    }
    found.map(|(_, date)| date)
}

/// A value without white space and superfluous braces around it.
fn bare(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '}'))
}

fn is_without_year(text: &str) -> bool {
    let folded = format!(" {} ", fold(text));
    WITHOUT_YEAR.iter().any(|words| folded.contains(&format!(" {words} ")))
}

#[cfg(test)]
mod tests {
    use crate::library::import::parse::{Contents, parse};

    /// The date of the only entry, in the standard form, and the findings with their lines.
    fn read(fields: &str) -> (Option<String>, Vec<(u32, String)>) {
        let Contents { papers, diagnostics, .. } =
            parse(format!("@misc{{k,\n{fields}}}").as_bytes());
        let date = papers[0].date.as_ref().map(crate::library::date::Date::standard);
        (date, diagnostics.into_iter().map(|d| (d.line, d.message)).collect())
    }

    #[test]
    fn the_date_counts_before_the_year_and_the_year_before_others() {
        let cases = [
            ("year = 2020, date = {2019-05-02}", "2019-05-02"),
            ("year = 2020, month = may, date = {}", "2020-05"),
            ("year = 2020, month = \"10~\" # jan", "2020-01-10"),
            ("year = 2020, month = {September{\\textendash}October}", "2020-09/2020-10"),
            ("year = 2020, month = {3 and 4}", "2020-03/2020-04"),
            ("year = 2020, month = {28--29 February}", "2020-02-28/2020-02-29"),
            ("year = {2019~}", "2019~"),
            ("year = {2019}, month = {4--6 December}", "2019-12-04/2019-12-06"),
            ("year = {{2019}}, month = {5}, day = {2}", "2019-05-02"),
            ("year = {in press, 2021}", "2021"),
            ("year = {in press}, eventdate = {2021-03}", "2021-03"),
            ("issued = {2012}, origdate = {1848}", "2012"),
            ("origdate = {1848}", "1848"),
            ("date = {1999/2004}", "1999/2004"),
        ];
        for (fields, standard) in cases {
            assert_eq!(read(fields), (Some(standard.to_owned()), vec![]), "{fields}");
        }
        for fields in ["year = {n.d.}", "year = {to appear}", "year = {(in press)}", "title = {T}"]
        {
            assert_eq!(read(fields), (None, vec![]), "{fields}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_where_it_stands() {
        let cases = [
            (
                "title = {T},\ndate = {2020-13-45}, year = 2019",
                Some("2019"),
                &[(3, "`date` = 2020-13-45: there is no month 13; `year` was used instead")][..],
            ),
            (
                "date = {May 2019}",
                Some("2019-05"),
                &[(
                    2,
                    "`date` = May 2019: not in the form 2019, 2019-05, 2019-05-02 or 2019/2021; it was read as 2019-05",
                )],
            ),
            (
                "year = {soon\nor late}",
                None,
                &[(2, "`year` = soon: there is no year in it; the entry has no date")],
            ),
            (
                "date = {2012-13}",
                Some("2012/2013"),
                &[(2, "`date` = 2012-13: there is no month 13; it was read as 2012–2013")],
            ),
            (
                "date = {19XXX-XX-XX}",
                None,
                &[(
                    2,
                    "`date` = 19XXX-XX-XX: not in the form 2019, 2019-05, 2019-05-02 or 2019/2021; the entry has no date",
                )],
            ),
            (
                "year = {MMXIX}",
                None,
                &[(2, "`year` = MMXIX: there is no year in it; the entry has no date")],
            ),
            (
                "year = 2019,\nmonth = {Foo}",
                Some("2019"),
                &[(3, "`month` = Foo: no month; left out")],
            ),
            ("year = 2019, month = {Q3}", Some("2019"), &[(2, "`month` = Q3: no month; left out")]),
            (
                "year = 2019, month = {3rd quarter}",
                Some("2019"),
                &[(2, "`month` = 3rd quarter: no month; left out")],
            ),
            (
                "year = 2019,\nmonth = {February 30}",
                Some("2019-02"),
                &[(3, "`month` = February 30: the month has no day 30; left out")],
            ),
            (
                "year = 2019, month = {27--29 February}",
                Some("2019-02-27"),
                &[(2, "`month` = 27--29 February: the month has no day 29; left out")],
            ),
            (
                "year = 2019, month = apr,\nday = 31",
                Some("2019-04"),
                &[(3, "`day` = 31: the month has no day 31; left out")],
            ),
            (
                "year = {?},\ndate = {2019-02-30}",
                Some("2019"),
                &[
                    (2, "`year` = ?: there is no year in it; `date` was used instead"),
                    (3, "`date` = 2019-02-30: the month has no day 30; it was read as 2019"),
                ],
            ),
        ];
        for (fields, standard, said) in cases {
            let (date, mut found) = read(fields);
            found.sort();
            let found: Vec<_> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
            assert_eq!((date.as_deref(), found.as_slice()), (standard, said), "{fields}");
        }
    }

    #[test]
    fn a_bad_date_that_is_inherited_is_said_once() {
        let Contents { papers, diagnostics, .. } = parse(
            b"@inproceedings{a, title={A}, crossref={p}}
              @inproceedings{b, title={B}, xdata={x}}
              @proceedings{p, title={P}, date={2019-13}}
              @xdata{x, date={2020-14}}",
        );
        assert_eq!(papers.len(), 3);
        let found: Vec<_> =
            diagnostics.iter().map(|d| (d.line, d.key.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, [(3, "p"), (4, "x")], "{diagnostics:?}");
    }
}
