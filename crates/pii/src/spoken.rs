//! Digits as words: "four", "double seven", "oh", "forty one", in English and the digits of some other languages.
//!
//! It only says what a word can stand for; whether it does is decided where digits are gathered into runs.

/// What a word adds to a number that is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Spoken {
    #[default]
    No,
    Digit(u8),
    /// A digit only between digits: it is an ordinary word too, or what speech recognition makes of a digit.
    Weak(u8),
    /// From ten to nineteen.
    Teen(u8),
    /// Twenty to ninety, by its first digit.
    Tens(u8),
    /// So many noughts: hundred, thousand.
    Noughts(u8),
    /// The next digit so many times: double, triple.
    Times(u8),
    /// Said between digits: dash, uh.
    Filler,
}

impl Spoken {
    /// Whether a number may begin with it.
    pub(crate) fn begins(self) -> bool {
        matches!(self, Self::Digit(_) | Self::Teen(_) | Self::Tens(_) | Self::Times(_))
    }
}

/// Words in the order of the digits from zero, of several languages, that are hardly ever other words.
const DIGITS: [&str; 10] = [
    "zero nought naught oh null nul nula nolla noll cero",
    "one eins een uno jeden yksi en jedna",
    "two zwei twee dos deux due dois dwa kaksi tva",
    "three drei drie tres trois tre trzy kolme",
    "four vier cuatro quatre quattro quatro cztery nelja fyra fire",
    "five funf fuenf vijf cinco cinq cinque piec viisi fem",
    "six sechs zes seis sei szesc kuusi",
    "seven sieben zeven siete sept sette sete siedem seitseman sju syv",
    "eight acht ocho huit otto oito osiem kahdeksan atta",
    "nine neun negen nueve neuf nove dziewiec yhdeksan niner ni",
];

const WEAK: [(&str, u8); 16] = [
    ("o", 0),
    ("nil", 0),
    ("won", 1),
    ("un", 1),
    ("um", 1),
    ("l", 1),
    ("i", 1),
    ("to", 2),
    ("too", 2),
    ("for", 4),
    ("fore", 4),
    ("fife", 5),
    ("sex", 6),
    ("ate", 8),
    ("tree", 3),
    ("zwo", 2),
];

const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const OTHERS: [(&str, Spoken); 12] = [
    ("fourty", Spoken::Tens(4)),
    ("hundred", Spoken::Noughts(2)),
    ("thousand", Spoken::Noughts(3)),
    ("double", Spoken::Times(2)),
    ("triple", Spoken::Times(3)),
    ("treble", Spoken::Times(3)),
    ("quadruple", Spoken::Times(4)),
    ("dash", Spoken::Filler),
    ("hyphen", Spoken::Filler),
    ("uh", Spoken::Filler),
    ("er", Spoken::Filler),
    ("then", Spoken::Filler),
];

/// Words that are a digit in one language and an everyday word in another stand only between digits.
const EVERYDAY: [&str; 9] = ["en", "due", "tre", "fire", "sept", "sei", "ni", "null", "fem"];

/// Every word that can be part of a number.
pub(crate) fn words() -> impl Iterator<Item = (&'static str, Spoken)> {
    let digits = (0_u8..).zip(DIGITS).flat_map(|(digit, words)| {
        words.split(' ').map(move |word| {
            let weak = EVERYDAY.contains(&word);
            (word, if weak { Spoken::Weak(digit) } else { Spoken::Digit(digit) })
        })
    });
    let weak = WEAK.into_iter().map(|(word, digit)| (word, Spoken::Weak(digit)));
    let teens = (10_u8..).zip(TEENS).map(|(value, word)| (word, Spoken::Teen(value)));
    let tens = (2_u8..).zip(TENS).map(|(value, word)| (word, Spoken::Tens(value)));
    digits.chain(weak).chain(teens).chain(tens).chain(OTHERS)
}
