//! A client: reads, takes the framing off, decodes.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use content_coding::{Coding, Decoder};
use hub_protocol::Framing;

use super::independent;
use crate::shard::registry::Token;

/// The bytes that are read at a time: less than is written at once.
const AT_ONCE: usize = 4096;

/// A client of a hub.
pub(super) struct Client {
    pub(super) token: Token,
    socket: UnixStream,
    framing: Framing,
    coding: Option<Coding>,
    decoder: Option<Decoder>,
    /// What has come and is no whole frame yet.
    raw: Vec<u8>,
    /// What has come, without its framing; with the head of the response.
    content: Vec<u8>,
    pub(super) decoded: Vec<u8>,
    /// The bytes of no stream that come first.
    filling: usize,
    pub(super) is_stalled: bool,
    /// True once the response has ended as it should.
    pub(super) has_ended: bool,
    /// True once it does not decode any more.
    pub(super) is_damaged: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("framing", &self.framing)
            .field("coding", &self.coding)
            .field("decoded", &String::from_utf8_lossy(&self.decoded))
            .finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(
        token: Token,
        socket: UnixStream,
        framing: Framing,
        coding: Option<Coding>,
    ) -> Self {
        socket.set_nonblocking(true).unwrap();
        let mut decoder = coding.map(|coding| Decoder::new(coding).unwrap());
        let head = coding.map_or(&[][..], Coding::head);
        if let Some(decoder) = &mut decoder {
            assert_eq!(decoder.decode(head).unwrap(), b"");
        }
        Self {
            token,
            socket,
            framing,
            coding,
            decoder,
            raw: Vec::new(),
            content: head.to_vec(),
            decoded: Vec::new(),
            filling: 0,
            is_stalled: false,
            has_ended: false,
            is_damaged: false,
        }
    }

    /// Leaves no room in the socket whose other end this is.
    pub(super) fn fill(&mut self, mut other: &UnixStream) {
        while let Ok(written) = other.write(&[b'?'; 1024]) {
            self.filling += written;
        }
        self.is_stalled = true;
    }

    /// Reads something; returns false if there is nothing.
    pub(super) fn read(&mut self) -> bool {
        let mut bytes = [0; AT_ONCE];
        match self.socket.read(&mut bytes) {
            Ok(0) => {
                self.has_ended |= self.framing == Framing::Raw;
                false
            }
            Ok(length) => {
                let filling = self.filling.min(length);
                self.filling -= filling;
                self.take(&bytes[filling..length]);
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("{error}"),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        let mut content = Vec::new();
        while let Some((part, length)) = self.next_frame() {
            content.extend(part);
            self.raw.drain(..length);
        }
        self.content.extend_from_slice(&content);
        match &mut self.decoder {
            None => self.decoded.extend(content),
            Some(decoder) => match decoder.decode(&content) {
                Ok(more) => self.decoded.extend(more),
                Err(_) => self.is_damaged = true,
            },
        }
    }

    /// The content of the next frame, and the length of that.
    fn next_frame(&mut self) -> Option<(Vec<u8>, usize)> {
        match self.framing {
            Framing::Raw => (!self.raw.is_empty()).then(|| (self.raw.clone(), self.raw.len())),
            Framing::Chunked => {
                let end = self.raw.windows(2).position(|it| it == b"\r\n")?;
                let length =
                    usize::from_str_radix(str::from_utf8(&self.raw[..end]).unwrap(), 16).unwrap();
                let content = self.raw.get(end + 2..end + 2 + length)?.to_vec();
                let whole = end + 2 + length + 2;
                (self.raw.len() >= whole).then_some(())?;
                assert!(!self.has_ended, "nothing comes behind the end");
                self.has_ended = length == 0;
                Some((content, whole))
            }
            Framing::FastCgi { .. } => {
                let [_, kind, _, _, high, low, padding, _] = *self.raw.first_chunk()?;
                let length = usize::from(u16::from_be_bytes([high, low]));
                let content = self.raw.get(8..8 + length)?.to_vec();
                assert_eq!(padding, 0);
                let ends = kind == 3;
                self.has_ended |= ends;
                Some((if kind == 6 { content } else { Vec::new() }, 8 + length))
            }
        }
    }

    /// Checks that a response that has ended is a whole one, by other people's decoders.
    pub(super) fn check_end(&mut self) {
        assert!(self.raw.is_empty() && !self.is_damaged, "{self:?}");
        if let (Some(coding), Some(decoder)) = (self.coding, self.decoder.take()) {
            decoder.finish().unwrap();
            let theirs = independent::decode(coding, &self.content);
            assert_eq!(String::from_utf8_lossy(&theirs), String::from_utf8_lossy(&self.decoded));
        }
    }
}
