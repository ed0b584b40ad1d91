//! What a refused call tells whoever runs a command: one sentence, the code, and a remedy where there is one.

use std::{error::Error as _, path::Path};

use anyhow::{Error, anyhow};
use tonic::{Code, Status};

/// The sentence for a call that failed; the service's own where the service was reached.
pub fn explain(status: &Status) -> Error {
    if let Some(cause) = status.source() {
        let cause = deepest(cause);
        // A server of TLS that is spoken to in clear text may do anything: send what is no frame, or close.
        return anyhow!(
            "the connection to the server broke: {cause}; is it still there, and does it speak TLS? (https://)"
        );
    }
    let code = code_name(status.code());
    match status.code() {
        // The service's own words are for those who write clients.
        Code::Unauthenticated => {
            anyhow!("the key is wrong, revoked or expired ({code}); 'hansard key list' shows which are valid")
        }
        Code::Unimplemented => {
            anyhow!("{} ({code}); 'hansard doctor --server URL' compares the versions", status.message())
        }
        _ => anyhow!("{} ({code})", status.message()),
    }
}

/// The sentence for a server that could not be reached.
pub(super) fn unreachable(url: &str, ca_cert: Option<&Path>, error: &tonic::transport::Error) -> Error {
    let cause = deepest(error);
    let says = |words: &str| cause.contains(words);
    let remedy = match ca_cert {
        None if says("UnknownIssuer") => {
            "; its certificate is of a private authority: give that one's certificate with --ca-cert FILE"
        }
        Some(_) if says("UnknownIssuer") => {
            "; the certificate of --ca-cert is not the one that issued the server's"
        }
        _ if says("not valid for name") => "; use a host name or address that the server's certificate holds",
        _ if says("expired") => "; the server's certificate has to be renewed",
        _ if says("corrupt message") => "; it does not speak TLS: use http://",
        _ if says("refused") => "; is 'hansard serve' running there?",
        _ if url.starts_with("http://") && !says("lookup") => "; does it speak TLS? Then use https://",
        _ => "",
    };
    anyhow!("cannot reach {url}: {cause}{remedy}")
}

/// The cause that lies deepest says what happened; those above it say only that something did.
fn deepest<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> String {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

/// A code as the documentation spells it, such as NOT_FOUND.
fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_with_its_code() {
        let told = |status: Status| explain(&status).to_string();
        assert_eq!(
            told(Status::not_found("customers/x was not found")),
            "customers/x was not found (NOT_FOUND)"
        );
        assert!(told(Status::unauthenticated("no valid key")).contains("hansard key list"));
        let mut broken = Status::unavailable("tcp connect error");
        broken.set_source(std::sync::Arc::new(std::io::Error::other("Connection refused")));
        assert!(told(broken).starts_with("the connection to the server broke: Connection refused; "));
    }
}
