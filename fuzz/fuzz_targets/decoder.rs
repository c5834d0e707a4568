//! LaTeX → Unicode, and author lists → names: what must hold whatever the text is.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use specter_tui::library::latex::to_unicode;
use specter_tui::library::names;
use unicode_normalization::is_nfc;

/// How many times as long as its source a text can become: a primed `'` of one byte is `′` of
/// three, and NFC takes some characters apart into three.
const GROWTH: usize = 4;

fuzz_target!(|source: &str| {
    let text = to_unicode(source);
    check(&text);
    assert!(text.len() <= GROWTH * source.len() + GROWTH, "{} of {}", text.len(), source.len());
    if let Cow::Borrowed(text) = text {
        assert_eq!(text, source);
    }
    // What has no markup left is not changed any more.
    if !text.contains(['\\', '{', '}', '$', '~', '`', '\'', '-', '!', '?']) {
        assert_eq!(to_unicode(&text), text);
    }

    let found = names::parse(source);
    let mut size = 0;
    for name in &found {
        assert!(!(name.family.is_empty() && name.given.is_empty()), "{name:?}");
        for part in [&name.given, &name.particle, &name.family, &name.suffix] {
            check(part);
            size += part.len();
        }
        check(&name.display());
    }
    assert!(size <= GROWTH * source.len() + GROWTH, "{size} of {}", source.len());
    // No brace that stays open, and no comma, swallows the name behind it.
    if !source.ends_with('\\') {
        let list = format!("{source} and Doe, Jane");
        let last = names::parse(&list).pop();
        assert!(last.is_some_and(|n| n.family == "Doe" && n.given == "Jane"), "{list:?}");
    }
});

/// Is it tidy: NFC, single spaces, nothing that a terminal would obey?
fn check(text: &str) {
    assert!(is_nfc(text), "{text:?} is not NFC");
    assert!(text.trim() == text && !text.contains("  "), "{text:?} has stray spaces");
    assert!(!text.contains(char::is_control), "{text:?} has control characters");
}
