use super::to_unicode;
use crate::library::work;
use proptest::prelude::*;
use unicode_normalization::is_nfc;

/// Source and what a reader sees, by kind.
const CASES: &[(&str, &str)] = &[
    // Accents in all spellings.
    (r#"{\"o}"#, "ö"),
    (r#"\"{o}"#, "ö"),
    (r#"\"o"#, "ö"),
    (r#"{\"{o}}"#, "ö"),
    (r#"\" o"#, "ö"),
    (r#"G{\"o}del"#, "Gödel"),
    (r#"K\"onig"#, "König"),
    (r"\'e", "é"),
    (r"\'{E}cole", "École"),
    (r"\`a la", "à la"),
    (r"\^{o}", "ô"),
    (r"\~n", "ñ"),
    (r"\=o", "ō"),
    (r"\.z", "ż"),
    (r"\.{I}stanbul", "İstanbul"),
    (r"\u{g}", "ğ"),
    (r"\v{c}", "č"),
    (r"\v c", "č"),
    (r"Ho\v{r}ej\v{s}", "Hořejš"),
    (r"{\v{S}}koda", "Škoda"),
    (r"\H{o}", "ő"),
    (r"Erd{\H o}s", "Erdős"),
    (r"\c{c}", "ç"),
    (r"\c c", "ç"),
    (r"{\c S}", "Ş"),
    (r"\k{a}", "ą"),
    (r"\d{h}", "ḥ"),
    (r"\b{d}", "ḏ"),
    (r"\r{u}", "ů"),
    (r"\r A", "Å"),
    (r"\t{oo}", "o͡o"),
    (r"{\'\i}", "í"),
    (r"\'{\i}", "í"),
    (r"\'\i", "í"),
    (r"\'{i}", "í"),
    (r#"na\"{\i}ve"#, "naïve"),
    (r"\v{\j}", "ǰ"),
    (r"\^\j", "ĵ"),
    (r"\'{\^e}", "ế"),
    (r"\d{\^e}", "ệ"),
    (r#"\'{\"u}"#, "ǘ"),
    (r"\'{\ae}", "ǽ"),
    (r"\'{\o}", "ǿ"),
    (r"\~{}", "~"),
    (r"\^{}", "^"),
    (r"a\^{}b", "a^b"),
    (r"\'", "'"),
    (r"x\'", "x'"),
    (r"\'q", "q\u{301}"),
    (r"\'Σ", "Σ\u{301}"),
    (r"Nguy{\~{\^e}}n", "Nguyễn"),
    (r"\textcommabelow", ","),
    (r"\textcommabelow{s}\cb{t}", "șț"),
    // Letters.
    (r"Stra{\ss}e", "Straße"),
    (r"Stra\ss e", "Straße"),
    (r"\O rsted", "Ørsted"),
    (r"{\o}re", "øre"),
    (r"{\AA}ngstr{\o}m", "Ångstrøm"),
    (r"\aa\AA", "åÅ"),
    (r"{\ae}{\AE}{\oe}{\OE}", "æÆœŒ"),
    (r"{\L}{\'o}d{\'z}", "Łódź"),
    (r"Wa{\l}{\k e}sa", "Wałęsa"),
    (r"\i\j", "ıȷ"),
    (r"{\dh}{\DH}{\th}{\TH}", "ðÐþÞ"),
    (r"{\dj}{\DJ}{\ng}{\NG}", "đĐŋŊ"),
    // Dashes, quotes, spaces.
    ("1--9", "1–9"),
    ("yes---no", "yes—no"),
    ("a-b", "a-b"),
    ("``quoted''", "“quoted”"),
    ("`single' isn't", "‘single’ isn't"),
    ("`rock 'n' roll'", "‘rock 'n’ roll'"),
    ("don't", "don't"),
    ("?`Qu{\\'e}? !`Ay!", "¿Qué? ¡Ay!"),
    ("really!? `yes", "really!? ‘yes"),
    ("a~b", "a b"),
    ("  a \n\t b  ", "a b"),
    (r"a\ b\,c\;d\quad e", "a b c d e"),
    (r"10\,000", "10 000"),
    (r"line\\ break\\[2pt]here", "line break here"),
    (r"dis\-cre\-tion", "discretion"),
    (r"shelf\/ful", "shelfful"),
    ("a\u{a0}\u{2003}b", "a b"),
    ("soft\u{ad}hyphen\u{200b}", "softhyphen"),
    ("tab\u{1b}[31m", "tab [31m"),
    // Escapes and symbols.
    (r"R\&D 50\% \$5 \#1 a\_b \{x\}", "R&D 50% $5 #1 a_b {x}"),
    ("AT&T 50% #1 a_b x^2", "AT&T 50% #1 a_b x^2"),
    (r"1{\textendash}9", "1–9"),
    (r"a \textemdash{} b", "a — b"),
    (r"l{\textquoteright}enfant", "l’enfant"),
    (r"{\textquotedblleft}x{\textquotedblright}", "“x”"),
    (r"\textasciitilde\textbackslash", "~\\"),
    (r"{\textless}b{\textgreater}", "<b>"),
    (r"\ldots and \dots", "…and …"),
    (r"\copyright{} 2020, 20\textdegree C", "© 2020, 20°C"),
    (r"\S 3, \texteuro 5, \pounds 6", "§3, €5, £6"),
    (r"\guillemotleft x\guillemotright", "«x»"),
    (r"\og x\fg{}", "«x»"),
    (r"\LaTeX{} and \TeX", "LaTeX and TeX"),
    (r"\textregistered\texttrademark", "®™"),
    ("<<Systems>> and x >> 2", "<<Systems>> and x >> 2"),
    (
        "the <<Systems>> of {\\textless}{\\textless}1{\\textgreater}{\\textgreater}",
        "the «Systems» of «1»",
    ),
    ("a << b >> c, >>x<<", "a << b >> c, >>x<<"),
    // What programs took for text.
    (r"the {\{}RNA{\}} of {\{}E. coli{\}}", "the RNA of E. coli"),
    (r"{\{}0,1{\}}-matrices, \{x\}", "{0,1}-matrices, {x}"),
    (r"И.{\~{}}О. в{\~{}}ней", "И. О. в ней"),
    (r"for{\textasciitilde}{N}on, x{\textasciitilde}/y", "for Non, x~/y"),
    (r"{\~{}}5 and a {\~{}}b, 2{\~{}}3", "~5 and a ~b, 2~3"),
    // Commands.
    (r"\textit{E. coli}", "E. coli"),
    (r"{\it in vitro} test", "in vitro test"),
    (r"{\em x} y", "x y"),
    (r"\emph{a \textbf{b} c}", "a b c"),
    (r"\textsc{Bert}", "Bert"),
    (r"\url{http://x.org/~a_b%20c--d}", "http://x.org/~a_b%20c--d"),
    (r"\url{a\_b\%c}", "a_b%c"),
    (r"\href{http://x.org/a_b}{the text}", "the text"),
    (r"\textcolor{red}{warm}", "warm"),
    (r"\enquote{x}", "“x”"),
    (r"\mbox{a b}\relax", "a b"),
    (r"{\noopsort{1973b}}1973", "1973"),
    (r"x\footnote{gone} y", "x y"),
    (r"after \cite{a} and~\cite{b}", "after and"),
    (r"\unknown{kept}", "kept"),
    (r"C:\Users", r"C:\Users"),
    (r"a \foo b", r"a \foo b"),
    (r"\textsuperscript{13}C CO\textsubscript{2}", "¹³C CO₂"),
    (r"4\textsuperscript{th}", "4th"),
    (r"\foreignlanguage{german}{Übung}", "Übung"),
    (r"\begin{quote}x\end{quote}", "x"),
    // Mathematics.
    (r"$\alpha$-helix", "α-helix"),
    (r"$\alpha\beta \gamma$", "αβγ"),
    (r"\alpha particle", "α particle"),
    (r"$x \leq y$", "x ≤ y"),
    (r"$x_1$ and $y^{2n}$", "x₁ and y²ⁿ"),
    (r"$\lambda > 4$, $\alpha \leq \beta \gamma$, $\mu + 1$", "λ > 4, α ≤ βγ, μ + 1"),
    (r"$a\leq b$, $5\times 10^{-8}$, $a\in A$, $\approx 3$", "a≤b, 5×10⁻⁸, a∈A, ≈ 3"),
    (r"$a_\text{max}$ $T_\mathrm{c}$ $x^\alpha$ $x_\mathbf{12}$", "aₘₐₓ T_c xᵅ x₁₂"),
    (
        r"$\frac12$ $\frac{a}{b+c}$ $\frac{a+b}{c+d}+1$ $\frac1{x+y}$",
        "1/2 a/(b+c) (a+b)/(c+d)+1 1/(x+y)",
    ),
    (r"CO$_2$", "CO₂"),
    (r"H$_{2}$O", "H₂O"),
    (r"10$^{-3}$", "10⁻³"),
    (r"$4^{th}$ and $1^{\rm st}$", "4th and 1st"),
    (r"90$^\circ$", "90°"),
    (r"$A^*$ $A^\top$ $f'$", "A* Aᵀ f′"),
    (r"$r^{-\alpha}(r+\gamma)$, $O(k^{m/2})$, F$_{0.5}$", "r⁻ᵅ(r+γ), O(k^(m/2)), F_0.5"),
    (r"RoBERTa$_{\text{large}}$ $\alpha_i^2$", "RoBERTa_large αᵢ²"),
    (r"$x_{q}$ $x_{ij,k}$", "x_q x_(ij,k)"),
    (r"$x^{y^z}$", "x^(y^z)"),
    (r"$O(n \log n)$", "O(n log n)"),
    (r"$n\log n$", "n log n"),
    (r"$\mathbb{R}^n$ $\mathbb Z$", "ℝⁿ ℤ"),
    (r"$\mathcal{O}(1)$", "O(1)"),
    (r"\(a \to b\) \[c\]", "a → b c"),
    (r"$$x$$", "x"),
    (r"$\frac{1}{2}$ $\frac{a+b}{c}$", "1/2 (a+b)/c"),
    (r"$\sqrt{2}$ $\sqrt{x+1}$", "√2 √(x+1)"),
    (r"$\hat{y}$ $\bar x$ $\not= \not\in$", "ŷ x̄ ≠ ∉"),
    (r"$\left( a \right.$", "( a"),
    (r"$a \text{ if } b$", "a if b"),
    (r"$\operatorname{softmax}(x)$", "softmax(x)"),
    (r"$t\overline{t}$ $b\bar{b}$ $\overline{\nu}_e$ $\overline\nu$", "tt̄ bb̄ ν̄ₑ ν̄"),
    (r"$\widetilde{O}(n)$ $\widehat y$ $\overline{xy}$ $\widehat{\theta}$", "Õ(n) ŷ xy θ̂"),
    (r"$\sqrt[3]{2}$ $\sqrt[n]{x+1}$ $\sqrt[\alpha]{2}$", "³√2 ⁿ√(x+1) ᵅ√2"),
    (
        r"$\lambda_{\max}$ $x_{\min }$ $x_{q \log n}$ $y^{\max q}$",
        "λₘₐₓ xₘᵢₙ x_(q log n) y^(max q)",
    ),
    (r"$x^\dagger$ $x^{\dagger}$ $\ddagger$", "x† x† ‡"),
    (r"\ensuremath{\beta}", "β"),
    (r"$a - b -- c$", "a - b -- c"),
    ("between $5 and $10 million", "between $5 and $10 million"),
    ("it costs $5", "it costs $5"),
    (r"$\pm$ $\times$ $\infty$ $\rightarrow$ $\cdot$", "± × ∞ → ·"),
    // Braces, also wrong ones.
    ("{{A} {B}}", "A B"),
    ("{A", "A"),
    ("A}", "A"),
    ("}}{{", ""),
    ("{}", ""),
    ("", ""),
    (r"\", r"\"),
    (r"$x_{i$ and $y$", "xᵢ and y"),
    (r"\textitword} x", "word x"),
    (r"Garc\'\ia, B\orresen, A\ssmann, Erd\Hos", "García, Børresen, Aßmann, Erdős"),
    (r"a\unknown{b}", "ab"),
    (
        r"Ho\vRej, foo\vector, foo\bar baz, B\bar B, a\Path",
        r"HoŘej, foo\vector, foo\bar baz, BB̄, a\Path",
    ),
    (r"Bar\footnotemark[1] x\footnotemark, foo\unskip", "Bar x, foo"),
    (r"foo\kern1pt bar\kern-.5em x\hskip 2 ex y", "foo bar x y"),
    (r"word\vspace*{1mm}end, \operatorname*{argmax}", "wordend, argmax"),
    (r"x\citep[see][]{x}y \cite[p. 3]{k}", "xy"),
    (r"\urlhttp://x.org/} y", "http://x.org/ y"),
    ("e\u{301}", "é"),
    ("\u{212B}", "Å"),
    ("plain text", "plain text"),
    ("čeština", "čeština"),
];

#[test]
fn the_table_is_decoded() {
    let mut wrong = Vec::new();
    for (source, expected) in CASES {
        let found = to_unicode(source);
        if found != *expected {
            wrong.push(format!("{source:?}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(CASES.len() >= 120, "{}", CASES.len());
}

#[test]
fn plain_text_is_borrowed() {
    for plain in ["A plain title: with-hyphen, isn't it?", "čeština", ""] {
        assert!(matches!(to_unicode(plain), std::borrow::Cow::Borrowed(_)));
    }
}

#[test]
fn every_symbol_is_nfc_and_no_list_names_a_command_twice() {
    let mut seen = std::collections::HashSet::new();
    for (name, text) in super::symbols::all() {
        assert!(is_nfc(text), "{name}");
        assert!(seen.insert(name), "{name} is listed twice");
    }
}

#[test]
fn depth_costs_no_stack() {
    for part in ["{", "\\textit{", "\\'{", "$^{", "\\frac{", "\\href{", "\\enquote{", "}"] {
        let text = part.repeat(200_000);
        assert!(to_unicode(&text).len() <= 4 * text.len());
    }
}

/// How often the decoder may look at a byte, on average.
const LOOKS: usize = 12;

fn check_work(source: &str, what: &str) {
    let looked = work::of(|| to_unicode(source));
    assert!(looked <= LOOKS * source.len() + 200, "{what}: {looked} of {}", source.len());
}

const PARTS: &[&str] = &[
    "{",
    "}",
    "$",
    "$$",
    "\\\\$",
    "\\$",
    "$1 ",
    "\\\\",
    "\\\\[",
    "{\\\"",
    "\\'",
    "\\c",
    "\\v ",
    "\\textit",
    "\\textitx",
    "\\url{",
    "\\urlhttp",
    "\\href{",
    "\\footnote{",
    "\\frac{",
    "\\frac",
    "\\sqrt[",
    "\\sqrt[\\sqrt]",
    "\\kern1 ",
    "\\overline{",
    "\\overline ",
    "\\bar ",
    "\\cite[",
    "\\enquote{",
    "\\mathbb",
    "\\mathbb{",
    "\\text{",
    "\\ensuremath{",
    "\\(",
    "\\)",
    "\\alpha",
    "\\log",
    "\\foo",
    "\\not",
    "^",
    "^{",
    "_",
    "_{",
    "`",
    "'",
    "''",
    "-",
    "--",
    "~",
    " ",
    "\n",
    "!`",
    "a",
    "1",
    "é",
    "\u{301}",
    "\u{323}",
    "[",
    "]",
    "\\",
    "\\left.",
];

#[test]
fn any_repetition_is_decoded_in_linear_time() {
    let mut seed = 1_u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as usize) % bound
    };
    let mut some = |most: usize| -> String {
        (0..below(most + 1)).map(|_| PARTS[below(PARTS.len())]).collect()
    };
    for n in 0..2_000 {
        let part = PARTS.get(n).map_or_else(|| some(4), |&part| part.to_owned());
        let (head, tail) = (some(3), some(2));
        let text = format!("{head}{}{tail}", part.repeat(20_000 / part.len().max(1)));
        check_work(&text, &format!("{head:?} {part:?} {tail:?}"));
    }
}

/// Text made of what a decoder looks at.
fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z]{1,3}",
        Just(r"\'".to_owned()),
        Just(r#"\""#.to_owned()),
        Just(r"\c".to_owned()),
        Just(r"\textit".to_owned()),
        Just(r"\frac".to_owned()),
        Just(r"\href".to_owned()),
        Just(r"\url".to_owned()),
        Just(r"\alpha".to_owned()),
        Just(r"\mathbb".to_owned()),
        Just(r"\text".to_owned()),
        Just(r"\textsuperscript".to_owned()),
        Just(r"\sqrt".to_owned()),
        Just(r"\log".to_owned()),
        Just(r"\i".to_owned()),
        Just(r"\".to_owned()),
        "[{}$^_`'~ \\n\\-!?\\[\\]éß🦀\u{301}]",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_becomes_tidy_nfc(text in prop_oneof![soup(), any::<String>()]) {
        let found = to_unicode(&text);
        prop_assert!(is_nfc(&found), "{found:?}");
        prop_assert!(!found.contains("  ") && found.trim() == found, "{found:?}");
        prop_assert!(found.chars().all(|c| !c.is_control() && (c == ' ' || !c.is_whitespace())));
    }

    #[test]
    fn words_stay(text in "[A-Za-z0-9éß中 .,:;()-]{0,40}") {
        let found = to_unicode(&text);
        let words: Vec<_> = text.split_whitespace().collect();
        if !text.contains("--") {
            prop_assert_eq!(found, words.join(" "));
        }
    }
}
