//! Query parameters into the fields of a request.
//!
//! A query holds scalars, times, masks and lists of them; lists of objects, maps and free JSON need a body.

use hansard_domain::Error;

use super::{
    fault::{Fault, echo},
    json::{self, number, well_known},
    percent,
    routes::{Binding, BodyRule},
    schema::{Field, Form, Kind, Schema, Shape},
    wire,
};

/// One parameter, resolved to its field.
struct Parameter<'a> {
    /// The fields from the request to the one that the parameter sets.
    path: Vec<&'a Field>,
}

/// Adds the parameters of a query to an encoded request that holds the body already.
pub(crate) fn bind(
    schema: &Schema,
    binding: &Binding,
    query: &str,
    message: &mut Vec<u8>,
) -> Result<(), Error> {
    let body_bytes = message.len();
    let mut singles: Vec<Vec<u32>> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent::decode_query(name).map_err(|fault| fault.within("query"))?;
        let parameter = resolve(schema, binding, &name).map_err(|fault| fault.within(&name))?;
        let start = message.len();
        let put = percent::decode_query(value).and_then(|value| parameter.put(schema, &value, message));
        put.map_err(|fault| fault.within(&name))?;
        if parameter.is_single() {
            let numbers = parameter.numbers();
            let (before, own) = message.split_at(start);
            if singles.contains(&numbers) {
                return Err(Fault::new("is given twice").within(&name).into());
            }
            let in_body = wire::find(&before[..body_bytes], &numbers);
            if in_body.is_some_and(|value| wire::find(own, &numbers) != Some(value)) {
                return Err(Fault::new("differs from the same field of the body").within(&name).into());
            }
            singles.push(numbers);
        }
    }
    Ok(())
}

/// Finds the field that a dotted name means.
fn resolve<'a>(schema: &'a Schema, binding: &Binding, name: &str) -> Result<Parameter<'a>, Fault> {
    let unknown = || Fault::new("is not a query parameter of this method");
    let mut path: Vec<&Field> = Vec::new();
    for part in name.split('.') {
        let holder = match path.last() {
            None => binding.rpc.input,
            Some(Field { shape: Shape::Single, kind: Kind::Message(id), .. }) => *id,
            Some(_) => return Err(unknown()),
        };
        let message = schema.message(holder);
        if message.form() != Form::Object {
            return Err(unknown());
        }
        path.push(message.field(part).ok_or_else(unknown)?);
    }
    let in_body = matches!(binding.body, BodyRule::Field(number) if number == path[0].number);
    let Some(last) = path.last() else { return Err(unknown()) };
    if in_body || !fits(schema, last) {
        return Err(unknown());
    }
    Ok(Parameter { path })
}

/// Tells whether one text can hold the field, or one element of it.
pub(crate) fn fits(schema: &Schema, field: &Field) -> bool {
    match field.kind {
        _ if field.shape == Shape::Map => false,
        Kind::Message(id) => {
            field.shape == Shape::Single
                && matches!(schema.message(id).form(), Form::Timestamp | Form::Duration | Form::FieldMask)
        }
        Kind::Bytes => false,
        _ => true,
    }
}

impl Parameter<'_> {
    fn is_single(&self) -> bool {
        self.path.iter().all(|field| field.shape == Shape::Single)
    }

    fn numbers(&self) -> Vec<u32> {
        self.path.iter().map(|field| field.number).collect()
    }

    fn put(&self, schema: &Schema, text: &str, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some((field, holders)) = self.path.split_last() else { return Ok(()) };
        let starts: Vec<usize> = holders.iter().map(|holder| wire::open(out, holder.number)).collect();
        put_value(schema, field, text, out)?;
        // Inner first: closing one moves only what is inside it.
        starts.into_iter().rev().for_each(|start| wire::close(out, start));
        Ok(())
    }
}

fn put_value(schema: &Schema, field: &Field, text: &str, out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut put_varint = |bits: u64| {
        wire::put_tag(out, field.number, wire::VARINT);
        wire::put_varint(out, bits);
    };
    match field.kind {
        Kind::String => wire::put_bytes(out, field.number, text.as_bytes()),
        Kind::Bool => put_varint(match text {
            "true" => 1,
            "false" => 0,
            _ => return Err(Fault::new("must be true or false")),
        }),
        Kind::Enum(_) if number::is_number(text) => put_varint(i64::from(number::whole::<i32>(text)?) as u64),
        Kind::Enum(id) => put_varint(i64::from(json::enum_number(schema, id, text)?) as u64),
        Kind::Message(id) => put_well_known(schema.message(id).form(), field.number, text, out)?,
        _ if !number::is_number(text) => {
            return Err(Fault::new(format!("must be a number, not \"{}\"", echo(text))));
        }
        Kind::Double => {
            let value = number::double(text)?;
            wire::put_tag(out, field.number, wire::FIXED64);
            out.extend_from_slice(&value.to_le_bytes());
        }
        kind => put_varint(json::whole_bits(kind, text)?),
    }
    Ok(())
}

fn put_well_known(form: Form, number: u32, text: &str, out: &mut Vec<u8>) -> Result<(), Fault> {
    let start = wire::open(out, number);
    match form {
        Form::Timestamp => well_known::to_wire(out, well_known::parse_timestamp(text)?),
        Form::Duration => well_known::to_wire(out, well_known::parse_duration(text)?),
        _ => {
            let mask = well_known::parse_field_mask(text)?;
            mask.iter().for_each(|path| wire::put_bytes(out, 1, path.as_bytes()));
        }
    }
    wire::close(out, start);
    Ok(())
}
