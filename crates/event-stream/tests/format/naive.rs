//! The standard's algorithms (WHATWG HTML 9.2.5 and 9.2.6; WHATWG Encoding, "UTF-8 decoder"),
//! written down step by step for a whole stream, a character at a time, with no thought of speed.
//! It decides what encoded bytes mean, and shares no code with the crate.

/// All that a client learns from a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) dispatched: Vec<Dispatched>,
    /// What the standard ignores, in the order it came.
    pub(crate) comments: Vec<String>,
    pub(crate) last_event_id: String,
    pub(crate) reconnection_time: Option<u64>,
}

/// One dispatched event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dispatched {
    pub(crate) event_type: String,
    pub(crate) data: String,
    pub(crate) last_event_id: String,
    /// The `id` and `retry` fields that stood in the block itself, if they were not ignored.
    pub(crate) id: Option<String>,
    pub(crate) retry: Option<u64>,
}

pub(crate) fn parse(bytes: &[u8]) -> Stream {
    let mut text = decode(bytes);
    if text.first() == Some(&'\u{FEFF}') {
        text.remove(0);
    }
    let mut interpreter = Interpreter::default();
    for line in complete_lines(&text) {
        interpreter.process_line(&line);
    }
    interpreter.stream
}

#[derive(Default)]
struct Interpreter {
    stream: Stream,
    data_buffer: String,
    event_type_buffer: String,
    last_event_id_buffer: String,
    id: Option<String>,
    retry: Option<u64>,
}

impl Interpreter {
    fn process_line(&mut self, line: &[char]) {
        if line.is_empty() {
            self.dispatch();
        } else if line[0] == ':' {
            self.stream.comments.push(line[1..].iter().collect());
        } else if line.contains(&':') {
            let colon = line.iter().position(|c| *c == ':').unwrap();
            let mut value = &line[colon + 1..];
            if value.first() == Some(&' ') {
                value = &value[1..];
            }
            self.process_field(&line[..colon].iter().collect::<String>(), value);
        } else {
            self.process_field(&line.iter().collect::<String>(), &[]);
        }
    }

    fn process_field(&mut self, name: &str, value: &[char]) {
        let text: String = value.iter().collect();
        if name == "event" {
            self.event_type_buffer = text;
        } else if name == "data" {
            self.data_buffer.push_str(&text);
            self.data_buffer.push('\u{A}');
        } else if name == "id" {
            if !value.contains(&'\0') {
                self.last_event_id_buffer = text.clone();
                self.id = Some(text);
            }
        } else if name == "retry" && !value.is_empty() && value.iter().all(char::is_ascii_digit) {
            let mut milliseconds = Some(0_u64);
            for digit in value {
                milliseconds = milliseconds
                    .and_then(|ms| ms.checked_mul(10))
                    .and_then(|ms| ms.checked_add(u64::from(digit.to_digit(10).unwrap())));
            }
            if milliseconds.is_some() {
                self.stream.reconnection_time = milliseconds;
                self.retry = milliseconds;
            }
        }
    }

    fn dispatch(&mut self) {
        self.stream.last_event_id.clone_from(&self.last_event_id_buffer);
        let id = self.id.take();
        let retry = self.retry.take();
        if self.data_buffer.is_empty() {
            self.event_type_buffer.clear();
            return;
        }
        if self.data_buffer.ends_with('\u{A}') {
            self.data_buffer.pop();
        }
        let event_type = match &*self.event_type_buffer {
            "" => "message",
            event_type => event_type,
        };
        self.stream.dispatched.push(Dispatched {
            event_type: event_type.to_owned(),
            data: self.data_buffer.clone(),
            last_event_id: self.stream.last_event_id.clone(),
            id,
            retry,
        });
        self.data_buffer.clear();
        self.event_type_buffer.clear();
    }
}

/// The lines that have a line end; what follows the last one is not a line yet.
fn complete_lines(text: &[char]) -> Vec<Vec<char>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            '\r' => {
                lines.push(std::mem::take(&mut line));
                if text.get(at + 1) == Some(&'\n') {
                    at += 1;
                }
            }
            '\n' => lines.push(std::mem::take(&mut line)),
            other => line.push(other),
        }
        at += 1;
    }
    lines
}

/// The UTF-8 decoder of the Encoding standard, with its variables by their names there, and its
/// error mode "replacement".
// Long: the algorithm of the Encoding standard, step by step.
pub(crate) fn decode(bytes: &[u8]) -> Vec<char> {
    let mut output = Vec::new();
    let (mut code_point, mut bytes_seen, mut bytes_needed) = (0_u32, 0, 0);
    let (mut lower_boundary, mut upper_boundary) = (0x80, 0xBF);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if bytes_needed == 0 {
            at += 1;
            match byte {
                0x00..=0x7F => output.push(char::from(byte)),
                0xC2..=0xDF => {
                    bytes_needed = 1;
                    code_point = u32::from(byte & 0x1F);
                }
                0xE0..=0xEF => {
                    if byte == 0xE0 {
                        lower_boundary = 0xA0;
                    }
                    if byte == 0xED {
                        upper_boundary = 0x9F;
                    }
                    bytes_needed = 2;
                    code_point = u32::from(byte & 0xF);
                }
                0xF0..=0xF4 => {
                    if byte == 0xF0 {
                        lower_boundary = 0x90;
                    }
                    if byte == 0xF4 {
                        upper_boundary = 0x8F;
                    }
                    bytes_needed = 3;
                    code_point = u32::from(byte & 0x7);
                }
                _ => output.push('\u{FFFD}'),
            }
            continue;
        }
        let in_range = (lower_boundary..=upper_boundary).contains(&byte);
        (lower_boundary, upper_boundary) = (0x80, 0xBF);
        if !in_range {
            // The byte is looked at again, as the first of something else.
            (code_point, bytes_needed, bytes_seen) = (0, 0, 0);
            output.push('\u{FFFD}');
            continue;
        }
        at += 1;
        code_point = (code_point << 6) | u32::from(byte & 0x3F);
        bytes_seen += 1;
        if bytes_seen == bytes_needed {
            output.push(char::from_u32(code_point).unwrap());
            (code_point, bytes_needed, bytes_seen) = (0, 0, 0);
        }
    }
    if bytes_needed != 0 {
        output.push('\u{FFFD}');
    }
    output
}
