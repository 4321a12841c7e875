//! What is compared: ways to make an event and to send it, as PHP code.

/// One way.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// Runs once, before the clock does.
    pub(crate) before: String,
    /// Runs again and again, and takes `$data`.
    pub(crate) each: String,
    /// How many events that makes.
    pub(crate) batch: usize,
}

/// Ways that do the same.
pub(crate) struct Ways {
    /// The data of each event.
    pub(crate) data: Data,
    pub(crate) ours: Vec<Way>,
    pub(crate) theirs: Vec<Way>,
    /// How many events a script makes before it looks at the clock again.
    pub(crate) events: usize,
    /// What it puts out in all.
    pub(crate) output: String,
}

#[derive(Clone)]
pub(crate) struct Data {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}
