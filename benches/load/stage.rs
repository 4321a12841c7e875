//! nginx, FPM with two workers, and a hub: what carries the streams that are measured.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use server_tests::process::Pid;
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;
use sse_load::Publish;

use crate::hub::{self, Hub, Settings};
use crate::producer::Producer;
use crate::side::Side;

/// FPM's workers: as few as there can be, so that a stream that keeps one is noticed.
const WORKERS: usize = 2;

pub(crate) const STREAM: &str = "<?php Sse::start()->subscribe($_GET['topic']);";
pub(crate) const COMPRESSED: &str =
    "<?php Sse::start(compress: ['zstd'])->subscribe($_GET['topic']);";
pub(crate) const PINNED: &str = "<?php Sse::start()->subscribe($_GET['topic'], handOff: false);";
/// Ends after a while, as behind a proxy that allows no more.
pub(crate) const ROTATED: &str =
    "<?php Sse::start(maxLifetime: 5, retry: 500)->subscribe($_GET['topic']);";
pub(crate) const PAGE: &str = "<?php echo str_repeat('x', 1000);";

const STREAMS: &str = r"~ ^/(stream|compressed|rotated)\.php$";
/// Chunks are of no use to a stream without an end, and each costs nginx some work.
const NO_CHUNKS: &str = "chunked_transfer_encoding off;";

/// All of it, up and running.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) hub: Hub,
    pub(crate) server: Server,
    fpm: Fpm,
    site: Site,
    spawns: &'static str,
}

impl Stage {
    /// Starts it, with settings of the hub and lines for FPM's pool.
    pub(crate) fn start(settings: &Settings, pool: &[&str]) -> Self {
        Self::with_workers(WORKERS, settings, pool)
    }

    /// The same, with so many workers.
    pub(crate) fn with_workers(workers: usize, settings: &Settings, pool: &[&str]) -> Self {
        let site = Site::new()
            .file("stream.php", STREAM)
            .file("compressed.php", COMPRESSED)
            .file("pinned.php", PINNED)
            .file("rotated.php", ROTATED)
            .file("page.php", PAGE);
        let spawns = if settings.supervised { "0" } else { "1" };
        let hub = Hub::start(site.as_ref(), settings);
        let php = Php::with_sse()
            .ini("zend_extension", "opcache")
            .ini("sse.hub_socket", &Hub::socket(site.as_ref()).display().to_string())
            .ini("sse.hub_path", &hub::binary().display().to_string())
            .ini("sse.hub_spawn", spawns);
        let fpm = Fpm::new(&site, php)
            .children(workers)
            .nginx_workers(4)
            .nginx_line("keepalive_requests 1000000;")
            .nginx_location(STREAMS, NO_CHUNKS)
            // Room for as many as come back at once.
            .pool_line("listen.backlog = 4096");
        let fpm = pool.iter().fold(fpm, |fpm, line| fpm.pool_line(line));
        let server = fpm.clone().start();
        Self { hub, server, fpm, site, spawns }
    }

    /// A script that publishes under any topic.
    pub(crate) fn producer(&self) -> io::Result<Producer> {
        Producer::start(self.site.as_ref(), "", self.spawns)
    }

    /// Where it lives.
    pub(crate) fn directory(&self) -> &Path {
        self.site.as_ref()
    }

    pub(crate) fn stop_and_start_fpm(&mut self) {
        self.fpm.restart(&mut self.server);
    }
}

impl Side for Stage {
    fn name(&self) -> &'static str {
        "Sse"
    }

    fn address(&self) -> SocketAddr {
        self.server.addr()
    }

    fn path(&self, topic: &str) -> String {
        format!("/stream.php?topic={topic}")
    }

    fn publisher(&self, topic: &str) -> io::Result<Box<dyn Publish + Send>> {
        Ok(Box::new(Producer::start(self.site.as_ref(), topic, self.spawns)?))
    }

    fn holder(&self) -> Vec<Pid> {
        vec![self.hub.pid()]
    }

    fn front(&self) -> Vec<Pid> {
        self.server.front()
    }
}
