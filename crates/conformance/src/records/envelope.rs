//! The shape of every answer of the records dialect: section 3 of its contract, Answers.

use serde_json::Value;

use crate::answer::Answer;

/// The codes that an error may carry, by HTTP status.
const CODES: [(u16, &[&str]); 8] = [
    (400, &["INVALID_ARGUMENT", "FAILED_PRECONDITION"]),
    (401, &["UNAUTHENTICATED"]),
    (403, &["PERMISSION_DENIED"]),
    (404, &["NOT_FOUND"]),
    (405, &["UNIMPLEMENTED"]),
    (409, &["ALREADY_EXISTS", "ABORTED", "FAILED_PRECONDITION"]),
    (413, &["RESOURCE_EXHAUSTED"]),
    (429, &["RESOURCE_EXHAUSTED"]),
];

impl Answer {
    /// Demands success with this HTTP status in the dialect's envelope, and returns the data.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        let mut body = self.json();
        assert_eq!(body["success"], true, "{self}");
        let metadata = &body["metadata"];
        let timestamp = metadata["timestamp"].as_i64().unwrap_or_else(|| panic!("milliseconds: {self}"));
        assert!((super::now_ms() - timestamp).abs() < 600_000, "the time of the answer: {self}");
        assert!(metadata["version"].as_str().is_some_and(|version| !version.is_empty()), "{self}");
        assert_eq!(body.as_object().unwrap().len(), 3, "success, data and metadata: {self}");
        body["data"].take()
    }

    /// Demands a list's envelope, whose paging agrees with itself, and returns the page.
    #[track_caller]
    pub fn page(&self) -> Value {
        let page = self.data(200);
        let items = page["data"].as_array().unwrap_or_else(|| panic!("a list: {self}")).len();
        let number = |field: &str| {
            page["meta"][field].as_u64().unwrap_or_else(|| panic!("{field} is a number: {self}"))
        };
        let [page_number, size] = [number("page"), number("pageSize")];
        let [total, pages] = [number("totalCount"), number("totalPages")];
        assert_eq!(pages, total.div_ceil(size), "totalPages: {self}");
        let before = (page_number - 1) * size;
        assert_eq!(items as u64, total.saturating_sub(before).min(size), "what the page holds: {self}");
        assert_eq!(page["meta"]["hasNextPage"], page_number < pages, "{self}");
        assert_eq!(page["meta"]["hasPreviousPage"], page_number > 1, "{self}");
        page
    }

    /// Demands an error of this HTTP status in the dialect's envelope.
    #[track_caller]
    pub fn refused(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        let body = self.json();
        assert_eq!(
            [&body["success"], &body["status"]],
            [&Value::from(false), &Value::from(status)],
            "{self}"
        );
        let code = body["code"].as_str().unwrap_or_else(|| panic!("code is a word: {self}"));
        let known = CODES.iter().find(|(known, _)| *known == status).map_or(&[][..], |(_, codes)| codes);
        assert!(known.contains(&code), "{code}: {self}");
        let message = body["message"].as_str().unwrap_or_else(|| panic!("message: {self}"));
        assert!(!message.is_empty(), "{self}");
        assert_eq!([&body["error"]["code"], &body["error"]["message"]], [code, message], "{self}");
        assert!(body["error"].as_object().unwrap().contains_key("details"), "{self}");
        let timestamp = body["timestamp"].as_str().unwrap_or_else(|| panic!("timestamp: {self}"));
        assert!(timestamp.ends_with('Z') && timestamp.parse::<jiff::Timestamp>().is_ok(), "ISO: {self}");
        self
    }

    /// Demands a 400 whose message names the field by its path, or by a path that ends in it.
    #[track_caller]
    pub fn refused_naming(&self, path: &str) -> &Self {
        self.refused(400);
        assert!(self.names(path), "names {path}: {self}");
        self
    }

    /// Returns whether the error's message has the path as a word of its own.
    pub fn names(&self, path: &str) -> bool {
        let body = self.json();
        let message = body["message"].as_str().unwrap_or_default();
        let is_of_path = |letter: char| letter.is_ascii_alphanumeric() || "_.[]-".contains(letter);
        let mut words = message.split(|letter| !is_of_path(letter)).map(|word| word.trim_matches('.'));
        words.any(|word| word == path || word.ends_with(&format!(".{path}")))
    }
}
