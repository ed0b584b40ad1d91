//! The wire form of the contract is frozen: every number, name and path is in `contract.txt`.
//!
//! Adding is reviewed there (`UPDATE_CONTRACT=1 cargo test -p hansard-proto` writes it anew); a line that
//! changes or goes breaks clients.

use prost_reflect::{DescriptorPool, EnumDescriptor, MessageDescriptor, ServiceDescriptor};
use std::{fmt::Write, path::Path};

const PACKAGE: &str = "hansard.v1";

fn contract() -> String {
    let pool = DescriptorPool::decode(hansard_proto::DESCRIPTORS).expect("the descriptors decode");
    let mut text = String::new();
    for file in pool.files().filter(|file| file.package_name() == PACKAGE) {
        file.services().for_each(|service| write_service(&mut text, &service));
        file.messages().for_each(|message| write_message(&mut text, &message));
        file.enums().for_each(|one| write_enum(&mut text, &one));
    }
    text
}

fn write_service(text: &mut String, service: &ServiceDescriptor) {
    for method in service.methods() {
        let stream = if method.is_server_streaming() { "stream " } else { "" };
        let (input, output) = (method.input(), method.output());
        writeln!(text, "rpc {} ({}) returns ({stream}{})", method.full_name(), input.name(), output.name())
            .expect("a string takes text");
    }
}

fn write_message(text: &mut String, message: &MessageDescriptor) {
    if message.is_map_entry() {
        return;
    }
    for field in message.fields() {
        let repeated = if field.is_list() { "repeated " } else { "" };
        let (name, number, kind) = (field.json_name(), field.number(), field.kind());
        writeln!(text, "field {} {number} {name} {repeated}{kind:?}", message.full_name())
            .expect("a string takes text");
    }
    message.child_messages().for_each(|child| write_message(text, &child));
    message.child_enums().for_each(|child| write_enum(text, &child));
}

fn write_enum(text: &mut String, one: &EnumDescriptor) {
    for value in one.values() {
        writeln!(text, "value {} {} {}", one.full_name(), value.number(), value.name())
            .expect("a string takes text");
    }
}

#[test]
fn the_contract_is_as_it_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract.txt");
    let contract = contract();
    if std::env::var_os("UPDATE_CONTRACT").is_some() {
        std::fs::write(&path, &contract).expect("contract.txt can be written");
    }
    let reviewed = std::fs::read_to_string(&path).expect("contract.txt is there");
    let gone = reviewed.lines().find(|line| !contract.lines().any(|present| present == *line));
    assert_eq!(gone, None, "a client relies on what is gone");
    let added = contract.lines().find(|line| !reviewed.lines().any(|known| known == *line));
    assert_eq!(added, None, "not reviewed yet");
}
