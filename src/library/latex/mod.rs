//! LaTeX markup → plain Unicode, for titles, abstracts and names.
//!
//! What prints something becomes what it prints: accents (composed, NFC), letters, dashes, quotes,
//! symbols, and simple mathematics with the sub- and superscripts that Unicode has. Commands that
//! only change the look vanish and their argument stays; a command that is unknown and takes no
//! argument stays as it was written. Braces vanish, white space becomes single spaces.
//!
//! One pass over the text with a stack of open groups on the heap: time is linear, depth is free.

mod arguments;
mod commands;
mod decoder;
mod symbols;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::iter;

use decoder::Decoder;
use memchr::memmem;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// LaTeX source as plain Unicode text in NFC, with single spaces and none at the ends. Borrows
/// where there is nothing to change.
///
/// It accepts any text: what cannot be read as LaTeX stays as it is.
#[must_use]
pub fn to_unicode(source: &str) -> Cow<'_, str> {
    let mut decoder = Decoder::new(source);
    if decoder.plain_end(0) == source.len() && !source.ends_with(' ') {
        return tidy(Cow::Borrowed(source));
    }
    decoder.run();
    let unchecked = decoder.unchecked || !source.is_ascii();
    let mut text = decoder.out;
    text.truncate(text.trim_end_matches(' ').len());
    if unchecked { tidy(Cow::Owned(text)) } else { guillemets(Cow::Owned(text)) }
}

/// NFC, and of non-ASCII white space only single spaces, of invisible characters none.
fn tidy(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut odd = false;
    let mut normal = true;
    if !text.is_ascii() {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            odd |= c.is_whitespace() || c.is_control() || is_invisible(c);
            if c < '\u{300}' {
                continue;
            }
            // Marks may be NFC each by itself and yet stand in the wrong order.
            let alone = canonical_combining_class(c) == 0;
            normal &= alone && is_nfc_quick(iter::once(c)) == IsNormalized::Yes;
        }
    }
    if !odd && normal {
        return guillemets(text);
    }
    let mut tidied = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)).nfc() {
        if !(c.is_whitespace() || c.is_control()) {
            tidied.push(c);
        } else if !tidied.is_empty() && !tidied.ends_with(' ') {
            tidied.push(' ');
        }
    }
    tidied.truncate(tidied.trim_end_matches(' ').len());
    guillemets(Cow::Owned(tidied))
}

/// `<<` and `>>` around text: with most fonts TeX makes quotation marks of them.
fn guillemets(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(open) = memmem::find(text.as_bytes(), b"<<") else {
        return text;
    };
    let Some(close) = text.rfind(">>") else {
        return text;
    };
    let paired = open < close && text.matches("<<").count() == text.matches(">>").count();
    let tight = |at: usize| text.as_bytes().get(at).is_some_and(|&b| b > b' ');
    if !(paired && tight(open + 2) && close.checked_sub(1).is_some_and(tight)) {
        return text;
    }
    Cow::Owned(text.replace("<<", "«").replace(">>", "»"))
}

/// Soft hyphen, zero-width space, word joiner, byte order mark: what a reader never sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}
