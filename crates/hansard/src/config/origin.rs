//! A web origin, as a browser names the site of a page.

use std::str::FromStr;

/// Whose pages may read the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Everybody's.
    Any,
    /// Those of one site: scheme, host and port where it is not the scheme's own.
    Site(String),
}

impl FromStr for Origin {
    type Err = String;

    /// Takes what browsers send, letter for letter: anything else would never match.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let expected =
            "expected SCHEME://HOST or SCHEME://HOST:PORT in lower case, such as https://desk.example.com";
        let (scheme, authority) = text.split_once("://").ok_or(expected)?;
        let uri: http::Uri = text.parse().map_err(|_| expected)?;
        let default_port = match scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        let exact = uri.authority().is_some_and(|parsed| parsed.as_str() == authority)
            && !authority.contains('@')
            && !text.contains(|c: char| c.is_ascii_uppercase() || c == '*');
        match uri.port_u16() {
            _ if !exact => Err(expected.to_owned()),
            Some(port) if Some(port) == default_port => {
                Err(format!("leave out :{port}, as browsers do: it is the port of {scheme}"))
            }
            _ => Ok(Self::Site(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        assert_eq!("*".parse(), Ok(Origin::Any));
        for good in ["https://desk.example.com", "http://localhost:3000", "https://[::1]:8443"] {
            assert_eq!(good.parse(), Ok(Origin::Site(good.to_owned())));
        }
        for bad in [
            "",
            "desk.example.com",
            "https://desk.example.com/",
            "https://Desk.example.com",
            "https://desk.example.com:443",
            "https://*.example.com",
            "https://u@example.com",
            "null",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?} was taken");
        }
    }
}
