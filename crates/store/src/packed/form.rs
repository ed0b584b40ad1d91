//! The form: a byte that tells what a value is, and the value.

/// Ends a struct, a map and a sequence.
pub(super) const END: u8 = 0x00;
pub(super) const NULL: u8 = 0x01;
pub(super) const FALSE: u8 = 0x02;
pub(super) const TRUE: u8 = 0x03;
/// Names and values up to [`END`].
pub(super) const STRUCT: u8 = 0x04;
/// Keys, which are values, and values up to [`END`].
pub(super) const MAP: u8 = 0x05;
/// Values up to [`END`].
pub(super) const SEQUENCE: u8 = 0x06;
/// The name of a variant and its value.
pub(super) const VARIANT: u8 = 0x07;
/// The 8 bytes of a double, little-endian.
pub(super) const REAL: u8 = 0x08;
/// How many bytes as a [`NUMBER`], and UTF-8.
pub(super) const TEXT: u8 = 0x09;
/// A text that begins with the profile's name and a slash: the text after it.
pub(super) const UNDER_PROFILE: u8 = 0x0a;
/// A text that begins with the customer's name and a slash: the text after it.
pub(super) const UNDER_CUSTOMER: u8 = 0x0b;
/// A number of 1 to 8 bytes, by what is added, big-endian without leading zeros.
pub(super) const NUMBER: u8 = 0x10;
/// A negative number: -1 less the number that follows, as in [`NUMBER`].
pub(super) const NEGATIVE: u8 = 0x18;
/// A number that is added.
pub(super) const SMALL: u8 = 0x20;
/// A text of so many bytes as are added.
pub(super) const SHORT: u8 = 0x60;

/// The numbers that are [`SMALL`].
pub(super) const SMALL_MAX: u64 = (SHORT - SMALL - 1) as u64;
/// The lengths of texts that are [`SHORT`].
pub(super) const SHORT_MAX: usize = (u8::MAX - SHORT) as usize;

/// In the place of a name that has no number: a text follows.
pub(super) const SPELLED: u8 = 0xff;

/// How deep values may lie in each other: more than any request may nest, and little enough for a thread's stack.
pub(super) const DEPTH_MAX: usize = 256;
