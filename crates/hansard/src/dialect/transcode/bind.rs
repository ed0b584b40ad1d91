//! One request message from body, query and path, in the wire form.
//!
//! What is put later merges into what was put before, as the wire form defines; a field given twice with different
//! values is refused instead.

use hansard_domain::Error;

use super::{
    fault::{Fault, echo},
    json::{Reader, well_known},
    percent, query,
    routes::{self, Binding, BodyRule},
    schema::Schema,
    wire::{self, Raw},
};

/// Gives the encoded request.
pub(crate) fn request(
    schema: &Schema,
    binding: &Binding,
    uri: &http::Uri,
    body: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut message = Vec::with_capacity(body.len() + uri.path().len());
    bind_body(schema, binding, body, &mut message)?;
    if let Some(text) = uri.query() {
        query::bind(schema, binding, text, &mut message)?;
    }
    bind_path(binding, uri.path(), &mut message)?;
    Ok(message)
}

/// Sets a text field, whatever was bound before.
pub(crate) fn override_text(
    schema: &Schema,
    binding: &Binding,
    field: &str,
    text: &str,
    message: &mut Vec<u8>,
) {
    if let Some(field) = schema.message(binding.rpc.input).field(field) {
        wire::put_bytes(message, field.number, text.as_bytes());
    }
}

fn bind_body(schema: &Schema, binding: &Binding, body: &[u8], message: &mut Vec<u8>) -> Result<(), Fault> {
    let body = body.trim_ascii();
    if body.is_empty() {
        return Ok(());
    }
    let input = schema.message(binding.rpc.input);
    match binding.body {
        BodyRule::All => Reader::new(schema, body, message).read(binding.rpc.input),
        BodyRule::Field(number) => match input.field_by_number(number) {
            Some(field) => Reader::new(schema, body, message).read_field(field),
            None => Ok(()),
        },
        BodyRule::None if body.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii() == b"}") => Ok(()),
        BodyRule::None => Err(Fault::new("is not taken by this method")),
    }
}

fn bind_path(binding: &Binding, path: &str, message: &mut Vec<u8>) -> Result<(), Fault> {
    let mut segments = routes::segments(path).unwrap_or_default();
    if let Some(last) = segments.last_mut() {
        *last = routes::split_verb(last).0;
    }
    for (variable, numbers) in binding.template.variables.iter().zip(&binding.bound) {
        let bound = bind_variable(&segments[variable.segments.clone()], numbers, message);
        bound.map_err(|fault| fault.within(&well_known::camel_path(&variable.field)))?;
    }
    Ok(())
}

fn bind_variable(segments: &[&str], numbers: &[u32], message: &mut Vec<u8>) -> Result<(), Fault> {
    let mut value = String::new();
    for segment in segments {
        if !value.is_empty() {
            value.push('/');
        }
        value.push_str(&percent::decode_segment(segment)?);
    }
    if let Some(Raw::Bytes(given)) = wire::find(message, numbers)
        && !given.is_empty()
        && given != value.as_bytes()
    {
        return Err(Fault::new(format!("differs from the path, which says \"{}\"", echo(&value))));
    }
    let Some((number, holders)) = numbers.split_last() else { return Ok(()) };
    let starts: Vec<usize> = holders.iter().map(|holder| wire::open(message, *holder)).collect();
    wire::put_bytes(message, *number, value.as_bytes());
    starts.into_iter().rev().for_each(|start| wire::close(message, start));
    Ok(())
}
