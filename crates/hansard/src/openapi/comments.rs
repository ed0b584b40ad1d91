//! The texts that stand over the declarations of the contract.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FileDescriptor};

/// By file and by the path of the declaration inside it.
pub(super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    pub(super) fn read(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let source = file.file_descriptor_proto().source_code_info.as_ref();
            for location in source.map_or(&[][..], |source| &source.location) {
                let text = location.leading_comments().trim();
                if !text.is_empty() {
                    let lines: Vec<&str> = text.lines().map(str::trim).collect();
                    comments.insert((file.name().to_owned(), location.path.clone()), lines.join(" "));
                }
            }
        }
        Self(comments)
    }

    /// Gives the text over a declaration, or nothing.
    pub(super) fn of(&self, file: &FileDescriptor, path: &[i32]) -> &str {
        self.0.get(&(file.name().to_owned(), path.to_vec())).map_or("", String::as_str)
    }
}
