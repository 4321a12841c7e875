//! The grammar of JSON (RFC 8259), read once from front to back.

use super::document::{Kind, MAX_DEPTH, NotADocument, Object, Value};

/// Reads a text that is one value.
pub(crate) fn parse(text: &[u8]) -> Result<Value<'_>, NotADocument> {
    Scanner { text: std::str::from_utf8(text).map_err(|_| NotADocument::NotJson)?, at: 0 }
        .document()
}

/// A text that is being read.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// An array or an object whose end is still to come. They stand in a list of their own, as there may be more of them
/// than a thread's stack has room for.
struct Open<'a> {
    start: usize,
    kind: Kind<'a>,
    /// The name of the member whose value is next.
    key: &'a str,
}

impl<'a> Open<'a> {
    fn add(&mut self, value: Value<'a>) {
        match &mut self.kind {
            Kind::Object(object) => object.add(self.key, value),
            Kind::Array(values) => values.push(value),
            _ => {}
        }
    }

    fn end(&self) -> u8 {
        if matches!(self.kind, Kind::Object(_)) { b'}' } else { b']' }
    }
}

impl<'a> Scanner<'a> {
    fn document(mut self) -> Result<Value<'a>, NotADocument> {
        let mut open = Vec::new();
        loop {
            let mut whole = self.begin(&mut open)?;
            while let Some(value) = whole.take() {
                self.skip_space();
                let Some(parent) = open.last_mut() else {
                    return if self.at == self.text.len() {
                        Ok(value)
                    } else {
                        Err(NotADocument::NotJson)
                    };
                };
                parent.add(value);
                if self.takes(b',') {
                    self.key(parent)?;
                } else {
                    self.expect(parent.end())?;
                    whole = open.pop().map(|open| self.value(open.start, open.kind));
                }
            }
        }
    }

    /// Reads a value; of an array or an object that is not empty, only its beginning.
    fn begin(&mut self, open: &mut Vec<Open<'a>>) -> Result<Option<Value<'a>>, NotADocument> {
        self.skip_space();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(Object::default()),
            Some(b'[') => Kind::Array(Vec::new()),
            Some(b'"') => {
                self.string()?;
                Kind::String
            }
            Some(b'n') => self.literal("null", Kind::Null)?,
            Some(b't') => self.literal("true", Kind::Atom)?,
            Some(b'f') => self.literal("false", Kind::Atom)?,
            _ => self.number()?,
        };
        if !matches!(kind, Kind::Object(_) | Kind::Array(_)) {
            return Ok(Some(self.value(start, kind)));
        }
        if open.len() == MAX_DEPTH {
            return Err(NotADocument::TooDeep);
        }
        self.at += 1;
        self.skip_space();
        let mut new = Open { start, kind, key: "" };
        if self.takes(new.end()) {
            return Ok(Some(self.value(start, new.kind)));
        }
        self.key(&mut new)?;
        open.push(new);
        Ok(None)
    }

    /// Reads what stands before the next value: in an object, its name.
    fn key(&mut self, parent: &mut Open<'a>) -> Result<(), NotADocument> {
        if !matches!(parent.kind, Kind::Object(_)) {
            return Ok(());
        }
        self.skip_space();
        parent.key = self.string()?;
        self.skip_space();
        self.expect(b':')
    }

    fn value(&self, start: usize, kind: Kind<'a>) -> Value<'a> {
        Value { text: &self.text[start..self.at], kind }
    }

    /// Returns the string as it is written, in quotes.
    fn string(&mut self) -> Result<&'a str, NotADocument> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            self.at += plain.unwrap_or(rest.len());
            match self.next()? {
                b'"' => return Ok(&self.text[start..self.at]),
                b'\\' => self.escape()?,
                _ => return Err(NotADocument::NotJson),
            }
        }
    }

    fn escape(&mut self) -> Result<(), NotADocument> {
        let digits = match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return Err(NotADocument::NotJson),
        };
        for _ in 0..digits {
            if !self.next()?.is_ascii_hexdigit() {
                return Err(NotADocument::NotJson);
            }
        }
        Ok(())
    }

    fn literal(&mut self, literal: &str, kind: Kind<'a>) -> Result<Kind<'a>, NotADocument> {
        if !self.text[self.at..].starts_with(literal) {
            return Err(NotADocument::NotJson);
        }
        self.at += literal.len();
        Ok(kind)
    }

    fn number(&mut self) -> Result<Kind<'a>, NotADocument> {
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _ = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Ok(Kind::Atom)
    }

    /// Reads at least one digit.
    fn digits(&mut self) -> Result<(), NotADocument> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(NotADocument::NotJson) } else { Ok(()) }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, NotADocument> {
        let byte = self.peek().ok_or(NotADocument::NotJson)?;
        self.at += 1;
        Ok(byte)
    }

    /// Reads that byte, if it is the next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotADocument> {
        if self.takes(byte) { Ok(()) } else { Err(NotADocument::NotJson) }
    }
}
