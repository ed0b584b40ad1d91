//! Conversations that are made up by a seed: sentences with values in them, in twelve locales, written and said.
//!
//! Beside them stand numbers that are no personal data: wrong check digits, orders, versions, prices. The names are not the
//! lexicon's: some of them it knows, some it does not.

use hansard_pii::Entity;

use crate::{
    corpus::{Marked, Span},
    random::Random,
    values::{bsn, card, cpf, dni, iban, nhs, pesel, said, spoilt, written},
};

/// What a locale writes in its own way.
struct Locale {
    phones: &'static [&'static str],
    streets: &'static [&'static str],
    names: &'static [&'static str],
    families: &'static [&'static str],
}

const LOCALES: [Locale; 12] = [
    Locale {
        phones: &["(%##) %##-####", "%##-%##-####", "+1 %## %## ####"],
        streets: &["#%# Willow Creek Road, Dayton, OH 4####", "1#% Harbor Street Apt. #"],
        names: &["Kimberly", "Deshawn", "Trevor", "Marcy"],
        families: &["Whitfield", "Okoye", "Delacroix", "Pruitt"],
    },
    Locale {
        phones: &["020 7### ####", "07### ######", "+44 7### ######"],
        streets: &["1# Rosemary Lane, London SW1A 1AA", "Flat #, % Canal Road"],
        names: &["Gemma", "Alistair", "Priyanka"],
        families: &["Thistlewood", "Cartwright", "Bhandari"],
    },
    Locale {
        phones: &["030 #######", "+49 151 ########", "0171 #######"],
        streets: &["Lindenstraße %#, 1#### Berlin", "Am Ufer 1#, 5#### Köln"],
        names: &["Annegret", "Jürgen", "Sieglinde"],
        families: &["Oberhuber", "Kretschmer", "Wiesner"],
    },
    Locale {
        phones: &["06 %# ## ## ##", "+33 6 ## ## ## ##", "01 4# ## ## ##"],
        streets: &["1# rue des Lilas, 750## Paris", "% avenue de la Gare"],
        names: &["Solène", "Thibault", "Maëlys"],
        families: &["Quéméneur", "Lefranc", "Bouvier"],
    },
    Locale {
        phones: &["6## ### ###", "+34 6## ### ###", "91 ### ## ##"],
        streets: &["Calle Mayor 1#, 280## Madrid", "Avenida del Puerto %#"],
        names: &["Rocío", "Íñigo", "Visitación"],
        families: &["Etxeberria", "Zubizarreta", "Cifuentes"],
    },
    Locale {
        phones: &["02 #### ####", "+39 3## #######", "3## #######"],
        streets: &["Via Garibaldi 1#, 201## Milano", "Piazza Dante %"],
        names: &["Ludovica", "Gianmarco", "Fiammetta"],
        families: &["Bevilacqua", "Squarcialupi", "Tedeschi"],
    },
    Locale {
        phones: &["06 ########", "+31 6 ########", "020 ### ####"],
        streets: &["Kerkstraat 1#, 1012 AB Amsterdam", "Molenweg %#"],
        names: &["Sjoerd", "Marijke", "Fokje"],
        families: &["Hoogendoorn", "Terpstra", "Wiegersma"],
    },
    Locale {
        phones: &["601 ### ###", "+48 6## ### ###"],
        streets: &["ul. Kwiatowa 1#, 00-950 Warszawa", "al. Jana Pawła 1#"],
        names: &["Grażyna", "Zbigniew", "Jagna"],
        families: &["Brzęczyszczykiewicz", "Kołodziejczyk", "Wierzbicka"],
    },
    Locale {
        phones: &["11 9####-####", "+55 11 9####-####", "(21) 9####-####"],
        streets: &["Rua das Flores 1#%, São Paulo", "Avenida Paulista 1#%#"],
        names: &["Joelma", "Wanderley", "Thaís"],
        families: &["Cavalcante", "Bittencourt", "Siqueira"],
    },
    Locale {
        phones: &["070-### ## ##", "+46 70 ### ## ##"],
        streets: &["Storgatan 1#, 111 22 Stockholm", "Björkvägen %"],
        names: &["Gunhild", "Torbjörn", "Linnéa"],
        families: &["Hallström", "Sandqvist", "Ekdahl"],
    },
    Locale {
        phones: &["98### #####", "+91 98### #####"],
        streets: &["1#% MG Road, Bengaluru 5600##", "4# Park Street, Kolkata"],
        names: &["Lakshmi", "Harpreet", "Sundar"],
        families: &["Venkataraman", "Dhillon", "Mukhopadhyay"],
    },
    Locale {
        phones: &["04## ### ###", "+61 4## ### ###", "(02) 9### ####"],
        streets: &["1# Eucalyptus Drive, Perth WA 6000", "% Wattle Avenue"],
        names: &["Bronte", "Lachlan", "Kirrily"],
        families: &["Papadimitriou", "Mcgillicuddy", "Nguyen"],
    },
];

