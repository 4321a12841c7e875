//! Scripts of a page that open a stream, on nginx and PHP-FPM.

use server_tests::http::{Request, Response};
use server_tests::patience::soon;
use server_tests::server::{Fpm, Server};

use crate::output::{differ, matching_prefix};
use crate::scratch::Scratch;

/// The site of a page, served as in production.
#[derive(Debug)]
pub(crate) struct Served(Server);

/// A stream that is open, and what of it was read, but not compared.
#[derive(Debug)]
pub(crate) struct Open {
    response: Response,
    read: String,
}

/// What PHP logs when a script is not right.
const COMPLAINTS: [&str; 4] = ["PHP Parse", "PHP Fatal", "PHP Warning", "PHP Deprecated"];

impl Served {
    /// Serves the page's directory, with its `prelude.php` before each script if it has one.
    pub(crate) fn start(scratch: &Scratch) -> Self {
        let prelude = scratch.site.path("prelude.php");
        let php = scratch.php();
        let php = if prelude.exists() {
            php.ini("auto_prepend_file", &prelude.display().to_string())
        } else {
            php
        };
        Self(Fpm::new(&scratch.site, php).children(2).start())
    }

    /// Requests a script, which has to open a stream.
    pub(crate) fn open(&self, script: &str) -> Result<Open, String> {
        let request = Request::get(script).header("Accept", "text/event-stream");
        let mut response = self.0.send(&request);
        let first = response.body.read_until(b":", soon());
        let is_stream =
            response.header("Content-Type").unwrap_or_default().starts_with("text/event-stream");
        if response.status() != 200 || !is_stream || first.is_err() {
            return Err(format!(
                "it opened no stream: {:?}, {first:?}\n{}",
                response.head,
                self.0.log()
            ));
        }
        self.complains()?;
        let read = String::from_utf8_lossy(&first.unwrap_or_default()).into_owned();
        Ok(Open { response, read })
    }

    /// What PHP has to say.
    pub(crate) fn complains(&self) -> Result<(), String> {
        let log = self.0.log();
        if COMPLAINTS.iter().any(|complaint| log.contains(complaint)) { Err(log) } else { Ok(()) }
    }
}

impl Open {
    /// Waits until it goes on as shown.
    pub(crate) fn will_bring(&mut self, shown: &str) -> Result<(), String> {
        let deadline = soon();
        loop {
            if let Some(length) = matching_prefix(shown, &self.read) {
                self.read.drain(..length);
                return Ok(());
            }
            match self.response.body.next_piece(deadline) {
                Ok(Some(piece)) => self.read += &String::from_utf8_lossy(&piece.bytes),
                Ok(None) => return Err(format!("{}\nand ended", differ(shown, &self.read))),
                Err(error) => return Err(format!("{}\n{error:?}", differ(shown, &self.read))),
            }
        }
    }
}
