use super::*;
use proptest::prelude::*;

#[test]
fn the_standard_form_is_read() {
    // (written, standard form, for readers)
    let cases = [
        ("2019", "2019", "2019"),
        ("2019-05", "2019-05", "2019-05"),
        ("2019-05-02", "2019-05-02", "2019-05-02"),
        ("2019-05-02T13:27:44+00:00", "2019-05-02", "2019-05-02"),
        ("2019-05-02T13:27Z/2019-05-04T08", "2019-05-02/2019-05-04", "2019-05-02–2019-05-04"),
        ("2019/2021", "2019/2021", "2019–2021"),
        ("2019 / 2021", "2019/2021", "2019–2021"),
        ("2014-02-02/2014-02-07", "2014-02-02/2014-02-07", "2014-02-02–2014-02-07"),
        ("2019-12/2020", "2019-12/2020", "2019-12–2020"),
        ("2019/2019", "2019", "2019"),
        ("2019-05/2019", "2019-05/2019", "2019-05–2019"),
        ("2019/", "2019/..", "2019–"),
        ("2019/..", "2019/..", "2019–"),
        ("/2019", "../2019", "–2019"),
        ("../2019-05", "../2019-05", "–2019-05"),
        ("2019?", "2019?", "2019?"),
        ("2019~", "2019~", "c. 2019"),
        ("2019-05%", "2019-05%", "c. 2019-05?"),
        ("1999~/2004", "1999~/2004~", "c. 1999–2004"),
        ("199X", "1990/1999", "1990–1999"),
        ("19XX", "1900/1999", "1900–1999"),
        ("199u", "1990/1999", "1990–1999"),
        ("19XX-XX-XX", "1900/1999", "1900–1999"),
        ("1999-XX", "1999", "1999"),
        ("1999-07-XX", "1999-07", "1999-07"),
        ("1999-XX-XX", "1999", "1999"),
        ("199X/2004", "1990/2004", "1990–2004"),
        ("1999-21", "1999-21", "spring 1999"),
        ("1999-24/2000-21", "1999-24/2000-21", "winter 1999–spring 2000"),
        ("1999-31", "1999-23", "autumn 1999"),
        ("1999-34", "1999-04/1999-06", "1999-04–1999-06"),
        ("1999-39", "1999-09/1999-12", "1999-09–1999-12"),
        ("1999-41", "1999-07/1999-12", "1999-07–1999-12"),
        ("-0044-03-15", "-0044-03-15", "45 BC"),
        ("-0044", "-0044", "45 BC"),
        ("0000", "0000", "1 BC"),
        ("-019X", "-0199/-0190", "200 BC–191 BC"),
        ("Y12019", "Y12019", "Y12019"),
        ("y-12019", "Y-12019", "12020 BC"),
        ("2000-02-29", "2000-02-29", "2000-02-29"),
    ];
    for (written, standard, shown) in cases {
        let date = Date::from_standard(written).unwrap_or_else(|e| panic!("{written}: {e}"));
        assert_eq!((date.standard().as_str(), date.to_string().as_str()), (standard, shown));
        assert_eq!(date.written, written);
    }
}

#[test]
fn what_is_no_date_is_refused_with_the_reason() {
    use DateError::{Backwards, Day, Form, Month};
    let cases = [
        ("2020-13-45", Month(13)),
        ("2012-13", Month(13)),
        ("2019-02-29", Day(29)),
        ("1900-02-29", Day(29)),
        ("2019-04-31", Day(31)),
        ("2021/2019", Backwards),
        ("2019-05-04/2019-05-02", Backwards),
        ("", Form),
        ("/", Form),
        ("..", Form),
        ("../..", Form),
        ("19", Form),
        ("20190502", Form),
        ("2019-5-2", Form),
        ("2019-05-02-03", Form),
        ("2019-00", Form),
        ("2019-05-00", Form),
        ("2019-21-03", Form),
        ("2019-XX-03", Form),
        ("199X-05", Form),
        ("19XXX-XX-XX", Form),
        ("XXXX", Form),
        ("19X9", Form),
        ("May 2019", Form),
        ("2019T10", Form),
        ("2019-05-02Tnow", Form),
        ("2019/2020/2021", Form),
        ("2019日", Form),
        ("二〇一九", Form),
        ("Y", Form),
        ("Y99999999999", Form),
    ];
    for (text, reason) in cases {
        assert_eq!(Date::from_standard(text), Err(reason), "{text}");
    }
}

