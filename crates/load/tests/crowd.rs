//! The crowd against a server that does wrong on purpose: it has to notice.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::{Duration, Instant};

use content_coding::{Coding, Encoder};
use sse_load::{Conduct, Counts, Crowd, Payload, Plan, Published, now};

const CLIENTS: u64 = 20;
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// Serves each connection with what `answer` makes of its last event ID, and then holds it, or ends it
/// where the answer is not to be held.
fn serve<T: AsRef<[u8]> + 'static>(answer: fn(Option<&str>) -> (T, bool)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let last_event_id = last_event_id(&stream);
                let (response, hold) = answer(last_event_id.as_deref());
                // A restless client may be gone.
                let _ = stream.write_all(response.as_ref());
                if hold {
                    let _ = BufReader::new(stream).read_line(&mut String::new());
                }
            });
        }
    });
    server
}

fn last_event_id(stream: &TcpStream) -> Option<String> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut lines = lines.take_while(|line| !line.is_empty());
    lines.find_map(|line| Some(line.strip_prefix("Last-Event-ID: ")?.to_owned()))
}

fn event(sequence: u64) -> String {
    let data = Payload { sequence, published: now() }.to_data(100);
    format!("id: 5-{sequence}\ndata: {data}\n\n")
}

fn events(sequences: &[u64]) -> String {
    let events: String = sequences.iter().map(|sequence| event(*sequence)).collect();
    format!("{HEAD}:\n{events}")
}

/// The counts of clients of such a server when so many events have come to each in order.
fn counts<T: AsRef<[u8]> + 'static>(
    in_order: u64,
    answer: fn(Option<&str>) -> (T, bool),
) -> Counts {
    let crowd = gather(answer, Conduct::Steady, &Arc::default());
    wait(&crowd, |counts| counts.in_order >= in_order * CLIENTS);
    crowd.disperse().unwrap().counts
}

fn gather<T: AsRef<[u8]> + 'static>(
    answer: fn(Option<&str>) -> (T, bool),
    conduct: Conduct,
    published: &Arc<Published>,
) -> Crowd {
    let plan = Plan::new(serve(answer), "/", usize::try_from(CLIENTS).unwrap()).conduct(conduct);
    Crowd::gather(&plan, published).unwrap()
}

