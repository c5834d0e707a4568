//! What each command stands for.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How a symbol behaves beside white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Takes the space behind its name along, as TeX does.
    Text,
    /// A letter of mathematics: as text there, while elsewhere its space stays.
    Letter,
    /// An operator or relation: a space that was written stays.
    Operator,
    /// The name of a function: apart from what stands beside it.
    Function,
}

/// Lengths of the commands that [`known_part`] looks for.
const LEAST_COMMAND: usize = 4;
pub(super) const LONGEST_COMMAND: usize = 24;

/// Command and text by turns.
const TEXT: &str = "
    ss ß SS SS o ø O Ø ae æ AE Æ oe œ OE Œ aa å AA Å l ł L Ł i ı j ȷ dh ð DH Ð dj đ DJ Đ th þ TH Þ
    ng ŋ NG Ŋ ij ĳ IJ Ĳ textcopyright © copyright © textregistered ®
    texttrademark ™ textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “
    textquotedblright ” textquotesingle ' textquotedbl \" quotesinglbase ‚ quotedblbase „
    guillemotleft « guillemotright » guillemetleft « guillemetright » guilsinglleft ‹
    guilsinglright › og « fg » glqq „ grqq “ glq ‚ grq ‘ flqq « frqq » flq ‹ frq › lq ‘ rq ’
    textasciitilde ~ textasciicircum ^ textbackslash \\ textbar | textbardbl ‖ textless <
    textgreater > textbraceleft { textbraceright } textunderscore _ textdollar $ textpercent %
    textampersand & texthash # textasteriskcentered * textbullet • textperiodcentered ·
    textellipsis … ldots … dots … textexclamdown ¡ textquestiondown ¿ textparagraph ¶ textsection §
    S § P ¶ dag † ddag ‡ textdagger † textdaggerdbl ‡ textdegree ° degree ° textmu µ textohm Ω
    textcelsius ℃ textordfeminine ª textordmasculine º textonehalf ½ textonequarter ¼
    textthreequarters ¾ textonesuperior ¹ texttwosuperior ² textthreesuperior ³ texttimes ×
    textdiv ÷ textpm ± textminus − textlnot ¬ texteuro € euro € EUR € textsterling £ pounds £
    textyen ¥ textcent ¢ textcurrency ¤ textnumero № textperthousand ‰ perthousand ‰
    textasciigrave ` textasciiacute ´ textasciidieresis ¨ textasciimacron ¯ textasciicaron ˇ
    textasciibreve ˘ textleftarrow ← textrightarrow → textuparrow ↑ textdownarrow ↓
    textvisiblespace ␣ textinterrobang ‽ textnospace ’ textschwa ə textesh ʃ textbaht ฿
    textalpha α textbeta β textgamma γ textdelta δ textepsilon ε textzeta ζ texteta η texttheta θ
    textiota ι textkappa κ textlambda λ textnu ν textxi ξ textpi π textrho ρ textsigma σ texttau τ
    textupsilon υ textphi φ textchi χ textpsi ψ textomega ω
    slash / TeX TeX LaTeX LaTeX LaTeXe LaTeX2ε BibTeX BibTeX XeTeX XeTeX
    lbrace { rbrace } lbrack [ rbrack ] backslash \\ checkmark ✓ AND & and &
";

const LETTERS: &str = "
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ
    Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ
    Nu Ν Xi Ξ Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ imath ı jmath ȷ
    emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠
    triangle △ square □ Box □ blacksquare ■ diamond ⋄ Diamond ◇ star ⋆ bigstar ★ circ ∘ bullet •
    prime ′ backprime ‵ sharp ♯ flat ♭ natural ♮ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠
    dagger † ddagger ‡ sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ surd √ cdots ⋯ vdots ⋮ ddots ⋱ dotsc …
    dotsb ⋯ dotsm ⋯ Vert ‖ vert | lvert | rvert | lVert ‖ rVert ‖ langle ⟨ rangle ⟩ lfloor ⌊
    rfloor ⌋ lceil ⌈ rceil ⌉ because ∵ therefore ∴ complement ∁
";

const OPERATORS: &str = "
    times × div ÷ pm ± mp ∓ cdot · ast ∗ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ wedge ∧ land ∧
    vee ∨ lor ∨ cap ∩ cup ∪ bigcap ⋂ bigcup ⋃ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ sqcap ⊓
    sqcup ⊔ uplus ⊎ setminus ∖ wr ≀ amalg ⨿ ltimes ⋉ rtimes ⋊ bowtie ⋈ Join ⋈
    le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ne ≠ neq ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅
    asymp ≍ doteq ≐ propto ∝ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ lesssim ≲
    gtrsim ≳ lessgtr ≶ triangleq ≜ coloneqq ≔ lt < gt > approxeq ≊ eqsim ≂
    in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈
    sqsubseteq ⊑ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨
    to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐
    Leftrightarrow ⇔ implies ⟹ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷
    Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪
    hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗
    searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ leftharpoonup ↼ rightleftharpoons ⇌ leadsto ⇝
    rightsquigarrow ⇝ twoheadrightarrow ↠ xrightarrow → xleftarrow ← smile ⌣ frown ⌢
";

const FUNCTIONS: &str = "
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf
    limsup ln log max min Pr sec sin sinh sup tan tanh argmax argmin mod bmod
";

/// Commands that change how text looks, or where it stands: nothing of them is left, while what
/// they apply to stays.
const IGNORED: &str = "
    textit textbf textsc textsf textsl texttt textrm textup textmd textnormal textlf textsw emph em
    it bf sc sf sl tt rm itshape bfseries scshape sffamily slshape ttfamily rmfamily upshape
    mdseries normalfont normalsize tiny scriptsize footnotesize small large Large LARGE huge Huge
    underline uline ul overrightarrow underbrace overbrace uppercase
    lowercase MakeUppercase MakeLowercase MakeTextUppercase MakeTextLowercase NoCaseChange
    mathrm mathit mathbf mathsf mathtt mathcal mathscr mathfrak mathnormal boldsymbol bm pmb
    operatorname mathop mathbin mathrel mathord limits nolimits displaystyle textstyle scriptstyle
    scriptscriptstyle left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
    middle relax protect noindent indent centering raggedright mbox hbox makebox fbox     xspace nobreak allowbreak leavevmode bgroup egroup begingroup endgroup mkbibemph mkbibbold
    mkbibitalic textcyr cyr selectfont sloppy newblock footnotemark kern mkern unskip
";

/// Commands that stand for a space.
const SPACES: &str = "
    quad qquad enspace enskip thinspace medspace thickspace negthinspace nobreakspace space hfill
    newline linebreak par break item hskip mskip
";

/// Commands whose first argument is not part of the text.
const DISCARDING: &str = "
    href color textcolor colorbox foreignlanguage selectlanguage noopsort SortNoop label index
    footnote thanks vspace hspace phantom hphantom vphantom begin end bibinfo bibfield bibnamefont
    texorpdfstring input include includegraphics hypertarget hyperlink translateto fontsize
    fontencoding fontfamily cite citep citet ref eqref raisebox
";

/// What a command word does to its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Prints this.
    Symbol(&'static str, Class),
    /// Sets this combining character on the next letter.
    Accent(char),
    /// Does so in mathematics: in text only on a letter that stands alone.
    MathAccent(char),
    /// Draws this over its argument: an accent if that is one letter, else nothing.
    WideAccent(char),
    /// Prints nothing.
    Ignored,
    /// Prints a space.
    Space,
    /// Swallows its first argument.
    Discards,
}

const ACCENTS: [(&str, char); 19] = [
    ("c", '\u{327}'),
    ("k", '\u{328}'),
    ("d", '\u{323}'),
    ("b", '\u{331}'),
    ("H", '\u{30B}'),
    ("r", '\u{30A}'),
    ("u", '\u{306}'),
    ("v", '\u{30C}'),
    ("t", '\u{361}'),
    ("h", '\u{309}'),
    ("G", '\u{30F}'),
    ("U", '\u{30E}'),
    ("f", '\u{311}'),
    ("textcommaabove", '\u{313}'),
    ("cb", '\u{326}'),
    ("textcommabelow", '\u{326}'),
    ("not", '\u{338}'),
    ("ogonek", '\u{328}'),
    ("cedilla", '\u{327}'),
];

const MATH_ACCENTS: [(&str, char); 11] = [
    ("hat", '\u{302}'),
    ("check", '\u{30C}'),
    ("breve", '\u{306}'),
    ("acute", '\u{301}'),
    ("grave", '\u{300}'),
    ("tilde", '\u{303}'),
    ("bar", '\u{304}'),
    ("vec", '\u{20D7}'),
    ("dot", '\u{307}'),
    ("ddot", '\u{308}'),
    ("mathring", '\u{30A}'),
];

const WIDE_ACCENTS: [(&str, char); 3] =
    [("overline", '\u{304}'), ("widehat", '\u{302}'), ("widetilde", '\u{303}')];

static COMMANDS: LazyLock<HashMap<&str, Command>> = LazyLock::new(|| {
    let mut commands = HashMap::new();
    for (table, class) in
        [(LETTERS, Class::Letter), (OPERATORS, Class::Operator), (TEXT, Class::Text)]
    {
        let mut words = table.split_whitespace();
        while let (Some(name), Some(text)) = (words.next(), words.next()) {
            commands.insert(name, Command::Symbol(text, class));
        }
    }
    for name in FUNCTIONS.split_whitespace() {
        commands.insert(name, Command::Symbol(name, Class::Function));
    }
    for (table, command) in
        [(IGNORED, Command::Ignored), (SPACES, Command::Space), (DISCARDING, Command::Discards)]
    {
        commands.extend(table.split_whitespace().map(|name| (name, command)));
    }
    commands.extend(ACCENTS.map(|(name, mark)| (name, Command::Accent(mark))));
    commands.extend(MATH_ACCENTS.map(|(name, mark)| (name, Command::MathAccent(mark))));
    commands.extend(WIDE_ACCENTS.map(|(name, mark)| (name, Command::WideAccent(mark))));
    commands
});

/// What the command word `\name` does, if it is known.
pub(super) fn command(name: &str) -> Option<Command> {
    COMMANDS.get(name).copied()
}

/// Every command with what it prints.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::new();
    for table in [LETTERS, OPERATORS, TEXT] {
        let words: Vec<_> = table.split_whitespace().collect();
        all.extend(words.chunks_exact(2).map(|pair| (pair[0], pair[1])));
    }
    for table in [FUNCTIONS, IGNORED, SPACES, DISCARDING] {
        all.extend(table.split_whitespace().map(|name| (name, "")));
    }
    let accents = ACCENTS.iter().chain(&MATH_ACCENTS).chain(&WIDE_ACCENTS);
    all.extend(accents.map(|(name, _)| (*name, "")));
    all
}

/// The command in a word that begins with one, if the letters behind it were its argument or text
/// until a brace was lost: as in `\textitWord}` or, where the word is `glued` to a letter or an
/// accent before it, as in `Erd\Hos`. Only letters are made so, and of the accents whose name is a
/// small letter only those before a capital: `\kernel` is no ogonek on an e.
pub(super) fn known_part(word: &str, glued: bool) -> &str {
    if word.starts_with("urlhttp") {
        return "url";
    }
    let distinct = word.starts_with("text") || word.starts_with("emph");
    if command(word).is_some() || !(distinct || glued) {
        return word;
    }
    let least = if distinct { LEAST_COMMAND } else { 1 };
    let prints = |part: &&str| match command(part) {
        Some(Command::Symbol(text, Class::Text)) => {
            distinct || text.chars().all(char::is_alphabetic)
        }
        Some(Command::Symbol(..)) => false,
        Some(Command::Accent(_)) => {
            let capital = |at: usize| word.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
            distinct || capital(0) || capital(part.len())
        }
        other => other.is_some() && distinct,
    };
    let longest = word.len().min(LONGEST_COMMAND);
    (least..=longest).rev().map(|end| &word[..end]).find(prints).unwrap_or(word)
}

/// The combining character of an accent written with a punctuation mark.
pub(super) fn accent(mark: u8) -> Option<char> {
    Some(match mark {
        b'`' => '\u{300}',
        b'\'' => '\u{301}',
        b'^' => '\u{302}',
        b'~' => '\u{303}',
        b'=' => '\u{304}',
        b'.' => '\u{307}',
        b'"' => '\u{308}',
        _ => return None,
    })
}

