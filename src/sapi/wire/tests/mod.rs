//! A wire on a socket pair: what a partial write leaves, and who waits for whom.
//!
//! # Layout
//! * `encoded`: with a content coding

mod encoded;

use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use super::sending::Sent;
use super::*;
use crate::sapi::server::transport::TryWrite;
use framing::Framing;

/// A connection whose other end the test holds.
struct Pair(UnixStream, Framing);

impl Transport for Pair {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn write_path(&self) -> WritePath {
        WritePath::Direct(self.1)
    }

    fn try_write(&self, _: &[u8], _: usize) -> TryWrite {
        TryWrite::WouldBlock
    }

    fn server_is_stopping(&self) -> bool {
        false
    }

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        Err(NoHandOff::NoConnection)
    }

    fn describe(&self) -> &'static str {
        "to a test"
    }
}

const HEARTBEAT_RECORD: &[u8] = b"\x01\x06\x00\x01\x00\x02\x00\x00:\n";

fn wire(write_timeout: Duration) -> (Wire, UnixStream) {
    framed(Framing::FastCgi { request_id: 1, is_kept: false }, write_timeout)
}

fn framed(framing: Framing, write_timeout: Duration) -> (Wire, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    rustix::net::sockopt::set_socket_send_buffer_size(&ours, 4096).unwrap();
    // For a test that fails: what never comes is an error then.
    theirs.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let timing = WireTiming {
        heartbeat: Some(Duration::from_nanos(1)),
        heartbeat_line: Heartbeat::default(),
        write_timeout,
        ignores_half_close: false,
    };
    let transport = Box::new(Pair(ours, framing));
    (Wire::new(transport, timing, Tail::START, None, false).unwrap(), theirs)
}

fn read(from: &mut UnixStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).unwrap();
    bytes
}

/// A payload that the connection takes in part, and what is left of it.
fn write_in_part(wire: &Wire) -> (Vec<u8>, usize) {
    let payload: Vec<u8> = (0..60_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let sent = wire.send(&mut wire.line.lock(), &mut Packet::of(&payload), Duration::ZERO);
    assert_eq!(sent, Sent::Later);
    let left = wire.line.lock().residue.len();
    assert!(left > 0 && left < payload.len(), "the write was not partial: {left} bytes are left");
    (payload, left)
}

#[test]
fn echoed_bytes_wait_for_a_flush_only_where_the_server_keeps_them() {
    let length = |theirs: &UnixStream| rustix::io::ioctl_fionread(theirs).unwrap();
    let (raw, theirs) = framed(Framing::Raw, Duration::from_secs(10));
    raw.echo(b"data: x\n\n").unwrap();
    assert_eq!(length(&theirs), 9);
    let (records, theirs) = wire(Duration::from_millis(10));
    records.echo(b"data: x\n\n").unwrap();
    assert_eq!(length(&theirs), 0);
    // More than the test takes.
    assert_eq!(records.echo(&[b'x'; 8192]), Err(StopReason::WriteTimeout));
    assert!(length(&theirs) > 8 + 9);
}

#[test]
fn the_rest_of_a_partial_write_goes_out_before_any_other_byte() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    let (payload, _) = write_in_part(&wire);
    let reader =
        std::thread::spawn(move || read(&mut theirs, 8 + 60_000 + 8 + b"data: x\n\n".len()));
    wire.write(&mut Packet::of(b"data: x\n\n")).unwrap();
    let mut expected = b"\x01\x06\x00\x01\xea\x60\x00\x00".to_vec();
    expected.extend_from_slice(&payload);
    expected.extend_from_slice(b"\x01\x06\x00\x01\x00\x09\x00\x00data: x\n\n");
    assert!(reader.join().unwrap() == expected, "the records are damaged");
}

#[test]
fn a_heartbeat_waits_behind_the_rest_of_a_partial_write() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    wire.extend_tail(b"\n");
    let (payload, _) = write_in_part(&wire);
    wire.look_after(clock::now());
    let mut received = Vec::new();
    while !received.ends_with(HEARTBEAT_RECORD) {
        let mut some = [0; 4096];
        let length = theirs.read(&mut some).unwrap();
        received.extend_from_slice(&some[..length]);
        wire.look_after(clock::now());
    }
    let first = 8 + payload.len();
    assert!(received[8..first] == payload, "the first record is damaged");
    assert!(received[first..].chunks(HEARTBEAT_RECORD.len()).all(|r| r == HEARTBEAT_RECORD));
}

