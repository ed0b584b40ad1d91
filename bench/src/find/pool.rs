//! Requests made ready before they are measured: fresh questions, and pages from anywhere in their lists.
//!
//! It takes care that the answers are what the question's name says.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{
    folder::Loaded,
    question::{Ask, Draw, Expects, Form, Question},
};
use crate::{
    find::corpus::Corpus,
    http::{Http, Post, Target},
    load::Client,
    random::Random,
};

const FRESH: u32 = 200;
/// Answers that are looked at.
const CHECKED: usize = 12;
/// Pages of this size are walked for cursors; a cursor goes with any size.
const WALKED_PAGE: u32 = 1000;
const WALK_TIME: Duration = Duration::from_millis(1500);

/// Whose conversations are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A tenant drawn by its size.
    Weighted,
    Largest,
}

/// Requests of one kind.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) asks: Vec<Ask>,
    fresh: Vec<Request>,
    /// With cursors from anywhere in their lists.
    deep: Vec<Request>,
    /// Conversations in an answer, or the count in it; the mean of those looked at.
    pub(crate) answered: f64,
}

#[derive(Debug)]
struct Request {
    tenant: usize,
    path: String,
    body: String,
}

impl Pool {
    /// Draws requests, asks some of them, and walks lists for cursors.
    pub(crate) async fn fill(
        loaded: &Loaded,
        corpus: &Corpus,
        target: &Target,
        question: &Question,
        whose: Whose,
    ) -> anyhow::Result<Self> {
        let mut random = Random::of([whose as u32, question.name.len() as u32, 5]);
        let asks: Vec<Ask> = (0..FRESH)
            .map(|_| {
                let tenant = match whose {
                    Whose::Weighted => loaded.tenants.weighted(&mut random),
                    Whose::Largest => loaded.tenants.largest(),
                };
                question.draw(&mut Draw { tenant, corpus, random: &mut random })
            })
            .collect();
        let mut asker = Asking { http: Http::connect(target).await?, loaded };
        let answered = asker.check(question, &asks).await?;
        let mut pool =
            Self { fresh: asks.iter().map(Request::of).collect(), deep: Vec::new(), answered, asks };
        if question.form != Form::Count {
            asker.walk(&mut pool, &mut random).await?;
        }
        Ok(pool)
    }

    /// One of the requests; where there are cursors, every second has one.
    fn draw(&self, random: &mut Random) -> &Request {
        let from = if random.chance(0.5) && !self.deep.is_empty() { &self.deep } else { &self.fresh };
        random.pick(from)
    }
}

impl Request {
    fn of(ask: &Ask) -> Self {
        Self { tenant: ask.tenant.number as usize, path: ask.path(), body: ask.body() }
    }

    fn post(&self) -> Post {
        Post { path: self.path.clone(), body: self.body.clone(), idempotency_key: None }
    }
}

/// Asks and reads the answers.
struct Asking<'a> {
    http: Http,
    loaded: &'a Loaded,
}

impl Asking<'_> {
    async fn ask(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        let request = Request::of(ask);
        self.http.act_as(&self.loaded.keys[request.tenant]);
        Ok(serde_json::from_slice(&self.http.post(request.post()).await?)?)
    }

    /// Sees that the answers are what is expected; returns how much is in one.
    async fn check(&mut self, question: &Question, asks: &[Ask]) -> anyhow::Result<f64> {
        let (mut filled, mut sum) = (0, 0.0);
        for ask in &asks[..CHECKED.min(asks.len())] {
            let found = size(&self.ask(ask).await?).context("an answer of another form")?;
            filled += usize::from(found > 0.0);
            sum += found;
            let is_wrong = question.expects == Expects::None && found > 0.0;
            ensure!(!is_wrong, "{} found something: {}", question.name, ask.filter);
        }
        ensure!(question.expects != Expects::Some || filled > 0, "{} found nothing", question.name);
        Ok(sum / CHECKED as f64)
    }

    /// Walks lists in large pages and keeps each page's cursor, until the time is over.
    async fn walk(&mut self, pool: &mut Pool, random: &mut Random) -> anyhow::Result<()> {
        let end = Instant::now() + WALK_TIME;
        while Instant::now() < end {
            let ask = random.pick(&pool.asks).clone();
            let mut page = ask.with_page_size(WALKED_PAGE);
            loop {
                let answer = self.ask(&page).await?;
                let Some(token) = answer["nextPageToken"].as_str().filter(|token| !token.is_empty()) else {
                    break;
                };
                pool.deep.push(Request::of(&Ask { page_token: token.to_owned(), ..ask.clone() }));
                page.page_token = token.to_owned();
                if Instant::now() >= end {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// How many conversations an answer holds, or the count that it tells.
fn size(answer: &Value) -> Option<f64> {
    match answer["conversations"].as_array() {
        Some(conversations) => Some(conversations.len() as f64),
        None => answer["count"].as_str()?.parse().ok(),
    }
}

/// A client that asks what a pool holds.
pub(crate) struct Asker<'a> {
    http: Http,
    random: Random,
    pool: &'a Pool,
    keys: &'a [String],
}

impl<'a> Asker<'a> {
    /// Connects so many clients.
    pub(crate) async fn connect(
        count: u32,
        target: &Target,
        pool: &'a Pool,
        keys: &'a [String],
    ) -> anyhow::Result<Vec<Self>> {
        let mut askers = Vec::new();
        for number in 0..count {
            let http = Http::connect(target).await?;
            askers.push(Self { http, random: Random::new(number), pool, keys });
        }
        Ok(askers)
    }
}

impl Client for Asker<'_> {
    async fn call(&mut self) -> anyhow::Result<()> {
        let request = self.pool.draw(&mut self.random);
        self.http.act_as(&self.keys[request.tenant]);
        self.http.post(request.post()).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_answers_have_a_size() {
        assert_eq!(size(&json!({"conversations": [{}, {}], "metadata": {}})), Some(2.0));
        assert_eq!(size(&json!({"count": "17"})), Some(17.0));
        assert_eq!(size(&json!({"code": 5})), None);
    }
}
