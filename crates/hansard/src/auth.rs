//! API keys: how they look, how they are issued, and whose request it is.
//!
//! A key is `hsk_<public id>_<secret>`: the id finds the stored row, the secret is 32 random bytes,
//! stored as a keyed hash and compared in constant time.

use crate::app::App;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hansard_domain::{Error, Id, Result, caller::Caller, directory::ApiKey};
use hansard_store::random;
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

/// Headers that hold a bare key.
const KEY_HEADERS: [&str; 2] = ["x-api-key", "x-wiil-api-key"];
const PREFIX: &str = "hsk_";
const ID_BYTES: usize = 9;
const SECRET_BYTES: usize = 32;

/// A key that was just made; the only time its secret is seen.
pub struct IssuedKey {
    pub id: Id,
    /// The whole key, as clients send it.
    pub text: String,
    pub secret: [u8; SECRET_BYTES],
}

impl IssuedKey {
    pub fn new() -> Result<Self> {
        let secret = random::<SECRET_BYTES>()?;
        let id: String = random::<ID_BYTES>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret));
        Ok(Self { id: Id::known(id), text, secret })
    }
}

/// The credentials of an `Authorization` header: `ApiKey <key>` or `Bearer <token>`.
pub fn credentials(header: &str) -> Option<&str> {
    let (scheme, credentials) = header.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("ApiKey") || scheme.eq_ignore_ascii_case("Bearer");
    known.then_some(credentials.trim())
}

/// The key of a request, in `Authorization` or in a header that holds nothing else; none where two of them differ.
pub fn key(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| credentials(text(value)));
    let bare =
        KEY_HEADERS.into_iter().filter_map(|name| headers.get(name)).map(|value| Some(text(value).trim()));
    let mut given = authorization.into_iter().chain(bare);
    let first = given.next().flatten()?;
    given.all(|other| other == Some(first)).then_some(first)
}

/// Nothing where it is no text.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

/// Whose key it is. Everything that is not a valid key fails alike.
pub async fn authenticate(app: &App, key: &str) -> Result<Caller> {
    let (id, secret) = parse(key).ok_or_else(Error::unauthenticated)?;
    let found = app.store.find_tenant(|tenancy| tenancy.api_key(&id).cloned()).await?;
    // An unknown id costs no less than a known one: the same hash and comparison.
    let given = app.store.secret().api_key_mac(&secret);
    let stored = found.as_ref().map_or(&[0; 32][..], |found| &found.secret_mac);
    let matches = bool::from(given.as_slice().ct_eq(stored));
    let found = found.filter(|found| matches && found.api_key.is_valid(app.store.steady()));
    let found = found.ok_or_else(Error::unauthenticated)?;
    app.note_key_use(&id);
    Ok(caller(&found.api_key))
}

fn caller(key: &ApiKey) -> Caller {
    let (profiles, user) = (key.body.profiles.clone(), key.body.user.clone());
    Caller::new(key.customer.clone(), profiles, key.body.role, key.id.clone(), user)
}

/// Whoever holds a key, for work that was asked for with it; none where it has ended.
pub fn caller_of(app: &App, id: &Id) -> Option<Caller> {
    let tenancy = app.store.tenancy();
    tenancy.api_key(id).filter(|key| key.api_key.is_valid(app.store.steady())).map(|key| caller(&key.api_key))
}

/// Refuses a caller whose key has ended since it came in, for what outlasts one request.
pub fn check_still_valid(app: &App, caller: &Caller) -> Result<()> {
    let Some(id) = caller.key() else { return Ok(()) };
    let tenancy = app.store.tenancy();
    let stands = tenancy.api_key(id).is_some_and(|key| key.api_key.is_valid(app.store.steady()));
    if stands { Ok(()) } else { Err(Error::unauthenticated()) }
}

fn parse(key: &str) -> Option<(Id, Vec<u8>)> {
    let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
    let secret = URL_SAFE_NO_PAD.decode(secret).ok().filter(|secret| secret.len() == SECRET_BYTES)?;
    Some((Id::parse("key", id).ok()?, secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_issued_key_is_read_back() {
        let issued = IssuedKey::new().unwrap();
        assert_eq!(parse(&issued.text), Some((issued.id, issued.secret.to_vec())));
        assert_eq!(parse("hsk_abc_short"), None);
        assert_eq!(parse("other"), None);
    }

    #[test]
    fn a_key_stands_in_any_header_and_never_differs() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let named =
                pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            key(&named.collect()).map(str::to_owned)
        };
        let one = Some("hsk_x".to_owned());
        for name in ["x-api-key", "x-wiil-api-key"] {
            assert_eq!(of(&[(name, "hsk_x")]), one);
            assert_eq!(of(&[(name, "hsk_x"), ("authorization", "Bearer hsk_x")]), one);
            assert_eq!(of(&[(name, "hsk_x"), ("authorization", "Bearer hsk_y")]), None);
            assert_eq!(of(&[(name, "hsk_x"), ("authorization", "Basic hsk_x")]), None);
        }
        assert_eq!(of(&[("x-api-key", "hsk_x"), ("x-wiil-api-key", "hsk_y")]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn both_schemes_carry_a_key() {
        assert_eq!(credentials("ApiKey hsk_x"), Some("hsk_x"));
        assert_eq!(credentials("bearer hsk_x"), Some("hsk_x"));
        assert_eq!(credentials("Basic hsk_x"), None);
        assert_eq!(credentials("hsk_x"), None);
    }
}
