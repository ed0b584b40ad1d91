//! The VFS itself: its registration, and the methods that concern names rather than open files.

use std::{
    ffi::{CStr, CString, OsStr},
    os::{
        raw::{c_char, c_int, c_void},
        unix::ffi::OsStrExt,
    },
    path::Path,
    ptr,
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_vfs};

use crate::{
    Code, FileKind, Result, Shim,
    file::{File, guarded},
};

/// What the methods of a registered VFS find behind it.
struct Layer<S> {
    below: *mut sqlite3_vfs,
    shim: S,
}

/// Registers a shim under a name, over the VFS that is the default now, for the life of the process.
///
/// Fails with [`Code::MISUSE`] where the name is taken or is no name.
pub fn register<S: Shim>(name: &str, shim: S) -> Result<()> {
    register_with(name, shim, false)
}

/// Registers a shim that connections use from now on when they name no VFS.
///
/// Fails as [`register`] does.
pub fn register_as_default<S: Shim>(name: &str, shim: S) -> Result<()> {
    register_with(name, shim, true)
}

fn register_with<S: Shim>(name: &str, shim: S, as_default: bool) -> Result<()> {
    let name = CString::new(name).map_err(|_| Code::MISUSE)?;
    // SAFETY: SQLite initialises itself here; the name lives through the call.
    let (below, taken) =
        unsafe { (ffi::sqlite3_vfs_find(ptr::null()), ffi::sqlite3_vfs_find(name.as_ptr())) };
    if below.is_null() || !taken.is_null() {
        return Err(Code::MISUSE);
    }
    // SAFETY: `below` was found just now; the SQLite that has it is the one whose types these are.
    let vfs = layered::<S>(unsafe { &*below }, name, Box::new(Layer { below, shim }))?;
    // SAFETY: the VFS, its name and its layer are leaked, hence valid for ever.
    Code::check(unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), c_int::from(as_default)) })
}

fn layered<S: Shim>(below: &sqlite3_vfs, name: CString, layer: Box<Layer<S>>) -> Result<sqlite3_vfs> {
    let own_bytes = c_int::try_from(File::<S::File>::INNER_OFFSET).map_err(|_| Code::MISUSE)?;
    Ok(sqlite3_vfs {
        iVersion: below.iVersion.min(2),
        szOsFile: own_bytes + below.szOsFile,
        mxPathname: below.mxPathname,
        pNext: ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: Box::into_raw(layer).cast(),
        xOpen: Some(open::<S>),
        xDelete: Some(delete::<S>),
        xAccess: Some(access::<S>),
        xFullPathname: Some(full_pathname::<S>),
        xDlOpen: below.xDlOpen.and(Some(dl_open::<S>)),
        xDlError: below.xDlError.and(Some(dl_error::<S>)),
        xDlSym: below.xDlSym.and(Some(dl_sym::<S>)),
        xDlClose: below.xDlClose.and(Some(dl_close::<S>)),
        xRandomness: Some(randomness::<S>),
        xSleep: Some(sleep::<S>),
        xCurrentTime: Some(current_time::<S>),
        xGetLastError: below.xGetLastError.and(Some(get_last_error::<S>)),
        xCurrentTimeInt64: below.xCurrentTimeInt64.and(Some(current_time_int64::<S>)),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    })
}

/// What lies behind the VFS that SQLite calls a method of.
unsafe fn layer<'v, S>(vfs: *mut sqlite3_vfs) -> &'v Layer<S> {
    // SAFETY: SQLite calls these methods only with the VFS that `register` made of a `Layer<S>` and leaked.
    unsafe { &*(*vfs).pAppData.cast() }
}

/// The path of a file that SQLite names.
unsafe fn path_of<'p>(name: *const c_char) -> Option<&'p Path> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite gives names that end in a zero and live through the call.
    let name = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(name.to_bytes())))
}

fn kind_of(flags: c_int) -> FileKind {
    match flags {
        flags if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 => FileKind::MainDatabase,
        flags if flags & ffi::SQLITE_OPEN_WAL != 0 => FileKind::Wal,
        flags if flags & ffi::SQLITE_OPEN_MAIN_JOURNAL != 0 => FileKind::Journal,
        _ => FileKind::Other,
    }
}

