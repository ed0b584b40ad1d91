//! The store: the only way to read and write the record, for whoever has a scope.

use crate::{
    Direct, DirectoryReading, Door, Engine, Health, Needs, Options, Outcome, Reading, Secret, Ticket, Tx,
    Unit, Written,
    clock::{Clock, Mark},
    engine::{Listener, Reach, lock},
    find::{self, KeepingUp, Searched},
    live::Live,
    news::Hearers,
    part_id,
    schema::MIGRATIONS,
    tenancy::{CustomerKey, Lookout, ProfileKey, ProfileTenant, Tenancy},
    unit::{Admits, Mandate},
    versions::{Version, Versions},
    work::{Job, Writing},
};
use arc_swap::ArcSwap;
use hansard_domain::{
    Error, Id, Result, Time,
    caller::{CustomerScope, Scope},
    directory::{CustomerBody, Stamps},
    name::{ConversationName, ProfileName},
};
use std::{
    cell::OnceCell,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch};

/// An open store with its doors.
pub struct Store {
    // What writes goes before the door, and the door before the engine that it writes to.
    keywords: Option<KeepingUp>,
    listener: Mutex<Option<Listener>>,
    door: Arc<Door<Box<Job>>>,
    engine: Arc<Engine>,
    tenancy: Arc<ArcSwap<Tenancy>>,
    lookout: Lookout,
    secret: Secret,
    clock: Clock,
    live: Arc<Live>,
    versions: Arc<Versions>,
    searched: Arc<Searched>,
    /// Tells this opening of the store from others of the same.
    holder: Id,
}

impl Store {
    /// Opens the store of a folder, made and migrated as needed.
    pub fn open(options: &Options) -> Result<Self> {
        let engine = Engine::open(options, MIGRATIONS)?;
        let tenancy = engine.read_blocking("load_tenancy", Reach::Store, Tenancy::load)?;
        let tenancy = Arc::new(ArcSwap::from_pointee(tenancy));
        let mark = engine.read_blocking("load_clock", Reach::Store, load_mark)?;
        let clock = Clock::resume(Arc::clone(&options.time), mark);
        let (live, versions) = (Arc::<Live>::default(), Arc::<Versions>::default());
        let news = (Arc::clone(&live), Arc::clone(&versions));
        let writing = || Writing::new(clock.clone(), news.clone(), Arc::clone(&tenancy));
        let door = Door::open(&engine, writing)?;
        let secret = load_secret(&door)?;
        build_index(&door)?;
        let (engine, door) = (Arc::new(engine), Arc::new(door));
        let start = || KeepingUp::start(Arc::clone(&engine), Arc::clone(&door));
        let keywords = options.index_keywords.then(start).transpose()?;
        let hearers =
            Hearers { engine: Arc::clone(&engine), live: Arc::clone(&live), tenancy: Arc::clone(&tenancy) };
        let listener = engine.listen(Box::new(hearers))?;
        let lookout = Lookout::new(Arc::clone(&engine), Arc::clone(&tenancy));
        Ok(Self {
            keywords,
            listener: Mutex::new(listener),
            door,
            engine,
            tenancy,
            lookout,
            secret,
            clock,
            live,
            versions,
            searched: Arc::default(),
            holder: part_id::new(),
        })
    }

    /// The time as it is stored: it never goes back.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The time that ends are judged by: no step of the system clock moves it.
    pub fn steady(&self) -> Time {
        self.clock.steady()
    }

    /// Whether the system clock was so far ahead at the start that nothing is to be deleted by it.
    pub fn is_clock_doubtful(&self) -> bool {
        self.clock.is_doubtful()
    }

    /// Tells of a step of the system clock since the last call.
    pub fn watch_clock(&self) {
        self.clock.watch();
    }

    /// Tenants as of the last commit of this process, or of another that it has heard of.
    pub fn tenancy(&self) -> Arc<Tenancy> {
        self.tenancy.load_full()
    }

