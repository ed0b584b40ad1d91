//! Work that goes on after its request was answered, and how far it is.
//!
//! Jobs are remembered by the process alone: each does what may be asked for again, and then goes on where it was.

use hansard_domain::{Error, Id, Result, Time, name::ProfileName};
use hansard_store::random;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

/// Jobs that are remembered; the oldest that has ended goes first.
const JOBS_KEPT: usize = 1000;
/// Jobs that are at work at once.
const JOBS_AT_WORK: usize = 8;
const ID_BYTES: usize = 9;

/// A decommission of a deployment.
#[derive(Debug)]
pub struct Job {
    pub id: Id,
    pub parent: ProfileName,
    pub deployment_config_id: String,
    /// How many there were to end when it began.
    pub total: i64,
    pub start_time: Time,
    done: AtomicI64,
    end: Mutex<Option<End>>,
}

/// How a job ended.
#[derive(Debug, Clone)]
pub struct End {
    pub time: Time,
    /// Why it ended before its work was done.
    pub failure: Option<Error>,
}

impl Job {
    pub fn new(
        id: Id,
        parent: ProfileName,
        deployment_config_id: String,
        total: i64,
        start_time: Time,
    ) -> Self {
        let (done, end) = (AtomicI64::new(0), Mutex::new(None));
        Self { id, parent, deployment_config_id, total, start_time, done, end }
    }

    /// How many it has ended so far.
    pub fn done(&self) -> i64 {
        self.done.load(Ordering::Acquire)
    }

    /// How it ended; nothing while it is at work.
    pub fn ended(&self) -> Option<End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn advance(&self, by: usize) {
        self.done.fetch_add(i64::try_from(by).unwrap_or(i64::MAX), Ordering::AcqRel);
    }

    pub fn end(&self, outcome: Result<()>, time: Time) {
        let end = End { time, failure: outcome.err() };
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }
}

/// The jobs of this process, oldest first.
#[derive(Debug, Default)]
pub struct Jobs(Mutex<VecDeque<Arc<Job>>>);

impl Jobs {
    pub fn new_id(&self) -> Result<Id> {
        let bytes = random::<ID_BYTES>()?;
        Ok(Id::known(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    }

    /// Remembers a job that is about to begin; refused while too many are at work.
    pub fn add(&self, job: Job) -> Result<Arc<Job>> {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at_work = jobs.iter().filter(|job| job.ended().is_none()).count();
        if at_work >= JOBS_AT_WORK {
            return Err(Error::unavailable("too many jobs are at work; try again when one has ended"));
        }
        while jobs.len() >= JOBS_KEPT
            && let Some(oldest) = jobs.iter().position(|job| job.ended().is_some())
        {
            jobs.remove(oldest);
        }
        let job = Arc::new(job);
        jobs.push_back(Arc::clone(&job));
        Ok(job)
    }

    pub fn find(&self, parent: &ProfileName, id: &Id) -> Option<Arc<Job>> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.id == *id && job.parent == *parent).cloned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn job(id: usize) -> Job {
        let parent = ProfileName::parse("parent", "customers/c/profiles/p").unwrap();
        Job::new(Id::known(format!("j{id}")), parent, "d".to_owned(), 1, Time(0))
    }

    #[test]
    fn the_oldest_that_has_ended_is_forgotten_and_none_at_work() {
        let jobs = Jobs::default();
        let parent = job(0).parent;
        let first = jobs.add(job(0)).unwrap();
        for id in 1..=JOBS_KEPT {
            jobs.add(job(id)).unwrap().end(Ok(()), Time(1));
        }
        assert!(jobs.find(&parent, &first.id).is_some(), "it is at work");
        assert!(jobs.find(&parent, &Id::known("j1")).is_none());
        assert!(jobs.find(&parent, &Id::known("j2")).is_some());
    }

    #[test]
    fn only_some_are_at_work_at_once() {
        let jobs = Jobs::default();
        let working: Vec<_> = (0..JOBS_AT_WORK).map(|id| jobs.add(job(id)).unwrap()).collect();
        assert!(jobs.add(job(9)).is_err());
        working[3].advance(2);
        working[3].end(Err(Error::unavailable("stopped")), Time(1));
        assert!(jobs.add(job(10)).is_ok());
        assert_eq!((working[3].done(), working[3].ended().unwrap().failure.is_some()), (2, true));
    }
}