/// An accent that stands on nothing.
pub(super) fn standing(mark: char) -> Option<char> {
    Some(match mark {
        '\u{300}' => '`',
        '\u{301}' => '\'',
        '\u{302}' => '^',
        '\u{303}' => '~',
        '\u{304}' => '¯',
        '\u{306}' => '˘',
        '\u{307}' => '˙',
        '\u{308}' => '"',
        '\u{30A}' => '˚',
        '\u{30B}' => '˝',
        '\u{30C}' => 'ˇ',
        '\u{326}' => ',',
        '\u{327}' => '¸',
        '\u{328}' => '˛',
        _ => return None,
    })
}

/// A character raised, if Unicode has it so.
pub(super) fn raised(c: char) -> Option<char> {
    const PLAIN: &str =
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθϕχ−∘′⊤*∗†‡";
    const RAISED: &str =
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ⁻°′ᵀ*∗†‡";
    paired(c, PLAIN, RAISED)
}

/// A character lowered, if Unicode has it so.
pub(super) fn lowered(c: char) -> Option<char> {
    const PLAIN: &str = "0123456789+-=()aehijklmnoprstuvxβγρϕχ−";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ₋";
    paired(c, PLAIN, LOWERED)
}

/// A letter in blackboard bold, if it is the name of a set of numbers.
pub(super) fn blackboard(c: char) -> Option<char> {
    paired(c, "CHNPQRZ", "ℂℍℕℙℚℝℤ")
}

fn paired(c: char, from: &str, to: &str) -> Option<char> {
    from.chars().zip(to.chars()).find(|(plain, _)| *plain == c).map(|(_, other)| other)
}
