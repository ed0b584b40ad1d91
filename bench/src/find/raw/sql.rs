//! A question as plain SQL on the yardstick's tables.

use rusqlite::types::Value as Cell;
use serde_json::{Map, Value};

use crate::{
    find::{
        facts::{YEAR, YEAR_BEGIN},
        question::{Ask, Form},
    },
    random::Random,
};

/// The trigram tokenizer finds nothing shorter.
const KEYWORD_CHARS_MIN: usize = 3;

/// A statement with its values.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) text: String,
    pub(super) values: Vec<Cell>,
    pub(super) form: Form,
}

impl Select {
    /// None where the tables have no column for a field, or no index for the order. Half of the pages begin anywhere.
    pub(super) fn of(ask: &Ask, random: &mut Random) -> Option<Self> {
        let mut select = Self { text: "1 = 1".to_owned(), values: Vec::new(), form: ask.form };
        let filter = ask.filter.as_object()?;
        if filter.get("includeDevUsers") != Some(&Value::Bool(true)) {
            select.text.push_str(" and is_dev = 0");
        }
        filter.iter().try_for_each(|(field, value)| select.add(field, value))?;
        select.text = match ask.form {
            Form::Count => format!("select count(*) from conversation where {}", select.text),
            Form::List { page_size, order_by: "" } => {
                if random.chance(0.5) {
                    let anywhere = YEAR_BEGIN + (random.unit() * YEAR as f64) as i64;
                    select.and("start_time < ?", [Cell::Integer(anywhere)]);
                }
                format!(
                    "select body from conversation where {} order by start_time desc limit {page_size}",
                    select.text
                )
            }
            Form::List { .. } => return None,
        };
        Some(select)
    }

    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Cell>) {
        self.text.push_str(" and ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    fn add(&mut self, field: &str, value: &Value) -> Option<()> {
        match field {
            "includeDevUsers" => {}
            "users" => self.equal("agent", value[0]["userName"].as_str()?),
            "channel" => self.equal("channel", value.as_str()?),
            "languageCode" => self.equal("language", value.as_str()?),
            "platformConversationId" => self.equal("platform_id", value.as_str()?),
            "skills" => self.any("skill", value)?,
            "statuses" => self.any("status", value)?,
            "directions" => self.any("direction", value)?,
            "visitorIds" => self.any("visitor", value)?,
            "deploymentConfigIds" => self.any("deployment", value)?,
            "liveFilter" if value == "CLOSED_ONLY" => self.and("end_time is not null", []),
            "liveFilter" => self.and("end_time is null", []),
            "tags" => {
                let tagged = "key in (select conversation_key from tag where tag = ?)";
                self.and(tagged, [text(value[0].as_str()?)]);
            }
            "metadata" => self.add_metadata(value[0].as_object()?)?,
            "messageKeyword" => self.add_keyword(value.as_str()?)?,
            _ => return None,
        }
        Some(())
    }

    fn equal(&mut self, column: &str, value: &str) {
        self.and(&format!("{column} = ?"), [text(value)]);
    }

    fn any(&mut self, column: &str, values: &Value) -> Option<()> {
        let values = values.as_array()?;
        let marks = vec!["?"; values.len()].join(", ");
        self.and(&format!("{column} in ({marks})"), values.iter().filter_map(Value::as_str).map(text));
        Some(())
    }

    fn add_metadata(&mut self, condition: &Map<String, Value>) -> Option<()> {
        let key = condition.get("key")?.as_str()?;
        match (key, condition.get("equals"), condition.get("range")) {
            ("region" | "desk" | "generation", Some(equal), _) => self.equal(key, equal.as_str()?),
            ("score", Some(equal), _) => self.and("score = ?", [Cell::Real(equal.as_f64()?)]),
            ("score", _, Some(range)) => {
                let bounds = [range["min"].as_f64()?, range["max"].as_f64()?];
                self.and("score between ? and ?", bounds.map(Cell::Real));
            }
            _ => return None,
        }
        Some(())
    }

    fn add_keyword(&mut self, keyword: &str) -> Option<()> {
        if keyword.chars().count() < KEYWORD_CHARS_MIN {
            return None;
        }
        let found = "key in (select m.conversation_key from message_fts f join message m on m.key = f.rowid
            where f.text match ?)";
        self.and(found, [text(&format!("\"{}\"", keyword.replace('"', "\"\"")))]);
        Some(())
    }
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}
