//! The output: columns, and which promises were kept.

/// The promises, and those that were broken.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    broken: Vec<String>,
}

impl Promises {
    /// Notes whether one was kept.
    pub(crate) fn note(&mut self, promise: impl Into<String>, kept: bool) {
        let promise = promise.into();
        println!("  {} {promise}", if kept { "kept:  " } else { "BROKEN:" });
        if !kept {
            self.broken.push(promise);
        }
    }

    /// Those that were not kept.
    pub(crate) fn broken(&self) -> &[String] {
        &self.broken
    }
}

/// A line that says what stands in the columns.
pub(crate) fn heading(names: &[&str]) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    line("", &names);
}

/// A line of cells: the name to the left, the others to the right.
pub(crate) fn line(name: &str, cells: &[String]) {
    print!("  {name:24}");
    for cell in cells {
        print!("{cell:>14}");
    }
    println!();
}
