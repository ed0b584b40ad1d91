//! Cursors of the change log: one text a place, in the order of the places.

use hansard_domain::change::Cursor;

/// The input is a text that may be a cursor, and by its first eight bytes a number.
pub fn check(input: &[u8]) {
    if let Some(number) = input.first_chunk().map(|bytes| i64::from_be_bytes(*bytes)) {
        let (here, next) = (Cursor(number & i64::MAX), Cursor((number & i64::MAX).saturating_add(1)));
        assert_eq!(here.to_string().parse::<Cursor>().unwrap(), here);
        assert!(here == next || here.to_string() < next.to_string(), "{here} and {next} are out of order");
    }
    let Ok(text) = str::from_utf8(input) else { return };
    match text.parse::<Cursor>() {
        Ok(cursor) => {
            assert_eq!(cursor.to_string(), text, "a cursor in a spelling that the log never gives");
            assert!(cursor.0 >= 0, "{text} is a place before the first");
        }
        Err(error) => assert_eq!(error.field(), Some("cursor")),
    }
}
