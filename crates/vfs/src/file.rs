//! The methods of an open file: what hooks see goes to them, everything else to the file below.

use std::{
    os::raw::{c_int, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    slice,
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods};

use crate::{Code, FileShim, Inner, Result, SyncFlags, inner::call};

/// A file as SQLite holds it; the inner file lies behind it in the same memory.
#[repr(C)]
pub(crate) struct File<F> {
    /// SQLite's view, which must come first; its methods are those below once the file is open.
    base: sqlite3_file,
    methods: sqlite3_io_methods,
    inner: Inner,
    hooks: Box<F>,
}

impl<F: FileShim> File<F> {
    /// Where the inner file begins; SQLite aligns files to eight bytes.
    pub(crate) const INNER_OFFSET: usize = {
        assert!(align_of::<Self>() <= 8);
        size_of::<Self>().next_multiple_of(8)
    };

    /// Makes the file at `place` one with hooks, around an inner file that has just been opened.
    ///
    /// # Safety
    ///
    /// `place` is memory for this and the inner file, and `inner` is open at its offset in it.
    pub(crate) unsafe fn establish(place: *mut sqlite3_file, inner: *mut sqlite3_file, hooks: Box<F>) {
        let file = place.cast::<Self>();
        // SAFETY: the caller's promise; an open file has methods.
        unsafe {
            let methods = Self::methods(&*(*inner).pMethods);
            let base = sqlite3_file { pMethods: &raw const (*file).methods };
            file.write(Self { base, methods, inner: Inner { file: inner }, hooks });
        }
    }

    /// The methods over those of an inner file: what that lacks is lacking.
    ///
    /// Version 2 is the last before memory-mapped reads.
    fn methods(inner: &sqlite3_io_methods) -> sqlite3_io_methods {
        sqlite3_io_methods {
            iVersion: inner.iVersion.min(2),
            xClose: Some(close::<F>),
            xRead: Some(read::<F>),
            xWrite: Some(write::<F>),
            xTruncate: Some(truncate::<F>),
            xSync: Some(sync::<F>),
            xFileSize: Some(file_size::<F>),
            xLock: Some(lock::<F>),
            xUnlock: Some(unlock::<F>),
            xCheckReservedLock: Some(check_reserved_lock::<F>),
            xFileControl: Some(file_control::<F>),
            xSectorSize: Some(sector_size::<F>),
            xDeviceCharacteristics: Some(device_characteristics::<F>),
            xShmMap: inner.xShmMap.and(Some(shm_map::<F>)),
            xShmLock: inner.xShmLock.and(Some(shm_lock::<F>)),
            xShmBarrier: inner.xShmBarrier.and(Some(shm_barrier::<F>)),
            xShmUnmap: inner.xShmUnmap.and(Some(shm_unmap::<F>)),
            xFetch: None,
            xUnfetch: None,
        }
    }
}

/// Runs a hook; a panic must not unwind into SQLite.
pub(crate) fn guarded<T>(hook: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(hook)).unwrap_or(Err(Code::PANIC))
}

/// The file that SQLite calls a method of.
unsafe fn own<'f, F>(file: *mut sqlite3_file) -> &'f File<F> {
    // SAFETY: SQLite calls these methods only on files that `establish` made and `close` did not end yet,
    // and nothing holds a mutable reference to one.
    unsafe { &*file.cast() }
}

/// Runs a hook of a file with an offset or a size.
unsafe fn hooked<F: FileShim>(
    file: *mut sqlite3_file,
    at: i64,
    hook: impl FnOnce(&F, &Inner, u64) -> Result<()>,
) -> c_int {
    // SAFETY: as for `own`, whose caller we are.
    let file = unsafe { own::<F>(file) };
    let Ok(at) = u64::try_from(at) else { return ffi::SQLITE_MISUSE };
    Code::of(guarded(|| hook(&file.hooks, &file.inner, at)))
}

unsafe extern "C" fn close<F: FileShim>(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as for `own`; SQLite uses the file no more, so that its parts can be taken out.
    let File { inner, hooks, .. } = unsafe { file.cast::<File<F>>().read() };
    let closed = call!(inner.file, xClose(), ffi::SQLITE_OK);
    let dropped = guarded(|| {
        drop(hooks);
        Ok(())
    });
    if closed == ffi::SQLITE_OK { Code::of(dropped) } else { closed }
}

unsafe extern "C" fn read<F: FileShim>(
    file: *mut sqlite3_file,
    bytes: *mut c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let Ok(length) = usize::try_from(length) else { return ffi::SQLITE_MISUSE };
    // SAFETY: SQLite gives a buffer of that length for the time of the call.
    unsafe {
        let bytes = slice::from_raw_parts_mut(bytes.cast(), length);
        hooked::<F>(file, at, |hooks, inner, at| hooks.read(inner, bytes, at))
    }
}

unsafe extern "C" fn write<F: FileShim>(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let Ok(length) = usize::try_from(length) else { return ffi::SQLITE_MISUSE };
    // SAFETY: SQLite gives bytes of that length for the time of the call.
    unsafe {
        let bytes = slice::from_raw_parts(bytes.cast(), length);
        hooked::<F>(file, at, |hooks, inner, at| hooks.write(inner, bytes, at))
    }
}

unsafe extern "C" fn truncate<F: FileShim>(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: called by SQLite.
    unsafe { hooked::<F>(file, size, F::truncate) }
}

unsafe extern "C" fn sync<F: FileShim>(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: called by SQLite.
    unsafe { hooked::<F>(file, 0, |hooks, inner, _| hooks.sync(inner, SyncFlags(flags))) }
}

/// Methods that go to the inner file as they are.
macro_rules! forward {
    ($($name:ident = $method:ident($($argument:ident: $type:ty),*) $(-> $answer:ty, $absent:expr)?;)*) => {$(
        unsafe extern "C" fn $name<F>(file: *mut sqlite3_file $(, $argument: $type)*) $(-> $answer)? {
            // SAFETY: called by SQLite.
            let file = unsafe { own::<F>(file) };
            call!(file.inner.file, $method($($argument),*), forward!(@absent $($absent)?))
        }
    )*};
    (@absent) => { () };
    (@absent $absent:expr) => { $absent };
}

forward! {
    file_size = xFileSize(size: *mut i64) -> c_int, ffi::SQLITE_IOERR;
    lock = xLock(level: c_int) -> c_int, ffi::SQLITE_IOERR;
    unlock = xUnlock(level: c_int) -> c_int, ffi::SQLITE_IOERR;
    check_reserved_lock = xCheckReservedLock(held: *mut c_int) -> c_int, ffi::SQLITE_IOERR;
    file_control = xFileControl(what: c_int, with: *mut c_void) -> c_int, ffi::SQLITE_NOTFOUND;
    sector_size = xSectorSize() -> c_int, 0;
    device_characteristics = xDeviceCharacteristics() -> c_int, 0;
    shm_map = xShmMap(page: c_int, bytes: c_int, extend: c_int, at: *mut *mut c_void) -> c_int, ffi::SQLITE_IOERR;
    shm_lock = xShmLock(offset: c_int, count: c_int, flags: c_int) -> c_int, ffi::SQLITE_IOERR;
    shm_barrier = xShmBarrier();
    shm_unmap = xShmUnmap(delete: c_int) -> c_int, ffi::SQLITE_IOERR;
}