#[test]
fn what_people_write_is_read() {
    // (year, month, day, standard form)
    let cases = [
        ("2019", "", "", "2019"),
        ("2019", "May", "", "2019-05"),
        ("2019", "may", "2", "2019-05-02"),
        ("2019", "5", "", "2019-05"),
        ("2019", "05", "02", "2019-05-02"),
        ("2019", "10 January", "", "2019-01-10"),
        ("2019", "December 12", "", "2019-12-12"),
        ("2019", "Dec. 12th", "", "2019-12-12"),
        ("2019", "Sept", "", "2019-09"),
        ("2019", "October-November", "", "2019-10/2019-11"),
        ("2019", "September–October", "", "2019-09/2019-10"),
        ("2019", "May/June", "", "2019-05/2019-06"),
        ("2019", "5/6", "", "2019-05/2019-06"),
        ("2019", "4–6 December", "", "2019-12-04/2019-12-06"),
        ("2019", "October 25--27", "", "2019-10-25/2019-10-27"),
        ("2019", "June 28 to July 1", "", "2019-06-28/2019-07-01"),
        ("2019", "Winter", "", "2019-24"),
        ("2019", "Dezember", "", "2019-12"),
        ("2019", "août", "", "2019-08"),
        ("2019", "März", "", "2019-03"),
        ("2019", "juil.", "", "2019-07"),
        // More than the month has, or no month at all.
        ("2019", "February 30", "", "2019-02"),
        ("2019", "13", "", "2019"),
        ("2019", "in spring", "", "2019-21"),
        ("2019", "Marginal", "", "2019"),
        // Which year the December is of cannot be known.
        ("2019", "December/January", "", "2019-12"),
        ("2019/2020", "December/January", "", "2019-12/2020-01"),
        ("2019/2020", "May", "", "2019/2020"),
        ("2019-05", "June", "", "2019-05"),
        ("June 2019", "", "", "2019-06"),
        ("10 June 2019", "", "", "2019-06-10"),
        ("June 10, 2019", "", "", "2019-06-10"),
        ("27–30 June 2019", "", "", "2019-06-27/2019-06-30"),
        ("2019-2020", "", "", "2019/2020"),
        ("2017--2020", "", "", "2017/2020"),
        ("1998/99", "", "", "1998/1999"),
        ("1998–99", "", "", "1998/1999"),
        ("1995-98", "", "", "1995/1998"),
        ("2009/10", "", "", "2009/2010"),
        ("1999/00", "", "", "1999/2000"),
        ("2019/5", "", "", "2019-05"),
        ("5/2019", "", "", "2019-05"),
        ("2019/05/02", "", "", "2019-05-02"),
        ("2019-5-2", "", "", "2019-05-02"),
        ("2015.11.30", "", "", "2015-11-30"),
        ("2.5.2019", "", "", "2019-05-02"),
        // Day or month first?
        ("02/05/2019", "", "", "2019"),
        ("c. 1999", "", "", "1999~"),
        ("ca. 1999", "", "", "1999~"),
        ("c1999", "", "", "1999~"),
        ("circa 1999", "", "", "1999~"),
        ("1999?", "", "", "1999?"),
        ("[1999?]", "", "", "1999?"),
        ("[1999]", "", "", "1999"),
        ("(1999)", "", "", "1999"),
        ("©1999", "", "", "1999"),
        ("1999a", "", "", "1999"),
        ("in press, 2021", "", "", "2021"),
        ("2010. -- 178 с.", "", "", "2010"),
        ("1998. -- 12 с.", "", "", "1998"),
        ("1995. --- 576 p.", "", "", "1995"),
        ("0.1.04.2007", "", "", "2007"),
        ("1929 [2001 reprint]", "", "", "1929"),
        ("Spring 2001", "", "", "2001-21"),
        ("2020-13-45", "", "", "2020"),
        ("2021/2019", "", "", "2021"),
    ];
    for (year, month, day, standard) in cases {
        let date = Date::from_free(year, month, day);
        let found = date.as_ref().map(Date::standard);
        assert_eq!(found.as_deref(), Some(standard), "{year} | {month} | {day}");
    }
    for text in ["", "in press", "n.d.", "MMXIX", "19", "to appear", "20190", "June", "12/3"] {
        assert_eq!(Date::from_free(text, "May", ""), None, "{text}");
    }
}

#[test]
fn what_was_written_is_kept() {
    let written = |year, month, day| Date::from_free(year, month, day).unwrap().written;
    assert_eq!(written(" [1999] ", "", ""), "[1999]");
    assert_eq!(written("1999", "10 January", ""), "10 January 1999");
    assert_eq!(written("1999", "Jan", "10"), "10 Jan 1999");
}

#[test]
fn dates_are_ordered_by_time() {
    let mut points: Vec<Point> = ["2019-05", "2018-12-31", "-0044", "2019", "2019-05-02", "0044"]
        .map(|text| Date::from_standard(text).unwrap().first())
        .into();
    points.sort();
    let sorted: Vec<String> = points.iter().map(Point::to_string).collect();
    assert_eq!(sorted, ["-0044", "0044", "2018-12-31", "2019", "2019-05", "2019-05-02"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        year in "([0-9XYu/?~%.TZ: -]|[a-zäé]|January|..){0,12}",
        month in "([0-9 /.–-]|June|fall|é){0,8}",
    ) {
        for date in Date::from_standard(&year).ok().into_iter().chain(Date::from_free(&year, &month, "")) {
            let again = Date::from_standard(&date.standard()).unwrap();
            prop_assert_eq!((again.span, again.approximate, again.uncertain),
                (date.span, date.approximate, date.uncertain), "{} | {}", year, month);
        }
    }

    #[test]
    fn each_day_comes_back(year in -9999..=9999_i32, month in 1..=12_u8, day in 1..=28_u8) {
        let point = Point { month: Some(month), day: Some(day), ..Point::year(year) };
        prop_assert_eq!(Date::from_standard(&point.to_string()).unwrap().span, Span::At(point));
    }
}

#[test]
fn days_are_told_from_seconds() {
    let days = [(0, "1970-01-01"), (-1, "1969-12-31"), (951_782_400, "2000-02-29")];
    for (seconds, day) in days {
        assert_eq!(super::day_of(seconds), day);
    }
    assert_eq!(super::day_of(1_790_000_000), "2026-09-21");
    assert_eq!(super::day_of(4_107_542_400), "2100-03-01", "no leap year");
}
