//! The same events through nginx to a client, whose encoder serves that client alone.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use content_coding::{Coding, Decoder};

use crate::Cost;
use crate::memory::anonymous;
use crate::streams::Stream;

const MODULE: &str = "/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so";
const PATIENCE: Duration = Duration::from_secs(10);

/// So many clients at once tell the memory of one.
const CLIENTS: usize = 32;

/// A way to encode.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    path: &'static str,
    coding: Option<Coding>,
    lines: &'static str,
}

const PLAIN: Filter = Filter { name: "nginx, plain", path: "/plain", coding: None, lines: "" };
const GZIPS: [Filter; 2] = [
    Filter {
        name: "nginx, gzip 1",
        path: "/gzip1",
        coding: Some(Coding::Gzip),
        lines: "gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0; gzip_comp_level 1;",
    },
    Filter {
        name: "nginx, gzip 6",
        path: "/gzip6",
        coding: Some(Coding::Gzip),
        lines: "gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0; gzip_comp_level 6;",
    },
];
const BROTLI: Filter = Filter {
    name: "nginx, brotli 6",
    path: "/brotli",
    coding: Some(Coding::Brotli),
    lines: "brotli on; brotli_types text/event-stream; brotli_min_length 0; brotli_comp_level 6;",
};

/// nginx with one worker, before a server that is this program.
pub(crate) struct Nginx {
    child: Child,
    address: SocketAddr,
    upstream: TcpListener,
    directory: PathBuf,
}

/// A stream through nginx, both of its ends.
struct Cable {
    server: TcpStream,
    client: TcpStream,
    decoder: Option<Decoder>,
}

impl Nginx {
    /// Starts it, where it is installed.
    pub(crate) fn start() -> Option<Self> {
        let directory = std::env::temp_dir().join(format!("codings-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let configuration = directory.join("nginx.conf");
        fs::write(&configuration, configure(address, &upstream, &directory)).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&directory).arg("-e").arg("nginx.log").arg("-c").arg(configuration);
        let child = command.stderr(Stdio::null()).spawn().ok()?;
        let mut nginx = Self { child, address, upstream, directory };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let has_ended = nginx.child.try_wait().unwrap().is_some();
            assert!(!has_ended && begun.elapsed() < PATIENCE, "nginx does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(nginx)
    }

    pub(crate) fn has_brotli() -> bool {
        Path::new(MODULE).exists()
    }

    pub(crate) fn filters() -> impl Iterator<Item = &'static Filter> {
        [&PLAIN].into_iter().chain(&GZIPS).chain(Self::has_brotli().then_some(&BROTLI))
    }

    /// The cost of an event: each is sent when the client has the one before.
    pub(crate) fn carry(&self, stream: &Stream, filter: &Filter) -> Cost {
        let mut cable = self.connect(filter);
        let before = self.cpu();
        let length: usize = stream.events.iter().map(|event| cable.carry(event)).sum();
        let (events, cpu) = (stream.events.len() as f64, self.cpu() - before);
        Cost { bytes: length as f64 / events, microseconds: cpu as f64 / 1e3 / events }
    }

    /// Kilobytes for each client.
    pub(crate) fn memory(&self, stream: &Stream, filter: &Filter) -> f64 {
        let worker = self.worker();
        let before = anonymous(&worker);
        let mut cables: Vec<_> = (0..CLIENTS).map(|_| self.connect(filter)).collect();
        for cable in &mut cables {
            stream.events.iter().take(100).for_each(|event| _ = cable.carry(event));
        }
        anonymous(&worker).saturating_sub(before) as f64 / 1024.0 / CLIENTS as f64
    }

    fn connect(&self, filter: &Filter) -> Cable {
        let mut client = TcpStream::connect(self.address).unwrap();
        let Filter { path, .. } = filter;
        let accepts = filter.coding.map_or("identity", Coding::token);
        let request = format!("GET {path} HTTP/1.0\r\nAccept-Encoding: {accepts}\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        let (mut server, _) = self.upstream.accept().unwrap();
        server.set_nodelay(true).unwrap();
        read_head(&mut server);
        server.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n").unwrap();
        let decoder = filter.coding.map(|coding| Decoder::new(coding).unwrap());
        let mut cable = Cable { server, client, decoder };
        read_head(&mut cable.client);
        cable.read(b":\n");
        cable
    }

    fn worker(&self) -> String {
        let parent = self.child.id();
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        children.unwrap().split_whitespace().next().unwrap().to_owned()
    }

    /// Nanoseconds of its worker.
    fn cpu(&self) -> u64 {
        let statistics = fs::read_to_string(format!("/proc/{}/schedstat", self.worker())).unwrap();
        statistics.split(' ').next().unwrap().parse().unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // If it fails, it has ended.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Cable {
    /// The bytes that the client gets for an event.
    fn carry(&mut self, event: &[u8]) -> usize {
        self.server.write_all(event).unwrap();
        self.read(event)
    }

    fn read(&mut self, expected: &[u8]) -> usize {
        let (mut got, mut length, mut buffer) = (Vec::new(), 0, vec![0; 65536]);
        while got.len() < expected.len() {
            let read = self.client.read(&mut buffer).unwrap();
            assert!(read > 0, "the stream has ended");
            length += read;
            match &mut self.decoder {
                Some(decoder) => got.extend(decoder.decode(&buffer[..read]).unwrap()),
                None => got.extend_from_slice(&buffer[..read]),
            }
        }
        assert!(got == expected, "the client gets something else");
        length
    }
}

/// Reads the head of a request or of a response, and no more.
fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
}

fn configure(address: SocketAddr, upstream: &TcpListener, directory: &Path) -> String {
    let (upstream, path) = (upstream.local_addr().unwrap(), directory.display());
    let module = if Nginx::has_brotli() { format!("load_module {MODULE};") } else { String::new() };
    let location = |Filter { path, lines, .. }: &Filter| {
        format!(
            "location {path} {{ proxy_pass http://{upstream}; proxy_buffering off; {lines} }}\n"
        )
    };
    let locations: String = Nginx::filters().map(location).collect();
    format!(
        "{module}
daemon off;
worker_processes 1;
pid {path}/nginx.pid;
error_log {path}/nginx.log notice;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {path}/body;
    fastcgi_temp_path {path}/fastcgi;
    proxy_temp_path {path}/proxy;
    scgi_temp_path {path}/scgi;
    uwsgi_temp_path {path}/uwsgi;
    gzip_http_version 1.0;
    server {{ listen {address}; {locations} }}
}}
"
    )
}
