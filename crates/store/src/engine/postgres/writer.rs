//! The connection that writes: a transaction is committed whole or is not there.
//!
//! What is to be done about a failure is the door's business.

use std::time::Duration;

use crossbeam_channel::Receiver;
use hansard_domain::{Error, Result};

use super::{
    Session,
    client::{Connection, connect, connect_first},
    server, wall,
};
use crate::{
    engine::{Claim, DatabaseUrl, Failure, Fault, fault::unknown, guarded, health::Monitor},
    tx::Tx,
};

/// A process that has gone away with a transaction open is not waited for: it has the claims of its profiles. Another of its
/// transactions may have waited for the same claim, and gets it then: others wait for the two in turn.
const BEGIN: &str = "begin isolation level read committed; set local lock_timeout = 5000;
    set local statement_timeout = 30000; set local idle_in_transaction_session_timeout = 4000";
/// The same for who waits in the queue of a claim, with others that have none of their own to wait for.
const BEGIN_BRIEFLY: &str = "begin isolation level read committed; set local lock_timeout = 100;
    set local statement_timeout = 30000; set local idle_in_transaction_session_timeout = 4000";
const CLAIMED: &str = "select set_config('lock_timeout', '5000', true)";
/// To make, change or fill tables takes as long as it takes; who has gone away meanwhile is not waited for here, either.
const BEGIN_PATIENTLY: &str = "begin isolation level read committed; set local lock_timeout = 0;
    set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 60000";
/// How often claims are tried that another transaction stood in the way of.
const TRIES: usize = 5;
/// How often a server that could not be reached is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) struct Writer {
    url: DatabaseUrl,
    connection: Connection,
    wakes: Receiver<()>,
}

impl Writer {
    pub(crate) fn open(url: &DatabaseUrl, monitor: &Monitor) -> Result<Self> {
        let connection = connect_first(url)?;
        let open = || connection.open().map_err(|fault| fault.error());
        monitor.note_relaxations(&server::relaxations(&*open()?).map_err(Error::internal)?);
        if wall::is_bypassed(&*open()?).map_err(Error::internal)? {
            tracing::warn!(
                "the role of the database may bypass row-level security: no second wall between tenants"
            );
        }
        Ok(Self { url: url.clone(), connection, wakes: monitor.wakes() })
    }

    /// One more, on a connection that is made when it is first used.
    pub(crate) fn another(url: &DatabaseUrl, monitor: &Monitor) -> Self {
        Self { url: url.clone(), connection: Connection::new(url), wakes: monitor.wakes() }
    }

    /// Wakes the writer when somebody else found the server gone.
    pub(crate) fn wakes(&self) -> &Receiver<()> {
        &self.wakes
    }

    /// Looks again for what the store waits for; answers when to look next.
    pub(crate) fn keep_up(&self, monitor: &Monitor) -> Option<Duration> {
        if !monitor.is_waiting() {
            return None;
        }
        // A server that takes no more connections is of no use to those who have lost theirs.
        let found = connect(&self.url).and_then(|_| {
            self.connection.begin("begin")?;
            self.connection.run("rollback")
        });
        if found.is_ok() {
            monitor.recovered();
            return None;
        }
        Some(LOOK_EVERY)
    }

    /// Runs `work` in one transaction that has the claims, and commits it when `work` succeeds.
    ///
    /// A panic of `work` counts as its failure.
    pub(crate) fn transact<T>(
        &self,
        claims: &[Claim],
        work: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T, Failure> {
        let begin = if claims.contains(&Claim::Schema) { BEGIN_PATIENTLY } else { BEGIN };
        self.claim_all(begin, claims)?;
        self.transact_begun(work)
    }

    /// Runs `work` in the transaction that was begun, and commits it when `work` succeeds.
    pub(crate) fn transact_begun<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T, Failure> {
        let tx = Tx::new(Session::new(&self.connection, None).into());
        let done = guarded(|| work(&tx).and_then(|value| tx.flush().map(|()| value)));
        match (tx.fault(), done) {
            (Some(fault), done) => Err(self.roll_back(Failure {
                error: done.err().unwrap_or_else(|| fault.error()),
                fault: Some(fault),
            })),
            (None, Err(error)) => Err(self.roll_back(Failure { error, fault: None })),
            (None, Ok(value)) => self.commit().map(|()| value),
        }
    }

    /// Begins; answers which of the claims it has. A transaction that holds one for long keeps nobody from the others.
    pub(crate) fn begin(&self, claims: &[Claim], is_patient: bool) -> Result<Vec<Claim>, Failure> {
        if is_patient {
            match self.claim_all(BEGIN_BRIEFLY, claims) {
                Err(Failure { fault: Some(Fault::Busy), .. }) => {}
                claimed => return claimed.map(|()| claims.to_vec()),
            }
        }
        self.retried(|| {
            self.connection.begin(BEGIN)?;
            let session = Session::new(&self.connection, None);
            session.try_claims(claims).map_err(|error| Failure { error, fault: session.fault() })
        })
    }

    /// Ends a transaction in which nothing was done.
    pub(crate) fn give_up(&self) {
        if self.connection.run("rollback").is_err() {
            self.connection.drop_client();
        }
    }

    /// Begins, and waits for all that is claimed.
    fn claim_all(&self, begin: &str, claims: &[Claim]) -> Result<(), Failure> {
        self.retried(|| {
            self.connection.begin(begin)?;
            let session = Session::new(&self.connection, None);
            let claimed = claims.iter().try_for_each(|claim| session.claim(*claim));
            let claimed = claimed.and_then(|()| match begin {
                BEGIN_BRIEFLY => session.execute(CLAIMED, &[]),
                _ => Ok(()),
            });
            let claimed = claimed.and_then(|()| session.flush());
            claimed.map_err(|error| Failure { error, fault: session.fault() })
        })
    }

    /// Nothing was done until all is claimed, so that it may begin again.
    fn retried<T>(&self, begin: impl Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tries = 0;
        loop {
            let failure = match begin() {
                Ok(begun) => return Ok(begun),
                Err(failure) => self.roll_back(failure),
            };
            tries += 1;
            let again = matches!(failure.fault, Some(Fault::Conflict | Fault::Lost(_)));
            if !again || tries == TRIES {
                return Err(failure);
            }
        }
    }

    /// A commit that was not answered may have been done all the same.
    fn commit(&self) -> Result<(), Failure> {
        self.connection.run("commit").map_err(|fault| {
            self.connection.drop_client();
            let error = match &fault {
                Fault::Lost(reason) => unknown(reason),
                fault => fault.error(),
            };
            Failure { error, fault: Some(fault) }
        })
    }

    fn roll_back(&self, failure: Failure) -> Failure {
        self.give_up();
        failure
    }
}
