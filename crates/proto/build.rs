//! Compiles the contract in `proto/` to Rust types and a descriptor set, without a system `protoc`.

use std::path::{Path, PathBuf};

const FILES: [&str; 5] = [
    "conversation_service.proto",
    "admin_service.proto",
    "tag_service.proto",
    "annotation_service.proto",
    "redaction_service.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files: Vec<PathBuf> = FILES.iter().map(|file| root.join("hansard/v1").join(file)).collect();
    // The encoded set keeps what the decoded one drops: the google.api.http options.
    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .btree_map(".")
        .bytes(".")
        .build_transport(false)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
