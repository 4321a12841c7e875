//! The error type of an upgrade.

use std::error::Error;
use std::{fmt, io};

/// The reason why the old program has to go on.
#[derive(Debug)]
pub(crate) struct UpgradeError {
    pub(super) step: FailedStep,
    /// The output of the new program on stderr.
    pub(super) stderr: String,
}

/// The step that failed.
#[derive(Debug)]
pub(super) enum FailedStep {
    NotStarted(io::Error),
    NotTakenOver(io::Error),
    /// Another program is installed by now.
    Replaced,
    NotRun(io::Error),
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            FailedStep::NotStarted(error) => write!(f, "cannot start the new program: {error}")?,
            FailedStep::NotTakenOver(error) => {
                write!(f, "the new program did not take over: {error}")?;
            }
            FailedStep::Replaced => {
                f.write_str("the new program was replaced during the upgrade")?;
            }
            FailedStep::NotRun(error) => write!(f, "cannot run the new program: {error}")?,
        }
        if self.stderr.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.stderr.trim().replace('\n', "; "))
    }
}

impl Error for UpgradeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.step {
            FailedStep::NotStarted(error)
            | FailedStep::NotTakenOver(error)
            | FailedStep::NotRun(error) => Some(error),
            FailedStep::Replaced => None,
        }
    }
}
