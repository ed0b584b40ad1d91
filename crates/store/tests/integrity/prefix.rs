//! Backups under load: each is the record as it was after some change, all of it and nothing else.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use hansard_domain::change::{Change, ChangeKind};
use hansard_store::{MIGRATIONS, Options, Store, backup, fsck};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use crate::{
    answers::{self, admin_of},
    files::closed_store,
    world::{World, answered_by},
};

const WRITERS: i32 = 4;
const BACKUPS: usize = 6;

type Place = (String, i32);

/// What the writers were told, and the digest of the record after each change.
struct History {
    /// `digests[n]` is that of the first n changes.
    digests: Vec<[u8; 32]>,
}

impl History {
    fn of(world: &World, acknowledged: &HashMap<Place, String>) -> Self {
        let mut digests = vec![[0; 32]];
        for change in changes_of(world) {
            let said = match change.kind {
                ChangeKind::MessageCreated => acknowledged.get(&place_of(&change)),
                _ => None,
            };
            digests.push(digest_of(digests.last().unwrap(), &change, said));
        }
        Self { digests }
    }

    /// How many changes a restored store holds; why it is no prefix, if so.
    fn check(&self, folder: &Path) -> Result<usize, String> {
        let report = fsck::check_folder(folder, &mut |_, _, _| {}).map_err(|error| error.to_string())?;
        if let Some(finding) = report.findings.first() {
            return Err(finding.to_string());
        }
        let store = Arc::new(Store::open(&Options::new(folder)).map_err(|error| error.to_string())?);
        let world = admin_of(&store);
        let changes = changes_of(&world);
        let mut said = messages_of(&world, &changes);
        store.close().map_err(|error| error.to_string())?;
        let mut digest = self.digests[0];
        for change in &changes {
            let said = match change.kind {
                ChangeKind::MessageCreated => said.remove(&place_of(change)),
                _ => None,
            };
            digest = digest_of(&digest, change, said.as_ref());
        }
        if !said.is_empty() {
            return Err(format!("{} messages of no change", said.len()));
        }
        match self.digests.get(changes.len()) {
            Some(expected) if *expected == digest => Ok(changes.len()),
            _ => Err(format!("the digest of {} changes is another", changes.len())),
        }
    }
}

fn place_of(change: &Change) -> Place {
    (change.conversation.conversation.to_string(), change.sequence)
}

fn digest_of(before: &[u8; 32], change: &Change, said: Option<&String>) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(format!("{change:?} {said:?}")).finalize().into()
}

fn changes_of(world: &World) -> Vec<Change> {
    block_on(world.changes())
}

