//! Content codings: what Python encodes is decoded as soon as it comes, and only a whole body ends cleanly.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use server_tests::content_coding::{Coding, Decoded};
use server_tests::decoding_client::{Program, python};
use server_tests::patience::soon;
use server_tests::reader::{End, Piece, ReadError, Reader, Source};

/// Texts, and after which of them the encoder begins anew.
const TEXTS: [&str; 6] = [":\n", "data: one\n\n", "data: two\n\n", ":\n", "", "data: one\n\n"];
const CUT_BEFORE: usize = 3;

/// The pieces that Python makes of them, each flushed, and the end.
fn encoded(coding: Coding) -> Vec<Vec<u8>> {
    let mut command = python();
    command.arg("encode").arg(coding.token()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for (number, text) in TEXTS.iter().enumerate() {
        if number == CUT_BEFORE {
            writeln!(stdin, "cut").unwrap();
        }
        writeln!(stdin, "{}", BASE64.encode(text)).unwrap();
    }
    drop(stdin);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut pieces: Vec<_> = lines.map(|line| BASE64.decode(line.unwrap()).unwrap()).collect();
    assert!(child.wait().unwrap().success());
    // What begins anew belongs to what comes then.
    let cut = pieces.remove(CUT_BEFORE);
    pieces[CUT_BEFORE].splice(0..0, cut);
    pieces
}

/// Gives pieces one by one, and then a clean end.
#[derive(Debug)]
struct Pieces(Vec<Vec<u8>>);

impl Source for Pieces {
    fn next_piece(&mut self, _: Instant) -> Result<Option<Piece>, ReadError> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        Ok(next.map(|bytes| Piece { at: Instant::now(), bytes }))
    }

    fn end(&self) -> Option<&End> {
        self.0.is_empty().then_some(&End::Clean)
    }
}

/// The text, and its end.
fn decode(coding: Coding, pieces: Vec<Vec<u8>>) -> Result<(String, Option<End>), ReadError> {
    let mut reader = Reader::new(Decoded::new(Pieces(pieces), Some(coding)));
    let text = reader.read_to_end(soon())?;
    Ok((String::from_utf8(text).unwrap(), reader.end().cloned()))
}

#[track_caller]
fn is_cut(coding: Coding, pieces: Vec<Vec<u8>>) {
    let (_, end) = decode(coding, pieces).unwrap();
    assert!(matches!(end, Some(End::Cut(_))), "{coding:?}: {end:?}");
}

/// Those that Python has: `scripts/test-servers` names the others.
fn codings() -> Vec<Coding> {
    Program::Python.codings()
}

#[test]
fn each_piece_is_decoded_when_it_has_come() {
    for coding in codings() {
        for (number, (piece, text)) in encoded(coding).into_iter().zip(TEXTS).enumerate() {
            let mut all = encoded(coding);
            all.truncate(number);
            let before = TEXTS[..number].concat();
            all.push(piece);
            let (decoded, _) = decode(coding, all).unwrap();
            assert_eq!(decoded, before + text, "{coding:?}, {number}");
        }
    }
}

#[test]
fn the_whole_is_the_same_however_it_is_cut_into_pieces() {
    for coding in codings() {
        let whole = encoded(coding).concat();
        for size in [1, 2, 7, whole.len()] {
            let pieces = whole.chunks(size).map(<[u8]>::to_vec).collect();
            let found = decode(coding, pieces).unwrap();
            assert_eq!(found, (TEXTS.concat(), Some(End::Clean)), "{coding:?}, {size}");
        }
    }
}

/// More than any decoder's buffer has room for, from few bytes.
#[test]
fn a_piece_that_is_decoded_to_much_more_is_decoded_at_once() {
    let text = "data: x\n\n".repeat(100_000);
    for coding in codings() {
        let mut command = python();
        command.arg("encode").arg(coding.token()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{}", BASE64.encode(&text)).unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let (decoded, _) = decode(coding, vec![BASE64.decode(line).unwrap()]).unwrap();
        assert!(decoded == text, "{coding:?}: {} bytes", decoded.len());
        child.wait().unwrap();
    }
}

#[test]
fn a_body_that_lacks_any_of_its_last_bytes_is_cut() {
    for coding in codings() {
        let whole = encoded(coding).concat();
        let least = if coding == Coding::Gzip { 8 } else { 1 };
        for missing in 1..=least {
            is_cut(coding, vec![whole[..whole.len() - missing].to_vec()]);
        }
        let mut pieces = encoded(coding);
        pieces.pop();
        is_cut(coding, pieces);
    }
}

#[test]
fn damage_is_an_error() {
    for coding in codings() {
        let mut pieces = encoded(coding);
        pieces.push(b"data: plain\n\n".to_vec());
        let error = decode(coding, pieces).unwrap_err();
        assert!(matches!(error, ReadError::Io(_)), "{coding:?}: {error:?}");
    }
    for coding in [Coding::Gzip, Coding::Deflate] {
        let mut whole = encoded(coding).concat();
        // In the checksum.
        let place = whole.len() - if coding == Coding::Gzip { 5 } else { 1 };
        whole[place] ^= 1;
        assert!(decode(coding, vec![whole]).is_err(), "{coding:?}");
    }
}

#[test]
fn python_decodes_what_it_has_encoded() {
    for coding in codings() {
        let mut whole = encoded(coding).concat();
        for lacks_the_end in [false, true] {
            let mut command = python();
            command.arg("decode").arg(coding.token());
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(&whole).unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), TEXTS.concat());
            assert_eq!(output.status.success(), !lacks_the_end, "{coding:?}");
            whole.pop();
        }
    }
}
