//! Finds personal data in what people write and say, and masks it.
//!
//! [`Detector::find`] tells where which kind of personal data is, [`mask()`] takes it out. Text is brought into one form
//! (`normal`), cut into words that a lexicon knows (`tokens`, `lexicon`), digits are gathered into numbers (`runs`), and each
//! recogniser looks at the places that can hold its kind. Everything is linear in the text.
//!
//! It does no I/O, asks no network and needs no model. It does not know profiles or messages: what to do with a hit is the
//! caller's matter.

mod address;
mod birth;
mod card;
mod checksum;
mod choice;
mod crypto;
mod custom;
mod detector;
mod document;
mod earlier;
mod email;
mod entity;
mod iban;
mod join;
mod label;
mod letters;
mod lexicon;
mod mask;
mod national;
mod net;
mod normal;
mod person;
mod phone;
mod runs;
mod scene;
mod scratch;
mod spelled;
mod spoken;
mod token;
mod tokens;
mod us;
mod words;
mod work;

pub use custom::Pattern;
pub use detector::{Detector, Hit, Settings, SettingsError};
pub use earlier::Earlier;
pub use entity::Entity;
pub use mask::{Key, Masked, Style, mask};