fn wait(crowd: &Crowd, condition: impl Fn(Counts) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition(crowd.counts()) {
        assert!(Instant::now() < deadline, "{:?}", crowd.counts());
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_complete_sequence_has_no_faults() {
    let counts = counts(3, |_| (events(&[0, 1, 2]), true));
    let expected =
        Counts { connects: CLIENTS, open: CLIENTS, in_order: 3 * CLIENTS, ..Counts::default() };
    assert!(counts.bytes > 3 * 100 * CLIENTS, "{counts:?}");
    assert_eq!(Counts { bytes: 0, ..counts }, expected);
}

/// The response in zstd, each event flushed; the last bytes are changed, if that is said.
fn encoded(sequences: &[u64], is_damaged: bool) -> Vec<u8> {
    let head = HEAD.replace("\r\n\r\n", "\r\nContent-Encoding: zstd\r\n\r\n");
    let (mut encoder, mut response) = (Encoder::new(Coding::Zstd), head.into_bytes());
    for sequence in sequences {
        encoder.append(event(*sequence).as_bytes(), &mut response);
    }
    if is_damaged {
        // A block of the type that there is not.
        response.extend_from_slice(&[0x06, 0, 0]);
    }
    response
}

#[test]
fn a_compressed_response_is_read() {
    let counts = counts(3, |_| (encoded(&[0, 1, 2], false), true));
    assert_eq!((counts.in_order, counts.faults()), (3 * CLIENTS, 0), "{counts:?}");
    assert!(counts.encoded > 0 && counts.encoded < counts.bytes, "{counts:?}");
}

#[test]
fn a_compressed_response_that_is_damaged_is_reported() {
    let crowd = gather(|_| (encoded(&[0], true), true), Conduct::Steady, &Arc::default());
    wait(&crowd, |counts| counts.foreign == CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.faults(), CLIENTS);
}

#[test]
fn a_planted_loss_is_reported() {
    let counts = counts(3, |_| (events(&[0, 3, 4]), true));
    assert_eq!((counts.lost, counts.faults()), (2 * CLIENTS, 2 * CLIENTS));
}

#[test]
fn a_planted_repetition_is_reported() {
    let counts = counts(3, |_| (events(&[0, 1, 1, 2]), true));
    assert_eq!((counts.repeated, counts.bad_ids), (CLIENTS, CLIENTS));
}

#[test]
fn planted_disorder_is_reported() {
    let counts = counts(3, |_| (events(&[0, 2, 1, 3]), true));
    assert_eq!((counts.late, counts.lost, counts.bad_ids), (CLIENTS, 0, CLIENTS));
}

#[test]
fn who_was_told_no_position_and_misses_what_comes_meanwhile_has_lost_it_in_silence() {
    // The first stream ends before there is an event; the next one begins with the third.
    static VISITS: AtomicU64 = AtomicU64::new(0);
    let visit = |_: Option<&str>| match VISITS.fetch_add(1, SeqCst) {
        0..CLIENTS => (format!("{HEAD}:\n"), false),
        _ => (events(&[2]), true),
    };
    let mut plan = Plan::new(serve(visit), "/", usize::try_from(CLIENTS).unwrap());
    plan.unpositioned = Duration::ZERO;
    let crowd = Crowd::gather(&plan, &Arc::default()).unwrap();
    wait(&crowd, |counts| counts.in_order >= CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.lost, 2 * CLIENTS);
}

#[test]
fn who_was_told_a_position_is_missed_by_who_loses_what_comes_meanwhile() {
    let counts = counts(1, |last| match last {
        None => (format!("{HEAD}:\nid: 4-0\nevent: sse:position\ndata: {{}}\n\n"), false),
        Some(_) => (events(&[2]), true),
    });
    assert_eq!((counts.lost, counts.positions, counts.foreign), (2 * CLIENTS, CLIENTS, 0));
}

#[test]
fn an_event_without_an_id_is_reported() {
    let counts = counts(3, |_| (events(&[0, 1, 2]).replace("id: 5-1\n", ""), true));
    assert_eq!((counts.bad_ids, counts.faults()), (CLIENTS, CLIENTS));
}

#[test]
fn an_event_of_others_is_reported() {
    let counts = counts(3, |_| (events(&[0, 1, 2]) + "id: 6-0\ndata: hello\n\n", true));
    assert_eq!((counts.foreign, counts.faults()), (CLIENTS, CLIENTS));
}

#[test]
fn a_client_comes_back_with_the_last_event_id_and_goes_on_where_it_was() {
    let counts = counts(3, |last| match last {
        None => (events(&[0, 1]), false),
        Some("5-1") => (events(&[2]), true),
        Some(other) => (format!("HTTP/1.1 500 {other}\r\n\r\n"), false),
    });
    assert_eq!((counts.connects, counts.ended), (2 * CLIENTS, CLIENTS));
    assert_eq!((counts.faults(), counts.refused), (0, 0));
}

#[test]
fn a_stream_that_goes_on_at_the_wrong_place_is_reported() {
    let counts = counts(3, |last| match last {
        None => (events(&[0, 1]), false),
        Some(_) => (events(&[1, 3]), true),
    });
    assert_eq!((counts.repeated, counts.lost), (CLIENTS, CLIENTS));
}

#[test]
fn a_reset_is_counted_and_excuses_the_gap() {
    let published = Arc::default();
    (0..4).for_each(|_| _ = Published::begin(&published));
    let answer = |last: Option<&str>| match last {
        None => (events(&[0, 1]), false),
        Some(_) => (events(&[]) + "id: 5-3\nevent: reset\ndata: {}\n\n" + &event(4), true),
    };
    let crowd = gather(answer, Conduct::Steady, &published);
    wait(&crowd, |counts| counts.in_order == 3 * CLIENTS);
    let counts = crowd.disperse().unwrap().counts;
    assert_eq!((counts.resets, counts.faults()), (CLIENTS, 0));
}

#[test]
fn what_is_refused_is_tried_again() {
    let answer = |_: Option<&str>| ("HTTP/1.1 502 Bad Gateway\r\n\r\n".to_owned(), false);
    let crowd = gather(answer, Conduct::Steady, &Arc::default());
    wait(&crowd, |counts| counts.refused >= 3 * CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.open, 0);
}

#[test]
fn the_restless_leave_and_come_back_until_they_are_to_settle() {
    let restless = Conduct::Restless(Duration::from_millis(20));
    let crowd = gather(|_| (events(&[]), true), restless, &Arc::default());
    wait(&crowd, |counts| counts.aborted >= 10 * CLIENTS);
    crowd.settle();
    wait(&crowd, |counts| counts.open == CLIENTS);
    let counts = crowd.disperse().unwrap().counts;
    assert_eq!(counts.connects, counts.aborted + counts.failed + CLIENTS);
}

#[test]
fn the_stalled_read_only_the_beginning() {
    let crowd = gather(|_| (events(&[0, 1]), false), Conduct::Stalled, &Arc::default());
    wait(&crowd, |counts| counts.open == CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.connects, CLIENTS);
}

#[test]
fn what_has_not_come_yet_is_told() {
    let published = Arc::default();
    let crowd = gather(|_| (events(&[0, 1, 2]), true), Conduct::Steady, &published);
    wait(&crowd, |counts| counts.in_order == 3 * CLIENTS);
    assert_eq!((crowd.complete() as u64, crowd.behind()), (CLIENTS, 0));
    (0..4).for_each(|_| _ = published.begin());
    assert_eq!((crowd.complete() as u64, crowd.behind()), (0, CLIENTS));
}

#[test]
fn a_gap_where_publishing_was_in_doubt_is_no_loss() {
    let published = Arc::new(Published::default());
    let crowd = gather(|_| (events(&[0, 2]), true), Conduct::Steady, &published);
    wait(&crowd, |counts| counts.in_order == 2 * CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.lost, CLIENTS);

    published.doubt(1);
    let crowd = gather(|_| (events(&[0, 2]), true), Conduct::Steady, &published);
    wait(&crowd, |counts| counts.in_order == 2 * CLIENTS);
    assert_eq!(crowd.disperse().unwrap().counts.faults(), 0);
}
