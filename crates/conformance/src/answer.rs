//! What the server answered, and the assertions that every subject repeats.

use bytes::Bytes;
use hyper::HeaderMap;
use serde_json::Value;

/// Section 1, Errors: the standard mapping of gRPC codes to HTTP.
const CODES: [(&str, i64, u16); 13] = [
    ("INVALID_ARGUMENT", 3, 400),
    ("DEADLINE_EXCEEDED", 4, 504),
    ("NOT_FOUND", 5, 404),
    ("ALREADY_EXISTS", 6, 409),
    ("PERMISSION_DENIED", 7, 403),
    ("RESOURCE_EXHAUSTED", 8, 429),
    ("FAILED_PRECONDITION", 9, 400),
    ("ABORTED", 10, 409),
    ("OUT_OF_RANGE", 11, 400),
    ("UNIMPLEMENTED", 12, 501),
    ("INTERNAL", 13, 500),
    ("UNAVAILABLE", 14, 503),
    ("UNAUTHENTICATED", 16, 401),
];

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}: no JSON: {error}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Demands success and returns the body.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self}");
        self.json()
    }

    /// Returns the name of the error's code, or `OK`.
    pub fn code(&self) -> &'static str {
        if self.status == 200 {
            return "OK";
        }
        let code = self.json()["code"].as_i64();
        CODES.iter().find(|known| Some(known.1) == code).map_or("?", |known| known.0)
    }

    /// Demands an error of this code, in the shape and with the HTTP status of section 1.
    #[track_caller]
    pub fn fails(&self, code: &str) -> &Self {
        let expected = CODES.iter().find(|known| known.0 == code).unwrap();
        assert_eq!(self.status, expected.2, "expected {code}: {self}");
        let body = self.json();
        assert_eq!(body["code"], expected.1, "expected {code}: {self}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{self}");
        assert!(body["details"].is_array(), "{self}");
        self
    }

    /// Demands INVALID_ARGUMENT with a field violation whose path is `field` or ends in it.
    #[track_caller]
    pub fn invalid(&self, field: &str) -> &Self {
        self.fails("INVALID_ARGUMENT");
        let fields = self.violations();
        let named = |path: &String| path == field || path.ends_with(&format!(".{field}"));
        assert!(fields.iter().any(named), "names {field}: {fields:?}: {self}");
        self
    }

    /// Returns the fields that the error's BadRequest details name.
    pub fn violations(&self) -> Vec<String> {
        let body = self.json();
        let details = body["details"].as_array().cloned().unwrap_or_default();
        details
            .iter()
            .filter(|detail| detail["@type"] == "type.googleapis.com/google.rpc.BadRequest")
            .flat_map(|detail| detail["fieldViolations"].as_array().cloned().unwrap_or_default())
            .filter_map(|violation| violation["field"].as_str().map(str::to_owned))
            .collect()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: String = self.text().chars().take(2000).collect();
        write!(f, "{} -> {} {shown}", self.request, self.status)
    }
}
