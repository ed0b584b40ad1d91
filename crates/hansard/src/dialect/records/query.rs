//! The parameters of a query, as their route declares them.

use hansard_domain::{Error, Result, Time, page::PageSizes};
use serde_json::Value as Json;

use super::{
    routes::{Parameter, Route, Value},
    time,
    words::Words,
};
use crate::dialect::transcode::percent;

const PAGE_SIZES: PageSizes = PageSizes { default: 20, max: 1000 };

/// What a request's query says: declared names only, each once but for those that list.
#[derive(Debug, Default)]
pub(super) struct Query {
    given: Vec<(&'static Parameter, String)>,
}

/// Which page of a list, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageOf {
    pub(super) page: usize,
    pub(super) size: usize,
}

impl Query {
    pub(super) fn read(route: &'static Route, text: &str) -> Result<Self> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = percent::decode_query(name).map_err(|fault| Error::from(fault.within("query")))?;
            let declared = route.parameters().find(|parameter| parameter.name == name);
            let Some(parameter) = declared else {
                let shown: String = name.chars().take(128).flat_map(char::escape_default).collect();
                return Err(Error::invalid(shown, "is not a query parameter here"));
            };
            let value =
                percent::decode_query(value).map_err(|fault| Error::from(fault.within(parameter.name)))?;
            let is_list = matches!(parameter.value, Value::Words(_));
            if !is_list && query.text(parameter.name).is_some() {
                return Err(Error::invalid(parameter.name, "is given twice"));
            }
            query.given.push((parameter, parameter.checked(&value)?));
        }
        let missing = route
            .parameters()
            .find(|parameter| parameter.is_required && query.text(parameter.name).is_none());
        missing.map_or(Ok(query), |parameter| Err(Error::missing(parameter.name)))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let given = self.given.iter().find(|(parameter, _)| parameter.name == name);
        given.map(|(_, value)| value.as_str())
    }

    fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.given
            .iter()
            .filter(move |(parameter, _)| parameter.name == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.text(name).map(str::to_owned).into_iter().collect()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|text| text == "true")
    }

    /// The values of a vocabulary that the words name; a word may name several.
    pub(super) fn words<W: Words>(&self, name: &str) -> Vec<W> {
        let named = self.all(name).flat_map(|word| W::WORDS.iter().filter(move |(known, _)| *known == word));
        named.map(|(_, value)| *value).collect()
    }

    /// A time; of a day its first, or its last where that is wanted.
    pub(super) fn time(&self, name: &str, wants_last: bool) -> Option<Time> {
        let (first, last) = times(self.text(name)?)?;
        Some(if wants_last { last } else { first })
    }

    pub(super) fn page(&self) -> Result<PageOf> {
        let number = |name: &'static str| -> Result<Option<i32>> {
            let parsed = self.text(name).map(str::parse::<i32>).transpose();
            parsed.map_err(|_| Error::invalid(name, "must be a whole number"))
        };
        let page = number("page")?.unwrap_or(1);
        if page < 1 {
            return Err(Error::invalid("page", "must be 1 or more"));
        }
        let size = PAGE_SIZES.effective(number("pageSize")?.unwrap_or(0))?;
        let whole = |number: i32| usize::try_from(number).unwrap_or(1);
        Ok(PageOf { page: whole(page), size: whole(size) })
    }
}

impl PageOf {
    pub(super) fn skip(self) -> usize {
        (self.page - 1).saturating_mul(self.size)
    }
}

impl Parameter {
    /// The value in the one spelling.
    fn checked(&self, value: &str) -> Result<String> {
        let refused = |text: String| Err(Error::invalid(self.name, text));
        match self.value {
            Value::Text | Value::Number => Ok(value.to_owned()),
            Value::Flag => match value.to_ascii_lowercase().as_str() {
                "true" | "1" => Ok("true".to_owned()),
                "false" | "0" => Ok("false".to_owned()),
                _ => refused("must be true or false".to_owned()),
            },
            Value::Time if times(value).is_some() => Ok(value.to_owned()),
            Value::Time => refused("must be a day as YYYY-MM-DD, an ISO time or Unix time".to_owned()),
            Value::Word(words) | Value::Words(words) => {
                let known = words.iter().find(|word| word.eq_ignore_ascii_case(value));
                known.map_or_else(
                    || refused(format!("must be one of {}", words.join(", "))),
                    |word| Ok((*word).to_owned()),
                )
            }
        }
    }
}

/// The first and the last time that a text may mean.
fn times(text: &str) -> Option<(Time, Time)> {
    let as_text = Json::from(text);
    if let Some(day) = time::day(&as_text) {
        return time::bounds_of(day);
    }
    let value = text.parse::<f64>().map_or(as_text, Json::from);
    time::of_any(&value).map(|time| (time, time))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{
        super::routes::{Operation, ROUTES},
        *,
    };
    use hansard_domain::conversation::Channel;

    fn read(text: &str) -> Result<Query> {
        Query::read(ROUTES.iter().find(|route| route.operation == Operation::List).unwrap(), text)
    }

    #[test]
    fn pages_begin_at_one_and_have_a_maximum() {
        let page = |text: &str| {
            read(text).and_then(|query| query.page()).map(|page| (page.page, page.size, page.skip()))
        };
        assert_eq!(page("").unwrap(), (1, 20, 0));
        assert_eq!(page("page=3&pageSize=5000").unwrap(), (3, 1000, 2000));
        for (text, field) in [
            ("page=0", "page"),
            ("page=x", "page"),
            ("pageSize=-1", "pageSize"),
            ("pageSize=1.5", "pageSize"),
        ] {
            assert_eq!(page(text).unwrap_err().field(), Some(field));
        }
    }

    #[test]
    fn words_may_be_repeated_and_written_in_any_case() {
        let query = read("conversation_type=sms&conversation_type=OTT_CHAT").unwrap();
        let all: Vec<Channel> = query.words("conversation_type");
        assert_eq!(all, [Channel::Sms, Channel::Chat, Channel::Unspecified]);
        for (text, field) in [
            ("sortBy=name", "sortBy"),
            ("colour=1", "colour"),
            ("search=a&search=b", "search"),
            ("is_campaign=yes", "is_campaign"),
        ] {
            assert_eq!(read(text).unwrap_err().field(), Some(field));
        }
    }

    #[test]
    fn a_day_is_whole_and_a_time_is_exact() {
        let query = read("start=2024-03-08&end=2024-03-08").unwrap();
        let (start, end) = (query.time("start", false).unwrap(), query.time("end", true).unwrap());
        assert_eq!(end.since(start).0, 24 * 3_600_000_000 - 1);
        let query = read("start=1709856000&end=2024-03-08T00:00:00Z").unwrap();
        assert_eq!(query.time("start", false), query.time("end", true));
    }
}
