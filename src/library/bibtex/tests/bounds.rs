//! Time and memory are linear: the bytes that a scan looks at are counted, not its seconds.

use std::fmt::Write;

use super::super::{Scan, scan};
use crate::library::work;

/// Length of the texts. Whoever reads one of them twice for each of its parts looks at some hundred
/// times [`LOOKS`] as many bytes.
const SIZE: usize = 100_000;

/// How often a scan may look at a byte, on average.
const LOOKS: usize = 40;

fn check(text: &str, what: &str) {
    let looked = work::of(|| scan(text));
    assert!(looked <= LOOKS * text.len(), "{what}: {looked} of {} bytes", text.len());
}

/// Parts that make a scanner quadratic, or overflow its stack, where they are repeated.
const PARTS: &[&str] = &[
    "{",
    "}",
    "\"",
    "@",
    "@a{",
    "@a{\n",
    "@a{b,",
    "@a{b,\n",
    "@article{a,t={",
    "@article{a,\n t={",
    "a={",
    "a={\n",
    "zz={x} q, ",
    "a={}} ",
    "@string{a=",
    "@string{a=b#b}",
    "\"%\n%",
    "\" % ",
    "% @",
    "% @string{a={b}} ",
    "% @string{a={b}} title={x\n{@xdata{}@a{\n",
    "@misc{a=b,",
    "misc{a,\n",
    "@a(",
    "=",
    "a=",
    ", a=",
    "title=",
    "title=\"",
    ", title={",
    "title ",
    "title {",
    "@misc{k,title x}",
    "#",
    "a#",
    "@comment{",
    "@comment{\n",
    "@misc{a,}",
    "@misc{,}",
    "@misc())",
    "{@xdata{}",
    "@misc{a,b={c}}\n",
    "@misc{a,b={c}} ",
    "title={x} y\n",
    "title={x\n",
    "@book",
    "@book a,\n",
    " ",
    "\n",
    "\r",
    "é",
    "a b ",
    "@misc{a b\n",
    "x={} } ",
    "{}\" ",
    "\\",
    "{\\\"",
    "%",
    "%\n",
    "\u{a0}",
];

#[test]
fn hostile_input_is_read_in_linear_time() {
    for part in PARTS {
        for head in [
            "",
            "@article{k,\n",
            "@article{k,\n title = {",
            "@article{k,\n title = \"",
            "@article(k, x = ",
            "@misc{k, x = {y}}",
        ] {
            check(
                &format!("{head}{}", part.repeat(SIZE / part.len())),
                &format!("{head:?} {part:?}"),
            );
        }
    }
}

#[test]
fn any_repetition_is_read_in_linear_time() {
    let mut random = super::faults::Random(3);
    for _ in 0..1_000 {
        let mut some = |most: usize| -> String {
            (0..random.below(most + 1)).map(|_| PARTS[random.below(PARTS.len())]).collect()
        };
        let (head, part, tail) = (some(2), some(4), some(2));
        let text = format!("{head}{}{tail}", part.repeat(SIZE / 4 / part.len().max(1)));
        check(&text, &format!("{head:?} {part:?} {tail:?}"));
    }
}

/// Bytes of all values.
fn size(scan: &Scan<'_>) -> usize {
    scan.entries.iter().flat_map(|e| &e.fields).map(|f| f.value.len()).sum()
}

#[test]
fn macros_cannot_make_more_of_a_file_than_it_is() {
    let long = format!("@string{{a = {{{}}}}}\n", "x".repeat(60_000));
    let many = "a#".repeat(50_000);
    let mut fields = String::from("@misc{k");
    let mut macros = String::new();
    for n in 0..20_000 {
        let _ = write!(fields, ",\nf{n} = a");
        let _ = write!(macros, "@string{{m{n} = a # {{y}}}}\n@misc{{k{n}, t = m{n}}}\n");
    }
    for rest in [&format!("@misc{{k, t = {many}}}"), &fields, &macros] {
        for text in [format!("{long}{rest}}}"), format!("{rest}}}\n{long}")] {
            let scan = scan(&text);
            let most = 8 * text.len() + (4 << 20);
            assert!(size(&scan) <= most, "{} bytes of {}", size(&scan), text.len());
            let told = scan.diagnostics.iter().any(|d| d.message.contains("several times as long"));
            assert!(told, "{:?}", scan.diagnostics.first());
            assert!(!scan.entries.is_empty());
        }
    }
}

#[test]
fn names_and_findings_are_bounded() {
    let long = "k".repeat(100_000);
    let text = format!("@misc{{{long},{} {long} = {long} }}", "!! {} \n".repeat(1_000));
    let found = scan(&text);
    assert!(found.entries[0].key.len() < 5_000 && long.starts_with(&found.entries[0].key));
    assert!(found.diagnostics.len() < 200);
    for d in &found.diagnostics {
        assert!(d.message.len() < 500, "{}", d.message.len());
    }
    let text = "@misc{a,b}\n".repeat(60_000);
    let many = scan(&text);
    assert_eq!(many.entries.len(), 60_000);
    assert_eq!(many.diagnostics.len(), 100_001);
    let last = &many.diagnostics[100_000];
    assert!(last.message.contains("further faults in this file"), "{}", last.message);
}

#[test]
fn a_file_without_entries_is_an_error_and_one_of_macros_is_none() {
    use crate::library::diagnostic::Severity;
    let worst = |text: &str| scan(text).diagnostics.iter().map(|d| d.severity).max();
    for text in ["{{{{", "<html>not a library</html>", "@ @ @", "title = {x}"] {
        assert_eq!(worst(text), Some(Severity::Error), "{text}");
    }
    for text in ["", " \n", "% nothing yet\n", "@string{a = {b}}\n", "@comment{x}"] {
        assert_eq!(worst(text), None, "{text}");
    }
}
