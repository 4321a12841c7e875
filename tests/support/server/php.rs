//! PHP's configuration: only what the test asks for, nothing of the machine's.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::home::hub_socket;
use crate::extension;

/// The settings of a PHP. Errors go to the server's log, not into responses.
#[derive(Clone, Debug)]
pub struct Php {
    ini: String,
    system_extensions: bool,
}

impl Php {
    /// Without the extension.
    pub fn plain() -> Self {
        let php = Self { ini: String::new(), system_extensions: false };
        php.ini("display_errors", "0").ini("html_errors", "0").ini("log_errors", "1")
    }

    /// With the extension under test.
    #[track_caller]
    pub fn with_sse() -> Self {
        Self::plain().ini("extension", &extension::path().display().to_string())
    }

    /// With a line in php.ini.
    #[must_use]
    pub fn ini(mut self, name: &str, value: &str) -> Self {
        writeln!(self.ini, "{name} = \"{value}\"").expect("strings take everything");
        self
    }

    /// With the output buffer of php.ini-production, and without a header that names PHP.
    #[must_use]
    pub fn like_in_production(self) -> Self {
        self.ini("output_buffering", "4096").ini("expose_php", "0")
    }

    /// With all extensions that the machine's own configuration loads: frameworks need many.
    #[must_use]
    pub fn system_extensions(mut self) -> Self {
        self.system_extensions = true;
        self
    }

    /// Has every PHP in `command` configured so. `directory` is the server's.
    pub(super) fn configure(self, command: &mut Command, directory: &Path) {
        let php = self.ini("session.save_path", &directory.display().to_string());
        // The last line of a name holds.
        let hub = format!("sse.hub_socket = \"{}\"\n", hub_socket(directory).display());
        fs::write(directory.join("php.ini"), hub + &php.ini).unwrap();
        command.env("PHPRC", directory);
        if !php.system_extensions {
            command.env("PHP_INI_SCAN_DIR", "");
        }
    }
}
