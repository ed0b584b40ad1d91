//! The protobuf wire form: records in and out, without meaning.
//!
//! It knows no field, and no group: the contract has none, and deep ones could exhaust the stack.

pub(crate) const VARINT: u8 = 0;
pub(crate) const FIXED64: u8 = 1;
pub(crate) const LENGTH: u8 = 2;
pub(crate) const FIXED32: u8 = 5;

/// Bytes that are not a protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The value of one record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Raw<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

impl<'a> Raw<'a> {
    pub(crate) fn bytes(self) -> Result<&'a [u8], Malformed> {
        let Self::Bytes(bytes) = self else { return Err(Malformed) };
        Ok(bytes)
    }

    pub(crate) fn is_zero(self) -> bool {
        match self {
            Self::Varint(bits) | Self::Fixed64(bits) => bits == 0,
            Self::Fixed32(bits) => bits == 0,
            Self::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

/// Reads the records of one message: field number and value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self(message)
    }

    /// Takes one value of the given wire type.
    pub(crate) fn value(&mut self, wire_type: u8) -> Result<Raw<'a>, Malformed> {
        Ok(match wire_type {
            VARINT => Raw::Varint(self.varint()?),
            FIXED64 => Raw::Fixed64(u64::from_le_bytes(self.array()?)),
            FIXED32 => Raw::Fixed32(u32::from_le_bytes(self.array()?)),
            LENGTH => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
                self.0 = rest;
                Raw::Bytes(bytes)
            }
            _ => return Err(Malformed),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn record(&mut self) -> Result<(u32, Raw<'a>), Malformed> {
        let tag = u32::try_from(self.varint()?).map_err(|_| Malformed)?;
        let number = tag >> 3;
        if number == 0 {
            return Err(Malformed);
        }
        Ok((number, self.value((tag & 7) as u8)?))
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (index, byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                if index == 9 && *byte > 1 {
                    return Err(Malformed);
                }
                self.0 = &self.0[index + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*head)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u32, Raw<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = (!self.0.is_empty()).then(|| self.record());
        if let Some(Err(Malformed)) = record {
            self.0 = &[];
        }
        record
    }
}

/// Finds the last value along a path of field numbers.
pub(crate) fn find<'a>(message: &'a [u8], path: &[u32]) -> Option<Raw<'a>> {
    let (first, rest) = path.split_first()?;
    let values = Records::new(message).map_while(Result::ok).filter(|(number, _)| number == first);
    if rest.is_empty() {
        return values.last().map(|(_, raw)| raw);
    }
    values.filter_map(|(_, raw)| find(raw.bytes().ok()?, rest)).last()
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn put_tag(out: &mut Vec<u8>, number: u32, wire_type: u8) {
    put_varint(out, u64::from(number << 3) | u64::from(wire_type));
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_tag(out, number, LENGTH);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Leaves room for a length; `close` writes it.
pub(crate) fn open(out: &mut Vec<u8>, number: u32) -> usize {
    put_tag(out, number, LENGTH);
    out.push(0);
    out.len()
}

/// Writes the length of what was put since `open`, moving it where one byte is too short.
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    let mut length = out.len() - start;
    let end = out.len();
    let extra = (length.max(1).ilog2() / 7) as usize;
    if extra > 0 {
        out.resize(end + extra, 0);
        out.copy_within(start..end, start + extra);
    }
    for byte in &mut out[start - 1..start + extra] {
        *byte = (length & 0x7f) as u8 | 0x80;
        length >>= 7;
    }
    out[start - 1 + extra] &= 0x7f;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_of_every_size_are_read_back() {
        for length in [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152] {
            let mut out = vec![8, 1];
            let start = open(&mut out, 7);
            out.resize(start + length, b'x');
            close(&mut out, start);
            let records: Vec<_> = Records::new(&out).map(Result::unwrap).collect();
            assert_eq!(records[0], (1, Raw::Varint(1)));
            assert_eq!(records[1], (7, Raw::Bytes(&vec![b'x'; length])));
            assert_eq!(records.len(), 2);
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bad in [&[0x0b][..], &[0x00, 0x01], &[0x08], &[0x0a, 0x05, b'x'], &[0xff; 11], &[0x0c]] {
            assert_eq!(Records::new(bad).last(), Some(Err(Malformed)), "{bad:?}");
        }
    }

    #[test]
    fn a_value_is_found_along_its_path() {
        let mut out = Vec::new();
        let start = open(&mut out, 5);
        put_bytes(&mut out, 1, b"name");
        close(&mut out, start);
        assert_eq!(find(&out, &[5, 1]), Some(Raw::Bytes(b"name")));
        assert_eq!(find(&out, &[5, 2]), None);
    }
}