#[test]
fn what_was_echoed_behind_a_partial_write_is_not_lost() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    write_in_part(&wire);
    wire.echo(b"data: x\n\n").unwrap();
    wire.look_after(clock::now());
    let reader = std::thread::spawn(move || read(&mut theirs, 8 + 60_000 + 17));
    wire.flush().unwrap();
    assert!(reader.join().unwrap().ends_with(b"\x01\x06\x00\x01\x00\x09\x00\x00data: x\n\n"));
}

#[test]
fn times_beyond_the_clock_are_for_ever() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let timing = WireTiming {
        heartbeat: Some(Duration::MAX),
        heartbeat_line: Heartbeat::default(),
        write_timeout: Duration::MAX,
        ignores_half_close: false,
    };
    let wire =
        Wire::new(Box::new(Pair(ours, Framing::Raw)), timing, Tail::START, None, false).unwrap();
    assert_eq!(wire.next_look(clock::now()), Some(Duration::MAX));
    wire.look_after(clock::now());
    let reader = std::thread::spawn(move || read(&mut theirs, 10_000_000).len());
    assert_eq!(wire.write(&mut Packet::of(&vec![b'x'; 10_000_000])), Ok(()));
    assert_eq!(reader.join().unwrap(), 10_000_000);
}

#[test]
fn the_keeper_does_not_wait_for_a_script_that_is_writing() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    let line = wire.line.lock();
    wire.look_after(clock::now());
    drop(line);
    wire.look_after(clock::now());
    assert_eq!(read(&mut theirs, HEARTBEAT_RECORD.len()), HEARTBEAT_RECORD);
    theirs.set_nonblocking(true).unwrap();
    assert!(theirs.read(&mut [0]).is_err(), "a heartbeat went out beside the lock");
}

#[test]
fn a_heartbeat_stands_at_a_line_start_only() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    wire.echo(b"data: half").unwrap();
    wire.flush().unwrap();
    wire.look_after(clock::now());
    wire.echo(b" a line\n").unwrap();
    wire.flush().unwrap();
    wire.look_after(clock::now());
    let mut expected = b"\x01\x06\x00\x01\x00\x0a\x00\x00data: half".to_vec();
    expected.extend_from_slice(b"\x01\x06\x00\x01\x00\x08\x00\x00 a line\n");
    expected.extend_from_slice(HEARTBEAT_RECORD);
    assert_eq!(read(&mut theirs, expected.len()), expected);
}

#[test]
fn what_was_echoed_goes_out_when_a_heartbeat_is_due() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    wire.echo(b"data: x\n\n").unwrap();
    wire.look_after(clock::now());
    assert_eq!(read(&mut theirs, 17), b"\x01\x06\x00\x01\x00\x09\x00\x00data: x\n\n");
}

#[test]
fn a_client_that_takes_nothing_is_given_up_after_the_write_timeout() {
    let (wire, _theirs) = wire(Duration::from_millis(50));
    let began = Instant::now();
    assert_eq!(wire.write(&mut Packet::of(&vec![b'x'; 10_000_000])), Err(StopReason::WriteTimeout));
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(wire.stop_reason(), Some(StopReason::WriteTimeout));
}

#[test]
fn the_keeper_gives_up_on_a_client_that_takes_no_heartbeat() {
    let (wire, _theirs) = wire(Duration::from_millis(50));
    write_in_part(&wire);
    let now = clock::now();
    wire.look_after(now);
    assert_eq!(wire.stop_reason(), None);
    wire.look_after(now + Duration::from_millis(50));
    assert_eq!(wire.stop_reason(), Some(StopReason::WriteTimeout));
}

#[test]
fn a_client_that_leaves_is_seen_without_a_write() {
    let (wire, theirs) = wire(Duration::from_secs(60));
    wire.probe();
    assert_eq!(wire.stop_reason(), None);
    drop(theirs);
    wire.probe();
    assert_eq!(wire.stop_reason(), Some(StopReason::ClientGone));
    assert_eq!(wire.write(&mut Packet::of(b"data: x\n\n")), Err(StopReason::ClientGone));
}

#[test]
fn nothing_is_written_to_a_wire_that_was_closed() {
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    wire.echo(b"data: x\n\n").unwrap();
    wire.close();
    wire.look_after(clock::now());
    assert_eq!(wire.write(&mut Packet::of(b"data: y\n\n")), Err(StopReason::Closed));
    drop(wire);
    let mut all = Vec::new();
    theirs.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"\x01\x06\x00\x01\x00\x09\x00\x00data: x\n\n");
}

#[test]
fn nothing_to_flush_is_no_record() {
    // An empty FCGI_STDOUT record would end the response.
    let (wire, mut theirs) = wire(Duration::from_secs(60));
    wire.flush().unwrap();
    wire.close();
    drop(wire);
    assert_eq!(theirs.read(&mut [0]).unwrap(), 0);
}
