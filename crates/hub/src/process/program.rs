//! Finds the installed `sse-hub` program, which may have replaced the running one.

use std::path::{Path, PathBuf};
use std::{env, io};

/// Returns the path by which this program was called; another program may be installed there by now. A symbolic link
/// is not resolved, as it may point elsewhere by now. If the name says nothing, it is the file that runs.
///
/// # Errors
///
/// When the system does not know which file runs.
pub(crate) fn installed() -> io::Result<PathBuf> {
    if let Some(called) = called().filter(|called| called.is_file()) {
        return Ok(called);
    }
    let path = env::current_exe()?;
    let replaced = path.to_str().and_then(|path| path.strip_suffix(" (deleted)"));
    Ok(replaced.map_or_else(|| path.clone(), Into::into))
}

/// Returns the name by which it was called, unless that depends on the working directory.
fn called() -> Option<PathBuf> {
    let name = PathBuf::from(env::args_os().next()?);
    if name.is_absolute() {
        return Some(name);
    }
    let is_bare = name.parent() == Some(Path::new(""));
    let path = env::var_os("PATH").filter(|_| is_bare)?;
    env::split_paths(&path).map(|directory| directory.join(&name)).find(|it| it.is_file())
}
