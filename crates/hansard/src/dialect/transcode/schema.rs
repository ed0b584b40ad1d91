//! The contract as flat tables: messages, fields and enums by index, made once from the descriptors.
//!
//! Reader, writer and checker walk these tables. They hold no value, no HTTP rule and no comment.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind as Described, MessageDescriptor};

/// Spellings accepted on input beside a field's own: message, alias, field.
const ALIASES: [(&str, &str, &str); 2] = [
    ("hansard.v1.FeatureOverride", "skipPiiRedaction", "skip_pii_redation"),
    ("hansard.v1.FeatureOverride", "skip_pii_redaction", "skip_pii_redation"),
];

/// What the presence sets of the reader can hold.
const FIELDS_MAX: usize = 128;

/// Every message that a method takes or gives.
#[derive(Default)]
pub(crate) struct Schema {
    messages: Vec<Message>,
    enums: Vec<Enum>,
    message_ids: HashMap<String, MessageId>,
    enum_ids: HashMap<String, EnumId>,
}

/// A message of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId(usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EnumId(usize);

/// How a message looks in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Object,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    /// An object, or on input a bare string, number or boolean.
    MetadataValue,
}

#[derive(Debug, Default)]
pub(crate) struct Message {
    form: Option<Form>,
    /// In order of their numbers.
    pub(crate) fields: Vec<Field>,
    /// About how many bytes one takes in memory, whatever is set.
    pub(crate) weight_bytes: usize,
    by_name: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) json_name: String,
    pub(crate) kind: Kind,
    pub(crate) shape: Shape,
    /// The index of the oneof that the field belongs to.
    pub(crate) oneof: Option<usize>,
    /// Whether a zero value that was set differs from one that was not.
    pub(crate) has_presence: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Single,
    List,
    /// A map by strings; the field's kind is that of the values.
    Map,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Double,
    String,
    Bytes,
    Enum(EnumId),
    Message(MessageId),
}

