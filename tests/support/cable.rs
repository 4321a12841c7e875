//! A cable between clients and a server, which can be cut and mended.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Clients that connect to it reach the server.
#[derive(Debug)]
pub struct Cable {
    addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    /// Both sides of each connection.
    connections: Mutex<Vec<[TcpStream; 2]>>,
    /// True if what clients send waits.
    held: Mutex<bool>,
    released: Condvar,
    over: AtomicBool,
}

impl Cable {
    /// To a server.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server,
            connections: Mutex::default(),
            held: Mutex::new(false),
            released: Condvar::new(),
            over: AtomicBool::new(false),
        });
        let accepts = Arc::clone(&shared);
        let accepting = Some(thread::spawn(move || accepts.accept(&listener)));
        Self { addr, shared, accepting }
    }

    /// Where clients connect to.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// No request gets through until it is mended, not even on a connection that a client has kept; what the
    /// server sends does.
    pub fn hold(&self) {
        *lock(&self.shared.held) = true;
    }

    /// Ends every connection, and holds the requests of those to come.
    pub fn cut(&self) {
        self.hold();
        for connection in lock(&self.shared.connections).drain(..) {
            for side in connection {
                let _ = side.shutdown(Shutdown::Both);
            }
        }
    }

    /// Lets all through.
    pub fn mend(&self) {
        *lock(&self.shared.held) = false;
        self.shared.released.notify_all();
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.over.load(SeqCst) {
                return;
            }
            // Where the server is away, the client finds its connection closed.
            let _ = client.and_then(|client| self.connect(client));
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(self.server)?;
        let (mut requests, mut to_server) = (client.try_clone()?, server.try_clone()?);
        let (mut responses, mut to_client) = (server.try_clone()?, client.try_clone()?);
        lock(&self.connections).push([client, server]);
        let shared = Arc::clone(self);
        thread::spawn(move || shared.carry(&mut requests, &mut to_server));
        thread::spawn(move || {
            let _ = io::copy(&mut responses, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
        Ok(())
    }

    /// Passes on what a client sends, and that it has left.
    fn carry(&self, from: &mut TcpStream, to: &mut TcpStream) {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let held = lock(&self.held);
            drop(self.released.wait_while(held, |held| *held));
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.shared.over.store(true, SeqCst);
        self.cut();
        self.mend();
        // Wakes the thread, which waits for clients.
        drop(TcpStream::connect(self.addr));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
