//! Page tokens: where a list goes on, sealed and bound to the very list that gave it.

use crate::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hansard_domain::{Error, Id, Result};
use serde::{Serialize, de::DeserializeOwned};

/// The list that a token belongs to: a token of another customer, operation, filter or order is refused.
#[derive(Debug)]
pub struct Binding {
    bytes: Vec<u8>,
}

impl Binding {
    /// `what` is everything that shapes the list: parent, filter, order.
    pub fn new(customer: &Id, operation: &str, what: impl Serialize) -> Result<Self> {
        let bytes = serde_json::to_vec(&(customer, operation, what)).map_err(Error::internal)?;
        Ok(Self { bytes })
    }

    /// The same for the same list.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Secret {
    /// Makes the token of a place in a list.
    pub fn page_token(&self, binding: &Binding, place: &impl Serialize) -> Result<String> {
        let plain = serde_json::to_vec(place).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(self.seal(&binding.bytes, &plain)?))
    }

    /// Reads a token; empty = from the beginning.
    pub fn read_page_token<T: DeserializeOwned>(&self, binding: &Binding, token: &str) -> Result<Option<T>> {
        if token.is_empty() {
            return Ok(None);
        }
        let place = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|sealed| self.open(&binding.bytes, &sealed))
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        place.map(Some).ok_or_else(|| {
            Error::invalid(
                "pageToken",
                "is not a token of this list: send the same request as for the page before",
            )
        })
    }
}