impl Kind {
    /// Whether a list of them is one packed record.
    pub(crate) fn is_packed(self) -> bool {
        !matches!(self, Self::String | Self::Bytes | Self::Message(_))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Enum {
    by_number: HashMap<i32, String>,
    by_name: HashMap<String, i32>,
}

impl Enum {
    pub(crate) fn name(&self, number: i32) -> Option<&str> {
        self.by_number.get(&number).map(String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i32> {
        self.by_name.get(name).copied()
    }
}

impl Message {
    pub(crate) fn form(&self) -> Form {
        self.form.unwrap_or(Form::Object)
    }

    /// Finds a field by its lowerCamelCase name, its proto name or an alias.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|index| &self.fields[*index])
    }

    pub(crate) fn field_by_number(&self, number: u32) -> Option<&Field> {
        let dense = self.fields.get((number as usize).wrapping_sub(1));
        dense.filter(|field| field.number == number).or_else(|| {
            let index = self.fields.binary_search_by_key(&number, |field| field.number).ok()?;
            self.fields.get(index)
        })
    }
}

impl Schema {
    pub(crate) fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0]
    }

    /// Finds a message by its full name.
    pub(crate) fn id(&self, full_name: &str) -> Option<MessageId> {
        self.message_ids.get(full_name).copied()
    }

    pub(crate) fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0]
    }

    /// About how many bytes one element of a list or map takes in memory, beside its text.
    pub(crate) fn element_weight_bytes(&self, field: &Field) -> usize {
        match field.kind {
            Kind::Message(id) => self.message(id).weight_bytes,
            Kind::String | Kind::Bytes => 24,
            _ => 8,
        }
    }

    /// Takes a message and all that it holds into the tables.
    pub(crate) fn add(&mut self, described: &MessageDescriptor) -> Result<MessageId> {
        if let Some(id) = self.message_ids.get(described.full_name()) {
            return Ok(*id);
        }
        let id = MessageId(self.messages.len());
        // Registered before its fields: messages refer to themselves.
        self.messages.push(Message::default());
        self.message_ids.insert(described.full_name().to_owned(), id);
        let message = self.compile(described).with_context(|| described.full_name().to_owned())?;
        self.messages[id.0] = message;
        Ok(id)
    }

    fn compile(&mut self, described: &MessageDescriptor) -> Result<Message> {
        let mut message = Message { form: Some(form_of(described.full_name())), ..Message::default() };
        for field in described.fields() {
            message.fields.push(self.field(&field)?);
        }
        if message.fields.len() > FIELDS_MAX {
            bail!("a message has at most {FIELDS_MAX} fields");
        }
        message.weight_bytes = message.fields.iter().map(|field| self.weight_bytes(field)).sum();
        message.fields.sort_by_key(|field| field.number);
        for (index, field) in message.fields.iter().enumerate() {
            let described = described.get_field(field.number).context("a field without a descriptor")?;
            message.by_name.insert(described.name().to_owned(), index);
            message.by_name.insert(described.json_name().to_owned(), index);
        }
        for (_, alias, field) in ALIASES.iter().filter(|(name, ..)| *name == described.full_name()) {
            let index = *message.by_name.get(*field).context("an alias of no field")?;
            message.by_name.insert((*alias).to_owned(), index);
        }
        Ok(message)
    }

    fn field(&mut self, described: &FieldDescriptor) -> Result<Field> {
        let (shape, kind) = if described.is_map() {
            let Described::Message(entry) = described.kind() else { bail!("a map without entries") };
            if !matches!(entry.map_entry_key_field().kind(), Described::String) {
                bail!("{}: only maps by strings are supported", described.name());
            }
            (Shape::Map, self.kind(&entry.map_entry_value_field())?)
        } else if described.is_list() {
            (Shape::List, self.kind(described)?)
        } else {
            (Shape::Single, self.kind(described)?)
        };
        let oneof = described.containing_oneof().filter(|oneof| !oneof.is_synthetic());
        let oneof =
            oneof.and_then(|oneof| described.parent_message().oneofs().position(|other| other == oneof));
        Ok(Field {
            number: described.number(),
            json_name: described.json_name().to_owned(),
            kind,
            shape,
            oneof,
            has_presence: described.supports_presence(),
        })
    }

    /// A message inside itself is behind a pointer; it is not weighed yet, and so weighs nothing.
    fn weight_bytes(&self, field: &Field) -> usize {
        match (field.shape, field.kind) {
            (Shape::Single, Kind::Message(id)) => 8 + self.message(id).weight_bytes,
            (Shape::Single, Kind::String | Kind::Bytes) | (Shape::List | Shape::Map, _) => 24,
            (Shape::Single, _) => 8,
        }
    }

    fn kind(&mut self, described: &FieldDescriptor) -> Result<Kind> {
        Ok(match described.kind() {
            Described::Bool => Kind::Bool,
            Described::Int32 => Kind::Int32,
            Described::Int64 => Kind::Int64,
            Described::Uint32 => Kind::Uint32,
            Described::Uint64 => Kind::Uint64,
            Described::Double => Kind::Double,
            Described::String => Kind::String,
            Described::Bytes => Kind::Bytes,
            Described::Enum(described) => Kind::Enum(self.add_enum(&described)),
            Described::Message(described) => Kind::Message(self.add(&described)?),
            other => bail!("{}: fields of kind {other:?} are not supported", described.name()),
        })
    }

    fn add_enum(&mut self, described: &EnumDescriptor) -> EnumId {
        if let Some(id) = self.enum_ids.get(described.full_name()) {
            return *id;
        }
        let id = EnumId(self.enums.len());
        let mut values = Enum::default();
        for value in described.values() {
            values.by_name.insert(value.name().to_owned(), value.number());
            values.by_number.entry(value.number()).or_insert_with(|| value.name().to_owned());
        }
        self.enums.push(values);
        self.enum_ids.insert(described.full_name().to_owned(), id);
        id
    }
}

fn form_of(full_name: &str) -> Form {
    match full_name {
        "google.protobuf.Timestamp" => Form::Timestamp,
        "google.protobuf.Duration" => Form::Duration,
        "google.protobuf.FieldMask" => Form::FieldMask,
        "google.protobuf.Struct" => Form::Struct,
        "google.protobuf.Value" => Form::Value,
        "google.protobuf.ListValue" => Form::ListValue,
        "hansard.v1.MetadataValue" => Form::MetadataValue,
        _ => Form::Object,
    }
}