    /// Tenants as of the last commit of any process.
    pub async fn latest_tenancy(&self) -> Result<Arc<Tenancy>> {
        if self.is_shared() {
            self.lookout.look().await?;
        }
        Ok(self.tenancy())
    }

    /// What is looked for among the tenants. What this process knows nothing of, another may just have made.
    pub async fn find_tenant<T>(&self, find: impl Fn(&Tenancy) -> Option<T>) -> Result<Option<T>> {
        let known = find(&self.tenancy.load());
        if known.is_some() || !self.is_shared() {
            return Ok(known);
        }
        Ok(find(&*self.latest_tenancy().await?))
    }

    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether the store takes writes, now and later.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.engine.health()
    }

    /// Settings of a database's server by which a crash of its machine may lose what was acknowledged; none of a folder.
    pub fn relaxations(&self) -> Vec<&'static str> {
        self.engine.relaxations()
    }

    /// The profile that a scope admits to, or the scope's NotFound where there is none.
    pub async fn profile(&self, scope: &Scope) -> Result<Arc<ProfileTenant>> {
        let found = self.find_tenant(|tenancy| tenancy.profile(scope.profile()).cloned()).await?;
        found.ok_or_else(|| scope.not_found())
    }

    /// Runs a write in a group with others. It reads only what it declares in `needs`.
    pub async fn write<T: Outcome>(
        &self,
        scope: &Scope,
        ticket: &Ticket,
        name: &'static str,
        needs: Needs,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T> + Send + 'static,
    ) -> Result<Written<T>> {
        let mandate = self.mandate(scope, ticket).await?;
        let (job, answer) = Job::grouped(name, (mandate, ticket.idempotency.clone()), needs, work);
        self.submit(job, answer).await
    }

    /// Runs a write in a transaction of its own.
    pub async fn transact<T: Outcome>(
        &self,
        scope: &Scope,
        ticket: &Ticket,
        name: &'static str,
        work: impl FnOnce(&mut Direct<'_>) -> Result<T> + Send + 'static,
    ) -> Result<Written<T>> {
        let mandate = self.mandate(scope, ticket).await?;
        let (job, answer) = Job::alone(name, (mandate, ticket.idempotency.clone()), work);
        self.submit(job, answer).await
    }

    /// Runs a write of a customer's directory in a transaction of its own.
    pub async fn transact_directory<T: Outcome>(
        &self,
        scope: &CustomerScope,
        ticket: &Ticket,
        name: &'static str,
        work: impl FnOnce(&mut Direct<'_>) -> Result<T> + Send + 'static,
    ) -> Result<Written<T>> {
        let mandate = self.directory_mandate(scope, ticket).await?;
        let (job, answer) = Job::alone(name, (mandate, ticket.idempotency.clone()), work);
        self.submit(job, answer).await
    }

    /// Reads what a scope admits to, on one snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        scope: &Scope,
        name: &'static str,
        work: impl FnOnce(&Reading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let profile = self.profile(scope).await?;
        let reach = Reach::of(profile.customer_key, profile.key);
        let (scope, tenancy, secret, now) = (scope.clone(), self.tenancy(), self.secret.clone(), self.now());
        let (searched, newest) = (Arc::clone(&self.searched), OnceCell::new());
        let read =
            move |tx: &Tx<'_>| work(&Reading { tx, scope, profile, tenancy, secret, now, searched, newest });
        self.engine.read(name, reach, read).await
    }

    /// Reads a customer's directory, on one snapshot.
    pub async fn read_directory<T: Send + 'static>(
        &self,
        scope: &CustomerScope,
        name: &'static str,
        work: impl FnOnce(&DirectoryReading<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (customer, profile) = self.keys(scope).await?;
        let profile = profile.map_or(ProfileKey(0), |profile| profile.key);
        let (scope, secret) = (scope.clone(), self.secret.clone());
        let reach = Reach::of(customer, profile);
        let read = move |tx: &Tx<'_>| work(&DirectoryReading { tx, scope, customer, profile, secret });
        self.engine.read(name, reach, read).await
    }

    /// Holds the number of the profile's last announced change: a hint to read the log again.
    pub async fn subscribe(&self, scope: &Scope) -> Result<watch::Receiver<i64>> {
        Ok(self.live.subscribe(self.profile(scope).await?.key))
    }

    /// The version of a conversation, or nothing while it is changing. Whether it is there is not told.
    ///
    /// What was read between two equal versions is what a read would find now.
    pub async fn version(&self, scope: &Scope, name: &ConversationName) -> Result<Option<Version>> {
        let profile = self.profile(scope).await?;
        if self.engine.is_shared() {
            // Another process may change it at any time, untold.
            return Ok(None);
        }
        Ok(self.versions.of(&(profile.key, name.conversation.clone())))
    }

    /// Has deleted text go from the files soon.
    pub fn request_truncate(&self) {
        self.engine.request_truncate();
    }

    /// Makes the first customer of an empty store; a no-op where it is there.
    pub fn ensure_customer(&self, id: &Id) -> Result<()> {
        if self.tenancy.load().customer(id).is_some() {
            return Ok(());
        }
        let stamps = Stamps::new(self.now());
        let id = id.clone();
        let (job, answer) = Job::alone("ensure_customer", (Mandate::of_system(), None), move |direct| {
            // Another process may have been faster.
            match direct.tenancy().customer(&id) {
                Some(_) => Ok(()),
                None => direct.insert_customer(&id, &CustomerBody::default(), &stamps),
            }
        });
        self.door.submit(Box::new(job));
        answered(answer.blocking_recv()).map(drop)
    }

    /// Tells whoever finds the store in use where it is served.
    pub fn announce(&self, address: &str) -> Result<()> {
        self.engine.announce(address)
    }

    /// Forgets expired idempotency keys, writes down when API keys were used and where the clock stands.
    pub async fn upkeep(&self, key_uses: Vec<(Id, Time)>) -> Result<()> {
        let work = move |direct: &mut Direct<'_>| {
            direct.note_api_key_uses(&key_uses)?;
            direct.tx.delete_expired(direct.at.counted)?;
            direct.tx.put_clock_mark(direct.at)
        };
        self.transact_own("upkeep", work).await.map(drop)
    }

    /// Runs a write of the system's own alone.
    pub(crate) async fn transact_own<T: Outcome>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut Direct<'_>) -> Result<T> + Send + 'static,
    ) -> Result<Written<T>> {
        let (job, answer) = Job::alone(name, (Mandate::of_system(), None), work);
        self.submit(job, answer).await
    }

    /// Whether other servers may have the store open.
    pub fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    pub(crate) fn holder(&self) -> &str {
        self.holder.as_str()
    }

    /// How many changes of all logs the index of keywords does not cover yet; searches read their texts one by one.
    pub async fn unindexed_changes(&self) -> Result<i64> {
        let behind = self.engine.read("list_unindexed", Reach::Store, find::unindexed).await?;
        Ok(behind.iter().map(|(_, changes)| changes).sum())
    }

    /// Every job of a removal that has not ended, with its profile.
    pub async fn open_redaction_jobs(&self) -> Result<Vec<(ProfileName, Id)>> {
        let open = self.engine.read("list_open_redaction_jobs", Reach::Store, load_open_jobs).await?;
        let tenancy = self.tenancy.load();
        let profiles: Vec<_> =
            tenancy.customers().into_iter().flat_map(|(id, _)| tenancy.profiles(id)).collect();
        let named = |(key, id)| {
            let profile = profiles.iter().find(|profile| profile.key == key)?;
            Some((profile.name.clone(), id))
        };
        Ok(open.into_iter().filter_map(named).collect())
    }

    /// Finishes what waits and closes the files.
    pub fn close(&self) -> Result<()> {
        if let Some(keywords) = &self.keywords {
            keywords.stop();
        }
        lock(&self.listener).take();
        self.door.close();
        self.engine.close()
    }

    async fn submit<T>(&self, job: Job, answer: oneshot::Receiver<Result<Written<T>>>) -> Result<Written<T>> {
        self.door.submit(Box::new(job));
        answered(answer.await)
    }

    async fn mandate(&self, scope: &Scope, ticket: &Ticket) -> Result<Mandate> {
        let profile = self.profile(scope).await?;
        Ok(Mandate {
            customer: profile.customer_key,
            admits: Admits::Profile(profile, scope.clone()),
            actor: scope.actor().clone(),
            request_id: Arc::clone(&ticket.request_id),
        })
    }

    async fn directory_mandate(&self, scope: &CustomerScope, ticket: &Ticket) -> Result<Mandate> {
        let (customer, profile) = self.keys(scope).await?;
        let profile = profile.zip(scope.in_profile());
        Ok(Mandate {
            customer,
            admits: Admits::Directory(scope.clone(), profile),
            actor: scope.actor().clone(),
            request_id: Arc::clone(&ticket.request_id),
        })
    }

    async fn keys(&self, scope: &CustomerScope) -> Result<(CustomerKey, Option<Arc<ProfileTenant>>)> {
        let find = |tenancy: &Tenancy| {
            let customer = tenancy.customer(scope.customer())?;
            let profile = match scope.profile() {
                Some(name) => Some(Arc::clone(tenancy.profile(name)?)),
                None => None,
            };
            Some((customer.key, profile))
        };
        self.find_tenant(find).await?.ok_or_else(|| scope.not_found())
    }
}