unsafe extern "C" fn open<S: Shim>(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives zeroed memory of `szOsFile` bytes, aligned to eight: room for our file and
    // the one below behind it. Without methods SQLite takes the file for not open.
    let (layer, path, inner) = unsafe {
        (*file).pMethods = ptr::null();
        let inner = file.byte_add(File::<S::File>::INNER_OFFSET);
        (*inner).pMethods = ptr::null();
        (layer::<S>(vfs), path_of(name), inner)
    };
    let hooks = match guarded(|| layer.shim.open(path, kind_of(flags)).map(Box::new)) {
        Ok(hooks) => hooks,
        Err(code) => return code.number(),
    };
    // SAFETY: the name is forwarded as it came, since SQLite finds parameters behind it. A file that
    // failed to open, but has methods, wants closing.
    unsafe {
        let opened = match (*layer.below).xOpen {
            Some(open) => open(layer.below, name, inner, flags, out_flags),
            None => ffi::SQLITE_CANTOPEN,
        };
        if opened == ffi::SQLITE_OK {
            File::establish(file, inner, hooks);
        } else if let Some(methods) = (*inner).pMethods.as_ref()
            && let Some(close) = methods.xClose
        {
            close(inner);
        }
        opened
    }
}

unsafe extern "C" fn delete<S: Shim>(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: called by SQLite.
    let (layer, path) = unsafe { (layer::<S>(vfs), path_of(name)) };
    let Some(path) = path else { return ffi::SQLITE_MISUSE };
    // SAFETY: called by SQLite with these arguments, while this hook runs.
    let forward = || match unsafe { (*layer.below).xDelete } {
        Some(delete) => Code::check(unsafe { delete(layer.below, name, sync_folder) }),
        None => Err(Code::DELETE),
    };
    Code::of(guarded(|| layer.shim.delete(path, sync_folder != 0, forward)))
}

/// Methods that go to the VFS below as they are.
macro_rules! forward {
    ($($name:ident = $method:ident($($argument:ident: $type:ty),*) $(-> $answer:ty, $absent:expr)?;)*) => {$(
        unsafe extern "C" fn $name<S>(vfs: *mut sqlite3_vfs $(, $argument: $type)*) $(-> $answer)? {
            // SAFETY: called by SQLite with these arguments; the VFS below lives for ever.
            unsafe {
                let below = layer::<S>(vfs).below;
                match (*below).$method {
                    Some(method) => method(below $(, $argument)*),
                    None => forward!(@absent $($absent)?),
                }
            }
        }
    )*};
    (@absent) => { () };
    (@absent $absent:expr) => { $absent };
}

type Symbol = Option<unsafe extern "C" fn(*mut sqlite3_vfs, *mut c_void, *const c_char)>;

forward! {
    access = xAccess(name: *const c_char, flags: c_int, answer: *mut c_int) -> c_int, ffi::SQLITE_IOERR;
    full_pathname = xFullPathname(name: *const c_char, room: c_int, full: *mut c_char) -> c_int, ffi::SQLITE_CANTOPEN;
    dl_open = xDlOpen(name: *const c_char) -> *mut c_void, ptr::null_mut();
    dl_error = xDlError(room: c_int, text: *mut c_char);
    dl_sym = xDlSym(library: *mut c_void, symbol: *const c_char) -> Symbol, None;
    dl_close = xDlClose(library: *mut c_void);
    randomness = xRandomness(count: c_int, bytes: *mut c_char) -> c_int, 0;
    sleep = xSleep(microseconds: c_int) -> c_int, 0;
    current_time = xCurrentTime(days: *mut f64) -> c_int, ffi::SQLITE_ERROR;
    get_last_error = xGetLastError(room: c_int, text: *mut c_char) -> c_int, 0;
    current_time_int64 = xCurrentTimeInt64(milliseconds: *mut i64) -> c_int, ffi::SQLITE_ERROR;
}
