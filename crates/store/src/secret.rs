//! The store's own secret: what seals page tokens, fingerprints requests and hashes API keys.
//!
//! It is kept in the store, so a restored backup goes on accepting its keys and tokens.

use crate::{Tx, Value, hex, tenancy::ProfileKey};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hansard_domain::{Error, Result};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const SECRET_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Keys derived from the store's secret, one for each use.
#[derive(Clone)]
pub struct Secret {
    seal: [u8; SECRET_BYTES],
    fingerprint: [u8; SECRET_BYTES],
    api_key: [u8; SECRET_BYTES],
    pseudonym: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Fills a new array with randomness of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
    #[allow(clippy::expect_used)] // HMAC takes keys of any length.
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Secret {
    /// Derives the keys of each use from the store's root secret.
    pub fn new(root: &[u8]) -> Self {
        let derive = |label: &[u8]| mac(root, &[label]);
        Self {
            seal: derive(b"seal"),
            fingerprint: derive(b"fingerprint"),
            api_key: derive(b"api key"),
            pseudonym: derive(b"pseudonym"),
        }
    }

    /// The key of the pseudonyms of one profile.
    pub(crate) fn pseudonym_key(&self, profile: ProfileKey) -> [u8; SECRET_BYTES] {
        mac(&self.pseudonym, &[&profile.0.to_be_bytes()])
    }

    /// Loads the secret, made on first use.
    pub(crate) fn load(tx: &Tx<'_>) -> Result<Self> {
        let fresh = random::<SECRET_BYTES>()?;
        tx.execute(
            "insert into store_secret (name, secret) values ('root', $1) on conflict (name) do nothing",
            &[Value::Bytes(&fresh)],
        )?;
        Self::find(tx)?.ok_or_else(|| Error::internal("the store has no secret"))
    }

    /// The secret, where one was made.
    pub(crate) fn find(tx: &Tx<'_>) -> Result<Option<Self>> {
        let sql = "select secret from store_secret where name = 'root'";
        tx.row(sql, &[], |row| Ok(Self::new(row.bytes(0)?)))
    }

    /// What tells the store from every other and does not give its secret away, where one was made.
    pub(crate) fn identity(tx: &Tx<'_>) -> Result<Option<String>> {
        let sql = "select secret from store_secret where name = 'root'";
        let digits = |root: &[u8]| hex(&mac(root, &[b"identity"]));
        tx.row(sql, &[], |row| Ok(digits(row.bytes(0)?)))
    }

    /// Identifies a request without keeping it: HMAC-SHA-256 of its canonical bytes.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
        mac(&self.fingerprint, parts)
    }

    /// The keyed hash under which an API key's secret half is stored.
    pub fn api_key_mac(&self, secret: &[u8]) -> [u8; SECRET_BYTES] {
        mac(&self.api_key, &[secret])
    }

    /// Encrypts `plain` so that it opens only with the same `bound` bytes.
    pub fn seal(&self, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE_BYTES>()?;
        let sealed = XChaCha20Poly1305::new(&self.seal.into())
            .encrypt(&nonce.into(), Payload { msg: plain, aad: bound })
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Secret::seal`] made; none where it was tampered with or bound to something else.
    pub fn open(&self, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        XChaCha20Poly1305::new(&self.seal.into())
            .decrypt(&nonce.into(), Payload { msg: sealed, aad: bound })
            .ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_seal_opens_only_whole_and_where_it_is_bound() {
        let secret = Secret::new(b"root");
        let mut sealed = secret.seal(b"list", b"here").unwrap();
        assert_eq!(secret.open(b"list", &sealed).unwrap(), b"here");
        assert_eq!(secret.open(b"count", &sealed), None);
        assert_eq!(Secret::new(b"other").open(b"list", &sealed), None);
        sealed[30] ^= 1;
        assert_eq!(secret.open(b"list", &sealed), None);
        assert_eq!(secret.open(b"list", b"short"), None);
    }

    #[test]
    fn one_secret_gives_each_use_its_own_key() {
        let (secret, other) = (Secret::new(b"root"), Secret::new(b"other"));
        assert_eq!(secret.api_key_mac(b"s"), Secret::new(b"root").api_key_mac(b"s"));
        assert_ne!(secret.api_key_mac(b"s"), secret.api_key_mac(b"t"));
        assert_ne!(secret.api_key_mac(b"s"), other.api_key_mac(b"s"));
        assert_ne!(secret.api_key_mac(b"s"), secret.fingerprint(&[b"s"]));
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn randomness_does_not_repeat() {
        assert_ne!(random::<16>().unwrap(), random::<16>().unwrap());
    }

    #[test]
    fn parts_do_not_run_together() {
        let secret = Secret::new(b"root");
        assert_ne!(secret.fingerprint(&[b"ab", b"c"]), secret.fingerprint(&[b"a", b"bc"]));
    }
}
