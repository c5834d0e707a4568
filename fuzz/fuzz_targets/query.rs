//! The query language: what must hold whatever is typed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use specter_tui::library::query::Query;

fuzz_target!(|text: &str| {
    let (typed, error) = Query::typed(text);
    assert_eq!(Query::typed(&typed.to_string()).0, typed, "typed, printed and typed again");
    match Query::parse(text) {
        Ok(query) => {
            assert_eq!(error, None);
            assert_eq!(Query::parse(&query.to_string()), Ok(query.clone()), "printed and read");
            assert_eq!(query, typed);
        }
        Err(error) => assert!((1..=text.chars().count()).contains(&error.column), "{error}"),
    }
    if let Ok((filter, rest)) = Query::within(text) {
        assert!(rest.len() <= 2 * text.len());
        assert_eq!(Query::parse(&filter.to_string()), Ok(filter));
    }
});
