//! JSON Schemas of messages and enums, in their JSON form.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comments::Comments;

/// The schemas that operations refer to, with all that those refer to.
pub(super) struct Schemas<'a> {
    comments: &'a Comments,
    components: Map<String, Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(comments: &'a Comments) -> Self {
        Self { comments, components: Map::new() }
    }

    pub(super) fn into_components(mut self) -> Map<String, Value> {
        self.components.sort_keys();
        self.components
    }

    /// Gives the schema of a message, by reference where it is one of ours.
    pub(super) fn message(&mut self, message: &MessageDescriptor) -> Value {
        match message.full_name() {
            "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Duration" => json!({"type": "string", "pattern": "^-?[0-9]+([.][0-9]{1,9})?s$"}),
            "google.protobuf.FieldMask" => {
                json!({"type": "string", "description": "Field paths separated by commas."})
            }
            "google.protobuf.Struct" => json!({"type": "object", "additionalProperties": true}),
            "google.protobuf.Value" => json!({}),
            "google.protobuf.ListValue" => json!({"type": "array", "items": {}}),
            _ => self.reference(message),
        }
    }

    fn reference(&mut self, message: &MessageDescriptor) -> Value {
        let name = component_name(message.full_name());
        if !self.components.contains_key(&name) {
            // Registered before its fields: messages refer to themselves.
            self.components.insert(name.clone(), Value::Null);
            let object = self.object(message);
            self.components.insert(name.clone(), object);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn object(&mut self, message: &MessageDescriptor) -> Value {
        let properties: Map<String, Value> =
            message.fields().map(|field| (field.json_name().to_owned(), self.field(&field))).collect();
        let text = self.comments.of(&message.parent_file(), message.path());
        let object = described(json!({"type": "object", "properties": properties}), text);
        if message.full_name() != "hansard.v1.MetadataValue" {
            return object;
        }
        json!({"anyOf": [object, {"type": ["string", "number", "boolean"], "description": "On input."}]})
    }

    /// Gives the schema of a field with its text.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        let schema = if field.is_map() {
            let Kind::Message(entry) = field.kind() else { return json!({}) };
            let values = self.kind(&entry.map_entry_value_field().kind());
            json!({"type": "object", "additionalProperties": values})
        } else if field.is_list() {
            json!({"type": "array", "items": self.kind(&field.kind())})
        } else {
            self.kind(&field.kind())
        };
        let text = self.comments.of(&field.parent_message().parent_file(), field.path());
        let mut schema = described(schema, text);
        if text.starts_with("Output only") {
            schema["readOnly"] = true.into();
        }
        schema
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Message(message) => self.message(message),
            Kind::Enum(values) => self.enumeration(values),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Double | Kind::Float => json!({"type": "number", "format": "double"}),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => json!({"type": "string", "format": "int64"}),
            Kind::Uint64 | Kind::Fixed64 => json!({"type": "string", "format": "uint64"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({"type": "integer", "format": "int32"}),
            Kind::Uint32 | Kind::Fixed32 => json!({"type": "integer", "format": "int64", "minimum": 0}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::String => json!({"type": "string"}),
        }
    }

    fn enumeration(&mut self, values: &EnumDescriptor) -> Value {
        let name = component_name(values.full_name());
        if !self.components.contains_key(&name) {
            let mut text = self.comments.of(&values.parent_file(), values.path()).to_owned();
            for value in values.values() {
                let about = self.comments.of(&values.parent_file(), value.path());
                if !about.is_empty() {
                    text.push_str(&format!("\n- {}: {about}", value.name()));
                }
            }
            let names: Vec<String> = values.values().map(|value| value.name().to_owned()).collect();
            self.components
                .insert(name.clone(), described(json!({"type": "string", "enum": names}), text.trim()));
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

fn described(mut schema: Value, text: &str) -> Value {
    if !text.is_empty() {
        schema["description"] = text.into();
    }
    schema
}

fn component_name(full_name: &str) -> String {
    full_name.trim_start_matches("hansard.v1.").to_owned()
}
