//! The checksum in the last bytes of every page of a database file.
//!
//! It covers the page's content and number, so a flipped bit and a page in another's place are both told.
//! SQLite leaves these bytes alone: they are the reserved bytes of its file format. Who writes and who
//! checks them is the business of `shim.rs` and `inspect.rs`.

use twox_hash::XxHash3_64;

use super::PAGE_BYTES;

pub(crate) const BYTES: usize = PAGE_BYTES as usize;
/// Bytes at the end of a page that SQLite is told to reserve.
pub(crate) const RESERVED: u8 = 8;
const CONTENT_BYTES: usize = BYTES - RESERVED as usize;
/// Where page 1 says how many bytes are reserved.
const RESERVED_AT: usize = 20;
/// How a database file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// SQLite keeps its locks at this place and nothing else: the page around it is never written.
const LOCK_AT: u64 = 0x4000_0000;

/// The number of the page that holds an offset of the file, and where that page begins.
pub(crate) fn holding(at: u64) -> (u32, u64) {
    let index = at / BYTES as u64;
    // SQLite's pages are numbered with 32 bits: a file has no offset beyond them.
    (u32::try_from(index + 1).unwrap_or(u32::MAX), index * BYTES as u64)
}

/// Where a page begins in the file.
pub(crate) fn offset(number: u32) -> u64 {
    u64::from(number - 1) * BYTES as u64
}

/// Whether SQLite never writes this page.
pub(crate) fn is_lock_page(number: u32) -> bool {
    u64::from(number - 1) == LOCK_AT / BYTES as u64
}

/// Writes the checksum of a page into its last bytes.
pub(crate) fn stamp(page: &mut [u8], number: u32) {
    let checksum = checksum(page, number);
    page[CONTENT_BYTES..].copy_from_slice(&checksum);
}

/// Whether a page is what was written under this number.
pub(crate) fn is_whole(page: &[u8], number: u32) -> bool {
    page.len() == BYTES && page[CONTENT_BYTES..] == checksum(page, number)
}

/// Whether this first page says that every page of its file has room for a checksum.
pub(crate) fn has_room(first: &[u8]) -> bool {
    first[RESERVED_AT] == RESERVED
}

/// Whether this first page says that its file was made without checksums.
///
/// A damaged byte that says so is found out: with the right byte in its place the checksum fits.
pub(crate) fn says_unchecked(first: &[u8]) -> bool {
    if first.len() != BYTES || !first.starts_with(MAGIC) || first[RESERVED_AT] != 0 {
        return false;
    }
    let mut mended = first.to_vec();
    mended[RESERVED_AT] = RESERVED;
    !is_whole(&mended, 1)
}

fn checksum(page: &[u8], number: u32) -> [u8; RESERVED as usize] {
    XxHash3_64::oneshot_with_seed(number.into(), &page[..CONTENT_BYTES]).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Vec<u8> {
        let mut page: Vec<u8> = (0..BYTES).map(|at| (at * 31 % 251) as u8).collect();
        page[..MAGIC.len()].copy_from_slice(MAGIC);
        page[RESERVED_AT] = RESERVED;
        stamp(&mut page, 1);
        page
    }

    #[test]
    fn every_flipped_bit_of_a_page_is_told() {
        let mut page = page();
        assert!(is_whole(&page, 1));
        for bit in 0..BYTES * 8 {
            page[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_whole(&page, 1), "bit {bit}");
            page[bit / 8] ^= 1 << (bit % 8);
        }
    }

    #[test]
    fn a_page_in_the_place_of_another_is_told() {
        assert!(!is_whole(&page(), 2));
        assert!(!is_whole(&[0; BYTES], 2), "nor does an empty page pass");
    }

    #[test]
    fn a_first_page_without_room_for_checksums_is_no_damaged_one() {
        let mut damaged = page();
        damaged[RESERVED_AT] = 0;
        assert!(!says_unchecked(&damaged));
        let mut old = damaged.clone();
        old[BYTES - 1] ^= 1;
        assert!(says_unchecked(&old));
        assert!(!says_unchecked(&page()) && !says_unchecked(&[]));
        assert!(!says_unchecked(&[0; BYTES]), "it is not written yet");
    }

    #[test]
    fn pages_are_counted_from_one() {
        assert_eq!((holding(0), holding(8191), holding(8192)), ((1, 0), (1, 0), (2, 8192)));
        assert_eq!((offset(1), offset(3)), (0, 16384));
        assert!(is_lock_page(131_073) && !is_lock_page(1));
    }
}
