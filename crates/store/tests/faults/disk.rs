//! A disk that remembers: every change of a store's files, in order, and what was asked to be durable.
//!
//! What such a disk holds after a crash is `image.rs`. Syncs cost a little time, so that groups form,
//! and do nothing else: what is durable is decided here.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use hansard_vfs::Code;

/// As long as a fast disk takes.
const SYNC_TAKES: Duration = Duration::from_micros(500);

/// A file, whatever its names.
pub(crate) type Inode = usize;

/// One thing that happened to the disk.
#[derive(Debug)]
pub(crate) enum Event {
    /// The file was there already, durably, under its name.
    Found {
        name: String,
        inode: Inode,
        bytes: Vec<u8>,
    },
    Create {
        name: String,
        inode: Inode,
    },
    Delete {
        name: String,
    },
    Write {
        inode: Inode,
        offset: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        inode: Inode,
        size: u64,
    },
    /// What happened to the file before the event `covers` is durable.
    Sync {
        inode: Inode,
        covers: usize,
    },
    /// What happened to the file before the event `covers` is lost to later syncs, as Linux has it.
    SyncFailed {
        inode: Inode,
        covers: usize,
    },
    /// So are the names of the folder.
    SyncFolder,
}

/// A call that a fault may be planted into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Write,
    Sync,
    Truncate,
}

/// What fails: asked for each call on a file, by its name.
pub(crate) type Fault = Box<dyn FnMut(&str, Call) -> Option<Code> + Send>;

/// The disk under one folder.
#[derive(Default)]
pub(crate) struct Disk {
    state: Mutex<State>,
    fault: Mutex<Option<Fault>>,
}

#[derive(Default)]
struct State {
    events: Vec<Event>,
    names: BTreeMap<String, Inode>,
    inodes: Inode,
}

impl Disk {
    /// A disk that holds the files of a folder.
    pub(crate) fn of(folder: &Path) -> Self {
        let disk = Self::default();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            disk.state().find(&path);
        }
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The events so far; a place in this list is a moment to crash at.
    pub(crate) fn events(&self) -> Log<'_> {
        Log(self.state())
    }

    /// How many events there were.
    pub(crate) fn now(&self) -> usize {
        self.state().events.len()
    }

    /// Plants a fault.
    pub(crate) fn plant(&self, fault: Fault) {
        *self.fault.lock().unwrap() = Some(fault);
    }

    /// Whether a call fails.
    pub(crate) fn fault(&self, name: &str, call: Call) -> Result<(), Code> {
        let code = self.fault.lock().unwrap().as_mut().and_then(|fault| fault(name, call));
        code.map_or(Ok(()), Err)
    }

    /// The file of that path, made when absent.
    pub(crate) fn open(&self, path: &Path) -> Inode {
        let mut state = self.state();
        if let Some(inode) = state.names.get(&name_of(path)) {
            return *inode;
        }
        if path.exists() {
            return state.find(path);
        }
        let (name, inode) = state.add(path);
        state.events.push(Event::Create { name, inode });
        inode
    }

    pub(crate) fn delete(&self, path: &Path, sync_folder: bool) {
        let mut state = self.state();
        let name = name_of(path);
        if state.names.remove(&name).is_some() {
            state.events.push(Event::Delete { name });
        }
        if sync_folder {
            state.events.push(Event::SyncFolder);
        }
    }

    pub(crate) fn record(&self, event: Event) {
        self.state().events.push(event);
    }

    /// Makes durable what happened to a file before this call, and with `folder` the names too.
    pub(crate) fn sync(&self, inode: Inode, folder: bool) {
        let covers = self.now();
        std::thread::sleep(SYNC_TAKES);
        let mut state = self.state();
        state.events.push(Event::Sync { inode, covers });
        if folder {
            state.events.push(Event::SyncFolder);
        }
    }
}

impl State {
    fn add(&mut self, path: &Path) -> (String, Inode) {
        self.inodes += 1;
        self.names.insert(name_of(path), self.inodes);
        (name_of(path), self.inodes)
    }

    fn find(&mut self, path: &Path) -> Inode {
        let bytes = fs::read(path).unwrap();
        let (name, inode) = self.add(path);
        self.events.push(Event::Found { name, inode, bytes });
        inode
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The events of a disk, held still.
pub(crate) struct Log<'d>(MutexGuard<'d, State>);

impl std::ops::Deref for Log<'_> {
    type Target = [Event];

    fn deref(&self) -> &[Event] {
        &self.0.events
    }
}
