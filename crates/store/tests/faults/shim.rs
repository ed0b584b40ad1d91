//! The shim of this test process: SQLite's default VFS, with a disk under each folder that asked for one.

use std::{
    collections::BTreeMap,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use hansard_vfs::{FileKind, FileShim, Inner, Result, Shim, SyncFlags};

use crate::{
    disk::{Call, Disk, Event, Inode, name_of},
    image::SECTOR,
};

static DISKS: LazyLock<Mutex<BTreeMap<PathBuf, Arc<Disk>>>> = LazyLock::new(|| {
    hansard_vfs::register_as_default("disk", Disks).unwrap();
    Mutex::default()
});

/// A disk under a folder, until it is dropped.
pub(crate) struct Attached {
    disk: Arc<Disk>,
    folder: PathBuf,
}

/// Puts a disk under a folder, holding what is there.
pub(crate) fn attach(folder: &Path) -> Attached {
    let attached = Attached { disk: Arc::new(Disk::of(folder)), folder: folder.canonicalize().unwrap() };
    DISKS.lock().unwrap().insert(attached.folder.clone(), Arc::clone(&attached.disk));
    attached
}

impl Deref for Attached {
    type Target = Disk;

    fn deref(&self) -> &Disk {
        &self.disk
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        DISKS.lock().unwrap().remove(&self.folder);
    }
}

/// Files without a disk are as they are, except that nothing waits for their syncs.
struct Disks;

fn disk_of(path: &Path) -> Option<Arc<Disk>> {
    DISKS.lock().unwrap().get(path.parent()?).cloned()
}

impl Shim for Disks {
    type File = File;

    fn open(&self, path: Option<&Path>, kind: FileKind) -> Result<File> {
        let on_disk = path.and_then(|path| {
            let disk = disk_of(path)?;
            Some(OnDisk {
                inode: disk.open(path),
                name: name_of(path),
                disk,
                // SQLite syncs the folder of a journal or log with its first sync through a handle.
                folder_too: AtomicBool::new(matches!(kind, FileKind::Wal | FileKind::Journal)),
            })
        });
        Ok(File(on_disk))
    }

    fn delete(&self, path: &Path, sync_folder: bool, forward: impl FnOnce() -> Result<()>) -> Result<()> {
        forward()?;
        if let Some(disk) = disk_of(path) {
            disk.delete(path, sync_folder);
        }
        Ok(())
    }
}

struct File(Option<OnDisk>);

struct OnDisk {
    disk: Arc<Disk>,
    inode: Inode,
    name: String,
    folder_too: AtomicBool,
}

/// How much of a write lies before the sector boundary next to its middle.
fn begun(offset: u64, length: usize) -> usize {
    let boundary = (offset + length as u64 / 2) / SECTOR * SECTOR;
    boundary.saturating_sub(offset) as usize
}

impl FileShim for File {
    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> Result<()> {
        if let Some(OnDisk { disk, inode, name, .. }) = &self.0 {
            let fault = disk.fault(name, Call::Write);
            // A write that fails may have begun, in whole sectors.
            let written = if fault.is_ok() { bytes } else { &bytes[..begun(offset, bytes.len())] };
            disk.record(Event::Write { inode: *inode, offset, bytes: written.to_vec() });
            return inner.write_at(written, offset).and(fault);
        }
        inner.write_at(bytes, offset)
    }

    fn truncate(&self, inner: &Inner, size: u64) -> Result<()> {
        if let Some(OnDisk { disk, inode, name, .. }) = &self.0 {
            disk.fault(name, Call::Truncate)?;
            disk.record(Event::Truncate { inode: *inode, size });
        }
        inner.truncate(size)
    }

    fn sync(&self, _: &Inner, _: SyncFlags) -> Result<()> {
        let Some(OnDisk { disk, inode, name, folder_too }) = &self.0 else { return Ok(()) };
        if let Err(code) = disk.fault(name, Call::Sync) {
            disk.record(Event::SyncFailed { inode: *inode, covers: disk.now() });
            return Err(code);
        }
        disk.sync(*inode, folder_too.swap(false, Ordering::Relaxed));
        Ok(())
    }
}