/// A value in a sentence: what comes before and after.
type Frame = (&'static str, &'static str);

const CARD: &[Frame] = &[
    ("my card number is ", ""),
    ("Sure, the credit card is ", " and it is in my name"),
    ("charge the Visa ", " please"),
    ("", " is the number on the card"),
];
const PHONE: &[Frame] = &[
    ("You can reach me at ", " after six"),
    ("my phone number is ", ""),
    ("please call ", " instead"),
    ("the mobile is ", ", thanks"),
];
const PERSON: &[Frame] = &[
    ("My name is ", " and I would like to check in"),
    ("Could you put me through to ", " please?"),
    ("The booking was made by ", " yesterday"),
    ("Thanks, ", ", I have found it"),
    ("", " said the parcel never came"),
    ("I spoke with ", " last week"),
];
const ADDRESS: &[Frame] = &[
    ("I live at ", ""),
    ("please deliver it to ", " tomorrow"),
    ("The billing address is ", "."),
    ("we moved to ", " in March"),
];
const SSN: &[Frame] = &[("my social security number is ", ""), ("SSN ", " as on the form")];
const IBAN: &[Frame] = &[("please wire it to ", ""), ("the IBAN is ", " thank you")];
const DOB: &[Frame] = &[("my date of birth is ", ""), ("I was born on ", " in Leeds")];

const BIRTHS: &[&str] = &[
    "0%/1#/198#",
    "March 1#, 197#",
    "1#th of June 199#",
    "197#-0%-1#",
    "the third of May nineteen eighty two",
];
const EMAILS: &[&str] = &[
    "lk##@example.com",
    "j.moreau@example.org",
    "billing+##@mail.example.co.uk",
    "s t e v e at gmail dot com",
    "anna dot k at example dot org",
    "kim underscore ## at yahoo dot com",
];
const THINGS: &[&str] = &[
    "your order number is ############",
    "the tracking number is 9### #### #### ####",
    "we shipped version 1%.#.#.# yesterday",
    "that is $#,##0.50 in total",
    "the meeting is at 1#:30 on 0%/1#/2025",
    "invoice 20#5-####-##",
    "reference %##-####-### for the claim",
    "it took 1## days and ## hours",
    "the model number is %######",
    "flight BA0##% leaves from gate 1#",
    "one or two of those three will do",
    "I waited for twenty minutes, then ten more",
    "we won four to two at home",
    "ticket #4####### was closed",
];

/// Conversations of one or more turns.
pub(crate) fn conversations(seed: u32, count: usize) -> Vec<Vec<Marked>> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|at| if at % 20 == 19 { over_turns(&mut random) } else { vec![sentence(at, &mut random)] })
        .collect()
}

fn sentence(at: usize, random: &mut Random) -> Marked {
    let locale = &LOCALES[random.below(LOCALES.len())];
    match at % 18 {
        0 | 1 => framed(
            CARD,
            Entity::CreditCard,
            |random| {
                let value = card(random);
                written(&value, random)
            },
            random,
        ),
        2 | 3 => framed(
            PHONE,
            Entity::Phone,
            |random| {
                let value = random.pick(locale.phones);
                let value = random.fill(value);
                if random.below(4) == 0 && !value.contains('+') { said(&value, random) } else { value }
            },
            random,
        ),
        4..=6 => framed(PERSON, Entity::Person, |random| name(locale, random), random),
        7 | 8 => framed(
            ADDRESS,
            Entity::Address,
            |random| {
                let street = random.pick(locale.streets);
                random.fill(street)
            },
            random,
        ),
        kind => other_sentence(kind, random),
    }
}

