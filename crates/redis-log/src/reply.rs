//! Parses replies of Redis, piece by piece and in bounded memory.
//!
//! The invariant: whatever comes, a reply takes bounded memory. A string that does not fit is skipped, and
//! only its length is kept, as [`Value::Int`]: a caller that expects strings can tell.

use std::io::{self, BufRead, Read};

use redis::{ErrorKind, RedisError, RedisResult, Value};

/// The memory that a reply may take, in bytes: a string of the greatest length fits.
pub(crate) const MAX_MEMORY: usize = 32 * 1024 * 1024;

/// The longest line, in bytes: a number, an error, a short text.
const MAX_LINE: u64 = 4096;

/// The longest string, by Redis' own limit; and the number of bytes that may be skipped for one reply.
const MAX_STRING: usize = 512 * 1024 * 1024;
const MAX_REPLY: usize = 4 * 1024 * 1024 * 1024;

/// The depth of lists in lists: a reply of XREAD has four.
const MAX_DEPTH: u8 = 6;

/// Reads one reply. Strings of more than `max_string` bytes are skipped.
pub(crate) fn read(from: &mut impl BufRead, max_string: usize) -> RedisResult<Value> {
    let mut reader =
        ReplyReader { from, max_string, memory_left: MAX_MEMORY, bytes_left: MAX_REPLY };
    reader.value(MAX_DEPTH)
}

struct ReplyReader<'a, R> {
    from: &'a mut R,
    max_string: usize,
    /// The number of bytes that may still be kept.
    memory_left: usize,
    /// The number of bytes that may still be read.
    bytes_left: usize,
}

impl<R: BufRead> ReplyReader<'_, R> {
    fn value(&mut self, depth: u8) -> RedisResult<Value> {
        let line = self.line()?;
        self.take_memory(line.len() + size_of::<Value>())?;
        let (kind, rest) = line.split_at(1);
        match kind {
            b"+" if rest == b"OK" => Ok(Value::Okay),
            b"+" => Ok(Value::SimpleString(String::from_utf8_lossy(rest).into_owned())),
            b"-" => error(rest),
            b":" => number(rest).map(Value::Int),
            b"$" | b"*" if rest == b"-1" => Ok(Value::Nil),
            b"$" => self.string(length(rest)?),
            b"*" => self.list(length(rest)?, depth),
            _ => Err(malformed("an answer of no known kind")),
        }
    }

    fn line(&mut self) -> RedisResult<Vec<u8>> {
        let mut line = Vec::new();
        self.from.take(MAX_LINE).read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\r\n") {
            Some(text) if !text.is_empty() => Ok(text.to_vec()),
            None if !line.ends_with(b"\n") && (line.len() as u64) < MAX_LINE => {
                Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
            }
            _ => Err(malformed("a line that is none")),
        }
    }

    fn string(&mut self, length: usize) -> RedisResult<Value> {
        if length > MAX_STRING || length > self.bytes_left {
            return Err(malformed("an answer that has no end"));
        }
        self.bytes_left -= length;
        let value = if length <= self.max_string && length <= self.memory_left {
            self.memory_left -= length;
            let mut bytes = Vec::new();
            // Grows as bytes come: a sender can claim any length at no cost.
            self.from.take(length as u64).read_to_end(&mut bytes)?;
            if bytes.len() < length {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            Value::BulkString(bytes)
        } else {
            io::copy(&mut self.from.take(length as u64), &mut io::sink())?;
            Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
        };
        let mut end = [0; 2];
        self.from.read_exact(&mut end)?;
        if end == *b"\r\n" { Ok(value) } else { Err(malformed("a string of another length")) }
    }

    fn list(&mut self, length: usize, depth: u8) -> RedisResult<Value> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(malformed("lists in lists"));
        };
        let mut list = Vec::new();
        for _ in 0..length {
            list.push(self.value(depth)?);
        }
        Ok(Value::Array(list))
    }

    fn take_memory(&mut self, bytes: usize) -> RedisResult<()> {
        self.memory_left =
            self.memory_left.checked_sub(bytes).ok_or_else(|| malformed("a list of too much"))?;
        Ok(())
    }
}

