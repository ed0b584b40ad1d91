//! The yardstick: the largest tenant's conversations in a plain SQLite file, asked in this process.
//!
//! An ordinary table with an index for each column that is asked for, ordered by time, and FTS5 with its trigram
//! tokenizer: no server, no tenants, no checks, no totals, nothing that keeps it right under writes.

mod sql;

use std::time::{Duration, Instant};

use rusqlite::{Connection, Statement, params};

use super::{
    archive, corpus::Corpus, directory, facts::Facts, folder::Loaded, pool::Pool, question::Form,
    tenant::Tenant,
};
use crate::{
    load::{Load, Plan, Samples},
    random::Random,
};
use sql::Select;

const SCHEMA: &str = "
    create table conversation (
        key integer primary key, start_time integer, end_time integer, is_dev integer, agent text, channel text,
        skill text, status text, direction text, visitor text, language text, deployment text, platform_id text,
        region text, desk text, generation text, score real, body text);
    create table tag (tag text, start_time integer, conversation_key integer);
    create table message (key integer primary key, conversation_key integer, text text);
    create virtual table message_fts using fts5 (text, content='message', content_rowid='key', tokenize='trigram');";
const INDEXED: [&str; 13] = [
    "agent",
    "channel",
    "skill",
    "status",
    "direction",
    "visitor",
    "language",
    "deployment",
    "platform_id",
    "region",
    "desk",
    "generation",
    "score",
];
const MEASURED: Duration = Duration::from_secs(1);
const CACHE_KIB: i64 = 256 * 1024;

/// The file, open for reading.
#[derive(Debug)]
pub(crate) struct Raw(Connection);

impl Raw {
    /// Opens what is beside the loaded folder, or makes it.
    pub(crate) fn kept(loaded: &Loaded, corpus: &Corpus) -> anyhow::Result<Self> {
        let path = loaded.raw();
        if !path.is_file() {
            println!("filling the yardstick with the largest tenant, once");
            let filling = path.with_extension("filling");
            let _ = std::fs::remove_file(&filling);
            fill(&Connection::open(&filling)?, loaded.tenants.largest(), corpus)?;
            std::fs::rename(&filling, &path)?;
        }
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(Self(connection))
    }

    /// Times the questions of a pool; None where the yardstick has no such column.
    pub(crate) fn measure(&self, pool: &Pool) -> anyhow::Result<Option<Load>> {
        let mut random = Random::new(1);
        let begun = Instant::now();
        let (mut selects, mut taken) = (Vec::new(), Vec::new());
        for ask in &pool.asks {
            match Select::of(ask, &mut random) {
                Some(select) => selects.push(select),
                None => return Ok(None),
            }
        }
        while taken.is_empty() || begun.elapsed() < MEASURED {
            let select = random.pick(&selects);
            let mut statement = self.0.prepare_cached(&select.text)?;
            let sent = Instant::now();
            read(&mut statement, select)?;
            taken.push((sent, sent.elapsed()));
        }
        Ok(Some(Samples::of(Plan::cold(1), begun, taken).load()))
    }

    /// The plan of the first question of a pool, in the engine's words.
    pub(crate) fn plan(&self, pool: &Pool) -> anyhow::Result<String> {
        let Some(select) = pool.asks.first().and_then(|ask| Select::of(ask, &mut Random::new(1))) else {
            return Ok(String::new());
        };
        let mut statement = self.0.prepare(&format!("explain query plan {}", select.text))?;
        let steps = statement.query_map(rusqlite::params_from_iter(&select.values), |row| row.get(3))?;
        Ok(steps.collect::<Result<Vec<String>, _>>()?.join("; "))
    }
}

/// Reads every row with all its bytes.
fn read(statement: &mut Statement<'_>, select: &Select) -> anyhow::Result<usize> {
    let mut rows = statement.query(rusqlite::params_from_iter(&select.values))?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        bytes += match select.form {
            Form::Count => row.get::<_, i64>(0)? as usize,
            Form::List { .. } => row.get_ref(0)?.as_str()?.len(),
        };
    }
    Ok(bytes)
}

