//! Random messages of any type, made from its descriptor.

use std::collections::HashMap;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

/// A generator of pseudo-random numbers (splitmix64), so that a seed names a message.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] =
            ["", "a", "\"", "\\", "/", "\u{1}", "\n", "é", "\u{7f}", "😀", "\u{2028}", "日本"];
        (0..self.below(4)).map(|_| PIECES[self.below(12) as usize]).collect()
    }

    fn double(&mut self) -> f64 {
        match self.below(4) {
            0 => 0.0,
            1 => self.next() as i32 as f64,
            2 => 1_700_000_000_000.0,
            _ => Some(f64::from_bits(self.next())).filter(|value| value.is_finite()).unwrap_or(-0.5),
        }
    }

    /// Makes a message whose fields are each set or not.
    pub(super) fn message(&mut self, described: &MessageDescriptor, depth: u32) -> DynamicMessage {
        let mut message = DynamicMessage::new(described.clone());
        match described.full_name() {
            "google.protobuf.Timestamp" => {
                message.set_field_by_name(
                    "seconds",
                    Value::I64(self.below(315_537_897_599) as i64 - 62_135_596_800),
                );
                message.set_field_by_name("nanos", Value::I32(self.below(1_000_000_000) as i32));
            }
            "google.protobuf.Duration" => {
                let sign = if self.below(2) == 0 { 1 } else { -1 };
                message.set_field_by_name("seconds", Value::I64(sign * self.below(1000) as i64));
                message
                    .set_field_by_name("nanos", Value::I32(sign as i32 * self.below(1_000_000_000) as i32));
            }
            "google.protobuf.FieldMask" => {
                let paths = ["display_name", "platform_info.platform_uri", "skill"]
                    .map(|path| Value::String(path.into()));
                message.set_field_by_name("paths", Value::List(paths[..self.below(4) as usize].to_vec()));
            }
            "google.protobuf.Value" => {
                let field =
                    described.get_field(1 + self.below(if depth > 4 { 4 } else { 6 }) as u32).unwrap();
                let value = self.value(&field, depth + 1);
                let value = if field.number() == 1 { Value::EnumNumber(0) } else { value };
                message.set_field(&field, value);
            }
            _ => {
                for field in described.fields().filter(|_| depth < 6) {
                    // Deeper messages are sparser, or they would never end.
                    if self.below(2 + u64::from(depth) * 2) < 2 {
                        message.set_field(&field, self.value(&field, depth + 1));
                    }
                }
            }
        }
        message
    }

    fn value(&mut self, field: &FieldDescriptor, depth: u32) -> Value {
        if field.is_map() {
            let entry = field.kind();
            let value = entry.as_message().unwrap().map_entry_value_field();
            let entries =
                (0..self.below(3)).map(|_| (MapKey::String(self.text()), self.single(&value.kind(), depth)));
            return Value::Map(entries.collect::<HashMap<_, _>>());
        }
        if field.is_list() {
            return Value::List((0..self.below(4)).map(|_| self.single(&field.kind(), depth)).collect());
        }
        self.single(&field.kind(), depth)
    }

    fn single(&mut self, kind: &Kind, depth: u32) -> Value {
        match kind {
            Kind::Bool => Value::Bool(self.below(2) == 1),
            Kind::Int32 => Value::I32(self.next() as i32),
            Kind::Int64 => Value::I64(self.next() as i64),
            Kind::Double => Value::F64(self.double()),
            Kind::String => Value::String(self.text()),
            // Sometimes a number that has no name.
            Kind::Enum(values) => Value::EnumNumber(self.below(values.values().len() as u64 + 1) as i32),
            Kind::Message(described) => Value::Message(self.message(described, depth)),
            other => panic!("the contract has no {other:?}"),
        }
    }
}
