//! The write-ahead log as bytes: its frames, and what they prove about each other.
//!
//! The format is SQLite's: a header of 32 bytes, then frames of 24 bytes and a page. Each frame holds a
//! checksum over its page that goes on from the one before it. Who reads and who refuses is elsewhere.

use super::page;

pub(crate) const LOG_HEADER_BYTES: usize = 32;
pub(crate) const FRAME_HEADER_BYTES: usize = 24;
pub(crate) const FRAME_BYTES: usize = FRAME_HEADER_BYTES + page::BYTES;
/// What a frame's checksum covers of its header: the number of the page, and the size after a commit.
const COVERED_BYTES: usize = 8;

/// A running checksum: two words.
type Sum = [u32; 2];

/// The number of the frame whose header is at an offset of the log, from 1.
pub(crate) fn frame_at(offset: u64) -> Option<u64> {
    let offset = offset.checked_sub(LOG_HEADER_BYTES as u64)?;
    offset.is_multiple_of(FRAME_BYTES as u64).then(|| offset / FRAME_BYTES as u64 + 1)
}

/// The number of the frame whose page is at an offset of the log.
pub(crate) fn frame_of_page_at(offset: u64) -> Option<u64> {
    frame_at(offset.checked_sub(FRAME_HEADER_BYTES as u64)?)
}

/// Where the header of a frame is.
pub(crate) fn header_offset(frame: u64) -> u64 {
    LOG_HEADER_BYTES as u64 + (frame - 1) * FRAME_BYTES as u64
}

/// Where the checksum is that a frame goes on from: the end of the header before its own.
pub(crate) fn start_offset(frame: u64) -> u64 {
    let end = if frame == 1 { LOG_HEADER_BYTES as u64 } else { header_offset(frame) - page::BYTES as u64 };
    end - size_of::<Sum>() as u64
}

/// Whether header and page of a frame are what was written after a frame with that checksum.
pub(crate) fn is_whole(start: [u8; 8], header: &[u8; FRAME_HEADER_BYTES], page: &[u8]) -> bool {
    let sum = sum_at(header, 16);
    // The log does not say here which order of bytes its writer counted in.
    [Order::Little, Order::Big].iter().any(|order| order.frame(sum_at(&start, 0), header, page) == sum)
}

/// The order in which the bytes of a page are read as words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    fn frame(self, start: Sum, header: &[u8; FRAME_HEADER_BYTES], page: &[u8]) -> Sum {
        self.sum(self.sum(start, &header[..COVERED_BYTES]), page)
    }

    /// The running checksum of SQLite's log after so many bytes, a multiple of eight.
    pub(crate) fn sum(self, start: Sum, bytes: &[u8]) -> Sum {
        let word = match self {
            Self::Little => u32::from_le_bytes,
            Self::Big => u32::from_be_bytes,
        };
        let mut sum = start;
        for pair in bytes.chunks_exact(8) {
            let (one, two) =
                (word([pair[0], pair[1], pair[2], pair[3]]), word([pair[4], pair[5], pair[6], pair[7]]));
            sum[0] = sum[0].wrapping_add(one).wrapping_add(sum[1]);
            sum[1] = sum[1].wrapping_add(two).wrapping_add(sum[0]);
        }
        sum
    }
}

/// The header of a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogHeader {
    /// Both salts: they tell the frames of this log from older ones that lie behind them in the file.
    pub(crate) salts: [u8; 8],
    pub(crate) is_whole: bool,
    order: Order,
    stored: Sum,
    computed: Sum,
}

impl LogHeader {
    pub(crate) fn of(bytes: &[u8; LOG_HEADER_BYTES]) -> Self {
        let stored = sum_at(bytes, 24);
        let sum = |order: Order| order.sum([0, 0], &bytes[..24]);
        // The magic number says which, but it may be what was altered.
        let order = if sum(Order::Big) == stored { Order::Big } else { Order::Little };
        let mut salts = [0; 8];
        salts.copy_from_slice(&bytes[16..24]);
        Self { salts, is_whole: stored == sum(order), order, stored, computed: sum(order) }
    }
}

/// What a frame tells, once it is known what lies before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) page: u32,
    /// The size of the database in pages where this frame ends a transaction, else 0.
    pub(crate) database_pages: u32,
    pub(crate) salts: [u8; 8],
    /// It goes on from what the header before it says or should say.
    pub(crate) follows: bool,
    /// Nothing in it or in the checksum before it was altered.
    pub(crate) is_whole: bool,
}

/// Follows the checksums of a log from frame to frame.
///
/// After a bad frame it goes on with both the checksum that the frame holds and the one that it should
/// hold, as either may be the one that was altered.
#[derive(Debug)]
pub(crate) struct Chain {
    order: Order,
    stored: Sum,
    computed: Sum,
}

impl Chain {
    pub(crate) fn of(log: &LogHeader) -> Self {
        Self { order: log.order, stored: log.stored, computed: log.computed }
    }

    pub(crate) fn next(&mut self, bytes: &[u8; FRAME_BYTES]) -> Frame {
        let mut header = [0; FRAME_HEADER_BYTES];
        header.copy_from_slice(&bytes[..FRAME_HEADER_BYTES]);
        let page = &bytes[FRAME_HEADER_BYTES..];
        let stored = sum_at(&header, 16);
        let mut computed = self.order.frame(self.stored, &header, page);
        let is_whole = computed == stored;
        if !is_whole && self.computed != self.stored {
            computed = self.order.frame(self.computed, &header, page);
        }
        (self.stored, self.computed) = (stored, computed);
        let mut salts = [0; 8];
        salts.copy_from_slice(&header[8..16]);
        let (page, database_pages) = (word_at(&header, 0), word_at(&header, 4));
        Frame { page, database_pages, salts, follows: computed == stored, is_whole }
    }
}

/// The log writes its own numbers with the highest byte first.
fn word_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn sum_at(bytes: &[u8], at: usize) -> Sum {
    [word_at(bytes, at), word_at(bytes, at + 4)]
}
