//! A catalogue of questions measured one after another: warm, cold, from one client and from sixteen.

use anyhow::Context;

use super::{
    corpus::Corpus,
    folder::Loaded,
    pool::{Asker, Pool, Whose},
    question::Question,
    raw::Raw,
    report::Row,
    told::Told,
};
use crate::{
    Setup,
    hansard::Hansard,
    load::{Load, Plan, Samples, block_on, drive},
};

pub(crate) const CLIENTS: [u32; 2] = [1, 16];
/// Questions are many, so each is measured for a part of the time.
const PARTS: u32 = 4;
const COLD_SECONDS: u32 = 1;
/// Of each client; later ones meet what the earlier have brought into memory.
const COLD_REQUESTS: u32 = 50;

/// What one question found, in the order of [`CLIENTS`].
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) weighted: [Load; 2],
    pub(crate) largest: [Load; 2],
    pub(crate) cold: [Load; 2],
}

/// What is measured, and against what.
pub(crate) struct Bench<'a> {
    setup: &'a Setup,
    loaded: &'a Loaded,
    corpus: Corpus,
    /// The yardstick is a folder's.
    raw: Option<Raw>,
}

impl<'a> Bench<'a> {
    pub(crate) fn open(setup: &'a Setup, loaded: &'a Loaded) -> anyhow::Result<Self> {
        let corpus = Corpus::read(&setup.dialogs)?;
        let raw = (!setup.database).then(|| Raw::kept(loaded, &corpus)).transpose()?;
        Ok(Self { setup, loaded, corpus, raw })
    }

    /// Measures each question; one that fails is told in its row, and the others go on.
    pub(crate) fn measure(&self, questions: &[Question]) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for question in questions.iter().filter(|question| question.name.contains(&self.setup.only)) {
            let row = Row { name: question.name, outcome: self.one(question) };
            println!("{row}");
            rows.push(row);
        }
        anyhow::ensure!(!rows.is_empty(), "no question has {:?} in its name", self.setup.only);
        Ok(rows)
    }

    fn one(&self, question: &Question) -> anyhow::Result<super::report::Measured> {
        // The question before has had it forgotten.
        self.loaded.remember()?;
        let server = self.serve()?;
        let fill = |whose| Pool::fill(self.loaded, &self.corpus, server.target(), question, whose);
        let (weighted, largest) =
            block_on(async { Ok((fill(Whose::Weighted).await?, fill(Whose::Largest).await?)) })?;
        let before = block_on(Told::now(server.target()))?;
        let [of_weighted, of_largest] = [self.warm(&server, &weighted)?, self.warm(&server, &largest)?];
        let searches = block_on(Told::now(server.target()))?.since(&before);
        server.stop()?;
        let cold = [self.cold(&weighted, CLIENTS[0])?, self.cold(&weighted, CLIENTS[1])?];
        Ok(super::report::Measured {
            answered: largest.answered,
            found: Found { weighted: of_weighted, largest: of_largest, cold },
            raw: self.raw.as_ref().map(|raw| raw.measure(&largest)).transpose()?.flatten(),
            plan: self.raw.as_ref().map(|raw| raw.plan(&largest)).transpose()?.unwrap_or_default(),
            searches,
        })
    }

    fn serve(&self) -> anyhow::Result<Hansard> {
        let server = Hansard::serve(self.setup, self.loaded.place(), None)?;
        block_on(server.await_ready())?;
        Ok(server)
    }

    fn warm(&self, server: &Hansard, pool: &Pool) -> anyhow::Result<[Load; 2]> {
        let plan = Plan::full((self.setup.seconds / PARTS).max(1));
        let warm = |clients| self.drive(server, pool, clients, plan).map(|samples| samples.load());
        Ok([warm(CLIENTS[0])?, warm(CLIENTS[1])?])
    }

    /// The first requests to a server that has just started, on a folder whose pages are on the disk only.
    fn cold(&self, pool: &Pool, clients: u32) -> anyhow::Result<Load> {
        self.loaded.forget()?;
        let server = self.serve()?;
        let samples = self.drive(&server, pool, clients, Plan::cold(COLD_SECONDS))?;
        server.stop()?;
        Ok(samples.first((COLD_REQUESTS * clients) as usize).load())
    }

    fn drive(&self, server: &Hansard, pool: &Pool, clients: u32, plan: Plan) -> anyhow::Result<Samples> {
        block_on(async {
            let askers = Asker::connect(clients, server.target(), pool, &self.loaded.keys).await?;
            drive(askers, plan).await.with_context(|| format!("{clients} clients"))
        })
    }
}