fn other_sentence(kind: usize, random: &mut Random) -> Marked {
    match kind {
        9 => framed(
            SSN,
            Entity::UsSsn,
            |random| {
                let value = random.fill("5%%-4%-####");
                if random.below(3) == 0 { said(&value, random) } else { value }
            },
            random,
        ),
        10 => framed(
            IBAN,
            Entity::Iban,
            |random| {
                let value = iban(random);
                if random.below(2) == 0 { written(&value, random) } else { value }
            },
            random,
        ),
        11 => framed(
            DOB,
            Entity::DateOfBirth,
            |random| {
                let value = random.pick(BIRTHS);
                random.fill(value)
            },
            random,
        ),
        12 => framed(
            &[("my email is ", ""), ("write to ", " please")],
            Entity::Email,
            |random| {
                let value = random.pick(EMAILS);
                random.fill(value)
            },
            random,
        ),
        13 => national(random),
        14 => network(random),
        15 => framed(
            &[("the security code is ", ""), ("and the cvv on the back is ", "")],
            Entity::Cvv,
            |random| {
                let value = random.fill("###");
                if random.below(2) == 0 { said(&value, random) } else { value }
            },
            random,
        ),
        16 => {
            let value = spoilt(&card(random));
            plain(format!("the order number is {value}"))
        }
        _ => {
            let thing = random.pick(THINGS);
            let thing = random.fill(thing);
            plain(thing)
        }
    }
}

fn name(locale: &Locale, random: &mut Random) -> String {
    let (given, family) = (random.pick(locale.names), random.pick(locale.families));
    match random.below(5) {
        0 => given.to_owned(),
        1 => format!("{given} {}. {family}", random.fill("^")),
        2 => format!("Mrs. {family}"),
        _ => format!("{given} {family}"),
    }
}

fn national(random: &mut Random) -> Marked {
    match random.below(5) {
        0 => framed(&[("my NHS number is ", "")], Entity::UkNhs, nhs, random),
        1 => framed(&[("PESEL ", ""), ("mój PESEL to ", "")], Entity::PlPesel, pesel, random),
        2 => framed(&[("o CPF é ", ""), ("CPF: ", "")], Entity::BrCpf, cpf, random),
        3 => framed(&[("mijn BSN is ", ""), ("bsn ", "")], Entity::NlBsn, bsn, random),
        _ => framed(&[("mi DNI es ", ""), ("el documento ", " caduca pronto")], Entity::EsNif, dni, random),
    }
}

fn network(random: &mut Random) -> Marked {
    match random.below(3) {
        0 => framed(
            &[("the router answers on ", ""), ("logged in from ", " again")],
            Entity::IpAddress,
            |random| random.fill("1#.1##.1##.%"),
            random,
        ),
        1 => framed(
            &[("it has ", " as its address")],
            Entity::IpAddress,
            |random| random.fill("2001:db8::%#:#%"),
            random,
        ),
        _ => framed(
            &[("the device ", " is offline")],
            Entity::MacAddress,
            |random| random.fill("00:1B:##:##:3c:##"),
            random,
        ),
    }
}

fn framed(
    frames: &[Frame],
    entity: Entity,
    value: impl Fn(&mut Random) -> String,
    random: &mut Random,
) -> Marked {
    let (before, after) = frames[random.below(frames.len())];
    let value = value(random);
    // A title is no part of a name's span, nor does it count against one.
    let title = value.strip_prefix("Mrs. ").map_or(0, |_| 5);
    let range = before.len() + title..before.len() + value.len();
    let mut spans = vec![Span { entity: Some(entity), range }];
    if title > 0 {
        spans.push(Span { entity: None, range: before.len()..before.len() + title });
    }
    Marked { text: format!("{before}{value}{after}"), spans }
}

fn plain(text: String) -> Marked {
    Marked { text, spans: Vec::new() }
}

/// A card that is read out in four turns.
fn over_turns(random: &mut Random) -> Vec<Marked> {
    let number = loop {
        let number = card(random);
        if number.len() == 16 {
            break number;
        }
    };
    let asks = [
        "Can I have the first four digits of your card?",
        "and the next four?",
        "go on",
        "and the last ones?",
    ];
    let mut turns = Vec::new();
    for (ask, part) in asks.iter().zip(number.as_bytes().chunks(4)) {
        turns.push(plain((*ask).to_owned()));
        let part = String::from_utf8_lossy(part).into_owned();
        let part = if random.below(2) == 0 { said(&part, random) } else { part };
        let range = 0..part.len();
        turns.push(Marked { text: part, spans: vec![Span { entity: Some(Entity::CreditCard), range }] });
    }
    turns
}
