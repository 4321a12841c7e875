//! The ways that are compared: PHP code that makes the same bytes.

/// Some of our ways and some of theirs, with the data they take.
pub(crate) struct Contest {
    /// Begins the names of its files; no other contest has it.
    pub(crate) id: String,
    /// The name of the data.
    pub(crate) name: &'static str,
    /// The data of every event.
    pub(crate) data: String,
    pub(crate) ours: Vec<Way>,
    pub(crate) theirs: Vec<Way>,
    /// A script makes so many events while it is timed.
    pub(crate) events: u32,
    /// The whole output of a script.
    pub(crate) output: String,
}

/// One way.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// Runs once, before the loop.
    pub(crate) before: String,
    /// Runs in the loop, with the data in `$data`.
    pub(crate) each: String,
    /// That makes so many events.
    pub(crate) batch: u32,
}

/// A batch has so many events, and a script makes as many before it is timed, so that memory has
/// grown by then to what it needs.
pub(crate) const BATCH: u32 = 100;

impl Way {
    fn new(name: &'static str, before: &str, each: &str) -> Self {
        Self { name, before: before.to_owned(), each: each.to_owned(), batch: 1 }
    }
}

impl Contest {
    /// All ways, ours first.
    pub(crate) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.ours.iter().chain(&self.theirs)
    }
}

/// Making an event: a string, which the script echoes once at its end.
pub(crate) fn making() -> Vec<Contest> {
    let contest = |name, data: String, events| {
        let event = "$event = 'tick';";
        let ours = [
            ("Sse::encode()", "$frame = Sse::encode($data, $event);"),
            ("new SseEvent", "$frame = (string) new SseEvent($data, $event);"),
        ];
        let theirs = [
            (
                "Symfony's way",
                "$frame = ''; foreach (new LineByLine($data, $event) as $part) { $frame .= $part; }",
            ),
            (
                "str_replace",
                r#"$frame = "event: $event\ndata: " . str_replace("\n", "\ndata: ", $data) . "\n\n";"#,
            ),
        ];
        Contest {
            id: format!("make-{}", data.len()),
            name,
            ours: ours.map(|(name, each)| Way::new(name, event, each)).into(),
            theirs: theirs.map(|(name, each)| Way::new(name, event, each)).into(),
            events,
            output: format!("event: tick\n{}", frame(&data)),
            data,
        }
    };
    vec![
        contest("32 B", text(32), 40_000),
        contest("1 KB", text(1024), 40_000),
        contest("64 KB in 1,000 lines", lines(), 200),
    ]
}

/// Sending events: frames without an event type, the same bytes from all ways.
pub(crate) fn sending() -> Vec<Contest> {
    let whole = r#"echo "data: $data\n\n";"#;
    let by_line = r#"foreach (explode("\n", $data) as $line) { echo "data: $line\n"; } echo "\n";"#;
    let replaced = r#"echo 'data: ', str_replace("\n", "\ndata: ", $data), "\n\n";"#;
    vec![
        sending_of("32 B", text(32), 4000, whole),
        sending_of("1 KB", text(1024), 4000, whole),
        sending_of("64 KB in 1,000 lines, each echoed", lines(), 200, by_line),
        sending_of("64 KB in 1,000 lines, str_replace", lines(), 200, replaced),
    ]
}

fn sending_of(name: &'static str, data: String, events: u32, echo: &str) -> Contest {
    let start = "$sse = Sse::start();";
    let headers = "header('Content-Type: text/event-stream'); header('X-Accel-Buffering: no');";
    // As in php.ini-production.
    let buffer = format!("{headers} ob_start(null, 4096);");
    let batch = format!("{start} $events = array_fill(0, {BATCH}, $data);");
    let echoes = format!("for ($j = 0; $j < {BATCH}; ++$j) {{ {echo} }} ob_flush(); flush();");
    Contest {
        id: format!("send-{}-{}", data.len(), echo.len()),
        name,
        ours: vec![
            Way::new("send()", start, "$sse->send($data);"),
            Way { batch: BATCH, ..Way::new("sendMany()", &batch, "$sse->sendMany($events);") },
        ],
        theirs: vec![
            Way::new("ob_flush", &buffer, &format!("{echo} ob_flush(); flush();")),
            Way::new("flush", headers, &format!("{echo} flush();")),
            Way { batch: BATCH, ..Way::new("batch", &buffer, &echoes) },
        ],
        events,
        output: frame(&data).repeat((BATCH + events) as usize),
        data,
    }
}

fn text(length: usize) -> String {
    "The quick brown fox. ".repeat(length / 21 + 1)[..length].to_owned()
}

fn lines() -> String {
    vec![text(64); 1000].join("\n")
}

fn frame(data: &str) -> String {
    format!("data: {}\n\n", data.replace('\n', "\ndata: "))
}
