//! Retry keys: how a request that is sent again is known to be the same.

use crate::app::App;
use hansard_domain::{Error, Result, caller::Caller, limits};
use hansard_store::Idempotency;

/// Header and gRPC metadata key of a retry key.
pub(super) const HEADER: &str = "idempotency-key";

/// Reads a retry key; `canonical` is the same for requests that say the same.
pub(super) fn idempotency(
    app: &App,
    caller: &Caller,
    method: &'static str,
    header: Option<&[u8]>,
    canonical: &[u8],
) -> Result<Option<Idempotency>> {
    let Some(value) = header else { return Ok(None) };
    let refused = |text: &str| Error::invalid("Idempotency-Key", text);
    let is_visible = |byte: &u8| (b' '..=b'~').contains(byte) || *byte == b'\t';
    let key = std::str::from_utf8(value).ok().filter(|_| value.iter().all(is_visible));
    let key = key.ok_or_else(|| refused("must be visible ASCII"))?;
    if key.is_empty() {
        return Err(refused("must not be empty"));
    }
    limits::bytes_at_most("Idempotency-Key", key, limits::IDEMPOTENCY_KEY_BYTES_MAX)?;
    // An agent's outcome is nobody else's: to another agent the conversation may be absent.
    let own_of = caller.own_of().map(|agent| agent.to_string()).unwrap_or_default();
    let fingerprint = app.store.secret().fingerprint(&[method.as_bytes(), own_of.as_bytes(), canonical]);
    Ok(Some(Idempotency { method, key: key.to_owned(), fingerprint }))
}
