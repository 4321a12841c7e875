//! What the running process exports: a server's own functions, which no header of PHP's declares.

use std::ffi::{CStr, c_void};

/// The address of a symbol; null if there is none of that name.
pub(crate) fn address(name: &CStr) -> *mut c_void {
    // SAFETY: looks a name up in the running process; it is a C string.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }
}

/// A function of the running process, by its name.
///
/// # Safety
///
/// `F` is the function pointer type of the function of that name.
pub(crate) unsafe fn function<F: Copy>(name: &CStr) -> Option<F> {
    let address = address(name);
    // SAFETY: the caller vouches for the type; a function pointer is as large as any other.
    (!address.is_null()).then(|| unsafe { std::mem::transmute_copy(&address) })
}
