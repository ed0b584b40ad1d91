//! The forms in which a word may lie on the disk.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How a word lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    Raw,
    LowerCase,
    Utf16,
    Base64,
    Hex,
    /// With its letters as `\uXXXX`, as JSON has them, or as `%XX`, as addresses do.
    Escaped,
    /// Two letters beside each other: all that a page's border, or an index that leaves out what two entries share,
    /// may leave of three.
    Piece,
    /// The same in lower case, as an index of keywords has them.
    LowerCasePiece,
    /// Three letters as numbers of two, three or four bytes.
    NumberedPiece,
    /// Compressed data that cannot be looked into.
    Closed,
}

/// Returns every form of a word.
pub(super) fn all(word: &str) -> Vec<(Form, Vec<u8>)> {
    let lower = word.to_lowercase();
    let mut forms = vec![
        (Form::Raw, word.as_bytes().to_vec()),
        (Form::LowerCase, lower.as_bytes().to_vec()),
        (Form::Utf16, utf16(word, u16::to_le_bytes)),
        (Form::Utf16, utf16(word, u16::to_be_bytes)),
        (Form::Utf16, utf16(&lower, u16::to_le_bytes)),
        (Form::Utf16, utf16(&lower, u16::to_be_bytes)),
    ];
    for word in [word, &lower] {
        forms
            .extend((0..3).flat_map(|shift| base64(word.as_bytes(), shift)).map(|text| (Form::Base64, text)));
        let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.push((Form::Hex, hex.to_uppercase().into_bytes()));
        forms.push((Form::Hex, hex.into_bytes()));
        forms.extend(escaped(word).into_iter().map(|text| (Form::Escaped, text)));
        forms.extend(numbered(word).into_iter().map(|text| (Form::NumberedPiece, text)));
    }
    forms.extend(pairs(word).into_iter().map(|pair| (Form::Piece, pair)));
    forms.extend(pairs(&lower).into_iter().map(|pair| (Form::LowerCasePiece, pair)));
    forms
}

fn utf16(word: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    word.encode_utf16().flat_map(bytes).collect()
}

/// Returns what base64 makes of the bytes after `shift` others, as far as they alone decide.
fn base64(bytes: &[u8], shift: usize) -> [Vec<u8>; 2] {
    let shifted: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
    let own = (shift * 8).div_ceil(6)..shifted.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)]
        .map(|encoded| encoded.as_bytes()[own.clone()].to_vec())
}

fn escaped(word: &str) -> [Vec<u8>; 4] {
    let json: String = word.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let percent: String = word.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let capitals = |text: &str| text.to_uppercase().replace("\\U", "\\u");
    [capitals(&json), json.clone(), capitals(&percent), percent.clone()].map(String::into_bytes)
}

fn pairs(word: &str) -> Vec<Vec<u8>> {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(2).map(|pair| pair.iter().collect::<String>().into_bytes()).collect()
}

fn numbered(word: &str) -> Vec<Vec<u8>> {
    let letters: Vec<u32> = word.chars().map(u32::from).collect();
    let triples = letters.windows(3);
    triples
        .flat_map(|triple| {
            [2, 3, 4].into_iter().flat_map(move |width| {
                let big = triple.iter().flat_map(move |code| code.to_be_bytes()[4 - width..].to_vec());
                let little = triple.iter().flat_map(move |code| code.to_le_bytes()[..width].to_vec());
                [big.collect(), little.collect()]
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::residue::{Canaries, Search};
    use std::io::Write;
    use std::path::Path;

    #[test]
    fn each_form_is_found_wherever_it_lies() {
        let mut canaries = Canaries::default();
        let word = canaries.give("here");
        let lower = word.to_lowercase();
        let search = Search::new(canaries.given());
        let finds = |form: Form, bytes: &[u8]| {
            search
                .bytes(Path::new("x"), bytes)
                .iter()
                .any(|trace| trace.form == form && trace.place == "here")
        };
        for shift in 0..3 {
            let text = format!("{}{word} and more", "x".repeat(shift));
            assert!(finds(Form::Base64, STANDARD_NO_PAD.encode(&text).as_bytes()), "{shift}");
            assert!(finds(Form::Base64, URL_SAFE_NO_PAD.encode(&text).as_bytes()), "{shift}");
        }
        assert!(finds(Form::Raw, format!("ab{word}c").as_bytes()));
        assert!(finds(Form::LowerCase, lower.as_bytes()));
        let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(finds(Form::Utf16, &utf16));
        let hex: String = word.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(finds(Form::Hex, hex.as_bytes()));
        let json: String = word.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        assert!(finds(Form::Escaped, json.as_bytes()));
        let triple: String = lower.chars().skip(1).take(3).collect();
        assert!(finds(Form::LowerCasePiece, triple.as_bytes()));
        assert!(!finds(Form::Piece, triple.as_bytes()));
        assert!(!finds(Form::Raw, triple.as_bytes()));
    }

    #[test]
    fn what_is_compressed_is_looked_into() {
        let mut canaries = Canaries::default();
        let word = canaries.give("here");
        let search = Search::new(canaries.given());
        let text = format!("before {word} after");
        let mut zlib = flate2::write::ZlibEncoder::new(b"page".to_vec(), flate2::Compression::best());
        zlib.write_all(text.as_bytes()).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        for bytes in [zlib.finish().unwrap(), gzip.finish().unwrap()] {
            assert!(search.bytes(Path::new("x"), &bytes).iter().any(|trace| trace.form == Form::Raw));
        }
        let closed = search.bytes(Path::new("x"), b"page\x28\xb5\x2f\xfd...");
        assert_eq!(closed[0].form, Form::Closed);
        assert!(search.bytes(Path::new("x"), b"plain x text").is_empty());
    }
}