/// Parses an error reply, into the kind that the redis crate gives it.
fn error(text: &[u8]) -> RedisResult<Value> {
    let text = String::from_utf8_lossy(text);
    redis::parse_redis_value(format!("-{text}\r\n").as_bytes())
}

fn number(digits: &[u8]) -> RedisResult<i64> {
    let number = str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| malformed("a number that is none"))
}

fn length(digits: &[u8]) -> RedisResult<usize> {
    usize::try_from(number(digits)?).map_err(|_| malformed("a length below zero"))
}

pub(crate) fn malformed(what: &'static str) -> RedisError {
    (ErrorKind::Parse, what).into()
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    fn reads(bytes: &[u8]) -> RedisResult<Value> {
        read(&mut &*bytes, 10)
    }

    #[test]
    fn answers_are_read() {
        let string = |text: &str| Value::BulkString(text.into());
        for (bytes, value) in [
            ("+OK\r\n", Value::Okay),
            ("+PONG\r\n", Value::SimpleString("PONG".into())),
            (":-7\r\n", Value::Int(-7)),
            ("$3\r\na\r\n\r\n", string("a\r\n")),
            ("$-1\r\n", Value::Nil),
            ("*-1\r\n", Value::Nil),
            (
                "*2\r\n$0\r\n\r\n*1\r\n:1\r\n",
                Value::Array(vec![string(""), Value::Array(vec![Value::Int(1)])]),
            ),
            (
                "*2\r\n$11\r\n01234567890\r\n$1\r\nx\r\n",
                Value::Array(vec![Value::Int(11), string("x")]),
            ),
        ] {
            assert_eq!(reads(bytes.as_bytes()).unwrap(), value, "{bytes:?}");
        }
        let error = reads(b"-READONLY it is a replica\r\n").unwrap().extract_error().unwrap_err();
        assert_eq!((error.code(), error.detail()), (Some("READONLY"), Some("it is a replica")));
    }

    #[test]
    fn what_ends_too_soon_is_a_hang_up() {
        for bytes in ["", "*", "*1\r\n", "$5\r\nabc", "$3\r\nabc", "$11\r\n0123", "+PO\r"] {
            assert!(reads(bytes.as_bytes()).unwrap_err().is_connection_dropped(), "{bytes:?}");
        }
    }

    #[test]
    fn whatever_comes_is_read_or_refused_and_never_more_of_it_than_there_is() {
        const ALPHABET: &[u8] = b"+-:$**$$0123456789\r\n\r\n\r\nOKx\xff";
        let random = RandomState::new();
        for round in 0..20_000_u64 {
            let length = random.hash_one(round) % 60;
            let letter = |at| random.hash_one((round, at)) % ALPHABET.len() as u64;
            let bytes: Vec<u8> =
                (0..length).map(|at| ALPHABET[usize::try_from(letter(at)).unwrap()]).collect();
            let mut rest = &bytes[..];
            while read(&mut rest, 3).is_ok() {}
            assert!(rest.len() <= bytes.len(), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_and_takes_no_room() {
        let deep = "*1\r\n".repeat(1_000_000);
        let long = format!("+{}\r\n", "x".repeat(5000));
        let much = format!("*{}\r\n{}", u32::MAX, ":1\r\n".repeat(2_000_000));
        for bytes in [
            "\r\n",
            "\n",
            "HTTP/1.1 400\r\n",
            ":\r\n",
            ":x\r\n",
            "$1x\r\nx\r\n",
            "$1\r\nxy\r\n",
            "-ERR a\nb\r\n",
            "*99999999999999999999\r\n",
            "$9223372036854775807\r\n",
            "$-2\r\n",
            "*-2\r\n",
            "$536870913\r\n",
            &deep,
            &long,
            &much,
        ] {
            let error = reads(bytes.as_bytes()).unwrap_err();
            let start: String = bytes.chars().take(40).collect();
            assert_eq!(error.kind(), ErrorKind::Parse, "{start:?}: {error}");
        }
    }
}