fn answered<T>(answer: Result<Result<T>, oneshot::error::RecvError>) -> Result<T> {
    answer.unwrap_or_else(|_| Err(Error::unavailable("the server is shutting down; retry")))
}

impl Outcome for Secret {
    fn receipt(&self) -> crate::Receipt {
        crate::Receipt::default()
    }
}

/// Not the method itself, which is of one lifetime.
fn load_open_jobs(tx: &Tx<'_>) -> Result<Vec<(ProfileKey, Id)>> {
    tx.list_open_redaction_jobs()
}

/// The same.
fn load_mark(tx: &Tx<'_>) -> Result<Option<Mark>> {
    tx.find_clock_mark()
}

/// How often a start that makes the index anew says that it still does.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Brings the index of the conversations and of keywords to the form of this build.
fn build_index(door: &Door<Box<Job>>) -> Result<()> {
    let begun = Instant::now();
    let mut tell_at = begun;
    loop {
        let work = |direct: &mut Direct<'_>| find::rebuild(direct.tx);
        let (job, answer) = Job::alone("build_index", (Mandate::of_system(), None), work);
        door.submit(Box::new(job));
        match answered(answer.blocking_recv())? {
            Written::Fresh(true) if Instant::now() >= tell_at => {
                tracing::info!(
                    "making the search index in the form of this build; the store opens when it is made"
                );
                tell_at = Instant::now() + TELL_EVERY;
            }
            Written::Fresh(true) => {}
            Written::Fresh(false) | Written::Replayed(_) => break,
        }
    }
    if tell_at > begun {
        tracing::info!(took_s = begun.elapsed().as_secs(), "the search index is made");
    }
    Ok(())
}

fn load_secret(door: &Door<Box<Job>>) -> Result<Secret> {
    let work = |direct: &mut Direct<'_>| Secret::load(direct.tx);
    let (job, answer) = Job::alone("load_secret", (Mandate::of_system(), None), work);
    door.submit(Box::new(job));
    match answered(answer.blocking_recv())? {
        Written::Fresh(secret) => Ok(secret),
        Written::Replayed(_) => Err(Error::internal("the secret is never replayed")),
    }
}
