//! A client of a compressed response: takes the framing off, and decodes what comes.

use std::io::{self, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

use content_coding::{Coding, Decoder, Encoder};
use hub_protocol::{Client as Worker, Coded, Framing, Request, Response, Subscription};

use crate::independent;
use crate::support::{Hub, hand_over, soon};

/// What the worker has sent before.
const BEFORE: &[u8] = b"retry: 5\n";

/// A client, and what it reads.
pub(crate) struct Client(BufReader<Decoded>);

/// What comes out of a connection.
struct Decoded {
    socket: UnixStream,
    framing: Framing,
    coding: Coding,
    decoder: Decoder,
    /// What has come and is no whole frame yet.
    raw: Vec<u8>,
    /// Without the framing; all of it.
    content: Vec<u8>,
    /// Decoded; all of it, and how much was given out.
    text: Vec<u8>,
    given: usize,
    has_ended: bool,
}

/// Hands a compressed response over, as a worker does.
pub(crate) fn compressed(
    hub: &Hub,
    coding: Coding,
    framing: Framing,
    subscription: Subscription,
) -> Client {
    compressed_by(&mut hub.connect(), coding, framing, subscription)
}

pub(crate) fn compressed_by(
    worker: &mut Worker,
    coding: Coding,
    framing: Framing,
    subscription: Subscription,
) -> Client {
    let client = Client::offered(worker, coding, framing, subscription);
    worker.send(&Request::Commit, None, soon()).unwrap();
    client
}

impl Client {
    /// Offers a response to the hub, of which the worker has sent something; it has yet to commit.
    pub(crate) fn offered(
        worker: &mut Worker,
        coding: Coding,
        framing: Framing,
        subscription: Subscription,
    ) -> Self {
        let (mut encoder, mut sent) = (Encoder::new(coding), Vec::new());
        encoder.append(BEFORE, &mut sent);
        encoder.cut(&mut sent);
        let coded = Coded { coding, progress: encoder.progress() };
        let response = Response { framing, before: Vec::new(), coding: Some(coded) };
        let (socket, mut connection) = hand_over(worker, response, subscription);
        connection.write_all(&framing.wrap(&sent)).unwrap();
        drop(connection);
        let mut client = Self(BufReader::new(Decoded {
            socket,
            framing,
            coding,
            decoder: Decoder::new(coding).unwrap(),
            raw: Vec::new(),
            content: Vec::new(),
            text: Vec::new(),
            given: 0,
            has_ended: false,
        }));
        let mut before = [0; BEFORE.len()];
        client.0.read_exact(&mut before).unwrap();
        assert_eq!(before, BEFORE);
        client
    }

    /// What it reads, decoded.
    pub(crate) fn lines(&mut self) -> &mut BufReader<impl Read + use<>> {
        &mut self.0
    }

    /// Closes the connection.
    pub(crate) fn leave(self) {
        drop(self);
    }

    /// Reads up to the end, which has to be that of a whole response, also for other people's decoders; returns all of
    /// its text.
    pub(crate) fn end(mut self) -> String {
        self.0.read_to_end(&mut Vec::new()).unwrap();
        let Decoded { framing, coding, decoder, raw, content, text, has_ended, .. } =
            self.0.into_inner();
        assert!(has_ended || framing == Framing::Raw, "{framing:?}");
        assert_eq!(raw, b"", "a frame has come in part");
        decoder.finish().unwrap();
        assert!(independent::decode(coding, &content) == text, "{coding:?}");
        String::from_utf8(text).unwrap()
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            let mut bytes = [0; 16 * 1024];
            let length = self.socket.read(&mut bytes)?;
            if length == 0 {
                return Ok(0);
            }
            self.raw.extend_from_slice(&bytes[..length]);
            while let Some((content, length)) = next_frame(self.framing, &self.raw) {
                assert!(!self.has_ended || length == 8, "nothing comes behind the end");
                self.has_ended |= content.is_none();
                self.raw.drain(..length);
                let content = content.unwrap_or_default();
                self.text.extend(self.decoder.decode(&content).map_err(io::Error::other)?);
                self.content.extend(content);
            }
        }
        let length = out.len().min(self.text.len() - self.given);
        out[..length].copy_from_slice(&self.text[self.given..][..length]);
        self.given += length;
        Ok(length)
    }
}

/// The content of the first frame, and the length of that; no content is the end.
fn next_frame(framing: Framing, raw: &[u8]) -> Option<(Option<Vec<u8>>, usize)> {
    match framing {
        Framing::Raw => (!raw.is_empty()).then(|| (Some(raw.to_vec()), raw.len())),
        Framing::Chunked => {
            let end = raw.windows(2).position(|it| it == b"\r\n")?;
            let length = str::from_utf8(&raw[..end]).unwrap();
            let length = usize::from_str_radix(length, 16).unwrap();
            let content = raw.get(end + 2..end + 4 + length)?;
            let content = content.strip_suffix(b"\r\n").unwrap().to_vec();
            Some(((length > 0).then_some(content), end + 4 + length))
        }
        Framing::FastCgi { .. } => {
            let [_, kind, _, _, high, low, padding, _] = *raw.first_chunk()?;
            assert_eq!(padding, 0);
            let length = usize::from(u16::from_be_bytes([high, low]));
            let content = raw.get(8..8 + length)?.to_vec();
            Some(((kind == 6).then_some(content), 8 + length))
        }
    }
}
