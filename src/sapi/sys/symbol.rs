//! Looks up functions of the running process by name: a server's own, which no header declares.

use std::ffi::{CStr, c_void};

/// Returns the address of a symbol; null if there is none of that name.
pub(crate) fn address(name: &CStr) -> *mut c_void {
    // SAFETY: looks a C string up among the names of the running process; it runs no code of a library's.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }
}

/// Returns a function of the running process, by its name.
///
/// # Safety
///
/// `F` is the function pointer type of the function of that name.
pub(crate) unsafe fn function<F: Copy>(name: &CStr) -> Option<F> {
    let address = address(name);
    // SAFETY: not null; the caller vouches that `F` is the function pointer's type, which is as large as any pointer.
    (!address.is_null()).then(|| unsafe { std::mem::transmute_copy(&address) })
}
