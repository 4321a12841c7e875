//! Where this program is, and with it the one that is installed in its place.

use std::path::{Path, PathBuf};
use std::{env, io};

/// What stands where this program was called from: by now another one, maybe. A link is left as it is, as it may
/// lead elsewhere by now; only where the name says nothing it is the file that runs.
///
/// # Errors
///
/// When the system does not know which file that is.
pub(crate) fn installed() -> io::Result<PathBuf> {
    if let Some(called) = called().filter(|called| called.is_file()) {
        return Ok(called);
    }
    let path = env::current_exe()?;
    let replaced = path.to_str().and_then(|path| path.strip_suffix(" (deleted)"));
    Ok(replaced.map_or_else(|| path.clone(), Into::into))
}

/// The name that it was called by, as far as that does not depend on where it was.
fn called() -> Option<PathBuf> {
    let name = PathBuf::from(env::args_os().next()?);
    if name.is_absolute() {
        return Some(name);
    }
    let is_bare = name.parent() == Some(Path::new(""));
    let path = env::var_os("PATH").filter(|_| is_bare)?;
    env::split_paths(&path).map(|directory| directory.join(&name)).find(|it| it.is_file())
}