/// What the messages say that a store holds of the conversations that its changes name.
fn messages_of(world: &World, changes: &[Change]) -> HashMap<Place, String> {
    let mut said = HashMap::new();
    let started = changes.iter().filter(|change| change.kind == ChangeKind::ConversationStarted);
    for id in started.map(|change| change.conversation.conversation.to_string()) {
        if block_on(world.conversation(&id)).is_err() {
            continue;
        }
        for message in block_on(world.messages(&id)) {
            said.insert((id.clone(), message.position), format!("{:?}", message.content));
        }
    }
    said
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Appends to conversations of its own until told to stop; answers what was acknowledged.
fn write_until(world: &World, writer: i32, done: &AtomicBool, count: &AtomicUsize) -> HashMap<Place, String> {
    let mut acknowledged = HashMap::new();
    for round in 0.. {
        let conversation = format!("w{writer}-{round}");
        block_on(world.start(&conversation, answered_by("ada"))).unwrap();
        for number in 0..40 {
            if done.load(Ordering::SeqCst) {
                return acknowledged;
            }
            let text = answers::text(number, 100 + 37 * number as usize);
            let told = block_on(world.append(&conversation, &format!("m{number}"), &text)).unwrap();
            let place = (conversation.clone(), told.message.position);
            acknowledged.insert(place, format!("{:?}", told.message.content));
            count.fetch_add(1, Ordering::SeqCst);
        }
    }
    acknowledged
}

/// A folder with backups that were taken and restored under load, and the whole history.
struct Run {
    folder: tempfile::TempDir,
    history: History,
    /// Messages acknowledged before each backup began.
    acknowledged_before: Vec<usize>,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::rename(closed_store().keep(), &data).unwrap();
        let options = Options { wal_truncate_over_bytes: 2_000_000, ..Options::new(&data) };
        let store = Arc::new(Store::open(&options).unwrap());
        let world = admin_of(&store);
        let mut acknowledged: HashMap<_, _> = messages_of(&world, &changes_of(&world));
        let (done, count) = (AtomicBool::new(false), AtomicUsize::new(0));
        let acknowledged_before = thread::scope(|scope| {
            let write = |writer| write_until(&world, writer, &done, &count);
            let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
            let before = (0..BACKUPS).map(|number| {
                let before = count.load(Ordering::SeqCst);
                while count.load(Ordering::SeqCst) < before + 60 {
                    thread::yield_now();
                }
                let before = count.load(Ordering::SeqCst);
                back_up(&data, &folder.path().join(format!("backup-{number}")));
                before
            });
            let before = before.collect();
            done.store(true, Ordering::SeqCst);
            writers.into_iter().for_each(|writer| acknowledged.extend(writer.join().unwrap()));
            before
        });
        let history = History::of(&world, &acknowledged);
        store.close().unwrap();
        for number in 0..BACKUPS {
            let (from, to) = (format!("backup-{number}"), format!("restored-{number}"));
            let (from, to) = (folder.path().join(from), folder.path().join(to));
            backup::restore(&from, &to, MIGRATIONS, true, &mut |_, _| {}).unwrap();
        }
        Self { folder, history, acknowledged_before }
    }

    fn restored(&self, number: usize) -> std::path::PathBuf {
        self.folder.path().join(format!("restored-{number}"))
    }
}

fn back_up(data: &Path, to: &Path) {
    backup::backup(data, to, &mut |_, _| {}).unwrap();
    assert!(fsck::check_backup(to, &mut |_, _, _| {}).unwrap().is_clean());
}

#[test]
fn a_backup_under_load_is_the_record_after_some_change() {
    let run = Run::new();
    let mut last = 0;
    for number in 0..BACKUPS {
        let changes = run.history.check(&run.restored(number)).unwrap();
        let at_least = run.acknowledged_before[number];
        assert!(changes > at_least, "{changes} changes, and {at_least} messages were answered before");
        assert!(changes >= last, "a later backup holds more");
        last = changes;
    }
    assert!(last < run.history.digests.len() - 1, "writes went on during the last");
    assert_eq!(run.history.check(&run.folder.path().join("data")), Ok(run.history.digests.len() - 1));

    // Planted: a message and its change are missing, with numbers that fit.
    let planted = run.restored(0);
    let database = planted.join("hansard.db");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let open = || Connection::open_with_flags_and_vfs(&database, flags, "hansard-checked").unwrap();
    const LAST: &str = "(profile_key, conversation_key, position) = (
        select profile_key, conversation_key, position from message order by create_time desc, position desc limit 1)";
    open().execute_batch(&format!("update message set content = 'something else' where {LAST}")).unwrap();
    let error = run.history.check(&planted).unwrap_err();
    assert!(error.contains("the digest of"), "an altered row is caught: {error}");
    open().execute_batch(&format!("delete from message where {LAST}")).unwrap();
    run.history.check(&planted).unwrap_err();

    // Planted: pages of two moments in one file.
    let (early, late) = (run.restored(1), run.restored(BACKUPS - 1));
    let mut mixed = fs::read(early.join("hansard.db")).unwrap();
    let later = fs::read(late.join("hansard.db")).unwrap();
    let (half, end) = (mixed.len() / 2 / 8192 * 8192, mixed.len());
    mixed[half..].copy_from_slice(&later[half..end]);
    fs::write(early.join("hansard.db"), mixed).unwrap();
    let error = run.history.check(&early).unwrap_err();
    println!("pages of two moments: {error}");
}