fn fill(connection: &Connection, tenant: Tenant, corpus: &Corpus) -> anyhow::Result<()> {
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "journal_mode", "off")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.execute_batch(SCHEMA)?;
    connection.execute_batch("begin")?;
    for number in 0..tenant.conversations {
        insert(connection, i64::from(number), tenant, &Facts::of(tenant, number), corpus)?;
    }
    for column in INDEXED {
        let index = format!("create index by_{column} on conversation ({column}, start_time desc)");
        connection.execute_batch(&index)?;
    }
    connection.execute_batch(
        "create index by_time on conversation (start_time desc);
        create index by_tag on tag (tag, start_time desc, conversation_key);
        insert into message_fts (message_fts) values ('rebuild');
        commit;
        analyze;",
    )?;
    Ok(())
}

fn insert(
    connection: &Connection,
    key: i64,
    tenant: Tenant,
    facts: &Facts,
    corpus: &Corpus,
) -> anyhow::Result<()> {
    let mut body = Vec::new();
    archive::write_conversation(&mut body, tenant, facts, corpus)?;
    let mut row = connection.prepare_cached(
        "insert into conversation values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)",
    )?;
    row.execute(params![
        key,
        facts.start,
        facts.end,
        facts.agent.is_some_and(directory::is_dev_user),
        facts.agent.map(|agent| directory::user(tenant, agent)),
        facts.channel,
        format!("skill-{}", facts.skill),
        facts.status,
        if facts.is_inbound { "INBOUND" } else { "OUTBOUND" },
        format!("visitor-{}", facts.visitor),
        facts.language,
        format!("deployment-{}", facts.deployment),
        facts.platform_id(),
        facts.region,
        facts.desk(),
        facts.generation(),
        facts.score,
        String::from_utf8(body)?,
    ])?;
    for &tag in &facts.tags {
        let mut row = connection.prepare_cached("insert into tag values (?1, ?2, ?3)")?;
        row.execute(params![directory::tag(tenant, tag), facts.start, key])?;
    }
    for text in facts.messages(corpus) {
        let mut row =
            connection.prepare_cached("insert into message (conversation_key, text) values (?1, ?2)")?;
        row.execute(params![key, text])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::find::question::Ask;

    const TENANT: Tenant = Tenant { number: 0, conversations: 400 };

    fn filled() -> Raw {
        let connection = Connection::open_in_memory().unwrap();
        fill(&connection, TENANT, &Corpus::small()).unwrap();
        Raw(connection)
    }

    fn count(raw: &Raw, filter: Value) -> usize {
        let ask = Ask { tenant: TENANT, form: Form::Count, filter, page_token: String::new() };
        let select = Select::of(&ask, &mut Random::new(1)).unwrap();
        read(&mut raw.0.prepare(&select.text).unwrap(), &select).unwrap()
    }

    #[test]
    fn it_finds_what_the_data_has() {
        let (raw, corpus) = (filled(), Corpus::small());
        let of_data = |holds: &dyn Fn(&Facts) -> bool| {
            let all = (0..TENANT.conversations).map(|number| Facts::of(TENANT, number));
            all.filter(|facts| !facts.agent.is_some_and(directory::is_dev_user) && holds(facts)).count()
        };
        let metadata = |condition: Value| json!({"metadata": [condition], "directions": ["INBOUND"]});
        assert_eq!(count(&raw, json!({})), of_data(&|_| true));
        assert_eq!(count(&raw, metadata(json!({"key": "desk", "equals": "south"}))), 0);
        assert_eq!(
            count(&raw, metadata(json!({"key": "score", "range": {"min": 20.0, "max": 60.0}}))),
            of_data(&|facts| facts.is_inbound && (20.0..=60.0).contains(&facts.score))
        );
        let tag = directory::tag(TENANT, 0);
        assert_eq!(count(&raw, json!({"tags": [tag]})), of_data(&|facts| facts.tags.contains(&0)));
        assert_eq!(
            count(&raw, json!({"messageKeyword": "OAT Milk"})),
            of_data(&|facts| facts.messages(&corpus).iter().any(|text| text.contains("oat milk")))
        );
    }
}
