//! Bodies: domain values as JSON text in one column.

use hansard_domain::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn write(body: &impl Serialize) -> Result<String> {
    serde_json::to_string(body).map_err(Error::internal)
}

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}
