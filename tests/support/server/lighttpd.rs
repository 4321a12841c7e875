//! lighttpd, in front of FPM.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::front::{Front, when_it_listens};
use crate::binary;
use crate::process::Process;

/// lighttpd's `mod_fastcgi`.
#[derive(Clone, Copy, Debug)]
pub struct Lighttpd {
    /// True if `server.stream-response-body` is set.
    pub streams: bool,
}

impl Front for Lighttpd {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        let (socket, root, files) = (socket.display(), root.display(), directory.display());
        let streams = if self.streams { "server.stream-response-body = 1" } else { "" };
        when_it_listens(|addr| {
            let (ip, port) = (addr.ip(), addr.port());
            let config = directory.join("lighttpd.conf");
            let text = format!(
                r#"
server.modules = ("mod_fastcgi")
server.bind = "{ip}"
server.port = {port}
server.document-root = "{root}"
server.upload-dirs = ("{files}")
{streams}
fastcgi.server = (".php" => (("socket" => "{socket}", "broken-scriptfilename" => "enable")))
"#
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new(binary::lighttpd());
            command.arg("-D").arg("-f").arg(config);
            Process::spawn("lighttpd", &mut command, directory)
        })
    }
}
